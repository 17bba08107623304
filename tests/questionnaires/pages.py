"""Pages of tests alone: a questionnaire shown and answered by itself, as the rooms above will do it."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from questionnaires.answering import Answer
from questionnaires.content import Questionnaire
from questionnaires.forms import QuestionnaireForm
from questionnaires.importers import read_questionnaire

FILE = Path(__file__).with_name("visit.yaml")
HANDED_IN: list[dict[str, Answer]] = []  # emptied by the test


def visit() -> Questionnaire:
    return read_questionnaire(FILE.read_text(encoding="utf-8"))


def answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = QuestionnaireForm(visit(), language=request.GET.get("language", ""))
        return render(request, "questionnaires/page.html", {"form": form})
    sent = QuestionnaireForm.posted(visit(), request.POST)
    form = sent.onward()
    if form is None:
        HANDED_IN.append(dict(sent.answers))
        return HttpResponse("<!doctype html><title>Done</title><p>Thank you</p>")
    status = 422 if form.problems else 200
    return render(request, "questionnaires/page.html", {"form": form}, status=status)


urlpatterns = [path("answer/", answer), path("", include("cxprogram.urls"))]
