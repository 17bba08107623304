"""The chain of a document of the program: inputs, ledger, what is counted of whom, and the return itself.

What the engine read stands beside what the document tells of it, so that neither can be another without the
other. The value of a single initiative is not computed here: its own document holds what that takes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common.reckoning import Reckoning
from cxstats.codec import decoded, digest_of, seed_of, version_of
from cxstats.program import Program, program_digest
from impact.selectors.portfolio import LeftOut
from impact.services import program_figures
from reports.services.comparing import Outcome, Step, computed_step, step_of

_INPUTS = "program_case.inputs"
_PROGRAMS = {"main": ("program", "first_year"), "whole": ("whole", "whole_first_year")}  # result -> inputs


def _of_inputs(name: str, content: dict[str, Any]) -> Step:
    """Whether what was gathered is what was digested, and the seeds follow from what the engine read."""
    case = content["program_case"]
    inputs, result = case["inputs"], case["result"]
    digest = digest_of(inputs, version=version_of(inputs))
    told = content["with_look_backs"]
    rows = [
        ("program_case.input_digest", case["input_digest"], digest),
        ("with_look_backs", told, told is True and inputs["whole"] is not None),
    ]
    for key, (program, _first) in _PROGRAMS.items():
        if inputs[program] is not None:
            seed = seed_of(program_digest(decoded(Program, inputs[program])))
            rows.append((f"program_case.result.{key}.seed", result[key]["seed"], seed))
    return step_of(name, f"return {case['number']}, digest {digest}", rows)


# --- the ledger -------------------------------------------------------------------------------------------


def _of_ledger(name: str, content: dict[str, Any]) -> Step:
    """Whether the engine counted the costs that the document lists, and every gap is said."""
    inputs = content["program_case"]["inputs"]
    rows: list[tuple[str, Any, Any]] = []
    for place, year in enumerate(inputs["ledger"]):
        total = sum((_counted(line) for line in year["lines"] if line["rate"] is not None), start=Decimal(0))
        stated = Decimal(year["total"])
        rows.append(
            (f"{_INPUTS}.ledger[{place}].total", str(stated), str(stated if stated == total else total))
        )
    rows.append((f"{_INPUTS}.missing", inputs["missing"], _missing(inputs)))
    unknown = [year["year"] for year in _due(inputs) if any(line["rate"] is None for line in year["lines"])]
    rows.append((f"{_INPUTS}.without_rate", inputs["without_rate"], unknown))
    for key, first in _PROGRAMS.values():
        if inputs[key] is not None:
            stated_costs = [
                [
                    cost["key"].rpartition("-")[0],
                    cost["year"],
                    cost["amount"]["args"],
                    cost["amount"]["source"],
                ]
                for cost in inputs[key]["costs"]
            ]
            rows.append((f"{_INPUTS}.{key}.costs", stated_costs, list(_costs(inputs, inputs[first]))))
    gaps = f", missing {_listed(inputs['missing'])}" if inputs["missing"] else ""
    return step_of(
        name, f"costs of {len(inputs['ledger']) - len(inputs['missing'])} fiscal years{gaps}", rows
    )


def _due(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Costs of later years are plans."""
    return [year for year in inputs["ledger"] if year["year"] <= inputs["current_year"]]


def _missing(inputs: Mapping[str, Any]) -> list[int]:
    """Years since the first cost, or the first go-live that was voted on, of which nothing was entered."""
    entered = {year["year"] for year in inputs["ledger"] if year["lines"]}
    begun = {year["year"] for year in inputs["ledger"]} | {
        _year_of(inputs, one["went_live_on"])
        for one in inputs["initiatives"]
        if one["went_live_on"] and not one["is_look_back"]
    }
    return [
        year
        for year in range(min(begun, default=0), inputs["current_year"] + 1)
        if begun and year not in entered
    ]


def _costs(inputs: Mapping[str, Any], first: int) -> Iterator[list[Any]]:
    for year in _due(inputs):
        for line in year["lines"]:
            if line["rate"] is not None:
                yield [line["kind"], year["year"] - first, [float(_counted(line))], line["source"]]


def _counted(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line["amount"]) * Decimal(line["rate"])


# --- what is counted ------------------------------------------------------------------------------------


def _of_claims(name: str, content: dict[str, Any]) -> Step:
    """Whether the engine read the initiatives that the document counts, in their years, with their grades."""
    inputs = content["program_case"]["inputs"]
    rows: list[tuple[str, Any, Any]] = []
    for key, (program, first) in _PROGRAMS.items():
        if inputs[program] is not None:
            rows += _claims(inputs, program, first, states={"counted", *_APART[key]})
    counted = [one for one in inputs["initiatives"] if one["state"] == "counted"]
    hoped = sum(one["state"] == "forecast" for one in inputs["forecasts"])
    return step_of(name, f"{len(counted)} initiatives counted, {hoped} forecasts in no sum", rows)


_APART: Mapping[str, set[str]] = {"main": set(), "whole": {str(LeftOut.AFTERWARDS)}}


def _claims(
    inputs: Mapping[str, Any], key: str, first: str, states: set[str]
) -> Iterator[tuple[str, Any, Any]]:
    place, program = f"{_INPUTS}.{key}", inputs[key]
    told = [one for one in inputs["initiatives"] if one["state"] in states]
    hoped = [one for one in inputs["forecasts"] if one["state"] == "forecast"]
    names = [one["reference"] for one in (*told, *hoped)]
    yield f"{place}.initiatives", [one["key"] for one in program["initiatives"]], names
    begins = [_year_of(inputs, one["went_live_on"]) for one in told]
    begins += [_year_of(inputs, one["begins"]) for one in hoped]
    paid = [year["year"] for year in _due(inputs) if any(line["rate"] is not None for line in year["lines"])]
    start = min([*begins, *paid])
    yield f"{_INPUTS}.{first}", inputs[first], start
    ends = [
        begin + one["case"]["periods"] for begin, one in zip(begins, program["initiatives"], strict=False)
    ]
    yield f"{place}.years", program["years"], max(max([*ends, *paid]) - start, 1)
    rate = float(Decimal(inputs["discount_rate_pct"]) / 100)
    yield f"{place}.discount_rate", program["discount_rate"], rate
    for one, begin in zip(program["initiatives"], begins, strict=False):
        yield f"{place}.initiatives.{one['key']}.begins", one["begins"], begin - start
    for one, other in zip(program["initiatives"], told, strict=False):
        for part in ("grade", "verdict"):
            yield f"{place}.initiatives.{one['key']}.{part}", one[part], other[part]


def _year_of(inputs: Mapping[str, Any], day: str) -> int:
    return Reckoning(year_begins=inputs["first_month"]).fiscal_year(date.fromisoformat(day))


# --- the return -------------------------------------------------------------------------------------------


def _of_return(name: str, content: dict[str, Any]) -> Step:
    """Net value, return, payback, what is left without the best, and all else that the document states."""
    if _of_inputs(name, content).outcome is not Outcome.SAME:
        return Step(name=name, outcome=Outcome.NOT_COMPUTED, said="its inputs are not those of their digest")
    case = content["program_case"]
    inputs = case["inputs"]
    today = {key: program_figures(inputs[program]) for key, (program, _first) in _PROGRAMS.items()}
    shown = today["whole" if content["with_look_backs"] else "main"]
    said = _said(shown, inputs)
    return computed_step(name, "program_case.result", said, [], case["result"], today, case["engine_version"])


def _said(shown: Mapping[str, Any] | None, inputs: Mapping[str, Any]) -> str:
    """As the document tells it: a ledger with a gap has no net value."""
    if shown is None or "refusal" in shown:
        return f"no figure ({'no_data' if shown is None else shown['refusal']})"
    found, currency = shown["return"], inputs["currency"]
    if inputs["missing"] or inputs["without_rate"]:
        years = _listed(sorted({*inputs["missing"], *inputs["without_rate"]}))
        benefits = f"benefits {found['benefits']['mean']:.2f} {currency}"
        return f"{benefits}, no net value: costs of {years} are not known"
    parts = [f"net present value {found['net_present_value']['mean']:.2f} {currency}"]
    if found["roi"] is not None:
        parts.append(f"return {found['roi']['mean']:.1%}")
    payback = found["payback_p50"]["value"]
    parts.append(
        "payback not within the years counted" if payback is None else f"payback {payback:.2f} years"
    )
    if found["without_best"] is not None:
        parts.append(f"without {found['best']} {found['without_best']['mean']:.2f} {currency}")
    return f"{', '.join(parts)}, of {found['draws']} draws"


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years))


PROGRAM_STEPS: Mapping[str, Callable[[str, dict[str, Any]], Step]] = {
    "inputs": _of_inputs,
    "ledger": _of_ledger,
    "claims": _of_claims,
    "return": _of_return,
}
