"""What employee surveys ask of people at home, and the line that says where the wave stands."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership
from accounts.services import FunctionPlace, save_function
from common.jobs import JobState
from employee_voice import services
from employee_voice.choices import ActionState, CommentState, WaveState, WorkKind
from employee_voice.models import Answer, Comment, FunctionAction, KeyGroup, SealedAnswer, Wave, WaveWork
from employee_voice.scope import trees_of
from employee_voice.services.actions import ActionPlan, plan_action
from overview.selectors import home_page, needs_of
from overview.selectors.desk import Desk
from overview.selectors.employees import employees_sentence
from tests.factories.accounts import MembershipFactory
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import do, functions_of, opened, planned, survey_of

pytestmark = pytest.mark.django_db


def kinds(member: Membership) -> list[str]:
    return [need.kind for need in needs_of(fresh(member))]


def fresh(member: Membership) -> Membership:
    return Membership.objects.select_related("organization", "user").get(pk=member.pk)


def sentence(member: Membership) -> str:
    desk = Desk(member=fresh(member))
    return employees_sentence(desk.waves, desk.today)


@pytest.fixture
def paula(organization) -> Membership:
    return MembershipFactory(organization=organization, role=Role.ADMINISTRATOR)


@pytest.fixture
def tree(ada):
    return functions_of(ada)


@pytest.fixture
def survey(ada):
    return survey_of(ada)


def asked(ada, tree, survey, *, comments=12, before=None, seed=1) -> Wave:
    """A closed wave of care (15 answers) and field (25), with comments of care."""
    return closed_wave(
        ada,
        {"care": random_answers(survey, 15, seed), "field": random_answers(survey, 25, seed + 1)},
        survey=survey,
        functions=tree,
        comments={"care": [("change-first", f"Comment {number}") for number in range(comments)]},
        before=before,
    )


def test_a_closed_wave_waits_for_who_manages_surveys_until_it_is_published(
    ada, ben, cleo, paula, tree, survey
):
    wave = asked(ada, tree, survey, comments=0)
    assert kinds(ada) == kinds(paula) == ["wave_unpublished"]
    assert kinds(ben) == kinds(cleo) == []
    (need,) = needs_of(fresh(paula))
    assert need.url == reverse("employee_voice:wave_detail", args=["northwind", wave.pk])
    services.publish_wave(by=ada, wave=wave)
    assert kinds(ada) == kinds(paula) == []


def test_a_wave_whose_answers_were_lost_has_nothing_to_publish(ada, tree, survey):
    wave = asked(ada, tree, survey)
    Wave.objects.filter(pk=wave.pk).update(is_lost=True)
    assert kinds(ada) == []


@pytest.mark.parametrize("kind", list(WorkKind))
def test_work_that_stopped_waits_for_who_manages_surveys_until_it_is_tried_again(
    ada, ben, paula, kind, tree, survey
):
    state = {
        WorkKind.OPEN: WaveState.DRAFT,
        WorkKind.INVITE: WaveState.OPEN,
        WorkKind.REMIND: WaveState.OPEN,
        WorkKind.CLOSE: WaveState.CLOSING,
        WorkKind.GIVE_UP: WaveState.CLOSING,
    }[kind]
    wave = planned(ada, {"Care": 8}, survey)
    Wave.objects.filter(pk=wave.pk).update(state=state)
    WaveWork.objects.create(wave=wave, kind=kind, job_state=JobState.FAILED, failure="The disk is full.")
    for member in (ada, paula):
        (need,) = needs_of(fresh(member))
        assert (need.kind, need.detail) == ("wave_failed", "The disk is full.")
    assert kinds(ben) == []
    WaveWork.objects.create(wave=wave, kind=kind, job_state=JobState.QUEUED)
    assert kinds(ada) == kinds(paula) == []


def test_letters_that_stopped_go_on_where_they_are_sent_again(ada, client_of):
    functions_of(ada)
    wave = opened(ada, {"Service": 6}, survey_of(ada))
    WaveWork.objects.filter(wave=wave, kind=WorkKind.INVITE).update(
        job_state=JobState.FAILED, failure="The disk is full."
    )
    client = client_of(ada)
    page = client.get(reverse("employee_voice:wave_detail", args=["northwind", wave.pk])).content.decode()
    address = reverse("employee_voice:wave_resend", args=["northwind", wave.pk])
    assert f'action="{address}"' in page
    assert kinds(ada) == ["wave_failed"]
    client.post(address)
    assert kinds(ada) == []
    do(wave, WorkKind.INVITE)
    assert wave.invitations.filter(letters=1).count() == 6


def test_a_wave_whose_keys_cannot_be_written_can_be_opened_once_they_can(ada, settings, tmp_path):
    """The folder lets others in: nothing is opened, and the wave is not stuck half way."""
    survey = survey_of(ada)
    functions_of(ada)
    wave = planned(ada, {"Service": 6}, survey)
    settings.KEYS_DIR = tmp_path / "open"
    settings.KEYS_DIR.mkdir(mode=0o755)
    services.start_opening(by=ada, wave=wave)
    with pytest.raises(Exception, match="open_to_others"):
        do(wave, WorkKind.OPEN)
    wave.refresh_from_db()
    assert wave.state == WaveState.DRAFT
    assert kinds(ada) == ["wave_failed"]
    settings.KEYS_DIR.chmod(0o700)
    services.start_opening(by=ada, wave=wave)
    assert do(wave, WorkKind.OPEN).state == WaveState.OPEN


# --- comments ---------------------------------------------------------------------------------------


def test_comments_wait_for_the_leader_and_for_the_member_named_as_far_as_they_may_read(
    organization, ada, ben, cleo, tree, survey
):
    save_function(
        by=ada, name="Care", function=tree["care"], place=FunctionPlace(parent=tree["service"], head=ben)
    )
    wave = asked(ada, tree, survey)
    Wave.objects.filter(pk=wave.pk).update(comment_reader=cleo)
    services.publish_wave(by=ada, wave=wave)
    for member in (ada, cleo):
        (need,) = needs_of(fresh(member))
        assert need.kind == "comments"
        assert need.detail == "12 comments wait to be released or held back."
        assert need.url == reverse("employee_voice:comment_list", args=["northwind", wave.pk])
    assert kinds(ben) == []  # a head reads what was released
    Wave.objects.filter(pk=wave.pk).update(comment_reader=ben)  # named, but it is his own line
    assert kinds(ben) == []
    comments = list(Comment.objects.filter(wave=wave))
    Comment.objects.filter(pk=comments[0].pk).update(state=CommentState.HELD_BACK)
    (need,) = needs_of(fresh(ada))
    assert need.detail == "11 comments wait to be released or held back."
    Comment.objects.update(state=CommentState.RELEASED)
    assert kinds(ada) == []


def test_comments_of_too_few_answers_wait_for_nobody(ada, tree, survey):
    """Nobody may read them, so nobody can make them go away."""
    wave = closed_wave(
        ada,
        {"care": random_answers(survey, 7, 1)},
        survey=survey,
        functions=tree,
        comments={"care": [("change-first", "Few")]},
    )
    services.publish_wave(by=ada, wave=wave)
    assert Comment.objects.get().state == CommentState.WAITING
    assert kinds(ada) == []


# --- actions ----------------------------------------------------------------------------------------


@pytest.fixture
def published(ada, tree, survey):
    wave = asked(ada, tree, survey, comments=0)
    services.publish_wave(by=ada, wave=wave)
    return Wave.objects.select_related("survey__organization").get(pk=wave.pk)


def action_of(ada, owner, wave, *, due=0) -> FunctionAction:
    today = timezone.localdate()
    action = plan_action(
        by=ada,
        wave=wave,
        plan=ActionPlan(
            function="all", driver="tools", text="One app instead of three", owner=owner, due_on=today
        ),
    )
    action.due_on = today + timedelta(days=due)
    action.save()
    return action


@pytest.mark.parametrize(("due", "expected"), [(1, []), (0, ["action"]), (-1, ["action"])])
def test_an_action_is_owed_by_its_owner_from_its_day_on(ada, ben, cleo, published, due, expected):
    action_of(ada, ben, published, due=due)
    needs = needs_of(fresh(ben))
    assert [need.kind for need in needs] == expected
    assert [need.is_overdue for need in needs] == [due < 0] * len(expected)
    assert kinds(ada) == kinds(cleo) == []


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.DROPPED])
def test_an_action_that_has_ended_is_not_owed(ada, ben, published, state):
    action = action_of(ada, ben, published, due=-3)
    services.move_action(by=ben, action=action, state=state)
    assert kinds(ben) == []


def test_an_action_whose_owner_cannot_act_any_more_waits_for_the_leader(ada, ben, paula, published):
    action_of(ada, ben, published, due=20)
    assert kinds(ada) == []
    Membership.objects.filter(pk=ben.pk).update(role=Role.AUDITOR)  # sees no results
    assert kinds(ada) == ["action_owner_missing"]
    assert kinds(ben) == kinds(paula) == []
    Membership.objects.filter(pk=ben.pk).update(role=Role.CONTRIBUTOR, is_active=False)
    assert kinds(ada) == ["action_owner_missing"]


def test_an_owner_from_elsewhere_finds_her_action_and_no_figure_of_the_function(
    ada, cleo, published, client_of
):
    action = action_of(ada, cleo, published)
    key = next(iter(trees_of([published], published.survey.organization)[published.pk].rows))
    action.wave_function_id = int(key)
    action.save()
    (need,) = needs_of(fresh(cleo))
    page = unescape(client_of(cleo).get(need.url).content.decode())
    actions = page[page.index('id="actions"') :]
    assert "One app instead of three" in actions
    assert "favorable (" not in actions
    assert "Done" in actions


# --- the line ---------------------------------------------------------------------------------------


def test_the_line_says_when_the_wave_closes_and_roughly_how_many_have_answered(ada, cleo, tree, survey):
    assert sentence(ada) == "Your employees have not been asked yet."
    wave = opened(ada, {"Care": 20, "Field": 20}, survey)
    assert wave.closes_on == timezone.localdate() + timedelta(days=14)
    assert sentence(ada) == "The wave closes in 14 days."
    group = KeyGroup.objects.filter(wave=wave).first()
    for number in range(26):
        SealedAnswer.objects.create(wave=wave, group=group, credential=str(number), sealed=b"-")
        if number == 18:
            assert sentence(cleo) == "The wave closes in 14 days."  # 19 answers: too few to say
    assert sentence(cleo) == "The wave closes in 14 days. About 65% have answered."  # 26 of 40
    Wave.objects.update(closes_on=timezone.localdate() + timedelta(days=1))
    assert sentence(cleo) == "The wave closes in 1 day. About 65% have answered."
    Wave.objects.update(closes_on=timezone.localdate())
    assert sentence(cleo) == "The wave closes today. About 65% have answered."
    Wave.objects.update(state=WaveState.CLOSING)
    assert sentence(cleo) == "The wave takes no more answers. They are being opened."


def test_after_the_wave_the_line_says_engagement_as_it_was_published(ada, tree):
    survey = survey_of(ada, bank="employee-voice")
    wave = asked(ada, tree, survey, comments=0)
    services.publish_wave(by=ada, wave=wave)
    scores = [answer.scores for answer in Answer.objects.filter(wave=wave)]
    keys = ("engagement-proud", "engagement-stay", "engagement-energy")
    given = [[int(one[key]) for one in scores if key in one] for key in keys]
    share = round(100 * sum(sum(score >= 4 for score in item) / len(item) for item in given) / len(keys))
    assert sentence(ada).startswith(f"Engagement in “{wave}”: ")
    assert f"{share}%" in sentence(ada) or "about" in sentence(ada)


def test_home_shows_the_line_and_an_archived_survey_asks_nobody(ada, tree, survey, client_of):
    asked(ada, tree, survey)
    assert "Employees" in [job.name for job in home_page(fresh(ada)).jobs]
    services.archive_survey(by=ada, survey=survey)
    assert kinds(ada) == []
    assert sentence(ada) == "Your employees have not been asked yet."
