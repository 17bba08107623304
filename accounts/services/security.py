"""Passwords, sessions, second factors and sign-ins: what happened to somebody's way in."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import SecurityChange
from accounts.errors import PasswordChanged
from accounts.mail import send_security_notice
from accounts.models import Session, User
from accounts.services.tokens import revoke_keys_of_person
from accounts.services.trail import record_event_of_person
from common.rows import locked

SECOND_FACTOR_VERBS = {
    SecurityChange.SECOND_FACTOR_ON: "person.second_factor_on",
    SecurityChange.SECOND_FACTOR_OFF: "person.second_factor_off",
    SecurityChange.RECOVERY_CODES_MADE: "person.recovery_codes_made",
}


@transaction.atomic
def change_password(*, user: User, password: str, revokes_keys: bool) -> None:
    """A new password by somebody who knows the old one. Every session ends; keys where the person says so.

    The caller begins a new session for the browser at hand. Raises PasswordChanged where another request was
    first: the old password that was asked for is not the old one any more.
    """
    _refuse_used(user, _("Your password has been changed in the meantime. Sign in with the new one."))
    user.set_password(password)
    user.save(update_fields=["password"])
    revoked = revoke_keys_of_person(user=user) if revokes_keys else 0
    Session.objects.filter(user=user).delete()
    record_event_of_person(user=user, verb="person.password_changed", after={"keys_revoked": revoked})
    send_security_notice(user, SecurityChange.PASSWORD_CHANGED)


@transaction.atomic
def reset_password(*, user: User, password: str) -> None:
    """A new password by somebody who holds the mailbox. Sessions and keys of before end.

    A link works once, though it be sent twice at the same moment. Raises PasswordChanged.
    """
    _refuse_used(user, _("This link has been used. If it was not you, ask for a new one."))
    user.set_password(password)
    user.save(update_fields=["password"])
    revoked = revoke_keys_of_person(user=user)
    Session.objects.filter(user=user).delete()
    record_event_of_person(user=user, verb="person.password_reset", after={"keys_revoked": revoked})
    send_security_notice(user, SecurityChange.PASSWORD_RESET)


def _refuse_used(user: User, message: str) -> None:
    """Hold the person; whoever was let in by the password as `user` has it finds it as it was."""
    if locked(user, no_key=True).password != user.password:
        raise PasswordChanged(message)


@transaction.atomic
def end_session(*, user: User, session: Session) -> None:
    """Sign one browser out. Doing it twice is one entry of the trail."""
    ended, _rows = Session.objects.filter(pk=session.pk).delete()
    if not ended:
        return
    record_event_of_person(user=user, verb="person.session_ended")


@transaction.atomic
def end_other_sessions(*, user: User, but: str) -> int:
    """Sign out everywhere, except in the session with the key `but`; returns how many ended."""
    ended, _rows = Session.objects.filter(user=user).exclude(session_key=but).delete()
    record_event_of_person(user=user, verb="person.signed_out_everywhere", after={"sessions": ended})
    send_security_notice(user, SecurityChange.SIGNED_OUT_EVERYWHERE)
    return ended


@transaction.atomic
def record_second_factor(*, user: User, change: SecurityChange) -> None:
    """A second factor was set up or taken away, or its recovery codes made anew."""
    record_event_of_person(user=user, verb=SECOND_FACTOR_VERBS[change])
    send_security_notice(user, change)


@transaction.atomic
def record_sign_in(*, user: User, address: str) -> None:
    """In the trail of each organization; sessions of the person that have run out go on the way."""
    Session.objects.filter(user=user, expire_date__lt=timezone.now()).delete()
    record_event_of_person(user=user, verb="person.signed_in", after={"address": address})


def record_failed_sign_in(*, email: str, address: str, step: str = "password") -> None:
    """For a known person; an unknown address concerns no organization."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is not None:
        record_event_of_person(
            user=user,
            verb="person.sign_in_failed",
            after={"address": address, "step": step},
            by_the_person=False,
        )
