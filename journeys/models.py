"""Touchpoints."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, OrganizationModel
from common.columns import LineField, ProseField
from journeys.choices import DIGITAL_CHANNELS, Channel, Phase
from journeys.maps.models import JourneyMap, MapChange, MapComment, MapSheet, MapUse
from journeys.querysets import TouchpointQuerySet

__all__ = ["JourneyMap", "MapChange", "MapComment", "MapSheet", "MapUse", "Touchpoint"]


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
