"""Calls of incoming webhooks: signature and age asked, each taken in once, kept where it cannot be, and tried
again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.models import Membership, Organization
from accounts.reading import written_for
from common.collisions import Collision, done_again
from common.errors import DomainError
from common.parsers import read_json
from common.rows import locked
from common.sealed import SecretUnreadable, unseal
from common.text import is_storable, one_line
from customer_voice.errors import FeedNotReady
from customer_voice.feed_choices import (
    MOST_BODY_BYTES,
    MOST_REFUSED_KEPT,
    MOST_WAITING,
    REFUSED_A_MINUTE,
    TOLERANCE_SECONDS,
    CallState,
    Meaning,
)
from customer_voice.models import Contact, Feedback, IncomingWebhook, WebhookCall
from customer_voice.services.feedback import Recorded, SubmissionItem, record_submissions
from customer_voice.services.feeds import record_feed
from customer_voice.services.survey_events import Happened, follow_event
from customer_voice.services.webhook_mapping import CallMapping, Read, checked, place_of_error, read_call
from customer_voice.services.withdrawing import withdraw_submissions

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
MOST_ID = 200
MOST_REASONS = 20
LONGEST_REASON = 300
TAKEN_AT_ONCE = 200  # waiting calls in one transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the sender is told: an HTTP status, a stable code, a sentence, and reasons by place."""

    status: int
    code: str
    title: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    created: int = 0
    updated: int = 0
    removed: int = 0


class _Refused(Exception):
    """A call that is not taken. `answer` says why."""

    def __init__(self, status: int, code: str, title: str) -> None:
        self.answer = Answer(status=status, code=code, title=title)
        super().__init__(code)


def receive_call(*, webhook: IncomingWebhook, headers: Mapping[str, str], body: bytes) -> Answer:
    """Take one call in, keep it, or say why not. Never raises for what was sent.

    The same ID once: sent again it is answered as the first time, and a call that could not be read is tried
    again. `headers` by lower-case names.
    """
    with written_for(webhook.organization):
        try:
            message_id, text = _verified(webhook, headers, body)
        except _Refused as refused:
            return _written_down(webhook, headers, refused.answer)
        return _received(webhook_id=webhook.pk, message_id=message_id, text=text)


def refuse_unread(*, webhook: IncomingWebhook, status: int, code: str, title: str) -> Answer:
    """Write down a call whose body was not read at all: too large, or broken off."""
    return _written_down(webhook, {}, Answer(status=status, code=code, title=title))


@transaction.atomic
def try_again(*, by: Membership, call: WebhookCall) -> WebhookCall:
    """Read a kept call once more, by the mapping of now. Raises FeedNotReady where its body is gone, or it
    was taken in.
    """
    held = locked(call, "webhook__organization", "webhook__source", "webhook__survey")
    if held.state not in {CallState.FAILED, CallState.WAITING} or not held.body:
        raise FeedNotReady(_("This call was taken in, or its content is no longer kept."))
    if not held.webhook.mapping:
        raise FeedNotReady(_("Say first what the values of a call mean."))
    _take(held)
    record_feed(by, held.webhook, verb="feed.calls_taken", calls=1)
    return held


def take_waiting(*, by: Membership, webhook: IncomingWebhook) -> tuple[int, int]:
    """Take in the calls that came before the webhook was live, the oldest first; how many, and how many of
    them could not be read. Raises FeedNotReady while it is not live.
    """
    if not webhook.is_live:
        raise FeedNotReady(_("The webhook is not live yet."))
    done = failed = 0
    while True:
        with transaction.atomic():
            hook = locked(webhook, "organization", "source", "survey")
            calls = list(
                WebhookCall.objects.filter(webhook=hook, state=CallState.WAITING)
                .exclude(body="")
                .select_for_update(of=("self",))
                .order_by("received_at", "pk")[:TAKEN_AT_ONCE]
            )
            for call in calls:
                call.webhook = hook
                _take(call)
            done += len(calls)
            failed += sum(call.state == CallState.FAILED for call in calls)
        if len(calls) < TAKEN_AT_ONCE:
            break
    if done:
        record_feed(by, webhook, verb="feed.calls_taken", calls=done)
    return done, failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a kept call would become."""

    read: Read
    recorded: Recorded | None
    wrong: Mapping[str, str]


def preview_call(*, webhook: IncomingWebhook, mapping: CallMapping, call: WebhookCall) -> Preview:
    """What a call would become by a mapping: everything is done as if it were live, and nothing stays.

    Raises MappingRefused.
    """
    with transaction.atomic():
        try:
            metrics = checked(webhook.organization, mapping, follows_survey=webhook.survey_id is not None)
            read = _read(webhook, mapping, metrics, call)
            if read.wrong:
                return Preview(read=read, recorded=None, wrong=read.wrong)
            try:
                with transaction.atomic():
                    recorded = _store(webhook, read)
            except DomainError as error:
                return Preview(read=read, recorded=None, wrong=_reasons(mapping, error))
            return Preview(read=read, recorded=recorded, wrong={})
        finally:
            transaction.set_rollback(True)


# --- small parts --------------------------------------------------------------------------------


def _verified(webhook: IncomingWebhook, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The ID and the text of a call whose signature holds. Raises _Refused."""
    given = {name: headers.get(name, "") for name in _HEADERS}
    missing = [name for name in _HEADERS if not given[name]]
    if missing:
        raise _Refused(401, "unsigned", _("The header %(name)s is missing.") % {"name": missing[0]})
    message_id = given["webhook-id"]
    if len(message_id) > MOST_ID or message_id != one_line(message_id) or not is_storable(message_id):
        raise _Refused(
            422, "bad_id", _("webhook-id is a text of at most %(most)d characters.") % {"most": MOST_ID}
        )
    if len(body) > MOST_BODY_BYTES:
        raise _Refused(413, "too_large", too_large_text())
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _Refused(422, "not_utf8", _("The body is not written in UTF-8.")) from None
    _ask_the_time(given["webhook-timestamp"])
    if not any(_is_signed(secret, text, given) for secret in _secrets(webhook)):
        raise _Refused(401, "wrong_signature", _("The signature does not fit the secret of this webhook."))
    if not webhook.is_on:
        raise _Refused(409, "switched_off", _("This webhook is switched off."))
    return message_id, text


def _ask_the_time(said: str) -> None:
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        raise _Refused(401, "bad_time", _("webhook-timestamp is a number of seconds since 1970."))
    if abs(timezone.now().timestamp() - int(said)) > TOLERANCE_SECONDS:
        raise _Refused(
            401, "stale", _("The time of this call is more than five minutes from now: it may be a replay.")
        )


def _secrets(webhook: IncomingWebhook) -> list[str]:
    sealed = [webhook.sealed_secret]
    if webhook.former_until is not None and webhook.former_until > timezone.now():
        sealed.append(webhook.sealed_former)
    try:
        return [unseal(one) for one in sealed]
    except SecretUnreadable as error:
        raise _Refused(401, "secret_unreadable", str(error.message)) from error


def _is_signed(secret: str, text: str, headers: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(text, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: signatures that are none
        return False
    return True


def _written_down(webhook: IncomingWebhook, headers: Mapping[str, str], answer: Answer) -> Answer:
    """Refusals are in the log too, the last of them: nobody fills it from outside."""
    key = f"customer_voice.refused_calls.{webhook.pk}"
    cache.add(key, 0, 60)
    try:
        count = cache.incr(key)
    except ValueError:  # it ended at this moment
        count = 1
    if count > REFUSED_A_MINUTE:
        return answer
    said = one_line(headers.get("webhook-id", ""))[:MOST_ID]
    WebhookCall.objects.create(
        organization_id=webhook.organization_id,
        webhook=webhook,
        message_id=said if is_storable(said) else "",
        is_verified=False,
        state=CallState.REFUSED,
        status=answer.status,
        code=answer.code,
    )
    rows = WebhookCall.objects.filter(webhook=webhook, is_verified=False).order_by("-pk")
    last = rows.values_list("pk", flat=True)[MOST_REFUSED_KEPT : MOST_REFUSED_KEPT + 1]
    for pk in list(last):
        rows.filter(pk__lte=pk).delete()
    return answer


@done_again
@transaction.atomic
def _received(*, webhook_id: int, message_id: str, text: str) -> Answer:
    """One call whose signature holds: whoever comes second waits here until the first is through."""
    hook = IncomingWebhook.objects.select_related("organization", "source", "survey").get(pk=webhook_id)
    digest = sha256(text.encode()).hexdigest()
    call, is_new = WebhookCall.objects.get_or_create(
        webhook=hook,
        message_id=message_id,
        is_verified=True,
        defaults={
            "organization_id": hook.organization_id,
            "state": CallState.WAITING,
            "status": 202,
            "body": text,
            "body_digest": digest,
        },
    )
    call = locked(call)
    call.webhook = hook
    if call.body_digest != digest:
        return Answer(status=409, code="id_reused", title=_("Another call had this webhook-id before."))
    if not is_new and call.state != CallState.FAILED:
        return _answer_of(call, again=True)
    if not is_new:
        call.body = text  # it may have been emptied since
    try:
        read_json(text)
    except ValueError as error:
        return _unreadable(call, str(error))
    if hook.is_live:
        _take(call)
    elif WebhookCall.objects.filter(webhook=hook, state=CallState.WAITING).count() > MOST_WAITING:
        call.delete()
        title = _("This webhook is not live yet, and as many calls wait as are kept.")
        return Answer(status=409, code="too_many_waiting", title=title)
    return _answer_of(call)


def _unreadable(call: WebhookCall, reason: str) -> Answer:
    """A signed body that is no JSON will never be one; its words stay with the sender."""
    call.state, call.status, call.code, call.body = CallState.FAILED, 422, "not_json", ""
    call.reasons = {"/": reason[:LONGEST_REASON]}
    call.save()
    return _answer_of(call)


def _take(call: WebhookCall) -> None:
    """Read a held call and store what is in it, or write down why not."""
    hook = call.webhook
    mapping = CallMapping.of_json(hook.mapping)
    call.code, call.reasons = "", {}
    try:
        with transaction.atomic():
            metrics = checked(hook.organization, mapping, follows_survey=hook.survey_id is not None)
            read = _read(hook, mapping, metrics, call)
            if read.wrong:
                _fail(call, "unreadable", read.wrong)
            else:
                _settle(call, read, _store(hook, read))
    except Collision:
        raise
    except DomainError as error:
        _fail(call, error.code, _reasons(mapping, error))
    call.save()


def _read(hook: IncomingWebhook, mapping: CallMapping, metrics: Any, call: WebhookCall) -> Read:
    return read_call(
        hook.organization,
        mapping,
        metrics,
        read_json(call.body),
        message_id=call.message_id,
        received_at=call.received_at,
    )


def _store(hook: IncomingWebhook, read: Read) -> Recorded:
    """Everything of one call, in its transaction: answers, removals, names of customers, events."""
    organization = hook.organization
    _name_customers_by_address(organization, read)
    recorded = Recorded(created=0, updated=0, unchanged=0)
    if read.items:
        _keep_what_is_not_named(hook, read)
        recorded = record_submissions(
            organization=organization,
            source=hook.source.name,
            submissions=read.items,
            replaces_known=True,
            is_told=False,
        )
    read.withdrawn = (
        withdraw_submissions(source=hook.source, external_ids=read.removed) if read.removed else 0
    )
    for reference, name in read.names.items():
        Contact.objects.of(organization).filter(external_reference=reference, name="", erased_at=None).update(
            name=one_line(name)[:150]
        )
    if hook.survey is not None:
        for one in read.happenings:
            happened = Happened(
                event_id=one.event_id, at=one.at, customer=one.customer, email=one.email, name=one.name
            )
            follow_event(survey=hook.survey, happened=happened)
    return recorded


def _keep_what_is_not_named(hook: IncomingWebhook, read: Read) -> None:
    """Time and touchpoint of an answer that is known stay where a call does not name them. One query."""
    bare = {
        number
        for number, item in enumerate(read.items)
        if number in read.untimed or Meaning.TOUCHPOINT.value not in item.values
    }
    if not bare:
        return
    ids = [read.items[number].values["external_id"] for number in bare]
    rows = Feedback.objects.filter(
        organization=hook.organization, submission__source=hook.source, submission__external_id__in=ids
    ).values_list("submission__external_id", "occurred_at", "touchpoint__key")
    known = {external_id: (moment, key) for external_id, moment, key in rows}
    for number in bare:
        item = read.items[number]
        if (there := known.get(item.values["external_id"])) is None:
            continue
        values = dict(item.values)
        if number in read.untimed:
            values["occurred_at"] = there[0].isoformat()
        values.setdefault(Meaning.TOUCHPOINT.value, there[1])
        read.items[number] = SubmissionItem(values=values, answers=item.answers)


def _name_customers_by_address(organization: Organization, read: Read) -> None:
    """Who sends an address without a reference is the one contact who has that address."""
    for position, email in read.emails.items():
        found = list(
            Contact.objects.of(organization)
            .filter(email__iexact=email, erased_at=None)
            .exclude(external_reference=None)
            .values_list("external_reference", flat=True)[:2]
        )
        if len(found) == 1:
            values = {**read.items[position].values, "customer": str(found[0])}
            read.items[position] = type(read.items[position])(
                values=values, answers=read.items[position].answers
            )


def _settle(call: WebhookCall, read: Read, recorded: Recorded) -> None:
    is_any = bool(read.items or read.removed or (call.webhook.survey_id and read.happenings))
    call.state, call.status = (CallState.STORED if is_any else CallState.LEFT_OUT), 200
    call.code = "" if is_any else "nothing_in_it"
    call.answers_created, call.answers_updated = recorded.created, recorded.updated
    call.answers_removed = read.withdrawn


def _fail(call: WebhookCall, code: str, reasons: Mapping[str, str]) -> None:
    call.state, call.status, call.code = CallState.FAILED, 422, code[:40]
    call.reasons = dict(list(reasons.items())[:MOST_REASONS])


def _reasons(mapping: CallMapping, error: DomainError) -> dict[str, str]:
    """Why, by place in the call."""
    found: dict[str, str] = {}
    for name, text in list(error.fields.items())[:MOST_REASONS]:
        number, place = place_of_error(mapping, name)
        where = place.replace("/*", f"/{number}", 1)
        found[where or "/"] = str(text)[:LONGEST_REASON]
    return found or {"/": str(error.message)[:LONGEST_REASON]}


def _answer_of(call: WebhookCall, *, again: bool = False) -> Answer:
    state = CallState(call.state)
    titles = {
        CallState.WAITING: _("Kept. It is taken in once the webhook is live."),
        CallState.STORED: _("Taken in."),
        CallState.LEFT_OUT: _("Nothing of it is taken in."),
    }
    title = titles.get(state) or _("This call cannot be read; nothing of it was stored.")
    if again:
        title = _("This call came before. %(title)s") % {"title": title}
    return Answer(
        status=call.status,
        code=call.code or state.value,
        title=title,
        reasons=call.reasons,
        created=call.answers_created,
        updated=call.answers_updated,
        removed=call.answers_removed,
    )


def too_large_text() -> str:
    return _("The body is larger than %(most)d kB.") % {"most": MOST_BODY_BYTES // 1024}
