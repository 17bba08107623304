"""Suggestions of employees: made on a phone, taken up as a draft or declined with a reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from coalition import services
from coalition.access import suggestion_for, suggestions_for
from coalition.choices import SuggestionState
from coalition.forms.suggestions import DeclineForm, SuggestionForm
from coalition.models import Suggestion
from common.editing import NEW
from common.errors import DomainError

MOST_LISTED = 200


@require_GET
@member_view(Action.DRAFT_INITIATIVE)
def suggestion_list(request: MemberRequest) -> HttpResponse:
    """What waits for an answer first, the oldest of it on top; then what was answered."""
    rows = suggestions_for(request.member)
    waiting = list(rows.filter(state=SuggestionState.OPEN).order_by("created_at", "pk")[:MOST_LISTED])
    answered = list(rows.exclude(state=SuggestionState.OPEN)[:MOST_LISTED])
    return render(request, "coalition/suggestion_list.html", {"waiting": waiting, "answered": answered})


@require_http_methods(["GET", "POST"])
@member_view(Action.SUGGEST)
@made_once
def suggestion_create(request: MemberRequest) -> HttpResponse:
    form = SuggestionForm(
        request.POST or None,
        organization=request.organization,
        initial={"touchpoint": request.GET.get("touchpoint", "")},
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.suggest_improvement(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Thank you. The coalition has your suggestion and will answer you."))
            return redirect("overview:my_part", request.organization.slug)
    return render(
        request, "coalition/suggestion_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@member_view(Action.VIEW)
def suggestion_detail(request: MemberRequest, pk: int) -> HttpResponse:
    return _page(request, suggestion_for(request.member, pk), DeclineForm())


def _page(
    request: MemberRequest, suggestion: Suggestion, form: DeclineForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "suggestion": suggestion,
        "form": form,
        "may_answer": request.may(Action.DRAFT_INITIATIVE) and suggestion.state == SuggestionState.OPEN,
        "is_own": suggestion.by_id == request.member.pk,
    }
    return render(request, "coalition/suggestion_detail.html", context, status=status)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def suggestion_take_up(request: MemberRequest, pk: int) -> HttpResponse:
    suggestion = suggestion_for(request.member, pk, Action.DRAFT_INITIATIVE)
    try:
        initiative = services.take_up_suggestion(by=request.member, suggestion=suggestion)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("coalition:suggestion_detail", request.organization.slug, pk)
    messages.success(request, _("Draft created from the suggestion. Add what you will do and what it costs."))
    return redirect("coalition:initiative_detail", request.organization.slug, initiative.number)


@require_POST
@member_view(Action.DRAFT_INITIATIVE)
def suggestion_decline(request: MemberRequest, pk: int) -> HttpResponse:
    suggestion = suggestion_for(request.member, pk, Action.DRAFT_INITIATIVE)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, suggestion, form, status=422)
    try:
        services.decline_suggestion(
            by=request.member, suggestion=suggestion, reason=form.cleaned_data["reason"]
        )
    except DomainError as error:
        form.absorb(error.fields, error.message)
        return _page(request, suggestion, form, status=error.status)
    messages.success(request, _("Declined. %(name)s gets your reason.") % {"name": suggestion.by})
    return redirect("coalition:suggestion_list", request.organization.slug)


@require_POST
@member_view(Action.VIEW)
def suggestion_read(request: MemberRequest, pk: int) -> HttpResponse:
    """Whoever made it has read the answer."""
    services.note_answer_read(by=request.member, suggestion=suggestion_for(request.member, pk))
    return redirect("overview:my_part", request.organization.slug)
