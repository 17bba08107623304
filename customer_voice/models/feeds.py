"""Doors by which feedback comes in by itself: incoming webhooks, mailboxes, watched folders."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import OrganizationModel
from common.columns import LineField
from common.jobs import Job
from common.worded import WordsField
from customer_voice.feed_choices import CallState, FileState, MailSecurity
from customer_voice.models.imports import ImportBatch
from customer_voice.models.sources import Source
from customer_voice.models.surveys import CustomerSurvey
from journeys.models import Touchpoint


class IncomingWebhook(OrganizationModel):
    """One row is one address to which another system sends signed calls.

    `mapping` says what their values are (`services.webhook_mapping.Mapping`); until `is_live` calls are kept
    and not read. Two secrets hold while one takes the place of the other.
    """

    name = LineField(_("name"), max_length=80)
    public_id = models.CharField(max_length=32, unique=True)  # in the address
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    sealed_secret = models.TextField()
    is_secret_seen = models.BooleanField(default=False)  # it is shown once
    sealed_former = models.TextField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    is_live = models.BooleanField(default=False)
    mapping = models.JSONField(default=dict)
    # each call, or each entry of its list, is also an event that this survey follows
    survey = models.ForeignKey(
        CustomerSurvey, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="webhook_of_organization"),
            SameOrganization(field="source", name="webhook_source_same_organization"),
            SameOrganization(field="survey", name="webhook_survey_same_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookCall(OrganizationModel):
    """One row is one call, and what became of it.

    A call whose signature holds (`is_verified`) is known by its ID and taken in once. Its body is kept while
    somebody may need it, and emptied after that; a refused one has none.
    """

    webhook = models.ForeignKey(
        IncomingWebhook, on_delete=models.CASCADE, related_name="calls", db_constraint=False, db_index=False
    )
    message_id = models.CharField(max_length=200, blank=True)
    is_verified = models.BooleanField(default=True)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=CallState)
    status = models.PositiveSmallIntegerField()  # what was answered, as HTTP has it
    code = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=dict)  # place in the body -> why, in the organization's language
    body = models.TextField(blank=True)  # JSON, as it came
    body_digest = models.CharField(max_length=64, blank=True)
    answers_created = models.PositiveIntegerField(default=0)
    answers_updated = models.PositiveIntegerField(default=0)
    answers_removed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "message_id"], condition=Q(is_verified=True), name="webhook_call_once"
            ),
            SameOrganization(field="webhook", name="call_webhook_same_organization"),
        ]
        indexes = [
            models.Index(fields=["webhook", "-received_at"], name="webhook_call_latest"),
            models.Index(fields=["received_at"], condition=~Q(body=""), name="webhook_call_kept"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Mailbox(OrganizationModel, Job):
    """One row is a mailbox whose new messages become feedback; fetching them is its work, again and again."""

    task = "customer_voice.tasks.fetch_mailbox"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    channel = LineField(_("channel"), max_length=40, blank=True, default="")
    host = LineField(_("host"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    username = LineField(_("user name"), max_length=254)
    sealed_password = models.TextField()
    folder = LineField(_("folder"), max_length=200, default="INBOX")
    begins_at = models.DateTimeField(default=timezone.now)  # what came earlier is left alone
    # survey letters that come back arrive here, and their people are marked as not reached
    takes_bounces = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failures_in_row = models.PositiveSmallIntegerField(default=0)
    wrong_passwords = models.PositiveSmallIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)  # `LetterLeftOut` -> how many

    class Meta:
        ordering = ["username", "pk"]
        verbose_name_plural = "mailboxes"
        constraints = [SameOrganization(field="source", name="mailbox_source_same_organization")]

    def __str__(self) -> str:
        return f"{self.username} ({self.host})"


class WatchedFolder(OrganizationModel, Job):
    """One row is a folder below the root that the operator has set, whose new files are imported by the
    recipe of their source; looking is its work, again and again.
    """

    task = "customer_voice.tasks.look_into_folder"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    path = LineField(_("folder"), max_length=200)
    replaces_known = models.BooleanField(default=True)
    moves_done = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    seen = models.JSONField(default=dict)  # name -> size and time of files that were looked at
    checked_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failures_in_row = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["path", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "path"], name="watched_folder_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="watched_folder_of_organization"),
            SameOrganization(field="source", name="watched_source_same_organization"),
        ]

    def __str__(self) -> str:
        return self.path


class WatchedFile(OrganizationModel):
    """One row is one file of a watched folder, known by its digest: under another name it is the same one."""

    folder = models.ForeignKey(
        WatchedFolder, on_delete=models.CASCADE, related_name="files", db_constraint=False, db_index=False
    )
    name = LineField(max_length=255)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.TAKEN)
    reason = WordsField(blank=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    is_moved = models.BooleanField(default=False)

    class Meta:
        ordering = ["-seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "digest"], name="watched_file_once"),
            SameOrganization(field="folder", name="watched_file_folder_same_organization"),
            SameOrganization(field="batch", name="watched_file_batch_same_organization"),
        ]

    def __str__(self) -> str:
        return self.name
