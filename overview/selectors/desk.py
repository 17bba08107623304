"""The desk of one member: every source of what may be owed, read once a page."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.access import letters_of
from accounts.choices import Action
from accounts.models import EventDelivery, Membership
from accounts.permissions import may
from assessments.models import Assessment
from coalition.choices import InitiativeState
from coalition.models import Initiative, Milestone
from coalition.selectors import WaitingVote, votes_waiting_for
from common.jobs import JobState
from customer_voice.models import ImportBatch
from impact.choices import SignOff
from impact.models import RoiCase, Study

_S = InitiativeState
# Nobody owes anything: it has ended, or its owner alone decides what becomes of it.
AT_REST = frozenset({_S.DRAFT, _S.REJECTED, _S.CANCELLED, _S.EVALUATED})
AT_WORK = frozenset({_S.APPROVED, _S.IN_PROGRESS, _S.LIVE})  # milestones are promises here
CONSENSUS_DAYS = 30  # later nobody remembers why the answers differed; the next round asks again


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """One row that somebody owes something for: what stands in the words, the address, the day."""

    words: dict[str, object] = field(default_factory=dict)
    address: tuple[object, ...] = ()
    due_on: date | None = None
    detail: str = ""  # where the row itself says more than its kind


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that could wait for one member. Each property is a source and reads it once."""

    member: Membership

    def may(self, *actions: Action) -> bool:
        return all(may(self.member.role, action) for action in actions)

    @cached_property
    def today(self) -> date:
        return self.member.organization.clock.today()

    @cached_property
    def votes(self) -> tuple[WaitingVote, ...]:
        """Four queries."""
        return votes_waiting_for(self.member)

    @cached_property
    def initiatives(self) -> list[Any]:
        """Those under way whose owner this is, or all for who runs studies; with them drafts whose owner has
        left. One query."""
        if not self.may(Action.RECORD_PROGRESS):
            return []
        late = Milestone.objects.filter(
            initiative=OuterRef("pk"), done_on=None, due_on__lte=self.today
        ).order_by("due_on", "pk")
        studies = Study.objects.filter(initiative=OuterRef("pk"))
        left_behind = Q(owner__is_active=False) | Q(owner__user__is_active=False)
        rows = (
            Initiative.objects.of(self.member.organization)
            .filter(~Q(state__in=AT_REST) | (Q(state=_S.DRAFT) & left_behind))
            .select_related("plan", "owner__user")
            .annotate(
                late_milestones=Subquery(
                    late.order_by().values("initiative").annotate(number=Count("pk")).values("number")
                ),
                late_milestone=Subquery(late.values("title")[:1]),
                late_since=Subquery(late.values("due_on")[:1]),
                studied_until=Subquery(
                    studies.filter(job_state=JobState.DONE)
                    .order_by()
                    .values("initiative")
                    .annotate(last=Max("data_cutoff"))
                    .values("last")
                ),
                is_studied_now=Exists(studies.filter(job_state__in=[JobState.QUEUED, JobState.RUNNING])),
            )
            .order_by("number")
        )
        if not self.may(Action.RUN_STUDY):
            rows = rows.filter(owner=self.member)
        return list(rows)

    @cached_property
    def own(self) -> list[Any]:
        return [row for row in self.initiatives if row.owner_id == self.member.pk]

    @cached_property
    def values(self) -> list[Any]:
        """The value that counts of each initiative, of the study that counts. One query."""
        headline = Study.objects.filter(initiative=OuterRef("study__initiative")).finished().headline_first()
        newest = RoiCase.objects.filter(study=OuterRef("study")).headline_first()
        mine = Q(study__initiative__owner=self.member) | Q(computed_by=self.member)
        mine |= Q(study__initiative__value_model__changed_by=self.member)
        if self.may(Action.SIGN_OFF_VALUE):
            mine |= Q(sign_off=SignOff.OPEN)
        return list(
            RoiCase.objects.of(self.member.organization)
            .filter(
                mine,
                pk=Subquery(newest.values("pk")[:1]),
                study=Subquery(headline.values("pk")[:1]),
            )
            .select_related("study__initiative__owner", "study__initiative__value_model__changed_by")
            .select_related("computed_by")
            .defer("inputs", "result", "study__inputs", "study__finding")
            .order_by("computed_at", "pk")
        )

    @cached_property
    def rounds(self) -> list[Any]:
        """Open rounds that this member leads. One query."""
        if not self.may(Action.RUN_ASSESSMENT):
            return []
        rows = (
            Assessment.objects.of(self.member.organization)
            .open()
            .filter(is_private=False)
            .select_related("opened_by__user", "organization")
            .annotate(
                seats=Count("responses"),
                outstanding=Count("responses", filter=Q(responses__submitted_at=None)),
            )
            .order_by("due_on", "pk")
        )
        return [row for row in rows if self.leads(row.opened_by)]

    def leads(self, opener: Membership) -> bool:
        """A round is its opener's; without her it is everybody's who may run rounds."""
        return opener.pk == self.member.pk or not acts(opener, Action.RUN_ASSESSMENT)

    @cached_property
    def imports(self) -> list[Any]:
        """Own files that wait for a choice or have stopped. One query."""
        if not self.may(Action.IMPORT_FEEDBACK):
            return []
        waiting = Q(job_state=JobState.FAILED) | Q(job_state=JobState.DONE, is_dry_run=True)
        return list(
            ImportBatch.objects.of(self.member.organization)
            .filter(waiting, created_by=self.member)
            .order_by("created_at", "pk")
        )

    @cached_property
    def background(self) -> tuple[int, int]:
        """E-mails that failed and steps that are stuck, for who runs the organization. Two queries."""
        organization = self.member.organization
        if not self.may(Action.MANAGE_ORGANIZATION):
            return 0, 0
        stuck = EventDelivery.objects.filter(event__organization=organization, done_at=None)
        return (
            letters_of(organization).held_up(timezone.now()).count(),
            stuck.exclude(stuck_at=None).count(),
        )


def acts(member: Membership, action: Action) -> bool:
    return member.is_active and member.user.is_active and may(member.role, action)
