"""Correlations from answers with gaps: pairwise, or by full information (EM)."""

from collections.abc import Hashable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxstats.checks import FloatArray
from cxstats.errors import InvalidInput, NotEstimable, Reason

_EM_ALL_ROWS, _EM_RESAMPLE = (1000, 1e-10), (100, 1e-6)  # most steps, smallest move


class MissingRule(StrEnum):
    """How unanswered items are treated."""

    COMPLETE = "complete"  # respondents with every answer
    PAIRWISE = "pairwise"  # each correlation from those who answered both; EM where that contradicts itself
    EM = "em"  # full information: maximum likelihood of a normal model, missing at random


class Answers:
    """Answers ready for weighted correlation; column 0 is the outcome. Rows can be drawn by weight."""

    def __init__(self, table: FloatArray, groups: NDArray[np.intp], rule: MissingRule) -> None:
        self.table, self.groups, self.rule = table, groups, rule
        self.group_count = int(groups.max()) + 1
        self.present = ~np.isnan(table)
        self.filled = np.where(self.present, table, 0.0)
        self.mask = self.present.astype(np.float64)
        self.patterns = _patterns(self.present) if rule is MissingRule.EM else ()
        self._start: tuple[FloatArray, FloatArray] | None = None  # EM result of all rows, once known

    @classmethod
    def read(
        cls,
        outcome: ArrayLike,
        drivers: ArrayLike,
        clusters: Sequence[Hashable] | None,
        rule: MissingRule,
    ) -> "Answers":
        """Check, drop rows that cannot help, center and scale (for precision, not for the result)."""
        table = answer_table(outcome, drivers)
        groups = _groups(clusters, table.shape[0])
        present = ~np.isnan(table)
        useful = (
            present.all(axis=1)
            if rule is MissingRule.COMPLETE
            else present[:, 0] & present[:, 1:].any(axis=1)
        )
        table, groups = table[useful], groups[useful]
        if table.shape[0] == 0:
            raise NotEstimable(Reason.NO_DATA)
        groups = np.unique(groups, return_inverse=True)[1].astype(np.intp)
        for column in range(table.shape[1]):
            known = table[~np.isnan(table[:, column]), column]
            if known.size == 0:
                raise NotEstimable(Reason.NO_DATA, column=column)
            spread = float(np.ptp(known))
            if spread == 0:
                raise NotEstimable(Reason.NO_VARIATION, column=column)
            table[:, column] = (table[:, column] - known.mean()) / spread
        if not np.isnan(table).any():
            rule = MissingRule.COMPLETE
        answers = cls(table, groups, rule)
        if rule is MissingRule.PAIRWISE:
            pairwise = answers._pairwise(np.ones(table.shape[0]))
            if pairwise is None or np.linalg.eigvalsh(pairwise)[0] < 1e-8:
                return cls(table, groups, MissingRule.EM)
        return answers

    @property
    def fewest_pairs(self) -> int:
        """Respondents behind the weakest correlation."""
        return int((self.mask.T @ self.mask).min())

    def correlation(self, weights: FloatArray) -> FloatArray | None:
        """Correlation matrix with each row counted `weights` times; None where it is not defined."""
        if self.rule is MissingRule.EM:
            return self._em(weights)
        return self._pairwise(weights)

    def _pairwise(self, weights: FloatArray) -> FloatArray | None:
        weighted_mask = self.mask * weights[:, None]
        weighted = self.filled * weights[:, None]
        pairs = weighted_mask.T @ self.mask
        if pairs.min() < 3:
            return None
        sums = weighted.T @ self.mask  # of the row variable, over those who answered both
        squares = (weighted * self.filled).T @ self.mask
        crossed = weighted.T @ self.filled - sums * sums.T / pairs
        variance = squares - sums**2 / pairs
        if variance.min() <= 1e-12:
            return None
        result: FloatArray = crossed / np.sqrt(variance * variance.T)
        np.fill_diagonal(result, 1.0)
        return result

    def _em(self, weights: FloatArray) -> FloatArray | None:
        """EM for mean and covariance of a normal model; None where it degenerates."""
        size = self.table.shape[1]
        total = float(weights.sum())
        held = weights @ self.mask
        if held.min() < 3:
            return None
        most, tolerance = _EM_ALL_ROWS if self._start is None else _EM_RESAMPLE
        if self._start is None:
            mean = (weights @ self.filled) / held
            covariance = np.diag((weights @ self.filled**2) / held - mean**2)
        else:
            mean, covariance = self._start
        moved, steps = np.inf, 0
        while moved > tolerance and steps < most:
            first, second = np.zeros(size), np.zeros((size, size))
            for rows, known, unknown in self.patterns:
                filled = self.filled[rows].copy()
                share = weights[rows]
                if unknown.size:
                    inner = np.linalg.pinv(covariance[np.ix_(known, known)], hermitian=True)
                    slopes = inner @ covariance[np.ix_(known, unknown)]
                    filled[:, unknown] = mean[unknown] + (filled[:, known] - mean[known]) @ slopes
                    rest = (
                        covariance[np.ix_(unknown, unknown)] - slopes.T @ covariance[np.ix_(known, unknown)]
                    )
                    second[np.ix_(unknown, unknown)] += share.sum() * rest
                first += share @ filled
                second += (filled * share[:, None]).T @ filled
            next_mean = first / total
            next_covariance = second / total - np.outer(next_mean, next_mean)
            moved, steps = float(np.abs(next_covariance - covariance).max()), steps + 1
            mean, covariance = next_mean, next_covariance
        if self._start is None:
            self._start = mean, covariance
        variance = np.diag(covariance)
        if variance.min() <= 1e-12:
            return None
        result: FloatArray = covariance / np.sqrt(np.outer(variance, variance))
        np.fill_diagonal(result, 1.0)
        return result


def _patterns(
    present: NDArray[np.bool_],
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], ...]:
    """Rows that share the same gaps, with the columns they have and lack."""
    kinds, which = np.unique(present, axis=0, return_inverse=True)
    which = which.reshape(-1)
    return tuple(
        (np.flatnonzero(which == place), np.flatnonzero(kind), np.flatnonzero(~kind))
        for place, kind in enumerate(kinds)
    )


def answer_table(outcome: ArrayLike, drivers: ArrayLike) -> FloatArray:
    """Checked table, outcome first, NaN where not answered."""
    try:
        left = np.asarray(outcome, dtype=np.float64)
        right = np.asarray(drivers, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("outcome and drivers", "numbers, NaN where not answered") from error
    if left.ndim != 1 or right.ndim != 2 or right.shape[0] != left.size or right.shape[1] == 0:
        raise InvalidInput("drivers", "one row per outcome and at least one column")
    table = np.column_stack([left, right])
    if np.isinf(table).any():
        raise InvalidInput("outcome and drivers", "finite numbers, NaN where not answered")
    return table


def _groups(clusters: Sequence[Hashable] | None, rows: int) -> NDArray[np.intp]:
    if clusters is None:
        return np.arange(rows, dtype=np.intp)
    if len(clusters) != rows:
        raise InvalidInput("clusters", f"one per respondent ({rows})")
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(cluster, len(codes)) for cluster in clusters], dtype=np.intp)
