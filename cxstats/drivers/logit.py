"""Logistic regression by maximum likelihood: Newton's method with step halving."""

from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special

_MOST_STEPS, _SMALLEST_MOVE = 100, 1e-8
# Of the information without drivers. Where outcomes are separated it shrinks by e with each step, without
# end; drivers nearly collinear leave 1e-10.
_LEAST_INFORMATION = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class LogitFit:
    """Coefficients (intercept first), fitted probabilities (n,) and log likelihood."""

    coefficients: FloatArray
    probabilities: FloatArray
    log_likelihood: float


def logit_fit(outcome: FloatArray, columns: FloatArray) -> LogitFit:
    """Fit checked input: outcome of 0 and 1, both present; columns (n, p) of mean 0 and deviation 1.

    Raises
    ------
    NotEstimable
        `NO_UNIQUE_SOLUTION` where the drivers separate the outcomes, wholly or in part: the likelihood
        then grows without end, and no finite coefficient is the best one. Also where they nearly do
        because of absurd values (hundreds of standard deviations away), after 100 steps.

    Source
    ------
    McCullagh and Nelder 1989, section 4.4; separation: Albert and Anderson 1984, Biometrika 71(1).
    """
    n = outcome.size
    table = np.column_stack([np.ones(n), columns])
    coefficients = np.zeros(table.shape[1])
    share = float(outcome.mean())
    coefficients[0] = special.logit(share)
    least = _LEAST_INFORMATION * share * (1 - share)
    height = _log_likelihood(outcome, table @ coefficients)
    for _ in range(_MOST_STEPS):
        probabilities = special.expit(table @ coefficients)
        information = (table.T * (probabilities * (1 - probabilities))) @ table / n
        gradient = table.T @ (outcome - probabilities) / n
        # least squares: stays finite where the information vanishes in a direction
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]
        reached = _log_likelihood(outcome, table @ (coefficients + step))
        while reached < height - 1e-12 * abs(height):  # too far: the likelihood is no parabola out there
            step = step / 2
            reached = _log_likelihood(outcome, table @ (coefficients + step))
        coefficients, height = coefficients + step, reached
        settled = np.max(np.abs(table @ step)) < _SMALLEST_MOVE
        if settled and np.linalg.eigvalsh(information)[0] > least:
            return LogitFit(
                coefficients=coefficients,
                probabilities=special.expit(table @ coefficients),
                log_likelihood=height,
            )
    raise NotEstimable(Reason.NO_UNIQUE_SOLUTION, steps=_MOST_STEPS)


def _log_likelihood(outcome: FloatArray, log_odds: FloatArray) -> float:
    return float(outcome @ log_odds - np.logaddexp(0, log_odds).sum())
