"""Quiet series that wander, with all that makes them wander known: what marks on trends are tried on.

Answers are drawn one by one from a latent normal mood, so that shares, means and NPS have the distributions
that survey answers have; rates are daily counts. Sizes of process noise, season and walk are in units of the
sampling standard deviation of one period with the usual number of answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

FloatArray = np.ndarray

MONTHS = 36
ANSWERS = 60
DAYS = 30
WEEK_SHAPE = 8.0  # of the gamma distribution that makes good and bad weeks of counts
RATE_DEFF = 1.2  # how much more that widens a rate than clusters of answers widen a score


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """How one metric reads the mood: `slope` of its value by the mood, `spread` of one answer. Measured."""

    key: str
    slope: float
    spread: float

    @property
    def error(self) -> float:
        """Sampling standard deviation of one answer, in the mood."""
        return self.spread / self.slope


METRICS = (
    Metric(key="nps", slope=69.0, spread=77.5),  # 50 % promoters, 20 % detractors
    Metric(key="share", slope=0.315, spread=0.434),  # 75 %
    Metric(key="mean", slope=0.92, spread=1.002),  # of 1 to 5
    Metric(key="rate", slope=1.0, spread=1.0),  # counts of 1 per unit of exposure
)
MEAN_CUTS = np.array([-2.0, -1.3, -0.5, 0.5])


@dataclass(frozen=True, kw_only=True, slots=True)
class Wander:
    """One kind of quiet series. `judged`: marks are counted from so many months on."""

    key: str
    months: int = MONTHS
    judged: int = 12
    sizes: Callable[[np.random.Generator, int], FloatArray] = lambda _rng, months: np.full(months, ANSWERS)
    process_sd: float = 0.0
    phi: float = 0.0
    walk_sd: float = 0.0
    season_wave: float = 0.0
    season_month: float = 0.0
    cluster: int = 1  # answers that come together
    alike: float = 0.0  # share of the mood that they have in common
    deff: float = 1.0  # by which that widens a period's figure, measured
    is_extra: bool = False  # beside the nine kinds that the goals are about

    def usual(self) -> float:
        """Answers in a usual month."""
        return float(np.median(self.sizes(np.random.default_rng(0), 2000)))

    def covariance(self, metric: Metric, sizes: FloatArray) -> FloatArray:
        """Of the monthly figures, in the metric's mood: all that the oracle knows."""
        months = sizes.size
        unit = metric.error / sqrt(self.usual())
        time = np.arange(months)
        apart = np.abs(time[:, None] - time[None, :])
        level = self.process_sd**2 * np.where(apart == 0, 1.0, self.phi**apart)
        walk = self.walk_sd**2 * np.minimum(time[:, None], time[None, :])
        season = self.season_wave**2 / 2 * np.cos(2 * np.pi * apart / 12)
        season = season + self.season_month**2 * (apart % 12 == 0)
        deff = self.deff * (RATE_DEFF if metric.key == "rate" and self.cluster > 1 else 1.0)
        noise = np.diag(deff * metric.error**2 / sizes)
        return unit**2 * (level + walk + season) + noise

    def path(self, rng: np.random.Generator, metric: Metric) -> FloatArray:
        """The mood of each month."""
        unit = metric.error / sqrt(self.usual())
        shocks = rng.normal(size=self.months)
        level = np.empty(self.months)
        level[0] = shocks[0]
        for t in range(1, self.months):
            level[t] = self.phi * level[t - 1] + sqrt(1 - self.phi**2) * shocks[t]
        time = np.arange(self.months)
        wave = np.cos(2 * np.pi * time / 12 + rng.uniform(0, 2 * np.pi))
        months = rng.normal(size=12)[time % 12]
        walk = np.cumsum(np.r_[0.0, rng.normal(size=self.months - 1)])
        return unit * (
            self.process_sd * level
            + self.walk_sd * walk
            + self.season_wave * wave
            + self.season_month * months
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A series as the page has it: values, sizes, variances of one answer."""

    values: FloatArray
    sizes: FloatArray
    variances: FloatArray


def _few(_rng: np.random.Generator, months: int) -> FloatArray:
    return np.full(months, 8)


def _changing(rng: np.random.Generator, months: int) -> FloatArray:
    return np.maximum(8, np.round(np.exp(rng.normal(np.log(ANSWERS), 0.7, size=months)))).astype(int)


def _growing(_rng: np.random.Generator, months: int) -> FloatArray:
    return np.round(10 * 40 ** (np.arange(months) / max(months - 1, 1))).astype(int)


def _many(_rng: np.random.Generator, months: int) -> FloatArray:
    return np.full(months, 600)


WANDERS = (
    Wander(key="sampling_only"),
    Wander(key="clustered_answers", cluster=6, alike=0.35, deff=2.3),
    Wander(key="white_process_noise", process_sd=1.0),
    Wander(key="autocorrelated", process_sd=1.0, phi=0.7),
    Wander(key="season", season_wave=1.5, season_month=0.5),
    Wander(key="level_walk", walk_sd=0.4),
    Wander(key="few_answers", sizes=_few),
    Wander(key="changing_answers", sizes=_changing, process_sd=0.7),
    Wander(key="short_history", months=10, judged=3, process_sd=1.0, phi=0.5),
    Wander(key="strongly_autocorrelated", process_sd=2.0, phi=0.9, is_extra=True),
    Wander(key="white_and_clustered", process_sd=1.5, cluster=6, alike=0.35, deff=2.3, is_extra=True),
    Wander(key="season_and_memory", process_sd=1.0, phi=0.6, season_wave=1.5, is_extra=True),
    Wander(key="many_answers", sizes=_many, process_sd=4.0, phi=0.6, is_extra=True),
    Wander(key="growing_answers", sizes=_growing, process_sd=0.7, phi=0.5, is_extra=True),
    Wander(key="few_and_noisy", sizes=_few, process_sd=1.0, is_extra=True),
)


def draw(rng: np.random.Generator, wander: Wander, metric: Metric, jump: float = 0.0) -> Drawn:
    """One series; `jump` lifts the last month, in innovations of the oracle."""
    sizes = wander.sizes(rng, wander.months).astype(float)
    mood = wander.path(rng, metric)
    if jump:
        mood[-1] += jump * Oracle.of(wander, metric, sizes).sd
    if metric.key == "rate":
        return _rates(rng, wander, mood, sizes)
    cells = [
        _cell(metric, _answers(rng, wander, level, int(n))) for level, n in zip(mood, sizes, strict=True)
    ]
    values, variances = np.array(cells).T
    return Drawn(values=values, sizes=sizes, variances=variances)


@dataclass(frozen=True, kw_only=True, slots=True)
class Oracle:
    """The last month as somebody sees it who knows every variance, but not the mean."""

    weights: FloatArray  # of the earlier months in what is expected
    sd: float  # of the distance from it, in the mood

    @classmethod
    def of(cls, wander: Wander, metric: Metric, sizes: FloatArray) -> "Oracle":
        """Best linear unbiased prediction."""
        covariance = wander.covariance(metric, sizes)
        past, cross = covariance[:-1, :-1], covariance[:-1, -1]
        ones = np.ones(sizes.size - 1)
        solved = np.linalg.solve(past, np.column_stack([cross, ones]))
        rest = (1.0 - cross @ solved[:, 1]) / (ones @ solved[:, 1])
        variance = covariance[-1, -1] - cross @ solved[:, 0] + (1.0 - cross @ solved[:, 1]) * rest
        return cls(weights=solved[:, 0] + rest * solved[:, 1], sd=float(np.sqrt(variance)))

    def marks(self, metric: Metric, values: FloatArray) -> bool:
        """Whether the last value lies outside the oracle's 95 % range."""
        return bool(abs(values[-1] - self.weights @ values[:-1]) > 1.959964 * self.sd * metric.slope)


def _answers(rng: np.random.Generator, wander: Wander, level: float, n: int) -> FloatArray:
    own = rng.normal(size=n)
    if wander.cluster > 1:
        groups = rng.normal(size=-(-n // wander.cluster))
        own = sqrt(1 - wander.alike) * own + sqrt(wander.alike) * np.repeat(groups, wander.cluster)[:n]
    return level + own


def _cell(metric: Metric, moods: FloatArray) -> tuple[float, float]:
    """Value and variance of one answer, as the product's cells have them."""
    n = moods.size
    if metric.key == "nps":
        up, down = int(np.sum(moods > 0)), int(np.sum(moods < -0.8416))
        p, d = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
        return 100.0 * (up - down) / n, 1e4 * (p + d - (p - d) ** 2)
    if metric.key == "share":
        hits = int(np.sum(moods > -0.6745))
        p = (hits + 1) / (n + 2)
        return hits / n, p * (1 - p)
    scores = 1.0 + np.searchsorted(MEAN_CUTS, moods)
    return float(scores.mean()), float(scores.var(ddof=1))


def _rates(rng: np.random.Generator, wander: Wander, mood: FloatArray, sizes: FloatArray) -> Drawn:
    """Counts of days; `sizes` counts of a month, so that the relative error is that of an answer."""
    values, exposures, variances = [], [], []
    for level, n in zip(mood, sizes, strict=True):
        days = DAYS if n >= DAYS else 8
        exposure = rng.uniform(0.8, 1.2, size=days)
        exposure *= n / exposure.sum()
        rate = np.full(days, np.exp(level))
        if wander.cluster > 1:  # weeks that are good or bad together
            weeks = rng.gamma(WEEK_SHAPE, 1 / WEEK_SHAPE, size=-(-days // 7))
            rate *= np.repeat(weeks, 7)[:days]
        amounts = rng.poisson(rate * exposure)
        total = exposure.sum()
        value = amounts.sum() / total
        rest = amounts - value * exposure
        variance = days / (days - 1) * float(rest @ rest) / total**2
        values.append(value)
        exposures.append(total)
        variances.append(variance * total)
    return Drawn(values=np.array(values), sizes=np.array(exposures), variances=np.array(variances))
