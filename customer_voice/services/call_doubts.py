"""Whether words and scores agree in the calls of a webhook that are still kept."""

from common.errors import DomainError
from customer_voice.models import IncomingWebhook, MetricDefinition, WebhookCall
from customer_voice.rules import Number
from customer_voice.services.call_contents import read_kept_call
from customer_voice.services.reversals import Moods, can_be_reversed
from customer_voice.services.webhook_mapping import SCORE, TEXT, CallMapping, Read, checked
from tabular.values import parse_numbers

MOST_CALLS = 100
MOST_LETTERS = 2_000_000  # of all bodies that are read for one page


def call_doubts(webhook: IncomingWebhook, mapping: CallMapping) -> list[tuple[MetricDefinition, Moods]]:
    """The metrics in whose latest calls words say the opposite of the score; nothing is turned by it.

    Two queries. Calls that cannot be read are told elsewhere.
    """
    try:
        metrics = checked(webhook.organization, mapping, follows_survey=webhook.survey_id is not None)
    except DomainError:
        return []
    found = {key: Moods() for key, metric in metrics.items() if can_be_reversed(metric)}
    kept = WebhookCall.objects.filter(webhook=webhook, is_verified=True).exclude(body="")
    letters = 0
    for call in kept.order_by("-received_at", "-pk")[:MOST_CALLS] if found else ():
        letters += len(call.body)
        if letters > MOST_LETTERS:
            break
        try:
            read = read_kept_call(webhook, mapping, metrics, call)
        except (ValueError, RecursionError):
            continue
        if not read.wrong:
            for key, moods in found.items():
                _look(moods, metrics[key], read)
    return [(metrics[key], moods) for key, moods in found.items() if moods.suggests_reversal]


def _look(moods: Moods, metric: MetricDefinition, read: Read) -> None:
    """The comment on the score, else the one that goes with no metric."""
    for item in read.items:
        own = item.answers.get(metric.key, {})
        values, _bad = parse_numbers([own.get(SCORE, "")])
        fits: list[Number | None] = [
            value if value is not None and metric.scale_low <= value <= metric.scale_high else None
            for value in values
        ]
        words = own.get(TEXT) or item.answers.get("", {}).get(TEXT, "")
        moods.look(metric, [0], fits, [words])
