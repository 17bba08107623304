"""The gate of every API call: the same rights as the screens."""

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.choices import Action
from accounts.http import membership_of
from accounts.models import ApiToken, Membership
from accounts.permissions import may
from accounts.reading import format_of
from common.strict import KnownParameters
from wording import formats

if TYPE_CHECKING:
    from rest_framework.views import APIView


class MayAct(BasePermission):
    """Needs `required_actions` on the view: method (or viewset action) name -> Action, with "*" as default.

    Sets `request.member`. Not a member (or a token of another organization): 404. Role too small: 403.
    A view without the mapping is closed.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if isinstance(request.auth, ApiToken):
            member = request.auth.member  # read with the key a moment ago, and asked whether it is active
            if member.organization.slug != view.kwargs["organization"]:
                raise Http404
            if request.auth.is_read_only and request.method not in SAFE_METHODS:
                raise PermissionDenied("This token may only read.")
        else:
            member = membership_of(request.user, view.kwargs["organization"])
        request.member = member  # type: ignore[attr-defined]
        timezone.activate(member.organization.time_zone)  # times are written in it; the request's end resets
        formats.activate(format_of(member))
        actions: dict[str, Action] = getattr(view, "required_actions", {})
        name = getattr(view, "action", None) or (request.method or "").lower()
        wanted = actions.get(name, actions.get("*"))
        return wanted is not None and may(member.role, wanted)


class MemberView(KnownParameters):
    """Mixin for API views: typed access to the member that `MayAct` found."""

    required_actions: dict[str, Action] = {}

    @property
    def member(self) -> Membership:
        member: Membership = self.request.member  # type: ignore[attr-defined]
        return member
