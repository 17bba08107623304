"""Files on their way in: send, choose the columns, read the report, import."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from common.downloads import Download
from common.editing import NEW
from common.errors import DomainError, InvalidValues
from common.jobs import enqueue
from common.listing import show_page
from common.registry import uses_of
from customer_voice import exports, services
from customer_voice.access import import_for, imports_for
from customer_voice.choices import ImportStage
from customer_voice.errors import NothingToUndo, UndoChanged
from customer_voice.forms import MOST_LISTED, LayoutForm, MappingForm, StartForm, UploadForm
from customer_voice.import_report import import_report
from customer_voice.import_words import notes_on_file
from customer_voice.models import ImportBatch
from customer_voice.standard_metrics import STANDARD_METRICS
from customer_voice.tables import STAGE_TONES, ImportTable, RowErrorTable
from customer_voice.views.metrics import csv_response
from tabular.opening import FileFacts


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def import_list(request: MemberRequest) -> HttpResponse:
    table = ImportTable(imports_for(request.member), organization_slug=request.organization.slug)
    show_page(request, table)
    return render(request, "customer_voice/import_list.html", {"table": table})


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
@made_once
def import_new(request: MemberRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            batch = services.create_import(
                organization=request.organization,
                by=request.member,
                filename=values["file"].name,
                **values,
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:import_map", request.organization.slug, batch.pk)
    context = {"form": form}
    return render(request, "customer_voice/import_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
def import_map(request: MemberRequest, pk: int) -> HttpResponse:
    batch = import_for(request.member, pk)
    if batch.stage in {ImportStage.IMPORTED, ImportStage.UNDOING, ImportStage.UNDONE}:
        return redirect("customer_voice:import_detail", request.organization.slug, batch.pk)
    uses_presets = request.GET.get("preset") != "no"
    facts, initial = services.import_proposal(batch, uses_presets=uses_presets)
    chooses_layout = "layout" in request.POST
    layout_form = LayoutForm(request.POST if chooses_layout else None, facts=facts)
    if chooses_layout and layout_form.is_valid():
        try:
            services.choose_layout(batch=batch, layout=layout_form.layout())
        except DomainError as error:
            fields = {name: text for name, text in error.fields.items() if name in layout_form.fields}
            layout_form.absorb(fields or {"header_row": error.message}, error.message)
        else:
            return redirect("customer_voice:import_map", request.organization.slug, batch.pk)
    sent = None if chooses_layout else request.POST or None
    form, is_complete = _mapping_form(request, batch, facts, initial, sent)
    if is_complete:
        try:
            services.map_import(batch=batch, by=request.member, **form.arguments())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return _enqueued(request, batch)
    preset = services.preset_used(batch, facts)
    context = {
        "form": form,
        "layout_form": layout_form,
        "batch": batch,
        "facts": facts,
        "shown": MOST_LISTED,
        "notes": notes_on_file(facts),
        "preset": preset,
        "figures": STANDARD_METRICS[preset.metric]["name"] if preset and preset.metric else "",
        "lacks_metric": bool(preset and preset.metric and not initial.get("metric")),
        "uses_presets": uses_presets,
        "asks": sent is not None and not is_complete and not form.errors,
    }
    status = 200 if not sent and not layout_form.errors else 422
    return render(request, "customer_voice/import_map.html", context, status=status)


def _mapping_form(
    request: MemberRequest, batch: ImportBatch, facts: FileFacts, initial: dict[str, Any], sent: Any
) -> tuple[MappingForm, bool]:
    """The form with everything that the file makes us ask; whether it says all that is needed."""
    shown: dict[str, Any] = {
        "organization": request.organization,
        "header": facts.header,
        "initial": initial,
        "labels": facts.labels,
    }
    if sent is None:
        return MappingForm(None, **shown, asked=services.asked_at_first(batch, initial)), False
    asked = services.asked_at_first(batch, initial)
    form = MappingForm(sent, **shown, asked=asked)
    if not form.is_valid():
        return form, False
    asked = services.asked_about(batch, **form.asked_arguments())
    is_complete = not form.asks_more(asked)
    form = MappingForm(sent, **shown, asked=asked)
    return form, form.is_valid() and is_complete


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    batch = import_for(request.member, pk)
    if batch.stage == ImportStage.MAPPING:
        return redirect("customer_voice:import_map", request.organization.slug, batch.pk)
    context: dict[str, Any] = {"batch": batch, "stage": batch.stage, "tone": STAGE_TONES[batch.stage]}
    if request.htmx:  # the progress bar asks again
        if batch.is_finished:
            response = HttpResponse(status=200)
            response["HX-Refresh"] = "true"
            return response
        return render(request, "customer_voice/import_detail.html#job", context)
    table = RowErrorTable(batch.row_errors.all())
    show_page(request, table)
    named = batch.row_errors.values("row_number").distinct().count() if batch.rows_rejected else 0
    context |= {"table": table, "report": import_report(batch), "named": named}
    context["uses"] = uses_of(request.member, batch)
    return render(request, "customer_voice/import_detail.html", context)


@require_POST
@member_view(Action.IMPORT_FEEDBACK)
def import_start(request: MemberRequest, pk: int) -> HttpResponse:
    batch = import_for(request.member, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        raise InvalidValues(_("Choose one of the answers."))
    confirmed = form.cleaned_data
    services.start_import(
        batch=batch,
        skips_bad_rows=confirmed["skip"],
        replaces_known=confirmed["replace"],
        asks_about_tickets=confirmed["ask"],
    )
    return _enqueued(request, batch)


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
def import_discard(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks and names what goes, POST does it."""
    batch = import_for(request.member, pk)
    if request.method != "POST":
        return render(request, "customer_voice/import_discard.html", {"batch": batch})
    services.discard_import(batch=batch, by=request.member)
    messages.success(request, _("%(file)s is discarded.") % {"file": batch.filename})
    return redirect("customer_voice:import_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
def import_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """GET says what goes and what comes back, POST does it."""
    batch = import_for(request.member, pk)
    if batch.stage != ImportStage.IMPORTED:
        return redirect("customer_voice:import_detail", request.organization.slug, batch.pk)
    refusal = ""
    if request.method == "POST":
        try:
            services.undo_import(batch=batch, by=request.member, seen=request.POST.get("seen", ""))
        except (NothingToUndo, UndoChanged) as error:
            refusal = str(error.message)
        else:
            return _enqueued(request, batch)
    undo = services.undo_preview(batch)
    context = {
        "batch": batch,
        "undo": undo,
        "refusal": refusal,
        "reason": "" if undo.does_something else services.nothing_text(undo),
    }
    return render(request, "customer_voice/import_undo.html", context, status=409 if refusal else 200)


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def import_errors(request: MemberRequest, pk: int, ending: str) -> HttpResponseBase:
    batch = import_for(request.member, pk)
    table = exports.errors_download(batch, about=about_file(request, batch.filename))
    return give_out(request, table, ending, verb="import.errors_exported", subject=batch)


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def import_bad_rows(request: MemberRequest, pk: int, ending: str) -> HttpResponseBase:
    batch = import_for(request.member, pk)
    header, *rows = services.bad_rows_of(batch)
    name = f"import-{batch.pk}-rows-to-correct"
    table = Download(name=name, header=header, rows=lambda: rows, count=lambda: len(rows))
    return give_out(request, table, ending, verb="import.errors_exported", subject=batch)


@require_GET
@member_view(Action.VIEW)
def import_sample(request: MemberRequest) -> HttpResponse:
    return csv_response(exports.sample_csv(), "feedback-sample.csv")


def _enqueued(request: MemberRequest, batch: ImportBatch) -> HttpResponse:
    enqueue(batch)
    return redirect("customer_voice:import_detail", request.organization.slug, batch.pk)
