"""What a merge of two touchpoints would disturb here."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from coalition.selectors.measured import places_of
from common.registry import MergePart, Merging
from impact.models import Study
from journeys.models import Touchpoint


def studies_under_way(question: Merging) -> Iterator[MergePart]:
    """A study that has begun reads one of the two: the merge waits for it. One query."""
    kept, gone = question.kept, question.gone
    if not (isinstance(kept, Touchpoint) and isinstance(gone, Touchpoint)):
        return
    running = Study.objects.of(gone.organization).unfinished().select_related("initiative__plan")
    for study in running.order_by("pk"):
        treated, compared = places_of(study.initiative.plan.fixed_content)
        if {kept.key, gone.key} & (treated | compared):
            text = _("A study of %(reference)s is running. Wait until it has finished.")
            yield MergePart(text=text % {"reference": study.initiative.reference}, is_refusal=True)
