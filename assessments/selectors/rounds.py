"""Rounds: the list, one round's page, what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action, Role
from accounts.models import AuditEvent, Membership, Organization
from accounts.permissions import RIGHTS
from assessments.choices import AssessmentState, FrameworkKind
from assessments.content import Framework
from assessments.models import Assessment, FrameworkVersion, MaturityResult, Response
from assessments.selectors.profiles import framework_of, maturity_profile_of, said

HISTORY_LENGTH = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentRow:
    """One line of the list. `level` is that of the latest result, None while the round is open."""

    pk: int
    title: str
    framework: str
    is_quick: bool
    is_private: bool
    is_open: bool
    state: str
    opened_at: datetime
    due_on: date | None
    invited: int
    submitted: int
    level: float | None
    band: str
    result_pk: int | None
    my_seat: str  # "", "open" or "submitted"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatRow:
    """One respondent of a round and how far they are; never what they answered."""

    pk: int
    name: str
    perspective: str
    function: str
    answered: int
    practices: int
    started_at: datetime | None
    submitted_at: datetime | None
    is_me: bool
    has_access: bool  # who has left and not submitted is not waited for


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    at: datetime
    who: str
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundPage:
    """Everything a round's page says."""

    assessment: Assessment
    framework: str
    summary: str
    is_quick: bool
    practices: int
    perspectives: tuple[tuple[str, str], ...]
    seats: tuple[SeatRow, ...]
    submitted: int
    outstanding: int
    my_seat: SeatRow | None
    result_pk: int | None
    is_withheld: bool  # open again: what was shown is not, until the next closing
    history: tuple[Event, ...]

    @property
    def everybody_submitted(self) -> bool:
        return bool(self.submitted) and self.outstanding == 0

    @property
    def expected(self) -> int:
        """How many have answered or still can."""
        return self.submitted + self.outstanding


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingSeat:
    """A round that waits for this member's answers."""

    assessment_pk: int
    title: str
    due_on: date | None
    answered: int
    practices: int


def assessment_rows(organization: Organization, member: Membership) -> QuerySet[Assessment]:
    """Rounds, newest first, with all that `row_of` needs. One query for a page, one for its frameworks."""
    latest = MaturityResult.objects.standing().filter(assessment=OuterRef("pk")).order_by("-sequence")
    mine = Response.objects.filter(assessment=OuterRef("pk"), member=member)
    return (
        Assessment.objects.of(organization)
        .visible_to(member)
        .select_related("organization")
        .prefetch_related("framework")
        .annotate(
            invited=Count("responses"),
            submitted=Count("responses", filter=~Q(responses__submitted_at=None)),
            result_pk=Subquery(latest.values("pk")[:1]),
            level=Subquery(latest.values("overall_level")[:1]),
            band_key=Subquery(
                latest.annotate(key=KeyTextTransform("band", KeyTextTransform("overall", "profile"))).values(
                    "key"
                )[:1]
            ),
            my_seat_pk=Subquery(mine.values("pk")[:1]),
            my_submitted_at=Subquery(mine.values("submitted_at")[:1]),
        )
        .order_by("-opened_at", "-pk")
    )


def rows_of(rounds: Sequence[Any]) -> list[AssessmentRow]:
    """The lines of one page of `assessment_rows`. No query."""
    contents: dict[int, Framework] = {}
    rows = []
    for item in rounds:
        if item.framework_id not in contents:
            contents[item.framework_id] = framework_of(item.framework)
        content = contents[item.framework_id]
        band = content.band(item.band_key)
        rows.append(
            AssessmentRow(
                pk=item.pk,
                title=item.label,
                framework=said(content.name),
                is_quick=content.kind == FrameworkKind.QUICK,
                is_private=item.is_private,
                is_open=item.is_open,
                state=item.state,
                opened_at=item.opened_at,
                due_on=item.due_on,
                invited=item.invited,
                submitted=item.submitted,
                level=item.level,
                band=said(band.name) if band else "",
                result_pk=item.result_pk,
                my_seat=""
                if item.my_seat_pk is None
                else "open"
                if item.my_submitted_at is None
                else "submitted",
            )
        )
    return rows


def round_page(assessment: Assessment, member: Membership) -> RoundPage:
    """One round: who sits in it, how far they are, what happened. Three queries."""
    content = framework_of(assessment.framework)
    names = {item.key: said(item.name) for item in content.perspectives}
    practices = len(content.practices)
    seats = tuple(
        SeatRow(
            pk=seat.pk,
            name=str(seat.member.user),
            perspective=names.get(seat.perspective, ""),
            function=seat.function.name if seat.function else "",
            answered=seat.given,
            practices=practices,
            started_at=seat.started_at,
            submitted_at=seat.submitted_at,
            is_me=seat.member_id == member.pk,
            has_access=seat.member.has_access,
        )
        for seat in assessment.responses.select_related("member__user", "function")
        .with_given()
        .order_by("member__user__name", "pk")
    )
    submitted = sum(seat.submitted_at is not None for seat in seats)
    results = list(
        assessment.results.filter(is_superseded=False).order_by("-sequence").values_list("pk", flat=True)
    )
    is_shown = bool(results) and not assessment.is_open
    return RoundPage(
        assessment=assessment,
        framework=said(content.name),
        summary=said(content.summary),
        is_quick=content.kind == FrameworkKind.QUICK,
        practices=practices,
        perspectives=tuple(names.items()),
        seats=seats,
        submitted=submitted,
        outstanding=sum(seat.submitted_at is None and seat.has_access for seat in seats),
        my_seat=next((seat for seat in seats if seat.is_me), None),
        result_pk=results[0] if is_shown else None,
        is_withheld=bool(results) and assessment.is_open,
        history=_history(assessment),
    )


def invitable_members(assessment: Assessment) -> QuerySet[Membership]:
    """Active members who may answer and have no seat yet. One query."""
    roles = [role for role in Role if Action.ANSWER_ASSESSMENT in RIGHTS[role]]
    return (
        Membership.objects.of(assessment.organization)
        .active()
        .filter(role__in=roles)
        .exclude(assessment_responses__assessment=assessment)
        .select_related("user", "function")
        .order_by("user__name", "user__email")
    )


def members_by_pk(assessment: Assessment, wanted: set[int]) -> QuerySet[Membership]:
    """These members of the round's organization. One query."""
    return Membership.objects.of(assessment.organization).filter(pk__in=wanted).select_related("user")


def comparable_rounds(organization: Organization) -> QuerySet[Assessment]:
    """Closed rounds, newest first: what a new round can be compared with. One query.

    Without private quick checks, whose levels would come out in the comparison.
    """
    return (
        Assessment.objects.of(organization)
        .closed()
        .filter(is_private=False)
        .select_related("framework", "organization")
        .defer("framework__content")
        .order_by("-closed_at", "-pk")
    )


def waiting_for(member: Membership) -> list[WaitingSeat]:
    """Open rounds that wait for this member's answers, most urgent first. Two queries."""
    seats = list(
        Response.objects.outstanding()
        .filter(member=member, assessment__state=AssessmentState.OPEN)
        .select_related("assessment__framework", "assessment__organization")
        .with_given()
        .order_by("assessment__due_on", "invited_at")
    )
    return [
        WaitingSeat(
            assessment_pk=seat.assessment_id,
            title=seat.assessment.label,
            due_on=seat.assessment.due_on,
            answered=seat.given,
            practices=practice_count(seat.assessment.framework),
        )
        for seat in seats
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenDisagreement:
    """A closed round in which answers to so many practices are far apart and nobody has met over it yet."""

    assessment: Assessment
    practices: int


def open_disagreement(organization: Organization, *, since: datetime) -> OpenDisagreement | None:
    """What the newest closed round leaves to a consensus session, if it closed after `since`.

    Nothing once a level has been agreed on: how many of them a session settles is its own choice. Two
    queries.
    """
    result: MaturityResult | None = (
        MaturityResult.objects.filter(
            assessment__organization=organization,
            assessment__state=AssessmentState.CLOSED,
            assessment__is_private=False,
            is_superseded=False,
        )
        .select_related("assessment__organization", "assessment__opened_by__user")
        .defer("inputs")
        .order_by("-assessment__closed_at", "-sequence")
        .first()
    )
    if result is None or result.assessment.closed_at is None or result.assessment.closed_at < since:
        return None
    if result.assessment.consensus_levels.exists():
        return None
    far_apart = sum(
        standing.spread is not None and standing.spread.disagreement
        for standing in maturity_profile_of(result).practices
    )
    return OpenDisagreement(assessment=result.assessment, practices=far_apart) if far_apart else None


def perspectives_of(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    """(key, name) of the perspectives a respondent can have. No query."""
    return tuple((item.key, said(item.name)) for item in framework_of(assessment.framework).perspectives)


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameworkRow:
    """One published version."""

    pk: int
    key: str
    name: str
    summary: str
    version: str
    kind: str
    license: str
    is_own: bool
    dimensions: int
    practices: int
    digest: str
    published_at: datetime


def framework_names(organization: Organization) -> dict[str, str]:
    """What each framework on offer is called, by its key, in the reader's language. One query."""
    versions = FrameworkVersion.objects.on_offer_to(organization).order_by("published_at", "pk")
    return {version.key: said(framework_of(version).name) for version in versions.defer(None)}


def framework_rows(versions: QuerySet[FrameworkVersion]) -> list[FrameworkRow]:
    """Frameworks with what is in them. One query."""
    rows = []
    for version in versions.defer(None):
        content = framework_of(version)
        rows.append(
            FrameworkRow(
                pk=version.pk,
                key=version.key,
                name=said(content.name),
                summary=said(content.summary),
                version=version.version,
                kind=version.get_kind_display(),
                license=content.license,
                is_own=version.organization_id is not None,
                dimensions=len(content.dimensions),
                practices=len(content.practices),
                digest=version.digest,
                published_at=version.published_at,
            )
        )
    return rows


def practice_count(version: FrameworkVersion) -> int:
    return sum(len(dimension["practices"]) for dimension in version.content["dimensions"])


def _history(assessment: Assessment) -> tuple[Event, ...]:
    events = AuditEvent.objects.of(assessment.organization).filter(
        subject_type=assessment._meta.label_lower, subject_id=str(assessment.pk)
    )[:HISTORY_LENGTH]
    return tuple(
        Event(
            at=event.at,
            who=event.actor_name,
            text=_event_text(event),
            reason=str(event.after.get("reason", "")),
        )
        for event in events
    )


def _event_text(event: AuditEvent) -> str:
    invited = len(event.after.get("members", []))
    return {
        "assessment.opened": _("opened the round"),
        "assessment.invited": ngettext("invited %(count)d person", "invited %(count)d people", invited)
        % {"count": invited},
        "assessment.submitted": _("submitted answers"),
        "assessment.taken_back": _("withdrew answers to change them"),
        "assessment.closed": _("closed the round"),
        "assessment.shared": _("shared the quick check with the organization"),
        "assessment.reopened": _("reopened the round"),
        "assessment.consensus_recorded": _("recorded an agreed level"),
    }.get(event.verb, event.verb)
