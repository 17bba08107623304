"""The customers of an organization: firms, and people with or without a firm."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.constraints import SameOrganization
from accounts.models import Membership, OrganizationModel
from common.columns import LineField
from customer_voice.choices import Consent, CustomerKind
from tabular.choices import DateFormat

LONGEST_REFERENCE = 120
LONGEST_TAG = 40


class CustomerAccount(OrganizationModel):
    """One row is one customer firm, known to other systems by its reference.

    `left_on` empty: still a customer. What it brings a year is in its own currency.
    """

    # null and not "": a full index, which joins and `ON CONFLICT` can use
    external_reference = models.CharField(  # noqa: DJ001
        _("reference"), max_length=LONGEST_REFERENCE, null=True, blank=True
    )
    name = LineField(_("name"), max_length=150, blank=True)
    segment = models.CharField(_("segment"), max_length=60, blank=True)
    yearly_value = models.DecimalField(
        _("value per year"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, blank=True)
    started_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    # how many people there could be asked, answered or not; None: nobody has said
    people_total = models.PositiveIntegerField(_("people who can be asked"), null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)
    # the import that first named it; null once somebody has saved it, or where another door did
    came_with = models.ForeignKey(
        "customer_voice.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_reference"], name="customer_account_reference_unique"
            ),
            models.CheckConstraint(
                condition=~Q(external_reference=""), name="customer_account_reference_not_empty"
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="customer_account_of_organization"),
            models.CheckConstraint(
                condition=Q(yearly_value__isnull=True) | Q(yearly_value__gte=0) & ~Q(currency=""),
                name="customer_account_value_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(left_on__gte=F("started_on")),
                name="customer_account_left_after_start",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(external_reference__isnull=True, name=""),
                name="customer_account_erased_is_empty",
            ),
            SameOrganization(field="came_with", name="customer_account_came_same_organization"),
        ]
        ordering = ["name", "external_reference", "pk"]

    def __str__(self) -> str:
        return self.name or self.external_reference or ""


class Contact(OrganizationModel):
    """One row is one person who is a customer. After an erasure nothing of the person is left in it.

    `account` is the firm of today; an answer keeps the account of its own day.
    """

    external_reference = models.CharField(  # noqa: DJ001
        _("reference"), max_length=LONGEST_REFERENCE, null=True, blank=True
    )
    name = LineField(_("name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    account = models.ForeignKey(
        CustomerAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        db_constraint=False,
    )
    segment = models.CharField(_("segment"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    consent = models.CharField(max_length=10, choices=Consent, default=Consent.UNKNOWN)
    consent_changed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)
    # the import that first named it; null once somebody has saved it, or where another door did
    came_with = models.ForeignKey(
        "customer_voice.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # the import whose answers say to which account it belongs; null where somebody has said it
    placed_with = models.ForeignKey(
        "customer_voice.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_reference"], name="contact_reference_unique"
            ),
            models.CheckConstraint(condition=~Q(external_reference=""), name="contact_reference_not_empty"),
            models.UniqueConstraint(fields=["organization", "id"], name="contact_of_organization"),
            models.CheckConstraint(
                condition=Q(consent="unknown") | Q(consent_changed_at__isnull=False),
                name="contact_consent_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    external_reference__isnull=True,
                    name="",
                    email="",
                    segment="",
                    language="",
                    account__isnull=True,
                    consent="unknown",
                ),
                name="contact_erased_is_empty",
            ),
            SameOrganization(field="account", name="contact_account_same_organization"),
            SameOrganization(field="came_with", name="contact_came_same_organization"),
            SameOrganization(field="placed_with", name="contact_placed_same_organization"),
        ]
        ordering = ["name", "external_reference", "pk"]

    def __str__(self) -> str:
        return self.name or self.external_reference or ""


class AccountTag(OrganizationModel):
    """One row is one word by which people group customer accounts."""

    account = models.ForeignKey(
        CustomerAccount, on_delete=models.CASCADE, related_name="tags", db_constraint=False
    )
    name = LineField(max_length=LONGEST_TAG)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="account_tag_once"),
            SameOrganization(field="account", name="account_tag_same_organization"),
        ]
        indexes = [models.Index(fields=["organization", "name"], name="account_tag_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccountReference(OrganizationModel):
    """One row is a reference of an account that was merged: whoever still sends it means `account`."""

    account = models.ForeignKey(
        CustomerAccount, on_delete=models.CASCADE, related_name="former_references", db_constraint=False
    )
    reference = models.CharField(max_length=LONGEST_REFERENCE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "reference"], name="account_reference_once"),
            SameOrganization(field="account", name="account_reference_same_organization"),
        ]

    def __str__(self) -> str:
        return self.reference


class ContactReference(OrganizationModel):
    """One row is a reference of a contact who was merged: whoever still sends it means `contact`."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="former_references", db_constraint=False
    )
    reference = models.CharField(max_length=LONGEST_REFERENCE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "reference"], name="contact_reference_once"),
            SameOrganization(field="contact", name="contact_reference_same_organization"),
        ]

    def __str__(self) -> str:
        return self.reference


class CustomerFile(OrganizationModel):
    """One row is a list of accounts or contacts that somebody has sent and not taken in yet.

    The file stands in the row: it goes with it, whether it is taken in, discarded or forgotten.
    """

    kind = models.CharField(max_length=10, choices=CustomerKind)
    filename = LineField(max_length=200)
    content = models.BinaryField()
    date_format = models.CharField(max_length=12, choices=DateFormat, default=DateFormat.AUTO)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename
