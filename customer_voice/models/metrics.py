"""Metric definitions and their targets."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import OrganizationModel
from common.columns import LineField
from customer_voice.choices import MetricKind
from customer_voice.columns import NumberField
from customer_voice.models.calendars import CalendarVersion
from customer_voice.rules import MetricRule, rule_choices, rule_of
from cxstats.working_time import WorkingTime
from journeys.models import Touchpoint


class MetricDefinition(OrganizationModel):
    """One row is one exact way to measure: scale, wording, box rule, population. No number without it.

    The name is a label of the whole `key` and may change at any time. What changes the measurement makes a
    new `version` once there are answers. Versions whose answers may be read together share a `series`, named
    by the version that began it; their figures are one line.
    """

    key = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    series = models.PositiveSmallIntegerField(default=0)  # 0 until saved: begins with its own version
    change_note = LineField(_("what changed"), max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=MetricKind)
    name = LineField(_("name"), max_length=80)
    wording = LineField(_("question"), max_length=300, blank=True)
    population = LineField(_("who is asked"), max_length=200, blank=True)
    rule = models.CharField(_("rule"), max_length=10, choices=rule_choices)
    scale_low = models.SmallIntegerField(_("lowest answer"), default=0)
    scale_high = models.SmallIntegerField(_("highest answer"), default=10)
    scale_step = NumberField(_("step between answers"), default=1)
    bottom_box_high = NumberField(null=True, blank=True)  # of a net share: answers <= this count against
    top_box_low = NumberField(null=True, blank=True)  # of a share: answers >= this count for
    per = NumberField(_("per so much exposure"), default=1)  # of a rate: complaints per 1,000 calls
    amount_name = LineField(_("what is counted"), max_length=60, blank=True, default="")
    exposure_name = LineField(_("what it is counted on"), max_length=60, blank=True, default="")
    higher_is_better = models.BooleanField(default=True)
    calendar = models.SlugField(_("counted in"), max_length=40, blank=True, default="")  # "": calendar hours
    # the version of that calendar by which the stored times are counted; moved by its recount alone
    counted_by = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # both are of the whole series, the same in each of its versions, and kept by the roll-up
    data_until = models.DateTimeField(null=True, blank=True)  # latest moment heard of
    counted_at = models.DateTimeField(null=True, blank=True)  # when the roll-up last touched it
    # the day on which weeks begin in its `PeriodPoint`, as `date.weekday` counts; None: none are kept
    kept_weeks_begin = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key", "version"], name="metric_version_unique"),
            models.UniqueConstraint(fields=["organization", "id"], name="metric_of_organization"),
            models.CheckConstraint(
                condition=Q(series__gte=1, series__lte=F("version")), name="metric_series_began_before"
            ),
            # which scale fits the rule is checked by the service: rules are classes, not constraints
            models.CheckConstraint(
                condition=Q(scale_low__lte=F("scale_high"), scale_step__gt=0, per__gt=0),
                name="metric_scale_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind="nps") | Q(scale_low=0, scale_high=10, bottom_box_high=6, top_box_low=9),
                name="metric_nps_is_nps",
            ),
            models.CheckConstraint(
                condition=Q(calendar="", counted_by=None) | (~Q(calendar="") & Q(counted_by__isnull=False)),
                name="metric_calendar_has_version",
            ),
            SameOrganization(field="counted_by", name="metric_calendar_same_organization"),
        ]
        ordering = ["name", "version"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A version that nobody put into a series begins one."""
        if self.series == 0:
            self.series = self.version
        super().save(*args, **kwargs)

    @property
    def calculation(self) -> MetricRule:
        """How its rows become its figure: everything that depends on the rule."""
        return rule_of(self)

    @property
    def working_time(self) -> WorkingTime | None:
        """What counts of a time; None: all of it. A query where `counted_by` was not selected."""
        return None if self.counted_by is None else self.counted_by.working_time

    @property
    def calendar_said(self) -> str:
        """The calendar that counts, with its version; empty: calendar hours. As above."""
        if self.counted_by is None:
            return ""
        return gettext("%(calendar)s, version %(number)d") % {
            "calendar": self.counted_by.name,
            "number": self.counted_by.number,
        }

    @property
    def slot(self) -> str:
        """What gives the metric its color in charts."""
        return self.kind if self.kind != MetricKind.CUSTOM else self.key


class MetricTarget(OrganizationModel):
    """One row is what a metric should reach, at one touchpoint or (without one) over all of them.

    It belongs to the metric's key: a target is a label on the chart, never a part of a definition.
    """

    metric_key = models.SlugField(max_length=40)
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    value = models.FloatField()  # in the unit of the series: points, share 0..1, score or seconds

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric_key"],
                condition=Q(touchpoint=None),
                name="metric_target_one_over_all",
            ),
            models.UniqueConstraint(
                fields=["organization", "metric_key", "touchpoint"], name="metric_target_one_per_touchpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_key}: {self.value:g}"
