"""The thread that counts noted days anew, in the process of every worker's clock.

Not a task: it must go on while the worker is busy for an hour and while the queue is away, and a message for
each answer would cost as much as the answer. See decision 30.
"""

from threading import Event, Thread
from typing import Any

from customer_voice.services import keep_counting


def start_counting(**_signal: Any) -> Event:
    """Start it; gives what ends it. It ends with its process, and what it was counting is counted later."""
    ended = Event()
    Thread(target=keep_counting, args=[ended], name="counting", daemon=True).start()
    return ended
