"""A definition in words, wherever its figure is shown."""

from django.utils.translation import gettext as _

from common.formats import reader
from customer_voice.choices import BoxRule
from customer_voice.models import MetricDefinition


def definition_text(metric: MetricDefinition) -> str:
    """One sentence: how answers become this figure."""
    scale = {"low": metric.scale_low, "high": metric.scale_high}
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return _(
                "Share of answers %(top)s minus share of answers %(bottom)s, in points from −100 to 100; "
                "asked from %(low)d to %(high)d."
            ) % {
                "top": _box(metric.top_box_low, metric.scale_high),
                "bottom": _box(metric.scale_low, metric.bottom_box_high),
                **scale,
            }
        case BoxRule.TOP_BOX:
            return _("Share of answers %(top)s, asked from %(low)d to %(high)d.") % {
                "top": _box(metric.top_box_low, metric.scale_high),
                **scale,
            }
        case BoxRule.MEAN:
            return _("Mean of answers from %(low)d to %(high)d.") % scale
        case BoxRule.DURATION:
            return _(
                "Time within which half of the cases are resolved. Open cases count as not resolved "
                "so far (Kaplan–Meier); leaving them out would make the figure look better than it "
                "is."
            )


def definition_changes(before: MetricDefinition, after: MetricDefinition) -> list[str]:
    """What measures differently in the later version, a sentence each. Its name is a label and no change."""
    changes = []
    if before.wording != after.wording:
        changes.append(
            _("The question was “%(before)s” and is “%(after)s”.")
            % {"before": before.wording or "–", "after": after.wording or "–"}
        )
    if before.population != after.population:
        changes.append(
            _("The people asked were “%(before)s” and are now “%(after)s”.")
            % {"before": before.population or "–", "after": after.population or "–"}
        )
    if definition_text(before) != definition_text(after):
        changes.append(_("It was calculated as: %(before)s") % {"before": definition_text(before)})
    return changes


def interval_text(metric: MetricDefinition) -> str:
    """Which interval is drawn around it."""
    share = {"share": reader().percent(0.95)}
    match BoxRule(metric.rule):
        case BoxRule.NET:
            return _("%(share)s interval: adjusted Wald (Rocks 2016).") % share
        case BoxRule.TOP_BOX:
            return _("%(share)s interval: Wilson score.") % share
        case BoxRule.MEAN:
            return _("%(share)s interval: Student's t, within the scale.") % share
        case BoxRule.DURATION:
            return _("%(share)s interval: Brookmeyer–Crowley, log-log.") % share


def _box(low: int | None, high: int | None) -> str:
    return str(high) if low == high else f"{low}–{high}"
