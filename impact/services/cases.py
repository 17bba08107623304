"""What a study is worth under the present value model, and what finance says about it."""

from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event, require_as_seen
from common.errors import DomainError, InvalidValues
from common.jobs import JobState
from common.rows import moment_mark
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, digest_of, encoded, marked, seed_of, version_of
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import NotEstimable, Reason
from cxstats.roi import cash_years, simulate_roi
from impact.cases import roi_case
from impact.choices import SignOff
from impact.errors import (
    MoreThanAll,
    NothingToValue,
    SignOffNotAllowed,
    StudyNotFinished,
    ValueModelIncomplete,
)
from impact.findings import CASE_INPUTS, finding_of, roi_case_json, roi_case_of, roi_result_json
from impact.models import RoiCase, Study, ValueModel
from impact.panel import StudySubject
from impact.selectors.makers import MADE_OF, refusal_of_reviewer
from impact.services.telling import tell_of_program
from impact.services.values import make_current, told_alone, value_model_content
from impact.wording import more_than_all_text
from wording.formats import reader
from wording.refusals import refusal_with_figures


@transaction.atomic
def compute_roi_case(*, study: Study, by: Membership) -> RoiCase:
    """Value a study under the initiative's present value model.

    With inputs that were valued before, that case comes back and counts again, so no sign-off is lost.
    Raises StudyNotFinished, NothingToValue, ValueModelIncomplete, MoreThanAll.
    """
    row = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if row.job_state != JobState.DONE or row.finding is None:
        raise StudyNotFinished(_("This study has no result yet."))
    finding = finding_of(row.finding)
    if finding.effect is None:
        raise NothingToValue(_("The study gives no effect, so there is nothing to turn into money."))
    model = ValueModel.objects.filter(initiative_id=row.initiative_id).first()
    if model is None or not model.parameters.exists():
        raise ValueModelIncomplete(_("First define how a change in this metric becomes money."))
    subject: StudySubject = decoded(StudySubject, row.inputs["subject"])
    try:
        case = roi_case(study=row, finding=finding, direction=subject.direction, model=model)
    except NotEstimable as refusal:
        raise NothingToValue(_("The effect of this study has no range to simulate from.")) from refusal
    content = {
        "case": roi_case_json(case),
        "value_model": value_model_content(model),
        "currency": by.organization.currency,
        "study": {"number": row.number, "input_digest": row.input_digest},
        "grade": row.grade,
        "verdict": row.verdict,
    }
    inputs = marked(content, version=CASE_INPUTS)
    digest = digest_of(inputs, version=CASE_INPUTS)
    if (known := _known_case(row, inputs, digest)) is not None:
        return make_current(case=known, by=by)
    try:
        result = roi_figures(inputs)
    except NotEstimable as refusal:
        raise _refused(refusal) from refusal
    last = RoiCase.objects.filter(study=row).aggregate(last=Max("number"))["last"] or 0
    now = timezone.now()
    made = RoiCase.objects.create(
        organization_id=row.organization_id,
        study=row,
        number=last + 1,
        inputs=inputs,
        result=result,
        is_scenario_only=result["roi"]["scenario_only"],
        engine_version=ENGINE_VERSION,
        input_digest=digest,
        computed_by=by,
        computed_at=now,
        current_since=now,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="roi_case.computed",
        subject=made,
        after={"number": made.number, "input_digest": digest},
    )
    tell_of_program(by.organization)
    made.is_new = True
    return made


def _known_case(study: Study, inputs: dict[str, Any], digest: str) -> RoiCase | None:
    """The value that was computed from these inputs: by their digest, else one whose digest holds the
    product's own words in another language."""
    rows = RoiCase.objects.filter(study=study, engine_version=ENGINE_VERSION)
    known = rows.filter(input_digest=digest).first()
    if known is not None:
        return known
    wanted = {**inputs, "value_model": told_alone(inputs["value_model"])}
    for case in rows.defer("result").headline_first():
        if {**case.inputs, "value_model": told_alone(case.inputs["value_model"])} == wanted:
            return case
    return None


def _refused(refusal: NotEstimable) -> DomainError:
    if refusal.reason is not Reason.SHARE_ABOVE_ONE:
        return NothingToValue(refusal_with_figures(reader(), refusal.reason, refusal.detail))
    return MoreThanAll(more_than_all_text(refusal.detail))


def roi_figures(inputs: dict[str, Any]) -> dict[str, Any]:
    """Everything a case says, from its stored inputs alone: the same inputs give the same figures.

    Keys: `roi` (cxstats RoiResult), `cash_flow` (cxstats CashYear by year), `currency`.
    """
    case = roi_case_of(inputs["case"])
    seed = seed_of(digest_of(inputs, version=version_of(inputs)))
    found = simulate_roi(
        case=case,
        rng=np.random.default_rng(seed),
        grade=DesignGrade(inputs["grade"]),
        verdict=Verdict(inputs["verdict"]),
    )
    return {
        "roi": roi_result_json(found),
        "cash_flow": encoded(cash_years(case)),
        "currency": inputs["currency"],
    }


def sign_off(*, case: RoiCase, by: Membership, comment: str = "", seen: str | None = None) -> RoiCase:
    """Finance stands behind this case. Raises SignOffNotAllowed, DecidedMeanwhile."""
    return _review(case, by, SignOff.SIGNED, comment, seen)


def dispute(*, case: RoiCase, by: Membership, comment: str, seen: str | None = None) -> RoiCase:
    """Finance does not accept this case and says why. Raises SignOffNotAllowed, InvalidValues,
    DecidedMeanwhile."""
    if not comment.strip():
        message = _("Say what you dispute and what would settle it.")
        raise InvalidValues(message, fields={"comment": message})
    return _review(case, by, SignOff.DISPUTED, comment, seen)


def review(
    *, case: RoiCase, by: Membership, decision: str, comment: str = "", seen: str | None = None
) -> RoiCase:
    """Finance's word on a case: signed or disputed. What is neither is refused, not read as one of them.

    `seen` is the moment of the review that the reviewer had before her (`common.rows.moment_mark`): one that
    somebody else made since is not written over. Raises SignOffNotAllowed, InvalidValues, DecidedMeanwhile.
    """
    if decision == SignOff.SIGNED:
        return sign_off(case=case, by=by, comment=comment, seen=seen)
    if decision == SignOff.DISPUTED:
        return dispute(case=case, by=by, comment=comment, seen=seen)
    message = _("Sign off or dispute: nothing was recorded.")
    raise InvalidValues(message, fields={"decision": message})


@transaction.atomic
def _review(case: RoiCase, by: Membership, decision: SignOff, comment: str, seen: str | None) -> RoiCase:
    by = acting(by, Action.SIGN_OFF_VALUE)
    row: RoiCase = RoiCase.objects.select_for_update(of=("self",)).select_related(*MADE_OF).get(pk=case.pk)
    if row.sign_off == decision and row.sign_off_comment == comment.strip():
        if row.sign_off_by_id == by.pk:  # a second click
            return row
        if decision == SignOff.SIGNED:
            raise SignOffNotAllowed(_("This value is signed already."))
    if refusal := refusal_of_reviewer(row, by):
        raise SignOffNotAllowed(refusal)
    model = ValueModel.objects.filter(initiative=row.study.initiative_id).first()
    counts = RoiCase.objects.filter(study_id=row.study_id).headline_first().values_list("pk", flat=True)[0]
    if counts != row.pk:
        raise SignOffNotAllowed(_("Another value has replaced this one. Review the one that counts."))
    if decision == SignOff.SIGNED and model is not None and not row.follows(model):
        raise SignOffNotAllowed(
            _("The value model was changed after this value was computed. Compute it again and review that.")
        )
    require_as_seen(
        seen,
        now=moment_mark(row.sign_off_at),
        said=row.get_sign_off_display(),
        subject=row,
        organization=by.organization,
        sign_off=row.sign_off,
    )
    before = {
        "sign_off": row.sign_off,
        "comment": row.sign_off_comment,
        "by": str(row.sign_off_by) if row.sign_off_by else "",
    }
    row.sign_off, row.sign_off_comment = decision, comment.strip()
    row.sign_off_by, row.sign_off_at = by, timezone.now()
    row.save(update_fields=["sign_off", "sign_off_comment", "sign_off_by", "sign_off_at"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=f"roi_case.{decision.value}",
        subject=row,
        before=before,
        after={
            "sign_off": decision.value,
            "comment": row.sign_off_comment,
            "by": str(by),
            "input_digest": row.input_digest,
        },
    )
    tell_of_program(by.organization)
    return row
