"""My keys and the devices that I am signed in with."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.access import session_for, token_for
from accounts.choices import Action
from accounts.forms import ApiTokenForm
from accounts.http import MemberRequest, member_view
from common.editing import NEW, ONCE


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def tokens(request: MemberRequest) -> HttpResponse:
    form, secret = ApiTokenForm(request.POST or None, edits=NEW), ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_api_token(
            member=request.member,
            name=form.cleaned_data["name"],
            is_read_only=not form.cleaned_data["may_write"],
            valid_days=form.cleaned_data["valid_days"],
            once=request.POST.get(ONCE, ""),
        )
        form = ApiTokenForm(edits=NEW)
    context = {"form": form, "secret": secret, "tokens": selectors.tokens_of(request.member)}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Action.VIEW)
def token_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    services.revoke_api_token(by=request.member, token=token_for(request.member, pk))
    messages.success(request, _("The key no longer works."))
    return redirect("accounts:tokens", request.organization.slug)


@require_POST
@member_view(Action.VIEW)
def token_revoke_all(request: MemberRequest) -> HttpResponse:
    number = services.revoke_all_api_tokens(member=request.member)
    messages.success(
        request,
        ngettext("%(number)s key no longer works.", "%(number)s keys no longer work.", number)
        % {"number": number},
    )
    return redirect("accounts:tokens", request.organization.slug)


@require_safe
@member_view(Action.VIEW)
def sessions(request: MemberRequest) -> HttpResponse:
    found = selectors.open_sessions(request.user, request.session.session_key or "")
    return render(request, "accounts/sessions.html", {"sessions": found})


@require_POST
@member_view(Action.VIEW)
def session_end(request: MemberRequest, mark: str) -> HttpResponse:
    services.end_session(user=request.user, session=session_for(request.user, mark))
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:sessions", request.organization.slug)


@require_POST
@member_view(Action.VIEW)
def sessions_end(request: MemberRequest) -> HttpResponse:
    """Sign out everywhere else; this browser goes on under a new session key."""
    update_session_auth_hash(request, request.user)
    services.end_other_sessions(user=request.user, but=request.session.session_key or "")
    messages.success(request, _("You are signed out on every other device."))
    return redirect("accounts:sessions", request.organization.slug)
