"""Rounds: list, new, one round, invite, close, reopen; frameworks."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from assessments import selectors, services
from assessments.access import assessment_for
from assessments.forms import (
    AssessmentForm,
    CloseForm,
    FrameworkImportForm,
    InvitationForm,
    ReasonForm,
)
from assessments.models import Assessment
from common.editing import NEW
from common.errors import DomainError

PER_PAGE = 20


@require_GET
@member_view(Action.VIEW)
def assessment_list(request: MemberRequest) -> HttpResponse:
    rounds = selectors.assessment_rows(request.organization, request.member)
    page = Paginator(rounds, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": selectors.rows_of(list(page.object_list))}
    return render(request, "assessments/assessment_list.html", context)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def quick_check_start(request: MemberRequest) -> HttpResponse:
    seat = services.start_quick_check(by=request.member)
    return redirect("assessments:answer_start", request.organization.slug, seat.assessment_id)


@require_http_methods(["GET", "POST"])
@member_view(Action.RUN_ASSESSMENT)
@made_once
def assessment_new(request: MemberRequest) -> HttpResponse:
    frameworks = services.frameworks_on_offer(request.organization)
    form = AssessmentForm(
        request.POST or None,
        frameworks=frameworks,
        rounds=selectors.comparable_rounds(request.organization),
        initial={"framework": frameworks.first()},
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            assessment = services.open_assessment(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The round is open. Now invite the people who should answer."))
            return redirect("assessments:assessment_detail", request.organization.slug, assessment.pk)
    return render(
        request, "assessments/assessment_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@member_view(Action.VIEW)
def assessment_detail(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.VIEW)
    return _round(request, assessment)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def assessment_invite(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    form = _invitation_form(request, assessment)
    if not form.is_valid():
        return _round(request, assessment, invitation=form)
    try:
        new = services.invite_respondents(by=request.member, assessment=assessment, **form.cleaned_data)
    except DomainError as error:
        form.absorb(error.fields, error.message)
        return _round(request, assessment, invitation=form)
    text = ngettext("%(count)d person is invited.", "%(count)d people are invited.", len(new))
    messages.success(request, text % {"count": len(new)})
    return redirect("assessments:assessment_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def assessment_join(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    perspective = request.POST.get("perspective", "")
    services.take_seat(by=request.member, assessment=assessment, perspective=perspective)
    return redirect("assessments:answer_start", request.organization.slug, pk)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def assessment_share(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    services.share_assessment(by=request.member, assessment=assessment)
    messages.success(request, _("Everyone in the organization can see this quick check now."))
    return redirect("assessments:assessment_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def assessment_close(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _round(request, assessment, refusal=_("Choose one of the answers."))
    try:
        services.close_assessment(by=request.member, assessment=assessment, **form.cleaned_data)
    except DomainError as error:
        return _round(request, assessment, refusal=str(error.message), status=error.status)
    messages.success(request, _("The round is closed. This is its result."))
    return redirect("assessments:result_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def assessment_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _round(request, assessment, reopening=form)
    try:
        services.reopen_assessment(by=request.member, assessment=assessment, **form.cleaned_data)
    except DomainError as error:
        return _round(request, assessment, refusal=str(error.message), status=error.status)
    messages.success(request, _("The round is open again. Its result is shown when it is closed."))
    return redirect("assessments:assessment_detail", request.organization.slug, pk)


@require_GET
@member_view(Action.VIEW)
def framework_list(request: MemberRequest) -> HttpResponse:
    context = {
        "frameworks": selectors.framework_rows(services.frameworks_on_offer(request.organization)),
        "form": FrameworkImportForm(),
    }
    return render(request, "assessments/framework_list.html", context)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def framework_import(request: MemberRequest) -> HttpResponse:
    form = FrameworkImportForm(request.POST, request.FILES)
    problems: dict[str, object] = {}
    if form.is_valid():
        try:
            version = services.import_framework(by=request.member, text=form.text())
        except DomainError as error:
            problems = dict(error.fields)
            form.absorb(
                {} if problems else error.fields,
                _("The file has problems; they are listed below.") if problems else error.message,
            )
        else:
            messages.success(request, _("%(framework)s is published.") % {"framework": version})
            return redirect("assessments:framework_list", request.organization.slug)
    context = {
        "frameworks": selectors.framework_rows(services.frameworks_on_offer(request.organization)),
        "form": form,
        "problems": problems,
    }
    return render(request, "assessments/framework_list.html", context, status=422)


def _invitation_form(request: MemberRequest, assessment: Assessment) -> InvitationForm:
    return InvitationForm(
        request.POST or None,
        members=selectors.invitable_members(assessment),
        perspectives=selectors.perspectives_of(assessment),
    )


def _round(
    request: MemberRequest,
    assessment: Assessment,
    *,
    invitation: InvitationForm | None = None,
    reopening: ReasonForm | None = None,
    refusal: str = "",
    status: int = 422,
) -> HttpResponse:
    """The round's page, as it is or with what was typed and could not be used."""
    page = selectors.round_page(assessment, request.member)
    refused = bool(invitation or reopening or refusal)
    if invitation is None and assessment.is_open and request.may(Action.RUN_ASSESSMENT):
        invitation = InvitationForm(
            members=selectors.invitable_members(assessment), perspectives=page.perspectives
        )
    context = {
        "page": page,
        "assessment": assessment,
        "invitation": invitation,
        "reopening": reopening or ReasonForm(),
        "refusal": refusal,
    }
    return render(request, "assessments/assessment_detail.html", context, status=status if refused else 200)
