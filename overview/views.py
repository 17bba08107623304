"""Screens that read across rooms."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import services as accounts
from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from journeys.access import touchpoint_for
from overview import selectors


@require_safe
@member_view(Action.VIEW)
def home(request: MemberRequest) -> HttpResponse:
    return render(request, "overview/home.html", {"page": selectors.home_page(request.member)})


@require_POST
@member_view(Action.VIEW)
def guide_hide(request: MemberRequest) -> HttpResponse:
    accounts.hide_guide(by=request.member)
    return redirect("home", request.organization.slug)


@require_POST
@member_view(Action.VIEW)
def guide_show(request: MemberRequest) -> HttpResponse:
    accounts.show_guide(by=request.member)
    return redirect("home", request.organization.slug)


@require_GET
@member_view(Action.VIEW)
def coverage(request: MemberRequest) -> HttpResponse:
    """What is missing at each touchpoint, gaps first; `?gap=` leaves those that lack one thing."""
    page, names = selectors.coverage_page(request.member), selectors.check_names()
    asked = request.GET.get("gap", "")
    rows = [
        row
        for row in page.rows
        if asked not in names or any(cell.is_gap and cell.check == asked for cell in row.cells)
    ]
    context = {"page": page, "rows": rows, "asked": asked if asked in names else ""}
    return render(request, "overview/coverage.html", context)


@require_GET
@member_view(Action.VIEW)
def my_part(request: MemberRequest) -> HttpResponse:
    """What the member's function touches; `?function=` shows another one."""
    page = selectors.my_part(request.member, request.GET.get("function", ""))
    return render(request, "overview/my_part.html", {"page": page})


@require_GET
@member_view(Action.VIEW)
def search(request: MemberRequest) -> HttpResponse:
    """What the search of the frame finds, room by room."""
    page = selectors.search(request.member, request.GET.get("q", ""))
    return render(request, "overview/search.html", {"page": page, "searched": page.text})


@require_GET
@member_view(Action.VIEW)
def touchpoint_detail(request: MemberRequest, key: str) -> HttpResponse:
    touchpoint = touchpoint_for(request.member, key)
    if touchpoint.key != key:  # it was merged: old links lead on
        return redirect("overview:touchpoint_detail", request.organization.slug, touchpoint.key)
    page = selectors.touchpoint_page(request.member, touchpoint)
    return render(request, "overview/touchpoint_detail.html", {"page": page, "touchpoint": page.touchpoint})
