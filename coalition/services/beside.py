"""What a plan asks beside its main question: a metric that should stay, and places reached by accident."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from coalition.fields import PlanValues
from coalition.models import EvaluationPlan, Initiative
from journeys.models import Touchpoint
from wording.joining import listed


def wrong_questions_beside(
    initiative: Initiative, plan: EvaluationPlan | None, values: PlanValues
) -> dict[str, str]:
    """What is wrong about them, field by field. At most two queries."""
    found = {
        "unmoved_metric": _wrong_metric(initiative, plan, values),
        "spillover_touchpoints": _wrong_places(initiative, plan, values),
    }
    return {name: text for name, text in found.items() if text}


def _wrong_metric(initiative: Initiative, plan: EvaluationPlan | None, values: PlanValues) -> str:
    metric = values.unmoved_metric
    if metric is None:
        return ""
    slots = {"metric": metric.name}
    if metric.organization_id != initiative.organization_id:
        return _("This metric does not belong to the organization.")
    if metric.key == values.metric.key:
        return _("%(metric)s is the metric that should move. Choose another one, or none.") % slots
    if metric.is_retired and (plan is None or plan.unmoved_metric_id != metric.pk):
        return _("%(metric)s is retired. Choose a metric that is in use.") % slots
    if not metric.calculation.can_be_evaluated:
        return _(
            "A change of %(metric)s cannot be evaluated yet (%(rule)s). Choose a metric of answers or times."
        ) % {**slots, "rule": metric.calculation.label}
    return ""


def _wrong_places(initiative: Initiative, plan: EvaluationPlan | None, values: PlanValues) -> str:
    places = values.spillover_touchpoints
    if any(point.organization_id != initiative.organization_id for point in places):
        return _("These touchpoints do not belong to the organization.")
    treated = {point.pk for point in initiative.touchpoints.all()}
    if both := _names(point for point in places if point.pk in treated):
        return _("%(names)s gets the initiative itself.") % {"names": both}
    compared = {point.pk for point in values.comparison_touchpoints}
    if both := _names(point for point in places if point.pk in compared):
        return _(
            "%(names)s stands among those it is compared with. What could be affected is no comparison: "
            "choose one of the two."
        ) % {"names": both}
    kept = {point.pk for point in plan.spillover_touchpoints.all()} if plan else set()
    if archived := _names(point for point in places if point.is_archived and point.pk not in kept):
        return _("Archived touchpoints cannot be chosen: %(names)s. Restore them, or choose others.") % {
            "names": archived
        }
    return ""


def _names(touchpoints: Iterable[Touchpoint]) -> str:
    return listed(sorted(point.name for point in touchpoints))
