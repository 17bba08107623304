"""The association of an outcome with the score: per point, as a curve, and what speaks against it."""

from collections.abc import Sequence
from math import exp, log

import numpy as np

from cxstats.association.fit import Fit, clustered, fit, independent, mean_at, mean_slope
from cxstats.association.hidden import e_value, e_value_at_limit, ratio_of_difference
from cxstats.association.results import Association, Contrast, CurvePoint
from cxstats.association.sample import Known, Sample
from cxstats.association.spline import cubic_basis, knots_of
from cxstats.checks import FloatArray, fraction
from cxstats.design import Diagnostic, Light, SensitivityRow
from cxstats.errors import NotEstimable, Reason
from cxstats.kinds import OutcomeKind
from cxstats.multiplicity import holm
from cxstats.reference import critical_value, fisher_tail, two_sided_p
from cxstats.results import Estimate, Interval, Unit

# Events (or, if fewer, non-events) for each parameter. Below 5: refused (Vittinghoff and McCulloch 2007,
# Am. J. Epidemiology 165:710: below it intervals miss); below 10: amber (Peduzzi and others 1996, J. Clinical
# Epidemiology 49:1373).
LEAST_EVENTS, AMPLE_EVENTS = 5, 10
FEWEST_EVENTS = 20  # however few parameters [J]
# Customers for each parameter of a linear fit: 10 (Harrell 2015, section 4.4), and 40 at least [J].
LEAST_CUSTOMERS, FEWEST_CUSTOMERS = 10, 40
STRONG_HIDDEN = 1.25  # an E-value at the limit below it: something slight and hidden would do [J]
_ALPHA = 0.05


def associate_outcome(sample: Sample, *, level: float = 0.95) -> Association:
    """How the outcome goes with the score, given what was known before it.

    Parameters
    ----------
    sample : Sample
        Scores that were known before the outcome began (`landmark_rows`, `score_rows`).
    level : float in (0, 1)
        Of the intervals.

    Returns
    -------
    Association
        Staying: logistic regression; `effect` is the average marginal effect, a share for one point. Revenue
        and contacts: linear regression; money, or contacts, for one point. Errors are clustered by customer,
        with Student's t.

    Raises
    ------
    NotEstimable
        TOO_FEW_EVENTS (needed, found, parameters), TOO_FEW_UNITS for revenue and contacts; NO_VARIATION where
        all scores or outcomes are alike; COLLINEAR; NO_UNIQUE_SOLUTION where the score separates who stayed.

    Notes
    -----
    Sources: average marginal effect: Bartus (2005), Stata Journal 5:309. Clustered errors: Liang and Zeger
    (1986), Biometrika 73:13. Curve: Harrell (2015), section 2.4. Negative controls: Lipsitch, Tchetgen
    Tchetgen and Cohen (2010), Epidemiology 21:383. E-value: VanderWeele and Ding (2017).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> points = np.repeat([-100.0, 0.0, 100.0], 400)
    >>> stayed = (rng.random(1200) < 0.8 + 0.001 * points).astype(float)
    >>> found = associate_outcome(Sample(kind=OutcomeKind.STAYED, points=points, score=points / 25 + 5,
    ...     outcome=stayed, cluster=np.arange(1200)))
    >>> found.events, round(found.effect.value, 4), found.effect.interval.contains(0.001)
    (254, 0.0008, True)
    """
    confidence = fraction("level", level)
    is_logistic = sample.kind is OutcomeKind.STAYED
    clusters = len(np.unique(sample.cluster))
    if sample.points.size == 0:
        raise NotEstimable(Reason.NO_DATA)
    columns = np.column_stack([sample.points, *(one.values for one in sample.known)])
    kept = independent(columns, first=1)
    columns, known = columns[:, kept], [sample.known[place - 1] for place in kept[1:]]
    events = _require_enough(sample, parameters=len(kept), clusters=clusters)
    found = fit(columns, sample.outcome, is_logistic=is_logistic)
    value, influence = mean_slope(found, 0)
    error = _error(influence, sample)
    freedom = float(clusters - 1)
    reach = critical_value(confidence, freedom)
    effect = _estimate(value, error, reach, confidence, sample)
    contrast = _contrast(sample, found, effect, reach, confidence)
    curve, bend_p = _curve(sample, columns[:, 1:], reach)
    checks = (
        _events_check(sample, events, len(kept)),
        *_before(sample, columns, known),
        _bend_check(bend_p),
        _hidden_check(contrast),
    )
    return Association(
        kind=sample.kind,
        effect=effect,
        p_value=two_sided_p(value / error, freedom),
        degrees_of_freedom=freedom,
        n=int(sample.points.size),
        clusters=clusters,
        events=events,
        parameters=len(kept),
        mean_outcome=float(sample.outcome.mean()),
        contrast=contrast,
        curve=curve,
        bend_p=bend_p,
        checks=checks,
        sensitivity=_alone(sample, reach, confidence) if known else (),
    )


def _require_enough(sample: Sample, *, parameters: int, clusters: int) -> int:
    """How many left. Raises NotEstimable where they, or those who stayed, are too few for the parameters."""
    if sample.kind is not OutcomeKind.STAYED:
        if np.ptp(sample.outcome) == 0:
            raise NotEstimable(Reason.NO_VARIATION)
        needed = max(FEWEST_CUSTOMERS, LEAST_CUSTOMERS * parameters)
        if clusters < needed:
            raise NotEstimable(Reason.TOO_FEW_UNITS, needed=needed, found=clusters)
        return 0
    left = len(np.unique(sample.cluster[sample.outcome == 0]))  # customers, not rows
    stayed = len(np.unique(sample.cluster[sample.outcome == 1]))
    needed = max(FEWEST_EVENTS, LEAST_EVENTS * parameters)
    if min(left, stayed) < needed:
        raise NotEstimable(
            Reason.TOO_FEW_EVENTS, needed=needed, found=min(left, stayed), parameters=parameters
        )
    return left


def _error(influence: FloatArray, sample: Sample) -> float:
    variance = float(clustered(influence[:, None], sample.cluster)[0, 0])
    if not variance > 0:
        raise NotEstimable(Reason.NO_VARIATION)
    return float(np.sqrt(variance))


def _estimate(value: float, error: float, reach: float, level: float, sample: Sample) -> Estimate:
    is_share = sample.kind is OutcomeKind.STAYED
    amount = Unit.MONEY if sample.kind is OutcomeKind.REVENUE else Unit.COUNT
    return Estimate(
        value=value,
        interval=Interval(low=value - reach * error, high=value + reach * error, level=level),
        n=len(np.unique(sample.cluster)),
        unit=Unit.SHARE_DIFFERENCE if is_share else amount,
        method="logistic, average marginal effect (customers)" if is_share else "linear (customers)",
        standard_error=error,
    )


def _contrast(sample: Sample, found: Fit, effect: Estimate, reach: float, level: float) -> Contrast:
    """The ends of the metric's points where they are few, else the 10th and the 90th percentile."""
    few = len(np.unique(sample.points)) <= 3
    low, high = np.quantile(sample.points, (0.0, 1.0) if few else (0.1, 0.9))
    if low == high:
        low, high = sample.points.min(), sample.points.max()
    if sample.kind is OutcomeKind.STAYED:
        ratio = _ratio(sample, found, float(low), float(high), reach, level)
    else:
        spread, width = float(sample.outcome.std(ddof=1)), float(high - low)
        ratio = ratio_of_difference(
            effect.value * width / spread,
            (effect.standard_error or 0.0) * width / spread,
            reach=reach,
            level=level,
            n=effect.n,
        )
    return Contrast(
        low_points=float(low),
        high_points=float(high),
        ratio=ratio,
        e_value=e_value(ratio.value),
        e_value_limit=e_value_at_limit(ratio.interval),
    )


def _ratio(sample: Sample, found: Fit, low: float, high: float, reach: float, level: float) -> Estimate:
    """Risk of leaving at `low` points over that at `high` ones, standardized to all rows."""
    risks, moves = [], []
    for points in (low, high):
        columns = found.table[:, 1:].copy()
        columns[:, 0] = points
        stay, influence = mean_at(found, columns)
        risks.append(max(1 - stay, 1e-12))
        moves.append(-influence / risks[-1])  # of the logarithm
    log_ratio, error = log(risks[0] / risks[1]), _error(moves[0] - moves[1], sample)
    return Estimate(
        value=exp(log_ratio),
        interval=Interval(
            low=exp(log_ratio - reach * error), high=exp(log_ratio + reach * error), level=level
        ),
        n=len(np.unique(sample.cluster)),
        unit=Unit.RATIO,
        method="standardized ratio of risks (customers)",
        standard_error=error,
    )


def _curve(sample: Sample, known: FloatArray, reach: float) -> tuple[tuple[CurvePoint, ...], float | None]:
    """The outcome over the score as a restricted cubic spline, and the test of its bend (Wald, F)."""
    knots = knots_of(sample.score)
    if knots.size == 0:
        return (), None
    is_logistic = sample.kind is OutcomeKind.STAYED
    shape = np.column_stack([sample.score, cubic_basis(sample.score, knots)])
    bends = shape.shape[1] - 1
    try:
        columns = np.column_stack([shape, known])
        kept = independent(columns, first=bends + 1)
        found = fit(columns[:, kept], sample.outcome, is_logistic=is_logistic)
    except NotEstimable:  # a curve asks for more than a line; the line stands without it
        return (), None
    covariance = clustered(found.influence, sample.cluster)[2 : bends + 2, 2 : bends + 2]
    terms = found.coefficients[2 : bends + 2]
    clusters = len(np.unique(sample.cluster))
    wald = float(terms @ np.linalg.solve(covariance, terms)) / bends
    first, last = (float(np.quantile(sample.score, place)) for place in (0.02, 0.98))
    grid = np.linspace(first, last, 21)
    points = [_at(sample, found, knots, float(score), reach) for score in grid]
    return tuple(points), fisher_tail(wald, bends, clusters - 1)


def _at(sample: Sample, found: Fit, knots: FloatArray, score: float, reach: float) -> CurvePoint:
    """The mean outcome where everyone had this score; limits of a share on the logistic scale."""
    columns = found.table[:, 1:].copy()
    columns[:, 0] = score
    columns[:, 1 : knots.size - 1] = cubic_basis([score], knots)[0]
    value, influence = mean_at(found, columns)
    error = _error(influence, sample)
    if not found.is_logistic:
        return CurvePoint(score=score, value=value, low=value - reach * error, high=value + reach * error)
    inside = min(max(value, 1e-9), 1 - 1e-9)
    middle, half = log(inside / (1 - inside)), reach * error / (inside * (1 - inside))
    low, high = (1 / (1 + exp(min(-(middle + sign * half), 700.0))) for sign in (-1, 1))
    return CurvePoint(score=score, value=value, low=low, high=high)


def _events_check(sample: Sample, events: int, parameters: int) -> Diagnostic:
    if sample.kind is not OutcomeKind.STAYED:
        return Diagnostic(
            key="enough_customers",
            light=Light.GREEN,
            figures=(("customers", float(len(np.unique(sample.cluster)))), ("parameters", float(parameters))),
        )
    rate = events / parameters
    return Diagnostic(
        key="enough_events",
        light=Light.GREEN if rate >= AMPLE_EVENTS else Light.AMBER,
        figures=(("events", float(events)), ("parameters", float(parameters)), ("rate", rate)),
    )


def _before(sample: Sample, columns: FloatArray, known: Sequence[Known]) -> tuple[Diagnostic, ...]:
    """Whether the score goes with what happened before it: it cannot have brought that about."""
    controls = [place for place, one in enumerate(known) if one.is_control]
    tested: list[tuple[str, float, float]] = []
    for place in controls:
        others = np.delete(columns, place + 1, axis=1)
        kept = independent(others, first=1)
        target = columns[:, place + 1]
        target = (target - target.mean()) / target.std()
        found = fit(others[:, kept], target, is_logistic=False)
        slope, influence = mean_slope(found, 0)
        error = _error(influence, sample)
        freedom = float(len(np.unique(sample.cluster)) - 1)
        width = slope * float(sample.points.std())  # standard deviations for one of the score
        tested.append((known[place].name, two_sided_p(slope / error, freedom), width))
    if not tested:
        return (Diagnostic(key="before", light=Light.NOT_RUN),)
    adjusted = holm(p_values=[p for _name, p, _width in tested]).adjusted
    return tuple(
        Diagnostic(
            key=f"before_{name}",
            light=Light.GREEN if p >= _ALPHA else Light.AMBER,
            figures=(("p", float(p)), ("width", width)),
        )
        for (name, _p, width), p in zip(tested, adjusted, strict=True)
    )


def _bend_check(bend_p: float | None) -> Diagnostic:
    if bend_p is None:
        return Diagnostic(key="straight", light=Light.NOT_RUN)
    light = Light.GREEN if bend_p >= _ALPHA else Light.AMBER
    return Diagnostic(key="straight", light=light, figures=(("p", bend_p),))


def _hidden_check(contrast: Contrast) -> Diagnostic:
    light = Light.GREEN if contrast.e_value_limit >= STRONG_HIDDEN else Light.AMBER
    return Diagnostic(
        key="hidden",
        light=light,
        figures=(("e_value", contrast.e_value), ("limit", contrast.e_value_limit)),
    )


def _alone(sample: Sample, reach: float, level: float) -> tuple[SensitivityRow, ...]:
    """The same without what was known before."""
    found = fit(sample.points[:, None], sample.outcome, is_logistic=sample.kind is OutcomeKind.STAYED)
    value, influence = mean_slope(found, 0)
    row = _estimate(value, _error(influence, sample), reach, level, sample)
    return (SensitivityRow(key="unadjusted", value=row.value, interval=row.interval),)
