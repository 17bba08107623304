"""Building customer surveys: questions from metrics, rules, words, versions, states."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import InvalidValues
from customer_voice.choices import FollowUp, SurveyOpenness, SurveyState
from customer_voice.errors import (
    MetricRetired,
    SurveyMeaningWouldChange,
    SurveyNotInState,
    SurveyWordingToConfirm,
)
from customer_voice.models import CustomerSurvey, MetricDefinition, SurveyMetric
from customer_voice.selectors import surveys as selectors
from customer_voice.services import (
    QuestionPlan,
    archive_survey,
    change_survey,
    close_survey,
    copy_survey,
    make_survey,
    move_question,
    open_survey,
    remove_question,
    retire_metric,
    reword_survey,
    save_question,
    set_follow_up,
    set_languages,
)
from customer_voice.survey_content import bands_of, questions_of, survey_content
from customer_voice.survey_texts import READY_LANGUAGES, phrases, wording
from journeys.models import Touchpoint
from questionnaires.answering import evaluate
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.factories.surveys import opened_survey, survey_of

pytestmark = pytest.mark.django_db


def question(survey, key):
    return next(one for one in questions_of(survey.content) if one["key"] == key)


def asked_after(survey, score):
    """Which questions a customer sees after this score, the score itself left out."""
    content = survey_content(survey.content)
    return [key for key in evaluate(content, {"score": [str(score)]}).visible if key != "score"]


# --- made from a metric ---------------------------------------------------------------------------------


def test_the_first_question_is_the_metrics_own_wording_and_scale(ada):
    survey = survey_of(ada, metric="csat_7")
    score = question(survey, "score")
    assert score["text"]["en"] == "How satisfied are you with this experience?"
    assert (score["scale"]["lowest"], score["scale"]["highest"], score["required"]) == (1, 7, True)
    assert survey.source.kind == "survey"
    assert survey.state == SurveyState.DRAFT


def test_ready_made_words_come_in_every_language_that_has_them(ada):
    survey = survey_of(ada, languages=("en", "zh-hans", "ar", "ja"))
    assert question(survey, "score")["text"]["zh-hans"] == "您向朋友或同事推荐我们的可能性有多大？"
    assert question(survey, "why-low")["text"]["ja"] == "何が良くなかったですか？"
    lacking = {one.code: one.texts for one in selectors.survey_editor(survey).missing}
    assert lacking == dict.fromkeys(("zh-hans", "ar", "ja"), ("How did we do?",))


def test_own_wording_of_a_metric_is_not_taken_for_the_standard_one(ada):
    metric = MetricDefinitionFactory(
        organization=ada.organization, key="nps", wording="Would you tell your neighbours about us?"
    )
    survey = make_survey(
        by=ada,
        name="Own words",
        metric=metric,
        touchpoint=TouchpointFactory(organization=ada.organization, key="web"),
        languages=("en", "de"),
    )
    assert question(survey, "score")["text"] == {"en": "Would you tell your neighbours about us?"}


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        ("nps", 6, 9),
        ("csat_5", 2, 4),
        ("csat_7", 3, 6),
        ("csat_yes_no", 0, 1),
        ("ces_net_5", 2, 4),
        ("osat", 5, 9),
    ],
)
def test_a_scale_is_parted_as_its_metric_parts_it(ada, metric, low, high):
    bands = bands_of(MetricDefinitionFactory(organization=ada.organization, key=metric).calculation)
    assert (bands.low, bands.high) == (low, high)


def test_the_reason_is_asked_in_words_that_depend_on_the_score(ada):
    survey = survey_of(ada)
    assert [asked_after(survey, score) for score in (0, 6, 7, 8, 9, 10)] == [
        ["why-low"],
        ["why-low"],
        ["why-middle"],
        ["why-middle"],
        ["why-high"],
        ["why-high"],
    ]


def test_a_scale_of_two_answers_has_no_middle(ada):
    survey = survey_of(ada, metric="csat_yes_no")
    assert [asked_after(survey, score) for score in (0, 1)] == [["why-low"], ["why-high"]]
    assert question(survey, "score")["scale"]["labels"]["0"]["en"] == "No"


def test_times_are_not_asked_and_retired_metrics_neither(ada):
    with pytest.raises(InvalidValues):
        survey_of(ada, metric="ttr")
    retire_metric(by=ada, metric=MetricDefinitionFactory(organization=ada.organization, key="nps"))
    with pytest.raises(MetricRetired):
        survey_of(ada)


def test_two_surveys_of_one_name_have_a_source_each(ada):
    assert survey_of(ada).source_id != survey_of(ada).source_id


# --- questions and rules --------------------------------------------------------------------------------


def test_a_question_can_hang_on_a_score_and_on_a_choice(ada):
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    plan = QuestionPlan(kind="one_choice", text="Bought in a shop?", choices=("Yes", "No"))
    survey = save_question(by=ada, survey=survey, plan=plan)
    till = MetricDefinitionFactory(organization=ada.organization, key="csat_5")
    plan = QuestionPlan(kind="scale", metric=till, text="Rate the till", rule="q-1:c-1")
    survey = save_question(by=ada, survey=survey, plan=plan)
    plan = QuestionPlan(kind="text", text="May we call?", rule="score:low")
    survey = save_question(by=ada, survey=survey, plan=plan)
    content = survey_content(survey.content)
    shown = evaluate(content, {"score": ["3"], "q-1": ["c-1"]}).visible
    assert shown == ("score", "q-1", "q-2", "q-3")
    assert evaluate(content, {"score": ["9"], "q-1": ["c-2"]}).visible == ("score", "q-1")
    assert SurveyMetric.objects.get(survey=survey, question="q-2").metric == till


def test_what_a_rule_needs_is_neither_removed_nor_moved_behind_it(ada):
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    first = QuestionPlan(kind="one_choice", text="Shop?", choices=("Yes", "No"))
    survey = save_question(by=ada, survey=survey, plan=first)
    survey = save_question(
        by=ada, survey=survey, plan=QuestionPlan(kind="text", text="Which?", rule="q-1:c-1")
    )
    with pytest.raises(InvalidValues, match="Which"):
        remove_question(by=ada, survey=survey, key="q-1")
    with pytest.raises(InvalidValues):
        move_question(by=ada, survey=survey, key="q-1", is_up=False)
    survey = remove_question(by=ada, survey=survey, key="q-2")
    survey = remove_question(by=ada, survey=survey, key="q-1")
    assert [one["key"] for one in questions_of(survey.content)] == ["score"]


def test_a_changed_choice_list_keeps_keys_and_translations_of_lines_that_stay(ada):
    survey = survey_of(ada, languages=("en", "de"))
    plan = QuestionPlan(
        kind="several_choices", text="What did you buy?", choices=("Phone", "Plan", "None"), has_none=True
    )
    survey = save_question(by=ada, survey=survey, plan=plan)
    survey = reword_survey(by=ada, survey=survey, texts={"q-1.choice.c-2": {"de": "Vertrag"}})
    plan = QuestionPlan(kind="several_choices", text="What did you buy?", choices=("Plan", "Router"))
    survey = save_question(by=ada, survey=survey, plan=plan, key="q-1")
    assert question(survey, "q-1")["choices"] == [
        {"key": "c-2", "label": {"en": "Plan", "de": "Vertrag"}},
        {"key": "c-1", "label": {"en": "Router"}},
    ]


def test_at_most_ten_further_questions_and_each_metric_once(ada):
    survey = survey_of(ada)
    nps = SurveyMetric.objects.get(survey=survey).metric
    with pytest.raises(InvalidValues):
        save_question(by=ada, survey=survey, plan=QuestionPlan(kind="scale", metric=nps))
    for number in range(10):
        survey = save_question(
            by=ada, survey=survey, plan=QuestionPlan(kind="text", text=f"Question {number}")
        )
    with pytest.raises(InvalidValues, match="10"):
        save_question(by=ada, survey=survey, plan=QuestionPlan(kind="text", text="One more"))


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (QuestionPlan(kind="text"), "text"),
        (QuestionPlan(kind="text", text="x" * 301), "text"),
        (QuestionPlan(kind="one_choice", text="Which?", choices=("Only one",)), "choices"),
        (QuestionPlan(kind="text", text="Why?", rule="q-9:c-1"), "rule"),
        (QuestionPlan(kind="poem", text="Why?"), "kind"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_is_wrong(ada, plan, field):
    with pytest.raises(InvalidValues) as refused:
        save_question(by=ada, survey=survey_of(ada), plan=plan)
    assert list(refused.value.fields) == [field]


# --- words ----------------------------------------------------------------------------------------------


def test_a_language_that_comes_brings_ready_made_words_and_one_that_goes_takes_its_own(ada):
    survey = survey_of(ada)
    survey = set_languages(by=ada, survey=survey, languages=["fr"])
    assert question(survey, "why-high")["text"]["fr"] == "Qu’avez-vous le plus apprécié ?"
    survey = reword_survey(by=ada, survey=survey, texts={"thanks": {"en": "Thanks!", "fr": "Merci !"}})
    survey = set_languages(by=ada, survey=survey, languages=[])
    assert survey.words == {"thanks": {"en": "Thanks!"}}
    assert "'fr'" not in str(survey.content)


def test_missing_translations_count_the_thanks_too(ada):
    survey = survey_of(ada, languages=("en", "de"))
    survey = reword_survey(
        by=ada, survey=survey, texts={"thanks": {"en": "See you"}, "title": {"de": "Wie war es?"}}
    )
    [german] = selectors.survey_editor(survey).missing
    assert (german.code, german.texts) == ("de", ("See you",))


def test_every_ready_made_text_is_there_in_every_language():
    for name, text in {**phrases(), **wording()}.items():
        assert tuple(sorted(text)) == tuple(sorted(READY_LANGUAGES)), name
        gaps = {said.count("%(") for said in text.values()}
        assert len(gaps) == 1, name


@pytest.mark.parametrize(
    ("place", "texts"),
    [
        ("title", {"en": ""}),
        ("why-low.text", {"en": " "}),
        ("intro", {"de": "Nur deutsch"}),
        ("thanks", {"de": "Nur deutsch"}),
    ],
)
def test_a_text_without_the_first_language_is_refused_at_its_field(ada, place, texts):
    survey = survey_of(ada, languages=("en", "de"))
    with pytest.raises(InvalidValues) as refused:
        reword_survey(by=ada, survey=survey, texts={place: texts})
    assert list(refused.value.fields) == [f"text:{place}:en"]


# --- what may change once it was opened -----------------------------------------------------------------


def test_spelling_and_translation_are_corrected_in_an_open_survey(ada):
    survey = opened_survey(ada, languages=("en", "de"))
    survey = reword_survey(by=ada, survey=survey, texts={"why-low.text": {"en": "What went wrong"}})
    survey = reword_survey(by=ada, survey=survey, texts={"title": {"de": "Wie war es?"}})
    assert [one.number for one in survey.versions.all()] == [1, 2, 3]


def test_other_words_need_somebody_who_says_that_they_mean_the_same(ada):
    survey = opened_survey(ada)
    texts = {"why-low.text": {"en": "Please tell us more"}}
    with pytest.raises(SurveyWordingToConfirm):
        reword_survey(by=ada, survey=survey, texts=texts)
    survey = reword_survey(by=ada, survey=survey, texts=texts, means_the_same=True)
    assert AuditEvent.objects.filter(verb="customer_survey.reworded").first().after["means_the_same"] is True


def test_a_change_of_meaning_is_refused_once_it_was_opened_and_free_in_the_copy(ada):
    survey = close_survey(by=ada, survey=opened_survey(ada))
    with pytest.raises(SurveyMeaningWouldChange):
        save_question(by=ada, survey=survey, plan=QuestionPlan(kind="text", text="One more?"))
    with pytest.raises(SurveyMeaningWouldChange):
        set_follow_up(by=ada, survey=survey, follow_up=FollowUp.NONE)
    copied = copy_survey(by=ada, survey=survey, name="Second try")
    copied = set_follow_up(by=ada, survey=copied, follow_up=FollowUp.NONE)
    assert [one["key"] for one in questions_of(copied.content)] == ["score"]
    assert copied.public_id != survey.public_id
    assert [one.metric.key for one in copied.metrics.all()] == ["nps"]


# --- states ---------------------------------------------------------------------------------------------


def test_states_and_days_say_what_a_visitor_finds(ada):
    today = ada.organization.clock.today()
    survey = survey_of(ada)
    assert selectors.openness_of(survey, today) == SurveyOpenness.UNKNOWN
    survey = open_survey(by=ada, survey=survey)
    survey.first_day, survey.last_day = today, today
    assert selectors.openness_of(survey, today) == SurveyOpenness.OPEN
    assert selectors.openness_of(survey, today - timedelta(days=1)) == SurveyOpenness.NOT_YET
    assert selectors.openness_of(survey, today + timedelta(days=1)) == SurveyOpenness.CLOSED
    survey = close_survey(by=ada, survey=survey)
    assert selectors.openness_of(survey, today) == SurveyOpenness.CLOSED


def test_an_open_survey_is_not_archived_and_an_archived_one_not_opened(ada):
    survey = opened_survey(ada)
    with pytest.raises(SurveyNotInState):
        archive_survey(by=ada, survey=survey)
    survey = archive_survey(by=ada, survey=close_survey(by=ada, survey=survey))
    with pytest.raises(SurveyNotInState):
        open_survey(by=ada, survey=survey)


def test_a_survey_whose_last_day_is_over_is_not_opened(ada):
    survey = survey_of(ada)
    survey = change_survey(
        by=ada, survey=survey, name=survey.name, touchpoint=survey.touchpoint, last_day=date(2020, 1, 1)
    )
    with pytest.raises(InvalidValues):
        open_survey(by=ada, survey=survey)


def test_opening_and_closing_stand_in_the_trail(ada):
    close_survey(by=ada, survey=opened_survey(ada))
    verbs = list(AuditEvent.objects.filter(verb__startswith="customer_survey").values_list("verb", flat=True))
    assert verbs == ["customer_survey.closed", "customer_survey.opened", "customer_survey.created"]


@pytest.mark.parametrize("host", ["https://shop.example", "shop example", "*.example.com", "a;b", "'self'"])
def test_only_names_of_sites_may_frame_a_survey(ada, host):
    survey = survey_of(ada)
    with pytest.raises(InvalidValues):
        change_survey(
            by=ada,
            survey=survey,
            name="x",
            touchpoint=survey.touchpoint,
            embed_hosts=["ok.example.com", host],
        )


# --- pages ----------------------------------------------------------------------------------------------


def url(name, survey=None, **more):
    organization = "northwind" if survey is None else survey.organization.slug
    return reverse(
        f"customer_voice:{name}", args=[organization, *([survey.pk] if survey else []), *more.values()]
    )


def test_a_survey_is_built_on_pages(ada, client_of):
    client = client_of(ada)
    organization = ada.organization
    metric = MetricDefinitionFactory(organization=organization, key="nps")
    place = TouchpointFactory(organization=organization, key="store")
    new = reverse("customer_voice:survey_new", args=[organization.slug])
    values = {
        "name": "After the visit", "title": "How did we do?", "metric": metric.pk, "touchpoint": place.pk,
        "language": "en", "languages": ["zh-hans"], "follow_up": "by_score",
    }  # fmt: skip
    assert client.post(new, {**values, "metric": ""}).status_code == 422
    assert client.post(new, values).status_code == 302
    survey = CustomerSurvey.objects.get()
    page = client.get(url("survey_edit", survey)).content.decode()
    assert "What went wrong?" in page
    assert "Only shown after How likely are you to recommend us to a friend or colleague?: 0–6" in page
    question_page = url("question_new", survey)
    typed = {"kind": "one_choice", "text": "Which shop?", "choices": "North", "rule": "", "metric": ""}
    refused = client.post(question_page, typed)
    assert refused.status_code == 422
    assert "Which shop?" in refused.content.decode()
    assert client.post(question_page, {**typed, "choices": "North\nSouth"}).status_code == 302
    assert client.post(url("survey_open", survey), {"accepts_missing": "yes"}).status_code == 302
    survey.refresh_from_db()
    assert survey.state == SurveyState.OPEN
    assert (
        "After the visit"
        in client.get(reverse("customer_voice:survey_list", args=["northwind"])).content.decode()
    )


def test_the_preview_ends_with_thanks_and_keeps_nothing(ada, client_of):
    client = client_of(ada)
    survey = survey_of(ada, follow_up=FollowUp.NONE)
    assert client.get(url("survey_preview", survey)).status_code == 200
    page = url("survey_preview_page", survey)
    shown = client.get(page)
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["Cache-Control"] == "no-store"
    refused = client.post(page, {"q-page": "0", "q-language": "en", "q-score": "99", "go": "next"})
    assert refused["Cache-Control"] == "no-store"
    done = client.post(page, {"q-page": "0", "q-language": "en", "q-score": "9", "go": "next"})
    assert "Your answer has been received." in done.content.decode()
    assert done["Cache-Control"] == "no-store"
    assert survey.replies.count() == 0


def test_who_may_not_define_metrics_sees_surveys_and_builds_none(ada, cleo, client_of):
    survey, client = opened_survey(ada), client_of(cleo)
    assert client.get(reverse("customer_voice:survey_list", args=[ada.organization.slug])).status_code == 200
    assert client.get(url("survey_edit", survey)).status_code == 403
    assert client.post(url("survey_close", survey)).status_code == 403


def test_surveys_of_another_organization_are_not_there(ada, dora, client_of):
    survey = opened_survey(ada)
    assert client_of(dora).get(url("survey_edit", survey)).status_code == 404


# --- the first one in an organization that has nothing yet --------------------------------------------


def first_survey(**changes):
    sent = {
        "name": "After the visit",
        "title": "How did we do?",
        "language": "zh-hans",
        "follow_up": "by_score",
    }
    return {**sent, "metric": "standard:nps", "new_touchpoint": "门店", **changes}


def test_a_survey_brings_its_metric_and_its_touchpoint_with_it(ada, client_of, organization):
    new = reverse("customer_voice:survey_new", args=[organization.slug])
    client = client_of(ada)
    page = client.get(new)
    assert "touchpoint" not in page.context["form"].fields  # there is none to choose
    assert '<option value="standard:nps">' in page.text
    assert 'value="standard:ttr"' not in page.text  # times are not asked
    assert 'value="standard:waiting_time"' not in page.text
    assert client.post(new, first_survey()).status_code == 302
    survey = CustomerSurvey.objects.get()
    assert (survey.touchpoint.name, survey.metrics.get().metric.key) == ("门店", "nps")
    again = client.get(new)
    assert "touchpoint" in again.context["form"].fields
    assert 'value="standard:nps"' not in again.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"new_touchpoint": ""}, "new_touchpoint"),
        ({"metric": "standard:made_up"}, "metric"),
        ({"metric": "standard:ttr"}, "metric"),
        ({"metric": ""}, "metric"),
        ({"name": ""}, "name"),
    ],
)
def test_what_a_first_survey_lacks_is_said_and_nothing_is_added(ada, client_of, organization, changes, field):
    new = reverse("customer_voice:survey_new", args=[organization.slug])
    answer = client_of(ada).post(new, first_survey(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not MetricDefinition.objects.exists()
    assert not Touchpoint.objects.exists()


def test_a_touchpoint_that_is_there_is_not_added_twice(ada, client_of, organization):
    store = TouchpointFactory(organization=organization, name="Store")
    new = reverse("customer_voice:survey_new", args=[organization.slug])
    both = client_of(ada).post(new, first_survey(touchpoint=store.pk))
    assert (both.status_code, list(both.context["form"].errors)) == (422, ["new_touchpoint"])
    assert client_of(ada).post(new, first_survey(new_touchpoint=" store ")).status_code == 302
    assert CustomerSurvey.objects.get().touchpoint == store
    assert Touchpoint.objects.count() == 1
