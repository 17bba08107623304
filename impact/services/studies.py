"""Asking for a study, running it, and running it again to check it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.reading import written_for
from accounts.services import record_event
from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.services import record_evaluation
from common.errors import InvalidValues
from common.jobs import JobState, run
from customer_voice.services import count_noted, hold_counts
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, digest_of, encoded, is_alike, marked, seed_of, version_of
from cxstats.design import Finding
from cxstats.evaluate import Thresholds, evaluate
from impact.choices import Recomputed
from impact.errors import NotLive, PlanNotFixed, StudyNotFinished, StudyRunning
from impact.findings import (
    STUDY_INPUTS,
    design_of,
    finding_json,
    finding_of,
    panel_of,
    spill_over_of,
    study_inputs_json,
    unmoved_of,
)
from impact.models import Study
from impact.panel import StudyMaterial, study_material
from impact.selectors.studies import latest_finished_study
from impact.services.telling import tell_of_program
from wording.engines import is_of_other_engine
from wording.formats import reader


@transaction.atomic
def request_study(*, initiative: Initiative, by: Membership, data_cutoff: date) -> Study:
    """Queue a new study of the fixed plan on the data up to and including `data_cutoff`.

    The caller enqueues `impact.tasks.run_study` after the commit. Every run has its own number; earlier ones
    stay. Where it would read just what the study that counts has read, that one comes back, finished: nothing
    new could be found, and its value would lose its place. Raises NotLive, PlanNotFixed, StudyRunning,
    InvalidValues (cut-off).
    """
    row: Initiative = (
        Initiative.objects.select_for_update(of=("self",))
        .select_related("plan", "organization")
        .get(pk=initiative.pk)
    )
    went_live_on = row.went_live_on
    if went_live_on is None or went_live_on > row.organization.clock.today():
        raise NotLive(
            _("%(reference)s is not live yet: there is nothing to measure.") % {"reference": row.reference}
        )
    plan = getattr(row, "plan", None)
    if plan is None or not plan.fixed_digest or not plan.fixed_content:
        raise PlanNotFixed(
            _("The evaluation plan of %(reference)s was not fixed by an approval, so it proves nothing.")
            % {"reference": row.reference}
        )
    _check_cutoff(data_cutoff, went_live_on, row.organization.clock.today())
    if Study.objects.filter(initiative=row).unfinished().exists():
        raise StudyRunning(_("A study of this initiative is running. Wait for it to finish."))
    if (same := _same_study(row, data_cutoff, plan.fixed_digest)) is not None:
        return same
    last = Study.objects.filter(initiative=row).aggregate(last=Max("number"))["last"] or 0
    study = Study.objects.create(
        organization_id=row.organization_id,
        initiative=row,
        number=last + 1,
        plan_digest=plan.fixed_digest,
        data_cutoff=data_cutoff,
        requested_by=by,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="study.requested",
        subject=study,
        after={
            "number": study.number,
            "data_cutoff": encoded(data_cutoff),
            "plan_digest": plan.fixed_digest,
        },
    )
    return study


def execute_study(*, study: Study) -> bool:
    """Run a waiting study; False when another worker has it or it is finished.

    What the engine reads is stored before it computes, so a run that was cut short goes on from the same
    figures. A refusal is a result. An unknown error marks the study as failed and is raised again.
    """

    def work() -> None:
        if not study.inputs:
            _store_inputs(study)
        study.beat(40)
        finding = finding_from(study.inputs, study.seed)
        study.beat(90)
        _store_finding(study, finding)

    with written_for(study.organization):
        return run(
            study,
            work,
            unknown=gettext_lazy(
                "Something went wrong while computing. Nothing was lost; run the study again."
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Recomputation:
    """Whether the stored inputs still give the stored finding, figure by figure but for rounding.

    A finding of another version of the engine may well differ: it is `of_other_version`, not altered.
    `finding` is today's; None where the stored inputs are not those of the digest and say nothing any more.
    """

    outcome: Recomputed
    of_other_version: bool
    finding: Finding | None
    input_digest: str

    @property
    def is_same(self) -> bool:
        return self.outcome is Recomputed.SAME


def recompute(study: Study) -> Recomputation:
    """Run the engine again on the stored inputs and compare; changes nothing. Raises StudyNotFinished."""
    if study.job_state != JobState.DONE or study.finding is None:
        raise StudyNotFinished(_("This study has no result yet."))
    again = digest_of(study.inputs, version=version_of(study.inputs))
    other = is_of_other_engine(study.engine_version)
    finding = finding_from(study.inputs, study.seed) if again == study.input_digest else None
    if finding is None or not _fits_its_row(study, study.finding):
        outcome = Recomputed.OTHER_INPUTS
    elif _gives_the_same(finding, study.finding, is_of_other_version=other):
        outcome = Recomputed.SAME
    else:
        outcome = Recomputed.OTHER_VERSION if other else Recomputed.OTHER_FIGURES
    return Recomputation(outcome=outcome, of_other_version=other, finding=finding, input_digest=again)


def check_study(*, study: Study, by: Membership) -> Recomputation:
    """Recompute for somebody who wants to know, and record what came out; the study stays as it is.

    Whoever may read the finding may ask. Raises StudyNotFinished.
    """
    found = recompute(study)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="study.recomputed",
        subject=study,
        after={
            "number": study.number,
            "outcome": found.outcome.value,
            "engine_version": ENGINE_VERSION,
            "input_digest": found.input_digest,
        },
    )
    return found


def _fits_its_row(study: Study, stored: dict[str, Any]) -> bool:
    """Whether lists and totals, which read the row, say what the stored finding says."""
    columns = (study.grade, study.verdict, study.engine_version)
    return columns == (stored.get("grade"), stored.get("verdict"), stored.get("engine_version"))


def _gives_the_same(finding: Finding, stored: dict[str, Any], *, is_of_other_version: bool) -> bool:
    """Whether two findings are alike but for the engine that is named. Fields that came later than a stored
    finding count at their default."""
    if not is_of_other_version:
        return is_alike(finding_json(finding), stored)
    before = finding_json(replace(finding_of(stored), engine_version=finding.engine_version))
    return is_alike(finding_json(finding), before)


def _check_cutoff(data_cutoff: date, went_live_on: date, today: date) -> None:
    message = ""
    if data_cutoff > today:
        message = _("The data cut-off cannot be in the future.")
    elif data_cutoff <= went_live_on:
        message = _("The data cut-off must be after the go-live on %(day)s.") % {
            "day": reader().day(went_live_on)
        }
    if message:
        raise InvalidValues(message, fields={"data_cutoff": message})


def _same_study(initiative: Initiative, data_cutoff: date, plan_digest: str) -> Study | None:
    """The study that counts, where a new one would read the same inputs with the same engine."""
    counts = latest_finished_study(initiative)
    if counts is None or counts.data_cutoff != data_cutoff or counts.is_of_other_engine:
        return None
    material = study_material(initiative=initiative, data_cutoff=data_cutoff)
    digest = digest_of(_inputs(material, plan_digest), version=STUDY_INPUTS)
    return counts if digest == counts.input_digest else None


def _inputs(material: StudyMaterial, plan_digest: str) -> dict[str, Any]:
    content = {
        "subject": encoded(material.subject),
        **study_inputs_json(
            material.design, material.panel, unmoved=material.unmoved, spill_over=material.spill_over
        ),
        "thresholds": encoded(Thresholds()),
        "plan_digest": plan_digest,
    }
    return marked(content, version=STUDY_INPUTS)


def _store_inputs(study: Study) -> None:
    study.beat(5)
    count_noted(organization=study.organization)  # a study stands for good: no answer is left out of it
    with transaction.atomic():
        hold_counts(study.organization)  # no touchpoint is merged between reading plan and figures
        initiative = Initiative.objects.select_related("organization", "plan").get(pk=study.initiative_id)
        material = study_material(initiative=initiative, data_cutoff=study.data_cutoff)
    study.inputs = _inputs(material, study.plan_digest)
    study.input_digest = digest_of(study.inputs, version=STUDY_INPUTS)
    study.go_live = material.subject.go_live
    computed_from = [study.plan_digest, study.inputs["design"], study.inputs["panel"]]
    study.seed = seed_of(digest_of(computed_from, version=1))
    study.write(inputs=study.inputs, input_digest=study.input_digest, seed=study.seed, go_live=study.go_live)
    study.beat(20)


def finding_from(inputs: dict[str, Any], seed: int) -> Finding:
    """What today's engine finds from the stored inputs of a study, and nothing else. No query."""
    return evaluate(
        design_of(inputs),
        panel_of(inputs),
        rng=np.random.default_rng(seed),
        thresholds=decoded(Thresholds, inputs["thresholds"]),
        negative_control=unmoved_of(inputs),
        spill_over=spill_over_of(inputs),
    )


@transaction.atomic
def _store_finding(study: Study, finding: Finding) -> None:
    """Write the finding once: a worker that comes late is told so and changes nothing."""
    study.finish(
        finding=finding_json(finding),
        grade=finding.grade.value,
        verdict=finding.verdict.value,
        engine_version=finding.engine_version,
        finished_at=timezone.now(),
    )
    record_event(
        organization=study.organization,
        actor=None,
        verb="study.finished",
        subject=study,
        after={"grade": study.grade, "verdict": study.verdict, "input_digest": study.input_digest},
    )
    initiative = Initiative.objects.get(pk=study.initiative_id)
    if initiative.state == InitiativeState.COMPLETED:
        record_evaluation(by=None, initiative=initiative)
    tell_of_program(study.organization)
