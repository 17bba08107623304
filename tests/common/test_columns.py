"""Texts of one line: what a column keeps, whoever writes it."""

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import reverse

from accounts.models import AuditEvent, BusinessFunction
from coalition import services
from coalition.models import Initiative
from coalition.services import InitiativeValues
from common.columns import LineField, ProseField
from common.errors import InvalidValues
from common.forms import StyledForm
from common.text import legible, one_line, unbroken
from journeys.models import Touchpoint
from tests.architecture.test_floors import ROOT
from tests.factories.journeys import TouchpointFactory

OVERRIDE = "\u202e"


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_signs_that_turn_what_follows_are_taken_out(sign):
    assert legible(f"Race{sign} night") == "Race night"
    assert unbroken(f"Race{sign} night") == "Race night"
    assert one_line(f"{sign} Race\r\n night") == "Race night"


def test_words_of_every_script_and_marks_within_them_stay():
    for text in ("שלום Bank", "مرحبا", "क\u200dष", "a\u200eb\u200f", "👩\u200d💻", "two  blanks", " edge "):
        assert unbroken(text) == text


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\t", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_becomes_a_blank(line_break):
    assert unbroken(f"Race{line_break}Bcc: all") == "Race Bcc: all"


def test_a_column_of_one_line_is_a_plain_text_for_the_database():
    column = LineField(max_length=40)
    assert column.deconstruct()[1] == "django.db.models.CharField"
    assert isinstance(column, models.CharField)


@pytest.mark.django_db
def test_every_way_into_a_column_gives_one_line(organization):
    typed, kept = f"Help{OVERRIDE}\r\ndesk", "Help desk"
    row = TouchpointFactory(organization=organization, name=typed)
    assert row.name == kept  # the row in memory is what letters and digests are made from
    row.refresh_from_db()
    assert row.name == kept
    Touchpoint.objects.filter(pk=row.pk).update(name=f"{OVERRIDE}Shop\nvisit")
    assert Touchpoint.objects.get(pk=row.pk).name == "Shop visit"
    BusinessFunction.objects.bulk_create(
        [BusinessFunction(organization=organization, key="shop", name=f"Sho{OVERRIDE}p")]
    )
    assert BusinessFunction.objects.get(key="shop").name == "Shop"
    assert BusinessFunction.objects.filter(name=f"Sho{OVERRIDE}p").exists()


@pytest.mark.django_db
def test_a_title_of_nothing_but_such_signs_is_no_title(ada):
    with pytest.raises(InvalidValues) as refusal:
        services.create_initiative(by=ada, values=InitiativeValues(title=f"{OVERRIDE}\u2066", owner=ada))
    assert set(refusal.value.fields) == {"title"}
    assert not Initiative.objects.exists()


@pytest.mark.django_db
def test_a_title_sent_by_a_program_is_one_line_that_reads_forwards(ada, client_of):
    sent = {"title": f"Race{OVERRIDE}\r\nBcc: all@example.org", "owner": ada.pk}
    answer = client_of(ada).post(
        f"/api/v1/o/{ada.organization.slug}/initiatives/", sent, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["title"] == Initiative.objects.get().title == "Race Bcc: all@example.org"


def test_a_form_gives_one_line_for_a_field_of_one_line_and_paragraphs_for_a_larger_one():
    class Form(StyledForm):
        title = forms.CharField()
        words = forms.CharField(widget=forms.Textarea)

    form = Form({"title": f"Race{OVERRIDE}\r\nnight ", "words": "One\r\ntwo"})
    assert form.is_valid()
    assert form.cleaned_data == {"title": "Race night", "words": "One\r\ntwo"}


# --- texts of several lines ------------------------------------------------------------------------

TYPED = f"We pay{OVERRIDE} 100\r\n\u2066now\u2069, \u05e9\u200f and more"
KEPT = "We pay 100\r\nnow, \u05e9\u200f and more"


def test_a_column_of_several_lines_is_a_plain_text_for_the_database():
    assert ProseField().deconstruct()[1] == "django.db.models.TextField"
    assert isinstance(ProseField(), models.TextField)


NO_PROSE = {
    "accounts.Session.session_data",
    "accounts.Letter.body",  # cleaned where it is posted, as its other part
    "accounts.Letter.html",
    "customer_voice.Feedback.text",  # what a customer wrote, as it was written
    "customer_voice.Feedback.waits",  # stretches of waiting in one canonical form
    "customer_voice.FormerAnswer.text",  # the same, before an import changed it
    "customer_voice.FormerAnswer.waits",
    "customer_voice.IncomingWebhook.sealed_former",
    "customer_voice.IncomingWebhook.sealed_secret",
    "customer_voice.Mailbox.sealed_password",
    "customer_voice.WatchedFile.reason",  # the product's own words on a file
    "customer_voice.WebhookCall.body",  # what was sent, as it was signed
    "employee_voice.KeyGroup.public_key",
    "employee_voice.Wave.sealing_public",
}


def test_every_text_of_several_lines_that_people_write_is_such_a_column():
    plain = {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models()
        if (ROOT / model.__module__.partition(".")[0]).is_dir()
        for column in model._meta.local_fields
        if isinstance(column, models.TextField)
        and not isinstance(column, (ProseField, models.JSONField))
        and column.name != "failure"
    }
    assert plain == NO_PROSE


def _texts(event):
    for side in (event.before, event.after):
        yield from (side or {}).values()


@pytest.mark.django_db
def test_what_people_write_turns_nothing_around_it_wherever_it_is_shown(ada, client_of):
    client = client_of(ada)
    sent = {"title": "Night", "owner": ada.pk, "problem": TYPED, "proposal": TYPED}
    made = client.post(
        f"/api/v1/o/{ada.organization.slug}/initiatives/", sent, content_type="application/json"
    )
    row = Initiative.objects.get()
    assert made.json()["problem"] == row.problem == row.proposal == KEPT
    touchpoint = TouchpointFactory(organization=ada.organization, purpose=TYPED)
    assert touchpoint.purpose == KEPT
    Touchpoint.objects.filter(pk=touchpoint.pk).update(purpose=f"{OVERRIDE}a\nb")
    assert Touchpoint.objects.get(pk=touchpoint.pk).purpose == "a\nb"
    changed = {"problem": f"Other{OVERRIDE} words", "lock_version": row.lock_version}
    address = f"/api/v1/o/{ada.organization.slug}/initiatives/{row.number}/"
    answer = client.patch(address, changed, content_type="application/json")
    assert answer.status_code == 200, answer.content
    events = AuditEvent.objects.of(ada.organization)
    assert OVERRIDE not in "".join(str(value) for event in events for value in _texts(event))


def test_a_form_takes_such_signs_out_of_paragraphs_too():
    class Form(StyledForm):
        words = forms.CharField(widget=forms.Textarea)

    form = Form({"words": TYPED})
    assert form.is_valid()
    assert form.cleaned_data == {"words": KEPT}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["coalition:initiative_list", "journeys:touchpoint_list", "customer_voice:feedback_list"]
)
def test_a_search_shows_its_words_again_without_such_signs(ada, client_of, name):
    TouchpointFactory(organization=ada.organization)
    page = client_of(ada).get(reverse(name, args=[ada.organization.slug]), {"q": f"Night{OVERRIDE}shift"})
    assert (page.status_code, OVERRIDE in page.text) == (200, False)
    assert 'value="Nightshift"' in page.text
