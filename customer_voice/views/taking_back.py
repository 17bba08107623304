"""Taking back a list of customers, or a merge: GET says what would happen, POST does it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from common.errors import DomainError
from customer_voice import customer_pages, services
from customer_voice.access import former_merge_for, taken_list_for
from customer_voice.choices import CustomerKind

EDIT = Action.IMPORT_FEEDBACK


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def customer_list_undo(request: MemberRequest, pk: int) -> HttpResponse:
    taken = taken_list_for(request.member, pk)
    where = "account_list" if taken.kind == CustomerKind.ACCOUNTS else "contact_list"
    return _asked(
        request,
        title=_("Undo the import of %(file)s?") % {"file": taken.filename},
        plan=lambda: services.list_undo(taken),
        do=lambda seen: services.undo_list(by=request.member, taken=taken, seen=seen),
        back_url=reverse(f"customer_voice:{where}", args=[request.organization.slug]),
    )


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def customer_merge_undo(request: MemberRequest, pk: int) -> HttpResponse:
    former = former_merge_for(request.member, pk)
    kept: Any = former.account or former.contact
    where = "account_detail" if former.account is not None else "contact_detail"
    names = {"other": str(former) or _("No name"), "name": str(kept) or _("No name")}
    return _asked(
        request,
        title=_("Take “%(other)s” out of “%(name)s” again?") % names,
        plan=lambda: services.merge_undo(former),
        do=lambda seen: services.undo_merge(by=request.member, former=former, seen=seen),
        back_url=reverse(f"customer_voice:{where}", args=[request.organization.slug, kept.pk]),
    )


def _asked(
    request: MemberRequest,
    *,
    title: str,
    plan: Callable[[], services.CustomerUndo],
    do: Callable[[str], Any],
    back_url: str,
) -> HttpResponse:
    refusal = ""
    if request.method == "POST":
        try:
            do(request.POST.get("seen", ""))
        except DomainError as error:
            refusal = str(error.message)
        else:
            messages.success(request, _("It is taken back."))
            return redirect(back_url)
    undo = plan()
    context = {
        "title": title,
        "undo": undo,
        "facts": customer_pages.undo_facts(undo),
        "back_url": back_url,
        "refusal": refusal,
    }
    return render(request, "customer_voice/customer_undo.html", context, status=409 if refusal else 200)
