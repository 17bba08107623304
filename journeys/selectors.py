"""Reads of the inventory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext

from accounts.models import AuditEvent, Organization
from common.registry import Consequence, Departing, NamesKept
from journeys.choices import Phase
from journeys.models import InventoryChange, Touchpoint
from wording.joining import listed


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
    rows = Touchpoint.objects.of(organization).current()
    return rows.select_related("owner_function", "owner_person__user").order_by("name")


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


def was_restored_since(touchpoint: Touchpoint, moment: datetime | None) -> bool:
    """Whether somebody has put it back on the lists since: what archived it later is another decision. One
    query."""
    restored = AuditEvent.objects.of(touchpoint.organization).filter(
        subject_type=touchpoint._meta.label_lower, subject_id=str(touchpoint.pk), verb="touchpoint.restored"
    )
    return restored.filter(at__gte=moment).exists() if moment else restored.exists()


def merged_names(touchpoint: Touchpoint) -> list[str]:
    """What else it was called: names of the touchpoints that were merged into it. One query."""
    return list(touchpoint.merged.order_by("name").values_list("name", flat=True))


def owners_lost(question: Departing) -> Iterator[Consequence]:
    """Touchpoints that somebody looks after who would have no access any more. One query."""
    if question.role:
        return
    rows = Touchpoint.objects.of(question.person.organization).current().filter(owner_person=question.person)
    names = list(rows.order_by("name").values_list("name", flat=True))
    if names:
        text = ngettext(
            "Responsible for the touchpoint %(names)s: name someone else.",
            "Responsible for the touchpoints %(names)s: name someone else.",
            len(names),
        )
        yield Consequence(text=text % {"names": listed(names)})


def without_person(organization: Organization) -> QuerySet[Touchpoint]:
    """Current touchpoints whose responsible person can no longer come in. One query."""
    gone = Q(owner_person__is_active=False) | Q(owner_person__user__is_active=False)
    return touchpoints(organization).filter(gone)


def names_in_changes(organization: Organization) -> Iterator[NamesKept]:
    """Lists that were uploaded name people who are to be responsible."""
    yield NamesKept(
        rows=InventoryChange.objects.filter(organization=organization), fields=("asked", "filename")
    )
