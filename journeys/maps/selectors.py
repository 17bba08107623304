"""Reads of maps: the list, a drawing with names, the history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import BusinessFunction, Membership, Organization
from common.registry import JourneyLine, JourneyQuestion, NamesKept
from journeys.choices import Channel
from journeys.maps.choices import ChangeKind, Emotion, LaneKind, MapState, Start
from journeys.maps.content import Drawing, Flat, Lane, Stage, Step, drawing_of
from journeys.maps.models import JourneyMap, MapChange, MapComment, MapUse
from journeys.maps.operations import count_steps
from journeys.models import Touchpoint
from wording.joining import listed

HISTORY_SHOWN = 100
STEPS_NAMED = 4  # of a journey on the page of a function


@dataclass(frozen=True, kw_only=True, slots=True)
class MapLine:
    """One map of the list."""

    map: JourneyMap
    steps: int
    comments: int

    @property
    def is_future(self) -> bool:
        return bool(self.map.state == MapState.FUTURE)


@dataclass(frozen=True, kw_only=True, slots=True)
class UsedTouchpoint:
    """A touchpoint under a step: the one that its key means now."""

    touchpoint: Touchpoint
    was_merged: bool

    @property
    def is_archived(self) -> bool:
        return self.touchpoint.is_archived


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneCell:
    """What stands in one lane of one column."""

    lane: Lane
    label: str
    column: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepView:
    """One step with the rows that it names. `owner`: of the step itself, else of its touchpoints."""

    step: Step
    touchpoints: tuple[UsedTouchpoint, ...]
    missing: tuple[str, ...]  # keys of which there is no touchpoint any more
    owner: str
    owner_is_own: bool
    nested: JourneyMap | None
    nested_is_gone: bool
    cells: tuple[LaneCell, ...]
    comments: int

    @property
    def emotion(self) -> str:
        return "" if self.step.emotion is None else str(Emotion(self.step.emotion).label)

    @property
    def emotion_mark(self) -> str:
        """The number with its sign; in a narrow column."""
        found = self.step.emotion
        return "" if found is None else f"{'+' if found > 0 else '−' if found < 0 else ''}{abs(found)}"

    @property
    def channels(self) -> str:
        names = dict.fromkeys(str(Channel(used.touchpoint.channel).label) for used in self.touchpoints)
        return listed(list(names)) if names else ""

    @property
    def filled(self) -> tuple[LaneCell, ...]:
        return tuple(cell for cell in self.cells if cell.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class StageView:
    """One stage; `cells`: of a stage without steps."""

    stage: Stage
    steps: tuple[StepView, ...]
    cells: tuple[LaneCell, ...]

    @property
    def width(self) -> int:
        return max(1, len(self.steps))

    @property
    def filled(self) -> tuple[LaneCell, ...]:
        return tuple(cell for cell in self.cells if cell.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneView:
    """One row of the map: a cell for every column."""

    lane: Lane
    label: str
    cells: tuple[LaneCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MapView:
    """A map as it is drawn. `stages` for reading stage by stage, `lanes` for reading row by row."""

    map: JourneyMap
    drawing: Drawing
    stages: tuple[StageView, ...]
    lanes: tuple[LaneView, ...]
    comments: tuple[MapComment, ...]

    @property
    def steps(self) -> tuple[StepView, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def width(self) -> int:
        return sum(stage.width for stage in self.stages)

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        found = {used.touchpoint.pk: used.touchpoint for step in self.steps for used in step.touchpoints}
        return tuple(found.values())


def lane_label(lane: Lane) -> str:
    return lane.name or str(LaneKind(lane.kind).label)


def map_lines(organization: Organization, *, is_archived: bool = False) -> tuple[MapLine, ...]:
    """The maps of the list by name, those of the future behind their map of today. One query."""
    rows = (
        JourneyMap.objects.of(organization)
        .filter(is_archived=is_archived)
        .select_related("today")
        .annotate(open_comments=Count("comments", filter=Q(comments__resolved_at=None)))
    )
    lines = [MapLine(map=row, steps=count_steps(row.content), comments=row.open_comments) for row in rows]
    return tuple(
        sorted(
            lines,
            key=lambda line: ((line.map.today or line.map).name.casefold(), line.is_future, line.map.name),
        )
    )


def map_view(row: JourneyMap, *, content: Flat | None = None) -> MapView:
    """The drawing with what it names, and the open comments; of another version with its `content`. Five
    queries, whatever the number of steps."""
    drawing = drawing_of(row.content if content is None else content)
    points = _touchpoints(row.organization_id, {key for step in drawing.steps for key in step.touchpoints})
    owners = dict(
        BusinessFunction.objects.filter(organization=row.organization_id).values_list("key", "name")
    )
    nested = {
        one.key: one
        for one in JourneyMap.objects.filter(
            organization=row.organization_id, key__in={step.nested for step in drawing.steps if step.nested}
        ).defer("content")
    }
    comments = tuple(_comments(row))
    said = dict.fromkeys(drawing.columns, 0)
    for comment in comments:
        if comment.resolved_at is None and comment.step in said:
            said[comment.step] += 1
    cells = _cells(drawing)
    stages = tuple(
        StageView(
            stage=stage,
            steps=tuple(
                _step(step, cells[step.key], points, owners, nested, said[step.key]) for step in stage.steps
            ),
            cells=cells[stage.key] if not stage.steps else (),
        )
        for stage in drawing.stages
    )
    lanes = tuple(
        LaneView(
            lane=lane,
            label=lane_label(lane),
            cells=tuple(cells[column][place] for column in drawing.columns),
        )
        for place, lane in enumerate(drawing.lanes)
    )
    return MapView(map=row, drawing=drawing, stages=stages, lanes=lanes, comments=comments)


def _comments(row: JourneyMap) -> Iterable[MapComment]:
    people = Prefetch("mentioned", queryset=Membership.objects.select_related("user"))
    return row.comments.select_related("author__user").prefetch_related(people)


def _touchpoints(organization: int, keys: set[str]) -> dict[str, UsedTouchpoint]:
    rows = Touchpoint.objects.filter(organization=organization, key__in=keys).select_related(
        "owner_function", "merged_into__owner_function"
    )
    return {
        row.key: UsedTouchpoint(touchpoint=row.merged_into or row, was_merged=row.merged_into is not None)
        for row in rows
    }


def _step(
    step: Step,
    cells: tuple[LaneCell, ...],
    points: Mapping[str, UsedTouchpoint],
    owners: Mapping[str, str],
    nested: Mapping[str, JourneyMap],
    comments: int,
) -> StepView:
    used = {points[key].touchpoint.pk: points[key] for key in step.touchpoints if key in points}
    theirs = dict.fromkeys(
        one.touchpoint.owner_function.name for one in used.values() if one.touchpoint.owner_function
    )
    own = owners.get(step.owner, "")
    return StepView(
        step=step,
        touchpoints=tuple(used.values()),
        missing=tuple(key for key in step.touchpoints if key not in points),
        owner=own or (listed(list(theirs)) if theirs else ""),
        owner_is_own=bool(own),
        nested=nested.get(step.nested),
        nested_is_gone=bool(step.nested) and step.nested not in nested,
        cells=cells,
        comments=comments,
    )


def _cells(drawing: Drawing) -> dict[str, tuple[LaneCell, ...]]:
    """Column -> its cells in the order of the lanes."""
    lanes = [(lane, lane_label(lane)) for lane in drawing.lanes]
    texts = drawing.cells
    return {
        column: tuple(
            LaneCell(lane=lane, label=label, column=column, text=texts.get((column, lane.key), ""))
            for lane, label in lanes
        )
        for column in drawing.columns
    }


# --- history ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLine:
    """One version in words."""

    version: int
    who: str
    at: datetime
    text: str
    is_taken_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Undoable:
    """What the member could take back or do again on this map, in words; empty where nothing."""

    undo: str
    redo: str


def history(row: JourneyMap) -> tuple[ChangeLine, ...]:
    """The newest hundred versions, newest first. One query."""
    changes = row.changes.select_related("by__user").defer("patch")[:HISTORY_SHOWN]
    return tuple(
        ChangeLine(
            version=change.version,
            who=str(change.by) if change.by else _("Someone"),
            at=change.at,
            text=change_text(change),
            is_taken_back=change.state != "done",
        )
        for change in changes
    )


def undoable(row: JourneyMap, member: Membership) -> Undoable:
    """Two queries."""
    own = row.changes.filter(by=member, kind=ChangeKind.EDIT).defer("patch")
    last, taken_back = own.filter(state="done").first(), own.filter(state="undone").last()
    return Undoable(
        undo=change_text(last) if last else "", redo=change_text(taken_back) if taken_back else ""
    )


def change_text(change: MapChange) -> str:
    """What a change did, as a sentence without its person."""
    words = _sentences()
    text = words.get(change.what, _("changed the map"))
    if change.what in {choice.value for choice in Start}:
        text = _("started it")
    said = text % {"name": change.subject} if "%(name)s" in text else text
    if change.kind == ChangeKind.UNDO:
        return _("took back: %(change)s") % {"change": said}
    if change.kind == ChangeKind.REDO:
        return _("did again: %(change)s") % {"change": said}
    return said


def _sentences() -> dict[str, str]:
    return {
        "add_stage": _("added the stage “%(name)s”"),
        "rename_stage": _("renamed the stage “%(name)s”"),
        "move_stage": _("moved the stage “%(name)s”"),
        "remove_stage": _("removed the stage “%(name)s”"),
        "add_lane": _("added a lane"),
        "rename_lane": _("renamed a lane"),
        "move_lane": _("moved a lane"),
        "remove_lane": _("removed a lane"),
        "add_step": _("added the step “%(name)s”"),
        "move_step": _("moved the step “%(name)s”"),
        "copy_step": _("copied the step “%(name)s”"),
        "split_step": _("split the step “%(name)s”"),
        "remove_step": _("removed the step “%(name)s”"),
        "set_step": _("changed the step “%(name)s”"),
        "set_cell": _("wrote under “%(name)s”"),
        "paste": _("pasted cells from “%(name)s” on"),
        "go_back": _("went back to %(name)s"),
        "copy": _("copied it from “%(name)s”"),
        "import": _("imported it from a file"),
    }


def people_to_mention(organization: Organization) -> Any:
    """Active members, by name. One query."""
    return Membership.objects.of(organization).active().select_related("user").order_by("user__name", "pk")


def names_on_maps(organization: Organization) -> Iterator[NamesKept]:
    """Where maps may repeat people's names: in what is written on them, and in what it was before."""
    changes = MapChange.objects.filter(map__organization=organization)
    maps = JourneyMap.objects.of(organization)
    yield NamesKept(rows=maps, fields=("content", "name", "persona", "purpose"))
    yield NamesKept(rows=changes, fields=("patch", "subject"))
    yield NamesKept(rows=MapComment.objects.filter(map__organization=organization), fields=("text",))


def journeys_at(question: JourneyQuestion) -> Iterator[JourneyLine]:
    """Maps of today that lead through these touchpoints, with the steps at which they do. Two queries."""
    here = tuple(row.pk for row in question.touchpoints)
    organization = question.member.organization
    rows = JourneyMap.objects.of(organization).current().filter(state=MapState.TODAY)
    uses = Prefetch("uses", queryset=MapUse.objects.filter(touchpoint__in=here), to_attr="met")
    for row in rows.filter(uses__touchpoint__in=here).distinct().prefetch_related(uses):
        met = {use.step for use in row.met}
        names = [step.name for step in drawing_of(row.content).steps if step.key in met]
        yield JourneyLine(
            name=row.name,
            url=reverse("overview:map_detail", args=[organization.slug, row.key]),
            note=_steps_text(names),
        )


def _steps_text(names: Sequence[str]) -> str:
    shown, more = listed(names[:STEPS_NAMED]), len(names) - STEPS_NAMED
    if more <= 0:
        return shown
    text = ngettext("%(names)s and %(count)s more step", "%(names)s and %(count)s more steps", more)
    return text % {"names": shown, "count": more}
