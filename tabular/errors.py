"""What can be wrong with a file, as a refusal in words."""

from django.utils.functional import lazy

from common.errors import InvalidValues
from tabular.problems import Unreadable
from tabular.words import file_text

_text_of = lazy(file_text, str)  # a file may be read by the worker, and the refusal by somebody much later


class FileRefused(InvalidValues):
    """The file cannot be read as a table at all."""

    code = "file_refused"

    @classmethod
    def of(cls, problem: Unreadable) -> "FileRefused":
        message = _text_of(problem.about, problem.facts)
        return cls(message, code=problem.code, fields={problem.where: message})
