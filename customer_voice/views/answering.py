"""Pages of customers, under /f/: no sign-in, no cookie, no script, nobody's name."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.brand import brand_of
from common.middleware import FOR_GOING_BACK
from customer_voice import services
from customer_voice import survey_content as plain
from customer_voice.access import invitation_by_secret, survey_by_public_id
from customer_voice.choices import Band, HalfUse, SurveyOpenness, SurveyState, SurveyWay
from customer_voice.errors import AnswerKept, AnswerRefused
from customer_voice.models import CustomerSurvey, SurveyInvitation
from customer_voice.selectors import surveys as selectors
from customer_voice.survey_texts import phrase
from questionnaires.content import Questionnaire
from questionnaires.forms import QuestionnaireForm, language_among
from questionnaires.presentation import numbers_of
from questionnaires.wording import Said, direction_of, language_code, stand_ins

KEY, WAY, TRAP = "form-key", "way", "website"
AGAIN = "again"  # the button that takes unsubscribing back
MOST_GIVEN_BEFORE = 30  # characters of a score in the address


@csrf_exempt
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, public_id: str) -> HttpResponse:
    """The questions, page by page, until all can be sent."""
    survey = survey_by_public_id(public_id, for_answer=request.method == "POST")
    refused = _refused(request, survey)
    if survey is None or refused is not None:
        return _led_on(request, survey) or refused or _unknown(request)
    questionnaire = plain.survey_content(survey.content)
    if request.method == "GET":
        return answering_page(request, survey, first_form(request, questionnaire))
    typed, shown = _onward(request, questionnaire)
    if shown is not None:
        _keep_half(request, survey, questionnaire, typed)
        return answering_page(request, survey, shown)
    return _sent(request, survey, questionnaire, typed)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The same by a personal link, which lets one answer in."""
    invitation = invitation_by_secret(public_id, secret)
    if invitation is None:
        return _unknown(request)
    survey = invitation.survey
    questionnaire = plain.survey_content(survey.content)
    if invitation.is_answered and request.method == "GET":
        language = language_for(request, questionnaire, invitation.language)
        texts = [phrase("already", language)]
        return message_page(request, survey, language, title=phrase("thanks", language), texts=texts)
    refused = _refused(request, survey)
    if refused is not None:
        return refused
    if request.method == "GET":
        begun = services.begun_by(invitation)
        shown = first_form(request, questionnaire, invitation.language, begun)
        note = phrase("begun", shown.language) if begun else None
        return answering_page(request, survey, shown, note=note)
    typed, following = _onward(request, questionnaire)
    if following is not None:
        _keep_half(request, survey, questionnaire, typed, invitation)
        return answering_page(request, survey, following)
    return _sent(request, survey, questionnaire, typed, invitation)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """No more surveys. GET asks, since mail programs open links by themselves; POST does it, by one click,
    and the page offers to take it back.
    """
    invitation = invitation_by_secret(public_id, secret)
    if invitation is None:
        return _unknown(request)
    survey = invitation.survey
    language = language_for(request, plain.survey_content(survey.content), invitation.language)
    organization = survey.organization.name
    more = phrase("stop_more", language, organization=organization)
    is_out = services.is_unsubscribed(invitation)
    if request.method == "POST" and request.POST.get(AGAIN):
        services.resume_surveys(invitation=invitation)
        title = phrase("asked_again", language, organization=organization)
        return message_page(request, survey, language, title=title, texts=[])
    if request.method == "POST":
        services.stop_surveys(invitation=invitation)
        is_out = True
    if is_out:
        title, button = phrase("stopped", language), phrase("ask_again", language)
        return message_page(
            request, survey, language, title=title, texts=[more], button=button, name=AGAIN, is_quiet=True
        )
    button = phrase("stop_button", language)
    title = phrase("stop_ask", language)
    return message_page(request, survey, language, title=title, texts=[more], button=button)


@require_GET
def thanks(request: HttpRequest, public_id: str, band: str = "") -> HttpResponse:
    """After sending. The address says which thanks, and nothing about whoever reads it."""
    survey = survey_by_public_id(public_id)
    if survey is None or selectors.openness_of(survey, _today(survey)) == SurveyOpenness.UNKNOWN:
        return _unknown(request)
    language = language_for(request, plain.survey_content(survey.content))
    said = selectors.thanks_of(survey, band if band in Band.values else "", language)
    texts = [said] if said else [phrase("received", language)]
    return message_page(request, survey, language, title=phrase("thanks", language), texts=texts)


# --- what pages of a preview share -----------------------------------------------------------------------


def first_form(
    request: HttpRequest,
    questionnaire: Questionnaire,
    wanted: str = "",
    begun: Mapping[str, Sequence[str]] | None = None,
) -> QuestionnaireForm:
    """The first page, with what was `begun`; a score in the address is chosen, and counts only when it is
    sent.
    """
    given = request.GET.get(plain.SCORE, "")[:MOST_GIVEN_BEFORE]
    kept = {**(begun or {}), **({plain.SCORE: [given]} if given else {})}
    return QuestionnaireForm(questionnaire, language=language_for(request, questionnaire, wanted), kept=kept)


def answering_page(
    request: HttpRequest,
    survey: CustomerSurvey,
    shown: QuestionnaireForm,
    *,
    note: Said | None = None,
    status: int = 0,
    is_preview: bool = False,
) -> HttpResponse:
    key = request.POST.get(KEY, "")
    language = shown.language
    context = {
        "form": shown,
        "key": key if services.is_form_key(key) else secrets.token_urlsafe(16),
        "way": _way(request),
        "trap": phrase("leave_empty", language),
        "note": note,
        "consent": selectors.said_around(survey, plain.CONSENT, language),
        "privacy": phrase("privacy", language),
        "privacy_url": survey.privacy_url,
        "kept_along": phrase("kept_along", language) if _is_kept_along(survey, shown) else None,
        "is_preview": is_preview,
        "brand": brand_of(survey.organization),
    }
    has_problems = shown.shows_problems and bool(shown.problems)
    response = render(
        request, "customer_voice/answer/form.html", context, status=status or (422 if has_problems else 200)
    )
    return _told_apart(response, survey)


def message_page(
    request: HttpRequest,
    survey: CustomerSurvey | None,
    language: str,
    *,
    title: Said,
    texts: list[Said],
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page that says something and asks nothing."""
    context = {
        "language": language,
        "direction": direction_of(language),
        "title": title,
        "texts": texts,
        "brand": None if survey is None else brand_of(survey.organization),
        **more,
    }
    response = render(request, "customer_voice/answer/message.html", context, status=status)
    return _told_apart(response, survey)


def language_for(request: HttpRequest, questionnaire: Questionnaire, wanted: str = "") -> str:
    """The language asked for in the address, else the `wanted` one, else the nearest of the browser's."""
    asked = request.GET.get("lang", "")[:35] or wanted
    if asked:
        return language_among(questionnaire, asked)
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for preferred, _weight in parse_accept_lang_header(header):
        for code in stand_ins(language_code(preferred), ""):
            if code in questionnaire.languages:
                return code
    return questionnaire.default_language


def _onward(
    request: HttpRequest, questionnaire: Questionnaire
) -> tuple[QuestionnaireForm, QuestionnaireForm | None]:
    """The form as it was sent, and the one to show next; none when all is answered."""
    typed = QuestionnaireForm.posted(
        questionnaire, request.POST, language=language_for(request, questionnaire)
    )
    return typed, typed.onward()


def _is_kept_along(survey: CustomerSurvey, shown: QuestionnaireForm) -> bool:
    """Whether customers have to be told that what they type is kept with each page."""
    return survey.half_answers != HalfUse.NONE and len(shown.pages) > 1


def _keep_half(
    request: HttpRequest,
    survey: CustomerSurvey,
    questionnaire: Questionnaire,
    typed: QuestionnaireForm,
    invitation: SurveyInvitation | None = None,
) -> None:
    """What was typed so far, unless a robot did it or too many arrive at once."""
    key = request.POST.get(KEY, "")
    if request.POST.get(TRAP, "") or not services.is_form_key(key):
        return
    if services.is_too_fast(survey, is_half=True):
        return
    services.keep_half(
        survey=survey,
        questionnaire=questionnaire,
        typed=typed.typed,
        language=typed.language,
        way=_way(request),
        key=key,
        invitation=invitation,
    )


def _sent(
    request: HttpRequest,
    survey: CustomerSurvey,
    questionnaire: Questionnaire,
    typed: QuestionnaireForm,
    invitation: SurveyInvitation | None = None,
) -> HttpResponse:
    """All is answered: stored, unless a robot filled in what nobody sees or too many arrive at once."""
    language, key = typed.language, request.POST.get(KEY, "")
    if not request.POST.get(TRAP, ""):
        page = typed.turned_to(typed.page)
        if not services.is_form_key(key):
            return answering_page(request, survey, page, note=phrase("unreadable", language), status=422)
        if services.is_too_fast(survey):
            return answering_page(request, survey, page, note=phrase("busy", language), status=429)
        try:
            services.take_reply(
                survey=survey,
                questionnaire=questionnaire,
                answers=typed.answers,
                language=language,
                way=_way(request),
                key=key,
                invitation=invitation,
            )
        except AnswerRefused:
            return _refused(request, survey) or _unknown(request)
        except AnswerKept:
            title, texts = phrase("thanks", language), [phrase("first_counts", language)]
            return message_page(request, survey, language, title=title, texts=texts, status=409)
    band = services.band_of_answer(survey, typed.answers)
    there = (
        ["ask:thanks_by_score", survey.public_id, band.value] if band else ["ask:thanks", survey.public_id]
    )
    response = redirect(*there)
    response["Location"] += f"?lang={language}"
    return _told_apart(response, survey)


def _refused(request: HttpRequest, survey: CustomerSurvey | None) -> HttpResponse | None:
    """Why nobody can answer here at present; none where one can. Of what was sent too late that it was."""
    if survey is None:
        return _unknown(request)
    openness = selectors.openness_of(survey, _today(survey))
    if openness == SurveyOpenness.OPEN:
        return None
    if openness == SurveyOpenness.UNKNOWN:
        return _unknown(request)
    language = language_for(request, plain.survey_content(survey.content))
    texts = [phrase("not_counted", language)] if request.method == "POST" else []
    status = 409 if request.method == "POST" else 200
    if openness == SurveyOpenness.NOT_YET and survey.first_day is not None:
        texts.append(phrase("opens_on", language, day=numbers_of(language).day(survey.first_day)))
        title = phrase("not_yet", language)
    else:
        texts.append(phrase("closed_more", language))
        title = phrase("closed", language)
    return message_page(request, survey, language, title=title, texts=texts, status=status)


def _led_on(request: HttpRequest, survey: CustomerSurvey | None) -> HttpResponse | None:
    """To the version that has taken this survey's place: printed codes and links go on working."""
    if survey is None or request.method != "GET" or survey.state == SurveyState.OPEN:
        return None
    following = selectors.follower_of(survey)
    if following is None:
        return None
    response = redirect("ask:form", following.public_id)
    query = request.META.get("QUERY_STRING", "")
    response["Location"] += f"?{query}" if query else ""
    return _told_apart(response, following)


def _unknown(request: HttpRequest) -> HttpResponse:
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    wanted = [request.GET.get("lang", "")[:35], *(one for one, _weight in parse_accept_lang_header(header))]
    title = next((said for said in map(_unknown_in, filter(None, wanted)) if said is not None), None)
    title = title or phrase("unknown", "en")
    language = title.language
    texts = [phrase("unknown_more", language)]
    return message_page(request, None, language, title=title, texts=texts, status=404)


def _unknown_in(language: str) -> Said | None:
    said = phrase("unknown", language)
    is_near = language_code(language).partition("-")[0] == said.language.partition("-")[0]
    return said if is_near else None


def _way(request: HttpRequest) -> str:
    way = request.POST.get(WAY, "") or request.GET.get("via", "")
    return way if way in SurveyWay.values and way != SurveyWay.EMAIL else SurveyWay.LINK.value


def _told_apart(response: HttpResponse, survey: CustomerSurvey | None) -> HttpResponse:
    """Which sites may frame it, for the middleware; and going back finds what was typed."""
    if survey is not None:
        response.frame_hosts = tuple(survey.embed_hosts)  # type: ignore[attr-defined]
    if response.status_code < 300:
        response["Cache-Control"] = FOR_GOING_BACK
    return response


def _today(survey: CustomerSurvey) -> Any:
    return survey.organization.clock.today()
