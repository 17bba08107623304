"""What people type about studies and values: shape only."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, LocalIntegerField, LocalNumberField, StyledForm, YesNoField
from impact.choices import (
    FORMULA_FACTORS,
    HAIRCUTS,
    LONGEST_HORIZON,
    PRESETS,
    Distribution,
    InputPreset,
    SignOff,
    SourceKind,
    ValueKind,
)
from impact.models import ValueModel, ValueParameter
from impact.services import CostValues, ParameterValues
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


class FrameForm(StyledForm):
    """How the change becomes money, and over how many years."""

    kind = forms.ChoiceField(choices=ValueKind, widget=forms.HiddenInput)
    horizon_years = LocalIntegerField(
        label=_("Years counted"), min_value=1, max_value=LONGEST_HORIZON, initial=3
    )
    discount_rate_pct = LocalNumberField(
        label=_("Discount rate, % a year"), min_value=Decimal(0), max_value=Decimal(100), decimal_places=2
    )
    first_year_share = LocalNumberField(
        label=_("Share of the full benefit in year 1"),
        min_value=Decimal(0),
        max_value=Decimal(1),
        decimal_places=2,
        initial=Decimal(1),
        help_text=_("Less than 1 where the benefit builds up slowly."),
    )
    is_hard = YesNoField(
        label=_("Shows in the books"),
        required=False,
        help_text=_("Hard benefits reach the ledger; soft benefits have value but do not."),
    )


class RangeForm(StyledForm):
    """One input: low, most likely, high, and who says so."""

    low = LocalNumberField(label=_("Low"))
    likely = LocalNumberField(label=_("Most likely"))
    high = LocalNumberField(label=_("High"))
    source_kind = forms.ChoiceField(
        label=_("Kind of source"), choices=SourceKind, initial=SourceKind.ASSUMPTION
    )
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    owner_name = forms.CharField(label=_("Responsible person"), max_length=120, required=False)

    def __init__(self, *args: Any, preset: InputPreset, **kwargs: Any) -> None:
        super().__init__(*args, prefix=preset.key, **kwargs)
        self.preset = preset

    def values(self) -> ParameterValues:
        data = self.cleaned_data
        return ParameterValues.of_range(
            key=self.preset.key,
            low=float(data["low"]),
            likely=float(data["likely"]),
            high=float(data["high"]),
            **{name: data[name] for name in ("source_kind", "source", "owner_name")},
        )


class FactorForm(RangeForm):
    """One factor of an own formula; an empty row is left out."""

    label = forms.CharField(label=_("Factor"), max_length=120, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    field_order = ["label", "unit", "low", "likely", "high"]

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
            **{name: data[name] for name in ("label", "unit", "source_kind", "source", "owner_name")},
        )


class CostForm(StyledForm):
    """One cost in one year; an empty row is left out."""

    label = forms.CharField(label=_("Cost"), max_length=120)
    year = LocalIntegerField(label=_("Year"), min_value=0, max_value=LONGEST_HORIZON)
    low = LocalNumberField(label=_("Low"), max_digits=14, decimal_places=2)
    likely = LocalNumberField(label=_("Most likely"), max_digits=14, decimal_places=2)
    high = LocalNumberField(label=_("High"), max_digits=14, decimal_places=2)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("purchase order, time sheets, offer")}),
    )

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
        return CostValues(**self.cleaned_data)


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
        initials = [
            {name: getattr(line, name) for name in ("label", "year", "low", "likely", "high", "source")}
            for line in lines
        ]
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
    names = ("horizon_years", "discount_rate_pct", "first_year_share", "is_hard")
    return {"kind": kind, **{name: getattr(model, name) for name in names}}


def _range_initial(preset: InputPreset, row: ValueParameter | None) -> dict[str, Any]:
    """What is stored, where it is a range of three; else only the usual kind of source."""
    if row is None:
        return {"source_kind": preset.source_kind}
    words = {"source": row.source, "source_kind": row.source_kind, "owner_name": row.owner_name}
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
        initial = _range_initial(preset, row)
        if row is not None:
            initial |= {"label": row.label, "unit": row.unit}
        yield FactorForm(data, preset=preset, initial=initial)
