"""A customer's answer on the survey page against a small Django form that stores as many rows, and the
drawing of its form against Django's radio widgets. Parts in turn, on PostgreSQL.

    python benchmarks/surveys_speed.py --server postgresql://postgres@127.0.0.1 [--rounds 12]
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.record import record  # noqa: E402 - this file is started by its path

IN_TURN = 10  # of one part, before the other one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="postgresql://postgres@127.0.0.1")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    name = f"cxprogram_bench_{os.getpid()}"
    admin = psycopg.connect(options.server + "/postgres", autocommit=True)
    admin.execute(f"CREATE DATABASE {name}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
                "CXPROGRAM_DATABASE_URL": f"{options.server}/{name}",
                "CXPROGRAM_VAR": folder,
                "CXPROGRAM_STATIC_ROOT": f"{folder}/static",
                "CXPROGRAM_LOG_LEVEL": "CRITICAL",
            }
            run(options.rounds)
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import override_settings

    from cxprogram.front_end import collect

    call_command("migrate", verbosity=0, skip_checks=True)
    collect(lambda: None)
    survey = prepared()
    print(f"{sys.version.splitlines()[0]}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    rows = rows_of_an_answer(survey)
    with override_settings(ROOT_URLCONF=peer_urls(rows)):
        answers = in_turn(lambda: answered(survey), peer_answered, rounds, clock=time.perf_counter)
    drawn = in_turn(lambda: drawn_by_us(survey), radio_form(), rounds * 4)
    figures = [
        at_least(f"complete survey answer, {rows} rows", "a Django form that stores as many", answers, 0.6),
        at_least("drawing the form of a survey", "Django's radio widgets", drawn, 1.5),
    ]
    print(f"{'what':40}{'ratio':>8}{'limit':>8}  verdict")
    for row in figures:
        print(f"{row['what']:40}{row['ratio']:8.2f}{row['limit']:8.2f}  {row['verdict']}")
    record("surveys", figures)


def in_turn(
    ours: Callable[[], object],
    peer: Callable[[], object],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> list[float]:
    """How many times as fast as the peer we are, lot by lot; `clock` may count the database's time."""
    ratios = []
    for number in range(rounds + 1):
        spent = []
        for work in (ours, peer):
            begun = clock()
            for _turn in range(IN_TURN):
                work()
            spent.append((clock() - begun) / IN_TURN)
        if number:  # code and templates are loaded
            ratios.append(spent[1] / spent[0])
    print(f"{spent[0] * 1000:8.2f} ms, peer {spent[1] * 1000:8.2f} ms")
    return ratios


def at_least(what: str, peer: str, ratios: list[float], limit: float) -> dict[str, Any]:
    ratio = statistics.median(ratios)
    verdict = "met" if ratio >= limit else "MISSED"
    return {"what": what, "peer": peer, "ratio": ratio, "limit": limit, "verdict": verdict, "ratios": ratios}


# --- the survey --------------------------------------------------------------------------------------------


def prepared() -> Any:
    """The question of NPS with its reason, and four questions of five choices."""
    from accounts.models import User
    from accounts.services import create_organization
    from customer_voice import services
    from customer_voice.choices import FollowUp
    from customer_voice.services import QuestionPlan, replies
    from journeys.models import Touchpoint

    replies.MOST_A_MINUTE = 10**9
    founder = User.objects.create(email="bench@example.com", name="Bench")
    member = create_organization(name="Bench", slug="bench", founder=founder)
    (metric,) = services.create_standard_metrics(member.organization, ["nps"])
    place = Touchpoint.objects.create(organization=metric.organization, key="web", name="Web")
    survey = services.make_survey(
        by=member, name="Bench", metric=metric, touchpoint=place, languages=("en",), follow_up=FollowUp.ONE
    )
    for number in range(4):
        plan = QuestionPlan(
            kind="one_choice",
            text=f"Question {number}?",
            choices=[f"Choice {one} of this question" for one in range(5)],
        )
        survey = services.save_question(by=member, survey=survey, plan=plan)
    return services.open_survey(by=member, survey=survey)


@cache
def visitor() -> Any:
    """One for all: a client loads the whole site anew."""
    from django.test import Client

    return Client()


def answered(survey: Any) -> None:
    """The form is loaded, filled in page by page, and sent."""
    client, address = visitor(), f"/f/{survey.public_id}/"
    assert client.get(address).status_code == 200
    typed = {"form-key": secrets.token_urlsafe(16), "way": "link", "website": "", "go": "next"}
    typed |= {"q-language": "en", "q-score": "9", "q-why": "Fine, thank you."}
    typed |= {f"q-q-{number}": "c-2" for number in range(1, 5)}
    for page in range(5):
        found = client.post(address, {**typed, "q-page": str(page)})
        if found.status_code == 302:
            return
        assert found.status_code == 200, found.status_code
    raise SystemExit("the survey was not sent")


def rows_of_an_answer(survey: Any) -> int:
    """How many rows one answer leaves in all tables."""
    from django.apps import apps

    def rows() -> int:
        return sum(model._default_manager.count() for model in apps.get_models() if model._meta.managed)

    answered(survey)
    before = rows()
    answered(survey)
    return rows() - before


def drawn_by_us(survey: Any) -> str:
    from django.template.loader import render_to_string

    from customer_voice.survey_content import survey_content
    from questionnaires.forms import QuestionnaireForm

    form = QuestionnaireForm(survey_content(survey.content), language="en")
    return str(render_to_string("questionnaires/form.html", {"form": form}))


# --- peers -------------------------------------------------------------------------------------------------


def small_form() -> Any:
    from django import forms

    class Small(forms.Form):
        score = forms.ChoiceField(
            choices=[(str(one), str(one)) for one in range(11)], widget=forms.RadioSelect
        )
        why = forms.CharField(widget=forms.Textarea, required=False)

    for number in range(1, 5):
        Small.base_fields[f"q{number}"] = forms.ChoiceField(
            label=f"Question {number}?",
            choices=[(f"c-{one}", f"Choice {one} of this question") for one in range(5)],
            widget=forms.RadioSelect,
        )
    return Small


def radio_form() -> Callable[[], str]:
    from django.forms.renderers import DjangoTemplates

    form, renderer = small_form(), DjangoTemplates()
    return lambda: str(form(renderer=renderer).as_div())


def peer_urls(rows: int) -> str:
    """The same site with one page more: a form, and its answers stored in one transaction row by row."""
    from django.db import connection, models, transaction
    from django.forms.renderers import DjangoTemplates
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
    from django.template import engines
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    import cxprogram.urls

    class BenchRow(models.Model):
        name = models.CharField(max_length=60)
        value = models.TextField()
        given_at = models.DateTimeField(auto_now_add=True)

        class Meta:
            app_label = "bench"

    with connection.schema_editor() as editor:
        editor.create_model(BenchRow)
    form, renderer = small_form(), DjangoTemplates()
    page = engines["django"].from_string(
        "<!doctype html><title>Survey</title><form method=post>{{ form }}<button>Send</button></form>"
    )

    @csrf_exempt
    def answer(request: HttpRequest) -> HttpResponse:
        bound = form(request.POST or None, renderer=renderer)
        if request.method == "POST" and bound.is_valid():
            given = list(bound.cleaned_data.items())
            with transaction.atomic():
                for number in range(rows):
                    name, value = given[number % len(given)]
                    BenchRow.objects.create(name=name, value=value)
            return HttpResponseRedirect("/peer/")
        return HttpResponse(page.render({"form": bound}, request))

    module = ModuleType("benchmark_survey_urls")
    module.__dict__.update(
        {name: value for name, value in vars(cxprogram.urls).items() if name.startswith("handler")}
    )
    module.urlpatterns = [path("peer/", answer), *cxprogram.urls.urlpatterns]  # type: ignore[attr-defined]
    sys.modules["benchmark_survey_urls"] = module
    return "benchmark_survey_urls"


def peer_answered() -> None:
    client = visitor()
    assert client.get("/peer/").status_code == 200
    typed = {"score": "9", "why": "Fine, thank you.", **{f"q{number}": "c-2" for number in range(1, 5)}}
    assert client.post("/peer/", typed).status_code == 302


if __name__ == "__main__":
    main()
