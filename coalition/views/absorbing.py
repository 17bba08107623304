"""How a refusal comes back to the form that caused it."""

from coalition.errors import EditConflict
from coalition.forms.shared import LockedForm
from common.errors import DomainError
from common.forms import StyledForm


def absorb(form: StyledForm, error: DomainError) -> int:
    """Show the refusal in the form, everything typed kept; returns the HTTP status.

    After a conflict the form stands on the newest version, so that saving again is a choice.
    """
    if isinstance(error, EditConflict) and isinstance(form, LockedForm):
        form.rebase(error.lock_version)
        form.add_error(None, str(error.message))
    if error.fields or not isinstance(error, EditConflict):
        form.absorb(error.fields, error.message)
    return error.status
