"""Respondents' pages and what their scripts ask for. No sign-in, no cookie; `middleware` hides who asks."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.brand import brand_of, light_logo_of, style_of
from accounts.reading import written_for
from employee_voice import selectors, services
from employee_voice.access import wave_by_public_id
from employee_voice.credentials import key_list
from employee_voice.credentials.wire import from_text, to_text
from employee_voice.errors import RequestUnreadable, Respondent
from employee_voice.models import Wave
from employee_voice.services.keys import listed_keys

MOST_BODY_BYTES = 512 * 1024


def for_scripts[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A refusal as JSON with its code, which the page's script has words for."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Respondent as refusal:
            body = {"code": refusal.code, "message": str(refusal.message)}
            return JsonResponse(body, status=refusal.status)

    return answer


@require_GET
def invitation(request: HttpRequest, wave: str) -> HttpResponse:
    """The page behind a link in a letter; which invitation it is stands behind the # and never comes here."""
    return asked_response(request, wave_by_public_id(wave), "employee_voice/answer/invitation.html")


@require_GET
@for_scripts
def keys(request: HttpRequest, wave: str) -> HttpResponse:
    found = wave_by_public_id(wave)
    return JsonResponse(key_list.sent_list(listed_keys(found), sealing_public=found.sealing_public))


@csrf_exempt
@require_POST
@for_scripts
def sign(request: HttpRequest, wave: str) -> HttpResponse:
    found, body = wave_by_public_id(wave), json_body(request)
    signature = services.sign_credential(
        wave=found,
        secret=text_in(body, "secret"),
        group=number_in(body, "group"),
        blinded=bytes_in(body, "blinded"),
    )
    return JsonResponse({"signature": to_text(signature)})


@csrf_exempt
@require_POST
@for_scripts
def answer(request: HttpRequest, wave: str) -> HttpResponse:
    found, body = wave_by_public_id(wave), json_body(request)
    services.hand_in(
        wave=found,
        group=number_in(body, "group"),
        prepared=bytes_in(body, "prepared"),
        signature=bytes_in(body, "signature"),
        sealed=bytes_in(body, "sealed"),
    )
    return JsonResponse({"counted": True})


@require_GET
def thanks(request: HttpRequest, wave: str) -> HttpResponse:
    return asked_response(request, wave_by_public_id(wave), "employee_voice/answer/thanks.html")


@require_GET
def promise(request: HttpRequest, wave: str) -> HttpResponse:
    return asked_response(request, wave_by_public_id(wave), "employee_voice/answer/promise.html")


@require_GET
def technical(request: HttpRequest, wave: str) -> HttpResponse:
    found = wave_by_public_id(wave)
    context = {
        "scripts": selectors.script_digests(),
        "keys_digest": found.keys_digest,
        "short_digest": key_list.short_digest(found.keys_digest),
    }
    return asked_response(request, found, "employee_voice/answer/technical.html", context)


@require_safe
def look(request: HttpRequest, wave: str) -> HttpResponse:
    """The organization's color, for the pages of a wave. Not at the address that other pages have it: here
    nobody reads the cookie that comes along, nobody logs who asks, and no browser keeps it, so that what is
    not asked for again tells nothing either. One address for everybody who is asked.
    """
    brand = brand_of(wave_by_public_id(wave).survey.organization)
    if brand is None:
        raise Http404
    return HttpResponse(style_of(brand.accent), content_type="text/css; charset=utf-8")


@require_safe
def logo(request: HttpRequest, wave: str) -> HttpResponse:
    """The organization's logo, small enough for a page that has to be light; as `look`."""
    picture = light_logo_of(wave_by_public_id(wave).survey.organization)
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/png")


# --- pages ---------------------------------------------------------------------------------------------


def asked_response(
    request: HttpRequest,
    wave: Wave,
    template: str,
    more: dict[str, Any] | None = None,
    *,
    typed: dict[str, list[str]] | None = None,
    errors: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page in the language that was chosen (`?lang=`), else the browser's; dates as the organization's."""
    asked = selectors.asked_page(wave, language_of(request), typed, errors)
    organization = wave.survey.organization
    with written_for(organization, asked.language):
        context = {
            "wave": wave,
            "asked": asked,
            "organization_name": organization.name,
            "brand": brand_of(organization),
            "is_kiosk": request.GET.get("kiosk") == "1",
            "query": kept_query(request),
            "words": selectors.words_for_scripts(),
            **(more or {}),
        }
        return render(request, template, context, status=status)


def language_of(request: HttpRequest) -> str:
    """The language that was chosen on the page, else the browser's."""
    return request.GET.get("lang", "")[:12] or translation.get_language() or ""


def kept_query(request: HttpRequest) -> str:
    """Language and kiosk travel from page to page; nothing else does."""
    kept = request.GET.copy()
    for name in [name for name in kept if name not in {"lang", "kiosk"}]:
        del kept[name]
    return f"?{kept.urlencode()}" if kept else ""


# --- what scripts send ---------------------------------------------------------------------------------


def json_body(request: HttpRequest) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY_BYTES:
        raise _unreadable()
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException) as error:  # the last: a form with files
        raise _unreadable() from error
    if not isinstance(body, dict):
        raise _unreadable()
    return body


def text_in(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise _unreadable()
    return value


def number_in(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
        raise _unreadable()
    return value


def bytes_in(body: dict[str, Any], name: str) -> bytes:
    return _decoded(text_in(body, name))


def _decoded(text: str) -> bytes:
    try:
        return from_text(text)
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> RequestUnreadable:
    return RequestUnreadable(
        _("Your browser sent something that cannot be read. Reload the page and try again.")
    )
