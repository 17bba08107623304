"""How a figure is rounded where people read it."""

from decimal import ROUND_HALF_UP, Context, Decimal

_WIDE = Context(prec=400)  # any float, written out


def half_up(value: float | Decimal, digits: int = 0) -> Decimal:
    """Rounded as people do it by hand: 4 of 32 are 13 %, not 12. `round` goes to the even neighbor.

    A computed 28.499999999999996 was meant as 28.5: the last digits of a binary number are noise.

    >>> half_up(12.5), half_up(-0.25, 1), half_up(100 * 0.285)
    (Decimal('13'), Decimal('-0.3'), Decimal('29'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.15g}")
    if not exact.is_finite():
        return exact
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_WIDE)
