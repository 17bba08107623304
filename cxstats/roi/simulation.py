"""Monte Carlo of a business case: one draw per parameter, shared by all its periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from cxstats.checks import FloatArray, count
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import NotEstimable, Reason
from cxstats.kinds import Distribution
from cxstats.roi.case import RoiCase, check_case, evidence_gate
from cxstats.roi.drawing import draw_all, payback_times
from cxstats.roi.flows import ExpectedFlows, Values, expected_flows, fading_of, flows_of
from cxstats.roi.money import Appraisal, CashFlow, Figure, appraise, present_value
from cxstats.roi.parameters import Parameter, ends_of, mean_of
from cxstats.roi.value import BenefitLine, CostLine

_RANK_DRAWS = 10_000  # rank correlations within about 0.01
_BINS = 40
_BLOCK = 8_192
_LARGEST = 1e290  # sums of more could overflow
_TORNADO_LEVEL = 0.9  # as every range of money
_Z95 = 1.6448536269514722  # standard normal, 95 %


@dataclass(frozen=True, kw_only=True, slots=True)
class Percentiles:
    """A simulated quantity in its own unit."""

    mean: float
    p5: float
    p10: float
    p50: float
    p90: float
    p95: float

    @property
    def standard_error(self) -> float:
        """Of the normal distribution with this range from p5 to p95; above 0 where nothing varies too."""
        return max(self.p95 - self.p5, 1e-9) / (2 * _Z95)


@dataclass(frozen=True, kw_only=True, slots=True)
class TornadoBar:
    """One parameter's pull on the NPV.

    `low`/`high`: NPV with the parameter at the ends of its range (`RoiResult.tornado_level`), the others at
    their mean.
    `rank_correlation`: Spearman with the simulated NPV, None where either does not vary.
    """

    key: str
    low: float
    high: float
    rank_correlation: float | None

    @property
    def swing(self) -> float:
        return abs(self.high - self.low)


@dataclass(frozen=True, kw_only=True, slots=True)
class HaircutStep:
    """Present value of the benefits after this haircut, all parameters at their mean."""

    key: str
    present_value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RoiResult:
    """What a case is worth. Money in the case's unit; ROI as a share (1 = 100 %).

    The central figure is the expected value (`mean`): expected values add up over lines, years and cases,
    medians do not. It is computed, not simulated, wherever the inputs are independent; then
    `expected_hard`, `expected_soft` and `expected_costs` by period have exactly that present value. They are
    empty otherwise, and in results of engines before 1.1. Ranges come from the draws.
    `base` has every parameter at its mean. `roi` is None where costs are not above 0 in every draw.
    `net_present_value_hard` leaves soft benefits out. `break_even_effect` is in units of the effect, at
    the other parameters' means (negative where a fall of the metric is the gain).
    `scenario_only` with its reasons: the page must say "if the effect were ...".
    `histogram_edges` has one entry more than `histogram_counts` (simulated NPV); where losses and gains
    both occur, one edge is zero, so that no bin mixes them.
    """

    base: Appraisal
    net_present_value: Percentiles
    net_present_value_hard: Percentiles
    roi: Percentiles | None
    present_value_costs: Percentiles
    hard_benefits: Percentiles
    soft_benefits: Percentiles
    probability_of_loss: float
    discounted_payback_p50: Figure
    probability_never_paid_back: float
    break_even_effect: Figure
    haircuts: tuple[HaircutStep, ...]
    tornado: tuple[TornadoBar, ...]
    histogram_edges: tuple[float, ...]
    histogram_counts: tuple[int, ...]
    draws: int
    scenario_only: bool
    scenario_reasons: tuple[str, ...]
    expected_hard: tuple[float, ...] = ()
    expected_soft: tuple[float, ...] = ()
    expected_costs: tuple[float, ...] = ()
    tornado_level: float = 0.8  # coverage of the ends of the tornado; engines before 1.1 had this one

    @property
    def expected_roi(self) -> float | None:
        """Expected net value for one unit of expected costs; None unless every draw has costs above 0."""
        costs = self.present_value_costs.mean
        return self.net_present_value.mean / costs if self.roi is not None and costs else None


def simulate_roi(
    *,
    case: RoiCase,
    rng: np.random.Generator,
    grade: DesignGrade | None = None,
    verdict: Verdict | None = None,
    draws: int = 100_000,
) -> RoiResult:
    """Range of the return of a case, its risk of loss, and what drives it.

    Parameters
    ----------
    case : RoiCase
        Parameters, benefit and cost lines; see there for units.
    rng : numpy.random.Generator
        Same generator state, same result.
    grade, verdict : DesignGrade, Verdict, optional
        Of the finding behind the effect; without them the result is a scenario.
    draws : int
        At least 100.

    Returns
    -------
    RoiResult

    Raises
    ------
    InvalidInput
        Unknown keys, wrong profile lengths, haircuts outside 0..1, correlations that no set of
        variables can have.
    NotEstimable
        `NO_CONVERGENCE`: amounts too large to be numbers. `SHARE_ABOVE_ONE`: a product in `case.shares` goes
        beyond the whole in some draw, with its `expected` and its `highest` size.

    Source
    ------
    Vose, Risk Analysis, 3rd ed. (one draw per parameter, tornado); Gaussian copula with
    r = 2 sin(pi rho / 6) for a Spearman rho: Pearson 1907.

    Examples
    --------
    >>> from cxstats.roi import BenefitLine, CostLine, ParameterKind, ValueKind
    >>> def input_(key, distribution, *args):
    ...     return Parameter(key=key, distribution=distribution, args=args, source="example",
    ...                      owner="CX", kind=ParameterKind.MEASURED)
    >>> case = RoiCase(
    ...     parameters=(input_("effect", Distribution.NORMAL, 3.0, 1.0),
    ...                 input_("value", Distribution.FIXED, 100.0),
    ...                 input_("build", Distribution.FIXED, 200.0),
    ...                 input_("rate", Distribution.FIXED, 0.0)),
    ...     benefits=(BenefitLine(key="b", kind=ValueKind.OWN_FORMULA, factors=("effect", "value"),
    ...                           profile=(0, 1), hard=True),),
    ...     costs=(CostLine(key="c", factors=("build",), profile=(1, 0)),),
    ...     periods=1, discount_rate="rate", effect="effect")
    >>> result = simulate_roi(case=case, rng=np.random.default_rng(1), grade=DesignGrade.B,
    ...                       verdict=Verdict.SUPPORTED)
    >>> result.base.net_present_value, result.break_even_effect.value, result.scenario_only
    (100.0, 2.0, False)
    >>> abs(result.probability_of_loss - 0.1587) < 0.01   # P(effect < 2) = Phi(-1)
    True
    """
    parameters = check_case(case)
    size = count("draws", draws, minimum=100)
    reasons = evidence_gate(case=case, grade=grade, verdict=verdict)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        drawn = draw_all(case, parameters, rng, size)
        _refuse_beyond_the_whole(case, parameters, drawn)
        hard, soft, costs, times = _worth_of_draws(case, drawn, size)
        if not (np.abs(hard) + np.abs(soft) + np.abs(costs)).max() < _LARGEST:
            raise NotEstimable(Reason.NO_CONVERGENCE)
        net = hard + soft - costs
    means = {key: mean_of(parameter) for key, parameter in parameters.items()}
    expected = expected_flows(case)
    fading = None if expected is None else fading_of(case)
    worth = _Expected.of(expected, parameters[case.discount_rate])
    whole = percentiles_of(net, worth.net)
    edges = _edges(net)
    counts, _ = np.histogram(np.clip(net, edges[0], edges[-1]), bins=edges)  # rounding may put an end outside
    return RoiResult(
        base=_appraise_at(case, means),
        net_present_value=whole,
        net_present_value_hard=percentiles_of(hard - costs, worth.net_hard) if soft.any() else whole,
        roi=percentiles_of(net / costs) if costs.min() > 0 else None,
        present_value_costs=percentiles_of(costs, worth.costs),
        hard_benefits=percentiles_of(hard, worth.hard),
        soft_benefits=percentiles_of(soft, worth.soft),
        probability_of_loss=float(np.mean(net < 0)),
        discounted_payback_p50=_median_time(times),
        probability_never_paid_back=float(np.mean(np.isinf(times))),
        break_even_effect=_break_even(case, means, fading),
        haircuts=_haircuts(case, means, fading),
        tornado=_tornado(case, parameters, means, drawn, net, fading),
        histogram_edges=tuple(edges.tolist()),
        histogram_counts=tuple(counts.tolist()),
        draws=size,
        scenario_only=bool(reasons),
        scenario_reasons=reasons,
        expected_hard=() if expected is None else expected.hard,
        expected_soft=() if expected is None else expected.soft,
        expected_costs=() if expected is None else expected.costs,
        tornado_level=_TORNADO_LEVEL,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Expected:
    """Expected present values; None where they can only be simulated."""

    hard: float | None = None
    soft: float | None = None
    costs: float | None = None
    net: float | None = None
    net_hard: float | None = None

    @classmethod
    def of(cls, flows: ExpectedFlows | None, rate: Parameter) -> "_Expected":
        if flows is None or rate.distribution is not Distribution.FIXED:
            return cls()  # an uncertain rate discounts every draw by its own
        hard, soft, costs = (
            present_value(flows=part, rate=rate.args[0]) for part in (flows.hard, flows.soft, flows.costs)
        )
        return cls(hard=hard, soft=soft, costs=costs, net=hard + soft - costs, net_hard=hard - costs)


def _refuse_beyond_the_whole(
    case: RoiCase, parameters: Mapping[str, Parameter], drawn: Mapping[str, FloatArray]
) -> None:
    """More than all customers cannot be kept: not on average, and not in a single draw."""
    for product in case.shares:
        highest = float(np.abs(prod((drawn[key] for key in product), start=np.asarray(1.0))).max())
        if not highest <= 1:
            expected = abs(prod(mean_of(parameters[key]) for key in product))
            raise NotEstimable(Reason.SHARE_ABOVE_ONE, expected=expected, highest=highest)


# --- money ------------------------------------------------------------------------------------


def _worth_of_draws(
    case: RoiCase, drawn: Mapping[str, FloatArray], size: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Present values (hard, soft, costs) and payback times; in blocks that fit the processor's cache."""
    hard, soft, costs, times = (np.empty(size) for _ in range(4))
    for start in range(0, size, _BLOCK):
        part = slice(start, min(start + _BLOCK, size))
        flows = flows_of(case, {key: value[part] if value.ndim else value for key, value in drawn.items()})
        hard[part], soft[part], costs[part] = (
            flows.worth(kind) for kind in (flows.hard, flows.soft, flows.costs)
        )
        times[part] = payback_times(
            [
                gained + more - spent
                for gained, more, spent in zip(flows.hard, flows.soft, flows.costs, strict=True)
            ],
            rate=flows.rate,
            size=part.stop - part.start,
        )
    return hard, soft, costs, times


def _appraise_at(case: RoiCase, values: Values) -> Appraisal:
    flows = flows_of(case, values)
    benefits = (float(hard + soft) for hard, soft in zip(flows.hard, flows.soft, strict=True))
    return appraise(
        cash_flow=CashFlow(
            benefits=tuple(benefits),
            costs=tuple(float(cost) for cost in flows.costs),
            rate=float(flows.rate),
        )
    )


def _net_at(case: RoiCase, values: Values, fading: Sequence[float] | None = None) -> float:
    flows = flows_of(case, values, fading)
    net = flows.worth(flows.hard) + flows.worth(flows.soft) - flows.worth(flows.costs)
    return float(net)


def _median_time(times: FloatArray) -> Figure:
    """Median over draws; a refusal where half of them never pay back."""
    middle = float(np.partition(times, (times.size - 1) // 2)[(times.size - 1) // 2])
    return Figure(value=None, refusal=Reason.NEVER_REACHED) if np.isinf(middle) else Figure(value=middle)


# --- reading the result -----------------------------------------------------------------------


def _edges(net: FloatArray) -> FloatArray:
    """About 40 equal bins, on a grid through zero."""
    low, high = float(net.min()), float(net.max())
    if low == high:
        return np.histogram_bin_edges(net, bins=_BINS)
    size = (high - low) / _BINS
    return size * np.arange(np.floor(low / size), np.ceil(high / size) + 1)


def percentiles_of(values: FloatArray, mean: float | None = None) -> Percentiles:
    """Linear interpolation between order statistics, as numpy's default; sorting is quicker here.

    `mean` where it is known better than from the draws.
    """
    ordered = np.sort(values)
    places = np.array([0.05, 0.10, 0.50, 0.90, 0.95]) * (ordered.size - 1)
    below = np.floor(places).astype(np.intp)
    above = np.minimum(below + 1, ordered.size - 1)
    p5, p10, p50, p90, p95 = (ordered[below] + (places - below) * (ordered[above] - ordered[below])).tolist()
    center = float(values.mean()) if mean is None else mean
    return Percentiles(mean=center, p5=p5, p10=p10, p50=p50, p90=p90, p95=p95)


def _break_even(case: RoiCase, means: dict[str, float], fading: Sequence[float] | None) -> Figure:
    """NPV is linear in an effect that enters each line at most once: two points give the root."""
    if case.effect is None:
        return Figure(value=None, refusal=Reason.NO_DATA)
    lines: Iterable[BenefitLine | CostLine] = (*case.benefits, *case.costs)
    if any(line.factors.count(case.effect) > 1 for line in lines):
        return Figure(value=None, refusal=Reason.NO_UNIQUE_SOLUTION)
    nothing = _net_at(case, {**means, case.effect: 0.0}, fading)
    slope = _net_at(case, {**means, case.effect: 1.0}, fading) - nothing
    if slope == 0:
        return Figure(value=None, refusal=Reason.NEVER_REACHED)
    return Figure(value=-nothing / slope)


def _haircuts(
    case: RoiCase, means: dict[str, float], fading: Sequence[float] | None
) -> tuple[HaircutStep, ...]:
    full = {**means, **dict.fromkeys(case.haircuts, 1.0)}
    steps = [HaircutStep(key="gross", present_value=_benefits_at(case, full, fading))]
    for key in case.haircuts:
        full[key] = means[key]
        steps.append(HaircutStep(key=key, present_value=_benefits_at(case, full, fading)))
    return tuple(steps)


def _benefits_at(case: RoiCase, values: Values, fading: Sequence[float] | None) -> float:
    flows = flows_of(case, values, fading)
    return float(flows.worth(flows.hard) + flows.worth(flows.soft))


def _tornado(
    case: RoiCase,
    parameters: Mapping[str, Parameter],
    means: dict[str, float],
    drawn: Mapping[str, FloatArray],
    net: FloatArray,
    fading: Sequence[float] | None,
) -> tuple[TornadoBar, ...]:
    ranks = _ranks(net[:_RANK_DRAWS])
    bars = []
    for key, parameter in parameters.items():
        if parameter.distribution is Distribution.FIXED:
            continue
        low, high = ends_of(parameter, level=_TORNADO_LEVEL)
        own_fading = None if key == case.persistence else fading
        own = _ranks(drawn[key][:_RANK_DRAWS])
        bars.append(
            TornadoBar(
                key=key,
                low=_net_at(case, {**means, key: low}, own_fading),
                high=_net_at(case, {**means, key: high}, own_fading),
                rank_correlation=None if own is None or ranks is None else float(own @ ranks),
            )
        )
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def _ranks(values: FloatArray) -> FloatArray | None:
    """Centered ranks of unit length; None where nothing varies."""
    if values.min() == values.max():
        return None
    ranks = np.empty(values.size)
    ranks[np.argsort(values, kind="stable")] = np.arange(values.size)
    ranks -= ranks.mean()
    ranks /= np.linalg.norm(ranks)
    return ranks
