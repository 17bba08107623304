"""What is said of a return beside its figures: who stands apart, what overlaps, what finance disputes."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cxstats.program import Program
from impact.choices import SignOff
from impact.selectors.portfolio.rows import ended_text
from impact.selectors.program.rows import ApartRow, OverlapRow, YearRow
from impact.wording import digits_of, money_range_text, whole_money_text
from impact.wording.program import APART, ledger_sign_off_text, voided_text
from wording.formats import reader
from wording.joining import all_of, bracketed, listed

_TONES = {SignOff.OPEN: "calm", SignOff.SIGNED: "done", SignOff.DISPUTED: "bad"}


def ledger_words(row: Mapping[str, Any] | None, currency: str, *, is_missing: bool) -> dict[str, Any]:
    if is_missing:
        return {"ledger": "–", "budget": "", "sign_off": _("Missing"), "tone": "bad"}
    if row is None or not row["lines"]:
        return {"ledger": "", "budget": "", "sign_off": "", "tone": "calm"}
    state = SignOff(row["sign_off"])
    said = _("Changed since finance reviewed it") if row["voided"] else str(state.label)
    return {
        "ledger": reader().money(Decimal(row["total"]), currency),
        "budget": reader().money(Decimal(row["budget"]), currency) if row["budget"] else "",
        "sign_off": said,
        "tone": "bad" if row["voided"] else _TONES[state],
    }


def ledger_alone(content: Mapping[str, Any]) -> Iterator[YearRow]:
    """The years of the ledger where nothing could be computed."""
    for row in sorted(content["ledger"], key=lambda one: one["year"]):
        is_missing = row["year"] in content["missing"]
        yield YearRow(
            year=row["year"],
            benefit="–",
            cost="–",
            net="–",
            cumulative="–",
            **ledger_words(row, content["currency"], is_missing=is_missing),
            is_missing=is_missing,
            is_to_come=row["year"] > content["current_year"],
            has_ledger=row["version"] > 0,
        )


def apart_rows(content: Mapping[str, Any], *, is_whole: bool) -> Iterator[ApartRow]:
    """Initiatives in no sum: first those with a value."""
    rows: list[ApartRow] = []
    hoped = {one["reference"] for one in content["forecasts"]}
    for one in content["initiatives"]:
        if one["reference"] in hoped:  # told with its plan
            continue
        if one["state"] == "counted" or (is_whole and one["state"] == "afterwards"):
            rows += _disputed_rows(one)
            continue
        value = one["value"]
        amount = spread = note = ""
        if value is not None:
            mean, low, high = value["net_present_value"]
            amount = whole_money_text(round(mean, digits_of((mean,))), value["currency"])
            spread = money_range_text(low, high, value["currency"])
            if value["comment"] and one["state"] in ("disputed", "disputed_before"):
                note = f"“{value['comment']}”"
        if one["state"] == "impossible":
            amount = spread = "–"
        rows.append(
            ApartRow(
                reference=one["reference"],
                number=one["number"],
                title=one["title"],
                reason=str(APART[one["state"]]),
                amount=amount,
                range=spread,
                note=note,
            )
        )
    yield from sorted(rows, key=lambda row: not row.amount)


def _disputed_rows(one: Mapping[str, Any]) -> Iterator[ApartRow]:
    """Benefits that finance disputes of a value whose other benefits are in the sum."""
    value = one["value"]
    for line in value.get("disputed_lines", ()):
        mean, low, high = line["benefits"]
        yield ApartRow(
            reference=one["reference"],
            number=one["number"],
            title=bracketed(one["title"], line["label"]),
            reason=str(APART["disputed_line"]),
            amount=whole_money_text(round(mean, digits_of((mean,))), value["currency"]),
            range=money_range_text(low, high, value["currency"]),
            note=f"“{line['comment']}”",
        )


def overlap_rows(content: Mapping[str, Any], program: Program | None) -> Iterator[OverlapRow]:
    """Who could read whose effect, and how that was settled."""
    counted = {one.key for one in program.initiatives} if program else set()
    for one in content["overlaps"]:
        if not set(one["keys"]) <= counted:
            continue
        named = [f"{key} {title}" for key, title in zip(one["keys"], one["titles"], strict=True)]
        if all(one["held"]):
            text = _(
                "%(names)s were live at the same touchpoint in the same days. Each was estimated with the "
                "other held fixed, so nothing is counted twice."
            )
            yield OverlapRow(text=text % {"names": all_of(named)})
            continue
        text = _(
            "%(names)s were live at the same touchpoint in the same days, and there is no joint estimate: "
            "their common effect is counted once, and what the data cannot tell apart is split evenly. A new "
            "study of %(study)s would hold the other fixed."
        )
        late = [name for name, held in zip(named, one["held"], strict=True) if not held]
        yield OverlapRow(text=text % {"names": all_of(named), "study": all_of(late)})


def cautions_of(content: Mapping[str, Any]) -> Iterator[str]:
    """What finance has not accepted, of the costs."""
    for row in sorted(content["ledger"], key=lambda one: one["year"]):
        year = _("%(year)s: %(text)s")
        if row["voided"]:
            void = row["voided"]
            text = voided_text(
                void["state"],
                who=void["by"],
                on=parse_datetime(void["at"] or ""),
                changed_by=void["changed_by"],
                changed_on=parse_datetime(void["changed_at"] or ""),
                because=void.get("because", "costs"),
            )
            yield year % {"year": row["year"], "text": text}
        elif row["sign_off"] == SignOff.DISPUTED:
            on = parse_datetime(row["sign_off_at"] or "")
            text = ledger_sign_off_text(SignOff.DISPUTED, row["sign_off_by"], on)
            yield year % {"year": row["year"], "text": f"{text} “{row['comment']}”"}
    open_years = [
        str(row["year"])
        for row in sorted(content["ledger"], key=lambda one: one["year"])
        if row["lines"] and row["sign_off"] == SignOff.OPEN and not row["voided"]
        and row["year"] <= content["current_year"]
    ]  # fmt: skip
    if open_years:
        yield _("Finance has not reviewed the costs of %(years)s yet.") % {"years": listed(open_years)}


def line_cautions(one: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[str]:
    value = one["value"]
    if value["rate_day"]:
        yield _("converted from %(currency)s at %(rate)s of %(day)s") % {
            "currency": value["currency"],
            "rate": reader().shortest(Decimal(value["rate"]).normalize()),
            "day": reader().day(parse_date(value["rate_day"])),
        }
    if one["is_look_back"]:
        yield _("recorded afterwards")
    if one.get("is_ended"):
        yield ended_text()
    if value.get("disputed_lines"):
        yield _("without what finance disputes: %(names)s") % {
            "names": listed(line["label"] for line in value["disputed_lines"])
        }
    if one["is_outdated"]:
        yield _("The value model was changed after this value was computed. Compute it again.")
    if Decimal(value["discount_rate_pct"]) != Decimal(content["discount_rate_pct"]):
        yield _("its own page uses %(own)s a year, the program %(rate)s") % {
            "own": reader().in_percents(reader().shortest(Decimal(value["discount_rate_pct"]).normalize())),
            "rate": reader().in_percents(
                reader().shortest(Decimal(content["discount_rate_pct"]).normalize())
            ),
        }
