"""Lanes, states and kinds of changes of a map. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MapState(models.TextChoices):
    TODAY = "today", _("Today")
    FUTURE = "future", _("Future state")


class LaneKind(models.TextChoices):
    """What a row of the map says. Channels, owner and emotion are rows of their own, taken from the steps."""

    GOAL = "goal", _("Customer's goal")
    DOING = "doing", _("What the customer does")
    THINKING = "thinking", _("What the customer thinks")
    FEELING = "feeling", _("What the customer feels")
    PAIN = "pain", _("Pain points")
    MOMENT = "moment", _("Moment of truth")
    BACKSTAGE = "backstage", _("Behind the scenes")
    SYSTEMS = "systems", _("Systems")
    EVIDENCE = "evidence", _("Evidence")
    IDEAS = "ideas", _("Ideas")
    OWN = "own", _("Own lane")


class ChangeState(models.TextChoices):
    """`DROPPED`: undone, and then something else was changed, so that it cannot be redone any more."""

    DONE = "done", _("Done")
    UNDONE = "undone", _("Undone")
    DROPPED = "dropped", _("Undone for good")


class ChangeKind(models.TextChoices):
    EDIT = "edit", _("Changed")
    UNDO = "undo", _("Undone")
    REDO = "redo", _("Redone")
    START = "start", _("Started")


class Emotion(models.IntegerChoices):
    """How the customer feels at a step, as the people who drew the map see it."""

    VERY_BAD = -2, _("Very bad")
    BAD = -1, _("Bad")
    NEUTRAL = 0, _("Neutral")
    GOOD = 1, _("Good")
    VERY_GOOD = 2, _("Very good")


class SheetSize(models.TextChoices):
    """Paper, always on its side."""

    A3 = "a3", "A3"
    A4 = "a4", "A4"


class SheetFormat(models.TextChoices):
    """What the file is; the pictures are one piece, however long the map is."""

    PDF = "pdf", _("PDF to print")
    SVG = "svg", _("SVG, a picture that stays sharp")
    PNG = "png", _("PNG, a picture for slides")


class Start(models.TextChoices):
    """What a new map begins with."""

    ONBOARDING = "onboarding", _("Template: onboarding")
    REPAIR = "repair", _("Template: repair")
    RENEWAL = "renewal", _("Template: renewal")
    INVENTORY = "inventory", _("The touchpoints on the list, phase by phase")
    EMPTY = "empty", _("Nothing: one empty stage")


# What the trail calls each operation.
OPERATION_NAMES = {
    "add_stage": _("Stage added"),
    "rename_stage": _("Stage renamed"),
    "move_stage": _("Stage moved"),
    "remove_stage": _("Stage removed"),
    "add_lane": _("Lane added"),
    "rename_lane": _("Lane renamed"),
    "move_lane": _("Lane moved"),
    "remove_lane": _("Lane removed"),
    "add_step": _("Step added"),
    "move_step": _("Step moved"),
    "copy_step": _("Step copied"),
    "split_step": _("Step split"),
    "remove_step": _("Step removed"),
    "set_step": _("Step changed"),
    "set_cell": _("Cell written"),
    "paste": _("Cells pasted"),
    "go_back": _("Back to an earlier version"),
}

MOST_STAGES = 30
MOST_LANES = 20
MOST_STEPS = 300
LONGEST_TEXT = 2_000
LONGEST_NAME = 120
MOST_PASTED = 2_000  # cells at once
