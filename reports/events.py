"""What documents do about what happens below them."""

from coalition.models import Decision
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
            organization_id=event.organization_id,
            decision=decision.pk,
            initiative=decision.initiative_id,
            on=decision.initiative.organization.clock.day_of(decision.decided_at),
        )
