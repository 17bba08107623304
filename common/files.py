"""Files that rows point at. A restored database or a full disk can leave a row without its file."""

from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError


class FileGone(DomainError):
    """The row is there, its file is not."""

    code = "file_gone"
    status = 410


def opened(file: FieldFile) -> FieldFile:
    """The file, open for reading bytes; a context manager. Raises FileGone."""
    try:
        return file.open("rb")
    except (FileNotFoundError, ValueError) as error:  # ValueError: the row names no file at all
        raise FileGone(
            _("The file is no longer on the server. Upload it again, or ask for the document again.")
        ) from error


def is_there(file: FieldFile) -> bool:
    return file.name is not None and file.name != "" and file.storage.exists(file.name)
