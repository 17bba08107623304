"""Who is asked by e-mail: invitations with a personal link, and who wants no more of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter, Membership, OrganizationModel
from common.columns import LineField
from common.jobs import Job
from customer_voice.choices import QUIET_DAYS, MailingKind
from customer_voice.models.customers import Contact
from customer_voice.models.surveys import CustomerSurvey, SurveyReply


class AskingRules(OrganizationModel):
    """One row is what an organization has decided for all its surveys by e-mail."""

    quiet_days = models.PositiveSmallIntegerField(_("quiet period"), default=QUIET_DAYS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="asking_rules_once")]


class NoMoreSurveys(OrganizationModel):
    """One row is an address that wants no more surveys, as a digest: it holds for every survey and list, and
    outlives the customer's record. Nothing but the person's own act would take it back.
    """

    digest = models.CharField(max_length=64)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="no_more_surveys_once")
        ]


class SurveyInvitation(models.Model):
    """One row is one person asked by e-mail. The secret of the link stands in no table, only its digest.

    Empty `email`: the person's data were erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254, blank=True)
    name = LineField(max_length=150, blank=True)
    language = models.CharField(max_length=12, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    secret_digest = models.CharField(max_length=64, unique=True)
    letters = models.PositiveSmallIntegerField(default=0)  # 1: invited, 2: reminded
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)  # unsubscribed while on this list
    reply = models.OneToOneField(
        SurveyReply, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitation"
    )
    is_answered = models.BooleanField(default=False)  # stays when the answer is erased: a link works once
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "email"], condition=~Q(email=""), name="survey_invitation_once"
            )
        ]
        indexes = [models.Index(fields=["email"], condition=~Q(email=""), name="survey_invitation_email")]

    def __str__(self) -> str:
        return self.email


class SurveyMailing(Job):
    """One row is one round of letters of a survey, written by the worker."""

    task = "customer_voice.tasks.write_survey_letters"

    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(max_length=8, choices=MailingKind)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey"],
                condition=Q(job_state__in=["queued", "running"]),
                name="survey_mailing_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.kind}"
