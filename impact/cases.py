"""From a finding and a value model to the engine's business case and back to tables: maps, computes not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from impact.models import LineInput, Study, ValueModel, ValueParameter
from impact.parameters import core_parameter, core_range

EFFECT, RATE, PERCENT = "effect", "discount_rate", "percent"
SHARES_OF_ALL, KEPT = ("attribution", "confidence"), "persistence"
BENEFIT, WHOLE = "benefit", "whole"
FIRST = 1  # the number of the benefit that stands in the value model itself
# Inputs that are a part of all customers for one unit of the metric; times the effect they stay within all.
PARTS_OF_ALL = frozenset(preset.key for inputs in PRESETS.values() for preset in inputs if preset.is_share)


def roi_case(*, study: Study, finding: Finding, direction: Direction, model: ValueModel) -> RoiCase:
    """The business case of a finding under a value model. Up to four queries. Needs a finding with an effect.

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
    """The business case of what a plan hopes for, in the unit of its metric's effects. Up to four
    queries."""
    hoped = core_parameter(EFFECT, "fixed", (effect,), source=source, source_kind=SourceKind.ASSUMPTION)
    return _case(hoped, unit, direction, model)


def _case(effect: Parameter, unit: Unit, direction: Direction, model: ValueModel) -> RoiCase:
    rows = list(model.parameters.all())
    haircuts = {preset.key for preset in HAIRCUTS}
    parameters = [effect, _fixed(RATE, float(model.discount_rate_pct / 100)), *map(_input, rows)]
    lines = [
        _Line(
            number=FIRST,
            factors=tuple(row.key for row in rows if row.key not in haircuts),
            first_year_share=float(model.first_year_share),
            is_hard=model.is_hard,
        )
    ]
    own = [row for row in rows if row.key not in haircuts]
    for line, new in _further_lines(model, own):
        parameters += new
        lines.append(line)
    if _percent(unit):
        parameters.append(_fixed(PERCENT, 100.0))
        lines = [replace(line, factors=(PERCENT, *line.factors)) for line in lines]
    costs = []
    for place, spent in enumerate(model.cost_lines.all()):
        key = f"cost_{place}"
        low, likely, high = (
            (spent.low, spent.likely, spent.high) if spent.actual is None else (spent.actual,) * 3
        )
        parameters.append(core_range(key, float(low), float(likely), float(high), source=spent.label))
        profile = tuple(float(year == spent.year) for year in range(model.horizon_years + 1))
        costs.append(CostLine(key=f"{key}_line", factors=(key,), profile=profile))
    return RoiCase(
        parameters=tuple(parameters),
        benefits=tuple(one for line in lines for one in _benefits(unit, direction, model, line)),
        costs=tuple(costs),
        periods=model.horizon_years,
        discount_rate=RATE,
        effect=EFFECT,
        haircuts=SHARES_OF_ALL,
        persistence=KEPT,
        shares=tuple(
            (EFFECT, *_percent(unit), key)
            for line in lines
            for key in line.factors
            if name_of(key) in PARTS_OF_ALL
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One benefit on its way to the engine."""

    number: int
    factors: tuple[str, ...]
    first_year_share: float
    is_hard: bool


def _further_lines(
    model: ValueModel, own: Sequence[ValueParameter]
) -> Iterator[tuple[_Line, list[Parameter]]]:
    """The further benefits with the inputs that they bring. One input of the same name, range and source as
    one of an earlier benefit is that one: a single number, drawn once. Up to two queries."""
    known = {_identity(row): row.key for row in own}
    for line in model.lines.prefetch_related("parameters"):
        factors, new = [], []
        for row in line.parameters.all():
            key = known.get(_identity(row))
            if key is None:
                key = known[_identity(row)] = further_key(line.number, row.key)
                new.append(_input(row, key))
            factors.append(key)
        yield (
            _Line(
                number=line.number,
                factors=tuple(factors),
                first_year_share=float(line.first_year_share),
                is_hard=line.is_hard,
            ),
            new,
        )


def _identity(row: ValueParameter | LineInput) -> tuple[object, ...]:
    return row.key, row.distribution, tuple(map(float, row.arguments)), row.source, row.source_kind


def _input(row: ValueParameter | LineInput, key: str = "") -> Parameter:
    return core_parameter(
        key or row.key,
        row.distribution,
        row.arguments,
        source=row.source,
        owner=row.owner_name,
        source_kind=row.source_kind,
    )


def further_key(number: int, key: str) -> str:
    """The engine's key of an input of a further benefit: no key of an input has a colon."""
    return f"{number}:{key}"


def name_of(key: str) -> str:
    """The key of an input in its own benefit."""
    return key.rpartition(":")[2]


def lines_in(case: RoiCase) -> dict[str, tuple[str, ...]]:
    """Number of a benefit as text -> the engine's lines that make it up, the first benefit first."""
    found: dict[str, tuple[str, ...]] = {}
    for line in case.benefits:
        number = line.key.partition("_")[2] or str(FIRST)
        found[number] = (*found.get(number, ()), line.key)
    return found


def side_by_side(
    first: RoiCase, second: RoiCase, numbers: Mapping[str, str]
) -> tuple[RoiCase, RoiCase, dict[str, str]]:
    """Two cases in which one key is one thing, whatever number a benefit has and which inputs it shares; with
    the keys that were given to inputs of the second, and what they are there.

    `numbers`: of benefits of the second case, those of the same ones in the first, or numbers of their own.
    An input of several benefits stays one where it is one in both cases.
    """
    apart = _apart(first, {}), _apart(second, numbers)
    before, after = ({one.key: (one.distribution, one.args) for one in case.parameters} for case in apart)
    known: dict[object, str] = {}
    together = {
        key: known.setdefault((name_of(key), before[key], after[key]), key) for key in before if key in after
    }
    back = {new: old for old, new in numbers.items()}
    own = {
        key: further_key(int(back[key.partition(":")[0]]), name_of(key))
        for key in after
        if key.partition(":")[0] in back
    }
    return _renamed(apart[0], together), _renamed(apart[1], together), own


def _apart(case: RoiCase, numbers: Mapping[str, str]) -> RoiCase:
    """Each benefit with inputs of its own, under the number that `numbers` has for it; in their order."""
    parameters = {one.key: one for one in case.parameters}
    shared = {key for line in case.benefits for key in line.factors} - {EFFECT, PERCENT}
    found = {key: one for key, one in parameters.items() if key not in shared}
    benefits = []
    for line in case.benefits:
        kind, _end, number = line.key.partition("_")
        number = numbers.get(number, number)
        names = [
            key if key in (EFFECT, PERCENT) or not number else f"{number}:{name_of(key)}"
            for key in line.factors
        ]
        own = {new: replace(parameters[old], key=new) for old, new in zip(line.factors, names, strict=True)}
        found |= {key: one for key, one in own.items() if key not in (EFFECT, PERCENT)}
        key = f"{kind}_{number}" if number else kind
        benefits.append(replace(line, key=key, factors=tuple(names)))
    benefits.sort(key=lambda line: (int(line.key.partition("_")[2] or FIRST), line.key))
    return replace(case, parameters=tuple(found.values()), benefits=tuple(benefits), shares=())


def _renamed(case: RoiCase, names: Mapping[str, str]) -> RoiCase:
    known = {one.key: one for one in case.parameters}
    return replace(
        case,
        parameters=tuple(one for key, one in known.items() if names.get(key, key) == key),
        benefits=tuple(
            replace(line, factors=tuple(names.get(key, key) for key in line.factors))
            for line in case.benefits
        ),
    )


def without_lines(case: RoiCase, numbers: Sequence[str]) -> RoiCase:
    """A case without some of its benefits; what they alone rest on is left out too."""
    gone = {key for number in numbers for key in lines_in(case)[number]}
    if not gone:
        return case
    benefits = tuple(line for line in case.benefits if line.key not in gone)
    kept = {key for line in benefits for key in line.factors}
    kept |= {key for line in case.costs for key in line.factors}
    kept |= {EFFECT, RATE, *case.haircuts, *([] if case.persistence is None else [case.persistence])}
    return replace(
        case,
        parameters=tuple(one for one in case.parameters if one.key in kept),
        benefits=benefits,
        shares=tuple(product for product in case.shares if kept.issuperset(product)),
    )


def part_of_all(case: RoiCase) -> float | None:
    """The part of all customers that a case gains, where that could be more than all; else None.

    Cases are refused for it when they are computed; this finds those that were computed before that rule.
    """
    factors = {key for line in case.benefits for key in line.factors}
    extra = (PERCENT,) if PERCENT in factors else ()
    parts = sorted(key for key in factors if name_of(key) in PARTS_OF_ALL)
    return beyond_the_whole(case=case, products=[(EFFECT, *extra, key) for key in parts])


def _benefits(unit: Unit, direction: Direction, model: ValueModel, line: _Line) -> Iterator[BenefitLine]:
    """Each benefit rises with prices from year 1, whose prices its inputs are in."""
    rise = 1 + float(model.inflation_pct) / 100
    later = (rise**year for year in range(1, model.horizon_years))
    profile = (0.0, line.first_year_share, *later)
    opposite = Direction.UP if direction is Direction.DOWN else Direction.DOWN
    end = "" if line.number == FIRST else f"_{line.number}"
    yield _line(f"{BENEFIT}{end}", (EFFECT, *line.factors), profile, line, direction)
    if unit is Unit.RATIO:
        yield _line(f"{WHOLE}{end}", line.factors, profile, line, opposite)


def _line(
    key: str, factors: tuple[str, ...], profile: tuple[float, ...], line: _Line, direction: Direction
) -> BenefitLine:
    return BenefitLine(
        key=key,
        kind=CoreKind.OWN_FORMULA,
        factors=factors,
        profile=profile,
        hard=line.is_hard,
        direction=direction,
    )


def _percent(unit: Unit) -> tuple[str, ...]:
    return (PERCENT,) if unit is Unit.SHARE_DIFFERENCE else ()


def _fixed(key: str, value: float) -> Parameter:
    return core_parameter(key, "fixed", (value,), source_kind=SourceKind.FINANCE)
