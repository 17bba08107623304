"""The choice of organization, the component sheet, the API guide and the health of the service."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views import defaults
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from accounts import selectors as accounts
from accounts.choices import Action, Role
from accounts.errors import RoleTooSmall
from accounts.models import User
from accounts.permissions import roles_who_may
from common.api import problem_body
from cxprogram.components import component_sheet
from cxprogram.health import parts, status_of


@require_safe
@login_required
def organizations(request: HttpRequest) -> HttpResponse:
    """Where a person lands: the only organization, or the choice between several."""
    memberships = list(accounts.memberships_of_user(cast(User, request.user)))
    if len(memberships) == 1 and "choose" not in request.GET:
        return redirect("home", memberships[0].organization.slug)
    return render(request, "cxprogram/organizations.html", {"memberships": memberships})


@require_safe
@login_required
def components(request: HttpRequest) -> HttpResponse:
    """Every component in both themes, for the people who build the product."""
    if not cast(User, request.user).is_staff:
        raise PermissionDenied
    return render(request, "cxprogram/components.html", component_sheet(get_language() or "en"))


@require_safe
@login_required
def api_docs(request: HttpRequest) -> HttpResponse:
    return render(request, "cxprogram/api_docs.html", {})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: whose role includes it, where it is the role that is too small."""
    context = {}
    if isinstance(exception, RoleTooSmall):
        context = {"role": Role(exception.role).label, "roles": roles_who_may(Action(exception.action))}
    return render(request, "403.html", context, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page, or for a program what every error of the API is."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(
            problem_body(
                code="server_error", title="Something went wrong. It was logged; try again.", status_code=500
            ),
            status=500,
            content_type="application/problem+json",
        )
    answer: HttpResponse = defaults.server_error(request)
    return answer


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for it unasked."""
    return redirect(static("cxprogram/mark.svg"))


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For the load balancer (200: send people here; 503: do not) and for whoever watches the parts."""
    found = parts()
    words = {name: "ok" if works else "failing" for name, works in found.items()}
    status = status_of(found)
    return JsonResponse({"status": status, "parts": words}, status=503 if status == "down" else 200)


class ApiDocument(SpectacularAPIView):
    """The API's document; its file name comes from nobody's address line."""

    def _get_filename(self, request: Request, version: str) -> str:
        return "cxprogram-api.yaml"
