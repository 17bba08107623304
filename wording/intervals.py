"""Ranges in words: from where to where, and how sure.

Effects and levels have 95 %, money has 90 %, and each says so where it stands.
"""

import math

from django.utils.translation import gettext as _

from wording.formats import Reader

EFFECT_LEVEL = 0.95  # of every interval around a level or an effect
MONEY_LEVEL = 0.9  # of every range of money


def at_level(form: Reader, words: str, level: float = EFFECT_LEVEL) -> str:
    """`words` hold the slot %(share)s for the level of the interval that they are about."""
    return words % {"share": form.percent(level)}


def from_to(low: str, high: str) -> str:
    """3.1 to 13.7, of figures that are written."""
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def of_change(form: Reader, low: float, high: float, digits: int) -> str:
    """Both ends with their signs, the lower first: beside a change that is written with its own sign."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return _("no limit can be given")
    return from_to(form.signed(low, digits), form.signed(high, digits))


def of_size(form: Reader, low: float, high: float, digits: int) -> str:
    """From the smaller to the larger size where both have one sign, else both with their signs.

    Beside a change whose way is said in words: "fell by 8.4 points (3.1 to 13.7)".
    """
    if low > 0 or high < 0:
        low, high = sorted((abs(low), abs(high)))
        if math.isfinite(high):
            return from_to(form.number(low, digits), form.number(high, digits))
    return of_change(form, low, high, digits)
