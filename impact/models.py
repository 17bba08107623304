"""Studies, value models and ROI cases."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.models import Membership, OrganizationModel
from coalition.models import Initiative
from common.columns import LineField, ProseField
from common.jobs import Job
from cxstats.design import Lowering, lowering_of
from impact.choices import (
    FIRST_LEDGER_YEAR,
    LAST_LEDGER_YEAR,
    Distribution,
    LedgerKind,
    SignOff,
    SourceKind,
    ValueKind,
)
from impact.querysets import DriverRunQuerySet, ProgramCaseQuerySet, RoiCaseQuerySet, StudyQuerySet
from wording.engines import is_of_other_engine


class Study(OrganizationModel, Job):
    """One row is one run of one fixed plan on the data as at its cut-off. Findings are never edited."""

    task = "impact.tasks.run_study"

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="studies")
    number = models.PositiveIntegerField(default=1)
    plan_digest = models.CharField(max_length=64)
    data_cutoff = models.DateField()
    go_live = models.DateField(null=True, blank=True)  # that its inputs hold; corrected later at times
    seed = models.PositiveBigIntegerField(default=0)  # follows from the digests of plan and inputs
    inputs = models.JSONField(default=dict)  # subject, design, panel, thresholds: enough to run it again
    finding = models.JSONField(null=True, blank=True)
    grade = models.CharField(max_length=1, blank=True)
    verdict = models.CharField(max_length=30, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    input_digest = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "number"], name="study_number_unique"),
            models.CheckConstraint(
                condition=~models.Q(job_state="done") | models.Q(finding__isnull=False),
                name="study_done_has_finding",
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.initiative.reference} study {self.number}"

    def used(self, go_live: date | None) -> bool:
        """Whether this study used that go-live. One whose inputs are not stored yet used no other."""
        return self.go_live in (None, go_live)

    @property
    def lowering(self) -> Lowering | None:
        """What its grade knows of that lowered it: a look back, a changed plan, a moved go-live. Reads the
        inputs."""
        design = self.inputs["design"]
        return lowering_of(
            looked_back=bool(design.get("looked_back")),
            changed=bool(design.get("changed_after_approval")),
            moved=bool(design.get("go_live_moved_after_result")),
        )

    @property
    def is_lowered(self) -> bool:
        """Whether its plan was changed after the approval, or recorded afterwards: the grade knows of it."""
        return self.lowering in (Lowering.LOOKED_BACK, Lowering.CHANGED)

    @property
    def is_moved(self) -> bool:
        """Whether nothing but the go-live was moved after a result was known."""
        return self.lowering is Lowering.MOVED

    @property
    def is_look_back(self) -> bool:
        """Whether initiative and plan were recorded when the answers were there already."""
        return self.lowering is Lowering.LOOKED_BACK

    @property
    def is_of_other_engine(self) -> bool:
        """Whether another version of the engine than today's computed it."""
        return is_of_other_engine(self.engine_version)


class ValueModel(models.Model):
    """One row says how a change of the metric becomes money for one initiative."""

    initiative = models.OneToOneField(Initiative, on_delete=models.CASCADE, related_name="value_model")
    kind = models.CharField(_("how it becomes money"), max_length=20, choices=ValueKind)
    horizon_years = models.PositiveSmallIntegerField(_("years counted"), default=3)
    discount_rate_pct = models.DecimalField(_("discount rate, % a year"), max_digits=5, decimal_places=2)
    first_year_share = models.DecimalField(
        _("share of the full year's benefit in year 1"), max_digits=3, decimal_places=2, default=1
    )
    is_hard = models.BooleanField(_("shows in the books (hard benefit)"), default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(horizon_years__gte=1, horizon_years__lte=10), name="value_model_horizon"
            ),
            models.CheckConstraint(
                condition=models.Q(first_year_share__gte=0, first_year_share__lte=1),
                name="value_model_first_year",
            ),
        ]

    def __str__(self) -> str:
        return str(ValueKind(self.kind).label)


class ValueParameter(models.Model):
    """One row is one input of a value model, with its range, its source and who stands for it."""

    value_model = models.ForeignKey(ValueModel, on_delete=models.CASCADE, related_name="parameters")
    key = models.SlugField(max_length=60)
    label = LineField(_("input"), max_length=120)
    unit = LineField(_("unit"), max_length=40, blank=True)
    distribution = models.CharField(
        _("range"), max_length=20, choices=Distribution, default=Distribution.PERT
    )
    arguments = models.JSONField(default=list)  # numbers, in the order of the distribution's name
    source = LineField(_("source"), max_length=200, blank=True)
    source_kind = models.CharField(
        _("kind of source"), max_length=12, choices=SourceKind, default=SourceKind.ASSUMPTION
    )
    owner_name = LineField(_("responsible person"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value_model", "key"], name="value_parameter_unique")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label


class CostLine(models.Model):
    """One row is one cost in one year (0 is before go-live), as a range."""

    value_model = models.ForeignKey(ValueModel, on_delete=models.CASCADE, related_name="cost_lines")
    label = LineField(_("cost"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    low = models.DecimalField(_("low"), max_digits=14, decimal_places=2)
    likely = models.DecimalField(_("likely"), max_digits=14, decimal_places=2)
    high = models.DecimalField(_("high"), max_digits=14, decimal_places=2)
    source = LineField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__gte=0, low__lte=models.F("likely"), likely__lte=models.F("high")),
                name="cost_line_in_order",
            )
        ]
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return self.label


class RoiCase(OrganizationModel):
    """One row is the money of one study under one state of the value model. Figures are never edited.

    `current_since`: when the inputs last came to just these. Inputs that return to earlier ones bring back
    the value that was computed from them, with finance's word on it.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="roi_cases")
    number = models.PositiveIntegerField(default=1)
    inputs = models.JSONField()
    result = models.JSONField()
    is_scenario_only = models.BooleanField(default=False)
    engine_version = models.CharField(max_length=20)
    input_digest = models.CharField(max_length=64)
    computed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField(default=timezone.now)
    current_since = models.DateTimeField(default=timezone.now)
    sign_off = models.CharField(max_length=10, choices=SignOff, default=SignOff.OPEN)
    sign_off_comment = ProseField(_("comment"), blank=True)
    sign_off_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sign_off_at = models.DateTimeField(null=True, blank=True)

    is_new = False  # set by the service that has just made the row

    objects = RoiCaseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="roi_case_number_unique"),
            models.CheckConstraint(
                condition=models.Q(sign_off="open") | models.Q(sign_off_by__isnull=False),
                name="roi_case_signed_by_somebody",
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.study} value {self.number}"

    def follows(self, model: ValueModel) -> bool:
        """Whether the model still is what this value was computed from. No query."""
        return model.changed_at <= self.current_since

    @property
    def has_returned(self) -> bool:
        """Whether other values counted in between, until the inputs came back to those of this one."""
        return self.current_since > self.computed_at

    @property
    def is_of_other_engine(self) -> bool:
        """Whether another version of the engine than today's computed it."""
        return is_of_other_engine(self.engine_version)


class DriverRun(OrganizationModel, Job):
    """One row is one driver analysis of the answers as they stood. Its result is kept and never edited.

    `outcome` is the key that was asked for, empty for the overall one; `data_digest` stands for the answers.
    `current_since`: when it was last asked for, since answers can return to what they were.
    """

    task = "impact.tasks.run_drivers"

    outcome = models.CharField(max_length=200, blank=True)
    data_digest = models.CharField(max_length=64)
    result = models.JSONField(null=True, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    requested_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    current_since = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DriverRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "outcome", "data_digest", "engine_version"],
                name="driver_run_once_per_data",
            ),
            models.CheckConstraint(
                condition=~models.Q(job_state="done") | models.Q(result__isnull=False),
                name="driver_run_done_has_result",
            ),
        ]
        ordering = ["-current_since", "-pk"]

    def __str__(self) -> str:
        return f"{self.organization} drivers {self.pk}"


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
