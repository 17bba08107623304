"""What the frame around every page needs to know."""

from typing import Any

from django.http import HttpRequest

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may


def frame(request: HttpRequest) -> dict[str, Any]:
    """`organization`, `member` and `can` (action name -> bool) inside an organization; else nothing."""
    member: Membership | None = getattr(request, "member", None)
    if member is None:
        return {}
    return {
        "organization": member.organization,
        "member": member,
        "can": {action.value: may(member.role, action) for action in Action},
    }
