"""What the frame around every page needs to know."""

from typing import Any

from django.http import HttpRequest

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.services import has_organization, may_be_first


def frame(request: HttpRequest) -> dict[str, Any]:
    """`organization`, `member` and `can` (action name -> bool) inside an organization; else whether
    there is any yet."""
    member: Membership | None = getattr(request, "member", None)
    if member is None:  # asked by the sign-in page alone
        return {"has_organization": has_organization, "may_be_first": may_be_first}
    return {
        "organization": member.organization,
        "member": member,
        "can": {action.value: may(member.role, action) for action in Action},
    }
