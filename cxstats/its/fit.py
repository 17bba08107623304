"""What a regression of a series leaves: coefficients as a mixture over noise models."""

from dataclasses import dataclass

import numpy as np

from cxstats.checks import FloatArray
from cxstats.errors import NotEstimable, Reason
from cxstats.later import special
from cxstats.results import Interval
from cxstats.roots import root


@dataclass(frozen=True, kw_only=True, slots=True)
class LinearFit:
    """Coefficients as a weighted mixture of Student distributions, one component per noise model.

    `weights` (k,), `coefficients` (k, p), `covariances` (k, p, p); `degrees_of_freedom` is infinite
    for the averaged fit. `phi` is the autocorrelation of the latent mean from one period to the next
    (averaged), `latent_sd` its standard deviation in metric units; `whitened` (T,) are standardized
    one-step residuals at the most likely noise model. `model_phi` and `model_sd` (k,) are the noise models
    that the components stand for; `model_drift` (k,) the prior standard deviations of a coefficient that is
    drawn to zero, where there is one.
    """

    weights: FloatArray
    coefficients: FloatArray
    covariances: FloatArray
    degrees_of_freedom: float
    phi: float
    phi_most_likely: float
    latent_sd: float
    whitened: FloatArray
    method: str
    model_phi: FloatArray
    model_sd: FloatArray
    model_drift: FloatArray | None = None

    def mean(self, contrast: FloatArray) -> float:
        """Point estimate of ``contrast @ b``."""
        return float(self.weights @ (self.coefficients @ contrast))

    def standard_error(self, contrast: FloatArray) -> float:
        """Standard error of ``contrast @ b``, uncertainty of the noise model included."""
        centers, scales = self._components(contrast)
        spread = float(self.weights @ (scales**2 + centers**2)) - float(self.weights @ centers) ** 2
        return float(np.sqrt(max(spread, 0.0)))

    def interval(self, contrast: FloatArray, *, level: float = 0.95) -> Interval:
        """Equal-tailed interval of ``contrast @ b``."""
        tail = (1.0 - level) / 2.0
        return Interval(
            low=self._quantile(contrast, tail), high=self._quantile(contrast, 1.0 - tail), level=level
        )

    def p_value(self, contrast: FloatArray) -> float:
        """Two-sided p-value of ``contrast @ b = 0``."""
        centers, scales = self._components(contrast)
        below = float(self.weights @ self._cdf(-centers / scales))
        return min(1.0, 2.0 * min(below, 1.0 - below))

    def bands(self, rows: FloatArray, *, level: float = 0.95) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean, low and high of ``rows @ b``, one entry per row; moment-matched to the mixture."""
        centers = rows @ self.coefficients.T
        variances = np.einsum("ti,kij,tj->tk", rows, self.covariances, rows)
        mean = centers @ self.weights
        spread = np.sqrt(np.maximum((variances + centers**2) @ self.weights - mean**2, 0.0))
        half = self._critical(level) * spread
        return mean, mean - half, mean + half

    def _critical(self, level: float) -> float:
        upper = (1.0 + level) / 2.0
        if np.isinf(self.degrees_of_freedom):
            return float(special.ndtri(upper))
        return float(special.stdtrit(self.degrees_of_freedom, upper))

    def _cdf(self, points: FloatArray) -> FloatArray:
        if np.isinf(self.degrees_of_freedom):
            return np.asarray(special.ndtr(points), dtype=np.float64)
        return np.asarray(special.stdtr(self.degrees_of_freedom, points), dtype=np.float64)

    def _components(self, contrast: FloatArray) -> tuple[FloatArray, FloatArray]:
        variances = np.einsum("i,kij,j->k", contrast, self.covariances, contrast)
        if not np.all(variances > 0.0):
            raise NotEstimable(Reason.NO_VARIATION)
        return self.coefficients @ contrast, np.sqrt(variances)

    def _quantile(self, contrast: FloatArray, probability: float) -> float:
        centers, scales = self._components(contrast)
        if centers.size == 1:
            offset = self._critical(abs(2.0 * probability - 1.0))
            return float(centers[0] + np.sign(probability - 0.5) * offset * scales[0])
        reach = 12.0 * scales
        return root(
            lambda point: float(self.weights @ self._cdf((point - centers) / scales)) - probability,
            float(np.min(centers - reach)),
            float(np.max(centers + reach)),
        )
