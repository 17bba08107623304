"""The drill-down: from a figure to what customers said."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers, refuse_unreadable_filters
from accounts.http import MemberRequest, member_view
from common.listing import show_page
from common.registry import uses_of
from customer_voice import exports, services
from customer_voice.access import answer_for, feedback_for
from customer_voice.choices import FeedbackTable as Form
from customer_voice.filters import FeedbackFilter
from customer_voice.forms import EraseForm
from customer_voice.row_page import row_page
from customer_voice.tables import MOST_COUNTED, CappedPaginator, FeedbackTable


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def feedback_list(request: MemberRequest) -> HttpResponse:
    found = FeedbackFilter(
        request.GET, queryset=feedback_for(request.member), organization=request.organization
    )
    table = FeedbackTable(
        found.qs,
        organization_slug=request.organization.slug,
        may_erase=request.may(Action.ERASE_FEEDBACK),
    )
    show_page(request, table, paginator_class=CappedPaginator)
    tables = [(str(kind.label), [kind.value]) for kind in Form]
    downloads = offers(request, "customer_voice:feedback_file", tables, filters=found.form.fields)
    context = {"filter": found, "table": table, "most": MOST_COUNTED, "downloads": downloads}
    return render(request, "customer_voice/feedback_list.html", context)


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def feedback_file(request: MemberRequest, kind: str, ending: str) -> HttpResponseBase:
    """What the list shows, whole and as a file. A filter that cannot be read makes none."""
    if kind not in Form.values:
        raise Http404
    found = FeedbackFilter(
        request.GET, queryset=feedback_for(request.member), organization=request.organization
    )
    refuse_unreadable_filters(found.form)
    table = exports.feedback_download(
        found.qs,
        organization=request.organization,
        kind=Form(kind),
        about=about_file(request, str(Form(kind).label), found.form),
    )
    return give_out(
        request,
        table,
        ending,
        verb="feedback.exported",
        subject=request.organization,
        filters=found.form.fields,
        table=kind,
    )


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def feedback_detail(request: MemberRequest, pk: int) -> HttpResponse:
    answer = answer_for(request.member, pk, Action.VIEW_FEEDBACK)
    context = {"page": row_page(answer), "uses": uses_of(request.member, answer)}
    return render(request, "customer_voice/feedback_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Action.ERASE_FEEDBACK)
def feedback_erase(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks and names what goes, POST does it."""
    answer = answer_for(request.member, pk)
    customer = answer.contact.external_reference or "" if answer.contact else ""
    form = EraseForm(request.POST if request.method == "POST" else None, customer=customer)
    if request.method == "POST" and form.is_valid():
        removes_rows = form.cleaned_data["scores"] == "remove"
        if form.cleaned_data["which"] == "customer":
            erased = services.erase_customer(by=request.member, customer=customer, removes_rows=removes_rows)
        else:
            erased = services.erase_answer(by=request.member, answer=answer, removes_rows=removes_rows)
        text = ngettext("%(count)d answer was erased.", "%(count)d answers were erased.", erased.rows)
        messages.success(request, text % {"count": erased.rows})
        return redirect("customer_voice:feedback_list", request.organization.slug)
    context = {"answer": answer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "customer_voice/feedback_erase.html", context, status=status)
