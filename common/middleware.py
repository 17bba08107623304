"""Bodies that are too large are not read; refusals of services become pages a person can act on."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from common.errors import DomainError

ROOM_FOR_FIELDS = 1024 * 1024
COMPRESSED_TYPES = frozenset({"text/html", "application/json", "application/problem+json", "image/svg+xml"})


class CompressedTextMiddleware(GZipMiddleware):
    """Pages and answers of the API travel compressed; files do not, so that their length is known.

    A secret that stands beside reflected text could be guessed from lengths (BREACH): the framework masks its
    form token anew for each page and adds up to a hundred random bytes to each compressed answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.get("Content-Type", "").partition(";")[0].strip()
        if response.streaming or kind not in COMPRESSED_TYPES:
            return response
        return super().process_response(request, response)


class BodySizeMiddleware:
    """Refuses a body by its announced length, before anything reads it: nobody fills memory or disk.

    The framework limits plain forms by itself, but neither the files of a form nor the JSON of the API.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        has_files = (request.content_type or "") == "multipart/form-data"
        most = settings.UPLOAD_MAX_BYTES + ROOM_FOR_FIELDS if has_files else settings.BODY_MAX_BYTES
        if length.isdecimal() and int(length[:20]) > most:
            return HttpResponse("The request is too large.\n", status=413, content_type="text/plain")
        return self.get_response(request)


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
