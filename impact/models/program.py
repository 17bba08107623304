"""What the program costs and returns."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.models import Membership, OrganizationModel
from common.columns import LineField, ProseField
from common.jobs import Job
from impact.choices import (
    FIRST_LEDGER_YEAR,
    LAST_LEDGER_YEAR,
    LedgerKind,
    SignOff,
)
from impact.querysets import (
    ProgramCaseQuerySet,
)
from wording.engines import is_of_other_engine


class LedgerYear(OrganizationModel):
    """One row is what the program itself cost in one fiscal year, signed by finance as a whole.

    `version` grows with every change. `voided`: finance's word that a change took away, with who and when.
    `reviewed_months`: the first month of the fiscal years that finance's word was given on, 1 to 12; where
    years begin in another one today, the word does not hold (`impact.ledger.as_it_stands`).
    """

    year = models.PositiveSmallIntegerField(_("fiscal year"))
    budget = models.DecimalField(
        _("budget asked for"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    sign_off = models.CharField(max_length=10, choices=SignOff, default=SignOff.OPEN)
    sign_off_comment = ProseField(_("comment"), blank=True)
    sign_off_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sign_off_at = models.DateTimeField(null=True, blank=True)
    reviewed_months = models.PositiveSmallIntegerField(null=True, blank=True)
    voided = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="ledger_year_unique"),
            models.CheckConstraint(
                condition=models.Q(year__gte=FIRST_LEDGER_YEAR, year__lte=LAST_LEDGER_YEAR),
                name="ledger_year_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(sign_off="open") | models.Q(sign_off_by__isnull=False),
                name="ledger_year_signed_by_somebody",
            ),
        ]
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class LedgerLine(models.Model):
    """One row is one cost of the program in one fiscal year, in the currency in which it was paid."""

    ledger_year = models.ForeignKey(LedgerYear, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("kind of cost"), max_length=10, choices=LedgerKind)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    source = LineField(_("source"), max_length=200)
    note = LineField(_("note"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ledger_line_not_negative")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class ExchangeRate(OrganizationModel):
    """One row is what one unit of a currency was worth on a day, in the organization's own of that time."""

    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    into = models.CharField(max_length=3, choices=Currency)
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    source = LineField(_("source"), max_length=200)
    given_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency", "into", "day"], name="exchange_rate_unique"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_above_zero"),
        ]
        ordering = ["currency", "-day"]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"


class ProgramCase(OrganizationModel, Job):
    """One row is what the whole program returned, computed from its inputs as they stood. Never edited.

    `basis` stands for the rows that the inputs were read from: where today's is another, they may have
    changed. `current_since`: when the inputs last came to just these.
    """

    task = "impact.tasks.run_program"

    number = models.PositiveIntegerField(default=1)
    inputs = models.JSONField()
    input_digest = models.CharField(max_length=64)
    basis = models.CharField(max_length=64)
    result = models.JSONField(null=True, blank=True)
    engine_version = models.CharField(max_length=20)
    requested_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    current_since = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ProgramCaseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="program_case_number_unique"),
            models.UniqueConstraint(
                fields=["organization", "input_digest", "engine_version"], name="program_case_once_per_inputs"
            ),
            models.CheckConstraint(
                condition=~models.Q(job_state="done") | models.Q(result__isnull=False),
                name="program_case_done_has_result",
            ),
        ]
        ordering = ["-current_since", "-pk"]

    def __str__(self) -> str:
        return f"{self.organization} program {self.number}"

    @property
    def is_of_other_engine(self) -> bool:
        """Whether another version of the engine than today's computed it."""
        return is_of_other_engine(self.engine_version)
