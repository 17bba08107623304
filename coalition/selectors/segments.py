"""Whether the segment of a plan is one that answers carry: it may be typed ahead of the first of them."""

from django.utils.translation import gettext as _

from coalition.models import EvaluationPlan
from customer_voice.selectors import segments_of
from wording.joining import listed, sentences

NAMED = 8  # more segments than this are not said in a sentence


def segment_warning(plan: EvaluationPlan) -> str:
    """What to say of a plan for a segment that no answer of its metric carries; else nothing.

    At most two queries, none for a plan for all customers.
    """
    if not plan.segment:
        return ""
    known = segments_of(plan.initiative.organization, plan.metric)
    if plan.segment in known:
        return ""
    said = _("No answer of %(metric)s carries the segment “%(segment)s” yet.") % {
        "metric": plan.metric.name,
        "segment": plan.segment,
    }
    return sentences([said, known_segments(known) or _("The answers carry no segments.")])


def known_segments(known: list[str]) -> str:
    """The known ones in a sentence; nothing where there are none."""
    if not known:
        return ""
    if len(known) > NAMED:
        text = _("Known segments: %(names)s and %(more)s more.")
        return text % {"names": listed(known[:NAMED]), "more": len(known) - NAMED}
    return _("Known segments: %(names)s.") % {"names": listed(known)}
