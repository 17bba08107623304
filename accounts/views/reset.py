"""Asking for a new password."""

import time

from allauth.account.views import PasswordResetView
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.guessing import count_reset_request

LEAST_SECONDS = 0.3  # longer than writing the letter takes


@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponseBase:
    """The sign-in package's page. Its answer takes as long for an unknown address as for a known one."""
    if request.method == "POST" and not count_reset_request(request):
        refused: HttpResponseBase = respond_429(request)
        return refused
    started = time.monotonic()
    response: HttpResponseBase = PasswordResetView.as_view()(request)
    if request.method == "POST":
        time.sleep(max(0.0, LEAST_SECONDS - (time.monotonic() - started)))
    return response
