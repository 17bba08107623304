"""Inviting people, what they may do, and how they like to read."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action, Role, Theme
from accounts.errors import AlreadyMember, InvitationNotUsable, LastAdministrator
from accounts.models import ApiToken, BusinessFunction, Invitation, Membership, User
from accounts.permissions import RIGHTS
from accounts.services.organizations import one_at_a_time
from accounts.services.trail import record_event
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.text import one_line

INVITATION_DAYS = 14


@transaction.atomic
def invite_person(
    *, by: Membership, email: str, role: str, function: BusinessFunction | None = None
) -> tuple[Invitation, str]:
    """Create an invitation; returns it with the secret for its link, which is not stored.

    An earlier open invitation for the same address is revoked. Raises AlreadyMember, InvalidValues.
    """
    email = email.strip().lower()
    _refuse_unknown(by, role, function)
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("This is not an e-mail address.")
        raise InvalidValues(message, fields={"email": message}) from error
    _refuse_stronger_role(by, role)
    one_at_a_time(by.organization)
    if Membership.objects.of(by.organization).active().filter(user__email__iexact=email).exists():
        message = _("This person is a member already.")
        raise AlreadyMember(message, fields={"email": message})
    now = timezone.now()
    Invitation.objects.of(by.organization).open(now).filter(email__iexact=email).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation: Invitation = Invitation.objects.create(
        organization=by.organization,
        email=email,
        role=role,
        function=function,
        invited_by=by,
        token_digest=digest_of_secret(secret),
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.invited",
        subject=invitation,
        after={"email": email, "role": role},
    )
    return invitation, secret


@transaction.atomic
def revoke_invitation(*, by: Membership, invitation: Invitation) -> None:
    """Its link stops working. Doing it twice does no harm and is one entry of the trail."""
    invitation.revoked_at = timezone.now()
    is_open = Invitation.objects.filter(pk=invitation.pk, revoked_at=None)
    if not is_open.update(revoked_at=invitation.revoked_at):
        return
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="invitation.revoked",
        subject=invitation,
        before={"email": invitation.email},
    )


@transaction.atomic
def accept_invitation(*, secret: str, user: User | None, name: str = "", password: str = "") -> Membership:
    """Join by the link. A new person gets an account; a known one just the membership.

    Raises InvitationNotUsable when the link is unknown, used, revoked, expired, or for another address;
    InvalidValues for a new person without a name or with a password that is easily guessed.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .open(timezone.now())
        .select_related("organization", "function")
        .filter(token_digest=digest_of_secret(secret))
        .first()
    )
    if invitation is None:
        raise InvitationNotUsable(
            _("This invitation has been used, withdrawn or has expired. Ask for a new one.")
        )
    known = User.objects.filter(email__iexact=invitation.email).first()
    if user is not None and user.email.lower() != invitation.email.lower():
        raise InvitationNotUsable(
            _("This invitation is for %(email)s. Sign out and open the link again.")
            % {"email": invitation.email}
        )
    if user is None and known is not None:
        raise InvitationNotUsable(_("You have an account already. Sign in, then open the link again."))
    if user is None:
        user = _new_person(invitation.email, name, password)
    member, _created = Membership.objects.update_or_create(
        organization=invitation.organization,
        user=user,
        defaults={"role": invitation.role, "function": invitation.function, "is_active": True},
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record_event(
        organization=invitation.organization,
        actor=user,
        verb="person.joined",
        subject=member,
        after={"role": invitation.role},
    )
    joined: Membership = member
    return joined


@transaction.atomic
def change_member(
    *, by: Membership, member: Membership, role: str, function: BusinessFunction | None, job_title: str = ""
) -> Membership:
    """Set role, function and title. Raises InvalidValues, and LastAdministrator when nobody would be left."""
    _refuse_unknown(by, role, function)
    if role != member.role:
        _refuse_stronger_role(by, role)
        _refuse_stronger_role(by, member.role)
    if Action.MANAGE_PEOPLE not in RIGHTS[Role(role)]:
        _keep_somebody_in_charge(member)
    before = {"role": member.role, "function": member.function.name if member.function else ""}
    member.role, member.function, member.job_title = role, function, job_title.strip()
    member.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.changed",
        subject=member,
        before=before,
        after={"role": role, "function": function.name if function else ""},
    )
    return member


@transaction.atomic
def deactivate_member(*, by: Membership, member: Membership) -> None:
    """Take away access, keys included; what the person did stays. Raises LastAdministrator."""
    _refuse_stronger_role(by, member.role)
    _keep_somebody_in_charge(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=timezone.now())
    record_event(organization=by.organization, actor=by.user, verb="person.removed", subject=member)


def set_preferences(*, user: User, name: str, language: str, theme: str) -> User:
    """How a person is called and likes to read. Raises InvalidValues."""
    name = one_line(name)
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = _("Write your name.")
    if language and language not in dict(settings.LANGUAGES):
        wrong["language"] = _("Choose one of the answers.")
    if theme not in Theme.values:
        wrong["theme"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    user.name, user.language, user.theme = name, language, theme
    user.save(update_fields=["name", "language", "theme"])
    return user


def _new_person(email: str, name: str, password: str) -> User:
    name = one_line(name)
    if not name:
        message = _("Write your name.")
        raise InvalidValues(message, fields={"name": message})
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise InvalidValues(
            _("Some values cannot be used."), fields={"password": " ".join(error.messages)}
        ) from error
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as error:  # the same person joined another organization at this moment
        raise InvitationNotUsable(
            _("You have an account already. Sign in, then open the link again.")
        ) from error


def _refuse_unknown(by: Membership, role: str, function: BusinessFunction | None) -> None:
    """A role that is none, or another organization's function, is refused before anything else."""
    wrong: dict[str, str] = {}
    if role not in Role.values:
        wrong["role"] = _("Choose one of the answers.")
    if function is not None and function.organization_id != by.organization_id:
        wrong["function"] = _("Choose one of your functions.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _refuse_stronger_role(by: Membership, role: str) -> None:
    """Only an administrator makes, changes or removes administrators."""
    if role == Role.ADMINISTRATOR and by.role != Role.ADMINISTRATOR:
        message = _("Only an administrator can give or take the administrator role.")
        raise InvalidValues(message, fields={"role": message})


def _keep_somebody_in_charge(leaving: Membership) -> None:
    one_at_a_time(leaving.organization)  # two managers cannot remove each other at the same moment
    managers = [role for role, actions in RIGHTS.items() if Action.MANAGE_PEOPLE in actions]
    others = (
        Membership.objects.of(leaving.organization).active().filter(role__in=managers).exclude(pk=leaving.pk)
    )
    if not others.exists():
        raise LastAdministrator(
            _("Somebody must be able to manage people. Give that role to another person first.")
        )
