"""The question bank, and surveys made from it."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import InvalidValues
from employee_voice import services
from employee_voice.choices import DRIVERS, WorkKind
from employee_voice.errors import BankInvalid, MeaningWouldChange, SurveyArchived, WordingToConfirm
from employee_voice.importers import bank_content, banks
from employee_voice.models import Survey
from questionnaires.translations import missing_translations
from tests.factories.employee_voice import do, opened, planned, survey_of

pytestmark = pytest.mark.django_db
FULL, PULSE = "employee-voice", "employee-pulse"


def bank(key):
    return next(one for one in banks() if one.key == key)


def test_the_full_set_has_seven_drivers_of_three_items_and_five_of_them_hold_a_reversed_one():
    sections = {section.key: section for section in bank(FULL).sections}
    assert list(sections) == [
        *("tools", "authority", "strategy", "line_of_sight", "recognition", "workload", "together"),
        *("engagement", "recommendation", "change", "words"),
    ]
    drivers = [sections[str(key)] for key in DRIVERS]
    assert [len(section.questions) for section in drivers] == [3] * 7
    assert [sum(question.is_reverse for question in section.questions) for section in drivers] == [
        1, 1, 1, 0, 1, 1, 1,
    ]  # fmt: skip
    assert [question.kind for question in sections["words"].questions] == ["text", "text"]
    assert sections["recommendation"].questions[0].scale.steps == 11
    assert len(bank(FULL).questions) == 28


def test_the_pulse_has_at_most_ten_questions_and_shares_its_keys_with_the_full_set():
    pulse, full = bank(PULSE).questions, {one.key: one for one in bank(FULL).questions}
    assert len(pulse) == 10
    assert all(full[question.key] == question for question in pulse)


@pytest.mark.parametrize(("language", "a_minute"), [("en", 200), ("zh-hans", 300)])
def test_a_slow_reader_answers_the_full_set_within_three_minutes(language, a_minute):
    """200 words a minute, where adults read 238 of English silently (Brysbaert 2019, J. Mem. Lang. 109), and
    300 characters of Chinese; two seconds for each choice, open questions left out as the page allows."""
    said = [bank(FULL).title, bank(FULL).intro]
    said += [text for section in bank(FULL).sections for text in (section.title, section.intro)]
    said += [question.text for question in bank(FULL).questions]
    texts = [text[language] for text in said if text]
    units = sum(len(text.split()) if language == "en" else len(text) for text in texts)
    choices = sum(question.kind != "text" for question in bank(FULL).questions)
    assert units > 200
    assert 60 * units / a_minute + 2 * choices <= 180


def test_both_sets_are_complete_in_english_and_chinese():
    for one in banks():
        assert one.languages == ("en", "zh-hans")
        assert not any(missing_translations(one).values())


def test_a_bank_that_results_could_not_read_is_refused():
    text = """
key: odd
version: "1.0"
default_language: en
languages: [en, zh-hans]
title: {en: "Odd"}
sections:
  - key: tools
    questions:
      - {key: a, kind: scale, reverse: true, text: {en: "A"}, scale: {lowest: 1, highest: 7}}
  - key: weather
    questions:
      - {key: enps, kind: scale, text: {en: "B"}, scale: {lowest: 1, highest: 10}}
"""
    with pytest.raises(BankInvalid) as refusal:
        bank_content(text)
    said = str(refusal.value.message)
    for part in ("a of tools is a scale from 1 to 5", "no item that is worded straight", "Section weather"):
        assert part in said
    assert "enps is a scale from 0 to 10" in said
    assert "zh-hans lacks title" in said


def test_a_survey_is_made_from_a_set(ada):
    survey = services.make_survey(by=ada, title=" Service\nteams ", bank=FULL)
    assert (survey.title, survey.bank, len(survey.content["sections"])) == (
        "Service teams",
        "employee-voice 1.0",
        11,
    )
    with pytest.raises(InvalidValues) as refusal:
        services.make_survey(by=ada, title="X", bank="nothing")
    assert list(refusal.value.fields) == ["bank"]
    with pytest.raises(InvalidValues) as refusal:
        services.make_survey(by=ada, title=" ", bank=FULL)
    assert list(refusal.value.fields) == ["title"]


def test_questions_of_ones_own_come_before_the_open_ones_and_can_be_taken_out(ada):
    survey = survey_of(ada)
    text = {"en": "Our new desk helps me.", "zh-hans": ""}
    survey = services.add_question(by=ada, survey=survey, kind="scale", text=text)
    survey = services.add_question(by=ada, survey=survey, kind="text", text={"en": "What about the desk?"})
    assert [section["key"] for section in survey.content["sections"]][-2:] == ["own", "words"]
    own = survey.content["sections"][-2]["questions"]
    assert [question["key"] for question in own] == ["own-1", "own-2"]
    assert own[0]["scale"]["highest"] == 5
    assert own[0]["text"] == {"en": "Our new desk helps me."}
    survey = services.remove_question(by=ada, survey=survey, key="own-1")
    survey = services.add_question(by=ada, survey=survey, kind="scale", text={"en": "Again"})
    assert [one["key"] for one in survey.content["sections"][-2]["questions"]] == ["own-2", "own-1"]


@pytest.mark.parametrize(("kind", "text"), [("one_choice", {"en": "A"}), ("scale", {"zh-hans": "甲"})])
def test_a_question_of_another_kind_or_without_the_first_language_is_refused(ada, kind, text):
    with pytest.raises(InvalidValues):
        services.add_question(by=ada, survey=survey_of(ada), kind=kind, text=text)


def test_at_most_ten_questions_of_ones_own(ada):
    survey = survey_of(ada)
    for number in range(10):
        survey = services.add_question(by=ada, survey=survey, kind="scale", text={"en": f"Item {number}"})
    with pytest.raises(InvalidValues):
        services.add_question(by=ada, survey=survey, kind="scale", text={"en": "One more"})


def test_before_a_wave_opens_every_word_may_change(ada):
    survey = survey_of(ada)
    texts = {"tools-have": {"en": "My computer works."}, "tools.title": {"en": "Computers"}}
    survey = services.reword_survey(by=ada, survey=survey, title="Computers", texts=texts)
    assert survey.content["sections"][0]["questions"][0]["text"]["en"] == "My computer works."
    assert survey.content["sections"][0]["title"]["en"] == "Computers"


def test_once_answers_can_exist_spelling_and_translation_may_change_and_meaning_may_not(ada, tree):
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    said = survey.content["sections"][0]["questions"][0]["text"]["en"]
    misspelled = {"tools-have": {"en": said.replace("systems", "sytems")}}
    survey = services.reword_survey(by=ada, survey=survey, title=survey.title, texts=misspelled)
    mended = {"tools-have": {"en": said, "zh-hans": "工具齐全。"}}
    survey = services.reword_survey(by=ada, survey=survey, title=survey.title, texts=mended)
    change = {"by": ada, "survey": survey, "title": survey.title}
    with pytest.raises(WordingToConfirm):
        services.reword_survey(**change, texts={"tools-have": {"en": "My computer works."}})
    with pytest.raises(MeaningWouldChange):
        services.add_question(by=ada, survey=survey, kind="scale", text={"en": "One more"})
    with pytest.raises(MeaningWouldChange):
        services.remove_question(by=ada, survey=survey, key="tools-have")
    assert Survey.objects.get(pk=survey.pk).content["sections"][0]["questions"][0]["text"]["en"] == said


def test_other_words_that_somebody_confirms_are_kept_with_that_in_the_trail(ada, tree):
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    services.reword_survey(
        by=ada,
        survey=survey,
        title=survey.title,
        texts={"tools-have": {"en": "I have what I need to serve customers."}},
        means_the_same=True,
    )
    entry = AuditEvent.objects.filter(verb="employee_survey.changed").latest("pk")
    assert entry.after["means_the_same"] is True


def test_small_corrections_do_not_add_up_to_another_question(ada, tree):
    """Each is compared with what people were asked, not with the correction before it."""
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    said = survey.content["sections"][0]["questions"][0]["text"]["en"]
    once, twice = said.replace("customers", "customars"), said.replace("customers", "costumars")
    change = {"by": ada, "survey": survey, "title": survey.title}
    services.reword_survey(**change, texts={"tools-have": {"en": once}})
    with pytest.raises(WordingToConfirm):
        services.reword_survey(**change, texts={"tools-have": {"en": twice}})


def test_a_copy_is_free_to_change(ada, tree):
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    copied = services.copy_survey(by=ada, survey=survey, title="Second")
    copied = services.remove_question(by=ada, survey=copied, key="tools-have")
    assert len(copied.content["sections"]) == len(survey.content["sections"]) - 1
    assert Survey.objects.get(pk=survey.pk).content == survey.content


def test_an_archived_survey_stays_as_it_is(ada):
    survey = services.archive_survey(by=ada, survey=survey_of(ada))
    services.archive_survey(by=ada, survey=survey)
    assert AuditEvent.objects.filter(verb="employee_survey.archived").count() == 1
    with pytest.raises(SurveyArchived):
        services.reword_survey(by=ada, survey=survey, title="Other", texts={})


def test_the_editor_shows_numbers_and_titles_and_no_keys(ada, client_of):
    survey = services.make_survey(by=ada, title="Teams", bank="employee-voice")
    services.add_question(by=ada, survey=survey, kind="scale", text={"en": "The depot is warm."})
    page = client_of(ada).get(f"/o/northwind/employees/surveys/{survey.pk}/").content.decode()
    legends = [" ".join(one.split()) for one in re.findall(r"<legend[^>]*>(.*?)</legend>", page, re.DOTALL)]
    assert any(one.startswith("Question 1") for one in legends)
    assert "Section: Tools" in legends
    assert "Section: Questions of your own" in legends
    assert not [one for one in legends if re.search(r"[a-z]+-[a-z]+|\.title", re.sub(r"<.*?>", "", one))]
    boxes = re.findall(r"<textarea[^>]*>", page)
    assert boxes
    assert all("form-control" in box for box in boxes)
    assert all("form-control" in box for box in re.findall(r'<input type="text"[^>]*>', page))


def test_before_a_wave_opens_its_page_lists_what_is_not_translated(ada, ben, tree, client_of):
    survey = survey_of(ada)
    asked = {"en": "Is the van stocked?"}
    services.add_question(by=ada, survey=survey, kind="text", text=asked)
    wave = planned(ada, {"Care": 5}, survey)
    address = reverse("employee_voice:wave_detail", args=["northwind", wave.pk])
    shown = " ".join(client_of(ada).get(address).content.decode().split())
    assert "中文 (简体): 1 text is missing" in shown
    assert '<li lang="en">Is the van stocked?</li>' in shown
    services.start_opening(by=ada, wave=wave)
    do(wave, WorkKind.OPEN)
    assert "Is the van stocked?" not in client_of(ada).get(address).content.decode()
