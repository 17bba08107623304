"""What customers said: submissions and the answers in them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.constraints import SameOrganization
from accounts.models import Organization, OrganizationModel
from customer_voice.columns import NumberField
from customer_voice.models.customers import Contact, CustomerAccount
from customer_voice.models.imports import ImportBatch
from customer_voice.models.metrics import MetricDefinition
from customer_voice.models.sources import Channel, Source
from customer_voice.querysets import FeedbackQuerySet
from journeys.models import Touchpoint


class Submission(OrganizationModel):
    """One row is what one person gave at one time: one answer, or several that belong together.

    It is known by its source and the ID there. `received_at` and `batch` tell how it first came in.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=120)
    received_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=12, blank=True)
    batch = models.ForeignKey(
        ImportBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "source", "external_id"], name="submission_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="submission_of_organization"),
            SameOrganization(field="source", name="submission_source_same_organization"),
            SameOrganization(field="batch", name="submission_batch_same_organization"),
        ]

    def __str__(self) -> str:
        return self.external_id


class Feedback(OrganizationModel):
    """One row is one thing a customer said or lived through: a score, words, or a case with its times.

    Foreign keys carry no index of their own: each is the start or the middle of one below, and every
    index more makes a million rows come in slower. What only some answers have is indexed for those alone.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="answers", db_index=False, db_constraint=False
    )
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
    merged_into = models.CharField(max_length=120, blank=True, default="")  # ID of the case it went on in
    # stretches in which a case waited for its customer, or their length, as `rules.waiting` writes them
    waits = models.TextField(blank=True, default="", db_default="")
    # what follows from them, for metrics that leave them out: the time counts as if from here
    counted_from = models.DateTimeField(null=True, blank=True)
    waits_from = models.DateTimeField(null=True, blank=True)  # an open case that waits now counts until here
    text = models.TextField(blank=True)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        db_index=False,
        db_constraint=False,
    )
    # of the contact on the day of the answer: a contact who moves leaves the past with the old account
    account = models.ForeignKey(
        CustomerAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        db_index=False,
        db_constraint=False,
    )
    segment = models.CharField(max_length=60, blank=True)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = FeedbackQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            # by key: the same answer sent again after a new version is still the same answer
            models.UniqueConstraint(fields=["submission", "metric_key"], name="answer_once_in_submission"),
            models.UniqueConstraint(fields=["organization", "id"], name="feedback_of_organization"),
            models.CheckConstraint(
                condition=Q(exposure__isnull=True) | Q(exposure__gt=0), name="feedback_exposure_above_0"
            ),
            SameOrganization(field="submission", name="feedback_submission_same_organization"),
            SameOrganization(field="contact", name="feedback_contact_same_organization"),
            SameOrganization(field="account", name="feedback_account_same_organization"),
            SameOrganization(field="channel", name="feedback_channel_same_organization"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "metric", "touchpoint", "-occurred_at"], name="feedback_of_place"
            ),
            models.Index(fields=["organization", "-occurred_at"], name="feedback_latest"),
            models.Index(
                fields=["contact", "-occurred_at"],
                condition=Q(contact__isnull=False),
                name="feedback_of_contact",
            ),
            models.Index(
                fields=["organization", "account", "metric", "-occurred_at"],
                condition=Q(account__isnull=False),
                name="feedback_of_account",
            ),
            # up to when a metric was heard, without reading all of its cases
            models.Index(
                fields=["organization", "metric", "-resolved_at"],
                condition=Q(resolved_at__isnull=False),
                name="feedback_resolved",
            ),
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
