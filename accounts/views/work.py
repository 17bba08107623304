"""What the worker could not do: letters and events, for the people who run the organization."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors, services
from accounts.access import delivery_for, letter_for
from accounts.choices import Action
from accounts.http import MemberRequest, member_view


@require_safe
@member_view(Action.MANAGE_ORGANIZATION)
def work(request: MemberRequest) -> HttpResponse:
    context = {
        "work": selectors.background_work(request.organization),
        "mail_folder": settings.VAR_DIR / "mail" if settings.EMBEDDED else None,
    }
    return render(request, "accounts/work.html", context)


@require_POST
@member_view(Action.MANAGE_ORGANIZATION)
def letter_send_again(request: MemberRequest, pk: int) -> HttpResponse:
    services.send_again(by=request.member, letter=letter_for(request.member, pk))
    messages.success(request, _("The e-mail is being sent again."))
    return redirect("accounts:work", request.organization.slug)


@require_POST
@member_view(Action.MANAGE_ORGANIZATION)
def event_try_again(request: MemberRequest, pk: int) -> HttpResponse:
    services.try_again(by=request.member, delivery=delivery_for(request.member, pk))
    messages.success(request, _("Trying again."))
    return redirect("accounts:work", request.organization.slug)
