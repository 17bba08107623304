"""Formulas of a workbook with what they come to, so that a viewer that computes nothing shows figures.

Each is written once: the text that a spreadsheet computes and the value that is stored beside it come from
the same expression and cannot drift apart. Only what sheets need is here; tests recompute all of it with
another engine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, exp, log
from typing import Any

_SUM, _PRODUCT, _POWER, _WHOLE = range(4)  # how strongly parts of an expression hold together

type Written = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Term:
    """`write` gives the text as it stands in a sheet of that name; `value` is a number, or a text in its
    place."""

    write: Written
    value: Any
    rank: int = _WHOLE

    def __add__(self, other: "Term | float") -> "Term":
        return _joined(self, "+", other, _SUM, lambda one, two: one + two)

    def __sub__(self, other: "Term | float") -> "Term":
        return _joined(self, "-", other, _SUM, lambda one, two: one - two)

    def __mul__(self, other: "Term | float") -> "Term":
        return _joined(self, "*", other, _PRODUCT, lambda one, two: one * two)

    def __truediv__(self, other: "Term | float") -> "Term":
        return _joined(self, "/", other, _PRODUCT, lambda one, two: one / two)

    def __pow__(self, power: int) -> "Term":
        return _joined(self, "^", power, _POWER, lambda one, two: one**two)

    def inside(self, home: str, rank: int) -> str:
        """In brackets where its parts hold together less than what stands around. The right side of a sign
        that does not read both ways asks for one rank more."""
        text = self.write(home)
        return f"({text})" if self.rank < rank else text


@dataclass(frozen=True, slots=True)
class Span:
    """Cells beside or below each other, the first to the last."""

    write: Written
    values: tuple[Any, ...]

    @property
    def numbers(self) -> list[float]:
        """As sheets read a range: texts are passed over."""
        return [value for value in self.values if not isinstance(value, str)]


def rounded(term: Term) -> Term:
    """To a millionth: what is left of equal figures by the rounding of machines is nothing."""
    return Term(lambda home: f"ROUND({term.write(home)},6)", round(term.value, 6) + 0.0)


def known(value: float) -> Term:
    """A number within a formula; a negative one in brackets, since `-1^2` is 1 in a spreadsheet."""
    text = repr(float(value)).removesuffix(".0")
    return Term(lambda _home: f"({text})" if value < 0 else text, value)


def product(terms: Sequence[Term]) -> Term:
    result = terms[0]
    for term in terms[1:]:
        result = result * term
    return result


def added(terms: Sequence[Term]) -> Term:
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def total(span: Span) -> Term:
    return _called("SUM", [span], sum(span.numbers))


def products_summed(one: Span, two: Span) -> Term:
    pairs = zip(one.values, two.values, strict=True)
    return _called("SUMPRODUCT", [one, two], sum(first * second for first, second in pairs))


def summed_where(keys: Span, key: Term, amounts: Span) -> Term:
    """The amounts beside the cells that hold `key`."""
    pairs = zip(keys.values, amounts.values, strict=True)
    return _called("SUMIF", [keys, key, amounts], sum(amount for one, amount in pairs if one == key.value))


def ratio(top: Term, bottom: Term, otherwise: str) -> Term:
    """`otherwise` (text) where there is nothing to divide by."""
    return Term(
        lambda home: (
            f"IF({bottom.write(home)}>0,"
            f"{top.inside(home, _PRODUCT)}/{bottom.inside(home, _POWER)},{quoted(otherwise)})"
        ),
        top.value / bottom.value if bottom.value > 0 else otherwise,
    )


def where_on(switch: Term, term: Term) -> Term:
    """The term while the switch is 1, else 0."""
    return Term(
        lambda home: f"IF({switch.write(home)}=1,{term.write(home)},0)",
        term.value if switch.value == 1 else 0.0,
    )


def crossing(before: Term, after: Term, year: Term) -> Term:
    """When, within the year that ends with `after`, the sum comes back to zero; empty where it does not.

    Rounded to a millionth, so that a sum of zero is zero.
    """
    comes_back = round(before.value, 6) < 0 <= round(after.value, 6)
    value = year.value - 1 + before.value / (before.value - after.value) if comes_back else ""
    return Term(
        lambda home: (
            f"IF(AND(ROUND({before.write(home)},6)<0,ROUND({after.write(home)},6)>=0),"
            f"{year.write(home)}-1+{before.write(home)}/({before.write(home)}-{after.write(home)}),{quoted('')})"
        ),
        value,
    )


def paid_back(sums: Span, crossings: Span, never: str) -> Term:
    """The first crossing; 0 where the sum never is below zero."""
    if round(min(sums.numbers), 6) >= 0:
        value: Any = 0.0
    else:
        value = min(crossings.numbers, default=never)
    return Term(
        lambda home: (
            f"IF(ROUND(MIN({sums.write(home)}),6)>=0,0,IF(COUNT({crossings.write(home)})=0,"
            f"{quoted(never)},MIN({crossings.write(home)})))"
        ),
        value,
    )


def lognormal_mean(low: Term, high: Term, z: float) -> Term:
    """Mean of a lognormal distribution from its 10th and 90th percentile."""
    spread = (log(high.value) - log(low.value)) / (2 * z)
    return Term(
        lambda home: (
            f"EXP((LN({low.write(home)})+LN({high.write(home)}))/2"
            f"+((LN({high.write(home)})-LN({low.write(home)}))/(2*{z!r}))^2/2)"
        ),
        exp((log(low.value) + log(high.value)) / 2 + spread**2 / 2),
    )


def binomial_sum(low: Term, width: Term, moments: Sequence[Term]) -> Term:
    """Expected value of (low + width x)^n from the moments 1 to n of x; without a power 0, which sheets
    refuse to take of zero."""
    power = len(moments)
    terms = [low**power]
    for count, moment in enumerate(moments, start=1):
        parts = [known(comb(power, count)), width**count, moment]
        if count < power:
            parts.insert(1, low ** (power - count))
        terms.append(product(parts))
    return added(terms)


def quoted(text: str) -> str:
    """A text within a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _called(name: str, parts: Sequence[Term | Span], value: Any) -> Term:
    return Term(lambda home: f"{name}({','.join(part.write(home) for part in parts)})", value)


def _joined(
    left: Term, sign: str, other: "Term | float", rank: int, computed: Callable[[Any, Any], Any]
) -> Term:
    right = other if isinstance(other, Term) else known(other)
    tighter = rank + 1 if sign in "-/^" else rank
    return Term(
        lambda home: f"{left.inside(home, rank + (sign == '^'))}{sign}{right.inside(home, tighter)}",
        computed(left.value, right.value),
        rank,
    )
