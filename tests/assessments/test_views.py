"""The screens: what they show, what they refuse, what they never lose."""

import re

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.choices import Role
from assessments import services
from assessments.models import Answer, Assessment, MaturityResult, Response
from tests.conftest import _member
from tests.factories import MembershipFactory
from tests.factories.assessments import (
    answer_all,
    make_assessment,
    make_result,
    make_submitted,
    small_framework,
)
from tests.markup import hidden_of

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def _url(name, *args):
    return reverse(f"assessments:{name}", args=["northwind", *args])


def test_an_empty_list_teaches_the_first_step(client_of, ada, cleo):
    leader = client_of(ada).get(_url("assessment_list")).content.decode()
    other = client_of(cleo).get(_url("assessment_list")).content.decode()

    assert "Take the quick check" in leader
    assert "Start a full assessment" in leader
    assert "Take the quick check" not in other


def test_the_quick_check_opens_and_starts_at_once(client_of, ada):
    response = client_of(ada).post(_url("quick_check_start"), follow=True)

    assert response.redirect_chain[-1][0] == _url(
        "answer_dimension", Assessment.objects.get().pk, "voice_of_customer"
    )
    assert b"0 of 12 answered" in response.content


def test_the_last_button_says_what_follows(client_of, ada):
    """A quick check for oneself shows its result at once; a round of several is closed by somebody."""
    client = client_of(ada)
    client.post(_url("quick_check_start"))
    alone = client.get(_url("answer_review", Assessment.objects.get().pk)).content.decode()
    assert "Submit and see the result" in alone
    quick = services.frameworks_on_offer(ada.organization).get(kind="quick")
    together = make_assessment(ada, takes_part=True, framework=quick)
    page = client.get(_url("answer_review", together.pk)).content.decode()
    assert "Submit and see the result" not in page


def test_a_closed_round_of_one_speaks_of_one_person(client_of, ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ben, assessment)
    services.close_assessment(by=ada, assessment=assessment)
    page = client_of(ada).get(_url("assessment_detail", assessment.pk)).content.decode()
    assert "the answers of 1 of 1 person" in page


def test_a_new_round_keeps_what_was_typed_when_it_is_refused(client_of, ada):
    framework = services.frameworks_on_offer(ada.organization).first()
    typed = {"framework": framework.pk, "title": "Spring", "target_level": "4", "due_on": "2020-01-01"}
    typed["minimum_group"] = "3"
    client = client_of(ada)

    refused = client.post(_url("assessment_new"), typed)
    assert refused.status_code == 422
    assert b'value="Spring"' in refused.content
    assert b"This day has passed." in refused.content
    opened = client.post(_url("assessment_new"), {**typed, "due_on": ""})
    assert opened.url == _url("assessment_detail", Assessment.objects.get().pk)


def test_inviting_from_the_page(client_of, ada, ben):
    assessment = make_assessment(ada)
    client = client_of(ada)

    assert client.post(_url("assessment_invite", assessment.pk), {}).status_code == 422
    client.post(_url("assessment_invite", assessment.pk), {"members": [ben.pk], "perspective": "executive"})
    assert Response.objects.get().member == ben


def test_each_answer_saves_itself_and_says_so(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    response = client_of(ada).post(
        _url("answer_save", assessment.pk, "ask"),
        {"ask-choice": "4", "ask-confidence": "high", "ask-comment": HOSTILE, "answer-choice": "1"},
        HTTP_HX_REQUEST="true",
    )

    answer = Answer.objects.get()
    assert (answer.practice, answer.level, answer.confidence, answer.comment) == ("ask", 4, "high", HOSTILE)
    assert b"Saved" in response.content
    assert b"1 of 3 answered" in response.content
    assert b"<html" not in response.content


def test_saving_says_when_it_is_not_possible(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_save", assessment.pk, "ask")

    assert client.post(url, {"ask-comment": "x" * 5000}).status_code == 422
    assert client.post(_url("answer_save", assessment.pk, "gone"), {}).status_code == 404
    make_submitted(ada, assessment)
    response = client.post(url, {"ask-choice": "1"})
    assert response.status_code == 422
    assert b"You have submitted your answers" in response.content


@pytest.mark.parametrize(
    "typed", [{"ask-choice": "6"}, {"ask-choice": "perhaps"}, {"ask-choice": "2", "ask-confidence": "sure"}]
)
def test_a_word_that_is_no_answer_is_refused_and_the_kept_answer_stays(client_of, ada, typed):
    assessment = make_assessment(ada, takes_part=True)
    client = client_of(ada)
    client.post(_url("answer_save", assessment.pk, "ask"), {"ask-choice": "4", "ask-confidence": "high"})
    assert client.post(_url("answer_save", assessment.pk, "ask"), typed).status_code == 422
    assert client.post(_url("answer_dimension", assessment.pk, "listen"), typed).status_code == 422
    answer = Answer.objects.get(practice="ask")
    assert (answer.status, answer.level, answer.confidence) == ("answered", 4, "high")


def test_closing_without_somebody_is_confirmed_or_not_and_nothing_between(client_of, ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    services.invite_respondents(by=ada, assessment=assessment, members=[ben])
    client = client_of(ada)
    odd = client.post(_url("assessment_close", assessment.pk), {"leave_out_outstanding": "maybe"})
    assert odd.status_code == 422
    assert client.post(_url("assessment_close", assessment.pk), {}).status_code == 409
    assessment.refresh_from_db()
    assert assessment.is_open
    assert (
        client.post(_url("assessment_close", assessment.pk), {"leave_out_outstanding": "on"}).status_code
        == 302
    )


def test_joining_with_an_unknown_perspective_is_refused(client_of, ada):
    assessment = make_assessment(ada)
    client = client_of(ada)
    assert client.post(_url("assessment_join", assessment.pk), {"perspective": "x" * 50}).status_code == 422
    assert not Response.objects.exists()
    assert client.post(_url("assessment_join", assessment.pk), {}).status_code == 302


def test_the_page_works_without_scripts_and_one_refusal_does_not_lose_the_others(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_dimension", assessment.pk, "listen")

    refused = client.post(url, {"ask-choice": "3", "answer-choice": "2", "answer-comment": "y" * 5000})
    assert refused.status_code == 422
    assert list(Answer.objects.values_list("practice", "level")) == [("ask", 3)]
    onward = client.post(url, {"ask-choice": "3", "answer-choice": "dont_know", "go": "act"})
    assert onward.url == _url("answer_dimension", assessment.pk, "act")
    later = client.post(_url("answer_dimension", assessment.pk, "act"), {"go": "later"})
    assert later.url == _url("assessment_detail", assessment.pk)
    assert Answer.objects.filter(practice="improve").count() == 0
    assert client.get(_url("answer_dimension", assessment.pk, "gone")).status_code == 404


def test_start_leads_to_the_first_open_part_then_to_the_review(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client = client_of(ada)

    assert client.get(_url("answer_start", assessment.pk)).url.endswith("/answer/listen/")
    answer_all(Response.objects.get(), {"ask": 1, "answer": 1, "improve": 1})
    assert client.get(_url("answer_start", assessment.pk)).url == _url("answer_review", assessment.pk)


def test_the_review_names_what_is_missing_and_hands_in(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client = client_of(ada)

    refused = client.post(_url("answer_submit", assessment.pk))
    assert refused.status_code == 422
    assert refused.content.count(b"No level chosen yet") == 3
    answer_all(Response.objects.get(), {"ask": 1, "answer": 1, "improve": 1})
    assert client.post(_url("answer_submit", assessment.pk)).url == _url("assessment_detail", assessment.pk)
    assert client.post(_url("answer_submit", assessment.pk)).status_code == 302
    assert b"Submitted on" in client.get(_url("answer_review", assessment.pk)).content
    client.post(_url("answer_change", assessment.pk))
    assert not Response.objects.get().is_submitted


def test_closing_needs_the_confirmation_and_leads_to_the_result(client_of, ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    services.take_seat(by=ben, assessment=assessment)
    client = client_of(ada)

    refused = client.post(_url("assessment_close", assessment.pk))
    assert refused.status_code == 409
    assert b"1 person has not submitted yet" in refused.content
    closed = client.post(_url("assessment_close", assessment.pk), {"leave_out_outstanding": "on"})
    assert closed.url == _url("result_detail", assessment.pk)
    assert client.get(closed.url).status_code == 200


def test_reopening_asks_for_a_reason(client_of, ada):
    assessment = make_result(ada).assessment
    client = client_of(ada)

    assert client.post(_url("assessment_reopen", assessment.pk), {"reason": ""}).status_code == 422
    client.post(_url("assessment_reopen", assessment.pk), {"reason": "Late answers"})
    page = client.get(_url("assessment_detail", assessment.pk)).content
    assert b"reopened the round" in page
    assert b"Late answers" in page


def test_agreeing_on_a_level_from_the_result_page(client_of, ada, ben):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, ask=5, answer=3, improve=3)
    make_submitted(ben, assessment, ask=1, answer=3, improve=3)
    services.close_assessment(by=ada, assessment=assessment)
    client, url = client_of(ada), _url("consensus_save", assessment.pk, "ask")

    refused = client.post(url, {"level": "2", "reason": ""})
    assert refused.status_code == 422
    assert client.post(url, {"level": "2", "reason": "Branches know"}).status_code == 302
    page = client.get(_url("result_detail", assessment.pk)).content
    assert b"Branches know" in page
    assert client.get(_url("result_version", assessment.pk, 1)).status_code == 200
    assert client.get(_url("result_version", assessment.pk, 3)).status_code == 404


def test_a_level_agreed_meanwhile_is_not_written_over(client_of, api_of, ada, ben, organization):
    bea = _member(organization, "Bea", Role.CX_LEADER)
    assessment = make_assessment(ada)
    make_submitted(ada, assessment, ask=5, answer=3, improve=3)
    make_submitted(ben, assessment, ask=1, answer=3, improve=3)
    services.close_assessment(by=ada, assessment=assessment)
    address = _url("consensus_save", assessment.pk, "ask")
    seen = hidden_of(client_of(ada).get(_url("result_detail", assessment.pk) + "?agree=ask").text, address)
    client_of(bea).post(address, {**seen, "level": "2", "reason": "Branches know"})
    late = client_of(ada).post(address, {**seen, "level": "4", "reason": "We ask everybody"})
    assert late.status_code == 422
    assert "Bea decided otherwise after this page was opened: it is “2” now." in late.text
    assert "We ask everybody" in late.text
    door = f"/api/v1/o/northwind/assessments/{assessment.pk}/consensus/"
    sent = {"practice": "ask", "level": 4, "reason": "We ask everybody"}
    assert api_of(ada).post(door, {**sent, "agreed_at": None}, format="json").status_code == 409
    assert assessment.consensus_levels.get().level == 2
    again = hidden_of(late.text, address)
    assert client_of(ada).post(address, {**again, "level": "4", "reason": "So be it"}).status_code == 302
    assert assessment.consensus_levels.get().level == 4


def test_hostile_words_are_shown_as_words(client_of, ada, ben):
    assessment = make_assessment(ada, title=HOSTILE)
    seat = services.take_seat(by=ben, assessment=assessment)
    for practice, level in (("ask", 5), ("answer", 2), ("improve", 2)):
        services.save_answer(response=seat, practice=practice, level=level, comment=HOSTILE)
    services.submit_response(by=ben, response=seat)
    make_submitted(ada, assessment, ask=1, answer=1, improve=1)
    services.close_assessment(by=ada, assessment=assessment)
    services.record_consensus(by=ada, assessment=assessment, practice="ask", level=2, reason=HOSTILE)

    for url in (
        _url("result_detail", assessment.pk),
        _url("answer_review", assessment.pk),
        _url("assessment_detail", assessment.pk),
        _url("assessment_list"),
    ):
        page = client_of(ben).get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_result_offers_report_and_initiatives_to_those_who_may(client_of, ada, cleo):
    result = make_result(ada, ask=1, answer=2, improve=2)
    leader = client_of(ada).get(_url("result_detail", result.assessment_id)).content.decode()
    other = client_of(cleo).get(_url("result_detail", result.assessment_id)).content.decode()

    assert f'<input type="hidden" name="result" value="{result.pk}">' in leader
    assert 'name="kind" value="maturity"' in leader
    assert 'name="kind"' not in other
    assert "Make this an initiative" not in other


def test_a_framework_file_is_checked_and_published(client_of, ada):
    client, url = client_of(ada), _url("framework_import")
    bad = small_framework(version=1.0)
    refused = client.post(url, {"file": SimpleUploadedFile("f.yaml", yaml.safe_dump(bad).encode())})
    assert refused.status_code == 422
    assert b"<code>version</code>" in refused.content
    broken = client.post(url, {"file": SimpleUploadedFile("f.yaml", b"\xff\xfe\x00")})
    assert broken.status_code == 422
    good = client.post(
        url, {"file": SimpleUploadedFile("f.yaml", yaml.safe_dump(small_framework()).encode())}
    )
    assert good.url == _url("framework_list")
    assert b"Small framework" in client.get(_url("framework_list")).content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_renders_in_both_languages(client_of, ada, language):
    ada.user.language = language
    ada.user.save()
    open_round = make_assessment(ada, takes_part=True)
    result = make_result(ada)
    client = client_of(ada)

    for url in (
        _url("assessment_list"),
        _url("assessment_new"),
        _url("framework_list"),
        _url("assessment_detail", open_round.pk),
        _url("answer_dimension", open_round.pk, "listen"),
        _url("answer_review", open_round.pk),
        _url("result_detail", result.assessment_id),
    ):
        response = client.get(url)
        assert response.status_code == 200, url
        assert b'style="' not in response.content.split(b"<main")[1]


def test_a_member_without_a_seat_and_a_stranger_do_not_get_in(client_of, ada, cleo, dora):
    assessment = make_assessment(ada, takes_part=True)

    assert client_of(cleo).get(_url("answer_start", assessment.pk)).status_code == 403
    assert client_of(cleo).post(_url("assessment_close", assessment.pk)).status_code == 403
    assert client_of(dora).get(_url("assessment_detail", assessment.pk)).status_code == 404


def test_the_number_of_queries_does_not_grow(client_of, ada, django_assert_max_num_queries):
    assessment = make_assessment(ada)
    for _ in range(8):
        make_submitted(
            MembershipFactory(organization=ada.organization), assessment, ask=1, answer=2, improve=5
        )
    services.close_assessment(by=ada, assessment=assessment)
    client = client_of(ada)

    for url, most in (
        (_url("assessment_list"), 7),
        (_url("assessment_detail", assessment.pk), 9),
        (_url("result_detail", assessment.pk), 12),  # with what was made of it: documents, initiatives
    ):
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


@pytest.mark.parametrize("go", ["", "next", "act"])
def test_who_goes_on_says_why_a_practice_does_not_apply(client_of, ada, go):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_dimension", assessment.pk, "listen")
    sent = {"ask-choice": "3", "answer-choice": "not_applicable", "answer-comment": " ", "go": go}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "Say in a few words why this does not apply." in refused.text
    (field,) = re.findall(r"<textarea[^>]*autofocus[^>]*>", refused.text)
    assert ('name="answer-comment"' in field, 'aria-invalid="true"' in field) == (True, True)
    assert len(re.findall(r"\bautofocus\b", refused.text)) == 1
    assert set(Answer.objects.values_list("practice", "status")) == {
        ("ask", "answered"), ("answer", "not_applicable"),
    }  # fmt: skip
    assert client.post(url, {**sent, "answer-comment": "We sell through partners."}).status_code == 302


def test_refused_answers_are_listed_with_links_to_their_fields(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_dimension", assessment.pk, "listen")
    page = client.post(url, {"ask-choice": "9", "answer-choice": "not_applicable"}).text
    (listed,) = re.findall(r'<div class="q-problems".*?</div>', page, re.DOTALL)
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', listed)

    assert links == [("choice-ask", "Title of ask"), ("comment-answer", "Title of answer")]
    assert all(f'id="{field}"' in page for field, _title in links)
    assert "autofocus" not in listed  # the first field with a problem has the focus


def test_levels_are_cards_of_the_common_form_with_the_names_that_assessments_keep(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_dimension", assessment.pk, "listen")
    client.post(url, {"ask-choice": "dont_know", "answer-choice": "4", "go": "later"})
    page = client.get(url).text
    fields = re.findall(r'<input type="radio"\s+name="(\w+-choice)"\s+value="(\w+)"([^>]*)>', page)

    offered = ["1", "2", "3", "4", "5", "dont_know", "not_applicable"]
    assert [value for name, value, _rest in fields if name == "ask-choice"] == offered
    assert [(name, value) for name, value, rest in fields if "checked" in rest] == [
        ("ask-choice", "dont_know"),
        ("answer-choice", "4"),
    ]


def test_who_goes_away_for_now_may_say_why_later_and_is_told_before_handing_in(client_of, ada):
    assessment = make_assessment(ada, takes_part=True)
    client, url = client_of(ada), _url("answer_dimension", assessment.pk, "listen")
    assert client.post(url, {"answer-choice": "not_applicable", "go": "later"}).status_code == 302
    refused = client.post(_url("answer_submit", assessment.pk))
    assert refused.status_code == 422
    assert url + "#comment-answer" in refused.text


def test_result_of_another_engine_says_so_on_its_page_and_in_the_api(client_of, api_of, ada):
    result = make_result(ada)
    page, api = _url("result_practices", result.assessment_id), "/api/v1/o/northwind/maturity-results/"
    assert "may differ" not in client_of(ada).get(page).content.decode()
    assert api_of(ada).get(api).json()["results"][0]["is_of_other_engine"] is False
    MaturityResult.objects.update(engine_version="1.2.0")
    shown = client_of(ada).get(page).content.decode()
    assert "Computed with engine 1.2; today&#x27;s is" in shown
    assert "The result stays as it was computed; one computed again may differ." in shown
    assert api_of(ada).get(api).json()["results"][0]["is_of_other_engine"] is True
