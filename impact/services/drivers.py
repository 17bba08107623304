"""Asking for a driver analysis and running it: raw feedback is read by the worker alone."""

from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.digests import digest_of
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from cxstats.drivers import driver_analysis, importance_performance
from cxstats.errors import NotEstimable
from impact.findings import encoded
from impact.models import DriverRun
from impact.selectors.answers import answers_digest, driver_columns, overall_of, pivot
from impact.selectors.drivers import NO_COLUMNS, TOO_FEW_COLUMNS, known_outcome


@transaction.atomic
def request_drivers(*, by: Membership, outcome: str = "") -> DriverRun:
    """Queue an analysis of the answers as they are, or give back the one that was made of just these.

    The caller enqueues `impact.tasks.run_drivers` after the commit, if the run is not finished. An unknown
    `outcome` means the overall one.
    """
    Organization.objects.select_for_update(of=("self",)).get(pk=by.organization_id)
    wanted = known_outcome(by.organization, outcome)
    digest = answers_digest(by.organization)
    run, is_new = DriverRun.objects.get_or_create(
        organization=by.organization,
        outcome=wanted,
        data_digest=digest,
        engine_version=ENGINE_VERSION,
        defaults={"requested_by": by},
    )
    if is_new:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="driver_run.requested",
            subject=run,
            after={"outcome": wanted, "data_digest": digest},
        )
    elif run.job_state == JobState.FAILED:
        DriverRun.objects.filter(pk=run.pk, job_state=JobState.FAILED).update(
            job_state=JobState.QUEUED, heartbeat_at=timezone.now(), failure="", progress=0
        )
        run.refresh_from_db()
    return run


def execute_drivers(*, run: DriverRun) -> bool:
    """Run a waiting analysis; False when another worker has it or it is finished. A refusal is a result."""
    if not run.claim():
        return False
    try:
        result = _result(run)
    except Exception:
        run.fail(_("Something went wrong while computing. Nothing was lost; compute it again."))
        raise
    _store(run, result)
    return True


def stale_driver_runs() -> list[int]:
    """Ids of analyses whose worker has been silent for too long; asking does not change them."""
    return list(DriverRun.objects.stale(timezone.now()).values_list("pk", flat=True))


@transaction.atomic
def _store(run: DriverRun, result: dict[str, Any]) -> None:
    """Write the result once: a worker that comes late finds the run finished and changes nothing."""
    written = DriverRun.objects.filter(pk=run.pk, job_state=JobState.RUNNING, result__isnull=True).update(
        result=result, finished_at=timezone.now()
    )
    if written:
        run.refresh_from_db()
        run.finish()


def _result(run: DriverRun) -> dict[str, Any]:
    """Keys: columns, outcome (key or empty), analysis, placed, refusal (key and detail)."""
    columns = driver_columns(run.organization)
    run.beat(20)
    result: dict[str, Any] = {"columns": encoded(columns), "outcome": ""}
    outcome = next((column for column in columns if column.key == run.outcome), None) or overall_of(columns)
    if outcome is None:
        return result | {"refusal": {"key": NO_COLUMNS, "detail": {}}}
    result["outcome"] = outcome.key
    scores = pivot(run.organization, columns, outcome)
    run.beat(40)
    if len(scores.keys) < 2:
        return result | {"refusal": {"key": TOO_FEW_COLUMNS, "detail": {}}}
    digest = digest_of([outcome.key, scores.keys, scores.outcome, [str(row) for row in scores.table]])
    try:
        analysis = driver_analysis(
            outcome=scores.outcome,
            drivers=scores.table,
            keys=scores.keys,
            rng=np.random.default_rng(int(digest[:15], 16)),
        )
    except NotEstimable as refusal:
        return result | {"refusal": {"key": refusal.reason.value, "detail": encoded(refusal.detail)}}
    run.beat(90)
    try:
        placed = importance_performance(drivers=analysis.drivers, performance=scores.boxes)
    except NotEstimable:
        placed = None
    return result | {"analysis": encoded(analysis), "placed": encoded(placed)}
