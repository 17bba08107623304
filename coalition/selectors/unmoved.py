"""Whether the metric that a plan expects to stay as it is has been answered where the initiative acts."""

from django.utils.translation import gettext as _

from coalition.models import EvaluationPlan
from customer_voice.models import Feedback


def unmoved_warning(plan: EvaluationPlan) -> str:
    """What to say of a plan whose metric that should not move has no answer at its touchpoints; else nothing.

    One query, none for a plan that names no such metric.
    """
    metric = plan.unmoved_metric
    if metric is None:
        return ""
    answers = Feedback.objects.of(plan.initiative.organization).filter(
        metric__key=metric.key,
        metric__series=metric.series,
        touchpoint__in=plan.initiative.touchpoints.all(),
    )
    if answers.exists():
        return ""
    return _(
        "No answer to %(metric)s at the touchpoints in scope yet: whether it stayed as it is could not be "
        "told."
    ) % {"metric": metric.name}
