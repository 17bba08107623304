"""A value that nobody can review: who can name another reviewer is told, and she before she writes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership
from accounts.services import confirm_member, invite_person, record_event
from coalition.choices import InitiativeState
from coalition.models import Initiative
from impact.choices import SignOff
from impact.models import RoiCase, ValueModel
from impact.services import dispute
from overview.selectors import needs_of
from tests.factories import MembershipFactory
from tests.factories.reports import proved

pytestmark = pytest.mark.django_db

KIND = "value_without_reviewer"
SAID = "No finance reviewer can review this value: invite or name another."
LOST = "If you save the value model or compute the value, you cannot review the result for finance."


def kinds(member: Membership) -> list[str]:
    member = Membership.objects.select_related("organization", "user").get(pk=member.pk)
    return [need.kind for need in needs_of(member)]


@pytest.fixture
def fay(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER, user__name="Fay")


@pytest.fixture
def chief(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR, user__name="Chief")


@pytest.fixture
def case(organization, ben, ada) -> RoiCase:
    """Ben owns it, Ada computed it and wrote its model; evaluated, so that only its value waits."""
    known = proved(ada)
    Initiative.objects.filter(pk=known.simulated.initiative.pk).update(
        owner=ben, state=InitiativeState.EVALUATED
    )
    assert known.case is not None
    return RoiCase.objects.get(pk=known.case.pk)


@pytest.fixture
def written(case, fay) -> RoiCase:
    """The only finance reviewer has changed an input."""
    ValueModel.objects.update(changed_by=fay)
    return case


def impact_page(client, case: RoiCase) -> str:
    address = reverse("impact:initiative_impact", args=["northwind", case.study.initiative.number])
    return " ".join(client.get(address).text.split())


def test_the_owner_the_leader_and_the_administrator_are_told(organization, written, ada, ben, fay, chief):
    confirm_member(by=chief, member=fay)
    title = f"No finance reviewer can review the value of “{written.study.initiative.title}”"
    for member, detail in (
        (ada, "Invite or name one who neither made its figures nor is tied to who did."),
        (chief, "Invite or name one who neither made its figures nor is tied to who did."),
        (ben, "Ask an administrator or CX leader to invite or name another finance reviewer."),
    ):
        (need,) = needs_of(member)
        assert (need.kind, need.title, need.detail) == (KIND, title, detail)
        assert need.url == reverse(
            "impact:initiative_impact", args=["northwind", written.study.initiative.number]
        )
    stranger = MembershipFactory(organization=organization, role=Role.EXECUTIVE)
    assert (kinds(fay), kinds(stranger)) == ([], [])


def test_one_who_can_review_is_enough(organization, written, ada, ben):
    assert KIND in kinds(ada)
    other = MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER)
    assert (kinds(ada), kinds(ben), kinds(other)) == ([], [], ["value_review"])
    Membership.objects.filter(pk=other.pk).update(is_active=False)
    assert KIND in kinds(ada)


@pytest.mark.parametrize("tie", ["computed", "model", "owner", "role", "gone", "none"])
def test_everything_that_keeps_a_reviewer_from_it_counts(case, ada, fay, tie):
    assert KIND not in kinds(ada)
    if tie == "computed":
        RoiCase.objects.update(computed_by=fay)
    if tie == "model":
        ValueModel.objects.update(changed_by=fay)
    if tie == "owner":
        Initiative.objects.update(owner=fay)
    if tie == "role":
        Membership.objects.filter(pk=fay.pk).update(role_given_by=ada)
    if tie == "gone":
        Membership.objects.filter(pk=fay.pk).update(is_active=False)
    if tie == "none":
        Membership.objects.filter(pk=fay.pk).update(role=Role.EXECUTIVE)
    assert KIND in kinds(ada)


def test_a_reviewer_who_waits_to_be_confirmed_is_somebody(case, ada, chief, fay):
    assert (kinds(ada), kinds(chief)) == (["confirm_finance"], ["confirm_finance"])


@pytest.mark.parametrize("word", [SignOff.SIGNED, SignOff.DISPUTED])
def test_what_finance_has_reviewed_waits_for_nobody(written, ada, chief, fay, word):
    RoiCase.objects.update(sign_off=word, sign_off_by=fay, sign_off_at=timezone.now())
    assert KIND not in kinds(ada)
    assert KIND not in kinds(chief)


def test_a_value_of_earlier_inputs_is_to_be_computed_first(written, ada):
    ValueModel.objects.update(changed_at="2030-01-01T00:00:00+00:00")
    assert KIND not in kinds(ada)


def test_after_a_dispute_who_is_told_of_this_is_told_once(organization, case, ada, ben, fay):
    dispute(case=case, by=fay, comment="The margin is last year's.")
    newer = RoiCase.objects.get(pk=case.pk)
    newer.pk, newer.number, newer.input_digest = None, case.number + 1, "other"
    newer.sign_off, newer.sign_off_by, newer.sign_off_at = SignOff.OPEN, None, None
    newer.sign_off_comment = ""
    newer.save()
    assert (kinds(ada), kinds(ben)) == (["value_waits"], ["value_waits"])
    ValueModel.objects.update(changed_by=fay)
    assert (kinds(ada), kinds(ben)) == ([KIND], [KIND])


def test_the_page_and_the_api_say_it(client_of, api_of, ada, ben, fay, case):
    address = f"/api/v1/o/northwind/roi-cases/{case.pk}/"
    assert SAID not in impact_page(client_of(ben), case)
    assert api_of(ada).get(address).json()["has_no_reviewer"] is False
    ValueModel.objects.update(changed_by=fay)
    people = f'<a href="{reverse("accounts:people", args=["northwind"])}">People</a>'
    for member, may_invite in ((ada, True), (ben, False)):
        page = impact_page(client_of(member), case)
        notice = page[page.index(SAID) :][: len(SAID) + 200]
        assert (people in notice) == may_invite
    assert api_of(ada).get(address).json()["has_no_reviewer"] is True
    (line,) = api_of(ada).get("/api/v1/o/northwind/roi-cases/").json()["results"]
    assert line["has_no_reviewer"] is True


def test_a_reviewer_is_warned_before_she_writes(client_of, organization, case, ada, fay):
    edit = reverse(
        "impact:value_edit", args=["northwind", case.study.initiative.number], query={"kind": "retention"}
    )
    alone = f"{LOST} No other finance reviewer could: invite or name one first."
    assert alone in client_of(fay).get(edit).text
    assert alone in impact_page(client_of(fay), case)
    assert LOST not in client_of(ada).get(edit).text
    assert LOST not in impact_page(client_of(ada), case)
    other = MembershipFactory(organization=organization, role=Role.FINANCE_REVIEWER)
    assert f"{LOST} Another finance reviewer must do it." in client_of(fay).get(edit).text
    Membership.objects.filter(pk=other.pk).update(role_given_by=fay)
    assert alone in client_of(fay).get(edit).text


def test_it_is_said_in_chinese(client_of, ada, written):
    ada.user.language = "zh-hans"
    ada.user.save()
    assert "没有财务审核人可以审核这项价值" in impact_page(client_of(ada), written)


def test_a_reviewer_whom_nobody_may_confirm_is_nobody(organization, case, ada, chief, fay):
    """Each of the two who manage people brought her in: neither may be the second pair of eyes."""
    second = MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)
    Membership.objects.filter(pk=ada.pk).update(is_active=False)
    Membership.objects.filter(pk=fay.pk).update(role_given_by=second)
    assert KIND not in kinds(chief)
    invitation, _secret = invite_person(by=chief, email="x@northwind.example", role=Role.AUDITOR)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), fay
    invitation.save()
    assert KIND in kinds(chief)
    Membership.objects.filter(pk=fay.pk).update(confirmed_at=timezone.now())
    assert KIND not in kinds(chief)


def test_whoever_wrote_before_is_not_warned_again(client_of, case, fay):
    number = case.study.initiative.number
    edit = reverse("impact:value_edit", args=["northwind", number], query={"kind": "retention"})
    assert LOST in client_of(fay).get(edit).text
    record_event(
        organization=fay.organization,
        actor=fay.user,
        verb="value_model.saved",
        subject=case.study.initiative,
        before={"horizon_years": 2},
        after={"horizon_years": 3},
    )
    assert LOST not in client_of(fay).get(edit).text
