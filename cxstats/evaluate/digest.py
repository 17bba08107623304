"""A digest of everything a finding was computed from, so that it can be rebuilt and compared."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

from cxstats.design import EvaluationDesign, MetricPanel, NegativeControl
from cxstats.evaluate.thresholds import Thresholds


def input_digest(
    *,
    design: EvaluationDesign,
    panel: MetricPanel,
    thresholds: Thresholds,
    negative_control: NegativeControl | None = None,
) -> str:
    """SHA-256 over canonical JSON; the order of cells, treated units and controls does not matter."""
    content = {"design": _plain(design), "thresholds": _plain(thresholds), **_laid_open(panel)}
    if negative_control is not None:
        content["negative_control"] = {
            "metric": negative_control.metric,
            "kind": negative_control.kind.value,
            **_laid_open(negative_control.panel),
        }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _laid_open(panel: MetricPanel) -> dict[str, object]:
    return {
        "cells": sorted((_plain(cell) for cell in panel.cells), key=json.dumps),
        "treated": sorted((_plain(row) for row in panel.treated), key=json.dumps),
        "controls": sorted(panel.controls),
    }


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
