"""What came back: results of one survey, and its replies as a table."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers
from accounts.http import MemberRequest, member_view
from customer_voice import exports
from customer_voice.access import survey_for
from customer_voice.charts import measure_of, n_text
from customer_voice.choices import SurveyState
from customer_voice.selectors.survey_results import MOST_DAYS, QuestionResult, survey_results
from customer_voice.selectors.surveys import follower_of, openness_of


@require_GET
@member_view(Action.VIEW)
def survey_detail(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk)
    found = survey_results(survey, get_language() or "en")
    context = {
        "survey": survey,
        "openness": openness_of(survey, request.organization.clock.today()),
        "found": found,
        "figures": found.mail,
        "questions": [(question, _figure_text(question)) for question in found.questions],
        "most_days": MOST_DAYS,
        "downloads": request.may(Action.VIEW_FEEDBACK)
        and offers(request, "customer_voice:survey_file", [(gettext("Replies, one in each row"), [pk])]),
        "following": follower_of(survey) if survey.state != SurveyState.OPEN else None,
    }
    return render(request, "customer_voice/survey_detail.html", context)


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def survey_file(request: MemberRequest, pk: int, ending: str) -> HttpResponseBase:
    survey = survey_for(request.member, pk, Action.VIEW_FEEDBACK)
    table = exports.replies_download(survey, about=about_file(request, survey.name))
    return give_out(request, table, ending, verb="customer_survey.exported", subject=survey)


def _figure_text(question: QuestionResult) -> tuple[str, str, str]:
    """Value, interval and n of a metric question, as everywhere; empty where there is none."""
    metric, figure = question.metric, question.figure
    if metric is None or figure is None:
        return "", "", ""
    shown = measure_of(metric, [figure.value])
    return shown.text(figure.value), shown.range(figure.low, figure.high), n_text(metric, figure.n)
