"""Who decides on comments: from outside the line of each function whose comments are shown together."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEvent
from accounts.services import FunctionPlace, save_function
from common.errors import InvalidValues
from employee_voice import selectors, services
from employee_voice.choices import CommentState
from employee_voice.errors import OwnLine
from employee_voice.models import Comment
from employee_voice.scope import comments_released_by, insiders, own_line, pooled_at, tree_of
from employee_voice.selectors.results import results_of
from overview.selectors import needs_of
from tests.conftest import _member
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import plan_of, survey_of

COUNTS = {"care": 15, "field": 12, "finance": 5, "sales": 6}
ORGANIZATION = "Northwind Telecom"


@pytest.fixture
def survey(ada):
    return survey_of(ada, bank="employee-voice")


@pytest.fixture
def sales(ada, tree):
    return save_function(by=ada, name="Sales", place=FunctionPlace())


@pytest.fixture
def wave(ada, tree, survey, sales):
    functions = {**tree, "sales": sales}
    answers = {
        name: random_answers(survey, n, place, lean=0.3 + 0.2 * place)
        for place, (name, n) in enumerate(COUNTS.items())
    }
    comments = {name: [("helps", f"{name} writes")] for name in COUNTS}
    asked = {"finance": 7, "sales": 7}
    closed = closed_wave(ada, answers, survey=survey, functions=functions, asked=asked, comments=comments)
    return services.publish_wave(by=ada, wave=closed)


@pytest.fixture
def eve(organization):
    return _member(organization, "Eve", Role.EXECUTIVE)


def belongs(member, function):
    member.function = function
    member.save()
    return member


def named(wave, member):
    wave.comment_reader = member
    wave.save()
    return member


def decides(member, wave):
    wave.refresh_from_db()
    tree = tree_of(wave)
    return {tree.name(key) for key in comments_released_by(member, tree, results_of(wave).pools)}


def comment_of(name):
    return Comment.objects.get(text=f"{name} writes")


def comments_page(client_of, member, wave):
    return client_of(member).get(reverse("employee_voice:comment_list", args=["northwind", wave.pk]))


def test_comments_of_small_functions_stand_together_with_the_organization(wave):
    tree = tree_of(wave)
    found = {
        tree.name(place): {tree.name(one) for one in whose}
        for place, whose in pooled_at(tree, results_of(wave).pools).items()
    }
    assert found == {"Care": {"Care"}, "Field": {"Field"}, ORGANIZATION: {"Finance", "Sales"}}


def test_a_leader_without_a_function_decides_on_all(ada, wave):
    assert decides(ada, wave) == {"Care", "Field", ORGANIZATION}


@pytest.mark.parametrize(
    ("function", "left"),
    [
        ("care", {"Field", ORGANIZATION}),
        ("finance", {"Care", "Field"}),  # hers stand with the organization, and so do those of Sales
        ("service", {"Care", "Field", ORGANIZATION}),  # of whom nobody was asked
    ],
)
def test_a_leader_decides_on_none_of_the_function_that_she_belongs_to(ada, tree, wave, function, left):
    assert decides(belongs(ada, tree[function]), wave) == left


def test_a_leader_who_heads_a_line_decides_on_none_of_it(ada, tree, wave):
    save_function(by=ada, name="Service", function=tree["service"], place=FunctionPlace(head=ada))
    assert decides(ada, wave) == {ORGANIZATION}


def test_whoever_led_a_function_when_the_wave_opened_stays_of_its_line(ada, wave):
    wave.functions.filter(name="Care").update(head=ada)
    assert decides(ada, wave) == {"Field", ORGANIZATION}


def test_the_member_named_is_of_the_line_of_what_stands_with_the_organization(ben, tree, wave):
    assert decides(named(wave, ben), wave) == {"Care", "Field", ORGANIZATION}
    assert decides(belongs(ben, tree["finance"]), wave) == {"Care", "Field"}
    ben.is_active = False
    assert decides(ben, wave) == set()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_sees_no_results_reads_no_comments_even_when_named(client_of, organization, wave, role):
    member = named(wave, _member(organization, "Named", role))
    assert decides(member, wave) == set()
    assert comments_page(client_of, member, wave).status_code == 403
    with pytest.raises(services.comments.RoleTooSmall):
        services.decide_comment(by=member, comment=comment_of("care"), state=CommentState.RELEASED)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_sees_no_results_cannot_be_named(ada, organization, survey, role):
    member = _member(organization, "Named", role)
    assert member not in selectors.readers_of_comments(organization)
    with pytest.raises(InvalidValues) as refused:
        services.plan_wave(by=ada, survey=survey, plan=plan_of(ada, comment_reader=member))
    assert list(refused.value.fields) == ["comment_reader"]


def test_one_rule_from_both_sides(ada, ben, cleo, eve, tree, sales, wave):
    """What a member's own line is, and who is of the line of given functions, say the same."""
    save_function(by=ada, name="Service", function=tree["service"], place=FunctionPlace(head=cleo))
    save_function(
        by=ada, name="Field", function=tree["field"], place=FunctionPlace(parent=tree["service"], head=eve)
    )
    wave.functions.filter(name="Sales").update(head=ben)
    belongs(ada, tree["care"])
    belongs(ben, tree["service"])
    found = tree_of(wave)
    for whose in pooled_at(found, results_of(wave).pools).values():
        functions, members = insiders(found, whose)
        for member in (ada, ben, cleo, eve):
            is_inside = member.pk in members or member.function_id in functions
            assert is_inside != own_line(member, found).isdisjoint(whose), (str(member), whose)


def test_a_leader_is_refused_in_words_and_reads_nothing_of_her_line(client_of, ada, ben, tree, wave):
    belongs(ada, tree["care"])
    named(wave, ben)
    response = comments_page(client_of, ada, wave)
    text = response.content.decode()
    assert "care writes" not in text
    assert "field writes" in text
    assert "Decides on these: Ben." in text
    assert "has nobody who may" not in text
    assert response.context["page"].waiting == 3
    with pytest.raises(OwnLine) as refused:
        services.decide_comment(by=ada, comment=comment_of("care"), state=CommentState.RELEASED)
    assert "come from your own line" in str(refused.value.message)
    address = reverse("employee_voice:comment_decide", args=["northwind", wave.pk, comment_of("care").pk])
    answer = client_of(ada).post(address, {"state": "released"}, follow=True)
    assert "come from your own line" in answer.content.decode()
    assert comment_of("care").state == CommentState.WAITING
    services.decide_comment(by=ben, comment=comment_of("care"), state=CommentState.RELEASED)
    assert "care writes" in comments_page(client_of, ada, wave).content.decode()  # as every head


def test_what_nobody_may_decide_on_stays_held_back_until_somebody_is_named(
    client_of, ada, ben, cleo, eve, tree, sales, wave
):
    belongs(ada, tree["finance"])
    belongs(ben, sales)
    named(wave, ben)
    response = comments_page(client_of, ada, wave)
    assert "Some comments have nobody who may read them first" in response.content.decode()
    assert set(response.context["page"].readers) == {cleo, eve}
    [need] = [one for one in needs_of(ada) if one.kind == "comments_stuck"]
    assert need.detail.startswith("2 comments stay held back")
    assert not [one for one in needs_of(ben) if one.kind == "comments_stuck"]
    address = reverse("employee_voice:comment_reader", args=["northwind", wave.pk])
    assert client_of(ada).post(address, {"reader": ben.pk}).status_code == 422
    assert client_of(ben).post(address, {"reader": cleo.pk}).status_code == 403
    assert client_of(ada).post(address, {"reader": cleo.pk}).status_code == 302
    assert decides(cleo, wave) == {"Care", "Field", ORGANIZATION}
    event = AuditEvent.objects.get(verb="wave.comment_reader_named")
    assert (event.before, event.after) == ({"comment_reader": "Ben"}, {"comment_reader": "Cleo"})
    assert not [one for one in needs_of(ada) if one.kind == "comments_stuck"]
    with pytest.raises(InvalidValues):  # nothing is stuck any more
        services.name_comment_reader(by=ada, wave=wave, reader=eve)


def test_where_everybody_is_of_the_line_the_page_says_what_to_do(client_of, ada, ben, cleo, tree, wave):
    for member in (ada, ben, cleo):
        belongs(member, tree["finance"])
    response = comments_page(client_of, ada, wave)
    assert response.context["page"].readers == ()
    text = " ".join(response.content.decode().split())
    assert "No member is from outside. Invite someone" in text


def test_another_leader_from_outside_is_enough(client_of, ada, organization, tree, wave):
    belongs(ada, tree["care"])
    _member(organization, "Lea", Role.CX_LEADER)
    response = comments_page(client_of, ada, wave)
    assert "Decides on these: Lea." in response.content.decode()
    assert not response.context["page"].is_stuck


def test_the_next_wave_names_nobody_who_sees_no_results_by_now(ada, ben, wave):
    named(wave, ben)
    wave.rhythm = "monthly"
    assert services.waves.plan_next_wave(wave).comment_reader == ben
    wave.survey.waves.exclude(pk=wave.pk).delete()
    ben.role = Role.ADMINISTRATOR
    ben.save()
    assert services.waves.plan_next_wave(wave).comment_reader is None
