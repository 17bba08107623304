"""The ledger rule: credits of all initiatives never exceed what all of them did together."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxstats.checks import real
from cxstats.errors import InvalidInput


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLine:
    """One credit: `claimed` as brought in, `allowed` after the rule, metric units."""

    name: str
    claimed: float
    allowed: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """Credits that add up to no more than `joint`. `basis` is "estimated" or "allocated_not_estimated"."""

    lines: tuple[LedgerLine, ...]
    joint: float
    claimed_total: float
    allowed_total: float
    basis: str


def settle(
    *,
    joint: float,
    claims: Sequence[tuple[str, float]],
    declared_split: Sequence[tuple[str, float]] | None = None,
) -> Ledger:
    """Scale claimed effects so that their sum does not exceed the joint effect.

    Claims against the direction of the joint effect stand as they are (a loss is not scaled away); the
    others are scaled by one factor, at most 1. With a declared split the joint effect is divided by it and
    labeled as allocated, not estimated.

    Parameters
    ----------
    joint : float
        Joint effect on the touchpoint, metric units.
    claims : sequence of (name, effect)
    declared_split : sequence of (name, share), optional
        Shares >= 0 with sum 1, one for each claim.

    Returns
    -------
    Ledger

    Raises
    ------
    InvalidInput
        No claim, names that repeat, shares that do not add up to 1.

    Notes
    -----
    Rule of the handbook: the sum of credits never exceeds the joint effect; roll-ups use joint effects only.

    Examples
    --------
    >>> book = settle(joint=6.0, claims=[("app", 5.0), ("desk", 4.0), ("fee", -1.0)])
    >>> [round(line.allowed, 3) for line in book.lines], book.allowed_total
    ([3.889, 3.111, -1.0], 6.0)
    """
    total = real("joint", joint)
    names = [name for name, _ in claims]
    if not names or len(set(names)) != len(names):
        raise InvalidInput("claims", "at least one claim, each name once")
    values = [real("claims", value) for _, value in claims]
    if declared_split is not None:
        shares = dict(declared_split)
        if set(shares) != set(names) or any(
            real("declared_split", s, minimum=0.0) < 0 for s in shares.values()
        ):
            raise InvalidInput("declared_split", "one share >= 0 for each claim")
        if abs(sum(shares.values()) - 1.0) > 1e-9:
            raise InvalidInput("declared_split", "shares that add up to 1")
        allowed = [total * shares[name] for name in names]
        basis = "allocated_not_estimated"
    else:
        sign = 1.0 if total >= 0 else -1.0
        along = sum(value for value in values if value * sign > 0)
        against = sum(value for value in values if value * sign <= 0)
        room = max((total - against) * sign, 0.0)
        factor = min(1.0, room / (along * sign)) if along else 1.0
        allowed = [value * factor if value * sign > 0 else value for value in values]
        basis = "estimated"
    return Ledger(
        lines=tuple(
            LedgerLine(name=name, claimed=value, allowed=credit)
            for name, value, credit in zip(names, values, allowed, strict=True)
        ),
        joint=total,
        claimed_total=sum(values),
        allowed_total=sum(allowed),
        basis=basis,
    )
