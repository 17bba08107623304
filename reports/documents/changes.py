"""What changed since the last document of the same subject: figures then and now, and why they moved.

Compared is what both documents hold, never what is there today: whoever has both files can follow it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxstats.codec import decoded
from cxstats.design import EstimandKind
from cxstats.program import ProgramReturn
from impact.findings import roi_result_of
from impact.panel import StudySubject
from impact.wording import central, digits_of

NOT_COMPARED = ("since_last", "brand", "engine_version")  # what is no statement about the subject


def base_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says of its subject, without what it says of the document before."""
    return {key: value for key, value in content.items() if key not in NOT_COMPARED}


def figures_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a document that the next one is compared by, as far as it has them."""
    return _study_figures(content) if "study" in content else _program_figures(content)


def changes_between(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """`figures` (key, then, now; None where there was none) and `reasons` (key with what it needs)."""
    then, today = figures_of(before), figures_of(now)
    keys = list(dict.fromkeys([*today, *then]))
    reasons = _study_reasons(before, now) if "study" in now else _program_reasons(before, now)
    return {
        "figures": [{"key": key, "then": then.get(key), "now": today.get(key)} for key in keys],
        "reasons": list(reasons),
    }


# --- an initiative ------------------------------------------------------------------------------------------


def _study_figures(content: Mapping[str, Any]) -> dict[str, Any]:
    finding = content["study"]["finding"]
    subject: StudySubject = decoded(StudySubject, content["study"]["inputs"]["subject"])
    figures: dict[str, Any] = {
        "effect": None if finding["effect"] is None else _effect(finding["effect"], subject.kind),
        "verdict": finding["verdict"],
        "grade": finding["grade"],
        "answers": subject.answers,
    }
    case = content["roi_case"]
    if case is not None:
        result = roi_result_of(case["result"]["roi"])
        shown = central(result)
        worth = result.net_present_value
        figures["net_value"] = _money(
            case["result"]["currency"], (worth.mean, worth.p5, worth.p95), shown.net, shown.digits
        )
        figures["sign_off"] = case["sign_off"]["state"]
    return figures


def _effect(effect: Mapping[str, Any], kind: EstimandKind) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "value": effect["value"],
        "low": effect["interval"]["low"],
        "high": effect["interval"]["high"],
    }


def _money(currency: str, ends: tuple[float, float, float], shown: float, digits: int) -> dict[str, Any]:
    mean, low, high = ends
    return {
        "currency": currency,
        "mean": mean,
        "low": low,
        "high": high,
        "shown": shown,
        "digits": digits,
    }


def _study_reasons(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    old, new = before["study"], now["study"]
    if new["number"] != old["number"]:
        key = "same_answers" if new["input_digest"] == old["input_digest"] else "new_study"
        yield {
            "key": key,
            "then": [old["number"], old["data_cutoff"]],
            "now": [new["number"], new["data_cutoff"]],
        }
    if new["engine_version"] != old["engine_version"]:
        yield {"key": "engine", "then": old["engine_version"], "now": new["engine_version"]}
    plans = [(one["plan"]["digest"], one["plan"]["changed_after_approval_at"]) for one in (before, now)]
    if plans[0] != plans[1]:
        yield {"key": "plan", "at": plans[1][1]}
    days = [one["initiative"]["went_live_on"] for one in (before, now)]
    if days[0] != days[1]:
        yield {"key": "go_live", "then": days[0], "now": days[1]}
    yield from _case_reasons(before["roi_case"], now["roi_case"])


def _case_reasons(
    before: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterator[dict[str, Any]]:
    if before is None or now is None:
        if before is not now:
            yield {"key": "valued" if before is None else "not_valued"}
        return
    changed = _changed_inputs(before["inputs"], now["inputs"])
    if changed:
        yield {"key": "inputs", "names": changed}
    old, new = before["sign_off"], now["sign_off"]
    if (old["state"], old["at"]) != (new["state"], new["at"]) and new["state"] != "open":
        yield {"key": "finance", "state": new["state"], "by": new["by"], "at": new["at"]}
    elif old["state"] != new["state"]:
        yield {"key": "finance_open"}


def _changed_inputs(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Keys of inputs of the value model that have another value; the effect itself is told as a figure."""
    old, new = (
        {one["key"]: (one["distribution"], one["args"]) for one in inputs["case"]["parameters"]}
        for inputs in (before, now)
    )
    changed = [key for key in dict.fromkeys([*new, *old]) if key != "effect" and old.get(key) != new.get(key)]
    for key in ("discount_rate", "periods"):
        if before["case"][key] != now["case"][key]:
            changed.append(key)
    return changed


# --- the program --------------------------------------------------------------------------------------------


def _found(content: Mapping[str, Any]) -> tuple[ProgramReturn, Mapping[str, Any]] | None:
    case = content.get("program_case")
    if case is None:
        return None
    stored = case["result"]["whole" if content["with_look_backs"] else "main"]
    if not stored or "return" not in stored:
        return None
    return decoded(ProgramReturn, stored["return"]), case["inputs"]


def _program_figures(content: Mapping[str, Any]) -> dict[str, Any]:
    both = _found(content)
    if both is None:
        return {}
    found, inputs = both
    currency = inputs["currency"]
    digits = digits_of((found.net_present_value.mean, found.benefits.mean, found.costs.mean))
    figures: dict[str, Any] = {}
    if not (inputs["missing"] or inputs["without_rate"]):
        worth = found.net_present_value
        figures["program_net"] = _money(
            currency, (worth.mean, worth.p5, worth.p95), round(worth.mean, digits), digits
        )
        if found.roi is not None:
            figures["roi"] = {"mean": found.roi.mean, "low": found.roi.p5, "high": found.roi.p95}
    for key, span in (("benefits", found.benefits), ("costs", found.costs)):
        figures[key] = _money(currency, (span.mean, span.p5, span.p95), round(span.mean, digits), digits)
    figures["counted"] = len(found.lines)
    return figures


def _program_reasons(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    old, new = _found(before), _found(now)
    if old is None or new is None:
        if (old is None) != (new is None):
            yield {"key": "computed" if old is None else "not_computed"}
        return
    was, is_now = ({line.key for line in found.lines} for found, _inputs in (old, new))
    for key, names in (("came_in", sorted(is_now - was)), ("went_out", sorted(was - is_now))):
        if names:
            yield {"key": key, "names": names}
    told = [
        {one["reference"]: one["value"] for one in inputs["initiatives"]} for _found_, inputs in (old, new)
    ]
    yield from _value_reasons(told[0], told[1], was & is_now)
    yield from _ledger_reasons(old[1]["ledger"], new[1]["ledger"])
    if old[1]["discount_rate_pct"] != new[1]["discount_rate_pct"]:
        yield {"key": "rate", "then": old[1]["discount_rate_pct"], "now": new[1]["discount_rate_pct"]}
    engines = [one["program_case"]["engine_version"] for one in (before, now)]
    if engines[0] != engines[1]:
        yield {"key": "engine", "then": engines[0], "now": engines[1]}


def _value_reasons(
    old: Mapping[str, Any], new: Mapping[str, Any], both: set[str]
) -> Iterator[dict[str, Any]]:
    """Of initiatives that count in both: another study, another value of it, another word of finance; of any
    other, that finance disputed it."""
    studied, valued = [], []
    for key in sorted(both):
        if old[key]["study"] != new[key]["study"]:
            studied.append(key)
        elif old[key]["input_digest"] != new[key]["input_digest"]:
            valued.append(key)
    if studied:
        yield {"key": "studied", "names": studied}
    if valued:
        yield {"key": "revalued", "names": valued}
    for state in ("signed", "disputed"):
        names = [
            key
            for key, value in sorted(new.items())
            if value and value["sign_off"] == state and (old.get(key) or {}).get("sign_off") != state
        ]
        if names:
            yield {"key": f"finance_{state}", "names": names}


def _ledger_reasons(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    old, new = ({one["year"]: one for one in years} for years in (before, now))
    changed = [
        year
        for year in sorted({*old, *new})
        if (old.get(year) or {}).get("total") != (new.get(year) or {}).get("total")
    ]
    if changed:
        yield {"key": "ledger", "names": changed}
    for state in ("signed", "disputed"):
        years = [
            year
            for year, one in sorted(new.items())
            if one["sign_off"] == state and (old.get(year) or {}).get("sign_off") != state
        ]
        if years:
            yield {"key": f"ledger_{state}", "names": years}
