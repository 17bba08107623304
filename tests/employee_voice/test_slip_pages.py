"""The pages of printed slips: one short address for all, nothing typed is lost, nothing said of who asks."""

import json
import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from employee_voice import selectors, services
from employee_voice.choices import WorkKind
from employee_voice.credentials.wire import to_text
from employee_voice.models import Answer, SealedAnswer, Slip, WaveFunction
from tests.factories.employee_voice import do, functions_of, planned, survey_of

pytestmark = pytest.mark.django_db
ANSWERS = {"tools-have": ["4"], "enps": ["9"], "changed": ["better"]}
PLACE = "/s/"


def wave_with_slips(leader, survey=None):
    wave = planned(leader, {"Care": 5}, survey or survey_of(leader))
    row = WaveFunction.objects.get(wave=wave, name="Field")
    services.plan_slips(by=leader, wave=wave, counts={row.pk: 5})
    services.start_opening(by=leader, wave=wave)
    return do(wave, WorkKind.OPEN)


def group_of(wave):
    return WaveFunction.objects.get(wave=wave, name="Field").group


def codes_of(leader, wave):
    return services.print_slips(by=leader, wave=wave, group=group_of(wave))


@pytest.fixture
def wave(ada, tree):
    return wave_with_slips(ada)


@pytest.fixture
def codes(ada, wave):
    return codes_of(ada, wave)


@pytest.fixture
def browser():
    return Client()


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_address_on_slips_is_short_and_the_same_for_all(settings):
    settings.SITE_URL = "https://cx.example/"
    assert selectors.slip_link() == "https://cx.example/s/"


def test_the_code_says_which_survey_it_is_for(dora, browser, wave, codes):
    functions_of(dora)
    other = wave_with_slips(dora)
    theirs = codes_of(dora, other)
    assert services.wave_of_slip(code=codes[0].lower()) == wave
    assert services.wave_of_slip(code=theirs[4]) == other
    shown = text_of(browser.post(PLACE, {"code": theirs[0]}))
    assert f'data-wave="{other.public_id}"' in shown
    assert "I have the tools and systems" in shown
    assert Slip.objects.count() == 10  # looking uses nothing up


def test_an_unknown_code_and_one_of_a_wave_that_is_closed_are_refused(ada, browser, wave, codes):
    refused = browser.post(PLACE, {"code": "AAAA-BBBB-CCC"})
    assert refused.status_code == 422
    assert "This code is not known" in text_of(refused)
    assert 'value="AAAA-BBBB-CCC"' in refused.content.decode()  # to be corrected, not typed again
    type(wave).objects.filter(pk=wave.pk).update(state="closing")
    assert browser.post(PLACE, {"code": codes[0]}).status_code == 422
    told = browser.post(PLACE, {"code": codes[0], "wave": wave.public_id, "answers": "1", "enps": "9"})
    assert told.status_code == 409
    assert "This survey has closed. Your answers were not sent" in text_of(told)


def test_the_address_of_earlier_slips_leads_on_with_what_is_sent(browser, wave, codes):
    old = reverse("answer:slip", args=[wave.public_id])
    assert old == f"/e/{wave.public_id}/s/"
    response = browser.get(old + "?kiosk=1&lang=zh-hans&spy=1")
    assert (response.status_code, response["Location"]) == (307, "/s/?kiosk=1&lang=zh-hans")
    sent = browser.post(old, {"code": codes[0]}, follow=True)
    assert sent.redirect_chain == [("/s/", 307)]
    assert 'id="slip-answers"' in text_of(sent)
    assert browser.get("/e/nothing/s/").status_code == 404


def test_a_slip_is_answered_without_scripts(browser, wave, codes):
    wrong = browser.post(PLACE, {"code": codes[0], "answers": "1", "enps": "11"})
    assert wrong.status_code == 422
    assert Slip.objects.count() == 5
    sent = {"code": codes[0], "answers": "1", "enps": "9", "change-first": "Parts."}
    done = browser.post(PLACE + "?kiosk=1&lang=zh-hans", sent)
    assert done.status_code == 302
    assert done["Location"] == reverse("answer:thanks", args=[wave.public_id]) + "?kiosk=1&lang=zh-hans"
    assert 'data-kiosk-url="/s/?kiosk=1&lang=zh-hans"' in text_of(browser.get(done["Location"])).replace(
        "amp;", ""
    )
    assert (SealedAnswer.objects.count(), Slip.objects.count()) == (1, 4)
    assert browser.post(PLACE, sent).status_code == 422


def sent_by_script(browser, wave, code, sealed):
    body = {"wave": wave.public_id, "code": code, "sealed": to_text(sealed)}
    return browser.post("/s/answer/", json.dumps(body), content_type="application/json")


def test_what_a_browser_sealed_is_counted_once_however_often_it_is_sent(ada, browser, wave, codes):
    sealed = services.seal_for(wave=wave, group=group_of(wave), typed=ANSWERS)
    for _time in range(2):
        counted = sent_by_script(browser, wave, codes[0], sealed)
        assert (counted.status_code, counted.json()) == (200, {"counted": True})
    assert (SealedAnswer.objects.count(), Slip.objects.count()) == (1, 4)
    other = sent_by_script(
        browser, wave, codes[0], services.seal_for(wave=wave, group=group_of(wave), typed={})
    )
    assert (other.status_code, other.json()["code"]) == (422, "slip_unknown")
    unused = sent_by_script(
        browser, wave, codes[1], sealed
    )  # the same text with another slip is another answer
    assert unused.status_code == 200
    services.start_closing(by=ada, wave=wave)
    gone = sent_by_script(browser, wave, codes[0], sealed)
    assert (gone.status_code, gone.json()["code"]) == (409, "wave_not_open")
    do(wave, WorkKind.CLOSE)
    assert [row.scores for row in Answer.objects.all()] == [
        {"tools-have": "4", "enps": "9", "changed": ["better"]}
    ] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sealed": "???"}, "request_unreadable"),
        ({"code": "é"}, "request_unreadable"),
        ({"code": "AB"}, "slip_unknown"),
    ],
)
def test_what_scripts_send_wrongly_has_a_code(browser, wave, codes, changes, code):
    sealed = to_text(services.seal_for(wave=wave, group=group_of(wave), typed=ANSWERS))
    body = {"wave": wave.public_id, "code": codes[0], "sealed": sealed, **changes}
    refusal = browser.post("/s/answer/", json.dumps(body), content_type="application/json")
    assert (refusal.status_code, refusal.json()["code"]) == (422, code)


def test_another_language_keeps_what_was_typed_without_scripts(browser, wave, codes):
    code_page = browser.post(PLACE + "?lang=zh-hans", {"code": codes[0], "switch": "1"})
    assert code_page.status_code == 200
    assert f'value="{codes[0]}"' in text_of(code_page)
    assert 'lang="zh-hans"' in text_of(code_page)
    assert 'id="slip-answers"' not in text_of(code_page)
    typed = {"code": codes[0], "answers": "1", "switch": "1", "enps": "9", "change-first": "More <parts>"}
    page = browser.post(PLACE + "?lang=zh-hans", typed)
    shown = text_of(page)
    assert page.status_code == 200
    assert 'html lang="zh-hans"' in shown
    assert "More &lt;parts&gt;" in shown
    assert shown.count("checked") == 1
    assert 'formaction="/s/questions/?lang=en"' in shown
    assert 'form="slip-answers"' in shown
    assert (SealedAnswer.objects.count(), Slip.objects.count()) == (0, 5)


def pressed_by_enter(page, form):
    """The first button of a form, inside it or not: what Enter presses."""
    text = text_of(page)
    inside = text.index(f'id="{form}"')
    buttons = [
        (found.start(), found.group())
        for found in re.finditer(r"<button[^>]*>", text)
        if f'form="{form}"' in found.group()
        or (found.start() > inside and 'type="button"' not in found.group())
    ]
    return min(buttons)[1]


def test_enter_goes_on_and_changes_no_language(browser, wave, codes):
    for page, form in (
        (browser.get(PLACE), "slip-code"),
        (browser.get("/s/?kiosk=1"), "slip-code"),
        (browser.post(PLACE, {"code": codes[0]}), "slip-answers"),
    ):
        assert "switch" in text_of(page)
        pressed = pressed_by_enter(page, form)
        assert "name=" not in pressed
        assert "formaction" not in pressed


@pytest.mark.parametrize(
    "extra",
    [{"change-first": "a\0b"}, {f"field{number}": "x" for number in range(1500)}],
    ids=["NUL", "too many fields"],
)
def test_a_form_that_cannot_be_read_gets_a_page_in_words(browser, wave, codes, extra, caplog):
    with caplog.at_level(logging.DEBUG):
        response = browser.post("/s/send/?lang=en", {"code": codes[0], "answers": "1", **extra})
    assert response.status_code == 400
    assert "characters that are not text, or more than the survey asks for" in text_of(response)
    assert "The code on your slip" in text_of(response)
    assert response["Cache-Control"] == "no-store"
    assert "/s/" not in caplog.text
    assert Slip.objects.count() == 5


def test_each_step_has_an_address_of_its_own_or_back_would_skip_it(browser, wave, codes):
    assert 'method="post" action="/s/questions/"' in text_of(browser.get(PLACE))
    questions = text_of(browser.post("/s/questions/", {"code": codes[0]}))
    assert 'method="post" action="/s/send/"' in questions
    assert browser.post("/s/send/", {"code": codes[0], "answers": "1", "enps": "9"}).status_code == 302
    for opened_by_itself in ("/s/questions/", "/s/send/"):
        assert "The code on your slip" in text_of(browser.get(opened_by_itself))


def test_going_back_finds_the_form_but_not_on_a_shared_screen(browser, wave, codes):
    own = browser.post(PLACE, {"code": codes[0]})
    assert own["Cache-Control"] == "private, no-cache"
    assert 'autocomplete="off"' not in text_of(own)
    shared = browser.post(PLACE + "?kiosk=1", {"code": codes[0]})
    assert shared["Cache-Control"] == "no-store"
    assert 'autocomplete="off"' in text_of(shared)
    assert browser.get(PLACE)["Cache-Control"] == "no-store"


def test_the_short_address_takes_and_leaves_nothing_that_identifies(ada, client_of, wave, codes, rf):
    browser = client_of(ada)
    for response in (browser.get("/s/"), browser.get("/s"), browser.post("/s/", {"code": codes[0]})):
        assert not response.cookies
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        assert ada.user.email not in response.content.decode()
        assert "csrf" not in response.content.decode().lower()


@pytest.mark.parametrize("path", ["/s", "/s/", "/s/answer/", "/e", "/e/x/i/"])
def test_who_asks_is_gone_below_both_addresses(path, rf):
    from django.http import HttpResponse

    from employee_voice.middleware import NobodyKnownMiddleware

    seen = []
    request = rf.get(
        path, headers={"cookie": "sessionid=abc", "user-agent": "Marker"}, REMOTE_ADDR="203.0.113.9"
    )
    NobodyKnownMiddleware(lambda asked: seen.append(asked.META) or HttpResponse())(request)
    assert seen[0]["REMOTE_ADDR"] == "0.0.0.0"
    assert not {"HTTP_COOKIE", "HTTP_USER_AGENT"} & seen[0].keys()


def test_the_server_seals_nothing_that_no_column_can_hold(ada, wave, codes):
    typed = {**ANSWERS, "change-first": ["a\0b \ud83d"]}
    sealed = services.seal_for(wave=wave, group=group_of(wave), typed=typed)
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed)
    services.start_closing(by=ada, wave=wave)
    do(wave, WorkKind.CLOSE)
    assert wave.comments.get().text == "ab \ufffd"


@pytest.mark.parametrize(
    ("language", "label", "third"),
    [("en", "Progress", "Page 3 of 11"), ("zh-hans", "进度", "第 3 页，共 11 页")],
)
def test_each_part_says_how_far_one_is_once_scripts_lead(ada, browser, tree, language, label, third):
    wave = wave_with_slips(ada, survey_of(ada, "employee-voice"))
    code = codes_of(ada, wave)[0]
    shown = text_of(browser.post(f"{PLACE}?lang={language}", {"code": code}))
    bars = re.findall(
        r'<div data-place hidden> <progress class="q-progress" max="(\d+)" value="(\d+)" '
        r'aria-label="([^"]+)"></progress> <p class="q-place">([^<]+)</p> </div>',
        shown,
    )
    assert [(most, behind) for most, behind, *_words in bars] == [("11", str(part)) for part in range(11)]
    assert bars[2][2:] == (label, third)


def test_only_questions_without_a_field_for_no_answer_are_marked_as_optional(ada, browser, tree):
    wave = wave_with_slips(ada, survey_of(ada, "employee-voice"))
    shown = text_of(browser.post(PLACE, {"code": codes_of(ada, wave)[0]}))
    assert shown.count("No answer") == 26  # 24 items, the recommendation, and whether anything changed
    assert shown.count('class="q-optional"') == 2  # the two open questions
