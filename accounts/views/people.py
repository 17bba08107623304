"""People: members, invitations, joining."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.access import invitation_for, member_for
from accounts.adapters import remember_device, sign_in
from accounts.choices import Action
from accounts.forms import InvitationForm, InvitePeopleForm, JoinForm, MemberForm
from accounts.http import MemberRequest, member_view
from accounts.importers import read_people
from accounts.mail import invitation_link, send_invitation
from accounts.models import Invitation, User
from common.errors import DomainError, InvalidValues


@require_safe
@member_view(Action.VIEW)
def people(request: MemberRequest) -> HttpResponse:
    rows = selectors.people_rows(request.member)
    with_access = sum(row.member.is_active for row in rows)
    context = {
        "people": rows,
        "with_access": with_access,
        "without_access": len(rows) - with_access,
        "invitations": selectors.open_invitations(request.organization),
        "undelivered": selectors.undelivered_to(request.organization),
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
            return _sent(request, invitation, secret)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_PEOPLE)
def invite_many(request: MemberRequest) -> HttpResponse:
    """Paste or upload, look at the preview, invite: everybody, or nobody while a line is wrong."""
    form = InvitePeopleForm(request.POST or None, request.FILES or None, organization=request.organization)
    checked: list[selectors.InvitedLine] = []
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)  # a refusal takes the field out of the form's own
        wish = {"lines": read_people(typed["people"]), "role": typed["role"], "function": typed["function"]}
        try:
            checked = services.check_people(by=request.member, **wish)
            if "confirm" in request.POST:
                return _all_sent(request, services.invite_people(by=request.member, **wish))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        form.show_list(typed["people"])  # of a file too: what is looked at is what is sent
    wrong = sum(bool(line.problem) for line in checked)
    context = {"form": form, "checked": checked, "wrong": wrong}
    status = 422 if form.errors or wrong else 200
    return render(request, "accounts/invite_many.html", context, status=status)


@require_POST
@member_view(Action.MANAGE_PEOPLE)
def invitation_resend(request: MemberRequest, pk: int) -> HttpResponse:
    invitation, secret = services.resend_invitation(
        by=request.member, invitation=invitation_for(request.member, pk)
    )
    return _sent(request, invitation, secret)


@require_safe
@member_view(Action.MANAGE_PEOPLE)
def invitation_show(request: MemberRequest, pk: int) -> HttpResponse:
    """The link of one's own invitation, to give it by other means than mail."""
    invitation = invitation_for(request.member, pk)
    secret = services.show_invitation_link(by=request.member, invitation=invitation)
    context = {"invitation": invitation, "link": invitation_link(secret)}
    response = render(request, "accounts/invitation_link.html", context)
    response["Cache-Control"] = "no-store"
    return response


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
def member_confirm(request: MemberRequest, pk: int) -> HttpResponse:
    person = services.confirm_member(by=request.member, member=member_for(request.member, pk))
    messages.success(request, _("%(person)s can now sign off value.") % {"person": person})
    return redirect("accounts:people", request.organization.slug)


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
    form = JoinForm(request.POST or None, initial={"name": invitation.name if invitation else ""})
    if request.method == "POST" and invitation and (user or form.is_valid()):
        typed = {} if user else form.cleaned_data
        try:
            member = services.accept_invitation(secret=secret, user=user, **typed)
        except InvalidValues as error:
            form.absorb(error.fields, error.message)
        else:
            response = redirect("home", member.organization.slug)
            if user is None:
                sign_in(request, member.user)
                remember_device(response, member.user.email)
            return response
    status = 410 if invitation is None else 422 if request.method == "POST" else 200
    context = {
        "invitation": invitation,
        "form": form,
        "has_account": invitation is not None and selectors.is_known(invitation.email),
    }
    return render(request, "accounts/join.html", context, status=status)


def _sent(request: MemberRequest, invitation: Invitation, secret: str) -> HttpResponse:
    send_invitation(invitation, secret)
    messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
    return redirect("accounts:people", request.organization.slug)


def _all_sent(request: MemberRequest, invitations: list[Invitation]) -> HttpResponse:
    for invitation in invitations:
        send_invitation(invitation, services.secret_of(invitation))
    number = len(invitations)
    messages.success(
        request,
        ngettext("%(number)s person is invited.", "%(number)s people are invited.", number)
        % {"number": number},
    )
    return redirect("accounts:people", request.organization.slug)
