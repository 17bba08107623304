"""From what is known of customers over time to rows in which the score comes before its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cxstats.design import Diagnostic, Light
from cxstats.errors import NotEstimable, Reason
from cxstats.voc import ShareCounts, share_change

YEAR = timedelta(days=365)
MOST_LANDMARKS = 4
MOST_AFTER_LEAVING = 0.2  # of those who left with a score: above that the order of the data is in doubt [J]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreGiven:
    """One score: `points` as it adds to the metric (see `Sample`), `score` on its own scale.

    `person`: who gave it, where several answer for one customer. `revenue` in the year after its day and
    `revenue_before` in the year before, None where not known; where contacts are the outcome, the number of
    these.
    """

    day: date
    points: float
    score: float
    person: int = 0
    revenue: float | None = None
    revenue_before: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerHistory:
    """What is known of one customer: `started` None where nobody knows, `left` None while a customer."""

    started: date | None = None
    left: date | None = None
    segment: str = ""
    revenue: float | None = None  # a year, as known before the scores
    scores: tuple[ScoreGiven, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """One row: a customer (by place in the histories) on a day, with score, what was known, and what came.

    `stayed` and `revenue`: in the year after `day`, None where not asked for.
    """

    customer: int
    day: date
    points: float
    score: float
    stayed: bool | None = None
    revenue: float | None = None
    revenue_before: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedRows:
    """`asked` and `not_asked`: customers at risk on the days, with how many of them left in the year after.

    `after_leaving`: customers who left and whose every score is from the day of leaving or later.
    `not_followed`: scores whose year is not over yet. `unknown_outcome`: followed scores without revenue.
    """

    rows: tuple[Followed, ...]
    days: tuple[date, ...]
    asked: int
    asked_left: int
    not_asked: int
    not_asked_left: int
    after_leaving: int
    not_followed: int = 0
    unknown_outcome: int = 0


def landmark_rows(histories: Sequence[CustomerHistory], *, until: date) -> FollowedRows:
    """Who was a customer on a landmark day, with the newest score of the year before it, and whether they
    stayed for the year after it. Landmarks are a year apart, so no year counts twice.

    A score counts from its landmark on: time before it, which only those who stayed could live through to be
    asked, is no part of the outcome (immortal time). Of several people of one customer each one's newest
    score counts, and their mean is the customer's.

    Parameters
    ----------
    histories : sequence of CustomerHistory
    until : date
        Up to which day it is known who left.

    Raises
    ------
    NotEstimable
        NO_DATA without a score; NOT_FOLLOWED where no year after a score is over; OUTCOME_BEFORE_SCORE
        where more than a fifth of those who left with a score gave it after they had left;
        LEAVERS_NOT_ASKED where some left and none of them had been asked.

    Source
    ------
    Landmarks: Anderson, Cain and Gelber (1983), J. Clinical Oncology 1:710; several of them: van Houwelingen
    (2007), Scandinavian J. Statistics 34:70. Immortal time: Suissa (2008), Am. J. Epidemiology 167:492.
    """
    given = [one.day for history in histories for one in history.scores if one.day <= until]
    if not given:
        raise NotEstimable(Reason.NO_DATA)
    after = _after_leaving(histories)
    first = min(given)
    days: list[date] = []
    while len(days) < MOST_LANDMARKS and (day := until - YEAR * (len(days) + 1)) >= first:
        days.append(day)
    if not days:
        raise NotEstimable(Reason.NOT_FOLLOWED, days=(until - first).days, needed=YEAR.days)
    rows: list[Followed] = []
    counts = {(asked, left): 0 for asked in (True, False) for left in (True, False)}
    for day in sorted(days):
        for place, history in enumerate(histories):
            if not _is_customer(history, day):
                continue
            left = history.left is not None and history.left <= day + YEAR
            newest = _newest(history, day)
            counts[bool(newest), left] += 1
            if newest:
                rows.append(
                    Followed(
                        customer=place,
                        day=day,
                        points=sum(one.points for one in newest) / len(newest),
                        score=sum(one.score for one in newest) / len(newest),
                        stayed=not left,
                    )
                )
    if counts[False, True] and not counts[True, True]:
        raise NotEstimable(Reason.LEAVERS_NOT_ASKED, left=counts[False, True])
    return FollowedRows(
        rows=tuple(rows),
        days=tuple(sorted(days)),
        asked=counts[True, True] + counts[True, False],
        asked_left=counts[True, True],
        not_asked=counts[False, True] + counts[False, False],
        not_asked_left=counts[False, True],
        after_leaving=after,
    )


def score_rows(histories: Sequence[CustomerHistory], *, until: date) -> FollowedRows:
    """Every score with the revenue of the year after its day. A year that is not over is left out; a customer
    who left in it stays, with the revenue that came.

    Raises
    ------
    NotEstimable
        NO_DATA without a score; OUTCOME_BEFORE_SCORE as in `landmark_rows`; NOT_FOLLOWED.
    """
    given = [(place, one) for place, history in enumerate(histories) for one in history.scores]
    if not given:
        raise NotEstimable(Reason.NO_DATA)
    after = _after_leaving(histories)
    rows: list[Followed] = []
    open_years, unknown = 0, 0
    for place, one in given:
        left = histories[place].left
        if left is not None and left <= one.day:
            continue
        if one.day + YEAR > until:
            open_years += 1
        elif one.revenue is None:
            unknown += 1
        else:
            rows.append(
                Followed(
                    customer=place,
                    day=one.day,
                    points=one.points,
                    score=one.score,
                    revenue=one.revenue,
                    revenue_before=one.revenue_before,
                )
            )
    if not rows and open_years:
        raise NotEstimable(
            Reason.NOT_FOLLOWED, days=max((until - one.day).days for _place, one in given), needed=YEAR.days
        )
    if not rows:
        raise NotEstimable(Reason.NO_DATA)
    return FollowedRows(
        rows=tuple(rows),
        days=(min(row.day for row in rows), max(row.day for row in rows)),
        asked=len({row.customer for row in rows}),
        asked_left=0,
        not_asked=sum(not history.scores for history in histories),
        not_asked_left=0,
        after_leaving=after,
        not_followed=open_years,
        unknown_outcome=unknown,
    )


def asked_check(rows: FollowedRows) -> Diagnostic:
    """Whether those who were not asked left more often, or less, than those who were: the scores then speak
    for some kinds of customers alone. Newcombe's interval of the difference; not run where no one was left
    out."""
    if (not rows.asked_left and not rows.not_asked_left) or not rows.asked or not rows.not_asked:
        return Diagnostic(key="asked", light=Light.NOT_RUN)
    found = share_change(
        before=ShareCounts(hits=rows.asked_left, n=rows.asked),
        after=ShareCounts(hits=rows.not_asked_left, n=rows.not_asked),
    )
    interval = found.estimate.interval
    return Diagnostic(
        key="asked",
        light=Light.GREEN if interval.contains(0.0) else Light.AMBER,
        figures=(
            ("asked", rows.asked_left / rows.asked),
            ("not_asked", rows.not_asked_left / rows.not_asked),
            ("customers_not_asked", float(rows.not_asked)),
        ),
    )


def order_check(rows: FollowedRows) -> Diagnostic:
    """Whether every score came before its outcome; those that did not are left out."""
    light = Light.AMBER if rows.after_leaving else Light.GREEN
    return Diagnostic(key="order", light=light, figures=(("after_leaving", float(rows.after_leaving)),))


def _is_customer(history: CustomerHistory, day: date) -> bool:
    """Whether one was a customer on the day. Without a start: from the first score on."""
    started = history.started
    if started is None:
        started = min((one.day for one in history.scores), default=None)
    return started is not None and started <= day and (history.left is None or history.left > day)


def _newest(history: CustomerHistory, day: date) -> list[ScoreGiven]:
    """Each person's newest score of the year up to and including the day."""
    found: dict[int, ScoreGiven] = {}
    for one in history.scores:
        if day - YEAR < one.day <= day and (one.person not in found or found[one.person].day <= one.day):
            found[one.person] = one
    return list(found.values())


def _after_leaving(histories: Sequence[CustomerHistory]) -> int:
    """How many left before their first score. Raises OUTCOME_BEFORE_SCORE where they are too many."""
    left = [one for one in histories if one.left is not None and one.scores]
    after = sum(all(one.left is not None and given.day >= one.left for given in one.scores) for one in left)
    if left and after > MOST_AFTER_LEAVING * len(left):
        raise NotEstimable(Reason.OUTCOME_BEFORE_SCORE, found=after, left=len(left))
    return after
