"""Calls of incoming webhooks: each taken in once, kept where it cannot be, and tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.reading import written_for
from common.collisions import Collision, done_again
from common.errors import DomainError
from common.parsers import read_json
from common.rows import locked
from common.text import is_storable, one_line
from customer_voice.errors import FeedNotReady
from customer_voice.feed_choices import (
    MOST_REFUSED_KEPT,
    MOST_WAITING,
    REFUSED_A_MINUTE,
    CallState,
)
from customer_voice.models import IncomingWebhook, WebhookCall
from customer_voice.services.call_contents import read_kept_call, store_call
from customer_voice.services.call_signatures import MOST_ID, Answer, CallRefused, verified
from customer_voice.services.feedback import Recorded
from customer_voice.services.feeds import record_feed
from customer_voice.services.webhook_mapping import CallMapping, Read, checked, place_of_error

MOST_REASONS = 20
LONGEST_REASON = 300
TAKEN_AT_ONCE = 200  # waiting calls in one transaction


def receive_call(*, webhook: IncomingWebhook, headers: Mapping[str, str], body: bytes) -> Answer:
    """Take one call in, keep it, or say why not. Never raises for what was sent.

    The same ID once: sent again it is answered as the first time, and a call that could not be read is tried
    again. `headers` by lower-case names.
    """
    with written_for(webhook.organization):
        try:
            message_id, text = verified(webhook, headers, body)
        except CallRefused as refused:
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
            read = read_kept_call(webhook, mapping, metrics, call)
            if read.wrong:
                return Preview(read=read, recorded=None, wrong=read.wrong)
            try:
                with transaction.atomic():
                    recorded = store_call(webhook, read)
            except DomainError as error:
                return Preview(read=read, recorded=None, wrong=_reasons(mapping, read, error))
            return Preview(read=read, recorded=recorded, wrong={})
        finally:
            transaction.set_rollback(True)


# --- small parts --------------------------------------------------------------------------------


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
    read = Read()
    try:
        with transaction.atomic():
            metrics = checked(hook.organization, mapping, follows_survey=hook.survey_id is not None)
            read = read_kept_call(hook, mapping, metrics, call)
            if read.wrong:
                _fail(call, "unreadable", read.wrong)
            else:
                _settle(call, read, store_call(hook, read))
    except Collision:
        raise
    except DomainError as error:
        _fail(call, error.code, _reasons(mapping, read, error))
    call.save()


def _settle(call: WebhookCall, read: Read, recorded: Recorded) -> None:
    is_any = bool(read.items or read.removed or (call.webhook.survey_id and read.happenings))
    call.state, call.status = (CallState.STORED if is_any else CallState.LEFT_OUT), 200
    call.code = "" if is_any else "nothing_in_it"
    call.answers_created, call.answers_updated = recorded.created, recorded.updated
    call.answers_removed = read.withdrawn


def _fail(call: WebhookCall, code: str, reasons: Mapping[str, str]) -> None:
    call.state, call.status, call.code = CallState.FAILED, 422, code[:40]
    call.reasons = dict(list(reasons.items())[:MOST_REASONS])


def _reasons(mapping: CallMapping, read: Read, error: DomainError) -> dict[str, str]:
    """Why, by place in the call."""
    found: dict[str, str] = {}
    for name, text in list(error.fields.items())[:MOST_REASONS]:
        found[place_of_error(mapping, read, name) or "/"] = str(text)[:LONGEST_REASON]
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
