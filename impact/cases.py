"""From a finding and a value model to the engine's business case and back to tables: maps, computes not."""

from collections.abc import Iterator

from cxstats.design import Direction, Finding
from cxstats.results import Unit
from cxstats.roi import (
    BenefitLine,
    CostLine,
    Parameter,
    RoiCase,
    beyond_the_whole,
    effect_parameter,
)
from cxstats.roi import ValueKind as CoreKind
from impact.choices import HAIRCUTS, PRESETS, SourceKind
from impact.models import Study, ValueModel
from impact.parameters import core_parameter, core_range

EFFECT, RATE, PERCENT = "effect", "discount_rate", "percent"
SHARES_OF_ALL, KEPT = ("attribution", "confidence"), "persistence"
BENEFIT, WHOLE = "benefit", "whole"
# Inputs that are a part of all customers for one unit of the metric; times the effect they stay within all.
PARTS_OF_ALL = frozenset(preset.key for inputs in PRESETS.values() for preset in inputs if preset.is_share)


def roi_case(*, study: Study, finding: Finding, direction: Direction, model: ValueModel) -> RoiCase:
    """The business case of a finding under a value model. Two queries. Needs a finding with an effect.

    Shares count per percentage point (a fixed factor of 100). Effects of times are ratios: the benefit is the
    whole less what is left of it, two lines with the same inputs and opposite signs.
    """
    if finding.effect is None:
        raise ValueError("a case needs an effect")
    effect = effect_parameter(
        key=EFFECT, estimate=finding.effect, source=str(study), owner=str(study.requested_by or "")
    )
    return _case(effect, finding.unit, direction, model)


def planned_case(
    *, effect: float, unit: Unit, direction: Direction, model: ValueModel, source: str
) -> RoiCase:
    """The business case of what a plan hopes for, in the unit of its metric's effects. Two queries."""
    hoped = core_parameter(EFFECT, "fixed", (effect,), source=source, source_kind=SourceKind.ASSUMPTION)
    return _case(hoped, unit, direction, model)


def _case(effect: Parameter, unit: Unit, direction: Direction, model: ValueModel) -> RoiCase:
    rows = list(model.parameters.all())
    haircuts = {preset.key for preset in HAIRCUTS}
    factors = tuple(row.key for row in rows if row.key not in haircuts)
    parameters = [
        effect,
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
    if _percent(unit):
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
        benefits=tuple(_benefits(unit, direction, model, factors)),
        costs=tuple(costs),
        periods=model.horizon_years,
        discount_rate=RATE,
        effect=EFFECT,
        haircuts=SHARES_OF_ALL,
        persistence=KEPT,
        shares=tuple((EFFECT, *_percent(unit), key) for key in factors if key in PARTS_OF_ALL),
    )


def part_of_all(case: RoiCase) -> float | None:
    """The part of all customers that a case gains, where that could be more than all; else None.

    Cases are refused for it when they are computed; this finds those that were computed before that rule.
    """
    factors = {key for line in case.benefits for key in line.factors}
    extra = (PERCENT,) if PERCENT in factors else ()
    products = [(EFFECT, *extra, key) for key in sorted(factors & PARTS_OF_ALL)]
    return beyond_the_whole(case=case, products=products)


def _benefits(
    unit: Unit, direction: Direction, model: ValueModel, factors: tuple[str, ...]
) -> Iterator[BenefitLine]:
    profile = (0.0, float(model.first_year_share), *(1.0 for _ in range(model.horizon_years - 1)))
    opposite = Direction.UP if direction is Direction.DOWN else Direction.DOWN
    is_ratio = unit is Unit.RATIO
    yield _line(BENEFIT, (EFFECT, *factors), profile, model, direction)
    if is_ratio:
        yield _line(WHOLE, factors, profile, model, opposite)


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


def _percent(unit: Unit) -> tuple[str, ...]:
    return (PERCENT,) if unit is Unit.SHARE_DIFFERENCE else ()


def _fixed(key: str, value: float) -> Parameter:
    return core_parameter(key, "fixed", (value,), source_kind=SourceKind.FINANCE)
