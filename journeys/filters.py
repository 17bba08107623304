"""What the inventory can be narrowed to; the same on the screen and in the API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import BusinessFunction, Membership, Organization
from common.filtering import MOST_WORDS, holding
from common.forms import StyledForm
from journeys.choices import Channel, Phase
from journeys.models import Touchpoint

NOBODY = "nobody"
LEFT = "left"


class TouchpointFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    phase = django_filters.ChoiceFilter(label=_("Phase"), choices=Phase, empty_label=_("Any"))
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Channel, empty_label=_("Any"))
    owner = django_filters.ChoiceFilter(
        label=pgettext_lazy("touchpoint", "Owner"), method="owned_by", empty_label=_("Anyone")
    )
    person = django_filters.ChoiceFilter(
        label=_("Responsible person"), method="looked_after_by", empty_label=_("Anyone")
    )
    designed = django_filters.ChoiceFilter(
        label=_("Designed"),
        method="by_design",
        choices=[("yes", _("On purpose")), ("no", _("Happens anyway"))],
        empty_label=_("Any"),
    )
    archived = django_filters.ChoiceFilter(
        label=_("Show"),
        method="by_state",
        choices=[("yes", _("Archived")), ("all", _("All"))],
        empty_label=_("Current"),
    )

    class Meta:
        model = Touchpoint
        form = StyledForm
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Touchpoint], organization: Organization) -> None:
        super().__init__(data, queryset=queryset)
        functions = BusinessFunction.objects.of(organization).values_list("key", "name")
        self.filters["owner"].extra["choices"] = [(NOBODY, _("Nobody")), *functions]
        owners = Membership.objects.of(organization).filter(touchpoints__isnull=False).select_related("user")
        people = [(str(row.pk), str(row)) for row in owners.distinct().order_by("user__name", "pk")]
        self.filters["person"].extra["choices"] = [
            (NOBODY, _("Nobody")), (LEFT, _("Someone who has left")), *people,
        ]  # fmt: skip
        self.form.fields["q"].widget.input_type = "search"

    def search(self, rows: QuerySet[Touchpoint], name: str, value: str) -> QuerySet[Touchpoint]:
        return holding(rows, value.split()[:MOST_WORDS], "name", "purpose", "key")

    def owned_by(self, rows: QuerySet[Touchpoint], name: str, value: str) -> QuerySet[Touchpoint]:
        return rows.filter(owner_function=None) if value == NOBODY else rows.filter(owner_function__key=value)

    def looked_after_by(self, rows: QuerySet[Touchpoint], name: str, value: str) -> QuerySet[Touchpoint]:
        if value == NOBODY:
            return rows.filter(owner_person=None)
        if value == LEFT:
            return rows.filter(Q(owner_person__is_active=False) | Q(owner_person__user__is_active=False))
        return rows.filter(owner_person=int(value))

    def by_design(self, rows: QuerySet[Touchpoint], name: str, value: str) -> QuerySet[Touchpoint]:
        return rows.filter(is_intended=value == "yes")

    def by_state(self, rows: QuerySet[Touchpoint], name: str, value: str) -> QuerySet[Touchpoint]:
        return rows.filter(is_archived=True) if value == "yes" else rows

    def filter_queryset(self, queryset: QuerySet[Touchpoint]) -> QuerySet[Touchpoint]:
        rows: QuerySet[Touchpoint] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("archived") else rows.filter(is_archived=False)
