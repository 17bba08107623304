"""How a change of the metric becomes money: the inputs with their ranges, and who stands for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.models import Initiative
from common.errors import InvalidValues
from common.fields import Use
from common.text import one_line
from cxstats.codec import marked
from cxstats.errors import InvalidInput
from impact.choices import (
    FORMULA_FACTORS,
    RESERVED_KEYS,
    Distribution,
    InputPreset,
    SourceKind,
    ValueKind,
    inputs_of,
)
from impact.errors import ValueModelChanged
from impact.fields import COST, FRAME, PARAMETER, CostValues, FrameValues, ParameterValues
from impact.models import CostLine, RoiCase, ValueModel, ValueParameter
from impact.parameters import core_parameter
from impact.services.linked import linked_inputs
from impact.services.telling import tell_of_program
from wording.formats import reader

OF_A_PRESET = frozenset({"label", "unit"})  # what the product says of an input that it knows
# With an input that the product names its key is stored; beside it the words of this language, whoever saves
# it, for they are part of a value's digest. Readers see those of their own.
STORED_LANGUAGE = "en"


@transaction.atomic
def save_value_model(
    *,
    initiative: Initiative,
    by: Membership,
    parameters: Sequence[ParameterValues],
    costs: Sequence[CostValues] = (),
    seen: ValueModel | None = None,
    **frame: Any,
) -> ValueModel:
    """Write the value model of an initiative; the trail keeps both states. Cases computed before stay.

    `frame` are the fields of `impact.fields.FrameValues`. The model is written whole: whoever began from one
    that was `seen` (an unsaved one where there was none) writes only as long as nobody else has
    (ValueModelChanged). Raises InvalidValues; a field
    of an input is named `<key>-<part>`, of a cost `cost-<row>-<part>`.
    """
    by = acting(by, Action.EDIT_VALUE)
    Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    model = ValueModel.objects.filter(initiative=initiative).first() or ValueModel(initiative=initiative)
    if seen is not None and _state(seen) != _state(model):
        raise ValueModelChanged(_("Someone else has just saved the value. Look at it, then save again."))
    values = FrameValues(**frame)
    parameters, unlinked = linked_inputs(initiative, values.kind, parameters)
    wrong = {
        **_wrong_frame(values),
        **_wrong_parameters(values.kind, parameters),
        **unlinked,
        **_wrong_costs(costs, values.horizon_years),
    }
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before = _as_written(model) if model.pk else ({}, {})
    FRAME.write(model, values)
    written = (model.changed_at, model.changed_by)
    model.changed_at, model.changed_by = timezone.now(), by
    model.save()
    model.parameters.all().delete()
    model.cost_lines.all().delete()
    ValueParameter.objects.bulk_create(_parameters(model, values.kind, parameters))
    CostLine.objects.bulk_create(_cost_lines(model, costs))
    after = _as_written(model)
    if after == before:  # saving it as it was makes nobody its author
        model.changed_at, model.changed_by = written
        model.save(update_fields=["changed_at", "changed_by"])
        return model
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="value_model.saved",
        subject=initiative,
        before=before[1],
        after=after[1],
    )
    _bring_back(initiative, value_model_content(model), by)
    tell_of_program(by.organization)
    return model


def _state(model: ValueModel) -> tuple[Any, ...]:
    """What tells one state of a stored model from the next; of those that are not stored there is one."""
    return (model.pk, model.changed_at) if model.pk else ()


def _bring_back(initiative: Initiative, content: dict[str, Any], by: Membership) -> None:
    """Inputs that return to earlier ones: the value that each study had under them counts again."""
    seen: set[int] = set()
    for case in (
        RoiCase.objects.filter(study__initiative=initiative, inputs__currency=by.organization.currency)
        .select_related("study")
        .defer("result", "study__inputs", "study__finding")
        .headline_first()
    ):
        if case.study_id not in seen and told_alone(case.inputs["value_model"]) == told_alone(content):
            seen.add(case.study_id)
            make_current(case=case, by=by)


def make_current(*, case: RoiCase, by: Membership) -> RoiCase:
    """Let a value that is known count again, with finance's word on it. No figure changes."""
    headline = RoiCase.objects.filter(study_id=case.study_id).headline_first().values_list("pk", flat=True)
    model = ValueModel.objects.get(initiative_id=case.study.initiative_id)
    if headline[0] == case.pk and case.follows(model):
        return case
    case.current_since = timezone.now()
    case.save(update_fields=["current_since"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="roi_case.returned",
        subject=case,
        after={"number": case.number, "input_digest": case.input_digest},
    )
    tell_of_program(by.organization)
    return case


def value_model_content(model: ValueModel, where: Use | None = Use.CONTENT) -> dict[str, Any]:
    """The whole model as plain values, those that appear `where` or all: by default what a case's inputs
    hold. Two queries."""
    content = {
        **FRAME.content_of(model, where),
        "parameters": [_parameter_content(row, where) for row in model.parameters.all()],
        "costs": [_cost_content(row, where) for row in model.cost_lines.all()],
    }
    return marked(content, version=FRAME.content_version)


def told_alone(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a model without what the product says of the inputs that it names. Models that were
    saved before hold these words in the language of whoever saved them; another one is no other model."""
    known = {preset.key for preset in inputs_of(content["kind"])}
    rows = [
        {name: value for name, value in row.items() if row["key"] not in known or name not in OF_A_PRESET}
        for row in content["parameters"]
    ]
    return {**content, "parameters": rows}


def _parameter_content(row: ValueParameter, where: Use | None) -> dict[str, Any]:
    content = PARAMETER.content_of(row, where, arguments=row.arguments)
    if content.get("association") is None and where is Use.CONTENT:  # as it was before there were any
        content.pop("association", None)
    return content


def _cost_content(row: CostLine, where: Use | None) -> dict[str, Any]:
    content = COST.content_of(row, where)
    if not content.get("source"):  # only where it is said: models from before it keep their digest
        content.pop("source", None)
    return content


def _as_written(model: ValueModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything that a person wrote, and what the history keeps of it: of an input that the product names
    the key, which says its name and unit in the reader's language."""
    return told_alone(value_model_content(model, None)), told_alone(value_model_content(model, Use.HISTORY))


def _parameters(model: ValueModel, kind: str, parameters: Sequence[ParameterValues]) -> list[ValueParameter]:
    presets = {preset.key: preset for preset in inputs_of(kind)}
    order = {key: place for place, key in enumerate(presets)}
    rows = []
    for place, values in enumerate(parameters):
        row = ValueParameter(value_model=model, position=order.get(values.key, place))
        PARAMETER.write(row, values)
        row.arguments = list(values.arguments)
        if preset := presets.get(values.key):
            with override(STORED_LANGUAGE):
                row.label, row.unit = str(preset.label), str(preset.unit)
        rows.append(row)
    return rows


def _cost_lines(model: ValueModel, costs: Sequence[CostValues]) -> list[CostLine]:
    rows = []
    for values in costs:
        row = CostLine(value_model=model)
        COST.write(row, values)
        rows.append(row)
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


def _wrong_frame(values: FrameValues) -> Wrong:
    wrong = FRAME.refusals(values)
    if "kind" in wrong:
        wrong["kind"] = _("Choose how the change becomes money.")
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
    if preset is None and not one_line(values.label):
        wrong[f"{values.key}-label"] = _("Name this factor.")
    if values.association is not None:  # as the data say it: neither end is anybody's choice
        return wrong
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
            if len(set(values.arguments)) == 1:
                return _("A range needs two different ends. One certain figure is given as “%(kind)s”.") % {
                    "kind": Distribution.FIXED.label
                }
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
        if not one_line(cost.label):
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
