"""What reviews of approvals and scheduled documents leave to do: the rows behind their kinds of `needs`."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.choices import Action
from coalition.models import Initiative
from coalition.selectors.reviews import seats_to_vote, standing_of_review
from overview.selectors.desk import Desk, Owed, acts
from overview.selectors.owed import study_is_due
from reports.wording import subject_text


def reviews_to_vote(desk: Desk) -> list[Owed]:
    """Open reviews in which a seat of this member has not spoken. No query beside the desk's."""
    if not desk.may(Action.VOTE):
        return []
    found = []
    for review in desk.reviews.open.values():
        standing = standing_of_review(review)
        waiting = {one.seat.pk for one in standing.seats if not one.choice}
        if standing.outcome is None and any(
            seat.pk in waiting for seat in seats_to_vote(standing, desk.member)
        ):
            found.append(_review(review.initiative, review.last_day, detail=standing.sentence))
    return found


def reviews_to_decide(desk: Desk) -> list[Owed]:
    """Due reviews that the charter has this member decide, as the chair."""
    chair = desk.reviews.chair
    if chair is None or chair.membership_id != desk.member.pk or not desk.may(Action.VOTE):
        return []
    return [
        _review(desk.reviews.rows[pk], desk.reviews.due[pk])
        for pk in desk.reviews.due
        if pk in desk.reviews.for_chair
    ]


def reviews_to_open(desk: Desk) -> list[Owed]:
    """Due reviews that the coalition votes on and nobody has opened: the owner's, or, where the owner cannot,
    who seats the coalition. Not while a study is to be run first."""
    found = []
    for row in desk.initiatives:
        if row.pk not in desk.reviews.due or row.pk in desk.reviews.for_chair:
            continue
        if not desk.reviews.has_voters or row.is_studied_now or study_is_due(row, desk.today):
            continue
        is_mine = row.owner_id == desk.member.pk
        is_left = desk.may(Action.EDIT_COALITION) and not acts(row.owner, Action.RECORD_PROGRESS)
        if is_mine or is_left:
            found.append(_review(row, desk.reviews.due[row.pk]))
    return found


def reviews_to_answer(desk: Desk) -> list[Owed]:
    """Reviews that asked the owner for changes."""
    return [_review(row, None) for row in desk.own if row.pk in desk.reviews.to_answer]


def schedules_failed(desk: Desk) -> list[Owed]:
    return [
        Owed(words={"document": subject_text(one.schedule)}, address=(one.schedule.pk,), detail=one.failure)
        for one in desk.schedules
        if one.failure
    ]


def schedules_stopped(desk: Desk) -> list[Owed]:
    return [
        Owed(
            words={"document": subject_text(one.schedule)},
            address=(one.schedule.pk,),
            detail=_("%(name)s can no longer look after it. Resume it, and it is yours.")
            % {"name": one.schedule.owner},
        )
        for one in desk.schedules
        if not one.failure
    ]


def _review(row: Initiative, due_on: date | None, *, detail: str = "") -> Owed:
    return Owed(words={"title": row.title}, address=(row.number,), due_on=due_on, detail=detail)
