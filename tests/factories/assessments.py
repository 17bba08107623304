"""Frameworks, rounds and answers. `small_framework` is a complete framework of three practices."""

from copy import deepcopy
from typing import Any

from accounts.models import Membership, Organization
from assessments.choices import AnswerStatus
from assessments.models import Assessment, FrameworkVersion, MaturityResult, Response
from assessments.services import (
    close_assessment,
    open_assessment,
    publish_framework,
    save_answer,
    submit_response,
    take_seat,
)


def _text(words: str) -> dict[str, str]:
    return {"en": words, "zh-hans": f"中文 {words}"}


def _practice(key: str, weight: float = 1.0, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": _text(f"Title of {key}"),
        "question": _text(f"Question of {key}?"),
        "levels": {level: _text(f"{key} level {level}") for level in range(1, 6)},
        "evidence": _text("a list"),
        "next_steps": {
            level: {"title": _text(f"Step {level} of {key}"), "description": _text(f"Do {key}")}
            for level in range(1, 5)
        },
        "weight": weight,
        "feasibility": 0.5,
        **more,
    }


_SMALL: dict[str, Any] = {
    "key": "small",
    "version": "1.0",
    "kind": "full",
    "license": "CC-BY-4.0",
    "name": _text("Small framework"),
    "summary": _text("Three practices"),
    "levels": {level: _text(f"Level name {level}") for level in range(1, 6)},
    "bands": [
        {"key": f"band_{low}", "low": max(low - 0.5, 1.0), "high": low + 0.5, "name": _text(f"Band {low}")}
        for low in range(1, 6)
    ],
    "perspectives": [
        {"key": "executive", "name": _text("Executive")},
        {"key": "front_line", "name": _text("Front line")},
    ],
    "dimensions": [
        {
            "key": "listen",
            "name": _text("Listening"),
            "why": _text("Why we listen"),
            "weight": 1.0,
            "practices": [_practice("ask", 2.0), _practice("answer")],
        },
        {
            "key": "act",
            "name": _text("Acting"),
            "why": _text("Why we act"),
            "weight": 1.0,
            "practices": [
                _practice(
                    "improve",
                    prerequisites=[
                        {"level": 4, "practice": "ask", "requires_level": 3, "reason": _text("Ask first")}
                    ],
                )
            ],
        },
    ],
}
PRACTICES = ("ask", "answer", "improve")


def small_framework(**changes: Any) -> dict[str, Any]:
    """Content of a framework of two dimensions: listen (ask, answer) and act (improve)."""
    return {**deepcopy(_SMALL), **changes}


def make_framework(organization: Organization | None = None, **changes: Any) -> FrameworkVersion:
    return publish_framework(content=small_framework(**changes), organization=organization)


def make_assessment(by: Membership, **changes: Any) -> Assessment:
    values: dict[str, Any] = {"title": "Spring round", **changes}
    values.setdefault("framework", None)
    if values["framework"] is None:
        values["framework"] = make_framework()
    return open_assessment(by=by, **values)


def answer_all(response: Response, levels: dict[str, int | str]) -> Response:
    """Answers by practice: a level, or "dont_know" / "not_applicable" (with a reason)."""
    for practice, level in levels.items():
        if isinstance(level, int):
            save_answer(response=response, practice=practice, level=level)
        else:
            save_answer(
                response=response,
                practice=practice,
                status=level,
                comment="because" if level == AnswerStatus.NOT_APPLICABLE else "",
            )
    return response


def make_submitted(
    by: Membership, assessment: Assessment, perspective: str = "", **levels: int | str
) -> Response:
    seat = take_seat(by=by, assessment=assessment, perspective=perspective)
    answer_all(seat, levels or dict.fromkeys(PRACTICES, 3))
    submit_response(by=by, response=seat)
    seat.refresh_from_db()
    return seat


def make_result(by: Membership, **levels: int | str) -> MaturityResult:
    """A closed round with one submitted response."""
    assessment = make_assessment(by)
    make_submitted(by, assessment, **levels)
    return close_assessment(by=by, assessment=assessment)
