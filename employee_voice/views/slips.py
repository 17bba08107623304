"""Pages for whoever holds a printed slip, under /s/: no sign-in, no cookie, nobody's name."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from common.middleware import FOR_GOING_BACK
from employee_voice import selectors, services
from employee_voice.access import wave_by_public_id
from employee_voice.content import fixed_content
from employee_voice.errors import RequestUnreadable, SlipUnknown, WaveNotOpen
from employee_voice.models import Wave
from employee_voice.views.answering import (
    asked_response,
    bytes_in,
    for_scripts,
    json_body,
    kept_query,
    language_of,
    text_in,
)
from questionnaires.answering import evaluate
from questionnaires.content import Questionnaire

SEND_AGAIN = 307  # the same request with what was typed, at another address


@csrf_exempt
@require_http_methods(["GET", "POST"])
def slip(request: HttpRequest) -> HttpResponse:
    """The code, then all questions on one page. What scripts seal goes to `slip_answer`; without scripts the
    server seals here. `switch`: another language, with what was typed.
    """
    code = request.POST.get("code", "")[:60]
    is_switch = "switch" in request.POST
    if not code or (is_switch and "answers" not in request.POST):
        return _code_page(request, code=code)
    try:
        wave = _wave(request, code)
        group = services.group_of_slip(wave=wave, code=code)
        if "answers" not in request.POST:
            return _slip_page(request, wave, code, group.number)
        questionnaire = fixed_content(wave.content_digest, wave.content)
        typed = _typed(request, questionnaire)
        if is_switch:
            return _slip_page(request, wave, code, group.number, typed=typed)
        if errors := dict(evaluate(questionnaire, typed).errors):
            return _slip_page(request, wave, code, group.number, typed=typed, errors=errors, status=422)
        sealed = services.seal_for(wave=wave, group=group, typed=typed)
        services.hand_in_slip(wave=wave, code=code, sealed=sealed)
    except (SlipUnknown, WaveNotOpen, RequestUnreadable) as refusal:
        return _code_page(request, code=code, refusal=str(refusal.message), status=refusal.status)
    response = redirect("answer:thanks", wave.public_id)
    response["Location"] += kept_query(request)
    return response


@csrf_exempt
@require_POST
@for_scripts
def slip_answer(request: HttpRequest) -> HttpResponse:
    """What the browser of somebody with a slip has sealed."""
    body = json_body(request)
    wave = wave_by_public_id(text_in(body, "wave"))
    services.hand_in_slip(wave=wave, code=text_in(body, "code")[:60], sealed=bytes_in(body, "sealed"))
    return JsonResponse({"counted": True})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def slip_of_wave(request: HttpRequest, wave: str) -> HttpResponse:
    """The longer address of slips that were printed before: on to the short one, with what was typed."""
    wave_by_public_id(wave)
    there = HttpResponseRedirect(reverse("slip") + kept_query(request))
    there.status_code = SEND_AGAIN
    return there


def unreadable(request: HttpRequest, *, status: int) -> HttpResponse:
    """In the words of the slip's page what the framework answers with a bare page: a form with NUL, with too
    many fields, too large. The status stays.
    """
    refusal = _(
        "Your browser sent something that cannot be read: characters that are not text, or more than the "
        "survey asks for. Nothing was counted and your slip still works. Go back to see what you typed."
    )
    return _code_page(request, refusal=refusal, status=status)


def _wave(request: HttpRequest, code: str) -> Wave:
    """Named by the page of questions, so that somebody whose survey has closed meanwhile is told so."""
    public_id = request.POST.get("wave", "")
    return wave_by_public_id(public_id) if public_id else services.wave_of_slip(code=code)


def _code_page(request: HttpRequest, *, code: str = "", refusal: str = "", status: int = 200) -> HttpResponse:
    wanted = language_of(request)
    asked = selectors.plain_page(wanted)
    with translation.override(asked.language):
        context = {
            "asked": asked,
            "code": code,
            "refusal": refusal,
            "is_kiosk": request.GET.get("kiosk") == "1",
            "query": kept_query(request),
            "switching": "slip-code",
            "switch_url": reverse("slip"),
        }
        return render(request, "employee_voice/answer/slip_code.html", context, status=status)


def _slip_page(
    request: HttpRequest,
    wave: Wave,
    code: str,
    group: int,
    *,
    typed: dict[str, list[str]] | None = None,
    errors: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "code": code,
        "group": group,
        "switching": "slip-answers",
        "switch_url": reverse("slip_questions"),
    }
    template = "employee_voice/answer/slip_answers.html"
    response = asked_response(request, wave, template, context, typed=typed, errors=errors, status=status)
    if request.GET.get("kiosk") != "1":
        # Back, after a connection that broke, finds the page as it was typed into; a shared screen forgets
        response["Cache-Control"] = FOR_GOING_BACK
    return response


def _typed(request: HttpRequest, questionnaire: Questionnaire) -> dict[str, list[str]]:
    return {
        question.key: request.POST.getlist(question.key)[:60]
        for question in questionnaire.questions
        if question.key in request.POST
    }
