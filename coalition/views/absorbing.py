"""How a refusal comes back to the form that caused it."""

from coalition.errors import EditConflict
from common.errors import DomainError
from common.forms import StyledForm


def absorb(form: StyledForm, error: DomainError) -> int:
    """Show the refusal in the form, everything typed kept; returns the HTTP status.

    A conflict here is one of the same moment: the page that comes back compares with what is stored then.
    """
    if isinstance(error, EditConflict):
        form.add_error(None, str(error.message))
    if error.fields or not isinstance(error, EditConflict):
        form.absorb(error.fields, error.message)
    return error.status


def number_sent(text: str | None) -> int:
    """The key that a form sent; what is none is nobody's."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0
