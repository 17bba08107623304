"""The one place where results of the engine become JSON and come back unchanged.

Frozen dataclasses of `cxstats` in, plain JSON values out, and the other way round. Field names are the
keys; dates are ISO texts; numbers that JSON does not know are written "Infinity", "-Infinity" and "NaN".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from cxstats.design import EvaluationDesign, Finding, MetricPanel
from cxstats.roi import RoiCase, RoiResult


def finding_json(finding: Finding) -> dict[str, Any]:
    content: dict[str, Any] = encoded(finding)
    return content


def finding_of(content: Mapping[str, Any]) -> Finding:
    finding: Finding = decoded(Finding, content)
    return finding


def study_inputs_json(design: EvaluationDesign, panel: MetricPanel) -> dict[str, Any]:
    return {"design": encoded(design), "panel": encoded(panel)}


def design_of(inputs: Mapping[str, Any]) -> EvaluationDesign:
    design: EvaluationDesign = decoded(EvaluationDesign, inputs["design"])
    return design


def panel_of(inputs: Mapping[str, Any]) -> MetricPanel:
    panel: MetricPanel = decoded(MetricPanel, inputs["panel"])
    return panel


def roi_case_json(case: RoiCase) -> dict[str, Any]:
    content: dict[str, Any] = encoded(case)
    return content


def roi_case_of(content: Mapping[str, Any]) -> RoiCase:
    case: RoiCase = decoded(RoiCase, content)
    return case


def roi_result_json(result: RoiResult) -> dict[str, Any]:
    content: dict[str, Any] = encoded(result)
    return content


def roi_result_of(content: Mapping[str, Any]) -> RoiResult:
    result: RoiResult = decoded(RoiResult, content)
    return result


def encoded(value: object) -> Any:
    """A JSON value for a frozen dataclass, an enumeration, a date, a number, a text or a sequence of them."""
    if value is None or isinstance(value, (bool, str)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        # + 0.0 turns -0.0 into 0.0: no database keeps its sign, and the digest must not depend on that
        return float(value) + 0.0 if math.isfinite(value) else _BEYOND[str(float(value))]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: encoded(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encoded(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [encoded(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a stored result")


def decoded(kind: Any, content: Any) -> Any:
    """The value of type `kind` that `encoded` wrote."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _decoded_union(get_args(kind), content)
    if origin is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(decoded(inner[0], item) for item in content)
        return tuple(decoded(part, item) for part, item in zip(inner, content, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        return _decoded_dataclass(kind, content)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(content)
    if kind is date:
        return date.fromisoformat(content)
    if kind is float:
        return float(content)
    if kind in (int, str, bool):
        return kind(content)
    raise TypeError(f"{kind!r} has no place in a stored result")


def _decoded_union(options: tuple[Any, ...], content: Any) -> Any:
    if content is None and NoneType in options:
        return None
    kinds = [kind for kind in options if kind is not NoneType]
    if len(kinds) == 1:
        return decoded(kinds[0], content)
    if isinstance(content, (bool, int, float)):
        return content
    return float(content) if content in _BEYOND.values() else str(content)


def _decoded_dataclass(kind: type, content: Mapping[str, Any]) -> Any:
    """Fields that a result of an older engine does not have yet keep their default."""
    hints = _hints(kind)
    values = {}
    for item in fields(kind):
        if item.name in content:
            values[item.name] = decoded(hints[item.name], content[item.name])
        elif item.default is MISSING and item.default_factory is MISSING:
            raise KeyError(item.name)
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


_BEYOND = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
