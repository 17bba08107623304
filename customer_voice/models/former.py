"""What answers were before an import changed them, so that the import can be taken back."""

from django.db import models
from django.db.models import Q

from accounts.constraints import SameOrganization
from accounts.models import Organization, OrganizationModel
from customer_voice.columns import NumberField
from customer_voice.models.customers import Contact, CustomerAccount
from customer_voice.models.feedback import Feedback
from customer_voice.models.imports import ImportBatch
from customer_voice.models.metrics import MetricDefinition
from customer_voice.models.sources import Channel
from journeys.models import Touchpoint


class FormerAnswer(OrganizationModel):
    """One row is what one answer was just before one import changed it. It goes when the answer goes.

    `came_with` is the import that the answer had come with until then. What an erasure takes from answers it
    takes from these rows too.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="former", db_index=False, db_constraint=False
    )
    answer = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="former", db_constraint=False)
    came_with = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    metric = models.ForeignKey(
        MetricDefinition,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    score = NumberField(null=True)
    exposure = NumberField(null=True)
    resolved_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    merged_into = models.CharField(max_length=120, blank=True, default="")
    waits = models.TextField(blank=True, default="", db_default="")
    counted_from = models.DateTimeField(null=True)
    waits_from = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        CustomerAccount,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    segment = models.CharField(max_length=60, blank=True)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "answer"], name="former_answer_once_in_import"),
            SameOrganization(field="batch", name="former_batch_same_organization"),
            SameOrganization(field="answer", name="former_answer_same_organization"),
            SameOrganization(field="came_with", name="former_came_with_same_organization"),
            SameOrganization(field="metric", name="former_metric_same_organization"),
            SameOrganization(field="contact", name="former_contact_same_organization"),
            SameOrganization(field="account", name="former_account_same_organization"),
            SameOrganization(field="channel", name="former_channel_same_organization"),
        ]
        indexes = [
            models.Index(
                fields=["contact"], condition=Q(contact__isnull=False), name="former_answer_of_contact"
            )
        ]
