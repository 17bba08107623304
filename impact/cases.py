"""From a finding and a value model to the engine's business case and back to tables: maps, computes not."""

from collections.abc import Iterator
from dataclasses import dataclass

from cxstats.design import Direction, Finding
from cxstats.results import Unit
from cxstats.roi import (
    BenefitLine,
    CostLine,
    Parameter,
    RoiCase,
    effect_parameter,
    mean_of,
    present_value,
    value_per_period,
)
from cxstats.roi import ValueKind as CoreKind
from impact.choices import HAIRCUTS, SourceKind
from impact.models import Study, ValueModel
from impact.parameters import core_parameter, core_range

EFFECT, RATE, PERCENT = "effect", "discount_rate", "percent"
SHARES_OF_ALL, KEPT = ("attribution", "confidence"), "persistence"
BENEFIT = "benefit"


@dataclass(frozen=True, kw_only=True, slots=True)
class CashYear:
    """One year at the mean of every input; year 0 is before the go-live. Money of the organization."""

    year: int
    benefit: float
    cost: float
    net: float
    cumulative: float
    discounted_cumulative: float


def roi_case(*, study: Study, finding: Finding, direction: Direction, model: ValueModel) -> RoiCase:
    """The business case of a finding under a value model. Two queries. Needs a finding with an effect.

    Shares count per percentage point (a fixed factor of 100). Effects of times are ratios: the benefit is the
    whole less what is left of it, two lines with the same inputs and opposite signs.
    """
    if finding.effect is None:
        raise ValueError("a case needs an effect")
    rows = list(model.parameters.all())
    haircuts = {preset.key for preset in HAIRCUTS}
    factors = tuple(row.key for row in rows if row.key not in haircuts)
    parameters = [
        effect_parameter(
            key=EFFECT, estimate=finding.effect, source=str(study), owner=str(study.requested_by or "")
        ),
        _fixed(RATE, float(model.discount_rate_pct / 100)),
        *(
            core_parameter(
                row.key,
                row.distribution,
                row.arguments,
                source=row.source,
                owner=row.owner_name,
                source_kind=row.source_kind,
            )
            for row in rows
        ),
    ]
    if finding.unit is Unit.SHARE_DIFFERENCE:
        parameters.append(_fixed(PERCENT, 100.0))
        factors = (PERCENT, *factors)
    costs = []
    for place, line in enumerate(model.cost_lines.all()):
        key = f"cost_{place}"
        parameters.append(
            core_range(key, float(line.low), float(line.likely), float(line.high), source=line.label)
        )
        profile = tuple(float(year == line.year) for year in range(model.horizon_years + 1))
        costs.append(CostLine(key=f"{key}_line", factors=(key,), profile=profile))
    return RoiCase(
        parameters=tuple(parameters),
        benefits=tuple(_benefits(finding, direction, model, factors)),
        costs=tuple(costs),
        periods=model.horizon_years,
        discount_rate=RATE,
        effect=EFFECT,
        haircuts=SHARES_OF_ALL,
        persistence=KEPT,
    )


def cash_years(case: RoiCase) -> tuple[CashYear, ...]:
    """Benefits and costs by year with every input at its mean; every figure comes from the engine."""
    means = {parameter.key: mean_of(parameter) for parameter in case.parameters}
    rate = means[case.discount_rate]
    benefits = [_total(_benefit_parts(case, means, year)) for year in range(case.periods + 1)]
    costs = [_total(_cost_parts(case, means, year)) for year in range(case.periods + 1)]
    net = [_total((gain, -spent)) for gain, spent in zip(benefits, costs, strict=True)]
    return tuple(
        CashYear(
            year=year,
            benefit=benefits[year],
            cost=costs[year],
            net=net[year],
            cumulative=_total(net[: year + 1]),
            discounted_cumulative=present_value(flows=net[: year + 1], rate=rate),
        )
        for year in range(case.periods + 1)
    )


def _benefits(
    finding: Finding, direction: Direction, model: ValueModel, factors: tuple[str, ...]
) -> Iterator[BenefitLine]:
    profile = (0.0, float(model.first_year_share), *(1.0 for _ in range(model.horizon_years - 1)))
    opposite = Direction.UP if direction is Direction.DOWN else Direction.DOWN
    is_ratio = finding.unit is Unit.RATIO
    yield _line(BENEFIT, (EFFECT, *factors), profile, model, direction)
    if is_ratio:
        yield _line("whole", factors, profile, model, opposite)


def _line(
    key: str, factors: tuple[str, ...], profile: tuple[float, ...], model: ValueModel, direction: Direction
) -> BenefitLine:
    return BenefitLine(
        key=key,
        kind=CoreKind.OWN_FORMULA,
        factors=factors,
        profile=profile,
        hard=model.is_hard,
        direction=direction,
    )


def _benefit_parts(case: RoiCase, means: dict[str, float], year: int) -> Iterator[float]:
    for line in case.benefits:
        if line.profile[year] == 0:
            continue
        first = next(place for place, part in enumerate(line.profile) if part > 0)
        amounts = {key: means[key] for key in (*line.factors, *case.haircuts)}
        amounts["part_of_the_year"] = line.profile[year]
        if line.direction is Direction.DOWN:
            amounts["sign"] = -1.0
        if case.persistence is not None:
            amounts |= {f"kept_{place}": means[case.persistence] for place in range(first, year)}
        yield value_per_period(CoreKind.OWN_FORMULA, **amounts)


def _cost_parts(case: RoiCase, means: dict[str, float], year: int) -> Iterator[float]:
    for line in case.costs:
        if line.profile[year] > 0:
            amounts = {key: means[key] for key in line.factors}
            yield value_per_period(CoreKind.OWN_FORMULA, part_of_the_year=line.profile[year], **amounts)


def _total(parts: "Iterator[float] | tuple[float, ...] | list[float]") -> float:
    """The sum, as the engine adds: an undiscounted present value."""
    return present_value(flows=[0.0, *parts], rate=0.0)


def _fixed(key: str, value: float) -> Parameter:
    return core_parameter(key, "fixed", (value,), source_kind=SourceKind.FINANCE)
