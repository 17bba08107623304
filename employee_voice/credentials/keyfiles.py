"""Private keys in files, and sheets of one-time codes until they are fetched: outside the database and its
backups, readable by one account, destroyed for good.

Names are relative, such as `signing/<wave>/<group>.pem`. What `destroy` can promise ends at the file: a copy
that somebody made, a snapshot, or a block that a disk moved elsewhere is out of its reach (decision 23).
"""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
MOST_BYTES = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(pem|pdf)")
_UNFINISHED = ".unfinished-"  # no name of a key begins with a dot
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileProblem(StrEnum):
    """Why a key was not written, read or destroyed."""

    BAD_NAME = "bad_name"
    OPEN_TO_OTHERS = "open_to_others"
    NOT_PLAIN = "not_plain"
    ABSENT = "absent"
    EXISTS = "exists"
    TOO_LONG = "too_long"


class KeyFileError(Exception):
    """`reason` says why, `place` which file or folder."""

    def __init__(self, reason: KeyFileProblem, place: Path) -> None:
        super().__init__(f"{reason.value}: {place}")
        self.reason = reason
        self.place = place


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """A folder of private keys. It is made when the first key is written; folders have 0700, files 0600.

    Every call refuses with OPEN_TO_OTHERS when the folder, a folder on the way or the file lets group or
    others in, and with NOT_PLAIN when one of them is a link or not what it should be.
    """

    root: Path
    most_bytes: int = MOST_BYTES

    def write(self, name: str, content: bytes) -> None:
        """All of it or nothing, on the disk when this returns; never over a key that is there (EXISTS).

        What was sealed or signed for the key that is there would be lost with it.
        """
        path = self._path(name)
        if not 0 < len(content) <= self.most_bytes:
            raise KeyFileError(KeyFileProblem.TOO_LONG, path)
        self._make_folders(path.parent)
        unfinished = path.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
        try:
            with _opened(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
                _write_all(file, content)
            os.link(unfinished, path)  # unlike a rename, it fails where a key stands
        except FileExistsError as error:
            raise KeyFileError(KeyFileProblem.EXISTS, path) from error
        finally:
            # Left by a killed process it does no harm: the same file as the key, or a key that nobody used
            unfinished.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def read(self, name: str) -> bytes:
        """Raises KeyFileError(ABSENT) when there is none."""
        path = self._path(name)
        self._check_folders(path.parent)
        with _opened(path, os.O_RDONLY) as file:
            parts = []
            while part := os.read(file, MOST_BYTES):
                parts.append(part)
            return b"".join(parts)

    def has(self, name: str) -> bool:
        """Whether a key of this name is there."""
        return os.path.lexists(self._path(name))

    def names(self, under: str = "") -> list[str]:
        """The names of all keys, or of those below a folder such as `signing/<wave>`."""
        folder = self.root / under
        found = folder.rglob("*") if folder.is_dir() else ()
        names = (path.relative_to(self.root).as_posix() for path in found)
        return sorted(name for name in names if _NAME.fullmatch(name))

    def destroy(self, name: str) -> bool:
        """Writes random bytes over the key, to the disk, and removes it; False when it was gone already.

        Repeating it is harmless, so a job that was killed may begin again.
        """
        path = self._path(name)
        if not self.has(name):
            return False
        self._check_folders(path.parent)
        with _opened(path, os.O_WRONLY) as file:
            _write_all(file, secrets.token_bytes(os.fstat(file).st_size))
        path.unlink()
        _sync_folder(path.parent)
        with suppress(OSError):  # others still lie in it
            if path.parent != self.root:
                path.parent.rmdir()
        return True

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeyFileError(KeyFileProblem.BAD_NAME, self.root)
        return self.root / name

    def _way(self, folder: Path) -> Iterator[Path]:
        """The root and the folders from there to `folder`, in this order."""
        yield self.root
        place = self.root
        for part in folder.relative_to(self.root).parts:
            place /= part
            yield place

    def _make_folders(self, folder: Path) -> None:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        for place in self._way(folder):
            with suppress(FileExistsError):
                place.mkdir(mode=FOLDER_MODE)
                _sync_folder(place.parent)
            _check(place, os.lstat(place), is_folder=True)

    def _check_folders(self, folder: Path) -> None:
        for place in self._way(folder):
            try:
                _check(place, os.lstat(place), is_folder=True)
            except FileNotFoundError as error:
                raise KeyFileError(KeyFileProblem.ABSENT, place) from error


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    """A descriptor of a plain file that nobody else may open; never one behind a link."""
    try:
        file = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    except FileNotFoundError as error:
        raise KeyFileError(KeyFileProblem.ABSENT, path) from error
    except OSError as error:
        raise KeyFileError(KeyFileProblem.NOT_PLAIN, path) from error
    try:
        _check(path, os.fstat(file), is_folder=False)
        yield file
    finally:
        os.close(file)


def _check(place: Path, found: os.stat_result, *, is_folder: bool) -> None:
    if not (stat.S_ISDIR if is_folder else stat.S_ISREG)(found.st_mode):
        raise KeyFileError(KeyFileProblem.NOT_PLAIN, place)
    if found.st_mode & _OTHERS:
        raise KeyFileError(KeyFileProblem.OPEN_TO_OTHERS, place)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    """A new or removed name is on the disk only once its folder is."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
