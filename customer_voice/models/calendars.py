"""Business hours: calendars in versions, the spans in which their time counts, and promised times."""

import json
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import Membership, Organization, OrganizationModel
from common.columns import LineField
from common.jobs import Job
from cxstats.working_time import Schedule, Week, WorkingTime, working_time


class BusinessCalendar(OrganizationModel):
    """One row is a calendar of business hours by its name. What counts stands in its versions."""

    key = models.SlugField(max_length=40)
    name = LineField(_("name"), max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="calendar_key_unique"),
            models.UniqueConstraint(fields=["organization", "name"], name="calendar_name_unique"),
            models.UniqueConstraint(fields=["organization", "id"], name="calendar_of_organization"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(OrganizationModel, Job):
    """One row is what a calendar counted, for good: a change makes the next version, whose job recounts.

    Only `covers_until` moves, as later years come into reach; holidays already listed stay as they were then.
    """

    task = "customer_voice.tasks.recount_calendar"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.CASCADE, related_name="versions", db_constraint=False
    )
    number = models.PositiveSmallIntegerField()
    name = LineField(max_length=80)  # of the calendar, as it was called when this version was made
    weeks = models.JSONField()  # [{"first": day, "days": seven lists of [from, to) in minutes}], in order
    country = models.CharField(_("country"), max_length=2, blank=True)
    subdivision = models.CharField(_("part of the country"), max_length=60, blank=True)
    own_days = models.JSONField(default=list)  # [{"day", "name", "hours"}]: closed where there are no hours
    holidays = models.JSONField(default=list)  # [{"day", "name"}], as listed for the country
    holidays_release = models.CharField(max_length=20, blank=True)  # of the list that they were taken from
    time_zone = models.CharField(max_length=60)
    covers_from = models.DateField()
    covers_until = models.DateField()  # the first day without spans
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="calendar_version_of_organization"),
            SameOrganization(field="calendar", name="calendar_version_same_organization"),
        ]
        ordering = ["calendar", "-number"]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def schedule(self) -> Schedule:
        """What it counts, without a time zone. Days of one's own go before holidays."""
        return schedule_of(self.weeks, [*self.holidays, *self.own_days])

    @property
    def working_time(self) -> WorkingTime:
        """Everything that it counts; worked out once in a process. No query."""
        told = json.dumps([self.weeks, [*self.holidays, *self.own_days]], sort_keys=True)
        return _working_time(told, self.time_zone, self.covers_from, self.covers_until)


class WorkingSpan(models.Model):
    """One row is a time in which one version of a calendar counts, and the seconds that it counted before."""

    version = models.ForeignKey(
        CalendarVersion, on_delete=models.CASCADE, related_name="spans", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    before = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "starts_at"], name="working_span_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at"), before__gte=0), name="working_span_in_order"
            ),
        ]


class ServiceLevel(OrganizationModel, Job):
    """One row is a time within which cases of a metric should be over, and for what share of them.

    It belongs to the metric's key. Its job counts which cases were in time to the second; until then no share
    is shown.
    """

    task = "customer_voice.tasks.recount_service_level"

    metric_key = models.SlugField(max_length=40)
    seconds = models.PositiveIntegerField()
    wanted_share = models.FloatField(null=True, blank=True)  # 0..1; None: nothing is promised
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric_key", "seconds"], name="service_level_once"
            ),
            models.CheckConstraint(
                condition=Q(seconds__gt=0)
                & (Q(wanted_share__isnull=True) | Q(wanted_share__gt=0, wanted_share__lte=1)),
                name="service_level_in_range",
            ),
        ]
        ordering = ["metric_key", "seconds"]

    def __str__(self) -> str:
        return f"{self.metric_key}: {self.seconds} s"


def schedule_of(weeks: list[dict[str, Any]], days: list[dict[str, Any]]) -> Schedule:
    """From JSON; of several entries of a day the last one holds."""
    return Schedule(
        weeks=tuple(
            Week(
                first=date.fromisoformat(week["first"]),
                days=tuple(tuple((low, high) for low, high in hours) for hours in week["days"]),
            )
            for week in weeks
        ),
        own={
            date.fromisoformat(one["day"]): tuple((low, high) for low, high in one.get("hours", ()))
            for one in days
        },
    )


@lru_cache(maxsize=64)
def _working_time(told: str, time_zone: str, first: date, last: date) -> WorkingTime:
    weeks, days = json.loads(told)
    return working_time(schedule_of(weeks, days), zone=ZoneInfo(time_zone), first=first, last=last)
