"""Bodies of calls go when nobody needs them any more, and at once where their words are erased."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organization
from customer_voice.feed_choices import KEPT_BODY_DAYS, KEPT_CALL_DAYS, CallState
from customer_voice.importers.json_places import as_text
from customer_voice.models import WebhookCall


def forget_calls(*, now: datetime) -> int:
    """Empty bodies and drop entries of the log that are older than they are kept; how many were dropped."""
    old = WebhookCall.objects.filter(received_at__lt=now - timedelta(days=KEPT_BODY_DAYS)).exclude(body="")
    old.filter(state=CallState.WAITING).update(state=CallState.LEFT_OUT, code="forgotten", body="")
    old.update(body="")
    dropped, _by_model = WebhookCall.objects.filter(
        received_at__lt=now - timedelta(days=KEPT_CALL_DAYS)
    ).delete()
    return dropped


def forget_calls_about(organization: Organization, marks: Collection[str]) -> int:
    """Empty the kept calls that hold one of these texts as a value: references, addresses, IDs of what was
    erased. Those that wait are not taken in any more. Returns how many.
    """
    wanted = {mark.casefold() for mark in marks if mark}
    if not wanted:
        return 0
    kept = WebhookCall.objects.of(organization).exclude(body="").values_list("pk", "message_id", "body")
    found = [pk for pk, name, body in kept if _is_about(name, body, wanted)]
    rows = WebhookCall.objects.filter(pk__in=found)
    rows.filter(state__in=[CallState.WAITING, CallState.FAILED]).update(
        state=CallState.LEFT_OUT, code="erased"
    )
    rows.update(body="", reasons={})
    return len(found)


def _is_about(message_id: str, body: str, wanted: set[str]) -> bool:
    own = message_id.casefold()
    if any(mark == own or mark.startswith(f"{own}-") for mark in wanted):
        return True
    try:
        return any(text.casefold() in wanted for text in _texts(json.loads(body)))
    except (ValueError, RecursionError):
        return False


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield as_text(one).strip()
