"""The mail backend of the product: a letter is a row first, and leaves by the worker.

Whoever sends mail, our own code or a library, hands it to Django as always. It is written down in the
sender's transaction, so nobody waits for a mail server, nobody meets its errors, and an answer takes as long
for an unknown address as for a known one. The mailer `outgoing` is the one that really sends.
"""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.choices import ORGANIZATION_HEADER
from accounts.services.letters import post, written_together


class PostboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the letters down, one for each recipient; returns the number of messages."""
        if sum(len(message.recipients()) for message in email_messages) > 1:
            with written_together():
                return self._written(email_messages)
        return self._written(email_messages)

    def _written(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            others = [part for part in getattr(message, "alternatives", []) if part.mimetype == "text/html"]
            headers = dict(message.extra_headers)
            organization_id = headers.pop(ORGANIZATION_HEADER, None)
            for recipient in message.recipients():
                post(
                    sender=message.from_email,
                    recipient=recipient,
                    subject=str(message.subject),
                    body=str(message.body),
                    html=str(others[0].content) if others else "",
                    headers=headers,
                    organization_id=int(organization_id) if organization_id else None,
                )
        return len(email_messages)
