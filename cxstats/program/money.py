"""Money of one initiative in the program's years: without an effect, and for each unit of effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable, Reason
from cxstats.kinds import Distribution
from cxstats.program.inputs import Initiative, Program
from cxstats.roi.case import RoiCase
from cxstats.roi.drawing import draw_all
from cxstats.roi.flows import Values, fading_of, flows_of
from cxstats.roi.parameters import Parameter, draw, mean_of

type Stream = Callable[[str], np.random.Generator]

_LARGEST = 1e290  # sums of more could overflow


@dataclass(frozen=True, slots=True)
class YearlyFlows:
    """Money by year: arrays (years + 1, 1 or draws)."""

    hard: FloatArray
    soft: FloatArray
    costs: FloatArray

    def times(self, effect: FloatArray, base: "YearlyFlows") -> "YearlyFlows":
        """This for each unit of effect, added to what comes without; what no effect moves stays small."""
        return YearlyFlows(
            *(
                without + each * effect if each.any() else without
                for each, without in zip(kinds_of(self), kinds_of(base), strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class InitiativeMoney:
    """`base` without an effect, `slope` for one unit of it, at all draws; `worth` of one unit of effect:
    expected present value of its benefits, at expected inputs."""

    initiative: Initiative
    base: YearlyFlows
    slope: YearlyFlows
    worth: float
    base_worth: float


def money_of(program: Program, one: Initiative, stream: Stream, size: int) -> InitiativeMoney:
    """Inputs drawn once each, those with a common name from that name's own stream."""
    case = one.case
    parameters = {parameter.key: parameter for parameter in case.parameters}
    names = dict(one.shared)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        drawn = draw_all(case, parameters, stream(f"inputs of {one.key}"), size)
        for own, name in names.items():
            drawn[own] = _drawn(parameters[own], stream(f"input {name}"), size)
        base, slope = _apart(program, one, drawn, None)
        known = [*kinds_of(base), *kinds_of(slope)]
        if not all(np.abs(part).max() < _LARGEST for part in known):
            raise NotEstimable(Reason.NO_CONVERGENCE)
        expected = {key: np.asarray(mean_of(parameter)) for key, parameter in parameters.items()}
        nothing, unit = _apart(program, one, expected, fading_of(case))
    factors = discount_factors(program)
    return InitiativeMoney(
        initiative=one,
        base=base,
        slope=slope,
        worth=float(factors @ (unit.hard + unit.soft).sum(axis=1)),
        base_worth=float(factors @ (nothing.hard + nothing.soft).sum(axis=1)),
    )


def kinds_of(flows: YearlyFlows) -> tuple[FloatArray, FloatArray, FloatArray]:
    return flows.hard, flows.soft, flows.costs


def discount_factors(program: Program) -> FloatArray:
    """(years + 1,), the first one 1."""
    result: FloatArray = (1 + program.discount_rate) ** -np.arange(program.years + 1, dtype=np.float64)
    return result


def effect_draws(one: Initiative, stream: Stream, size: int) -> FloatArray:
    """The effect as the case has it: of a forecast, or of a claim that is worth nothing."""
    for parameter in one.case.parameters:
        if parameter.key == one.case.effect:
            return _drawn(parameter, stream(f"effect of {one.key}"), size)
    return np.zeros(())


def _drawn(parameter: Parameter, rng: np.random.Generator, size: int) -> FloatArray:
    if parameter.distribution is Distribution.FIXED:
        return np.asarray(parameter.args[0], dtype=np.float64)
    return draw(parameter, rng, size)


def _apart(
    program: Program, one: Initiative, values: Mapping[str, FloatArray], fading: tuple[float, ...] | None
) -> tuple[YearlyFlows, YearlyFlows]:
    """Money is linear in an effect that enters each line once at most: two points tell all."""
    if one.case.effect is None:
        base = _yearly(program, one, values, fading)
        return base, YearlyFlows(*(np.zeros_like(part[:, :1]) for part in kinds_of(base)))
    base, whole = (
        _yearly(program, one, {**values, one.case.effect: np.asarray(effect)}, fading)
        for effect in (0.0, 1.0)
    )
    return base, YearlyFlows(
        *(after - before for before, after in zip(kinds_of(base), kinds_of(whole), strict=True))
    )


def _yearly(
    program: Program, one: Initiative, values: Values, fading: tuple[float, ...] | None
) -> YearlyFlows:
    flows = flows_of(one.case, values, fading)
    return YearlyFlows(*(_placed(program, one, part) for part in (flows.hard, flows.soft, flows.costs)))


def _placed(program: Program, one: Initiative, flows: list[FloatArray]) -> FloatArray:
    """A case's periods in the program's years; what comes after the last one is cut."""
    width = max((flow.size for flow in flows), default=1)
    result = np.zeros((program.years + 1, width))
    for period, flow in enumerate(flows):
        if one.begins + period <= program.years:
            result[one.begins + period] = flow
    return result


def expected_effect(case: RoiCase) -> float:
    """Mean of the case's effect, metric units; 0 where there is none."""
    return next((mean_of(one) for one in case.parameters if one.key == case.effect), 0.0)
