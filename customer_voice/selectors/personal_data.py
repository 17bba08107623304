"""Everything that is known of one contact, for whoever asks for it."""

from typing import Any

from customer_voice.models import (
    Contact,
    ContactReference,
    Feedback,
    FormerCustomer,
    FormerMerge,
    SurveyInvitation,
)
from customer_voice.selectors.customers import unsubscribed
from customer_voice.selectors.kept_calls import calls_of
from customer_voice.selectors.mailings import state_of

SCHEMA = "cxprogram.contact/1"


def contact_data(contact: Contact) -> dict[str, Any]:
    """One person's record, answers and letters as plain values. Eleven queries.

    Answers to the same person's letters that name no contact are not in it: nothing says whose they are.
    """
    account = contact.account
    return {
        "schema": SCHEMA,
        "contact": {
            "reference": contact.external_reference,
            "former_references": sorted(
                ContactReference.objects.filter(contact=contact).values_list("reference", flat=True)
            ),
            "name": contact.name,
            "email": contact.email,
            "segment": contact.segment,
            "language": contact.language,
            "account": None
            if account is None
            else {"reference": account.external_reference, "name": account.name},
            "consent": contact.consent,
            "consent_changed_at": contact.consent_changed_at,
            "has_unsubscribed": bool(unsubscribed(contact.organization, [contact.email])),
            "archived_at": contact.archived_at,
        },
        # kept for a month, to take a list or a merge back
        "former": [
            *FormerCustomer.objects.filter(contact=contact).order_by("pk").values_list("before", flat=True),
            *FormerMerge.objects.filter(contact=contact).order_by("pk").values_list("gone", flat=True),
        ],
        "answers": [_answer(row) for row in _answers(contact)],
        # calls of other systems as they came, what is about others left out
        "calls": [
            {"webhook": webhook, "received_at": received_at, "body": body}
            for webhook, received_at, body in calls_of(contact)
        ],
        "invitations": [
            {
                "survey": row.survey.name,
                "email": row.email,
                "name": row.name,
                "state": state_of(row).value,
                "invited_at": row.invited_at,
                "is_answered": row.is_answered,
            }
            for row in SurveyInvitation.objects.filter(contact=contact)
            .select_related("survey", "letter")
            .order_by("added_at", "pk")
        ],
    }


def _answers(contact: Contact) -> Any:
    return (
        Feedback.objects.of(contact.organization)
        .filter(contact=contact)
        .select_related("metric", "touchpoint", "submission__source", "account", "channel")
        .order_by("occurred_at", "pk")
    )


def _answer(row: Feedback) -> dict[str, Any]:
    return {
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "metric": None if row.metric is None else row.metric.name,
        "question": "" if row.metric is None else row.metric.wording,
        "touchpoint": row.touchpoint.name,
        "score": None if row.score is None else str(row.score),
        "resolved_at": row.resolved_at,
        "text": row.text,
        "account": None if row.account is None else row.account.external_reference,
        "segment": row.segment,
        "channel": None if row.channel is None else row.channel.name,
        "language": row.submission.language,
        "source": row.submission.source.name,
        "external_id": row.submission.external_id,
    }
