"""What is said of a business function that a list names and the organization does not have."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from wording.joining import listed, sentences

MOST_NAMED = 8  # of the functions that there are
_LONGEST = 80


def no_function_text(text: str, names: Sequence[str]) -> str:
    """That there is no such function, which ones there are, and where one is added.

    `text`: as it was written; `names`: of all functions of the organization. No query.
    """
    missing = _("There is no business function “%(text)s”.") % {"text": text[:_LONGEST]}
    if not names:
        first = _("None has been added yet. Add it in the settings, under Business functions.")
        return sentences([missing, first])
    shown, more = listed(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if more > 0:
        shown = _("%(names)s and %(count)s more") % {"names": shown, "count": more}
    choice = _("Write one of these, or add it in the settings, under Business functions: %(functions)s.")
    return sentences([missing, choice % {"functions": shown}])
