"""Texts of one line: what a column keeps, whoever writes it."""

import pytest
from django import forms
from django.db import models

from accounts.models import BusinessFunction
from coalition import services
from coalition.models import Initiative
from coalition.services import InitiativeValues
from common.columns import LineField
from common.errors import InvalidValues
from common.forms import StyledForm
from common.text import one_line, unbroken, without_overrides
from journeys.models import Touchpoint
from tests.factories.journeys import TouchpointFactory

OVERRIDE = "\u202e"


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_signs_that_turn_what_follows_are_taken_out(sign):
    assert without_overrides(f"Race{sign} night") == "Race night"
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
