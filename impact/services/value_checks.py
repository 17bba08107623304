"""What can be wrong with what people write about a value model, field by field."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.text import one_line
from cxstats.errors import InvalidInput
from impact.choices import (
    FORMULA_FACTORS,
    PRESETS,
    RESERVED_KEYS,
    Distribution,
    InputPreset,
    SourceKind,
    ValueKind,
    inputs_of,
    is_reserved,
)
from impact.fields import FRAME, LINE, CostValues, FrameValues, LineValues, ParameterValues
from impact.parameters import core_parameter
from wording.formats import reader

MOST_LINES = 5  # further benefits of one model
type Wrong = dict[str, str | Promise]


def wrong_frame(values: FrameValues) -> Wrong:
    wrong = FRAME.refusals(values)
    if "kind" in wrong:
        wrong["kind"] = _("Choose how the change becomes money.")
    return wrong


def wrong_lines(lines: Sequence[LineValues]) -> Wrong:
    """Further benefits: `line-<row>-<field>`, `line-<row>-<key>-<part>`."""
    wrong: Wrong = {}
    if len(lines) > MOST_LINES:
        wrong["lines"] = _("A value model holds %(most)s further benefits at most.") % {"most": MOST_LINES}
    for row, line in enumerate(lines):
        refused = LINE.refusals(line.frame)
        if not one_line(line.frame.label):
            refused["label"] = _("Name this benefit.")
        if "kind" in refused:
            refused["kind"] = _("Choose how the change becomes money.")
        else:
            refused |= wrong_parameters(line.frame.kind, line.parameters, PRESETS[line.frame.kind])
        wrong |= {f"line-{row}-{name}": text for name, text in refused.items()}
    return wrong


def wrong_parameters(
    kind: str, parameters: Sequence[ParameterValues], known: Sequence[InputPreset] | None = None
) -> Wrong:
    """`known`: the inputs that the product names; those of a model's first benefit with the haircuts if
    None."""
    wrong: Wrong = {}
    presets = {preset.key: preset for preset in (inputs_of(kind) if known is None else known)}
    given = [values.key for values in parameters]
    for key in presets.keys() - set(given):
        wrong[f"{key}-likely"] = _("This input is required.")
    own = [key for key in given if key not in presets]
    if kind == ValueKind.FORMULA and not own:
        wrong["kind"] = _("A formula needs at least one factor besides the effect.")
    if known is not None and any(key in RESERVED_KEYS for key in own):
        wrong["kind"] = _("Haircuts are those of the whole value model: a further benefit has none.")
    elif (own and kind != ValueKind.FORMULA) or len(own) > FORMULA_FACTORS or len(given) != len(set(given)):
        wrong["kind"] = _("These inputs do not belong to this way of counting.")
    elif known is None:
        text = _("The product keeps this key for itself: choose another one.")
        wrong |= {f"{key}-key": text for key in own if is_reserved(key)}
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


def wrong_costs(costs: Sequence[CostValues], horizon: int) -> Wrong:
    wrong: Wrong = {}
    for row, cost in enumerate(costs):
        if not one_line(cost.label):
            wrong[f"cost-{row}-label"] = _("Name this cost.")
        if not 0 <= cost.year <= horizon:
            wrong[f"cost-{row}-year"] = _("Choose a year from 0 to %(last)s.") % {"last": horizon}
        if cost.actual is not None and cost.actual < 0:
            wrong[f"cost-{row}-actual"] = _("A cost cannot be negative.")
        if cost.low < 0:
            wrong[f"cost-{row}-low"] = _("A cost cannot be negative.")
        elif not cost.low <= cost.likely <= cost.high:
            wrong[f"cost-{row}-likely"] = _(
                "Low must not exceed most likely, and most likely must not exceed high."
            )
    return wrong
