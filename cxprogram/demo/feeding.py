"""One incoming webhook that is ready to go live: two calls of a chat tool wait, and their values are chosen."""

import json
import time
from base64 import b64decode, b64encode
from datetime import date, timedelta
from hashlib import sha256
from hmac import digest

from common.sealed import unseal
from customer_voice import services
from cxprogram.demo.people import Cast

CALLS = (
    {"id": "chat-501", "csat": 6, "why": "Solved in one chat, thank you.", "customer": "C-1001"},
    {"id": "chat-502", "csat": 3, "why": "I had to explain everything twice.", "customer": "C-1002"},
)


def wait_for_calls(cast: Cast, today: date, touchpoint: str) -> None:
    """Made as the product makes it, and called as another system calls it. No figure changes."""
    maya = cast["Maya"]
    webhook = services.create_webhook(by=maya, name="Chat survey", source="chat")
    for number, call in enumerate(CALLS):
        body = json.dumps(
            {"kind": "response.completed", "at": f"{today - timedelta(days=1)}T09:30:00", **call}
        )
        signed = f"demo-{number}", str(int(time.time()))
        key = b64decode(unseal(webhook.sealed_secret).removeprefix("whsec_"))
        made = b64encode(digest(key, ".".join((*signed, body)).encode(), sha256)).decode()
        headers = dict(zip(("webhook-id", "webhook-timestamp"), signed, strict=True))
        services.receive_call(
            webhook=webhook, headers={**headers, "webhook-signature": f"v1,{made}"}, body=body.encode()
        )
    services.map_webhook(
        by=maya,
        webhook=webhook,
        mapping=services.CallMapping(
            values={"external_id": "/id", "occurred_at": "/at", "customer": "/customer"},
            answers={"csat_7": {"score": "/csat", "text": "/why"}},
            fixed={"touchpoint": touchpoint, "channel": "chat"},
            only=services.When(place="/kind", values=("response.completed",)),
        ),
    )
