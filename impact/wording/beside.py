"""How the questions beside the main one came out: a metric that should stay, places reached by accident."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.design import Diagnostic, EstimandKind
from wording.figures import amount_text, range_with_unit
from wording.formats import reader
from wording.joining import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a question beside the main one is about: a metric or touchpoints, and the kind of its figures."""

    names: Sequence[str]
    kind: EstimandKind


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
