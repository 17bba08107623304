"""Calls of another system, signed by hand as Standard Webhooks describes it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client
from django.urls import reverse

from common.sealed import unseal
from customer_voice.models import IncomingWebhook


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(
    webhook: IncomingWebhook,
    body: Any,
    *,
    message_id: str = "msg_1",
    secret: str = "",
    at: int | None = None,
    **headers: str,
):
    """POST a call and give the answer; `body` is JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = int(time.time()) if at is None else at
    secret = secret or unseal(webhook.sealed_secret)
    given = {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret, message_id, moment, content),
        **headers,
    }
    return Client().post(
        reverse("hooks:receive", args=[webhook.public_id]),
        content,
        content_type="application/json",
        headers={name: value for name, value in given.items() if value},
    )
