"""A survey of customers: built at a desk, answered on a phone in Chinese without scripts, read at once."""

import re

from playwright.sync_api import expect

from customer_voice.models import CustomerSurvey, Feedback
from customer_voice.services import write_letters
from customer_voice.services.mailings import secret_of
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.factories.surveys import opened_survey
from tests.stories.conftest import NO_SIDEWAYS, PHONE

TARGETS = "label.q-step, label.q-card, .q-foot button, .q-languages button"
LITTLE = """(targets) => [...document.querySelectorAll(targets)]
  .map((one) => one.getBoundingClientRect())
  .filter((box) => box.width < 44 || box.height < 44).length"""


def test_a_survey_is_built_shared_answered_on_a_phone_in_chinese_and_seen(
    open_browser, sign_in, with_password, axe, watch, ada
):
    watch.expected = {422, 409}
    with_password(ada)
    MetricDefinitionFactory(organization=ada.organization, key="nps")
    TouchpointFactory(organization=ada.organization, key="store")
    desk = open_browser()
    sign_in(desk, ada.user.email)
    desk.goto("/o/northwind/listen/surveys/")
    desk.get_by_role("link", name="New survey").click()
    desk.get_by_label("Name of the survey").fill("After the visit")
    desk.get_by_label("Title that customers see").fill("How did we do?")
    desk.get_by_label("Metric").select_option(label="NPS®")
    desk.get_by_label("Touchpoint", exact=True).select_option(label="Store")
    desk.get_by_label("中文 (简体)").check()
    axe(desk)
    desk.get_by_role("button", name="Create the draft").click()
    expect(desk.get_by_text("1 text is missing")).to_be_visible()
    desk.get_by_role("link", name="Add a question").click()
    desk.get_by_label("Kind of answer").select_option(label="One answer of several")
    desk.get_by_label("Question", exact=False).first.fill("Which shop?")
    desk.get_by_label("Answers to choose from").fill("North\nSouth")
    axe(desk)
    desk.get_by_role("button", name="Save the question").click()
    axe(desk)
    desk.get_by_role("button", name="Open the survey").click()
    expect(desk.get_by_role("heading", name="Some translations are missing")).to_be_visible()
    axe(desk)
    desk.get_by_role("button", name="Open as it is").click()
    desk.get_by_role("link", name="Share").click()
    axe(desk)
    link = desk.get_by_label("Public address").input_value()

    phone = open_browser(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    phone.goto(link)
    expect(phone.locator("html")).to_have_attribute("lang", "zh-hans")
    phone.get_by_role("button", name="下一页").click()
    expect(phone.get_by_text("请回答这个问题。").first).to_be_visible()
    phone.locator("input[name=q-score][value='3']").check()
    phone.get_by_role("button", name="下一页").click()
    phone.get_by_label("哪里让您不满意？").fill("等了半个小时")
    phone.get_by_role("button", name="English").click()  # another language keeps what was typed
    expect(phone.get_by_label("What went wrong?")).to_have_value("等了半个小时")
    phone.get_by_role("button", name="中文 (简体)").click()
    phone.get_by_text("South").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="谢谢您")).to_be_visible()
    assert not phone.context.cookies()

    answer = Feedback.objects.get()
    assert (answer.score, answer.text, answer.submission.language) == (3, "等了半个小时", "zh-hans")
    desk.get_by_role("link", name="Results").click()
    expect(desk.get_by_text("1 person has answered.")).to_be_visible()
    axe(desk)
    desk.get_by_role("link", name="Read the comments of this survey").click()
    expect(desk.get_by_text("等了半个小时")).to_be_visible()


def test_the_keyboard_alone_answers_in_arabic_in_the_dark(open_browser, axe, ada):
    survey = opened_survey(ada, languages=("en", "ar"), follow_up="none")
    page = open_browser(viewport=PHONE, locale="ar-EG", color_scheme="dark")
    page.goto(f"/f/{survey.public_id}/?score=9")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.evaluate(NO_SIDEWAYS)
    assert page.evaluate(LITTLE, TARGETS) == 0
    axe(page)
    page.locator("input[value='9']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="شكرًا لك")).to_be_visible()
    axe(page)
    assert Feedback.objects.get().score == 9


def test_a_widget_shows_the_survey_on_the_site_that_is_named_and_takes_its_answer(
    open_browser, live_server, ada
):
    survey = opened_survey(ada, follow_up="none")
    host = re.sub(r"^https?://", "", live_server.url)
    CustomerSurvey.objects.filter(pk=survey.pk).update(embed_hosts=[host])
    page = open_browser()
    page.route(
        "**/shop.html",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<!doctype html><title>Shop</title><script src="/f/{survey.public_id}/widget.js"></script>',
        ),
    )
    page.goto("/shop.html")
    frame = page.frame_locator("iframe")
    frame.locator("input[name=q-score][value='10']").check()
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("heading", name="Thank you")).to_be_visible()
    assert (Feedback.objects.get().score, survey.replies.get().way) == (10, "embed")


def test_a_list_is_looked_at_before_it_is_sent_and_a_letter_brings_its_person_back_to_where_she_stopped(
    open_browser, sign_in, with_password, axe, ada
):
    """She answers in Chinese on a phone; the answer stands on the page of the account that the list named."""
    with_password(ada)
    survey = opened_survey(ada, languages=("en", "zh-hans"))
    desk = open_browser()
    sign_in(desk, ada.user.email)
    desk.goto(f"/o/northwind/listen/surveys/{survey.pk}/mail/")
    typed = "email;name;language;company\nana@example.com;安娜;zh-CN;Acme\nANA@example.com;;;\nnobody;;;"
    desk.get_by_label("Addresses", exact=False).last.fill(typed)
    desk.get_by_role("button", name="Check the list").click()
    expect(desk.get_by_role("heading", name="Ask 1 person?")).to_be_visible()
    expect(desk.get_by_text("Row 4:")).to_be_visible()
    expect(desk.get_by_text("Become contacts of their account")).to_be_visible()
    axe(desk)
    assert not survey.invitations.exists()
    desk.get_by_role("button", name="Send 1 invitation").click()
    expect(desk.get_by_text("1 person is asked. 2 left out. 1 person was put into")).to_be_visible()
    [mailing] = survey.mailings.all()
    write_letters(mailing=mailing)

    phone = open_browser(viewport=PHONE, java_script_enabled=False)
    here = f"/f/{survey.public_id}/i/{secret_of(survey.invitations.get())}/"
    phone.goto(here)
    expect(phone.get_by_text("每翻一页，您填写的内容就会保存")).to_be_visible()
    phone.locator("input[name=q-score][value='3']").check()
    phone.get_by_role("button", name="下一页").click()
    phone.goto(here)  # she has closed the page, and opens the letter again
    expect(phone.get_by_text("您之前已开始填写")).to_be_visible()
    expect(phone.locator("input[name=q-score][value='3']")).to_be_checked()
    assert phone.evaluate(NO_SIDEWAYS)
    desk.get_by_role("link", name="Results").click()
    expect(desk.get_by_text("1 more person began and has not sent.")).to_be_visible()
    axe(desk)
    phone.get_by_role("button", name="下一页").click()
    phone.get_by_label("哪里让您不满意？").fill("排队太久")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="谢谢您")).to_be_visible()
    assert (Feedback.objects.get().score, survey.half.exists()) == (3, False)

    desk.get_by_role("link", name="Events").click()
    desk.get_by_role("button", name="Follow events").click()
    expect(desk.get_by_text("0 e-mails are waiting to be sent.")).to_be_visible()
    axe(desk)

    desk.goto("/o/northwind/listen/customers/")
    desk.get_by_role("link", name="Acme").click()
    expect(desk.get_by_role("link", name="安娜").first).to_be_visible()
    expect(desk.get_by_text("排队太久")).to_be_visible()
