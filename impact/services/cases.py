"""What a study is worth under the present value model."""

from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event
from common.errors import DomainError
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, digest_of, encoded, marked, seed_of, version_of
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import NotEstimable, Reason
from cxstats.roi import cash_years, simulate_roi, worth_of_lines
from impact.cases import lines_in, roi_case
from impact.errors import (
    MoreThanAll,
    NothingToValue,
    StudyNotFinished,
    ValueModelIncomplete,
)
from impact.findings import CASE_INPUTS, finding_of, roi_case_json, roi_case_of, roi_result_json
from impact.models import RoiCase, Study, ValueModel
from impact.panel import StudySubject
from impact.selectors.lines import line_name
from impact.services.kept_words import kept_words
from impact.services.reviews import of_all_lines
from impact.services.telling import tell_of_program
from impact.services.undisputed import ask_for_undisputed
from impact.services.value_content import told_alone, value_model_content
from impact.services.values import make_current
from impact.wording import more_than_all_text
from wording.formats import reader
from wording.joining import listed
from wording.refusals import refusal_with_figures


@transaction.atomic
def compute_roi_case(*, study: Study, by: Membership) -> RoiCase:
    """Value a study under the initiative's present value model.

    With inputs that were valued before, that case comes back and counts again, so no sign-off is lost. Of
    several benefits those that did not change keep finance's word on them.
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
    made = RoiCase(
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
    _keep_words(made, RoiCase.objects.filter(study=row).headline_first().first())
    made.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="roi_case.computed",
        subject=made,
        after={"number": made.number, "input_digest": digest, **_kept_text(made)},
    )
    ask_for_undisputed(made)
    tell_of_program(by.organization)
    made.is_new = True
    return made


def _keep_words(made: RoiCase, before: RoiCase | None) -> None:
    """The caller saves."""
    made.line_words = kept_words(before, made.inputs)
    if before is not None and made.line_words:
        made.sign_off, made.sign_off_comment = of_all_lines(made)
        made.sign_off_by, made.sign_off_at = before.sign_off_by, before.sign_off_at


def _kept_text(made: RoiCase) -> dict[str, str]:
    names = [line_name(made, number) for number in made.line_words]
    return {"line": listed(names), "sign_off": made.sign_off} if names else {}


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

    Keys: `roi` (cxstats RoiResult), `cash_flow` (cxstats CashYear by year), `currency`; of several benefits
    also `lines` (cxstats LineWorth each).
    """
    case = roi_case_of(inputs["case"])
    seed = seed_of(digest_of(inputs, version=version_of(inputs)))
    found = simulate_roi(
        case=case,
        rng=np.random.default_rng(seed),
        grade=DesignGrade(inputs["grade"]),
        verdict=Verdict(inputs["verdict"]),
    )
    figures = {
        "roi": roi_result_json(found),
        "cash_flow": encoded(cash_years(case)),
        "currency": inputs["currency"],
    }
    lines = lines_in(case)
    if len(lines) > 1:
        worth = worth_of_lines(case=case, lines=lines, rng=np.random.default_rng(seed))
        figures["lines"] = encoded(worth)
    return figures
