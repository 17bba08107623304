"""Frameworks, assessments, responses and results."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership, Organization, OrganizationModel
from assessments.choices import (
    DEFAULT_GROUP,
    LEAST_GROUP,
    MOST_GROUP,
    AnswerStatus,
    AssessmentState,
    Confidence,
    FrameworkKind,
)
from assessments.querysets import (
    AssessmentQuerySet,
    FrameworkQuerySet,
    ResponseQuerySet,
    ResultQuerySet,
)
from common.columns import LineField, ProseField
from wording.engines import is_of_other_engine
from wording.formats import reader


class FrameworkVersion(models.Model):
    """One row is one published version of a maturity framework; it never changes.

    `organization` is empty for the frameworks that come with the product.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    key = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=FrameworkKind)
    name = models.JSONField()  # {"en": ..., "zh-hans": ...}
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key", "version"],
                condition=Q(organization__isnull=False),
                name="framework_version_own_unique",
            ),
            models.UniqueConstraint(
                fields=["key", "version"],
                condition=Q(organization__isnull=True),
                name="framework_version_builtin_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Assessment(OrganizationModel):
    """One row is one round of an organization against one framework version."""

    framework = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    title = LineField(_("title"), max_length=120, blank=True)  # as typed; empty: see `label`
    state = models.CharField(max_length=10, choices=AssessmentState, default=AssessmentState.OPEN)
    target_level = models.DecimalField(
        _("target level"),
        max_digits=2,
        decimal_places=1,
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    due_on = models.DateField(_("answers due by"), null=True, blank=True)
    minimum_group = models.PositiveSmallIntegerField(
        _("smallest group shown"),
        default=DEFAULT_GROUP,
        validators=[MinValueValidator(LEAST_GROUP), MaxValueValidator(MOST_GROUP)],
    )  # told to respondents, so it never changes after the opening
    is_private = models.BooleanField(default=False)  # a quick check that only its opener sees
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AssessmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_group__gte=LEAST_GROUP), name="assessment_minimum_group_protects"
            )
        ]

    def __str__(self) -> str:
        """For logs and the trail, which keep words: nothing in the language of the moment."""
        return self.title or f"quick check {self.opened_at:%Y-%m-%d}"

    @property
    def label(self) -> str:
        """The name as typed; of a quick check without one its kind and day, in the reader's language."""
        if self.title:
            return self.title
        day = reader().day(self.organization.clock.day_of(self.opened_at))
        return gettext("Quick check, %(day)s") % {"day": day}

    @property
    def is_open(self) -> bool:
        return self.state == AssessmentState.OPEN


class Response(models.Model):
    """One row is one member's seat in a round: invited, answering, or submitted. One per person."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="assessment_responses")
    perspective = models.CharField(max_length=40, blank=True)
    function = models.ForeignKey(
        BusinessFunction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    given: int  # practices answered; annotated by `with_given`, never a column

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "member"], name="response_one_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.assessment}"

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None


class Answer(models.Model):
    """One row is one member's answer to one practice, saved as it is given.

    `evidence_url` is kept as typed while a draft; submitting asks for a web address.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    practice = models.CharField(max_length=80)  # key within the framework
    status = models.CharField(max_length=15, choices=AnswerStatus, default=AnswerStatus.ANSWERED)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    confidence = models.CharField(max_length=6, choices=Confidence, blank=True)
    comment = ProseField(_("comment"), blank=True, max_length=4000)
    evidence_url = models.CharField(_("link to evidence"), blank=True, max_length=500)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "practice"], name="answer_one_per_practice"),
            models.CheckConstraint(
                condition=Q(status="answered", level__gte=1, level__lte=5)
                | (~Q(status="answered") & Q(level__isnull=True)),
                name="answer_level_matches_status",
            ),
        ]


class ConsensusLevel(models.Model):
    """One row is the level a consensus session agreed on; the original answers stay."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="consensus_levels")
    practice = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    reason = ProseField(_("reason"))
    agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "practice"], name="consensus_one_per_practice"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="consensus_level_known"),
        ]


class MaturityResult(models.Model):
    """One row is the result of one closing of a round, with what is needed to compute it again.

    Rows are only ever added: a reopening or an agreed level makes the next `sequence`. A result is
    superseded when a later one of its round rests on other answers: both together would give away the
    answers of those who answered in between.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="results")
    sequence = models.PositiveSmallIntegerField(default=1)
    profile = models.JSONField()
    inputs = models.JSONField(default=dict)
    overall_level = models.FloatField(null=True)
    respondents = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=20)
    input_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=timezone.now)
    is_superseded = models.BooleanField(default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "sequence"], name="result_sequence_unique")
        ]
        ordering = [F("sequence").desc()]

    def __str__(self) -> str:
        return f"{self.assessment} #{self.sequence}"

    @property
    def is_of_other_engine(self) -> bool:
        """Whether another version of the engine than today's computed it."""
        return is_of_other_engine(self.engine_version)
