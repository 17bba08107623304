"""Columns that hold their own rule, whatever writes them: a form, the API, an import, a command."""

from typing import TYPE_CHECKING, Any

from django.db import models

from common.text import unbroken

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField


class LineField(_Text):
    """A text of one line: a title, a name, a label.

    A line break becomes a blank, and what would turn the direction of the words around it is taken out:
    titles stand in the sentences of documents and in the subjects of letters. In the database it is a plain
    text.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The row in memory says what is stored: digests and letters are made from it."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = unbroken(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return unbroken(prepared) if isinstance(prepared, str) else prepared
