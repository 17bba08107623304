"""The drill-down: from a figure to what customers said."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from customer_voice import pages
from customer_voice.access import feedback_for, feedback_row_for
from customer_voice.filters import FeedbackFilter
from customer_voice.tables import MOST_COUNTED, CappedPaginator, FeedbackTable

PER_PAGE = 25


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def feedback_list(request: MemberRequest) -> HttpResponse:
    found = FeedbackFilter(
        request.GET, queryset=feedback_for(request.member), organization=request.organization
    )
    table = FeedbackTable(found.qs, organization_slug=request.organization.slug)
    paginate = {"per_page": PER_PAGE, "silent": True, "paginator_class": CappedPaginator}
    RequestConfig(request, paginate=paginate).configure(table)
    context = {"filter": found, "table": table, "most": MOST_COUNTED}
    return render(request, "customer_voice/feedback_list.html", context)


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def feedback_detail(request: MemberRequest, pk: int) -> HttpResponse:
    context = {"page": pages.row_page(feedback_row_for(request.member, pk))}
    return render(request, "customer_voice/feedback_detail.html", context)
