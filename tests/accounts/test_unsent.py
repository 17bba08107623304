"""What is typed when the sign-in has just ended is sent after signing in again, and is not lost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coalition.models import InitiativeUpdate
from tests.factories.accounts import MembershipFactory
from tests.factories.coalition import CoalitionFactory, InitiativeFactory, SeatFactory, submitted

pytestmark = pytest.mark.django_db

TEXT = "Two of three teams are trained.\nThe last one starts on Monday."


@pytest.fixture
def running(ada):
    return InitiativeFactory(organization=ada.organization, owner=ada, state="in_progress")


@pytest.fixture
def update_url(running):
    return reverse("coalition:update_create", args=["northwind", running.number])


def sent_without_sign_in(url, user, **more):
    """A browser in which somebody was signed in, until the session ended."""
    browser = Client()
    browser.force_login(user)
    browser.get("/")
    del browser.cookies["sessionid"]
    answer = browser.post(url, {"color": "green", "text": TEXT, "csrfmiddlewaretoken": "x", **more})
    return browser, answer


def test_what_was_typed_is_shown_and_sent_after_signing_in(ada, update_url):
    browser, answer = sent_without_sign_in(update_url, ada.user)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/accounts/unsent/"
    assert not InitiativeUpdate.objects.exists()
    browser.force_login(ada.user)
    page = browser.get("/accounts/unsent/")
    assert page.status_code == 200
    assert f'action="{update_url}"' in page.text
    assert "The last one starts on Monday." in page.text
    assert 'value="x"' not in page.text  # the old token of the form is not sent again
    assert browser.get("/accounts/unsent/").status_code == 200  # reloading loses nothing
    fields = dict(page.context["waiting"].fields)
    assert fields == {"color": "green", "text": TEXT}
    assert browser.post(update_url, fields).status_code == 302
    assert InitiativeUpdate.objects.get().text == TEXT
    assert browser.get("/accounts/unsent/").status_code == 302  # it was sent


@pytest.mark.parametrize("who", ["own", "alternate"])
def test_it_says_for_which_seat_a_vote_is(ada, ben, who):
    """The field is hidden on its page, and decides for whom somebody votes."""
    coalition = CoalitionFactory(organization=ada.organization)
    tomas = MembershipFactory(organization=ada.organization, role="executive", user__name="Tomas Herrera")
    seats = {
        "own": SeatFactory(coalition=coalition, membership=ben, title="Billing"),
        "alternate": SeatFactory(coalition=coalition, membership=tomas, title="Service", alternate=ben),
    }
    initiative = submitted(ada)
    url = reverse("coalition:vote", args=["northwind", initiative.number])
    typed = {"choice": "reject", "comment": "Too dear", "seat": seats[who].pk}
    browser, _answer = sent_without_sign_in(
        url, ben.user, revision_digest=initiative.revisions.first().digest, **typed
    )
    browser.force_login(ben.user)
    page = browser.get("/accounts/unsent/")
    lines = page.context["words"].lines
    said = {"own": "Billing, your own", "alternate": "Service, as the alternate of Tomas Herrera"}[who]
    assert ("Seat", said) in lines
    assert ("Your vote", "Reject") in lines
    assert said in page.text


def test_it_says_what_a_button_with_a_hidden_choice_would_do(ada, running):
    """The page has the same form for several states: the one that was sent is told."""
    page = reverse("coalition:initiative_detail", args=["northwind", running.number])
    url = reverse("coalition:initiative_move", args=["northwind", running.number])
    browser = Client(headers={"Referer": f"http://testserver{page}"})
    browser.force_login(ada.user)
    browser.get("/")
    del browser.cookies["sessionid"]
    browser.post(url, {"to": "cancelled", "note": "No money left"})
    browser.force_login(ada.user)
    lines = dict(browser.get("/accounts/unsent/").context["words"].lines)
    assert lines["Change its state"] == "Cancel the initiative"
    assert lines["Why?"] == "No money left"


def test_it_can_be_discarded(ada, update_url):
    browser, _answer = sent_without_sign_in(update_url, ada.user)
    browser.force_login(ada.user)
    assert browser.post("/accounts/unsent/").status_code == 302
    assert browser.get("/accounts/unsent/").status_code == 302


def test_it_is_forgotten_after_an_hour(ada, update_url, monkeypatch):
    browser, _answer = sent_without_sign_in(update_url, ada.user)
    browser.force_login(ada.user)
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("accounts.unsent.timezone.now", lambda: later)
    assert browser.get("/accounts/unsent/").status_code == 302


@pytest.mark.parametrize("more", [{"text": "x" * 40_000}, {"text": "", "color": "", "password": "secret"}])
def test_what_is_too_long_or_a_password_is_not_kept(ada, update_url, more):
    browser, answer = sent_without_sign_in(update_url, ada.user, **more)
    kept = browser.session.get("unsent", {}).get("fields", [])
    assert "secret" not in str(kept)
    assert len(str(kept)) < 1000
    assert answer.status_code == 302


def test_an_address_for_forms_opened_by_itself_is_a_page_in_words(client_of, ada, update_url):
    page = client_of(ada).get(update_url)
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "There is no page at this address" in page.text


def test_nobody_else_is_shown_what_was_typed(ada, ben, update_url):
    browser, _answer = sent_without_sign_in(update_url, ada.user)
    browser.force_login(ben.user)
    assert browser.get("/accounts/unsent/").status_code == 302
    stranger = Client()
    stranger.post(update_url, {"color": "green", "text": TEXT})
    stranger.force_login(ben.user)
    assert stranger.get("/accounts/unsent/").status_code == 302


def test_a_part_of_a_page_without_a_sign_in_leaves_the_page_as_it_is(ada, update_url):
    browser = Client()
    answer = browser.post(update_url, {"text": TEXT}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (401, "#toasts", "beforeend")
    assert "You have been signed out" in answer.text
    assert "<form" not in answer.text


def test_words_are_shown_in_any_script_and_keys_of_choices_are_not(ada, update_url):
    browser, _answer = sent_without_sign_in(update_url, ada.user, text="三个团队中有两个已完成培训")
    browser.force_login(ada.user)
    assert browser.get("/accounts/unsent/").context["waiting"].texts == ("三个团队中有两个已完成培训",)


def test_what_was_refused_for_the_role_is_still_there(ada, organization, running, update_url):
    browser, _answer = sent_without_sign_in(update_url, ada.user)
    type(ada).objects.filter(pk=ada.pk).update(role="auditor")
    browser.force_login(ada.user)
    assert browser.post(update_url, {"color": "green", "text": TEXT}).status_code == 403
    assert browser.get("/accounts/unsent/").status_code == 200


def test_the_page_says_what_will_be_sent_in_the_words_of_its_form(ada, running, update_url):
    page = reverse("coalition:initiative_detail", args=["northwind", running.number])
    browser = Client(headers={"Referer": f"http://testserver{page}"})
    browser.force_login(ada.user)
    browser.get("/")
    del browser.cookies["sessionid"]
    browser.post(update_url, {"color": "green", "text": TEXT})
    browser.force_login(ada.user)
    shown = browser.get("/accounts/unsent/")
    words = shown.context["words"]
    assert words.heading == running.title
    assert words.lines == (("How is it going?", "On track"), ("What happened", TEXT))
    assert f"You are signed in as {ada.user} ({ada.user.email})" in shown.text


def test_a_vote_says_which_initiative_and_which_choice(ada, ben, organization):
    SeatFactory(coalition=CoalitionFactory(organization=organization), membership=ben)
    initiative = submitted(ada)
    vote = reverse("coalition:vote", args=["northwind", initiative.number])
    browser = Client()
    browser.force_login(ben.user)
    fields = dict(browser.get(vote).context["form"].initial)
    del browser.cookies["sessionid"]
    browser.post(vote, {**fields, "choice": "approve", "comment": "Worth it"})
    browser.force_login(ben.user)
    words = browser.get("/accounts/unsent/").context["words"]
    assert initiative.title in words.heading
    seat = f"{initiative.rounds.get().seats.get().title}, your own"
    assert {value for _label, value in words.lines} == {seat, "Approve", "Worth it"}


def test_the_page_of_a_form_that_may_not_be_read_says_nothing_of_it(ada, update_url, running):
    browser, _answer = sent_without_sign_in(update_url, ada.user)
    session = browser.session
    session["unsent"] = {**session["unsent"], "page": "/o/elsewhere/decide/1/"}
    session.save()
    browser.cookies["sessionid"] = session.session_key
    browser.force_login(ada.user)
    shown = browser.get("/accounts/unsent/")
    assert shown.status_code == 200
    assert shown.context["words"].lines == ()
    assert "The last one starts on Monday." in shown.text
