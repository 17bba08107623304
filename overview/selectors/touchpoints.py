"""What a touchpoint's page shows: is it getting better, how sure is that, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import AuditEvent, Membership
from accounts.permissions import may
from coalition.models import Initiative
from coalition.selectors import initiatives as initiatives_of
from coalition.selectors import state_tone
from common.registry import AddedLater, later_of
from customer_voice import selectors as listening
from customer_voice.access import feedback_for
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.pages import EarlierLine, MetricFigure, lines_before, metric_figure
from customer_voice.sentences import overview_sentence, replaced_sentence, retired_sentence
from impact.selectors.verdicts import VerdictLine, latest_verdicts
from journeys.models import Touchpoint
from journeys.selectors import merged_names, touchpoint_history
from wording.joining import sentences

WORDS_SHOWN = 5
CHART_HEIGHT = 180.0


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeLine:
    """One initiative at the touchpoint; `verdict` None where no study of it is finished."""

    initiative: Initiative
    tone: str
    verdict: VerdictLine | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchpointPage:
    touchpoint: Touchpoint
    sentence: str
    figures: tuple[MetricFigure, ...]
    replaced: tuple[EarlierLine, ...]
    retired: tuple[MetricDefinition, ...]
    words: tuple[Feedback, ...]
    initiatives: tuple[InitiativeLine, ...]
    history: tuple[AuditEvent, ...]
    added_later: tuple[AddedLater, ...]  # to studies that read answers given here
    merged: tuple[str, ...]  # names of touchpoints that turned out to be this one

    @property
    def studied(self) -> tuple[InitiativeLine, ...]:
        """What is known of the causes: initiatives with a verdict, newest first."""
        return tuple(line for line in self.initiatives if line.verdict is not None)


def touchpoint_page(member: Membership, touchpoint: Touchpoint) -> TouchpointPage:
    """Everything on the page of one touchpoint.

    Nine queries, and three for each metric heard there; one more where a definition was changed and has no
    answers there, and some for each study whose later answers are not remembered. Their number does not grow
    with rows.
    """
    there = listening.heard_at(member.organization, touchpoint)
    figures, replaced = _figures(member, touchpoint, there.metrics), lines_before(there.replaced)
    words = _latest_words(member, touchpoint)
    return TouchpointPage(
        touchpoint=touchpoint,
        sentence=_sentence(figures, replaced, there.retired, has_words=bool(words)),
        figures=figures,
        replaced=tuple(replaced),
        retired=tuple(there.retired),
        words=words,
        initiatives=_initiatives(member, touchpoint),
        history=tuple(touchpoint_history(touchpoint)),
        added_later=later_of(member.organization, touchpoint),
        merged=tuple(merged_names(touchpoint)),
    )


def _figures(
    member: Membership, touchpoint: Touchpoint, metrics: Sequence[MetricDefinition]
) -> tuple[MetricFigure, ...]:
    """Every metric heard at the touchpoint; their changes are tested together."""
    organization = member.organization
    found = []
    for number, metric in enumerate(metrics):
        comparison = listening.metric_comparison(
            organization, metric, touchpoint=touchpoint, families=len(metrics)
        )
        if comparison.series.points:
            found.append(metric_figure(organization, comparison, id=f"series-{number}", height=CHART_HEIGHT))
    return tuple(sorted(found, key=lambda figure: -figure.line.comparison.n))


def _sentence(
    figures: Sequence[MetricFigure],
    replaced: Sequence[EarlierLine],
    retired: Sequence[MetricDefinition],
    *,
    has_words: bool,
) -> str:
    """What is heard here; where nothing is, what was heard under definitions that are not in use any more."""
    lines = [figure.line for figure in figures]
    moved = [(listening.named(line.metric), line.short, line.long) for line in lines]
    said = [overview_sentence(moved)] if moved else []
    said.append(replaced_sentence([line.named for line in replaced], is_there=True))
    if not figures and not replaced:
        said.append(retired_sentence([listening.named(metric) for metric in retired], is_there=True))
    if any(said):
        return sentences(said)
    if has_words:
        return _("No scores from customers at this touchpoint yet; their comments are below.")
    return _("No answers from customers at this touchpoint yet.")


def _latest_words(member: Membership, touchpoint: Touchpoint) -> tuple[Feedback, ...]:
    if not may(member.role, Action.VIEW_FEEDBACK):
        return ()
    rows = feedback_for(member).filter(touchpoint=touchpoint)
    return tuple(rows.with_words()[:WORDS_SHOWN])


def _initiatives(member: Membership, touchpoint: Touchpoint) -> tuple[InitiativeLine, ...]:
    rows = list(initiatives_of(member.organization, touchpoint=touchpoint))
    verdicts = latest_verdicts(member.organization, rows)
    return tuple(
        InitiativeLine(
            initiative=initiative, tone=state_tone(initiative.state), verdict=verdicts.get(initiative.pk)
        )
        for initiative in rows
    )
