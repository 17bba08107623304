"""What is stored of a study and of a value, as plain JSON values, and back; written by `cxstats.codec`."""

from collections.abc import Mapping
from typing import Any

from cxstats.codec import decoded, encoded
from cxstats.design import EvaluationDesign, Finding, MetricPanel
from cxstats.roi import RoiCase, RoiResult

# Versions of what the inputs say that are stored and digested; see cxstats.codec.digest_of.
STUDY_INPUTS, CASE_INPUTS = 1, 1


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
