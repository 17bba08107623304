"""What changed since the last document, in words: from what the document holds, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxstats.codec import decoded
from cxstats.design import EstimandKind
from impact.choices import SignOff
from impact.wording import ends_beside, item_text, percent_text, verdict_title, whole_money_text
from wording.figures import amount_text, range_with_unit
from wording.formats import reader
from wording.joining import bracketed, listed

LABELS = {
    "effect": gettext_lazy("Effect on the metric"),
    "verdict": gettext_lazy("Verdict"),
    "grade": gettext_lazy("Design grade"),
    "answers": gettext_lazy("Answers"),
    "net_value": gettext_lazy("Expected net present value"),
    "sign_off": gettext_lazy("Finance"),
    "program_net": gettext_lazy("Expected net present value"),
    "roi": gettext_lazy("Return on investment"),
    "benefits": gettext_lazy("Benefits, present value"),
    "costs": gettext_lazy("Costs, present value"),
    "counted": gettext_lazy("Initiatives that count"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRow:
    label: str
    then: str
    now: str
    is_same: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """`code` and `on` of the document before; rows of figures; why they moved."""

    code: str
    on: datetime
    rows: tuple[ChangeRow, ...]
    reasons: tuple[str, ...]
    is_same: bool  # no figure moved


def changes_of(content: Mapping[str, Any]) -> Changes | None:
    """None where there was no document before. No query."""
    stored = content.get("since_last")
    if not stored:
        return None
    rows = tuple(
        ChangeRow(
            label=str(LABELS[row["key"]]),
            then=_text(row["key"], row["then"]),
            now=_text(row["key"], row["now"]),
            is_same=row["then"] == row["now"],
        )
        for row in stored["figures"]
    )
    return Changes(
        code=stored["code"],
        on=decoded(datetime, stored["created_at"]),
        rows=rows,
        reasons=tuple(_reason(reason) for reason in stored["reasons"]),
        is_same=all(row.is_same for row in rows),
    )


def _text(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if key == "effect":
        kind = EstimandKind(value["kind"])
        text = amount_text(reader(), kind, value["value"], signed=True)
        return bracketed(text, range_with_unit(reader(), kind, value["low"], value["high"], signed=True))
    if key == "verdict":
        return verdict_title(value)
    if key == "sign_off":
        return str(SignOff(value).label)
    if key == "roi":
        ends = {"low": percent_text(value["low"]), "high": percent_text(value["high"])}
        return bracketed(percent_text(value["mean"]), _("%(low)s to %(high)s") % ends)
    if isinstance(value, dict):
        return _money_text(value)
    return str(value) if isinstance(value, str) else reader().number(value)


def _money_text(value: Mapping[str, Any]) -> str:
    ends = ends_beside(
        value["low"],
        value["high"],
        value["currency"],
        mean=value["mean"],
        shown=value["shown"],
        digits=value["digits"],
    )
    return bracketed(whole_money_text(value["shown"], value["currency"]), _("%(low)s to %(high)s") % ends)


_REASONS = {
    "new_study": gettext_lazy(
        "New answers: study %(now)s reads data up to %(day_now)s; study %(then)s read data up to "
        "%(day_then)s."
    ),
    "same_answers": gettext_lazy("Study %(now)s counts instead of study %(then)s, on the same inputs."),
    "engine": gettext_lazy("The engine that computes is another version: %(now)s instead of %(then)s."),
    "plan": gettext_lazy("The evaluation plan was amended."),
    "go_live": gettext_lazy("The go-live was corrected from %(then)s to %(now)s."),
    "valued": gettext_lazy("The effect was valued in money."),
    "not_valued": gettext_lazy("This document holds no value; the last one did."),
    "inputs": gettext_lazy("Inputs of the value were changed: %(names)s."),
    "finance_open": gettext_lazy("Finance has not reviewed this value yet; the last one was reviewed."),
    "computed": gettext_lazy("The return of the program was computed for the first time."),
    "not_computed": gettext_lazy("The return of the program could not be computed any more."),
    "came_in": gettext_lazy("Counts now, and did not before: %(names)s."),
    "went_out": gettext_lazy("Counted before, and does not now: %(names)s."),
    "studied": gettext_lazy("New studies, with new answers or another plan: %(names)s."),
    "revalued": gettext_lazy("Inputs of the value were changed: %(names)s."),
    "finance_signed": gettext_lazy("Finance signed the value of %(names)s."),
    "finance_disputed": gettext_lazy("Finance disputed the value of %(names)s."),
    "ledger": gettext_lazy("Costs of the program were entered or changed: %(names)s."),
    "ledger_signed": gettext_lazy("Finance signed the program's costs of %(names)s."),
    "ledger_disputed": gettext_lazy("Finance disputed the program's costs of %(names)s."),
    "rate": gettext_lazy("The discount rate is %(now)s instead of %(then)s."),
}
_FINANCE = {
    SignOff.SIGNED.value: gettext_lazy("Finance signed the value: %(by)s, %(day)s."),
    SignOff.DISPUTED.value: gettext_lazy("Finance disputed the value: %(by)s, %(day)s."),
}


def _reason(reason: Mapping[str, Any]) -> str:
    key = reason["key"]
    if key == "finance":
        day = reader().day(decoded(datetime, reason["at"])) if reason["at"] else "–"
        return str(_FINANCE[reason["state"]]) % {"by": reason["by"], "day": day}
    return str(_REASONS[key]) % _slots(key, reason)


def _slots(key: str, reason: Mapping[str, Any]) -> dict[str, Any]:
    then, now = reason.get("then"), reason.get("now")
    if key in {"new_study", "same_answers"}:
        return {
            "then": then[0] if then else "–",
            "now": now[0] if now else "–",
            "day_then": _day(then[1] if then else None),
            "day_now": _day(now[1] if now else None),
        }
    if key == "go_live":
        return {"then": _day(then), "now": _day(now)}
    if key == "rate":
        return {"then": reader().in_percents(str(then)), "now": reader().in_percents(str(now))}
    names = [item_text(str(name), {}) if key == "inputs" else str(name) for name in reason.get("names", ())]
    return {"then": then, "now": now, "names": listed(names)}


def _day(stored: str | None) -> str:
    return reader().day(decoded(date, stored)) if stored else "–"
