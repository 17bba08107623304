"""Two values of one initiative side by side, and what moved the figure from the first to the second."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coalition.models import Initiative
from cxstats.roi import what_moved
from cxstats.roi.comparison import BENEFITS, COSTS, REST, YEARS
from impact.cases import further_key, side_by_side
from impact.choices import Distribution, ValueKind
from impact.findings import roi_case_of
from impact.models import RoiCase
from impact.selectors.case_tables import labels_of, parameter_rows, plain_number
from impact.wording import digits_of, item_text, money_range_text, money_text, percent_text, whole_money_text
from wording.formats import reader
from wording.joining import bracketed


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedRow:
    """What one difference adds to the expected net value; `share_pct` of the largest, for a bar."""

    label: str
    amount: str
    is_loss: bool
    share_pct: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SideRow:
    """One input of both values."""

    label: str
    first: str
    second: str

    @property
    def is_changed(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonPage:
    """`cases`: all values of the initiative, the newest first. `refusal` where two cannot be compared."""

    initiative: Initiative
    cases: tuple[RoiCase, ...]
    first: RoiCase | None = None
    second: RoiCase | None = None
    sentence: str = ""
    refusal: str = ""
    note: str = ""  # where a value was asked for that there is not
    nets: tuple[str, str] = ("", "")
    moved: tuple[MovedRow, ...] = ()
    sides: tuple[SideRow, ...] = ()

    @property
    def choices(self) -> tuple[tuple[str, str, RoiCase | None], ...]:
        """Name in the address, what it asks and what is chosen."""
        return (
            ("first", pgettext("the earlier of two values", "From"), self.first),
            ("second", pgettext("the later of two values", "To"), self.second),
        )


def comparison_page(
    initiative: Initiative, *, first: int | None = None, second: int | None = None
) -> ComparisonPage:
    """The values with these keys; else the one that was computed last and the one before it, which is said
    where others were asked for. Two queries."""
    cases = tuple(
        RoiCase.objects.filter(study__initiative=initiative)
        .select_related("study", "computed_by__user", "sign_off_by__user")
        .defer("study__inputs", "study__finding", "study__initiative")
        .order_by("-computed_at", "-pk")
    )
    if len(cases) < 2:
        text = _("There is nothing to compare yet: a second value is needed, of other inputs.")
        return ComparisonPage(initiative=initiative, cases=cases, refusal=text)
    by_key = {case.pk: case for case in cases}
    after = by_key.get(second or 0, cases[0])
    is_unknown = any(key is not None and key not in by_key for key in (first, second))
    before = by_key.get(first or 0) or next(
        (case for case in cases if case.computed_at < after.computed_at), cases[-1]
    )
    known: dict[str, Any] = {
        "initiative": initiative,
        "cases": cases,
        "first": before,
        "second": after,
        "sides": tuple(_sides(before, after)),
        "note": _("This initiative has no such value. The newest ones are shown instead.")
        if is_unknown
        else "",
    }
    if before.result["currency"] != after.result["currency"]:
        text = _("One value is in %(first)s and the other in %(second)s: their amounts cannot be compared.")
        currencies = {"first": before.result["currency"], "second": after.result["currency"]}
        return ComparisonPage(**known, refusal=text % currencies)
    return ComparisonPage(**known, **_moved(before, after))


def _which(case: RoiCase) -> dict[str, int]:
    """A value by its number and its study's. No query with its study."""
    return {"number": case.number, "study": case.study.number}


def _moved(before: RoiCase, after: RoiCase) -> dict[str, Any]:
    one, other, own = side_by_side(
        roi_case_of(before.inputs["case"]), roi_case_of(after.inputs["case"]), _numbers(before, after)
    )
    found = what_moved(first=one, second=other)
    currency, said = after.result["currency"], labels_of(after)
    labels = {**labels_of(before), **said, **{key: said[old] for key, old in own.items()}}
    digits = digits_of([found.first, found.second, *(one.amount for one in found.moved)])
    first, second = round(found.first, digits), round(found.second, digits)
    amounts = _adding_up([round(one.amount, digits) for one in found.moved], second - first)
    largest = max((abs(one.amount) for one in found.moved), default=1.0) or 1.0
    moved = tuple(
        MovedRow(
            label=_label(one.key, labels),
            amount=_signed(amount, currency),
            is_loss=amount < 0,
            share_pct=round(100 * abs(one.amount) / largest),
        )
        for one, amount in zip(found.moved, amounts, strict=True)
    )
    return {
        "nets": (whole_money_text(first, currency), whole_money_text(second, currency)),
        "moved": moved,
        "sentence": _sentence(before, after, second - first, moved, currency),
    }


def _numbers(before: RoiCase, after: RoiCase) -> dict[str, str]:
    """Number of each further benefit of the second value -> its number in the first, by name and way of
    counting, else by its place; one of its own where the first has none."""
    old, new = (
        {
            str(line["number"]): (line["label"], line["kind"])
            for line in case.inputs["value_model"].get("lines", ())
        }
        for case in (before, after)
    )
    found: dict[str, str] = {}
    for is_same in (lambda one, line: old[one] == new[line], lambda one, line: one == line):
        for line in new:
            free = (one for one in old if one not in found.values() and is_same(one, line))
            if line not in found and (one := next(free, None)) is not None:
                found[line] = one
    fresh = max(map(int, [*old, *new]), default=1)
    for place, line in enumerate((line for line in new if line not in found), start=1):
        found[line] = str(fresh + place)
    return found


def _adding_up(amounts: list[float], total: float) -> list[float]:
    """As they are shown they come to the difference that is shown: the first, largest one gives way."""
    return [amounts[0] + total - sum(amounts), *amounts[1:]] if amounts else amounts


def _sentence(before: RoiCase, after: RoiCase, moved: float, rows: Sequence[MovedRow], currency: str) -> str:
    names = {
        "second": _("Value %(number)s of study %(study)s") % _which(after),
        "first": pgettext("within a sentence", "value %(number)s of study %(study)s") % _which(before),
    }
    if not rows:
        return _("%(second)s has the same inputs as %(first)s.") % names
    if not moved:
        return _("%(second)s expects as much as %(first)s, from other inputs.") % names
    text = (
        _("%(second)s expects %(amount)s more than %(first)s. What moved it most: %(label)s (%(part)s).")
        if moved > 0
        else _("%(second)s expects %(amount)s less than %(first)s. What moved it most: %(label)s (%(part)s).")
    )
    return text % {
        **names,
        "amount": whole_money_text(abs(moved), currency),
        "label": rows[0].label,
        "part": rows[0].amount,
    }


def _signed(amount: float, currency: str) -> str:
    text = whole_money_text(amount, currency)
    return f"+{text}" if amount > 0 else text


def _label(key: str, labels: Mapping[str, str]) -> str:
    said = {
        BENEFITS: _("Which benefits count, and how they build up"),
        COSTS: _("Costs"),
        YEARS: _("Years counted"),
        REST: _("All smaller differences together"),
    }
    return said[key] if key in said else item_text(key, labels)


# --- inputs side by side --------------------------------------------------------------------------


def _sides(before: RoiCase, after: RoiCase) -> Iterator[SideRow]:
    """What differs first."""
    columns = [_told(before), _told(after)]
    rows = [
        SideRow(label=place[0], first=columns[0].get(place, "–"), second=columns[1].get(place, "–"))
        for place in dict.fromkeys([*columns[0], *columns[1]])
    ]
    yield from sorted(rows, key=lambda row: not row.is_changed)


def _told(case: RoiCase) -> dict[tuple[str, int], str]:
    """Everything that a value was computed from, by what it is called; of several things of one name the
    first, the second and so on."""
    told = dict[tuple[str, int], str]()
    for label, text in _lines_told(case):
        place = 1
        while (label, place) in told:
            place += 1
        told[label, place] = text
    return told


def _lines_told(case: RoiCase) -> Iterator[tuple[str, str]]:
    model, currency = case.inputs["value_model"], case.result["currency"]
    yield _("Study"), str(case.study.number)
    effect = next(one for one in case.inputs["case"]["parameters"] if one["key"] == "effect")
    yield item_text("effect", {}), reader().shortest(round(effect["args"][0], 4))
    yield _("How it becomes money"), str(ValueKind(model["kind"]).label)
    for line in model.get("lines", ()):
        yield bracketed(_("Further benefit"), line["label"]), str(ValueKind(line["kind"]).label)
    labels = labels_of(case)
    rows = list(parameter_rows(case, labels))
    shown = {row.key for row in rows}
    shared = [  # an input that is the same as one of an earlier benefit; the other value may have them apart
        (labels[key], row["arguments"], row["distribution"])
        for line in model.get("lines", ())
        for row in line["parameters"]
        if (key := further_key(line["number"], row["key"])) not in shown
    ]
    for label, arguments, distribution in [
        *((row.label, row.arguments, row.distribution) for row in rows),
        *shared,
    ]:
        figures = " · ".join(reader().shortest(round(float(one), 6)) for one in arguments)
        yield label, bracketed(figures, str(Distribution(distribution).label))
    yield _("Years counted"), str(model["horizon_years"])
    yield _("Discount rate"), reader().in_percents(plain_number(model["discount_rate_pct"]))
    yield _("Share of the full benefit in year 1"), percent_text(float(model["first_year_share"]))
    yield _("Rise of prices"), reader().in_percents(plain_number(model.get("inflation_pct", "0")))
    for line in model["costs"]:
        spent = line.get("actual")
        text = (
            money_range_text(float(line["low"]), float(line["high"]), currency)
            if spent is None
            else money_text(float(spent), currency)
        )
        yield bracketed(line["label"], line["year"]), text
