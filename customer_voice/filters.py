"""What feedback can be narrowed to; the same on the screen and in the API."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.forms import DateInput, StyledForm
from customer_voice.models import Contact, Feedback, MetricDefinition, Submission
from customer_voice.selectors import by_series, current_version, named
from journeys.models import Touchpoint


class FeedbackFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    words = django_filters.BooleanFilter(
        label=_("Only with a comment"), method="with_words", widget=forms.CheckboxInput()
    )
    metric = django_filters.ModelChoiceFilter(
        label=_("Metric"), queryset=MetricDefinition.objects.none(), empty_label=_("Any"), method="of_series"
    )
    touchpoint = django_filters.ModelChoiceFilter(
        label=_("Touchpoint"),
        queryset=Touchpoint.objects.none(),
        to_field_name="key",
        empty_label=_("Any"),
    )
    segment = django_filters.CharFilter(label=_("Segment"), field_name="segment")
    channel = django_filters.CharFilter(label=_("Channel"), field_name="channel__name")
    score_from = django_filters.NumberFilter(label=_("Score from"), field_name="score", lookup_expr="gte")
    score_to = django_filters.NumberFilter(label=_("Score to"), field_name="score", lookup_expr="lte")
    start = django_filters.DateFilter(label=_("From"), method="since", widget=DateInput())
    end = django_filters.DateFilter(label=_("Up to, not including"), method="until", widget=DateInput())
    batch = django_filters.NumberFilter(label=_("Import"), field_name="batch_id")
    survey = django_filters.NumberFilter(label=_("Survey"), field_name="submission__reply__survey")

    class Meta:
        model = Feedback
        form = StyledForm
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Feedback], organization: Organization) -> None:
        super().__init__(data, queryset=queryset)
        self.organization = organization
        self.clock = organization.clock
        metrics = MetricDefinition.objects.of(organization)
        self.filters["metric"].queryset = metrics
        self.filters["touchpoint"].queryset = Touchpoint.objects.of(organization)
        self.form.fields["q"].widget.input_type = "search"
        # asked for when the form is drawn, which the API never does
        self.form.fields["metric"].widget.choices = CallableChoiceIterator(lambda: self._series(metrics))

    def _series(self, metrics: Iterable[MetricDefinition]) -> list[tuple[object, object]]:
        """Each series once; the version that a link names stands for its series."""
        asked = self.data.get("metric", "") if self.data else ""
        found: list[tuple[object, object]] = [("", _("Any"))]
        for versions in by_series(metrics).values():
            named_one = next((one for one in versions if str(one.pk) == asked), None)
            found.append(((named_one or current_version(versions)).pk, named(versions[0])))
        return found

    def of_series(self, rows: QuerySet[Feedback], name: str, value: MetricDefinition) -> QuerySet[Feedback]:
        together = MetricDefinition.objects.filter(
            organization=value.organization_id, key=value.key, series=value.series
        )
        return rows.filter(metric__in=together.values("pk"))

    def search(self, rows: QuerySet[Feedback], name: str, value: str) -> QuerySet[Feedback]:
        # as subqueries: each is answered once, whereas a join would be made for every answer
        contacts = Contact.objects.filter(organization=self.organization)
        submissions = Submission.objects.filter(organization=self.organization)
        for word in value.split()[:8]:
            rows = rows.filter(
                Q(text__icontains=word)
                | Q(contact__in=contacts.filter(external_reference__iexact=word).values("pk"))
                | Q(submission__in=submissions.filter(external_id__iexact=word).values("pk"))
            )
        return rows

    def with_words(self, rows: QuerySet[Feedback], name: str, value: bool) -> QuerySet[Feedback]:
        return rows.exclude(text="") if value else rows

    def since(self, rows: QuerySet[Feedback], name: str, value: date) -> QuerySet[Feedback]:
        return rows.filter(occurred_at__gte=self.clock.start_of(value))

    def until(self, rows: QuerySet[Feedback], name: str, value: date) -> QuerySet[Feedback]:
        return rows.filter(occurred_at__lt=self.clock.start_of(value))
