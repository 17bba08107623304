"""A table of scores and outcomes that somebody sends: checked, kept until it is computed or discarded."""

from datetime import date
from typing import IO
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from common.errors import InvalidValues
from customer_voice.models import MetricDefinition
from impact.choices import OutcomeKind
from impact.errors import HistoriesRefused
from impact.histories import histories_json
from impact.history_files import ReadHistories, read_histories
from impact.models import AssociationFile
from impact.selectors.histories import PointsOfScores, counted_metrics
from tabular.choices import DateFormat


@transaction.atomic
def keep_association_file(
    *,
    by: Membership,
    file: IO[bytes],
    filename: str,
    outcome: str,
    metric: MetricDefinition,
    until: date,
    date_format: str = DateFormat.AUTO,
) -> AssociationFile:
    """Check a table and keep its histories, without a name, until they are computed. Nothing is computed.

    Raises FileRefused, HistoriesRefused (fields `row-<place>`, a sentence with the line), InvalidValues.
    """
    by = acting(by, Action.RUN_STUDY)
    _require(by, outcome=outcome, metric=metric, until=until)
    read = _read(by, file, outcome=outcome, metric=metric, until=until, date_format=date_format)
    if read.wrong:
        raise HistoriesRefused(
            _("Nothing was kept of the file."),
            fields={f"row-{place}": text for place, text in enumerate(read.wrong)}
            | ({"rows": _("And %(count)s more.") % {"count": read.more_wrong}} if read.more_wrong else {}),
        )
    AssociationFile.objects.of(by.organization).filter(created_by=by).delete()  # one at a time, the newest
    kept = AssociationFile.objects.create(
        organization=by.organization,
        outcome=outcome,
        metric=metric,
        filename=filename[:200],
        until=until,
        told={
            "rows": read.rows,
            "customers": len(read.histories),
            "scores": sum(len(one.scores) for one in read.histories),
            "without_score": sum(not one.scores for one in read.histories),
            "left": sum(one.left is not None for one in read.histories),
            "read": list(read.read),
            "not_read": list(read.not_read),
        },
        rows=histories_json(read.histories),
        created_by=by,
    )
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="association_file.kept",
        subject=kept,
        after={
            "filename": kept.filename,
            "outcome": str(outcome),
            "metric": metric.key,
            "until": until.isoformat(),
        },
    )
    return kept


def _require(by: Membership, *, outcome: str, metric: MetricDefinition, until: date) -> None:
    wrong = {}
    if outcome not in OutcomeKind.values:
        wrong["outcome"] = _("Choose what customers did later.")
    if metric.pk not in {one.pk for one in counted_metrics(by.organization)}:
        wrong["metric"] = _("Choose a metric whose answers are scores.")
    if until > by.organization.clock.today():
        wrong["until"] = _("This day is still ahead.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _read(
    by: Membership,
    file: IO[bytes],
    *,
    outcome: str,
    metric: MetricDefinition,
    until: date,
    date_format: str,
) -> ReadHistories:
    scores = PointsOfScores(metric)
    return read_histories(
        file,
        outcome=outcome,
        until=until,
        today=by.organization.clock.today(),
        zone=ZoneInfo(by.organization.time_zone),
        points=scores.of,
        refuses=scores.refuses,
        date_format=date_format,
    )


@transaction.atomic
def discard_association_file(*, by: Membership, file: AssociationFile) -> None:
    """The file goes without being computed."""
    by = acting(by, Action.RUN_STUDY)
    held = AssociationFile.objects.of(by.organization).select_for_update(of=("self",)).filter(pk=file.pk)
    kept = held.first()
    if kept is None:
        return
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="association_file.discarded",
        subject=kept,
        before={"filename": kept.filename},
    )
    kept.delete()
