"""What somebody typed and sent after the sign-in had ended: kept with the browser until it is sent again."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

KEY = "unsent"
PERSON = "cx_person"  # a signed cookie: which account this browser was signed in with last
PERSON_FOR = timedelta(days=30)
MOST_CHARACTERS = 32_000
KEPT_FOR = timedelta(hours=1)  # longer, and somebody else may sit at the machine
NO_WORDS = re.compile(r"[A-Za-z0-9_.:,+-]*")
LEFT_OUT = frozenset({"csrfmiddlewaretoken"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsent:
    """A form that nobody has taken yet: where it goes and what stands in it, in order."""

    path: str
    page: str  # that it stood on
    fields: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What a person may have typed, for showing: not the numbers and keys of choices."""
        return tuple(value for _name, value in self.fields if not NO_WORDS.fullmatch(value.strip()))


def keep_unsent(request: HttpRequest) -> bool:
    """Keep the fields of a form that came without a sign-in; files are not kept. Says whether it did.

    Only for the account that was signed in here last: nobody else is shown what somebody typed.
    """
    person = request.get_signed_cookie(PERSON, default="", max_age=PERSON_FOR)
    if request.method != "POST" or request.FILES or not person:
        return False
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT and "password" not in name
        for value in values
        if isinstance(value, str)
    ]
    if not fields or sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return False
    request.session[KEY] = {
        "person": person,
        "path": request.get_full_path(),
        "page": _page_of(request),
        "fields": fields,
        "until": (timezone.now() + KEPT_FOR).timestamp(),
    }
    return True


def _page_of(request: HttpRequest) -> str:
    """The page of ours from which it was sent, else the address that it was sent to."""
    referrer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referrer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def unsent_of(request: HttpRequest) -> Unsent | None:
    """What waits in this browser, or None; what has waited too long is forgotten."""
    found = request.session.get(KEY)
    if found is None:
        return None
    if found["until"] < timezone.now().timestamp() or found["person"] != str(request.user.pk):
        forget_unsent(request)
        return None
    page = found.get("page", found["path"])
    return Unsent(
        path=found["path"], page=page, fields=tuple((name, value) for name, value in found["fields"])
    )


def forget_unsent(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def note_sent(request: HttpRequest) -> None:
    """What goes where the kept form was going has been sent now."""
    if request.method == "POST" and request.session.get(KEY, {}).get("path") == request.get_full_path():
        forget_unsent(request)


def remember_person(request: HttpRequest, response: HttpResponse) -> None:
    """Leave the account with the browser, so that only this account is offered what it typed."""
    person = str(request.user.pk)
    if request.get_signed_cookie(PERSON, default="", max_age=PERSON_FOR) != person:
        response.set_signed_cookie(
            PERSON, person, max_age=PERSON_FOR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
