"""What the true effects of all initiatives look like together, and each one's own effect given that.

One population stands behind all claims: effects scatter around a mean that nothing is assumed about, most of
them little, some of them much. All that is unknown of it is averaged over and not plugged in, so that ranges
stay honest with four initiatives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import log

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.later import special

type IndexArray = NDArray[np.intp]

# Spread of true effects around their mean: most initiatives by the spread itself, some by many times that.
_TAILS = ((0.85, 1.0), (0.15, 100.0))  # (share of initiatives, factor of the variance)
_SIZES = (0.0, 1.0)  # effects of one size, or as large as the initiative's own noise
_SHARED = (0.0, 0.5, 0.9, 0.98)  # part of the noise that two claims on the same answers have in common
_SPREADS = np.concatenate(([0.0], np.geomspace(0.1, 60.0, 22)))  # in typical standard errors
_MEANS = np.linspace(-7.0, 7.0, 37)  # in standard errors of the mean
_WIDE = np.array([[4.0]])  # variance factor of the one component that places the nodes
_NOISE_NODES = 5  # by which Student's t is a mixture of normal distributions
_NORMAL_FROM = 60.0  # degrees of freedom from which on a t is taken as normal
_CELLS_AT_ONCE = 1_000_000  # of matrices gathered for draws: 8 MB
_EACH_OWN_TAIL = 4  # initiatives of a block, above which all of it shares one tail


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Claims that can only be read together; most often one claim on one effect.

    The p claims are `contains` (p, m) times the m true effects of `members`, plus noise with covariance
    `noise` (p, p); `shared_noise` says that its off-diagonal entries are upper ends, reached where all the
    noise of common answers is shared. `degrees_of_freedom` of the noise, None where its size is known.
    """

    members: tuple[int, ...]
    claims: FloatArray
    contains: FloatArray
    noise: FloatArray
    shared_noise: bool = False
    degrees_of_freedom: float | None = None


@dataclass(frozen=True, slots=True)
class _Fitted:
    """One block at every node of (size, shared noise, spread) and every mixture component."""

    block: Block
    weight: FloatArray  # (C,) logarithm
    constant: FloatArray  # (S, R, T, C): log density is constant - (a - 2 b mean + c mean^2) / 2
    a: FloatArray
    b: FloatArray
    c: FloatArray
    gain: FloatArray  # (S, R, T, C, m, p)
    root: FloatArray  # (S, R, T, C, m, m): root of what stays uncertain of the effects
    loading: FloatArray  # (S, m): the effects' means for a population mean of one
    answer: FloatArray  # (S, p): the same, as the claims see it

    def log_density(self, mean: FloatArray) -> FloatArray:
        """(S, R, T, M, C) of the claims, for population means (S, R, T, M)."""
        at = mean[..., None]
        a, b, c, constant = (part[..., None, :] for part in (self.a, self.b, self.c, self.constant))
        result: FloatArray = constant + self.weight - 0.5 * (a - 2 * b * at + c * at**2)
        return result

    def effects(
        self, node: tuple[IndexArray, IndexArray, IndexArray, IndexArray], mean: FloatArray, noise: FloatArray
    ) -> FloatArray:
        """(size, m): given each draw's node, its population mean (size,) and standard noise (size, m)."""
        result = np.empty(noise.shape)
        step = max(_CELLS_AT_ONCE // noise.shape[1] ** 2, 1)
        for start in range(0, len(noise), step):
            part = slice(start, start + step)
            s, r, t, picked = (axis[part] for axis in node)
            at = mean[part, None]
            result[part] = (
                at * self.loading[s]
                + np.einsum("nip,np->ni", self.gain[s, r, t, picked], self.block.claims - at * self.answer[s])
                + np.einsum("nij,nj->ni", self.root[s, r, t, picked], noise[part])
            )
        return result


@dataclass(frozen=True, slots=True)
class Population:
    """Posterior of the population and of every effect; made by `fit_population`."""

    blocks: tuple[_Fitted, ...]
    weights: FloatArray  # (S, R, T, M), sum 1
    means: FloatArray  # (S, R, T, M)
    steps: FloatArray  # (S, R, T): distance of two neighboring means
    spreads: FloatArray  # (T,), money
    size: int  # k, number of effects

    @property
    def mean(self) -> float:
        """Expected mean of the true effects of a typical initiative, money."""
        return float(np.sum(self.weights * self.means))

    @property
    def spread(self) -> float:
        """Expected spread of the true effects of most initiatives, money."""
        return float(self.weights.sum(axis=(0, 1, 3)) @ self.spreads)

    def expected(self) -> FloatArray:
        """Posterior mean of every effect, (k,): computed, not drawn."""
        result = np.zeros(self.size)
        for one in self.blocks:
            part = _shares(one.log_density(self.means)) * self.weights[..., None]
            whole, pull = part.sum(axis=3), (part * self.means[..., None]).sum(axis=3)  # (S, R, T, C)
            left = whole[..., None] * one.block.claims - pull[..., None] * one.answer[:, None, None, None, :]
            result[list(one.block.members)] = np.einsum("srtcip,srtcp->i", one.gain, left) + np.einsum(
                "srtc,si->i", pull, one.loading
            )
        return result

    def draw(
        self, stream: Callable[[str], np.random.Generator], names: Sequence[str], size: int
    ) -> FloatArray:
        """Joint draws of all effects, (size, k); `stream` gives a generator by name."""
        rng = stream("population")
        cells = np.searchsorted(np.cumsum(self.weights.ravel()), rng.random(size)).clip(
            0, self.weights.size - 1
        )
        node = np.unravel_index(cells, self.weights.shape)
        s, r, t, _ = node
        mean = self.means[node] + self.steps[s, r, t] * (rng.random(size) - 0.5)
        result = np.empty((size, len(names)))
        for one in self.blocks:
            own = stream("+".join(names[place] for place in one.block.members))
            at = mean[:, None]
            density = one.constant[s, r, t] + one.weight
            density = density - 0.5 * (one.a[s, r, t] - 2 * one.b[s, r, t] * at + one.c[s, r, t] * at**2)
            reached = np.cumsum(_shares(density), axis=1)
            picked = (own.random(size)[:, None] > reached[:, :-1]).sum(axis=1)
            noise = own.standard_normal((size, len(one.block.members)))
            result[:, list(one.block.members)] = one.effects((s, r, t, picked), mean, noise)
        # the mean is known better than from the draws
        return np.asarray(result + (self.expected() - result.mean(axis=0)))


def fit_population(*, blocks: Sequence[Block], errors: FloatArray) -> Population:
    """Posterior of the population that the true effects come from, and of every effect.

    Parameters
    ----------
    blocks : sequence of Block
        Every effect 0..k-1 is a member of exactly one block.
    errors : float array, shape (k,)
        Standard error (> 0) of each effect's own claim, money: the typical one is the unit of the spread.

    Returns
    -------
    Population

    Raises
    ------
    NotEstimable
        Never: the claims are checked by the caller.

    Source
    ------
    Normal means with unequal noise and averaged hyperparameters: Morris 1983, JASA 78:47; Gelman et al.,
    Bayesian Data Analysis, 3rd ed., 5.4. Prior uniform on the shrinkage factor of a typical claim: Daniels
    1999, Canadian Journal of Statistics 27:567. Scale mixture of normal tails as in the adaptive shrinkage of
    Stephens 2017, Biostatistics 18:275, and for estimates that were chosen: van Zwet and Cator 2021,
    Statistica Neerlandica 75:437.

    Examples
    --------
    >>> own = [Block(members=(place,), claims=np.array([claim]), contains=np.eye(1), noise=np.eye(1))
    ...        for place, claim in enumerate([4.0, 0.0, 0.0, 0.0])]
    >>> found = fit_population(blocks=own, errors=np.ones(4))
    >>> found.expected().round(1).tolist(), round(float(found.expected().sum()), 1)
    ([3.2, 0.3, 0.3, 0.3], 4.0)
    """
    unit = float(np.exp(np.mean(np.log(errors))))
    shared = np.array(_SHARED if any(block.shared_noise for block in blocks) else (1.0,))
    sizes = np.array([(errors / unit) ** power for power in _SIZES])
    spreads = _SPREADS * unit
    fitted = tuple(_fitted(block, sizes[:, list(block.members)], shared, spreads) for block in blocks)
    means, steps = _places_of_mean(blocks, sizes, shared, spreads)
    total = np.log(steps)[..., None] + np.log(_prior_of_spread())[:, None]
    for one in fitted:
        density = one.log_density(means)
        top = density.max(axis=-1)
        total = total + top + np.log(np.exp(density - top[..., None]).sum(axis=-1))
    weights = np.exp(total - total.max())
    return Population(
        blocks=fitted,
        weights=weights / weights.sum(),
        means=means,
        steps=steps,
        spreads=spreads,
        size=sum(len(block.members) for block in blocks),
    )


def _prior_of_spread() -> FloatArray:
    """Mass of each spread: the part 1 / (1 + spread^2) that a typical claim loses is uniform in 0..1."""
    edges = np.concatenate(
        ([0.0, _SPREADS[1] / 2], np.sqrt(_SPREADS[1:-1] * _SPREADS[2:]), [100 * _SPREADS[-1]])
    )
    result: FloatArray = np.diff(edges**2 / (1 + edges**2))
    return result


def _places_of_mean(
    blocks: Sequence[Block], sizes: FloatArray, shared: FloatArray, spreads: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Where the population's mean can lie, at every node: around the weighted median of what the blocks say
    of it, as wide as the error of the mean for effects that are spread twice as much."""
    says, precise = [], []
    for block in blocks:
        # one component: wider than most, so that the nodes reach as far as the tails
        one = _Gaussian.of(block, sizes[:, list(block.members)], shared, spreads, _WIDE, np.array([1.5]))
        says.append(one.b[..., 0] / one.c[..., 0])
        precise.append(one.c[..., 0])
    said, precision = np.stack(says, axis=-1), np.stack(precise, axis=-1)
    order = np.argsort(said, axis=-1)
    below = np.cumsum(np.take_along_axis(precision, order, axis=-1), axis=-1)
    middle = (below < below[..., -1:] / 2).sum(axis=-1, keepdims=True)
    centers = np.take_along_axis(np.take_along_axis(said, order, axis=-1), middle, axis=-1)
    widths = 1 / np.sqrt(below[..., -1:])
    return centers + widths * _MEANS, widths[..., 0] * (_MEANS[1] - _MEANS[0])


@dataclass(frozen=True, slots=True)
class _Gaussian:
    """One block as a normal distribution at every node and component."""

    constant: FloatArray
    a: FloatArray
    b: FloatArray
    c: FloatArray
    gain: FloatArray
    effects: FloatArray
    answer: FloatArray

    @classmethod
    def of(
        cls,
        block: Block,
        sizes: FloatArray,
        shared: FloatArray,
        spreads: FloatArray,
        tails: FloatArray,
        noises: FloatArray,
    ) -> "_Gaussian":
        scale = sizes[:, None, None, None, :] ** 2 * spreads[None, None, :, None, None] ** 2 * tails
        effects = np.broadcast_to(scale, (len(sizes), shared.size, *scale.shape[2:]))
        diagonal = np.diag(np.diag(block.noise))
        parts = shared if block.shared_noise else np.ones(shared.size)
        noise = diagonal + parts[:, None, None] * (block.noise - diagonal)
        seen = np.einsum("pi,srtci,qi->srtcpq", block.contains, effects, block.contains)
        covariance = seen + noise[None, :, None, None] * noises[:, None, None]
        inverse = np.linalg.inv(covariance)
        answer = sizes @ block.contains.T
        return cls(
            constant=-0.5 * np.linalg.slogdet(covariance)[1],
            a=np.einsum("p,srtcpq,q->srtc", block.claims, inverse, block.claims),
            b=np.einsum("sp,srtcpq,q->srtc", answer, inverse, block.claims),
            c=np.einsum("sp,srtcpq,sq->srtc", answer, inverse, answer),
            gain=np.einsum("srtci,pi,srtcpq->srtciq", effects, block.contains, inverse),
            effects=effects,
            answer=answer,
        )


def _fitted(block: Block, sizes: FloatArray, shared: FloatArray, spreads: FloatArray) -> _Fitted:
    """What the claims say of the population and of the effects, at every node."""
    tails, noises, weight = _components(block)
    one = _Gaussian.of(block, sizes, shared, spreads, tails, noises)
    stays = -np.einsum("srtcip,pj,srtcj->srtcij", one.gain, block.contains, one.effects)
    own = np.arange(len(block.members))
    stays[..., own, own] += one.effects
    return _Fitted(
        block=block,
        weight=weight,
        constant=one.constant,
        a=one.a,
        b=one.b,
        c=one.c,
        gain=one.gain,
        root=_root(stays),
        loading=sizes,
        answer=one.answer,
    )


def _components(block: Block) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Factors of the effects' variances (C, m) and of the noise (C,), with log weights (C,)."""
    members = len(block.members)
    if members <= _EACH_OWN_TAIL:
        tails = list(product(_TAILS, repeat=members))
    else:
        tails = [(one,) * members for one in _TAILS]
    noises = _noise_factors(block.degrees_of_freedom)
    found = []
    for tail in tails:
        share = sum(log(part) for part, _ in (tail if members <= _EACH_OWN_TAIL else tail[:1]))
        for part, factor in noises:
            found.append(([spread for _, spread in tail], factor, share + log(part)))
    return (
        np.array([one[0] for one in found]),
        np.array([one[1] for one in found]),
        np.array([one[2] for one in found]),
    )


def _noise_factors(degrees: float | None) -> list[tuple[float, float]]:
    """Student's t as a mixture of normal distributions: Gauss-Laguerre nodes of the gamma precision."""
    if degrees is None or degrees >= _NORMAL_FROM:
        return [(1.0, 1.0)]
    nodes, weights = special.roots_genlaguerre(_NOISE_NODES, degrees / 2 - 1)
    return [
        (float(weight), float(degrees / 2 / node))
        for node, weight in zip(nodes, weights / weights.sum(), strict=True)
    ]


def _shares(density: FloatArray) -> FloatArray:
    """Probabilities from logarithms, along the last axis."""
    result = np.exp(density - density.max(axis=-1, keepdims=True))
    result /= result.sum(axis=-1, keepdims=True)
    return result


def _root(covariances: FloatArray) -> FloatArray:
    """Symmetric roots of matrices that may be singular."""
    if covariances.shape[-1] == 1:
        return np.sqrt(np.clip(covariances, 0.0, None))
    values, vectors = np.linalg.eigh(covariances)
    result: FloatArray = vectors * np.sqrt(np.clip(values, 0.0, None))[..., None, :]
    return result
