"""The day on which an approval is looked at again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition import services
from coalition.access import initiative_for
from coalition.forms.reviews import ReviewDecisionForm, ReviewVoteForm
from coalition.models import Initiative
from coalition.selectors.reviews import ReviewPage, outcome_text, review_page
from coalition.views.absorbing import absorb
from common.errors import DomainError


@require_safe
@member_view(Action.VIEW)
def review(request: MemberRequest, number: int) -> HttpResponse:
    """The question, the finding beside it, and what was decided before."""
    return _page(request, initiative_for(request.member, number, Action.VIEW))


@require_POST
@member_view(Action.RECORD_PROGRESS)
def review_open(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.RECORD_PROGRESS)
    try:
        services.open_review_vote(by=request.member, initiative=initiative)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The review is open. The voting members get an e-mail."))
    return redirect("coalition:review", request.organization.slug, number)


@require_POST
@member_view(Action.VOTE)
def review_vote(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.VOTE)
    form = ReviewVoteForm(request.POST, seats=review_page(initiative, request.member).seats)
    status = 422
    if form.is_valid():
        try:
            services.cast_review_vote(
                by=request.member, initiative=initiative, seat=form.seat, **form.cleaned_data
            )
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Your vote is recorded."))
            return redirect("coalition:review", request.organization.slug, number)
    return _page(request, initiative, status=status, vote_form=form)


@require_POST
@member_view(Action.VOTE)
def review_decide(request: MemberRequest, number: int) -> HttpResponse:
    """The chair's word, where the charter gives it to the chair."""
    initiative = initiative_for(request.member, number, Action.VOTE)
    form = ReviewDecisionForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            made = services.decide_review(by=request.member, initiative=initiative, **form.cleaned_data)
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, outcome_text(made))
            return redirect("coalition:review", request.organization.slug, number)
    return _page(request, initiative, status=status, decision_form=form)


def _page(
    request: MemberRequest,
    initiative: Initiative,
    *,
    status: int = 200,
    vote_form: ReviewVoteForm | None = None,
    decision_form: ReviewDecisionForm | None = None,
) -> HttpResponse:
    fresh = initiative_for(request.member, initiative.number, Action.VIEW)
    page: ReviewPage = review_page(fresh, request.member)
    said = page.own_vote(request.member)
    initial = {"choice": said.choice, "comment": said.comment} if said else None
    context = {
        "initiative": fresh,
        "page": page,
        "said": said,
        "vote_form": vote_form or ReviewVoteForm(seats=page.seats, initial=initial),
        "decision_form": decision_form or ReviewDecisionForm(),
        "refusals": [
            text
            for form in (vote_form, decision_form)
            if form is not None
            for text in form.non_field_errors()
        ],
    }
    return render(request, "coalition/review.html", context, status=status)
