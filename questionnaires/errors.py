"""What can be wrong with a content file."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.errors import InvalidValues

MOST_NAMED = 5


class ContentInvalid(InvalidValues):
    """Content cannot be used. `problems` are (place, what is expected), all that were found."""

    code = "content_invalid"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        listed = "; ".join(f"{place}: {expected}" for place, expected in self.problems[:MOST_NAMED])
        more = len(self.problems) - MOST_NAMED
        if more > 0:
            listed = _("%(listed)s; and %(more)d more") % {"listed": listed, "more": more}
        super().__init__(self.sentence(listed), fields=dict(self.problems))

    def sentence(self, listed: str) -> str:
        """The refusal as one sentence, with what is wrong."""
        return _("This file cannot be used. %(listed)s") % {"listed": listed}


class QuestionnaireInvalid(ContentInvalid):
    code = "questionnaire_invalid"

    def sentence(self, listed: str) -> str:
        return _("This questionnaire cannot be used. %(listed)s") % {"listed": listed}
