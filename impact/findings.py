"""What is stored of a study and of a value, as plain JSON values, and back; written by `cxstats.codec`."""

from collections.abc import Mapping
from typing import Any

from cxstats.codec import decoded, encoded
from cxstats.design import EvaluationDesign, Finding, MetricPanel, NegativeControl
from cxstats.roi import RoiCase, RoiResult

# Versions of what the inputs say that are stored and digested; see cxstats.codec.digest_of.
STUDY_INPUTS, CASE_INPUTS = 1, 1


def finding_json(finding: Finding) -> dict[str, Any]:
    content: dict[str, Any] = encoded(finding)
    return content


def finding_of(content: Mapping[str, Any]) -> Finding:
    finding: Finding = decoded(Finding, content)
    return finding


def study_inputs_json(
    design: EvaluationDesign,
    panel: MetricPanel,
    *,
    unmoved: NegativeControl | None = None,
    spill_over: MetricPanel | None = None,
) -> dict[str, Any]:
    """Design and panel, and the questions beside them only where a plan asks them: inputs without them keep
    their digest."""
    content = {"design": encoded(design), "panel": encoded(panel)}
    if unmoved is not None:
        content["unmoved"] = encoded(unmoved)
    if spill_over is not None:
        content["spill_over"] = encoded(spill_over)
    return content


def design_of(inputs: Mapping[str, Any]) -> EvaluationDesign:
    design: EvaluationDesign = decoded(EvaluationDesign, inputs["design"])
    return design


def panel_of(inputs: Mapping[str, Any]) -> MetricPanel:
    panel: MetricPanel = decoded(MetricPanel, inputs["panel"])
    return panel


def unmoved_of(inputs: Mapping[str, Any]) -> NegativeControl | None:
    control: NegativeControl | None = decoded(NegativeControl | None, inputs.get("unmoved"))
    return control


def spill_over_of(inputs: Mapping[str, Any]) -> MetricPanel | None:
    panel: MetricPanel | None = decoded(MetricPanel | None, inputs.get("spill_over"))
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
