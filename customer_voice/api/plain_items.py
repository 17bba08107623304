"""Answers whose every value is plain beyond doubt pass without the fields that would look at each.

To build and ask a serializer takes longer than all else that an answer costs. What is not that plain is left
to `FeedbackItem` and `FeedbackCreate`, which say what is wrong.
"""

import re
from typing import Any

_LENGTHS = {
    "external_id": 120, "touchpoint": 120, "occurred_at": 40, "text": 20_000, "customer": 120, "account": 120,
    "segment": 60, "channel": 40,
}  # fmt: skip
_NEEDED = ("external_id", "touchpoint", "occurred_at")
_SLUG = re.compile(r"[-a-zA-Z0-9_]+", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,6}", re.ASCII)


def plain_item(data: Any) -> dict[str, str] | None:
    """The values of an item whose every value is a text of no control signs, or a whole number as score; None
    where `FeedbackItem` has to look, and to say what is wrong."""
    if type(data) is not dict or not all(data.get(name) for name in _NEEDED):
        return None
    found = {}
    for name, value in data.items():
        if name == "score" and type(value) is int:
            value = str(value)
        if type(value) is not str:
            return None
        if name == "score":
            if _WHOLE.fullmatch(value) is None:
                return None
        elif len(value) > _LENGTHS.get(name, -1) or not value.isprintable() or value != value.strip():
            return None
        found[name] = value
    return found


def plain_answer(data: Any) -> dict[str, Any] | None:
    """The same of an answer that is sent alone, as `FeedbackCreate` would have it: with its metric, its
    source and the options that it does not name."""
    if type(data) is not dict:
        return None
    metric, source = data.get("metric"), data.get("source", "api")
    item = plain_item({name: value for name, value in data.items() if name not in {"metric", "source"}})
    if item is None or not _is_plain_name(source):
        return None
    if "metric" in data:
        if type(metric) is not str or _SLUG.fullmatch(metric) is None:
            return None
        item["metric"] = metric
    return {**item, "source": source, "replaces_known": False, "is_reversed": False}


def _is_plain_name(text: Any) -> bool:
    is_text = type(text) is str and 0 < len(text) <= 60
    return is_text and text.isprintable() and text == text.strip()
