"""What people type about studies and values: shape only."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.editing import SEEN, Edits, Stored, mark_of, read_marks
from common.forms import DeclaredForm, StyledForm
from impact.choices import (
    FORMULA_FACTORS,
    HAIRCUTS,
    PRESETS,
    InputPreset,
    ValueKind,
)
from impact.fields import COST, FRAME, CostValues
from impact.forms.associations import AssociationChoices
from impact.forms.ranges import FactorForm, RangeForm, RowOfList, held_of, range_initial
from impact.models import ValueModel, ValueParameter
from impact.selectors.library import LibraryChoices

COST_ROWS = 6
type Fields = dict[str, str | Promise]


class FrameForm(DeclaredForm):
    """How the change becomes money, and over how many years."""

    table = FRAME

    kind = forms.ChoiceField(choices=ValueKind, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What the hidden field says stands beside it, for the page of forms that were not sent."""
        super().__init__(*args, **kwargs)
        words = {value: str(label) for value, label in ValueKind.choices}
        self.fields["kind"].widget.attrs |= {
            "data-label": _("How it becomes money"),
            "data-choices": json.dumps(words, ensure_ascii=False),
        }

    def clean_inflation_pct(self) -> Decimal:
        """Left empty, prices stay as they are."""
        typed: Decimal | None = self.cleaned_data["inflation_pct"]
        return Decimal(0) if typed is None else typed


class CostForm(RowOfList):
    """One cost in one year; an empty row is left out."""

    table = COST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False

    def has_changed(self) -> bool:
        return not self.is_empty  # an empty row asks for nothing, also while another row is mended

    @property
    def is_empty(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("label", "low", "likely", "high"))

    def values(self) -> CostValues:
        return CostValues(**self.typed())


class ValueForms:
    """The page of a value model: its frame, its inputs, its haircuts, its costs."""

    def __init__(
        self,
        data: Any,
        *,
        kind: str,
        model: ValueModel | None,
        rate_pct: Decimal,
        edits: Edits = None,
        who_chose_kind: Callable[[], str] = str,
        planned_costs: Sequence[CostValues] = (),
        associations: AssociationChoices | None = None,
        library: LibraryChoices | None = None,
    ) -> None:
        """What is stored of a model, or what was typed about it. `edits` where others may be changing it:
        fields are compared one by one, factors and costs as a whole, since a row has no name but its
        place. A model that has become one of another kind since the page was drawn is one conflict: nothing
        of it takes the place of what the page shows. `who_chose_kind` names who did it. A new model begins
        with the `planned_costs`. `associations`, `library`: what inputs can be taken from."""
        self.kind, self.edits, self.model = kind, edits, model
        offered = associations or AssociationChoices()
        figures = library or LibraryChoices()
        stored = {row.key: row for row in model.parameters.all()} if model else {}
        same = model if model is not None and model.kind == kind else None
        self.frame = FrameForm(data, initial=_frame_initial(model, kind, rate_pct), edits=edits)
        self.inputs = [
            RangeForm(
                data,
                preset=preset,
                initial=range_initial(preset, stored.get(preset.key)) | offered.initial_of(preset.key),
                edits=edits,
                associations=offered.of(kind, preset.key),
                library=figures.of(preset.measure, held_of(stored.get(preset.key))),
            )
            for preset in PRESETS[kind]
        ]
        self.factors = list(_factor_forms(data, same, offered, figures)) if kind == ValueKind.FORMULA else []
        self.haircuts = [
            RangeForm(
                data,
                preset=preset,
                initial=range_initial(preset, stored.get(preset.key)),
                edits=edits,
                library=figures.of(preset.measure, held_of(stored.get(preset.key))),
            )
            for preset in HAIRCUTS
        ]
        lines = list(model.cost_lines.all()) if model else []
        initials = [COST.initial_of(line) for line in lines]
        if model is None:
            initials = [asdict(cost) for cost in planned_costs]
        self.costs = [
            CostForm(
                data, prefix=f"cost-{row}", initial=initials[row] if row < len(initials) else {"year": 0}
            )
            for row in range(max(COST_ROWS, len(initials) + 2, _cost_rows_sent(data)))
        ]
        self._refused = self._compare(stored, who_chose_kind)
        self.rows: list[CostForm] = []
        self.keys: dict[str, FactorForm] = {}

    @property
    def ranges(self) -> list[RangeForm]:
        return [*self.inputs, *self.haircuts]

    def is_valid(self) -> bool:
        filled: list[StyledForm] = [form for form in self.factors if not form.is_empty]
        filled += [form for form in self.costs if not form.is_empty]
        checked = [
            form.is_valid() for form in (self.frame, *self.ranges, *filled)
        ]  # every form, not the first
        for text in self._refused:
            self.frame.add_error(None, text)
        return all(checked) and not self._refused

    def _compare(self, stored: dict[str, ValueParameter], who_chose_kind: Callable[[], str]) -> list[str]:
        """What was left as shown is what is stored now. Returns what is refused, in words."""
        if not isinstance(self.edits, Stored):
            return []
        marks = read_marks(str(self.frame.data.get(SEEN, ""))) if self.frame.is_bound else {}
        kind_now = self.model.kind if self.model else ""
        refused: list[str] = []
        if self._has_changed("kind_stored", kind_now, marks) and kind_now != self.kind:
            refused.append(
                _(
                    "%(name)s changed how it becomes money to “%(kind)s” while you were writing. Your "
                    "entries are kept here. Save again to replace the whole value model with them."
                )
                % self._who_and_kind(who_chose_kind())
            )
            for form in (self.frame, *self.ranges):
                form.keep_as_typed()
            marks = {}
        refused += self._compare_out_of_sight(stored, self.edits, marks)
        return refused + self._compare_lists(self.edits, marks)

    def _has_changed(self, name: str, now: str, marks: dict[str, str]) -> bool:
        """Whether the page was drawn with another text than is stored `now`, which it carries from here."""
        self.frame.also_shown[name] = now
        return marks.get(name, mark_of(now)) != mark_of(now)

    def _who_and_kind(self, who: str) -> dict[str, Any]:
        return {"name": who or _("Someone"), "kind": ValueKind(self.model.kind).label if self.model else ""}

    def _compare_out_of_sight(
        self, stored: dict[str, ValueParameter], edits: Stored, marks: dict[str, str]
    ) -> list[str]:
        """A page of another kind than is stored replaces inputs that it does not show."""
        is_same = self.model is None or self.model.kind == self.kind
        shown = {form.preset.key for form in self.ranges}
        rows = [] if is_same else [row for key, row in stored.items() if key not in shown]
        if not self._has_changed("out_of_sight", "\n".join(map(_text_of_input, rows)), marks) or is_same:
            return []
        said = _(
            "%(name)s changed the inputs of “%(kind)s” while you were writing. Save again to replace them."
        )
        return [said % self._who_and_kind(edits.who())]

    def _compare_lists(self, edits: Stored, marks: dict[str, str]) -> list[str]:
        """Lists that were left as shown are what is stored now; one that two people changed is refused."""
        refused: list[str] = []
        lists: tuple[tuple[str, Any, Sequence[RangeForm | CostForm]], ...] = (
            ("factors", _("Factors"), self.factors),
            ("costs", _("Costs"), self.costs),
        )
        for name, label, forms_of_list in lists:
            if not forms_of_list:
                continue
            now = "\n".join(filter(None, (form.stored_row() for form in forms_of_list)))
            if not self._has_changed(name, now, marks):
                continue
            typed = "\n".join(filter(None, (form.typed_row() for form in forms_of_list)))
            if typed == now:
                continue
            if mark_of(typed) == marks[name]:
                for form in forms_of_list:
                    form.show_stored()
            else:
                refused.append(
                    _(
                        "%(list)s: %(name)s changed this list while you were writing. Save again to replace "
                        "it."
                    )
                    % {"list": label, "name": edits.who() or _("Someone")}
                )
        return refused

    def values(self) -> dict[str, Any]:
        """The arguments of `save_value_model`."""
        parameters = [form.values() for form in self.ranges]
        taken = {values.key for values in parameters}
        for form in self.factors:
            if not form.is_empty:
                values = form.named(taken)
                taken.add(values.key)
                self.keys[values.key] = form
                parameters.append(values)
        self.rows = [form for form in self.costs if not form.is_empty]
        return {
            **self.frame.cleaned_data,
            "parameters": parameters,
            "costs": [form.values() for form in self.rows],
        }

    def absorb(self, fields: Fields, message: str | Promise) -> None:
        """Put a service's refusal beside the fields that caused it."""
        by_key: dict[str, StyledForm] = {}
        by_key |= {form.preset.key: form for form in self.ranges}
        by_key |= self.keys
        by_key |= {f"cost-{row}": form for row, form in enumerate(self.rows)}
        rest: Fields = {}
        for name, text in fields.items():
            key, _dash, part = name.rpartition("-")
            form = by_key.get(key)
            if form is not None and part in form.fields:
                form.add_error(part, str(text))
            else:
                rest[name] = text
        if rest or not fields:
            self.frame.absorb(rest, message)


def _text_of_input(row: ValueParameter) -> str:
    """What people wrote of it. Name and unit of the product's own inputs are in the language of whoever saved
    last; a factor that people name has its key from its name."""
    figures = [float(figure) for figure in row.arguments]  # a program may have sent 180, the page sends 180.0
    return repr(
        (
            row.key,
            row.distribution,
            figures,
            row.source,
            row.source_kind,
            row.owner_name,
            row.association,
            row.library,
        )
    )


def _cost_rows_sent(data: Any) -> int:
    """How many rows of costs the page had; it may have been drawn when more were stored."""
    row = 0
    while data and f"cost-{row}-label" in data:
        row += 1
    return row


def _frame_initial(model: ValueModel | None, kind: str, rate_pct: Decimal) -> dict[str, Any]:
    if model is None:
        return {"kind": kind, "discount_rate_pct": rate_pct}
    return {**FRAME.initial_of(model), "kind": kind}


def _factor_forms(
    data: Any, model: ValueModel | None, offered: AssociationChoices, figures: LibraryChoices
) -> Iterable[FactorForm]:
    known = {preset.key for preset in HAIRCUTS}
    rows = [row for row in model.parameters.all() if row.key not in known] if model else []
    for place in range(FORMULA_FACTORS):
        row = rows[place] if place < len(rows) else None
        preset = InputPreset(key=f"factor-{place}", label=_("Factor"), unit="", help="")
        chosen = offered.initial_of_factor() if row is None and place == len(rows) else {}
        yield FactorForm(
            data,
            preset=preset,
            initial=range_initial(preset, row) | chosen,
            associations=offered.of(ValueKind.FORMULA, ""),
            library=figures.of(None, held_of(row)),
        )
