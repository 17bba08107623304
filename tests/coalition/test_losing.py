"""Seats whose person cannot vote any more, and open votes that a change would end: told, and told before."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import EventDelivery, Membership
from accounts.services import change_member, deactivate_member
from coalition import selectors, services
from coalition.choices import Choice, EarlyEnd
from coalition.fields import SEAT
from coalition.models import Decision, Seat
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.outbox import deliver
from common.registry import consequences_of
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import CoalitionFactory, SeatFactory, cast, seated, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo(organization):
    return MembershipFactory(organization=organization, role=Role.COALITION_MEMBER, user__name="Mo Drei")


@pytest.fixture
def four(organization, mo):
    """Four voting seats, the last one Mo's."""
    others = seated(organization, 3)
    return [*others, SeatFactory(coalition=others[0].coalition, membership=mo, title="Seat m3")]


def page(client_of, who, name="coalition_detail", *args):
    return client_of(who).get(reverse(f"coalition:{name}", args=["northwind", *args]))


def words(response) -> str:
    return " ".join(response.text.split())


def becomes(member, role=None):
    """As the People page leaves it, without the coalition having heard of it yet."""
    Membership.objects.filter(pk=member.pk).update(**({"role": role} if role else {"is_active": False}))


def consequence_texts(member, role=""):
    return [one.text for one in consequences_of(Membership.objects.get(pk=member.pk), role=role)]


# --- the seat ---------------------------------------------------------------------------------------


def test_a_seat_whose_person_lost_the_vote_is_marked_and_not_counted(ada, mo, four, client_of):
    before = words(page(client_of, ada))
    assert "4 seats decide together what is improved." in before
    assert "does not vote" not in before
    becomes(mo, Role.CONTRIBUTOR)
    text = words(page(client_of, ada))
    assert "3 seats decide together what is improved. 1 more seat does not vote." in text
    assert text.count("the role Contributor does not allow voting") == 1
    ada.user.language = "zh-hans"
    ada.user.save()
    assert "角色“参与者”不允许投票" in words(page(client_of, ada))


def test_an_alternate_who_can_vote_keeps_the_seat_in_the_count(ada, mo, fay, four, client_of):
    Seat.objects.filter(pk=four[3].pk).update(alternate=fay)
    becomes(mo, Role.CONTRIBUTOR)
    text = words(page(client_of, ada))
    assert "4 seats decide together" in text
    assert "the role Contributor does not allow voting" in text
    assert "votes for this seat" in text
    becomes(fay, Role.AUDITOR)
    text = words(page(client_of, ada))
    assert "3 seats decide together" in text
    assert "the role Auditor does not allow voting" in text
    assert "votes for this seat" not in text


def test_a_seat_without_a_vote_is_not_counted_and_needs_no_role_that_votes(ada, mo, four, client_of):
    Seat.objects.filter(pk=four[3].pk).update(has_vote=False)
    becomes(mo, Role.CONTRIBUTOR)
    text = words(page(client_of, ada))
    assert "3 seats decide together" in text
    assert "does not allow voting" not in text
    assert selectors.seats_left(ada.organization) == ()


@pytest.mark.parametrize(
    ("role", "is_active", "has_vote", "expected"),
    [
        (Role.COALITION_MEMBER, True, True, (True, "mo", "")),
        (Role.EXECUTIVE, True, True, (True, "mo", "")),
        (Role.CONTRIBUTOR, True, True, (False, None, "role")),
        (Role.ADMINISTRATOR, True, True, (False, None, "role")),
        (Role.COALITION_MEMBER, False, True, (False, None, "access")),
        (Role.COALITION_MEMBER, True, False, (False, None, "seat")),
    ],
)
def test_the_api_says_whether_a_seat_votes(ada, mo, four, api_of, role, is_active, has_vote, expected):
    Membership.objects.filter(pk=mo.pk).update(role=role, is_active=is_active)
    Seat.objects.filter(pk=four[3].pk).update(has_vote=has_vote)
    rows = api_of(ada).get(reverse("api:seat-list", args=["northwind"])).json()["results"]
    row = next(row for row in rows if row["id"] == four[3].pk)
    can_vote, voter, because = expected
    assert (row["can_vote"], row["voter"], row["no_vote_because"]) == (
        can_vote,
        mo.pk if voter else None,
        because,
    )
    others = [row for row in rows if row["id"] != four[3].pk]
    assert [(row["can_vote"], row["no_vote_because"]) for row in others] == [(True, "")] * 3


def test_the_api_names_the_alternate_who_votes_and_a_term_that_is_over(ada, mo, fay, four, api_of):
    Seat.objects.filter(pk=four[3].pk).update(alternate=fay)
    becomes(mo, Role.CONTRIBUTOR)
    one = reverse("api:seat-detail", args=["northwind", four[3].pk])
    row = api_of(ada).get(one).json()
    assert (row["can_vote"], row["voter"], row["no_vote_because"]) == (True, fay.pk, "role")
    today = timezone.localdate()
    for days in ({"ends_on": today}, {"ends_on": None, "starts_on": today + timedelta(days=1)}):
        Seat.objects.filter(pk=four[3].pk).update(**days)
        row = api_of(ada).get(one).json()
        assert (row["can_vote"], row["voter"], row["no_vote_because"]) == (False, None, "term")


def test_the_page_of_the_seat_says_how_to_mend_it(ada, mo, fay, four, client_of):
    change = reverse("accounts:member_edit", args=["northwind", mo.pk])
    assert change not in page(client_of, ada, "seat_edit", four[3].pk).text
    becomes(mo, Role.CONTRIBUTOR)
    found = page(client_of, ada, "seat_edit", four[3].pk)
    assert "The role of Mo Drei (Contributor) does not allow voting." in words(found)
    assert f'href="{change}"' in found.text
    Seat.objects.filter(pk=four[3].pk).update(alternate=fay)
    becomes(mo)
    text = words(page(client_of, ada, "seat_edit", four[3].pk))
    assert "Mo Drei no longer has access. End this seat and add one for another person." in text
    assert "Until then Fay votes as the alternate." in text


# --- what a change would bring ----------------------------------------------------------------------


def test_a_role_without_a_vote_names_the_seat_and_the_vote_that_would_end(ada, mo, four):
    assert consequence_texts(mo, Role.CONTRIBUTOR) == [
        "Mo Drei holds the seat “Seat m3” in the coalition. The role Contributor does not allow voting."
    ]
    initiative = submitted(ada)
    losing = f"1 open vote would lose this voter: {initiative.reference}."
    assert consequence_texts(mo, Role.CONTRIBUTOR)[1:] == [losing]
    for seat in four[:3]:
        cast(initiative, seat)
    ending = f"1 open vote would end now and not open again: {initiative.reference}."
    assert consequence_texts(mo, Role.CONTRIBUTOR)[1:] == [ending]
    assert consequence_texts(mo)[:2] == [
        "Mo Drei holds the seat “Seat m3” in the coalition. It would end.",
        ending,
    ]
    assert consequence_texts(mo, Role.EXECUTIVE) == []  # still votes


def test_who_has_voted_or_has_no_seat_ends_nothing(ada, mo, cleo, four):
    initiative = submitted(ada)
    cast(initiative, four[3])
    assert len(consequence_texts(mo, Role.CONTRIBUTOR)) == 1
    assert consequence_texts(cleo) == []


def test_an_alternate_who_is_asked_keeps_the_vote_going(ada, mo, fay, four):
    Seat.objects.filter(pk=four[3].pk).update(alternate=fay)
    initiative = submitted(ada)
    for seat in four[:3]:
        cast(initiative, seat)
    assert consequence_texts(mo) == [
        "Mo Drei holds the seat “Seat m3” in the coalition. Only Fay would vote for it."
    ]
    assert consequence_texts(fay) == []  # Mo can vote
    becomes(mo, Role.CONTRIBUTOR)
    assert consequence_texts(fay) == [
        f"1 open vote would end now and not open again: {initiative.reference}."
    ]


def test_too_few_left_ends_it_and_several_votes_are_counted(ada, mo, organization):
    rules = {"quorum_share": Decimal(1), "early_end": EarlyEnd.CERTAIN}
    coalition = CoalitionFactory(organization=organization, **rules)
    seats = [SeatFactory(coalition=coalition), SeatFactory(coalition=coalition, membership=mo)]
    first, second = submitted(ada), submitted(ada)
    assert consequence_texts(mo)[1:] == [
        f"2 open votes would end now and not open again: {first.reference}, {second.reference}."
    ]
    SeatFactory(coalition=coalition)
    third = submitted(ada)
    assert consequence_texts(mo)[1:] == [
        f"2 open votes would end now and not open again: {first.reference}, {second.reference}.",
        f"1 open vote would lose this voter: {third.reference}.",
        "A vote that may end early can end with that.",
    ]
    cast(first, seats[0])
    assert len(consequence_texts(mo)) == 4


def test_how_the_vote_would_end_is_not_told(ada, mo, four):
    initiative = submitted(ada)
    cast(initiative, four[0], Choice.REJECT)
    before = consequence_texts(mo)
    initiative.rounds.first().approvals.update(choice=Choice.APPROVE)
    assert consequence_texts(mo) == before


# --- and is accepted before it is done --------------------------------------------------------------


@pytest.fixture
def last(ada, four):
    """A vote in which only Mo's vote is out."""
    initiative = submitted(ada)
    for seat in four[:3]:
        cast(initiative, seat)
    return initiative


@pytest.mark.parametrize("how", ["role", "access", "seat", "term"])
def test_nothing_that_ends_a_vote_is_done_without_a_word(ada, mo, four, last, how):
    today = timezone.localdate()
    seat = Seat.objects.get(pk=four[3].pk)
    values = SEAT.values_of(seat, ends_on=today)
    change = {
        "role": lambda **more: change_member(by=ada, member=mo, role=Role.CONTRIBUTOR, function=None, **more),
        "access": lambda **more: deactivate_member(by=ada, member=mo, **more),
        "seat": lambda **more: services.end_seat(by=ada, seat=seat, **more),
        "term": lambda **more: services.change_seat(by=ada, seat=seat, values=values, **more),
    }[how]
    with pytest.raises(ConsequencesNotAccepted) as refused:
        change()
    assert refused.value.sentences[-1] == f"1 open vote would end now and not open again: {last.reference}."
    deliver(EventDelivery, now=timezone.now())
    mo.refresh_from_db()
    seat.refresh_from_db()
    assert (mo.role, mo.is_active, seat.ends_on) == (Role.COALITION_MEMBER, True, None)
    assert not Decision.objects.exists()
    change(accepts_consequences=True)
    deliver(EventDelivery, now=timezone.now())
    assert Decision.objects.get().outcome == "approved"


def test_what_touches_no_open_vote_needs_no_word(ada, mo, four):
    change_member(by=ada, member=mo, role=Role.CONTRIBUTOR, function=None)
    services.end_seat(by=ada, seat=four[0])
    submitted(ada)
    change_member(by=ada, member=mo, role=Role.AUDITOR, function=None)
    assert Membership.objects.get(pk=mo.pk).role == Role.AUDITOR


def test_a_later_end_and_another_title_need_no_word_and_a_wrong_end_is_said_first(ada, four, last):
    seat = Seat.objects.get(pk=four[3].pk)
    later = SEAT.values_of(seat, ends_on=timezone.localdate() + timedelta(days=1), title="Other")
    services.change_seat(by=ada, seat=seat, values=later)
    seat.refresh_from_db()
    wrong = SEAT.values_of(seat, ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(InvalidValues):
        services.change_seat(by=ada, seat=seat, values=wrong)


def test_the_people_page_names_it_and_asks(ada, mo, last, client_of):
    client = client_of(ada)
    address = reverse("accounts:member_edit", args=["northwind", mo.pk])
    first = client.get(address)
    ending = f"1 open vote would end now and not open again: {last.reference}."
    assert words(first).count(ending) == 1  # at "Remove access"
    typed = {"role": Role.CONTRIBUTOR, "job_title": "Typed"}
    asked = client.post(address, typed)
    assert asked.status_code == 409
    assert "The role Contributor does not allow voting." in words(asked)
    assert 'value="Typed"' in asked.text
    assert "Change the role all the same" in asked.text
    mo.refresh_from_db()
    assert mo.role == Role.COALITION_MEMBER
    assert client.post(address, {**typed, "accepts_consequences": "on"}).status_code == 302
    mo.refresh_from_db()
    assert (mo.role, mo.job_title) == (Role.CONTRIBUTOR, "Typed")


def test_a_seat_that_loses_its_vote_is_said_where_no_vote_is_open(ada, mo, four, client_of):
    client = client_of(ada)
    address = reverse("accounts:member_edit", args=["northwind", mo.pk])
    known = "Mo Drei holds the seat “Seat m3” in the coalition."
    assert known not in words(client.post(address, {"role": Role.EXECUTIVE}, follow=True))
    saved = client.post(address, {"role": Role.CONTRIBUTOR}, follow=True)
    assert (saved.status_code, saved.redirect_chain[-1][1]) == (200, 302)
    assert f"{known} The role Contributor does not allow voting." in words(saved)


def test_the_operator_is_told_too(ada, mo, last):
    wish = {"slug": "northwind", "email": mo.user.email}
    with pytest.raises(
        CommandError, match=f"would end now and not open again: {last.reference}. Say --accept-consequences"
    ):
        call_command("make_administrator", **wish, stdout=StringIO())
    assert Membership.objects.get(pk=mo.pk).role == Role.COALITION_MEMBER
    call_command("make_administrator", **wish, accept_consequences=True, stdout=StringIO())
    assert Membership.objects.get(pk=mo.pk).role == Role.ADMINISTRATOR


def test_remove_access_without_the_box_changes_nothing(ada, mo, last, client_of):
    client = client_of(ada)
    address = reverse("accounts:member_deactivate", args=["northwind", mo.pk])
    refused = client.post(address)
    assert refused.status_code == 409
    assert "Tick this box first. Nothing has been changed." in words(refused)
    mo.refresh_from_db()
    assert mo.is_active
    assert client.post(address, {"accepts_consequences": "on"}).status_code == 302
    mo.refresh_from_db()
    assert not mo.is_active


def test_ones_own_leaving_is_no_other_way(organization, four, client_of):
    """A CX leader with a seat takes away her own access."""
    lea = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    SeatFactory(coalition=four[0].coalition, membership=lea)
    owner = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    initiative = submitted(owner)
    for seat in four:
        cast(initiative, seat)
    address = reverse("accounts:member_deactivate", args=["northwind", lea.pk])
    assert client_of(lea).post(address).status_code == 409
    lea.refresh_from_db()
    assert lea.is_active


def test_the_seat_page_names_it_and_asks(ada, four, last, client_of):
    client = client_of(ada)
    ending = f"1 open vote would end now and not open again: {last.reference}."
    assert (
        words(client.get(reverse("coalition:seat_edit", args=["northwind", four[3].pk]))).count(ending) == 1
    )
    assert ending not in words(client.get(reverse("coalition:seat_edit", args=["northwind", four[0].pk])))
    address = reverse("coalition:seat_end", args=["northwind", four[3].pk])
    refused = client.post(address)
    assert refused.status_code == 409
    assert "Tick this box first. Nothing has been changed." in words(refused)
    assert Seat.objects.get(pk=four[3].pk).ends_on is None
    assert client.post(address, {"accepts_consequences": "on"}).status_code == 302
    assert Seat.objects.get(pk=four[3].pk).ends_on == timezone.localdate()


def test_the_api_refuses_until_the_consequences_are_accepted(ada, mo, four, last, api_of):
    client = api_of(ada)
    person = reverse("api:member-detail", args=["northwind", mo.pk])
    seat = reverse("api:seat-detail", args=["northwind", four[3].pk])
    today = timezone.localdate().isoformat()
    answers = [
        client.patch(person, {"role": "contributor"}, format="json"),
        client.delete(person),
        client.post(f"{seat}end/"),
        client.patch(seat, {"ends_on": today}, format="json"),
    ]
    assert [answer.status_code for answer in answers] == [409] * 4
    assert {answer.json()["code"] for answer in answers} == {"consequences_not_accepted"}
    assert all(
        f"1 open vote would end now and not open again: {last.reference}." in answer.json()["title"]
        for answer in answers
    )
    assert client.delete(f"{person}?accepts_consequences=perhaps").status_code == 422
    done = client.patch(person, {"role": "contributor", "accepts_consequences": True}, format="json")
    assert (done.status_code, done.json()["role"]) == (200, "contributor")
    assert "accepts_consequences" not in done.json()
    assert client.delete(f"{person}?accepts_consequences=true").status_code == 204
    ended = client.post(f"{seat}end/", {"accepts_consequences": True}, format="json")
    assert (ended.status_code, ended.json()["ends_on"]) == (200, today)


# --- the history ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("role", "lost the right to vote before it had voted: the role Contributor does not allow it"),
        ("access", "lost access before it had voted"),
        ("seat", "seat ended on"),
    ],
)
def test_the_history_says_why_a_seat_did_not_vote(ada, mo, four, last, client_of, how, said):
    if how == "role":
        change_member(by=ada, member=mo, role=Role.CONTRIBUTOR, function=None, accepts_consequences=True)
    elif how == "access":
        deactivate_member(by=ada, member=mo, accepts_consequences=True)
    else:
        services.end_seat(by=ada, seat=four[3], accepts_consequences=True)
    deliver(EventDelivery, now=timezone.now())
    # what becomes of the person later changes nothing in what is told
    Membership.objects.filter(pk=mo.pk).update(role=Role.COALITION_MEMBER, is_active=True)
    text = words(page(client_of, ada, "initiative_history", last.number))
    small = '<span class="text-secondary small">'
    assert f"Mo Drei {small}Seat m3</span></span> {small}{said}" in text
    assert "did not vote" not in text
    assert "1 seat left before it had voted." in text
    (gone,) = Decision.objects.get().tally["gone"]
    assert (gone["id"], gone["seat"], gone["person"]) == (four[3].pk, "Seat m3", "Mo Drei")


def test_an_older_decision_by_all_votes_says_that_the_seat_had_left(ada, mo, four, last, client_of):
    change_member(by=ada, member=mo, role=Role.CONTRIBUTOR, function=None, accepts_consequences=True)
    deliver(EventDelivery, now=timezone.now())
    decision = Decision.objects.get()
    older = {key: value for key, value in decision.tally.items() if key != "gone"}
    Decision.objects.filter(pk=decision.pk).update(tally=older)
    text = words(page(client_of, ada, "initiative_history", last.number))
    assert "left the vote before it had voted" in text
    assert "did not vote" not in text


def test_who_had_time_and_did_not_vote_still_did_not_vote(ada, four, client_of):
    initiative = submitted(ada)
    for seat in four[:3]:
        cast(initiative, seat)
    initiative.rounds.update(due_on=timezone.localdate() - timedelta(days=1))
    services.settle_ripe_votes()
    text = words(page(client_of, ada, "initiative_history", initiative.number))
    assert text.count("did not vote") == 1
    assert "before it had voted" not in text
