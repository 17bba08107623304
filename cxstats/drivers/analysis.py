"""What moves the outcome: shares of R2 with intervals, signs, groups and honest refusals."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike

from cxstats.checks import FloatArray, count, fraction
from cxstats.drivers.answers import Answers, MissingRule
from cxstats.drivers.letters import letter_groups
from cxstats.drivers.shares import MOST_EXACT_DRIVERS, is_independent, johnson, lmg, require_independent
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Estimate, Interval, Unit

_LEAST_PER_DRIVER, _LEAST_ANSWERS, _LEAST_CLUSTERS = 10, 100, 10
_LITTLE_EXPLAINED, _LARGEST_VIF = 0.15, 10.0


class DriverNote(StrEnum):
    """What the reader must be told beside the shares."""

    ONE_SURVEY_ASSOCIATION = "one_survey_association"  # drivers and outcome from the same answers
    EXPLAIN_LITTLE = "explain_little"  # R2 below .15
    MERGE_ITEMS = "merge_items"  # a variance inflation factor above 10
    SUPPRESSION = "suppression"  # coefficient and correlation point opposite ways
    RELATIVE_WEIGHTS = "relative_weights"  # too many drivers for general dominance
    MISSING_PAIRWISE = "missing_pairwise"
    MISSING_EM = "missing_em"
    SOME_RESAMPLES_LOST = "some_resamples_lost"  # more than 5 % of resamples gave no result


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverShare:
    """One driver. Shares are None where the analysis gives correlations only.

    `share` is its part of R2 (0..1, sums to 1 over the drivers), `explained` the same times R2.
    `distinguishable`: more than an unrelated driver would get by chance, and its correlation's
    interval leaves out zero. `coefficient` is the standardized slope with all drivers in;
    `suppressed` says that it contradicts the correlation, beyond its interval. Drivers that share a
    letter of `letters` cannot be told apart. `answered` counts respondents who answered this item.
    """

    key: str
    share: Estimate | None
    explained: float | None
    distinguishable: bool | None
    correlation: Estimate
    coefficient: Estimate | None
    suppressed: bool | None
    vif: float | None
    letters: str | None
    answered: int
    missing_share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverAnalysis:
    """Drivers in the order given. `refusal` says why there are correlations but no shares."""

    drivers: tuple[DriverShare, ...]
    r_squared: Estimate | None
    n: int
    needed: int
    clusters: int | None
    missing_rule: MissingRule
    notes: tuple[DriverNote, ...]
    refusal: Reason | None


def driver_analysis(
    *,
    outcome: ArrayLike,
    drivers: ArrayLike,
    keys: Sequence[str],
    rng: np.random.Generator,
    clusters: Sequence[Hashable] | None = None,
    missing: MissingRule = MissingRule.PAIRWISE,
    resamples: int = 200,
    level: float = 0.95,
) -> DriverAnalysis:
    """Share of each driver in the explained variance of an outcome.

    Parameters
    ----------
    outcome : array-like, shape (respondents,)
        Overall score; NaN where missing (such respondents are left out).
    drivers : array-like, shape (respondents, p)
        Scores of the touchpoints; NaN where not answered.
    keys : sequence of str, length p
    rng : numpy.random.Generator
        For the bootstrap.
    clusters : sequence, optional
        Account of each respondent: whole accounts are resampled then.
    missing : MissingRule
        A pairwise table that contradicts itself falls back to EM; the result says which was used.
    resamples : int
        At least 100.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DriverAnalysis
        General dominance up to 16 drivers, relative weights above.

    Raises
    ------
    InvalidInput
        Shapes that differ, text, infinity, repeated keys.
    NotEstimable
        `NO_DATA`, `NO_VARIATION` (of the named column; 0 is the outcome), `TOO_FEW_ANSWERS` below
        four pairs, `TOO_FEW_CLUSTERS` below ten.

    Source
    ------
    Shares: see `lmg_shares`, `relative_weights`. Correlation interval: Fisher 1921, or bootstrap
    with clusters. n >= max(10 p, 100): methods handbook.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> scores = rng.normal(size=(400, 3))
    >>> overall = scores @ [0.8, 0.4, 0.0] + rng.normal(size=400)
    >>> result = driver_analysis(outcome=overall, drivers=scores, keys=["help", "price", "shop"], rng=rng)
    >>> [driver.letters for driver in result.drivers], result.drivers[2].distinguishable
    (['a', 'b', 'c'], False)
    """
    names = tuple(keys)
    times, coverage = count("resamples", resamples, minimum=100), fraction("level", level)
    if len(set(names)) != len(names):
        raise InvalidInput("keys", "unique names")
    answers = Answers.read(outcome, drivers, clusters, missing)
    size = answers.table.shape[1] - 1
    if len(names) != size:
        raise InvalidInput("keys", f"one per driver ({size})")
    if clusters is not None and answers.group_count < _LEAST_CLUSTERS:
        raise NotEstimable(Reason.TOO_FEW_CLUSTERS, found=answers.group_count, needed=_LEAST_CLUSTERS)
    n, needed = answers.fewest_pairs, max(_LEAST_PER_DRIVER * size, _LEAST_ANSWERS)
    if n < 4:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, found=n, needed=4)
    whole = answers.correlation(np.ones(answers.table.shape[0]))
    if whole is None:
        raise NotEstimable(Reason.NO_VARIATION)
    enough = n >= needed
    if enough:
        require_independent(whole[1:, 1:])
    drawn = _bootstrap(answers, rng, times) if enough or clusters is not None else []
    found_shares = _Shares(whole, drawn, coverage) if enough else None
    rows = tuple(
        _row(names[column], column, answers, whole, drawn, found_shares, coverage, clusters is not None)
        for column in range(size)
    )
    return DriverAnalysis(
        drivers=rows,
        r_squared=None if found_shares is None else found_shares.r_squared(n, coverage),
        n=n,
        needed=needed,
        clusters=None if clusters is None else answers.group_count,
        missing_rule=answers.rule,
        notes=_notes(rows, found_shares, answers.rule, size),
        refusal=None if enough else Reason.TOO_FEW_ANSWERS,
    )


class _Shares:
    """Point values and resampled shares of one analysis."""

    def __init__(self, whole: FloatArray, drawn: list[FloatArray], coverage: float) -> None:
        self.split = lmg if len(whole) - 1 <= MOST_EXACT_DRIVERS else johnson
        self.method = "general dominance" if self.split is lmg else "relative weights"
        inner, outer = whole[1:, 1:], whole[0, 1:]
        self.parts = np.maximum(self.split(inner, outer), 0.0)
        self.total = float(self.parts.sum())
        if not self.total > 1e-12:
            raise NotEstimable(Reason.NO_VARIATION)
        self.slopes = np.linalg.solve(inner, outer)
        self.vif = np.diag(np.linalg.inv(inner))
        usable = [matrix for matrix in drawn if is_independent(matrix[1:, 1:])]
        if 2 * len(usable) < len(drawn):
            raise NotEstimable(Reason.COLLINEAR, resamples_without_result=len(drawn) - len(usable))
        self.lost = 1 - len(usable) / len(drawn)
        resampled = np.maximum([self.split(matrix[1:, 1:], matrix[0, 1:]) for matrix in usable], 0.0)
        self.totals = resampled.sum(axis=1)
        self.shares = resampled / np.maximum(self.totals, 1e-300)[:, None]
        tail = (1 - coverage) / 2
        self.limits = np.quantile(self.shares, [tail, 1 - tail], axis=0)
        slopes = [np.linalg.solve(matrix[1:, 1:], matrix[0, 1:]) for matrix in usable]
        self.slope_limits = np.quantile(slopes, [tail, 1 - tail], axis=0)
        self.letters = self._letters(tail)

    def _letters(self, tail: float) -> list[str]:
        """Two drivers differ when the interval of the difference of their shares leaves out zero."""
        order = np.argsort(-self.parts, kind="stable")
        ranked = self.shares[:, order]
        differences = ranked[:, :, None] - ranked[:, None, :]
        low, high = np.quantile(differences, [tail, 1 - tail], axis=0)
        letters = letter_groups((low > 0) | (high < 0))
        by_driver = [""] * len(order)
        for place, driver in enumerate(order.tolist()):
            by_driver[driver] = letters[place]
        return by_driver

    def r_squared(self, n: int, coverage: float) -> Estimate:
        tail = (1 - coverage) / 2
        limits = np.quantile(self.totals, [tail, 1 - tail])
        return _estimate(self.total, limits, n, Unit.SHARE, "R2 of all drivers, bootstrap", coverage)


def _estimate(value: float, limits: FloatArray, n: int, unit: Unit, method: str, coverage: float) -> Estimate:
    """Estimate whose interval holds its value, whatever the resamples say."""
    low, high = limits.tolist()
    return Estimate(
        value=value,
        interval=Interval(low=min(low, value), high=max(high, value), level=coverage),
        n=n,
        unit=unit,
        method=method,
    )


def _row(
    key: str,
    column: int,
    answers: Answers,
    whole: FloatArray,
    drawn: list[FloatArray],
    found: _Shares | None,
    coverage: float,
    clustered: bool,
) -> DriverShare:
    answered = int(answers.present[:, column + 1].sum())
    missing = 1 - answered / answers.table.shape[0]
    correlation = _correlation(
        float(whole[0, column + 1]), answered, coverage, column + 1, drawn if clustered else None
    )
    if found is None:
        return DriverShare(
            key=key,
            share=None,
            explained=None,
            distinguishable=None,
            correlation=correlation,
            coefficient=None,
            suppressed=None,
            vif=None,
            letters=None,
            answered=answered,
            missing_share=missing,
        )
    part, slope, n = float(found.parts[column]), float(found.slopes[column]), answers.fewest_pairs
    value = part / found.total
    share = _estimate(value, found.limits[:, column], n, Unit.SHARE, f"{found.method}, bootstrap", coverage)
    coefficient = _estimate(
        slope, found.slope_limits[:, column], n, Unit.COEFFICIENT, "standardized slope, bootstrap", coverage
    )
    # what an unrelated driver gains by chance: (1 - R2) F(1, n - p - 1) / (n - p - 1)
    freedom = n - found.parts.size - 1
    by_chance = max(1 - found.total, 0.0) * float(special.fdtri(1, freedom, coverage)) / freedom
    return DriverShare(
        key=key,
        share=share,
        explained=part,
        distinguishable=part > by_chance and not correlation.interval.contains(0.0),
        correlation=correlation,
        coefficient=coefficient,
        suppressed=slope * correlation.value < 0 and not coefficient.interval.contains(0.0),
        vif=float(found.vif[column]),
        letters=found.letters[column],
        answered=answered,
        missing_share=missing,
    )


def _bootstrap(answers: Answers, rng: np.random.Generator, times: int) -> list[FloatArray]:
    """Correlation matrices of resampled respondents or clusters; undefined ones are left out."""
    groups = answers.group_count
    chances = np.full(groups, 1 / groups)
    found = []
    for _ in range(times):
        drawn = rng.multinomial(groups, chances).astype(np.float64)
        matrix = answers.correlation(drawn[answers.groups])
        if matrix is not None:
            found.append(matrix)
    if 2 * len(found) < times:
        raise NotEstimable(Reason.TOO_FEW_ANSWERS, resamples_with_result=len(found))
    return found


def _correlation(
    value: float, n: int, coverage: float, column: int, drawn: list[FloatArray] | None
) -> Estimate:
    tail = (1 + coverage) / 2
    value = max(min(value, 1.0), -1.0)
    if drawn is not None:
        low, high = np.quantile([matrix[0, column] for matrix in drawn], [1 - tail, tail]).tolist()
        method = "correlation, interval by bootstrap of clusters"
    elif abs(value) > 1 - 1e-12:
        low = high = value
        method = "correlation"
    else:
        reach = float(special.ndtri(tail)) / sqrt(n - 3)
        low, high = tanh(atanh(value) - reach), tanh(atanh(value) + reach)
        method = "correlation, Fisher's z interval"
    return _estimate(value, np.array([low, high]), n, Unit.COEFFICIENT, method, coverage)


def _notes(
    rows: tuple[DriverShare, ...], found: _Shares | None, rule: MissingRule, size: int
) -> tuple[DriverNote, ...]:
    notes = [DriverNote.ONE_SURVEY_ASSOCIATION]
    if found is not None:
        if found.total < _LITTLE_EXPLAINED:
            notes.append(DriverNote.EXPLAIN_LITTLE)
        if float(found.vif.max()) > _LARGEST_VIF:
            notes.append(DriverNote.MERGE_ITEMS)
        if any(row.suppressed for row in rows):
            notes.append(DriverNote.SUPPRESSION)
        if size > MOST_EXACT_DRIVERS:
            notes.append(DriverNote.RELATIVE_WEIGHTS)
        if found.lost > 0.05:
            notes.append(DriverNote.SOME_RESAMPLES_LOST)
    if rule is MissingRule.PAIRWISE:
        notes.append(DriverNote.MISSING_PAIRWISE)
    if rule is MissingRule.EM:
        notes.append(DriverNote.MISSING_EM)
    return tuple(notes)
