"""The benefits of a value of several, one by one: what each is worth, and finance's word on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cxstats.codec import decoded
from cxstats.roi import LineWorth, RoiResult
from impact.cases import FIRST
from impact.choices import SignOff, ValueKind
from impact.fields import LINE, LINE_INPUT, LineValues
from impact.findings import roi_result_of
from impact.models import RoiCase, ValueLine
from impact.wording import Central, money_range_text, percent_text, whole_money_text
from wording.formats import reader
from wording.joining import clauses

_TONES = {SignOff.OPEN: "calm", SignOff.SIGNED: "done", SignOff.DISPUTED: "bad"}


@dataclass(frozen=True, kw_only=True, slots=True)
class BenefitRow:
    """One benefit of a value: present value with its range, and finance's word on it."""

    number: str
    label: str
    kind: str
    is_hard: bool
    hardness: str
    first_year: str
    benefits: str
    range: str
    state: str
    state_label: str
    tone: str
    word: str  # whose, when; "" while finance has said nothing
    comment: str

    @property
    def is_disputed(self) -> bool:
        return self.state == SignOff.DISPUTED


def line_values(row: ValueLine) -> LineValues:
    """What is stored of a further benefit, as a service takes it. No query where its inputs were read."""
    return LineValues(
        frame=LINE.values_of(row),
        parameters=tuple(
            LINE_INPUT.values_of(one, arguments=tuple(one.arguments)) for one in row.parameters.all()
        ),
    )


def line_numbers(case: RoiCase) -> tuple[str, ...]:
    """Numbers of the benefits of a value, the first one's first; empty where it has only one. No query."""
    further = case.inputs["value_model"].get("lines", ())
    return (str(FIRST), *(str(line["number"]) for line in further)) if further else ()


def line_state(case: RoiCase, number: str) -> SignOff:
    """Finance's word on one benefit. No query."""
    return SignOff(case.line_words.get(number, {}).get("state", SignOff.OPEN))


def line_name(case: RoiCase, number: str) -> str:
    """What a benefit is called: the first one has no name but how it becomes money."""
    return str(_frame(case.inputs["value_model"], number)["label"])


def line_choices(case: RoiCase) -> tuple[tuple[str, str], ...]:
    """Number and name of the benefits of a value of several, for a choice."""
    return tuple((number, line_name(case, number)) for number in line_numbers(case))


def disputed_lines(case: RoiCase, words: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Numbers of the benefits that finance disputes, where it does not dispute all of them; else empty.
    `words`: finance's as they stood at another time."""
    numbers = line_numbers(case)
    said = case.line_words if words is None else words
    found = tuple(number for number in numbers if said.get(number, {}).get("state") == SignOff.DISPUTED)
    return found if len(found) < len(numbers) else ()


def counted_hardness(case: RoiCase) -> frozenset[bool]:
    """Whether the benefits that finance does not dispute show in the books. No query."""
    left_out, model = disputed_lines(case), case.inputs["value_model"]
    numbers = line_numbers(case) or (str(FIRST),)
    return frozenset(bool(_frame(model, number)["is_hard"]) for number in numbers if number not in left_out)


def benefit_rows(
    case: RoiCase, shown: Central, words: Mapping[str, Any] | None = None
) -> tuple[BenefitRow, ...]:
    """The benefits of a value of several; empty for one. `words`: finance's as they stood at another time."""
    said = case.line_words if words is None else words
    found: tuple[LineWorth, ...] = decoded(tuple[LineWorth, ...], case.result.get("lines", []))
    amounts = _adding_up([one.benefits.mean for one in found], shown)
    return tuple(
        _row(case, one, amount, said.get(one.key, {})) for one, amount in zip(found, amounts, strict=True)
    )


def _adding_up(amounts: list[float], shown: Central) -> list[float]:
    """Rounded amounts that come to the benefits as they are shown: the largest takes what rounding lost."""
    rounded = [round(amount, shown.digits) for amount in amounts]
    if rounded:
        largest = max(range(len(rounded)), key=lambda place: abs(rounded[place]))
        rounded[largest] += shown.benefits - sum(rounded)
    return rounded


def partly_signed_text(case: RoiCase) -> str:
    """While finance has signed some of the benefits and not the others."""
    states = [line_state(case, number) for number in line_numbers(case)]
    return partly_signed(states.count(SignOff.SIGNED), len(states))


def partly_signed(signed: int, count: int) -> str:
    return _("Finance has signed %(signed)s of %(all)s benefits; the others are a proposal.") % {
        "signed": signed,
        "all": count,
    }


def partly_disputed(disputed: int, count: int, who: str, on: date | None) -> str:
    """While finance disputes some of the benefits and not the others."""
    text = _(
        "Finance disputes %(disputed)s of %(all)s benefits: %(who)s, %(day)s. Do not rely on the sum of all "
        "of them until that is settled."
    )
    day = reader().day(on) if on else "–"
    return text % {"disputed": disputed, "all": count, "who": who, "day": day}


def undisputed_result(case: RoiCase) -> RoiResult | None:
    """What a value is worth without the benefits that finance disputes, as the worker computed it for just
    these; None where it disputes none or all of them, or where that is not computed yet. No query."""
    disputed, known = disputed_lines(case), case.undisputed
    if not disputed or not known or known["without"] != list(disputed):
        return None
    return roi_result_of(known["roi"])


def line_amounts(case: RoiCase, numbers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Name and present value of some benefits, as a return of the program keeps them."""
    found: tuple[LineWorth, ...] = decoded(tuple[LineWorth, ...], case.result.get("lines", []))
    return [
        {
            "number": one.key,
            "label": line_name(case, one.key),
            "benefits": [one.benefits.mean, one.benefits.p5, one.benefits.p95],
            "comment": case.line_words[one.key]["comment"],
        }
        for one in found
        if one.key in numbers
    ]


def _row(case: RoiCase, one: LineWorth, amount: float, word: Mapping[str, Any]) -> BenefitRow:
    frame, currency = _frame(case.inputs["value_model"], one.key), case.result["currency"]
    state = SignOff(word.get("state", SignOff.OPEN))
    hard, soft = pgettext("benefit", "hard"), pgettext("benefit", "soft")
    return BenefitRow(
        number=one.key,
        label=str(frame["label"]),
        kind=str(ValueKind(frame["kind"]).label),
        is_hard=frame["is_hard"],
        hardness=hard if frame["is_hard"] else soft,
        first_year=percent_text(float(frame["first_year_share"])),
        benefits=whole_money_text(amount, currency),
        range=money_range_text(one.benefits.p5, one.benefits.p95, currency),
        state=state.value,
        state_label=str(state.label),
        tone=_TONES[state],
        word=_said_by(word) if word else "",
        comment=word.get("comment", ""),
    )


def _said_by(word: Mapping[str, Any]) -> str:
    on = parse_datetime(word["at"])
    said = _("of value %(number)s") % {"number": word["value"]} if "value" in word else ""
    return clauses([word["by"], reader().day(on) if on else "–", said])


def _frame(model: Mapping[str, Any], number: str) -> Mapping[str, Any]:
    """Label, kind, share of the first year and hardness of one benefit."""
    if number == str(FIRST):
        return {**model, "label": _("First benefit: %(kind)s") % {"kind": ValueKind(model["kind"]).label}}
    return next(line for line in model["lines"] if str(line["number"]) == number)
