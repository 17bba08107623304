"""What the live values of a map can be narrowed to."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import StyledForm
from customer_voice.choices import Span
from customer_voice.models import CustomerAccount, MetricDefinition
from customer_voice.selectors import named, segments_heard, span_today
from journeys.maps.choices import SheetSize
from overview.selectors.maps import LiveCut


class LiveForm(StyledForm):
    """Values that cannot be read count as not given: the page then says what it shows by itself."""

    metric = forms.ChoiceField(label=_("Metric of the curve"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    account = forms.CharField(label=_("Customer account"), required=False)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=[("", _("Newest")), *Span.choices])

    def __init__(self, data: Any, *, organization: Organization) -> None:
        super().__init__(data.dict())
        self.organization = organization
        segments = [(one, one) for one in segments_heard(organization)]
        self.fields["segment"].choices = [("", _("All")), *segments]  # type: ignore[attr-defined]

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
        found = None
        if account:
            rows = CustomerAccount.objects.filter(organization=self.organization)
            found = rows.filter(Q(external_reference__iexact=account) | Q(name__iexact=account)).first()
        return LiveCut(
            metric=self.data.get("metric", ""),
            segment=segment if segment and segment in segments else None,
            account=found,
            start=start,
            end=end,
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("segment", "account", "span"))

    @property
    def account_is_unknown(self) -> bool:
        return bool(self.data.get("account")) and self.cut().account is None


class SheetForm(StyledForm):
    size = forms.ChoiceField(label=_("Paper"), choices=SheetSize, initial=SheetSize.A3)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
