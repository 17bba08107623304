"""What keeping the daily points costs those who write answers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.answers_sent import BULK, DAYS, PLACES, answer, timed, verdict

if TYPE_CHECKING:
    from customer_voice.models import MetricDefinition


# --- keeping the points --------------------------------------------------------------------------


@contextmanager
def no_notes() -> Iterator[None]:
    notes = "customer_voice.services.feedback.note_changes"
    with mock.patch(notes), mock.patch("customer_voice.services.feedback.Storing.note_spans"):
        yield


def keeping_points(metric: "MetricDefinition", rounds: int, answers: int) -> Any:
    """Answers one by one with what is noted counted every second, against the same without note and count."""
    from customer_voice import services

    def send(round_number: int, kept: bool) -> None:
        last = time.monotonic()
        for number in range(answers):
            services.record_feedback(
                organization=metric.organization,
                metric=metric,
                source="api",
                items=[
                    answer(f"kept {round_number} {kept} {number}", place=number % PLACES, day=number % DAYS)
                ],
            )
            if kept and time.monotonic() - last >= 1:
                services.count_everywhere()
                last = time.monotonic()
        if kept:
            services.count_everywhere()

    return in_turn("keeping points, one answer at a time", "the same answers without points", rounds, send)


def keeping_points_of_lots(metric: "MetricDefinition", rounds: int) -> Any:
    """The same for lots of a thousand answers, three of them between two counts."""
    from customer_voice import services

    def send(round_number: int, kept: bool) -> None:
        for lot in range(3):
            name = f"lots {round_number} {kept} {lot}"
            services.record_feedback(
                organization=metric.organization,
                metric=metric,
                source="api",
                items=[
                    answer(f"{name} {number}", place=number % PLACES, day=number % DAYS)
                    for number in range(BULK)
                ],
            )
        if kept:
            services.count_everywhere()

    return in_turn("keeping points, lots of 1,000", "the same lots without points", rounds, send)


def in_turn(what: str, peer: str, rounds: int, send: Callable[[int, bool], None]) -> Any:
    ratios = []
    for number in range(rounds):
        spent = {}
        for kept in (True, False) if number % 2 else (False, True):
            with nullcontext() if kept else no_notes():
                spent[kept] = timed(lambda: send(number, kept))  # noqa: B023 - called at once
        ratios.append(spent[True] / spent[False])
    return verdict(what, peer, ratios, 1.4, at_most=True)
