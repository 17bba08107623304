"""Times that leave waiting out, placed anew from the stored waiting where hours count otherwise."""

from collections.abc import Iterable
from itertools import batched

from django.utils import timezone

from customer_voice.models import Feedback, MetricDefinition
from customer_voice.rules.duration import MedianTime
from customer_voice.rules.waiting import WaitedTooLong, Waits
from customer_voice.services.plans import latest_allowed

AT_ONCE = 2_000


def place_waits(metrics: Iterable[MetricDefinition]) -> None:
    """Work out anew from where the cases of these metrics count. Needs a transaction."""
    for metric in metrics:
        if not metric.calculation.leaves_out_waits:
            continue
        waiting = Feedback.objects.of(metric.organization).filter(metric=metric).exclude(waits="")
        for keys in batched(list(waiting.values_list("pk", flat=True)), AT_ONCE, strict=False):
            rows = list(waiting.filter(pk__in=keys).select_for_update().order_by("pk"))
            for row in rows:
                row.metric = metric
                place_answer(row)
            Feedback.objects.bulk_update(rows, ["counted_from", "waits_from"])


def place_answer(row: Feedback) -> None:
    """Set from where its time counts, unless it says nothing of waiting. Not saved.

    A length that is more than what the hours count by now takes all of them: nobody can tell which it meant.
    """
    rule = None if row.metric is None or not row.waits else row.metric.calculation
    if not isinstance(rule, MedianTime) or not rule.leaves_out_waits:
        return
    now, waits = latest_allowed(timezone.now()), Waits.of_text(row.waits)
    try:
        found = rule.places_of(waits, opened=row.occurred_at, resolved=row.resolved_at, now=now)
    except WaitedTooLong:
        found = row.resolved_at or now, None
    row.counted_from, row.waits_from = found
