"""Lists of accounts and contacts: send a file, read what it would do, take it in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from customer_voice import customer_pages, exports, services
from customer_voice.access import customer_file_for
from customer_voice.choices import CustomerKind
from customer_voice.customer_words import field_names
from customer_voice.forms.customers import CustomerFileForm
from customer_voice.views.metrics import csv_response
from wording.formats import reader

EDIT = Action.IMPORT_FEEDBACK


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def customer_file_new(request: MemberRequest) -> HttpResponse:
    initial = {"kind": request.GET.get("kind") or CustomerKind.ACCOUNTS}
    form = CustomerFileForm(request.POST or None, request.FILES or None, initial=initial, edits=NEW)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            kept = services.keep_customer_file(by=request.member, filename=values["file"].name, **values)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:customer_file", request.organization.slug, kept.pk)
    context = {"form": form, "taken": services.taken_lists(request.organization)}
    return render(
        request, "customer_voice/customer_file_new.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def customer_file(request: MemberRequest, pk: int) -> HttpResponse:
    """GET says what taking it in would do; POST does it."""
    file = customer_file_for(request.member, pk)
    refusal = ""
    if request.method == "POST":
        try:
            plan = services.take_customer_file(
                by=request.member,
                file=file,
                leaves_out_wrong="leaves_out_wrong" in request.POST,
                seen=request.POST.get("seen", ""),
            )
        except DomainError as error:
            refusal = str(error.message)
        else:
            messages.success(request, _told(plan))
            if plan.left_out:
                messages.warning(request, _left_out(plan.left_out))
            where = "account_list" if plan.kind == CustomerKind.ACCOUNTS else "contact_list"
            return redirect(f"customer_voice:{where}", request.organization.slug)
    try:
        report = services.customer_file_report(by=request.member, file=file)
    except DomainError as error:  # it was read once; what it says may read otherwise by now
        messages.error(request, str(error.message))
        return redirect("customer_voice:customer_file_new", request.organization.slug)
    names, text = field_names(), customer_pages.value_text
    context: dict[str, Any] = {
        "file": file,
        "report": report,
        "refusal": refusal,
        "columns": [(column, names[name]) for name, column in report.listed.columns.items()],
        "changes": [(names[name], rows) for name, rows in report.plan.changes_by_field.items()],
        "sample": [
            (one.row, [(names[name], text(old), text(new)) for name, (old, new) in one.values.items()])
            for one in report.plan.sample
        ],
        "left_out": _left_out(report.plan.left_out) if report.plan.left_out else "",
    }
    return render(request, "customer_voice/customer_file.html", context, status=409 if refusal else 200)


@require_POST
@member_view(EDIT)
def customer_file_discard(request: MemberRequest, pk: int) -> HttpResponse:
    services.discard_customer_file(file=customer_file_for(request.member, pk))
    messages.success(request, _("The list is discarded. Nothing was stored."))
    return redirect("customer_voice:customer_file_new", request.organization.slug)


@require_GET
@member_view(Action.VIEW)
def customer_file_sample(request: MemberRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in CustomerKind.values else CustomerKind.ACCOUNTS.value
    return csv_response(exports.customer_sample_csv(kind), f"{kind}.csv")


def _told(plan: services.ListPlan) -> str:
    number = reader().number
    return _("%(new)s added, %(changed)s changed, %(unchanged)s unchanged.") % {
        "new": number(len(plan.new)),
        "changed": number(len(plan.changed)),
        "unchanged": number(plan.unchanged),
    }


def _left_out(count: int) -> str:
    text = ngettext(
        "%(count)s left out of surveys: this person said no to them.",
        "%(count)s left out of surveys: these people said no to them.",
        count,
    )
    return text % {"count": reader().number(count)}
