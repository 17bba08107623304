"""The typed request after sign-in, and the one decorator that builds it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from accounts.choices import Action
from accounts.models import Membership, Organization, User
from accounts.permissions import may, require_right
from accounts.reading import format_of
from accounts.unsent import keep_unsent, note_sent
from wording import formats


class MemberRequest(HttpRequest):
    """A request by a signed-in member, inside the organization named in the URL."""

    user: User
    member: Membership
    organization: Organization
    htmx: HtmxDetails

    def may(self, action: Action) -> bool:
        return may(self.member.role, action)


def membership_of(user: User, organization_slug: str) -> Membership:
    """The active membership, or 404: a stranger learns nothing, not even that it exists. One query."""
    member: Membership | None = (
        Membership.objects.active()
        .select_related("organization", "user", "function")
        .filter(user=user, organization__slug=organization_slug)
        .first()
    )
    if member is None:
        raise Http404
    return member


def _signed_out(request: HttpRequest) -> HttpResponse:
    """A part of a page asked for after the sign-in had ended: the page stays, with all that was typed."""
    text = _("You have been signed out. Copy what you have just typed, then reload the page and sign in.")
    response = render(request, "components/toast.html", {"level": "error", "text": text}, status=401)
    response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response


type MemberView[**P] = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_view[**P](action: Action) -> Callable[[MemberView[P]], Callable[..., HttpResponseBase]]:
    """Gate of every screen under `/o/<organization>/`.

    Not signed in: to the sign-in page. Not a member: 404. Role too small: 403.
    The view receives a `MemberRequest`; `organization` is taken from the URL and not passed on.
    """

    def decorate(view: MemberView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def gate(request: HttpRequest, organization: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if getattr(request, "htmx", False):
                    return _signed_out(request)
                kept = keep_unsent(request)
                return redirect_to_login(reverse("unsent") if kept else request.get_full_path())
            member = membership_of(request.user, organization)
            request.member = member  # type: ignore[attr-defined]
            request.organization = member.organization  # type: ignore[attr-defined]
            request.may = lambda wanted: may(member.role, wanted)  # type: ignore[attr-defined]
            timezone.activate(member.organization.time_zone)
            formats.activate(format_of(member))
            require_right(member.role, action)
            note_sent(request)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        gate.required_action = action  # type: ignore[attr-defined]
        return gate

    return decorate
