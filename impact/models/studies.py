"""Studies, driver analyses and associations: what the data say."""

from datetime import date

from django.db import models
from django.utils import timezone

from accounts.choices import Currency
from accounts.models import Membership, OrganizationModel
from coalition.models import Initiative
from common.columns import LineField
from common.jobs import Job
from customer_voice.models import MetricDefinition
from cxstats.design import Lowering, lowering_of
from impact.choices import (
    AssociationSource,
    OutcomeKind,
)
from impact.querysets import (
    AssociationQuerySet,
    DriverRunQuerySet,
    StudyQuerySet,
)
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


class AssociationFile(OrganizationModel):
    """One row is a table of scores and outcomes that somebody has sent and not had computed yet; `rows` are
    the histories without a name. It goes when it is computed or discarded."""

    outcome = models.CharField(max_length=10, choices=OutcomeKind)
    metric = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, related_name="+")
    filename = LineField(max_length=200)
    until = models.DateField()
    told = models.JSONField()  # what the check of the file says: counts and columns
    rows = models.JSONField()
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.filename


class AssociationRun(OrganizationModel, Job):
    """One row is one estimate of how an outcome goes with a score. Its result is kept and never edited;
    `rows` of a file are in it until it is computed. `until`: up to which day outcomes are known."""

    task = "impact.tasks.run_association"

    number = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=OutcomeKind)
    source = models.CharField(max_length=10, choices=AssociationSource)
    metric = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, related_name="+")
    filename = LineField(max_length=200, blank=True)
    until = models.DateField()
    currency = models.CharField(max_length=3, choices=Currency)
    rows = models.JSONField(null=True, blank=True)
    data_digest = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    requested_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AssociationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="association_number_unique"),
            models.CheckConstraint(
                condition=~models.Q(job_state="done") | models.Q(result__isnull=False, rows__isnull=True),
                name="association_done_has_result",
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.organization} association {self.number}"
