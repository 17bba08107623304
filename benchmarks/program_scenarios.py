"""Simulated programs whose true return is known, and what somebody who knows errors and overlaps would say.

Nothing here is taken from `cxstats.program` but the form in which a caller hands a program over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from cxstats.design import DesignGrade, Verdict
from cxstats.kinds import Distribution, ParameterKind, ValueKind
from cxstats.program import Initiative, JointEstimate, Measured, Program, ProgramCost
from cxstats.roi import BenefitLine, CostLine, Parameter, RoiCase

SIZES = (4, 6, 10, 20, 40)  # initiatives of a program, in turn
YEARS, RATE = 3, 0.08
WORTH = 1000.0  # money a point and year
ANNUITY = sum((1 + RATE) ** -year for year in range(1, YEARS + 1))
WEEKS = 104
FIRST = date(2024, 1, 1)
Z90 = 1.6448536269514722


@dataclass
class Claims:
    """Effects in points: true ones, and what was measured of them."""

    true: np.ndarray
    value: np.ndarray
    error: np.ndarray  # as stated
    degrees: np.ndarray
    known_error: np.ndarray  # as it is
    worth: np.ndarray | None = None  # money a point and year by initiative, where they differ
    contains: np.ndarray | None = None  # (k, k) what a claim sees of every effect, where they overlap
    covariance: np.ndarray | None = None  # (k, k) of the claims, where they share noise
    windows: dict[int, Measured] = field(default_factory=dict)
    joints: list[JointEstimate] = field(default_factory=list)
    shared_spread: float = 0.0  # of the logarithm of an input that all share


@dataclass
class Drawn:
    """One program: as handed over, its true return, the oracle's width, and what its claims alone say."""

    program: Program
    true_return: float
    oracle_width: float
    plain: tuple[float, float]  # 90 % range of the plain sum of all claims
    true_by_initiative: np.ndarray
    claimed: np.ndarray
    claimed_error: np.ndarray


def drawn(kind: str, number: int, seed: int) -> Drawn:
    """Program `number` of a kind; each has its own seed."""
    rng = np.random.default_rng([seed, number, *kind.encode()])
    return _program(KINDS[kind](rng, SIZES[number % len(SIZES)]), rng)


# --- effects and claims -----------------------------------------------------------------------


def _claims(rng: np.random.Generator, true: np.ndarray, noise: np.ndarray, low: int = 8) -> Claims:
    """One study each: its error is estimated, with `low` to 60 degrees of freedom."""
    degrees = rng.integers(low, 61 if low >= 8 else 2 * low + 1, true.size).astype(float)
    stated = noise * np.sqrt(rng.chisquare(degrees) / degrees)
    return Claims(true, true + noise * rng.standard_normal(true.size), stated, degrees, noise)


def null(rng: np.random.Generator, size: int) -> Claims:
    return _claims(rng, np.zeros(size), np.full(size, 3.0))


def harmful(rng: np.random.Generator, size: int) -> Claims:
    effects = np.abs(rng.normal(4.0, 2.0, size)) * np.where(np.arange(size) % 2, -1, 1)
    return _claims(rng, effects, np.full(size, 3.0))


def star(rng: np.random.Generator, size: int) -> Claims:
    effects = rng.normal(0.5, 0.5, size)
    effects[rng.integers(size)] = rng.uniform(12, 25)
    return _claims(rng, effects, np.full(size, 3.0))


def unequal(rng: np.random.Generator, size: int) -> Claims:
    return _claims(rng, rng.normal(2.0, 3.0, size), 3.0 * np.exp(rng.normal(0, 0.8, size)))


def shared_input(rng: np.random.Generator, size: int) -> Claims:
    claims = _claims(rng, rng.normal(2.0, 2.0, size), np.full(size, 3.0))
    claims.shared_spread = 0.4
    return claims


def ordinary(rng: np.random.Generator, size: int) -> Claims:
    """Most do a little, some nothing, few harm; noise differs somewhat."""
    effects = np.where(rng.random(size) < 0.3, 0.0, rng.normal(3.0, 3.0, size))
    return _claims(rng, effects, 3.0 * np.exp(rng.normal(0, 0.3, size)))


def pairs_joint(rng: np.random.Generator, size: int) -> Claims:
    return _paired(rng, size, joint=True)


def pairs_without(rng: np.random.Generator, size: int) -> Claims:
    return _paired(rng, size, joint=False)


def _paired(rng: np.random.Generator, size: int, *, joint: bool) -> Claims:
    """Half of the initiatives go live by twos on one touchpoint, some on one day: a weekly series each."""
    claims = _claims(rng, rng.normal(2.0, 3.0, size), np.full(size, 3.0))
    claims.contains, claims.covariance = np.eye(size), np.diag(claims.known_error**2)
    for first in range(0, size // 2 // 2 * 2 or 2, 2):
        _one_pair(rng, claims, first, joint)
    return claims


def _one_pair(rng: np.random.Generator, claims: Claims, first: int, joint: bool) -> None:
    assert claims.contains is not None
    assert claims.covariance is not None
    both = [first, first + 1]
    starts = [int(rng.integers(40, 60))]
    starts.append(starts[0] + int(rng.choice([0, 0, 8, 20])))
    weeks = np.arange(WEEKS)
    live = np.array([weeks >= start for start in starts]).astype(float)
    noise = 3.0 / np.sqrt(4 / WEEKS)  # so that a difference of two halves has a standard error of about 3
    series = rng.normal(20.0, noise, WEEKS) + claims.true[both] @ live
    weights = np.array([row / row.sum() - (1 - row) / (1 - row).sum() for row in live])
    claims.contains[np.ix_(both, both)] = weights @ live.T
    claims.covariance[np.ix_(both, both)] = noise**2 * weights @ weights.T
    for place, row, weight, start in zip(both, live, weights, starts, strict=True):
        design = np.column_stack([np.ones(WEEKS), row])
        left = series - design @ np.linalg.lstsq(design, series, rcond=None)[0]
        claims.value[place] = weight @ series
        claims.error[place] = np.sqrt(left @ left / (WEEKS - 2) * (weight @ weight))
        claims.known_error[place] = noise * np.sqrt(weight @ weight)
        claims.degrees[place] = WEEKS - 2
        claims.windows[place] = Measured(
            metric="nps",
            places=(f"touchpoint {first}",),
            before=FIRST,
            start=FIRST + timedelta(weeks=start),
            until=FIRST + timedelta(weeks=WEEKS),
        )
    if joint:
        claims.joints.append(_joint(series, live, both))


def _joint(series: np.ndarray, live: np.ndarray, both: list[int]) -> JointEstimate:
    """Least squares with both steps, or with the one that they have in common."""
    steps = live if (live[0] != live[1]).any() else live[:1]
    design = np.column_stack([np.ones(WEEKS), *steps])
    found = np.linalg.lstsq(design, series, rcond=None)[0]
    left = series - design @ found
    degrees = WEEKS - design.shape[1]
    covariance = np.linalg.inv(design.T @ design)[1:, 1:] * (left @ left) / degrees
    return JointEstimate(
        keys=tuple(f"initiative {place:02d}" for place in both),
        values=tuple(found[1:].tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        degrees_of_freedom=float(degrees),
    )


# --- kinds that nobody asked for --------------------------------------------------------------


def heavy_tails(rng: np.random.Generator, size: int) -> Claims:
    return _claims(rng, 1.0 + 2.0 * rng.standard_t(2.5, size), np.full(size, 3.0))


def alike_by_group(rng: np.random.Generator, size: int) -> Claims:
    """Effects of one wave of initiatives go together: a common part for each of three groups."""
    groups = rng.normal(2.0, 3.0, 3)[np.arange(size) % 3]
    return _claims(rng, groups + rng.normal(0, 1.0, size), np.full(size, 3.0))


def few_and_unequal(rng: np.random.Generator, size: int) -> Claims:
    size = (4, 5)[size % 4 // 2]
    return _claims(rng, rng.normal(2.0, 4.0, size), 3.0 * np.exp(rng.normal(0, 1.0, size)), low=3)


def by_size(rng: np.random.Generator, size: int) -> Claims:
    """Effect and noise in money both grow with the customers reached."""
    claims = _claims(rng, rng.normal(3.0, 3.0, size), np.full(size, 3.0))
    claims.worth = WORTH * np.exp(rng.normal(0, 1.0, size))
    return claims


def noisy_star(rng: np.random.Generator, size: int) -> Claims:
    """One large effect, and the one that was measured worst."""
    effects, noise = rng.normal(0, 0.5, size), np.full(size, 1.5)
    place = rng.integers(size)
    effects[place], noise[place] = 25.0, 9.0
    return _claims(rng, effects, noise)


def short_studies(rng: np.random.Generator, size: int) -> Claims:
    return _claims(rng, rng.normal(2.0, 3.0, size), np.full(size, 3.0), low=3)


def pairs_apart(rng: np.random.Generator, size: int) -> Claims:
    """Pairs on one touchpoint and day, each measured by a survey of its own: no noise in common."""
    claims = _claims(rng, rng.normal(2.0, 3.0, size), np.full(size, 3.0))
    claims.contains = np.eye(size)
    for first in range(0, size // 2 // 2 * 2 or 2, 2):
        claims.contains[first, first + 1] = claims.contains[first + 1, first] = 1.0
        claims.value[[first, first + 1]] += claims.true[[first + 1, first]]
        for place in (first, first + 1):
            claims.windows[place] = Measured(
                metric="nps",
                places=(f"touchpoint {first}",),
                before=FIRST,
                start=FIRST + timedelta(weeks=52),
                until=FIRST + timedelta(weeks=WEEKS),
            )
    claims.covariance = np.diag(claims.known_error**2)
    return claims


ASKED: dict[str, Callable[[np.random.Generator, int], Claims]] = {
    "all null": null,
    "half harmful": harmful,
    "one star": star,
    "pairs with a joint estimate": pairs_joint,
    "pairs without one": pairs_without,
    "unequal noise": unequal,
    "one shared input": shared_input,
}
BEYOND: dict[str, Callable[[np.random.Generator, int], Claims]] = {
    "ordinary": ordinary,
    "heavy tails": heavy_tails,
    "effects alike by group": alike_by_group,
    "few and unequal": few_and_unequal,
    "effects as large as the reach": by_size,
    "short studies": short_studies,
    "pairs with surveys of their own": pairs_apart,
    "the star is the noisiest": noisy_star,
}
KINDS = {**ASKED, **BEYOND}


# --- money ------------------------------------------------------------------------------------


def _program(claims: Claims, rng: np.random.Generator) -> Drawn:
    size = claims.true.size
    worth = np.full(size, WORTH) if claims.worth is None else claims.worth
    spread = claims.shared_spread
    factor = float(np.exp(rng.normal(0, spread))) if spread else 1.0
    costs = rng.uniform(500, 5000, size)
    yearly = 1500.0
    spent = costs.sum() + yearly * (1 + ANNUITY)
    initiatives = tuple(
        Initiative(
            key=f"initiative {place:02d}",
            case=_case(claims, place, float(worth[place]), float(costs[place])),
            grade=DesignGrade.B,
            verdict=_verdict(claims, place),
            measured=claims.windows.get(place),
            shared=(("worth", "money per point"),) if spread else (),
        )
        for place in range(size)
    )
    ledger = tuple(
        ProgramCost(key="people", year=year, amount=_fixed("people", yearly)) for year in range(YEARS + 1)
    )
    money = worth * ANNUITY
    errors = money * claims.error
    half = Z90 * float(np.sqrt(errors @ errors))
    plain = float(money @ claims.value) - spent
    return Drawn(
        program=Program(
            initiatives=initiatives,
            costs=ledger,
            years=YEARS,
            discount_rate=RATE,
            joint_estimates=tuple(claims.joints),
        ),
        true_return=factor * float(money @ claims.true) - spent,
        oracle_width=_oracle(claims, money, rng),
        plain=(plain - half, plain + half),
        true_by_initiative=factor * money * claims.true,
        claimed=money * claims.value,
        claimed_error=errors,
    )


def _oracle(claims: Claims, money: np.ndarray, rng: np.random.Generator) -> float:
    """Width of the 90 % range of generalized least squares with the true covariances and overlaps."""
    contains = np.eye(money.size) if claims.contains is None else claims.contains
    covariance = np.diag(claims.known_error**2) if claims.covariance is None else claims.covariance
    inverse = np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    information = contains.T @ inverse @ contains
    variance = float(money @ np.linalg.pinv(information, rcond=1e-9, hermitian=True) @ money)
    if not claims.shared_spread:
        return 2 * Z90 * float(np.sqrt(variance))
    total = rng.normal(money @ claims.value, np.sqrt(variance), 20_000)
    low, high = np.quantile(total * np.exp(rng.normal(0, claims.shared_spread, 20_000)), [0.05, 0.95])
    return float(high - low)


def _verdict(claims: Claims, place: int) -> Verdict:
    score = claims.value[place] / claims.error[place]
    if abs(score) > 2:
        return Verdict.SUPPORTED if score > 0 else Verdict.CONTRADICTED
    return Verdict.SUGGESTIVE if score > 1.3 else Verdict.INCONCLUSIVE


def _case(claims: Claims, place: int, worth: float, cost: float) -> RoiCase:
    spread, tail = claims.shared_spread, 1.2815515655446004
    effect = Parameter(
        key="effect",
        distribution=Distribution.STUDENT_T,
        args=(float(claims.value[place]), float(claims.error[place]), float(claims.degrees[place])),
        source="study",
        owner="CX",
        kind=ParameterKind.MEASURED,
    )
    money = _fixed("worth", worth)
    if spread:
        money = Parameter(
            key="worth",
            distribution=Distribution.LOGNORMAL_P10_P90,
            args=(worth * float(np.exp(-tail * spread)), worth * float(np.exp(tail * spread))),
            source="ledger",
            owner="finance",
            kind=ParameterKind.FINANCE,
        )
    return RoiCase(
        parameters=(effect, money, _fixed("cost", cost), _fixed("rate", RATE)),
        benefits=(
            BenefitLine(
                key="benefit",
                kind=ValueKind.OWN_FORMULA,
                factors=("effect", "worth"),
                profile=(0.0, *([1.0] * YEARS)),
                hard=place % 2 == 0,
            ),
        ),
        costs=(CostLine(key="cost", factors=("cost",), profile=(1.0, *([0.0] * YEARS))),),
        periods=YEARS,
        discount_rate="rate",
        effect="effect",
    )


def _fixed(key: str, value: float) -> Parameter:
    return Parameter(
        key=key,
        distribution=Distribution.FIXED,
        args=(value,),
        source="ledger",
        owner="finance",
        kind=ParameterKind.FINANCE,
    )
