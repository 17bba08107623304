"""Few units: how a unit wanders on its own, from all of its periods instead of one change a unit.

With three waves of one unit and four controls the covariance of whole paths has three degrees of freedom.
A latent path that fades (AR(1)) beside sampling noise of known variance has two unknowns, and every period of
every unit tells of them.
"""

from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import FloatArray
from cxstats.did.staggered import Groups
from cxstats.later import special
from cxstats.roots import root

_PHI = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98])
_STEPS = 14
_NEGLIGIBLE = 1e-5


@dataclass(frozen=True, kw_only=True, slots=True)
class NoiseModels:
    """Weights (k,) of models of a unit's latent path.

    Its covariance is the square of `sds` (k,) times one of `paths` (p, T, T), `path_of` (k,) says which;
    `noise` (G, T) are the sampling variances of one unit of each group, averaged over its units.
    """

    weights: FloatArray
    sds: FloatArray
    path_of: np.ndarray
    paths: FloatArray
    noise: FloatArray

    def variances(self, weights: FloatArray, sizes: FloatArray) -> FloatArray:
        """Variance (k,) of an estimate that is linear in the panel, `weights` (G, T) for one unit of each."""
        products = (weights * sizes[:, None]).T @ weights
        latent = self.sds**2 * np.tensordot(self.paths, products, axes=2)[self.path_of]
        return np.asarray(latent + float(sizes @ (weights**2 * self.noise).sum(axis=1)), dtype=np.float64)

    def ahead(self, length: int) -> "NoiseModels":
        """The same models over `length` periods from the first; later ones have as many answers as those so
        far."""
        known = self.noise.shape[1]
        distance = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
        typical = np.zeros(len(self.noise))
        measured = np.all(self.noise > 0, axis=1)
        typical[measured] = 1.0 / np.mean(1.0 / self.noise[measured], axis=1)
        later = np.repeat(typical[:, None], length - known, axis=1)
        paths = _PHI[:, None, None] ** distance
        return replace(self, paths=paths, noise=np.concatenate([self.noise, later], axis=1))

    def half_width(self, variances: FloatArray, level: float) -> float:
        """Half of the central interval of the mixture of normal distributions with these variances."""
        scales, share = np.sqrt(variances), (1 + level) / 2
        reach = 12.0 * float(scales.max())
        return root(lambda point: float(self.weights @ special.ndtr(point / scales)) - share, 0.0, reach)

    def p_value(self, value: float, variances: FloatArray) -> float:
        """Two-sided p-value of a value under the mixture."""
        return min(1.0, 2.0 * float(self.weights @ special.ndtr(-abs(value) / np.sqrt(variances))))


def noise_models(groups: Groups, noise: FloatArray, first: np.ndarray) -> NoiseModels:
    """Persistence and size of the latent paths, weighed by the restricted likelihood of how units of a group
    differ over time; flat in both, levels of units and periods of groups left out.

    Parameters
    ----------
    groups : Groups
    noise : array (units, T)
        Sampling variances in the order of the panel.
    first : array (units,)
        Start of each unit, below 0 for never, as `groups` were made from.

    Notes
    -----
    Restricted likelihood: Harville (1977), JASA 72:320, eq. 5.7. Groups of one unit tell nothing here.
    """
    length = groups.means.shape[1]
    own = np.array([noise[first == start].mean(axis=0) for start in groups.starts])
    total = sum(
        float((rest - rest.mean(axis=1, keepdims=True)).ravel() @ rest.ravel()) for rest in groups.residuals
    )
    freedom = (float(groups.sizes.sum()) - groups.starts.size) * (length - 1)
    spread = np.sqrt(max(total / freedom, float(own.mean()), 1e-300))
    sds = np.linspace(0.0, 2.0 * spread, _STEPS)
    distance = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    paths = _PHI[:, None, None] ** distance
    latent = (sds[None, :, None, None] ** 2 * paths[:, None]).reshape(-1, length, length)
    floor = np.maximum(own, (1e-3 * spread) ** 2)
    likelihood = np.zeros(len(latent))
    for rest, variances in zip(groups.residuals, floor, strict=True):
        if len(rest) > 1:
            likelihood += _restricted(latent + np.diag(variances), rest)
    weights = np.exp(likelihood - likelihood.max()) * np.outer(_spacing(_PHI), _spacing(sds)).ravel()
    kept = weights > _NEGLIGIBLE * weights.sum()
    return NoiseModels(
        weights=weights[kept] / weights[kept].sum(),
        sds=np.tile(sds, _PHI.size)[kept],
        path_of=np.repeat(np.arange(_PHI.size), sds.size)[kept],
        paths=paths,
        noise=own,
    )


def _restricted(covariances: FloatArray, rest: FloatArray) -> FloatArray:
    """Restricted log likelihood (k,) of units around their group's path, each on a level of its own."""
    inverse = np.linalg.inv(covariances)
    constant = inverse.sum(axis=2)
    total = constant.sum(axis=1)
    squares = (
        np.einsum("kts,ts->k", inverse, rest.T @ rest) - np.sum((constant @ rest.T) ** 2, axis=1) / total
    )
    determinant = np.linalg.slogdet(covariances)[1] + np.log(total)
    return np.asarray(-0.5 * ((len(rest) - 1) * determinant + squares), dtype=np.float64)


def _spacing(axis: FloatArray) -> FloatArray:
    """Weights of the trapezoidal rule."""
    widths = np.diff(axis)
    return np.asarray((np.append(widths, 0.0) + np.append(0.0, widths)) / 2, dtype=np.float64)
