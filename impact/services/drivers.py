"""Asking for a driver analysis and running it: raw feedback is read by the worker alone."""

from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import record_event
from common import jobs
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from cxstats.codec import digest_of, encoded, seed_of
from cxstats.drivers import driver_analysis, importance_performance
from cxstats.errors import NotEstimable
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
    else:  # answers that are again as they were bring their analysis back to the page
        # held, so that a worker that finishes it meanwhile keeps its result
        run = DriverRun.objects.select_for_update(of=("self",)).select_related("organization").get(pk=run.pk)
        run.current_since = timezone.now()
        if run.job_state == JobState.FAILED:
            run.queue_again()
        run.save()
    return run


def execute_drivers(*, run: DriverRun) -> bool:
    """Run a waiting analysis; False when another worker has it or it is finished. A refusal is a result."""
    with written_for(run.organization):
        return jobs.run(
            run,
            partial(_compute, run),
            unknown=gettext_lazy("Something went wrong while computing. Nothing was lost; compute it again."),
        )


def _compute(run: DriverRun) -> None:
    run.finish(result=_result(run), finished_at=timezone.now())


def _result(run: DriverRun) -> dict[str, Any]:
    """Keys: columns, outcome (key or empty), analysis, placed, is_alike, refusal (key and detail)."""
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
    digest = digest_of(
        [outcome.key, scores.keys, scores.outcome, [str(row) for row in scores.table]], version=1
    )
    try:
        analysis = driver_analysis(
            outcome=scores.outcome,
            drivers=scores.table,
            keys=scores.keys,
            rng=np.random.default_rng(seed_of(digest)),
        )
    except NotEstimable as refusal:
        return result | {"refusal": {"key": refusal.reason.value, "detail": encoded(refusal.detail)}}
    run.beat(90)
    result["is_alike"] = scores.is_alike
    try:
        placed = importance_performance(drivers=analysis.drivers, performance=scores.boxes)
    except NotEstimable:
        placed = None
    return result | {"analysis": encoded(analysis), "placed": encoded(placed if scores.is_alike else None)}
