"""Journey maps, what changed them, and what is said about them."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganizationModel
from common.columns import LineField, ProseField
from common.jobs import Job
from journeys.maps.choices import ChangeKind, ChangeState, MapState, SheetFormat, SheetSize
from journeys.maps.querysets import JourneyMapQuerySet, MapSheetQuerySet


class JourneyMap(OrganizationModel):
    """One row is one journey map as it is now. `content` is its drawing: place -> value (`maps.content`)."""

    key = models.SlugField(_("key"), max_length=60)
    name = LineField(_("name"), max_length=120)
    persona = LineField(_("persona"), max_length=120, blank=True)
    purpose = ProseField(_("purpose"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MapState, default=MapState.TODAY)
    # the map of today that this one shows the future of
    today = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="futures"
    )
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = JourneyMapQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="journey_map_key_unique"),
            models.CheckConstraint(
                condition=Q(today=None) | Q(state=MapState.FUTURE), name="journey_map_today_has_no_today"
            ),
        ]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class MapChange(models.Model):
    """One row is one version of a map: what each place was before and after. Never changed but in `state`."""

    map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField()
    by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=5, choices=ChangeKind, default=ChangeKind.EDIT)
    what = models.CharField(max_length=20)  # the operation
    subject = LineField(max_length=200, blank=True)  # the step, stage or lane, by the name of that day
    patch = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=ChangeState, default=ChangeState.DONE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["map", "version"], name="map_version_unique")]
        ordering = ["-version"]


class MapUse(models.Model):
    """One row is one touchpoint under a step, or the map that a step opens. Made from the content."""

    map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="uses")
    step = models.CharField(max_length=30)
    touchpoint = models.ForeignKey(
        "journeys.Touchpoint", on_delete=models.CASCADE, null=True, related_name="map_uses"
    )
    nested = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, null=True, related_name="nested_in")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(touchpoint=None, nested__isnull=False) | Q(touchpoint__isnull=False, nested=None),
                name="map_use_is_of_one_thing",
            ),
            models.UniqueConstraint(fields=["map", "step", "touchpoint"], name="map_use_once"),
        ]


class MapComment(models.Model):
    """One row is one comment on a map or on one of its steps."""

    map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="comments")
    step = models.CharField(max_length=30, blank=True)
    author = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    text = ProseField()
    mentioned = models.ManyToManyField(Membership, related_name="+", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]


class MapSheet(Job):
    """One row is one map as a file to hang up or show, as somebody asked for it; the next one of theirs
    replaces it."""

    task = "overview.tasks.run_sheet"

    map = models.ForeignKey(JourneyMap, on_delete=models.CASCADE, related_name="sheets")
    by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    size = models.CharField(max_length=2, choices=SheetSize, default=SheetSize.A3)
    format = models.CharField(max_length=3, choices=SheetFormat, default=SheetFormat.PDF)
    language = models.CharField(max_length=12, default="en")
    version = models.PositiveIntegerField(default=0)  # of the map
    file = models.FileField(upload_to="maps/%Y/%m/", blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MapSheetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.map} ({self.get_size_display()})"
