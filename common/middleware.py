"""Turns a refusal raised by a service into a page a person can act on."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError


class DomainErrorMiddleware:
    """Screens that do not handle a `DomainError` themselves show its message, with its status.

    Unknown errors stay 500: bugs are not hidden.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if getattr(request, "htmx", False):
            response = render(
                request,
                "components/toast.html",
                {"level": "error", "text": exception.message},
                status=exception.status,
            )
            response["HX-Retarget"] = "#toasts"
            response["HX-Reswap"] = "beforeend"
            return response
        messages.error(request, str(exception.message))
        return render(
            request,
            "errors/refused.html",
            {"message": exception.message, "back": request.headers.get("referer", "")},
            status=exception.status,
        )
