"""Metric definitions, feedback, imports and the daily roll-up that every series is read from."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, OrganizationModel
from common.jobs import Job, JobState
from customer_voice.choices import DateFormat, Encoding, ImportStage, MetricKind
from customer_voice.columns import NumberField
from customer_voice.problems import problem_text
from customer_voice.querysets import FeedbackQuerySet, MetricPointQuerySet
from customer_voice.rules import MetricRule, rule_choices, rule_of
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
    rule = models.CharField(_("rule"), max_length=10, choices=rule_choices)
    scale_low = models.SmallIntegerField(_("lowest answer"), default=0)
    scale_high = models.SmallIntegerField(_("highest answer"), default=10)
    scale_step = NumberField(_("step between answers"), default=1)
    bottom_box_high = NumberField(null=True, blank=True)  # of a net share: answers <= this count against
    top_box_low = NumberField(null=True, blank=True)  # of a share: answers >= this count for
    per = NumberField(_("per so much exposure"), default=1)  # of a rate: complaints per 1,000 calls
    amount_name = models.CharField(_("what is counted"), max_length=60, blank=True, default="")
    exposure_name = models.CharField(_("what it is counted on"), max_length=60, blank=True, default="")
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
            # which scale fits the rule is checked by the service: rules are classes, not constraints
            models.CheckConstraint(
                condition=Q(scale_low__lte=F("scale_high"), scale_step__gt=0, per__gt=0),
                name="metric_scale_in_order",
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
    def calculation(self) -> MetricRule:
        """How its rows become its figure: everything that depends on the rule."""
        return rule_of(self)

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


class ImportBatch(OrganizationModel, Job):
    """One row is one file on its way in: read, checked, and then all of it or nothing."""

    task = "customer_voice.tasks.run_import"

    filename = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m/")
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    source = models.CharField(_("source"), max_length=60, default="csv")  # external ids are unique within it
    encoding = models.CharField(max_length=12, choices=Encoding, default=Encoding.UTF_8)
    date_format = models.CharField(max_length=12, choices=DateFormat, default=DateFormat.AUTO)
    mapping = models.JSONField(default=dict)  # field -> column; empty until somebody has chosen
    defaults = models.JSONField(default=dict)  # field -> fixed value for every row
    metric = models.ForeignKey(
        MetricDefinition, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_dry_run = models.BooleanField(default=True)
    creates_touchpoints = models.BooleanField(_("add touchpoints that do not exist yet"), default=False)
    skips_bad_rows = models.BooleanField(_("import the valid rows, leave out the others"), default=False)
    replaces_known = models.BooleanField(_("replace existing answers"), default=False)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_replaced = models.PositiveIntegerField(default=0)  # of the updated: something known goes
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    rows_superseded = models.PositiveIntegerField(default=0)  # a later row of the file has the same id
    rows_erased = models.PositiveIntegerField(default=0)  # the customer's words were erased: they stay out
    changes = models.JSONField(default=dict)  # of known rows: counts by column; until imported, a sample
    left_out = models.JSONField(default=dict)  # scores of rejected rows beside those that come in
    touchpoints_new = models.JSONField(default=list)  # names that the file would add

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename

    @property
    def stage(self) -> ImportStage:
        """Where the file is on its way in. No query."""
        if self.job_state == JobState.FAILED:
            return ImportStage.FAILED
        if self.job_state != JobState.DONE:
            return ImportStage.CHECKING if self.is_dry_run else ImportStage.IMPORTING
        if not self.mapping:
            return ImportStage.MAPPING
        return ImportStage.CHECKED if self.is_dry_run else ImportStage.IMPORTED

    @property
    def rows_good(self) -> int:
        return self.rows_created + self.rows_updated + self.rows_unchanged


class ImportRowError(models.Model):
    """One row is one reason why one row of the file cannot come in.

    The words follow from `code`, `field` and `params` when they are shown. Reasons found by older versions
    have only a `message`, in the language of that time.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="row_errors")
    row_number = models.PositiveIntegerField()  # as a spreadsheet counts: header is 1
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    field = models.CharField(max_length=40, blank=True, default="")
    params = models.JSONField(default=dict)
    message = models.CharField(max_length=300, blank=True, default="")
    value = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["row_number", "pk"]
        indexes = [models.Index(fields=["batch", "row_number"])]

    @property
    def text(self) -> str:
        """Why the row stays out, in the language of the moment."""
        return self.message or problem_text(self.code, self.field, self.params)


class Feedback(OrganizationModel):
    """One row is one thing a customer said or lived through: a score, words, or a case with its times.

    Foreign keys carry no index of their own: each is the start or the middle of one below, and every
    index more makes a million rows come in slower.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    metric_key = models.CharField(max_length=40, blank=True, default="")  # "": words that belong to no metric
    metric = models.ForeignKey(
        MetricDefinition, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()  # when said; for a case, when opened
    score = NumberField(null=True, blank=True)  # an answer on the metric's scale, or an amount
    exposure = NumberField(null=True, blank=True)  # what the amount was counted on; None: 1
    resolved_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    customer = models.CharField(max_length=120, blank=True)  # the organization's own reference, not a name
    segment = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12, blank=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            # by key: the same answer sent again after a new version is still the same answer
            models.UniqueConstraint(
                fields=["organization", "source", "external_id", "metric_key"], name="feedback_once"
            ),
            models.CheckConstraint(
                condition=Q(exposure__isnull=True) | Q(exposure__gt=0), name="feedback_exposure_above_0"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "metric", "touchpoint", "-occurred_at"], name="feedback_drill"
            ),
            models.Index(fields=["organization", "-occurred_at"], name="feedback_newest"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.metric_key = self.metric.key if self.metric is not None else ""
        super().save(*args, **kwargs)


class ErasedFeedback(OrganizationModel):
    """One row keeps an answer out whose customer's words were erased: a digest of its identity, no word."""

    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="feedback_erased_once")
        ]


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


class StepPoint(OrganizationModel):
    """One row says how often one answer was given, on a scale other than whole answers within 0 to 10.

    `step` is (answer - lowest answer) / size of a step: a whole number, so nothing is rounded.
    """

    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    segment = models.CharField(max_length=60, blank=True)
    step = models.SmallIntegerField()
    n = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = MetricPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "touchpoint", "day", "segment", "step"],
                name="step_point_unique",
            )
        ]
        indexes = [models.Index(fields=["metric", "day"], name="step_point_days")]


class TotalPoint(OrganizationModel):
    """One row is what a rate counted at one touchpoint on one day in one segment: sums, and how many rows.

    Days are the units of a rate's interval, so its squares are those of the totals of whole days. They are
    formed when a day's rows have been added up for what is asked; squares of parts could not be added.
    """

    metric = models.ForeignKey(MetricDefinition, on_delete=models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    segment = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField(default=0)
    amount = NumberField(max_digits=20)
    exposure = NumberField(max_digits=20)

    objects: ClassVar[Any] = MetricPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "touchpoint", "day", "segment"], name="total_point_unique"
            )
        ]
        indexes = [models.Index(fields=["metric", "day"], name="total_point_days")]


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
