"""Publishing, opening, answering, closing, reopening, agreeing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEvent
from assessments import selectors, services
from assessments.choices import AnswerStatus
from assessments.errors import (
    AlreadySubmitted,
    AnswersOutstanding,
    FrameworkAlreadyPublished,
    NotAnAnswerPossible,
    NothingSubmitted,
    NothingToScore,
    RoundClosed,
    RoundOpen,
)
from assessments.importers import framework_content
from assessments.models import Answer, Assessment, FrameworkVersion, MaturityResult, Response
from assessments.services.results import score
from common.errors import InvalidValues
from cxstats.codec import digest_of
from tests.factories import MembershipFactory
from tests.factories.assessments import (
    PRACTICES,
    answer_all,
    make_assessment,
    make_framework,
    make_result,
    make_submitted,
    small_framework,
)

pytestmark = pytest.mark.django_db


def _verbs(organization) -> list[str]:
    return list(AuditEvent.objects.of(organization).order_by("pk").values_list("verb", flat=True))


# --- frameworks ---------------------------------------------------------------------------------


def test_the_same_content_is_published_once():
    assert make_framework().pk == make_framework().pk


def test_a_published_version_never_changes():
    make_framework()
    changed = small_framework()
    changed["dimensions"][0]["practices"][0]["weight"] = 3.0

    with pytest.raises(FrameworkAlreadyPublished):
        services.publish_framework(content=changed)
    changed["version"] = "1.1"
    assert services.publish_framework(content=changed).version == "1.1"


def test_an_organization_imports_a_framework_that_nobody_else_sees(ada, dora):
    import yaml

    text = yaml.safe_dump(small_framework(), allow_unicode=True)
    version = services.import_framework(by=ada, text=text)
    services.import_framework(by=ada, text=text)

    assert version in services.frameworks_on_offer(ada.organization)
    assert version not in services.frameworks_on_offer(dora.organization)
    assert _verbs(ada.organization) == ["framework.published"]


def test_builtin_frameworks_are_installed_on_first_use_and_only_once(
    organization, django_assert_num_queries, capsys
):
    offered = services.frameworks_on_offer(organization)

    assert {(item.key, item.kind) for item in offered} == {("cx-maturity", "full"), ("quick-check", "quick")}
    with django_assert_num_queries(1):
        assert services.install_builtin_frameworks() == []
    call_command("load_frameworks")
    assert "nothing to do" in capsys.readouterr().out
    assert FrameworkVersion.objects.builtin().count() == 2


# --- opening and inviting -----------------------------------------------------------------------


def test_opening_a_round_is_recorded_and_can_seat_the_opener(ada):
    assessment = make_assessment(ada, takes_part=True, perspective="executive")

    assert assessment.is_open
    assert assessment.responses.get().perspective == "executive"
    assert _verbs(ada.organization) == ["assessment.opened", "assessment.invited"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "   "}, "title"),
        ({"target_level": Decimal("5.5")}, "target_level"),
        ({"due_on": timezone.localdate() - timedelta(days=2)}, "due_on"),
        ({"due_on": timezone.localdate() + timedelta(days=368)}, "due_on"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_by_field(ada, changes, field):
    with pytest.raises(InvalidValues) as caught:
        make_assessment(ada, **changes)
    assert field in caught.value.fields


def test_a_round_may_wait_for_a_year(ada):
    last = ada.organization.clock.today() + timedelta(days=366)
    assert make_assessment(ada, due_on=last).due_on == last
    with pytest.raises(InvalidValues) as caught:
        make_assessment(ada, due_on=last + timedelta(days=1))
    assert "A round lasts at most 366 days: choose a day until " in str(caught.value.fields["due_on"])


def test_a_framework_of_another_organization_cannot_be_used(ada, dora):
    with pytest.raises(InvalidValues) as caught:
        make_assessment(ada, framework=make_framework(dora.organization))
    assert "framework" in caught.value.fields


def test_only_a_closed_round_of_the_same_framework_can_be_compared_with(ada):
    open_round = make_assessment(ada)
    other = make_result(ada).assessment
    other.refresh_from_db()

    with pytest.raises(InvalidValues):
        make_assessment(ada, previous=open_round)
    with pytest.raises(InvalidValues):
        make_assessment(ada, previous=other, framework=make_framework(key="different"))
    assert make_assessment(ada, previous=other).previous == other


def test_inviting_tells_people_once_in_plain_text_with_one_link(
    ada, ben, cleo, django_capture_on_commit_callbacks
):
    ben.user.language = "en"
    ben.user.save()
    due = timezone.localdate() + timedelta(days=7)
    assessment = make_assessment(ada, due_on=due)
    with django_capture_on_commit_callbacks(execute=True):
        new = services.invite_respondents(
            by=ada, assessment=assessment, members=[ben, cleo, ada], perspective="front_line"
        )
    with django_capture_on_commit_callbacks(execute=True):
        again = services.invite_respondents(by=ada, assessment=assessment, members=[ben])

    assert len(new) == 3
    assert again == []
    assert {message.to[0] for message in mail.outbox} == {ben.user.email, cleo.user.email}
    body = mail.outbox[0].body
    assert body.count("http") == 1
    assert f"/o/northwind/assess/{assessment.pk}/answer/" in body
    assert "Northwind Telecom" in body
    assert "&" not in body
    assert "Spring round" in mail.outbox[0].subject


def test_nobody_who_cannot_answer_or_is_a_stranger_gets_a_seat(ada, dora):
    assessment = make_assessment(ada)
    auditor = MembershipFactory(organization=ada.organization, role=Role.AUDITOR)

    for member in (dora, auditor):
        with pytest.raises(InvalidValues):
            services.invite_respondents(by=ada, assessment=assessment, members=[member])
    with pytest.raises(InvalidValues):
        services.invite_respondents(by=ada, assessment=assessment, members=[])
    with pytest.raises(InvalidValues):
        services.invite_respondents(by=ada, assessment=assessment, members=[ada], perspective="moon")
    assert not assessment.responses.exists()


# --- answering ----------------------------------------------------------------------------------


def test_an_answer_is_kept_as_typed_even_before_a_level_is_chosen(ada):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))
    draft = services.save_answer(
        response=seat,
        practice="ask",
        status=AnswerStatus.BLANK,
        comment="  half a thou",
        evidence_url="not yet a link",
    )

    assert (draft.comment, draft.evidence_url, draft.level) == ("  half a thou", "not yet a link", None)
    saved = services.save_answer(response=seat, practice="ask", level=4, comment="whole thought")
    assert Answer.objects.get().pk == saved.pk
    seat.refresh_from_db()
    assert seat.started_at is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"practice": "nowhere", "level": 3}, "practice"),
        ({"practice": "ask", "level": 6}, "level"),
        ({"practice": "ask", "level": None}, "level"),
        ({"practice": "ask", "status": "dont_know", "level": 2}, "level"),
        ({"practice": "ask", "status": "shrug"}, "status"),
        ({"practice": "ask", "level": 3, "confidence": "total"}, "confidence"),
        ({"practice": "ask", "level": 3, "comment": "x" * 4001}, "comment"),
        ({"practice": "ask", "level": 3, "evidence_url": "x" * 501}, "evidence_url"),
    ],
)
def test_an_impossible_answer_is_refused_by_field(ada, values, field):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))
    with pytest.raises(NotAnAnswerPossible) as caught:
        services.save_answer(response=seat, **values)
    assert field in caught.value.fields


def test_several_answers_are_kept_together_or_not_at_all(ada):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))
    services.save_answer(response=seat, practice="ask", level=1, comment="before")
    first, again = services.Given(practice="answer", level=2), services.Given(practice="answer", level=5)

    services.save_answers(
        response=seat,
        given=[services.Given(practice="ask", status=AnswerStatus.DONT_KNOW), first, again],
    )

    kept = list(Answer.objects.order_by("practice").values_list("practice", "status", "level", "comment"))
    assert kept == [("answer", "answered", 5, ""), ("ask", "dont_know", None, "")]
    with pytest.raises(NotAnAnswerPossible):
        services.save_answers(response=seat, given=[first, services.Given(practice="ask", level=6)])
    assert Answer.objects.get(practice="answer").level == 5


def test_several_answers_start_the_seat_and_need_an_open_one(ada):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))
    services.save_answers(response=seat, given=[])
    seat.refresh_from_db()
    assert seat.started_at is None
    given = [services.Given(practice=practice, level=3) for practice in PRACTICES]
    services.save_answers(response=seat, given=given)
    seat.refresh_from_db()
    assert seat.started_at is not None
    services.submit_response(by=ada, response=seat)
    with pytest.raises(AlreadySubmitted):
        services.save_answers(response=seat, given=given)


def test_submitting_names_every_practice_that_is_not_ready(ada):
    seat = services.take_seat(by=ada, assessment=make_assessment(ada))
    services.save_answer(response=seat, practice="ask", status=AnswerStatus.NOT_APPLICABLE)
    services.save_answer(response=seat, practice="answer", level=3, evidence_url="javascript:alert(1)")

    with pytest.raises(InvalidValues) as caught:
        services.submit_response(by=ada, response=seat)

    assert set(caught.value.fields) == set(PRACTICES)
    assert not Response.objects.get().is_submitted


def test_submitting_twice_from_two_windows_hands_in_once(ada):
    assessment = make_assessment(ada)
    seat = services.take_seat(by=ada, assessment=assessment)
    answer_all(seat, dict.fromkeys(PRACTICES, 3))
    first, second = Response.objects.get(pk=seat.pk), Response.objects.get(pk=seat.pk)

    services.submit_response(by=ada, response=first)
    services.submit_response(by=ada, response=second)

    assert _verbs(ada.organization).count("assessment.submitted") == 1


def test_taking_a_seat_twice_gives_the_same_seat(ada):
    assessment = make_assessment(ada)

    assert services.take_seat(by=ada, assessment=assessment) == services.take_seat(
        by=ada, assessment=assessment
    )


def test_what_was_submitted_changes_only_after_it_was_taken_back(ada):
    seat = make_submitted(ada, make_assessment(ada))
    with pytest.raises(AlreadySubmitted):
        services.save_answer(response=seat, practice="ask", level=5)

    services.take_back_response(by=ada, response=seat)
    services.save_answer(response=seat, practice="ask", level=5)

    assert "assessment.taken_back" in _verbs(ada.organization)


def test_a_quick_check_taken_alone_closes_by_itself_and_a_new_start_continues_the_open_one(ada):
    seat = services.start_quick_check(by=ada)
    assert services.start_quick_check(by=ada) == seat
    content = selectors.framework_of(seat.assessment.framework)
    answer_all(seat, {practice.key: 2 for practice in content.practices})

    result = services.submit_response(by=ada, response=seat)

    assert result is not None
    assert result.overall_level == pytest.approx(2.0)
    assert not Assessment.objects.get().is_open
    assert services.start_quick_check(by=ada) != seat
    assert selectors.latest_result(ada) == result


def test_a_quick_check_does_not_replace_what_a_full_assessment_says(ada):
    full = make_result(ada, ask=4, answer=4, improve=4)
    seat = services.start_quick_check(by=ada)
    content = selectors.framework_of(seat.assessment.framework)
    answer_all(seat, {practice.key: 1 for practice in content.practices})
    services.submit_response(by=ada, response=seat)

    assert selectors.latest_result(ada) == full


# --- closing, reopening -------------------------------------------------------------------------


def test_closing_needs_an_answer_and_says_how_many_are_outstanding(ada, ben, cleo):
    assessment = make_assessment(ada)
    services.invite_respondents(by=ada, assessment=assessment, members=[ben, cleo])
    with pytest.raises(NothingSubmitted):
        services.close_assessment(by=ada, assessment=assessment)
    make_submitted(ada, assessment)

    with pytest.raises(AnswersOutstanding, match="2 people"):
        services.close_assessment(by=ada, assessment=assessment)
    result = services.close_assessment(by=ada, assessment=assessment, leave_out_outstanding=True)

    assert result.respondents == 1
    assert AuditEvent.objects.of(ada.organization).get(verb="assessment.closed").after["outstanding"] == 2


@pytest.mark.parametrize("left", ["membership", "user"])
def test_who_has_left_is_waited_for_by_nobody(ada, ben, cleo, client_of, left):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    make_submitted(ben, assessment)
    services.invite_respondents(by=ada, assessment=assessment, members=[cleo])
    for gone in (ben, cleo):
        row = gone if left == "membership" else gone.user
        row.is_active = False
        row.save()
    page = selectors.round_page(assessment, ada)
    # ben has answered before he left: his answer counts; cleo never will
    assert (page.submitted, page.outstanding, page.expected) == (2, 0, 2)
    assert page.everybody_submitted
    shown = client_of(ada).get(f"/o/{ada.organization.slug}/assess/{assessment.pk}/").content.decode()
    assert "Everyone invited has answered: 2 people." in shown
    assert shown.count("no access") == 2
    assert services.close_assessment(by=ada, assessment=assessment).respondents == 2


def test_a_round_whose_people_have_all_left_says_so(ada, cleo, client_of):
    assessment = make_assessment(ada)
    services.invite_respondents(by=ada, assessment=assessment, members=[cleo])
    cleo.is_active = False
    cleo.save()
    assert not selectors.round_page(assessment, ada).everybody_submitted
    shown = client_of(ada).get(f"/o/{ada.organization.slug}/assess/{assessment.pk}/").content.decode()
    assert "everyone invited has left" in shown


def test_a_result_keeps_the_inputs_that_give_the_same_profile_again(ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, "executive", ask=5, answer=3, improve="dont_know")
    make_submitted(ben, assessment, "front_line", ask=1, answer=3, improve=2)
    result = services.close_assessment(by=ada, assessment=assessment)

    # ask (5+1)/2 = 3 at weight 2, answer 3 at weight 1 -> listen 3; improve 2 -> act 2; overall 2.5
    assert result.overall_level == pytest.approx(2.5)
    again = score(framework_content(assessment.framework.content), result.inputs)
    assert again == selectors.maturity_profile_of(result)
    assert result.input_digest == digest_of(result.inputs, version=1)
    assert {row["respondent"] for row in result.inputs["answers"]}.isdisjoint({"Ada", "Ben"})


def test_drafts_do_not_count(ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, ask=2, answer=2, improve=2)
    answer_all(services.take_seat(by=ben, assessment=assessment), dict.fromkeys(PRACTICES, 5))

    result = services.close_assessment(by=ada, assessment=assessment, leave_out_outstanding=True)

    assert result.overall_level == pytest.approx(2.0)


def test_a_round_where_nobody_knows_anything_gives_no_number(ada):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, **dict.fromkeys(PRACTICES, "dont_know"))

    with pytest.raises(NothingToScore):
        services.close_assessment(by=ada, assessment=assessment)
    assert not MaturityResult.objects.exists()


def test_a_closed_round_is_read_only_until_it_is_reopened_with_a_reason(ada, ben):
    result = make_result(ada, ask=2, answer=2, improve=2)
    assessment, seat = result.assessment, Response.objects.get()
    for refused in (
        lambda: services.save_answer(response=seat, practice="ask", level=5),
        lambda: services.take_back_response(by=ada, response=seat),
        lambda: services.take_seat(by=ben, assessment=assessment),
        lambda: services.close_assessment(by=ada, assessment=assessment),
    ):
        with pytest.raises(RoundClosed):
            refused()
    with pytest.raises(InvalidValues):
        services.reopen_assessment(by=ada, assessment=assessment, reason=" ")

    services.reopen_assessment(by=ada, assessment=assessment, reason="Ben was on leave")
    with pytest.raises(RoundOpen):
        services.reopen_assessment(by=ada, assessment=assessment, reason="again")
    make_submitted(ben, assessment, ask=4, answer=4, improve=4)
    second = services.close_assessment(by=ada, assessment=assessment)

    assert second.sequence == 2
    assert MaturityResult.objects.get(sequence=1).overall_level == pytest.approx(2.0)
    assert second.overall_level == pytest.approx(3.0)
    event = AuditEvent.objects.of(ada.organization).get(verb="assessment.reopened")
    assert event.after == {"reason": "Ben was on leave"}


def test_an_agreed_level_makes_a_new_result_and_keeps_every_answer(ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, ask=5, answer=3, improve=3)
    make_submitted(ben, assessment, ask=1, answer=3, improve=3)
    with pytest.raises(RoundOpen):
        services.record_consensus(by=ada, assessment=assessment, practice="ask", level=2, reason="x")
    services.close_assessment(by=ada, assessment=assessment)

    second = services.record_consensus(
        by=ada, assessment=assessment, practice="ask", level=2, reason="Branches never get the survey."
    )
    standing = selectors.maturity_profile_of(second).practice("ask")

    assert second.sequence == 2
    assert (standing.level, standing.rated_level, standing.agreed) == (2.0, 3.0, True)
    assert set(Answer.objects.filter(practice="ask").values_list("level", flat=True)) == {1, 5}
    assert "assessment.consensus_recorded" in _verbs(ada.organization)


def test_an_agreed_level_needs_a_known_practice_a_level_and_a_reason(ada):
    assessment = make_result(ada).assessment

    with pytest.raises(InvalidValues) as caught:
        services.record_consensus(by=ada, assessment=assessment, practice="gone", level=7, reason=" ")
    assert set(caught.value.fields) == {"practice", "level", "reason"}


def test_change_since_the_last_round_is_computed_for_the_same_framework(ada):
    first = make_result(ada, ask=2, answer=2, improve=2).assessment
    first.refresh_from_db()
    second = make_assessment(ada, previous=first, title="Autumn")
    make_submitted(ada, second, ask=4, answer=4, improve=3)
    profile = selectors.maturity_profile_of(services.close_assessment(by=ada, assessment=second))

    assert profile.overall.change == pytest.approx(1.5)
    assert profile.practice("improve").change == pytest.approx(1.0)


def test_across_versions_only_mapped_practices_are_compared(ada):
    first = make_result(ada, ask=2, answer=2, improve=2).assessment
    first.refresh_from_db()
    newer = make_framework(version="2.0", mappings=[{"version": "1.0", "practices": {"answer": "ask"}}])
    second = make_assessment(ada, previous=first, framework=newer)
    make_submitted(ada, second, ask=4, answer=5, improve=3)
    profile = selectors.maturity_profile_of(services.close_assessment(by=ada, assessment=second))

    assert profile.overall.change is None
    assert profile.practice("answer").change == pytest.approx(3.0)
    assert profile.practice("ask").change is None


# --- from the field -------------------------------------------------------------------------------


def test_not_applicable_and_dont_know_carry_no_level_in_a_quick_check_of_three(ada):
    """Three people answer twelve practices, a fourth does not finish; worked out by hand."""
    dk, na = AnswerStatus.DONT_KNOW, AnswerStatus.NOT_APPLICABLE
    framework = services.frameworks_on_offer(ada.organization).get(kind="quick")
    practices = [item.key for item in selectors.framework_of(framework).practices]
    assessment = services.open_assessment(by=ada, framework=framework, title="Three of us")
    for given in (
        [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, na, dk],
        [5, 2, 1, 4, dk, 1, 2, 3, 4, 5, na, dk],
        [3, 2, 2, 4, 1, 1, 2, 3, 4, 5, na, na],
    ):
        member = MembershipFactory(organization=ada.organization)
        make_submitted(member, assessment, **dict(zip(practices, given, strict=True)))
    fourth = services.take_seat(by=ada, assessment=assessment)
    answer_all(fourth, {practices[0]: 5, practices[1]: 5})
    result = services.close_assessment(by=ada, assessment=assessment, leave_out_outstanding=True)
    page = selectors.result_page(result)

    shown = [item.figure for group in page.dimensions for item in group.practices]
    assert [item.level for item in shown] == [3, 2, 2, 4, 3, 1, 2, 3, 4, 5, None, None]
    assert (shown[10].refusal, shown[11].refusal) == (
        "Does not apply here.",
        "No one gave a level: some said “don't know”, others “does not apply”.",
    )
    assert page.overall.level == pytest.approx(2.9)
    assert result.respondents == 3
    assert (shown[4].raters, shown[4].dont_know, shown[10].not_applicable) == (2, 1, 3)


# --- conditions and refusals ----------------------------------------------------------------------


def test_frameworks_of_one_version_and_different_keys_stand_side_by_side_when_published_at_once(
    organization, monkeypatch
):
    """Somebody published the same one at this moment: that one is given back, not another of its version."""
    make_framework(organization, key="other")
    wanted = make_framework(organization)

    def published_meanwhile(**_values):
        raise IntegrityError

    monkeypatch.setattr(FrameworkVersion.objects, "get_or_create", published_meanwhile)
    assert make_framework(organization) == wanted


def test_a_result_of_other_answers_supersedes_the_earlier_one_of_its_own_round_alone(ada, ben):
    other = make_result(ben)
    first = make_result(ada)
    services.reopen_assessment(by=ada, assessment=first.assessment, reason="A late answer")
    make_submitted(ben, first.assessment, ask=5, answer=5, improve=5)
    second = services.close_assessment(by=ada, assessment=first.assessment)
    superseded = {row.pk: row.is_superseded for row in MaturityResult.objects.all()}
    assert superseded == {other.pk: False, first.pk: True, second.pk: False}


def test_a_quick_check_uses_the_framework_of_the_product_and_not_an_own_one(ada):
    products = list(services.frameworks_on_offer(ada.organization).filter(kind="quick"))
    for key, name in (("aaa", "AAA"), ("zzz", "ZZZ")):
        make_framework(ada.organization, key=key, name={"en": name, "zh-hans": name}, kind="quick")
    assert services.start_quick_check(by=ada).assessment.framework in products


def test_no_quick_check_where_none_is_offered(ada, monkeypatch):
    monkeypatch.setattr(
        "assessments.services.rounds.frameworks_on_offer",
        lambda organization: FrameworkVersion.objects.none(),
    )
    with pytest.raises(InvalidValues, match="offers no quick check"):
        services.start_quick_check(by=ada)


def test_nothing_is_handed_in_once_the_round_is_closed(ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    late = services.take_seat(by=ben, assessment=assessment)
    answer_all(late, dict.fromkeys(PRACTICES, 3))
    services.close_assessment(by=ada, assessment=assessment, leave_out_outstanding=True)
    with pytest.raises(RoundClosed):
        services.submit_response(by=ben, response=late)
