"""The desk of one member: every source of what may be owed, read once a page."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Subquery, When
from django.utils import timezone

from accounts.access import letters_of
from accounts.choices import Action
from accounts.models import EventDelivery, Membership
from accounts.permissions import may
from assessments.models import Assessment
from coalition.choices import InitiativeState, Outcome, SuggestionState
from coalition.models import Decision, Initiative, Milestone, Suggestion
from coalition.selectors import SeatNow, WaitingVote, seats_left, votes_waiting_for
from coalition.selectors.review_days import Reviewable, reviewable
from common.jobs import JobState
from customer_voice.models import ImportBatch, SurveyMailing, WatchedFile
from customer_voice.selectors.feeds import FailingFeed, failing_feeds
from customer_voice.selectors.mailings import mailings_stopped
from employee_voice.selectors import WaveNow, actions_due, actions_without_owner, waves_now
from impact.choices import SignOff
from impact.models import RoiCase, Study
from impact.selectors import Dispute, unanswered_disputes, without_reviewer
from journeys.models import Touchpoint
from journeys.selectors import without_person
from reports.selectors import ScheduleTrouble, schedules_in_trouble

_S = InitiativeState
# Nobody owes anything: it has ended, or its owner alone decides what becomes of it.
AT_REST = frozenset({_S.DRAFT, _S.REJECTED, _S.CANCELLED, _S.EVALUATED})
AT_WORK = frozenset({_S.APPROVED, _S.IN_PROGRESS, _S.LIVE})  # milestones are promises here
CONSENSUS_DAYS = 30  # later nobody remembers why the answers differed; the next round asks again

# A respondent who has left without answering.
_IS_GONE = Q(responses__submitted_at=None) & (
    Q(responses__member__is_active=False) | Q(responses__member__user__is_active=False)
)


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
        left, and those that were taken out of a vote. One query."""
        if not self.may(Action.RECORD_PROGRESS):
            return []
        late = Milestone.objects.filter(
            initiative=OuterRef("pk"), done_on=None, due_on__lte=self.today
        ).order_by("due_on", "pk")
        studies = Study.objects.filter(initiative=OuterRef("pk"))
        left_behind = Q(owner__is_active=False) | Q(owner__user__is_active=False)
        last = Decision.objects.filter(initiative=OuterRef("pk")).order_by("-decided_at", "-pk")
        rows = (
            Initiative.objects.of(self.member.organization)
            .alias(last_outcome=Subquery(last.values("outcome")[:1]))
            .annotate(was_withdrawn=Case(When(last_outcome=Outcome.WITHDRAWN, then=True), default=False))
            .filter(~Q(state__in=AT_REST) | (Q(state=_S.DRAFT) & (left_behind | Q(was_withdrawn=True))))
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
    def reviews(self) -> Reviewable:
        """What reviews of approvals need, for who votes or looks after initiatives. At most eleven
        queries."""
        if not self.may(Action.VOTE) and not self.may(Action.RECORD_PROGRESS):
            return Reviewable()
        return reviewable(self.member.organization)

    @cached_property
    def schedules(self) -> tuple[ScheduleTrouble, ...]:
        """Scheduled documents that failed or stopped and are this member's to look after. One query."""
        return schedules_in_trouble(self.member) if self.may(Action.MAKE_REPORT) else ()

    @cached_property
    def own(self) -> list[Any]:
        return [row for row in self.initiatives if row.owner_id == self.member.pk]

    @cached_property
    def values(self) -> list[Any]:
        """The value that counts of each initiative, of the study that counts; for who may review values and
        who may run studies every one that finance has not reviewed, and so for who manages people, who can
        name another reviewer. One query."""
        headline = Study.objects.filter(initiative=OuterRef("study__initiative")).finished().headline_first()
        newest = RoiCase.objects.filter(study=OuterRef("study")).headline_first()
        mine = Q(study__initiative__owner=self.member) | Q(computed_by=self.member)
        mine |= Q(study__initiative__value_model__changed_by=self.member)
        sees_all = (Action.SIGN_OFF_VALUE, Action.RUN_STUDY, Action.MANAGE_PEOPLE)
        if any(self.may(action) for action in sees_all):
            mine |= Q(sign_off=SignOff.OPEN)
        return list(
            RoiCase.objects.of(self.member.organization)
            .filter(
                mine,
                pk=Subquery(newest.values("pk")[:1]),
                study=Subquery(headline.values("pk")[:1]),
            )
            .select_related("study__initiative__owner", "study__initiative__value_model__changed_by")
            .select_related("computed_by", "organization")
            .defer("inputs", "result", "study__inputs", "study__finding")
            .order_by("computed_at", "pk")
        )

    @cached_property
    def unreviewable(self) -> frozenset[int]:
        """Open values, of the inputs that stand, that no finance reviewer can review. At most nine queries,
        none where no value waits."""
        return without_reviewer([case for case in self.values if is_current(case)])

    @cached_property
    def disputes(self) -> dict[int, Dispute]:
        """Initiative id -> what finance disputed and has not answered since, where a value waits for its
        review. One query, none where no value waits."""
        return unanswered_disputes(
            case.study.initiative_id for case in self.values if case.sign_off == SignOff.OPEN
        )

    @cached_property
    def counting(self) -> list[Any]:
        """The study that counts of each initiative that was not canceled, without its content; beside it
        whether it has a value, who computed the last value of any study, and whether another is under way.
        One query."""
        if not self.may(Action.EDIT_VALUE) and not self.may(Action.RUN_STUDY):
            return []
        same = Study.objects.filter(initiative=OuterRef("initiative"))
        values = RoiCase.objects.filter(study__initiative=OuterRef("initiative")).headline_first()
        knows_the_change = Q(inputs__design__changed_after_approval=True)
        return list(
            Study.objects.of(self.member.organization)
            .filter(pk=Subquery(same.finished().headline_first().values("pk")[:1]))
            .exclude(initiative__state=_S.CANCELLED)
            .select_related("initiative__plan", "initiative__value_model__changed_by__user")
            .annotate(
                has_value=Exists(RoiCase.objects.filter(study=OuterRef("pk"))),
                valued_by=Subquery(values.values("computed_by")[:1]),
                knows_the_change=Case(When(knows_the_change, then=True), default=False),
                is_studied_now=Exists(same.unfinished()),
            )
            .defer("inputs", "finding")
            .order_by("initiative__number")
        )

    @cached_property
    def who_values(self) -> frozenset[int]:
        """Ids of the memberships that are here and may compute values. One query."""
        rows = Membership.objects.of(self.member.organization).select_related("user")
        return frozenset(row.pk for row in rows if acts(row, Action.EDIT_VALUE))

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
                seats=Count("responses", filter=~_IS_GONE),
                outstanding=Count("responses", filter=Q(responses__submitted_at=None) & ~_IS_GONE),
            )
            .order_by("due_on", "pk")
        )
        return [row for row in rows if self.leads(row.opened_by)]

    def leads(self, opener: Membership) -> bool:
        """A round is its opener's; without her it is everybody's who may run rounds."""
        return opener.pk == self.member.pk or not acts(opener, Action.RUN_ASSESSMENT)

    @property
    def _from_folders(self) -> Any:
        """Imports of watched folders: nobody has uploaded them, so they are everybody's who may import."""
        return WatchedFile.objects.of(self.member.organization).exclude(batch=None).values("batch")

    @cached_property
    def feeds(self) -> list[FailingFeed]:
        """Feeds that need a person. Three queries."""
        return failing_feeds(self.member.organization) if self.may(Action.IMPORT_FEEDBACK) else []

    @cached_property
    def imports(self) -> list[Any]:
        """Own files that wait for a choice or have stopped, and those of watched folders. One query."""
        if not self.may(Action.IMPORT_FEEDBACK):
            return []
        waiting = Q(job_state=JobState.FAILED) | Q(job_state=JobState.DONE, is_dry_run=True)
        return list(
            ImportBatch.objects.of(self.member.organization)
            .filter(waiting & (Q(created_by=self.member) | Q(pk__in=self._from_folders)))
            .order_by("created_at", "pk")
        )

    @cached_property
    def mailings(self) -> list[SurveyMailing]:
        """Mailings of surveys that stopped and can go on: one's own, and those of whoever can no longer look
        after them. One query.
        """
        if not self.may(Action.EDIT_METRICS):
            return []
        return [
            row
            for row in mailings_stopped(self.member.organization)
            if row.created_by_id == self.member.pk
            or row.created_by is None
            or not acts(row.created_by, Action.EDIT_METRICS)
        ]

    @cached_property
    def left_seats(self) -> tuple[SeatNow, ...]:
        """Seats of the coalition whose person can no longer vote, for who assigns seats. One query."""
        return seats_left(self.member.organization) if self.may(Action.EDIT_COALITION) else ()

    @cached_property
    def left_touchpoints(self) -> list[Touchpoint]:
        """Touchpoints in use whose responsible person can no longer come in, for who runs the program. One
        query."""
        if not self.may(Action.EDIT_COALITION, Action.EDIT_TOUCHPOINTS):
            return []
        return list(without_person(self.member.organization))

    @cached_property
    def suggestions(self) -> list[Any]:
        """Suggestions that wait for an answer of this member: those about the touchpoints of her function or
        her own, for who seats the coalition all. One query."""
        if not self.may(Action.DRAFT_INITIATIVE):
            return []
        rows = Suggestion.objects.of(self.member.organization).filter(state=SuggestionState.OPEN)
        if not self.may(Action.EDIT_COALITION):
            mine = Q(touchpoint__owner_person=self.member)
            if self.member.function_id is not None:
                mine |= Q(touchpoint__owner_function=self.member.function_id)
            rows = rows.filter(mine)
        return list(rows.select_related("touchpoint", "by__user").order_by("created_at", "pk"))

    @cached_property
    def answered_suggestions(self) -> list[Any]:
        """Own suggestions whose answer was not read yet. One query."""
        rows = Suggestion.objects.of(self.member.organization).filter(by=self.member, seen_at=None)
        rows = rows.exclude(state=SuggestionState.OPEN)
        return list(rows.select_related("touchpoint", "answered_by__user").order_by("answered_at", "pk"))

    @cached_property
    def waves(self) -> tuple[WaveNow, ...]:
        """Waves of employee surveys, the newest first. At most six queries."""
        return waves_now(self.member)

    @cached_property
    def actions(self) -> list[Any]:
        """Own actions after a wave whose day has come. One query."""
        if not self.may(Action.VIEW_EMPLOYEE_RESULTS):
            return []
        return list(actions_due(self.member, self.today))

    @cached_property
    def left_actions(self) -> list[Any]:
        """Actions that nobody can move who owns them. One query."""
        return list(actions_without_owner(self.member))

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


def is_current(case: RoiCase) -> bool:
    """Whether the value follows the inputs that stand now."""
    model = getattr(case.study.initiative, "value_model", None)
    return model is None or case.follows(model)


def acts(member: Membership, action: Action) -> bool:
    return member.has_access and may(member.role, action)
