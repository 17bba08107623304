"""What the log does not repeat: secrets in addresses of pages, people's e-mail addresses, needless stacks."""

import logging
import re

_SECRET = re.compile(r"(/join/|/password/reset/key/|/f/[^/\s]+/(?:i|no)/)[^/\s]+")
_EMAIL = re.compile(r"[\w.+%'-]+@(?=[\w-]+\.)")


class HidesSecretLinks(logging.Filter):
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


class HidesPeople(logging.Formatter):
    """The last word on every line: errors of mail servers and databases repeat whom they were about."""

    def format(self, record: logging.LogRecord) -> str:
        return _EMAIL.sub("…@", super().format(record))
