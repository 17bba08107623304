"""From a metric change to money: value models as products of named parameters."""

import math
from dataclasses import dataclass

from cxstats.checks import real
from cxstats.design import Direction
from cxstats.errors import InvalidInput
from cxstats.kinds import ValueKind

VALUE_FACTORS: dict[ValueKind, tuple[str, ...]] = {
    # metric units x customers x share of them kept per unit x margin per customer and period
    ValueKind.RETENTION: ("effect", "customers", "retention_per_unit", "margin"),
    # metric units x customers x contacts saved per customer and unit x cost of one contact
    ValueKind.AVOIDED_CONTACTS: ("effect", "customers", "contacts_per_unit", "unit_cost"),
    # hours saved per case x cases per period x cost of one hour
    ValueKind.RESOLUTION_HOURS: ("effect", "cases", "hourly_cost"),
    # metric units x customers x new customers per customer and unit x margin of a new customer
    ValueKind.REFERRAL: ("effect", "customers", "referrals_per_unit", "margin"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BenefitLine:
    """One benefit: the product of `factors` (parameter keys) is its money in one full period.

    `profile[t]` is the part of a full period that falls into period t (0 before go-live, < 1 while
    ramping up). `hard` benefits reach the ledger; soft ones are reported apart. With `direction`
    DOWN a fall of the metric is the gain, so the product counts with the opposite sign.
    """

    key: str
    kind: ValueKind
    factors: tuple[str, ...]
    profile: tuple[float, ...]
    hard: bool
    direction: Direction = Direction.UP


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One cost: product of `factors` times `profile[t]` is spent in period t (positive money)."""

    key: str
    factors: tuple[str, ...]
    profile: tuple[float, ...]


def value_model(
    kind: ValueKind,
    *,
    key: str,
    profile: tuple[float, ...],
    hard: bool,
    direction: Direction = Direction.UP,
    **factors: str,
) -> BenefitLine:
    """A benefit line that names which parameter plays which part.

    Parameters
    ----------
    kind : ValueKind
        Its parts are in `VALUE_FACTORS`; `OWN_FORMULA` takes any, at least one.
    key, profile, hard, direction
        As in `BenefitLine`.
    **factors : str
        Part = parameter key, e.g. ``effect="nps_effect", customers="exposed"``.

    Raises
    ------
    InvalidInput
        A part is missing or unknown.

    Source
    ------
    Product rule: metric change x exposed volume x money per unit.

    Examples
    --------
    >>> line = value_model(ValueKind.RESOLUTION_HOURS, key="faster repair", profile=(0, 1, 1), hard=True,
    ...                    direction=Direction.DOWN, effect="hours", cases="repairs", hourly_cost="cost")
    >>> line.factors
    ('hours', 'repairs', 'cost')
    """
    names = _factor_names(kind, tuple(factors))
    return BenefitLine(
        key=key,
        kind=kind,
        factors=tuple(factors[name] for name in names),
        profile=profile,
        hard=hard,
        direction=direction,
    )


def value_per_period(kind: ValueKind, **amounts: float) -> float:
    """Money of one full period for known amounts: what a value model says without uncertainty.

    Parameters
    ----------
    kind : ValueKind
    **amounts : float
        The parts in `VALUE_FACTORS`, e.g. ``effect=2.0, customers=10_000, ...``; shares 0..1.

    Returns
    -------
    float
        Product of the amounts, in money.

    Raises
    ------
    InvalidInput
        A part is missing, unknown or not a finite number.

    Source
    ------
    As in `value_model`.

    Examples
    --------
    >>> value_per_period(ValueKind.AVOIDED_CONTACTS, effect=4, customers=20_000,
    ...                  contacts_per_unit=0.01, unit_cost=7.5)
    6000.0
    """
    names = _factor_names(kind, tuple(amounts))
    return math.prod(real(name, amounts[name]) for name in names)


def _factor_names(kind: ValueKind, given: tuple[str, ...]) -> tuple[str, ...]:
    if kind is ValueKind.OWN_FORMULA:
        if not given:
            raise InvalidInput("factors", "at least one named parameter")
        return given
    if kind not in VALUE_FACTORS:
        raise InvalidInput("kind", "a ValueKind")
    names = VALUE_FACTORS[kind]
    if set(given) != set(names):
        raise InvalidInput("factors", "exactly " + ", ".join(names))
    return names
