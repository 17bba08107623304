"""Metric definitions, their targets, and the daily roll-up that every series is read from."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganizationModel
from customer_voice.choices import BoxRule, MetricKind
from customer_voice.querysets import MetricPointQuerySet
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
    change_note = models.CharField(_("what changed"), max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=MetricKind)
    name = models.CharField(_("name"), max_length=80)
    wording = models.CharField(_("question"), max_length=300, blank=True)
    population = models.CharField(_("who is asked"), max_length=200, blank=True)
    rule = models.CharField(_("rule"), max_length=10, choices=BoxRule)
    scale_low = models.SmallIntegerField(_("lowest answer"), default=0)
    scale_high = models.SmallIntegerField(_("highest answer"), default=10)
    bottom_box_high = models.SmallIntegerField(null=True, blank=True)  # NET: answers <= this are negative
    top_box_low = models.SmallIntegerField(
        null=True, blank=True
    )  # NET, TOP_BOX: answers >= this are positive
    higher_is_better = models.BooleanField(default=True)
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # both are of the whole series, the same in each of its versions, and kept by the roll-up
    data_until = models.DateTimeField(null=True, blank=True)  # latest moment heard of
    counted_at = models.DateTimeField(null=True, blank=True)  # when the roll-up last touched it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key", "version"], name="metric_version_unique"),
            models.CheckConstraint(
                condition=Q(series__gte=1, series__lte=F("version")), name="metric_series_began_before"
            ),
            models.CheckConstraint(
                condition=Q(rule="duration")
                | Q(scale_low__gte=0, scale_high__lte=10, scale_low__lt=F("scale_high")),
                name="metric_scale_0_to_10",
            ),
            models.CheckConstraint(
                condition=~Q(kind="nps") | Q(scale_low=0, scale_high=10, bottom_box_high=6, top_box_low=9),
                name="metric_nps_is_nps",
            ),
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
    def is_duration(self) -> bool:
        return self.rule == BoxRule.DURATION

    @property
    def slot(self) -> str:
        """What gives the metric its color in charts."""
        return self.kind if self.kind != MetricKind.CUSTOM else self.key

    @property
    def scale_points(self) -> range:
        return range(self.scale_low, self.scale_high + 1)


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


class MetricPoint(OrganizationModel):
    """One row is one metric at one touchpoint on one day in one segment: how often each answer was given.

    Every metric, interval, mix standardization and re-cut is exact from these counts. Days are days
    in the organization's time zone.
    """

    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    segment = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField(default=0)
    answers_0 = models.PositiveIntegerField(default=0)
    answers_1 = models.PositiveIntegerField(default=0)
    answers_2 = models.PositiveIntegerField(default=0)
    answers_3 = models.PositiveIntegerField(default=0)
    answers_4 = models.PositiveIntegerField(default=0)
    answers_5 = models.PositiveIntegerField(default=0)
    answers_6 = models.PositiveIntegerField(default=0)
    answers_7 = models.PositiveIntegerField(default=0)
    answers_8 = models.PositiveIntegerField(default=0)
    answers_9 = models.PositiveIntegerField(default=0)
    answers_10 = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = MetricPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "touchpoint", "day", "segment"], name="metric_point_unique"
            )
        ]
        indexes = [models.Index(fields=["metric", "day"], name="metric_point_days")]


class DurationPoint(OrganizationModel):
    """One row counts the cases opened on one day that took about the same time (or are still open).

    `duration_bin` is floor(BINS_PER_E * ln(seconds)): times are kept to within one percent. BIN_OPEN (-1)
    counts open cases, BIN_UNUSABLE (-2) those of zero seconds or less, which are shown and left out.
    """

    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    segment = models.CharField(max_length=60, blank=True)
    duration_bin = models.SmallIntegerField()
    n = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = MetricPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "touchpoint", "day", "segment", "duration_bin"],
                name="duration_point_unique",
            )
        ]
        indexes = [models.Index(fields=["metric", "day"], name="duration_point_days")]
