"""Bodies of calls go when nobody needs them any more, and at once where their words are erased."""

from datetime import datetime, timedelta

from accounts.models import Organization
from customer_voice.feed_choices import KEPT_BODY_DAYS, KEPT_CALL_DAYS, CallState
from customer_voice.models import WebhookCall
from customer_voice.selectors.kept_calls import Whom, bodies_without


def forget_calls(*, now: datetime) -> int:
    """Empty bodies and drop entries of the log that are older than they are kept; how many were dropped."""
    old = WebhookCall.objects.filter(received_at__lt=now - timedelta(days=KEPT_BODY_DAYS)).exclude(body="")
    old.filter(state=CallState.WAITING).update(state=CallState.LEFT_OUT, code="forgotten", body="")
    old.update(body="")
    dropped, _by_model = WebhookCall.objects.filter(
        received_at__lt=now - timedelta(days=KEPT_CALL_DAYS)
    ).delete()
    return dropped


def forget_calls_about(organization: Organization, about: Whom) -> int:
    """Empty the kept calls that are about these contacts and answers; of a list their entries alone, so that
    what others said stays. Those that wait are not taken in any more. Returns how many.
    """
    left = dict(bodies_without(organization, about))
    emptied = WebhookCall.objects.filter(pk__in=[pk for pk, body in left.items() if not body])
    emptied.filter(state__in=[CallState.WAITING, CallState.FAILED]).update(
        state=CallState.LEFT_OUT, code="erased"
    )
    emptied.update(body="", reasons={})
    for pk, body in left.items():
        if body:
            WebhookCall.objects.filter(pk=pk).update(body=body, reasons={})
    return len(left)
