"""What a merge of touchpoints is for maps."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import ngettext

from common.registry import MergePart, Merging
from journeys.maps.models import JourneyMap, MapUse
from wording.formats import reader


def touchpoints_merged(merging: Merging) -> Iterator[MergePart]:
    """Steps go on saying the key that was merged, which means the kept one; what is found by row moves."""
    uses = MapUse.objects.filter(touchpoint=merging.gone)
    maps = list(JourneyMap.objects.filter(uses__touchpoint=merging.gone).distinct().order_by("name"))
    if not maps:
        return
    steps = uses.count()
    text = ngettext("%(steps)s step of journey maps", "%(steps)s steps of journey maps", steps)
    yield MergePart(
        text=text % {"steps": reader().number(steps)},
        told={"maps": [one.name for one in maps]},
        act=partial(_move, merging),
    )


def _move(merging: Merging) -> None:
    has_both = MapUse.objects.filter(touchpoint=merging.kept).values_list("map_id", "step")
    both = set(has_both)
    for use in MapUse.objects.filter(touchpoint=merging.gone):
        if (use.map_id, use.step) in both:
            use.delete()
        else:
            use.touchpoint = merging.kept
            use.save(update_fields=["touchpoint"])
