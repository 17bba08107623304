"""How a change of the metric becomes money: the inputs with their ranges, and who stands for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from coalition.models import Initiative
from common.errors import InvalidValues
from common.formats import reader
from cxstats.errors import InvalidInput
from impact.choices import (
    FORMULA_FACTORS,
    LONGEST_HORIZON,
    RESERVED_KEYS,
    Distribution,
    InputPreset,
    SourceKind,
    ValueKind,
    inputs_of,
)
from impact.models import CostLine, ValueModel, ValueParameter
from impact.parameters import core_parameter, range_arguments


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterValues:
    """What a person said about one input. `arguments` in the order of the distribution's name."""

    key: str
    arguments: tuple[float, ...]
    distribution: str = Distribution.PERT
    label: str = ""
    unit: str = ""
    source: str = ""
    source_kind: str = SourceKind.ASSUMPTION
    owner_name: str = ""

    @classmethod
    def of_range(cls, *, key: str, low: float, likely: float, high: float, **words: str) -> "ParameterValues":
        """Low, most likely and high; all three equal means that the input is known."""
        distribution, arguments = range_arguments(low, likely, high)
        return cls(key=key, distribution=distribution, arguments=arguments, **words)


@dataclass(frozen=True, kw_only=True, slots=True)
class CostValues:
    """What a person said about one cost; year 0 is before the go-live."""

    label: str
    year: int
    low: Decimal
    likely: Decimal
    high: Decimal
    source: str = ""


@transaction.atomic
def save_value_model(
    *,
    initiative: Initiative,
    by: Membership,
    kind: str,
    horizon_years: int,
    discount_rate_pct: Decimal,
    first_year_share: Decimal = Decimal(1),
    is_hard: bool = False,
    parameters: Sequence[ParameterValues],
    costs: Sequence[CostValues] = (),
) -> ValueModel:
    """Write the value model of an initiative; the trail keeps both states. Cases computed before stay.

    Raises InvalidValues; a field of an input is named `<key>-<part>`, of a cost `cost-<row>-<part>`.
    """
    Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    wrong = {
        **_wrong_frame(kind, horizon_years, discount_rate_pct, first_year_share),
        **_wrong_parameters(kind, parameters),
        **_wrong_costs(costs, horizon_years),
    }
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    model = ValueModel.objects.filter(initiative=initiative).first() or ValueModel(initiative=initiative)
    before = value_model_content(model) if model.pk else {}
    model.kind, model.horizon_years, model.is_hard = kind, horizon_years, is_hard
    model.discount_rate_pct, model.first_year_share = discount_rate_pct, first_year_share
    written = (model.changed_at, model.changed_by)
    model.changed_at, model.changed_by = timezone.now(), by
    model.save()
    model.parameters.all().delete()
    model.cost_lines.all().delete()
    ValueParameter.objects.bulk_create(_rows(model, kind, parameters))
    CostLine.objects.bulk_create(
        CostLine(
            value_model=model,
            label=cost.label.strip(),
            year=cost.year,
            low=cost.low,
            likely=cost.likely,
            high=cost.high,
            source=cost.source.strip(),
        )
        for cost in costs
    )
    after = value_model_content(model)
    if after == before:  # saving it as it was makes nobody its author
        model.changed_at, model.changed_by = written
        model.save(update_fields=["changed_at", "changed_by"])
        return model
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="value_model.saved",
        subject=initiative,
        before=before,
        after=after,
    )
    return model


def value_model_content(model: ValueModel) -> dict[str, Any]:
    """The whole model as plain values, for the trail and for a case's inputs. Two queries."""
    return {
        "kind": str(model.kind),
        "horizon_years": model.horizon_years,
        "discount_rate_pct": f"{model.discount_rate_pct:.2f}",
        "first_year_share": f"{model.first_year_share:.2f}",
        "is_hard": model.is_hard,
        "parameters": [
            {
                "key": row.key,
                "label": row.label,
                "unit": row.unit,
                "distribution": str(row.distribution),
                "arguments": row.arguments,
                "source": row.source,
                "source_kind": str(row.source_kind),
                "owner_name": row.owner_name,
            }
            for row in model.parameters.all()
        ],
        "costs": [
            {
                "label": row.label,
                "year": row.year,
                "low": f"{row.low:.2f}",
                "likely": f"{row.likely:.2f}",
                "high": f"{row.high:.2f}",
                # only where it is said: models from before it keep their digest
                **({"source": row.source} if row.source else {}),
            }
            for row in model.cost_lines.all()
        ],
    }


def _rows(model: ValueModel, kind: str, parameters: Sequence[ParameterValues]) -> list[ValueParameter]:
    presets = {preset.key: preset for preset in inputs_of(kind)}
    order = {key: place for place, key in enumerate(presets)}
    rows = []
    for place, values in enumerate(parameters):
        preset = presets.get(values.key)
        rows.append(
            ValueParameter(
                value_model=model,
                key=values.key,
                label=str(preset.label) if preset else values.label.strip(),
                unit=str(preset.unit) if preset else values.unit.strip(),
                distribution=values.distribution,
                arguments=list(values.arguments),
                source=values.source.strip(),
                source_kind=values.source_kind,
                owner_name=values.owner_name.strip(),
                position=order.get(values.key, place),
            )
        )
    return rows


def factor_key(label: str, taken: set[str]) -> str:
    """A key for a factor of an own formula, from its name; never one that the product keeps for itself."""
    base = slugify(label)[:40].replace("-", "_") or "factor"
    key, number = base, 2
    while key in taken or key in RESERVED_KEYS:
        key, number = f"{base}_{number}", number + 1
    return key


# --- what can be wrong ---------------------------------------------------------------------------

type Wrong = dict[str, str | Promise]


def _wrong_frame(kind: str, horizon: int, rate_pct: Decimal, first_year_share: Decimal) -> Wrong:
    wrong: Wrong = {}
    if kind not in ValueKind.values:
        wrong["kind"] = _("Choose how the change becomes money.")
    if not 1 <= horizon <= LONGEST_HORIZON:
        wrong["horizon_years"] = _("Count 1 to %(most)s years.") % {"most": LONGEST_HORIZON}
    if not 0 <= rate_pct <= 100:
        wrong["discount_rate_pct"] = _("A discount rate must be between 0 and %(high)s.") % {
            "high": reader().percent(1)
        }
    if not 0 <= first_year_share <= 1:
        wrong["first_year_share"] = _("A share must be between 0 and 1.")
    return wrong


def _wrong_parameters(kind: str, parameters: Sequence[ParameterValues]) -> Wrong:
    wrong: Wrong = {}
    presets = {preset.key: preset for preset in inputs_of(kind)}
    given = [values.key for values in parameters]
    for key in presets.keys() - set(given):
        wrong[f"{key}-likely"] = _("This input is required.")
    own = [key for key in given if key not in presets]
    if kind == ValueKind.FORMULA and not own:
        wrong["kind"] = _("A formula needs at least one factor besides the effect.")
    if (own and kind != ValueKind.FORMULA) or len(own) > FORMULA_FACTORS or len(given) != len(set(given)):
        wrong["kind"] = _("These inputs do not belong to this way of counting.")
    for values in parameters:
        wrong |= _wrong_parameter(values, presets.get(values.key))
    return wrong


def _wrong_parameter(values: ParameterValues, preset: InputPreset | None) -> Wrong:
    wrong: Wrong = {}
    if values.source_kind not in SourceKind.values:
        wrong[f"{values.key}-source_kind"] = _("Enter where this figure comes from.")
    elif values.source_kind != SourceKind.ASSUMPTION and not values.source.strip():
        wrong[f"{values.key}-source"] = _("Name the source: a ledger, a report, a system.")
    if preset is None and not values.label.strip():
        wrong[f"{values.key}-label"] = _("Name this factor.")
    message = _wrong_range(values, is_share=preset is not None and preset.is_share)
    if message:
        wrong[f"{values.key}-likely"] = message
    return wrong


def _wrong_range(values: ParameterValues, *, is_share: bool) -> str:
    """The core checks the distribution; what its figures may reach is checked here."""
    if values.distribution not in Distribution.values:
        return _("Choose a kind of range.")
    try:
        core_parameter(values.key, values.distribution, values.arguments)
    except InvalidInput:
        if values.distribution in (Distribution.PERT, Distribution.TRIANGULAR):
            return _("Low must not exceed most likely, and most likely must not exceed high.")
        return _("These figures do not make a range of this kind.")
    if values.distribution == Distribution.BETA:
        return ""
    figures = values.arguments[:1] if values.distribution == Distribution.NORMAL else values.arguments
    if is_share:
        if values.distribution in (Distribution.NORMAL, Distribution.LOGNORMAL) or not (
            min(figures) >= 0 and max(figures) <= 1
        ):
            return _("A share must be between 0 and 1: write %(number)s for %(share)s.") % {
                "number": reader().number(0.6, 1),
                "share": reader().percent(0.6),
            }
        return ""
    if min(figures) < 0 or max(figures) <= 0:
        return _("This must be above 0.")
    return ""


def _wrong_costs(costs: Sequence[CostValues], horizon: int) -> Wrong:
    wrong: Wrong = {}
    for row, cost in enumerate(costs):
        if not cost.label.strip():
            wrong[f"cost-{row}-label"] = _("Name this cost.")
        if not 0 <= cost.year <= horizon:
            wrong[f"cost-{row}-year"] = _("Choose a year from 0 to %(last)s.") % {"last": horizon}
        if cost.low < 0:
            wrong[f"cost-{row}-low"] = _("A cost cannot be negative.")
        elif not cost.low <= cost.likely <= cost.high:
            wrong[f"cost-{row}-likely"] = _(
                "Low must not exceed most likely, and most likely must not exceed high."
            )
    return wrong
