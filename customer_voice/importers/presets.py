"""Usual exports of help desks and survey tools, known by the names of their columns. No query.

A preset says which column is which where the names alone would not; it is offered and never forced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tabular.headers import plain_name

_PRESETS = Path(__file__).with_name("presets.yaml")
AND_SO_ON = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """One kind of export. `name`: the tool that writes it; the rest as `presets.yaml` says."""

    key: str
    name: str
    signs: tuple[str, ...]
    signs_or: tuple[tuple[str, ...], ...]
    first: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    without: frozenset[str]
    leave_out: tuple[tuple[str, tuple[str, ...]], ...]
    metric: str = ""  # key of the standard metric whose figures of days the file holds
    needs: tuple[str, ...] = ()  # fields without whose columns it is none of its kind
    figures: tuple[str, ...] = ()  # names of columns that hold finished figures, no sums
    is_share: bool = False  # such a figure is a share
    is_time: bool = False  # or a length of time
    varies: bool = False  # each customer of the tool has other columns: who imports is told to check them

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file with these columns is one of its kind."""
        if self.first and (not header or not _is_any(header[0], self.first)):
            return False
        if not all(_column(header, (sign,)) for sign in self.signs):
            return False
        if self.needs and not set(self.needs) <= set(self.mapping(header)):
            return False
        return not self.signs_or or any(
            all(_column(header, (sign,)) for sign in signs) for signs in self.signs_or
        )

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Field -> column, of the columns that this file has; none of them twice."""
        found: dict[str, str] = {}
        for field, names in self.columns.items():
            column = _column([name for name in header if name not in found.values()], names)
            if column:
                found[field] = column
        return found

    def is_figure(self, column: str) -> bool:
        """Whether a column of amounts holds a finished figure by its name."""
        return bool(column) and _is_any(column, self.figures)

    def left_out(self, header: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """The columns of which some values mean that a row is no answer, with these values."""
        found = [(_column(header, (name,)), values) for name, values in self.leave_out]
        return [(column, values) for column, values in found if column]


def preset_of(header: Sequence[str]) -> Preset | None:
    """The first that fits these columns."""
    return next((preset for preset in known_presets() if preset.fits(header)), None)


@cache
def known_presets() -> tuple[Preset, ...]:
    """Those of `presets.yaml`, read once, in its order."""
    told: list[dict[str, Any]] = yaml.safe_load(_PRESETS.read_text("utf-8"))["presets"]
    return tuple(
        Preset(
            key=one["key"],
            name=one["name"],
            signs=tuple(one["signs"]),
            signs_or=tuple(map(tuple, one.get("signs_or", ()))),
            first=tuple(one.get("first", ())),
            columns={field: tuple(names) for field, names in one["columns"].items()},
            without=frozenset(one.get("without", ())),
            leave_out=tuple((column, tuple(values)) for column, values in one.get("leave_out", ())),
            varies=one.get("varies", False),
            metric=one.get("metric", ""),
            needs=tuple(one.get("needs", ())),
            figures=tuple(one.get("figures", ())),
            is_share=one.get("is_share", False),
            is_time=one.get("is_time", False),
        )
        for one in told
    )


def _column(header: Sequence[str], names: Sequence[str]) -> str:
    """The column of the first of these names that the file has; empty where it has none."""
    for name in names:
        found = next((column for column in header if _is_any(column, (name,))), "")
        if found:
            return found
    return ""


def _is_any(column: str, names: Sequence[str]) -> bool:
    written = " ".join(column.split()).casefold()
    for name in names:
        wanted = name.casefold()
        if wanted.endswith(AND_SO_ON):
            if written.startswith(wanted.removesuffix(AND_SO_ON)):
                return True
        elif written == wanted:
            return True
        elif len(wanted) > 1 and plain_name(column) == plain_name(name) and ("%" in column) is ("%" in name):
            return True  # "On time" counts, "On time %" is a share
    return False
