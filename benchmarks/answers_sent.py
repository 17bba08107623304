"""What the benchmarks of single answers share: an answer, a verdict, a clock."""

import statistics
import time
from collections.abc import Callable
from typing import Any

WRITERS = 8
PLACES = 40
BULK = 1_000
DAYS = 90


def answer(number: str, *, place: int = 0, day: int = 0) -> dict[str, str]:
    return {
        "external_id": number,
        "touchpoint": f"tp{place}",
        "occurred_at": f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T12:00:00Z",
        "score": "9",
        "text": "Fine, thank you.",
    }


def verdict(what: str, peer: str, ratios: list[float], limit: float, *, at_most: bool, **more: float) -> Any:
    ratio = statistics.median(ratios)
    met = ratio <= limit if at_most else ratio >= limit
    return {
        "what": what,
        "peer": peer,
        "ratio": ratio,
        "limit": limit,
        "verdict": "met" if met else "MISSED",
        "ratios": ratios,
        **more,
    }


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
