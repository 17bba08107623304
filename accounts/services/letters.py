"""Letters on their way out."""

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage as MailMessage
from email.policy import EmailPolicy
from email.policy import default as default_policy
from email.utils import parseaddr
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FormReceipt, Letter, Membership
from accounts.services.trail import record_event
from common.errors import DomainError
from common.jobs import JobState, TryAgain, enqueue, run
from common.messages import send
from common.text import legible, one_line
from common.worded import worded

PRODUCT = "cxprogram"  # the sender's name where nobody has given one
KEPT_DAYS = 30
WORDS_KEPT_DAYS = 7
_IS_TOGETHER: ContextVar[bool] = ContextVar("letters_together", default=False)
LOT, LOT_SECONDS = 200, 5.0  # letters over one connection; then other work has its turn


@transaction.atomic
def post(
    *,
    sender: str,
    recipient: str,
    subject: str,
    body: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    organization_id: int | None = None,
    is_one_of_many: bool = False,
) -> Letter:
    """Write a letter down and have it sent after the commit. Line breaks in the subject become spaces.

    Whoever looks after mail in an organization sees the letters that were written for it. `is_one_of_many`:
    it has no message of its own; the caller says `send_lots` once for all, or writes inside of
    `written_together`.
    """
    letter = Letter.objects.create(
        sender=sender,
        recipient=recipient,
        subject=one_line(subject)[:998],
        body=legible(body),
        html=legible(html),
        headers=headers or {},
        organization_id=organization_id,
    )
    if not is_one_of_many and not _IS_TOGETHER.get():
        enqueue(letter)
    return letter


@contextmanager
def written_together() -> Iterator[None]:
    """The letters that are written inside have one message to the worker in place of one each: reports and
    imports that are asked for next do not wait behind all of them.
    """
    before = _IS_TOGETHER.set(True)
    try:
        yield
    finally:
        _IS_TOGETHER.reset(before)
        send_lots()


def send_lots() -> None:
    """Have the letters that wait sent lot by lot, after the commit."""
    transaction.on_commit(_ask_for_lot, robust=True)


def send_lot(*, most: int = LOT, seconds: float = LOT_SECONDS) -> int:
    """Send letters that wait, the least tried first, over one connection; how many were tried.

    Ends after `most` letters or `seconds`, asks for the next lot where more wait, and lets other work come in
    between. A mail server that is away ends the lot at the first letter: the others were not tried.
    """
    begun, tried, line = monotonic(), 0, _Line(mailers["outgoing"])
    letters = Letter.objects.select_related("organization")
    waiting = letters.to_send(timezone.now()).order_by("attempts", "pk")
    try:
        for letter in waiting[:most]:
            send_letter(letter=letter, line=line)
            tried += 1
            if line.is_down or monotonic() - begun > seconds:
                break
    finally:
        line.close()
    if not line.is_down and waiting.exists():
        keep_in_line(now=timezone.now())
        _ask_for_lot()
    return tried


def keep_in_line(*, now: datetime) -> None:
    """Letters whose turn has not come are not taken for lost while lots go out: no second line is begun."""
    half = now - timedelta(seconds=settings.STALE_AFTER_SECONDS / 2)
    Letter.objects.filter(job_state=JobState.QUEUED, heartbeat_at__lt=half).update(heartbeat_at=now)


def _ask_for_lot() -> bool:
    return send("accounts.tasks.send_letters", about="letters wait")


class _Line:
    """The connection to the mail server, opened with the first letter and kept for the next ones."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend, self.is_down = backend, False

    def hand_over(self, letter: Letter) -> None:
        self.backend.open()
        self.backend.send_messages([_message(letter)])

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.backend.close()


def send_letter(*, letter: Letter, line: _Line | None = None) -> bool:
    """Hand the letter to the mail server; its words are forgotten with that.

    A server that is away, or that says "later", leaves it waiting with the reason; an address that is refused
    for good fails it. False when another worker has it. `line`: the open connection of a lot.
    """
    own = line is None
    line = line or _Line(mailers["outgoing"])

    def work() -> None:
        try:
            line.hand_over(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            reason = _answer(code, answer)
            if code >= 500:
                raise DomainError(reason) from error
            raise TryAgain(reason) from error
        except smtplib.SMTPResponseException as error:
            line.is_down = True
            raise TryAgain(_answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            line.is_down = True
            away = gettext_lazy("The mail server cannot be reached (%(reason)s).")
            raise TryAgain(worded(away, reason=str(error) or type(error).__name__)) from error
        letter.finish(sent_at=timezone.now(), body="", html="", failure="")

    try:
        return run(letter, work, unknown=gettext_lazy("Something went wrong while sending."))
    finally:
        if own:
            line.close()


@transaction.atomic
def send_again(*, by: Membership, letter: Letter) -> None:
    """Try a letter that failed once more. Raises DomainError when its words are gone or it is not failed."""
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    if held.job_state != JobState.FAILED or not held.body:
        raise DomainError(_("This e-mail cannot be sent again. Start again on the page that sent it."))
    held.queue_again()
    held.save()
    enqueue(held)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="letter.sent_again",
        subject=held,
        after={"recipient": held.recipient},
    )


def erase_letters(letters: Sequence[int]) -> None:
    """Letters to somebody whose data are erased go at once, sent or not."""
    Letter.objects.filter(pk__in=letters).delete()


def forget_letters(*, now: datetime) -> None:
    """Words of letters that could not be sent go after a week, rows of all letters after a month. Receipts of
    forms, which tell a double click, go after a day."""
    FormReceipt.objects.filter(created_at__lt=now - timedelta(days=1)).delete()
    Letter.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    old = Letter.objects.filter(
        job_state=JobState.FAILED, created_at__lt=now - timedelta(days=WORDS_KEPT_DAYS)
    )
    old.exclude(body="").update(body="", html="")


def _mark(letter: Letter, sender: str) -> str:
    """Of the sender's domain, and the same at each attempt: a mailbox knows a letter that came twice."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{letter.pk}.{letter.created_at:%Y%m%d%H%M%S%f}@{domain}>"


class _WholeLines(EmailPolicy):
    """A header of plain signs stands in one line, as long as a line may be (RFC 5322, 2.1.1): an address that
    does not fit into 78 characters would be folded by encoding it, and no program finds it in
    List-Unsubscribe. Other signs are encoded anyway, in words of at most 75 characters (RFC 2047, 2).
    """

    def fold(self, name: str, value: str) -> str:
        return str(EmailPolicy.fold(self._wide(value), name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return bytes(EmailPolicy.fold_binary(self._wide(value), name, value))

    def _wide(self, value: str) -> EmailPolicy:
        return self.clone(max_line_length=998 if value.isascii() else 78)


class _InWholeLines(EmailMultiAlternatives):
    def message(self, *, policy: Any = default_policy) -> MailMessage:
        return super().message(policy=_WholeLines(**vars(policy)))


def _sender(letter: Letter) -> str:
    """Customers and employees know their company, not the product: a letter of an organization comes in its
    name, unless whoever runs the server has given another one than the product's.
    """
    given = letter.sender or settings.DEFAULT_FROM_EMAIL
    name, address = parseaddr(given)
    if letter.organization is None or name not in ("", PRODUCT):
        return given
    return str(Address(one_line(letter.organization.name), addr_spec=address))


def _message(letter: Letter) -> EmailMultiAlternatives:
    sender = _sender(letter)
    message = _InWholeLines(
        subject=letter.subject,
        body=letter.body,
        from_email=sender,
        to=[letter.recipient],
        headers={"Message-ID": _mark(letter, sender), **letter.headers},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _answer(code: int, answer: bytes | str) -> Promise:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    said = gettext_lazy("The mail server answered: %(code)d %(text)s")
    return worded(said, code=code, text=one_line(text)[:200])
