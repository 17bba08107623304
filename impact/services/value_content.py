"""A value model as plain values: what a value is digested with, and what the history keeps of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.fields import Use
from cxstats.codec import marked
from impact.choices import inputs_of
from impact.fields import COST, FRAME, LINE, PARAMETER
from impact.models import CostLine, LineInput, ValueLine, ValueModel, ValueParameter

OF_A_PRESET = frozenset({"label", "unit"})  # what the product says of an input that it knows


def value_model_content(model: ValueModel, where: Use | None = Use.CONTENT) -> dict[str, Any]:
    """The whole model as plain values, those that appear `where` or all: by default what a case's inputs
    hold. Three queries, four with further benefits, which a model without them does not name."""
    content = {
        **_frame_content(model, where),
        "parameters": [_parameter_content(row, where) for row in model.parameters.all()],
        "costs": [_cost_content(row, where) for row in model.cost_lines.all()],
    }
    lines = [_line_content(row, where) for row in model.lines.prefetch_related("parameters")]
    if lines:
        content["lines"] = lines
    return marked(content, version=FRAME.content_version)


def told_alone(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a model without what the product says of the inputs that it names. Models that were
    saved before hold these words in the language of whoever saved them; another one is no other model."""
    told = {**content, "parameters": _own_words(content["kind"], content["parameters"])}
    if "lines" in content:
        told["lines"] = [
            {**line, "parameters": _own_words(line["kind"], line["parameters"])} for line in content["lines"]
        ]
    return told


def _own_words(kind: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = {preset.key for preset in inputs_of(kind)}
    return [
        {name: value for name, value in row.items() if row["key"] not in known or name not in OF_A_PRESET}
        for row in rows
    ]


def _frame_content(model: ValueModel, where: Use | None) -> dict[str, Any]:
    content = FRAME.content_of(model, where)
    if where is Use.CONTENT and not model.inflation_pct:  # models from before it keep their digest
        content.pop("inflation_pct")
    return content


def _line_content(row: ValueLine, where: Use | None) -> dict[str, Any]:
    return {
        "number": row.number,
        **LINE.content_of(row, where),
        "parameters": [_parameter_content(one, where) for one in row.parameters.all()],
    }


def _parameter_content(row: ValueParameter | LineInput, where: Use | None) -> dict[str, Any]:
    content = PARAMETER.content_of(row, where, arguments=row.arguments)
    if content.get("association") is None and where is Use.CONTENT:  # as it was before there were any
        content.pop("association", None)
    if not content.get("library") and where is Use.CONTENT:
        content.pop("library", None)
    return content


def _cost_content(row: CostLine, where: Use | None) -> dict[str, Any]:
    content = COST.content_of(row, where)
    if not content.get("source"):  # only where it is said: models from before it keep their digest
        content.pop("source", None)
    if where is Use.CONTENT and row.actual is None:
        content.pop("actual")
    return content


def as_written(model: ValueModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everything that a person wrote, and what the history keeps of it: of an input that the product names
    the key, which says its name and unit in the reader's language; further benefits and their inputs in a
    list each, so that a change of one input is one line."""
    told = told_alone(value_model_content(model, Use.HISTORY))
    lines = told.pop("lines", [])
    if lines:
        told["lines"] = [
            {name: value for name, value in line.items() if name != "parameters"} for line in lines
        ]
        told["line_inputs"] = [
            {**row, "line": line["label"], "kind": line["kind"]}
            for line in lines
            for row in line["parameters"]
        ]
    return told_alone(value_model_content(model, None)), told
