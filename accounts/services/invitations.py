"""Inviting people, one or many, and joining by an invitation's link."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.errors import AlreadyInvited, AlreadyMember, InvitationNotUsable
from accounts.importers import PersonLine
from accounts.models import BusinessFunction, Invitation, Membership, User
from accounts.selectors import InvitedLine, invited_lines
from accounts.services.organizations import acting, one_at_a_time
from accounts.services.people import refuse_stronger_role, refuse_unknown
from accounts.services.trail import record_event
from common.derived import SecretLost, derived, handed_out
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.text import one_line

INVITATION_DAYS = 14
MOST_AT_ONCE = 500


@transaction.atomic
def invite_person(
    *, by: Membership, email: str, role: str, function: BusinessFunction | None = None, name: str = ""
) -> tuple[Invitation, str]:
    """Create an invitation; returns it with the secret for its link.

    An earlier invitation of the same address is withdrawn, with an entry of the trail; where this member
    could not have sent it (an administrator's, by a CX leader) nobody is invited. Raises AlreadyMember,
    AlreadyInvited for the same invitation by the same member while its link works, InvalidValues.
    """
    email = email.strip().lower()
    by = acting(by, Action.MANAGE_PEOPLE)  # who was removed a moment ago invites nobody
    refuse_unknown(by, role, function)
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("This is not an e-mail address.")
        raise InvalidValues(message, fields={"email": message}) from error
    refuse_stronger_role(by, role)
    if Membership.objects.of(by.organization).active().filter(user__email__iexact=email).exists():
        message = _("This person is already a member.")
        raise AlreadyMember(message, fields={"email": message})
    if _open_twin(by=by, email=email, role=role, function=function, name=name) is not None:
        message = _("You have invited this person already. Send that invitation again, or withdraw it first.")
        raise AlreadyInvited(message, fields={"email": message})
    for earlier in Invitation.objects.of(by.organization).pending().filter(email__iexact=email):
        _withdraw(by=by, invitation=earlier, field="email")
    invitation = Invitation(
        organization=by.organization,
        email=email,
        name=one_line(name),
        role=role,
        function=function,
        invited_by=by,
    )
    _start(invitation)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.invited",
        subject=invitation,
        after={"email": email, "role": role},
    )
    return invitation, secret_of(invitation)


@transaction.atomic
def invite_people(
    *,
    by: Membership,
    lines: Sequence[PersonLine],
    role: str = Role.CONTRIBUTOR,
    function: BusinessFunction | None = None,
) -> list[Invitation]:
    """Invite everybody on a list, or nobody: one bad line refuses the whole list.

    `role` and `function` hold where a line says nothing. Who has been invited in the same way already, by
    the same member, keeps that invitation and its link. Raises InvalidValues.
    """
    checked = check_people(by=by, lines=lines, role=role, function=function)
    if not checked or any(line.problem for line in checked):
        message = _("Nobody was invited. Correct the marked lines first.")
        raise InvalidValues(message, fields={"people": message})
    by = acting(by, Action.MANAGE_PEOPLE)
    invitations = []
    for line in checked:
        known = _open_twin(by=by, email=line.email, role=line.role, function=line.function, name=line.name)
        if known is None:
            known, _secret = invite_person(
                by=by, email=line.email, role=line.role, function=line.function, name=line.name
            )
        invitations.append(known)
    return invitations


def check_people(
    *,
    by: Membership,
    lines: Sequence[PersonLine],
    role: str = Role.CONTRIBUTOR,
    function: BusinessFunction | None = None,
) -> list[InvitedLine]:
    """What each line of a list would become, or what is wrong with it. Changes nothing. Two queries."""
    if len(lines) > MOST_AT_ONCE:
        message = _("Invite at most %(most)s people at once.") % {"most": MOST_AT_ONCE}
        raise InvalidValues(message, fields={"people": message})
    return invited_lines(by=by, lines=lines, role=role, function=function)


@transaction.atomic
def resend_invitation(*, by: Membership, invitation: Invitation) -> tuple[Invitation, str]:
    """A new link and fourteen more days; the old link stops working. Who invited first stays the inviter.

    Raises InvalidValues where the member may not give this role, InvitationNotUsable where the inviter has
    left or may no longer give it: then whoever stands for the person invites anew.
    """
    by = acting(by, Action.MANAGE_PEOPLE)
    refuse_stronger_role(by, invitation.role)
    row: Invitation | None = (
        Invitation.objects.select_for_update(of=("self",))
        .standing()
        .select_related("organization", "invited_by__user", "function")
        .filter(pk=invitation.pk)
        .first()
    )
    if row is None:
        raise InvitationNotUsable(_("This invitation cannot be sent again. Invite the person again."))
    _start(row)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="invitation.resent",
        subject=row,
        after={"role": row.role},
    )
    return row, secret_of(row)


@transaction.atomic
def show_invitation_link(*, by: Membership, invitation: Invitation) -> str:
    """The secret of one's own open invitation, to hand over by other means; the trail says that it was shown.

    Only the inviter sees it: whoever holds the link can join as the invited person, and the trail must
    name the one who could have. Raises InvitationNotUsable for another's, and for one without a nonce.
    """
    by = acting(by)
    if invitation.invited_by_id != by.pk:
        raise InvitationNotUsable(
            _("Only the person who sent this invitation can copy its link. You can send it again instead.")
        )
    if not invitation.nonce or not Invitation.objects.open(timezone.now()).filter(pk=invitation.pk).exists():
        raise InvitationNotUsable(_("Send this invitation again first; its link cannot be shown."))
    try:
        secret = secret_of(invitation)
    except SecretLost as error:
        raise InvitationNotUsable(_("Send this invitation again first; its link cannot be shown.")) from error
    record_event(
        organization=by.organization, actor=by.user, verb="invitation.link_shown", subject=invitation
    )
    return secret


@transaction.atomic
def revoke_invitation(*, by: Membership, invitation: Invitation) -> None:
    """Its link stops working. Doing it twice does no harm and is one entry of the trail.

    Raises InvalidValues where the member could not have sent it.
    """
    _withdraw(by=acting(by, Action.MANAGE_PEOPLE), invitation=invitation, field="role")


def _withdraw(*, by: Membership, invitation: Invitation, field: str) -> None:
    refuse_stronger_role(by, invitation.role, field=field)
    invitation.revoked_at = timezone.now()
    is_open = Invitation.objects.filter(pk=invitation.pk, revoked_at=None)
    if not is_open.update(revoked_at=invitation.revoked_at):
        return
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="invitation.revoked",
        subject=invitation,
        before={"email": invitation.email, "role": invitation.role},
    )


def _open_twin(
    *, by: Membership, email: str, role: str, function: BusinessFunction | None, name: str
) -> Invitation | None:
    """The same invitation by the same member, while its link works."""
    found: Invitation | None = (
        Invitation.objects.of(by.organization)
        .open(timezone.now())
        .exclude(nonce="")
        .filter(email__iexact=email, role=role, function=function, name=one_line(name), invited_by=by)
        .select_related("organization", "invited_by__user")
        .first()
    )
    return found


@transaction.atomic
def accept_invitation(*, secret: str, user: User | None, name: str = "", password: str = "") -> Membership:
    """Join by the link. A new person gets an account; a known one just the membership.

    Raises InvitationNotUsable when the link is unknown, used, revoked, expired, left behind by somebody
    who may no longer give this role, or for another address; InvalidValues for a new person without a name or
    with a password that is easily guessed.
    """
    asked = Invitation.objects.filter(token_digest=digest_of_secret(secret)).select_related("organization")
    for found in asked:
        one_at_a_time(found.organization)  # its sender may be leaving at this moment
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .open(timezone.now())
        .select_related("organization", "function", "invited_by")
        .filter(token_digest=digest_of_secret(secret))
        .first()
    )
    if invitation is None:
        raise InvitationNotUsable(
            _("This invitation has been used, withdrawn or has expired. Ask for a new one.")
        )
    known = User.objects.filter(email__iexact=invitation.email).first()
    if user is not None and not invitation.is_for(user):
        raise InvitationNotUsable(
            _("This invitation is for another e-mail address. Sign out, then open the link again.")
        )
    if user is None and known is not None:
        raise InvitationNotUsable(_("You already have an account. Sign in, then open the link again."))
    if user is None:
        user = _new_person(invitation.email, name, password)
    member, _created = Membership.objects.update_or_create(
        organization=invitation.organization,
        user=user,
        defaults={
            "role": invitation.role,
            "function": invitation.function,
            "is_active": True,
            "role_given_by": invitation.invited_by,
            "confirmed_at": None,
            "confirmed_by": None,
        },
    )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), member
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record_event(
        organization=invitation.organization,
        actor=user,
        verb="person.joined",
        subject=member,
        after={"role": invitation.role, "invited_by": str(invitation.invited_by)},
    )
    return member


def _new_person(email: str, name: str, password: str) -> User:
    name = one_line(name)
    if not name:
        message = _("Enter your name.")
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
            _("You already have an account. Sign in, then open the link again.")
        ) from error


def secret_of(invitation: Invitation) -> str:
    """The secret of a link: recoverable by the server, and by nobody who reads the database alone. Raises
    SecretLost where another key of the installation made it."""
    return handed_out(lambda key: _secret(invitation, key), digest=invitation.token_digest)


def _secret(invitation: Invitation, key: str | None = None) -> str:
    return derived("accounts.invitation", invitation.nonce, key=key).hex()


def _start(invitation: Invitation) -> None:
    """A fresh link that works from now on; whatever link there was stops working."""
    invitation.nonce = secrets.token_hex(16)
    invitation.token_digest = digest_of_secret(_secret(invitation))
    invitation.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation.save()
