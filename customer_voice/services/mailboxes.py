"""Mailboxes whose new messages become feedback: set up, tried, fetched again and again, each message once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.reading import written_for
from common.errors import DomainError, InvalidValues
from common.jobs import JobState, run
from common.outgoing import LONGEST_HOST, refuse_private_host
from common.rows import locked
from common.sealed import seal, unseal
from common.text import is_storable, one_line
from customer_voice.choices import SourceKind
from customer_voice.feed_choices import MOST_PASSWORD_TRIES, LetterLeftOut, MailSecurity
from customer_voice.importers.letters import read_letter
from customer_voice.importers.mail_server import Arrived, MailPlace, open_folder
from customer_voice.models import Contact, Mailbox, Submission
from customer_voice.services.feedback import record_feedback
from customer_voice.services.feeds import feed_source, record_feed, refuse_too_many, remove_feed, switched
from customer_voice.services.returned_letters import mark_returned
from journeys.models import Touchpoint

EVERY_MINUTES = 5
MOST_DAYS_BACK = 365
CLOCKS_DIFFER = timedelta(minutes=5)  # the mail server's from ours, when a mailbox is new
LONGEST_PASSWORD = 500
_RELATED = ("organization", "source", "touchpoint")
_TOLD = ("host", "port", "security", "username", "folder", "channel", "takes_bounces")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxPlan:
    """What somebody says of a mailbox. `password` empty: as it is stored. `days_back`: messages that lie
    there already are taken as far back as this, when the mailbox is new. `takes_bounces`: survey letters that
    come back arrive there.
    """

    source: str
    touchpoint: Touchpoint
    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str = "INBOX"
    channel: str = ""
    takes_bounces: bool = False
    days_back: int = 0


def create_mailbox(*, by: Membership, plan: MailboxPlan) -> Mailbox:
    """A mailbox that is looked into every few minutes from now on. Raises InvalidValues by field, HostRefused
    for a host that nobody may have this server connect to.
    """
    values = _checked(plan, needs_password=True)
    refuse_private_host(values["host"], plan.port)
    return _created(by, plan, values)


@transaction.atomic
def _created(by: Membership, plan: MailboxPlan, values: dict[str, Any]) -> Mailbox:
    refuse_too_many(by, Mailbox)
    box = Mailbox.objects.create(
        organization=by.organization,
        source=feed_source(by, plan.source, SourceKind.MAILBOX),
        touchpoint=plan.touchpoint,
        sealed_password=seal(plan.password),
        begins_at=timezone.now() - timedelta(days=plan.days_back),
        job_state=JobState.DONE,  # the first look comes with the clock
        **values,
    )
    record_feed(by, box, verb="feed.added", source=box.source.name)
    return box


def change_mailbox(*, by: Membership, mailbox: Mailbox, plan: MailboxPlan) -> Mailbox:
    """Change where it is and how to get in; the source stays. Another place is read from its beginning.

    Raises InvalidValues by field, and for another host HostRefused as for a new mailbox.
    """
    values = _checked(plan, needs_password=False)
    if values["host"] != mailbox.host:
        refuse_private_host(values["host"], plan.port)
    return _changed(by, mailbox, plan, values)


@transaction.atomic
def _changed(by: Membership, mailbox: Mailbox, plan: MailboxPlan, values: dict[str, Any]) -> Mailbox:
    box = locked(mailbox, *_RELATED)
    before = {name: getattr(box, name) for name in _TOLD} | {"touchpoint": box.touchpoint.name}
    is_elsewhere = any(getattr(box, name) != values[name] for name in ("host", "username", "folder"))
    if is_elsewhere:
        if not plan.password and box.host != values["host"]:
            text = _("Enter the password: the one that is stored belongs to another host.")
            raise InvalidValues(text, fields={"password": text})
        box.uid_validity, box.last_uid, box.begins_at = None, 0, timezone.now()
        box.attempts, box.job_state = box.attempts + 1, JobState.DONE  # a look at the old place ends here
    for name, value in values.items():
        setattr(box, name, value)
    box.touchpoint = plan.touchpoint
    if plan.password:
        box.sealed_password = seal(plan.password)
    if plan.password or is_elsewhere:
        box.failures_in_row = box.wrong_passwords = 0
    box.save(
        update_fields=[
            *values, "touchpoint", "sealed_password", "failures_in_row", "wrong_passwords",
            *(("uid_validity", "last_uid", "begins_at", "attempts", "job_state") if is_elsewhere else ()),
        ]
    )  # fmt: skip
    after = {name: getattr(box, name) for name in _TOLD} | {"touchpoint": box.touchpoint.name}
    changed = {name for name in after if before[name] != after[name]}
    if changed or plan.password:
        record_feed(
            by,
            box,
            verb="feed.changed",
            before={name: before[name] for name in sorted(changed)},
            **{name: after[name] for name in sorted(changed)},
            **({"password": True} if plan.password else {}),
        )
    return box


@transaction.atomic
def switch_mailbox(*, by: Membership, mailbox: Mailbox, is_on: bool) -> Mailbox:
    """Look into it, or not. Switched on again, the password is tried anew. Twice does no harm."""
    box = locked(mailbox, *_RELATED)
    if switched(by, box, is_on=is_on):
        if is_on:
            box.wrong_passwords = box.failures_in_row = 0
        box.save(update_fields=["is_on", "wrong_passwords", "failures_in_row"])
    return box


@transaction.atomic
def remove_mailbox(*, by: Membership, mailbox: Mailbox) -> None:
    """Forget the mailbox and its password. Feedback stays."""
    remove_feed(by, locked(mailbox, *_RELATED))


def try_mailbox(*, mailbox: Mailbox) -> int:
    """Connect and open the folder: how many messages it holds. Nothing is fetched.

    Raises HostRefused, Unreachable, MailRefused, SecretUnreadable.
    """
    with open_folder(_place(mailbox)) as folder:
        return folder.messages


@transaction.atomic
def queue_mailboxes(*, now: datetime) -> list[Mailbox]:
    """Mailboxes that are due for a look; the caller enqueues them."""
    due = Mailbox.objects.select_for_update().filter(
        is_on=True, job_state__in=[JobState.DONE, JobState.FAILED]
    )
    found = []
    for box in due:
        # one that fails is left alone for longer each time, up to an hour
        wait = timedelta(minutes=min(EVERY_MINUTES * (1 + box.failures_in_row), 60))
        if box.checked_at is None or box.checked_at <= now - wait:
            box.queue_again()
            box.save(update_fields=["job_state", "progress", "attempts", "heartbeat_at", "failure"])
            found.append(box)
    return found


def fetch_mailbox(*, mailbox_id: int) -> None:
    """Take in the new messages of one mailbox. Safe to call twice, at once, or after a crash."""
    box = Mailbox.objects.select_related("organization", "source", "touchpoint").filter(pk=mailbox_id).first()
    if box is None:
        return
    with written_for(box.organization):
        run(
            box,
            partial(_fetch, box),
            unknown=gettext_lazy("Something went wrong while reading the mailbox. It is tried again."),
        )


# --- small parts --------------------------------------------------------------------------------


def _fetch(box: Mailbox) -> None:
    box = Mailbox.objects.select_related(*_RELATED).get(pk=box.pk)
    try:
        with open_folder(_place(box)) as folder:
            if folder.validity != box.uid_validity:
                box.write(uid_validity=folder.validity, last_uid=0)  # numbers begin anew
            for arrived in folder.arrived_after(box.last_uid, since=box.begins_at):
                _take(box, arrived)
    except DomainError as error:
        _note_failure(box, error)
        raise
    now = timezone.now()
    box.finish(checked_at=now, succeeded_at=now, failures_in_row=0, wrong_passwords=0, failure="")


def _take(box: Mailbox, arrived: Arrived) -> None:
    """One message and its number in one transaction: after a crash none is lost and none comes twice."""
    with transaction.atomic():
        taken, left_out = box.taken, dict(box.left_out)
        if arrived.at is None or arrived.at >= box.begins_at - CLOCKS_DIFFER:
            reason = _recorded(box, arrived)
            taken += not reason
            if reason:
                left_out[reason] = left_out.get(reason, 0) + 1
        box.write(last_uid=arrived.uid, taken=taken, left_out=left_out)


def _recorded(box: Mailbox, arrived: Arrived) -> str:
    """Why the message is no feedback; nothing where it is now."""
    if arrived.content is None:
        return LetterLeftOut.TOO_LARGE.value
    letter = read_letter(arrived.content, ours=_ours())
    if letter.left_out == LetterLeftOut.BOUNCE and box.takes_bounces:
        at = arrived.at or timezone.now()
        if mark_returned(organization=box.organization, content=arrived.content, at=at):
            return LetterLeftOut.RETURNED.value
    if letter.left_out is not None:
        return letter.left_out.value
    name = letter.message_id if is_storable(letter.message_id) else ""
    if not name:
        return LetterLeftOut.UNREADABLE.value
    known = Submission.objects.filter(organization=box.organization, source=box.source, external_id=name)
    if known.exists():
        return LetterLeftOut.KNOWN.value
    now = timezone.now()
    moments = [moment for moment in (letter.at, arrived.at) if moment is not None and moment <= now]
    item: dict[str, str] = {
        "external_id": name,
        "occurred_at": (moments[0] if moments else now).isoformat(),
        "touchpoint": box.touchpoint.key,
        "text": letter.text,
        **({"channel": box.channel} if box.channel else {}),
        **_customer(box, letter.sender),
    }
    try:
        recorded = record_feedback(
            organization=box.organization, metric=None, source=box.source.name, items=[item]
        )
    except InvalidValues:
        return LetterLeftOut.UNREADABLE.value
    return LetterLeftOut.ERASED.value if recorded.left_out else ""


def _customer(box: Mailbox, sender: str) -> Mapping[str, str]:
    """The one contact who has this address, by the reference; the address itself is not kept."""
    found = list(
        Contact.objects.of(box.organization)
        .filter(email__iexact=sender, erased_at=None)
        .exclude(external_reference=None)
        .values_list("external_reference", flat=True)[:2]
    )
    return {"customer": str(found[0])} if sender and len(found) == 1 else {}


def _ours() -> frozenset[str]:
    return frozenset({parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()} - {""})


def _note_failure(box: Mailbox, error: DomainError) -> None:
    """Count it; a password that was refused several times is not tried any more, or the account is locked."""
    wrong = box.wrong_passwords + 1 if error.code == "wrong_password" else box.wrong_passwords
    is_on = box.is_on and wrong < MOST_PASSWORD_TRIES
    with transaction.atomic():
        box.write(
            checked_at=timezone.now(),
            failures_in_row=min(box.failures_in_row + 1, 1000),
            wrong_passwords=wrong,
            is_on=is_on,
        )
        if not is_on and error.code == "wrong_password":
            record_feed(None, box, verb="feed.switched_off")


def _place(box: Mailbox) -> MailPlace:
    return MailPlace(
        host=box.host,
        port=box.port,
        security=box.security,
        username=box.username,
        password=unseal(box.sealed_password),
        folder=box.folder,
    )


def _checked(plan: MailboxPlan, *, needs_password: bool) -> dict[str, Any]:
    """What is stored of a plan beside source, touchpoint and password. Raises InvalidValues."""
    wrong: dict[str, str] = {}
    host, username, folder = one_line(plan.host), one_line(plan.username), one_line(plan.folder) or "INBOX"
    channel = one_line(plan.channel)
    if not 0 < len(host) <= LONGEST_HOST or (any(sign in host for sign in "/@ :[]") and not _is_ipv6(host)):
        wrong["host"] = _("The name of the mail server alone, for example imap.example.org.")
    if not 1 <= plan.port <= 65535:
        wrong["port"] = _("A number from 1 to 65535.")
    if plan.security not in MailSecurity.values:
        wrong["security"] = _("Choose one of the answers.")
    if not 0 < len(username) <= 254:
        wrong["username"] = _("The name with which one signs in at the mail server.")
    if (needs_password and not plan.password) or len(plan.password) > LONGEST_PASSWORD:
        wrong["password"] = _("The password of this mailbox, or an app password.")
    elif not is_storable(plan.password) or any(sign in plan.password for sign in "\r\n"):
        wrong["password"] = _("This password holds characters that no mail server takes.")
    if len(folder) > 200:
        wrong["folder"] = _("At most %(limit)d characters.") % {"limit": 200}
    if len(channel) > 40:
        wrong["channel"] = _("At most %(limit)d characters.") % {"limit": 40}
    if not 0 <= plan.days_back <= MOST_DAYS_BACK:
        wrong["days_back"] = _("A number of days from 0 to %(most)d.") % {"most": MOST_DAYS_BACK}
    if plan.touchpoint.is_archived:
        wrong["touchpoint"] = _("This touchpoint is archived. Choose another one.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    return {
        "host": host,
        "port": plan.port,
        "security": plan.security,
        "username": username,
        "folder": folder,
        "channel": channel,
        "takes_bounces": plan.takes_bounces,
    }


def _is_ipv6(host: str) -> bool:
    return host.count(":") > 1 and not any(sign in host for sign in "/@ []")
