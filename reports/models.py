"""Documents."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganizationModel
from assessments.models import MaturityResult
from coalition.models import Initiative
from common.columns import LineField, ProseField
from common.jobs import Job
from employee_voice.choices import Reach
from impact.models import ProgramCase, RoiCase, Study
from reports.choices import Answer, Closure, Frequency, Paper, Pause, ReportKind
from reports.querysets import (
    ReportQuerySet,
    ScheduleQuerySet,
    ScheduleRunQuerySet,
    ShareLinkQuerySet,
    SlidesQuerySet,
    SlipSheetsQuerySet,
)


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


class Schedule(OrganizationModel):
    """One row is one document that is made again and again, and sent to the same people.

    What it is about: `initiative` of an ROI report, key of the `framework` of a maturity result, `survey` of
    employees' answers; the return of the program needs nothing. Made each time is what counts then.
    """

    kind = models.CharField(max_length=20, choices=ReportKind)
    initiative = models.ForeignKey(
        Initiative, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    framework = models.SlugField(max_length=60, blank=True)
    survey = models.ForeignKey(
        "employee_voice.Survey", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    frequency = models.CharField(_("how often"), max_length=15, choices=Frequency)
    # of the month; where a month is shorter its last day
    day = models.PositiveSmallIntegerField(
        _("on day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    language = models.CharField(max_length=12, default="en")
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.A4)
    link_days = models.PositiveSmallIntegerField(default=30)  # of links for those without an account
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    heir = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    pause = models.CharField(max_length=10, choices=Pause, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)  # none: paused, or after a decision
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScheduleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["next_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="roi_evidence", initiative__isnull=False)
                | (Q(kind="maturity") & ~Q(framework=""))
                | Q(kind="employee_wave", survey__isnull=False)
                | Q(kind__in=["program", "summary", "board"]),
                name="schedule_has_its_subject",
            ),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=31), name="schedule_day_of_a_month"),
        ]

    def __str__(self) -> str:
        """For the trail, which keeps words: nothing in the language of the moment."""
        about = self.initiative or self.framework or self.survey or self.organization
        return f"{about} #{self.pk}"


class ScheduleRecipient(models.Model):
    """One row is one person who gets what a schedule makes: a member, or an address outside."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="recipients")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    address = models.EmailField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "member"], condition=Q(member__isnull=False), name="schedule_member_once"
            ),
            models.UniqueConstraint(
                fields=["schedule", "address"], condition=~Q(address=""), name="schedule_address_once"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, address="") | (Q(member__isnull=True) & ~Q(address="")),
                name="schedule_recipient_is_one",
            ),
        ]

    def __str__(self) -> str:
        return self.address or str(self.member)


class ScheduleRun(OrganizationModel, Job):
    """One row is one time that a schedule is due. `occasion` is its day, a decision, or a wish of somebody;
    one occasion has one row, whatever happens to the worker.
    """

    task = "reports.tasks.run_scheduled"
    most_attempts = 20  # it waits for its document, which may be taken up again itself

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    occasion = models.CharField(max_length=40)  # "2026-12-01", "decision-17", "now-3"
    due_on = models.DateField()
    missed = models.JSONField(default=list)  # ISO days before it that passed while nothing ran
    asked_by = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )  # none: the clock or a decision
    report = models.ForeignKey(Report, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_unchanged = models.BooleanField(default=False)  # the same document as the time before
    told = models.PositiveSmallIntegerField(default=0)  # letters written
    left_out = models.JSONField(default=list)  # [{"recipient": id, "why": LeftOut}]
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScheduleRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "occasion"], name="schedule_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.occasion}"
