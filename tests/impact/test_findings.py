"""Findings become JSON and come back unchanged."""

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cxstats.design import (
    EstimandKind,
    EvaluationDesign,
    Finding,
    MetricPanel,
    OtherInitiative,
    PanelCell,
    PeriodKind,
)
from cxstats.evaluate import evaluate
from cxstats.results import Interval
from impact.findings import (
    design_of,
    finding_json,
    finding_of,
    panel_of,
    study_inputs_json,
)


def _design(kind: EstimandKind) -> EvaluationDesign:
    return EvaluationDesign(
        metric="nps/1",
        kind=kind,
        period=PeriodKind.MONTH,
        start=date(2025, 1, 1),
        other_initiatives=(OtherInitiative(name="Other", start=date(2024, 3, 1), units=("care",)),),
    )


def _panel(months: int = 36) -> MetricPanel:
    rng = np.random.default_rng(5)
    cells = tuple(
        PanelCell.nps(
            unit="care",
            period=date(2023 + month // 12, month % 12 + 1, 1),
            n=300,
            promoters=int(rng.binomial(300, 0.4 if month < 24 else 0.5)),
            detractors=50,
            strata=(("business", 100, 12.0, 4000.0), ("home", 200, 20.0, 4100.0)),
        )
        for month in range(months)
    )
    return MetricPanel(cells=cells, treated=(("care", None),))


@pytest.fixture(scope="module")
def finding() -> Finding:
    design = replace(_design(EstimandKind.NPS), other_initiatives=())
    plain = tuple(replace(cell, strata=()) for cell in _panel().cells)
    found = evaluate(design, replace(_panel(), cells=plain), rng=np.random.default_rng(1))
    assert found.effect is not None
    return found


def test_finding_survives_json(finding):
    text = json.dumps(finding_json(finding), allow_nan=False)
    assert finding_of(json.loads(text)) == finding


def test_refused_finding_survives_json():
    refused = evaluate(_design(EstimandKind.NPS), _panel(months=25), rng=np.random.default_rng(1))
    assert refused.effect is None
    assert finding_of(json.loads(json.dumps(finding_json(refused)))) == refused


def test_design_and_panel_survive_json():
    design, panel = _design(EstimandKind.SHARE), _panel()
    inputs = json.loads(json.dumps(study_inputs_json(design, panel)))
    assert design_of(inputs) == design
    assert panel_of(inputs) == panel


def test_numbers_beyond_json_survive(finding):
    effect = replace(finding.effect, interval=Interval(low=-math.inf, high=math.inf))
    endless = replace(finding, effect=effect, refusal_detail=(("limit", math.inf), ("unit", "care")))
    text = json.dumps(finding_json(endless), allow_nan=False)
    assert finding_of(json.loads(text)) == endless
