"""Documents."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, OrganizationModel
from assessments.models import MaturityResult
from common.columns import LineField
from common.jobs import Job
from impact.models import RoiCase, Study
from reports.choices import Paper, ReportKind
from reports.querysets import ReportQuerySet


class Report(OrganizationModel, Job):
    """One row is one document, made once from content that is kept beside it, and verifiable.

    `content` is everything the document says, as data; the same content makes the same bytes.
    """

    task = "reports.tasks.run_report"

    kind = models.CharField(max_length=20, choices=ReportKind)
    title = LineField(max_length=200)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    roi_case = models.ForeignKey(RoiCase, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    maturity_result = models.ForeignKey(
        MaturityResult, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=12, default="en")
    territory = models.CharField(max_length=2, blank=True)  # format of dates and numbers, of that day
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.A4)
    content = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=64, blank=True)
    verification_code = models.CharField(max_length=24, unique=True)  # printed on every page
    file = models.FileField(upload_to="reports/%Y/%m/", blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    file_bytes = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()  # type: ignore[misc, django-manager-missing]

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="roi_evidence", study__isnull=False)
                | Q(kind="maturity", maturity_result__isnull=False),
                name="report_has_its_subject",
            )
        ]

    def __str__(self) -> str:
        return self.title
