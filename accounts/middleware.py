"""A person's language and format and an organization's time zone, for the whole request; and who it was."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.unsent import remember_person
from wording.formats import Territory, writing_for


class PersonPreferencesMiddleware:
    """A language that a signed-in person chose wins over cookie and browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = (
            getattr(request.user, "language", "")
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES
            else ""
        )
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        # `member_view` sets the organization's time zone and format; both end with the request
        own = getattr(request.user, "territory", "")
        with timezone.override(None), writing_for(Territory(code=own, is_chosen=bool(own))):
            response = self.get_response(request)
        if request.user.is_authenticated and not request.path.startswith("/api/"):
            remember_person(request, response)
        return response
