"""How a form begins where a link has named a touchpoint, and how a refusal comes back to it."""

from typing import Any

from accounts.http import MemberRequest
from coalition.errors import EditConflict
from common.errors import DomainError
from common.forms import StyledForm
from journeys.access import touchpoints_for
from journeys.models import Touchpoint


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


def draft_asked(request: MemberRequest) -> dict[str, Any]:
    """A draft of this member, for the touchpoint of `?touchpoint=` where there is one with this key."""
    found = _touchpoint_asked(request)
    return {"owner": request.member.pk, "touchpoints": [] if found is None else [found.pk]}


def seat_asked(request: MemberRequest) -> dict[str, Any]:
    """A seat for that touchpoint: for the function that owns it, which then speaks for all that it owns; for
    the touchpoint alone where it has none."""
    found = _touchpoint_asked(request)
    if found is None:
        return {}
    if found.owner_function_id is not None:
        return {"function": found.owner_function_id, "membership": found.owner_person_id}
    return {"touchpoints": [found.pk], "membership": found.owner_person_id}


def _touchpoint_asked(request: MemberRequest) -> Touchpoint | None:
    key = request.GET.get("touchpoint", "")
    rows = touchpoints_for(request.member).filter(is_archived=False, key=key)
    return rows.first() if key else None
