"""A box is ticked or not; a word that is neither is refused."""

import pytest
from django.db.models import NOT_PROVIDED
from django.forms import Form, ModelChoiceField
from django.http import QueryDict
from django.utils.translation import override

from accounts.models import User
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


def test_what_stands_for_no_choice_is_said_in_our_own_words():
    """Django's "- Select an option -" has no Chinese; fields of rows and of models say ours."""
    column = User._meta.get_field("theme").clone()
    column.default = NOT_PROVIDED
    for language, words in (("en", "Choose one"), ("zh-hans", "请选择")):
        with override(language):
            assert str(ModelChoiceField(queryset=User.objects.none()).empty_label) == words
            assert str(column.formfield().choices[0][1]) == words
