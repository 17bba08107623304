"""Filters of lists that refuse what they cannot read, on pages and in the API."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from common.forms import CheckboxInput, YesNoField

TOO_MANY_WORDS = "too_many_words"
MOST_WORDS = 8  # of a search: each is a condition more
LARGEST_ID = 2**63 - 1  # of a column that holds ids; the database fails at a number beyond it


class IdFilter(django_filters.NumberFilter):
    """Rows that point at the row of this id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)

    def get_max_validator(self) -> None:
        """None of its own: the field has its limit."""


def ensure_few_words(said: str) -> None:
    """For the field of a search: words that are left out without a word would find what nobody looked for."""
    if len(said.split()) > MOST_WORDS:
        message = _("At most %(limit)d words can be looked for at once.") % {"limit": MOST_WORDS}
        raise forms.ValidationError(message, code=TOO_MANY_WORDS)


class _AskedInput(CheckboxInput):
    """A checkbox of a filter: one that nobody mentions asks for nothing."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return super().value_from_datadict(data, files, name) if data.get(name) else None


class _AskedField(YesNoField):
    widget = _AskedInput

    def to_python(self, value: Any) -> Any:
        return None if value is None else super().to_python(value)


class YesNoFilter(django_filters.Filter):
    """Yes, no, or not asked; any other word is refused instead of counting as one of them."""

    field_class = _AskedField


def holding[Row: Model](rows: QuerySet[Row], words: Iterable[str], *fields: str) -> QuerySet[Row]:
    """Rows that hold each of the words in one of these fields or another, in any order."""
    for word in words:
        rule = Q()
        for field in fields:
            rule |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(rule)
    return rows
