"""What can go wrong between an idea and a decision."""

from collections.abc import Mapping

from common.errors import DomainError


class CoalitionMissing(DomainError):
    """There is nobody who could decide yet."""

    code = "coalition_missing"


class AlreadySeated(DomainError):
    code = "already_seated"


class TransitionNotAllowed(DomainError):
    """The initiative cannot go from its present state to the wanted one."""

    code = "transition_not_allowed"


class EditConflict(DomainError):
    """Somebody else changed the initiative since it was opened for editing; `lock_version` is the newest."""

    code = "edit_conflict"

    def __init__(
        self, message: str, *, program_message: str, lock_version: int, fields: Mapping[str, str]
    ) -> None:
        super().__init__(message, fields=fields)
        self.program_message = program_message
        self.lock_version = lock_version


class PlanNotWritten(DomainError):
    """A program asks for the evaluation plan of an initiative that has none yet."""

    code = "no_plan_yet"
    status = 404


class NotEditable(DomainError):
    """In this state the content is bound to a vote."""

    code = "not_editable"


class PlanIncomplete(DomainError):
    """The coalition cannot vote on what is not said yet."""

    code = "plan_incomplete"
    status = 422


class UnchangedContent(DomainError):
    """Nothing differs from what was decided last: there is nothing new to vote on."""

    code = "unchanged_content"
    status = 422


class NoQuorumPossible(DomainError):
    code = "no_quorum_possible"


class VoteClosed(DomainError):
    code = "vote_closed"


class VersionChanged(DomainError):
    """The vote was cast on another version than the one that is open. Nothing was recorded."""

    code = "version_changed"


class NotAVoter(DomainError):
    code = "not_a_voter"
    status = 403


class OwnInitiative(DomainError):
    """Nobody votes on an initiative that they own or submitted."""

    code = "own_initiative"
    status = 403


class NotTheChair(DomainError):
    code = "not_the_chair"
    status = 403


class EarlyEndForbidden(DomainError):
    """The charter lets no vote end before everybody has voted or its last day is over."""

    code = "early_end_forbidden"


class QuorumMissing(DomainError):
    code = "quorum_missing"


class ReviewNotDue(DomainError):
    """There is nothing to review: the day has not come, it is decided, or the initiative is over."""

    code = "review_not_due"


class ReviewClosed(DomainError):
    code = "review_closed"


class SuggestionAnswered(DomainError):
    """Somebody has taken the suggestion up or declined it already."""

    code = "suggestion_answered"
