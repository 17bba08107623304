"""What documents do about what happens below them."""

from coalition.models import Decision, Review
from common.outbox import EventView, reads
from reports.services.scheduled import queue_after_decision


@reads("coalition.decision_made")
def make_documents_of_decisions(event: EventView) -> None:
    """The coalition has decided: documents that follow a decision are asked for."""
    decision = (
        Decision.objects.select_related("initiative__organization")
        .filter(pk=event.content["decision"], initiative__organization=event.organization_id)
        .first()
    )
    if decision is not None:
        queue_after_decision(
            organization=decision.initiative.organization,
            occasion=f"decision-{decision.pk}",
            initiative=decision.initiative_id,
            at=decision.decided_at,
        )


@reads("coalition.review_decided")
def make_documents_of_reviews(event: EventView) -> None:
    """An approval was confirmed, changed or stopped: the same documents are asked for."""
    review = (
        Review.objects.decided()
        .select_related("initiative__organization")
        .filter(pk=event.content["review"], initiative__organization=event.organization_id)
        .first()
    )
    if review is not None and review.closed_at is not None:
        queue_after_decision(
            organization=review.initiative.organization,
            occasion=f"review-{review.pk}",
            initiative=review.initiative_id,
            at=review.closed_at,
        )
