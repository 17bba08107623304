"""How an outcome goes with the score, as a curve with its band."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.charting import chart_locale
from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.curve import CurvePoint, curve
from cxcharts.labels import Labels, labels_for
from cxcharts.scales import Scale
from cxstats.kinds import OutcomeKind
from impact.selectors.association_pages import AssociationPage
from wording.formats import reader

_TITLES: dict[OutcomeKind, tuple[str | Promise, str | Promise]] = {
    OutcomeKind.STAYED: (gettext_lazy("Who stays, by score"), gettext_lazy("Stay for a year")),
    OutcomeKind.REVENUE: (gettext_lazy("Revenue, by score"), gettext_lazy("Revenue in the year after")),
    OutcomeKind.CONTACTS: (gettext_lazy("Contacts, by score"), gettext_lazy("Contacts in the year after")),
}


def _scale(kind: OutcomeKind, labels: Labels, currency: str) -> Scale:
    if kind is OutcomeKind.STAYED:
        return scales.share(labels)
    if kind is OutcomeKind.CONTACTS:
        return scales.plain(decimals=1, low=0)
    return scales.money(prefix=f"{currency}\u00a0")


def association_chart(page: AssociationPage) -> Chart | None:
    """None where there is no figure, or too few different scores for a curve."""
    found = page.found
    if found is None or not found.curve:
        return None
    metric = page.run.metric
    labels = labels_for(get_language() or "en")
    return curve(
        title=str(_TITLES[found.kind][0]),
        subtitle=_("%(metric)s; %(sample)s; band: %(share)s")
        % {
            "metric": metric.name,
            "sample": page.sample,
            "share": reader().percent(found.effect.interval.level),
        },
        points=[
            CurvePoint(x=point.score, y=point.value, low=point.low, high=point.high) for point in found.curve
        ],
        x_name=_("Score"),
        y_name=str(_TITLES[found.kind][1]),
        x_scale=scales.rating(metric.scale_low, metric.scale_high, decimals=1),
        y_scale=_scale(found.kind, labels, page.run.currency),
        labels=labels,
        locale=chart_locale(),
    )
