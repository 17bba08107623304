"""What is to be counted anew: the outbox between answers and the daily roll-up (decision 30)."""

from django.db import models
from django.utils import timezone

from accounts.models import Organization, OrganizationModel
from customer_voice.models.metrics import MetricDefinition
from journeys.models import Touchpoint


class RecountNote(OrganizationModel):
    """One row says that answers to one metric at one touchpoint changed between two moments.

    It is written in the transaction that changes them, so it is there exactly when the change is, and deleted
    in the one that counts their days anew. Moments and not days: which days they are is asked when they are
    counted, by the time zone of then. Nobody waits for anybody here: no key besides its own, and no foreign
    key that the database would ask after at each answer. What points at a metric or touchpoint that is gone
    finds no answers and counts nothing.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    metric = models.ForeignKey(
        MetricDefinition, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    first = models.DateTimeField()  # the earliest and the latest moment of the answers, both included
    last = models.DateTimeField()
    # False where no changed answer is or was one of a customer account: the second cube is as it was
    reaches_accounts = models.BooleanField(default=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="recount_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d %H:%M} – {self.last:%Y-%m-%d %H:%M}"
