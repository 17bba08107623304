"""What the page of one answer shows. No rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from django.utils.translation import gettext as _

from customer_voice.models import Feedback
from customer_voice.rules.waiting import Waits
from customer_voice.selectors.given import figure_given
from wording import units
from wording.formats import reader


@dataclass(frozen=True, kw_only=True, slots=True)
class RowPage:
    """One thing a customer said, its score in words; `has_time` is false where only the day is known."""

    row: Feedback
    score: str
    counts: str
    has_time: bool
    given: str  # the figure of the file, where its scale runs the other way
    waits: tuple[str, ...] = ()  # when, or how long, a case waited for its customer, in words


def row_page(row: Feedback) -> RowPage:
    """One thing a customer said. A query for the import that it came with, where it has a score."""
    metric = row.metric
    score, counts = "", ""
    if metric is not None:
        score = metric.calculation.row_text(row)
    if metric is not None and row.score is not None:
        counts = {
            "top": _("counts for the metric"),
            "bottom": _("counts against the metric"),
            "middle": _("counts neither for nor against"),
        }.get(metric.calculation.box_of(row.score), "")
    day = row.occurred_at.astimezone(row.organization.clock.zone)
    given = figure_given(row)
    return RowPage(
        row=row,
        score=score,
        counts=counts,
        has_time=day.time() != time.min,
        given="" if given is None else reader().shortest(given),
        waits=tuple(_waits(row)),
    )


def _waits(row: Feedback) -> Iterator[str]:
    waits = Waits.of_text(row.waits)
    zone = row.organization.clock.zone
    for begin, end in waits.stretches:
        since = reader().moment(begin.astimezone(zone))
        if end is None and row.resolved_at is None:
            yield _("since %(moment)s: it waits now") % {"moment": since}
        else:
            until = reader().moment((end or row.resolved_at or begin).astimezone(zone))
            yield f"{since} – {until}"
    if waits.length:
        yield units.duration(reader(), waits.length.total_seconds())
