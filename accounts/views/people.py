"""People: members, invitations, joining."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.access import invitation_for, member_for
from accounts.adapters import sign_in
from accounts.choices import Action, Role
from accounts.editing import edits_of, made_once
from accounts.forms import InvitationForm, InvitePeopleForm, JoinForm, MemberForm
from accounts.guessing import remember_device
from accounts.http import MemberRequest, member_view
from accounts.importers import columns_not_read, read_people
from accounts.mail import invitation_link, send_invitation
from accounts.models import Invitation, Membership, User
from common.editing import NEW
from common.errors import ConsequencesNotAccepted, DomainError, InvalidValues
from common.registry import consequences_of


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
@made_once
def invite(request: MemberRequest) -> HttpResponse:
    roles = services.roles_to_give(request.member)
    form = InvitationForm(request.POST or None, organization=request.organization, roles=roles, edits=NEW)
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
    form = InvitePeopleForm(
        request.POST or None,
        request.FILES or None,
        organization=request.organization,
        roles=services.roles_to_give(request.member),
    )
    checked: list[selectors.InvitedLine] = []
    not_read: list[str] = []
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)  # a refusal takes the field out of the form's own
        not_read = columns_not_read(typed["people"])
        wish = {"lines": read_people(typed["people"]), "role": typed["role"], "function": typed["function"]}
        try:
            checked = services.check_people(by=request.member, **wish)
            if "confirm" in request.POST:
                return _all_sent(request, services.invite_people(by=request.member, **wish))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        form.show_list(typed["people"])  # of a file too: what is looked at is what is sent
    wrong = sum(bool(line.problem) for line in checked)
    context = {
        "form": form,
        "checked": checked,
        "wrong": wrong,
        "not_read": not_read,
        "lacks_function": any(line.lacks_function for line in checked),
    }
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
    form = _member_form(request, person, request.POST or None)
    to_accept: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        is_accepted = "accepts_consequences" in request.POST
        named = () if is_accepted else consequences_of(person, role=form.cleaned_data["role"])
        try:
            services.change_member(
                by=request.member, member=person, accepts_consequences=is_accepted, **form.cleaned_data
            )
        except ConsequencesNotAccepted as error:
            to_accept = error.sentences
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            for one in named:  # a seat without an open vote: nothing to ask about, something to know
                messages.warning(request, one.text)
            return redirect("accounts:people", request.organization.slug)
    status = 422 if form.errors else 409 if to_accept else 200
    return _member_page(request, person, form, status=status, to_accept=to_accept)


def _member_form(request: MemberRequest, person: Membership, data: QueryDict | None) -> MemberForm:
    initial = {"role": person.role, "function": person.function_id, "job_title": person.job_title}
    edits = edits_of(person, request.organization)
    roles = services.roles_to_give(request.member)
    is_own_to_give = person.role in roles  # else the role stays, and is the only one on offer
    return MemberForm(
        data,
        organization=request.organization,
        roles=roles if is_own_to_give else (Role(person.role),),
        initial=initial,
        edits=edits,
    )


def _member_page(
    request: MemberRequest, person: Membership, form: MemberForm, *, status: int, **more: object
) -> HttpResponse:
    leaving = consequences_of(person) if person.is_active else ()
    context = {
        "form": form,
        "person": person,
        "may_remove": person.is_active and person.role in services.roles_to_give(request.member),
        "leaving": [one.text for one in leaving],
        "leaving_to_accept": any(one.is_to_accept for one in leaving),
        **more,
    }
    return render(request, "accounts/member_edit.html", context, status=status)


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
    is_accepted = "accepts_consequences" in request.POST
    try:
        services.deactivate_member(by=request.member, member=person, accepts_consequences=is_accepted)
    except ConsequencesNotAccepted as error:  # somebody came from a page on which nothing was at stake yet
        form = _member_form(request, person, None)
        return _member_page(request, person, form, status=error.status, is_refused=True)
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
        "is_for_another": bool(invitation and user and not invitation.is_for(user)),
        "has_account": invitation is not None and selectors.is_known(invitation.email),
    }
    return render(request, "accounts/join.html", context, status=status)


def _sent(request: MemberRequest, invitation: Invitation, secret: str) -> HttpResponse:
    send_invitation(invitation, secret)
    messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
    return redirect("accounts:people", request.organization.slug)


def _all_sent(request: MemberRequest, invitations: list[Invitation]) -> HttpResponse:
    with services.written_together():
        for invitation in invitations:
            send_invitation(invitation, services.secret_of(invitation))
    number = len(invitations)
    messages.success(
        request,
        ngettext("%(number)s person is invited.", "%(number)s people are invited.", number)
        % {"number": number},
    )
    return redirect("accounts:people", request.organization.slug)
