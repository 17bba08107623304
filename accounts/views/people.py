"""People: members, invitations, joining."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.access import invitation_for, member_for
from accounts.adapters import remember_device
from accounts.choices import Action
from accounts.forms import InvitationForm, JoinForm, MemberForm
from accounts.http import MemberRequest, member_view
from accounts.mail import send_invitation
from accounts.models import User
from common.errors import DomainError, InvalidValues


@require_safe
@member_view(Action.VIEW)
def people(request: MemberRequest) -> HttpResponse:
    context = {
        "members": selectors.members(request.organization),
        "invitations": selectors.open_invitations(request.organization),
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_PEOPLE)
def invite(request: MemberRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, secret = services.invite_person(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            transaction.on_commit(lambda: send_invitation(invitation, secret))
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
            return redirect("accounts:people", request.organization.slug)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@member_view(Action.MANAGE_PEOPLE)
def invitation_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    services.revoke_invitation(by=request.member, invitation=invitation_for(request.member, pk))
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("accounts:people", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_PEOPLE)
def member_edit(request: MemberRequest, pk: int) -> HttpResponse:
    person = member_for(request.member, pk)
    initial = {"role": person.role, "function": person.function_id, "job_title": person.job_title}
    form = MemberForm(request.POST or None, organization=request.organization, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_member(by=request.member, member=person, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:people", request.organization.slug)
    return render(
        request,
        "accounts/member_edit.html",
        {"form": form, "person": person},
        status=422 if form.errors else 200,
    )


@require_POST
@member_view(Action.MANAGE_PEOPLE)
def member_deactivate(request: MemberRequest, pk: int) -> HttpResponse:
    person = member_for(request.member, pk)
    services.deactivate_member(by=request.member, member=person)
    messages.success(request, _("%(person)s can no longer sign in here.") % {"person": person})
    return redirect("accounts:people", request.organization.slug)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind an invitation's link, for known and new people."""
    user = request.user if isinstance(request.user, User) else None
    invitation = selectors.invitation_by_secret(secret)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and invitation and (user or form.is_valid()):
        typed = {} if user else form.cleaned_data
        try:
            member = services.accept_invitation(secret=secret, user=user, **typed)
        except InvalidValues as error:
            form.absorb(error.fields, error.message)
        else:
            response = redirect("home", member.organization.slug)
            if user is None:
                login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
                remember_device(response, member.user.email)
            return response
    status = 410 if invitation is None else 422 if request.method == "POST" else 200
    context = {
        "invitation": invitation,
        "form": form,
        "has_account": invitation is not None and selectors.is_known(invitation.email),
    }
    return render(request, "accounts/join.html", context, status=status)
