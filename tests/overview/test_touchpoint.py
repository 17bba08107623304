"""One touchpoint: is it getting better, how sure is that, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from customer_voice.services import rebuild_rollup
from overview.selectors import touchpoint_page
from tests.factories.coalition import EvaluationPlanFactory, InitiativeFactory
from tests.factories.customer_voice import (
    FeedbackFactory,
    MetricDefinitionFactory,
    TouchpointFactory,
    many_feedback,
)
from tests.factories.reports import proved

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def address(key: str, slug: str = "northwind") -> str:
    return reverse("overview:touchpoint_detail", args=[slug, key])


@pytest.fixture
def web(organization):
    return TouchpointFactory(organization=organization, key="web", name="Web shop")


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


def heard(metric, touchpoint, day: str, scores: list[int], text: str = "") -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    each = [
        {"score": score, "occurred_at": noon + timedelta(minutes=number)}
        for number, score in enumerate(scores)
    ]
    many_feedback(metric=metric, touchpoint=touchpoint, each=each, text=text)


def test_the_page_answers_first_and_shows_figures_words_and_initiatives(
    client_of, ada, organization, web, nps
):
    phone = TouchpointFactory(organization=organization, key="phone")
    for month in ("2025-11", "2025-12", "2026-01"):
        heard(nps, web, f"{month}-28", [9] * 10 + [3] * 50)
    heard(nps, web, "2026-02-28", [9] * 55 + [3] * 5, text="Quick & easy")
    heard(nps, phone, "2026-02-28", [3] * 20, text="Said elsewhere")
    rebuild_rollup(organization=organization)
    initiative = InitiativeFactory(organization=organization, number=7, went_live_on=date(2026, 2, 10))
    initiative.touchpoints.add(web)
    EvaluationPlanFactory(initiative=initiative, metric=nps)
    other = InitiativeFactory(organization=organization, number=8, title="Not here")
    other.touchpoints.add(phone)

    page = client_of(ada).get(address("web")).content.decode()
    assert "NPS® was better than usual in Feb 2026: 83." in page
    assert "from what was expected" in page
    assert "Quick &amp; easy" in page
    assert "Said elsewhere" not in page
    assert "INI-7" in page
    assert "went live on Feb 10, 2026" in page
    assert "Not here" not in page
    assert reverse("customer_voice:metric_detail", args=["northwind", "nps"]) + "?touchpoint=web" in page
    assert "?touchpoint=web" in page


def test_a_touchpoint_without_answers_says_so(client_of, ada, cleo, web):
    page = client_of(ada).get(address("web")).content.decode()
    assert "No answers from customers at this touchpoint yet." in page
    assert "Import feedback" in page
    assert "No initiatives at this touchpoint." in page
    assert "This touchpoint has no owner" in page
    assert "Import feedback" not in client_of(cleo).get(address("web")).content.decode()


def test_what_an_initiative_did_stands_beside_it(ada, organization):
    known = proved(ada)
    touchpoint = known.simulated.initiative.touchpoints.get()
    (line,) = touchpoint_page(ada, touchpoint).studied
    assert line.initiative == known.simulated.initiative
    assert (line.verdict.title, line.verdict.grade) == ("Supported", known.study.grade)


def test_a_verdict_for_a_go_live_that_was_corrected_says_so(client_of, ada, organization):
    known = proved(ada)
    touchpoint = known.simulated.initiative.touchpoints.get()
    page = client_of(ada).get(address(touchpoint.key)).content.decode()
    assert "corrected since" not in page
    type(known.simulated.initiative).objects.update(went_live_on=date(2025, 3, 15))
    page = client_of(ada).get(address(touchpoint.key)).content.decode()
    used = date_format(known.study.go_live)
    assert f"for the go-live of {used}, corrected since" in page


def test_the_study_with_the_latest_data_speaks(ada, organization):
    known = proved(ada)
    older = type(known.study).objects.get(pk=known.study.pk)
    older.pk, older.number, older.grade = None, 99, "D"
    older.data_cutoff = known.study.data_cutoff - timedelta(days=30)
    older.save()
    touchpoint = known.simulated.initiative.touchpoints.get()
    (line,) = touchpoint_page(ada, touchpoint).studied
    assert line.verdict.grade == known.study.grade


def test_the_last_words_come_first_and_are_five(ada, organization, web, nps):
    for day in range(1, 8):
        FeedbackFactory(
            metric=nps, touchpoint=web, occurred_at=datetime(2026, 3, day, tzinfo=UTC), text=f"words {day}"
        )
    FeedbackFactory(metric=nps, touchpoint=web, occurred_at=datetime(2026, 3, 9, tzinfo=UTC), text="")
    assert [row.text for row in touchpoint_page(ada, web).words] == [
        "words 7",
        "words 6",
        "words 5",
        "words 4",
        "words 3",
    ]


def test_the_metric_with_most_answers_stands_first(ada, organization, web, nps):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    heard(csat, web, "2026-02-28", [5] * 8)
    heard(nps, web, "2026-02-28", [9] * 20)
    rebuild_rollup(organization=organization)
    page = touchpoint_page(ada, web)
    assert [figure.line.metric.key for figure in page.figures] == ["nps", "csat_5"]
    assert len({figure.chart.id for figure in page.figures}) == 2


def test_what_was_typed_stays_text(client_of, ada, organization):
    TouchpointFactory(
        organization=organization, key="bill", name="<b>Bill</b>", purpose="<script>alert(1)</script>"
    )
    page = client_of(ada).get(address("bill")).content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>Bill" not in page


def test_gates_of_the_page(client_of, cleo, dora, web):
    assert client_of(cleo).get(address("web")).status_code == 200
    assert client_of(cleo).get(address("moon")).status_code == 404
    assert client_of(dora).get(address("web")).status_code == 404
    assert client_of(dora).get(address("web", "elsewhere")).status_code == 404
