"""The result of a round, and the levels agreed afterwards."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from assessments import selectors, services
from assessments.access import assessment_for, result_of_round_for
from assessments.forms import ConsensusForm
from assessments.models import MaturityResult
from common.charting import chart_locale
from common.editing import SEEN
from common.errors import DomainError
from common.registry import uses_of
from cxcharts.render import for_page


@require_GET
@member_view(Action.VIEW)
def result_detail(request: MemberRequest, pk: int, sequence: int | None = None) -> HttpResponse:
    """The latest result of a round, or an earlier one of the same round.

    `?agree=<practice>` opens the form for the level that was agreed on.
    """
    result = _shown(request, pk, sequence)
    if result is None:
        return redirect("assessments:assessment_detail", request.organization.slug, pk)
    return _result(request, result, practice=request.GET.get("agree", ""))


@require_GET
@member_view(Action.VIEW)
def result_practices(request: MemberRequest, pk: int, sequence: int | None = None) -> HttpResponse:
    """Every practice of that result, and how it is scored."""
    result = _shown(request, pk, sequence)
    if result is None:
        return redirect("assessments:assessment_detail", request.organization.slug, pk)
    page = selectors.result_page(result)
    context = {
        "page": page,
        "practice_chart": for_page(page.practice_chart, id="practices", locale=chart_locale()),
        "result": result,
        "assessment": result.assessment,
        "result_url": _address(request, result, page, "result_detail", "result_version"),
    }
    return render(request, "assessments/result_practices.html", context)


@require_POST
@member_view(Action.RUN_ASSESSMENT)
def consensus_save(request: MemberRequest, pk: int, practice: str) -> HttpResponse:
    assessment = assessment_for(request.member, pk, Action.RUN_ASSESSMENT)
    form = ConsensusForm(request.POST)
    if form.is_valid():
        try:
            services.record_consensus(
                by=request.member,
                assessment=assessment,
                practice=practice,
                seen=request.POST.get(SEEN),
                **form.cleaned_data,
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The agreed level is recorded and the result recalculated."))
            return redirect("assessments:result_detail", request.organization.slug, pk)
    result = _shown(request, pk, None)
    if result is None:
        messages.error(request, _("Agree on levels once the round is closed and all answers are in."))
        return redirect("assessments:assessment_detail", request.organization.slug, pk)
    return _result(request, result, consensus=form, practice=practice)


def _shown(request: MemberRequest, pk: int, sequence: int | None) -> MaturityResult | None:
    """The result; None of a round that is open again, whose own page says why there is none. Else 404."""
    try:
        return result_of_round_for(request.member, pk, sequence)
    except Http404:
        assessment = assessment_for(request.member, pk, Action.VIEW)
        if assessment.is_open and assessment.results.exists():
            return None
        raise


def _result(
    request: MemberRequest,
    result: MaturityResult,
    *,
    consensus: ConsensusForm | None = None,
    practice: str = "",
) -> HttpResponse:
    """The result's page; with a consensus form that could not be used, 422 and all that was typed."""
    page = selectors.result_page(result)
    context = {
        "page": page,
        "chart": for_page(page.chart, id="dimensions", locale=chart_locale()),
        "practices_url": _address(request, result, page, "result_practices", "result_version_practices"),
        "result": result,
        "assessment": result.assessment,
        "consensus": consensus,
        "consensus_practice": practice,
        "uses": uses_of(request.member, result),
    }
    return render(request, "assessments/result_detail.html", context, status=422 if consensus else 200)


def _address(
    request: MemberRequest, result: MaturityResult, page: selectors.ResultPage, latest: str, version: str
) -> str:
    """The page beside this one, of the same result."""
    slug, pk = request.organization.slug, result.assessment_id
    if page.is_latest:
        return reverse(f"assessments:{latest}", args=[slug, pk])
    return reverse(f"assessments:{version}", args=[slug, pk, result.sequence])
