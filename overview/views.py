"""Screens that read across rooms."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from journeys.access import touchpoint_for
from overview import selectors


@require_GET
@member_view(Action.VIEW)
def touchpoint_detail(request: MemberRequest, key: str) -> HttpResponse:
    page = selectors.touchpoint_page(request.member, touchpoint_for(request.member, key))
    return render(request, "overview/touchpoint_detail.html", {"page": page, "touchpoint": page.touchpoint})
