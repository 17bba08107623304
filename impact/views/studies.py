"""Screens of findings and their value."""

from functools import partial
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
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from accounts.permissions import may
from coalition.models import Initiative
from coalition.selectors import overlap_map
from common.editing import NEW, SEEN
from common.errors import DomainError
from common.jobs import enqueue
from common.registry import uses_of
from employee_voice.access import require_all_functions, sees_all_functions
from impact import charts, selectors, services
from impact.access import case_for, initiative_for, study_of
from impact.choices import ValueKind
from impact.forms import AssociationChoices, ReviewForm, StudyForm, ValueForms
from impact.models import ValueModel


@require_GET
@member_view(Action.VIEW)
def portfolio(request: MemberRequest) -> HttpResponse:
    afterwards = request.GET.get("afterwards") == "1"
    program = selectors.program_figure(request.organization, with_look_backs=afterwards)
    page = selectors.portfolio(
        request.organization, with_look_backs=afterwards, beside_program=program is not None
    )
    context = {
        "page": page,
        "program": program,
        "counted": selectors.counted_texts(program.view) if program else {},
        "charts": charts.of_portfolio(page),
        "sees_all_functions": sees_all_functions(request.member),
    }
    return render(request, "impact/portfolio.html", context)


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


@require_GET
@member_view(Action.VIEW_EMPLOYEE_RESULTS)
def employee_link(request: MemberRequest) -> HttpResponse:
    """Functions' driver scores beside the customer scores of the touchpoints that they own."""
    require_all_functions(request.member)
    page = selectors.linkage_page(
        request.organization,
        metric_key=request.GET.get("metric", "")[:60],
        driver_key=request.GET.get("driver", "")[:60],
    )
    return render(request, "impact/employee_link.html", {"page": page, "chart": charts.of_linkage(page)})


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
@made_once
def study_request(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RUN_STUDY)
    form = StudyForm(request.POST, edits=NEW)
    if form.is_valid():
        try:
            with transaction.atomic():
                study = services.request_study(initiative=initiative, by=request.member, **form.cleaned_data)
                if not study.is_finished:
                    enqueue(study)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            if study.is_finished:
                messages.info(request, selectors.same_study_text(study))
            return redirect("impact:initiative_impact", request.organization.slug, number)
    return _impact(request, initiative, form=form, status=422)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def study_recompute(request: MemberRequest, number: int, study: int) -> HttpResponse:
    """The study from its stored inputs once more, beside what is stored; a link to it leads to the study."""
    initiative = initiative_for(request.member, number, Action.VIEW)
    stored = study_of(request.member, initiative, study)
    if request.method == "GET":
        return redirect("impact:study_detail", request.organization.slug, number, study)
    found = services.check_study(study=stored, by=request.member)
    view = selectors.recomputed_view(stored, outcome=found.outcome, finding=found.finding)
    return render(request, "impact/recomputation.html", {"initiative": initiative, "view": view})


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
    forms = _value_forms(request, initiative, model, kind) if kind else None
    if request.method == "POST" and forms is not None and forms.is_valid():
        try:
            seen = model or ValueModel(initiative=initiative)  # what the forms were compared with
            services.save_value_model(initiative=initiative, by=request.member, seen=seen, **forms.values())
        except DomainError as error:
            forms.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. Compute the value to see the result."))
            return redirect("impact:initiative_impact", request.organization.slug, number)
    context = {
        "initiative": initiative,
        "kinds": ValueKind.choices,
        "kind": kind,
        "forms": forms,
        "warning": selectors.warning_of_writing(initiative, request.member),
        "budget": selectors.budget_text(initiative),
        "is_new": model is None,
        "library_notices": selectors.library_notices(request.organization, model),
        "lines": model.lines.all() if model is not None else (),
    }
    return render(request, "impact/value_edit.html", context, status=422 if request.method == "POST" else 200)


def _value_forms(
    request: MemberRequest, initiative: Initiative, model: ValueModel | None, kind: str
) -> ValueForms:
    return ValueForms(
        request.POST or None,
        kind=kind,
        model=model,
        rate_pct=request.organization.discount_rate_pct,
        edits=edits_of(initiative, request.organization, verb="value_model.saved"),
        who_chose_kind=partial(selectors.who_chose_kind, initiative),
        planned_costs=selectors.planned_costs(initiative),
        associations=association_choices(request, initiative),
        library=selectors.library_choices(request.organization, model),
    )


def association_choices(request: MemberRequest, initiative: Initiative) -> AssociationChoices:
    """What its inputs can be taken from; an address may name the one with which somebody came."""
    usable = selectors.usable_associations(initiative)
    wanted = request.GET.get("association", "")
    chosen = next((one for one in usable if str(one.run.number) == wanted), None)
    return AssociationChoices(
        offered=tuple((one.kind, one.key, one.run.number, selectors.choice_text(one)) for one in usable),
        chosen=None
        if chosen is None
        else (chosen.run.number, chosen.key, _("Revenue a customer and year for one unit")),
    )


@require_POST
@member_view(Action.EDIT_VALUE)
def case_compute(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.EDIT_VALUE)
    study = selectors.latest_finished_study(initiative)
    if study is None:
        raise Http404
    before = selectors.latest_case(study)
    case = services.compute_roi_case(study=study, by=request.member)
    is_same = before is not None and (before.pk, before.current_since) == (case.pk, case.current_since)
    if is_same and not case.has_returned:
        messages.info(request, selectors.unchanged_text(case))
        return redirect("impact:initiative_impact", request.organization.slug, number)
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
    form = ReviewForm(request.POST, lines=selectors.line_choices(case))
    if form.is_valid():
        try:
            services.review(case=case, by=request.member, seen=request.POST.get(SEEN), **form.cleaned_data)
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
        "form": form or StudyForm(initial={"data_cutoff": page.default_cutoff}, edits=NEW),
        "review": review or ReviewForm(lines=selectors.line_choices(page.case.case) if page.case else ()),
        "no_review": "",
        "has_no_reviewer": False,
        "warning": "",
        "answers": selectors.answers_of(page.shown) if page.shown else (),
        "uses": uses_of(request.member, page.shown.study if page.shown else None),
        "library_notices": selectors.library_notices(request.organization, page.value_model),
        "overlaps": overlap_map(initiative, until=page.shown.subject.data_cutoff) if page.shown else None,
    }
    if page.is_latest and may(request.member.role, Action.EDIT_VALUE):
        context["warning"] = selectors.warning_of_writing(initiative, request.member)
    if page.case is not None and page.is_latest and not page.is_value_outdated:
        context["has_no_reviewer"] = selectors.has_no_reviewer(page.case.case)
    if page.case is not None and review is None and may(request.member.role, Action.SIGN_OFF_VALUE):
        context["no_review"] = selectors.refusal_of_review(page.case.case, request.member)
    return render(request, "impact/initiative_impact.html", context, status=status)
