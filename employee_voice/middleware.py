"""Respondents' pages: nothing that identifies comes in, nothing that identifies goes out."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from common.middleware import FOR_GOING_BACK
from employee_voice.views.slips import unreadable

PREFIXES = ("/e/", "/s/")
BARE = ("/e", "/s")  # as people type them; the address with its stroke at the end follows
UNREADABLE = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
SLIP = ("/s/", "/s/questions/", "/s/send/")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# What a request says about who sends it: dropped before anything else of ours can read or log it.
IDENTIFYING = (
    "HTTP_COOKIE",
    "HTTP_AUTHORIZATION",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "REMOTE_USER",
    "REMOTE_HOST",
    "REMOTE_PORT",
)
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands where an address stood; nothing listens on it


class NobodyKnownMiddleware:
    """First of all: takes cookies, addresses and names of browsers out of requests below `/e/` and `/s/`,
    and cookies out of the answers; says that nothing is kept and nothing is told onward.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path_info.startswith(PREFIXES) or request.path_info in BARE):
            return self.get_response(request)
        for name in IDENTIFYING:
            request.META.pop(name, None)
        request.META["REMOTE_ADDR"] = NO_ADDRESS
        response = self.get_response(request)
        if response.status_code in UNREADABLE and request.path_info in SLIP:
            response = unreadable(request, status=response.status_code)
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            # Django would write a line for each refusal, with its time and the wave; faults of ours stay told
            response._has_been_logged = True  # type: ignore[attr-defined]
        response.cookies.clear()
        if response.has_header("Vary"):  # no page here depends on a cookie
            ways = [way for way in response["Vary"].split(", ") if way != "Cookie"]
            response["Vary"] = ", ".join(ways)
        if response.get("Cache-Control") != FOR_GOING_BACK:
            response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response
