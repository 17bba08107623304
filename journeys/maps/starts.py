"""What a new map begins with: templates in our own words, or the inventory phase by phase."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journeys.choices import Phase
from journeys.maps.choices import MOST_STEPS, LaneKind, Start
from journeys.maps.content import Updates
from journeys.models import Touchpoint

type Column = tuple[str | Promise, Sequence[str | Promise]]

LANES = (
    LaneKind.GOAL,
    LaneKind.DOING,
    LaneKind.THINKING,
    LaneKind.PAIN,
    LaneKind.MOMENT,
    LaneKind.BACKSTAGE,
    LaneKind.IDEAS,
)

TEMPLATES: dict[str, Sequence[Column]] = {
    Start.ONBOARDING: (
        (_("Decide"), (_("Compares offers"), _("Asks a question"), _("Signs the contract"))),
        (_("Prepare"), (_("Gets the confirmation"), _("Receives what was ordered"))),
        (_("Start"), (_("Sets it up"), _("Uses it for the first time"), _("Asks for help"))),
        (_("Settle in"), (_("Receives the first bill"), _("Is asked how it went"))),
    ),
    Start.REPAIR: (
        (_("Notice"), (_("Something stops working"), _("Looks for help"))),
        (_("Report"), (_("Reports the fault"), _("Gets an appointment"))),
        (_("Repair"), (_("Waits"), _("Is visited or sends it in"), _("Is told what was done"))),
        (_("Afterwards"), (_("Receives the bill"), _("Finds out whether it lasts"))),
    ),
    Start.RENEWAL: (
        (_("Remember"), (_("Receives the reminder"), _("Looks back at the year"))),
        (_("Weigh up"), (_("Compares with others"), _("Asks for a better price"))),
        (_("Decide"), (_("Renews or cancels"), _("Gets the confirmation"))),
        (_("Go on"), (_("Receives the first bill of the new term"),)),
    ),
}


def starting_content(start: str, touchpoints: Iterable[Touchpoint]) -> Updates:
    """The places of a new map. `touchpoints`: those on the list, of which the inventory's map is made;
    those that are too many for a map are left out."""
    if start == Start.INVENTORY:
        return _from_inventory(list(touchpoints))
    return _content([(str(name), [(str(step), None) for step in steps]) for name, steps in _columns(start)])


def _columns(start: str) -> Sequence[Column]:
    return TEMPLATES.get(start, ((_("First stage"), ()),))


def _from_inventory(touchpoints: Sequence[Touchpoint]) -> Updates:
    by_phase = {phase: [one for one in touchpoints if one.phase == phase] for phase in Phase}
    filled = [
        (str(phase.label), [(one.name, one) for one in found]) for phase, found in by_phase.items() if found
    ]
    return _content(filled or [(str(_("First stage")), [])])


def _content(columns: Sequence[tuple[str, Sequence[tuple[str, Touchpoint | None]]]]) -> Updates:
    content: Updates = {"stages": [], "lanes": []}
    number = 0
    for place, (name, steps) in enumerate(columns, start=1):
        stage = f"s1-{place}"
        content["stages"].append(stage)
        content[f"stage.{stage}"], content[f"order.{stage}"] = name, []
        for text, touchpoint in steps:
            number += 1
            if number > MOST_STEPS:
                break
            step = f"p1-{number}"
            content[f"order.{stage}"].append(step)
            content[f"name.{step}"] = text
            if touchpoint is not None:
                content[f"touchpoints.{step}"] = [touchpoint.key]
    for place, kind in enumerate(LANES, start=1):
        content["lanes"].append(f"l1-{place}")
        content[f"lane.l1-{place}"] = {"kind": kind.value, "name": ""}
    return content
