"""Columns that hold their own rule, whatever writes them: a form, the API, an import, a command."""

from typing import TYPE_CHECKING, Any

from django.db import models

from common.text import legible, unbroken

if TYPE_CHECKING:
    _Line = models.CharField[str, str]
    _Prose = models.TextField[str, str]
else:
    _Line = models.CharField
    _Prose = models.TextField


class _CleansText:
    """What is cleaned on the way to the database, and in the row in memory: digests are made from it."""

    @staticmethod
    def cleaned(text: str) -> str:
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if isinstance(value, str):
            value = self.cleaned(value)
            setattr(model_instance, self.attname, value)  # type: ignore[attr-defined]
        return value

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)  # type: ignore[misc]
        return self.cleaned(prepared) if isinstance(prepared, str) else prepared


class ProseField(_CleansText, _Prose):
    """A text of several lines, which stay; what would turn the direction of the words around it goes.

    It stands between our own sentences: in the trail, in letters, in documents. In the database it is a plain
    text.
    """

    cleaned = staticmethod(legible)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class LineField(_CleansText, _Line):
    """A text of one line: a title, a name, a label.

    A line break becomes a blank, and what would turn the direction of the words around it is taken out:
    titles stand in the sentences of documents and in the subjects of letters. In the database it is a plain
    text.
    """

    cleaned = staticmethod(unbroken)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
