"""Documents."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, OrganizationModel
from assessments.models import MaturityResult
from common.columns import LineField, ProseField
from common.jobs import Job
from employee_voice.choices import Reach
from impact.models import ProgramCase, RoiCase, Study
from reports.choices import Answer, Closure, Paper, ReportKind
from reports.querysets import ReportQuerySet, ShareLinkQuerySet, SlidesQuerySet, SlipSheetsQuerySet


class SlipSheets(Job):
    """One row is one set of sheets with one-time codes that somebody asked for. The sheets themselves lie in
    the key folder, until she fetches them or `expires_at`; after that this row holds nothing of them.
    """

    task = "reports.tasks.run_slips"

    wave = models.ForeignKey("employee_voice.Wave", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("employee_voice.KeyGroup", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12, default="en")
    slips = models.PositiveIntegerField()
    name = models.CharField(max_length=40, blank=True)  # of the file; none once it is gone
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = SlipSheetsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(job_state__in=["queued", "running"]),
                name="slip_sheets_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.group_id}"


class Report(OrganizationModel, Job):
    """One row is one document, made once from content that is kept beside it, and verifiable.

    `content` is everything the document says, as data; the same content makes the same bytes.
    """

    task = "reports.tasks.run_report"
    is_new = False  # set by the service that has just made the row

    kind = models.CharField(max_length=20, choices=ReportKind)
    title = LineField(max_length=200)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    roi_case = models.ForeignKey(RoiCase, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    maturity_result = models.ForeignKey(
        MaturityResult, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    wave = models.ForeignKey(
        "employee_voice.Wave", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    program_case = models.ForeignKey(
        ProgramCase, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reach = models.CharField(max_length=5, choices=Reach, blank=True)  # of a wave: whose figures it holds
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
    closure: str  # why it is closed to everybody; annotated by `with_closure`, never a column

    objects = ReportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="roi_evidence", study__isnull=False)
                | Q(kind="maturity", maturity_result__isnull=False)
                | Q(kind="employee_wave", wave__isnull=False)
                | Q(kind="program", program_case__isnull=False)
                | Q(kind="summary", program_case__isnull=False)
                | Q(kind="board"),  # of the coalition, with the return where there is one
                name="report_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(reach="", wave__isnull=True) | Q(reach__in=Reach.values, wave__isnull=False),
                name="report_of_a_wave_says_how_far_it_reaches",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_closure_display(self) -> str:
        return str(Closure(self.closure).label) if self.closure else ""


class SlideTemplate(OrganizationModel):
    """One row is the organization's own slides, on which those of its documents are drawn. At most one."""

    name = LineField(max_length=200)  # of the file as it was sent
    file = models.FileField(upload_to="slide_templates/")
    digest = models.CharField(max_length=64)
    file_bytes = models.PositiveIntegerField()
    layouts = models.PositiveSmallIntegerField()
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_slide_template_of_an_organization")
        ]

    def __str__(self) -> str:
        return self.name


class Slides(OrganizationModel, Job):
    """One row is a finished document as slides, on one template (`template_digest`; empty: none)."""

    task = "reports.tasks.run_slides"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="slides")
    template_digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="slides/%Y/%m/", blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    file_bytes = models.PositiveIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SlidesQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "template_digest"], name="slides_of_a_document_once_on_a_template"
            )
        ]

    def __str__(self) -> str:
        return str(self.report)


class ShareLink(OrganizationModel):
    """One row is one link by which somebody without an account opens one document, until it ends.

    The secret of the link follows from `nonce` and the key of the installation, so that the link can be
    copied again; whoever reads the database alone has its digest.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="links")
    recipient = LineField(max_length=120)  # who was given it
    nonce = models.CharField(max_length=32)
    secret_digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)  # of the file; looking at the page of the link is none
    first_opened_at = models.DateTimeField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.recipient

    @property
    def is_over(self) -> bool:
        return self.revoked_at is not None or self.expires_at <= timezone.now()


class ReportAnswer(OrganizationModel):
    """One row is what somebody says about a document: a member, or who was given a link. All are kept."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="answers")
    link = models.ForeignKey(
        ShareLink, on_delete=models.CASCADE, null=True, blank=True, related_name="answers"
    )
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer)
    comment = ProseField(max_length=2000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(link__isnull=True, member__isnull=False)
                | Q(link__isnull=False, member__isnull=True),
                name="answer_about_a_document_has_one_author",
            )
        ]

    def __str__(self) -> str:
        return str(self.author)

    @property
    def author(self) -> Membership | ShareLink:
        found = self.member or self.link
        assert found is not None
        return found
