"""Finance's word on a value as it stood when its document was asked for, from the document's content."""

from datetime import datetime
from typing import Any

from cxstats.codec import decoded
from impact.choices import SignOff
from impact.selectors.cases import earlier_amount
from impact.selectors.disputes import Dispute
from impact.selectors.lines import partly_disputed, partly_signed
from impact.wording import earlier_text, sign_off_text


def signed(content: dict[str, Any]) -> dict[str, Any]:
    """Finance's word as it stood when the document was asked for, dated."""
    dispute = dispute_of(content)
    if dispute is not None:
        return {**content, "text": dispute.text}
    words = content.get("lines") or {}
    if words and content["state"] == SignOff.OPEN:
        count = sum(word["state"] == SignOff.SIGNED for word in words.values())
        return {**content, "text": partly_signed(count, content["line_count"])}
    on = moment_in(content, "at")
    disputed = sum(word["state"] == SignOff.DISPUTED for word in words.values())
    if 0 < disputed < content.get("line_count", 0):
        text = partly_disputed(disputed, content["line_count"], content["by"], on)
        return {**content, "text": text}
    return {**content, "text": sign_off_text(content["state"], content["by"], on)}


def dispute_of(sign_off: dict[str, Any]) -> Dispute | None:
    """Finance's dispute of the value before, where it was not answered when the document was asked for."""
    before = sign_off.get("disputed_before")
    if not before:
        return None
    return Dispute(who=before["by"], on=moment_in(before, "at"), words=before["comment"])


def earlier_of(content: dict[str, Any]) -> dict[str, str] | None:
    """The value of an earlier study, as it stood when the document was asked for."""
    earlier = content.get("earlier_value")
    if not earlier:
        return None
    said = signed(earlier["sign_off"])["text"]
    return {
        "amount": earlier_amount(earlier["inputs"], earlier["result"]),
        "sentence": earlier_text(
            earlier["study"],
            content["study"]["number"],
            finance=said,
            has_effect=content["study"]["finding"].get("effect") is not None,
        ),
    }


def moment_in(content: dict[str, Any] | None, key: str) -> datetime | None:
    if not content or not content.get(key):
        return None
    moment: datetime = decoded(datetime, content[key])
    return moment
