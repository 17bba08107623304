"""Screens of findings and their value."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition.models import Initiative
from common.errors import DomainError
from common.jobs import enqueue
from impact import charts, selectors, services
from impact.access import case_for, initiative_for, study_of
from impact.choices import ValueKind
from impact.forms import ReviewForm, StudyForm, ValueForms


@require_GET
@member_view(Action.VIEW)
def portfolio(request: MemberRequest) -> HttpResponse:
    page = selectors.portfolio(request.organization)
    return render(request, "impact/portfolio.html", {"page": page, "charts": charts.of_portfolio(page)})


@require_GET
@member_view(Action.VIEW)
def driver_analysis(request: MemberRequest) -> HttpResponse:
    """The last analysis; htmx asks for the progress of one that is under way."""
    page = selectors.driver_page(request.organization, outcome_key=request.GET.get("outcome", ""))
    if request.htmx:
        if page.running is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "impact/driver_analysis.html#progress", {"page": page})
    return render(request, "impact/driver_analysis.html", {"page": page, "charts": charts.of_drivers(page)})


@require_POST
@member_view(Action.RUN_STUDY)
def driver_request(request: MemberRequest) -> HttpResponse:
    with transaction.atomic():
        run = services.request_drivers(by=request.member, outcome=request.POST.get("outcome", ""))
        if not run.is_finished:
            enqueue(run)
    target = reverse("impact:driver_analysis", args=[request.organization.slug])
    return redirect(f"{target}?{urlencode({'outcome': run.outcome})}" if run.outcome else target)


@require_GET
@member_view(Action.VIEW)
def initiative_impact(request: MemberRequest, number: int) -> HttpResponse:
    return _impact(request, initiative_for(request.member, number, Action.VIEW))


@require_GET
@member_view(Action.VIEW)
def study_detail(request: MemberRequest, number: int, study: int) -> HttpResponse:
    """The same page with an earlier study."""
    initiative = initiative_for(request.member, number, Action.VIEW)
    return _impact(request, initiative, study=study_of(request.member, initiative, study).number)


@require_POST
@member_view(Action.RUN_STUDY)
def study_request(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RUN_STUDY)
    form = StudyForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                study = services.request_study(initiative=initiative, by=request.member, **form.cleaned_data)
                enqueue(study)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("impact:initiative_impact", request.organization.slug, number)
    return _impact(request, initiative, form=form, status=422)


@require_GET
@member_view(Action.VIEW)
def study_progress(request: MemberRequest, number: int) -> HttpResponse:
    """The progress of the running study; tells the page to reload when it is over."""
    initiative = initiative_for(request.member, number, Action.VIEW)
    study = selectors.studies_of(initiative).first()
    if study is None:
        raise Http404
    if not request.htmx:
        return redirect("impact:initiative_impact", request.organization.slug, number)
    if study.is_finished:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(
        request, "impact/initiative_impact.html#progress", {"running": study, "initiative": initiative}
    )


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_VALUE)
def value_edit(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.EDIT_VALUE)
    model = selectors.value_model_of(initiative)
    wanted = request.POST.get("kind") or request.GET.get("kind") or (model.kind if model else "")
    kind = wanted if wanted in ValueKind.values else ""
    rate = request.organization.discount_rate_pct
    forms = ValueForms(request.POST or None, kind=kind, model=model, rate_pct=rate) if kind else None
    if request.method == "POST" and forms is not None and forms.is_valid():
        try:
            services.save_value_model(initiative=initiative, by=request.member, **forms.values())
        except DomainError as error:
            forms.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. Compute the value to see the result."))
            return redirect("impact:initiative_impact", request.organization.slug, number)
    context = {"initiative": initiative, "kinds": ValueKind.choices, "kind": kind, "forms": forms}
    return render(request, "impact/value_edit.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@member_view(Action.EDIT_VALUE)
def case_compute(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.EDIT_VALUE)
    study = selectors.latest_finished_study(initiative)
    if study is None:
        raise Http404
    case = services.compute_roi_case(study=study, by=request.member)
    said = _("Value %(number)s is computed.")
    if case.has_returned:
        said = _("These inputs gave value %(number)s before: it counts again, with its review.")
    messages.success(request, said % {"number": case.number})
    return redirect("impact:initiative_impact", request.organization.slug, number)


@require_POST
@member_view(Action.SIGN_OFF_VALUE)
def case_review(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    case = case_for(request.member, pk, Action.SIGN_OFF_VALUE)
    initiative = initiative_for(request.member, number, Action.SIGN_OFF_VALUE)
    if case.study.initiative_id != initiative.pk:
        raise Http404
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            services.review(case=case, by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Your review is recorded."))
            return redirect("impact:initiative_impact", request.organization.slug, number)
    return _impact(request, initiative, review=form, status=422)


def _impact(
    request: MemberRequest,
    initiative: Initiative,
    *,
    study: int | None = None,
    form: StudyForm | None = None,
    review: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = request.organization.clock.today()
    page = selectors.impact_page(initiative, today=today, number=study)
    context: dict[str, Any] = {
        "page": page,
        "initiative": initiative,
        "running": page.running,
        "charts": charts.of_impact(page),
        "form": form or StudyForm(initial={"data_cutoff": page.default_cutoff}),
        "review": review or ReviewForm(),
    }
    return render(request, "impact/initiative_impact.html", context, status=status)
