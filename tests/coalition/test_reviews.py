"""Review days act: opened with the finding beside it, decided by vote or by the chair, and acted on."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, Event, Membership, Organization
from accounts.services import deactivate_member, send_due_reminders
from coalition import services
from coalition.choices import InitiativeState, ReviewBy, ReviewChoice, ReviewOutcome
from coalition.errors import (
    CoalitionMissing,
    NotAVoter,
    NotTheChair,
    OwnInitiative,
    ReviewClosed,
    ReviewNotDue,
)
from coalition.models import Coalition, EvaluationPlan, Initiative, Review, ReviewVote, Seat
from coalition.selectors import next_step
from coalition.selectors.dates import dates_ahead
from coalition.selectors.review_days import review_day, reviewable, to_answer
from coalition.selectors.reviews import open_review, review_page, seen_by, standing_of_review
from coalition.services import CharterValues, reviewing
from common.dates import DateQuestion
from common.errors import InvalidValues
from common.registry import EvidenceBeside
from tests.conftest import _member
from tests.factories.coalition import approved, seated

pytestmark = pytest.mark.django_db
S = InitiativeState


def day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def seats(organization) -> list[Seat]:
    return seated(organization, 3)


@pytest.fixture
def live(ada, seats) -> Initiative:
    """Approved, live, and its review day is today."""
    initiative = approved(ada)
    Initiative.objects.filter(pk=initiative.pk).update(
        state=S.LIVE, went_live_on=day(-60), planned_go_live_on=day(-60)
    )
    EvaluationPlan.objects.filter(initiative=initiative).update(review_on=day(0))
    mail.outbox.clear()
    return fresh(initiative)


@pytest.fixture
def finding(monkeypatch) -> Callable[..., None]:
    """A finding of an initiative, said by the test instead of the room above."""

    def found(*, number: int = 3, until: date | None = None, value: int | None = 2) -> None:
        evidence = EvidenceBeside(
            study=number,
            until=until or day(-1),
            verdict="Supported",
            tone="good",
            sentence=f"Study {number}: NPS rose by 8 points.",
            grade="B",
            url="/study/",
            value=value,
            value_text="It returned 90,000.",
        )
        told = {"evidence_of": lambda *_args, **_wishes: evidence}
        for module in (
            "coalition.services.reviewing",
            "coalition.selectors.reviews",
            "coalition.review_mail",
        ):
            monkeypatch.setattr(f"{module}.evidence_of", told["evidence_of"])

    return found


def fresh(initiative: Initiative) -> Initiative:
    return Initiative.objects.select_related("organization", "owner__user", "plan").get(pk=initiative.pk)


def say(initiative: Initiative, seat: Seat, choice: str, comment: str = "because") -> Any:
    return services.cast_review_vote(
        by=seat.membership, initiative=initiative, choice=choice, comment=comment
    )


def voted(initiative: Initiative, by: Membership, seats: list[Seat], *choices: str) -> Review:
    review = services.open_review_vote(by=by, initiative=initiative)
    for seat, choice in zip(seats, choices, strict=False):
        say(initiative, seat, choice)
    review.refresh_from_db()
    return review


def verbs() -> list[str]:
    return list(AuditEvent.objects.filter(verb__startswith="review.").values_list("verb", flat=True))[::-1]


# --- when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (S.DRAFT, False),
        (S.SUBMITTED, False),
        (S.CHANGES_REQUESTED, False),
        (S.NO_DECISION, False),
        (S.REJECTED, False),
        (S.APPROVED, True),
        (S.IN_PROGRESS, True),
        (S.LIVE, True),
        (S.ON_HOLD, True),
        (S.COMPLETED, True),
        (S.EVALUATED, False),
        (S.CANCELLED, False),
    ],
)
def test_what_was_approved_and_is_not_over_has_a_review_day(live, state, waits):
    Initiative.objects.filter(pk=live.pk).update(state=state)
    assert (review_day(fresh(live)) is not None) is waits


def test_what_was_recorded_afterwards_was_never_approved(live):
    Initiative.objects.filter(pk=live.pk).update(already_live_on=day(-60))
    assert review_day(fresh(live)) is None


def test_before_its_day_nothing_is_opened(ada, live):
    EvaluationPlan.objects.update(review_on=day(1))
    with pytest.raises(ReviewNotDue):
        services.open_review_vote(by=ada, initiative=live)
    EvaluationPlan.objects.update(review_on=day(0))
    assert services.open_review_vote(by=ada, initiative=fresh(live)).due_on == day(0)
    with pytest.raises(ReviewNotDue):
        services.open_review_vote(by=ada, initiative=fresh(live))


def test_without_a_coalition_nobody_decides(ada, live):
    Review.objects.all().delete()
    live.rounds.all()
    Coalition.objects.update(organization=Organization.objects.create(name="Other", slug="other"))
    with pytest.raises(CoalitionMissing):
        services.open_review_vote(by=ada, initiative=live)


# --- by a vote ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "outcome", "state"),
    [
        (("confirm", "confirm", "stop"), ReviewOutcome.CONFIRMED, S.LIVE),
        (("change", "confirm", "change"), ReviewOutcome.CHANGED, S.LIVE),
        (("stop", "stop", "confirm"), ReviewOutcome.STOPPED, S.CANCELLED),
        (("stop", "change", "confirm"), ReviewOutcome.CHANGED, S.LIVE),
        (("abstain", "abstain", "abstain"), ReviewOutcome.NO_DECISION, S.LIVE),
        (("recuse", "recuse", "recuse"), ReviewOutcome.NO_DECISION, S.LIVE),
        (("confirm", "abstain", "recuse"), ReviewOutcome.CONFIRMED, S.LIVE),
    ],
)
def test_votes_confirm_change_or_stop(ada, live, seats, choices, outcome, state):
    review = voted(live, ada, seats, *choices)
    assert review.outcome == outcome
    assert fresh(live).state == state
    counted = {choice: choices.count(choice) for choice in ReviewChoice.values}
    assert review.tally == counted


def test_the_finding_of_the_opening_stands_beside_it_whatever_comes_later(ada, live, seats, finding):
    finding(number=3, value=2)
    review = services.open_review_vote(by=ada, initiative=live)
    assert (review.study, review.value) == (3, 2)
    finding(number=4)
    page = review_page(fresh(live), seats[0].membership)
    assert page.newer is not None
    assert page.newer.study == 4
    for seat in seats:
        say(live, seat, "confirm")
    review.refresh_from_db()
    assert (review.study, review.value) == (3, 2)


def test_voters_are_asked_by_letter_with_the_finding_and_the_owner_is_told(ada, live, seats, finding):
    finding()
    voted(live, ada, seats, "confirm", "confirm", "confirm")
    asked, told = mail.outbox[:3], mail.outbox[3:]
    assert sorted(letter.to[0] for letter in asked) == sorted(s.membership.user.email for s in seats)
    assert all("Please review" in letter.subject for letter in asked)
    assert all("NPS rose by 8 points" in letter.body for letter in asked)
    (letter,) = told
    assert letter.to == [ada.user.email]
    assert letter.subject.startswith(f"{live.reference} is confirmed")


def test_who_proposed_it_does_not_review_it_and_a_stranger_has_no_seat(ada, live, seats, cleo, organization):
    services.open_review_vote(by=ada, initiative=live)
    with pytest.raises(OwnInitiative):
        services.cast_review_vote(by=ada, initiative=live, choice="confirm")
    with pytest.raises(NotAVoter):
        services.cast_review_vote(
            by=_member(organization, "Eve", Role.EXECUTIVE), initiative=live, choice="stop"
        )
    with pytest.raises(NotAVoter):
        services.cast_review_vote(by=seats[0].membership, initiative=live, choice="confirm", seat=seats[1])
    assert not ReviewVote.objects.exists()
    assert cleo.pk not in {seat.membership_id for seat in seats}


@pytest.mark.parametrize(
    ("choice", "comment", "field"),
    [
        ("maybe", "x", "choice"),
        ("change", " ", "comment"),
        ("stop", "", "comment"),
        ("confirm", "x" * 10_001, "comment"),
    ],
)
def test_what_is_missing_is_said_at_its_field(ada, live, seats, choice, comment, field):
    services.open_review_vote(by=ada, initiative=live)
    with pytest.raises(InvalidValues) as refused:
        say(live, seats[0], choice, comment)
    assert set(refused.value.fields) == {field}


def test_a_mind_may_change_until_the_decision_and_others_see_it_after_their_own_word(ada, live, seats):
    services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "confirm")
    say(live, seats[0], "stop")
    say(live, seats[0], "stop")  # a second click
    assert verbs() == ["review.opened", "review.vote_cast", "review.vote_changed"]
    standing = standing_of_review(open_review(live))
    hidden = seen_by(standing, seats[1].membership)
    assert [one.choice for one in hidden.seats] == ["", "", ""]
    assert [one.is_hidden for one in hidden.seats].count(True) == 1
    assert hidden.split == ""
    assert "stop" in {one.choice for one in seen_by(standing, seats[0].membership).seats}
    say(live, seats[1], "confirm")
    seen = seen_by(standing_of_review(open_review(live)), seats[1].membership)
    assert {one.choice for one in seen.seats} == {"stop", "confirm", ""}
    say(live, seats[2], "stop")
    with pytest.raises(ReviewClosed):
        say(live, seats[2], "confirm")


def test_stepping_out_opens_nothing(ada, live, seats):
    services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "stop")
    say(live, seats[1], "recuse")
    seen = seen_by(standing_of_review(open_review(live)), seats[1].membership)
    assert "stop" not in {one.choice for one in seen.seats}


def test_when_its_last_day_is_over_the_votes_by_then_decide(ada, live, seats):
    review = services.open_review_vote(by=ada, initiative=live)
    assert review.last_day == day(7)
    say(live, seats[0], "confirm")
    say(live, seats[1], "confirm")
    assert services.settle_ripe_reviews() == 0
    Review.objects.update(last_day=day(0))
    assert services.settle_ripe_reviews() == 0
    Review.objects.update(last_day=day(-1))
    assert services.settle_ripe_reviews() == 1
    assert services.settle_ripe_reviews() == 0
    review.refresh_from_db()
    assert (review.outcome, review.ending) == ("confirmed", "day_over")


def test_too_few_votes_come_to_nothing_and_it_may_be_opened_again(ada, live, seats):
    services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "stop")
    Review.objects.update(last_day=day(-1))
    services.settle_ripe_reviews()
    assert Review.objects.get().outcome == ReviewOutcome.NO_DECISION
    assert fresh(live).state == S.LIVE
    assert review_day(fresh(live)) == day(0)
    assert services.open_review_vote(by=ada, initiative=fresh(live)).number == 2


def test_a_voter_who_leaves_leaves_the_count(ada, live, seats, organization):
    services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "confirm")
    say(live, seats[1], "confirm")
    deactivate_member(by=ada, member=seats[2].membership, accepts_consequences=True)
    assert services.settle_ripe_reviews() == 1
    assert Review.objects.get().outcome == ReviewOutcome.CONFIRMED


def test_an_alternate_speaks_for_one_seat_and_the_holder_may_replace_it(ada, live, seats, organization):
    alternate = _member(organization, "Al", Role.EXECUTIVE)
    Seat.objects.filter(pk__in=[seats[0].pk, seats[1].pk]).update(alternate=alternate)
    services.open_review_vote(by=ada, initiative=live)
    services.cast_review_vote(by=alternate, initiative=live, choice="stop", comment="no")
    first = ReviewVote.objects.get().seat
    (other,) = {seats[0], seats[1]} - {first}
    for seat in (other, None):
        if seat is None:
            say(live, first, "confirm")  # its holder replaces what the alternate said
        with pytest.raises(NotAVoter):
            services.cast_review_vote(by=alternate, initiative=live, choice="stop", comment="no", seat=seat)
    assert ReviewVote.objects.get().choice == "confirm"


def test_a_confirmation_needs_an_eye_that_is_independent(ada, live, seats, monkeypatch):
    monkeypatch.setattr(reviewing, "independent_voters", lambda *_args: frozenset({seats[2].membership_id}))
    review = services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "confirm")
    say(live, seats[1], "confirm")
    say(live, seats[2], "abstain")
    review.refresh_from_db()
    assert review.outcome == ReviewOutcome.NO_DECISION


# --- by the chair ---------------------------------------------------------------------------------------


@pytest.fixture
def chair(live, seats) -> Membership:
    """The charter has the chair decide."""
    Coalition.objects.update(review_by=ReviewBy.CHAIR)
    Seat.objects.filter(pk=seats[0].pk).update(is_chair=True)
    return seats[0].membership


def test_the_chair_decides_where_the_charter_says_so_and_nobody_else(ada, live, seats, chair):
    with pytest.raises(NotTheChair):
        services.open_review_vote(by=ada, initiative=live)
    for other in (ada, seats[1].membership):
        with pytest.raises(NotTheChair):
            services.decide_review(by=other, initiative=live, outcome="stopped", reason="No effect")
    made = services.decide_review(by=chair, initiative=live, outcome="stopped", reason="No effect")
    assert (made.outcome, made.decided_by, made.decided_how) == ("stopped", chair, "chair")
    assert fresh(live).state == S.CANCELLED
    with pytest.raises(ReviewNotDue):
        services.decide_review(by=chair, initiative=fresh(live), outcome="confirmed")


def test_where_the_charter_has_the_coalition_vote_the_chair_decides_nothing(live, seats, chair):
    Coalition.objects.update(review_by=ReviewBy.VOTE)
    with pytest.raises(NotTheChair):
        services.decide_review(by=chair, initiative=live, outcome="confirmed")


@pytest.mark.parametrize("how", ["owns", "owned", "submitted"])
def test_of_what_the_chair_proposed_the_coalition_votes(ada, live, chair, how):
    if how == "owns":
        Initiative.objects.filter(pk=live.pk).update(owner=chair)
    elif how == "owned":
        live.former_owners.add(chair)
    else:
        live.revisions.update(submitted_by=chair)
    with pytest.raises(NotTheChair):
        services.decide_review(by=chair, initiative=fresh(live), outcome="confirmed")
    review = services.open_review_vote(by=ada, initiative=fresh(live))
    assert review.decided_how == ReviewBy.VOTE
    assert chair.pk not in review.seats.values_list("membership", flat=True)


def test_without_a_chair_who_can_the_coalition_votes(ada, live, chair):
    deactivate_member(by=ada, member=chair, accepts_consequences=True)
    assert services.open_review_vote(by=ada, initiative=live).decided_how == ReviewBy.VOTE


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "no_decision"}, "outcome"),
        ({"outcome": "changed"}, "reason"),
        ({"outcome": "stopped", "reason": " "}, "reason"),
        ({"outcome": "confirmed", "next_on": "today"}, "next_on"),
    ],
)
def test_what_the_chair_leaves_out_is_said_at_its_field(live, chair, values, field):
    wishes = {**values, **({"next_on": day(0)} if "next_on" in values else {})}
    with pytest.raises(InvalidValues) as refused:
        services.decide_review(by=chair, initiative=live, **wishes)
    assert set(refused.value.fields) == {field}
    assert not Review.objects.exists()


def test_the_charter_says_who_decides(ada, seats):
    services.save_charter(by=ada, values=CharterValues(review_by="chair"))
    assert Coalition.objects.get().review_by == ReviewBy.CHAIR
    with pytest.raises(InvalidValues) as refused:
        services.save_charter(by=ada, values=CharterValues(review_by="nobody"))
    assert set(refused.value.fields) == {"review_by"}


# --- what follows ---------------------------------------------------------------------------------------


def test_confirmed_it_is_not_looked_at_again_unless_a_day_is_named(live, chair):
    services.decide_review(by=chair, initiative=live, outcome="confirmed")
    assert review_day(fresh(live)) is None
    Review.objects.all().delete()
    services.decide_review(by=chair, initiative=fresh(live), outcome="confirmed", next_on=day(40))
    assert review_day(fresh(live)) == day(40)
    assert next_step(fresh(live)).by == day(40)


def test_a_new_review_day_in_the_plan_is_one(live, chair):
    services.decide_review(by=chair, initiative=live, outcome="confirmed")
    EvaluationPlan.objects.update(review_on=day(30))
    assert review_day(fresh(live)) == day(30)


def test_what_is_to_be_changed_is_reviewed_again_and_waits_for_its_owner(ada, live, seats):
    voted(live, ada, seats, "change", "change", "change")
    assert review_day(fresh(live)) == day(90)
    assert to_answer(fresh(live)) is not None
    assert set(reviewable(live.organization).to_answer) == {live.pk}
    EvaluationPlan.objects.update(changed_after_approval_at=timezone.now())
    assert to_answer(fresh(live)) is None
    assert not reviewable(live.organization).to_answer


def test_an_amendment_answers_it_too(ada, live, seats):
    voted(live, ada, seats, "change", "change", "change")
    live.amendments.create(field="owner", before="A", after="B", reason="as asked", by=ada)
    assert to_answer(fresh(live)) is None
    assert not reviewable(live.organization).to_answer


def test_finished_work_that_is_to_be_changed_is_live_again(ada, live, seats):
    Initiative.objects.filter(pk=live.pk).update(state=S.COMPLETED, completed_on=day(-3))
    voted(fresh(live), ada, seats, "change", "change", "change")
    row = fresh(live)
    assert (row.state, row.completed_on) == (S.LIVE, None)
    assert row.state_changes.last().to_state == S.LIVE


@pytest.mark.parametrize("state", [S.APPROVED, S.IN_PROGRESS, S.LIVE, S.ON_HOLD, S.COMPLETED])
def test_a_stop_ends_whatever_it_is(ada, live, seats, state):
    Initiative.objects.filter(pk=live.pk).update(state=state)
    voted(fresh(live), ada, seats, "stop", "stop", "stop")
    assert fresh(live).state == S.CANCELLED
    assert fresh(live).state_changes.last().note.startswith("Review: Stopped")


def test_the_trail_says_what_was_decided_by_whom_and_on_which_finding(ada, live, seats, finding):
    finding(number=3, value=2)
    voted(live, ada, seats, "confirm", "confirm", "stop")
    event = AuditEvent.objects.get(verb="review.decided")
    assert event.after["outcome"] == "confirmed"
    assert (event.after["study"], event.after["value"]) == (3, 2)
    assert event.after["votes"]["confirm"] == 2
    assert [row["choice"] for row in event.after["seats"]] == ["confirm", "confirm", "stop"]
    told = Event.objects.get(kind="coalition.review_decided")
    assert told.content == {"review": Review.objects.get().pk}


# --- the clock ------------------------------------------------------------------------------------------


def test_with_a_finding_a_review_opens_on_its_day_without_one_a_week_later(live, seats, finding):
    assert services.open_due_reviews() == 0
    EvaluationPlan.objects.update(review_on=day(-6))
    assert services.open_due_reviews() == 0
    EvaluationPlan.objects.update(review_on=day(-7))
    assert services.open_due_reviews() == 1
    assert Review.objects.get().opened_by is None
    assert services.open_due_reviews() == 0
    Review.objects.all().delete()
    EvaluationPlan.objects.update(review_on=day(0))
    finding(until=day(-1))  # data of before the day
    assert services.open_due_reviews() == 0
    finding(until=day(0))
    assert services.open_due_reviews() == 1


def test_days_long_past_are_opened_by_a_person(ada, live, seats):
    EvaluationPlan.objects.update(review_on=day(-22))
    assert services.open_due_reviews() == 0
    assert not mail.outbox
    EvaluationPlan.objects.update(review_on=day(-21))
    assert services.open_due_reviews() == 1


def test_the_clock_opens_nothing_that_came_to_nothing_or_is_the_chairs(ada, live, seats, chair):
    EvaluationPlan.objects.update(review_on=day(-8))
    assert services.open_due_reviews() == 0
    Coalition.objects.update(review_by=ReviewBy.VOTE)
    assert services.open_due_reviews() == 1
    Review.objects.update(last_day=day(-1))
    services.settle_ripe_reviews()
    assert Review.objects.get().outcome == ReviewOutcome.NO_DECISION
    assert services.open_due_reviews() == 0


def test_a_day_of_an_earlier_review_opens_the_next_one(live, chair):
    services.decide_review(by=chair, initiative=live, outcome="confirmed", next_on=day(5))
    Coalition.objects.update(review_by=ReviewBy.VOTE)
    Review.objects.update(next_on=day(-7), due_on=day(-100))
    assert services.open_due_reviews() == 1
    assert Review.objects.order_by("number").last().due_on == day(-7)


# --- reminders ------------------------------------------------------------------------------------------


def ahead(organization: Organization, kind: str) -> list[Any]:
    question = DateQuestion(organization=organization, first=day(0), last=day(30))
    return [one for one in dates_ahead(question) if one.kind == kind]


def test_the_day_is_said_before_to_owner_and_leaders_and_the_vote_to_who_has_not_spoken(
    ada, live, seats, organization
):
    EvaluationPlan.objects.update(review_on=day(5))
    (one,) = ahead(organization, "review")
    assert (one.on, one.people) == (day(5), (ada.pk,))
    EvaluationPlan.objects.update(review_on=day(0))
    services.open_review_vote(by=ada, initiative=fresh(live))
    assert not ahead(organization, "review")
    say(live, seats[0], "confirm")
    (one,) = ahead(organization, "vote")
    assert set(one.people) == {seat.membership_id for seat in seats[1:]}
    say(live, seats[1], "confirm")
    say(live, seats[2], "confirm")
    assert not ahead(organization, "vote")
    assert not ahead(organization, "review")


def test_reminders_of_the_whole_product_can_be_written(live, monkeypatch):
    EvaluationPlan.objects.update(review_on=day(5))
    monkeypatch.setattr("accounts.services.reminders.MORNING", 0)
    mail.outbox.clear()
    assert send_due_reminders() == 1
    assert "Review of" in mail.outbox[0].subject


# --- pages and programs ---------------------------------------------------------------------------------


def test_a_seat_opens_votes_and_reads_it_on_the_page(ada, live, seats, client_of, finding):
    finding()
    address = reverse("coalition:review", args=[live.organization.slug, live.number])
    owner, voter = client_of(ada), client_of(seats[0].membership)
    page = owner.get(address).content.decode()
    assert "NPS rose by 8 points" in page
    assert "Open the review" in page
    assert owner.post(f"{address}open/").status_code == 302
    assert 'name="choice"' in voter.get(address).content.decode()
    assert voter.post(f"{address}vote/", {"choice": "stop"}).status_code == 422
    assert voter.post(f"{address}vote/", {"choice": "stop", "comment": "No"}).status_code == 302
    say(live, seats[1], "stop")
    say(live, seats[2], "stop")
    past = voter.get(address).content.decode()
    assert "Stopped" in past
    history = reverse("coalition:initiative_history", args=[live.organization.slug, live.number])
    assert "3 to stop" in voter.get(history).content.decode()


def test_the_chair_decides_on_the_page(live, chair, client_of):
    address = reverse("coalition:review", args=[live.organization.slug, live.number])
    client = client_of(chair)
    assert 'name="outcome"' in client.get(address).content.decode()
    assert client.post(f"{address}decide/", {"outcome": "changed"}).status_code == 422
    values = {"outcome": "changed", "reason": "Smaller", "next_on": day(30).isoformat()}
    assert client.post(f"{address}decide/", values).status_code == 302
    assert Review.objects.get().next_on == day(30)


def test_programs_open_vote_and_read_the_log(ada, live, seats, api_of):
    address = f"/api/v1/o/{live.organization.slug}/initiatives/{live.number}/review/"
    assert api_of(ada).get(address).json() == {
        "review_day": day(0).isoformat(), "is_due": True, "open": None, "seats": [],
    }  # fmt: skip
    assert api_of(ada).post(address).status_code == 201
    assert api_of(ada).post(address).status_code == 409
    for seat in seats:
        api = api_of(seat.membership)
        assert api.post(f"{address}vote/", {"choice": "confirm"}, format="json").status_code == 200
    log = api_of(ada).get(f"/api/v1/o/{live.organization.slug}/reviews/").json()["results"]
    assert [(row["outcome"], row["tally"]["confirm"]) for row in log] == [("confirmed", 3)]


def test_quorum_counts_as_in_every_vote(ada, live, seats):
    Coalition.objects.update(quorum_share=Decimal(1))
    services.open_review_vote(by=ada, initiative=live)
    say(live, seats[0], "stop")
    say(live, seats[1], "stop")
    Review.objects.update(last_day=day(-1))
    services.settle_ripe_reviews()
    assert Review.objects.get().outcome == ReviewOutcome.NO_DECISION
