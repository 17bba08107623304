"""Pages for setting up, and pages of respondents."""

import io
import json
import logging
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Letter
from common.jobs import JobState
from employee_voice import services
from employee_voice.choices import WaveState, WorkKind
from employee_voice.credentials.wire import from_text, to_text
from employee_voice.models import Answer, Invitation, Survey, Wave, WaveFunction
from tests.factories.employee_voice import closed, do, opened, people_of, planned, survey_of

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
ANSWERS = {"tools-have": ["4"], "enps": ["9"], "changed": ["better"], "change-first": ["Faster parts."]}


def url(name, *args):
    return reverse(f"employee_voice:{name}", args=["northwind", *args])


@pytest.fixture
def page(ada, client_of):
    return client_of(ada)


@pytest.fixture
def wave(ada, tree):
    return opened(ada, {"Care": 5, "Field": 5})


# --- setting up --------------------------------------------------------------------------------------


def test_from_an_empty_page_to_an_open_wave(ada, tree, page):
    assert "No survey yet" in page.get(url("survey_list")).content.decode()
    made = page.post(url("survey_new"), {"title": "Service teams", "bank": "employee-voice"})
    survey = Survey.objects.get()
    assert made["Location"] == url("survey_edit", survey.pk)
    assert "28 questions" in page.get(made["Location"]).content.decode()
    today = ada.organization.clock.today()
    plan = {
        "opens_on": today, "closes_on": today + timedelta(days=9), "reminders": ["3"], "rhythm": "once",
        "sample_pct": "100", "minimum": "5",
    }  # fmt: skip
    planned_page = page.post(url("wave_new", survey.pk), plan)
    wave = Wave.objects.get()
    assert planned_page["Location"] == url("wave_people", wave.pk)
    rows = "email,function\n" + "".join(f"p{number}@northwind.example,Care\n" for number in range(5))
    check = page.post(url("people_list", wave.pk), {"people": rows})
    assert "5 people will be added" in check.content.decode()
    assert not Invitation.objects.exists()
    assert page.post(url("people_list", wave.pk), {"people": rows, "confirm": "yes"}).status_code == 302
    assert page.post(url("wave_open", wave.pk)).status_code == 302
    wave = do(wave, WorkKind.OPEN)
    assert wave.state == WaveState.OPEN
    shown = page.get(url("wave_detail", wave.pk)).content.decode()
    assert "Participation is shown from 20 answers on" in shown
    assert f"/e/{wave.public_id}/promise/" in shown


def test_a_list_with_wrong_rows_is_shown_with_its_reasons(ada, tree, page):
    wave = planned(ada, {})
    file = io.BytesIO(b"email,function\nann@northwind.example,Nowhere\n")
    file.name = "people.csv"
    answer = page.post(url("people_list", wave.pk), {"file": file, "confirm": "yes"})
    assert answer.status_code == 422
    assert "There is no business function “Nowhere”." in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_survey_that_was_asked_offers_no_change_of_meaning(ada, tree, page):
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    shown = page.get(url("survey_edit", survey.pk)).content.decode()
    assert "Spelling and translation can be corrected" in shown
    assert "Add a question of your own" not in shown
    texts = {
        f"text:tools-have:{code}": text for code, text in (("en", "My chair is good."), ("zh-hans", "椅子。"))
    }
    current = {f"text:{place}:{code}": text for place, said in _places(survey) for code, text in said.items()}
    sent = {"title": survey.title, **current, **texts}
    refusal = page.post(url("survey_edit", survey.pk), sent)
    assert refusal.status_code == 422
    assert "Does the new wording mean the same?" in refusal.content.decode()
    assert page.post(url("survey_edit", survey.pk), {**sent, "means_the_same": "on"}).status_code == 302
    assert page.post(url("question_remove", survey.pk, "tools-have")).status_code == 409


def test_a_question_needs_its_words_in_the_first_language_and_the_editor_says_which(ada, tree, page):
    survey = survey_of(ada)
    shown = " ".join(page.get(url("survey_edit", survey.pk)).content.decode().split())

    def label_of(field):
        return re.search(rf'<label class="form-label" for="id_{field}">(.*?)</label>', shown)[1]

    assert "optional" not in label_of("text:tools-have:en")
    assert "optional" not in label_of("text:title:en")
    assert "optional" in label_of("text:tools-have:zh-hans")
    assert "optional" in label_of("text:intro:en")
    current = {f"text:{place}:{code}": text for place, said in _places(survey) for code, text in said.items()}
    refusal = page.post(
        url("survey_edit", survey.pk), {"title": survey.title, **current, "text:tools-have:en": " "}
    )
    assert refusal.status_code == 422
    said = " ".join(refusal.content.decode().split())
    assert said.count('class="form-error"') == 1
    assert 'id="id_text:tools-have:en_error"' in said
    survey.refresh_from_db()
    assert dict(_places(survey))["tools-have"]["en"].startswith("I have the tools")


def _places(survey):
    from employee_voice.content import text_places

    return text_places(survey.content)


def test_the_preview_shows_every_question_in_both_languages(ada, page):
    survey = survey_of(ada)
    english = page.get(url("survey_preview", survey.pk)).content.decode()
    chinese = page.get(url("survey_preview", survey.pk), {"lang": "zh-hans"}).content.decode()
    assert "I have the tools and systems" in english
    assert "我拥有服务好客户所需的工具和系统。" in chinese


def test_refused_invitations_are_listed_for_who_manages_and_for_nobody_else(ada, cleo, wave, page, client_of):
    do(wave, WorkKind.INVITE)
    Letter.objects.filter(recipient="care0@northwind.example").update(
        job_state=JobState.FAILED, failure="550 No such user"
    )
    shown = page.get(url("wave_detail", wave.pk)).content.decode()
    assert "care0@northwind.example" in shown
    assert "550 No such user" in shown
    assert "care1@northwind.example" not in shown
    assert "care0" not in client_of(cleo).get(url("wave_detail", wave.pk)).content.decode()
    row = Invitation.objects.get(email="care0@northwind.example")
    again = page.post(url("invitation_resend", wave.pk, row.pk), {"email": "carla@northwind.example"})
    assert again.status_code == 302
    assert Letter.objects.filter(recipient="carla@northwind.example").exists()


def refuse(emails):
    Letter.objects.filter(recipient__in=emails).update(job_state=JobState.FAILED, failure="550 No such user")


def test_the_list_is_read_page_by_page_and_searched(ada, tree, page):
    wave = planned(ada, {"Care": 60, "Field": 45})
    address = url("wave_people", wave.pk)
    pages = [
        [one.email for one in page.get(address, {"page": number}).context["page"]] for number in (1, 2, 3)
    ]
    assert [len(one) for one in pages] == [50, 50, 5]
    assert [name for one in pages for name in one] == sorted(
        Invitation.objects.values_list("email", flat=True)
    )
    shown = page.get(address, {"q": "FIELD7@"})
    assert [one.email for one in shown.context["page"]] == ["field7@northwind.example"]
    assert "Care (60)" in shown.content.decode()  # the list as a whole stays in sight
    assert "No address matches." in page.get(address, {"q": "nobody"}).content.decode()
    assert page.get(address, {"page": "99"}).context["page"].number == 3


def test_those_on_the_list_count_towards_the_most_that_a_wave_asks(ada, tree, page, monkeypatch):
    monkeypatch.setattr("employee_voice.services.people.MOST_PEOPLE", 6)
    wave = planned(ada, {"Care": 5})
    sent = {"people": "email,function\nx@northwind.example,Field\ny@northwind.example,Field"}
    refused = page.post(url("people_list", wave.pk), sent)
    assert refused.status_code == 422
    assert "A wave asks at most 6 people." in refused.content.decode()
    sent = {"people": "email,function\nx@northwind.example,Field", "confirm": "yes"}
    assert page.post(url("people_list", wave.pk), sent).status_code == 302
    assert Invitation.objects.count() == 6


def test_one_address_is_taken_off_the_list_before_the_wave_opens_and_none_after(ada, tree, page):
    wave = planned(ada, {"Care": 5, "Field": 5})
    one, other = Invitation.objects.order_by("email")[:2]
    remove = url("person_remove", wave.pk, one.pk)
    assert page.post(remove).status_code == 302
    assert page.post(remove).status_code == 404
    assert Invitation.objects.count() == 9
    event = AuditEvent.objects.filter(verb="wave.people_changed").latest("pk")
    assert event.after == {"people": -1, "source": "list"}
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    assert page.post(url("person_remove", wave.pk, other.pk)).status_code == 409
    assert Invitation.objects.count() == 9
    shown = page.get(url("wave_people", wave.pk)).content.decode()
    assert "field1@northwind.example" in shown
    for gone in ("Remove", "Empty the list", "Check the list", "Save the numbers"):
        assert gone not in shown


def test_refused_addresses_beyond_the_first_are_on_a_page_of_their_own(ada, tree, page):
    wave = opened(ada, {"Care": 70, "Field": 5}, slip_place="At the gate")
    do(wave, WorkKind.INVITE)
    bad = sorted(f"care{number}@northwind.example" for number in range(60))
    refuse(bad)
    shown = page.get(url("wave_detail", wave.pk)).content.decode()
    assert [name for name in bad if name in shown] == bad[:20]
    assert "Show all 60 refused addresses" in shown
    assert "People who cannot be reached by e-mail can answer with a printed slip: At the gate" in shown
    address = url("wave_people", wave.pk)
    pages = [page.get(address, {"show": "refused", "page": number}) for number in (1, 2)]
    assert [one.email for shown in pages for one in shown.context["page"]] == bad
    text = pages[0].content.decode()
    assert "550 No such user" in text
    assert url("invitation_resend", wave.pk, Invitation.objects.get(email=bad[0]).pk) in text
    found = page.get(address, {"show": "refused", "q": "care1@"}).context["page"]
    assert [one.email for one in found] == ["care1@northwind.example"]
    refuse(["field0@northwind.example"])
    Invitation.objects.filter(email="field0@northwind.example").update(is_drawn=False)
    assert page.get(address, {"show": "refused"}).context["page"].paginator.count == 60
    wave = closed(ada, wave)
    assert page.get(address, {"show": "refused"}).context["page"].paginator.count == 0


def test_nothing_on_the_page_of_an_open_wave_tells_how_many_answered(ada, wave, page):
    before = page.get(url("wave_detail", wave.pk)).content
    people_of(wave)[0].answer(ANSWERS)
    after = page.get(url("wave_detail", wave.pk)).content
    assert _without_tokens(before) == _without_tokens(after)


def _without_tokens(content):
    import re

    return re.sub(rb'value="\w{64}"|X-CSRFToken[^}]*|nonce="[^"]*"', b"", content)


def test_closing_publishing_and_who_may_not(ada, ben, wave, page, client_of):
    assert client_of(ben).post(url("wave_close", wave.pk)).status_code == 403
    assert page.post(url("wave_publish", wave.pk)).status_code == 409
    assert page.post(url("wave_close", wave.pk)).status_code == 302
    do(wave, WorkKind.CLOSE)
    assert page.post(url("wave_publish", wave.pk)).status_code == 302
    assert Wave.objects.get(pk=wave.pk).state == WaveState.PUBLISHED


def test_after_a_reorganization_the_page_asks_which_function_was_which(ada, tree, page):
    survey = survey_of(ada)
    first = closed(ada, opened(ada, {"Care": 5}, survey))
    second = opened(ada, {"Field": 5, "Care": 5}, survey)
    assert "Every function has its counterpart" in page.get(url("wave_detail", second.pk)).content.decode()
    now = dict(WaveFunction.objects.filter(wave=second).values_list("name", "pk"))
    then = dict(WaveFunction.objects.filter(wave=first).values_list("name", "pk"))
    sent = {f"function_{now['Field']}": then["Care"], f"function_{now['Care']}": ""}
    assert page.post(url("wave_mapping", second.pk), sent).status_code == 302
    assert WaveFunction.objects.get(pk=now["Field"]).came_from_id == then["Care"]
    assert "1 function has no counterpart" in page.get(url("wave_detail", second.pk)).content.decode()
    foreign = {f"function_{now['Field']}": now["Field"]}
    assert page.post(url("wave_mapping", second.pk), foreign).status_code == 422


def test_numbers_of_slips_that_two_people_plan_at_once_undo_none(ada, ben, tree, client_of):
    ben.role = "cx_leader"
    ben.save()
    wave = planned(ada, {"Care": 5})
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "pk"))
    shown = client_of(ada).get(url("wave_people", wave.pk)).content.decode()
    form = shown[shown.index("/slips/") :]
    seen = re.search(r'name="seen" value="([^"]*)"', form)[1]
    services.plan_slips(by=ben, wave=wave, counts={rows["Care"]: 7, rows["Field"]: 3})
    typed = {f"slips_{pk}": "" for pk in rows.values()}
    sent = {**typed, **{f"slips_{pk}": "0" for pk in rows.values()}, "seen": seen}
    mine = client_of(ada).post(url("slips_plan", wave.pk), {**sent, f"slips_{rows['Finance']}": "9"})
    assert mine.status_code == 302
    kept = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "slips"))
    assert (kept["Care"], kept["Field"], kept["Finance"]) == (7, 3, 9)
    refused = client_of(ada).post(url("slips_plan", wave.pk), {**sent, f"slips_{rows['Care']}": "2"})
    assert refused.status_code == 422
    assert "Ada changed this while you were writing. Stored now: 7." in refused.content.decode()
    assert WaveFunction.objects.get(pk=rows["Care"]).slips == 7


# --- respondents -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sign", "answer", "slip"])
def test_a_refused_request_of_a_respondent_writes_no_line_in_any_log(wave, caplog, name):
    """Its time and its address would stand there."""
    sent = {"code": "AAAA-BBBB-CCC"} if name == "slip" else {}
    with caplog.at_level(logging.DEBUG):
        where = "/s/" if name == "slip" else address(name, wave)
        assert Client().post(where, sent).status_code == 422
        assert Client().get("/e/unknown/i/").status_code == 404
    assert "/e/" not in caplog.text
    assert "/s/" not in caplog.text


def address(name, wave):
    return reverse(name) if name == "slip_answer" else reverse(f"answer:{name}", args=[wave.public_id])


def test_an_invitation_becomes_a_counted_answer_by_two_requests(ada, wave):
    person, browser = people_of(wave)[0], Client()
    shown = browser.get(person.path).content.decode()
    assert f'data-wave="{wave.public_id}"' in shown
    assert 'data-bytes="' in shown
    assert 'data-words-invitation-used="This link has been used already.' in shown
    assert "I have the tools and systems" in shown
    keys = browser.get(address("keys", wave)).json()
    assert [group["people"] for group in keys["groups"]] == [5, 5]
    ask = {"secret": person.secret, "group": person.group, "blinded": to_text(person.blinded)}
    signed = browser.post(address("sign", wave), json.dumps(ask), content_type="application/json").json()
    from tests.employee_voice.respondent import unblinded

    signature = unblinded(person.public, from_text(signed["signature"]), inverse=person.inverse)
    answer = {
        "group": person.group,
        "prepared": to_text(person.prepared),
        "signature": to_text(signature),
        "sealed": to_text(person.sealed(ANSWERS)),
    }
    for _time in range(2):
        counted = browser.post(address("answer", wave), json.dumps(answer), content_type="application/json")
        assert (counted.status_code, counted.json()) == (200, {"counted": True})
    closed(ada, wave)
    assert Answer.objects.get().scores == {"tools-have": "4", "enps": "9", "changed": ["better"]}


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("sign", b"{", 422, "request_unreadable"),
        ("sign", b"[1]", 422, "request_unreadable"),
        ("sign", b'{"secret": "a", "group": true, "blinded": ""}', 422, "request_unreadable"),
        ("sign", b'{"secret": "a", "group": 1, "blinded": "+"}', 422, "request_unreadable"),
        ("sign", b'{"secret": "a", "group": 1, "blinded": ""}', 404, "invitation_unknown"),
        ("answer", b'{"group": 9, "prepared": "", "signature": "", "sealed": ""}', 422, "group_unknown"),
        ("slip_answer", b'{"wave": "nothing"', 422, "request_unreadable"),
        ("answer", b'{"group": 1, "prepared": "", "signature": "", "sealed": ""}', 422, "credential_invalid"),
    ],
)
def test_what_scripts_send_wrongly_is_refused_with_a_code(wave, name, body, status, code):
    refusal = Client().post(address(name, wave), body, content_type="application/json")
    assert (refusal.status_code, refusal.json()["code"]) == (status, code)


def test_respondents_pages_take_and_leave_nothing_that_identifies(ada, wave, client_of, rf):
    """Even in the browser of somebody who is signed in: nothing is read, nothing is set, nothing is kept."""
    browser = client_of(ada)
    cookies = dict(browser.cookies.items())
    for name in ("invitation", "keys", "thanks", "promise", "technical", "short"):
        where = "/s/" if name == "short" else address(name, wave)
        response = browser.get(where, headers={"accept-language": "zh-hans"})
        assert response.status_code == 200
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        if response["Content-Type"].startswith("text/html"):
            body = response.content.decode()
            assert "csrf" not in body.lower()
            assert ada.user.email not in body
            assert 'lang="zh-hans"' in body
    assert dict(browser.cookies.items()) == cookies


def test_what_says_who_asks_is_gone_before_a_view_or_a_log_could_see_it(wave, monkeypatch):
    from employee_voice.views import answering

    seen = {}
    monkeypatch.setattr(
        answering.selectors, "script_digests", lambda: seen.update(caught[0].META) or (), raising=True
    )
    caught = []
    original = answering.wave_by_public_id

    import inspect

    def spy(public_id):
        caught.append(inspect.currentframe().f_back.f_locals["request"])
        return original(public_id)

    monkeypatch.setattr(answering, "wave_by_public_id", spy)
    Client(REMOTE_ADDR="203.0.113.9").get(
        address("technical", wave),
        headers={
            "cookie": "sessionid=abc", "user-agent": "Marker", "referer": "https://mail.example/",
            "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9", "authorization": "Bearer x",
        },
    )  # fmt: skip
    told = " ".join(f"{name}={value}" for name, value in seen.items() if isinstance(value, str))
    assert seen["REMOTE_ADDR"] == "0.0.0.0"
    for word in ("sessionid", "Marker", "mail.example", "203.0.113.9", "Bearer"):
        assert word not in told


def test_a_wave_that_has_not_opened_has_no_page(ada, tree):
    wave = planned(ada, {"Care": 5})
    assert Client().get(address("invitation", wave)).status_code == 404
    assert Client().get("/e/nothing/i/").status_code == 404


def test_the_technical_page_names_each_script_with_the_digest_of_what_is_served(wave):
    import hashlib

    from django.contrib.staticfiles import finders

    shown = Client().get(address("technical", wave)).content.decode()
    for name in ("employee_voice/answering.js", "employee_voice/seal.js"):
        with open(finders.find(name), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() in shown
    assert wave.keys_digest in shown


def test_the_promise_names_the_numbers_of_the_wave(wave):
    shown = " ".join(Client().get(address("promise", wave)).content.decode().split())
    assert "Nothing is shown of fewer than 5 answers" in shown
    assert "Comments are read from 10 answers of a group on" in shown
