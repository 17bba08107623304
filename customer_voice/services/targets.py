"""Where rows go, and in words what they would replace there."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from common.worded import worded
from customer_voice.choices import NOTHING, ImportField
from customer_voice.errors import MetricRetired
from customer_voice.importers import DEFINITION, Replaced, Target
from customer_voice.models import MetricDefinition, Source
from customer_voice.selectors import named, series_versions
from journeys.models import Touchpoint

LONGEST_SHOWN = 80
FIELDS = {
    "occurred_at": ImportField.OCCURRED_AT.value,
    "touchpoint_id": ImportField.TOUCHPOINT.value,
    DEFINITION: "metric",
}  # stored column -> field of a file, where they differ


def refuse_retired(metric: MetricDefinition | None) -> None:
    """Raises MetricRetired: what is out of use gets no new answers."""
    if metric is not None and metric.is_retired:
        message = worded(
            gettext_lazy("%(metric)s is retired. Restore it, or choose another metric."), metric=named(metric)
        )
        raise MetricRetired(message, fields={"metric": message})


def target_for(
    organization: Organization,
    metric: MetricDefinition | None,
    *,
    source: Source,
    columns: tuple[str, ...],
    received_at: datetime,
    batch_id: int | None = None,
) -> Target:
    """Where the rows of one file or lot go. One query where they belong to a metric."""
    return Target(
        organization_id=organization.pk,
        source_id=source.pk,
        metric_id=None if metric is None else metric.pk,
        metric_key="" if metric is None else metric.key,
        series_ids=() if metric is None else tuple(one.pk for one in series_versions(metric)),
        batch_id=batch_id,
        received_at=received_at,
        columns=columns,
    )


def replaced_text(organization: Organization, row: Replaced) -> dict[str, str]:
    """Field -> "old → new", for one known answer."""
    return {
        FIELDS.get(name, name): f"{old} → {new}"
        for name, (old, new) in replaced_values(organization, row).items()
    }


def replaced_values(organization: Organization, row: Replaced) -> dict[str, tuple[str, str]]:
    """Column -> what goes and what comes, as text. A query for each touchpoint or definition."""
    zone = ZoneInfo(organization.time_zone)
    return {
        name: (_text(organization, zone, name, old), _text(organization, zone, name, new))
        for name, (old, new) in row.columns.items()
    }


def _text(organization: Organization, zone: ZoneInfo, name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    if name == "touchpoint_id":
        touchpoint = Touchpoint.objects.of(organization).filter(pk=value).first()
        return touchpoint.name if touchpoint else _("a new touchpoint")
    if name == DEFINITION:
        metric = MetricDefinition.objects.of(organization).filter(pk=value).first()
        return named(metric) if metric else NOTHING
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
