"""Screens of what goes with a customer's score later."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from common.jobs import enqueue
from common.registry import uses_of
from impact import charts, selectors, services
from impact.access import association_file_for, association_for
from impact.errors import HistoriesRefused
from impact.forms import AssociationFileForm, AssociationForm


@require_GET
@member_view(Action.VIEW)
def association_list(request: MemberRequest) -> HttpResponse:
    return _list(request)


def _list(
    request: MemberRequest,
    *,
    form: AssociationForm | None = None,
    file: AssociationFileForm | None = None,
    wrong: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    metrics = selectors.counted_metrics(request.organization)
    context = {
        "page": selectors.association_list(request.organization),
        "metrics": metrics,
        "form": form or AssociationForm(metrics=metrics, edits=NEW),
        "file": file or AssociationFileForm(metrics=metrics, today=request.organization.clock.today()),
        "wrong": wrong,
    }
    return render(request, "impact/association_list.html", context, status=status)


@require_POST
@member_view(Action.RUN_STUDY)
@made_once
def association_request(request: MemberRequest) -> HttpResponse:
    metrics = selectors.counted_metrics(request.organization)
    form = AssociationForm(request.POST, metrics=metrics, edits=NEW)
    if form.is_valid():
        try:
            with transaction.atomic():
                run = services.request_association(by=request.member, metric=form.cleaned_data["metric"])
                enqueue(run)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("impact:association_detail", request.organization.slug, run.number)
    return _list(request, form=form, status=422)


@require_POST
@member_view(Action.RUN_STUDY)
def association_upload(request: MemberRequest) -> HttpResponse:
    """A table: it is checked, and the next page says what is in it."""
    metrics = selectors.counted_metrics(request.organization)
    form = AssociationFileForm(
        request.POST, request.FILES, metrics=metrics, today=request.organization.clock.today()
    )
    wrong: tuple[str, ...] = ()
    if form.is_valid():
        said: dict[str, Any] = dict(form.cleaned_data)
        try:
            kept = services.keep_association_file(by=request.member, filename=said["file"].name, **said)
        except HistoriesRefused as error:
            wrong = tuple(str(text) for text in error.fields.values())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("impact:association_file", request.organization.slug, kept.pk)
    return _list(request, file=form, wrong=wrong, status=422)


@require_GET
@member_view(Action.RUN_STUDY)
def association_file(request: MemberRequest, pk: int) -> HttpResponse:
    kept = association_file_for(request.member, pk)
    return render(
        request, "impact/association_file.html", {"page": selectors.association_file_view(kept), "kept": kept}
    )


@require_POST
@member_view(Action.RUN_STUDY)
def association_file_run(request: MemberRequest, pk: int) -> HttpResponse:
    kept = association_file_for(request.member, pk)
    try:
        with transaction.atomic():
            run = services.request_association_of_file(by=request.member, file=kept)
            enqueue(run)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("impact:association_file", request.organization.slug, pk)
    return redirect("impact:association_detail", request.organization.slug, run.number)


@require_POST
@member_view(Action.RUN_STUDY)
def association_file_discard(request: MemberRequest, pk: int) -> HttpResponse:
    services.discard_association_file(by=request.member, file=association_file_for(request.member, pk))
    messages.success(request, _("The file is discarded."))
    return redirect("impact:association_list", request.organization.slug)


@require_GET
@member_view(Action.VIEW)
def association_detail(request: MemberRequest, number: int) -> HttpResponse:
    """What was found; htmx asks for the progress of one that is under way."""
    run = association_for(request.member, number)
    if request.htmx:
        if run.is_finished:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "impact/association.html#progress", {"run": run})
    page = selectors.association_page(run)
    context = {
        "run": run,
        "page": page,
        "chart": charts.of_association(page),
        "uses": uses_of(request.member, run),
    }
    return render(request, "impact/association.html", context)
