"""The daily roll-up: what every series is read from. Two cubes, each with a table per shape of counts.

The first is by touchpoint, segment and channel, the second by touchpoint and customer account. Days are days
in the organization's time zone. Rows are recomputed and never edited; see `services.rollup` and decision 6.
Of small whole answers the sums by week and by month are kept beside them; see decision 53.
"""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.models import Organization, OrganizationModel
from customer_voice.choices import Period
from customer_voice.columns import NumberField
from customer_voice.models.customers import CustomerAccount
from customer_voice.models.metrics import MetricDefinition
from customer_voice.models.sources import Channel
from customer_voice.querysets import MetricPointQuerySet
from journeys.models import Touchpoint

DAY = ("organization", "metric", "touchpoint", "day")
NO_CHANNEL = Coalesce("channel", Value(0))  # two empty channels are one; null alone would be unlike null


class DayOfMetric(OrganizationModel):
    """Abstract. One metric at one touchpoint on one day."""

    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    objects = MetricPointQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True


class PlacePoint(DayOfMetric):
    """Abstract. Of one segment, on one channel ("" and null: none was given)."""

    segment = models.CharField(max_length=60, blank=True)
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta(DayOfMetric.Meta):
        abstract = True


class AccountPoint(DayOfMetric):
    """Abstract. Of one customer account, all segments and channels together."""

    account = models.ForeignKey(CustomerAccount, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta(DayOfMetric.Meta):
        abstract = True


class AnswerCounts(models.Model):
    """Abstract. How often each whole answer within 0 to 10 was given.

    Every figure, interval, mix standardization and re-cut is exact from these counts.
    """

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

    class Meta:
        abstract = True


class StepCount(models.Model):
    """Abstract. How often one answer was given, on any other scale.

    `step` is (answer - lowest answer) / size of a step: a whole number, so nothing is rounded.
    """

    step = models.SmallIntegerField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Totals(models.Model):
    """Abstract. What a rate counted: sums, and of how many rows.

    Days are the units of a rate's interval, so its squares are those of the totals of whole days. They are
    formed when a day's rows have been added up for what is asked; squares of parts could not be added.
    """

    n = models.PositiveIntegerField(default=0)
    amount = NumberField(max_digits=20)
    exposure = NumberField(max_digits=20)

    class Meta:
        abstract = True


class TimeCount(models.Model):
    """Abstract. How many cases opened that day took about the same time, or are still open.

    `duration_bin` is floor(BINS_PER_E * ln(seconds)): times are kept to within one percent. An open case is
    kept by the minute of its day at which it was opened, BIN_OPEN_AT (-100) less that minute (BIN_OPEN, -1:
    the day alone is known). BIN_UNUSABLE (-2) counts those of zero seconds or less, which are shown and left
    out. In the bin of a promised time BIN_BEYOND is added to those that took longer than it. Where waiting
    for the customer does not count, an open case is kept by the minute from which its time counts, days after
    its own perhaps, and one that waits now by its age, with BIN_WAITING added.
    """

    duration_bin = models.IntegerField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class MetricPoint(AnswerCounts, PlacePoint):
    """One row is one metric at one touchpoint on one day in one segment on one channel."""

    class Meta:
        constraints = [
            models.UniqueConstraint(*DAY, "segment", NO_CHANNEL, name="metric_point_once"),
        ]
        indexes = [models.Index(fields=["metric", "day"], name="metric_point_days")]


class StepPoint(StepCount, PlacePoint):
    """One row is one answer to one metric at one touchpoint on one day in one segment on one channel."""

    class Meta:
        constraints = [
            models.UniqueConstraint(*DAY, "segment", NO_CHANNEL, "step", name="step_point_once"),
        ]
        indexes = [models.Index(fields=["metric", "day"], name="step_point_days")]


class TotalPoint(Totals, PlacePoint):
    """One row is one rate at one touchpoint on one day in one segment on one channel."""

    class Meta:
        constraints = [
            models.UniqueConstraint(*DAY, "segment", NO_CHANNEL, name="total_point_once"),
        ]
        indexes = [models.Index(fields=["metric", "day"], name="total_point_days")]


class DurationPoint(TimeCount, PlacePoint):
    """One row is one span of time at one touchpoint on one day in one segment on one channel."""

    class Meta:
        constraints = [
            models.UniqueConstraint(*DAY, "segment", NO_CHANNEL, "duration_bin", name="duration_point_once"),
        ]
        indexes = [models.Index(fields=["metric", "day"], name="duration_point_days")]


class AccountMetricPoint(AnswerCounts, AccountPoint):
    """One row is one metric at one touchpoint on one day of one customer account."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*DAY, "account"], name="account_metric_point_once")]
        indexes = [models.Index(fields=["account", "metric", "day"], name="account_metric_days")]


class AccountStepPoint(StepCount, AccountPoint):
    """One row is one answer to one metric at one touchpoint on one day of one customer account."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=[*DAY, "account", "step"], name="account_step_point_once")
        ]
        indexes = [models.Index(fields=["account", "metric", "day"], name="account_step_days")]


class AccountTotalPoint(Totals, AccountPoint):
    """One row is one rate at one touchpoint on one day of one customer account."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*DAY, "account"], name="account_total_point_once")]
        indexes = [models.Index(fields=["account", "metric", "day"], name="account_total_days")]


class AccountDurationPoint(TimeCount, AccountPoint):
    """One row is one span of time at one touchpoint on one day of one customer account."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[*DAY, "account", "duration_bin"], name="account_duration_point_once"
            )
        ]
        indexes = [models.Index(fields=["account", "metric", "day"], name="account_duration_days")]


class PeriodPoint(OrganizationModel):
    """One row is one metric at one touchpoint in all weeks or all months, one after the other.

    `cells` is a table of unsigned numbers of four bytes, the low one first: a line for each period from the
    one that begins on `first` to the last one with answers, a column for each answer from 0 to 10. All
    segments and channels together: the sums of `MetricPoint`, made in the transaction that counts those.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=5, choices=[(Period.WEEK, "week"), (Period.MONTH, "month")])
    first = models.DateField()
    cells = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "period", "touchpoint"], name="period_point_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.first}"
