"""How a change of the metric becomes money: the inputs with their ranges, and who stands for them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.models import Initiative
from common.errors import InvalidValues
from impact.choices import InputPreset, inputs_of, is_reserved
from impact.errors import ValueModelChanged, ValueModelIncomplete
from impact.fields import (
    COST,
    FRAME,
    LINE,
    LINE_INPUT,
    PARAMETER,
    CostValues,
    FrameValues,
    LineValues,
    ParameterValues,
)
from impact.models import CostLine, LineInput, RoiCase, ValueLine, ValueModel, ValueParameter
from impact.services.linked import linked_inputs, linked_lines
from impact.services.telling import tell_of_program
from impact.services.value_checks import (
    Wrong,
    wrong_costs,
    wrong_frame,
    wrong_lines,
    wrong_parameters,
)
from impact.services.value_content import as_written, told_alone, value_model_content

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
    lines: Sequence[LineValues] | None = None,
    seen: ValueModel | None = None,
    **frame: Any,
) -> ValueModel:
    """Write the value model of an initiative; the trail keeps both states. Cases computed before stay.

    `frame` are the fields of `impact.fields.FrameValues`. The model is written whole: whoever began from one
    that was `seen` (an unsaved one where there was none) writes only as long as nobody else has
    (ValueModelChanged). `lines`: its further benefits; those that it has stay if None. Raises
    InvalidValues; a field of an input is named `<key>-<part>`, of a cost `cost-<row>-<part>`, of a further
    benefit `line-<row>-<part>`.
    """
    by = acting(by, Action.EDIT_VALUE)
    model = _locked(initiative, seen)
    values = FrameValues(**frame)
    parameters, unlinked = linked_inputs(initiative, values.kind, parameters)
    wrong = {
        **wrong_frame(values),
        **wrong_parameters(values.kind, parameters),
        **unlinked,
        **wrong_costs(costs, values.horizon_years),
    }
    if lines is not None:
        lines, wrong_of_lines = _checked_lines(initiative, lines)
        wrong |= wrong_of_lines
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before = as_written(model) if model.pk else ({}, {})
    FRAME.write(model, values)
    written = (model.changed_at, model.changed_by)
    model.changed_at, model.changed_by = timezone.now(), by
    model.save()
    model.parameters.all().delete()
    model.cost_lines.all().delete()
    ValueParameter.objects.bulk_create(_parameters(model, values.kind, parameters))
    CostLine.objects.bulk_create(_cost_lines(model, costs))
    if lines is not None:
        _write_lines(model, lines)
    return _kept(model, by, before, written)


@transaction.atomic
def save_benefit_lines(
    *, initiative: Initiative, by: Membership, lines: Sequence[LineValues], seen: ValueModel | None = None
) -> ValueModel:
    """Write the further benefits of a value model, all of them; what else it says stays.

    Raises ValueModelIncomplete where there is no model, ValueModelChanged, InvalidValues with fields
    `line-<row>-<part>`.
    """
    by = acting(by, Action.EDIT_VALUE)
    model = _locked(initiative, seen)
    if model.pk is None:
        raise ValueModelIncomplete(_("First define how a change in this metric becomes money."))
    lines, wrong = _checked_lines(initiative, lines)
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before, written = as_written(model), (model.changed_at, model.changed_by)
    model.changed_at, model.changed_by = timezone.now(), by
    model.save(update_fields=["changed_at", "changed_by"])
    _write_lines(model, lines)
    return _kept(model, by, before, written)


def _locked(initiative: Initiative, seen: ValueModel | None) -> ValueModel:
    """The model as it stands, or an unsaved one; refused where another state of it was seen."""
    Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    model = ValueModel.objects.filter(initiative=initiative).first() or ValueModel(initiative=initiative)
    if seen is not None and _state(seen) != _state(model):
        raise ValueModelChanged(_("Someone else has just saved the value. Look at it, then save again."))
    return model


def _checked_lines(initiative: Initiative, lines: Sequence[LineValues]) -> tuple[list[LineValues], Wrong]:
    found, unlinked = linked_lines(initiative, lines)
    return found, {**wrong_lines(found), **unlinked}


def _kept(model: ValueModel, by: Membership, before: tuple[Any, Any], written: tuple[Any, Any]) -> ValueModel:
    """What was written, with its entry in the trail; saving it as it was makes nobody its author."""
    after, initiative = as_written(model), model.initiative
    if after == before:
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


def _parameters(model: ValueModel, kind: str, parameters: Sequence[ParameterValues]) -> list[ValueParameter]:
    presets = {preset.key: preset for preset in inputs_of(kind)}
    order = {key: place for place, key in enumerate(presets)}
    rows = []
    for place, values in enumerate(parameters):
        row = ValueParameter(value_model=model, position=order.get(values.key, place))
        PARAMETER.write(row, values)
        _say_of_preset(row, values, presets.get(values.key))
        rows.append(row)
    return rows


def _say_of_preset(
    row: ValueParameter | LineInput, values: ParameterValues, preset: InputPreset | None
) -> None:
    row.arguments = list(values.arguments)
    if preset is not None:
        with override(STORED_LANGUAGE):
            row.label, row.unit = str(preset.label), str(preset.unit)


def _write_lines(model: ValueModel, lines: Sequence[LineValues]) -> None:
    model.lines.all().delete()
    inputs = []
    for number, line in enumerate(lines, start=2):
        row = ValueLine(value_model=model, number=number)
        LINE.write(row, line.frame)
        row.save()
        presets = {preset.key: preset for preset in inputs_of(line.frame.kind)}
        for place, values in enumerate(line.parameters):
            one = LineInput(line=row, position=place)
            LINE_INPUT.write(one, values)
            _say_of_preset(one, values, presets.get(values.key))
            inputs.append(one)
    LineInput.objects.bulk_create(inputs)


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
    while key in taken or is_reserved(key):
        key, number = f"{base}_{number}", number + 1
    return key
