"""Tables as CSV files that no spreadsheet runs as a program."""

from collections.abc import Iterable
from itertools import chain

from common.spreadsheets import csv_text
from customer_voice.models import CustomerSurvey, ImportRowError
from customer_voice.selectors import MetricSeries
from customer_voice.selectors.survey_results import half_rows, reply_columns, reply_rows

SERIES_COLUMNS = (
    "metric", "version", "touchpoint", "segment", "period", "start", "end", "n", "value", "low", "high",
    "unit", "open_cases", "small", "partial", "reason", "channel", "account",
)  # fmt: skip


def series_rows(series: MetricSeries) -> list[dict[str, object]]:
    """One mapping per period, in the series' own unit; empty where there is no figure."""
    return [
        {
            "metric": series.metric.key,
            "version": series.metric.version,
            "touchpoint": series.touchpoint.key if series.touchpoint else "",
            "segment": series.segment or "",
            "period": series.period.value,
            "start": point.start,
            "end": point.end,
            "n": point.n,
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "unit": series.unit.value,
            "open_cases": point.figure.n_open,
            "small": point.is_small,
            "partial": point.is_partial,
            "reason": point.figure.reason.value if point.figure.reason else "",
            "channel": series.channel.name if series.channel else "",
            "account": (series.account.external_reference or "") if series.account else "",
        }
        for point in series.points
    ]


def series_csv(series: MetricSeries) -> str:
    return csv_text(SERIES_COLUMNS, [list(row.values()) for row in series_rows(series)])


def replies_csv(survey: CustomerSurvey) -> str:
    """Every reply of a survey with its answers, then what was begun and not sent; nobody's name."""
    return csv_text(reply_columns(survey), chain(reply_rows(survey), half_rows(survey)))


def errors_csv(errors: Iterable[ImportRowError]) -> str:
    """The error report of an import, to correct the file by."""
    return csv_text(
        ("row", "column", "problem", "value", "code"),
        [[error.row_number, error.column, error.text, error.value, error.code] for error in errors],
    )


def sample_csv() -> str:
    """A small file that shows what an import looks for; it comes in as it is."""
    return csv_text(
        ("id", "date", "touchpoint", "score", "comment", "segment", "channel"),
        [
            ["R-1001", "2026-01-05", "Website", 9, "Found what I needed at once.", "private", "web"],
            ["R-1002", "2026-01-05", "Hotline", 4, "Twenty minutes in the queue.", "private", "phone"],
            ["R-1003", "2026-01-06", "Hotline", 8, "", "business", "phone"],
            ["R-1004", "2026-01-07", "Website", 10, "Great, thank you.", "business", "web"],
        ],
    )
