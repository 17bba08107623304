"""A digest of everything a finding was computed from, so that it can be rebuilt and compared."""

import json
from typing import Any

from cxstats.codec import digest_of, encoded, marked
from cxstats.design import EvaluationDesign, MetricPanel, NegativeControl
from cxstats.evaluate.thresholds import Thresholds

VERSION = 1  # of what this digest says; see cxstats.codec.digest_of


def input_digest(
    *,
    design: EvaluationDesign,
    panel: MetricPanel,
    thresholds: Thresholds,
    negative_control: NegativeControl | None = None,
    spill_over: MetricPanel | None = None,
) -> str:
    """SHA-256 over canonical JSON; the order of cells, treated units and controls does not matter."""
    content = {"design": _plain(design), "thresholds": _plain(thresholds), **_laid_open(panel)}
    if negative_control is not None:
        content["negative_control"] = {
            "metric": negative_control.metric,
            "kind": negative_control.kind.value,
            **_laid_open(negative_control.panel),
        }
    if spill_over is not None:
        content["spill_over"] = _laid_open(spill_over)
    return digest_of(marked(content, version=VERSION), version=VERSION, is_ascii=True)


def _laid_open(panel: MetricPanel) -> dict[str, object]:
    return {
        "cells": sorted((_plain(cell) for cell in panel.cells), key=json.dumps),
        "treated": sorted((_plain(row) for row in panel.treated), key=json.dumps),
        "controls": sorted(panel.controls),
    }


def _plain(value: object) -> Any:
    return encoded(value, number=_whole_where_it_is)


def _whole_where_it_is(value: float) -> float | int:
    """300.0 is 300: a count that came as a floating-point number is the same count. NaN has no digest."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
