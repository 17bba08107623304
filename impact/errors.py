"""What can go wrong on the way from an initiative to a finding and to money."""

from common.errors import DomainError


class ValueModelChanged(DomainError):
    """Someone else has saved the value model since it was read."""

    code = "value_model_changed"


class LibraryChanged(DomainError):
    """Someone else has written a newer version of the library's figure since it was read."""

    code = "library_changed"


class NotLive(DomainError):
    """There is nothing to measure before the go-live."""

    code = "initiative_not_live"


class PlanNotFixed(DomainError):
    """A study follows a plan that was fixed before the result; without one there is no study."""

    code = "plan_not_fixed"


class StudyRunning(DomainError):
    code = "study_running"


class StudyNotFinished(DomainError):
    code = "study_not_finished"


class NothingToValue(DomainError):
    """The study gives no effect, so there is nothing that could be turned into money."""

    code = "nothing_to_value"


class MoreThanAll(DomainError):
    """The inputs gain more customers than there are."""

    code = "more_than_all_customers"
    status = 422


class ValueModelIncomplete(DomainError):
    code = "value_model_incomplete"
    status = 422


class SignOffNotAllowed(DomainError):
    code = "sign_off_not_allowed"


class LedgerChanged(DomainError):
    """Someone else has saved this year of the ledger since it was read."""

    code = "ledger_changed"


class AssociationRunning(DomainError):
    code = "association_running"


class HistoriesRefused(DomainError):
    """A table of scores and outcomes has rows that cannot be read; nothing of it is kept."""

    code = "histories_refused"
    status = 422


class NothingToReturn(DomainError):
    """No initiative went live yet, and nothing was spent."""

    code = "nothing_to_return"
