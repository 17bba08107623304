"""Tables as CSV files that no spreadsheet runs as a program."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from accounts.models import Organization
from common.spreadsheets import csv_lines, csv_text, marked
from customer_voice.choices import CustomerKind
from customer_voice.models import Contact, CustomerAccount, CustomerSurvey, ImportRowError
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


ACCOUNT_COLUMNS = (
    "external_reference", "name", "segment", "yearly_value", "currency", "started_on", "renews_on", "left_on",
    "people_total", "tags",
)  # fmt: skip
CONTACT_COLUMNS = ("external_reference", "name", "email", "account", "segment", "language", "consent")
AT_ONCE = 500


def account_lines(accounts: Any) -> Iterator[str]:
    """Accounts as a file that the import takes back, part by part."""
    rows = accounts.prefetch_related("tags").order_by("pk").iterator(chunk_size=AT_ONCE)
    return csv_lines(ACCOUNT_COLUMNS, (_account(row) for row in rows))


def contact_lines(contacts: Any) -> Iterator[str]:
    """Contacts as a file that the import takes back, part by part."""
    rows = contacts.order_by("pk").iterator(chunk_size=AT_ONCE)
    return csv_lines(CONTACT_COLUMNS, (_contact(row) for row in rows))


def _account(row: CustomerAccount) -> list[object]:
    return [
        marked(row.external_reference or ""), marked(row.name), marked(row.segment), row.yearly_value,
        row.currency, row.started_on, row.renews_on, row.left_on, row.people_total,
        marked("; ".join(tag.name for tag in row.tags.all())),
    ]  # fmt: skip


def _contact(row: Contact) -> list[object]:
    account = "" if row.account is None else row.account.external_reference or row.account.name
    return [
        marked(row.external_reference or ""), marked(row.name), marked(row.email), marked(account),
        marked(row.segment), row.language, row.consent,
    ]  # fmt: skip


def customer_sample_csv(kind: str) -> str:
    """A small list that comes in as it is."""
    if kind == CustomerKind.ACCOUNTS:
        return csv_text(
            ACCOUNT_COLUMNS,
            [
                [
                    "A-100",
                    "Harbor Logistics",
                    "Enterprise",
                    184000,
                    "EUR",
                    "2019-04-01",
                    "2027-03-31",
                    "",
                    14,
                    "key; north",
                ],
                [
                    "A-101",
                    "Osei & Partners",
                    "Small business",
                    9600,
                    "EUR",
                    "2022-09-01",
                    "",
                    "2026-02-28",
                    3,
                    "",
                ],
            ],
        )
    return csv_text(
        CONTACT_COLUMNS,
        [
            ["C-100", "Ines Marchetti", "ines@harbor.example", "A-100", "Enterprise", "en", "given"],
            ["C-101", "Tom Adeyemi", "tom@harbor.example", "A-100", "Enterprise", "en", "unknown"],
        ],
    )
