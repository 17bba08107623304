"""The tables of one value: its cash flow, its costs, its haircuts and its inputs, as text."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cxstats.roi import CashYear, RoiResult
from impact.cases import further_key
from impact.choices import SourceKind, inputs_of
from impact.models import RoiCase
from impact.wording import (
    Central,
    item_text,
    money_range_text,
    money_text,
    rounded_together,
    whole_money_text,
)
from wording.formats import reader
from wording.joining import bracketed


@dataclass(frozen=True, kw_only=True, slots=True)
class CashRow:
    """One year of the cash flow as text, with the figures beside."""

    year: CashYear
    benefit: str
    cost: str
    net: str
    cumulative: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterRow:
    """One input as it entered the case: its range, where it comes from and who stands for it."""

    key: str
    label: str
    unit: str
    arguments: tuple[float, ...]
    distribution: str
    source: str
    source_kind: str
    owner: str
    kind_text: str
    association: int | None  # its number, where it is the source
    library: str = ""  # number and version of the library's figure that it was taken from

    @property
    def library_number(self) -> int | None:
        return int(self.library.partition(".")[0]) if self.library else None

    @property
    def library_text(self) -> str:
        number, _dot, version = self.library.partition(".")
        said = {"number": number, "version": version}
        return _("Library, figure %(number)s, version %(version)s") % said if self.library else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostRow:
    """One cost as it entered the case."""

    label: str
    year: int
    likely: str
    range: str
    spent: str  # "" while it is not known
    source: str


def haircut_rows(
    result: RoiResult, labels: dict[str, str], currency: str, shown: Central
) -> tuple[tuple[str, str], ...]:
    """Each step of the discount for doubt; the last one is the benefit that counts."""
    rows = [
        (item_text(step.key, labels), shown.text(step.present_value, currency)) for step in result.haircuts
    ]
    if rows and result.expected_costs:
        rows[-1] = (rows[-1][0], whole_money_text(shown.benefits, currency))
    return tuple(rows)


def cash_rows(flow: tuple[CashYear, ...], currency: str, worth: float, shown: Central) -> tuple[CashRow, ...]:
    """Rounded to one step, so that benefits less costs are the net that stands beside them.

    What the flow comes to in the end is the expected net value: it reads as that does (`shown`), not rounded
    in another way. Values of older engines were means of draws, which the flow does not come to.
    """
    sums = [year.discounted_cumulative for year in flow]
    gains = rounded_together([*(year.benefit for year in flow), *(year.cost for year in flow), *sums])
    benefits, costs = list(gains[: len(flow)]), gains[len(flow) : 2 * len(flow)]
    totals = list(gains[2 * len(flow) :])
    if flow and math.isclose(sums[-1], worth, rel_tol=1e-9, abs_tol=0.01):
        totals[-1] = shown.net
    if all(math.isclose(year.cumulative, year.discounted_cumulative, abs_tol=0.005) for year in flow):
        _add_up(benefits, costs, totals)
    return tuple(
        CashRow(
            year=year,
            benefit=whole_money_text(benefit, currency),
            cost=whole_money_text(cost, currency),
            net=whole_money_text(benefit - cost, currency),
            cumulative=whole_money_text(total, currency),
        )
        for year, benefit, cost, total in zip(flow, benefits, costs, totals, strict=True)
    )


def _add_up(benefits: list[float], costs: Sequence[float], totals: list[float]) -> None:
    """Without a discount everybody can add the years up: what was lost in rounding goes to the benefit of the
    year, which is an estimate; a year without one keeps none, and costs stay as they are."""
    before = 0.0
    for place, total in enumerate(totals):
        if benefits[place]:
            benefits[place] = total - before + costs[place]
        before = before + benefits[place] - costs[place]
        totals[place] = before


def cost_rows(costs: list[dict[str, Any]], currency: str) -> tuple[CostRow, ...]:
    return tuple(
        CostRow(
            label=line["label"],
            year=line["year"],
            likely=money_text(float(line["likely"]), currency),
            range=money_range_text(float(line["low"]), float(line["high"]), currency),
            spent=money_text(float(line["actual"]), currency) if line.get("actual") is not None else "",
            source=line.get("source", ""),
        )
        for line in costs
    )


def plain_number(number: str) -> str:
    """A stored decimal without empty decimals."""
    value = Decimal(number).normalize()
    return reader().shortest(value)


def _unit(kind: str, row: Mapping[str, Any]) -> str:
    presets = {preset.key: str(preset.unit) for preset in inputs_of(kind)}
    unit: str = row["unit"]
    return presets.get(row["key"], unit)


def parameter_rows(case: RoiCase, labels: Mapping[str, str]) -> Iterator[ParameterRow]:
    """The inputs of all benefits. Those that a further benefit shares with an earlier one stand there."""
    model = case.inputs["value_model"]
    yield from (_parameter_row(row["key"], row, model["kind"], labels) for row in model["parameters"])
    entered = {one["key"] for one in case.inputs["case"]["parameters"]}
    for line in model.get("lines", ()):
        for row in line["parameters"]:
            key = further_key(line["number"], row["key"])
            if key in entered:
                yield _parameter_row(key, row, line["kind"], labels)


def _parameter_row(key: str, row: Mapping[str, Any], kind: str, labels: Mapping[str, str]) -> ParameterRow:
    return ParameterRow(
        key=key,
        label=labels[key],
        unit=_unit(kind, row),
        arguments=tuple(row["arguments"]),
        distribution=row["distribution"],
        source=row["source"],
        source_kind=row["source_kind"],
        kind_text=str(SourceKind(row["source_kind"]).label),
        association=row.get("association"),
        library=row.get("library", ""),
        owner=row["owner_name"],
    )


def labels_of(case: RoiCase) -> dict[str, str]:
    """Parameter key -> the product's name in the reader's language, or the name that people gave it.

    What was stored with the case is in the language of whoever saved it, and stays part of its digest.
    """
    model = case.inputs["value_model"]
    labels = dict(_labels(model["kind"], model["parameters"]))
    for line in model.get("lines", ()):
        labels |= {
            further_key(line["number"], key): bracketed(label, line["label"])
            for key, label in _labels(line["kind"], line["parameters"])
        }
    return labels | {
        f"cost_{place}": bracketed(line["label"], line["year"]) for place, line in enumerate(model["costs"])
    }


def _labels(kind: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    presets = {preset.key: str(preset.label) for preset in inputs_of(kind)}
    return ((row["key"], presets.get(row["key"], row["label"])) for row in rows)
