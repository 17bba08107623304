"""Who gets which letter of the coalition, and whose words stand under whose name."""

import pytest

from accounts.choices import Role
from coalition import services
from coalition.choices import Outcome
from coalition.mail import tell_alternate_named
from coalition.models import Decision, Seat
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import cast, ready_initiative, seated, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """A block whose letters are sent at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def leave(member):
    member.is_active = False
    member.save()
    services.release_seats_of(member)


def with_alternate(seat: Seat, alternate) -> None:
    seat.alternate = alternate
    seat.save()


def test_the_alternate_of_a_holder_who_has_left_is_asked_and_the_leaver_is_not(
    ada, organization, fay, mailoutbox, send
):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    leave(seats[0].membership)
    with send():
        submitted(ada)
    asked = {letter.to[0]: letter for letter in mailoutbox}
    assert set(asked) == {fay.user.email, *(seat.membership.user.email for seat in seats[1:])}
    words = asked[fay.user.email].body
    assert f"{seats[0].membership} (Seat" in words
    assert "can no longer vote; as the alternate you have this vote." in " ".join(words.split())
    assert "in your place" not in words


def test_a_user_who_may_not_sign_in_any_more_gets_no_letter(ada, organization, fay, mailoutbox, send):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    user = seats[0].membership.user
    user.is_active = False
    user.save()
    with send():
        submitted(ada)
    assert user.email not in {letter.to[0] for letter in mailoutbox}
    assert fay.user.email in {letter.to[0] for letter in mailoutbox}


def test_a_holder_whose_alternate_has_left_is_not_told_of_them(ada, organization, fay, mailoutbox, send):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    leave(fay)
    with send():
        submitted(ada)
    letter = next(one for one in mailoutbox if one.to == [seats[0].membership.user.email])
    assert "in your place" not in letter.body


def test_an_owner_who_is_the_alternate_is_not_asked(organization, ada, mailoutbox, send):
    seats = seated(organization, 3)
    with_alternate(seats[0], ada)
    leave(seats[0].membership)
    with send():
        submitted(ada)
    assert {one.to[0] for one in mailoutbox} == {seat.membership.user.email for seat in seats[1:]}


def test_who_leaves_during_a_vote_hands_it_to_the_alternate_by_letter(
    ada, organization, fay, mailoutbox, send
):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    with_alternate(seats[1], MembershipFactory(organization=organization, role=Role.COALITION_MEMBER))
    initiative = submitted(ada)
    cast(initiative, seats[1])
    mailoutbox.clear()
    with send():
        leave(seats[0].membership)
    assert [one.to for one in mailoutbox] == [[fay.user.email]]
    assert mailoutbox[0].subject.startswith(f"Please vote on {initiative.reference} by ")
    with send():
        leave(seats[1].membership)  # has voted: nothing is left to ask for
    assert len(mailoutbox) == 1


def test_a_role_that_may_still_vote_asks_nobody(ada, organization, fay, mailoutbox, send):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    submitted(ada)
    mailoutbox.clear()
    with send():
        services.release_seats_of(seats[0].membership)
    assert mailoutbox == []


def test_whoever_keeps_a_seat_without_its_vote_is_told(ada, organization, mailoutbox, send):
    seats = seated(organization, 2)
    member = seats[0].membership
    member.role = Role.CONTRIBUTOR
    member.save()
    with send():
        services.release_seats_of(member)
    [letter] = mailoutbox
    assert letter.to == [member.user.email]
    assert letter.subject == f"Your seat in the coalition no longer votes: {seats[0].title}"
    assert "your role is now Contributor, which does not vote" in " ".join(letter.body.split())


def test_the_decision_says_who_said_what_under_the_right_name(ada, organization, fay, mailoutbox, send):
    seats = seated(organization, 3)
    with_alternate(seats[0], fay)
    initiative = submitted(ada)
    leave(seats[0].membership)
    digest = initiative.revisions.first().digest
    services.cast_vote(
        by=fay, initiative=initiative, choice="reject", comment="Too dear.", revision_digest=digest
    )
    cast(initiative, seats[1], "approve", "Do it.")
    with send():
        cast(initiative, seats[2], "approve", "")
    letter = mailoutbox[-1]
    assert letter.to == [ada.user.email]
    holder, other = seats[0].membership, seats[1].membership
    lines = [line for line in letter.body.splitlines() if line]
    at = lines.index(f"{holder} ({seats[0].title}), voted for by {fay} as alternate: Reject")
    assert lines[at + 1] == "Too dear."
    at = lines.index(f"{other} ({seats[1].title}): Approve")
    assert lines[at + 1] == "Do it."
    assert f"{seats[2].membership} ({seats[2].title}): Approve" in lines
    assert "2 for, 1 against" in lines


def test_an_owner_who_has_left_is_not_told_but_whoever_submitted_it(ada, organization, mailoutbox, send):
    seats = seated(organization, 3)
    maya = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    initiative = ready_initiative(ada)
    services.submit_initiative(by=maya, initiative=initiative)
    leave(ada)
    for seat in seats[:2]:
        cast(initiative, seat)
    with send():
        cast(initiative, seats[2])
    assert Decision.objects.get().outcome == Outcome.APPROVED
    assert mailoutbox[-1].to == [maya.user.email]
    assert f"{ada}, who owned it, has left: a CX leader must name a new owner." in mailoutbox[-1].body
    assert ada.user.email not in {one.to[0] for one in mailoutbox}


def test_where_both_have_left_all_who_may_name_a_new_owner_are_told(ada, organization, mailoutbox, send):
    seats = seated(organization, 3)
    other = MembershipFactory(organization=organization, role=Role.CX_LEADER)
    initiative = submitted(ada)
    leave(ada)
    for seat in seats[:2]:
        cast(initiative, seat)
    with send():
        cast(initiative, seats[2])
    told = {one.to[0] for one in mailoutbox if "approved" in one.subject}
    assert other.user.email in told
    assert ada.user.email not in told
    assert not told & {seat.membership.user.email for seat in seats}


def test_where_everybody_stepped_out_the_owner_is_not_sent_round_in_a_circle(
    ada, organization, mailoutbox, send
):
    seats = seated(organization, 2)
    initiative = submitted(ada)
    cast(initiative, seats[0], "recuse", "My budget.")
    with send():
        cast(initiative, seats[1], "recuse", "Mine too.")
    body = " ".join(mailoutbox[-1].body.split())
    assert "Every seat that could vote recused itself." in body
    assert "other seats of the coalition have to be filled first" in body
    assert "as it is or changed" not in body


def test_abstentions_are_no_recusals(ada, organization, mailoutbox, send):
    seats = seated(organization, 2)
    initiative = submitted(ada)
    cast(initiative, seats[0], "recuse", "My budget.")
    with send():
        cast(initiative, seats[1], "abstain", "")
    body = " ".join(mailoutbox[-1].body.split())
    assert "recused itself" not in body
    assert "Submit it again, as it is or changed." in body


def test_letters_in_chinese_are_chinese_throughout(ada, organization, mailoutbox, send):
    seats = seated(organization, 3)
    users = [ada.user, *(seat.membership.user for seat in seats)]
    for user in users:
        user.language = "zh-hans"
        user.save()
    with send():
        initiative = submitted(ada)
    asked = next(one for one in mailoutbox if one.to == [seats[0].membership.user.email])
    assert f"您在“{seats[0].title}”席位拥有表决权。" in asked.body
    with send():
        for seat in seats:
            cast(initiative, seat, "approve")
    decided = mailoutbox[-1]
    assert decided.to == [ada.user.email]
    assert decided.subject.endswith(f"（{initiative.title}）")
    assert "(" not in decided.subject.replace(initiative.title, "")


def test_who_names_an_alternate_is_told_about_in_chinese(ada, organization, fay, mailoutbox, send):
    (seat,) = seated(organization, 1)
    for member in (fay, seat.membership):
        member.user.language = "zh-hans"
        member.user.save()
    seat.alternate = fay
    tell_alternate_named(seat, ada)
    told = {letter.to[0]: letter.body for letter in mailoutbox}
    assert f"{ada}已指定{fay}为您的席位“{seat.title}”的代理人。" in told[seat.membership.user.email]
    assert f"{ada}已指定您为{seat.membership}（{seat.title}）的代理人。" in told[fay.user.email]
    assert not [body for body in told.values() if "has named" in body]
