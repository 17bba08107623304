"""What pages show of business hours and of cases in time, as text. No rule, no query of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from customer_voice import selectors
from customer_voice.charts import period_name
from customer_voice.choices import WEEKDAYS
from customer_voice.models import CalendarVersion, MetricDefinition, ServiceLevel
from customer_voice.selectors import MetricSeries, ShareInTime
from wording import units
from wording.formats import reader
from wording.intervals import from_to
from wording.refusals import refusal_text

DAYS_SHOWN = 12
PERIODS_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarPage:
    """One calendar as text. `week`: pairs of a day and its hours; `days`: what comes within a year."""

    key: str
    name: str
    version: CalendarVersion
    next: CalendarVersion | None
    week: list[tuple[str, str]]
    since: date | None
    days: list[tuple[date, str, str]]
    more_days: int
    metrics: tuple[MetricDefinition, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelLine:
    """One service level as text; `state` is empty once its cases are counted."""

    level: ServiceLevel
    name: str
    wanted: str
    is_counting: bool
    failure: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareLine:
    """One period: for each service level its name, share, interval, and whether the promise was kept."""

    name: str
    n: str
    is_partial: bool
    cells: list[tuple[str, str, str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelsPage:
    levels: list[LevelLine]
    periods: list[ShareLine]


def calendar_page(organization: Organization) -> list[CalendarPage]:
    """Every calendar. Queries: as `selectors.calendar_lines`."""
    today = organization.clock.today()
    found = []
    for line in selectors.calendar_lines(organization):
        version = line.counting
        days = selectors.days_ahead(version, today)
        newest = version.weeks[-1]
        found.append(
            CalendarPage(
                key=line.calendar.key,
                name=version.name,
                version=version,
                next=line.next,
                week=[
                    (str(WEEKDAYS[place]), units.hours_of_day(reader(), hours))
                    for place, hours in enumerate(newest["days"])
                ],
                since=date.fromisoformat(newest["first"]) if len(version.weeks) > 1 else None,
                days=[
                    (
                        date.fromisoformat(one["day"]),
                        str(one["name"]),
                        units.hours_of_day(reader(), one.get("hours", [])),
                    )
                    for one in days[:DAYS_SHOWN]
                ],
                more_days=max(len(days) - DAYS_SHOWN, 0),
                metrics=line.metrics,
            )
        )
    return found


def level_lines(organization: Organization, metric: MetricDefinition) -> list[LevelLine]:
    """One query."""
    return [_level(metric, level) for level in selectors.service_levels(organization, metric)]


def levels_page(
    organization: Organization, series: MetricSeries, *, versions: Sequence[MetricDefinition]
) -> LevelsPage | None:
    """Shares in time of the last periods, newest first; none without a service level. Two queries at most."""
    found = selectors.level_series(organization, series, versions=versions, most=PERIODS_SHOWN)
    if not found:
        return None
    counted = [one for one in found if one.is_counted]
    periods = [
        ShareLine(
            name=period_name(shares[0].point, series),
            n=_said_n(shares[0]),
            is_partial=shares[0].point.is_partial,
            cells=[
                (_within(series.metric, one.level), *_cell(one.level, share))
                for one, share in zip(counted, shares, strict=True)
            ],
        )
        for shares in zip(*(one.shares for one in counted), strict=True)
    ]
    return LevelsPage(
        levels=[_level(series.metric, one.level) for one in found], periods=list(reversed(periods))
    )


def _level(metric: MetricDefinition, level: ServiceLevel) -> LevelLine:
    return LevelLine(
        level=level,
        name=_within(metric, level),
        wanted="" if level.wanted_share is None else reader().percent(level.wanted_share),
        is_counting=not level.is_finished,
        failure=level.failure if level.is_finished else "",
    )


def _within(metric: MetricDefinition, level: ServiceLevel) -> str:
    hours = level.seconds / 3600
    figure = reader().shortest(hours)
    if metric.calendar:
        text = ngettext("within %(hours)s business hour", "within %(hours)s business hours", round(hours))
    else:
        text = ngettext("within %(hours)s hour", "within %(hours)s hours", round(hours))
    return text % {"hours": figure}


def _cell(level: ServiceLevel, share: ShareInTime) -> tuple[str, str, str]:
    """Share, interval, and the promise: said only where the whole interval lies on one side."""
    if share.estimate is None:
        return "–", "" if share.reason is None else refusal_text(share.reason), ""
    low, high = share.estimate.interval.low, share.estimate.interval.high
    wanted = level.wanted_share
    kept = ""
    if wanted is not None:
        kept = _("kept") if low >= wanted else _("missed") if high < wanted else _("cannot tell")
    return (
        reader().percent(share.estimate.value),
        from_to(reader().percent(low), reader().percent(high)),
        kept,
    )


def _said_n(share: ShareInTime) -> str:
    text = units.cases(reader(), share.n)
    if not share.n_open:
        return text
    still = ngettext("%(count)s open", "%(count)s open", share.n_open) % {
        "count": reader().number(share.n_open)
    }
    return _("%(cases)s, %(open)s") % {"cases": text, "open": still}
