"""Metrics: what changed, one metric over time, and its definition."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers, refuse_unreadable_filters
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from accounts.models import Organization
from accounts.reading import written_for
from common.errors import DomainError
from common.registry import uses_of
from customer_voice import calendar_pages, exports, pages, selectors, services
from customer_voice.access import accounts_for, metric_for, metrics_for
from customer_voice.choices import MetricKind
from customer_voice.forms import DefinitionForm, SeriesForm, StandardMetricsForm, TargetForm
from customer_voice.models import MetricDefinition
from customer_voice.standard_metrics import STANDARD_METRICS
from wording.joining import listed


@require_GET
@member_view(Action.VIEW)
def metric_list(request: MemberRequest) -> HttpResponse:
    context = {"page": pages.overview_page(request.organization)}
    return render(request, "customer_voice/metric_list.html", context)


@require_GET
@member_view(Action.VIEW)
def metric_detail(request: MemberRequest, key: str) -> HttpResponse:
    metric, every = _metric(request, key)
    form = _series_form(request, metric, every)
    shows_all = request.GET.get("places") == "all"
    page = pages.metric_page(request.organization, metric, every=every, shows_all=shows_all, **form.chosen())
    versions = sorted(selectors.series_choices(every), key=lambda one: -one.series)
    read_as_one = selectors.series_versions(metric, every=every)
    levels = calendar_pages.levels_page(request.organization, page.series, versions=read_as_one)
    context = {"page": page, "metric": metric, "form": form, "versions": versions, "levels": levels}
    tables = [(_("Points with interval and n"), [metric.key])]
    filters = [*form.fields, "version"]
    context["downloads"] = offers(request, "customer_voice:metric_file", tables, filters=filters)
    context["uses"] = uses_of(request.member, metric)
    return render(request, "customer_voice/metric_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
def metric_target(request: MemberRequest, key: str) -> HttpResponse:
    """Targets are labels: no new version, and no figure changes."""
    metric = metric_for(request.member, key, action=Action.EDIT_METRICS)
    unit = selectors.typed_unit(metric)
    form = TargetForm(
        request.POST or None,
        organization=request.organization,
        metric=metric,
        initial={"touchpoint": request.GET.get("touchpoint", "")},
        targets=pages.typed_targets(request.organization, metric, unit),
        edits=edits_of(metric, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["value"]
        try:
            services.set_target(
                by=request.member,
                metric=metric,
                touchpoint=form.cleaned_data["touchpoint"],
                value=None if typed is None else float(typed) * unit,
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            text = _("The target is set.") if typed is not None else _("The target is removed.")
            messages.success(request, text)
            return redirect("customer_voice:metric_detail", request.organization.slug, metric.key)
    targets = pages.target_lines(request.organization, metric)
    context = {"form": form, "metric": metric, "targets": targets}
    status = 422 if form.errors else 200
    return render(request, "customer_voice/metric_target.html", context, status=status)


@require_GET
@member_view(Action.VIEW)
def metric_file(request: MemberRequest, key: str, ending: str) -> HttpResponseBase:
    metric, every = _metric(request, key)
    form = _series_form(request, metric, every)
    chosen = form.chosen()
    refuse_unreadable_filters(form)
    versions = selectors.series_versions(metric, every=every)
    series = selectors.metric_series(request.organization, metric, versions=versions, **chosen)
    table = exports.series_download(series, about=about_file(request, selectors.named(metric), form))
    period = series.period.value
    filters = [*form.fields, "version"]
    return give_out(
        request, table, ending, verb="metric.exported", subject=metric, filters=filters, period=period
    )


@require_GET
@member_view(Action.VIEW)
def definition_list(request: MemberRequest) -> HttpResponse:
    metrics = list(metrics_for(request.member))
    shown = sorted(
        selectors.series_choices(metrics), key=lambda one: (one.is_retired, one.name, -one.version)
    )
    lines = pages.earlier_lines(request.organization, shown, every=metrics)
    earlier = {line.metric.pk: line for line in lines}
    rows = [(metric, selectors.definition_text(metric), earlier.get(metric.pk)) for metric in shown]
    form = StandardMetricsForm(None, choices=_missing_standard(request.organization, metrics))
    return render(request, "customer_voice/definition_list.html", {"rows": rows, "form": form})


@require_POST
@member_view(Action.EDIT_METRICS)
def definition_standard(request: MemberRequest) -> HttpResponse:
    form = StandardMetricsForm(
        request.POST, choices=_missing_standard(request.organization, metrics_for(request.member))
    )
    if form.is_valid():
        added = services.create_standard_metrics(
            request.organization, form.cleaned_data["keys"], by=request.member
        )
        messages.success(request, _("Added: %(names)s.") % {"names": listed(map(str, added))})
    else:
        messages.error(request, _("Choose at least one metric."))
    return redirect("customer_voice:definition_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
@made_once
def definition_new(request: MemberRequest) -> HttpResponse:
    return _definition(request, None)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_METRICS)
def definition_edit(request: MemberRequest, key: str) -> HttpResponse:
    return _definition(request, metric_for(request.member, key, action=Action.EDIT_METRICS))


@require_POST
@member_view(Action.EDIT_METRICS)
def definition_retire(request: MemberRequest, key: str) -> HttpResponse:
    """What is sent says which way it goes: a second click takes nothing back."""
    metric = metric_for(request.member, key, action=Action.EDIT_METRICS)
    services.retire_metric(by=request.member, metric=metric, is_retired=request.POST.get("to") != "use")
    text = _("%(metric)s is retired.") if metric.is_retired else _("%(metric)s is in use again.")
    messages.success(request, text % {"metric": metric})
    return redirect("customer_voice:definition_list", request.organization.slug)


def _definition(request: MemberRequest, metric: MetricDefinition | None) -> HttpResponse:
    fresh = {
        "kind": MetricKind.CUSTOM,
        "rule": "top_box",
        "scale_low": 1,
        "scale_high": 5,
        "scale_step": 1,
        "per": 1,
    }
    initial = services.definition_of(metric) if metric else fresh
    form = DefinitionForm(
        request.POST or None,
        initial=initial,
        has_answers=bool(metric and metric.data_until),
        calendars=selectors.calendar_choices(request.organization),
        edits=edits_of(metric, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.define_metric(
                by=request.member, values=form.values(), metric=metric, **form.what_changed()
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("%(metric)s is defined.") % {"metric": selectors.named(saved)})
            return redirect("customer_voice:definition_list", request.organization.slug)
    context = {"form": form, "metric": metric}
    status = 422 if form.errors else 200
    return render(request, "customer_voice/definition_edit.html", context, status=status)


def _metric(request: MemberRequest, key: str) -> tuple[MetricDefinition, list[MetricDefinition]]:
    """The version that stands for the series asked for, and every version of the metric. One query."""
    every = list(metrics_for(request.member).filter(key=key))
    version = _version(request)
    asked = [one for one in every if version in (None, one.version)]
    if not asked:
        raise Http404
    metric = selectors.current_version(asked)
    return selectors.current_version(selectors.series_versions(metric, every=every)), every


def _series_form(
    request: MemberRequest, metric: MetricDefinition, every: list[MetricDefinition]
) -> SeriesForm:
    versions = selectors.series_versions(metric, every=every)
    segments = selectors.segments_of(request.organization, metric, versions=versions)
    channels = selectors.channels_of(request.organization, metric, versions=versions)
    reference = request.GET.get("account", "")
    account = accounts_for(request.member).filter(external_reference=reference).first() if reference else None
    return SeriesForm(
        request.GET,
        organization=request.organization,
        segments=segments,
        channels=channels,
        account=account,
    )


def _version(request: MemberRequest) -> int | None:
    text = request.GET.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _missing_standard(
    organization: Organization, metrics: Iterable[MetricDefinition]
) -> list[tuple[str, str]]:
    """Key and name of each that can be added; the name as it will be kept, in the organization's language."""
    known = {metric.key for metric in metrics}
    with written_for(organization):
        return [(key, str(values["name"])) for key, values in STANDARD_METRICS.items() if key not in known]


def csv_response(text: str, filename: str) -> HttpResponse:
    """A download; the byte order mark makes spreadsheets read UTF-8."""
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
