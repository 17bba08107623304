"""A box is ticked or not; a word that is neither is refused."""

import pytest
from django.forms import Form
from django.http import QueryDict

from common.forms import YesNoField


class Sure(Form):
    sure = YesNoField(required=False)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("", False), ("sure=on", True), ("sure=true", True), ("sure=yes", True), ("sure=1", True),
     ("sure=True", True), ("sure=", False), ("sure=off", False), ("sure=false", False), ("sure=no", False),
     ("sure=0", False)],
)  # fmt: skip
def test_known_words_are_yes_or_no(sent, meant):
    form = Sure(QueryDict(sent))
    assert form.is_valid()
    assert form.cleaned_data["sure"] is meant


@pytest.mark.parametrize("sent", ["sure=maybe", "sure=2", "sure=null", "sure=-1", "sure=nope"])
def test_any_other_word_is_refused_and_not_read_as_yes(sent):
    form = Sure(QueryDict(sent))
    assert not form.is_valid()
    assert form.errors["sure"].as_data()[0].code == "invalid_choice"


def test_the_box_is_still_a_checkbox_for_templates():
    assert Sure()["sure"].widget_type == "checkbox"
    assert 'type="checkbox"' in str(Sure()["sure"])
