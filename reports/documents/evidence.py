"""The machine-readable content of documents: kept beside the file, attached inside it, and digested.

Plain JSON values only. It holds everything needed to compute the figures again and to follow the chain
from problem to value.
"""

from typing import Any

from accounts.models import Organization
from assessments.models import MaturityResult
from assessments.selectors import published_content
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors import plan_content, plan_entries
from cxstats import ENGINE_VERSION
from cxstats.codec import encoded
from impact.models import RoiCase, Study
from impact.selectors.cases import counting_instead, earlier_case, latest_case
from impact.selectors.disputes import Dispute
from impact.selectors.go_lives import go_live_history
from impact.selectors.lines import line_numbers
from impact.selectors.pages import dispute_over, value_model_of
from impact.selectors.studies import latest_finished_study

VERSION = 1  # of both kinds of content, as `schema` says it too; see cxstats.codec.digest_of


def evidence_of_roi(study: Study, roi_case: RoiCase | None) -> dict[str, Any]:
    """Initiative, fixed plan, decision, data, finding, value, finance's word. At most fourteen queries."""
    initiative = Initiative.objects.select_related("organization", "owner__user", "plan__metric").get(
        pk=study.initiative_id
    )
    headline = latest_finished_study(initiative)
    before = None
    if roi_case is None and study == headline and latest_case(study) is None:
        before = earlier_case(study)
    moved = go_live_history(initiative)
    newer = None if roi_case is None else counting_instead(roi_case)
    return {
        "schema": f"cxprogram.roi-evidence/{VERSION}",
        "engine_version": ENGINE_VERSION,
        "organization": _organization(initiative.organization),
        "initiative": _initiative(initiative),
        "plan": plan_evidence(initiative, initiative.plan),
        "decision": _decision(initiative),
        "study": _study(study, headline),
        # only where there is one: the content of all other documents keeps its digest
        **({"go_live_history": encoded(moved)} if moved else {}),
        **({"earlier_value": _earlier_value(initiative, before)} if before else {}),
        **({"newer_value": _newer_value(initiative, newer)} if newer else {}),
        "roi_case": None
        if roi_case is None
        else _roi_case(initiative, roi_case, is_headline=study == headline),
    }


def _organization(organization: Organization) -> dict[str, Any]:
    return {
        "name": organization.name,
        "slug": organization.slug,
        "currency": organization.currency,
        "is_simulated": organization.is_demo,
    }


def _initiative(initiative: Initiative) -> dict[str, Any]:
    return {
        "reference": initiative.reference,
        "title": initiative.title,
        "problem": initiative.problem,
        "proposal": initiative.proposal,
        "owner": str(initiative.owner),
        "touchpoints": [point.name for point in initiative.touchpoints.order_by("name")],
        "went_live_on": encoded(initiative.went_live_on),
        "completed_on": encoded(initiative.completed_on),
        "maturity_practice": initiative.practice,
        # only where it is so: the content of all other documents keeps its digest
        **({"already_live_on": encoded(initiative.already_live_on)} if initiative.is_look_back else {}),
    }


def plan_evidence(initiative: Initiative, plan: EvaluationPlan) -> dict[str, Any]:
    """The plan as it was fixed, whatever its row says today; and where it was changed, that beside it."""
    return {
        "content": plan.fixed_content,
        "digest": plan.fixed_digest,
        "fixed_at": encoded(plan.fixed_at),
        "changed_after_approval_at": encoded(plan.changed_after_approval_at),
        **({"changed": _changed(initiative, plan)} if plan.changed_after_approval_at else {}),
    }


def _changed(initiative: Initiative, plan: EvaluationPlan) -> dict[str, Any]:
    return {
        "content": plan_content(initiative, plan),
        # sizes of another metric have its unit; where it is the fixed one the study says which
        **({"kind": encoded(plan.metric.calculation.estimand)} if _has_other_metric(plan) else {}),
        "entries": [
            {"who": entry.who, "at": encoded(entry.at), "reason": entry.reason}
            for entry in plan_entries(initiative)
        ],
    }


def _has_other_metric(plan: EvaluationPlan) -> bool:
    fixed = (plan.fixed_content or {})["metric"]
    return (fixed["key"], fixed["version"]) != (plan.metric.key, plan.metric.version)


def _decision(initiative: Initiative) -> dict[str, Any] | None:
    """The last approval, with the budget of the revision that was voted on."""
    decision = (
        initiative.decisions.filter(outcome="approved")
        .select_related("round__revision")
        .order_by("-decided_at")
        .first()
    )
    if decision is None:
        return None
    content = decision.round.revision.content
    return {
        "outcome": decision.outcome,
        "decided_at": encoded(decision.decided_at),
        "content_digest": decision.content_digest,
        "tally": decision.tally,
        "budget": {name: content.get(name) for name in ("one_off_cost", "yearly_cost", "currency")},
    }


def _study(study: Study, headline: Study | None) -> dict[str, Any]:
    """The study as it was stored; `headline` is the one that counts today."""
    superseded_by = None
    if headline is not None and headline.pk != study.pk:
        superseded_by = _superseding(study, headline)
    return {
        "number": study.number,
        "data_cutoff": encoded(study.data_cutoff),
        "finished_at": encoded(study.finished_at),
        "seed": study.seed,
        "engine_version": study.engine_version,
        "input_digest": study.input_digest,
        "inputs": study.inputs,
        "finding": study.finding,
        "superseded_by": superseded_by,
    }


def _roi_case(initiative: Initiative, roi_case: RoiCase, *, is_headline: bool) -> dict[str, Any]:
    return {
        "number": roi_case.number,
        "computed_at": encoded(roi_case.computed_at),
        "engine_version": roi_case.engine_version,
        "input_digest": roi_case.input_digest,
        "inputs": roi_case.inputs,
        "result": roi_case.result,
        "is_scenario_only": roi_case.is_scenario_only,
        "model_changed_at": _changed_since(initiative, roi_case),
        "sign_off": _sign_off(roi_case, dispute_over(roi_case, initiative, counts=is_headline)),
    }


def _superseding(study: Study, headline: Study) -> dict[str, Any]:
    """The study that counts instead; with its go-live where that is why it counts."""
    content = {"number": headline.number, "data_cutoff": encoded(headline.data_cutoff)}
    stands = study.initiative.went_live_on
    if headline.used(stands) and not study.used(stands):
        content["go_live"] = encoded(headline.go_live)
    return content


def _earlier_value(initiative: Initiative, case: RoiCase) -> dict[str, Any]:
    return {
        "study": case.study.number,
        "number": case.number,
        "inputs": case.inputs,
        "result": case.result,
        "sign_off": _sign_off(case, dispute_over(case, initiative, counts=True)),
    }


def _newer_value(initiative: Initiative, case: RoiCase) -> dict[str, Any]:
    """The value that counts instead, with finance's word on it."""
    return {
        "study": case.study.number,
        "number": case.number,
        "sign_off": _sign_off(case, dispute_over(case, initiative, counts=True)),
    }


def _sign_off(roi_case: RoiCase, dispute: Dispute | None) -> dict[str, Any]:
    """Finance's word; with its dispute of the value before, only where that is not answered yet."""
    content = {
        "state": roi_case.sign_off,
        "by": str(roi_case.sign_off_by or ""),
        "at": encoded(roi_case.sign_off_at),
        "comment": roi_case.sign_off_comment,
    }
    if numbers := line_numbers(roi_case):  # of several benefits; documents of one do not name it
        content |= {"lines": roi_case.line_words, "line_count": len(numbers)}
    if dispute is None:
        return content
    before = {"by": dispute.who, "at": encoded(dispute.on), "comment": dispute.words}
    return {**content, "disputed_before": before}


def _changed_since(initiative: Initiative, roi_case: RoiCase) -> str | None:
    """When the value model was changed after this value was computed; None where the value follows it."""
    model = value_model_of(initiative)
    return None if model is None or roi_case.follows(model) else encoded(model.changed_at)


def evidence_of_maturity(result: MaturityResult) -> dict[str, Any]:
    """The result with the framework it was scored against. No query beyond the result's own relations."""
    assessment = result.assessment
    return {
        "schema": f"cxprogram.maturity/{VERSION}",
        "organization": {
            "name": assessment.organization.name,
            "slug": assessment.organization.slug,
            "is_simulated": assessment.organization.is_demo,
        },
        "assessment": {
            "title": assessment.label,
            "opened_at": encoded(assessment.opened_at),
            "closed_at": encoded(assessment.closed_at),
            "target_level": str(assessment.target_level),
            "minimum_group": assessment.minimum_group,
        },
        "framework": {
            "key": assessment.framework.key,
            "version": assessment.framework.version,
            "digest": assessment.framework.digest,
        },
        "result": {
            "sequence": result.sequence,
            "respondents": result.respondents,
            "computed_at": encoded(result.computed_at),
            "engine_version": result.engine_version,
            "input_digest": result.input_digest,
            "profile": published_content(result),
        },
    }
