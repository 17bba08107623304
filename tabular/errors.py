"""What can be wrong with a file, as a refusal in words."""

from common.errors import InvalidValues
from tabular.problems import Unreadable
from tabular.words import file_text


class FileRefused(InvalidValues):
    """The file cannot be read as a table at all."""

    code = "file_refused"

    @classmethod
    def of(cls, problem: Unreadable) -> "FileRefused":
        message = file_text(problem.about, problem.facts)
        return cls(message, code=problem.code, fields={problem.where: message})
