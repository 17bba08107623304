"""Files on their way in."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import Membership, OrganizationModel
from common.columns import LineField
from common.jobs import Job, JobState
from customer_voice.choices import ImportStage
from customer_voice.models.metrics import MetricDefinition
from customer_voice.models.sources import Source
from customer_voice.problems import problem_text
from tabular.choices import DateFormat, Encoding


class ImportBatch(OrganizationModel, Job):
    """One row is one file on its way in: read, checked, and then all of it or nothing."""

    task = "customer_voice.tasks.run_import"

    filename = LineField(max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m/")
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    encoding = models.CharField(max_length=12, choices=Encoding, default=Encoding.UTF_8)
    delimiter = models.CharField(max_length=1, blank=True, default="")  # of a text file
    sheet = models.CharField(max_length=255, blank=True, default="")  # of a workbook
    header_row = models.PositiveIntegerField(default=0)  # the line that names the columns; 0: found
    date_format = models.CharField(max_length=12, choices=DateFormat, default=DateFormat.AUTO)
    # the form that all dates agree on, found by the check, and what it was found `of`: file and columns
    dates_found = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)  # field -> column; empty until somebody has chosen
    defaults = models.JSONField(default=dict)  # field -> fixed value for every row
    reading = models.JSONField(default=dict)  # what else is said of it: `services.reading.Reading`
    metric = models.ForeignKey(
        MetricDefinition, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_dry_run = models.BooleanField(default=True)
    creates_touchpoints = models.BooleanField(_("add touchpoints that do not exist yet"), default=False)
    skips_bad_rows = models.BooleanField(_("import the valid rows, leave out the others"), default=False)
    # customers are asked about its tickets by surveys that follow them; nobody's silence is a yes
    asks_about_tickets = models.BooleanField(_("ask about tickets"), default=False)
    tickets_recent = models.PositiveIntegerField(default=0)  # so many were resolved lately enough for that
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
    aside = models.JSONField(default=dict)  # rows that are no answers: how many, by `services.asides.Aside`
    columns_unread = models.JSONField(default=list)  # names of columns that hold something and are not read
    # times that the clock skips or shows twice, by `tabular.dates.ClockChange`: rows, first row and its time
    clock_changes = models.JSONField(default=dict)
    words_read = models.JSONField(default=dict)  # words in score cells, and the figures they are read as
    doubts = models.JSONField(default=list)  # metrics in whose rows words and scores disagree
    changes = models.JSONField(default=dict)  # of known rows: counts by column; until imported, a sample
    left_out = models.JSONField(default=dict)  # scores of rejected rows beside those that come in
    touchpoints_new = models.JSONField(default=list)  # names that the file would add
    imported_at = models.DateTimeField(null=True, blank=True)  # of the answers that it added: `received_at`
    keeps_former = models.BooleanField(default=False)  # what it changed is kept: `FormerAnswer`
    is_undo = models.BooleanField(default=False)  # it was imported, and is being, or was, taken back
    figures = models.JSONField(default=list)  # of the file alone: metric, n and value, one by one
    undone = models.JSONField(default=dict)  # what became of its answers: `services.undoing.Undo`
    undone_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="import_of_organization"),
            SameOrganization(field="source", name="import_source_same_organization"),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename

    @property
    def stage(self) -> ImportStage:
        """Where the file is on its way in, or out again. No query."""
        if self.is_undo:
            return _STAGES_OF_UNDO[JobState(self.job_state)]
        if self.job_state == JobState.FAILED:
            return ImportStage.FAILED
        if self.job_state != JobState.DONE:
            return ImportStage.CHECKING if self.is_dry_run else ImportStage.IMPORTING
        if not self.mapping:
            return ImportStage.MAPPING
        return ImportStage.CHECKED if self.is_dry_run else ImportStage.IMPORTED

    @property
    def rows_asked(self) -> int:
        """Rows that are answers, wrong ones included."""
        return int(self.rows_total - sum(self.aside.values()))

    @property
    def rows_good(self) -> int:
        return self.rows_created + self.rows_updated + self.rows_unchanged


# one that could not be taken back is in as before
_STAGES_OF_UNDO = {
    JobState.QUEUED: ImportStage.UNDOING,
    JobState.RUNNING: ImportStage.UNDOING,
    JobState.DONE: ImportStage.UNDONE,
    JobState.FAILED: ImportStage.IMPORTED,
}


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
