"""What a merge of touchpoints is for maps."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import ngettext

from accounts.models import Membership
from common.registry import MergePart, Merging
from journeys.maps.mail import tell_merged
from journeys.maps.models import JourneyMap, MapChange, MapUse
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
        act=partial(_moved, merging, maps),
    )


def _moved(merging: Merging, maps: Sequence[JourneyMap]) -> None:
    """The uses, and a letter to the people who drew these maps, but for who merges."""
    _move(merging)
    drawn = MapChange.objects.filter(map__in=[one for one in maps if not one.is_archived]).order_by()
    of_person: dict[int, list[JourneyMap]] = {}
    by_key = {one.pk: one for one in maps}
    for person, row in drawn.exclude(by=None).values_list("by", "map").distinct():
        of_person.setdefault(person, []).append(by_key[row])
    people = Membership.objects.filter(pk__in=of_person).exclude(pk=merging.by.pk).active()
    tell_merged(merging, [(one, of_person[one.pk]) for one in people.select_related("user", "organization")])


def _move(merging: Merging) -> None:
    has_both = MapUse.objects.filter(touchpoint=merging.kept).values_list("map_id", "step")
    both = set(has_both)
    for use in MapUse.objects.filter(touchpoint=merging.gone):
        if (use.map_id, use.step) in both:
            use.delete()
        else:
            use.touchpoint = merging.kept
            use.save(update_fields=["touchpoint"])
