"""The same mix of customers before and after: strata pooled until each one can be followed, then weighed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cxstats.design import Diagnostic, EvaluationDesign, Light, PanelCell
from cxstats.evaluate.tables import Tables, period_number
from cxstats.results import Estimate

type Stratum = tuple[int, float, float]  # answers, value, variance of one answer
type Strata = dict[str, Stratum]

_POOL = "\x00pooled"  # no segment is called so


class NoMix(StrEnum):
    """Why the mix could not be held constant."""

    NO_SEGMENTS = "no_segments"  # no answer names one
    ONE_SEGMENT = "one_segment"  # every answer is of the same one
    TOO_THIN = "too_thin"  # no two groups of segments have answers in every period
    REFUSED = "refused"  # at constant mix a rule refuses what the raw change allows


@dataclass(frozen=True, kw_only=True, slots=True)
class ConstantMix:
    """The panel at each unit's mix before the go-live, or why there is none.

    `pooled`: number of small segments, over all units, that were counted together with others.
    """

    table: Tables | None
    reason: NoMix | None
    pooled: int


def at_constant_mix(*, table: Tables, design: EvaluationDesign) -> ConstantMix:
    """The panel re-weighted to each unit's mix before the go-live.

    A segment without answers in some period cannot be weighed there. It is counted together with the other
    small ones, the smallest first, until every group has answers in every period: the check then follows the
    large segments, instead of failing on one week without answers in a small one. A unit where that leaves a
    single group keeps its own mix as it is; where that is so in every treated unit, there is no check. The
    variance of one answer is pooled over a segment's periods, as it is for whole units: a period's own goes
    with its value.

    Source
    ------
    Direct standardization with the baseline's shares as weights; collapsing of sparse cells, Cochran 1968,
    Biometrics 24:295.
    """
    by_place: dict[tuple[str, int], PanelCell] = {}
    for cell in table.cells:
        by_place[cell.unit, period_number(cell.period, design.period, table.week_start)] = cell
    values, noise = table.values.copy(), table.noise.copy()
    pooled, weighed, reasons = 0, False, []
    for i, unit in enumerate(table.units):
        columns = [j for j, number in enumerate(table.numbers) if (unit, int(number)) in by_place]
        own = [_strata(by_place[unit, int(table.numbers[j])]) for j in columns]
        named = {name for strata in own for name in strata}
        followed, together = _pooled(own)
        before: dict[str, int] = {}
        for j, strata in zip(columns, followed, strict=True):
            if table.pre[j]:
                for name, (answers, _, _) in strata.items():
                    before[name] = before.get(name, 0) + answers
        if len(before) < 2:
            if i < table.treated:
                reasons.append(_why(named))
            continue
        weighed = weighed or i < table.treated
        pooled += together
        total = sum(before.values())
        shares = {name: answers / total for name, answers in before.items()}
        within = {name: _within([strata[name] for strata in followed]) for name in shares}
        for j, strata in zip(columns, followed, strict=True):
            values[i, j] = sum(share * strata[name][1] for name, share in shares.items())
            noise[i, j] = sum(share**2 * within[name] / strata[name][0] for name, share in shares.items())
    if not weighed:
        order = list(NoMix)
        reason = max(reasons, key=order.index, default=NoMix.NO_SEGMENTS)
        return ConstantMix(table=None, reason=reason, pooled=0)
    return ConstantMix(table=replace(table, values=values, noise=noise), reason=None, pooled=pooled)


def mix_shift(*, raw: Estimate | None, standardized: Estimate | None, mix: ConstantMix) -> Diagnostic:
    """Compare the raw change with the effect at constant mix, which is the one that counts.

    Amber where the mix moved the figure by more than its error or made or hid a claim: who answered changed.
    It is no doubt about the effect, in which the mix is held constant. Not made: the figure named after the
    reason is 1.
    """
    if standardized is None or mix.reason is not None:
        why = () if mix.reason is None else ((mix.reason.value, 1.0),)
        return Diagnostic(key="mix_shift", light=Light.NOT_RUN, figures=why)
    figures = (("constant_mix", standardized.value), ("pooled", float(mix.pooled)), ("held", 1.0))
    if raw is None:
        return Diagnostic(key="mix_shift", light=Light.GREEN, figures=figures)
    moved = raw.value - standardized.value
    claims = [_claim(one) for one in (raw, standardized)]
    is_moved = abs(moved) > (standardized.standard_error or 0.0) or claims[0] != claims[1]
    return Diagnostic(
        key="mix_shift",
        light=Light.AMBER if is_moved else Light.GREEN,
        figures=(("raw", raw.value), ("moved", moved), *figures),
    )


def _claim(effect: Estimate) -> int:
    """1 above zero, -1 below, 0 undecided."""
    return int(effect.interval.low > 0) - int(effect.interval.high < 0)


def together(strata: Sequence[Stratum]) -> Stratum:
    """Several strata as one: answers added, value weighed by them, variance within and between.

    Examples
    --------
    >>> together([(10, 0.0, 4.0), (30, 8.0, 4.0)])   # mean 6, within 4, between (10 x 36 + 30 x 4) / 40
    (40, 6.0, 16.0)
    """
    answers = sum(n for n, _, _ in strata)
    value = sum(n * each for n, each, _ in strata) / answers
    spread = sum(n * (variance + (each - value) ** 2) for n, each, variance in strata) / answers
    return answers, value, spread


def _within(strata: Sequence[Stratum]) -> float:
    """Variance of one answer of a segment, over all of its periods."""
    return sum(n * variance for n, _, variance in strata) / sum(n for n, _, _ in strata)


def _strata(cell: PanelCell) -> Strata:
    return {name: (n, value, variance) for name, n, value, variance in cell.strata if n > 0}


def _pooled(own: Sequence[Mapping[str, Stratum]]) -> tuple[list[Strata], int]:
    """Each period's strata with the thin ones as one, and how many of them that are."""
    sizes: dict[str, int] = {}
    for strata in own:
        for name, (answers, _, _) in strata.items():
            sizes[name] = sizes.get(name, 0) + answers
    small = {name for name in sizes if any(name not in strata for strata in own)}
    rest = sorted(sizes.keys() - small, key=lambda name: (sizes[name], name))
    while small and rest and any(small.isdisjoint(strata) for strata in own):
        small.add(rest.pop(0))
    if not small:
        return [dict(strata) for strata in own], 0
    if any(small.isdisjoint(strata) for strata in own):  # not even all together have answers everywhere
        return [{} for _ in own], 0
    followed = []
    for strata in own:
        kept: Strata = {name: one for name, one in strata.items() if name not in small}
        kept[_POOL] = together([one for name, one in strata.items() if name in small])
        followed.append(kept)
    return followed, len(small)


def _why(named: set[str]) -> NoMix:
    if not named or named == {""}:
        return NoMix.NO_SEGMENTS
    return NoMix.ONE_SEGMENT if len(named) == 1 else NoMix.TOO_THIN
