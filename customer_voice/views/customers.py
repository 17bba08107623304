"""Customer accounts: the list, one account, its form, merging."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers, refuse_unreadable_filters
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.errors import DomainError
from common.listing import show_page
from customer_voice import customer_pages, exports, services
from customer_voice.access import account_by_id, accounts_for
from customer_voice.choices import CustomerKind, CustomerState
from customer_voice.filters import AccountFilter
from customer_voice.forms.customers import AccountForm, OtherForm, account_values
from customer_voice.models import Contact, CustomerAccount
from customer_voice.selectors.customers import account_choices, account_rows
from customer_voice.tables import AccountTable

EDIT = Action.IMPORT_FEEDBACK


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def account_list(request: MemberRequest) -> HttpResponse:
    """Customers of today, as long as nobody asks for others."""
    found = _filtered(request)
    table = AccountTable(
        account_rows(found.qs),
        organization_slug=request.organization.slug,
        today=request.organization.clock.today(),
    )
    show_page(request, table)
    context = {
        "filter": found,
        "table": table,
        "kept": customer_pages.kept_lines(request.organization),
        "has_any": accounts_for(request.member).filter(erased_at=None).exists(),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in {"sort", "page"}),
        "downloads": request.may(EDIT)
        and offers(
            request,
            "customer_voice:account_file",
            [(str(CustomerKind.ACCOUNTS.label), [])],
            filters=found.form.fields,
        ),
    }
    return render(request, "customer_voice/account_list.html", context)


def _filtered(request: MemberRequest) -> AccountFilter:
    asked = request.GET.copy()
    asked.setdefault("state", CustomerState.CURRENT)
    rows = accounts_for(request.member).filter(erased_at=None)
    return AccountFilter(asked, queryset=rows, organization=request.organization)


@require_GET
@member_view(EDIT)
def account_file(request: MemberRequest, ending: str) -> HttpResponseBase:
    """What the list shows, whole, in the form that the import of lists takes back."""
    found = _filtered(request)
    refuse_unreadable_filters(found.form)
    about = about_file(request, str(CustomerKind.ACCOUNTS.label), found.form)
    table = exports.accounts_download(found.qs, about=about)
    return give_out(
        request,
        table,
        ending,
        verb="customers.exported",
        subject=request.organization,
        filters=found.form.fields,
        list=CustomerKind.ACCOUNTS,
    )


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def account_detail(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_by_id(request.member, pk)
    context = {
        "account": account,
        "page": customer_pages.account_page(request.organization, account),
        "merges": services.merges_into(account) if request.may(EDIT) else (),
    }
    return render(request, "customer_voice/account_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def account_new(request: MemberRequest) -> HttpResponse:
    return _account(request, None)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def account_edit(request: MemberRequest, pk: int) -> HttpResponse:
    return _account(request, account_by_id(request.member, pk, EDIT))


@require_POST
@member_view(EDIT)
def account_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """What is sent says which way it goes: a second click takes nothing back."""
    account = account_by_id(request.member, pk, EDIT)
    is_archived = request.POST.get("to") != "use"
    services.archive_account(by=request.member, account=account, is_archived=is_archived)
    text = _("%(name)s is archived.") if is_archived else _("%(name)s is in use again.")
    messages.success(request, text % {"name": account})
    return redirect("customer_voice:account_detail", request.organization.slug, account.pk)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def account_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """GET with `other` says what would move; POST does it."""
    return merging(request, account_by_id(request.member, pk, EDIT), kind=CustomerKind.ACCOUNTS)


_MERGES: dict[str, tuple[Callable[..., Any], Callable[..., Any], str]] = {
    CustomerKind.ACCOUNTS: (services.account_merge, services.merge_accounts, "account_detail"),
    CustomerKind.CONTACTS: (services.contact_merge, services.merge_contacts, "contact_detail"),
}


def merging(request: MemberRequest, row: CustomerAccount | Contact, *, kind: str) -> HttpResponse:
    """The page of a merge into `row`, or the merge that was confirmed there."""
    planned, merge, back = _MERGES[kind]
    sent: Any = request.POST if request.method == "POST" else request.GET
    form = OtherForm(sent if "other" in sent else None, organization=request.organization, kind=kind)
    found, other = None, None
    if form.is_bound and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            if request.method == "POST":
                merge(by=request.member, kept=row, gone=other, seen=request.POST.get("seen", ""))
                text = _("%(other)s is now part of %(name)s.") % {"other": other, "name": row}
                messages.success(request, text)
                return redirect(f"customer_voice:{back}", request.organization.slug, row.pk)
            found = planned(kept=row, gone=other)
        except DomainError as error:
            form.absorb(error.fields, error.message)
    context = {
        "row": row,
        "form": form,
        "found": found,
        "kind": kind,
        "back": back,
        "choices": account_choices(request.organization),
        "other": other,
    }
    status = 422 if form.errors else 200
    return render(request, "customer_voice/customer_merge.html", context, status=status)


def _account(request: MemberRequest, account: CustomerAccount | None) -> HttpResponse:
    fresh = {"currency": request.organization.currency}
    form = AccountForm(
        request.POST or None,
        account=account,
        initial=fresh if account is None else account_values(account),
        edits=edits_of(account, request.organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            if account is None:
                reference = form.cleaned_data["external_reference"]
                saved = services.add_account(
                    by=request.member, values=form.values(), external_reference=reference
                )
            else:
                saved = services.change_account(by=request.member, account=account, values=form.values())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved})
            return redirect("customer_voice:account_detail", request.organization.slug, saved.pk)
    context = {"form": form, "row": account, "kind": CustomerKind.ACCOUNTS}
    return render(request, "customer_voice/customer_edit.html", context, status=422 if form.errors else 200)
