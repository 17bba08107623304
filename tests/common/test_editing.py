"""Forms that two people have open at once, and forms that are sent twice."""

import re

import pytest
from django import forms
from django.http import QueryDict

from common.editing import NEW, Stored, mark_of, read_marks
from common.forms import LocalIntegerField, StyledForm, YesNoField


class PlaceForm(StyledForm):
    name = forms.CharField()
    quorum = LocalIntegerField()
    kind = forms.ChoiceField(choices=[("a", "First"), ("b", "Second")])
    tags = forms.MultipleChoiceField(
        choices=[("x", "Ex"), ("y", "Why")], required=False, widget=forms.CheckboxSelectMultiple
    )
    has_vote = YesNoField(required=False)
    words = forms.CharField(widget=forms.Textarea, required=False)


BEFORE = {
    "name": "Charter",
    "quorum": 60,
    "kind": "a",
    "tags": ["x"],
    "has_vote": True,
    "words": "one\ntwo",
}
AFTER = {"name": "Charter", "quorum": 80, "kind": "b", "tags": ["x", "y"], "has_vote": False, "words": ""}


def drawn(form):
    return "".join(str(form[name]) for name in form.fields)


def shown_by(stored):
    """What the hidden field of a page says that shows this row."""
    html = drawn(PlaceForm(initial=stored, edits=Stored(who=lambda: "Paula")))
    (value,) = re.findall(r'<input type="hidden" name="seen" value="([^"]*)">', html)
    return value


def sent(stored, **typed):
    """What a browser sends for a page that shows `stored` and in which this was typed."""
    data = QueryDict(mutable=True)
    values = {**stored, **typed}
    data.update({"name": values["name"], "quorum": str(values["quorum"]), "kind": values["kind"]})
    data["words"] = values["words"].replace("\n", "\r\n")
    data.setlist("tags", values["tags"])
    if values["has_vote"]:
        data["has_vote"] = "on"
    data["seen"] = shown_by(stored)
    return data


def form_of(data, stored):
    return PlaceForm(data, initial=stored, edits=Stored(who=lambda: "Paula"))


def test_what_was_left_as_shown_is_what_is_stored_now():
    form = form_of(sent(BEFORE, name="Our charter"), AFTER)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "Our charter",
        "quorum": 80,
        "kind": "b",
        "tags": ["x", "y"],
        "has_vote": False,
        "words": "",
    }


def test_what_nobody_changed_meanwhile_is_what_was_typed():
    form = form_of(sent(BEFORE, quorum=70, has_vote=False, tags=[]), BEFORE)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["quorum"], form.cleaned_data["has_vote"], form.cleaned_data["tags"]) == (
        70,
        False,
        [],
    )


REPLACES = "Save again to replace it."


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("quorum", 70, f"Paula changed this while you were writing. Stored now: 80. {REPLACES}"),
        ("words", "three", f"Paula emptied this while you were writing. {REPLACES}"),
    ],
)
def test_what_both_changed_is_refused_once_and_then_replaced(field, typed, sentence):
    form = form_of(sent(BEFORE, **{field: typed}), AFTER)
    assert not form.is_valid()
    assert form.errors == {field: [sentence]}
    assert form[field].value() == str(typed)  # what was typed is kept
    again = sent(AFTER, **{field: typed})
    again["seen"] = re.findall(r'name="seen" value="([^"]*)"', drawn(form))[0]
    form = form_of(again, AFTER)
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == typed


def test_a_choice_is_said_in_words():
    stored = {**BEFORE, "kind": "b", "tags": ["x", "y"]}
    data = sent(BEFORE, tags=["y"])
    form = form_of(data, stored)
    assert form.errors["tags"] == [
        "Paula changed this while you were writing. Stored now: Ex, Why. Save again to replace it."
    ]
    nobody = PlaceForm(data, initial=stored, edits=Stored(who=lambda: ""))
    assert nobody.errors["tags"][0].startswith("Someone changed this")


def test_two_who_typed_the_same_agree():
    assert form_of(sent(BEFORE, quorum=80), AFTER).is_valid()


def test_a_page_without_the_hidden_field_is_taken_as_typed():
    data = sent(BEFORE)
    del data["seen"]
    form = form_of(data, AFTER)
    assert form.is_valid()
    assert form.cleaned_data["quorum"] == 60


def test_marks_that_nobody_can_read_are_left_out():
    assert read_marks("a:1,nonsense,b:c:2,,") == {"a": "1", "b:c": "2"}
    assert mark_of("60") != mark_of("80")


def test_the_hidden_field_is_drawn_once_wherever_the_first_field_stands():
    form = PlaceForm(initial=BEFORE, edits=Stored(who=lambda: ""))
    assert 'name="seen"' in str(form["quorum"])
    assert 'name="seen"' not in str(form["name"])
    assert str(PlaceForm(initial=BEFORE, edits=Stored(who=lambda: ""))).count('name="seen"') == 1


def test_a_new_row_has_a_token_that_stays_while_it_is_corrected():
    html = drawn(PlaceForm(edits=NEW))
    (token,) = re.findall(r'<input type="hidden" name="once" value="([^"]{20,})">', html)
    assert token not in drawn(PlaceForm(edits=NEW))
    data = sent(BEFORE, name="")
    data["once"] = token
    assert f'name="once" value="{token}"' in drawn(PlaceForm(data, edits=NEW))


def test_a_form_about_nothing_stored_carries_nothing():
    assert 'type="hidden"' not in drawn(PlaceForm())
