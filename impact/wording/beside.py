"""How the questions beside the main one came out: a metric that should stay, places reached by accident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cxstats.design import Diagnostic, EstimandKind
from wording.figures import amount_text, range_with_unit
from wording.formats import reader
from wording.joining import listed, sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a question beside the main one is about: a metric or touchpoints, and the kind of its figures.

    `unanswered_until`: the last day that was read, where not one answer came in to it.
    """

    names: Sequence[str]
    kind: EstimandKind
    unanswered_until: date | None = None


def with_beside(sentence: str, check: Diagnostic, about: Beside) -> str:
    """What a check says, with the estimate; where nobody answered, that in its place."""
    if about.unanswered_until is not None:
        return _unanswered_text(about, about.unanswered_until)
    return sentences([sentence, beside_text(check, about)])


def _unanswered_text(about: Beside, until: date) -> str:
    """What the plan warned of and what then happened: nobody can tell whether it stayed, so nothing was."""
    return _(
        "No answer to %(metric)s came in at the touchpoints in scope up to %(day)s: whether it stayed as it "
        "is cannot be told, so this check says nothing for the claim."
    ) % {"metric": listed(about.names), "day": reader().day(until)}


def beside_text(check: Diagnostic, about: Beside) -> str:
    """The estimate with its range; empty where there is none."""
    figures = dict(check.figures)
    if not {"value", "low", "high"} <= figures.keys():
        return ""
    form = reader()
    return _("%(names)s: %(change)s (%(range)s).") % {
        "names": listed(about.names),
        "change": amount_text(form, about.kind, figures["value"], signed=True),
        "range": range_with_unit(form, about.kind, figures["low"], figures["high"], signed=True),
    }
