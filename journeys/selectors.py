"""Reads of the inventory."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import AuditEvent, Organization
from journeys.choices import Phase
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseCoverage:
    """How many touchpoints one phase of the customer decision journey has."""

    phase: str
    name: str
    touchpoints: int
    without_owner: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What the inventory covers. Phases in the order of the journey."""

    touchpoints: int
    archived: int
    without_owner: int
    unintended: int
    phases: tuple[PhaseCoverage, ...]

    @property
    def empty_phases(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.phases if not item.touchpoints)


def touchpoints(organization: Organization) -> QuerySet[Touchpoint]:
    """Current touchpoints with their owners, by name. One query."""
    return Touchpoint.objects.of(organization).current().select_related("owner_function").order_by("name")


def coverage(organization: Organization) -> Coverage:
    """Which phases have touchpoints and which touchpoints nobody owns. Two queries."""
    counts = (
        Touchpoint.objects.of(organization)
        .current()
        .order_by()
        .values("phase")
        .annotate(
            number=Count("pk"),
            ownerless=Count("pk", filter=Q(owner_function=None)),
            unplanned=Count("pk", filter=Q(is_intended=False)),
        )
    )
    by_phase = {row["phase"]: row for row in counts}
    phases = tuple(
        PhaseCoverage(
            phase=phase.value,
            name=str(phase.label),
            touchpoints=by_phase[phase]["number"] if phase in by_phase else 0,
            without_owner=by_phase[phase]["ownerless"] if phase in by_phase else 0,
        )
        for phase in Phase
    )
    return Coverage(
        touchpoints=sum(row["number"] for row in by_phase.values()),
        archived=Touchpoint.objects.of(organization).standing().archived().count(),
        without_owner=sum(row["ownerless"] for row in by_phase.values()),
        unintended=sum(row["unplanned"] for row in by_phase.values()),
        phases=phases,
    )


def touchpoint_history(touchpoint: Touchpoint) -> QuerySet[AuditEvent]:
    """What was changed about this touchpoint, newest first. One query."""
    return AuditEvent.objects.of(touchpoint.organization).filter(
        subject_type=touchpoint._meta.label_lower, subject_id=str(touchpoint.pk)
    )[:10]


def merged_names(touchpoint: Touchpoint) -> list[str]:
    """What else it was called: names of the touchpoints that were merged into it. One query."""
    return list(touchpoint.merged.order_by("name").values_list("name", flat=True))
