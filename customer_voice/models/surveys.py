"""Surveys of customers: what is asked, in which words, and who of the answers came by which way."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import OrganizationModel
from common.columns import LineField
from customer_voice.choices import HalfUse, SurveyState, SurveyWay
from customer_voice.models.feedback import Submission
from customer_voice.models.metrics import MetricDefinition
from customer_voice.models.sources import Channel, Source
from journeys.models import Touchpoint


class CustomerSurvey(OrganizationModel):
    """One row is a set of questions put to customers; what comes back is a Submission of Feedback rows.

    `content` is a questionnaire (`questionnaires.stored`), `words` what stands around it (thanks, consent)
    by name and language. Once the survey has opened both change by corrections only, each a `SurveyVersion`.
    """

    name = LineField(_("name of the survey"), max_length=120)
    public_id = models.CharField(max_length=22, unique=True)  # in the address that customers open
    state = models.CharField(max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    content = models.JSONField()
    words = models.JSONField(default=dict)
    privacy_url = models.URLField(_("address of your privacy notice"), max_length=500, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    embed_hosts = models.JSONField(default=list)  # names of sites that may show it in a frame
    half_answers = models.CharField(
        _("answers that were not sent"), max_length=6, choices=HalfUse, default=HalfUse.APART
    )
    # the survey whose addresses lead here once this one has opened: the same in another meaning
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SurveyState.values), name="survey_state_known"),
            models.CheckConstraint(
                condition=Q(half_answers__in=HalfUse.values), name="survey_half_answers_known"
            ),
            models.CheckConstraint(
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(last_day__gte=F("first_day")),
                name="survey_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="survey_of_organization"),
            SameOrganization(field="source", name="survey_source_same_organization"),
            SameOrganization(field="channel", name="survey_channel_same_organization"),
            SameOrganization(field="follows", name="survey_follows_same_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyMetric(models.Model):
    """One row says by which exact definition a question of a survey is counted."""

    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="metrics")
    question = models.CharField(max_length=60)
    metric = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "question"], name="survey_metric_one_per_question"),
            models.UniqueConstraint(fields=["survey", "metric"], name="survey_metric_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.metric}"


class SurveyVersion(models.Model):
    """One row is what customers saw from one moment on: the content at opening, then at each correction."""

    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    words = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.number}"


class SurveyReply(models.Model):
    """One row is one finished survey: which version was read, in which language, by which way it came.

    `is_half`: it was never sent, and its score counts because the survey says so (`HalfAnswer.reply`). Scores
    and words are in the answers of its submission and nowhere else, so that erasing them leaves none.
    """

    survey = models.ForeignKey(
        CustomerSurvey, on_delete=models.CASCADE, related_name="replies", db_index=False
    )
    version = models.ForeignKey(SurveyVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="reply")
    way = models.CharField(max_length=6, choices=SurveyWay)
    language = models.CharField(max_length=12)
    day = models.DateField()  # in the organization's time zone
    is_half = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=SurveyWay.values), name="survey_reply_way_known")
        ]
        indexes = [models.Index(fields=["survey", "day"], name="survey_reply_of_day")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.day}"


class SurveyMark(models.Model):
    """One row is one choice that was taken, or an open question that was answered (`value` empty)."""

    reply = models.ForeignKey(SurveyReply, on_delete=models.CASCADE, related_name="marks", db_index=False)
    question = models.CharField(max_length=60)
    value = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "question", "value"], name="survey_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"


class SurveyTally(OrganizationModel):
    """One row holds what was counted of a survey with many replies: counts alone, no word and nobody.

    Its page reads it, since counting hundreds of thousands of replies takes seconds. Counted anew by the
    worker (`services.survey_tallies`); a survey with few replies has none, and its page counts.
    """

    survey = models.OneToOneField(
        CustomerSurvey, on_delete=models.CASCADE, related_name="tally", db_constraint=False
    )
    counts = models.JSONField()
    newest_reply = models.BigIntegerField()  # the latest row that was there
    counted_at = models.DateTimeField()
    seconds = models.FloatField()  # what it took

    class Meta:
        constraints = [SameOrganization(field="survey", name="survey_tally_same_organization")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.counted_at:%Y-%m-%d %H:%M}"
