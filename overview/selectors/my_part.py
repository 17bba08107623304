"""What a function touches: its touchpoints, what customers say there this month, what is being changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import BusinessFunction, Membership, Organization
from accounts.permissions import may
from coalition.models import Initiative, Suggestion
from coalition.selectors import state_tone
from common.registry import JourneyLine, JourneyQuestion, journeys_touched
from customer_voice import selectors as listening
from customer_voice.access import feedback_for
from customer_voice.choices import ChangeReading
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.pages import Line, touchpoint_line
from customer_voice.selectors.operational import is_operational
from journeys.models import Touchpoint
from journeys.selectors import touchpoints
from overview.selectors.coverage import UNDER_WAY
from wording.formats import reader
from wording.joining import listed, sentences

MONTH_DAYS = 30
MOST_TOUCHPOINTS = 30
MOST_COMMENTS = 2  # of one touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningInitiative:
    initiative: Initiative
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PartLine:
    """One touchpoint: the figures that customers give it, their newest comments, what is under way there."""

    touchpoint: Touchpoint
    is_own: bool  # the member is responsible for it
    figures: tuple[Line, ...]
    words: tuple[Feedback, ...]
    initiatives: tuple[RunningInitiative, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MyPart:
    """`function` is the one whose touchpoints are shown, with all that is part of it; None: only those for
    which the member is responsible."""

    function: BusinessFunction | None
    functions: tuple[BusinessFunction, ...]
    sentence: str
    lines: tuple[PartLine, ...]
    more: int  # touchpoints beyond those shown
    journeys: tuple[JourneyLine, ...]
    suggestions: tuple[Suggestion, ...]


def my_part(member: Membership, function_key: str = "") -> MyPart:
    """The part of the member's own function, or of the one with this key. Thirteen queries, and three for
    each metric in use; their number does not grow with touchpoints or answers."""
    organization = member.organization
    functions = list(BusinessFunction.objects.of(organization))
    chosen = _chosen(member, functions, function_key)
    mine = Q(pk__in=[])
    if chosen is not None:
        mine |= Q(owner_function__in=_with_parts(chosen, functions))
    is_own = chosen is None or chosen.pk == member.function_id
    if is_own:
        mine |= Q(owner_person=member)
    found = list(touchpoints(organization).filter(mine))
    found.sort(key=lambda row: (row.owner_person_id != member.pk, row.name.casefold()))
    shown = found[:MOST_TOUCHPOINTS]
    figures = _figures(organization, shown)
    words = _words(member, shown)
    running = _running(organization, shown)
    lines = tuple(
        PartLine(
            touchpoint=row,
            is_own=row.owner_person_id == member.pk,
            figures=tuple(figures.get(row.pk, ())),
            words=tuple(words.get(row.pk, ())),
            initiatives=tuple(running.get(row.pk, ())),
        )
        for row in shown
    )
    asked = JourneyQuestion(member=member, touchpoints=tuple(found))
    own = Suggestion.objects.of(organization).filter(by=member)
    return MyPart(
        function=chosen,
        functions=tuple(functions),
        sentence=_sentence(lines, len(found), other=chosen if chosen and not is_own else None),
        lines=lines,
        more=len(found) - len(shown),
        journeys=tuple(journeys_touched.ask(asked)) if shown else (),
        suggestions=tuple(own.select_related("touchpoint", "initiative", "answered_by__user")[:20]),
    )


def _chosen(member: Membership, functions: Sequence[BusinessFunction], key: str) -> BusinessFunction | None:
    """By its key; an unknown one, or none, is the member's own."""
    named = next((row for row in functions if row.key == key), None)
    return named or next((row for row in functions if row.pk == member.function_id), None)


def _with_parts(chosen: BusinessFunction, functions: Iterable[BusinessFunction]) -> set[int]:
    """The function and everything that is part of it. A circle ends where it closes."""
    rows = [(row.pk, row.parent_id) for row in functions]
    line = {chosen.pk}
    while more := {pk for pk, parent in rows if parent in line} - line:
        line |= more
    return line


def _figures(organization: Organization, shown: Sequence[Touchpoint]) -> Mapping[int, Sequence[Line]]:
    """What customers are asked, at each touchpoint; the figures with most answers first."""
    wanted = {row.pk for row in shown}
    if not wanted:
        return {}
    found: dict[int, list[Line]] = defaultdict(list)
    for metric in _asked(organization):
        for comparison in listening.touchpoint_comparisons(organization, metric):
            touchpoint = comparison.touchpoint
            if touchpoint is not None and touchpoint.pk in wanted and comparison.series.points:
                found[touchpoint.pk].append(touchpoint_line(comparison))
    return {pk: sorted(lines, key=lambda line: -line.comparison.n) for pk, lines in found.items()}


def _asked(organization: Organization) -> list[MetricDefinition]:
    """Metrics in use that ask customers. One query."""
    groups = listening.by_series(MetricDefinition.objects.of(organization)).values()
    current = map(listening.current_version, groups)
    return [metric for metric in current if not (metric.is_retired or is_operational(metric))]


def _words(member: Membership, shown: Sequence[Touchpoint]) -> Mapping[int, Sequence[Feedback]]:
    """The newest comments of the last thirty days, of each touchpoint: one that hears much leaves room for
    the others. One query."""
    if not shown or not may(member.role, Action.VIEW_FEEDBACK):
        return {}
    clock = member.organization.clock
    since = clock.start_of(clock.today() - timedelta(days=MONTH_DAYS))
    rows: Any = feedback_for(member).filter(touchpoint__in=shown, occurred_at__gte=since)
    found: dict[int, list[Feedback]] = defaultdict(list)
    newest = Window(RowNumber(), partition_by="touchpoint", order_by=("-occurred_at", "-pk"))
    for row in rows.with_words().annotate(place=newest).filter(place__lte=MOST_COMMENTS):
        found[row.touchpoint_id].append(row)
    return found


def _running(
    organization: Organization, shown: Sequence[Touchpoint]
) -> Mapping[int, Sequence[RunningInitiative]]:
    """Two queries."""
    found: dict[int, list[RunningInitiative]] = defaultdict(list)
    rows = Initiative.objects.of(organization).filter(state__in=UNDER_WAY, touchpoints__in=shown)
    for initiative in rows.prefetch_related("touchpoints").distinct().order_by("number"):
        line = RunningInitiative(initiative=initiative, tone=state_tone(initiative.state))
        for touchpoint in initiative.touchpoints.all():
            found[touchpoint.pk].append(line)
    return found


def _sentence(lines: Sequence[PartLine], number: int, *, other: BusinessFunction | None) -> str:
    """How many there are, and what has changed by more than chance. `other` is the function whose part it is,
    where that is not the reader's."""
    if not lines:
        return ""
    if other is None:
        text = ngettext(
            "Your part of the journey has %(count)s touchpoint.",
            "Your part of the journey has %(count)s touchpoints.",
            number,
        )
    else:
        text = ngettext(
            "%(name)s: %(count)s touchpoint of the journey.",
            "%(name)s: %(count)s touchpoints of the journey.",
            number,
        )
    said = [text % {"count": reader().number(number), "name": other}]
    better, worse = _moved(lines, is_better=True), _moved(lines, is_better=False)
    if better:
        said.append(_("Better than before: %(names)s.") % {"names": listed(better)})
    if worse:
        said.append(_("Worse than before: %(names)s.") % {"names": listed(worse)})
    if not better and not worse and any(line.figures for line in lines):
        said.append(_("No score has changed by more than chance explains."))
    return sentences(said)


def _moved(lines: Iterable[PartLine], *, is_better: bool) -> list[str]:
    wanted = ChangeReading.BETTER if is_better else ChangeReading.WORSE
    return [
        line.touchpoint.name
        for line in lines
        if any(change.reading == wanted for figure in line.figures for change in figure.changes[:1])
    ]
