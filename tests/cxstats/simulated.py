"""Simulated initiatives with a known truth, one function per kind; the calibration bench runs them too.

Every kind draws survey answers on a latent mean that persists from period to period, and returns the
design, the panel and the effect that was put in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cxstats.design import (
    EstimandKind,
    EvaluationDesign,
    MetricPanel,
    OtherInitiative,
    PanelCell,
    PeriodKind,
    UnitSelection,
)

ANSWER_SD = 80.0  # of one NPS answer, points


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One simulated initiative: `truth` is the effect put in, `oracle_se` the standard error of somebody who
    knows the noise model and all its parameters (None where no closed form is used). `oracle_freedom` are the
    degrees of freedom left to somebody who knows the model but has to estimate how large its noise is."""

    design: EvaluationDesign
    panel: MetricPanel
    truth: float
    oracle_se: float | None = None
    oracle_freedom: float = np.inf


def month(k: int) -> date:
    return date(2020 + k // 12, k % 12 + 1, 1)


def latent(rng: np.random.Generator, shape: tuple[int, ...], phi: float, sd: float) -> np.ndarray:
    """Stationary AR(1) along the last axis."""
    shocks = rng.normal(size=shape)
    path = np.empty(shape)
    path[..., 0] = shocks[..., 0]
    for t in range(1, shape[-1]):
        path[..., t] = phi * path[..., t - 1] + np.sqrt(1 - phi**2) * shocks[..., t]
    return sd * path


def cell(unit: str, k: int, mean: float, n: int, rng: np.random.Generator, **more: object) -> PanelCell:
    """A cell whose value is the mean of n answers."""
    value = mean + rng.normal() * ANSWER_SD / np.sqrt(n)
    return PanelCell(unit=unit, period=month(k), value=float(value), n=n, variance=ANSWER_SD**2, **more)


def plan(start: int, **more: object) -> EvaluationDesign:
    return EvaluationDesign(
        metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=month(start), **more
    )


def oracle_error(design: np.ndarray, covariance: np.ndarray, column: int) -> float:
    """Standard error of generalized least squares with the true covariance."""
    inverse = np.linalg.inv(design.T @ np.linalg.solve(covariance, design))
    return float(np.sqrt(inverse[column, column]))


def panel_oracle_error(
    starts: list[int], units: int, length: int, phi: float, own: float, counts: np.ndarray, growth: float
) -> float:
    """Standard error of the mean effect for somebody who knows all variances and the shape of the effect."""
    t = np.arange(length)
    latent_part = own**2 * phi ** np.abs(t[:, None] - t[None, :])
    shapes = np.zeros((units, length))
    for i, start in enumerate(starts):
        shapes[i] = (t >= start) * (1 + growth * (t - start))
    information, cross, own_information = np.zeros((length, length)), np.zeros(length), 0.0
    ones = np.ones(length)
    for i in range(units):
        precision = np.linalg.inv(latent_part + np.eye(length) * ANSWER_SD**2 / counts[i])
        # Each unit's own level is unknown: project it out.
        precision = precision - np.outer(precision @ ones, ones @ precision) / (ones @ precision @ ones)
        information += precision
        cross += precision @ shapes[i]
        own_information += shapes[i] @ precision @ shapes[i]
    left = own_information - cross @ np.linalg.pinv(information) @ cross
    return float(np.mean(shapes[shapes > 0]) / np.sqrt(left))


def single(
    *,
    length: int = 36,
    start: int = 24,
    phi: float = 0.4,
    sd: float = 4.0,
    answers: int = 200,
    season: float = 0.0,
    drift: float = 0.0,
    slope: float = 0.0,
) -> Callable[[np.random.Generator, float], Case]:
    """One series: latent AR(1), optional season, random-walk drift, straight slope."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        t = np.arange(length)
        mean = 20 + latent(rng, (length,), phi, sd) + slope * t
        mean = mean + season * np.sin(2 * np.pi * t / 12) + np.cumsum(rng.normal(size=length)) * drift
        mean = mean + effect * (t >= start)
        counts = rng.integers(int(answers * 0.7), int(answers * 1.3) + 1, length)
        cells = tuple(cell("all", k, mean[k], int(counts[k]), rng) for k in range(length))
        columns = [np.ones(length), t - t.mean(), t >= start]
        if season:
            angle = 2 * np.pi * np.outer(t, [1, 2]) / 12
            columns += [*np.sin(angle).T, *np.cos(angle).T]
        noise = np.diag(ANSWER_SD**2 / counts)
        covariance = sd**2 * phi ** np.abs(t[:, None] - t[None, :]) + noise
        covariance = covariance + drift**2 * np.minimum(t[:, None] + 1, t[None, :] + 1)
        return Case(
            design=plan(start, seasonal=bool(season), selection=UnitSelection.EVERYONE),
            panel=MetricPanel(cells=cells, treated=(("all", None),)),
            truth=effect,
            oracle_se=oracle_error(np.column_stack(columns).astype(float), covariance, 2),
            oracle_freedom=length - len(columns),
        )

    return make


def groups(
    *,
    treated: int = 10,
    controls: int = 10,
    length: int = 24,
    start: int = 14,
    phi: float = 0.4,
    common: float = 5.0,
    own: float = 4.0,
    answers: int = 60,
    chance: bool = False,
    wave: int = 0,
    growth: float = 0.0,
) -> Callable[[np.random.Generator, float], Case]:
    """Treated and control units with a common and an own latent path; `wave` periods between cohorts."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        units = treated + controls
        base = rng.normal(20, 8, units)
        paths = latent(rng, (length,), 0.6, common)[None, :] + latent(rng, (units, length), phi, own)
        counts = rng.integers(int(answers * 0.5), int(answers * 1.5) + 1, units)
        starts = [start + wave * (i % 3) for i in range(treated)]
        cells, gained = [], []
        for i in range(units):
            for k in range(length):
                added = 0.0
                if i < treated and k >= starts[i]:
                    added = effect * (1 + growth * (k - starts[i]))
                    gained.append(added)
                cells.append(cell(f"u{i:02}", k, base[i] + paths[i, k] + added, int(counts[i]), rng))
        names = [f"u{i:02}" for i in range(units)]
        t = np.arange(length)
        if wave and controls:
            error = panel_oracle_error(starts, units, length, phi, own, counts, growth)
        weights = np.where(t >= start, 1 / (length - start), -1 / start)
        own_part = own**2 * float(weights @ (phi ** np.abs(t[:, None] - t[None, :])) @ weights)
        noise = ANSWER_SD**2 / counts * float(weights @ weights)
        variance = own_part * (1 / treated + 1 / controls) if controls else np.inf
        if controls:
            variance += noise[:treated].sum() / treated**2 + noise[treated:].sum() / controls**2
        return Case(
            design=plan(start, selection=UnitSelection.CHANCE if chance else UnitSelection.PRACTICAL),
            panel=MetricPanel(
                cells=tuple(cells),
                treated=tuple((names[i], month(starts[i])) for i in range(treated)),
                controls=tuple(names[treated:]),
            ),
            truth=float(np.mean(gained)),
            oracle_se=None if not controls else error if wave else float(np.sqrt(variance)),
            # two units: only their difference over time tells how large the noise is
            oracle_freedom=units - 2 if units > 2 else length - 2,
        )

    return make


def chosen_worst(
    *, recent: int, told: bool = False, units: int = 40
) -> Callable[[np.random.Generator, float], Case]:
    """The worst quarter by the mean of the last `recent` periods before the go-live gets the program."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start = 24, 14
        base = rng.normal(20, 8, units)
        mean = base[:, None] + latent(rng, (units, length), 0.3, 5.0)
        values = mean + rng.normal(size=mean.shape) * ANSWER_SD / np.sqrt(40)
        worst = np.argsort(values[:, start - recent : start].mean(axis=1))[: units // 4]
        values[worst, start:] += effect
        cells = tuple(
            PanelCell(
                unit=f"u{i:02}", period=month(k), value=float(values[i, k]), n=40, variance=ANSWER_SD**2
            )
            for i in range(units)
            for k in range(length)
        )
        return Case(
            design=plan(
                start, selection=UnitSelection.WORST_SCORES, selection_periods=recent if told else None
            ),
            panel=MetricPanel(
                cells=cells,
                treated=tuple((f"u{i:02}", None) for i in sorted(worst)),
                controls=tuple(f"u{i:02}" for i in range(units) if i not in set(worst.tolist())),
            ),
            truth=effect,
        )

    return make


def overlapping(*, other_start: int, told: bool = True) -> Callable[[np.random.Generator, float], Case]:
    """Another initiative lifts the same series by 10 points."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start = 40, 24
        t = np.arange(length)
        mean = 20 + latent(rng, (length,), 0.4, 3.0) + effect * (t >= start) + 10.0 * (t >= other_start)
        cells = tuple(cell("all", k, mean[k], 250, rng) for k in range(length))
        columns = np.column_stack([np.ones(length), t - t.mean(), t >= start, t >= other_start])
        if other_start == start or not told:
            columns = columns[:, :3]
        distance = np.abs(t[:, None] - t[None, :])
        covariance = 3.0**2 * 0.4**distance + np.eye(length) * ANSWER_SD**2 / 250
        others = (OtherInitiative(name="other", start=month(other_start)),) if told else ()
        return Case(
            design=plan(start, selection=UnitSelection.EVERYONE, other_initiatives=others),
            panel=MetricPanel(cells=cells, treated=(("all", None),)),
            truth=effect,
            oracle_se=oracle_error(columns.astype(float), covariance, 2) if told else None,
            oracle_freedom=length - columns.shape[1],
        )

    return make


def mix_oracle_error(length: int, start: int) -> float:
    """Standard error at constant mix for somebody who knows the strata and the noise."""
    t = np.arange(length)
    happy = np.where(t >= start, 225, 150)
    noise = 0.25 * 70.0**2 * (1 / happy + 1 / (300 - happy))
    columns = np.column_stack([np.ones(length), t - t.mean(), t >= start]).astype(float)
    covariance = 2.0**2 * 0.4 ** np.abs(t[:, None] - t[None, :]) + np.diag(noise)
    return oracle_error(columns, covariance, 2)


def mix_shifts(*, strata: bool = True) -> Callable[[np.random.Generator, float], Case]:
    """From the go-live on, happier customers answer more often: 50 % before, 75 % after."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start = 36, 24
        path = latent(rng, (length,), 0.4, 2.0)
        cells = []
        for k in range(length):
            n = 300
            happy = int(n * (0.75 if k >= start else 0.5))
            means = {"new": 0.0, "loyal": 40.0}
            added = path[k] + effect * (k >= start)
            part = []
            for name, m in (("new", n - happy), ("loyal", happy)):
                value = means[name] + added + rng.normal() * 70 / np.sqrt(m)
                part.append((name, m, float(value), 70.0**2))
            value = sum(m * v for _, m, v, _ in part) / n
            cells.append(
                PanelCell(
                    unit="all",
                    period=month(k),
                    value=float(value),
                    n=n,
                    variance=70.0**2 + 20.0**2,
                    strata=tuple(part) if strata else (),
                )
            )
        return Case(
            design=plan(start, selection=UnitSelection.EVERYONE),
            panel=MetricPanel(cells=tuple(cells), treated=(("all", None),)),
            truth=effect,
            oracle_se=mix_oracle_error(length, start),
            oracle_freedom=length - 3,
        )

    return make


def reworded() -> Callable[[np.random.Generator, float], Case]:
    """The question's wording changes with the go-live and lifts the score by 6 points."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start = 36, 24
        path = 20 + latent(rng, (length,), 0.4, 3.0)
        cells = tuple(
            cell(
                "all",
                k,
                path[k] + (effect + 6.0) * (k >= start),
                200,
                rng,
                definition="b" if k >= start else "a",
            )
            for k in range(length)
        )
        return Case(
            design=plan(start, selection=UnitSelection.EVERYONE),
            panel=MetricPanel(cells=cells, treated=(("all", None),)),
            truth=effect,
        )

    return make


def drifting_pair(
    *, walk: float = 0.0, line: float = 0.0, length: int = 104, start: int = 70, answers: int = 100
) -> Callable[[np.random.Generator, float], Case]:
    """One treated and one control series with a common path, each with a drift of its own: a random walk or a
    straight line whose slope nobody knows."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        t = np.arange(length)
        common, phi, sd = latent(rng, (length,), 0.6, 4.0), 0.4, 2.0
        cells, noise = [], np.zeros(length)
        for i in range(2):
            own = latent(rng, (length,), phi, sd) + np.cumsum(rng.normal(size=length)) * walk
            own = own + rng.normal() * line * (t - t.mean()) + effect * (i == 0) * (t >= start)
            counts = rng.integers(int(answers * 0.7), int(answers * 1.3) + 1, length)
            noise += ANSWER_SD**2 / counts
            cells += [cell(f"u{i}", k, 20 + common[k] + own[k], int(counts[k]), rng) for k in range(length)]
        covariance = 2 * sd**2 * phi ** np.abs(t[:, None] - t[None, :]) + np.diag(noise)
        covariance = covariance + 2 * walk**2 * np.minimum(t[:, None] + 1, t[None, :] + 1)
        covariance = covariance + 2 * line**2 * np.outer(t - t.mean(), t - t.mean())
        columns = np.column_stack([np.ones(length), t >= start]).astype(float)
        return Case(
            design=plan(start, selection=UnitSelection.PRACTICAL),
            panel=MetricPanel(cells=tuple(cells), treated=(("u0", None),), controls=("u1",)),
            truth=effect,
            oracle_se=oracle_error(columns, covariance, 1),
            oracle_freedom=length - 2,
        )

    return make


def leaning_groups(
    *, slope: float, fades: bool = False, units: int = 10
) -> Callable[[np.random.Generator, float], Case]:
    """Ten against ten that drift apart by `slope` points a month, before the go-live and, unless it `fades`,
    after it."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        length, start = 24, 14
        own = rng.normal(20, 8, (2 * units, 1)) + latent(rng, (2 * units, length), 0.4, 4.0)
        apart = slope * np.minimum(np.arange(length), start - 1 if fades else length)
        cells = tuple(
            cell(
                f"u{i:02}",
                k,
                own[i, k] + (apart[k] + effect * (k >= start)) * (i < units),
                60,
                rng,
            )
            for i in range(2 * units)
            for k in range(length)
        )
        return Case(
            design=plan(start, selection=UnitSelection.PRACTICAL),
            panel=MetricPanel(
                cells=cells,
                treated=tuple((f"u{i:02}", None) for i in range(units)),
                controls=tuple(f"u{i:02}" for i in range(units, 2 * units)),
            ),
            truth=effect,
        )

    return make


def few_answers_above_donors() -> Callable[[np.random.Generator, float], Case]:
    """One unit of twenty answers a month, 12 points above twenty donors on average."""

    def make(rng: np.random.Generator, effect: float) -> Case:
        case = groups(treated=1, controls=20, answers=20)(rng, effect)
        mine = case.panel.treated[0][0]
        raised = tuple(replace(one, value=one.value + 12.0 * (one.unit == mine)) for one in case.panel.cells)
        return replace(case, panel=replace(case.panel, cells=raised))

    return make
