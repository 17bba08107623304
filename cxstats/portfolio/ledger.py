"""The total of all initiatives without counting anything twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cxstats.checks import FloatArray, count, fraction, real
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.portfolio.shrinkage import Shrunken, shrink
from cxstats.portfolio.sums import Amount, Quantiles, Range, range_of_sum

type Split = tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeValue:
    """What one initiative claims on its own, in money: its expected value, with its standard error (> 0).

    `quantiles` (share, value), both ascending, is its own simulated distribution, used in place of
    a normal one. `group`: initiatives that name the same one overlap (see `overlap_groups`). `scenario_only`
    claims rest on weak evidence; they stand in the naive sum and nowhere else, and overlap with nothing.
    """

    key: str
    value: float
    standard_error: float
    group: str | None = None
    scenario_only: bool = False
    quantiles: Quantiles = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class JointEffect:
    """What all initiatives of one group did together, as estimated together.

    `split` (initiative, share) divides it where finance insists; shares sum to 1. The parts are
    allocated, not estimated.
    """

    group: str
    value: float
    standard_error: float
    split: Split = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedBenefit:
    """One benefit, not part of any own value, that several initiatives claim; `split` sums to 1."""

    key: str
    value: float
    standard_error: float
    split: Split


class Basis(StrEnum):
    """What the counted figure of an initiative rests on."""

    OWN = "own"  # estimated alone
    ALLOCATED = "allocated"  # a declared part of a joint effect: allocated, not estimated
    JOINT_ONLY = "joint_only"  # counted within its group's joint effect, no part of its own
    LEFT_OUT = "left_out"


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLine:
    """One initiative: claimed on its own, counted in the total, and its parts of shared benefits.

    `counted` is None for JOINT_ONLY and LEFT_OUT; `reason` says why something was left out.
    """

    key: str
    claimed: float
    counted: float | None
    shared: float
    basis: Basis
    reason: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OverlapGroup:
    """Initiatives that overlap; `overclaimed`: their own claims exceed the joint effect."""

    group: str
    initiatives: tuple[str, ...]
    claimed: float
    joint: float | None
    overclaimed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioTotal:
    """Three totals of the same portfolio, and the ledger that links them.

    `naive` adds every claim, shared benefits once per claimant. `overlap_aware` counts joint effects
    and shared benefits once and leaves out scenarios and overlaps without a joint estimate. `shrunken`
    applies shrinkage to what the latter counts; None below six counted claims (`shrinkage_refusal`).
    """

    naive: float
    overlap_aware: float
    naive_range: Range
    overlap_aware_range: Range | None
    shrunken: Shrunken | None
    shrinkage_refusal: Reason | None
    lines: tuple[LedgerLine, ...]
    groups: tuple[OverlapGroup, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claim:
    """One amount of its own with the times that a total counts it."""

    amount: Amount
    naive: float
    counted: float


def portfolio_total(
    *,
    initiatives: Sequence[InitiativeValue],
    rng: np.random.Generator,
    joint_effects: Sequence[JointEffect] = (),
    shared_benefits: Sequence[SharedBenefit] = (),
    common_correlation: float = 0.0,
    draws: int = 20_000,
) -> PortfolioTotal:
    """Add up a portfolio three ways.

    Parameters
    ----------
    initiatives : sequence of InitiativeValue
        At least one; money in one currency.
    rng : numpy.random.Generator
        For the ranges of correlated amounts; those of independent ones are computed.
    joint_effects : sequence of JointEffect
        One per group of two or more initiatives, where it was estimated.
    shared_benefits : sequence of SharedBenefit
    common_correlation : float
        Correlation of the errors of all amounts, in [0, 1), e.g. through one margin used by all.
    draws : int
        Of correlated amounts; at least 100.

    Returns
    -------
    PortfolioTotal

    Raises
    ------
    InvalidInput
        Repeated or unknown keys, shares that do not sum to 1, a joint effect of fewer than two
        initiatives.
    NotEstimable
        `NO_DATA` without initiatives.

    Source
    ------
    Ledger rule of the methods handbook (overlapping initiatives); shrinkage as in `shrink`.

    Examples
    --------
    >>> chat = InitiativeValue(key="chat", value=60.0, standard_error=10.0, group="help")
    >>> training = InitiativeValue(key="training", value=50.0, standard_error=10.0, group="help")
    >>> invoice = InitiativeValue(key="invoice", value=20.0, standard_error=5.0)
    >>> together = JointEffect(group="help", value=80.0, standard_error=12.0)
    >>> found = portfolio_total(initiatives=[chat, training, invoice], joint_effects=[together],
    ...                         rng=np.random.default_rng(1))
    >>> found.naive, found.overlap_aware, found.groups[0].overclaimed
    (130.0, 100.0, True)
    """
    if not initiatives:
        raise NotEstimable(Reason.NO_DATA)
    correlation = fraction("common_correlation", common_correlation, closed=True)
    if correlation == 1:
        raise InvalidInput("common_correlation", "a correlation below 1")
    size = count("draws", draws, minimum=100)
    _check(initiatives, joint_effects, shared_benefits)
    joints = {joint.group: joint for joint in joint_effects}
    groups = _groups(initiatives, joints)
    crowded = {group.group for group in groups}
    shares = {
        (benefit.key, key): part * benefit.value for benefit in shared_benefits for key, part in benefit.split
    }
    lines = tuple(
        _line(item, crowded, joints, sum(part for (_, key), part in shares.items() if key == item.key))
        for item in initiatives
    )
    claims = _claims(initiatives, lines, joint_effects, shared_benefits)
    amounts = np.array([claim.amount.value for claim in claims])
    errors = np.array([claim.amount.error for claim in claims])
    naive = np.array([claim.naive for claim in claims])
    counted_times = np.array([claim.counted for claim in claims])
    kept = counted_times > 0

    def span(times: FloatArray) -> Range:
        return range_of_sum(
            amounts=[claim.amount for claim in claims],
            times=times.tolist(),
            correlation=correlation,
            rng=rng,
            draws=size,
        )

    shrunken, refusal = _shrunken(amounts[kept], errors[kept])
    naive_range = span(naive)
    same = bool((naive == counted_times).all())
    return PortfolioTotal(
        naive=float(naive @ amounts),
        overlap_aware=float(counted_times @ amounts),
        naive_range=naive_range,
        overlap_aware_range=naive_range if same else span(counted_times) if kept.any() else None,
        shrunken=shrunken,
        shrinkage_refusal=refusal,
        lines=lines,
        groups=groups,
    )


def _claims(
    initiatives: Sequence[InitiativeValue],
    lines: Sequence[LedgerLine],
    joint_effects: Sequence[JointEffect],
    shared_benefits: Sequence[SharedBenefit],
) -> list[_Claim]:
    """Every amount that somebody claims, with how often the naive and the careful sum count it."""
    claims = [
        _Claim(
            amount=Amount(value=item.value, error=item.standard_error, quantiles=item.quantiles),
            naive=1.0,
            counted=1.0 if line.basis is Basis.OWN else 0.0,
        )
        for item, line in zip(initiatives, lines, strict=True)
    ]
    claims += [
        _Claim(amount=Amount(value=joint.value, error=joint.standard_error), naive=0.0, counted=1.0)
        for joint in joint_effects
    ]
    claims += [
        _Claim(
            amount=Amount(value=shared.value, error=shared.standard_error),
            naive=float(len(shared.split)),
            counted=1.0,
        )
        for shared in shared_benefits
    ]
    return claims


def _groups(
    initiatives: Sequence[InitiativeValue], joints: dict[str, JointEffect]
) -> tuple[OverlapGroup, ...]:
    members: dict[str, list[InitiativeValue]] = {}
    for item in initiatives:
        if item.group is not None and not item.scenario_only:
            members.setdefault(item.group, []).append(item)
    found = []
    for group, items in members.items():
        if len(items) < 2:
            continue
        joint, claimed = joints.get(group), sum(item.value for item in items)
        found.append(
            OverlapGroup(
                group=group,
                initiatives=tuple(item.key for item in items),
                claimed=claimed,
                joint=None if joint is None else joint.value,
                overclaimed=joint is not None and claimed > joint.value,
            )
        )
    return tuple(found)


def _line(
    item: InitiativeValue, crowded: set[str], joints: dict[str, JointEffect], shared: float
) -> LedgerLine:
    counted: float | None = None
    reason: Reason | None = None
    if item.scenario_only:
        basis, reason = Basis.LEFT_OUT, Reason.EVIDENCE_TOO_WEAK
    elif item.group is not None and item.group in crowded:
        joint = joints.get(item.group)
        if joint is None:
            basis, reason = Basis.LEFT_OUT, Reason.OVERLAPPING_INITIATIVES
        elif joint.split:
            basis, counted = Basis.ALLOCATED, dict(joint.split)[item.key] * joint.value
        else:
            basis = Basis.JOINT_ONLY
    else:
        basis, counted = Basis.OWN, item.value
    return LedgerLine(
        key=item.key, claimed=item.value, counted=counted, shared=shared, basis=basis, reason=reason
    )


def _shrunken(amounts: FloatArray, errors: FloatArray) -> tuple[Shrunken | None, Reason | None]:
    if amounts.size == 0:
        return None, Reason.NO_DATA
    try:
        return shrink(values=amounts, standard_errors=errors), None
    except NotEstimable as refusal:
        return None, refusal.reason


def _check(
    initiatives: Sequence[InitiativeValue],
    joint_effects: Sequence[JointEffect],
    shared_benefits: Sequence[SharedBenefit],
) -> None:
    _unique("initiatives", (item.key for item in initiatives))
    _unique("joint_effects", (joint.group for joint in joint_effects))
    _unique("shared_benefits", (benefit.key for benefit in shared_benefits))
    amounts: tuple[InitiativeValue | JointEffect | SharedBenefit, ...]
    amounts = (*initiatives, *joint_effects, *shared_benefits)
    for amount in amounts:
        real("value", amount.value)
        if real("standard_error", amount.standard_error) <= 0:
            raise InvalidInput("standard_error", "a number above 0")
    for item in initiatives:
        _check_quantiles(item.quantiles)
    for joint in joint_effects:
        members = {item.key for item in initiatives if item.group == joint.group and not item.scenario_only}
        if len(members) < 2:
            raise InvalidInput("joint_effects", f"two or more initiatives in {joint.group!r}")
        if joint.split:
            _check_split("joint_effects.split", joint.split)
            if {key for key, _ in joint.split} != members:
                raise InvalidInput("joint_effects.split", "every initiative of the group, and no other")
    known = {item.key for item in initiatives}
    for benefit in shared_benefits:
        _check_split("shared_benefits.split", benefit.split)
        if not {key for key, _ in benefit.split} <= known:
            raise InvalidInput("shared_benefits.split", "keys of initiatives")


def _check_quantiles(quantiles: Quantiles) -> None:
    if not quantiles:
        return
    name = "initiatives.quantiles"
    shares = [fraction(name, share, closed=True) for share, _ in quantiles]
    values = [real(name, value) for _, value in quantiles]
    if len(quantiles) < 2 or sorted(set(shares)) != shares or sorted(values) != values:
        raise InvalidInput(name, "two or more (share, value) pairs, both ascending")


def _check_split(name: str, split: Split) -> None:
    _unique(name, (key for key, _ in split))
    total = sum(fraction(name, part, closed=True) for _, part in split)
    if abs(total - 1) > 1e-9:
        raise InvalidInput(name, "shares that sum to 1")


def _unique(name: str, keys: Iterable[str]) -> None:
    repeated = [key for key, times in Counter(keys).items() if times > 1]
    if repeated:
        raise InvalidInput(name, f"unique keys, {repeated[0]!r} is repeated")
