"""What can go wrong with frameworks, rounds and answers."""

from django.utils.translation import gettext as _

from common.errors import DomainError, InvalidValues
from questionnaires.errors import ContentInvalid


class FrameworkInvalid(ContentInvalid):
    """A framework file cannot be used."""

    code = "framework_invalid"

    def sentence(self, listed: str) -> str:
        return _("This framework cannot be used. %(listed)s") % {"listed": listed}


class FrameworkAlreadyPublished(DomainError):
    """The same key and version exist with other content: a published version never changes."""

    code = "framework_already_published"


class NotAnAnswerPossible(InvalidValues):
    code = "answer_not_possible"


class RoundClosed(DomainError):
    """The round is closed and read-only."""

    code = "round_closed"


class RoundOpen(DomainError):
    """This needs a closed round."""

    code = "round_open"


class RoundPrivate(DomainError):
    """A quick check that somebody took for herself; others come in after she shared it."""

    code = "round_private"


class RoundComparedWith(DomainError):
    """A later result is compared with this round's, so its answers do not change any more."""

    code = "round_compared_with"


class AlreadySubmitted(DomainError):
    """A submitted response is changed only after it was taken back."""

    code = "already_submitted"


class NothingSubmitted(DomainError):
    code = "nothing_submitted"


class AnswersOutstanding(DomainError):
    """Some respondents have not submitted; closing leaves them out and has to be confirmed."""

    code = "answers_outstanding"


class NothingToScore(DomainError):
    """No level was given or agreed for any practice."""

    code = "nothing_to_score"
