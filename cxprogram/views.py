"""The choice of organization, the component sheet, the API guide and the health of the service."""

import sys
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, override
from django.views import defaults
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from accounts import selectors as accounts
from accounts.choices import Action, Role
from accounts.errors import RoleTooSmall
from accounts.models import User
from accounts.permissions import in_words, roles_who_may
from common.api import is_api, plain_problem
from common.outages import RETRY_SECONDS, is_outage
from cxprogram.components import component_sheet
from cxprogram.health import parts, status_of


@require_safe
@login_required
def organizations(request: HttpRequest) -> HttpResponse:
    """Where a person lands: the only organization, the choice between several, or what to do without one."""
    user = cast(User, request.user)
    memberships = list(accounts.memberships_of_user(user))
    if not memberships:
        return render(
            request, "cxprogram/no_organization.html", {"without": accounts.without_organization(user)}
        )
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


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what the framework refuses before any view."""
    if is_api(request):
        return plain_problem(code="bad_request", title="The request cannot be read.", status_code=400)
    answer: HttpResponse = defaults.bad_request(request, exception)
    return answer


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: whose role includes it, where it is the role that is too small."""
    if is_api(request):
        return plain_problem(code="forbidden", title="Your role does not allow this.", status_code=403)
    context = {}
    if isinstance(exception, RoleTooSmall):
        own = exception.roles
        roles = in_words(own) if own else roles_who_may(Action(exception.action))
        context = {"role": Role(exception.role).label, "roles": roles}
    return render(request, "403.html", context, status=403)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the key of its page. The page is older than the sign-in, or cookies are blocked."""
    if is_api(request):
        return plain_problem(code="forbidden", title="The form lacks the key of its page.", status_code=403)
    return render(request, "form_not_ours.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, also where no path leads: a number too large for any row is in none."""
    if is_api(request):
        return plain_problem(code="not_found", title="Not found.", status_code=404)
    answer: HttpResponse = defaults.page_not_found(request, exception)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page, or for a program what every error of the API is; 503 where the database is away.

    Every error that nobody caught ends here, in a view or on the way to it.
    """
    if is_outage(sys.exc_info()[1]):
        return _unavailable(request)
    if is_api(request):
        title = "Something went wrong. It was logged; try again."
        return plain_problem(code="server_error", title=title, status_code=500)
    answer: HttpResponse = defaults.server_error(request)
    return answer


def _unavailable(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        title = "The database cannot be reached. Nothing was changed; try again soon."
        response: HttpResponse = plain_problem(code="unavailable", title=title, status_code=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for it unasked."""
    return redirect(static("cxprogram/mark.svg"))


_HEALTH_WORDS: dict[bool | None, str] = {True: "ok", False: "failing", None: "unknown"}


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """For the load balancer (200: send people here; 503: do not) and for whoever watches the parts."""
    found = parts()
    words = {name: _HEALTH_WORDS[works] for name, works in found.items()}
    status = status_of(found)
    return JsonResponse({"status": status, "parts": words}, status=503 if status == "down" else 200)


@lru_cache(maxsize=len(settings.LANGUAGES))
def _api_document(language: str) -> dict[str, Any]:
    """Read from the code once a process and language: it takes a second, and changes with the code alone."""
    with override(language):
        document: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


class _KeptDocument(SchemaGenerator):
    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        language = get_language()
        return _api_document(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)


class ApiDocument(SpectacularAPIView):
    """The API's document; its file name and its version come from nobody's address line."""

    generator_class = _KeptDocument

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version of the API."""

    def _get_filename(self, request: Request, version: str) -> str:
        return "cxprogram-api.yaml"
