"""The base of every refusal that a person can understand and mend."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule says no. `code` is stable for programs, `message` is for people (translated).

    `fields` maps a form field to what is wrong with it, when the refusal is about typed values.
    `status` is the HTTP status: 409 for a conflict with the present state, 422 for bad values.
    """

    code = "refused"
    status = 409
    program_message: str | Promise = ""  # in place of `message` where that speaks of a page

    def __init__(
        self,
        message: str | Promise,
        *,
        code: str | None = None,
        fields: Mapping[str, str | Promise] | None = None,
    ) -> None:
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields or {})
        super().__init__(str(message))


class InvalidValues(DomainError):
    """What was typed or sent cannot be used."""

    code = "invalid_values"
    status = 422


class ConsequencesNotAccepted(DomainError):
    """The change would bring something at once that nothing brings back, and nobody has said that they know.
    `sentences` say what."""

    code = "consequences_not_accepted"

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))
