"""Everything that the return of the program is computed from, as it stands: what a `ProgramCase` holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from math import exp
from typing import Any

from accounts.models import Organization
from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors import starts_there
from cxstats.codec import digest_of, encoded
from cxstats.design import Direction, EstimandKind
from cxstats.program import Measured, Program
from cxstats.program.ground import contained
from cxstats.results import Unit
from cxstats.sizes import size_reckoned
from impact.cases import further_key, planned_case, without_lines
from impact.choices import SignOff
from impact.findings import roi_case_of
from impact.ledger import Rates
from impact.models import (
    ExchangeRate,
    LedgerYear,
    RoiCase,
    Study,
    ValueModel,
)
from impact.panel import StudySubject
from impact.program import Cost, Part, engine_program, last_year
from impact.selectors.ledger import LedgerPage, LedgerYearView, ledger_page
from impact.selectors.lines import counted_hardness, disputed_lines, line_amounts
from impact.selectors.portfolio import LeftOut, PortfolioRow, own_reason, portfolio_rows

SCHEMA = 1
_RUNNING = (
    InitiativeState.APPROVED,
    InitiativeState.IN_PROGRESS,
    InitiativeState.LIVE,
    InitiativeState.COMPLETED,
    InitiativeState.EVALUATED,
)
_UNITS = {
    EstimandKind.NPS: Unit.POINTS,
    EstimandKind.SHARE: Unit.SHARE_DIFFERENCE,
    EstimandKind.MEAN: Unit.SCORE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramFacts:
    """`content` is what is stored and digested; it holds the encoded programs of the engine. `basis` stands
    for the rows that were read."""

    content: dict[str, Any]
    basis: str


def program_facts(organization: Organization) -> ProgramFacts:
    """At most seventeen queries and up to seven for each forecast; reads all values with their inputs, so it
    is for the worker."""
    basis = program_basis(organization)
    page = ledger_page(organization)
    rows = portfolio_rows(organization)
    rates = Rates(organization.currency, page.rates)
    told = [(row, _told(row, organization, rates)) for row in rows]
    parts = [_part(row, one, rates) for row, one in told if one["state"] in _COUNTED]
    parts, overlaps = _settled({row.initiative.reference: row for row in rows}, parts)
    forecasts, hoped = _forecasts(organization, rows)
    content = {
        "schema": SCHEMA,
        "currency": organization.currency,
        "discount_rate_pct": str(organization.discount_rate_pct.normalize()),
        "first_month": page.fiscal.year_begins,
        "current_year": page.current,
        "initiatives": [one for _row, one in told],
        "forecasts": hoped,
        "ledger": [_year_content(year) for year in page.years],
        "missing": list(page.missing),
        "without_rate": [year.year for year in page.without_rate],
        "overlaps": overlaps,
    }
    costs = _costs(page)
    afterwards = {one["reference"] for _row, one in told if one["state"] == LeftOut.AFTERWARDS}
    own = [part for part in parts if part.key not in afterwards]
    rate = float(organization.discount_rate_pct / 100)
    shown = _program(own + forecasts, costs, page, rate)
    whole = _program(parts + forecasts, costs, page, rate) if afterwards else None
    content |= {"program": shown and encoded(shown[0]), "first_year": shown and shown[1]}
    content |= {"whole": whole and encoded(whole[0]), "whole_first_year": whole and whole[1]}
    return ProgramFacts(content=content, basis=basis)


_COUNTED = ("counted", LeftOut.AFTERWARDS)


def _program(
    parts: Sequence[Part], costs: Sequence[Cost], page: LedgerPage, rate: float
) -> tuple[Program, int] | None:
    """The engine's program with its first year; None where there is nothing at all."""
    days = {part.begins for part in parts}
    year_of = {day: page.fiscal.fiscal_year(day) for day in days}
    last = last_year(parts, costs, year_of)
    if last is None:
        return None
    first = min([*year_of.values(), *(cost.year for cost in costs)])
    years = max(last - first, 1)
    program = engine_program(parts, costs, first=first, years=years, discount_rate=rate, year_of=year_of)
    return program, first


# --- initiatives ------------------------------------------------------------------------------------


def _told(row: PortfolioRow, organization: Organization, rates: Rates) -> dict[str, Any]:
    """What is told of one initiative, and `state`: "counted", or why it stands apart."""
    initiative, case = row.initiative, row.case
    one: dict[str, Any] = {
        "reference": initiative.reference,
        "number": initiative.number,
        "title": initiative.title,
        "is_look_back": initiative.is_look_back,
        "went_live_on": encoded(initiative.went_live_on),
        "grade": row.view.grade if row.view else "",
        "verdict": row.view.verdict if row.view else "",
        "metric": row.view.subject.metric_name if row.view else "",
        "budget": _budget(initiative, case.years if case else 0),
        "is_outdated": row.is_outdated,
        "value": None,
    }
    if row.is_ended:  # a key that the facts of all others do not have: their digest stays
        one["is_ended"] = True
    if case is None:
        return {**one, "state": _unvalued(row)}
    stored = case.case
    rate = rates.on(case.currency, organization.clock.day_of(stored.computed_at))
    disputed = disputed_lines(stored)
    reason = own_reason(row, case.currency, with_look_backs=True, by_line=True)
    state = "counted" if reason in (None, LeftOut.SCENARIO) else str(reason)
    if state == "counted" and rate is None:
        state = str(LeftOut.CURRENCY)
    if state == "counted" and initiative.is_look_back:
        state = str(LeftOut.AFTERWARDS)
    worth = case.result.net_present_value
    one["value"] = {
        "study": stored.study.number,
        "number": stored.number,
        "input_digest": stored.input_digest,
        "currency": case.currency,
        "rate": None if rate is None else str(rate.value),
        "rate_day": None if rate is None else encoded(rate.day),
        "net_present_value": [worth.mean, worth.p5, worth.p95],
        "discount_rate_pct": stored.inputs["value_model"]["discount_rate_pct"],
        "is_hard": True in counted_hardness(stored),
        "sign_off": stored.sign_off,
        "sign_off_by": str(stored.sign_off_by or ""),
        "sign_off_at": encoded(stored.sign_off_at),
        "comment": stored.sign_off_comment or (case.dispute.words if case.dispute else ""),
    }
    if len(counted_hardness(stored)) > 1:  # keys that values of one benefit do not have: their digest stays
        one["value"]["is_mixed"] = True
    if disputed:
        one["value"]["disputed_lines"] = line_amounts(stored, disputed)
    return {**one, "state": state}


def _unvalued(row: PortfolioRow) -> str:
    """Why an initiative has no value that counts."""
    if row.earlier:
        return "earlier"
    if row.view is None:
        return "not_studied"
    return "not_valued" if row.view.finding.effect is not None else "no_effect"


def _budget(initiative: Initiative, years: int) -> dict[str, str] | None:
    """What was asked for with the proposal, over as many years as its value counts."""
    once, yearly = initiative.one_off_cost, initiative.yearly_cost
    if not once and not yearly:
        return None
    return {"total": str(once + yearly * years), "years": str(years)}


def _part(row: PortfolioRow, one: dict[str, Any], rates: Rates) -> Part:
    if row.case is None or row.view is None or row.initiative.went_live_on is None:
        raise ValueError("only a value of something live counts")
    stored, subject = row.case.case, row.view.subject
    rate = rates.on(row.case.currency, row.initiative.organization.clock.day_of(stored.computed_at))
    if rate is None:
        raise ValueError("what counts has a rate")
    return Part(
        key=one["reference"],
        case=without_lines(roi_case_of(stored.inputs["case"]), disputed_lines(stored)),
        currency=row.case.currency,
        rate=rate.value,
        begins=row.initiative.went_live_on,
        sources=_sources(stored.inputs["value_model"]),
        grade=row.view.finding.grade,
        verdict=row.view.finding.verdict,
        measured=_measured(row.view.study, subject, row.view.finding.series[0].period)
        if row.view.finding.series
        else None,
        planned_effect=hoped_effect(subject.kind, subject.expected_effect, subject.direction),
    )


def _sources(model: Mapping[str, Any]) -> dict[str, str]:
    """The source of each input, by its key in the case."""
    own = {row["key"]: row["source"] for row in model["parameters"]}
    return own | {
        further_key(line["number"], row["key"]): row["source"]
        for line in model.get("lines", ())
        for row in line["parameters"]
    }


def _measured(study: Study, subject: StudySubject, before: date) -> Measured | None:
    """On which answers the effect rests."""
    until = subject.data_cutoff + timedelta(days=1)
    if not before < subject.go_live < until:
        return None
    return Measured(
        metric=f"{subject.metric_key}/{subject.metric_version}",
        places=tuple(sorted(place.key for place in subject.treated)),
        before=before,
        start=subject.go_live,
        until=until,
    )


def hoped_effect(kind: EstimandKind, size: float | None, direction: Direction) -> float | None:
    """A typed size as the program reads effects: 0 is no change; of times, the part that changes."""
    if size is None:
        return None
    is_rise = direction is Direction.UP
    amount = size_reckoned(kind, size, is_rise=is_rise)
    signed = amount if is_rise else -amount
    return exp(signed) - 1.0 if kind.is_ratio else signed


def _settled(
    rows: Mapping[str, PortfolioRow], parts: Sequence[Part]
) -> tuple[list[Part], list[dict[str, Any]]]:
    """Pairs whose studies could read each other's effect, and the parts as the engine has to read them.

    A study holds fixed what it knew of: other initiatives get steps of their own, or their days and units
    are left out. Where each of a pair holds the other fixed, neither effect contains the other. An initiative
    that is so in all its pairs stands on ground of its own. Anything less, and the engine counts the common
    effect once.
    """
    pairs, loose = list[dict[str, Any]](), set[str]()
    for first, second in combinations(parts, 2):
        if first.measured is None or second.measured is None:
            continue
        inside = [contained(first.measured, second.measured), contained(second.measured, first.measured)]
        if max(inside) <= 0:
            continue
        held = [
            _holds(rows[first.key], rows[second.key].initiative),
            _holds(rows[second.key], rows[first.key].initiative),
        ]
        if not all(held):
            loose |= {first.key, second.key}
        pairs.append(
            {
                "keys": [first.key, second.key],
                "titles": [rows[key].initiative.title for key in (first.key, second.key)],
                "inside": inside,
                "held": held,
            }
        )
    met = {key for pair in pairs for key in pair["keys"]}
    return [replace(part, measured=None) if part.key in met - loose else part for part in parts], pairs


def _holds(row: PortfolioRow, other: Initiative) -> bool:
    """Whether the study that counts knew of the other initiative, with the days on which it began there."""
    if row.view is None:
        return False
    known = row.view.study.inputs["design"]["other_initiatives"]
    told = {one["start"] for one in known if one["name"].startswith(f"{other.reference} ")}
    began = {other.went_live_on, *starts_there([other]).get(other.pk, {}).values()}
    return bool(told) and told <= set(map(encoded, began))


# --- forecasts --------------------------------------------------------------------------------------


def _forecasts(
    organization: Organization, rows: Sequence[PortfolioRow]
) -> tuple[list[Part], list[dict[str, Any]]]:
    """Approved and running ones without a measured effect, from their plans: what may come, in no sum."""
    known = {
        row.initiative.pk for row in rows if row.view is not None and row.view.finding.effect is not None
    }
    waiting = (
        Initiative.objects.of(organization)
        .filter(state__in=_RUNNING, already_live_on=None)
        .exclude(pk__in=known)
        .select_related("organization", "plan__metric", "value_model")
        .order_by("number")
    )
    parts, told = [], []
    for initiative in waiting:
        plan, model = getattr(initiative, "plan", None), getattr(initiative, "value_model", None)
        part = _forecast(initiative, plan, model, organization.clock.today())
        told.append(
            {
                "reference": initiative.reference,
                "number": initiative.number,
                "title": initiative.title,
                "state": "forecast" if part else "no_model" if model is None else "no_plan",
                "begins": encoded(part.begins) if part else None,
            }
        )
        if part is not None:
            parts.append(part)
    return parts, told


def _forecast(
    initiative: Initiative, plan: EvaluationPlan | None, model: ValueModel | None, today: date
) -> Part | None:
    if (
        plan is None
        or model is None
        or plan.expected_effect is None
        or plan.metric.calculation.estimand is None
    ):
        return None
    kind, direction = plan.metric.calculation.estimand, Direction(plan.direction)
    hoped = hoped_effect(kind, float(plan.expected_effect), direction)
    if hoped is None:
        return None
    unit = Unit.RATIO if kind.is_ratio else _UNITS[kind]
    case = planned_case(
        effect=hoped + 1.0 if kind.is_ratio else hoped,
        unit=unit,
        direction=direction,
        model=model,
        source=initiative.reference,
    )
    return Part(
        key=initiative.reference,
        case=case,
        currency=initiative.organization.currency,
        rate=Decimal(1),  # a value model is in the organization's own currency
        begins=initiative.went_live_on or max(initiative.planned_go_live_on or today, today),
        sources={row.key: row.source for row in model.parameters.all()}
        | {
            further_key(line.number, row.key): row.source
            for line in model.lines.prefetch_related("parameters")
            for row in line.parameters.all()
        },
    )


# --- the ledger -------------------------------------------------------------------------------------


def _costs(page: LedgerPage) -> list[Cost]:
    """Every cost up to this fiscal year that a rate converts; later years are plans, and in no sum."""
    return [
        Cost(
            key=f"{line.line.kind}-{line.line.position}",
            year=year.year,
            amount=float(line.counted),
            source=line.line.source,
        )
        for year in page.years
        if year.year <= page.current
        for line in year.lines
        if line.counted is not None
    ]


def _year_content(year: LedgerYearView) -> dict[str, Any]:
    row = year.row
    return {
        "year": year.year,
        "version": row.version if row else 0,
        "budget": None if row is None or row.budget is None else str(row.budget),
        "total": str(year.total),
        "sign_off": row.sign_off if row else SignOff.OPEN.value,
        "sign_off_by": str(row.sign_off_by or "") if row else "",
        "sign_off_at": encoded(row.sign_off_at) if row else None,
        "comment": row.sign_off_comment if row else "",
        "voided": row.voided if row and row.sign_off == SignOff.OPEN else None,
        "lines": [
            {
                "kind": line.line.kind,
                "amount": str(line.line.amount),
                "currency": line.line.currency,
                "rate": None if line.rate is None else str(line.rate.value),
                "rate_day": None if line.rate is None else encoded(line.rate.day),
                "source": line.line.source,
                "note": line.line.note,
            }
            for line in year.lines
        ],
    }


# --- what the facts were read from ------------------------------------------------------------------


def program_basis(organization: Organization) -> str:
    """A digest of all rows that the facts come from, by their keys and marks of change: where it is another,
    the inputs may be others. Six queries, without any inputs."""
    fiscal = organization.reckoning
    initiatives = Initiative.objects.of(organization).order_by("pk")
    read = [
        [organization.currency, str(Decimal(organization.discount_rate_pct).normalize()), fiscal.year_begins],
        [fiscal.fiscal_year(organization.clock.today())],
        _rows(RoiCase.objects.of(organization), "pk", "current_since", "sign_off", "sign_off_at"),
        _rows(Study.objects.of(organization).finished(), "pk"),
        _rows(LedgerYear.objects.of(organization), "pk", "year", "version", "sign_off", "sign_off_at"),
        _rows(ExchangeRate.objects.of(organization), "pk", "rate", "given_at"),
        _rows(
            initiatives,
            "pk", "number", "title", "state", "went_live_on", "planned_go_live_on", "already_live_on",
            "one_off_cost", "yearly_cost", "plan__expected_effect", "plan__direction", "plan__metric_id",
        ),
        _rows(ValueModel.objects.filter(initiative__organization=organization), "pk", "changed_at"),
    ]  # fmt: skip
    return digest_of(read, version=1)


def _rows(found: Any, *columns: str) -> list[list[str]]:
    return [[str(value) for value in row] for row in found.order_by("pk").values_list(*columns)]
