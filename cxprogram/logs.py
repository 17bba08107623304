"""What the log does not repeat: the secret in the address of an invitation."""

import logging
import re

_SECRET = re.compile(r"(/join/)[^/\s]+")


class HidesInvitationSecrets(logging.Filter):
    """A refused request is logged with its address; who reads the log could join with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _SECRET.sub(r"\1…", item) if isinstance(item, str) else item for item in record.args
            )
        return True
