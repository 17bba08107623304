"""What pages show of surveys and waves; while a wave is open, only participation in steps."""

import math
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from accounts.choices import Action, Role
from accounts.models import BusinessFunction, Membership, Organization
from accounts.permissions import may
from common.jobs import JobState
from cxstats.anonymity import blunt_count
from employee_voice.choices import PARTICIPATION_FROM, PARTICIPATION_STEP_PCT, WaveState, WorkKind
from employee_voice.content import survey_content
from employee_voice.models import (
    Answer,
    Invitation,
    KeyGroup,
    SealedAnswer,
    Survey,
    Wave,
    WaveFunction,
    WaveWork,
)
from employee_voice.querysets import has_left
from employee_voice.results import EVERYBODY
from employee_voice.selectors.people import refused_people
from employee_voice.selectors.planned import BEFORE_OPENING, PlannedGroups, planned_groups
from employee_voice.selectors.results import results_of
from questionnaires.forms import own_name
from questionnaires.translations import missing_translations

SHOWN_REFUSALS = 20  # the others are on the page of people
MAPPED = (WaveState.OPEN, WaveState.CLOSED)  # while it can be said which function was which


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """Of the whole organization. `about_pct` (0-100) is rounded to steps, and none below 20 answers;
    `answered` is told once published, where the results tell it.
    """

    asked: int
    about_pct: int | None
    answered: int | None = None


def participation_of(wave: Wave) -> Participation | None:
    """None for a wave that has not opened. Three queries. Once published what the results say: before, nobody
    knows whether they will be exact, so nothing exact is told.
    """
    if wave.state in BEFORE_OPENING:
        return None
    asked = KeyGroup.objects.filter(wave=wave).aggregate(total=Sum("people"))["total"] or 0
    answered = Answer.objects.filter(wave=wave).count()
    if wave.state != WaveState.PUBLISHED:
        # while it closes some groups are open and others wait: together they are what came in
        waiting = SealedAnswer.objects.filter(wave=wave).count()
        return in_steps(asked=asked, answered=answered + waiting)
    whole = next(one for one in results_of(wave).publication.functions if one.key == EVERYBODY)
    if whole.answered is None or whole.is_blunt:
        return in_steps(asked=asked, answered=whole.answered or 0)
    pct = round(100 * answered / asked) if asked else 0
    return Participation(asked=asked, about_pct=min(pct, 100), answered=answered)


def in_steps(*, asked: int, answered: int) -> Participation:
    """What is told before publication: steps of five percent, from 20 answers on. They follow from the number
    to fives, which the results may tell: were each rounded by itself, the two together would tell more.
    """
    if answered < PARTICIPATION_FROM or not asked:
        return Participation(asked=asked, about_pct=None)
    step, roughly = PARTICIPATION_STEP_PCT, blunt_count(answered)
    steps = math.floor(100 * roughly / asked / step + 0.5)
    return Participation(asked=asked, about_pct=min(100, step * steps))


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRow:
    survey: Survey
    waves: tuple[Wave, ...]  # the newest first

    @property
    def running(self) -> Wave | None:
        running = (WaveState.OPENING, WaveState.OPEN, WaveState.CLOSING)
        return next((wave for wave in self.waves if wave.state in running), None)


def survey_rows(organization: Organization) -> list[SurveyRow]:
    """Surveys in use with their waves. Two queries."""
    surveys = (
        Survey.objects.of(organization)
        .in_use()
        .prefetch_related(Prefetch("waves", queryset=Wave.objects.defer("content").order_by("-number")))
    )
    return [SurveyRow(survey=survey, waves=tuple(survey.waves.all())) for survey in surveys]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionRow:
    """A function on the page of people: how many of the list, and how many slips."""

    row: WaveFunction
    people: int


def function_rows(wave: Wave) -> list[FunctionRow]:
    """One query."""
    counted = WaveFunction.objects.filter(wave=wave).annotate(people=Count("invitations"))
    return [FunctionRow(row=row, people=row.people) for row in counted.order_by("name")]


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRow:
    """A group of an open wave, for printing slips: the functions in it, and how many slips were planned."""

    group: KeyGroup
    names: tuple[str, ...]
    slips: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """Functions of a wave that were asked, and those of the wave before that they can have come from."""

    rows: tuple[WaveFunction, ...]
    before: tuple[WaveFunction, ...]

    @property
    def unmapped(self) -> int:
        return sum(1 for row in self.rows if row.came_from_id is None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Untranslated:
    """What a language of the survey lacks: the texts of the first one, which stand in. `name` is its own."""

    name: str
    texts: tuple[str, ...]
    stand_in: str  # code of that language


@dataclass(frozen=True, kw_only=True, slots=True)
class WavePage:
    """Everything on the page of a wave."""

    wave: Wave
    participation: Participation | None
    people: int
    slips: int
    work: WaveWork | None  # that runs or has failed
    letters_waiting: int
    have_left: int  # of those on the list; nobody writes to them
    refused: tuple[Invitation, ...]
    refused_count: int
    groups: tuple[GroupRow, ...]
    mapping: Mapping | None  # to the wave before, until the results are published
    new_heads: tuple[WaveFunction, ...]  # of functions that somebody else led when the wave opened
    untranslated: tuple[Untranslated, ...] = ()  # before the wave opens
    planned: PlannedGroups | None = None  # before the wave opens, once anybody is to be asked


def wave_page(wave: Wave) -> WavePage:
    """At most fifteen queries."""
    left = has_left(wave.survey.organization)
    listed = Invitation.objects.filter(wave=wave).aggregate(
        people=Count("pk"),
        waiting=Count("pk", filter=Q(is_drawn=True, letters__lt=1) & ~left),
        left=Count("pk", filter=left),
    )
    refused = refused_people(wave)
    groups = _groups(wave) if wave.is_open else ()
    planned = planned_groups(wave) if wave.state in BEFORE_OPENING else None
    return WavePage(
        wave=wave,
        participation=participation_of(wave),
        people=listed["people"],
        slips=WaveFunction.objects.filter(wave=wave).aggregate(total=Sum("slips"))["total"] or 0,
        work=_work(wave),
        letters_waiting=listed["waiting"] if wave.is_open else 0,
        have_left=listed["left"] if wave.is_open or wave.state in BEFORE_OPENING else 0,
        refused=tuple(refused[:SHOWN_REFUSALS]) if wave.is_open else (),
        refused_count=refused.count() if wave.is_open else 0,
        groups=tuple(group for group in groups if group.slips),
        mapping=mapping_of(wave) if wave.state in MAPPED else None,
        new_heads=() if wave.state in BEFORE_OPENING else new_heads_of(wave),
        untranslated=untranslated_in(wave.survey) if wave.state in BEFORE_OPENING else (),
        planned=planned if planned and planned.people else None,
    )


def untranslated_in(survey: Survey) -> tuple[Untranslated, ...]:
    """What each further language of a survey lacks. No query."""
    content = survey_content(survey.content)
    first = content.default_language
    return tuple(
        Untranslated(name=own_name(code), texts=tuple(one.stand_in for one in missing), stand_in=first)
        for code, missing in missing_translations(content).items()
        if missing and code != first
    )


def new_heads_of(wave: Wave) -> tuple[WaveFunction, ...]:
    """Functions that somebody else leads today than when the wave opened: who sees their results has changed.

    `head` led then, `function.head` leads now. One query.
    """
    rows = WaveFunction.objects.filter(wave=wave).exclude(function=None)
    there = rows.select_related("head__user", "function__head__user").order_by("name")
    return tuple(row for row in there if row.function is not None and row.head_id != row.function.head_id)


def _groups(wave: Wave) -> tuple[GroupRow, ...]:
    rows = KeyGroup.objects.filter(wave=wave).prefetch_related("functions")
    return tuple(
        GroupRow(
            group=group,
            names=tuple(function.name for function in group.functions.all()),
            slips=sum(function.slips for function in group.functions.all()),
        )
        for group in rows
    )


def names_of_group(group: KeyGroup) -> list[str]:
    """The functions in a group. One query."""
    return list(WaveFunction.objects.filter(group=group).values_list("name", flat=True))


def _work(wave: Wave) -> WaveWork | None:
    """The latest work of this kind of state, unless it is done."""
    kinds = {
        WaveState.DRAFT: [WorkKind.OPEN],
        WaveState.OPENING: [WorkKind.OPEN],
        WaveState.OPEN: [WorkKind.INVITE, WorkKind.REMIND],
        WaveState.CLOSING: [WorkKind.CLOSE, WorkKind.GIVE_UP],
    }.get(WaveState(wave.state), [])
    latest = WaveWork.objects.on(wave, *kinds).order_by("-pk").first() if kinds else None
    return None if latest is None or latest.job_state == JobState.DONE else latest


def readers_of_comments(organization: Organization) -> QuerySet[Membership]:
    """Who can be named to read comments first: active members whose role sees results, so no administrator
    and no auditor. One query.
    """
    can = [role for role in Role if may(role, Action.VIEW_EMPLOYEE_RESULTS)]
    rows: QuerySet[Membership] = Membership.objects.of(organization).active().filter(role__in=can)
    return rows.select_related("user").order_by("user__name")


def owners_of_actions(organization: Organization) -> QuerySet[Membership]:
    """Who can own an action: active members whose role opens its page. One query."""
    return readers_of_comments(organization)


def functions_with_members(organization: Organization) -> QuerySet[BusinessFunction]:
    """Functions that active members belong to, with their number. One query."""
    active = Q(members__is_active=True, members__user__is_active=True)
    rows: QuerySet[BusinessFunction] = BusinessFunction.objects.of(organization)
    return rows.annotate(people=Count("members", filter=active)).filter(people__gt=0).order_by("name")


def mapping_of(wave: Wave) -> Mapping:
    """Three queries; one for a first wave, which has nothing before it."""
    earlier_ones = Wave.objects.begun().filter(survey=wave.survey_id, number__lt=wave.number)
    earlier = earlier_ones.order_by("-number").first() if wave.number > 1 else None
    rows = WaveFunction.objects.filter(wave=wave).exclude(group=None)
    before = WaveFunction.objects.filter(wave=earlier) if earlier else ()
    return Mapping(rows=tuple(rows), before=tuple(before))
