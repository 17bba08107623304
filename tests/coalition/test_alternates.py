"""An open vote stands as it was opened: who speaks for a seat, who chairs, and what an alternate may do."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent, Membership
from coalition import selectors, services
from coalition.errors import NotAVoter, NotTheChair
from coalition.models import Approval, Seat, StandIn
from coalition.services import SeatValues
from common.errors import InvalidValues
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import SeatFactory, cast, seated, submitted

pytestmark = pytest.mark.django_db

COMMENT = "Too dear for what it brings"


@pytest.fixture
def maya(organization) -> Membership:
    """She edits seats and votes, and has no seat."""
    return MembershipFactory(organization=organization, role=Role.CX_LEADER, user__name="Maya")


def named(by, seat, alternate, **changes) -> Seat:
    known = Seat.objects.get(pk=seat.pk)
    values = SeatValues(
        membership=known.membership,
        title=known.title,
        alternate=alternate,
        is_chair=known.is_chair,
        has_vote=known.has_vote,
        **changes,
    )
    return services.change_seat(by=by, seat=known, values=values)


def vote(by, initiative, seat, choice="approve", comment="because"):
    return services.cast_vote(
        by=by,
        initiative=initiative,
        seat=seat,
        choice=choice,
        comment=comment,
        revision_digest=initiative.revisions.first().digest,
    )


def seen_by(member, initiative):
    standing = selectors.round_standing(selectors.round_of(initiative))
    return selectors.as_seen_by(standing, member)


# --- who edits seats does not vote with them --------------------------------------------------------


def test_who_edits_seats_neither_reads_nor_replaces_votes_by_naming_herself(ada, maya, seats, api_of):
    initiative = submitted(ada)
    cast(initiative, seats[1], "approve", COMMENT)
    base, api = f"/api/v1/o/{ada.organization.slug}/", api_of(maya)
    for seat in seats:
        answer = api.patch(f"{base}seats/{seat.pk}/", {"alternate": maya.pk})
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"alternate"})
    standing = api.get(f"{base}initiatives/{initiative.number}/standing/")
    assert (standing.data["is_hidden"], COMMENT in standing.content.decode()) == (True, False)
    sent = {"seat": seats[1].pk, "choice": "reject", "comment": "No"}
    sent["revision_digest"] = standing.data["revision_digest"]
    assert api.post(f"{base}initiatives/{initiative.number}/vote/", sent).status_code == 403
    assert [(row.choice, row.cast_by) for row in Approval.objects.all()] == [("approve", seats[1].membership)]


def test_an_alternate_whom_another_names_during_a_vote_does_not_enter_it(ada, maya, fay, seats):
    initiative = submitted(ada)
    cast(initiative, seats[0], "reject", COMMENT)
    named(maya, seats[1], fay)
    with pytest.raises(NotAVoter):
        vote(fay, initiative, seats[1])
    assert selectors.votes_waiting_for(fay) == ()
    assert seen_by(fay, initiative).is_hidden
    later = submitted(ada)
    assert [item.initiative for item in selectors.votes_waiting_for(fay)] == [later]


def test_an_alternate_who_is_taken_away_during_a_vote_stays_in_it(ada, maya, fay, seats):
    """Else whoever edits seats takes a vote out of a vote that is open."""
    named(maya, seats[1], fay)
    initiative = submitted(ada)
    named(maya, seats[1], None)
    assert [one.seat for one in vote(fay, initiative, seats[1]).votes if one.choice] == [seats[1]]


def test_between_votes_anybody_who_edits_seats_may_be_named(maya, seats):
    assert named(maya, seats[1], maya).alternate == maya


def test_nobody_speaks_for_two_seats_of_others_in_one_vote(ada, maya, organization):
    """Else the one who names herself everywhere before the vote decides it alone."""
    five = seated(organization, 5)
    for seat in five:
        named(maya, seat, maya)
    initiative = submitted(ada)
    vote(maya, initiative, five[3])
    for seat in (five[0], five[1], five[2], five[4]):
        with pytest.raises(NotAVoter, match="one seat only"):
            vote(maya, initiative, seat)
    assert Approval.objects.count() == 1
    vote(maya, initiative, five[3], "reject", "On second thoughts")  # her own vote is hers to change
    assert selectors.votes_waiting_for(maya) == ()


# --- alternate and holder ---------------------------------------------------------------------------


def test_an_alternate_neither_reads_nor_replaces_what_the_holder_said(ada, fay, seats, client_of):
    seats[1].alternate = fay
    seats[1].save()
    initiative = submitted(ada)
    cast(initiative, seats[1], "approve", COMMENT)
    with pytest.raises(NotAVoter, match="has voted"):
        vote(fay, initiative, seats[1], "reject", "No")
    assert Approval.objects.get().choice == "approve"
    standing = seen_by(fay, initiative)
    assert standing.is_hidden
    assert {one.choice for one in standing.votes} == {""}
    page = selectors.vote_page(initiative, fay)
    assert (page.seats, page.own, page.is_waited_for) == ((), (), False)
    address = f"/o/{ada.organization.slug}/decide/{initiative.number}/vote/"
    assert COMMENT not in client_of(fay).get(address).text


def test_the_holder_replaces_what_the_alternate_said_and_both_are_kept(ada, fay, seats):
    seats[1].alternate = fay
    seats[1].save()
    initiative = submitted(ada)
    vote(fay, initiative, seats[1], "approve", "In her name")
    assert not seen_by(fay, initiative).is_hidden
    cast(initiative, seats[1], "reject", COMMENT)
    row = Approval.objects.get()
    assert (row.choice, row.cast_by) == ("reject", seats[1].membership)
    assert [(one["choice"], one["cast_by"]) for one in row.earlier] == [("approve", "Fay")]
    assert seen_by(fay, initiative).is_hidden
    with pytest.raises(NotAVoter):
        vote(fay, initiative, seats[1])
    for seat in (seats[0], seats[2]):
        cast(initiative, seat)
    told = AuditEvent.objects.get(verb="decision.made").after["seats"]
    (seat,) = [one for one in told if one["seat"] == str(seats[1])]
    assert (seat["choice"], [one["choice"] for one in seat["earlier"]]) == ("reject", ["approve"])


# --- nobody votes with sight of the others ----------------------------------------------------------


@pytest.fixture
def twice(ada, fay, organization):
    """A vote of four seats; Fay has one, and is the alternate of two others."""
    four = seated(organization, 3)
    own = SeatFactory(coalition=four[0].coalition, membership=fay, title="Finance")
    for seat in four[:2]:
        named(ada, seat, fay)
    initiative = submitted(ada)
    return initiative, own, *[Seat.objects.get(pk=seat.pk) for seat in four]


def test_an_alternate_whose_vote_was_replaced_takes_no_other_seat(ada, fay, twice, client_of, api_of):
    """She saw every vote: a second seat would be voted with sight of the others."""
    initiative, own, billing, service, other = twice
    cast(initiative, other, "reject", COMMENT)
    vote(fay, initiative, own)
    assert seen_by(fay, initiative).is_hidden
    vote(fay, initiative, billing)
    assert not seen_by(fay, initiative).is_hidden
    cast(initiative, billing, "reject", "Mine to say")
    assert selectors.votes_waiting_for(fay) == ()
    assert selectors.vote_page(initiative, fay).seats == (own,)
    for _again in range(2):  # also when the holder changes her mind, twice
        with pytest.raises(NotAVoter, match="one seat only"):
            vote(fay, initiative, service)
        cast(initiative, billing, "approve", "On second thoughts")
    sent_by_api = {"seat": service.pk, "choice": "approve"}
    sent_by_api["revision_digest"] = initiative.revisions.first().digest
    path = f"/api/v1/o/{ada.organization.slug}/initiatives/{initiative.number}/vote/"
    assert api_of(fay).post(path, sent_by_api).status_code == 403
    assert f"/decide/{initiative.number}/vote/" not in client_of(fay).get("/o/northwind/").text
    page = page_of(client_of, fay, initiative, service)
    assert chosen(page)["seat"] == str(own.pk)
    assert "You may vote as the alternate of one seat only in each vote." in page.text


def test_an_alternate_of_a_seat_whose_term_ends_takes_no_other_seat(fay, twice):
    initiative, _own, billing, service, _other = twice
    vote(fay, initiative, billing)
    Seat.objects.filter(pk=billing.pk).update(ends_on=timezone.localdate())
    assert {one.seat for one in selectors.votes_waiting_for(fay)} == {Seat.objects.get(title="Finance")}
    with pytest.raises(NotAVoter, match="one seat only"):
        vote(fay, initiative, service)


def test_the_database_holds_that_nobody_speaks_for_two_seats_of_others(fay, twice):
    initiative, _own, billing, service, _other = twice
    vote(fay, initiative, billing)
    row = StandIn.objects.get(seat=service)
    row.spoke_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_holder_whose_alternate_voted_sees_the_others_once_she_confirms(fay, twice, client_of, api_of):
    initiative, _own, billing, _service, other = twice
    holder = billing.membership
    cast(initiative, other, "reject", COMMENT)
    vote(fay, initiative, billing, "approve", "In her name")
    seen = seen_by(holder, initiative)
    assert seen.is_hidden
    assert [one.choice for one in seen.votes if one.choice] == ["approve"]  # that of her own seat
    base = f"/api/v1/o/northwind/initiatives/{initiative.number}/"
    assert COMMENT not in api_of(holder).get(base + "standing/").content.decode()
    page = page_of(client_of, holder, initiative)
    assert COMMENT not in page.text
    assert "You see what the others said once you have done so, or after the vote." in page.text
    home = client_of(holder).get("/o/northwind/").text
    assert f"Fay voted for your seat on “{initiative.title}”" in home
    assert f"/o/northwind/decide/{initiative.number}/vote/" in home
    (item,) = selectors.votes_waiting_for(holder)
    assert (item.seat, item.is_for_another, item.alternate) == (billing, False, fay)
    cast(initiative, billing, "approve", "In her name")  # the same, said by herself
    assert Approval.objects.get(seat=billing).cast_by == holder
    assert not seen_by(holder, initiative).is_hidden
    assert COMMENT in page_of(client_of, holder, initiative).text
    assert selectors.votes_waiting_for(holder) == ()


def test_a_holder_who_steps_out_after_her_alternate_voted_sees_nothing(fay, twice):
    initiative, _own, billing, _service, other = twice
    cast(initiative, other, "reject", COMMENT)
    vote(fay, initiative, billing)
    cast(initiative, billing, "recuse")
    assert seen_by(billing.membership, initiative).is_hidden


def test_a_seat_of_before_keeps_who_spoke_for_it(fay, twice):
    """The upgrade reads it from the votes: the one that stands, and those it replaced."""
    initiative, _own, billing, service, _other = twice
    vote(fay, initiative, billing)
    cast(initiative, billing, "reject", "Mine to say")
    StandIn.objects.update(spoke_at=None)
    migration = import_module("coalition.migrations.0008_alternates_speak_for_one_seat")
    migration.mark_who_has_spoken(apps, None)
    assert [row.seat for row in StandIn.objects.exclude(spoke_at=None)] == [billing]
    with pytest.raises(NotAVoter, match="one seat only"):
        vote(fay, initiative, service)


# --- chair, term ------------------------------------------------------------------------------------


def test_a_chair_of_a_later_day_does_not_end_a_vote_that_is_open(ada, organization):
    seats = seated(organization, 3, early_end="chair")
    chair = SeatFactory(coalition=seats[0].coalition, is_chair=True, title="Chair")
    initiative = submitted(ada)
    for seat in seats:
        cast(initiative, seat)
    new = Seat.objects.get(pk=seats[0].pk)
    values = SeatValues(membership=new.membership, title=new.title, is_chair=True)
    services.change_seat(by=ada, seat=new, values=values)
    assert not selectors.vote_page(initiative, new.membership).may_close
    with pytest.raises(NotTheChair):
        services.close_vote(by=new.membership, initiative=initiative)
    assert selectors.vote_page(initiative, chair.membership).may_close
    assert services.close_vote(by=chair.membership, initiative=initiative).tally.outcome == "approved"


def test_a_term_that_is_moved_into_the_future_takes_nobody_out_of_an_open_vote(ada, maya, seats):
    initiative = submitted(ada)
    named(maya, seats[1], None, starts_on=timezone.localdate() + timedelta(days=30))
    cast(initiative, seats[1], "reject", "No")
    standing = selectors.round_standing(selectors.round_of(initiative))
    assert (standing.tally.left, standing.tally.reject) == (0, 1)


def test_a_charter_that_changes_leaves_an_open_vote_as_it_was(ada, maya, seats):
    initiative = submitted(ada)
    services.save_charter(by=maya, values=services.CharterValues(voting_days=60, early_end="certain"))
    current = selectors.round_of(initiative)
    assert (current.early_end, current.due_on) == ("all_voted", timezone.localdate() + timedelta(days=7))


def test_no_term_ends_before_today(ada, seats):
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(InvalidValues) as refusal:
        named(ada, seats[1], None, ends_on=yesterday)
    assert set(refusal.value.fields) == {"ends_on"}


def test_a_seat_that_has_ended_is_not_ended_again(ada, seats, api_of):
    long_ago = timezone.localdate() - timedelta(days=50)
    Seat.objects.filter(pk=seats[1].pk).update(ends_on=long_ago)
    path = f"/api/v1/o/{ada.organization.slug}/seats/{seats[1].pk}/end/"
    assert api_of(ada).post(path).data["ends_on"] == long_ago.isoformat()
    assert not AuditEvent.objects.filter(verb="seat.ended").exists()
    for _click in range(2):
        services.end_seat(by=ada, seat=Seat.objects.get(pk=seats[2].pk), accepts_consequences=True)
    assert AuditEvent.objects.filter(verb="seat.ended").count() == 1


def test_the_record_of_a_vote_names_the_seats_that_ended_during_it(ada, maya, seats, client_of):
    initiative = submitted(ada)
    gone = seats[2].membership
    cast(initiative, seats[0])
    services.end_seat(by=maya, seat=seats[2], accepts_consequences=True)
    ended = re.compile(
        rf"{gone} <span[^>]*>{seats[2].title}</span></span>\s*<span[^>]*>\s*seat ended on [^<]+, before"
    )
    assert ended.search(page_of(client_of, seats[1].membership, initiative).text)
    cast(initiative, seats[1])
    initiative.refresh_from_db()
    assert initiative.state == "approved"
    (standing,) = selectors.closed_rounds(initiative)
    assert [left.seat for left in standing.left] == [seats[2]]
    for rest in ("", "history/"):
        text = client_of(ada).get(f"/o/northwind/decide/{initiative.number}/{rest}").text
        assert ended.search(text)
    assert "everyone who could vote has voted" in text
    assert "1 seat left before it had voted." in text


# --- who is told ------------------------------------------------------------------------------------


def test_holder_and_alternate_are_told_and_the_page_says_who_named_whom(
    maya, fay, seats, cleo, client_of, mailoutbox, django_capture_on_commit_callbacks
):
    holder = seats[1].membership
    with django_capture_on_commit_callbacks(execute=True):
        named(maya, seats[1], fay)
        named(maya, seats[1], fay)  # nothing new, no letter
    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert (set(letters), len(mailoutbox)) == ({holder.user.email, fay.user.email}, 2)
    assert letters[holder.user.email].subject == f"Fay is now the alternate of your seat ({seats[1].title})"
    assert "Maya has named Fay as the alternate of your seat" in letters[holder.user.email].body
    assert letters[fay.user.email].subject == f"You are now the alternate of {holder} ({seats[1].title})"
    page = client_of(cleo).get(f"/o/{maya.organization.slug}/decide/coalition/").text
    assert "named by Maya on " in page


def test_who_loses_a_seat_by_another_is_told(ada, seats, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.end_seat(by=ada, seat=seats[1], accepts_consequences=True)
    (letter,) = mailoutbox
    assert letter.to == [seats[1].membership.user.email]
    assert letter.subject == f"Your seat in the coalition has ended: {seats[1].title}"


# --- the page of a vote, for who speaks for two seats ---------------------------------------------------


def page_of(client_of, member, initiative, seat=None):
    address = reverse("coalition:vote", args=["northwind", initiative.number])
    return client_of(member).get(address + (f"?seat={seat.pk}" if seat else ""))


def chosen(page) -> dict[str, str]:
    """What the form would send if its button were pressed at once."""
    form = re.search(r'<form method="post" class="choices".*?</form>', page.text, re.DOTALL)[0]
    marked = re.search(r'value="(\w+)"[^>]*checked', form)
    seat = re.search(r'name="seat" value="(\d+)"', form)
    return {
        "choice": marked[1] if marked else "",
        "comment": re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", form, re.DOTALL)[1].strip(),
        "seat": seat[1] if seat else "",
    }


@pytest.fixture
def stood_in(ada, maya, seats):
    """A vote in which Ben has a seat and may also speak for Maya's."""
    seats[1].alternate = None
    first = SeatFactory(
        coalition=seats[0].coalition, membership=maya, title="Service", alternate=seats[1].membership
    )
    return submitted(ada), seats[1].membership, seats[1], first


def test_the_form_of_a_seat_holds_what_was_said_for_this_seat(stood_in, client_of):
    initiative, ben, own, other = stood_in
    vote(ben, initiative, own, "abstain", "my own words")
    vote(ben, initiative, other, "reject", "words for Maya")
    at_own, at_other = (page_of(client_of, ben, initiative, seat) for seat in (own, other))
    assert chosen(at_own) == {"choice": "abstain", "comment": "my own words", "seat": str(own.pk)}
    assert chosen(at_other) == {"choice": "reject", "comment": "words for Maya", "seat": str(other.pk)}


def test_a_vote_that_is_sent_again_changes_no_other_seat(stood_in, client_of):
    initiative, ben, own, other = stood_in
    vote(ben, initiative, own, "abstain", "my own words")
    vote(ben, initiative, other, "reject", "words for Maya")
    page = page_of(client_of, ben, initiative)
    address = reverse("coalition:vote", args=["northwind", initiative.number])
    digest = initiative.revisions.first().digest
    assert client_of(ben).post(address, {**chosen(page), "revision_digest": digest}).status_code == 302
    said = {one.seat: (one.choice, one.comment) for one in Approval.objects.all()}
    assert said == {own: ("abstain", "my own words"), other: ("reject", "words for Maya")}


def test_the_page_opens_at_the_seat_that_is_waited_for(stood_in, client_of):
    initiative, ben, own, other = stood_in
    assert chosen(page_of(client_of, ben, initiative))["seat"] == str(own.pk)
    vote(ben, initiative, own, "abstain", "my own words")
    page = page_of(client_of, ben, initiative)
    assert chosen(page) == {"choice": "", "comment": "", "seat": str(other.pk)}
    assert "You vote as the alternate of Maya (Service)." in page.text


def test_the_holder_is_told_of_the_alternate_and_finds_an_empty_form(stood_in, maya, client_of):
    initiative, ben, _own, other = stood_in
    vote(ben, initiative, other, "reject", "words for Maya")
    page = page_of(client_of, maya, initiative)
    assert chosen(page) == {"choice": "", "comment": "", "seat": str(other.pk)}
    assert f"{ben} voted for your seat as your alternate: Reject. Vote the same to confirm it" in page.text
    assert "You have voted." not in page.text


def test_a_seat_of_somebody_else_in_the_address_is_not_opened(stood_in, ada, seats, client_of):
    initiative, ben, own, _other = stood_in
    assert chosen(page_of(client_of, ben, initiative, seats[2]))["seat"] == str(own.pk)


# --- who comes too late loses nothing -------------------------------------------------------------------


def sent(client_of, member, initiative, **changes):
    address = reverse("coalition:vote", args=["northwind", initiative.number])
    digest = initiative.revisions.first().digest
    typed = {"choice": "reject", "comment": COMMENT, "revision_digest": digest, **changes}
    return client_of(member).post(address, typed)


def test_a_vote_after_the_withdrawal_says_so_and_gives_back_what_was_typed(ada, seats, client_of):
    initiative = submitted(ada)
    services.withdraw_initiative(by=ada, initiative=initiative)
    page = sent(client_of, seats[1].membership, initiative)
    assert page.status_code == 409
    assert "Your vote was not recorded" in page.text
    assert COMMENT in page.text
    assert not Approval.objects.exists()


def test_a_vote_on_an_older_version_keeps_what_was_typed_on_the_newest(ada, seats, client_of):
    initiative = submitted(ada)
    page = sent(client_of, seats[1].membership, initiative, revision_digest="0" * 64)
    assert page.status_code == 409
    assert "was changed and submitted again after you opened this page" in page.text
    assert chosen(page) == {"choice": "reject", "comment": COMMENT, "seat": ""}
    assert f'value="{initiative.revisions.first().digest}"' in page.text
    assert not Approval.objects.exists()


def test_an_alternate_who_comes_after_the_holder_is_told_why(stood_in, maya, client_of):
    initiative, ben, _own, other = stood_in
    vote(maya, initiative, other, "approve", "mine")
    page = sent(client_of, ben, initiative, seat=other.pk)
    assert page.status_code == 403
    assert "Maya has voted. An alternate votes only while the holder of the seat has not." in page.text
    assert COMMENT in page.text
    assert [one.comment for one in Approval.objects.all()] == ["mine"]


def test_a_seat_that_is_not_in_the_vote_is_refused_in_words(stood_in, client_of):
    initiative, ben, _own, _other = stood_in
    page = sent(client_of, ben, initiative, seat=999_999)
    assert page.status_code == 422
    assert "This page is out of date. Nothing was recorded; please vote again." in page.text
    assert COMMENT in page.text
