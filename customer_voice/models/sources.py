"""Where feedback comes from, and the ways on which customers speak."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.constraints import SameOrganization
from accounts.models import OrganizationModel
from common.columns import LineField
from customer_voice.choices import SourceKind


class Source(OrganizationModel):
    """One row is one system or habit that answers come from; their IDs are unique within it.

    The name never changes: other systems send by it, and the digests that keep erased answers out are made
    with it. `recipe` is how the columns of its files were read when one last came in (`selectors.recipes`).
    """

    name = LineField(_("name"), max_length=60)
    kind = models.CharField(max_length=10, choices=SourceKind, default=SourceKind.OTHER)
    recipe = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="source_name_unique"),
            models.UniqueConstraint(fields=["organization", "id"], name="source_of_organization"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Channel(OrganizationModel):
    """One row is one way on which customers speak, as the sources spell it; spellings stay apart."""

    name = LineField(_("name"), max_length=40)
    is_digital = models.BooleanField(null=True, blank=True)  # null: nobody has said
    # the import that first named it, where an import did
    came_with = models.ForeignKey(
        "customer_voice.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="channel_name_unique"),
            models.UniqueConstraint(fields=["organization", "id"], name="channel_of_organization"),
            SameOrganization(field="came_with", name="channel_came_same_organization"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
