"""Errors of a metric series: a persistent latent mean plus sampling noise of known variance.

``y_t = x_t'b + m_t + e_t``, ``m`` a stationary AR(1) with correlation ``phi ** gap`` and standard
deviation ``s``, ``e_t ~ N(0, h_t)`` with ``h_t = v_t / n_t`` known. A Kalman filter whitens the
columns for a whole grid of ``(phi, s)`` at once, the restricted likelihood weighs the grid, and
every contrast is read from the weighted mixture: the uncertainty about ``phi`` and ``s`` stays in
the interval, which a plug-in estimate would lose in short series.
"""

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable, Reason
from cxstats.its.fit import LinearFit

PHI_GRID = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9, 0.94, 0.97, 0.99])
_SD_STEPS = 16
_NEGLIGIBLE = 1e-7
_PHI_RANGE = (-0.945, 0.994)
# Prior standard deviations of a difference's drift over the whole window, in residual standard deviations of
# one period, and their weights: even odds that there is none. Effectively none: its column weighs nothing.
DRIFT_SDS = np.array([1e-5, 0.25, 0.5, 1.0, 2.0, 4.0])
_DRIFT_WEIGHTS = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
type _Products = tuple[float, int, FloatArray, FloatArray, FloatArray]


def whiten(
    *, columns: FloatArray, gaps: FloatArray, phi: FloatArray, latent_sd: FloatArray, noise: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Whiten columns by the Kalman filter, for each noise model of a grid.

    Parameters
    ----------
    columns : array (T, c), metric units
    gaps : array (T,)
        Periods since the row before; the first entry is not read.
    phi, latent_sd : arrays (g,)
        The grid: correlation of neighboring periods in (-1, 1), standard deviation >= 0.
    noise : array (T,)
        Known sampling variances >= 0 in metric units squared.

    Returns
    -------
    whitened (g, T, c) and the log determinant (g,) of each covariance matrix.

    Notes
    -----
    Source: Harvey, Forecasting, structural time series models and the Kalman filter (1989), 3.4.2:
    the filter of the design's columns is the whitening transform of generalized least squares.

    Examples
    --------
    >>> rows, log_determinant = whiten(columns=np.ones((2, 1)), gaps=np.ones(2),
    ...     phi=np.zeros(1), latent_sd=np.ones(1), noise=np.array([3.0, 8.0]))
    >>> rows[0, :, 0].round(6).tolist(), round(float(log_determinant[0]), 4)
    ([0.5, 0.333333], 3.5835)
    """
    length, width = columns.shape
    state = np.zeros((phi.size, width))
    variance = latent_sd**2
    stationary = latent_sd**2
    rows = np.empty((length, phi.size, width))
    log_determinant = np.zeros(phi.size)
    for t in range(length):
        if t > 0:
            decay = phi ** gaps[t]
            state = decay[:, None] * state
            variance = decay**2 * variance + (1.0 - decay**2) * stationary
        innovation_variance = variance + noise[t]
        innovation = columns[t] - state
        rows[t] = innovation / np.sqrt(innovation_variance)[:, None]
        log_determinant += np.log(innovation_variance)
        gain = variance / innovation_variance
        state = state + gain[:, None] * innovation
        variance = variance * (1.0 - gain)
    return rows.transpose(1, 0, 2), log_determinant


def contrast_errors(
    *,
    design: FloatArray,
    time: FloatArray,
    noise: FloatArray,
    contrast: FloatArray,
    fit: LinearFit,
    drift: int | None = None,
) -> FloatArray:
    """Standard error (k,) of ``contrast @ b`` in another design, under each noise model of `fit`.

    Parameters
    ----------
    design : array (T, p)
        Full column rank, not necessarily the design of `fit`.
    time, noise : arrays (T,)
    contrast : array (p,)
    fit : LinearFit
        Of `averaged_fit`.
    drift : int, optional
        Column that is drawn to zero as in each noise model of `fit`.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0])
    >>> fit = averaged_fit(design=np.ones((6, 1)), values=y, time=np.arange(6.0), noise=np.full(6, 1.0))
    >>> errors = contrast_errors(design=np.ones((60, 1)), time=np.arange(60.0), noise=np.full(60, 1.0),
    ...     contrast=np.ones(1), fit=fit)
    >>> bool(errors.min() >= (1 / 60) ** 0.5)
    True
    """
    gaps = np.diff(time, prepend=time[0])
    rows, _ = whiten(columns=design, gaps=gaps, phi=fit.model_phi, latent_sd=fit.model_sd, noise=noise)
    information = np.matmul(rows.transpose(0, 2, 1), rows)
    if drift is not None and fit.model_drift is not None:
        information[:, drift, drift] += fit.model_drift**-2.0
    covariances = np.linalg.inv(information)
    variances = np.einsum("i,kij,j->k", contrast, covariances, contrast)
    return np.asarray(np.sqrt(variances), dtype=np.float64)


def averaged_fit(
    *,
    design: FloatArray,
    values: FloatArray,
    time: FloatArray,
    noise: FloatArray,
    drift: int | None = None,
) -> LinearFit:
    """Regression with AR(1) latent mean and known sampling variances, averaged over the noise model.

    Parameters
    ----------
    design : array (T, p)
        Full column rank.
    values : array (T,), metric units
    time : array (T,)
        Strictly increasing period numbers; gaps are allowed.
    noise : array (T,)
        Sampling variances ``v_t / n_t`` > 0.
    drift : int, optional
        Column whose coefficient is drawn to zero: normal around it, averaged over `DRIFT_SDS` times the
        residual standard deviation. With a trend that runs from -1/2 to 1/2 it is the drift over the window.

    Returns
    -------
    LinearFit
        Restricted likelihood over a grid of `phi` in [0, .99] and `s` in [0, 4 residual standard
        deviations], flat weights in both.

    Raises
    ------
    NotEstimable
        NO_VARIATION when the columns leave nothing to estimate from.

    Notes
    -----
    Restricted likelihood: Harville (1977), JASA 72:320, eq. 5.7; flat weight on a standard deviation:
    Gelman (2006), Bayesian Analysis 1:515, section 7.1. The measured coverage of the plug-in estimate
    with t reference and of this average stand side by side in the methods handbook.

    Examples
    --------
    >>> x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    >>> y = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    >>> fit = averaged_fit(design=x, values=y, time=np.arange(6.0), noise=np.full(6, 1.0))
    >>> round(fit.mean(np.array([0.0, 1.0])), 1)
    9.6
    """
    length, width = design.shape
    steady = design if drift is None else np.delete(design, drift, axis=1)
    residual = values - steady @ np.linalg.lstsq(steady, values, rcond=None)[0]
    spread = np.sqrt(float(residual @ residual) / max(length - steady.shape[1], 1))
    sds = None if drift is None else max(spread, np.sqrt(float(np.min(noise)))) * DRIFT_SDS
    steps = np.linspace(0.0, 4.0 * max(spread, np.sqrt(float(np.min(noise)))), _SD_STEPS)
    gaps = np.diff(time, prepend=time[0])
    columns = np.column_stack([design, values])
    correlations = PHI_GRID
    # First the whole range, then as many points again where the likelihood is.
    for look in range(2):
        phi, latent_sd = (axis.ravel() for axis in np.meshgrid(correlations, steps, indexing="ij"))
        rows, log_determinant = whiten(columns=columns, gaps=gaps, phi=phi, latent_sd=latent_sd, noise=noise)
        spacing = np.outer(_trapezoid(correlations), _trapezoid(steps)).ravel()
        if drift is None or sds is None:
            coefficients, covariances, penalties = _solve(rows, width)
        else:
            coefficients, covariances, penalties = _solve_drawn(rows, width, drift, sds)
            repeated = sds.size
            phi, latent_sd, log_determinant = (
                np.tile(each, repeated) for each in (phi, latent_sd, log_determinant)
            )
            spacing = np.outer(_DRIFT_WEIGHTS, spacing).ravel()
        likelihood = -0.5 * (log_determinant + penalties)
        best = int(np.argmax(likelihood))
        weights = np.exp(likelihood - likelihood[best])
        weights *= spacing
        weights /= weights.sum()
        if look == 0:
            table = weights.reshape(-1, correlations.size, steps.size).sum(axis=0)
            steps = _zoom(steps, table.sum(axis=0))
            correlations = _zoom(correlations, table.sum(axis=1))
    kept = weights > _NEGLIGIBLE
    likely = rows[best % len(rows)]
    whitened = likely[:, width] - likely[:, :width] @ coefficients[best]
    return LinearFit(
        weights=weights[kept] / weights[kept].sum(),
        coefficients=coefficients[kept],
        covariances=covariances[kept],
        degrees_of_freedom=np.inf,
        phi=float(weights @ phi),
        phi_most_likely=float(phi[best]),
        latent_sd=float(weights @ latent_sd),
        whitened=whitened,
        method="reml_ar1_known_noise",
        model_phi=phi[kept],
        model_sd=latent_sd[kept],
        model_drift=None if sds is None else np.repeat(sds, len(rows))[kept],
    )


def plain_fit(*, design: FloatArray, values: FloatArray, time: FloatArray) -> LinearFit:
    """Regression with plain AR(1) errors by restricted likelihood, t reference with effective df.

    For series whose number of answers is unknown. ``phi`` maximizes
    ``-(T - p)/2 log RSS - 1/2 log|R| - 1/2 log|X'R^-1 X|`` on (-.95, .995); the reference is t with
    ``df = max(T (1 - phi)/(1 + phi) - p, 2)``, phi below 0 read as 0.

    Parameters
    ----------
    design : array (T, p)
    values : array (T,), metric units
    time : array (T,)
        Strictly increasing period numbers.

    Returns
    -------
    LinearFit

    Raises
    ------
    NotEstimable
        NO_VARIATION when the columns explain the values without a rest.

    Notes
    -----
    Source: Pinheiro & Bates, Mixed-effects models in S and S-PLUS (2000), 5.3 (`gls`, `corAR1`).

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 1.5, 2.5, 2.0, 3.0, 2.2, 2.9])
    >>> fit = plain_fit(design=np.ones((8, 1)), values=y, time=np.arange(8.0))
    >>> round(fit.mean(np.ones(1)), 3), fit.degrees_of_freedom > 2
    (2.121, True)
    """
    length, width = design.shape
    gaps = np.diff(time, prepend=time[0])
    scale = float(np.max(np.abs(values))) or 1.0
    begin = np.linalg.lstsq(design, values, rcond=None)[0]
    # The likelihood needs only sums of products; from residuals, so that little cancels in them.
    columns = np.column_stack([design, values - design @ begin])
    if float(columns[:, width] @ columns[:, width]) <= (1e-9 * scale) ** 2 * length:
        raise NotEstimable(Reason.NO_VARIATION)
    products = _lagged_products(columns, gaps)
    low, high, points = *_PHI_RANGE, 33
    for _ in range(3):
        grid = np.linspace(low, high, points)
        gram, log_determinant = _whitened_gram(products, grid)
        log_information = np.linalg.slogdet(gram[:, :width, :width])[1]
        log_squares = np.linalg.slogdet(gram)[1] - log_information
        likelihood = -0.5 * ((length - width) * log_squares + log_determinant + log_information)
        best = int(np.argmax(likelihood))
        step = grid[1] - grid[0]
        low, high, points = max(grid[best] - step, low), min(grid[best] + step, high), 21
    phi = float(grid[best]) + _vertex(likelihood, best) * float(step)
    rows = _whiten_ar1(columns, gaps, phi)
    covariance = np.linalg.inv(rows[:, :width].T @ rows[:, :width])
    move = covariance @ (rows[:, :width].T @ rows[:, width])
    residual = rows[:, width] - rows[:, :width] @ move
    variance = float(residual @ residual) / (length - width)
    positive = max(phi, 0.0)
    return LinearFit(
        weights=np.ones(1),
        coefficients=(begin + move)[None, :],
        covariances=variance * covariance[None, :, :],
        degrees_of_freedom=max(length * (1 - positive) / (1 + positive) - width, 2.0),
        phi=phi,
        phi_most_likely=phi,
        latent_sd=float(np.sqrt(variance)),
        whitened=residual / np.sqrt(variance),
        method="reml_ar1",
        model_phi=np.array([phi]),
        model_sd=np.array([np.sqrt(variance)]),
    )


def least_squares_fit(
    *, design: FloatArray, values: FloatArray, noise: FloatArray | None = None, lags: int | None = None
) -> LinearFit:
    """Ordinary (or noise-weighted) least squares; Newey-West covariance where `lags` is given.

    A sensitivity, not a default: both make false alarms in autocorrelated series.

    Parameters
    ----------
    design : array (T, p)
    values : array (T,), metric units
    noise : array (T,), optional
        Sampling variances used as weights; None: equal weights.
    lags : int >= 0, optional
        Bartlett lags L, weights ``1 - l/(L + 1)``, small-sample factor ``T/(T - p)``, t with T - p.

    Returns
    -------
    LinearFit

    Raises
    ------
    NotEstimable
        NO_VARIATION when the columns explain the values without a rest.

    Notes
    -----
    Source: Newey & West (1987), Econometrica 55:703, eq. 5; small-sample factor as in Stata `newey`
    and Linden (2015), Stata Journal 15:480.

    Examples
    --------
    >>> fit = least_squares_fit(design=np.ones((4, 1)), values=np.array([1.0, 2.0, 3.0, 6.0]))
    >>> fit.mean(np.ones(1)), round(fit.standard_error(np.ones(1)), 4)
    (3.0, 1.0801)
    """
    length, width = design.shape
    root = np.ones(length) if noise is None else 1.0 / np.sqrt(noise)
    rows, outcome = design * root[:, None], values * root
    inverse = np.linalg.inv(rows.T @ rows)
    coefficients = inverse @ (rows.T @ outcome)
    residual = outcome - rows @ coefficients
    squares = float(residual @ residual)
    if squares <= 1e-18 * float(outcome @ outcome):
        raise NotEstimable(Reason.NO_VARIATION)
    variance = squares / (length - width)
    if lags is None:
        covariance = variance * inverse
    else:
        scores = rows * residual[:, None]
        middle = scores.T @ scores
        for lag in range(1, lags + 1):
            cross = scores[lag:].T @ scores[:-lag]
            middle += (1.0 - lag / (lags + 1.0)) * (cross + cross.T)
        covariance = length / (length - width) * inverse @ middle @ inverse
    return LinearFit(
        weights=np.ones(1),
        coefficients=coefficients[None, :],
        covariances=covariance[None, :, :],
        degrees_of_freedom=float(length - width),
        phi=0.0,
        phi_most_likely=0.0,
        latent_sd=float(np.sqrt(variance)),
        whitened=residual / np.sqrt(variance),
        method="ols" if lags is None else "newey_west",
        model_phi=np.zeros(1),
        model_sd=np.array([np.sqrt(variance)]),
    )


def _trapezoid(axis: FloatArray) -> FloatArray:
    """Weights of the trapezoidal rule on an uneven grid."""
    widths = np.diff(axis)
    return np.asarray((np.append(widths, 0.0) + np.append(0.0, widths)) / 2.0, dtype=np.float64)


def _zoom(axis: FloatArray, mass: FloatArray) -> FloatArray:
    """As many points over the part of a grid that holds the mass, one step wider on each side."""
    held = np.flatnonzero(mass > 1e-4)
    low, high = max(int(held[0]) - 1, 0), min(int(held[-1]) + 1, axis.size - 1)
    if low == 0 and high == axis.size - 1:
        return axis
    return np.linspace(axis[low], axis[high], axis.size)


def _lagged_products(columns: FloatArray, gaps: FloatArray) -> tuple[FloatArray, list[_Products]]:
    """The first row's products, and for each gap that occurs: of a row with itself, with the row before
    it (both ways), of the row before with itself, and how often the gap occurs."""
    before, after = columns[:-1], columns[1:]
    found: list[_Products] = []
    for gap in np.unique(gaps[1:]):
        chosen = gaps[1:] == gap
        late, early = (after, before) if chosen.all() else (after[chosen], before[chosen])
        cross = late.T @ early
        found.append((float(gap), int(chosen.sum()), late.T @ late, cross + cross.T, early.T @ early))
    return np.outer(columns[0], columns[0]), found


def _whitened_gram(
    products: tuple[FloatArray, list[_Products]], phi: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Products (g, c, c) of the whitened columns and log determinant (g,) of the correlation matrix."""
    first, by_gap = products
    gram, log_determinant = np.tile(first, (phi.size, 1, 1)), np.zeros(phi.size)
    for gap, times, own, crossed, earlier in by_gap:
        decay = phi[:, None, None] ** gap
        rest = 1.0 - decay**2
        gram += (own - decay * crossed + decay**2 * earlier) / rest
        log_determinant += times * np.log(rest[:, 0, 0])
    return gram, log_determinant


def _whiten_ar1(columns: FloatArray, gaps: FloatArray, phi: float) -> FloatArray:
    """Whitening without sampling noise, where each row needs only the row before it."""
    decay = np.power(phi, gaps[1:])[:, None]
    return np.vstack([columns[:1], (columns[1:] - decay * columns[:-1]) / np.sqrt(1.0 - decay**2)])


def _vertex(heights: FloatArray, best: int) -> float:
    """Where a parabola through the best point and its neighbors is highest, in steps from the best."""
    if best in (0, heights.size - 1):
        return 0.0
    left, middle, right = heights[best - 1 : best + 2]
    curvature = left - 2.0 * middle + right
    return float(0.5 * (left - right) / curvature) if curvature < 0 else 0.0


def _solve(rows: FloatArray, width: int) -> tuple[FloatArray, FloatArray, NDArray[np.float64]]:
    """Least squares of the last whitened column on the others, for the whole grid.

    Coefficients, covariances, and squares plus log determinant of the information.
    """
    gram = np.matmul(rows.transpose(0, 2, 1), rows)
    information, right = gram[:, :width, :width], gram[:, :width, width]
    covariances = np.linalg.inv(information)
    coefficients = np.einsum("gij,gj->gi", covariances, right)
    residual = rows[:, :, width] - np.einsum("gti,gi->gt", rows[:, :, :width], coefficients)
    squares = np.einsum("gt,gt->g", residual, residual)
    return coefficients, covariances, np.linalg.slogdet(information)[1] + squares


def _solve_drawn(
    rows: FloatArray, width: int, drift: int, sds: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.float64]]:
    """The same with one coefficient drawn to zero, for each prior standard deviation one after the other."""
    gram = np.matmul(rows.transpose(0, 2, 1), rows)
    information = np.tile(gram[:, :width, :width], (sds.size, 1, 1))
    information[:, drift, drift] += np.repeat(sds**-2.0, len(rows))
    right = np.tile(gram[:, :width, width], (sds.size, 1))
    covariances = np.linalg.inv(information)
    coefficients = np.einsum("gij,gj->gi", covariances, right)
    squares = np.tile(gram[:, width, width], sds.size) - np.einsum("gi,gi->g", coefficients, right)
    prior = 2.0 * np.log(np.repeat(sds, len(rows)))
    return coefficients, covariances, np.linalg.slogdet(information)[1] + squares + prior
