"""Feedback that comes one by one or in small lots from another program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.errors import InvalidValues
from customer_voice.choices import DateFormat, ImportField
from customer_voice.errors import ReplacementNotConfirmed
from customer_voice.importers import Outcome, Staging, staging
from customer_voice.models import MetricDefinition
from customer_voice.services.erasure import leave_out_erased
from customer_voice.services.rollup import Cell, hold_rollup, refresh_rollup
from customer_voice.services.rows import Plan, check_rows, latest_allowed
from customer_voice.services.targets import refuse_retired, replaced_text, target_for
from customer_voice.services.touchpoints import touchpoint_ids

MOST_AT_ONCE = 5_000
MOST_NAMED = 100  # known answers that would be replaced, named in a refusal
OF_A_METRIC = (
    ImportField.SCORE.value,
    ImportField.EXPOSURE.value,
    ImportField.RESOLVED_AT.value,
    ImportField.REOPENED_COUNT.value,
)
REQUIRED = (ImportField.EXTERNAL_ID.value, ImportField.OCCURRED_AT.value, ImportField.TOUCHPOINT.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """`left_out`: answers whose words were erased here, and that stay out."""

    created: int
    updated: int
    unchanged: int
    left_out: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lot:
    """Items that name the same fields, as checked columns."""

    plan: Plan
    columns: list[list[object]]


@transaction.atomic
def record_feedback(
    *,
    organization: Organization,
    metric: MetricDefinition | None,
    source: str,
    items: Sequence[Mapping[str, str]],
    by: Membership | None = None,
    replaces_known: bool = False,
) -> Recorded:
    """Store feedback, all of it or none; the same external id again completes or confirms what is there.

    Items are field -> text, as in a file with ISO dates. What an item does not name stays as it is; what it
    names empty becomes empty. A value that is known is replaced only where `replaces_known` says so, else
    ReplacementNotConfirmed names each. The trail says who sent it (`by`) and what came of it, unless nothing
    changed. Raises InvalidValues whose fields are "<position>.<field>" (positions from 0).
    """
    refuse_retired(metric)
    if len(items) > MOST_AT_ONCE:
        raise InvalidValues(_("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE}, code="too_many")
    held = hold_rollup(organization)
    lots, wrong = _checked(held, metric, items)
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    found = Recorded(created=0, updated=0, unchanged=0)
    cells: set[Cell] = set()
    losses: dict[str, str] = {}
    now = timezone.now()
    for lot in lots:
        with staging() as table:
            table.write(lot.columns)
            erased = leave_out_erased(table, held, source, metric.key if metric else "")
            outcome, touched, lost = _store(held, metric, source, lot.plan, table, now, replaces_known)
        cells |= touched
        losses |= lost
        found = replace(
            found,
            created=found.created + outcome.created,
            updated=found.updated + outcome.updated,
            unchanged=found.unchanged + outcome.unchanged,
            left_out=found.left_out + len(erased),
        )
    if losses:
        raise ReplacementNotConfirmed(
            _("Existing values would be replaced; nothing was stored. Set replaces_known to replace them."),
            fields=dict(sorted(losses.items())),
        )
    if cells:
        refresh_rollup(organization=held, cells=cells)
    if found.created or found.updated:
        record_event(
            organization=held,
            actor=by.user if by else None,
            verb="feedback.recorded",
            subject=metric or held,
            after={
                "source": source,
                "created": found.created,
                "updated": found.updated,
                "unchanged": found.unchanged,
            },
        )
    return found


def _checked(
    organization: Organization, metric: MetricDefinition | None, items: Sequence[Mapping[str, str]]
) -> tuple[list[_Lot], dict[str, str]]:
    """Items by the fields that they name, checked, and everything that is wrong with them."""
    by_fields: dict[tuple[str, ...], list[int]] = {}
    first: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for position, item in enumerate(items):
        named = tuple(field.value for field in ImportField if field in item)
        if metric is None:
            wrong |= {
                f"{position}.{name}": _("This needs the metric that it counts for.")
                for name in OF_A_METRIC
                if item.get(name, "").strip()
            }
        by_fields.setdefault(tuple(dict.fromkeys([*REQUIRED, *named])), []).append(position)
        known = first.setdefault(item.get("external_id", "").strip(), position)
        if known != position:
            wrong[f"{position}.external_id"] = _("Same ID as item %(first)d.") % {"first": known}
    touchpoints, now = touchpoint_ids(organization), latest_allowed(timezone.now())
    lots = []
    for header, positions in by_fields.items():
        plan = Plan(
            header=header,
            mapping={name: name for name in header},
            metric=metric,
            zone=ZoneInfo(organization.time_zone),
            now=now,
            date_format=DateFormat.ISO,
            touchpoints=touchpoints,
        )
        rows = [[items[position].get(name, "") for name in header] for position in positions]
        columns, errors = check_rows(plan, positions, rows)
        wrong |= {f"{error.row}.{error.column}": error.message for error in errors}
        lots.append(_Lot(plan=plan, columns=columns))
    return lots, wrong


def _store(
    organization: Organization,
    metric: MetricDefinition | None,
    source: str,
    plan: Plan,
    table: Staging,
    now: datetime,
    replaces_known: bool,
) -> tuple[Outcome, set[Cell], dict[str, str]]:
    """What one lot does to what is known: written, unless something would be lost that nobody gave up."""
    target = target_for(organization, metric, source=source, columns=plan.given(), received_at=now)
    outcome = table.compare(target)
    cells: set[Cell] = set()
    if outcome.replaced and not replaces_known:
        return outcome, cells, {
            f"{row.row_number}.{name}": text
            for row in table.replaced(target, MOST_NAMED)
            for name, text in replaced_text(organization, row).items()
        }  # fmt: skip
    if outcome.created or outcome.updated:
        cells = table.touched_days(target, organization.time_zone, changes_any=outcome.updated > 0)
        table.upsert(target)
    return outcome, cells, {}
