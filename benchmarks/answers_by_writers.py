"""Eight processes that write answers to one touchpoint, or to many."""

import time
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from benchmarks.answers_sent import DAYS, PLACES, WRITERS, answer, verdict

if TYPE_CHECKING:
    from customer_voice.models import MetricDefinition


# --- eight writers -------------------------------------------------------------------------------


def hot_touchpoint(metric: "MetricDefinition", rounds: int, answers: int) -> Any:
    """Answers a second of eight processes, days counted meanwhile by a ninth: all of one touchpoint and day,
    and each of another one."""
    ratios = []
    for number in range(rounds):
        rates = []
        for is_hot in (True, False) if number % 2 else (False, True):
            rates.append((is_hot, writing(metric, answers, is_hot, f"{number} {is_hot}")))
        found = dict(rates)
        ratios.append(found[True] / found[False])
    return verdict(
        "one hot touchpoint, 8 writers", "the same, spread over 40 touchpoints and 90 days", ratios, 0.8,
        at_most=False,
    )  # fmt: skip


def writing(metric: "MetricDefinition", answers: int, is_hot: bool, name: str) -> float:
    context = get_context("spawn")
    start, ended = context.Barrier(WRITERS + 2), context.Event()
    counter = context.Process(target=count_until, args=[start, ended])
    writers = [
        context.Process(target=write, args=[metric.pk, answers, is_hot, f"{name} {number}", number, start])
        for number in range(WRITERS)
    ]
    for process in (counter, *writers):
        process.start()
    start.wait()
    begun = time.perf_counter()
    for process in writers:
        process.join()
    seconds = time.perf_counter() - begun
    ended.set()
    counter.join()
    assert not any(process.exitcode for process in writers)
    return WRITERS * answers / seconds


def count_until(start: Any, ended: Any) -> None:
    import django

    django.setup()
    from customer_voice import services

    start.wait()
    services.keep_counting(ended)


def write(metric_id: int, answers: int, is_hot: bool, name: str, writer: int, start: Any) -> None:
    import django

    django.setup()
    from customer_voice import services
    from customer_voice.models import MetricDefinition

    metric = MetricDefinition.objects.select_related("organization").get(pk=metric_id)
    start.wait()
    for number in range(answers):
        place, day = (0, 0) if is_hot else ((number + 5 * writer) % PLACES, (7 * number + writer) % DAYS)
        services.record_feedback(
            organization=metric.organization,
            metric=metric,
            source="api",
            items=[answer(f"{name} {number}", place=place, day=day)],
        )
