"""The only way a view gets a metric, a file on its way in, or feedback."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from customer_voice.models import Feedback, ImportBatch, MetricDefinition


def metrics_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[MetricDefinition]:
    """All definitions of the member's organization, every version, retired ones too."""
    _ensure(member, action)
    metrics: QuerySet[MetricDefinition] = MetricDefinition.objects.of(member.organization)
    return metrics


def metric_for(
    member: Membership, key: str, *, version: int | None = None, action: Action = Action.VIEW
) -> MetricDefinition:
    """One definition by its key: the version asked for, else the one in use, else the newest. One query."""
    found = metrics_for(member, action).filter(key=key)
    if version is not None:
        found = found.filter(version=version)
    metric = found.order_by("is_retired", "-version").first()
    if metric is None:
        raise Http404
    return metric


def imports_for(member: Membership, action: Action = Action.IMPORT_FEEDBACK) -> QuerySet[ImportBatch]:
    """Files of the member's organization, newest first."""
    _ensure(member, action)
    batches: QuerySet[ImportBatch] = ImportBatch.objects.of(member.organization).select_related(
        "organization", "metric", "created_by__user"
    )
    return batches


def import_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> ImportBatch:
    """One file of the member's organization, else 404. One query."""
    batch = imports_for(member, action).filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def feedback_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> QuerySet[Feedback]:
    """What customers said, newest first, with metric and touchpoint."""
    _ensure(member, action)
    feedback: QuerySet[Feedback] = (
        Feedback.objects.of(member.organization).select_related("metric", "touchpoint").newest_first()
    )
    return feedback


def answer_for(member: Membership, pk: int, action: Action = Action.ERASE_FEEDBACK) -> Feedback:
    """One answer of the member's organization with its file, else 404. One query."""
    answers = feedback_for(member, action).select_related("organization", "batch")
    answer: Feedback | None = answers.filter(pk=pk).first()
    if answer is None:
        raise Http404
    return answer


def sent_answer_for(
    member: Membership,
    source: str,
    external_id: str,
    metric_key: str,
    action: Action = Action.ERASE_FEEDBACK,
) -> Feedback:
    """The answer that was sent under these names, else 404. One query."""
    answer: Feedback | None = (
        feedback_for(member, action)
        .filter(source=source, external_id=external_id, metric_key=metric_key)
        .first()
    )
    if answer is None:
        raise Http404
    return answer


def _ensure(member: Membership, action: Action) -> None:
    require_right(member.role, action)
