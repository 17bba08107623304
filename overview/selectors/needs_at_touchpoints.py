"""The part of the list of duties that is about touchpoints and what employees suggest there (see `needs`)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from overview.selectors import owed_touchpoints as owed
from overview.selectors.kinds import Kind

TOUCHPOINTS: tuple[Kind, ...] = (
    Kind(
        key="touchpoint_left",
        who="who runs the program",
        rows=owed.touchpoints_left,
        icon="user-question",
        title=_("Find another person for the touchpoint “%(touchpoint)s”"),
        detail=_("%(name)s can no longer look after it."),
        button=pgettext_lazy("button", "Open"),
        page="journeys:touchpoint_edit",
    ),
    Kind(
        key="suggestion",
        who="who may draft initiatives and owns the touchpoint, and who runs the program",
        rows=owed.suggestions_waiting,
        icon="bulb",
        title=_("Answer the suggestion “%(text)s”"),
        detail=_("%(name)s would improve %(touchpoint)s. Take it up or decline it with a reason."),
        button=pgettext_lazy("button", "Open"),
        page="coalition:suggestion_detail",
    ),
    Kind(
        key="suggestion_taken_up",
        who="who made the suggestion",
        rows=owed.suggestions_taken_up,
        icon="circle-check",
        title=_("Your suggestion was taken up: “%(text)s”"),
        detail=_("%(name)s works it out as a draft initiative."),
        button=pgettext_lazy("button", "Read"),
        page="coalition:suggestion_detail",
    ),
    Kind(
        key="suggestion_declined",
        who="who made the suggestion",
        rows=owed.suggestions_declined,
        icon="message-2",
        title=_("Your suggestion was declined: “%(text)s”"),
        detail="",
        button=pgettext_lazy("button", "Read"),
        page="coalition:suggestion_detail",
    ),
)
