"""What the entries about the coalition, its votes and its initiatives say."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.details import (
    Rows,
    Word,
    choice,
    day,
    moment,
    number,
    parted,
    share,
    stored,
    words_of,
    yes_no,
)
from coalition.choices import (
    Choice,
    EarlyEnd,
    Ending,
    InitiativeState,
    Outcome,
    ReviewBy,
    ReviewChoice,
    ReviewOutcome,
    RiskColor,
)
from coalition.fields import INITIATIVE, PLAN, SEAT
from coalition.selectors.reviews import split_text
from coalition.selectors.standings import split_of
from common.fields import Use
from wording.formats import reader
from wording.joining import listed, parts

_END_REASONS = {
    "person_left": _("The person left"),
    "person left": _("The person left"),
}  # the second: before


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    content = {**words_of(INITIATIVE, Use.HISTORY), "milestones": Word(_("Milestones"), _milestones)}
    plan = {
        **words_of(
            PLAN,
            Use.HISTORY,
            metric=Word(_("Metric"), _metric),
            unmoved_metric=Word(_("Metric that should not move"), _metric),
        ),
        "starts": Word(_("Starts by lot"), _starts),
    }
    content |= {f"plan.{key}": word for key, word in plan.items()}
    yield (
        "initiative",
        {
            **content,
            "state": Word(_("State"), choice(InitiativeState)),
            "went_live_on": Word(_("Went live"), day),
            "completed_on": Word(_("Completed"), day),
            "milestone": Word(_("Milestone"), _milestone),
            "color": Word(_("Progress"), choice(RiskColor)),
            "text": Word(_("What happened")),
            "lot": Word(_("Lot"), number),
            "lot_list": Word(_("Drawn from"), _names),
            "lot_drawn": Word(_("Drawn"), _names),
            "lot_starts": Word(_("Starts by lot"), _milestones),
            "start": Word(_("Start of a touchpoint"), _milestone),
            "list_digest": Word(_("Digest of the list")),
            "seed": Word(_("Seed")),
        },
    )
    yield (
        "suggestion",
        {
            "touchpoint": Word(_("Touchpoint")),
            "text": Word(_("Suggestion")),
            "initiative": Word(_("Initiative")),
        },
    )
    yield "plan", content
    yield (
        "milestone",
        {
            "milestone": Word(_("Milestone"), _milestone),
            "title": Word(_("Milestone")),
            "done_on": Word(_("Done on"), day),
        },
    )
    yield "vote", {"seat": Word(_("Seat")), "revision": Word(_("Version voted on"), number)}
    yield (
        "decision",
        {
            "outcome": Word(_("Decision"), choice(Outcome)),
            "ending": Word(_("Why the vote ended"), choice(Ending)),
            "without_independent_vote": Word(_("Approved without an independent vote"), yes_no),
            "votes": Word(_("Votes"), _split),
            "seats": Word(_("Votes"), parted(_VOTES), _VOTES),
            "withdrawn": Word(_("Votes withdrawn before"), _withdrawn),
        },
    )
    yield (
        "review",
        {
            "number": Word(_("Review"), number),
            "due_on": Word(_("Review day"), day),
            "study": Word(_("Study beside it"), number),
            "value": Word(_("Value beside it"), number),
            "outcome": Word(_("Decision"), choice(ReviewOutcome)),
            "how": Word(_("Decided by"), choice(ReviewBy)),
            "ending": Word(_("Why the vote ended"), choice({"": "–", **dict(Ending.choices)})),
            "votes": Word(_("Votes"), _review_split),
            "seats": Word(_("Votes"), parted(_REVIEW_VOTES), _REVIEW_VOTES),
            "seat": Word(_("Seat")),
            "next_on": Word(_("Next review"), day),
        },
    )
    charter = {
        "charter": Word(_("Charter")),
        # xgettext:no-python-format
        "quorum_share": Word(_("Quorum, % of the voting seats"), share),
        # xgettext:no-python-format
        "majority_share": Word(_("Approved with more than this share, % of the votes for or against"), share),
        "voting_days": Word(_("Days to vote"), number),
        "early_end": Word(_("Early end of a vote"), choice(EarlyEnd)),
        "review_by": Word(_("Who decides on a review day"), choice(ReviewBy)),
    }
    yield "coalition", charter
    yield "charter", charter
    yield "seat", words_of(SEAT, Use.HISTORY)
    yield "seat.ended", {"reason": Word(_("Reason"), choice(_END_REASONS))}


_VOTE: dict[str, Word] = {
    "choice": Word("", choice(Choice)),
    "comment": Word(""),
    "cast_by": Word(pgettext_lazy("a vote", "by")),
    "cast_at": Word("", moment),
    "earlier": Word(_("before:"), lambda value, currency: parts(_vote(vote, currency) for vote in value)),
}
_VOTES = Rows(key=lambda vote: vote["seat"], name=lambda vote, state: str(vote["seat"]), words=_VOTE)


_REVIEW_VOTE: dict[str, Word] = {
    "choice": Word("", choice(ReviewChoice)),
    "comment": Word(""),
    "cast_by": Word(pgettext_lazy("a vote", "by")),
    "cast_at": Word("", moment),
}
_REVIEW_VOTES = Rows(
    key=lambda vote: vote["seat"], name=lambda vote, state: str(vote["seat"]), words=_REVIEW_VOTE
)


def _review_split(value: Any, currency: str) -> str:
    return split_text(value)


def _vote(vote: Mapping[str, Any], currency: str) -> str:
    return _VOTES.said(vote, currency)


def _withdrawn(value: Any, currency: str) -> str:
    return parts(parted(_VOTES)(one["seats"], currency) for one in value)


def _split(value: Any, currency: str) -> str:
    """The counts of a decision; entries of before have a sentence."""
    return split_of(value) if isinstance(value, dict) else stored(value)


def _metric(value: Mapping[str, Any], currency: str) -> str:
    return str(value["name"])


def _milestone(value: Any, currency: str) -> str:
    """A day with a title; entries of before have both in one text."""
    due_on, title = value.split(" ", 1) if isinstance(value, str) else value
    return gettext("%(title)s (%(day)s)") % {"title": title, "day": reader().day(date.fromisoformat(due_on))}


def _names(value: Any, currency: str) -> str:
    return listed(str(name) for name in value)


def _starts(value: Any, currency: str) -> str:
    """Keys of touchpoints with the days that a lot gave them."""
    return listed(_milestone([day, key], currency) for key, day in value)


def _milestones(value: Any, currency: str) -> str:
    return listed(_milestone(step, currency) for step in value)
