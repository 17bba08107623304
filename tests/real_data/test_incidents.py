"""A company's IT incidents of 2016: from the file to a document, and no claim on the way.

The file holds what was opened within three days, so it can show how long cases take and cannot show what
any change did. The go-live below is made up; nothing happened on that day that we know of.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from coalition.choices import Direction, InitiativeState, UnitSelection
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.content import plan_content
from customer_voice import services
from customer_voice.choices import Period
from customer_voice.models import Feedback
from cxstats.codec import digest_of
from cxstats.design import Verdict
from impact.errors import NothingToValue
from impact.selectors.studies import study_view
from impact.services import compute_roi_case, execute_study, recompute, request_study
from journeys.models import Touchpoint
from reports.documents import html_of
from reports.models import Report
from tests.factories.impact import value_model

pytestmark = pytest.mark.django_db

MADE_UP_GO_LIVE = date(2016, 3, 2)
LAST_DAY = date(2016, 3, 3)
CAUSAL = re.compile(
    r"\bcaused\b|\bbecause of\b|\bthanks to\b|\blikely cause\b|\bimproved by\b|\bdue to\b", re.IGNORECASE
)


@pytest.fixture
def ttr(organization):
    return services.create_standard_metrics(organization, ["ttr"])[0]


@pytest.fixture
def incidents(shared_data, imported, ttr) -> str:
    mapping = [
        "external_id=incident",
        "touchpoint=contact_type",
        "segment=priority",
        "reopened_count=reopen_count",
    ]
    return imported(
        shared_data / "incidents.csv", metric="ttr", source="helpdesk", map=mapping, create_touchpoints=True
    )


def live_since(organization, owner, metric, day: date) -> Initiative:
    """An initiative with a fixed plan on the time to resolution, at the only way that people called in."""
    initiative = Initiative.objects.create(
        organization=organization,
        number=1,
        title="Made-up example: cases routed by skill",
        problem="Half of the incidents take longer than a working day.",
        proposal="Made up for this test: the file names no initiative.",
        owner=owner,
        state=InitiativeState.LIVE,
        went_live_on=day,
        one_off_cost=Decimal(10_000),
    )
    initiative.touchpoints.set(Touchpoint.objects.filter(organization=organization))
    plan = EvaluationPlan.objects.create(
        initiative=initiative,
        metric=metric,
        period=Period.DAY,
        direction=Direction.DOWN,
        expected_effect=Decimal("20.00"),
        smallest_worthwhile_effect=Decimal("10.00"),
        selection=UnitSelection.EVERYONE,
        decision_rule="Keep it if the median time falls by a tenth.",
    )
    plan.fixed_content = plan_content(initiative, plan)
    plan.fixed_digest = digest_of(plan.fixed_content, version=1)
    plan.save()
    return initiative


def test_incidents_come_in_once_and_their_series_says_what_is_open(
    incidents, read, imported, shared_data, capsys
):
    rows = read("incidents.csv")
    assert f"new {len(rows)}" in incidents
    assert "rejected 0" in incidents
    assert Feedback.objects.filter(resolved_at=None).count() == 29
    assert {point.name for point in Touchpoint.objects.all()} == {row["contact_type"] for row in rows}
    arguments = {"organization": "northwind", "metric": "ttr", "period": "day", "format": "json"}
    call_command("metric_series", **arguments)
    series = json.loads(capsys.readouterr().out)
    opened = {datetime.fromisoformat(row["opened_at"]).date().isoformat() for row in rows}
    assert {point["start"][:10] for point in series["points"]} == opened
    assert len(opened) == 3
    call_command("metric_series", **arguments, touchpoint="phone")
    narrowed = json.loads(capsys.readouterr().out)["points"]
    assert [{**point, "touchpoint": ""} for point in narrowed] == series["points"]
    assert sum(point["open_cases"] for point in narrowed) == 29
    again = imported(
        shared_data / "incidents.csv",
        metric="ttr",
        source="helpdesk",
        map=[
            "external_id=incident",
            "touchpoint=contact_type",
            "segment=priority",
            "reopened_count=reopen_count",
        ],
    )
    assert f"known {len(rows)}" in again


def test_three_days_prove_nothing_and_the_document_says_so(
    incidents, organization, ada, ttr, tmp_path, capsys
):
    initiative = live_since(organization, ada, ttr, MADE_UP_GO_LIVE)
    study = request_study(initiative=initiative, by=ada, data_cutoff=LAST_DAY)
    assert execute_study(study=study)
    study.refresh_from_db()
    view = study_view(study)
    assert (study.verdict, study.grade) == (Verdict.NOT_ESTIMABLE, "D")
    assert study.finding["effect"] is None
    assert view.refusal
    assert "cannot show" in view.sentence
    assert not CAUSAL.search(" ".join([view.sentence, view.refusal, *view.reasons]))
    assert recompute(study).is_same
    value_model(initiative, ada)
    with pytest.raises(NothingToValue):
        compute_roi_case(study=study, by=ada)
    output = tmp_path / "incidents.pdf"
    call_command("roi_report", organization="northwind", initiative="INI-1", output=str(output))
    assert "verdict not_estimable" in capsys.readouterr().out
    assert output.read_bytes().startswith(b"%PDF")
    html = html_of(Report.objects.get())
    assert view.refusal in html
    assert "Net present value" not in html
    assert re.search(r"Smallest worthwhile effect</dt>\s*<dd>10(\.0)? ?%</dd>", html)
    assert not CAUSAL.search(re.sub(r"<[^>]+>", " ", html.split("How we know")[0]))


def test_wrong_file_for_the_metric_is_refused_whole(shared_data, imported, ttr):
    with pytest.raises(CommandError):
        imported(shared_data / "mobile_phone_survey.csv", metric="ttr", map=["external_id=CUSA1"])
    assert not Feedback.objects.exists()
