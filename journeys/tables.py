"""The inventory as a table."""

from collections.abc import Mapping

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from common.registry import ShareOfWhole
from journeys.models import Touchpoint
from wording.formats import reader
from wording.intervals import from_to

WRAPS = {"class": "wraps"}  # a heading longer than what stands under it


class TouchpointTable(tables.Table):
    """`shares`: by id the part in the overall experience. With `may_choose` each
    row has a box that belongs to the form `choose` of the page."""

    chosen = tables.Column(verbose_name=_("Choose"), orderable=False, empty_values=())
    name = tables.Column(verbose_name=_("Touchpoint"))
    phase = tables.Column(verbose_name=_("Phase"))
    channel = tables.Column(verbose_name=_("Channel"))
    owner_function = tables.Column(
        verbose_name=pgettext_lazy("touchpoint", "Owner"),
        order_by=("owner_function__name", "name"),
        default=_("Nobody"),
        empty_values=(),
    )
    owner_person = tables.Column(
        verbose_name=_("Responsible person"),
        order_by=("owner_person__user__name", "name"),
        default="",
        attrs={"th": WRAPS},
    )
    operational_metric = tables.Column(verbose_name=_("Operational metric"), default="", attrs={"th": WRAPS})
    is_intended = tables.Column(verbose_name=_("Designed"))
    contribution = tables.Column(
        verbose_name=_("Contribution to the whole"),
        accessor="pk",
        orderable=False,
        attrs={"th": WRAPS, "td": {"class": "tabular short"}},
    )

    caption = _("Touchpoints")

    class Meta:
        model = Touchpoint
        fields = (
            "name", "phase", "channel", "owner_function", "owner_person", "operational_metric", "is_intended",
            "contribution", "chosen",
        )  # fmt: skip
        sequence = fields
        order_by = "name"

    def __init__(
        self,
        *args: object,
        organization_slug: str,
        metrics: Mapping[str, str],
        shares: Mapping[int, ShareOfWhole],
        may_choose: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization_slug = organization_slug
        self.metrics = metrics
        self.shares = shares
        if not shares:
            self.columns.hide("contribution")
        if not may_choose:
            self.columns.hide("chosen")

    def render_name(self, record: Touchpoint) -> SafeString:
        url = reverse("overview:touchpoint_detail", args=[self.organization_slug, record.key])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_owner_function(self, value: object) -> SafeString | object:
        if value is None:
            return format_html('<span class="tone tone-warn">{}</span>', _("Nobody"))
        return value

    def render_owner_person(self, value: Membership) -> SafeString | object:
        if not value.has_access:
            return format_html('{} <span class="tone tone-warn">{}</span>', value, _("no access"))
        return value

    def render_operational_metric(self, value: str) -> str:
        return self.metrics.get(value) or str(_("%(key)s (no longer in use)")) % {"key": value}

    def render_contribution(self, value: int) -> SafeString | str:
        """Its share in the overall experience with its range, by the newest analysis of what satisfaction
        goes with, and whether that can be told from nothing."""
        found = self.shares.get(value)
        if found is None:
            return "–"
        form = reader()
        span = from_to(form.percent(found.low), form.percent(found.high))
        told = format_html('{}<div class="cell-note">{}</div>', form.percent(found.share), span)
        if found.is_clear is not False:
            return told
        said = _("Not distinguishable from zero")
        return format_html('{}<span class="tone tone-calm">{}</span>', told, said)

    def render_chosen(self, record: Touchpoint) -> SafeString | str:
        if record.is_archived:
            return ""
        label = _("Choose %(name)s") % {"name": record.name}
        return format_html(
            '<input class="form-check-input" type="checkbox" name="touchpoints" value="{}" form="choose" '
            'aria-label="{}">',
            record.key,
            label,
        )

    def render_is_intended(self, record: Touchpoint) -> object:
        return _("On purpose") if record.is_intended else _("Happens anyway")
