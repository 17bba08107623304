"""How a document's statements and what is computed again stand beside each other: steps, with differences."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxstats import ENGINE_VERSION
from cxstats.codec import is_alike

_MISSING = "(nothing)"


class Outcome(StrEnum):
    SAME = "same"
    OTHER_ENGINE = "other engine"  # differs, and another version of the engine computed what is stated
    NOT_COMPUTED = "not computed"
    DIFFERS = "differs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Something that the document states, and what it should be; `place` is the way to it in the evidence."""

    place: str
    stated: str
    found: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that was looked at, with what it said and where it differs."""

    name: str
    outcome: Outcome
    said: str
    differences: tuple[Difference, ...] = ()


def guarded(name: str, step: Callable[[str, dict[str, Any]], Step], content: dict[str, Any]) -> Step:
    """The step; what a changed file makes impossible to compute differs, and stops nothing else."""
    try:
        return step(name, content)
    except Exception as error:  # the file may come from anybody
        found = Difference(place=name, stated="figures", found=f"{type(error).__name__}: {error}"[:200])
        return Step(name=name, outcome=Outcome.DIFFERS, said="cannot be computed", differences=(found,))


def step_of(name: str, said: str, rows: list[tuple[str, Any, Any]]) -> Step:
    """Rows of place, stated and found, which are the same exactly."""
    differences = tuple(
        Difference(place=place, stated=_short(stated), found=_short(found))
        for place, stated, found in rows
        if stated != found
    )
    return Step(
        name=name,
        outcome=Outcome.DIFFERS if differences else Outcome.SAME,
        said=said,
        differences=differences,
    )


def computed_step(
    name: str, place: str, said: str, rows: list[tuple[str, Any, Any]], stated: Any, today: Any, engine: str
) -> Step:
    """What today's engine gives beside what is stated; where another engine computed that, it may differ."""
    exact = step_of(name, said, rows)
    if exact.differences:
        return exact
    differences = tuple(_differences(place, stated, today))
    is_other = engine != ENGINE_VERSION
    if not differences:
        computed = f"; computed by engine {engine} then" if is_other else ""
        return Step(name=name, outcome=Outcome.SAME, said=f"{said}, by engine {ENGINE_VERSION}{computed}")
    return Step(
        name=name,
        outcome=Outcome.OTHER_ENGINE if is_other else Outcome.DIFFERS,
        said=f"{said}, by engine {ENGINE_VERSION}"
        + (
            f"; the document is of engine {engine}, and engines of different versions may differ"
            if is_other
            else ""
        ),
        differences=differences,
    )


def _differences(place: str, stated: Any, found: Any) -> Iterator[Difference]:
    """Where two JSON values are not alike, down to the single figure."""
    if is_alike(stated, found):
        return
    if isinstance(stated, dict) and isinstance(found, dict):
        for key in sorted({*stated, *found}):
            yield from _differences(f"{place}.{key}", stated.get(key, _MISSING), found.get(key, _MISSING))
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for index, (one, other) in enumerate(zip(stated, found, strict=True)):
            yield from _differences(f"{place}[{index}]", one, other)
    else:
        yield Difference(place=place, stated=_short(stated), found=_short(found))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
