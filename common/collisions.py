"""Two transactions that meet in the same rows: what lost its turn is done again, whole, from its beginning.

Writers that hold no common lock can meet in three ways: each waits for a row of the other (the database ends
one of them), one points at a row that the other deletes, or one finds that something else is stored than it
has compared with (`Collision`). None of it is anybody's mistake, and the second time the other one is done.
"""

import random
import time
from collections.abc import Callable
from functools import wraps

from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

MOST_TRIES = 5
PAUSE_SECONDS = 0.05
# SQLSTATE: deadlock, serialization failure, a row that was pointed at is gone
MEETINGS = {"40P01", "40001", "23503"}


class Collision(DomainError):
    """What is stored changed while it was being compared: nothing was written, and it may be tried again."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Something else changed the same answers at this moment. Send them again."))


def done_again[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Decorate a service outside of its `transaction.atomic`: it runs again, at most five times in all, when
    its transaction met another one. Inside a transaction of its caller it is up to the outermost one.
    """

    @wraps(service)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return service(*args, **kwargs)
        for tried in range(1, MOST_TRIES):
            try:
                return service(*args, **kwargs)
            except Collision:
                pass
            except (OperationalError, IntegrityError) as error:
                if getattr(error.__cause__, "sqlstate", None) not in MEETINGS:
                    raise
            time.sleep(random.uniform(0, PAUSE_SECONDS * tried))  # noqa: S311 - so that two part ways
        return service(*args, **kwargs)

    return whole
