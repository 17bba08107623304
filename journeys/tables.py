"""The inventory as a table."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint


class TouchpointTable(tables.Table):
    name = tables.Column(verbose_name=_("Touchpoint"))
    phase = tables.Column(verbose_name=_("Phase"))
    channel = tables.Column(verbose_name=_("Channel"))
    owner_function = tables.Column(
        verbose_name=_("Owner"),
        order_by=("owner_function__name", "name"),
        default=_("Nobody"),
        empty_values=(),
    )
    is_intended = tables.Column(verbose_name=_("Designed"))

    caption = _("Touchpoints")

    class Meta:
        model = Touchpoint
        fields = ("name", "phase", "channel", "owner_function", "is_intended")
        order_by = "name"

    def __init__(self, *args: object, organization_slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.organization_slug = organization_slug

    def render_name(self, record: Touchpoint) -> SafeString:
        url = reverse("overview:touchpoint_detail", args=[self.organization_slug, record.key])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_owner_function(self, value: object) -> SafeString | object:
        if value is None:
            return format_html('<span class="tone tone-warn">{}</span>', _("Nobody"))
        return value

    def render_is_intended(self, record: Touchpoint) -> object:
        return _("On purpose") if record.is_intended else _("Happens anyway")
