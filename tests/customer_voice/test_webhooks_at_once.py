"""The same call twice at the same instant: once."""

import json
import time

import pytest

from accounts.choices import Role
from common.sealed import unseal
from customer_voice.models import Contact, Feedback, Submission, WebhookCall
from customer_voice.services import CallMapping, create_webhook, map_webhook, receive_call, set_live
from tests.customer_voice.calls import signature
from tests.factories.accounts import MembershipFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_call_at_the_same_instant_is_stored_once():
    leader = MembershipFactory(role=Role.CX_LEADER)
    TouchpointFactory(organization=leader.organization, key="web")
    MetricDefinitionFactory(organization=leader.organization, key="nps")
    hook = create_webhook(by=leader, name="Chat", source="chat")
    mapping = CallMapping(
        values={"external_id": "/id", "customer": "/who"},
        answers={"nps": {"score": "/nps"}},
        fixed={"touchpoint": "web"},
    )
    map_webhook(by=leader, webhook=hook, mapping=mapping)
    hook = set_live(by=leader, webhook=hook, is_live=True)
    body = json.dumps({"id": "r-1", "nps": 9, "who": "C-1"}).encode()
    at = int(time.time())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signature(unseal(hook.sealed_secret), "msg_1", at, body),
    }

    def call():
        return receive_call(webhook=hook, headers=headers, body=body)

    found = at_once(*[call] * 4)
    assert [answer.status for answer in found] == [200] * 4
    assert (Feedback.objects.count(), Submission.objects.count()) == (1, 1)
    assert (WebhookCall.objects.count(), Contact.objects.count()) == (1, 1)
