"""Touchpoints, and changes of many of them at once."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership, OrganizationModel
from common.columns import LineField, ProseField
from journeys.choices import DIGITAL_CHANNELS, ChangeKind, ChangeState, Channel, Phase
from journeys.maps.models import JourneyMap, MapChange, MapComment, MapSheet, MapUse
from journeys.querysets import TouchpointQuerySet

__all__ = [
    "InventoryChange",
    "JourneyMap",
    "MapChange",
    "MapComment",
    "MapSheet",
    "MapUse",
    "Touchpoint",
]


class Touchpoint(OrganizationModel):
    """One row is one place where customers meet the organization, or was taken for one until it was
    merged."""

    key = models.SlugField(_("key"), max_length=60)
    name = LineField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.OTHER)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase, default=Phase.USE)
    purpose = ProseField(_("purpose"), blank=True)
    is_intended = models.BooleanField(_("designed on purpose"), default=True)
    owner_function = models.ForeignKey(
        BusinessFunction, on_delete=models.SET_NULL, null=True, blank=True, related_name="touchpoints"
    )
    owner_person = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="touchpoints"
    )
    # the key of a metric of a room above, which says what may stand here (`common.registry`)
    operational_metric = models.SlugField(_("operational metric"), max_length=40, blank=True, default="")
    side_effects = ProseField(_("side effects"), blank=True, default="")
    is_archived = models.BooleanField(default=False)
    # the touchpoint that this one turned out to be: its key and name go on meaning that one (decision 38)
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="merged"
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TouchpointQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="touchpoint_key_unique"),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_at=None)
                | Q(merged_into__isnull=False, merged_at__isnull=False, is_archived=True),
                name="touchpoint_merged_is_off_the_lists",
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_digital(self) -> bool:
        return self.channel in DIGITAL_CHANNELS


class InventoryChange(OrganizationModel):
    """One row is a change of many touchpoints at once, from a file or for chosen ones: proposed, then applied
    or thrown away; what was applied can be undone.

    `asked` is what the file said or what was chosen, `done` what became of it: for each touchpoint whether it
    was added, and the values before and after.
    """

    kind = models.CharField(max_length=10, choices=ChangeKind)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    filename = LineField(max_length=200, blank=True)
    asked = models.JSONField(default=dict)
    done = models.JSONField(default=list)
    created_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", applied_at=None, undone_at=None)
                | Q(state="applied", applied_at__isnull=False, undone_at=None)
                | Q(state="undone", applied_at__isnull=False, undone_at__isnull=False),
                name="inventory_change_knows_its_days",
            )
        ]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename or self.get_kind_display()
