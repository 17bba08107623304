"""What an organization knows of itself, once for every value model."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from accounts.models import Membership, OrganizationModel
from common.columns import LineField
from impact.choices import LibraryMeasure, SourceKind
from impact.querysets import LibraryQuerySet


class LibraryFigure(OrganizationModel):
    """One row is one version of one figure of the library: its range, its source and its day. Never edited.

    A change is a further version of the same `number`; the newest one is what the library says. Value models
    keep the version that they took, so no version goes.
    """

    number = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    label = LineField(_("figure"), max_length=120)
    measure = models.CharField(_("what it is"), max_length=10, choices=LibraryMeasure)
    unit = LineField(_("unit"), max_length=40, blank=True)
    currency = models.CharField(max_length=3, choices=Currency, blank=True)  # of money
    low = models.DecimalField(_("low"), max_digits=20, decimal_places=6)
    likely = models.DecimalField(_("most likely"), max_digits=20, decimal_places=6)
    high = models.DecimalField(_("high"), max_digits=20, decimal_places=6)
    source = LineField(_("source"), max_length=200)
    source_kind = models.CharField(_("kind of source"), max_length=12, choices=SourceKind)
    day = models.DateField(_("as of"))
    owner_name = LineField(_("responsible person"), max_length=120, blank=True)
    is_retired = models.BooleanField(_("no longer offered"), default=False)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = LibraryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number", "version"], name="library_figure_version_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(low__gte=0, low__lte=models.F("likely"), likely__lte=models.F("high")),
                name="library_figure_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(measure="share") | models.Q(high__lte=1), name="library_figure_share"
            ),
            models.CheckConstraint(
                condition=(models.Q(measure="money") & ~models.Q(currency=""))
                | (~models.Q(measure="money") & models.Q(currency="")),
                name="library_figure_currency",
            ),
        ]
        ordering = ["number", "-version"]

    def __str__(self) -> str:
        return self.label

    @property
    def reference(self) -> str:
        """How a value model names the version that it took."""
        return f"{self.number}.{self.version}"
