"""More simulated initiatives with a known truth: what goes wrong with a series in practice.

Thin weeks, outages, breaks, changed wording, segments that are empty for a week; see `simulated`.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from cxstats.design import (
    Direction,
    EstimandKind,
    EvaluationDesign,
    MetricPanel,
    PanelCell,
    PeriodKind,
    UnitSelection,
)
from cxstats.durations import followed_log_times, horizon_of
from tests.cxstats.simulated import ANSWER_SD, Case, latent, oracle_error

type Maker = Callable[[np.random.Generator, float], Case]

FIRST_MONDAY = date(2023, 1, 2)


def week(k: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=k)


def weekly_plan(start: int, **more: object) -> EvaluationDesign:
    return EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.WEEK, start=week(start), **more
    )


def _oracle(
    length: int, start: int, phi: float, sd: float, counts: np.ndarray, steps: Sequence[int]
) -> tuple[float, int]:
    """Error of somebody who knows the noise of a single series and when other steps were, not how large; and
    the freedom left to estimate how large the noise is."""
    t = np.arange(length)
    others = [t >= at for at in steps]
    columns = np.column_stack([np.ones(length), t - t.mean(), t >= start, *others]).astype(float)
    heard = counts > 0
    covariance = sd**2 * phi ** np.abs(t[:, None] - t[None, :])
    covariance = covariance[np.ix_(heard, heard)] + np.diag(ANSWER_SD**2 / counts[heard])
    return oracle_error(columns[heard], covariance, 2), int(heard.sum()) - 3 - len(steps)


def weeks(
    *,
    length: int = 78,
    start: int = 52,
    phi: float = 0.4,
    sd: float = 4.0,
    answers: float = 60.0,
    thin: float = 0.0,
    outage: float = 0.0,
    outages: int = 0,
    break_at: int | None = None,
    break_by: float = 0.0,
    changes: Sequence[tuple[int, float]] = (),
) -> Maker:
    """One weekly series. `thin`: share of weeks with one to four answers; `outages` single weeks at `outage`;
    a level break that nobody told; changes of wording, each with the step that it makes. The oracle knows
    when they were."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        t = np.arange(length)
        mean = 20 + latent(rng, (length,), phi, sd) + effect * (t >= start)
        counts = rng.poisson(answers, length)
        slim = rng.random(length) < thin
        counts = np.where(slim, rng.integers(1, 5, length), counts)
        if break_at is not None:
            mean = mean + break_by * (t >= break_at)
        for at, step in changes:
            mean = mean + step * (t >= at)
        values = mean + rng.normal(size=length) * ANSWER_SD / np.sqrt(np.maximum(counts, 1))
        failed = rng.choice(length, size=outages, replace=False)
        values[failed] = outage
        known = np.where(np.isin(t, failed), 0, counts)
        steps = [at for at, _step in changes if at != start] + ([break_at] if break_at is not None else [])
        error, freedom = _oracle(length, start, phi, sd, known, steps)
        return Case(
            design=weekly_plan(start, selection=UnitSelection.EVERYONE),
            panel=MetricPanel(
                cells=tuple(
                    PanelCell(
                        unit="all",
                        period=week(k),
                        value=float(values[k]),
                        n=int(counts[k]),
                        variance=ANSWER_SD**2,
                        definition=str(sum(at <= k for at, _step in changes)),
                    )
                    for k in range(length)
                    if counts[k] > 0
                ),
                treated=(("all", None),),
            ),
            truth=effect,
            oracle_se=error,
            oracle_freedom=freedom,
        )

    return make


def reworded_alike(*, units: int = 5, at: int = 10, step: float = 12.0) -> Maker:
    """As many treated as control units; the question changes on both sides in the same week."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start, own = 40, 20, 3.0
        t = np.arange(length)
        common = latent(rng, (length,), 0.6, 4.0) + step * (t >= at)
        paths = latent(rng, (2 * units, length), 0.4, own)
        cells = []
        for i in range(2 * units):
            level = 20 + rng.normal() * 8
            for k in range(length):
                value = level + common[k] + paths[i, k] + effect * (i < units and k >= start)
                value += rng.normal() * ANSWER_SD / np.sqrt(60)
                cells.append(
                    PanelCell(
                        unit=f"u{i}",
                        period=week(k),
                        value=float(value),
                        n=60,
                        variance=ANSWER_SD**2,
                        definition="b" if k >= at else "a",
                    )
                )
        weights = np.where(t >= start, 1 / (length - start), -1 / start)
        variance = own**2 * float(weights @ (0.4 ** np.abs(t[:, None] - t[None, :])) @ weights)
        variance += ANSWER_SD**2 / 60 * float(weights @ weights)
        return Case(
            design=weekly_plan(start, selection=UnitSelection.PRACTICAL),
            panel=MetricPanel(
                cells=tuple(cells),
                treated=tuple((f"u{i}", None) for i in range(units)),
                controls=tuple(f"u{i}" for i in range(units, 2 * units)),
            ),
            truth=effect,
            oracle_se=float(np.sqrt(2 * variance / units)),
            oracle_freedom=2 * units - 2 if units > 1 else length - 2,
        )

    return make


def segments(*, shift: float = 0.25, small: float = 1.5, answers: int = 120) -> Maker:
    """Two large segments, their mix shifting with the go-live, and a small one often silent for a week."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start, sd, phi = 60, 40, 2.0, 0.4
        t = np.arange(length)
        path = latent(rng, (length,), phi, sd) + effect * (t >= start)
        cells, noise = [], np.zeros(length)
        for k in range(length):
            loyal = rng.binomial(answers, 0.5 + shift * (k >= start))
            sizes = {"new": answers - loyal, "loyal": loyal, "abroad": int(rng.poisson(small))}
            means = {"new": 0.0, "loyal": 40.0, "abroad": 10.0}
            part = tuple(
                (name, n, float(means[name] + path[k] + rng.normal() * 70 / np.sqrt(n)), 70.0**2)
                for name, n in sizes.items()
                if n > 0
            )
            total = sum(n for _, n, _, _ in part)
            value = sum(n * v for _, n, v, _ in part) / total
            noise[k] = 0.25 * 70.0**2 * sum(1 / max(sizes[name], 1) for name in ("new", "loyal"))
            cells.append(
                PanelCell(
                    unit="all", period=week(k), value=value, n=total, variance=70.0**2 + 400.0, strata=part
                )
            )
        columns = np.column_stack([np.ones(length), t - t.mean(), t >= start]).astype(float)
        covariance = sd**2 * phi ** np.abs(t[:, None] - t[None, :]) + np.diag(noise)
        return Case(
            design=weekly_plan(start, selection=UnitSelection.EVERYONE),
            panel=MetricPanel(cells=tuple(cells), treated=(("all", None),)),
            truth=effect,
            oracle_se=oracle_error(columns, covariance, 2),
            oracle_freedom=length - 3,
        )

    return make


def counted(
    *,
    mean: float = 30.0,
    length: int = 78,
    start: int = 52,
    phi: float = 0.4,
    sd: float = 0.12,
    controls: int = 0,
    units: int = 1,
) -> Maker:
    """Complaints a week by thousands of orders, on a latent log rate that persists; `effect` is the fall of
    the log rate. The truth is a ratio; the oracle's error is scaled so that truth by error is effect by that.
    """

    def make(rng: np.random.Generator, effect: float) -> Case:
        t = np.arange(length)
        common = latent(rng, (length,), 0.6, 0.2) if controls else np.zeros(length)
        cells = []
        for i in range(units + controls):
            path = common + latent(rng, (length,), phi, sd) - effect * (i < units) * (t >= start)
            orders = rng.uniform(0.7, 1.3, length)
            for k in range(length):
                events = rng.poisson(mean * orders[k] * np.exp(path[k]))
                cells.append(
                    PanelCell.count(
                        unit=f"u{i}", period=week(k), events=int(events), exposure=float(orders[k])
                    )
                )
        noise = sd**2 * phi ** np.abs(t[:, None] - t[None, :])
        noise = noise + np.diag(np.exp(effect * (t >= start)) / mean)
        if controls:
            weights = np.where(t >= start, 1 / (length - start), -1 / start)
            error = float(np.sqrt(weights @ noise @ weights * (1 / units + 1 / controls)))
        else:
            columns = np.column_stack([np.ones(length), t - t.mean(), t >= start]).astype(float)
            error = oracle_error(columns, noise, 2)
        truth = float(np.exp(-effect))
        return Case(
            design=EvaluationDesign(
                metric="complaints",
                kind=EstimandKind.COUNT,
                period=PeriodKind.WEEK,
                start=week(start),
                direction=Direction.DOWN,
                selection=UnitSelection.PRACTICAL if controls else UnitSelection.EVERYONE,
            ),
            panel=MetricPanel(
                cells=tuple(cells),
                treated=tuple((f"u{i}", None) for i in range(units)),
                controls=tuple(f"u{i}" for i in range(units, units + controls)),
            ),
            truth=truth,
            oracle_se=truth * error / effect if effect else None,
            oracle_freedom=units + controls - 2 if controls > 1 else length - 3,
        )

    return make


def tickets(
    *, never: float = 0.08, cases: int = 40, length: int = 60, start: int = 40, shape: float = 0.0
) -> Maker:
    """Times to resolution, some of which never come; `effect` is the fall of the log time. Cases are watched
    until the last day: old ones long, young ones a week. Log times are normal around a latent mean, or with a
    `shape` those of a Weibull distribution. The oracle sees every case to its end."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        t = np.arange(length)
        path = 11.0 + latent(rng, (length,), 0.4, 0.1) - effect * (t >= start)
        seconds, resolved = [], []
        for k in range(length):
            logs = np.log(rng.weibull(shape, cases)) if shape else rng.normal(0.0, 1.2, cases)
            age = (length - k - rng.random(cases)) * 7 * 86400.0
            needed = np.where(rng.random(cases) < never, np.inf, np.exp(path[k] + logs))
            seconds.append(np.minimum(needed, age))
            resolved.append(needed <= age)
        horizon = horizon_of(seconds=np.concatenate(seconds), resolved=np.concatenate(resolved).tolist())
        cells = []
        for k in range(length):
            found = followed_log_times(seconds=seconds[k], resolved=resolved[k].tolist(), horizon=horizon)
            cells.append(
                PanelCell(
                    unit="all",
                    period=week(k),
                    value=found.mean,
                    n=found.ended,
                    variance=found.ended * found.standard_error**2,
                    open_cases=found.unsettled,
                    horizon=horizon,
                )
            )
        columns = np.column_stack([np.ones(length), t - t.mean(), t >= start]).astype(float)
        covariance = 0.1**2 * 0.4 ** np.abs(t[:, None] - t[None, :])
        covariance = covariance + np.eye(length) * 1.44 / (cases * (1 - never))
        error, truth = oracle_error(columns, covariance, 2), float(np.exp(-effect))
        return Case(
            design=EvaluationDesign(
                metric="ttr",
                kind=EstimandKind.LOG_DURATION,
                period=PeriodKind.WEEK,
                start=week(start),
                direction=Direction.DOWN,
                selection=UnitSelection.EVERYONE,
            ),
            panel=MetricPanel(cells=tuple(cells), treated=(("all", None),)),
            truth=truth,
            oracle_se=truth * error / effect if effect else None,
            oracle_freedom=length - 3,
        )

    return make
