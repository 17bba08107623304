"""What employee surveys ask of one member: waves that wait for somebody, actions that are due. For home."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.choices import Action, Role
from accounts.models import Membership
from accounts.permissions import may
from common.jobs import JobState
from cxstats.engagement import Share
from employee_voice.choices import ActionState, CommentState, SectionRole, WaveState, WorkKind
from employee_voice.models import (
    Answer,
    Comment,
    FunctionAction,
    KeyGroup,
    SealedAnswer,
    Wave,
    WaveWork,
)
from employee_voice.results import EVERYBODY, Pool, Results
from employee_voice.scope import WaveTree, comments_released_by, may_read_first, trees_of
from employee_voice.selectors.comments import deciders_of
from employee_voice.selectors.results import results_by_wave
from employee_voice.selectors.waves import Participation, in_steps

RUNNING = (WaveState.OPEN, WaveState.CLOSING)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveNow:
    """A wave as home tells of it. `participation`: while it runs, of the whole organization in steps.
    `failed` is the work that stopped, `failure` why; `comments` wait for this member, `stuck` ones for a
    reader whom she names: nobody from outside their line decides on them yet.
    """

    wave: Wave
    participation: Participation | None = None
    failed: str = ""
    failure: str = ""
    comments: int = 0
    stuck: int = 0
    engagement: Share | None = None  # favourable answers of the whole organization, where it is shown

    @property
    def waits_for_publishing(self) -> bool:
        return self.wave.state == WaveState.CLOSED and not self.wave.is_lost


def waves_now(member: Membership) -> tuple[WaveNow, ...]:
    """Waves of surveys in use, the newest first. At most seven queries, however many there are."""
    rows = list(_rows(member))
    waiting = _comments(member, rows)
    newest = next((row for row in rows if row.state == WaveState.PUBLISHED), None)
    shown = {row.pk for row in rows if waiting[row.pk]} | ({newest.pk} if newest else set())
    results = results_by_wave(shown)
    places = {pk: {pool.group: pool.function for pool in found.pools} for pk, found in results.items()}
    trees = trees_of([row for row in rows if waiting[row.pk]], member.organization)
    pools = {pk: results[pk].pools for pk in trees}
    mine = {pk: comments_released_by(member, tree, pools[pk]) for pk, tree in trees.items()}
    stuck = _stuck(member, trees, pools)
    return tuple(
        WaveNow(
            wave=row,
            participation=in_steps(asked=row.people or 0, answered=row.came_in)
            if row.state in RUNNING
            else None,
            failed=str(WorkKind(row.last_kind).label) if row.last_state == JobState.FAILED else "",
            failure=row.last_failure if row.last_state == JobState.FAILED else "",
            comments=_number(waiting[row.pk], places.get(row.pk, {}), mine.get(row.pk, ())),
            stuck=_number(waiting[row.pk], places.get(row.pk, {}), stuck.get(row.pk, ())),
            engagement=_engagement(results[row.pk]) if newest is not None and row.pk == newest.pk else None,
        )
        for row in rows
    )


def _rows(member: Membership) -> Any:
    here = {"wave": OuterRef("pk")}
    last = WaveWork.objects.filter(**here).order_by("-pk")

    def number(rows: Any) -> Any:
        return Coalesce(
            Subquery(rows.order_by().values("wave").annotate(number=Count("pk")).values("number")), 0
        )

    people = KeyGroup.objects.filter(**here).order_by().values("wave").annotate(total=Sum("people"))
    return (
        Wave.objects.of(member.organization)
        .filter(survey__is_archived=False)
        .select_related("survey")
        .defer("content", "survey__content")
        .annotate(
            last_state=Subquery(last.values("job_state")[:1]),
            last_kind=Subquery(last.values("kind")[:1]),
            last_failure=Subquery(last.values("failure")[:1]),
            people=Subquery(people.values("total")),
            # while it closes some groups are open and others wait: together they are what came in
            came_in=number(SealedAnswer.objects.filter(**here, wave__state__in=RUNNING))
            + number(Answer.objects.filter(**here, wave__state__in=RUNNING)),
        )
        .order_by("-opens_on", "-pk")
    )


def _comments(member: Membership, rows: list[Any]) -> dict[int, dict[int, int]]:
    """Comments that nobody has read: by wave and group. None are looked for where she decides on none."""
    found = defaultdict[int, dict[int, int]](dict)
    read = [row for row in rows if row.state == WaveState.PUBLISHED and may_read_first(member, row)]
    if not read:
        return found
    waiting = Comment.objects.filter(wave__in=read, state=CommentState.WAITING)
    counted = waiting.values("wave", "group__number").annotate(number=Count("pk"))
    for row in counted.order_by():
        found[row["wave"]][row["group__number"]] = row["number"]
    return found


def _stuck(
    member: Membership, trees: Mapping[int, WaveTree], pools: Mapping[int, Sequence[Pool]]
) -> dict[int, frozenset[str]]:
    """Places whose comments nobody may decide on, by wave: for whoever can name a reader. One query."""
    if not may(member.role, Action.RELEASE_COMMENTS):
        return {}
    deciders = deciders_of(list(trees.values()), pools)
    return {
        pk: frozenset(
            one.function for one in pools[pk] if one.function and not deciders[pk].get(one.function)
        )
        for pk in trees
    }


def _number(waiting: Mapping[int, int], places: Mapping[int, str | None], wanted: Collection[str]) -> int:
    return sum(number for group, number in waiting.items() if places.get(group) in wanted)


def _engagement(results: Results) -> Share | None:
    whole = next(one for one in results.publication.functions if one.key == EVERYBODY)
    return next((one.favourable for one in whole.figures if one.measure == SectionRole.ENGAGEMENT), None)


def was_asked(organization: OuterRef) -> Exists:
    """Whether a wave of the organization has opened, for a query of organizations."""
    return Exists(Wave.objects.begun().filter(survey__organization=organization))


def actions_due(member: Membership, today: Any) -> list[FunctionAction]:
    """Planned actions of this member whose day has come. One query."""
    return list(_planned(member).filter(owner=member, due_on__lte=today))


def actions_without_owner(member: Membership) -> list[FunctionAction]:
    """Planned actions whose owner has left or cannot open their page: for the CX leader. One query."""
    if member.role != Role.CX_LEADER:
        return []
    can = [role for role in Role if may(role, Action.VIEW_EMPLOYEE_RESULTS)]
    gone = Q(owner__is_active=False) | Q(owner__user__is_active=False) | ~Q(owner__role__in=can)
    return list(_planned(member).filter(gone))


def _planned(member: Membership) -> Any:
    return (
        FunctionAction.objects.filter(
            wave__survey__organization=member.organization, state=ActionState.PLANNED
        )
        .select_related("wave__survey", "wave_function", "owner__user")
        .defer("wave__content", "wave__survey__content")
        .order_by("due_on", "pk")
    )
