"""How an outcome goes with the score, as a curve with its band."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.charting import chart_locale
from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.curve import CurvePoint, curve
from cxcharts.labels import labels_for
from cxstats.kinds import OutcomeKind
from impact.selectors.association_pages import AssociationPage
from wording.formats import reader


def association_chart(page: AssociationPage) -> Chart | None:
    """None where there is no figure, or too few different scores for a curve."""
    found = page.found
    if found is None or not found.curve:
        return None
    metric, is_share = page.run.metric, found.kind is OutcomeKind.STAYED
    labels = labels_for(get_language() or "en")
    return curve(
        title=_("Who stays, by score") if is_share else _("Revenue, by score"),
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
        y_name=_("Stay for a year") if is_share else _("Revenue in the year after"),
        x_scale=scales.rating(metric.scale_low, metric.scale_high, decimals=1),
        y_scale=scales.share(labels) if is_share else scales.money(prefix=f"{page.run.currency}\u00a0"),
        labels=labels,
        locale=chart_locale(),
    )
