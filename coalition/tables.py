"""Columns of the list of initiatives. No query: the selector brings everything."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from coalition.models import Initiative
from coalition.selectors import state_tone
from wording.formats import reader
from wording.joining import listed


class InitiativeTable(tables.Table):
    number = tables.Column(verbose_name=_("No."), attrs={"td": {"class": "short"}})
    title = tables.Column(verbose_name=_("Initiative"), attrs={"td": {"class": "main"}})
    state = tables.Column(verbose_name=_("State"))
    owner = tables.Column(verbose_name=_("Owner"), order_by=("owner__user__name",))
    touchpoints = tables.Column(verbose_name=_("Touchpoints"), orderable=False, accessor="pk")
    planned_go_live_on = tables.Column(
        verbose_name=_("Go-live"), default="–", empty_values=(), attrs={"td": {"class": "text-nowrap"}}
    )

    class Meta:
        order_by = "-number"
        caption = _("Initiatives")

    caption = _("Initiatives")

    def render_number(self, record: Initiative) -> str:
        return record.reference

    def render_title(self, record: Initiative) -> SafeString:
        address = reverse("coalition:initiative_detail", args=[record.organization.slug, record.number])
        return format_html('<a class="fw-medium" href="{}">{}</a>', address, record.title)

    def render_state(self, record: Initiative) -> Any:
        return render_to_string(
            "components/tone.html",
            {"tone": state_tone(record.state), "text": record.get_state_display()},
        )

    def render_owner(self, value: Membership) -> str:
        return str(value) if value.is_active else gettext("%(name)s (has left)") % {"name": value}

    def render_touchpoints(self, record: Initiative) -> str:
        names = [point.name for point in record.touchpoints.all()]
        return listed(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "") or "–"

    def render_planned_go_live_on(self, value: date | None, record: Initiative) -> str:
        day = record.begins_on
        if day is None:
            return "–"
        if record.is_look_back:
            return gettext("%(day)s, recorded afterwards") % {"day": reader().day(day)}
        return reader().day(day)
