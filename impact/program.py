"""From values, plans and a ledger to the engine's program: maps, computes not. No query."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cxstats.design import DesignGrade, Verdict
from cxstats.kinds import Distribution, ParameterKind
from cxstats.program import Initiative, Measured, Program, ProgramCost
from cxstats.roi import BenefitLine, Parameter, RoiCase
from impact.cases import EFFECT, WHOLE, name_of

EXCHANGE = "exchange_rate"
_PRODUCTS = frozenset({EFFECT, "percent", "discount_rate", EXCHANGE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One initiative on the way to the engine. `rate`: from the currency of its case into the program's."""

    key: str
    case: RoiCase
    currency: str
    rate: Decimal
    begins: date
    sources: Mapping[str, str]  # of its inputs
    grade: DesignGrade | None = None
    verdict: Verdict | None = None
    measured: Measured | None = None
    planned_effect: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """One cost of the ledger, in the program's currency."""

    key: str
    year: int
    amount: float
    source: str


def engine_program(
    parts: Sequence[Part],
    costs: Sequence[Cost],
    *,
    first: int,
    years: int,
    discount_rate: float,
    year_of: Mapping[date, int],
) -> Program:
    """The engine's program of years `first` to `first` + `years`."""
    common = _shared(parts)
    return Program(
        initiatives=tuple(
            Initiative(
                key=part.key,
                case=_in_own_currency(linear(part.case), part.rate),
                grade=part.grade,
                verdict=part.verdict,
                measured=part.measured,
                begins=year_of[part.begins] - first,
                shared=common[part.key],
                planned_effect=part.planned_effect,
            )
            for part in parts
        ),
        costs=tuple(
            ProgramCost(
                key=cost.key, year=cost.year - first, amount=_known(cost.key, cost.amount, cost.source)
            )
            for cost in costs
        ),
        years=years,
        discount_rate=discount_rate,
    )


def linear(case: RoiCase) -> RoiCase:
    """A case whose effect is 0 where nothing changed, as the engine's program reads effects.

    Effects of times are ratios, 1 where nothing changed: their benefit is the whole less what is left of it.
    The effect less 1 gives the same money in one line.
    """
    if not any(_is_whole(line) for line in case.benefits):
        return case
    return replace(
        case,
        parameters=tuple(
            replace(one, args=(one.args[0] - 1.0, *one.args[1:])) if one.key == case.effect else one
            for one in case.parameters
        ),
        benefits=tuple(line for line in case.benefits if not _is_whole(line)),
        shares=(),
    )


def _is_whole(line: BenefitLine) -> bool:
    """Whether it is the whole from which what is left is taken, of whichever benefit."""
    return line.key.partition("_")[0] == WHOLE


def _in_own_currency(case: RoiCase, rate: Decimal) -> RoiCase:
    """Every amount of money times the rate."""
    if rate == 1:
        return case
    return replace(
        case,
        parameters=(*case.parameters, _known(EXCHANGE, float(rate), "")),
        benefits=tuple(replace(line, factors=(*line.factors, EXCHANGE)) for line in case.benefits),
        costs=tuple(replace(line, factors=(*line.factors, EXCHANGE)) for line in case.costs),
    )


def _shared(parts: Sequence[Part]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Inputs of one name, one range, one source and one currency in several cases are one number."""
    names = {
        part.key: {
            one.key: name for one in part.case.parameters if (name := _common_name(part, one)) is not None
        }
        for part in parts
    }
    times = Counter(name for own in names.values() for name in own.values())
    return {
        key: tuple(sorted((own, name) for own, name in known.items() if times[name] > 1))
        for key, known in names.items()
    }


def _common_name(part: Part, one: Parameter) -> str | None:
    source = part.sources.get(one.key, "")
    if one.key in _PRODUCTS or one.distribution is Distribution.FIXED or not source:
        return None
    linked = {key for link in part.case.correlations for key in (link.first, link.second)}
    if one.key in linked:
        return None
    figures = " ".join(map(repr, one.args))
    return f"{name_of(one.key)}|{part.currency}|{one.distribution.value}|{figures}|{source}"


def _known(key: str, amount: float, source: str) -> Parameter:
    return Parameter(
        key=key,
        distribution=Distribution.FIXED,
        args=(amount,),
        source=source,
        owner="",
        kind=ParameterKind.FINANCE,
    )


def last_year(parts: Iterable[Part], costs: Iterable[Cost], year_of: Mapping[date, int]) -> int | None:
    """The last fiscal year in which anything is counted."""
    ends = [year_of[part.begins] + part.case.periods for part in parts]
    return max([*ends, *(cost.year for cost in costs)], default=None)
