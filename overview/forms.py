"""What the live values of a map can be narrowed to."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.errors import InvalidValues
from common.forms import StyledForm
from customer_voice.choices import Followed, Span
from customer_voice.models import CustomerAccount, MetricDefinition
from customer_voice.selectors import named, segments_heard, span_today
from journeys.maps.choices import SheetFormat, SheetSize
from journeys.maps.models import JourneyMap
from overview.selectors.maps import WINDOW_DAYS, WINDOWS, FlowCut, LiveCut
from wording.formats import reader


class LiveForm(StyledForm):
    """Values that cannot be read count as not given: the page then says what it shows by itself."""

    metric = forms.ChoiceField(label=_("Metric of the curve"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    account = forms.CharField(label=_("Customer account"), required=False)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=[("", _("Newest")), *Span.choices])

    def __init__(self, data: Any, *, organization: Organization) -> None:
        super().__init__(data.dict())
        self.organization = organization
        self.asked = dict(self.data)  # before defaults stand in
        segments = [(one, one) for one in segments_heard(organization)]
        self.fields["segment"].choices = [("", _("All")), *segments]  # type: ignore[attr-defined]

    def account_named(self, text: str) -> CustomerAccount | None:
        """At most one query."""
        if not text:
            return None
        rows = CustomerAccount.objects.filter(organization=self.organization)
        return rows.filter(Q(external_reference__iexact=text) | Q(name__iexact=text)).first()

    def offer(self, metrics: Sequence[MetricDefinition], chosen: MetricDefinition | None) -> None:
        """The metrics that are heard on the map and whose scale has two ends."""
        choices = [(metric.key, named(metric)) for metric in metrics]
        self.fields["metric"].choices = choices or [("", "–")]  # type: ignore[attr-defined]
        if chosen is not None and not self.data.get("metric"):
            self.data = {**self.data, "metric": chosen.key}

    def cut(self) -> LiveCut:
        """At most one query."""
        segments = {value for value, _label in self.fields["segment"].choices}  # type: ignore[attr-defined]
        segment, account = self.data.get("segment", ""), " ".join(self.data.get("account", "").split())
        span = self.data.get("span", "")
        start, end = span_today(self.organization, Span(span)) if span in Span.values else (None, None)
        return LiveCut(
            metric=self.data.get("metric", ""),
            segment=segment if segment and segment in segments else None,
            account=self.account_named(account),
            start=start,
            end=end,
        )

    def require_known(self) -> None:
        """For callers who want to be told instead of shown. Raises InvalidValues, by field."""
        for name in self.fields:
            text = str(self.asked.get(name, ""))
            if not text or name == "metric":
                continue
            field: Any = self.fields[name]
            is_known = (
                not self.account_is_unknown
                if name == "account"
                else text in {str(value) for value, _label in field.choices}
            )
            if not is_known:
                words = {"text": text[:80], "field": field.label}
                said = gettext("%(field)s: “%(text)s” is not known here.") % words
                raise InvalidValues(said, fields={name: said})

    def flow_url(self, map: JourneyMap) -> str:
        """The page of how customers go on, narrowed as this one is."""
        told = {name: self.data.get(name, "") for name in ("segment", "account", "span")}
        query = urlencode({name: text for name, text in told.items() if text})
        address = reverse("overview:map_flow", args=[self.organization.slug, map.key])
        return f"{address}?{query}" if query else address

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("segment", "account", "span"))

    @property
    def account_is_unknown(self) -> bool:
        return bool(self.data.get("account")) and self.cut().account is None


class FlowForm(LiveForm):
    """How customers go on: as the live values, and for how long and whose way is followed."""

    field_order = ("window", "followed", "segment", "account", "span")

    window = forms.ChoiceField(label=_("Followed for"), required=False)
    followed = forms.ChoiceField(label=_("Whose way"), required=False, choices=Followed)

    def __init__(self, data: Any, *, organization: Organization) -> None:
        super().__init__(data, organization=organization)
        del self.fields["metric"]
        windows = [
            (
                str(days),
                ngettext("%(number)s day", "%(number)s days", days) % {"number": reader().number(days)},
            )
            for days in WINDOWS
        ]
        self.fields["window"].choices = windows  # type: ignore[attr-defined]
        spans = [("", _("Last 12 months")), *Span.choices]
        self.fields["span"].choices = spans  # type: ignore[attr-defined]
        known = {"window": str(WINDOW_DAYS), "followed": Followed.PEOPLE.value}
        if self.data.get("window") not in dict(windows):
            self.data = {**self.data, "window": known["window"]}
        if self.data.get("followed") not in Followed.values:
            self.data = {**self.data, "followed": known["followed"]}

    def flow_cut(self) -> FlowCut:
        """At most one query."""
        live = self.cut()
        clock = self.organization.clock
        return FlowCut(
            window=int(self.data["window"]),
            followed=Followed(self.data["followed"]),
            segment=live.segment,
            account=live.account,
            start=None if live.start is None else clock.start_of(live.start),
            end=None if live.end is None else clock.start_of(live.end),
        )


class SheetForm(StyledForm):
    format = forms.ChoiceField(label=_("File"), choices=SheetFormat, initial=SheetFormat.PDF)
    size = forms.ChoiceField(label=_("Paper"), choices=SheetSize, initial=SheetSize.A3)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
