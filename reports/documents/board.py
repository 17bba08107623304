"""The board pack and the page for an executive: their content as data, and what their templates need."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from coalition.choices import Outcome, ReviewOutcome
from coalition.selectors.reviews import split_text
from coalition.selectors.sessions import (
    Budget,
    Decided,
    Reviewed,
    WaitingReview,
    WaitingRound,
    decided_since,
    reviewed_since,
    waiting_reviews,
    waiting_rounds,
)
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, encoded
from cxstats.design import Verdict
from impact.models import ProgramCase
from impact.selectors import ProgramView, program_view
from impact.selectors.learned import Fared, Lesson, Unsigned, lessons_and_unsigned
from impact.wording import verdict_title
from impact.wording.program import ask_text
from reports.documents.program import evidence_of_program
from reports.models import Report
from wording.figures import amount_text, range_with_unit, typed_text
from wording.formats import reader
from wording.joining import sentences

VERSION = 1
_LIST = tuple[Lesson, ...]
BRIEFS = (0, 1, 2, 3)  # how briefly the one page is written: each drops more, until all is on it
_MOST_WAITING = (6, 4, 2, 0)  # rows of what waits, by how brief
_LETTERS = (160, 90, 60, 40)  # of a title in them
FARED = {
    Fared.LESS: lambda: _("less than expected"),
    Fared.AS_EXPECTED: lambda: _("the range holds what was expected"),
    Fared.MORE: lambda: _("more than expected"),
}


def evidence_of_board(organization: Organization, *, since: date, case: ProgramCase | None) -> dict[str, Any]:
    """What the coalition decided since a day, what waits, the return `case`, what was learned. At most
    twenty queries, whatever the number of initiatives."""
    learned, unsigned = lessons_and_unsigned(organization)
    return {
        "schema": f"cxprogram.board/{VERSION}",
        "engine_version": ENGINE_VERSION,
        **_common(organization, case),
        "since": encoded(since),
        "until": encoded(organization.clock.today()),
        "decisions": encoded(decided_since(organization, since)),
        "reviewed": encoded(reviewed_since(organization, since)),
        "waiting": _waiting(organization, unsigned),
        "learned": encoded(learned),
    }


def evidence_of_summary(case: ProgramCase) -> dict[str, Any]:
    """The same on one page: the return, and what waits for a decision. At most twelve queries."""
    organization = case.organization
    learned, unsigned = lessons_and_unsigned(organization)
    return {
        "schema": f"cxprogram.summary/{VERSION}",
        "engine_version": ENGINE_VERSION,
        **_common(organization, case),
        "until": encoded(organization.clock.today()),
        "waiting": _waiting(organization, unsigned),
        "learned": encoded(learned),
    }


def _common(organization: Organization, case: ProgramCase | None) -> dict[str, Any]:
    """As in a document of the program, so that the same figures are computed again from it."""
    if case is not None:
        content = evidence_of_program(case, with_look_backs=False)
        return {key: content[key] for key in ("organization", "with_look_backs", "program_case")}
    return {
        "organization": {
            "name": organization.name,
            "slug": organization.slug,
            "currency": organization.currency,
            "is_simulated": organization.is_demo,
        },
        "with_look_backs": False,
        "program_case": None,
    }


def _waiting(organization: Organization, unsigned: Sequence[Unsigned]) -> dict[str, Any]:
    return {
        "votes": encoded(waiting_rounds(organization)),
        "reviews": encoded(waiting_reviews(organization)),
        "values": encoded(unsigned),
    }


# --- what is shown ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """One decision in words; `voices` empty where what was said is sealed."""

    decided: Decided | Reviewed
    outcome: str
    voices: str
    budget: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingRow:
    """One thing that somebody has to decide: what, by when, and how far it is. `step`: which kind, by the
    name of the address that it leads to."""

    number: int
    reference: str
    title: str
    ask: str
    by: str
    note: str
    is_due: bool
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonRow:
    """One finding in words, beside what was expected."""

    lesson: Lesson
    verdict: str
    effect: str
    range: str
    answers: str
    expected: str
    fared: str
    is_new: bool


def context_of_board(report: Report) -> dict[str, Any]:
    """What the template of the pack shows, without its frame."""
    content = report.content
    since, until = decoded(date, content["since"]), decoded(date, content["until"])
    lessons = list(lesson_rows(content, since))
    decisions = [
        *_decision_rows(decoded(tuple[Decided, ...], content["decisions"])),
        *map(_reviewed_row, content.get("reviewed", [])),  # packs of before do not have them
    ]
    decisions.sort(key=lambda row: row.decided.decided_at, reverse=True)
    waiting = list(waiting_rows(content["waiting"]))
    shown = _shown(report)
    return {
        "content": content,
        "since": since,
        "until": until,
        "decisions": decisions,
        "waiting": waiting,
        "lessons": lessons,
        "calibration": calibration_text([row.lesson for row in lessons]),
        "told": learned_text([row.lesson for row in lessons]),
        "opening": opening_text(decisions, waiting, since),
        "shown": shown,
        "ask": board_ask(shown, waiting),
    }


def context_of_summary(report: Report, *, brief: int = 0) -> dict[str, Any]:
    """What the template of the page for an executive shows, without its frame; `brief` as in BRIEFS."""
    content = report.content
    lessons = decoded(_LIST, content["learned"])
    waiting = [row for row in waiting_rows(content["waiting"]) if row.is_due]
    told = [replace(row, title=shortened(row.title, _LETTERS[brief])) for row in waiting]
    shown = _shown(report)
    assert shown is not None  # asked for with its return
    return {
        "brief": brief,
        "content": content,
        "until": decoded(date, content["until"]),
        "shown": shown,
        "told": learned_text(lessons),
        "calibration": calibration_text(lessons),
        "ask": ask_text(shown.found, is_complete=shown.is_complete),
        "waiting": told[: _MOST_WAITING[brief]],
        "more": len(told) - len(told[: _MOST_WAITING[brief]]),
    }


def shortened(text: str, most: int) -> str:
    """At most so many letters; the reference beside it says which one it is."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _shown(report: Report) -> ProgramView | None:
    return None if report.program_case is None else program_view(report.program_case)


def board_ask(shown: ProgramView | None, waiting: Sequence[WaitingRow]) -> str:
    """What the session is asked to decide on money; votes and reviews stand in their own list."""
    if shown is not None:
        return ask_text(shown.found, is_complete=shown.is_complete)
    if waiting:
        return _("Decide what waits below. There is no return of the program to decide on yet.")
    return _("There is nothing to decide: nothing waits, and no return of the program was computed yet.")


def opening_text(decisions: Sequence[DecisionRow], waiting: Sequence[WaitingRow], since: date) -> str:
    """The sentence that the pack opens with."""
    day = reader().day(since)
    if not decisions:
        first = _("No decision has been made since %(day)s.") % {"day": day}
    else:
        first = ngettext(
            "%(count)s decision since %(day)s.", "%(count)s decisions since %(day)s.", len(decisions)
        ) % {"count": len(decisions), "day": day}
    due = sum(row.is_due for row in waiting)
    if not due:
        return sentences([first, _("Nothing waits for a decision today.")])
    second = ngettext(
        "%(count)s thing waits for a decision now.", "%(count)s things wait for a decision now.", due
    ) % {"count": due}
    return sentences([first, second])


def _decision_rows(decisions: Sequence[Decided]) -> Iterator[DecisionRow]:
    for one in decisions:
        outcome = str(Outcome(one.outcome).label)
        if one.is_without_independent_vote:
            outcome = _("Approved without an independent vote")
        yield DecisionRow(
            decided=one,
            outcome=outcome,
            voices="" if one.voices is None else _voices_text(one),
            budget=_budget_text(one.budget),
        )


def _reviewed_row(content: Mapping[str, Any]) -> DecisionRow:
    said = content["said"]  # by the value of a choice: no type of its own
    one = decoded(Reviewed, {name: value for name, value in content.items() if name != "said"})
    return DecisionRow(
        decided=one,
        outcome=str(ReviewOutcome(one.outcome).label),
        voices=(split_text(said) or _("nobody voted")) if said else _("decided by the chair"),
        budget="",
    )


def _voices_text(one: Decided) -> str:
    said = one.voices
    assert said is not None  # asked for where they are shown
    parts = [
        (said.approve, ngettext("%(count)s for it", "%(count)s for it", said.approve)),
        (
            said.request_changes,
            ngettext("%(count)s for changes", "%(count)s for changes", said.request_changes),
        ),
        (said.reject, ngettext("%(count)s against it", "%(count)s against it", said.reject)),
        (said.abstain, ngettext("%(count)s abstained", "%(count)s abstained", said.abstain)),
        (said.recuse, ngettext("%(count)s stepped out", "%(count)s stepped out", said.recuse)),
    ]
    return " · ".join(text % {"count": count} for count, text in parts if count) or _("nobody voted")


def _budget_text(budget: Budget | None) -> str:
    if budget is None:
        return ""
    once, yearly = (_money(amount, budget.currency) for amount in (budget.one_off, budget.yearly))
    if not budget.yearly:
        return _("%(once)s once") % {"once": once}
    if not budget.one_off:
        return _("%(yearly)s a year") % {"yearly": yearly}
    return _("%(once)s once, %(yearly)s a year") % {"once": once, "yearly": yearly}


def _money(amount: Decimal, currency: str) -> str:
    return reader().money(amount, currency)


def waiting_rows(waiting: Mapping[str, Any]) -> Iterator[WaitingRow]:
    """Votes first, then reviews by their day, then what finance has to say."""
    for vote in decoded(tuple[WaitingRound, ...], waiting["votes"]):
        note = _voted_text(vote)
        budget = _budget_text(vote.budget)
        yield WaitingRow(
            number=vote.number,
            reference=vote.reference,
            title=vote.title,
            ask=_("Vote"),
            by=reader().day(vote.due_on) if vote.due_on else _("no last day"),
            note=f"{note} · {budget}" if budget else note,
            is_due=True,
            at="vote",
        )
    for review in decoded(tuple[WaitingReview, ...], waiting["reviews"]):
        yield WaitingRow(
            number=review.number,
            reference=review.reference,
            title=review.title,
            ask=_("Confirm, change or stop"),
            by=reader().day(review.last_day or review.review_on),
            note=_review_note(review),
            is_due=review.is_due,
            at="initiative_detail",
        )
    for value in decoded(tuple[Unsigned, ...], waiting["values"]):
        yield WaitingRow(
            number=value.number,
            reference=value.reference,
            title=value.title,
            ask=_("Finance: sign or dispute the value"),
            by="–",
            note=_("computed on %(day)s") % {"day": reader().day(value.computed_on)},
            is_due=True,
            at="value",
        )


def _review_note(review: WaitingReview) -> str:
    if review.seats:
        return _voted_text(review)
    return _("its review day has come") if review.is_due else _("its review day is to come")


def _voted_text(vote: WaitingRound | WaitingReview) -> str:
    return _("%(voted)s of %(seats)s seats have voted; a decision needs %(needed)s") % {
        "voted": vote.voted,
        "seats": vote.seats,
        "needed": vote.needed,
    }


def lesson_rows(content: Mapping[str, Any], since: date) -> Iterator[LessonRow]:
    """Every finding that counts, as it stood; `is_new` where it was finished since that day."""
    for one in decoded(_LIST, content["learned"]):
        kind = one.kind
        has_effect = one.effect is not None and one.low is not None and one.high is not None
        answers = reader().number(one.answers)
        if one.compared:
            answers = _("%(answers)s, and %(compared)s in the comparison") % {
                "answers": answers,
                "compared": reader().number(one.compared),
            }
        yield LessonRow(
            lesson=one,
            verdict=verdict_title(one.verdict),
            effect=amount_text(reader(), kind, one.effect or 0.0, signed=True) if has_effect else "–",
            range=range_with_unit(reader(), kind, one.low or 0.0, one.high or 0.0, signed=True)
            if has_effect
            else _("cannot be told"),
            answers=answers,
            expected="–" if one.expected is None else typed_text(reader(), kind, one.expected),
            fared="" if one.fared is None else FARED[one.fared](),
            is_new=one.finished_on >= since,
        )


_WORKED = frozenset({Verdict.SUPPORTED, Verdict.SUGGESTIVE})


def learned_text(lessons: Sequence[Lesson]) -> str:
    """How many findings there are, and how many of them found nothing or harm."""
    if not lessons:
        return _("No initiative has been studied yet.")
    worked = sum(one.verdict in _WORKED for one in lessons)
    harmed = sum(one.verdict is Verdict.CONTRADICTED for one in lessons)
    slots = {
        "count": len(lessons),
        "worked": worked,
        "harmed": harmed,
        "other": len(lessons) - worked - harmed,
    }
    return (
        ngettext(
            "%(count)s initiative was studied: %(worked)s with the effect that was looked for, "
            "%(other)s without "
            "a clear one, %(harmed)s with the opposite.",
            "%(count)s initiatives were studied: %(worked)s with the effect that was looked for, %(other)s "
            "without a clear one, %(harmed)s with the opposite.",
            len(lessons),
        )
        % slots
    )


def calibration_text(lessons: Sequence[Lesson]) -> str:
    """How what was expected in plans compares with what was found; empty where nothing can be compared."""
    counts = Counter(one.fared for one in lessons if one.fared is not None)
    total = sum(counts.values())
    if not total:
        return ""
    return ngettext(
        "Of %(total)s plan with an expected effect, %(less)s found less, %(more)s more, and in %(held)s the "
        "range holds what was expected.",
        "Of %(total)s plans with an expected effect, %(less)s found less, %(more)s more, and in %(held)s the "
        "range holds what was expected.",
        total,
    ) % {
        "total": total,
        "less": counts[Fared.LESS],
        "more": counts[Fared.MORE],
        "held": counts[Fared.AS_EXPECTED],
    }
