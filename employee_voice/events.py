"""What employee surveys do about what happens below them."""

from common.outbox import EventView, reads
from employee_voice.services import tell_of_head, tell_of_role


@reads("accounts.function_head_changed")
def say_who_sees_results_now(event: EventView) -> None:
    """Somebody else leads a function, and sees from now on what its people answered: no secret of hers."""
    tell_of_head(
        organization=event.organization_id,
        function=event.content["function"],
        before=event.content["before"],
        after=event.content["after"],
        by=event.content["by"],
    )


@reads("accounts.member_role_changed")
def say_who_sees_more_or_less_now(event: EventView) -> None:
    """A role opens or closes the results of functions just as leading one does, so it is told to the same."""
    tell_of_role(
        organization=event.organization_id,
        member=event.content["membership"],
        before=event.content["before"],
        after=event.content["after"],
        by=event.content.get("by"),
    )
