"""The customers of an organization: firms, and people with or without a firm."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.constraints import SameOrganization
from accounts.models import OrganizationModel
from common.columns import LineField
from customer_voice.choices import Consent

LONGEST_REFERENCE = 120


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
