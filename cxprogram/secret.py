"""The key of the embedded mode: made once, when something is first signed, and kept beside the data."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def kept_key(file: Path) -> str:
    """The key in `file`, made now if there is none: sessions survive a restart, and nobody has to invent one.

    Web server and worker may come here at once. The key is complete before it gets its name, and a name that
    is taken is not given again, so that whoever comes second reads the key of the first.
    """
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # for this user alone
        handle, made = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as new:
                new.write(secrets.token_urlsafe(50))
                new.flush()
                os.fsync(new.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(made, file)
        finally:
            os.unlink(made)
    return file.read_text(encoding="utf-8").strip()
