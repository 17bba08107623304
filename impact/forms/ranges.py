"""What people type about one input of a value model: shape only."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.editing import as_text, sent_values, stored_text
from common.forms import DeclaredForm, LocalNumberField
from impact.choices import Distribution, InputPreset, SourceKind
from impact.fields import PARAMETER, ParameterValues
from impact.forms.associations import ends_of_association
from impact.models import LineInput, ValueParameter
from impact.services.values import factor_key


class RowOfList(DeclaredForm):
    """One of several rows without a name, which are compared as a whole."""

    def stored_row(self) -> str:
        """What is stored of it, in one line; empty for none."""
        return self._line(
            {name: stored_text(field, self.initial.get(name)) for name, field in self.fields.items()}
        )

    def typed_row(self) -> str:
        return self._line(
            {
                name: as_text(field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))
                for name, field in self.fields.items()
            }
        )

    def show_stored(self) -> None:
        """Stand for the stored row, whatever was typed."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, field in self.fields.items():
            data.setlist(self.add_prefix(name), sent_values(field, self.initial.get(name)))
        self.data = data

    @staticmethod
    def _line(texts: dict[str, str]) -> str:
        is_empty = not any(texts.get(name) for name in ("label", "low", "likely", "high"))
        return "" if is_empty else repr(sorted(texts.items()))


class RangeForm(RowOfList):
    """One input: low, most likely, high, and who says so. What a preset says already is not asked."""

    table = PARAMETER
    is_named: ClassVar[bool] = False
    field_order: tuple[str, ...] = ("association", "library", "low", "likely", "high", "source_kind")

    association = forms.TypedChoiceField(
        label=_("Taken from own data"), coerce=int, required=False, empty_value=None
    )

    library = forms.ChoiceField(label=_("Taken from the library"), required=False)

    low = LocalNumberField(label=_("Low"))
    likely = LocalNumberField(label=_("Most likely"))
    high = LocalNumberField(label=_("High"))

    def __init__(
        self,
        *args: Any,
        preset: InputPreset,
        associations: Sequence[tuple[int, str]] = (),
        library: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """`associations`, `library`: key and words of what this input can be taken from instead."""
        super().__init__(*args, prefix=preset.key, **kwargs)
        self.preset = preset
        self._offer(associations)
        self._offer_library(library)
        if preset.is_share:
            for name in ("low", "likely", "high"):
                self.fields[name].percent_as = Decimal("0.01")  # type: ignore[attr-defined]
        for name in () if self.is_named else ("label", "unit"):
            del self.fields[name]
        self.say_when_needed(_("needed unless it is an assumption"), "source")

    def _offer(self, associations: Sequence[tuple[int, str]]) -> None:
        """The choice between typed figures and own data, where there are any. Who has chosen the latter need
        not type."""
        kinds = self.fields["source_kind"]
        if self.initial.get("source_kind") != SourceKind.ASSOCIATION:
            kinds.choices = [one for one in SourceKind.choices if one[0] != SourceKind.ASSOCIATION]  # type: ignore[attr-defined]
        if not associations:
            del self.fields["association"]
            return
        choice = self.fields["association"]
        choice.choices = [("", _("No: as entered below")), *associations]  # type: ignore[attr-defined]
        choice.help_text = _(
            "An association, never a cause. Its range takes the place of the figures and the source below."
        )
        if self.is_bound and self.data.get(self.add_prefix("association")):
            for name in ("low", "likely", "high"):
                self.fields[name].required = False

    def _offer_library(self, figures: Sequence[tuple[str, str]]) -> None:
        if not figures:
            del self.fields["library"]
            return
        choice = self.fields["library"]
        choice.choices = [("", _("No: as entered below")), *figures]  # type: ignore[attr-defined]
        choice.help_text = _(
            "Its range and its source take the place of those below, and stay as they are now."
        )
        if self.is_bound and self.data.get(self.add_prefix("library")):
            for name in ("low", "likely", "high"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Figures typed over those that were taken would be lost without a word."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        held = self.initial.get("library")
        if held and data.get("library") == held:
            typed = {name: data.get(name) for name in ("low", "likely", "high")}
            if any(
                one is not None and float(one) != float(self.initial.get(name, one))
                for name, one in typed.items()
            ):
                text = _("These figures are the library's. Choose “%(no)s” to enter your own.")
                self.add_error("library", text % {"no": _("No: as entered below")})
        return data

    @property
    def range_fields(self) -> list[forms.BoundField]:
        """What stands in one line; the choices of own data and of the library have lines above it."""
        return [field for field in self.visible_fields() if field.name not in ("association", "library")]

    def values(self) -> ParameterValues:
        return self._values(self.preset.key)

    def _values(self, key: str) -> ParameterValues:
        data = self.cleaned_data
        # the service takes the figures from there
        if data.get("association") is not None or data.get("library"):
            return ParameterValues(key=key, distribution=Distribution.NORMAL, arguments=(), **self.typed())
        return ParameterValues.of_range(
            key=key,
            low=float(data["low"]),
            likely=float(data["likely"]),
            high=float(data["high"]),
            **self.typed(),
        )


class FactorForm(RangeForm):
    """One factor of an own formula; an empty row is left out."""

    is_named = True
    field_order = ("label", "unit", "association", "library", "low", "likely", "high", "source_kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False
        self.fields["source_kind"].show_hidden_initial = False

    def has_changed(self) -> bool:
        return not self.is_empty  # a row that stands as it was stored is read like a new one

    @property
    def is_empty(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("label", "low", "likely", "high"))

    def named(self, taken: set[str]) -> ParameterValues:
        return self._values(factor_key(self.cleaned_data["label"], taken))


def held_of(row: ValueParameter | LineInput | None) -> str:
    """What an input holds of the library."""
    return row.library if row is not None else ""


def range_initial(preset: InputPreset, row: ValueParameter | LineInput | None) -> dict[str, Any]:
    """What is stored, where it is a range of three; else only the usual kind of source."""
    if row is None:
        return {"source_kind": preset.source_kind}
    words = PARAMETER.initial_of(row)
    if row.distribution == Distribution.FIXED:
        return {**words, **dict.fromkeys(("low", "likely", "high"), row.arguments[0])}
    if row.association is not None:
        return {**words, **ends_of_association(*row.arguments)}
    if row.distribution in (Distribution.PERT, Distribution.TRIANGULAR):
        return {**words, **dict(zip(("low", "likely", "high"), row.arguments, strict=True))}
    return words
