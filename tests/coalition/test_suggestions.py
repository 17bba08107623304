"""What employees would improve: suggested, taken up as a draft, declined with a reason that they get."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from accounts.choices import Action, Role
from accounts.errors import RoleTooSmall
from accounts.models import AuditEvent
from coalition import services
from coalition.access import suggestion_for, suggestions_for
from coalition.errors import SuggestionAnswered
from coalition.models import Initiative, Suggestion
from common.errors import InvalidValues
from journeys.models import Touchpoint
from journeys.services import merge_touchpoints
from overview.selectors import needs_of
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db
TEXT = "Say the price at once. People ask for it in every call."
BASE = "/api/v1/o/northwind/suggestions"


def _url(name, *args):
    return reverse(f"coalition:{name}", args=["northwind", *args])


@pytest.fixture
def hotline(organization):
    return TouchpointFactory(organization=organization, key="hotline", name="Hotline")


@pytest.fixture
def made(cleo, hotline):
    return services.suggest_improvement(by=cleo, touchpoint=hotline, text=TEXT)


def _kinds(member):
    return [need.kind for need in needs_of(type(member).objects.get(pk=member.pk))]


def test_a_suggestion_stands_on_the_list_once_however_often_it_is_sent(cleo, hotline, made):
    again = services.suggest_improvement(by=cleo, touchpoint=hotline, text=f"  {TEXT} ")
    assert again == made
    assert (made.text, made.state, made.by) == (TEXT, "open", cleo)
    assert Suggestion.objects.count() == 1
    event = AuditEvent.objects.get(verb="suggestion.made")
    assert event.after == {"touchpoint": "Hotline", "text": TEXT}


@pytest.mark.parametrize(("text", "length"), [("", 0), ("  \n ", 3), ("\u2060\u200b", 2), ("x" * 1001, 1001)])
def test_no_words_and_too_many_are_refused(cleo, hotline, text, length):
    with pytest.raises(InvalidValues) as caught:
        services.suggest_improvement(by=cleo, touchpoint=hotline, text=text)
    assert set(caught.value.fields) == {"text"}


def test_a_touchpoint_off_the_lists_or_of_others_is_refused(cleo, hotline):
    Touchpoint.objects.update(is_archived=True)
    for touchpoint in (hotline, TouchpointFactory()):
        with pytest.raises(InvalidValues) as caught:
            services.suggest_improvement(by=cleo, touchpoint=touchpoint, text=TEXT)
        assert "touchpoint" in caught.value.fields


def test_twenty_that_wait_are_enough(cleo, hotline):
    for number in range(20):
        services.suggest_improvement(by=cleo, touchpoint=hotline, text=f"Idea {number}")
    with pytest.raises(InvalidValues, match="Some values"):
        services.suggest_improvement(by=cleo, touchpoint=hotline, text="One more")


def test_it_is_taken_up_as_a_draft_of_who_takes_it_up_and_its_author_is_told(
    ben, cleo, hotline, made, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        draft = services.take_up_suggestion(by=ben, suggestion=made)
    assert (draft.state, draft.owner, list(draft.touchpoints.all())) == ("draft", ben, [hotline])
    assert draft.title == "Say the price at once"
    assert draft.problem == f"{TEXT}\n\nSuggested by Cleo."
    made.refresh_from_db()
    assert (made.state, made.initiative, made.answered_by) == ("taken_up", draft, ben)
    (letter,) = [one for one in mailoutbox if one.to == [cleo.user.email]]
    assert letter.subject.startswith("Your suggestion was taken up: Say the price at once.")
    assert "Ben has taken it up as a draft initiative." in letter.body
    assert services.take_up_suggestion(by=ben, suggestion=made) == draft
    assert Initiative.objects.count() == 1


def test_a_long_suggestion_gives_a_title_that_fits_and_keeps_all_of_it(ben, cleo, hotline):
    long = "ask less, " * 40
    made = services.suggest_improvement(by=cleo, touchpoint=hotline, text=long)
    draft = services.take_up_suggestion(by=ben, suggestion=made)
    assert len(draft.title) == 140
    assert draft.title.endswith("…")
    assert long.strip() in draft.problem


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Let technicians order the part. Today we drive back.", "Let technicians order the part"),
        ("Ask in a tool, e.g. SAP, for the part! Today we phone.", "Ask in a tool, e.g. SAP, for the part!"),
        ("Open at 8. Close at 5. That is what they ask for.", "Open at 8. Close at 5"),
        ("请让技术人员订购零件。今天我们要开车回去。", "请让技术人员订购零件"),
    ],
)
def test_the_first_sentence_of_a_suggestion_is_its_title(ben, cleo, hotline, text, title):
    made = services.suggest_improvement(by=cleo, touchpoint=hotline, text=text)
    draft = services.take_up_suggestion(by=ben, suggestion=made)
    assert draft.title == title
    assert text in draft.problem


def test_it_is_declined_with_a_reason_that_its_author_gets(
    ben, cleo, made, mailoutbox, django_capture_on_commit_callbacks
):
    with pytest.raises(InvalidValues) as caught:
        services.decline_suggestion(by=ben, suggestion=made, reason=" ")
    assert "reason" in caught.value.fields
    with django_capture_on_commit_callbacks(execute=True):
        services.decline_suggestion(by=ben, suggestion=made, reason="It is said since May.")
    (letter,) = mailoutbox
    assert (letter.to, "It is said since May." in letter.body) == ([cleo.user.email], True)
    for act, more in ((services.take_up_suggestion, {}), (services.decline_suggestion, {"reason": "No."})):
        with pytest.raises(SuggestionAnswered):
            act(by=ben, suggestion=made, **more)
    assert not Initiative.objects.exists()


def test_who_may_not_draft_answers_nothing(cleo, made):
    with pytest.raises(PermissionDenied):
        suggestion_for(cleo, made.pk, Action.DRAFT_INITIATIVE)


def test_a_right_that_was_lost_meanwhile_is_gone(ben, made):
    type(ben).objects.filter(pk=ben.pk).update(role=Role.CONTRIBUTOR)
    with pytest.raises(RoleTooSmall):
        services.take_up_suggestion(by=ben, suggestion=made)


def test_others_read_neither_list_nor_suggestion(organization, ada, ben, cleo, dora, made):
    other = MembershipFactory(organization=organization, role=Role.CONTRIBUTOR)
    assert list(suggestions_for(cleo)) == list(suggestions_for(ben)) == list(suggestions_for(ada)) == [made]
    assert list(suggestions_for(other)) == list(suggestions_for(dora)) == []
    with pytest.raises(PermissionDenied):
        suggestion_for(other, made.pk)
    with pytest.raises(Http404):
        suggestion_for(dora, made.pk)


def test_a_merge_takes_suggestions_along(ada, organization, hotline, made):
    kept = TouchpointFactory(organization=organization, name="Call center")
    merge_touchpoints(by=ada, kept=kept, gone=hotline)
    made.refresh_from_db()
    assert made.touchpoint == kept
    assert AuditEvent.objects.get(verb="touchpoint.merged").after["suggestions"] == 1


# --- what waits ---------------------------------------------------------------------------------


def test_it_waits_for_who_runs_the_program_and_for_who_owns_the_touchpoint(
    organization, ada, ben, cleo, hotline, made
):
    care = BusinessFunctionFactory(organization=organization)
    assert (_kinds(ada), _kinds(ben), _kinds(cleo)) == (["suggestion"], [], [])
    Touchpoint.objects.update(owner_function=care)
    assert _kinds(ben) == []
    type(ben).objects.filter(pk=ben.pk).update(function=care)
    assert _kinds(ben) == ["suggestion"]
    Touchpoint.objects.update(owner_function=None, owner_person=ben)
    assert _kinds(ben) == ["suggestion"]
    services.decline_suggestion(by=ben, suggestion=made, reason="Done already.")
    assert (_kinds(ada), _kinds(ben)) == ([], [])


def test_the_answer_waits_for_its_author_until_it_is_read(ada, ben, cleo, made):
    services.decline_suggestion(by=ben, suggestion=made, reason="Done already.")
    (need,) = needs_of(cleo)
    assert (need.kind, need.detail) == ("suggestion_declined", "Done already.")
    services.note_answer_read(by=ada, suggestion=made)
    assert _kinds(cleo) == ["suggestion_declined"]
    services.note_answer_read(by=cleo, suggestion=made)
    assert _kinds(cleo) == []


def test_a_draft_made_of_it_is_told_on_home(ben, cleo, made):
    services.take_up_suggestion(by=ben, suggestion=made)
    assert _kinds(cleo) == ["suggestion_taken_up"]


def test_who_answers_the_own_suggestion_is_not_told(ada, hotline, mailoutbox):
    own = services.suggest_improvement(by=ada, touchpoint=hotline, text="Mine")
    services.decline_suggestion(by=ada, suggestion=own, reason="No.")
    assert (_kinds(ada), mailoutbox) == ([], [])


def test_a_touchpoint_whose_person_has_left_waits_for_who_runs_the_program(ada, ben, cleo, hotline):
    Touchpoint.objects.update(owner_person=cleo)
    assert _kinds(ada) == []
    type(cleo).objects.filter(pk=cleo.pk).update(is_active=False)
    (need,) = needs_of(ada)
    assert (need.kind, need.title) == (
        "touchpoint_left",
        "Find another person for the touchpoint “Hotline”",
    )
    assert _kinds(ben) == []
    Touchpoint.objects.update(is_archived=True)
    assert _kinds(ada) == []


# --- screens and API ----------------------------------------------------------------------------


def test_it_is_made_on_a_page_and_answered_on_another(ada, cleo, hotline, client_of):
    client = client_of(cleo)
    page = client.get(_url("suggestion_create") + "?touchpoint=hotline").content.decode()
    assert '<option value="hotline" selected>' in page
    assert client.post(_url("suggestion_create"), {"touchpoint": "hotline", "text": ""}).status_code == 422
    page = client.post(_url("suggestion_create"), {"touchpoint": "hotline", "text": TEXT}, follow=True)
    assert "Thank you. The coalition has your suggestion" in page.content.decode()
    made = Suggestion.objects.get()
    lead = client_of(ada)
    assert "1 suggestion waits for an answer." in lead.get(_url("suggestion_list")).content.decode()
    assert lead.post(_url("suggestion_decline", made.pk), {"reason": ""}).status_code == 422
    lead.post(_url("suggestion_decline", made.pk), {"reason": "It is <b>said</b>."})
    page = client.get(_url("suggestion_detail", made.pk)).content.decode()
    assert "It is &lt;b&gt;said&lt;/b&gt;." in page
    assert "I have read it" in page
    client.post(_url("suggestion_read", made.pk))
    assert "I have read it" not in client.get(_url("suggestion_detail", made.pk)).content.decode()
    assert lead.post(_url("suggestion_take_up", made.pk), follow=True).status_code == 200
    assert not Initiative.objects.exists()


def test_a_program_makes_lists_and_answers_suggestions(ada, cleo, hotline, api_of):
    api = api_of(cleo)
    made = api.post(f"{BASE}/", {"touchpoint": "hotline", "text": TEXT}, format="json")
    assert made.status_code == 201
    pk = made.json()["id"]
    assert api.post(f"{BASE}/{pk}/decline/", {"reason": "No."}, format="json").status_code == 403
    lead = api_of(ada)
    assert [one["id"] for one in lead.get(f"{BASE}/?state=open").json()["results"]] == [pk]
    assert lead.get(f"{BASE}/?state=lost").status_code == 422
    taken = lead.post(f"{BASE}/{pk}/take-up/").json()
    assert (taken["state"], taken["initiative"]) == ("taken_up", Initiative.objects.get().number)
    assert lead.post(f"{BASE}/{pk}/decline/", {"reason": "No."}, format="json").status_code == 409
    assert api.post(f"{BASE}/{pk}/read/").json()["seen_at"] is not None
    other = {"touchpoint": TouchpointFactory(key="faraway").key, "text": TEXT}
    assert api.post(f"{BASE}/", other, format="json").status_code == 422
