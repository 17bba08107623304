"""Who is asked by e-mail: invitations with a personal link, and who wants no more of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter, Membership, OrganizationModel
from common.columns import LineField
from common.jobs import Job
from customer_voice.choices import QUIET_DAYS, EventState, MailingKind, SurveyWay, TicketScope
from customer_voice.models.customers import Contact
from customer_voice.models.surveys import CustomerSurvey, SurveyReply


class AskingRules(OrganizationModel):
    """One row is what an organization has decided for all its surveys by e-mail."""

    quiet_days = models.PositiveSmallIntegerField(_("quiet period"), default=QUIET_DAYS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="asking_rules_once")]


class NoMoreSurveys(OrganizationModel):
    """One row is an address that wants no more surveys, as a digest: it holds for every survey and list, and
    outlives the customer's record. The person takes it back, or an administrator with a reason.
    """

    digest = models.CharField(max_length=64)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="no_more_surveys_once")
        ]


class SurveyEventRule(models.Model):
    """One row says that a survey follows events: after how long a customer is asked, and up to which age."""

    survey = models.OneToOneField(CustomerSurvey, on_delete=models.CASCADE, related_name="event_rule")
    delay_hours = models.PositiveSmallIntegerField(_("delay, hours"), default=24)
    age_days = models.PositiveSmallIntegerField(_("oldest event, days"), default=7)
    tickets = models.CharField(
        _("tickets that are resolved"), max_length=10, choices=TicketScope, default=TicketScope.NONE
    )
    is_paused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delay_hours__lte=models.F("age_days") * 24), name="survey_event_delay_within_age"
            ),
            models.CheckConstraint(
                condition=Q(tickets__in=TicketScope.values), name="survey_event_tickets_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.delay_hours} h"


class SurveyEvent(models.Model):
    """One row is one thing that happened to a customer, such as a ticket that was resolved, and what became
    of the question about it. Known by its ID: the same again asks nobody again. Empty `email`: erased, or
    none.
    """

    survey = models.ForeignKey(
        CustomerSurvey, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    event_id = models.CharField(max_length=120)
    # the submission of the ticket that it is about; no relation: the ticket may go, and then nobody is asked
    ticket = models.BigIntegerField(null=True, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    name = LineField(max_length=150, blank=True)
    language = models.CharField(max_length=12, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=EventState, default=EventState.WAITING)
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="survey_event_state_known"),
            models.UniqueConstraint(fields=["survey", "event_id"], name="survey_event_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="survey_event_waiting"),
            models.Index(fields=["email"], condition=~Q(email=""), name="survey_event_email"),
        ]

    def __str__(self) -> str:
        return self.event_id


class SurveyInvitation(models.Model):
    """One row is one person asked by e-mail. The secret of the link stands in no table, only its digest.

    Empty `email`: the person's data were erased. `event`: asked after it, not by a list; of a list a person
    is on once.
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
    event = models.OneToOneField(
        SurveyEvent, on_delete=models.CASCADE, null=True, blank=True, related_name="invitation"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    # when a letter was handed to the mail server; until the worker has noted it, the letter's own row says it
    handed_over_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    # what the mail server that sent it back said: 5.x.x for good, 4.x.x for now; empty where nobody knows
    bounce_status = models.CharField(max_length=12, blank=True, default="")
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
                fields=["survey", "email"],
                condition=~Q(email="") & Q(event__isnull=True),
                name="survey_invitation_once",
            )
        ]
        indexes = [models.Index(fields=["email"], condition=~Q(email=""), name="survey_invitation_email")]

    def __str__(self) -> str:
        return self.email


class RecipientList(models.Model):
    """One row is a list of people that waits to be confirmed: nobody on it has been asked. It goes with the
    confirmation, and after a day.
    """

    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="+")
    people = models.JSONField()  # line, e-mail, name, language, account and segment, as they were written
    unread = models.JSONField(default=list)  # columns that nothing reads
    columns = models.JSONField(default=dict)  # what columns that are read are called, by what they hold
    created_by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.created_at}"


class HalfAnswer(models.Model):
    """One row is what somebody typed and has not sent, page by page. It goes when it is sent.

    `typed` is emptied after a month; `answered` says which questions had an answer that counts by the rules.
    """

    survey = models.ForeignKey(CustomerSurvey, on_delete=models.CASCADE, related_name="half", db_index=False)
    key = models.CharField(max_length=60)  # of the form or the invitation, as of a submission
    invitation = models.OneToOneField(
        SurveyInvitation, on_delete=models.CASCADE, null=True, blank=True, related_name="half"
    )
    language = models.CharField(max_length=12)
    way = models.CharField(max_length=6, choices=SurveyWay)
    typed = models.JSONField(default=dict)
    answered = models.JSONField(default=list)
    began_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now, db_index=True)
    reply = models.OneToOneField(
        SurveyReply, on_delete=models.SET_NULL, null=True, blank=True, related_name="half"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "key"], name="half_answer_once")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.saved_at}"


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
