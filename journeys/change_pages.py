"""What a change of many touchpoints shows: fields by their names, values as people say them. No query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.registry import operational_metrics_of
from journeys.change_plans import FIELDS, Plan, PlannedRow
from journeys.choices import Channel, Phase
from journeys.models import InventoryChange

NOTHING = "–"
MOST_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldLine:
    """One field of one row: `before` is empty where the touchpoint is added."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RowLine:
    line: int
    name: str
    is_new: bool
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePage:
    """What would happen, row by row."""

    change: InventoryChange
    plan: Plan
    rows: tuple[RowLine, ...]
    columns: tuple[tuple[str, str], ...]  # of a file: its column, and the field that it was read as

    @property
    def more(self) -> int:
        return len(self.plan.rows) - len(self.rows)


def change_page(change: InventoryChange, plan: Plan) -> ChangePage:
    """One query, for the names of metrics."""
    names, metrics = field_names(), operational_metrics_of(change.organization)
    shown = plan.rows[:MOST_SHOWN]
    columns = change.asked.get("columns", {})
    return ChangePage(
        change=change,
        plan=plan,
        rows=tuple(_row_line(row, names, metrics) for row in shown),
        columns=tuple((column, names[field]) for field, column in columns.items()),
    )


def field_names() -> dict[str, str]:
    """What each field is called; the key of a touchpoint too."""
    return {
        "key": _("Key"),
        "name": _("Name"),
        "phase": _("Phase"),
        "channel": _("Channel"),
        "owner_function": pgettext("touchpoint", "Owner"),
        "owner_person": _("Responsible person"),
        "is_intended": _("Designed on purpose"),
        "purpose": _("Purpose"),
        "operational_metric": _("Operational metric"),
        "side_effects": _("Side effects"),
        "is_archived": _("Archived"),
    }


def _row_line(row: PlannedRow, names: Mapping[str, str], metrics: Mapping[str, str]) -> RowLine:
    is_new = row.touchpoint is None
    return RowLine(
        line=row.line,
        name=row.name,
        is_new=is_new,
        fields=tuple(
            FieldLine(
                name=names[field],
                before="" if is_new else value_text(field, row.before[field], metrics),
                after=value_text(field, row.after[field], metrics),
            )
            for field in (*FIELDS, "is_archived")
            if field in row.after and not (is_new and field == "name")
        ),
    )


def value_text(field: str, value: Any, metrics: Mapping[str, str]) -> str:
    """A value as people say it; a dash for none."""
    if field in ("is_intended", "is_archived"):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return NOTHING
    if field == "phase":
        return str(Phase(value).label)
    if field == "channel":
        return str(Channel(value).label)
    if field == "operational_metric":
        return metrics.get(value, value)
    return str(value)
