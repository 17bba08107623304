"""Every step, vote and review of one initiative."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition import selectors
from coalition.access import initiative_for
from coalition.selectors.reviews import past_reviews


@require_GET
@member_view(Action.VIEW)
def initiative_history(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.VIEW)
    context = {
        "initiative": initiative,
        "history": selectors.history(initiative),
        "amendments": selectors.amendments(initiative),
        "plan_changes": selectors.plan_changes(initiative),
        "rounds": selectors.closed_rounds(initiative),
        "past_reviews": past_reviews(initiative),
    }
    return render(request, "coalition/initiative_history.html", context)
