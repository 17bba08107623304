"""Finished studies to report on, computed once a run and put into each test's database as they came out.

A study takes the engine some seconds; its inputs and its finding are plain data without database keys, so
every later test gets a row with the same figures.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from common.jobs import JobState
from impact.models import RoiCase, Study
from impact.services import compute_roi_case
from reports import services
from reports.models import Report
from tests.factories.impact import Simulated, finished_study, live_initiative, value_model

# What the engine says of each: supported B with a value; inconclusive with a scenario; a refusal.
KINDS: dict[str, dict[str, Any]] = {
    "supported": {},
    "scenario": {"truth": 0.0, "seed": 3},
    "refused": {"weeks": 62, "start": 60, "comparisons": 0},
}
_STUDIES: dict[tuple[str, str, str], dict[str, Any]] = {}
_CASES: dict[tuple[str, str, str], dict[str, Any]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proved:
    simulated: Simulated
    study: Study
    case: RoiCase | None

    @property
    def last_day(self) -> date:
        return self.simulated.last_day


def proved(by: Membership, kind: str = "supported", **changes: Any) -> Proved:
    """A live initiative of `by`'s organization with a finished study and, where there is one, its value.

    `changes` go to `live_initiative` and must not move a figure (title, number).
    """
    simulated = live_initiative(by.organization, by, **{**KINDS[kind], **changes})
    study = _study(simulated, by, kind)
    return Proved(
        simulated=simulated,
        study=study,
        case=None if kind == "refused" else _case(study, by, kind, simulated),
    )


def waiting_report(by: Membership, proved_study: Proved, **wishes: Any) -> Report:
    return services.request_roi_report(by=by, study=proved_study.study, roi_case=proved_study.case, **wishes)


def made_report(by: Membership, proved_study: Proved, **wishes: Any) -> Report:
    """A document that was asked for and drawn."""
    report = waiting_report(by, proved_study, **wishes)
    assert services.make_report(report=report), report.job_state
    report.refresh_from_db()
    return report


def _named(simulated: Simulated, kind: str) -> tuple[str, str, str]:
    """Digests are those of what names the initiative too: under another name it is another study."""
    return kind, simulated.initiative.title, simulated.initiative.reference


def _study(simulated: Simulated, by: Membership, kind: str) -> Study:
    known = _STUDIES.get(_named(simulated, kind))
    if known is None:
        study = finished_study(simulated, by)
        names = ("inputs", "finding", "grade", "verdict", "engine_version", "input_digest", "seed")
        _STUDIES[_named(simulated, kind)] = deepcopy({name: getattr(study, name) for name in names})
        return study
    return Study.objects.create(
        organization=simulated.initiative.organization,
        initiative=simulated.initiative,
        plan_digest=simulated.initiative.plan.fixed_digest,
        data_cutoff=simulated.last_day,
        go_live=simulated.initiative.went_live_on,
        requested_by=by,
        job_state=JobState.DONE,
        progress=100,
        finished_at=timezone.now(),
        **deepcopy(known),  # tests change what they were given
    )


def _case(study: Study, by: Membership, kind: str, simulated: Simulated) -> RoiCase:
    value_model(study.initiative, by)
    known = _CASES.get(_named(simulated, kind))
    if known is None:
        case = compute_roi_case(study=study, by=by)
        names = ("inputs", "result", "is_scenario_only", "engine_version", "input_digest")
        _CASES[_named(simulated, kind)] = deepcopy({name: getattr(case, name) for name in names})
        return case
    return RoiCase.objects.create(
        organization=study.organization, study=study, computed_by=by, **deepcopy(known)
    )
