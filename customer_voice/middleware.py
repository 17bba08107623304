"""Pages of customers under /f/: no cookie in or out, no script, framed only where the survey allows it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.middleware import FOR_GOING_BACK

PREFIX = "/f/"
POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
)


class CustomerPagesMiddleware:
    """Takes cookies, and addresses one came from, out of requests, and cookies out of answers.

    A view sets `response.frame_hosts` to the sites that may show the survey in a frame; without it none may.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_REFERER", "REMOTE_USER"):
            request.META.pop(name, None)
        response = self.get_response(request)
        response.cookies.clear()
        if response.has_header("Vary"):
            ways = [way for way in response["Vary"].split(", ") if way != "Cookie"]
            response["Vary"] = ", ".join(ways)
        if response.get("Cache-Control") != FOR_GOING_BACK and not response.get(
            "Cache-Control", ""
        ).startswith("public"):
            response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        hosts = getattr(response, "frame_hosts", ())
        ancestors = " ".join(["'self'", *hosts]) if hosts else "'none'"
        response["Content-Security-Policy"] = "; ".join([*POLICY, f"frame-ancestors {ancestors}"])
        if hosts and "X-Frame-Options" in response:
            del response["X-Frame-Options"]
        return response
