"""Feedback that comes one by one or in small lots from another program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.errors import InvalidValues
from customer_voice.choices import DateFormat, ImportField
from customer_voice.importers import Outcome, Staging, Target, staging
from customer_voice.models import MetricDefinition
from customer_voice.services.rollup import refresh_rollup
from customer_voice.services.rows import Plan, check_rows, latest_allowed
from customer_voice.services.touchpoints import touchpoint_ids

MOST_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    created: int
    updated: int
    unchanged: int


@transaction.atomic
def record_feedback(
    *,
    organization: Organization,
    metric: MetricDefinition | None,
    source: str,
    items: Sequence[Mapping[str, str]],
    by: Membership | None = None,
) -> Recorded:
    """Store feedback, all of it or none; the same external id again changes or confirms what is there.

    Items are field -> text, as in a file with ISO dates: a field that some item of the lot has is empty
    in those that lack it, and a case without `resolved_at` is open. The trail says who sent it (`by`) and
    what came of it, unless nothing changed. Raises InvalidValues whose fields are "<position>.<field>"
    (positions from 0).
    """
    if len(items) > MOST_AT_ONCE:
        raise InvalidValues(_("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE}, code="too_many")
    given = [field.value for field in ImportField if any(field in item for item in items)]
    if metric is not None and metric.is_duration and ImportField.RESOLVED_AT not in given:
        given.append(ImportField.RESOLVED_AT.value)
    required = [ImportField.EXTERNAL_ID, ImportField.OCCURRED_AT, ImportField.TOUCHPOINT]
    header = tuple(dict.fromkeys([*(field.value for field in required), *given]))
    plan = Plan(
        header=header,
        mapping={name: name for name in header},
        metric=metric,
        zone=ZoneInfo(organization.time_zone),
        now=latest_allowed(timezone.now()),
        date_format=DateFormat.ISO,
        touchpoints=touchpoint_ids(organization),
    )
    rows = [[item.get(name, "") for name in header] for item in items]
    columns, errors = check_rows(plan, range(len(rows)), rows)
    wrong = {f"{error.row}.{error.column}": error.message for error in errors}
    if not wrong:
        with staging() as table:
            table.write(columns)
            wrong = {
                f"{row}.external_id": _("The same ID as in item %(first)d.") % {"first": first}
                for row, first, _id in table.duplicates()
            }
            if not wrong:
                outcome = _store(organization, metric, source, plan, table)
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    if outcome.created or outcome.updated:
        record_event(
            organization=organization,
            actor=by.user if by else None,
            verb="feedback.recorded",
            subject=metric or organization,
            after={
                "source": source,
                "created": outcome.created,
                "updated": outcome.updated,
                "unchanged": outcome.unchanged,
            },
        )
    return Recorded(created=outcome.created, updated=outcome.updated, unchanged=outcome.unchanged)


def _store(
    organization: Organization,
    metric: MetricDefinition | None,
    source: str,
    plan: Plan,
    table: Staging,
) -> Outcome:
    target = Target(
        organization_id=organization.pk,
        source=source,
        metric_id=None if metric is None else metric.pk,
        batch_id=None,
        received_at=timezone.now(),
        columns=plan.given(),
    )
    outcome = table.compare(target)
    if outcome.created or outcome.updated:
        cells = table.touched_days(target, organization.time_zone, changes_any=outcome.updated > 0)
        table.upsert(target)
        refresh_rollup(organization=organization, cells=cells)
    return outcome
