"""What accounts and contacts were before a list or a merge changed them, so that it can be taken back.

Both hold what is personal: they go after a month, with the record that they are about, and with an erasure.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.constraints import SameOrganization
from accounts.models import Membership, OrganizationModel
from common.columns import LineField
from customer_voice.choices import CustomerKind
from customer_voice.models.customers import Contact, CustomerAccount


class TakenList(OrganizationModel):
    """One row is a list of customers that was taken in from a file, as long as it can be taken back."""

    kind = models.CharField(max_length=10, choices=CustomerKind)
    filename = LineField(max_length=200)
    taken_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="taken_list_of_organization")
        ]

    def __str__(self) -> str:
        return self.filename


class FormerCustomer(OrganizationModel):
    """One row is what a list did to one account or contact: columns before and after, nothing before where it
    is new.
    """

    taken_list = models.ForeignKey(
        TakenList, on_delete=models.CASCADE, related_name="former", db_constraint=False
    )
    account = models.ForeignKey(
        CustomerAccount, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    is_new = models.BooleanField(default=False)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) ^ Q(contact__isnull=False), name="former_customer_is_one"
            ),
            SameOrganization(field="taken_list", name="former_customer_list_same_organization"),
            SameOrganization(field="account", name="former_customer_account_same_organization"),
            SameOrganization(field="contact", name="former_customer_contact_same_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.taken_list_id}: {self.account_id or self.contact_id}"


class FormerMerge(OrganizationModel):
    """One row is a merge into `account` or `contact`, as long as it can be taken back.

    `gone`: the columns of the record that went; `filled`: what the kept one took over, before and after;
    `moved`: by relation, the rows that pointed at the one that went.
    """

    account = models.ForeignKey(
        CustomerAccount, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    gone = models.JSONField()
    filled = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    merged_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) ^ Q(contact__isnull=False), name="former_merge_is_one"
            ),
            SameOrganization(field="account", name="former_merge_account_same_organization"),
            SameOrganization(field="contact", name="former_merge_contact_same_organization"),
        ]

    def __str__(self) -> str:
        return str(self.gone.get("name") or self.gone.get("external_reference") or "")
