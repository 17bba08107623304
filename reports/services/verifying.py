"""What a document's attached evidence says, computed again from itself: offline, without a database.

Two witnesses stand against each other. The code that is printed on every page follows from the digest of the
whole content, so it shows any change. Effect and money are computed anew from their inputs, so it is seen
that they follow from them, whoever made the file.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from django.conf import settings

from cxstats import ENGINE_VERSION
from cxstats.codec import digest_of, is_alike, seed_of, version_of
from cxstats.roi import effect_parameter
from impact.cases import EFFECT
from impact.findings import finding_json, finding_of
from impact.services import finding_from, roi_figures
from reports.choices import Paper
from reports.codes import has_one_of
from reports.documents.changes import figures_of
from reports.pdf import Attached, UnreadableDocument, attached_evidence
from reports.services.comparing import Difference, Outcome, Step, computed_step, guarded, step_of
from reports.services.verifying_program import PROGRAM_STEPS

_FAMILY = "cxprogram."


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    schema: str
    code: str
    digest: str
    content: dict[str, Any]
    steps: tuple[Step, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest of all steps; parts that are not computed again take nothing from the others."""
        found = {step.outcome for step in self.steps}
        return next(
            (grave for grave in (Outcome.DIFFERS, Outcome.OTHER_ENGINE) if grave in found), Outcome.SAME
        )


def verify_file(path: Path) -> Verification:
    """Everything that can be said of a document without its installation. Raises UnreadableDocument."""
    return verify_evidence(attached_evidence(path))


def verify_evidence(attached: Attached) -> Verification:
    """The same of evidence that was taken out. Raises UnreadableDocument."""
    content, digest = _parsed(attached.content), sha256(attached.content).hexdigest()
    schema = str(content.get("schema", ""))
    if not schema.startswith(_FAMILY):
        raise UnreadableDocument("carries evidence that is not of cxprogram")
    steps = [_of_content(attached, content, digest)]
    chain = _CHAINS.get(schema.partition("/")[0])
    if chain is PROGRAM_STEPS and content.get("program_case") is None:
        said = "the document states no return, so there is none to compute"
        steps.append(Step(name="return", outcome=Outcome.NOT_COMPUTED, said=said))
    elif chain is not None:
        steps += [guarded(name, step, content) for name, step in chain.items()]
    else:
        said = "a document of this kind holds published figures, not the answers that they were made from"
        steps.append(Step(name="figures", outcome=Outcome.NOT_COMPUTED, said=said))
    if "since_last" in content:
        steps.append(guarded("changes", _of_changes, content))
    return Verification(schema=schema, code=attached.code, digest=digest, content=content, steps=tuple(steps))


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("was altered: its attached evidence is no JSON any more") from error
    if not isinstance(found, dict):
        raise UnreadableDocument("carries evidence that is not of cxprogram")
    return found


# --- the whole content --------------------------------------------------------------------------------------


def _of_content(attached: Attached, content: dict[str, Any], digest: str) -> Step:
    """Whether this content has the printed code. The identifier of the file is the second witness; a program
    that makes a new file of it may write another one."""
    if _has_code(attached.code, content, digest):
        said = f"the evidence has the code {attached.code} and the digest {digest}"
        return Step(name="content", outcome=Outcome.SAME, said=said)
    differences = [Difference(place="code", stated=attached.code, found="another one")]
    if attached.identifier and attached.identifier != digest[:32]:
        place, stated = "identifier of the file", attached.identifier
        differences.append(Difference(place=place, stated=stated, found=digest[:32]))
    said = "the evidence is not the one of which the document with this code was made"
    return Step(name="content", outcome=Outcome.DIFFERS, said=said, differences=tuple(differences))


def _has_code(code: str, content: dict[str, Any], digest: str) -> bool:
    """Whether the code follows from the content in any language, format and paper."""
    organization = content.get("organization")
    if not isinstance(organization, dict):
        return False
    formats = ["", *(first + second for first, second in product(ascii_uppercase, repeat=2))]
    languages = [language for language, _name in settings.LANGUAGES]
    forms = (
        (str(organization.get("slug")), digest, language, *filter(None, [territory]), paper)
        for language, territory, paper in product(languages, formats, Paper.values)
    )
    return has_one_of(code, forms)


def _of_changes(name: str, content: dict[str, Any]) -> Step:
    """Whether what is said to be so now is what the document holds. What was then stands in the other one."""
    stated, found = content["since_last"], figures_of(content)
    rows = [
        (f"since_last.figures.{row['key']}.now", row["now"], found.get(row["key"]))
        for row in stated["figures"]
    ]
    return step_of(name, f"compared with the document {stated['code']}", rows)


# --- the chain of an ROI document ---------------------------------------------------------------------------


def _of_plan(name: str, content: dict[str, Any]) -> Step:
    plan = content["plan"]
    found = digest_of(plan["content"], version=version_of(plan["content"]))
    said = f"fixed {plan['fixed_at']}, digest {found}"
    return step_of(name, said, [("plan.digest", plan["digest"], found)])


def _of_inputs(name: str, content: dict[str, Any]) -> Step:
    """Whether what the engine read is what was digested, and the seed follows from it."""
    study = content["study"]
    inputs = study["inputs"]
    read = [inputs["plan_digest"], inputs["design"], inputs["panel"]]
    rows = [
        ("study.input_digest", study["input_digest"], digest_of(inputs, version=version_of(inputs))),
        ("study.seed", study["seed"], seed_of(digest_of(read, version=1))),
    ]
    return step_of(name, f"{len(inputs['panel']['cells'])} cells, digest {rows[0][2]}", rows)


def _of_effect(name: str, content: dict[str, Any]) -> Step:
    study = content["study"]
    if _of_inputs(name, content).outcome is not Outcome.SAME:
        return Step(name=name, outcome=Outcome.NOT_COMPUTED, said="its inputs are not those of their digest")
    stated = study["finding"]
    rows = [("study.engine_version", study["engine_version"], stated["engine_version"])]
    found = finding_from(study["inputs"], study["seed"])
    today = finding_json(found)
    if stated["engine_version"] != ENGINE_VERSION:
        # what came into findings later counts at its default, and the engine's own name is known to differ
        stated = finding_json(replace(finding_of(stated), engine_version=ENGINE_VERSION))
    return computed_step(
        name, "study.finding", _effect_said(today), rows, stated, today, study["engine_version"]
    )


def _effect_said(finding: Mapping[str, Any]) -> str:
    effect, judged = finding["effect"], f"verdict {finding['verdict']}, grade {finding['grade']}"
    if effect is None:
        return f"no figure ({finding['refusal']}), {judged}"
    interval = effect["interval"]
    return (
        f"{effect['value']:.6g} {effect['unit']} ({interval['level']:.0%} from {interval['low']:.6g} "
        f"to {interval['high']:.6g}), {judged}"
    )


def _of_money(name: str, content: dict[str, Any]) -> Step:
    case = content["roi_case"]
    if case is None:
        return Step(name=name, outcome=Outcome.NOT_COMPUTED, said="the document states none")
    inputs = case["inputs"]
    rows = [
        ("roi_case.input_digest", case["input_digest"], digest_of(inputs, version=version_of(inputs))),
        *_case_and_study(case, content["study"]),
    ]
    if any(stated != found for _place, stated, found in rows):
        return step_of(name, "not the value of this study, or not from the inputs of its digest", rows)
    today = roi_figures(inputs)
    money = today["roi"]["net_present_value"]
    said = f"net present value {money['mean']:.2f} {today['currency']}, of {today['roi']['draws']} draws"
    return computed_step(name, "roi_case.result", said, rows, case["result"], today, case["engine_version"])


def _case_and_study(case: dict[str, Any], study: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Whether the value is that of the study in the same document."""
    inputs, finding = case["inputs"], study["finding"]
    for key, found in (("number", study["number"]), ("input_digest", study["input_digest"])):
        yield f"roi_case.inputs.study.{key}", inputs["study"][key], found
    for key in ("grade", "verdict"):
        yield f"roi_case.inputs.{key}", inputs[key], finding[key]
    yield "roi_case.is_scenario_only", case["is_scenario_only"], case["result"]["roi"]["scenario_only"]
    if case["engine_version"] == ENGINE_VERSION:
        stated = next(one for one in inputs["case"]["parameters"] if one["key"] == EFFECT)
        estimate = finding_of(finding).effect
        if estimate is not None:
            drawn = effect_parameter(key=EFFECT, estimate=estimate, source="", owner="")
            is_same = is_alike(stated["args"], list(drawn.args))
            yield f"{_PARAMETERS}.{EFFECT}", stated["args"], stated["args"] if is_same else list(drawn.args)


_PARAMETERS = "roi_case.inputs.case.parameters"
_ROI_STEPS: Mapping[str, Callable[[str, dict[str, Any]], Step]] = {
    "plan": _of_plan,
    "inputs": _of_inputs,
    "effect": _of_effect,
    "money": _of_money,
}
_CHAINS: Mapping[str, Mapping[str, Callable[[str, dict[str, Any]], Step]]] = {  # by family of schema
    "cxprogram.roi-evidence": _ROI_STEPS,
    "cxprogram.program": PROGRAM_STEPS,
    "cxprogram.board": PROGRAM_STEPS,
    "cxprogram.summary": PROGRAM_STEPS,
}
