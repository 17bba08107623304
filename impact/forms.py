"""What people type about studies and values: shape only."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, DeclaredForm, LocalNumberField, StyledForm
from impact.choices import (
    FORMULA_FACTORS,
    HAIRCUTS,
    PRESETS,
    Distribution,
    InputPreset,
    SignOff,
    ValueKind,
)
from impact.fields import COST, FRAME, PARAMETER, CostValues, ParameterValues
from impact.models import ValueModel, ValueParameter
from impact.services.values import factor_key

COST_ROWS = 6
type Fields = dict[str, str | Promise]


class StudyForm(StyledForm):
    data_cutoff = forms.DateField(
        label=_("Count answers up to and including"),
        widget=DateInput,
        help_text=_("Only complete periods count. Later answers are left for the next study."),
    )


class ReviewForm(StyledForm):
    decision = forms.TypedChoiceField(  # the pressed button
        choices=[("sign", SignOff.SIGNED.label), ("dispute", SignOff.DISPUTED.label)],
        coerce={"sign": SignOff.SIGNED, "dispute": SignOff.DISPUTED}.__getitem__,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Sign off or dispute: nothing was recorded.")
        ),
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say_when_needed(_("needed to dispute"), "comment")


class FrameForm(DeclaredForm):
    """How the change becomes money, and over how many years."""

    table = FRAME

    kind = forms.ChoiceField(choices=ValueKind, widget=forms.HiddenInput)


class RangeForm(DeclaredForm):
    """One input: low, most likely, high, and who says so. What a preset says already is not asked."""

    table = PARAMETER
    is_named: ClassVar[bool] = False
    field_order: tuple[str, ...] = ("low", "likely", "high", "source_kind")

    low = LocalNumberField(label=_("Low"))
    likely = LocalNumberField(label=_("Most likely"))
    high = LocalNumberField(label=_("High"))

    def __init__(self, *args: Any, preset: InputPreset, **kwargs: Any) -> None:
        super().__init__(*args, prefix=preset.key, **kwargs)
        self.preset = preset
        for name in () if self.is_named else ("label", "unit"):
            del self.fields[name]

    def values(self) -> ParameterValues:
        data = self.cleaned_data
        return ParameterValues.of_range(
            key=self.preset.key,
            low=float(data["low"]),
            likely=float(data["likely"]),
            high=float(data["high"]),
            **self.typed(),
        )


class FactorForm(RangeForm):
    """One factor of an own formula; an empty row is left out."""

    is_named = True
    field_order = ("label", "unit", "low", "likely", "high", "source_kind")

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
        data = self.cleaned_data
        return ParameterValues.of_range(
            key=factor_key(data["label"], taken),
            low=float(data["low"]),
            likely=float(data["likely"]),
            high=float(data["high"]),
            **self.typed(),
        )


class CostForm(DeclaredForm):
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

    def __init__(self, data: Any, *, kind: str, model: ValueModel | None, rate_pct: Decimal) -> None:
        self.kind = kind
        stored = {row.key: row for row in model.parameters.all()} if model else {}
        same = model if model is not None and model.kind == kind else None
        self.frame = FrameForm(data, initial=_frame_initial(model, kind, rate_pct))
        self.inputs = [
            RangeForm(data, preset=preset, initial=_range_initial(preset, stored.get(preset.key)))
            for preset in PRESETS[kind]
        ]
        self.factors = list(_factor_forms(data, same)) if kind == ValueKind.FORMULA else []
        self.haircuts = [
            RangeForm(data, preset=preset, initial=_range_initial(preset, stored.get(preset.key)))
            for preset in HAIRCUTS
        ]
        lines = list(model.cost_lines.all()) if model else []
        initials = [COST.initial_of(line) for line in lines]
        self.costs = [
            CostForm(
                data, prefix=f"cost-{row}", initial=initials[row] if row < len(initials) else {"year": 0}
            )
            for row in range(max(COST_ROWS, len(initials) + 2))
        ]
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
        return all(checked)

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


def _frame_initial(model: ValueModel | None, kind: str, rate_pct: Decimal) -> dict[str, Any]:
    if model is None:
        return {"kind": kind, "discount_rate_pct": rate_pct}
    return {**FRAME.initial_of(model), "kind": kind}


def _range_initial(preset: InputPreset, row: ValueParameter | None) -> dict[str, Any]:
    """What is stored, where it is a range of three; else only the usual kind of source."""
    if row is None:
        return {"source_kind": preset.source_kind}
    words = PARAMETER.initial_of(row)
    if row.distribution == Distribution.FIXED:
        return {**words, **dict.fromkeys(("low", "likely", "high"), row.arguments[0])}
    if row.distribution in (Distribution.PERT, Distribution.TRIANGULAR):
        return {**words, **dict(zip(("low", "likely", "high"), row.arguments, strict=True))}
    return words


def _factor_forms(data: Any, model: ValueModel | None) -> Iterable[FactorForm]:
    known = {preset.key for preset in HAIRCUTS}
    rows = [row for row in model.parameters.all() if row.key not in known] if model else []
    for place in range(FORMULA_FACTORS):
        row = rows[place] if place < len(rows) else None
        preset = InputPreset(key=f"factor-{place}", label=_("Factor"), unit="", help="")
        yield FactorForm(data, preset=preset, initial=_range_initial(preset, row))
