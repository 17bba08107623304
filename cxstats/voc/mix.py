"""Raw change against change at a constant mix of strata (segments, channels, touchpoints)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from cxstats.checks import count, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc.counts import two_sided_z


@dataclass(frozen=True, kw_only=True, slots=True)
class Stratum:
    """One stratum in both waves.

    `value_*` in metric units, `variance_*` of ONE answer (>= 0), `n_*` answers (>= 0; with 0 answers
    value and variance are ignored). `weight` >= 0 is its share in the standard mix, any scale; leave
    all of them None to use the mix of the first wave.
    """

    key: str
    n_before: int
    value_before: float
    variance_before: float
    n_after: int
    value_after: float
    variance_after: float
    weight: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StratumChange:
    """Change within one stratum; `weight` is its normalized share in the standard mix."""

    key: str
    weight: float
    change: Estimate


@dataclass(frozen=True, kw_only=True, slots=True)
class MixChange:
    """Raw change, change at a constant mix, and what the shift of mix alone did (raw - constant).

    `signs_differ` is True when raw and constant-mix change point opposite ways: the headline is then
    the shift of mix. `strata` skips those without weight and without answers on both sides.
    """

    raw: Estimate
    constant_mix: Estimate
    mix_effect: float
    signs_differ: bool
    strata: tuple[StratumChange, ...]


def standardized_change(
    *, strata: Sequence[Stratum], unit: Unit = Unit.POINTS, level: float = 0.95
) -> MixChange:
    """Change of a metric between two waves, raw and with the mix of strata held constant.

    Parameters
    ----------
    strata : sequence of Stratum
        Disjoint strata that make up both waves; keys are distinct.
    unit : Unit
        Unit of the values.
    level : float
        Nominal coverage in (0, 1).

    Returns
    -------
    MixChange
        constant_mix = sum of w_g (after_g - before_g) with SE sqrt(sum of w_g^2 (v/n + v/n));
        raw uses the answers as they came, its SE includes the spread between strata.

    Raises
    ------
    NotEstimable
        NO_DATA when a wave is empty or a stratum with weight has no answers on one side (its key is
        in the detail); NO_VARIATION when every variance is 0.
    InvalidInput
        Negative counts or variances, weights given for some strata only or summing to 0, equal keys.

    Source
    ------
    Direct standardization: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions,
    3rd ed., section 19.2; stratified variance: Cochran (1977), eq. 5.7.

    Examples
    --------
    >>> web = Stratum(key="web", n_before=20, value_before=10.0, variance_before=6000.0,
    ...               n_after=80, value_after=15.0, variance_after=6000.0)
    >>> shop = Stratum(key="shop", n_before=80, value_before=50.0, variance_before=5000.0,
    ...                n_after=20, value_after=55.0, variance_after=5000.0)
    >>> found = standardized_change(strata=[web, shop])
    >>> found.raw.value, found.constant_mix.value, found.signs_differ
    (-19.0, 5.0, True)
    """
    z = two_sided_z(level)
    if len(strata) == 0:
        raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
    if len({stratum.key for stratum in strata}) != len(strata):
        raise InvalidInput("strata", "distinct keys")
    for stratum in strata:
        _check(stratum)
    before_n = sum(stratum.n_before for stratum in strata)
    after_n = sum(stratum.n_after for stratum in strata)
    if before_n == 0 or after_n == 0:
        raise NotEstimable(Reason.NO_DATA, before=before_n, after=after_n)
    changes = [
        _change(stratum, weight, unit, level, z)
        for stratum, weight in zip(strata, _standard_mix(strata, before_n), strict=True)
        if _is_compared(stratum, weight)
    ]
    constant = fsum(entry.weight * entry.change.value for entry in changes)
    constant_error = sqrt(
        fsum((entry.weight * (entry.change.standard_error or 0.0)) ** 2 for entry in changes)
    )
    before_value, before_variance = _pooled(
        [(s.n_before, s.value_before, s.variance_before) for s in strata], before_n
    )
    after_value, after_variance = _pooled(
        [(s.n_after, s.value_after, s.variance_after) for s in strata], after_n
    )
    raw_error = sqrt(before_variance / before_n + after_variance / after_n)
    if constant_error == 0 or raw_error == 0:
        raise NotEstimable(Reason.NO_VARIATION, n=before_n + after_n)
    raw = after_value - before_value
    n = before_n + after_n
    return MixChange(
        raw=_normal(raw, raw_error, n, unit, level, z),
        constant_mix=_normal(constant, constant_error, n, unit, level, z),
        mix_effect=raw - constant,
        signs_differ=raw * constant < 0,
        strata=tuple(changes),
    )


def _check(stratum: Stratum) -> None:
    count("n_before", stratum.n_before)
    count("n_after", stratum.n_after)
    for name in ("value_before", "value_after"):
        real(name, getattr(stratum, name))
    for name in ("variance_before", "variance_after"):
        real(name, getattr(stratum, name), minimum=0)
    if stratum.weight is not None:
        real("weight", stratum.weight, minimum=0)


def _is_compared(stratum: Stratum, weight: float) -> bool:
    """Whether both waves have answers of it; refused where it has a weight all the same."""
    if stratum.n_before > 0 and stratum.n_after > 0:
        return True
    if weight > 0:
        raise NotEstimable(
            Reason.NO_DATA, stratum=stratum.key, before=stratum.n_before, after=stratum.n_after
        )
    return False


def _change(stratum: Stratum, weight: float, unit: Unit, level: float, z: float) -> StratumChange:
    error = sqrt(stratum.variance_before / stratum.n_before + stratum.variance_after / stratum.n_after)
    value = stratum.value_after - stratum.value_before
    answers = stratum.n_before + stratum.n_after
    return StratumChange(
        key=stratum.key, weight=weight, change=_normal(value, error, answers, unit, level, z)
    )


def _standard_mix(strata: Sequence[Stratum], before_n: int) -> list[float]:
    given = [stratum.weight for stratum in strata if stratum.weight is not None]
    if not given:
        return [stratum.n_before / before_n for stratum in strata]
    if len(given) != len(strata):
        raise InvalidInput("weight", "a weight for every stratum or for none")
    total = fsum(given)
    if total == 0:
        raise InvalidInput("weight", "weights that do not all vanish")
    return [weight / total for weight in given]


def _pooled(parts: list[tuple[int, float, float]], n: int) -> tuple[float, float]:
    """Mean and variance of one answer over all strata: within plus between."""
    mean = fsum(size * value for size, value, _ in parts) / n
    variance = fsum(size * (spread + (value - mean) ** 2) for size, value, spread in parts) / n
    return mean, variance


def _normal(value: float, error: float, n: int, unit: Unit, level: float, z: float) -> Estimate:
    return Estimate(
        value=value,
        interval=Interval(low=value - z * error, high=value + z * error, level=level),
        n=n,
        unit=unit,
        method="stratified normal (answers)",
        standard_error=error,
    )
