"""Files that wait in a folder below the operator's root, or under a prefix of an object store.

Below a root every step of a path is opened from the one above it and never through a symbolic link, so that
no name, whoever made it, leads out. What is opened is a plain file.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.storage.handler import InvalidStorageError
from django.utils.translation import gettext_lazy as _

from common.worded import worded
from customer_voice.errors import FolderRefused

MOST_FILES = 2_000  # of one folder that are looked at
DONE = "done"
LONGEST_PATH = 200
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One file of a folder."""

    name: str
    size: int
    at: datetime

    @property
    def mark(self) -> str:
        """By this a file that was looked at is known again without being read."""
        return f"{self.size}:{self.at.timestamp():.3f}"


class WatchedPlace(Protocol):
    """A folder, whatever holds it. Every method raises FolderRefused."""

    def files(self) -> list[Waiting]:
        """Files in it, not those below; without hidden and unfinished ones."""

    def open(self, name: str) -> Any:
        """A context manager that gives the file, open for reading bytes."""

    def move_done(self, name: str) -> None:
        """Into the folder `done` beside it."""


def is_watching() -> bool:
    """Whether the operator has said where files may lie."""
    return bool(settings.WATCH_ROOT or settings.WATCH_BUCKET)


def is_path(path: str) -> bool:
    """Whether this names a folder below another one, and nothing else: no "..", no empty step."""
    steps = path.split("/")
    return (
        0 < len(path) <= LONGEST_PATH
        and "\\" not in path
        and all(step and step.strip() == step and not step.startswith(".") for step in steps)
        and all(sign.isprintable() for sign in path)
    )


def place_of(organization: str, path: str) -> WatchedPlace:
    """A folder of an organization, by its short name, and the path below that. Raises FolderRefused."""
    if not is_path(path):
        raise FolderRefused(_("This is not the path of a folder below another one."))
    steps = (organization, *path.split("/"))
    if settings.WATCH_ROOT:
        return _Folder(settings.WATCH_ROOT, steps)
    if settings.WATCH_BUCKET:
        return _Prefix("/".join(steps))
    raise FolderRefused(_("The operator of this installation has set no place for files."))


class _Folder:
    """Below a root on this machine."""

    def __init__(self, root: str, steps: tuple[str, ...]) -> None:
        self._root, self._steps = root, steps

    def files(self) -> list[Waiting]:
        with self._opened() as folder, os.scandir(folder) as entries:
            found: list[Waiting] = []
            for entry in entries:
                if len(found) == MOST_FILES:
                    break
                if _is_wanted(entry.name) and entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    at = datetime.fromtimestamp(facts.st_mtime, tz=UTC)
                    found.append(Waiting(name=entry.name, size=facts.st_size, at=at))
            return found

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        with self._opened() as folder:
            handle = _step(name, folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise FolderRefused(_("This is not a plain file."))
                yield file

    def move_done(self, name: str) -> None:
        with self._opened() as folder:
            try:
                with suppress(FileExistsError):
                    os.mkdir(DONE, 0o750, dir_fd=folder)
                inner = _step(DONE, folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    os.rename(name, _free_name(name, inner), src_dir_fd=folder, dst_dir_fd=inner)
                finally:
                    os.close(inner)
            except OSError as error:
                text = worded(_("The file cannot be moved: %(why)s."), why=error.strerror)
                raise FolderRefused(text) from error

    @contextmanager
    def _opened(self) -> Iterator[int]:
        flags = os.O_RDONLY | os.O_DIRECTORY
        try:
            handle = os.open(self._root, flags)
        except OSError as error:
            raise FolderRefused(_("The place that the operator has set for files is not there.")) from error
        try:
            for step in self._steps:
                inner = _step(step, handle, flags | os.O_NOFOLLOW)
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)


def _step(name: str, folder: int, flags: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except (OSError, ValueError) as error:
        text = _("There is no “%(name)s” here, or it is a link, or it may not be read.")
        raise FolderRefused(worded(text, name=name[:100])) from error


def _free_name(name: str, folder: int) -> str:
    """A file of the same name that was moved before stays."""
    stem, dot, ending = name.rpartition(".")
    for number in range(1, 1000):
        wanted = name if number == 1 else f"{stem or name}-{number}{dot}{ending if stem else ''}"
        try:
            os.stat(wanted, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return wanted
    return name


class _Prefix:
    """In the object store that the operator has set, through Django's storages."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def files(self) -> list[Waiting]:
        with _store() as store:
            _folders, names = store.listdir(self._prefix)
            return [
                Waiting(
                    name=name, size=store.size(self._at(name)), at=store.get_modified_time(self._at(name))
                )
                for name in names[:MOST_FILES]
                if _is_wanted(name)
            ]

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        with _store() as store, store.open(self._at(name), "rb") as file:
            yield file

    def move_done(self, name: str) -> None:
        with _store() as store:
            with store.open(self._at(name), "rb") as file:
                store.save(f"{self._prefix}/{DONE}/{name}", file)
            store.delete(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._prefix}/{name}"


@contextmanager
def _store() -> Iterator[Any]:
    """The errors of a store are of whatever package holds it, so all of them are meant here."""
    try:
        yield storages["watched"]
    except (FolderRefused, MemoryError):
        raise
    except (ImportError, InvalidStorageError) as error:
        raise FolderRefused(_("The package for object stores (django-storages) is not installed.")) from error
    except OSError as error:
        raise FolderRefused(_("The object store cannot be read.")) from error
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "boto3", "s3transfer")):
            raise
        raise FolderRefused(_("The object store cannot be read.")) from error


def _is_wanted(name: str) -> bool:
    return bool(name) and not name.startswith((".", "~")) and not name.lower().endswith((*_UNFINISHED, "~"))
