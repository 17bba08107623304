"""A survey as customers will see it, before and while it is open. Nothing that is typed here is kept."""

from collections.abc import Collection, Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from customer_voice import services
from customer_voice import survey_content as plain
from customer_voice.access import survey_for
from customer_voice.selectors import surveys as selectors
from customer_voice.survey_texts import phrase
from customer_voice.views.answering import answering_page, first_form, language_for, message_page
from questionnaires.forms import QuestionnaireForm, own_name

FRAMED: Mapping[str, Collection[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


@require_GET
@member_view(Action.VIEW)
def survey_preview(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk)
    languages = survey.content["languages"]
    chosen = request.GET.get("lang", "")
    context = {
        "survey": survey,
        "languages": [(code, own_name(code)) for code in languages],
        "chosen": chosen if chosen in languages else languages[0],
    }
    return render(request, "customer_voice/survey_preview.html", context)


@xframe_options_sameorigin
@csp_override(FRAMED)
@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def survey_preview_page(request: MemberRequest, pk: int) -> HttpResponse:
    """What the preview frames: the pages themselves, which end with the thanks and keep nothing."""
    survey = survey_for(request.member, pk)
    questionnaire = plain.survey_content(survey.content)
    if request.method == "GET":
        shown = first_form(request, questionnaire)
        return _unkept(answering_page(request, survey, shown, is_preview=True))
    typed = QuestionnaireForm.posted(
        questionnaire, request.POST, language=language_for(request, questionnaire)
    )
    following = typed.onward()
    if following is not None:
        return _unkept(answering_page(request, survey, following, is_preview=True))
    band = services.band_of_answer(survey, typed.answers)
    said = selectors.thanks_of(survey, band.value if band else "", typed.language)
    texts = [said] if said else [phrase("received", typed.language)]
    title = phrase("thanks", typed.language)
    return _unkept(message_page(request, survey, typed.language, title=title, texts=texts))


def _unkept(response: HttpResponse) -> HttpResponse:
    """A page of somebody who is signed in, which no browser keeps: unlike the survey's own pages, nothing is
    lost here by going back."""
    response["Cache-Control"] = "no-store"
    return response
