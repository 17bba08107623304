"""What goes with a customer's score later: asked for, computed by the worker, kept as it was found."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import acting, record_event
from common import jobs
from common.errors import InvalidValues
from common.jobs import UNFINISHED, JobState
from customer_voice.models import MetricDefinition
from cxstats import ENGINE_VERSION
from cxstats.association import CustomerHistory, asked_check, associate_outcome, order_check
from cxstats.codec import digest_of, encoded
from cxstats.errors import NotEstimable
from impact.choices import AssociationSource, OutcomeKind
from impact.errors import AssociationRunning
from impact.histories import LEAST_KNOWN, histories_json, histories_of, material_of
from impact.models import AssociationFile, AssociationRun
from impact.selectors.histories import account_histories, counted_metrics


@transaction.atomic
def request_association(*, by: Membership, metric: MetricDefinition) -> AssociationRun:
    """Ask how staying goes with the scores of the customer accounts; the caller enqueues the new row.

    Accounts hold no revenue of past years, so of them staying alone is asked. Raises AssociationRunning,
    InvalidValues for a metric that is no score.
    """
    by = acting(by, Action.RUN_STUDY)
    _require_scores(by.organization, metric)
    return _queued(
        by,
        outcome=OutcomeKind.STAYED,
        source=AssociationSource.ACCOUNTS,
        metric=metric,
        until=by.organization.clock.today(),
    )


@transaction.atomic
def request_association_of_file(*, by: Membership, file: AssociationFile) -> AssociationRun:
    """The same of a file that was checked. The file goes; its rows go when they are computed."""
    by = acting(by, Action.RUN_STUDY)
    held = AssociationFile.objects.of(by.organization).select_for_update(of=("self",)).get(pk=file.pk)
    run = _queued(
        by,
        outcome=held.outcome,
        source=AssociationSource.FILE,
        metric=held.metric,
        until=held.until,
        filename=held.filename,
        rows=held.rows,
    )
    held.delete()
    return run


def _queued(by: Membership, **columns: Any) -> AssociationRun:
    Organization.objects.select_for_update(of=("self",)).get(pk=by.organization_id)
    runs = AssociationRun.objects.of(by.organization)
    if runs.filter(job_state__in=UNFINISHED, source=columns["source"], metric=columns["metric"]).exists():
        raise AssociationRunning(_("This is being computed already. Wait for its result."))
    runs.filter(job_state=JobState.FAILED, rows__isnull=False).update(rows=None)  # nobody computes them again
    last = runs.aggregate(last=Max("number"))["last"] or 0
    run = AssociationRun.objects.create(
        organization=by.organization,
        number=last + 1,
        currency=by.organization.currency,
        requested_by=by,
        **columns,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="association_run.requested",
        subject=run,
        after={
            "number": run.number,
            "outcome": str(run.outcome),
            "source": str(run.source),
            "metric": run.metric.key,
            "until": run.until.isoformat(),
            "filename": run.filename,
        },
    )
    return run


def _require_scores(organization: Organization, metric: MetricDefinition) -> None:
    if metric.pk not in {one.pk for one in counted_metrics(organization)}:
        message = _("Choose a metric whose answers are scores.")
        raise InvalidValues(message, fields={"metric": message})


def execute_association(*, run: AssociationRun) -> bool:
    """Compute a waiting row; False when another worker has it or it is finished. A refusal is a result."""
    with written_for(run.organization):
        return jobs.run(
            run,
            partial(_compute, run),
            unknown=gettext_lazy("Something went wrong while computing. Nothing was lost; compute it again."),
        )


def _compute(run: AssociationRun) -> None:
    if run.source == AssociationSource.FILE:
        histories = histories_of(run.rows or [])
    else:
        histories = account_histories(run.organization, run.metric)
    run.beat(30)
    digest = digest_of([run.outcome, run.until.isoformat(), histories_json(histories)], version=1)
    result = association_result(histories, outcome=run.outcome, until=run.until)
    run.finish(
        result=result,
        rows=None,
        data_digest=digest,
        engine_version=ENGINE_VERSION,
        finished_at=timezone.now(),
    )


def association_result(histories: Sequence[CustomerHistory], *, outcome: str, until: date) -> dict[str, Any]:
    """Keys: customers, with_scores, association, refusal (key and detail) or None; where rows were found also
    counts, days, known, left_out; with an association also money, sample_checks. No customer can be told from
    it: it holds sums over all of them."""
    result: dict[str, Any] = {
        "customers": len(histories),
        "with_scores": sum(bool(one.scores) for one in histories),
        "association": None,
        "refusal": None,
    }
    try:
        material = material_of(histories, outcome=outcome, until=until)
        rows = material.rows
        result |= {
            "counts": {
                "asked": rows.asked,
                "asked_left": rows.asked_left,
                "not_asked": rows.not_asked,
                "not_asked_left": rows.not_asked_left,
                "after_leaving": rows.after_leaving,
                "not_followed": rows.not_followed,
                "unknown_outcome": rows.unknown_outcome,
            },
            "days": [day.isoformat() for day in rows.days],
            "known": list(material.known),
            "left_out": list(material.left_out),
        }
        found = associate_outcome(material.sample)
    except NotEstimable as refusal:
        result["refusal"] = {"key": refusal.reason.value, "detail": encoded(refusal.detail)}
        return result
    result["association"] = encoded(found)
    result["money"] = _money(histories, until)
    result["sample_checks"] = [encoded(asked_check(rows)), encoded(order_check(rows))]
    return result


def _money(histories: Sequence[CustomerHistory], until: date) -> dict[str, Any] | None:
    """Customers of the last day and their mean revenue a year; None where it is known of too few."""
    there = [one for one in histories if one.left is None or one.left > until]
    known = [one.revenue for one in there if one.revenue is not None]
    if not known or len(known) < LEAST_KNOWN * len(there):
        return None
    return {"customers": len(there), "mean_revenue": sum(known) / len(known)}
