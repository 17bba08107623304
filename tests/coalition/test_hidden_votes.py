"""Votes are hidden from a seat until it has voted; without a seat one sees counts until the end."""

import pytest

from accounts.choices import Role
from accounts.models import AuditEvent
from coalition import selectors, services
from coalition.models import Approval
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import cast, submitted

pytestmark = pytest.mark.django_db

COMMENT = "Too dear for what it brings"


@pytest.fixture
def initiative(ada, seats):
    """The second seat has rejected it with a comment; Ben (first seat) and the third have not voted."""
    found = submitted(ada)
    cast(found, seats[1], "reject", COMMENT)
    return found


@pytest.fixture
def admin(organization):
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Amy")


def address(organization, initiative, rest=""):
    return f"/o/{organization.slug}/decide/{initiative.number}/{rest}"


def seen_by(member, initiative):
    standing = selectors.round_standing(selectors.round_of(initiative))
    return selectors.as_seen_by(standing, member)


def shown(organization, initiative, member, client_of, api_of):
    """Everything that this member can read about the vote, in one text."""
    client, api = client_of(member), api_of(member)
    pages = [
        client.get(address(organization, initiative, rest), follow=True).text
        for rest in ("", "vote/", "history/")
    ]
    base = f"/api/v1/o/{organization.slug}/initiatives/{initiative.number}/"
    answers = [api.get(base + rest).content.decode() for rest in ("standing/", "history/", "decisions/")]
    home = client.get(f"/o/{organization.slug}/", follow=True).text
    return "".join([*pages, *answers, home])


@pytest.mark.parametrize("who", ["owner", "seat that has not voted", "administrator", "no seat"])
def test_who_has_not_voted_sees_who_has_voted_and_nothing_of_what_was_said(
    who, ada, ben, cleo, admin, organization, initiative, client_of, api_of
):
    member = {"owner": ada, "seat that has not voted": ben, "administrator": admin, "no seat": cleo}[who]
    text = shown(organization, initiative, member, client_of, api_of)
    assert COMMENT not in text
    assert "1 against" not in text
    assert "has voted" in text
    assert "1 of 3 have voted; at least 1 more needed for a decision" in text
    standing = seen_by(member, initiative)
    assert (standing.is_hidden, standing.split, standing.outcome) == (True, "", None)
    assert [(vote.choice, vote.comment) for vote in standing.votes] == [("", "")] * 3
    assert sorted(vote.has_voted for vote in standing.votes) == [False, False, True]


def test_a_seat_sees_the_others_once_it_has_voted(organization, ben, seats, initiative, client_of, api_of):
    cast(initiative, seats[0], "abstain")
    text = shown(organization, initiative, ben, client_of, api_of)
    assert COMMENT in text
    assert "1 against, 1 abstained" in text


def test_everybody_sees_everything_after_the_decision(
    organization, cleo, seats, initiative, client_of, api_of
):
    cast(initiative, seats[0], "reject", "No")
    assert COMMENT not in shown(organization, initiative, cleo, client_of, api_of)
    cast(initiative, seats[2], "reject", "Nor I")
    assert COMMENT in shown(organization, initiative, cleo, client_of, api_of)


def test_the_answer_to_a_vote_shows_what_the_voter_may_see(organization, ben, seats, initiative, api_of):
    base = f"/api/v1/o/{organization.slug}/initiatives/{initiative.number}/"
    before = api_of(ben).get(base + "standing/").data
    assert before["is_hidden"] is True
    assert [vote["comment"] for vote in before["votes"]] == ["", "", ""]
    assert [vote["cast_at"] for vote in before["votes"]] == [None, None, None]
    sent = {"choice": "approve", "revision_digest": before["revision_digest"]}
    after = api_of(ben).post(base + "vote/", sent).data
    assert after["is_hidden"] is False
    assert {vote["comment"] for vote in after["votes"]} == {"", COMMENT}


def test_who_speaks_for_two_seats_sees_the_others_after_both(ada, ben, seats):
    seats[2].alternate = ben
    seats[2].save()
    initiative = submitted(ada)
    cast(initiative, seats[1], "reject", COMMENT)
    cast(initiative, seats[0])
    assert seen_by(ben, initiative).is_hidden
    assert {vote.choice for vote in seen_by(ben, initiative).votes} == {"", "approve"}  # the own one


def test_the_trail_says_what_was_voted_with_the_decision_only(seats, initiative):
    assert COMMENT not in str(list(AuditEvent.objects.values_list("before", "after")))
    cast(initiative, seats[0])
    cast(initiative, seats[2])
    assert COMMENT in str(AuditEvent.objects.get(verb="decision.made").after)


def test_mail_that_asks_for_votes_and_home_say_nothing_of_other_votes(
    ada, ben, seats, initiative, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        cast(initiative, seats[0], "reject", COMMENT)
    assert not any(COMMENT in letter.body for letter in mailoutbox)
    services.withdraw_initiative(by=ada, initiative=initiative)
    assert not any(COMMENT in letter.body for letter in mailoutbox)


def test_what_was_said_in_a_withdrawn_vote_stays_hidden_until_the_coalition_has_decided(
    organization, ada, ben, seats, initiative, client_of, api_of
):
    """Else the owner withdraws, looks who is against, and submits the same again."""
    services.withdraw_initiative(by=ada, initiative=initiative)
    for member in (ada, ben, seats[1].membership):
        text = shown(organization, initiative, member, client_of, api_of)
        assert COMMENT not in text
        assert "1 against" not in text
        assert "This vote was withdrawn." in text
    log = api_of(ada).get(f"/api/v1/o/{organization.slug}/decisions/").data["results"]
    one = api_of(ada).get(f"/api/v1/o/{organization.slug}/decisions/{log[0]['id']}/").data
    for answer in (log[0], one):
        tally = answer["tally"]
        assert not {"approve", "reject", "request_changes", "abstain", "recuse"} & set(tally)
        assert [set(vote) for vote in tally["votes"]] == [{"seat", "person", "has_voted"}] * 3
        assert sorted(vote["has_voted"] for vote in tally["votes"]) == [False, False, True]
    trail = str(list(AuditEvent.objects.values_list("before", "after")))
    assert COMMENT not in trail
    assert "1 against" not in trail
    assert "'choice'" not in trail
    (who,) = AuditEvent.objects.get(verb="decision.made").after["seats"]
    assert (who["seat"], set(who)) == (str(seats[1]), {"seat", "cast_by", "cast_at"})


def test_a_withdrawn_vote_is_opened_by_the_next_decision_and_by_no_second_withdrawal(
    organization, ada, seats, initiative, client_of, api_of
):
    for _time in range(2):
        services.withdraw_initiative(by=ada, initiative=initiative)
        initiative.refresh_from_db()
        services.submit_initiative(by=ada, initiative=initiative)
        initiative.refresh_from_db()
    assert COMMENT not in shown(organization, initiative, ada, client_of, api_of)
    for seat in seats:
        cast(initiative, seat, "approve", "Fine")
    assert COMMENT in shown(organization, initiative, ada, client_of, api_of)
    made = AuditEvent.objects.filter(verb="decision.made").first().after
    first, second = made["withdrawn"]
    assert [(vote["choice"], vote["comment"]) for vote in first["seats"]] == [("reject", COMMENT)]
    assert second["seats"] == []


def test_stepping_out_opens_nothing(ben, seats, initiative):
    cast(initiative, seats[0], "recuse")
    standing = seen_by(ben, initiative)
    assert standing.is_hidden
    assert {vote.choice for vote in standing.votes if vote.seat != seats[0]} == {""}


def test_the_same_vote_twice_is_one_vote(seats, initiative):
    for _click in range(2):
        cast(initiative, seats[2], "approve")
    assert Approval.objects.get(seat=seats[2]).earlier == []
    assert AuditEvent.objects.filter(verb="vote.changed").count() == 0
