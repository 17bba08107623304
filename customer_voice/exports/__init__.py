"""Tables to take out, as CSV or workbook (`common.downloads`), that no spreadsheet runs as a program."""

from collections.abc import Sequence
from itertools import chain

from accounts.models import Organization
from common.downloads import Download
from common.spreadsheets import csv_text
from customer_voice.exports.customers import accounts_download, contacts_download
from customer_voice.exports.feedback import feedback_download
from customer_voice.exports.samples import customer_sample_csv, sample_csv
from customer_voice.models import CustomerSurvey, HalfAnswer, ImportBatch, SurveyReply
from customer_voice.selectors import MetricSeries, level_series
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


def series_download(series: MetricSeries, *, about: Sequence[str] = ()) -> Download:
    rows = [list(row.values()) for row in series_rows(series)]
    return Download(
        name=f"{series.metric.key}-{series.period}",
        header=SERIES_COLUMNS,
        rows=lambda: rows,
        count=lambda: len(rows),
        about=about,
    )


def level_rows(organization: Organization, series: MetricSeries) -> list[dict[str, object]]:
    """One mapping per service level, with the share in time of each period. One query for times of cases."""
    return [
        {
            "seconds": one.level.seconds,
            "wanted_share": one.level.wanted_share,
            "is_counted": one.is_counted,
            "points": [
                {
                    "start": share.point.start,
                    "end": share.point.end,
                    "n": share.n,
                    "open_cases": share.n_open,
                    "share": share.estimate and share.estimate.value,
                    "low": share.estimate and share.estimate.interval.low,
                    "high": share.estimate and share.estimate.interval.high,
                    "reason": share.reason.value if share.reason else "",
                }
                for share in one.shares
            ],
        }
        for one in level_series(organization, series)
    ]


def replies_download(survey: CustomerSurvey, *, about: Sequence[str] = ()) -> Download:
    """Every reply of a survey with its answers, then what was begun and not sent; nobody's name."""
    sent, begun = (
        SurveyReply.objects.filter(survey=survey),
        HalfAnswer.objects.filter(survey=survey, reply=None),
    )
    return Download(
        name=f"survey-{survey.pk}",
        header=reply_columns(survey),
        rows=lambda: chain(reply_rows(survey), half_rows(survey)),
        count=lambda: sent.count() + begun.count(),
        about=about,
    )


def errors_download(batch: ImportBatch, *, about: Sequence[str] = ()) -> Download:
    """The error report of an import, to correct the file by."""
    errors = batch.row_errors.all()
    return Download(
        name=f"import-{batch.pk}-errors",
        header=("row", "column", "problem", "value", "code"),
        rows=lambda: (
            [error.row_number, error.column, error.text, error.value, error.code]
            for error in errors.iterator(chunk_size=2000)
        ),
        count=errors.count,
        about=about,
    )


__all__ = [
    "SERIES_COLUMNS",
    "accounts_download",
    "contacts_download",
    "customer_sample_csv",
    "errors_download",
    "feedback_download",
    "level_rows",
    "replies_download",
    "sample_csv",
    "series_csv",
    "series_download",
    "series_rows",
]
