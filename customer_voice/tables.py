"""Feedback, imports and definitions as tables."""

from datetime import date, datetime, time
from functools import partial
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Case, F, When
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customer_voice.choices import ImportStage
from customer_voice.models import Contact, CustomerAccount, Feedback, ImportBatch, ImportRowError
from wording.formats import reader
from wording.joining import listed

MOST_COUNTED = 10_000
MOST_LETTERS = 280  # of a row in the list
_WRAPS = {"th": {"class": "wraps"}}  # a heading longer than what stands under it
_NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST_COUNTED: a page of feedback costs the same at any volume."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def is_capped(self) -> bool:
        return self._counted > MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list  # django-tables2's bound rows around the queryset
        return int(rows.data.data.order_by()[: MOST_COUNTED + 1].count())  # in no order: far cheaper


# In the language of the page, not in that of the moment when this is read.
_only_heard = lazy(partial(format_html, '<span class="visually-hidden">{}</span>'), SafeString)


class FeedbackTable(tables.Table):
    occurred_at = tables.DateTimeColumn(verbose_name=_("When"), short=True)
    touchpoint = tables.Column(verbose_name=_("Touchpoint"), order_by=("touchpoint__name", "-occurred_at"))
    metric = tables.Column(verbose_name=_("Metric"), orderable=False, default="")
    score = tables.Column(verbose_name=_("Score"), attrs=_NUMBER, default="", empty_values=())
    text = tables.Column(
        verbose_name=_("Customer comment"), orderable=False, default="", attrs={"td": {"class": "main"}}
    )
    segment = tables.Column(verbose_name=_("Segment"), orderable=False, default="")
    customer = tables.Column(verbose_name=_("Customer"), accessor="contact", orderable=False, default="")
    erase = tables.Column(
        verbose_name=_only_heard(_("Actions")),
        accessor="pk",
        orderable=False,
    )

    caption = _("Feedback")

    class Meta:
        model = Feedback
        fields = ("occurred_at", "touchpoint", "metric", "score", "text", "segment", "customer", "erase")

    def __init__(
        self, *args: object, organization_slug: str = "", may_erase: bool = False, **kwargs: object
    ) -> None:
        super().__init__(*args, exclude=() if may_erase else ("erase",), **kwargs)
        self.organization_slug = organization_slug

    def render_erase(self, record: Feedback) -> SafeString | str:
        if not record.text and record.contact_id is None:
            return ""
        url = reverse("customer_voice:feedback_erase", args=[self.organization_slug, record.pk])
        return format_html('<a class="btn btn-quiet btn-sm" href="{}">{}</a>', url, gettext("Erase"))

    def render_occurred_at(self, value: datetime, record: Feedback) -> SafeString:
        """Leads to the row. A file that knows the day alone is not given a time of day."""
        local = value.astimezone(timezone.get_current_timezone())
        text = reader().day(local) if local.time() == time.min else reader().moment(local)
        url = reverse("customer_voice:feedback_detail", args=[self.organization_slug, record.pk])
        return format_html('<a href="{}">{}</a>', url, text)

    def render_text(self, record: Feedback) -> str:
        """The beginning; the whole of it stands on the row's own page."""
        return Truncator(record.text).chars(MOST_LETTERS)

    def render_metric(self, record: Feedback) -> SafeString | str:
        if record.metric is None:
            return ""
        url = reverse("customer_voice:metric_detail", args=[self.organization_slug, record.metric.key])
        query = urlencode({"version": record.metric.version, "touchpoint": record.touchpoint.key})
        return format_html('<a href="{}?{}">{}</a>', url, query, record.metric)

    def render_score(self, record: Feedback) -> object:
        return "" if record.metric is None else record.metric.calculation.cell_text(record)


class AccountTable(tables.Table):
    name = tables.Column(verbose_name=_("Customer account"), order_by=("name", "external_reference"))
    segment = tables.Column(verbose_name=_("Segment"), default="", order_by=("segment", "name"))
    yearly_value = tables.Column(verbose_name=_("Value per year"), attrs=_NUMBER, default="")
    renews_on = tables.DateColumn(verbose_name=_("Renews on"), default="", short=True)
    tags = tables.Column(verbose_name=_("Tags"), orderable=False, default="", empty_values=())
    contact_count = tables.Column(verbose_name=_("Contacts"), attrs=_NUMBER)
    last_heard = tables.DateTimeColumn(verbose_name=_("Last answer"), default=_("none yet"), orderable=False)

    caption = _("Customer accounts")

    class Meta:
        model = CustomerAccount
        fields = ("name", "segment", "yearly_value", "renews_on", "tags", "contact_count", "last_heard")
        order_by = ("name",)

    def __init__(self, *args: object, organization_slug: str, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.organization_slug, self.today = organization_slug, today

    def order_yearly_value(self, rows: Any, is_descending: bool) -> tuple[Any, bool]:
        """By currency first: amounts of two currencies are in no order."""
        value = F("yearly_value")
        ordered = value.desc(nulls_last=True) if is_descending else value.asc(nulls_last=True)
        return rows.order_by(Length("currency").desc(), "currency", ordered, "name"), True

    def order_renews_on(self, rows: Any, is_descending: bool) -> tuple[Any, bool]:
        day = F("renews_on")
        ordered = day.desc(nulls_last=True) if is_descending else day.asc(nulls_last=True)
        return rows.order_by(ordered, "name"), True

    def render_name(self, record: CustomerAccount) -> SafeString:
        url = reverse("customer_voice:account_detail", args=[self.organization_slug, record.pk])
        link = format_html('<a href="{}">{}</a>', url, str(record) or gettext("No name"))
        if record.archived_at is not None:
            return format_html('{} <span class="tone tone-quiet">{}</span>', link, gettext("Archived"))
        if record.left_on is not None and record.left_on <= self.today:
            return format_html('{} <span class="tone tone-quiet">{}</span>', link, gettext("Left"))
        return link

    def render_yearly_value(self, record: CustomerAccount) -> str:
        value = record.yearly_value
        return "" if value is None else reader().money(value, record.currency)

    def render_renews_on(self, value: date) -> str:
        return reader().day(value)

    def render_tags(self, record: CustomerAccount) -> str:
        return listed([tag.name for tag in record.tags.all()])

    def render_contact_count(self, value: int) -> str:
        return reader().number(value)

    def render_last_heard(self, value: datetime) -> str:
        return reader().day(value)


class ContactTable(tables.Table):
    name = tables.Column(verbose_name=_("Contact"), order_by=("name", "external_reference"), empty_values=())
    account = tables.Column(
        verbose_name=_("Customer account"),
        default="",
        order_by=("account__name", "name"),
        attrs=_WRAPS,
    )
    email = tables.Column(verbose_name=_("E-mail address"), default="")
    segment = tables.Column(verbose_name=_("Segment"), default="", order_by=("segment", "name"))
    consent = tables.Column(
        verbose_name=_("Consent to be asked"),
        accessor="get_consent_display",
        orderable=False,
        attrs=_WRAPS,
    )
    answer_count = tables.Column(verbose_name=_("Answers"), attrs=_NUMBER, default="0", orderable=False)
    last_heard = tables.DateTimeColumn(verbose_name=_("Last answer"), default=_("none yet"), orderable=False)

    caption = _("Contacts")

    class Meta:
        model = Contact
        fields = ("name", "account", "email", "segment", "consent", "answer_count", "last_heard")
        order_by = ("name",)

    def __init__(self, *args: object, organization_slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.organization_slug = organization_slug

    def order_name(self, rows: Any, is_descending: bool) -> tuple[Any, bool]:
        """Those whose name is known first, whichever way."""
        has_none = Case(When(name="", then=1), default=0)
        name = "-name" if is_descending else "name"
        return rows.order_by(has_none, name, "external_reference", "pk"), True

    def render_name(self, record: Contact) -> SafeString:
        url = reverse("customer_voice:contact_detail", args=[self.organization_slug, record.pk])
        link = format_html('<a href="{}">{}</a>', url, str(record) or gettext("No name"))
        if record.archived_at is not None:
            return format_html('{} <span class="tone tone-quiet">{}</span>', link, gettext("Archived"))
        return link

    def render_account(self, record: Contact) -> SafeString:
        url = reverse("customer_voice:account_detail", args=[self.organization_slug, record.account_id])
        return format_html('<a href="{}">{}</a>', url, str(record.account) or gettext("No name"))

    def render_answer_count(self, value: int) -> str:
        return reader().number(value)

    def render_last_heard(self, value: datetime) -> str:
        return reader().day(value)


class ImportTable(tables.Table):
    filename = tables.Column(verbose_name=_("File"))
    created_at = tables.DateTimeColumn(verbose_name=_("Uploaded"), short=True)
    stage = tables.Column(verbose_name=_("State"), orderable=False)
    rows_created = tables.Column(verbose_name=_("New"), attrs=_NUMBER)
    rows_updated = tables.Column(verbose_name=_("Changed"), attrs=_NUMBER)
    rows_unchanged = tables.Column(verbose_name=_("Unchanged"), attrs=_NUMBER)
    rows_rejected = tables.Column(verbose_name=_("Left out"), attrs=_NUMBER)
    created_by = tables.Column(
        verbose_name=pgettext_lazy("a person", "By"), orderable=False, default=_("Operator")
    )

    caption = _("Imports")

    class Meta:
        model = ImportBatch
        fields = (
            "filename",
            "created_at",
            "stage",
            "rows_created",
            "rows_updated",
            "rows_unchanged",
            "rows_rejected",
            "created_by",
        )

    def __init__(self, *args: object, organization_slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.organization_slug = organization_slug

    def render_filename(self, record: ImportBatch) -> SafeString:
        url = reverse("customer_voice:import_detail", args=[self.organization_slug, record.pk])
        return format_html('<a href="{}">{}</a>', url, record.filename)

    def render_stage(self, record: ImportBatch) -> SafeString:
        return format_html(
            '<span class="tone tone-{}">{}</span>', STAGE_TONES[record.stage], record.stage.label
        )


class RowErrorTable(tables.Table):
    row_number = tables.Column(verbose_name=_("Row"), attrs=_NUMBER)
    column = tables.Column(verbose_name=_("Column"), default="")
    message = tables.Column(verbose_name=_("Problem"), accessor="text", orderable=False)
    value = tables.Column(verbose_name=_("Cell"), orderable=False, default="")

    caption = _("Rows that cannot be imported")

    class Meta:
        model = ImportRowError
        fields = ("row_number", "column", "message", "value")


STAGE_TONES = {
    ImportStage.MAPPING: "warn",
    ImportStage.CHECKING: "calm",
    ImportStage.CHECKED: "warn",
    ImportStage.IMPORTING: "calm",
    ImportStage.IMPORTED: "done",
    ImportStage.UNDOING: "calm",
    ImportStage.UNDONE: "quiet",
    ImportStage.FAILED: "bad",
}
