"""What the report of a checked or imported file says, in words. No rule; one query for its metrics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from common.charting import chart_locale
from customer_voice.charts import measure_of
from customer_voice.choices import NOTHING, SMALL_N, ImportField
from customer_voice.import_words import clock_changes, columns_unread, rows_set_aside, words_read
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.rules import Counts, RowKind, together
from customer_voice.selectors.figures import figures
from cxcharts import scales
from cxcharts.labels import labels_for
from wording.formats import reader
from wording.joining import listed, sentences

LABELS = {
    "occurred_at": ImportField.OCCURRED_AT.label,
    "touchpoint_id": ImportField.TOUCHPOINT.label,
    "metric_id": gettext_lazy("Version of the metric"),
    **{
        field.value: field.label
        for field in (
            ImportField.SCORE, ImportField.EXPOSURE, ImportField.TEXT, ImportField.CUSTOMER,
            ImportField.ACCOUNT, ImportField.SEGMENT, ImportField.CHANNEL, ImportField.RESOLVED_AT,
            ImportField.REOPENED_COUNT, ImportField.WAITS,
        )
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedValue:
    """One known value that goes, and what comes for it."""

    row: int
    external_id: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PartFigure:
    """One metric as the rows of the file alone have it, and how many answers; `metric` None: comments."""

    metric: MetricDefinition | None
    name: str
    value: str
    count: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """`kinds`: what would be replaced, in how many rows. `bias`: what leaving rows out does to the figure.
    `aside`: rows that are no answers; `unread`: columns; `words`: which words count as which answer;
    `clock`: what was made of times that the clock skips or shows twice; `doubts`: where words and scores
    disagree."""

    rows_completed: int
    kinds: tuple[tuple[str, int], ...]
    sample: tuple[ChangedValue, ...]
    bias: str
    aside: tuple[str, ...]
    unread: str
    words: tuple[str, ...]
    clock: tuple[str, ...]
    doubts: tuple[str, ...]
    figures: tuple[PartFigure, ...]


def import_report(batch: ImportBatch) -> ImportReport:
    return ImportReport(
        rows_completed=batch.rows_updated - batch.rows_replaced,
        kinds=tuple(
            (str(LABELS.get(name, name)), rows) for name, rows in batch.changes.get("replaced", {}).items()
        ),
        sample=tuple(
            ChangedValue(
                row=line["row"],
                external_id=line["id"],
                label=str(LABELS.get(name, name)),
                old=_shown(name, old),
                new=_shown(name, new),
            )
            for line in batch.changes.get("sample", [])
            for name, (old, new) in line["columns"].items()
        ),
        bias=_bias(batch),
        aside=tuple(rows_set_aside(batch)),
        unread=columns_unread(batch),
        words=tuple(words_read(batch)),
        clock=tuple(clock_changes(batch)),
        doubts=tuple(_doubts(batch)),
        figures=tuple(_figures(batch)),
    )


def _doubts(batch: ImportBatch) -> Iterator[str]:
    """Metrics in whose rows words and scores disagree, as if the scale ran the other way. At most one
    query."""
    if not batch.doubts:
        return
    metrics = MetricDefinition.objects.in_bulk([one["metric"] for one in batch.doubts])
    for one in batch.doubts:
        metric = metrics.get(one["metric"])
        if metric is None:
            continue
        text = ngettext(
            "%(metric)s: in %(against)d row the words say the opposite of the score (row %(rows)s).",
            "%(metric)s: in %(against)d rows the words say the opposite of the score (such as rows "
            "%(rows)s).",
            one["against"],
        )
        rows = listed([str(row) for row in one["rows"]])
        yield text % {"metric": metric, "against": one["against"], "rows": rows}


def _figures(batch: ImportBatch) -> Iterator[PartFigure]:
    """What the rows of the file make of each metric, without what is known. One query where there are any."""
    metrics = MetricDefinition.objects.in_bulk([one["metric"] for one in batch.figures if one["metric"]])
    for one in batch.figures:
        metric = metrics.get(one["metric"])
        if metric is None:
            said = ngettext("%(count)d comment", "%(count)d comments", one["n"]) % {"count": one["n"]}
            yield PartFigure(metric=None, name=_("Comments only"), value="", count=said)
            continue
        value = "" if one["value"] is None else measure_of(metric, [one["value"]]).text(one["value"])
        yield PartFigure(
            metric=metric, name=str(metric), value=value, count=metric.calculation.n_text(one["n"])
        )


def _shown(name: str, kept: str) -> str:
    """A value as the reader writes it; what is kept is of no language and no format."""
    if kept == NOTHING:
        return kept
    if name in {"occurred_at", "resolved_at"}:
        return reader().moment(datetime.fromisoformat(kept))
    if name in {"score", "exposure", "reopened_count"}:
        return reader().shortest(Decimal(kept))
    return kept


def _bias(batch: ImportBatch) -> str:
    """How leaving rows out would shift the figure, or why that cannot be said."""
    if not batch.rows_rejected:
        return ""
    left_out = ngettext(
        "%(count)s of %(total)s rows (%(share)s) will not be imported.",
        "%(count)s of %(total)s rows (%(share)s) will not be imported.",
        batch.rows_rejected,
    ) % {
        "count": reader().number(batch.rows_rejected),
        "total": reader().number(batch.rows_total),
        "share": _percent(batch.rows_rejected, batch.rows_total),
    }
    metric = batch.metric
    if metric is None:
        return left_out
    readable = batch.left_out.get("readable")
    if readable is None:  # checked before these rows were tallied
        return left_out
    if readable < SMALL_N:
        return sentences([left_out, str(_TOO_FEW[metric.calculation.row]) % {"least": SMALL_N}])
    out, kept = (_counts(metric, batch.left_out[side]) for side in ("out", "in"))
    found = [figure.value for figure in figures(metric, [kept, out, together([kept, out])])]
    known = sorted(value for value in found if value is not None)
    if len(known) < len(found):
        unknown = _("Their influence cannot be estimated: these rows alone, or those that will be imported, "
                    "do not give a figure.")  # fmt: skip
        return sentences([left_out, unknown])
    shown = measure_of(metric, known)
    without, those, both = (shown.text(value) for value in found)
    slots = {
        "readable": readable,
        "metric": metric.name,
        "those": those,
        "without": without,
        "together": both,
    }
    return sentences([left_out, str(_SHIFTED[metric.calculation.row]) % slots])


_TOO_FEW = {
    RowKind.ANSWER: gettext_lazy(
        "Their influence cannot be estimated: fewer than %(least)d of them have a readable score."
    ),
    RowKind.CASE: gettext_lazy(
        "Their influence cannot be estimated: fewer than %(least)d of them have readable times."
    ),
    RowKind.AMOUNT: gettext_lazy(
        "Their influence cannot be estimated: fewer than %(least)d of them have a readable amount."
    ),
}
_SHIFTED = {
    RowKind.ANSWER: gettext_lazy(
        "%(readable)d of them have a readable score: %(metric)s is %(those)s for those rows and "
        "%(without)s for the rows that will be imported. Together it would be %(together)s."
    ),
    RowKind.CASE: gettext_lazy(
        "%(readable)d of them have readable times: %(metric)s is %(those)s for those rows and "
        "%(without)s for the rows that will be imported. Together it would be %(together)s."
    ),
    RowKind.AMOUNT: gettext_lazy(
        "%(readable)d of them have a readable amount: %(metric)s is %(those)s for those rows and "
        "%(without)s for the rows that will be imported. Together it would be %(together)s."
    ),
}


def _counts(metric: MetricDefinition, tally: Mapping[str, int | str]) -> Counts:
    return metric.calculation.of_tally({key: Decimal(amount) for key, amount in tally.items()})


def _percent(part: int, whole: int) -> str:
    language = get_language() or "en"
    return scales.share(labels_for(language)).value.text(part / max(whole, 1), chart_locale())
