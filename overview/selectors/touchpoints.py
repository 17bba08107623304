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
from common.registry import AddedLater, later_of, operational_metrics_of
from customer_voice import selectors as listening
from customer_voice.access import feedback_for
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.pages import EarlierLine, MetricFigure, lines_before, metric_figure
from customer_voice.selectors.operational import is_operational
from customer_voice.sentences import overview_sentence, replaced_sentence, retired_sentence
from employee_voice.selectors import FunctionTold, told_of_function
from impact.selectors.drivers import driver_page
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
class Contribution:
    """What the last driver analysis found: the touchpoint's share in the overall experience. `is_clear`:
    distinguishable from zero; None where the analysis cannot say."""

    share: str
    range: str
    is_clear: bool | None
    is_current: bool


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
    operational: str  # name of its operational metric; empty: none
    is_counted: bool  # whether the operational metric has figures here
    contribution: Contribution | None
    employees: FunctionTold | None  # of the owning function, for who may see it

    @property
    def studied(self) -> tuple[InitiativeLine, ...]:
        """What is known of the causes: initiatives with a verdict, newest first."""
        return tuple(line for line in self.initiatives if line.verdict is not None)

    @property
    def why(self) -> InitiativeLine | None:
        """What explains the figures, as far as a study has shown it: the newest that was not undecided."""
        shown = (line for line in self.studied if line.verdict is not None and line.verdict.tone != "calm")
        return next(shown, None)


def touchpoint_page(member: Membership, touchpoint: Touchpoint) -> TouchpointPage:
    """Everything on the page of one touchpoint.

    Twenty-one queries, and three for each metric heard there; one more where a definition was changed and has
    no answers there, and some for each study whose later answers are not remembered. Their number does not
    grow with rows.
    """
    there = listening.heard_at(member.organization, touchpoint)
    figures, replaced = _figures(member, touchpoint, there.metrics), lines_before(there.replaced)
    named = touchpoint.operational_metric
    known = operational_metrics_of(member.organization) if named else {}
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
        operational=known.get(named, named),
        is_counted=any(figure.line.metric.key == named for figure in figures),
        contribution=_contribution(member, touchpoint),
        employees=None
        if touchpoint.owner_function_id is None
        else told_of_function(member, touchpoint.owner_function_id),
    )


def _figures(
    member: Membership, touchpoint: Touchpoint, metrics: Sequence[MetricDefinition]
) -> tuple[MetricFigure, ...]:
    """Every metric heard at the touchpoint, on one time axis; their changes are tested together.

    What customers are asked by most answers first, then the operational metric, then what else is counted.
    """
    organization = member.organization
    compared = [
        listening.metric_comparison(organization, metric, touchpoint=touchpoint, families=len(metrics))
        for metric in metrics
    ]
    compared = [one for one in compared if one.series.points]
    starts = [point.start for one in compared for point in one.series.points]
    window = (min(starts), max(starts)) if starts else None
    figures = [
        metric_figure(organization, one, id=f"series-{number}", height=CHART_HEIGHT, window=window)
        for number, one in enumerate(compared)
    ]
    return tuple(sorted(figures, key=lambda figure: _place(touchpoint, figure)))


def _place(touchpoint: Touchpoint, figure: MetricFigure) -> tuple[bool, bool, int]:
    metric = figure.line.metric
    return (
        is_operational(metric),
        metric.key != touchpoint.operational_metric,
        -figure.line.comparison.n,
    )


def _contribution(member: Membership, touchpoint: Touchpoint) -> Contribution | None:
    """From the last driver analysis, where it has a share for this touchpoint. At most five queries."""
    page = driver_page(member.organization)
    row = next((row for row in page.rows if row.key.rsplit(".", 1)[-1] == touchpoint.key), None)
    if row is None or not row.share:
        return None
    return Contribution(
        share=row.share, range=row.share_range, is_clear=row.is_distinguishable, is_current=page.is_current
    )


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
