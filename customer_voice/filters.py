"""What feedback can be narrowed to; the same on the screen and in the API."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrganizationModel
from common.filtering import MOST_WORDS, TOO_MANY_WORDS, IdFilter, YesNoFilter, ensure_few_words, holding
from common.forms import DateInput, StyledForm
from customer_voice.choices import Consent, CustomerState, Span
from customer_voice.models import (
    AccountTag,
    Channel,
    Contact,
    CustomerAccount,
    CustomerSurvey,
    Feedback,
    ImportBatch,
    MetricDefinition,
    Submission,
)
from customer_voice.selectors import by_series, current_version, named, span_today
from customer_voice.selectors.customers import account_segments, tags_of
from journeys.models import Touchpoint


def _accounts(organization: Organization, said: str) -> QuerySet[CustomerAccount]:
    known = CustomerAccount.objects.filter(organization=organization)
    return known.filter(Q(external_reference__iexact=said) | Q(name__iexact=said))


def _ensure_account(organization: Organization, said: str) -> None:
    """A name that is misspelled would look like a customer who never said anything."""
    if not _accounts(organization, said).exists():
        message = _("There is no customer account with this reference or name.")
        raise forms.ValidationError(message, code="unknown")


def _ensure_channel(organization: Organization, said: str) -> None:
    if not Channel.objects.filter(organization=organization, name=said).exists():
        raise forms.ValidationError(_("There is no channel of this name."), code="unknown")


def _ensure_row(model: type[OrganizationModel], organization: Organization, said: int) -> None:
    """The number of a row that is gone, or of another organization, would look like one without answers."""
    if not model._default_manager.filter(organization=organization, pk=said).exists():
        raise forms.ValidationError(NOT_THERE[model], code="unknown")


NOT_THERE: dict[type[OrganizationModel], Any] = {
    Contact: _("There is no contact of this number."),
    ImportBatch: _("There is no import of this number."),
    CustomerSurvey: _("There is no survey of this number."),
}
LEAVE_NOTHING = {"unknown", TOO_MANY_WORDS}


class NamedFilterSet(django_filters.FilterSet):
    """A list that can be narrowed to something by its name or number: one that is not there leaves nothing,
    as a search of too many words does, while what cannot be read at all narrows nothing."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        found = {one.code for wrong in self.form.errors.as_data().values() for one in wrong}
        return rows.none() if found & LEAVE_NOTHING else rows


class FeedbackFilter(NamedFilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    words = YesNoFilter(label=_("Only with a comment"), method="with_words")
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
    span = django_filters.ChoiceFilter(
        label=_("Time"), choices=Span, method="within", empty_label=_("As the dates say")
    )
    start = django_filters.DateFilter(label=_("From"), method="since", widget=DateInput())
    end = django_filters.DateFilter(label=_("Up to, not including"), method="until", widget=DateInput())
    account = django_filters.CharFilter(label=_("Customer account"), method="of_account")
    contact = IdFilter(label=_("Contact"), field_name="contact_id")
    batch = IdFilter(label=_("Import"), field_name="batch_id")
    survey = IdFilter(label=_("Survey"), field_name="submission__reply__survey")

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
        self.filters["touchpoint"].queryset = Touchpoint.objects.of(organization).standing()
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].validators.append(ensure_few_words)
        self.form.fields["account"].validators.append(partial(_ensure_account, organization))
        self.form.fields["channel"].validators.append(partial(_ensure_channel, organization))
        for name, model in (("contact", Contact), ("batch", ImportBatch), ("survey", CustomerSurvey)):
            self.form.fields[name].validators.append(partial(_ensure_row, model, organization))
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
        for word in value.split()[:MOST_WORDS]:
            rows = rows.filter(
                Q(text__icontains=word)
                | Q(contact__in=contacts.filter(external_reference__iexact=word).values("pk"))
                | Q(submission__in=submissions.filter(external_id__iexact=word).values("pk"))
            )
        return rows

    def of_account(self, rows: QuerySet[Feedback], name: str, value: str) -> QuerySet[Feedback]:
        """By reference or name: an answer stands under the account of its day."""
        return rows.filter(account__in=_accounts(self.organization, value).values("pk"))

    def with_words(self, rows: QuerySet[Feedback], name: str, value: bool) -> QuerySet[Feedback]:
        return rows.exclude(text="") if value else rows

    def within(self, rows: QuerySet[Feedback], name: str, value: str) -> QuerySet[Feedback]:
        start, end = span_today(self.organization, Span(value))
        return self.until(self.since(rows, "start", start), "end", end)

    def since(self, rows: QuerySet[Feedback], name: str, value: date) -> QuerySet[Feedback]:
        return rows.filter(occurred_at__gte=self.clock.start_of(value))

    def until(self, rows: QuerySet[Feedback], name: str, value: date) -> QuerySet[Feedback]:
        return rows.filter(occurred_at__lt=self.clock.start_of(value))


class FeedbackQuery(FeedbackFilter):
    """The same for programs, which know a metric by its key: all its versions are meant. The number of a
    definition, as pages name it, stands for its series."""

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Feedback], organization: Organization) -> None:
        versions = MetricDefinition.objects.of(organization).filter(key=data.get("metric", ""))
        newest = versions.order_by("version").last()
        self.is_by_key = newest is not None
        if newest is not None:
            data = data.copy()
            data["metric"] = str(newest.pk)
        super().__init__(data, queryset=queryset, organization=organization)

    def of_series(self, rows: QuerySet[Feedback], name: str, value: MetricDefinition) -> QuerySet[Feedback]:
        if not self.is_by_key:
            return super().of_series(rows, name, value)
        versions = MetricDefinition.objects.filter(organization=value.organization_id, key=value.key)
        return rows.filter(metric__in=versions.values("pk"))


class AccountFilter(NamedFilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    segment = django_filters.CharFilter(label=_("Segment"), field_name="segment", widget=forms.Select())
    tag = django_filters.CharFilter(label=_("Tag"), method="tagged", widget=forms.Select())
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=CustomerState, empty_label=_("All"), method="in_state"
    )
    external_reference = django_filters.CharFilter(label=_("Reference"), field_name="external_reference")

    class Meta:
        model = CustomerAccount
        form = StyledForm
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[CustomerAccount], organization: Organization) -> None:
        super().__init__(data, queryset=queryset)
        self.organization = organization
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].validators.append(ensure_few_words)
        # asked for when the form is drawn, which the API never does
        self.form.fields["segment"].widget.choices = CallableChoiceIterator(
            lambda: [("", _("All")), *((one, one) for one in account_segments(organization))]
        )
        self.form.fields["tag"].widget.choices = CallableChoiceIterator(
            lambda: [("", _("All")), *((one, one) for one in tags_of(organization))]
        )

    def search(self, rows: QuerySet[CustomerAccount], name: str, value: str) -> QuerySet[CustomerAccount]:
        return holding(rows, value.split()[:MOST_WORDS], "name", "external_reference")

    def tagged(self, rows: QuerySet[CustomerAccount], name: str, value: str) -> QuerySet[CustomerAccount]:
        tags = AccountTag.objects.filter(organization=self.organization, name=value)
        return rows.filter(pk__in=tags.values("account"))

    def in_state(self, rows: QuerySet[CustomerAccount], name: str, value: str) -> QuerySet[CustomerAccount]:
        if value == CustomerState.ARCHIVED:
            return rows.exclude(archived_at=None)
        has_left = Q(left_on__lte=self.organization.clock.today())
        rows = rows.filter(archived_at=None)
        return rows.filter(has_left) if value == CustomerState.LEFT else rows.exclude(has_left)


class ContactFilter(NamedFilterSet):
    q = django_filters.CharFilter(label=_("Search"), method="search")
    account = django_filters.CharFilter(label=_("Customer account"), method="of_account")
    consent = django_filters.ChoiceFilter(
        label=_("Consent to be asked"), choices=Consent, empty_label=_("All"), field_name="consent"
    )
    archived = YesNoFilter(label=_("Archived"), method="put_away")
    external_reference = django_filters.CharFilter(label=_("Reference"), field_name="external_reference")

    class Meta:
        model = Contact
        form = StyledForm
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Contact], organization: Organization) -> None:
        super().__init__(data, queryset=queryset)
        self.organization = organization
        self.form.fields["q"].widget.input_type = "search"
        self.form.fields["q"].validators.append(ensure_few_words)
        self.form.fields["account"].validators.append(partial(_ensure_account, organization))

    def search(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return holding(rows, value.split()[:MOST_WORDS], "name", "email", "external_reference")

    def of_account(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return rows.filter(account__in=_accounts(self.organization, value).values("pk"))

    def put_away(self, rows: QuerySet[Contact], name: str, value: bool) -> QuerySet[Contact]:
        return rows.exclude(archived_at=None) if value else rows.filter(archived_at=None)
