"""What goes with the overall experience, as the last analysis found it. Reads results, computes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from common.jobs import JobState
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded
from cxstats.drivers import DriverAnalysis, DriverNote, ImportanceMap, Quadrant
from cxstats.errors import Reason
from cxstats.results import Estimate
from impact.models import DriverRun
from impact.selectors.answers import LEAST_TOGETHER, Column, answers_digest
from impact.wording import percent_text
from wording.formats import reader
from wording.intervals import from_to
from wording.refusals import refusal_with_figures

NO_COLUMNS, TOO_FEW_COLUMNS = "no_columns", "too_few_columns"

NOTES: dict[DriverNote, str | Promise] = {
    DriverNote.ONE_SURVEY_ASSOCIATION: gettext_lazy(
        "Association within one survey: happy customers rate everything higher. It does not show "
        "what would happen if a touchpoint were improved."
    ),
    DriverNote.EXPLAIN_LITTLE: gettext_lazy("These touchpoints explain little of the overall experience."),
    DriverNote.MERGE_ITEMS: gettext_lazy(
        "Some touchpoints are rated almost alike; merge them before reading their shares."
    ),
    DriverNote.SUPPRESSION: gettext_lazy(
        "The association of at least one touchpoint reverses once the others are taken into account. "
        "Read its share with care."
    ),
    DriverNote.RELATIVE_WEIGHTS: gettext_lazy(
        "There are too many touchpoints for exact shares; relative weights are shown."
    ),
    DriverNote.MISSING_PAIRWISE: gettext_lazy(
        "Not every customer rated every touchpoint; each pair is compared on those who rated both."
    ),
    DriverNote.MISSING_EM: gettext_lazy(
        "Not every customer rated every touchpoint; missing ratings were estimated from the others."
    ),
    DriverNote.SOME_RESAMPLES_LOST: gettext_lazy("Some resamples gave no result; the ranges are rough."),
}
QUADRANTS: dict[Quadrant, tuple[str | Promise, str]] = {
    Quadrant.IMPROVE_FIRST: (gettext_lazy("Improve first"), "warn"),
    Quadrant.KEEP_UP: (gettext_lazy("Keep up"), "good"),
    Quadrant.WATCH: (gettext_lazy("Watch"), "calm"),
    Quadrant.MAINTAIN: (gettext_lazy("Maintain"), "calm"),
    Quadrant.UNDECIDED: (gettext_lazy("Undecided"), "calm"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedColumn:
    """A column that may be chosen as the overall experience."""

    key: str
    name: str
    touchpoint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverRow:
    """One driver in words; `share` is empty where only correlations can be given."""

    key: str
    name: str
    share: str
    share_range: str
    letters: str
    correlation: float
    correlation_low: float
    correlation_high: float
    correlation_range: str
    is_distinguishable: bool | None
    is_suppressed: bool | None
    answered: int
    performance: str
    performance_range: str
    place: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverPage:
    """`refusal` says why there is nothing; `shares_refusal` why there are correlations but no shares.

    `shown` is the run that the page shows, None where none has finished; `running` one that is under way,
    `failed` one that broke after it. `is_current`: what is shown holds for the answers as they are now.
    """

    columns: tuple[NamedColumn, ...]
    outcome: NamedColumn | None
    wanted: str
    analysis: DriverAnalysis | None
    rows: tuple[DriverRow, ...]
    sentence: str
    refusal: str
    shares_refusal: str
    notes: tuple[str, ...]
    explained: str
    customers: int
    shown: DriverRun | None
    running: DriverRun | None
    failed: DriverRun | None
    is_current: bool

    @property
    def state(self) -> str:
        """Of the newest run for what was asked: none, queued, running, done or failed."""
        newest = self.running or self.failed or self.shown
        return newest.job_state if newest else "none"


def driver_page(organization: Organization, *, outcome_key: str = "") -> DriverPage:
    """The last driver analysis of one overall metric. At most five queries, whatever the answers."""
    runs = DriverRun.objects.of(organization)
    wanted = known_outcome(organization, outcome_key)
    newest = runs.filter(outcome=wanted).defer("result").first()
    shown = runs.filter(outcome=wanted).finished().first()
    is_current = (
        shown is not None
        and shown.engine_version == ENGINE_VERSION
        and shown.data_digest == answers_digest(organization)
    )
    result: dict[str, Any] = (shown.result or {}) if shown is not None else {}
    stored = [decoded(Column, row) for row in result.get("columns", [])]
    names = _names(stored)
    columns = tuple(
        NamedColumn(key=column.key, name=names[column.key], touchpoint=column.touchpoint) for column in stored
    )
    outcome = next((column for column in columns if column.key == result.get("outcome")), None)
    analysis = decoded(DriverAnalysis, result["analysis"]) if result.get("analysis") else None
    placed = decoded(ImportanceMap, result["placed"]) if result.get("placed") else None
    rows = _rows(analysis, placed, names) if analysis else ()
    return DriverPage(
        columns=columns,
        outcome=outcome,
        wanted=wanted,
        analysis=analysis,
        rows=rows,
        sentence=_sentence(outcome, rows) if analysis and outcome else "",
        refusal=_refusal(result.get("refusal"), outcome),
        shares_refusal=""
        if analysis is None or analysis.refusal is None
        else refusal_with_figures(
            reader(), analysis.refusal, {"needed": analysis.needed, "found": analysis.n}
        ),
        notes=_notes(analysis, is_alike=result.get("is_alike", True)) if analysis else (),
        explained=percent_text(analysis.r_squared.value) if analysis and analysis.r_squared else "",
        customers=analysis.n if analysis else 0,
        shown=shown,
        running=newest if newest and not newest.is_finished else None,
        failed=newest if newest and newest.job_state == JobState.FAILED else None,
        is_current=is_current,
    )


def known_outcome(organization: Organization, key: str) -> str:
    """The key, if the newest analysis knows such a column; else empty, which means the overall one.

    At most one query.
    """
    if not key:
        return ""
    newest = DriverRun.objects.of(organization).finished().first()
    columns = (newest.result or {}).get("columns", []) if newest else []
    return key if any(column["key"] == key for column in columns) else ""


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """Column key -> its name; the metric is named where there are several."""
    is_one_metric = len({column.series for column in columns}) == 1
    return {
        column.key: column.touchpoint
        if is_one_metric
        else _("%(touchpoint)s, %(metric)s") % {"touchpoint": column.touchpoint, "metric": column.metric}
        for column in columns
    }


def _notes(analysis: DriverAnalysis, *, is_alike: bool) -> tuple[str, ...]:
    notes = tuple(str(NOTES[note]) for note in analysis.notes)
    if is_alike:
        return notes
    return (*notes, _("Their metrics are defined differently, so how well each does is not compared."))


def _refusal(stored: dict[str, Any] | None, outcome: NamedColumn | None) -> str:
    if not stored:
        return ""
    if stored["key"] == NO_COLUMNS:
        return _("No metric has answers that name their customer.")
    if stored["key"] == TOO_FEW_COLUMNS:
        return _(
            "At least two touchpoints must be rated by the same customers as %(name)s, each by %(count)s."
        ) % {"name": outcome.name if outcome else "–", "count": reader().number(LEAST_TOGETHER)}
    return refusal_with_figures(reader(), Reason(stored["key"]), stored["detail"])


def _rows(
    analysis: DriverAnalysis, placed: ImportanceMap | None, names: dict[str, str]
) -> tuple[DriverRow, ...]:
    places = {point.key: point for point in placed.points} if placed else {}
    rows = []
    for driver in sorted(
        analysis.drivers,
        key=lambda item: -(item.share.value if item.share else abs(item.correlation.value)),
    ):
        point = places.get(driver.key)
        quadrant, tone = QUADRANTS[point.quadrant] if point else ("", "calm")
        rated = point.performance if point else None
        rows.append(
            DriverRow(
                key=driver.key,
                name=names[driver.key],
                share=percent_text(driver.share.value) if driver.share else "",
                share_range=_span(driver.share),
                letters=driver.letters or "",
                correlation=driver.correlation.value,
                correlation_low=driver.correlation.interval.low,
                correlation_high=driver.correlation.interval.high,
                correlation_range=_correlations(driver.correlation),
                is_distinguishable=driver.distinguishable,
                is_suppressed=driver.suppressed,
                answered=driver.answered,
                performance=percent_text(rated.value) if rated else "",
                performance_range=_span(rated),
                place=str(quadrant),
                tone=tone,
            )
        )
    return tuple(rows)


def _span(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return from_to(percent_text(estimate.interval.low), percent_text(estimate.interval.high))


def _correlations(estimate: Estimate) -> str:
    form, interval = reader(), estimate.interval
    return from_to(form.number(interval.low, 2), form.number(interval.high, 2))


def _sentence(outcome: NamedColumn, rows: tuple[DriverRow, ...]) -> str:
    """Answer first: who leads, or that nobody does."""
    clear = [row for row in rows if row.is_distinguishable]
    if not clear:
        return _("No touchpoint is associated with %(outcome)s more strongly than chance explains.") % {
            "outcome": outcome.name
        }
    first = clear[0]
    if len(rows) > 1 and set(first.letters) & set(rows[1].letters):
        return _(
            "Several touchpoints are about equally associated with %(outcome)s; %(first)s is among "
            "the strongest."
        ) % {
            "outcome": outcome.name,
            "first": first.name,
        }
    return _("%(first)s is most strongly associated with %(outcome)s.") % {
        "outcome": outcome.name,
        "first": first.name,
    }


__all__ = ["NO_COLUMNS", "TOO_FEW_COLUMNS", "DriverPage", "driver_page", "known_outcome"]
