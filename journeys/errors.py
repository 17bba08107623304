"""What can go wrong with touchpoints."""

from django.utils.translation import gettext as _

from common.errors import DomainError


class TouchpointMerged(DomainError):
    """It was merged into another one, which is the one to change."""

    code = "touchpoint_merged"

    def __init__(self, *, gone: str, kept: str) -> None:
        words = {"gone": gone, "kept": kept}
        super().__init__(_("“%(gone)s” was merged into “%(kept)s”. Change that one.") % words)


class MergeRefused(DomainError):
    """The merge would falsify something; the message says what."""

    code = "merge_refused"


class ChangeNotInState(DomainError):
    """A change of many touchpoints was applied, undone or discarded meanwhile."""

    code = "change_not_in_state"

    def __init__(self, state: str) -> None:
        super().__init__(_("This change is “%(state)s” already.") % {"state": state})
