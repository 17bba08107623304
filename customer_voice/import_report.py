"""What the report of a checked or imported file says, in words. No rule, no query."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from common.charting import chart_locale
from customer_voice.charts import measure
from customer_voice.choices import SMALL_N, ImportField
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.rules import Counts, together
from customer_voice.selectors.figures import figures
from cxcharts import scales
from cxcharts.labels import labels_for

LABELS = {
    "occurred_at": ImportField.OCCURRED_AT.label,
    "touchpoint_id": ImportField.TOUCHPOINT.label,
    "metric_id": gettext_lazy("Version of the metric"),
    **{
        field.value: field.label
        for field in (
            ImportField.SCORE, ImportField.EXPOSURE, ImportField.TEXT, ImportField.CUSTOMER,
            ImportField.ACCOUNT, ImportField.SEGMENT, ImportField.CHANNEL, ImportField.RESOLVED_AT,
            ImportField.REOPENED_COUNT,
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
class ImportReport:
    """`kinds`: what would be replaced, in how many rows. `bias`: what leaving rows out does to the figure."""

    rows_completed: int
    kinds: tuple[tuple[str, int], ...]
    sample: tuple[ChangedValue, ...]
    bias: str


def import_report(batch: ImportBatch) -> ImportReport:
    return ImportReport(
        rows_completed=batch.rows_updated - batch.rows_replaced,
        kinds=tuple(
            (str(LABELS.get(name, name)), rows) for name, rows in batch.changes.get("replaced", {}).items()
        ),
        sample=tuple(
            ChangedValue(
                row=line["row"], external_id=line["id"], label=str(LABELS.get(name, name)), old=old, new=new
            )
            for line in batch.changes.get("sample", [])
            for name, (old, new) in line["columns"].items()
        ),
        bias=_bias(batch),
    )


def _bias(batch: ImportBatch) -> str:
    """How leaving rows out would shift the figure, or why that cannot be said."""
    if not batch.rows_rejected:
        return ""
    left_out = ngettext(
        "%(count)d of %(total)d rows (%(share)s) will not be imported.",
        "%(count)d of %(total)d rows (%(share)s) will not be imported.",
        batch.rows_rejected,
    ) % {
        "count": batch.rows_rejected,
        "total": batch.rows_total,
        "share": _percent(batch.rows_rejected, batch.rows_total),
    }
    metric = batch.metric
    if metric is None:
        return left_out
    out, kept = (_counts(metric, batch.left_out.get(side, {})) for side in ("out", "in"))
    if out is None or kept is None or out.n < SMALL_N or kept.n == 0:
        unknown = _(
            "Their influence cannot be estimated: fewer than %(least)d of them have a readable score."
        )
        return f"{left_out} {unknown % {'least': SMALL_N}}"
    shown = measure(metric, [])
    without, those, both = (
        shown.text(figure.value) for figure in figures(metric, [kept, out, together([kept, out])])
    )
    return "{} {}".format(
        left_out,
        _(
            "%(readable)d of them have a readable score: %(metric)s is %(those)s for those rows and "
            "%(without)s for the rows that will be imported. Together it would be %(together)s."
        )
        % {
            "readable": out.n,
            "metric": metric.name,
            "those": those,
            "without": without,
            "together": both,
        },
    )


def _counts(metric: MetricDefinition, scores: Mapping[str, int]) -> Counts | None:
    """None where single scores make no figure of this metric."""
    return metric.calculation.of_scores({Decimal(score): rows for score, rows in scores.items()})


def _percent(part: int, whole: int) -> str:
    language = get_language() or "en"
    return scales.share(labels_for(language)).value.text(part / max(whole, 1), chart_locale())
