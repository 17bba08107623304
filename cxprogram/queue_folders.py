"""The queue of the embedded mode: messages as files in a folder, each there whole or not at all.

kombu's own transport makes the file first and writes into it afterwards: a worker that looked in between took
an empty message, and died of it. Here a message gets its name when it is written.
"""

import logging
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = logging.getLogger("cxprogram.queue")

TRIES, WAIT_SECONDS = 10, 0.02  # for the table of queues, which another process is just writing


class Channel(filesystem.Channel):
    """Writes whole files, and passes over what cannot be read: the row of the work is the truth, and the
    clock takes up what was lost."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid4()}"
        unready = Path(self.data_folder_out) / f"{name}.part"  # no queue is called so
        try:
            unready.write_bytes(dumps(payload).encode())  # type: ignore[no-untyped-call]
            unready.replace(unready.with_name(f"{name}.{queue}.msg"))
        except OSError as error:
            unready.unlink(missing_ok=True)
            raise ChannelError(f"A message cannot be written to {self.data_folder_out}.") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)  # type: ignore[no-untyped-call]
            except ValueError:
                log.error("A message of the queue %s could not be read and was passed over.", queue)

    def get_table(self, exchange: str) -> Any:
        for _try in range(TRIES):
            try:
                return super().get_table(exchange)  # type: ignore[no-untyped-call]
            except ValueError:
                time.sleep(WAIT_SECONDS)
        raise ChannelError(f"The table of the exchange {exchange!r} cannot be read.")


class Transport(filesystem.Transport):
    Channel = Channel
