"""The only way a view gets a metric, a file on its way in, or feedback."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from common.digests import digest_of_secret
from customer_voice.models import (
    BusinessCalendar,
    Channel,
    Contact,
    CustomerAccount,
    CustomerFile,
    CustomerSurvey,
    Feedback,
    FormerMerge,
    ImportBatch,
    IncomingWebhook,
    Mailbox,
    MetricDefinition,
    RecipientList,
    Source,
    SurveyEvent,
    SurveyInvitation,
    TakenList,
    WatchedFolder,
    WebhookCall,
)
from customer_voice.querysets import FeedbackQuerySet


def metrics_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[MetricDefinition]:
    """All definitions of the member's organization, every version, retired ones too."""
    _ensure(member, action)
    return MetricDefinition.objects.of(member.organization).select_related("counted_by")


def metric_for(
    member: Membership, key: str, *, version: int | None = None, action: Action = Action.VIEW
) -> MetricDefinition:
    """One definition by its key: the version asked for, else the one in use, else the newest. One query."""
    found = metrics_for(member, action).filter(key=key)
    if version is not None:
        found = found.filter(version=version)
    metric = found.order_by("is_retired", "-version").first()
    if metric is None:
        raise Http404
    return metric


def calendar_for(member: Membership, key: str, action: Action = Action.VIEW) -> BusinessCalendar:
    """One calendar of the member's organization, else 404. One query."""
    _ensure(member, action)
    calendar = BusinessCalendar.objects.of(member.organization).filter(key=key).first()
    if calendar is None:
        raise Http404
    return calendar


def imports_for(member: Membership, action: Action = Action.IMPORT_FEEDBACK) -> QuerySet[ImportBatch]:
    """Files of the member's organization, newest first."""
    _ensure(member, action)
    return ImportBatch.objects.of(member.organization).select_related(
        "organization", "metric", "source", "created_by__user"
    )


def import_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> ImportBatch:
    """One file of the member's organization, else 404. One query."""
    batch = imports_for(member, action).filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def feedback_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> FeedbackQuerySet[Feedback]:
    """What customers said, newest first, with all that an answer points at."""
    _ensure(member, action)
    return (
        Feedback.objects.of(member.organization)
        .select_related("metric", "touchpoint", "submission__source", "contact", "account", "channel")
        .newest_first()
    )


def answer_for(member: Membership, pk: int, action: Action = Action.ERASE_FEEDBACK) -> Feedback:
    """One answer of the member's organization with its file, else 404. One query."""
    answers = feedback_for(member, action).select_related("organization", "batch")
    answer: Feedback | None = answers.filter(pk=pk).first()
    if answer is None:
        raise Http404
    return answer


def sent_answer_for(
    member: Membership,
    source: str,
    external_id: str,
    metric_key: str,
    action: Action = Action.ERASE_FEEDBACK,
) -> Feedback:
    """The answer that was sent under these names, else 404. One query."""
    answer: Feedback | None = (
        feedback_for(member, action)
        .filter(submission__source__name=source, submission__external_id=external_id, metric_key=metric_key)
        .first()
    )
    if answer is None:
        raise Http404
    return answer


def sources_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> QuerySet[Source]:
    """Where the organization's answers come from, by name."""
    _ensure(member, action)
    return Source.objects.of(member.organization)


def source_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> Source:
    """One source of the member's organization, else 404. One query."""
    source = sources_for(member, action).filter(pk=pk).first()
    if source is None:
        raise Http404
    return source


def channels_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> QuerySet[Channel]:
    """The ways on which its customers speak, by name."""
    _ensure(member, action)
    return Channel.objects.of(member.organization)


def accounts_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> QuerySet[CustomerAccount]:
    """Customer firms of the member's organization."""
    _ensure(member, action)
    return CustomerAccount.objects.of(member.organization)


def contacts_for(member: Membership, action: Action = Action.VIEW_FEEDBACK) -> QuerySet[Contact]:
    """People who are customers of the member's organization, with their accounts."""
    _ensure(member, action)
    return Contact.objects.of(member.organization).select_related("account")


def channel_for(member: Membership, name: str, action: Action = Action.VIEW) -> Channel:
    """One channel of the member's organization, else 404. One query."""
    channel = channels_for(member, action).filter(name=name).first()
    if channel is None:
        raise Http404
    return channel


def account_for(member: Membership, reference: str, action: Action = Action.VIEW_FEEDBACK) -> CustomerAccount:
    """One customer firm of the member's organization, else 404. Figures of one firm are as close to a
    customer as its answers, so they ask for the same right. One query."""
    account = accounts_for(member, action).filter(external_reference=reference).first()
    if account is None:
        raise Http404
    return account


def account_by_id(member: Membership, pk: int, action: Action = Action.VIEW_FEEDBACK) -> CustomerAccount:
    """One customer firm of the member's organization else 404. One query."""
    account = accounts_for(member, action).select_related("organization").filter(pk=pk).first()
    if account is None:
        raise Http404
    return account


def contact_by_id(member: Membership, pk: int, action: Action = Action.VIEW_FEEDBACK) -> Contact:
    """One contact of the member's organization with the account, else 404. One query."""
    contact = contacts_for(member, action).select_related("organization").filter(pk=pk).first()
    if contact is None:
        raise Http404
    return contact


def customer_file_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> CustomerFile:
    """One list that waits to be taken in, else 404. One query."""
    _ensure(member, action)
    found = CustomerFile.objects.of(member.organization).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def taken_list_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> TakenList:
    """One list that was taken in and can be taken back, else 404. One query."""
    _ensure(member, action)
    found = TakenList.objects.of(member.organization).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def webhook_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> IncomingWebhook:
    """One incoming webhook of the member's organization, else 404. One query."""
    _ensure(member, action)
    rows = IncomingWebhook.objects.of(member.organization).select_related("organization", "source", "survey")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def former_merges_for(member: Membership, action: Action = Action.IMPORT_FEEDBACK) -> "QuerySet[FormerMerge]":
    """Merges that can be taken back, the latest first."""
    _ensure(member, action)
    return FormerMerge.objects.of(member.organization)


def former_merge_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> FormerMerge:
    """One merge that can be taken back, with the record that was kept, else 404. One query."""
    _ensure(member, action)
    found = FormerMerge.objects.of(member.organization).select_related("account", "contact").filter(pk=pk)
    former = found.first()
    if former is None:
        raise Http404
    return former


def call_for(webhook: IncomingWebhook, pk: int) -> WebhookCall:
    """One call of a webhook that its reader may see, else 404. One query."""
    found: WebhookCall | None = WebhookCall.objects.filter(webhook=webhook, pk=pk).first()
    if found is None:
        raise Http404
    found.webhook = webhook
    return found


def webhook_by_public_id(public_id: str) -> IncomingWebhook | None:
    """The webhook of an address that anybody may call; none where there is none. One query."""
    found: IncomingWebhook | None = (
        IncomingWebhook.objects.select_related("organization", "source", "survey")
        .filter(public_id=public_id)
        .first()
    )
    return found


def mailbox_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> Mailbox:
    """One mailbox of the member's organization, else 404. One query."""
    _ensure(member, action)
    rows = Mailbox.objects.of(member.organization).select_related("organization", "source", "touchpoint")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def folder_for(member: Membership, pk: int, action: Action = Action.IMPORT_FEEDBACK) -> WatchedFolder:
    """One watched folder of the member's organization, else 404. One query."""
    _ensure(member, action)
    rows = WatchedFolder.objects.of(member.organization).select_related("organization", "source")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def surveys_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[CustomerSurvey]:
    """Customer surveys of the member's organization. Role too small: PermissionDenied."""
    _ensure(member, action)
    return CustomerSurvey.objects.of(member.organization).select_related(
        "organization", "touchpoint", "channel", "source", "follows"
    )


def survey_for(member: Membership, pk: int, action: Action = Action.VIEW) -> CustomerSurvey:
    """One customer survey of the member's organization, else 404. Role too small: PermissionDenied. One
    query.
    """
    survey = surveys_for(member, action).filter(pk=pk).first()
    if survey is None:
        raise Http404
    return survey


def list_for(survey: CustomerSurvey, pk: int) -> RecipientList:
    """A list of people that waits for its confirmation, of a survey that its reader may send; else 404. One
    query.
    """
    kept: RecipientList | None = RecipientList.objects.filter(survey=survey, pk=pk).first()
    if kept is None:
        raise Http404
    return kept


def event_for(survey: CustomerSurvey, pk: int) -> SurveyEvent:
    """One event that a survey follows, of a survey that its reader may send; else 404. One query."""
    event: SurveyEvent | None = (
        SurveyEvent.objects.select_related("survey").filter(survey=survey, pk=pk).first()
    )
    if event is None:
        raise Http404
    return event


def survey_by_public_id(public_id: str, *, for_answer: bool = False) -> CustomerSurvey | None:
    """The survey of an address that anybody may open; none where there is none. `for_answer`: with all that
    an answer is stored with, which a page that is only shown need not wait for. One query."""
    pointed = ("organization", "touchpoint", "source", "channel") if for_answer else ("organization",)
    return CustomerSurvey.objects.select_related(*pointed).filter(public_id=public_id).first()


def invitation_by_secret(public_id: str, secret: str) -> SurveyInvitation | None:
    """The invitation of a personal link, with its survey; none where there is none. One query."""
    return (
        SurveyInvitation.objects.select_related(
            "survey__organization", "survey__touchpoint", "survey__source", "survey__channel"
        )
        .filter(survey__public_id=public_id, secret_digest=digest_of_secret(secret))
        .first()
    )


def _ensure(member: Membership, action: Action) -> None:
    require_right(member.role, action)
