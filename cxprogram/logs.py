"""What the log does not repeat: secrets in addresses, and a stack for a refusal that is no fault."""

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


class LeavesRefusalsShort(logging.Filter):
    """A refused request is one line: a stack of a 403 says nothing, and anybody could fill the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = None
        return True
