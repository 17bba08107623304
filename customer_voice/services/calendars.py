"""Calendars of business hours: a change makes a version, and its job counts every time anew by it.

Until that job is done the version before counts, everywhere: figures change in one transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import acting, one_at_a_time, record_event
from common.jobs import JobState, enqueue, run
from common.text import one_line
from customer_voice.errors import CalendarRefused
from customer_voice.importers import insert_rows
from customer_voice.importers.public_holidays import (
    RELEASE,
    holidays_of,
    is_country,
    subdivision_named,
    subdivisions,
)
from customer_voice.models import (
    BusinessCalendar,
    CalendarVersion,
    DurationPoint,
    MetricDefinition,
    WorkingSpan,
)
from customer_voice.models.calendars import schedule_of
from customer_voice.selectors.calendars import newest_version, next_number
from customer_voice.services.placed_waits import place_waits
from customer_voice.services.rollup import hold_counts, refresh_rollup
from customer_voice.services.runs import Cell
from cxstats.errors import InvalidInput
from cxstats.working_time import WorkingTime, working_time

FIRST_DAY = date(1990, 1, 1)  # no answer is older
YEARS_AHEAD = 3
LEAST_AHEAD = timedelta(days=2 * 366)
MOST_OWN_DAYS = 1_000
MOST_NAMED = 12
SPANS_AT_ONCE = 5_000
_CONTENT = ("weeks", "country", "subdivision", "own_days", "time_zone")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """What people write of a calendar.

    `week`: seven lists of (from, to) in minutes after midnight, Monday first; an end beyond 1440 is on the
    next day. `first`: the day from which these hours hold; None: they correct those that hold now.
    `own_days`: {"day", "name", "hours"}, closed where there are no hours.
    """

    name: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    first: date | None = None
    country: str = ""
    subdivision: str = ""
    own_days: tuple[Mapping[str, Any], ...] = ()


@transaction.atomic
def create_calendar(*, by: Membership, hours: Hours) -> BusinessCalendar:
    """Add a calendar; it can be chosen for metrics at once. Raises CalendarRefused."""
    by = acting(by, Action.EDIT_METRICS)
    name = _named(by.organization, hours.name)
    calendar = BusinessCalendar(organization=by.organization, key=_free_key(by.organization, name), name=name)
    version = _version(calendar, hours, by=by, before=None)
    calendar.save()
    version.calendar, version.job_state, version.progress = calendar, JobState.DONE, 100
    version.save()
    _write_spans(version, _reckoned(version, version.covers_from), before=0)
    _record(by, calendar, "calendar.created", None, version)
    return calendar


@transaction.atomic
def change_calendar(
    *, by: Membership, calendar: BusinessCalendar, hours: Hours, seen: int | None = None
) -> CalendarVersion:
    """Correct a calendar, or let other hours hold from a day on: its next version, which counts once its job
    has counted every time anew. What changes nothing makes no version.

    `seen`: the number of the version that was changed; CalendarRefused where there is a newer one, and for
    hours that cannot be. The job is enqueued.
    """
    by = acting(by, Action.EDIT_METRICS)
    calendar = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    before = newest_version(calendar)
    if seen is not None and seen != before.number:
        message = _("Someone else has changed this calendar. Open it again to see what it says now.")
        raise CalendarRefused(message, code="calendar_changed")
    name = _named(by.organization, hours.name, but=calendar)
    version = _version(calendar, hours, by=by, before=before)
    is_same = all(getattr(version, one) == getattr(before, one) for one in _CONTENT)
    if is_same and name == before.name and before.job_state != JobState.FAILED:
        return before
    calendar.name = name
    calendar.save(update_fields=["name"])
    version.save()
    _record(by, calendar, "calendar.changed", before, version)
    enqueue(version)
    return version


def recount_calendar(*, version_id: int) -> None:
    """Count every time by the version, and let it count from now on. Safe to call twice, at once, or late:
    where a newer version is there, that one will.
    """
    version = CalendarVersion.objects.select_related("calendar", "organization").get(pk=version_id)
    with written_for(version.organization):
        run(
            version,
            partial(_recount, version),
            unknown=gettext_lazy(
                "Something went wrong while counting. The hours of before still count; save them again."
            ),
        )


def extend_calendars(*, today: date) -> int:
    """Let every calendar reach some years ahead: holidays of later years, and their spans. Returns how many.

    Nothing that was counted changes: days that are covered already stay as they are.
    """
    short = CalendarVersion.objects.filter(covers_until__lt=today + LEAST_AHEAD, job_state=JobState.DONE)
    extended = 0
    for pk in list(short.values_list("pk", flat=True)):
        with transaction.atomic():
            version = CalendarVersion.objects.select_for_update().get(pk=pk)
            until = _covered_until(today)
            if version.covers_until >= until:
                continue
            organization = Organization.objects.get(pk=version.organization_id)
            since, version.covers_until = version.covers_until, until
            years = range(since.year, until.year)
            version.holidays += holidays_of(
                version.country, version.subdivision, years=years, language=organization.language
            )
            last = version.spans.order_by("-starts_at").first()
            before = (
                0 if last is None else last.before + round((last.ends_at - last.starts_at).total_seconds())
            )
            version.save(update_fields=["covers_until", "holidays"])
            _write_spans(version, _reckoned(version, since), before=before)
            extended += 1
    return extended


@transaction.atomic
def follow_time_zone(*, organization: Organization) -> None:
    """The organization's clocks show something else: its calendars get a version that follows them. May run
    twice.
    """
    one_at_a_time(organization)
    for calendar in BusinessCalendar.objects.of(organization):
        before = newest_version(calendar)
        if before.time_zone == organization.time_zone:
            continue
        version = CalendarVersion(
            organization=organization,
            calendar=calendar,
            number=next_number(calendar),
            name=before.name,
            weeks=before.weeks,
            country=before.country,
            subdivision=before.subdivision,
            own_days=before.own_days,
            holidays=before.holidays,
            holidays_release=before.holidays_release,
            time_zone=organization.time_zone,
            covers_from=before.covers_from,
            covers_until=before.covers_until,
        )
        version.save()
        record_event(
            organization=organization,
            actor=None,
            verb="calendar.changed",
            subject=calendar,
            before={"time_zone": before.time_zone},
            after={"time_zone": version.time_zone, "version": version.number},
        )
        enqueue(version)


# --- counting anew ------------------------------------------------------------------------------


def _recount(version: CalendarVersion) -> None:
    with transaction.atomic():
        held = hold_counts(version.organization)
        is_newest = newest_version(version.calendar).pk == version.pk
        if is_newest:
            version.spans.all().delete()  # of an attempt that was stopped
            _write_spans(version, _reckoned(version, version.covers_from), before=0)
            version.beat(30)
            definitions = MetricDefinition.objects.of(held).filter(calendar=version.calendar.key)
            definitions.update(counted_by=version)
            place_waits(definitions)
            refresh_cells(held, definitions)
        version.finish()


def refresh_cells(organization: Organization, metrics: Iterable[MetricDefinition]) -> None:
    """Count all days of these metrics of times anew. Needs a transaction."""
    counted = DurationPoint.objects.of(organization).filter(metric__in=[metric.pk for metric in metrics])
    cells: set[Cell] = set(counted.order_by().values_list("metric_id", "touchpoint_id", "day").distinct())
    if cells:
        refresh_rollup(organization=organization, cells=cells)


def _reckoned(version: CalendarVersion, since: date) -> WorkingTime:
    return working_time(
        version.schedule, zone=ZoneInfo(version.time_zone), first=since, last=version.covers_until
    )


def _write_spans(version: CalendarVersion, reckoned: WorkingTime, *, before: int) -> None:
    rows = (
        {
            "version_id": version.pk,
            "starts_at": datetime.fromtimestamp(start, UTC),
            "ends_at": datetime.fromtimestamp(end, UTC),
            "before": before + counted,
        }
        for start, end, counted in zip(reckoned.starts, reckoned.ends, reckoned.before, strict=True)
    )
    for some in batched(rows, SPANS_AT_ONCE, strict=False):
        insert_rows(WorkingSpan, some)


# --- what is written ----------------------------------------------------------------------------


def _version(
    calendar: BusinessCalendar, hours: Hours, *, by: Membership, before: CalendarVersion | None
) -> CalendarVersion:
    """The next version, checked and not saved."""
    country, subdivision = _place(hours)
    own_days = _own_days(hours)
    weeks = _weeks(hours, before)
    organization = by.organization
    until = _covered_until(organization.clock.today())
    if before is not None:
        until = max(until, before.covers_until)
    listed = _holidays(organization, country, subdivision, before=before, until=until)
    return CalendarVersion(
        organization=organization,
        calendar=calendar,
        number=1 if before is None else before.number + 1,
        name=one_line(hours.name),
        weeks=weeks,
        country=country,
        subdivision=subdivision,
        own_days=own_days,
        holidays=listed,
        holidays_release=RELEASE if country else "",
        time_zone=organization.time_zone,
        covers_from=FIRST_DAY,
        covers_until=until,
        created_by=by,
    )


def _holidays(
    organization: Organization, country: str, subdivision: str, *, before: CalendarVersion | None, until: date
) -> list[dict[str, Any]]:
    """As the version before listed them, where it did; a newer list of the same country is a new choice."""
    first = FIRST_DAY
    kept: list[dict[str, Any]] = []
    if before is not None and (before.country, before.subdivision) == (country, subdivision):
        first, kept = before.covers_until, list(before.holidays)
    years = range(first.year, until.year)
    return kept + holidays_of(country, subdivision, years=years, language=organization.language)


def _covered_until(today: date) -> date:
    return date(today.year + YEARS_AHEAD + 1, 1, 1)


def _weeks(hours: Hours, before: CalendarVersion | None) -> list[dict[str, Any]]:
    if not any(hours.week):
        message = _("Give at least one day its hours.")
        raise CalendarRefused(message, fields={"day_0": message})
    known = [] if before is None else list(before.weeks)
    days = [[list(pair) for pair in day] for day in hours.week]
    if hours.first is None or not known:
        first = known[-1]["first"] if known else FIRST_DAY.isoformat()
        found = [*known[:-1], {"first": first, "days": days}]
    elif hours.first.isoformat() <= known[-1]["first"]:
        message = _("The present hours hold from %(day)s; other ones hold from a later day.") % {
            "day": known[-1]["first"]
        }
        raise CalendarRefused(message, fields={"first": message})
    elif known[-1]["days"] == days:
        found = known
    else:
        found = [*known, {"first": hours.first.isoformat(), "days": days}]
    try:
        schedule_of(found, [])
    except InvalidInput as error:
        message = _("These hours overlap, or one lasts more than a day.")
        raise CalendarRefused(message, fields={"day_0": message}) from error
    return found


def _place(hours: Hours) -> tuple[str, str]:
    country = hours.country.strip().upper()
    if country and not is_country(country):
        message = _("No holidays are known of this country.")
        raise CalendarRefused(message, fields={"country": message})
    text = hours.subdivision.strip()
    if not text:
        return country, ""
    code = subdivision_named(country, text) if country else None
    if code is None:
        known = [f"{one} ({names[0]})" if names else one for one, names in subdivisions(country).items()]
        message = (
            _("Not a part of this country. Known: %(known)s.") % {"known": ", ".join(known[:MOST_NAMED])}
            if known
            else _("No parts are known of this country: leave it empty.")
        )
        raise CalendarRefused(message, fields={"subdivision": message})
    return country, code


def _own_days(hours: Hours) -> list[dict[str, Any]]:
    if len(hours.own_days) > MOST_OWN_DAYS:
        message = _("At most %(limit)d days.") % {"limit": MOST_OWN_DAYS}
        raise CalendarRefused(message, fields={"own_days": message})
    found: dict[str, dict[str, Any]] = {}
    for one in hours.own_days:
        day = one["day"]
        if day in found:
            message = _("%(day)s is there twice.") % {"day": day}
            raise CalendarRefused(message, fields={"own_days": message})
        found[day] = {
            "day": day,
            "name": one_line(one.get("name", ""))[:120],
            "hours": [list(pair) for pair in one.get("hours", ())],
        }
    try:
        schedule_of([{"first": FIRST_DAY.isoformat(), "days": [[]] * 7}], list(found.values()))
    except (InvalidInput, ValueError) as error:
        message = _("The hours of one of these days overlap, or last more than a day.")
        raise CalendarRefused(message, fields={"own_days": message}) from error
    return [found[day] for day in sorted(found)]


def _named(organization: Organization, text: str, *, but: BusinessCalendar | None = None) -> str:
    name = one_line(text)
    if not name:
        raise CalendarRefused(_("Name the calendar."), fields={"name": _("Name the calendar.")})
    others = BusinessCalendar.objects.of(organization).filter(name=name)
    if others.exclude(pk=0 if but is None else but.pk).exists():
        message = _("There is a calendar of this name already.")
        raise CalendarRefused(message, fields={"name": message})
    return name


def _free_key(organization: Organization, name: str) -> str:
    base = slugify(name)[:34] or "calendar"
    taken = set(BusinessCalendar.objects.of(organization).values_list("key", flat=True))
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def _told(version: CalendarVersion | None) -> dict[str, Any]:
    """A version for the trail: what people wrote of it."""
    if version is None:
        return {}
    newest = version.weeks[-1]
    return {
        "name": version.name,
        "hours": newest["days"],
        "first": newest["first"],
        "country": version.country,
        "subdivision": version.subdivision,
        "own_days": [one["day"] for one in version.own_days],
        "version": version.number,
    }


def _record(
    by: Membership,
    calendar: BusinessCalendar,
    verb: str,
    before: CalendarVersion | None,
    after: CalendarVersion,
) -> None:
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=verb,
        subject=calendar,
        before=_told(before),
        after=_told(after),
    )
