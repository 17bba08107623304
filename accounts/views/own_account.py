"""The account of somebody who belongs to no organization: what is kept of it, and its end."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.selectors import account_content
from common.errors import InvalidValues


@require_safe
@login_required
def account_data(request: HttpRequest) -> HttpResponse:
    """What the installation keeps about this account itself; what an organization keeps is in its trail."""
    assert isinstance(request.user, User)
    response = JsonResponse(account_content(request.user), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@require_POST
@login_required
def account_close(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        services.close_own_account(user=request.user, is_sure=request.POST.get("sure") == "yes")
    except InvalidValues as refusal:
        messages.error(request, str(refusal.message))
        return redirect("organizations")
    logout(request)
    messages.success(request, _("Your account is closed. Name and address are erased."))
    return redirect("account_login")
