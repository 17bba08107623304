"""What is not read at all (bodies too large, texts that are none), and refusals of services as pages."""

import codecs
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path, resolve
from django.views.defaults import bad_request

from common.api import is_api, plain_problem
from common.errors import DomainError
from common.parsers import unstorable_field
from common.text import is_storable

PAGES_ABOVE = (
    "_detail",
    "_list",
    "_impact",
    "_results",
)  # names of addresses that show something; others act

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
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

    The framework limits plain forms by itself, but neither the files of a form nor the JSON of the API. And a
    body whose length is not announced it would take for an empty one: that is refused too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        has_files = (request.content_type or "") == "multipart/form-data"
        most = settings.UPLOAD_MAX_BYTES + ROOM_FOR_FIELDS if has_files else settings.BODY_MAX_BYTES
        if request.content_type == "application/x-www-form-urlencoded":  # as the framework limits it
            most = min(most, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if length.isdecimal() and int(length[:20]) > most:
            if not is_api(request):
                return HttpResponse(render_to_string("413.html", {"most": most}), status=413)
            return plain_problem(code="too_large", title="The request is too large.", status_code=413)
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and length == "0":
            title = "Send the length of the body (Content-Length); a body in chunks is not read."
            if not is_api(request):  # a program all the same: no browser sends a form so
                return HttpResponse(f"{title}\n", status=411, content_type="text/plain")
            return plain_problem(code="length_required", title=title, status_code=411)
        return self.get_response(request)


FOR_GOING_BACK = "private, no-cache"
"""Said by a page whose form shall still be there after a connection that broke: the browser's own "back"."""


class NoStoreMiddleware:
    """What is answered here is for the one who asked, now: no browser, proxy or shared machine keeps it.

    Static files are answered before this and stay cacheable.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        said = response.get("Cache-Control", "")
        if "no-store" not in said and said != FOR_GOING_BACK:
            response["Cache-Control"] = "no-store"
        return response


class ReadableTextMiddleware:
    """Refuses what is no text, wherever it stands: path, query, cookies, fields and file names of forms.

    NUL and half surrogate pairs pass every form and fail in the database, in files or in the answer. Bodies
    of API calls are read by `common.parsers`, after the caller is known. A page answers 400, the API with
    problem details.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        texts = [request.path_info, *request.COOKIES, *request.COOKIES.values()]
        if not all(map(is_storable, texts)) or unstorable_field(request.GET) is not None:
            return self._refuse(request)
        if request.content_type in FORMS and not _is_unicode(request):
            # Whoever asks for the fields of such a form, the page of an error too, meets an exception.
            return self._refuse(request, HttpResponse(render_to_string("400.html"), status=400))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_form = request.content_type in FORMS and request.method == "POST"
        if is_form and not is_api(request) and unstorable_field(request.POST, request.FILES) is not None:
            return self._refuse(request)
        return None

    def _refuse(self, request: HttpRequest, page: HttpResponse | None = None) -> HttpResponse:
        if not is_api(request):
            return page or bad_request(request, BadRequest("Characters that are not text."))
        title = "The request holds characters that are not text."
        return plain_problem(code="parse_error", title=title, status_code=400)


def _is_unicode(request: HttpRequest) -> bool:
    """Whether the fields are in UTF-8 by its one name, as forms send them. Unknown names are ignored."""
    charset = (request.content_params or {}).get("charset", "utf-8")
    try:
        codecs.lookup(charset)
    except LookupError:
        return True
    return charset.lower() == "utf-8"


class OnlySentMiddleware:
    """An address that takes forms or calls alone, opened by itself, says so in words and is no white page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or getattr(request, "htmx", False):
            return response
        if is_api(request):
            title = f"Only {response['Allow']} is answered here."
            page: HttpResponse = plain_problem(code="method_not_allowed", title=title, status_code=405)
        else:
            page = render(request, "errors/only_sent.html", status=405)
        page["Allow"] = response["Allow"]
        return page


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
            {
                "message": exception.message,
                "back": request.headers.get("referer", ""),
                "about": page_above(request.path),
            },
            status=exception.status,
        )


def page_above(path: str) -> str:
    """The nearest page of an object or a list above this address, as /…/decide/3/ is above /…/decide/3/plan/;
    else ""."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 2, -1):
        above = f"/{'/'.join(parts[:length])}/"
        if is_valid_path(above) and (resolve(above).url_name or "").endswith(PAGES_ABOVE):
            return above
    return ""
