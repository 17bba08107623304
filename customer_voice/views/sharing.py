"""The ways to a survey: its link, a card with its QR code to print, a widget for a site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from customer_voice import survey_content as plain
from customer_voice.access import survey_by_public_id, survey_for
from customer_voice.choices import SurveyOpenness, SurveyWay
from customer_voice.models import CustomerSurvey
from customer_voice.pictures import qr_svg
from customer_voice.selectors import surveys as selectors
from questionnaires.forms import language_among, own_name
from questionnaires.wording import direction_of, said_in

BUILD = Action.EDIT_METRICS


def public_address(survey: CustomerSurvey, way: str = "", language: str = "") -> str:
    """Where customers find the survey, by which way and in which language if that is asked for."""
    more = [f"via={way}"] if way else []
    more += [f"lang={language}"] if language else []
    path = reverse("ask:form", args=[survey.public_id])
    return f"{settings.SITE_URL.rstrip('/')}{path}" + (f"?{'&'.join(more)}" if more else "")


@require_GET
@member_view(BUILD)
def survey_share(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    widget = settings.SITE_URL.rstrip("/") + reverse("ask:widget", args=[survey.public_id])
    context = {
        "survey": survey,
        "openness": selectors.openness_of(survey, request.organization.clock.today()),
        "link": public_address(survey),
        "link_with_score": f"{public_address(survey)}?score=9",
        "languages": [
            (code, own_name(code), public_address(survey, language=code))
            for code in survey.content["languages"]
        ],
        "widget": f'<script src="{widget}" async></script>',
    }
    return render(request, "customer_voice/survey_share.html", context)


@require_GET
@member_view(BUILD)
def survey_qr(request: MemberRequest, pk: int) -> HttpResponse:
    """The QR code of the address, as a picture that can be printed in any size."""
    survey = survey_for(request.member, pk, BUILD)
    language = request.GET.get("lang", "")
    language = language if language in survey.content["languages"] else ""
    picture = qr_svg(public_address(survey, SurveyWay.QR, language))
    response = HttpResponse(picture, content_type="image/svg+xml")
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="survey-{survey.pk}.svg"'
    return response


@require_GET
@member_view(BUILD)
def survey_card(request: MemberRequest, pk: int) -> HttpResponse:
    """A card to print: what is asked, the code, and the address for who has no camera."""
    survey = survey_for(request.member, pk, BUILD)
    content = plain.survey_content(survey.content)
    language = language_among(content, request.GET.get("lang", ""))
    context = {
        "survey": survey,
        "language": language,
        "direction": direction_of(language),
        "title": said_in(content.title, language, default=content.default_language),
        "question": said_in(content.question(plain.SCORE).text, language, default=content.default_language),
        "picture": reverse("customer_voice:survey_qr", args=[request.organization.slug, survey.pk])
        + f"?lang={language}",
        "address": public_address(survey).split("://", 1)[-1],
    }
    return render(request, "customer_voice/survey_card.html", context)


@csrf_exempt
@require_GET
def widget(request: HttpRequest, public_id: str) -> HttpResponse:
    """The script that puts the survey into a page of a site that may show it."""
    survey = survey_by_public_id(public_id)
    if survey is None or selectors.openness_of(survey, survey.organization.clock.today()) in {
        SurveyOpenness.UNKNOWN
    }:
        return HttpResponse("/* There is no survey here. */\n", content_type="text/javascript", status=404)
    content = plain.survey_content(survey.content)
    context = {
        "address": public_address(survey, SurveyWay.EMBED),
        "title": content.title[content.default_language],
    }
    script = render_to_string("customer_voice/answer/widget.js", context)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")
