"""Money by period: of one set of values, of all draws at once, and as expected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from cxstats.checks import FloatArray
from cxstats.design import Direction
from cxstats.roi.case import RoiCase, check_case
from cxstats.roi.parameters import mean_of, moment_of
from cxstats.roi.value import BenefitLine, CostLine

type Values = Mapping[str, float] | Mapping[str, FloatArray]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flows:
    """Benefits (hard, soft) and costs by period; each entry a number or one number per draw."""

    hard: list[FloatArray]
    soft: list[FloatArray]
    costs: list[FloatArray]
    rate: FloatArray

    def worth(self, flows: list[FloatArray]) -> FloatArray:
        factor = 1 / (1 + self.rate)
        total = np.zeros_like(flows[-1])
        for flow in reversed(flows):
            total = total * factor + flow
        return total


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedFlows:
    """Expected money by period, the period before the go-live first."""

    hard: tuple[float, ...]
    soft: tuple[float, ...]
    costs: tuple[float, ...]


def expected_flows(case: RoiCase) -> ExpectedFlows | None:
    """Expected benefits and costs of every period, computed and not simulated.

    Parameters
    ----------
    case : RoiCase

    Returns
    -------
    ExpectedFlows or None
        None where inputs depend on each other, so that the mean of a product is not the product of means.

    Raises
    ------
    InvalidInput
        As `simulate_roi`.

    Source
    ------
    Expectation of a product of independent variables; persistence enters a period to the power of its age,
    whose expectation is its raw moment and not the power of its mean (Jensen).

    Examples
    --------
    >>> from cxstats.roi import CostLine, Distribution, Parameter, ParameterKind, ValueKind
    >>> def input_(key, distribution, *args):
    ...     return Parameter(key=key, distribution=distribution, args=args, source="example", owner="CX",
    ...                      kind=ParameterKind.MEASURED)
    >>> case = RoiCase(parameters=(input_("gain", Distribution.FIXED, 12.0),
    ...                            input_("kept", Distribution.BETA, 1.0, 1.0),
    ...                            input_("rate", Distribution.FIXED, 0.0)),
    ...     benefits=(BenefitLine(key="b", kind=ValueKind.OWN_FORMULA, factors=("gain",),
    ...                           profile=(0, 1, 1, 1), hard=True),),
    ...     costs=(), periods=3, discount_rate="rate", persistence="kept")
    >>> [round(amount, 9) for amount in expected_flows(case).hard]   # 12, half of it, a third of it
    [0.0, 12.0, 6.0, 4.0]
    """
    parameters = check_case(case)
    lines: tuple[BenefitLine | CostLine, ...] = (*case.benefits, *case.costs)
    common = [*case.haircuts, *([] if case.persistence is None else [case.persistence])]
    if case.correlations or any(_repeats((*line.factors, *common)) for line in lines):
        return None
    flows = flows_of(case, {key: mean_of(one) for key, one in parameters.items()}, fading_of(case))
    return ExpectedFlows(
        hard=tuple(float(amount) for amount in flows.hard),
        soft=tuple(float(amount) for amount in flows.soft),
        costs=tuple(float(amount) for amount in flows.costs),
    )


def fading_of(case: RoiCase) -> tuple[float, ...] | None:
    """Expected part of a benefit that is left 0, 1, 2, ... periods later; None without persistence."""
    if case.persistence is None:
        return None
    kept = next(parameter for parameter in case.parameters if parameter.key == case.persistence)
    return tuple(moment_of(kept, age) for age in range(case.periods + 1))


def flows_of(case: RoiCase, values: Values, fading: Sequence[float] | None = None) -> Flows:
    """Money per period and kind, for one set of values or for all draws at once.

    `fading` by age in place of the powers of persistence.
    """
    known = {key: np.asarray(value, dtype=np.float64) for key, value in values.items()}
    cut = prod((known[key] for key in case.haircuts), start=np.asarray(1.0))
    kept = None if case.persistence is None else known[case.persistence]
    zero = np.asarray(0.0)
    hard, soft, costs = ([zero] * (case.periods + 1) for _ in range(3))
    for line in case.benefits:
        full = _product(line, known) * cut * (1.0 if line.direction is Direction.UP else -1.0)
        start = next((t for t, part in enumerate(line.profile) if part > 0), 0)
        kind = hard if line.hard else soft
        for t, part in enumerate(line.profile):
            if part > 0:
                kind[t] = kind[t] + full * part * _left(kept, t - start, fading)
    for cost in case.costs:
        full = _product(cost, known)
        for t, part in enumerate(cost.profile):
            if part > 0:
                costs[t] = costs[t] + full * part
    return Flows(hard=hard, soft=soft, costs=costs, rate=known[case.discount_rate])


def _left(kept: FloatArray | None, age: int, fading: Sequence[float] | None) -> FloatArray | float:
    """Part of a benefit that is left at this age."""
    if kept is None or age == 0:
        return 1.0
    result: FloatArray | float = kept**age if fading is None else fading[age]
    return result


def _product(line: BenefitLine | CostLine, known: Mapping[str, FloatArray]) -> FloatArray:
    result = known[line.factors[0]]
    for key in line.factors[1:]:
        result = result * known[key]
    return result


def _repeats(keys: Iterable[str]) -> bool:
    given = list(keys)
    return len(given) != len(set(given))
