"""A further benefit of a value model: its frame and its inputs. Shape only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise

from common.forms import DeclaredForm, StyledForm
from impact.choices import FORMULA_FACTORS, PRESETS, InputPreset, ValueKind
from impact.fields import LINE, BenefitValues, LineValues
from impact.forms.associations import AssociationChoices
from impact.forms.ranges import FactorForm, RangeForm, held_of, range_initial
from impact.models import ValueLine
from impact.selectors.library import LibraryChoices

STATE = "model_changed_at"  # when the value model was last changed, as the page was drawn with it


class BenefitForm(DeclaredForm):
    """What the benefit is called, and how it is counted."""

    table = LINE

    kind = forms.ChoiceField(choices=ValueKind, widget=forms.HiddenInput)


class LineForms:
    """The page of one further benefit."""

    def __init__(
        self,
        data: Any,
        *,
        kind: str,
        line: ValueLine | None,
        associations: AssociationChoices,
        library: LibraryChoices,
    ) -> None:
        stored = {row.key: row for row in line.parameters.all()} if line is not None else {}
        same = line is not None and line.kind == kind
        initial = {**LINE.initial_of(line), "kind": kind} if line is not None else {"kind": kind}
        self.kind = kind
        self.frame = BenefitForm(data, initial=initial)
        self.inputs = [
            RangeForm(
                data,
                preset=preset,
                initial=range_initial(preset, stored.get(preset.key)) | associations.initial_of(preset.key),
                associations=associations.of(kind, preset.key),
                library=library.of(preset.measure, held_of(stored.get(preset.key))),
            )
            for preset in PRESETS[kind]
        ]
        rows = list(stored.values()) if same else []
        self.factors = [
            self._factor(data, place, rows, associations, library)
            for place in range(FORMULA_FACTORS if kind == ValueKind.FORMULA else 0)
        ]
        self._by_key: dict[str, StyledForm] = {form.preset.key: form for form in self.inputs}

    @staticmethod
    def _factor(
        data: Any,
        place: int,
        rows: Sequence[Any],
        associations: AssociationChoices,
        library: LibraryChoices,
    ) -> FactorForm:
        row = rows[place] if place < len(rows) else None
        preset = InputPreset(key=f"factor-{place}", label="", unit="", help="")
        return FactorForm(
            data,
            preset=preset,
            initial=range_initial(preset, row),
            associations=associations.of(ValueKind.FORMULA, ""),
            library=library.of(None, held_of(row)),
        )

    def is_valid(self) -> bool:
        filled = [form for form in self.factors if not form.is_empty]
        checked = [form.is_valid() for form in (self.frame, *self.inputs, *filled)]  # every form
        return all(checked)

    def values(self) -> LineValues:
        parameters = [form.values() for form in self.inputs]
        taken = {one.key for one in parameters}
        for form in self.factors:
            if not form.is_empty:
                values = form.named(taken)
                taken.add(values.key)
                self._by_key[values.key] = form
                parameters.append(values)
        return LineValues(frame=BenefitValues(**self.frame.typed()), parameters=tuple(parameters))

    def absorb(self, fields: dict[str, str | Promise], message: str | Promise, *, row: int) -> None:
        """Put a refusal of the service about the benefit in this row beside the fields that caused it."""
        rest: dict[str, str | Promise] = {}
        for name, text in fields.items():
            own = name.removeprefix(f"line-{row}-")
            key, _dash, part = own.rpartition("-")
            form = self._by_key.get(key)
            if form is not None and part in form.fields:
                form.add_error(part, str(text))
            else:
                rest[own] = text
        if rest or not fields:
            self.frame.absorb(rest, message)
