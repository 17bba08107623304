"""Nothing that nobody sees is kept of what people write, at pages and API; a name can be seen."""

import pytest
from django import forms
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import services
from accounts.models import BusinessFunction, Invitation, Organization, User
from common.errors import InvalidValues
from common.forms import StyledForm
from common.text import has_something_visible, legible, one_line, unbroken
from journeys.models import Touchpoint

UNSEEN = ["\x08", "\x1b", "\x7f", "\x9f", "\uffff", "\ufffe", "\ufdd0", "\U0010ffff"]
NOTHING = ["\u200b", " \u200b\u200d ", "\x08", "\u3164", "\u2800", "\ufeff", "\u0301"]


@pytest.mark.parametrize("sign", UNSEEN)
def test_signs_that_nobody_sees_are_taken_out_of_lines_and_paragraphs(sign):
    assert one_line(f"He{sign}lp desk") == unbroken(f"He{sign}lp desk") == "Help desk"
    assert legible(f"First\r\n\tsec{sign}ond\n") == "First\r\n\tsecond\n"


def test_rare_breaks_become_lines_and_everything_that_is_written_stays():
    assert legible("one\x0btwo\x85three") == "one\ntwo\nthree"
    for text in ("क\u200dष", "می\u200cخواهم", "👩\u200d💻", "e\u0301", "  ", "\n", "¿?", "中文"):
        assert legible(text) == text


@pytest.mark.parametrize("text", NOTHING)
def test_of_what_shows_nothing_nothing_stays(text):
    assert not has_something_visible(text)
    assert one_line(text) == legible(text) == ""


class Named(StyledForm):
    name = forms.CharField()
    note = forms.CharField(required=False, widget=forms.Textarea)


@pytest.mark.parametrize("text", NOTHING)
def test_a_form_wants_a_name_that_can_be_seen(text):
    form = Named({"name": text})
    assert not form.is_valid()
    assert form.errors["name"] == ["This field is required."]


def test_a_form_keeps_the_lines_of_a_note():
    form = Named({"name": "Hel\x08p", "note": "a\x1b\r\nb"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Help", "note": "a\r\nb"}


BASE = "/api/v1/o/northwind/"
MADE = {
    "functions": {"name": "Care"},
    "touchpoints": {"name": "Shop", "channel": "store", "phase": "buy"},
    "initiatives": {"title": "Call back"},
}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.django_db
def test_the_api_wants_a_name_that_can_be_seen_and_keeps_what_can(api_of, ada, kind):
    api, values = api_of(ada), MADE[kind]
    named = "title" if "title" in values else "name"
    for text in NOTHING:
        refused = api.post(f"{BASE}{kind}/", {**values, named: text}, format="json")
        assert refused.status_code in {400, 422}, (text, refused.data)
        assert named in refused.json()["errors"]
    made = api.post(f"{BASE}{kind}/", {**values, named: "A\x08B\x1b\uffff"}, format="json")
    assert (made.status_code, made.data[named]) == (201, "AB")


@pytest.mark.django_db
def test_names_of_people_and_organizations(client_of, api_of, ada):
    preferences = reverse("accounts:preferences", args=["northwind"])
    sent = {"name": "A\x08da\x1b", "language": "en", "theme": "auto", "territory": ""}
    assert client_of(ada).post(preferences, sent).status_code == 302
    assert User.objects.get(pk=ada.user_id).name == "Ada"
    assert client_of(ada).post(preferences, {**sent, "name": "\u200b"}).status_code == 422
    with pytest.raises(InvalidValues):
        services.create_organization(name="\u200b", slug="nothing", founder=ada.user)
    services.invite_person(by=ada, email="new@example.org", name="Ne\x08w", role="contributor")
    assert Invitation.objects.get().name == "New"
    options = {"slug": "nothing", "email": "ada@northwind.example", "name": "\u200b"}
    with pytest.raises(CommandError, match="name"):
        call_command("create_organization", **options | {"email": ada.user.email})
    assert not Organization.objects.filter(slug="nothing").exists()
    assert not BusinessFunction.objects.filter(name="").exists()
    assert not Touchpoint.objects.filter(name="").exists()
