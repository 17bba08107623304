"""Screens of findings, value, portfolio and drivers."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from accounts.choices import Role
from coalition.models import EvaluationPlan, Initiative
from common.errors import InvalidValues
from common.jobs import JobState
from customer_voice.models import Feedback, MetricDefinition, MetricPoint, Submission
from cxstats.design import EstimandKind
from cxstats.roi import quantiles_of
from impact import charts, services
from impact.models import DriverRun, RoiCase, Study, ValueModel
from impact.selectors import case_tables, impact_page, portfolio
from impact.selectors.cases import case_view
from impact.selectors.charts import finding_chart, tornado_chart
from impact.selectors.portfolio import LeftOut
from impact.selectors.studies import study_subject, study_view
from impact.services import compute_roi_case, dispute, execute_drivers, request_drivers, sign_off
from tests.conftest import _member
from tests.factories.customer_voice import ContactFactory, FeedbackFactory, SourceFactory
from tests.factories.impact import (
    finished_study,
    live_initiative,
    metric_of,
    parameter_values,
    touchpoint_of,
    value_model,
)
from tests.markup import hidden_of
from wording.formats import NO_BREAK

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    monkeypatch.setattr("impact.tasks.run_study.delay", lambda pk: None)
    monkeypatch.setattr("impact.tasks.run_drivers.delay", lambda pk: None)


def _url(name, *args):
    return reverse(f"impact:{name}", args=["northwind", *args])


def test_empty_portfolio_teaches_the_next_step(client_of, ada):
    page = client_of(ada).get(_url("portfolio"))
    assert page.status_code == 200
    assert "Nothing is live yet" in page.text


def test_a_finding_says_up_to_which_whole_week_and_how_many_at_the_touchpoint(studied):
    """Ninety weeks from 1 January 2024 end on 21 September 2025; three days more are no week."""
    view = study_view(studied)
    later = replace(view, subject=replace(view.subject, data_cutoff=date(2025, 9, 24)))
    said = finding_chart(later).subtitle
    assert said == "By week up to Sep 21, 2025; n = 10,800, and 10,800 in the comparison"


def test_a_finding_at_the_mix_of_before_says_so_in_its_chart(studied):
    view = study_view(studied)
    weighted = replace(view, finding=replace(view.finding, notes=(*view.finding.notes, "constant_mix")))
    assert finding_chart(view).subtitle + "; at the mix of segments before the go-live" == (
        finding_chart(weighted).subtitle
    )


def test_portfolio_shows_null_and_refused_results_too(organization, client_of, ada, case):
    finished_study(live_initiative(organization, ada, number=2, title="Nil", place="billing", truth=0.0), ada)
    short = live_initiative(
        organization, ada, number=3, title="Too soon", place="shop", weeks=62, comparisons=0
    )
    finished_study(short, ada)
    page = client_of(ada).get(_url("portfolio"))
    for words in ("Welcome call", "Nil", "Too soon", "Not estimable", "Supported", "3 initiatives studied"):
        assert words in page.text


def test_portfolio_leaves_scenarios_out_of_the_total(organization, client_of, ada):
    weak = live_initiative(organization, ada, weeks=20, start=10, comparisons=0)
    value_model(weak.initiative, ada)
    compute_roi_case(study=finished_study(weak, ada), by=ada)
    page = client_of(ada).get(_url("portfolio"))
    assert "nothing yet" in page.text
    assert "scenario only" in page.text


def test_finding_opens_with_its_sentence_grade_and_checks(client_of, ada, studied):
    page = client_of(ada).get(_url("initiative_impact", 1))
    assert "is the likely cause" in page.text
    assert "Compared with others" in page.text
    assert "Same course before the go-live" in page.text
    assert 'id="finding"' in page.text
    assert studied.input_digest in page.text


def test_refusal_is_printed_as_such(organization, client_of, ada):
    finished_study(live_initiative(organization, ada, weeks=62, comparisons=0), ada)
    page = client_of(ada).get(_url("initiative_impact", 1))
    assert "Not estimable" in page.text
    assert "There are too few whole periods before or after the go-live." in page.text
    assert "nothing to turn into money" in page.text


def test_case_is_shown_with_its_ranges_and_table(client_of, ada, case):
    page = client_of(ada).get(_url("initiative_impact", 1))
    for words in ("Net present value", "Chance of a loss", "Breaks even", "Not reviewed by finance", "EUR"):
        assert words in page.text
    for chart in ("value", "tornado", "cash-flow"):
        assert f'id="{chart}"' in page.text


def test_scenario_says_that_it_is_one(organization, client_of, ada):
    weak = live_initiative(organization, ada, weeks=20, start=10, comparisons=0)
    value_model(weak.initiative, ada)
    compute_roi_case(study=finished_study(weak, ada), by=ada)
    page = client_of(ada).get(_url("initiative_impact", 1))
    assert "If the effect were as estimated" in page.text
    assert "changed by" in page.text
    assert "likely cause" not in page.text


def test_earlier_study_stays_visible(client_of, ada, worked, studied):
    MetricPoint.objects.order_by("day", "pk")[0].delete()  # other answers up to the same day
    finished_study(worked, ada)
    page = client_of(ada).get(_url("study_detail", 1, 1))
    assert "an earlier one" in page.text
    assert client_of(ada).get(_url("study_detail", 1, 9)).status_code == 404


def test_study_is_asked_for_and_its_progress_shown(
    client_of, ada, worked, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr("impact.tasks.run_study.delay", sent.append)
    client = client_of(ada)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(_url("study_request", 1), {"data_cutoff": worked.last_day.isoformat()})
    assert answer.status_code == 302
    study = Study.objects.get()
    assert sent == [study.pk]
    assert "Study 1 is running" in client.get(_url("initiative_impact", 1)).text
    fragment = client.get(_url("study_progress", 1), headers={"hx-request": "true"})
    assert "Study 1 is running" in fragment.text
    assert "<html" not in fragment.text
    Study.objects.update(job_state=JobState.FAILED, failure="Broken")
    assert client.get(_url("study_progress", 1), headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert "Study 1 did not finish" in client.get(_url("initiative_impact", 1)).text


def test_a_double_click_asks_for_one_study_and_both_answers_lead_to_it(client_of, ada, worked):
    client = client_of(ada)
    shown = client.get(_url("initiative_impact", 1)).text
    assert shown.count('name="once" value="') == 1
    sent = {
        "data_cutoff": worked.last_day.isoformat(),
        "once": shown.split('name="once" value="')[1].split('"')[0],
    }
    answers = [client.post(_url("study_request", 1), sent) for _click in "ab"]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, _url("initiative_impact", 1))
    ] * 2
    assert Study.objects.count() == 1
    other = client.post(_url("study_request", 1), {**sent, "once": "another-page"})
    assert (other.status_code, Study.objects.count()) == (422, 1)  # one study runs at a time


def test_refused_request_keeps_what_was_typed(client_of, ada, worked):
    future = (timezone.localdate() + timedelta(days=30)).isoformat()
    page = client_of(ada).post(_url("study_request", 1), {"data_cutoff": future})
    assert page.status_code == 422
    assert "cannot be in the future" in page.text
    assert future in page.text


def _typed(kind="retention", **changes):
    typed = {
        "kind": kind,
        "horizon_years": "3",
        "discount_rate_pct": "8",
        "first_year_share": "1",
        "cost-0-label": "Build",
        "cost-0-year": "0",
        "cost-0-low": "50000",
        "cost-0-likely": "60000",
        "cost-0-high": "80000",
    }
    for values in parameter_values(kind):
        for part, amount in zip(("low", "likely", "high"), values.arguments, strict=True):
            typed[f"{values.key}-{part}"] = str(amount)
        typed |= {f"{values.key}-source_kind": values.source_kind, f"{values.key}-source": values.source}
        typed[f"{values.key}-owner_name"] = values.owner_name
    return typed | changes


def test_value_model_is_saved_from_the_form(client_of, ada, worked):
    answer = client_of(ada).post(_url("value_edit", 1), _typed())
    assert answer.status_code == 302
    model = ValueModel.objects.get()
    assert model.parameters.count() == 6
    assert model.cost_lines.count() == 1
    assert 'value="0.0008"' in client_of(ada).get(_url("value_edit", 1)).text


def test_own_formula_is_saved_from_named_factors(client_of, ada, worked):
    haircuts = {
        name: value
        for name, value in _typed().items()
        if name.partition("-")[0] in {"attribution", "confidence", "persistence"}
    }
    frame = {"kind": "formula", "horizon_years": "2", "discount_rate_pct": "5", "first_year_share": "1"}
    factor = {
        "factor-0-label": "Fines avoided", "factor-0-low": "1", "factor-0-likely": "2", "factor-0-high": "3",
        "factor-0-source_kind": "assumption",
    }  # fmt: skip
    answer = client_of(ada).post(_url("value_edit", 1), frame | factor | haircuts)
    assert answer.status_code == 302
    assert ValueModel.objects.get().parameters.filter(key="fines_avoided").exists()
    again = client_of(ada).post(_url("value_edit", 1), frame | factor | haircuts)
    assert again.status_code == 302  # a row that stands as it was stored


def test_empty_cost_rows_ask_for_nothing_while_another_field_is_mended(client_of, ada, worked):
    page = client_of(ada).post(_url("value_edit", 1), _typed(**{"margin-low": "900"}))
    assert page.status_code == 422
    assert "This field is required" not in page.text


def test_value_of_an_earlier_model_says_so(client_of, ada, worked, studied):
    value_model(worked.initiative, ada)
    client_of(ada).post(_url("case_compute", 1))
    sentence = "changed after this value was computed"
    assert sentence not in client_of(ada).get(_url("initiative_impact", 1)).text
    client_of(ada).post(_url("value_edit", 1), _typed())
    assert sentence in client_of(ada).get(_url("initiative_impact", 1)).text


def test_wrong_range_is_shown_beside_its_field_and_nothing_is_lost(client_of, ada, worked):
    wrong = {"margin-low": "900", "attribution-high": "60", "customers-source": "CRM extract"}
    page = client_of(ada).post(_url("value_edit", 1), _typed(**wrong))
    assert page.status_code == 422
    assert "Low must not exceed most likely" in page.text
    assert "A share must be between 0 and 1" in page.text
    assert "CRM extract" in page.text
    assert not ValueModel.objects.exists()


def test_kinds_are_offered_without_figures(client_of, ada, worked):
    page = client_of(ada).get(_url("value_edit", 1), {"kind": "avoided_contacts"})
    assert "Cost of one contact" in page.text
    assert client_of(ada).get(_url("value_edit", 1), {"kind": "nonsense"}).status_code == 200


def test_value_is_computed_and_reviewed(client_of, ada, fay, worked, studied):
    value_model(worked.initiative, ada)
    assert client_of(ada).post(_url("case_compute", 1)).status_code == 302
    case = RoiCase.objects.get()
    refused = client_of(fay).post(_url("case_review", 1, case.pk), {"decision": "dispute", "comment": ""})
    assert refused.status_code == 422
    assert "Say what you dispute" in refused.text
    # a fragment in the address would take the focus away from the field that is refused
    assert f'action="{_url("case_review", 1, case.pk)}"' in refused.text
    assert re.search(r'<textarea[^>]*name="comment"[^>]*aria-invalid="true"', refused.text)
    answer = client_of(fay).post(_url("case_review", 1, case.pk), {"decision": "sign", "comment": "Fits"})
    assert answer.status_code == 302
    page = " ".join(client_of(ada).get(_url("initiative_impact", 1)).text.split())
    assert "Signed off by finance" in page
    ranges = re.findall(r'<td class="number">([^<]* · [^<]*)</td>', page)
    assert ranges
    assert not [text for text in ranges if re.search(r"(?<![.\d])\d{4}|\.0\b", text)]


def test_a_review_made_meanwhile_is_not_written_over(client_of, api_of, fay, organization, case):
    gil = _member(organization, "Gil", Role.FINANCE_REVIEWER)
    address = _url("case_review", case.study.initiative.number, case.pk)
    seen = hidden_of(
        client_of(gil).get(_url("initiative_impact", case.study.initiative.number)).text, address
    )
    client_of(fay).post(address, {**seen, "decision": "sign", "comment": "Fits"})
    late = client_of(gil).post(address, {**seen, "decision": "dispute", "comment": "Too high"})
    assert late.status_code == 422
    assert "Fay decided otherwise after this page was opened: it is “Signed off by finance” now." in late.text
    assert "Too high" in late.text
    door = f"/api/v1/o/northwind/roi-cases/{case.pk}/sign-off/"
    sent = {"decision": "disputed", "comment": "Too high"}
    refused = api_of(gil).post(door, {**sent, "sign_off_at": None}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "decided_meanwhile")
    case.refresh_from_db()
    assert (case.sign_off, case.sign_off_by) == ("signed", fay)
    read = api_of(gil).get(f"/api/v1/o/northwind/roi-cases/{case.pk}/").json()["sign_off_at"]
    assert api_of(gil).post(door, {**sent, "sign_off_at": read}, format="json").status_code == 200
    client_of(gil).post(address, {**hidden_of(late.text, address), "decision": "sign"})
    case.refresh_from_db()
    assert case.sign_off == "disputed"  # that page was drawn before as well


def test_inputs_of_the_product_are_named_in_the_language_of_whoever_reads_them(client_of, ada, case):
    """What is stored with the case is in English, and stays so: it is part of what was computed."""
    stored = {row["key"]: row["label"] for row in case.inputs["value_model"]["parameters"]}
    assert stored["margin"] == "Margin per customer per year"
    with override("zh-hans"):
        page = impact_page(case.study.initiative, today=timezone.localdate()).case
    named = {row.key: (row.label, row.unit) for row in page.parameters}
    assert named["margin"] == ("每位客户每年的边际贡献", "金额/年")
    assert page.labels["margin"] == "每位客户每年的边际贡献"
    assert page.labels["cost_0"] == "Build（0）"


def test_a_factor_that_people_named_keeps_its_name(ada, case):
    model = case.inputs["value_model"]
    model["kind"] = "formula"
    model["parameters"] = [
        {**row, "key": "calls", "label": "Calls a day", "unit": "calls"} if row["key"] == "margin" else row
        for row in model["parameters"]
    ]
    with override("zh-hans"):
        assert case_tables.labels_of(case)["calls"] == "Calls a day"
        assert case_tables._unit("formula", {"key": "calls", "unit": "calls"}) == "calls"


@pytest.mark.parametrize("decision", [{}, {"decision": ""}, {"decision": "approve"}, {"decision": "open"}])
def test_a_review_that_says_neither_is_refused_and_changes_nothing(client_of, fay, case, decision):
    page = client_of(fay).post(_url("case_review", 1, case.pk), {**decision, "comment": "It is too much."})
    assert page.status_code == 422
    assert 'tabindex="-1" autofocus>Sign off or dispute: nothing was recorded.' in page.text
    assert "It is too much." in page.text
    case.refresh_from_db()
    assert (case.sign_off, case.sign_off_by) == ("open", None)


@pytest.mark.parametrize("decision", ["", "open", "sign", "Signed"])
def test_the_service_refuses_a_review_that_says_neither(fay, case, decision):
    with pytest.raises(InvalidValues) as refusal:
        services.review(case=case, by=fay, decision=decision, comment="It is too much.")
    assert list(refusal.value.fields) == ["decision"]
    case.refresh_from_db()
    assert case.sign_off == "open"


def test_computing_without_a_value_model_is_refused_clearly(client_of, ada, studied):
    page = client_of(ada).post(_url("case_compute", 1))
    assert page.status_code == 422
    assert "how a change in this metric becomes money" in page.text


# --- access --------------------------------------------------------------------------------------


def test_a_new_value_model_begins_with_what_was_planned(worked, ada, client_of):
    worked.initiative.one_off_cost, worked.initiative.yearly_cost = Decimal("40000"), Decimal("5000.50")
    worked.initiative.save()
    page = client_of(ada).get(_url("value_edit", 1), {"kind": "retention"})
    costs = [form for form in page.context["forms"].costs if not form.is_empty]
    told = [(form["label"].value(), form["year"].value(), str(form["likely"].value())) for form in costs]
    assert told == [
        ("One-off cost", "0", "40000"),
        ("Cost a year", "1", "5000.5"),
        ("Cost a year", "2", "5000.5"),
        ("Cost a year", "3", "5000.5"),
    ]
    text = page.text.replace(NO_BREAK, " ")
    assert "The initiative was planned to cost EUR 40,000 once and EUR 5,000.50 a year." in text
    assert "needed unless it is an assumption" in page.text


def test_a_stored_value_model_keeps_its_costs_beside_what_was_planned(worked, ada, client_of):
    worked.initiative.one_off_cost = Decimal("40000")
    worked.initiative.save()
    value_model(worked.initiative, ada)
    page = client_of(ada).get(_url("value_edit", 1))
    assert "One-off cost" not in [form["label"].value() for form in page.context["forms"].costs]
    assert "40,000 once and" in page.text.replace(NO_BREAK, " ")


WRITES = [("study_request", []), ("case_compute", []), ("value_edit", [])]
READS = [("portfolio", None), ("driver_analysis", None), ("initiative_impact", []), ("study_progress", [])]


@pytest.mark.parametrize(("name", "args"), READS)
def test_everybody_of_the_organization_may_read(client_of, cleo, studied, name, args):
    answer = client_of(cleo).get(_url(name, *([] if args is None else [1])))
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize(("name", "args"), [*READS, *WRITES])
def test_stranger_learns_nothing(client_of, dora, studied, name, args):
    url = _url(name, *([] if args is None else [1]))
    client = client_of(dora)
    assert (client.post(url) if (name, args) in WRITES else client.get(url)).status_code == 404


@pytest.mark.parametrize(("name", "args"), WRITES)
def test_looking_on_does_not_allow_to_change(client_of, cleo, studied, name, args):
    assert client_of(cleo).post(_url(name, 1)).status_code == 403


def test_only_finance_reviews(client_of, ada, case):
    assert client_of(ada).post(_url("case_review", 1, case.pk), {"decision": "sign"}).status_code == 403


def test_case_of_another_initiative_is_not_found(client_of, organization, ada, fay, case):
    live_initiative(organization, ada, number=2, place="billing")
    answer = client_of(fay).post(_url("case_review", 2, case.pk), {"decision": "sign"})
    assert answer.status_code == 404


# --- hostile texts, query counts ------------------------------------------------------------------

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def test_hostile_texts_are_escaped_everywhere(organization, client_of, ada, fay):
    simulated = live_initiative(organization, ada, title=HOSTILE[:140], place_name=HOSTILE[:120])
    model = value_model(simulated.initiative, ada)
    model.parameters.update(label=HOSTILE, source=HOSTILE, owner_name=HOSTILE)
    model.cost_lines.update(label=HOSTILE)
    case = compute_roi_case(study=finished_study(simulated, ada), by=ada)
    dispute(case=case, by=fay, comment=HOSTILE)
    for name, args in (("portfolio", []), ("initiative_impact", [1]), ("value_edit", [1])):
        text = client_of(ada).get(_url(name, *args)).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def _queries(client, url):
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


def test_portfolio_asks_as_often_for_one_initiative_as_for_three(organization, client_of, ada, case):
    client = client_of(ada)
    before = _queries(client, _url("portfolio"))
    for number, place in ((2, "billing"), (3, "shop")):
        more = live_initiative(organization, ada, number=number, place=place, title=place)
        finished_study(more, ada)
    assert _queries(client, _url("portfolio")) == before


def test_finding_asks_as_often_for_one_study_as_for_three(client_of, ada, worked, studied):
    client = client_of(ada)
    before = _queries(client, _url("initiative_impact", 1))
    finished_study(worked, ada, days_later=1)
    finished_study(worked, ada, days_later=2)
    assert _queries(client, _url("initiative_impact", 1)) == before


# --- drivers ---------------------------------------------------------------------------------------


def rate(organization, customers, seed=2):
    """Ratings of the same customers; onboarding truly moves the overall score, the shop does not."""
    import numpy as np

    rng = np.random.default_rng(seed)
    metric = metric_of(organization, "osat")
    places = [touchpoint_of(organization, key) for key in ("overall", "onboarding", "billing", "shop")]
    source = SourceFactory(organization=organization, name="test")
    rows = []
    for customer in range(customers):
        contact = ContactFactory(organization=organization, external_reference=f"C{customer}")
        onboarding, billing, shop = rng.normal(7, 1.5, 3)
        overall = 0.7 * onboarding + 0.2 * billing + rng.normal(0.7, 0.7)
        for place, score in zip(places, (overall, onboarding, billing, shop), strict=True):
            rows.append(
                Feedback(
                    organization=organization,
                    submission=Submission.objects.create(
                        organization=organization, source=source, external_id=f"{customer}-{place.key}"
                    ),
                    metric=metric,
                    metric_key=metric.key,
                    touchpoint=place,
                    occurred_at=timezone.now() - timedelta(days=3),
                    score=int(np.clip(round(score), 1, 10)),
                    contact=contact,
                )
            )
    Feedback.objects.bulk_create(rows)


def _computed(by, outcome=""):
    run = request_drivers(by=by, outcome=outcome)
    assert execute_drivers(run=run)
    return run


def test_drivers_name_the_touchpoint_that_goes_with_satisfaction(organization, client_of, ada):
    rate(organization, 400)
    _computed(ada)
    page = client_of(ada).get(_url("driver_analysis"))
    assert "Onboarding is most strongly associated with Overall." in page.text
    assert "Association within one survey" in page.text
    assert "Not distinguishable from zero" in page.text
    assert "Compute again" not in page.text  # nothing has changed since


def test_the_list_of_touchpoints_says_contributions_as_the_page_of_drivers_does(organization, client_of, ada):
    rate(organization, 400)
    _computed(ada)
    client = client_of(ada)
    drivers = " ".join(client.get(_url("driver_analysis")).text.split())
    page = client.get(reverse("journeys:touchpoint_list", args=["northwind"])).text
    found = {
        name: re.search(rf">{name}</a>.*?(\d+%)<div class=\"cell-note\">([^<]+)</div>(.*?)</td>", page, re.S)
        for name in ("Onboarding", "Shop")
    }
    for told in found.values():
        assert told[2] in drivers  # the same range, to the percent
    assert "Not distinguishable" in found["Shop"][3]
    assert "Not distinguishable" not in found["Onboarding"][3]


def test_drivers_run_as_a_job_and_a_page_never_computes(
    organization, client_of, ada, cleo, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("impact.tasks.run_drivers.delay", sent.append)
    rate(organization, 60)
    client = client_of(ada)
    assert "Not computed yet" in client.get(_url("driver_analysis")).text
    assert DriverRun.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(_url("driver_request")).status_code == 302
    run = DriverRun.objects.get()
    assert sent == [run.pk]
    assert "The analysis is running" in client.get(_url("driver_analysis")).text
    fragment = client.get(_url("driver_analysis"), headers={"hx-request": "true"})
    assert "The analysis is running" in fragment.text
    assert "<html" not in fragment.text
    assert execute_drivers(run=run)
    assert not execute_drivers(run=run)  # a second worker finds it finished
    assert client.get(_url("driver_analysis"), headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert client_of(cleo).post(_url("driver_request")).status_code == 403


def test_analysis_of_the_same_answers_is_kept_and_of_new_ones_made_anew(organization, client_of, ada):
    rate(organization, 60)
    first = _computed(ada)
    assert request_drivers(by=ada) == first
    text = client_of(ada).get(_url("driver_analysis")).text
    assert "Answers have changed since." not in text
    assert re.search(r"Computed on [^<.]*[^<.]\s*</p>", text)  # a time ends the line, no period
    FeedbackFactory(
        source="late", external_id="1", metric=metric_of(organization, "osat"),
        touchpoint=touchpoint_of(organization, "shop"), occurred_at=timezone.now(), score=3, customer="C1",
    )  # fmt: skip
    page = client_of(ada).get(_url("driver_analysis"))
    assert "Answers have changed since." in page.text
    assert "Compute again" in page.text
    assert request_drivers(by=ada) != first


def test_broken_analysis_says_so_and_may_be_asked_for_again(organization, client_of, ada, monkeypatch):
    rate(organization, 60)
    run = request_drivers(by=ada)

    def broken(organization):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("impact.services.drivers.driver_columns", broken)
        with pytest.raises(RuntimeError):
            execute_drivers(run=run)
    assert "The analysis did not finish." in client_of(ada).get(_url("driver_analysis")).text
    assert request_drivers(by=ada).job_state == JobState.QUEUED


def test_few_customers_get_correlations_and_no_shares(organization, client_of, ada):
    rate(organization, 60)
    _computed(ada)
    page = client_of(ada).get(_url("driver_analysis"))
    assert "Correlations only, no shares" in page.text


def test_no_customers_is_said_calmly(client_of, ada):
    _computed(ada)
    page = client_of(ada).get(_url("driver_analysis"))
    assert page.status_code == 200
    assert "No metric has answers that name their customer." in page.text


def test_unknown_outcome_falls_back_to_the_overall_one(organization, client_of, ada):
    rate(organization, 60)
    _computed(ada, HOSTILE)
    page = client_of(ada).get(_url("driver_analysis"), {"outcome": HOSTILE})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert DriverRun.objects.get().outcome == ""
    _computed(ada, "osat.1.billing")
    chosen = client_of(ada).get(_url("driver_analysis"), {"outcome": "osat.1.billing"})
    assert "associated with Billing" in chosen.text


# --- one money truth -------------------------------------------------------------------------------


def _worth(study, by, **changes):
    """A case of this study whose expected value and range are written out."""
    case = compute_roi_case(study=study, by=by)
    result = case.result
    result["roi"]["net_present_value"] |= changes
    if "loss" in changes:
        result["roi"]["probability_of_loss"] = changes["loss"]
    RoiCase.objects.filter(pk=case.pk).update(result=result)
    return case


@pytest.fixture
def pair(organization, ada):
    """Two valued initiatives apart from each other: one gains 407,400, one loses 177,300."""
    studies = []
    for number, place in ((1, "onboarding"), (2, "billing")):
        one = live_initiative(organization, ada, number=number, place=place, title=place)
        value_model(one.initiative, ada)
        studies.append(finished_study(one, ada) if not studies else _twin(studies[0], one, ada))
    _worth(
        studies[0],
        ada,
        mean=407_400.0,
        p5=128_000.0,
        p10=170_000.0,
        p50=400_000.0,
        p90=700_000.0,
        p95=804_000.0,
    )
    _worth(
        studies[1],
        ada,
        mean=-177_300.0,
        p5=-201_000.0,
        p10=-195_000.0,
        p50=-177_000.0,
        p90=-155_000.0,
        p95=-148_000.0,
        loss=0.85,
    )
    return studies


def _twin(study, simulated, by):
    """The same finding for another initiative: the engine takes seconds."""
    names = ("finding", "grade", "verdict", "engine_version", "input_digest", "seed")
    places = [{"key": point.key, "name": point.name} for point in simulated.initiative.touchpoints.all()]
    subject = study.inputs["subject"] | {"reference": simulated.initiative.reference, "treated": places}
    return Study.objects.create(
        organization=study.organization, initiative=simulated.initiative, data_cutoff=study.data_cutoff,
        plan_digest=study.plan_digest, requested_by=by, job_state=JobState.DONE, go_live=study.go_live,
        inputs=study.inputs | {"subject": subject}, **{name: getattr(study, name) for name in names},
    )  # fmt: skip


def test_total_is_the_sum_of_the_rows(client_of, ada, pair):
    text = client_of(ada).get(_url("portfolio")).text
    assert "EUR\xa0407,400" in text
    assert "−EUR\xa0177,300" in text
    assert text.count("EUR\xa0230,100") == 2  # in all, and simply added up
    assert "2 values were computed: 1 expected to gain, 1 expected to lose." in text
    assert "the metric moved as planned in 2, not in" in text


def test_one_initiative_alone_shows_the_figure_and_range_of_its_own_page(client_of, ada, pair):
    pair[1].roi_cases.all().delete()
    total = portfolio(ada.organization)
    own = impact_page(pair[0].initiative, today=timezone.localdate()).case
    assert (total.total_text, total.total_range) == (own.net_present_value, own.net_present_value_range)
    assert total.total_text == "EUR\xa0407,400"
    assert total.total_range == "EUR\xa0128,000 to EUR\xa0804,000"


def test_disputed_values_leave_the_total_and_are_named(client_of, ada, fay, pair):
    dispute(case=pair[1].roi_cases.get(), by=fay, comment="Margin is too high.")
    page = portfolio(ada.organization)
    assert page.total_text == "EUR\xa0407,400"
    assert [(row.initiative.number, row.left_out) for row in page.left_out] == [(2, LeftOut.DISPUTED)]
    text = client_of(ada).get(_url("portfolio")).text
    assert "not in the total: disputed by finance" in text
    assert (page.naive_text, page.naive_note) == ("EUR\xa0407,400", "without 1 disputed value")
    assert "2 values were computed: 1 expected to gain." in text
    assert "1 value is disputed by finance and stands in no sum." in text
    assert "shown to make the difference visible" not in text


def test_values_in_another_currency_leave_the_total_and_are_named(organization, client_of, ada, pair):
    case = pair[1].roi_cases.get()
    RoiCase.objects.filter(pk=case.pk).update(result=case.result | {"currency": "USD"})
    page = portfolio(organization)
    assert (page.total_text, page.naive_text) == ("EUR\xa0407,400", "EUR\xa0407,400")
    text = client_of(ada).get(_url("portfolio")).text
    assert "not in the total: in USD, and the total is in EUR" in text
    assert "2 values were computed: 1 expected to gain." in text
    assert "1 value is in another currency and stands in no sum." in text


def test_no_headline_counts_values_that_stand_in_no_sum(organization, client_of, ada, fay, pair):
    case = pair[0].roi_cases.get()
    RoiCase.objects.filter(pk=case.pk).update(result=case.result | {"currency": "USD"})
    dispute(case=pair[1].roi_cases.get(), by=fay, comment="Margin is too high.")
    page = portfolio(organization)
    assert (page.total_text, page.naive_text) == ("", "")
    text = client_of(ada).get(_url("portfolio")).text
    assert "nothing yet" in text
    assert "no value can be counted, see below" in text
    assert "simply added up" not in text
    assert "were computed" not in text


def test_a_value_that_overlaps_makes_the_difference_of_the_sums(organization, pair):
    assert portfolio(organization).naive_note == ""
    for study in pair:
        shared = [*study.inputs["subject"]["treated"], {"key": "both", "name": "Both"}]
        subject = study.inputs["subject"] | {"treated": shared}
        Study.objects.filter(pk=study.pk).update(inputs=study.inputs | {"subject": subject})
    page = portfolio(organization)
    assert page.naive_text == "EUR\xa0230,100"
    assert page.naive_note == "shown to make the difference visible"


def test_a_scenario_stands_in_the_plain_sum_only_and_the_sentence_says_so(client_of, ada, pair):
    case = pair[1].roi_cases.get()
    RoiCase.objects.filter(pk=case.pk).update(
        result=case.result | {"roi": case.result["roi"] | {"scenario_only": True}}
    )
    page = portfolio(ada.organization)
    assert [row.left_out for row in page.left_out] == [LeftOut.SCENARIO]
    assert page.total_text == "EUR\xa0407,400"
    assert page.naive_text == "EUR\xa0230,100"  # 407,400 less the 177,300 of the scenario
    assert page.naive_note == "shown to make the difference visible"
    said = "1 value is a scenario only: it stands in the plain sum, not in the total."
    text = client_of(ada).get(_url("portfolio")).text
    assert said in text
    assert "no sum" not in text
    with override("zh-hans"):
        sentence = portfolio(ada.organization).sentence
    assert "1项价值仅为情景推算：计入简单相加的合计，未计入总额。" in sentence


def test_any_shared_touchpoint_makes_an_overlap(organization, client_of, ada, pair):
    for study in pair:
        shared = [*study.inputs["subject"]["treated"], {"key": "both", "name": "Both"}]
        subject = study.inputs["subject"] | {"treated": shared}
        Study.objects.filter(pk=study.pk).update(inputs=study.inputs | {"subject": subject})
    page = portfolio(organization)
    assert page.total is None
    assert {row.left_out for row in page.rows} == {LeftOut.OVERLAP}
    assert "it overlaps with INI-2" in client_of(ada).get(_url("portfolio")).text


def test_loss_stands_beside_the_verdict_on_every_page(client_of, ada, pair):
    page = client_of(ada).get(_url("initiative_impact", 2)).text
    assert (
        "The metric moved as planned. Financially, a loss is expected; the chance of a loss is 85%." in page
    )
    assert "The effect is there; it costs more than it brings." in page


def test_value_from_before_the_rule_that_keeps_more_than_everybody_says_so(client_of, ada, pair):
    case = pair[0].roi_cases.get()
    for row in case.inputs["case"]["parameters"]:
        if row["key"] == "retention_per_unit":
            row["args"], row["distribution"] = [0.5], "fixed"
    RoiCase.objects.filter(pk=case.pk).update(inputs=case.inputs)
    assert "This value is not possible" in client_of(ada).get(_url("initiative_impact", 1)).text
    page = portfolio(ada.organization)
    assert page.rows[-1].left_out is LeftOut.IMPOSSIBLE
    assert page.total_text == "−EUR\xa0177,300"


def test_headline_is_the_study_with_the_latest_data(client_of, ada, worked, studied):
    older = Study.objects.create(
        organization=studied.organization, initiative=studied.initiative, number=2, requested_by=ada,
        data_cutoff=studied.data_cutoff - timedelta(days=28), plan_digest=studied.plan_digest,
        inputs=studied.inputs, finding=studied.finding, grade="B", verdict="inconclusive",
        input_digest="0" * 64, job_state=JobState.DONE,
    )  # fmt: skip
    page = client_of(ada).get(_url("initiative_impact", 1)).text
    assert studied.input_digest in page
    assert "older data" in page
    assert portfolio(ada.organization).rows[0].view.study == studied
    text = client_of(ada).get(_url("study_detail", 1, older.number)).text
    assert "This is study 2 on data up to" in text
    same = Study.objects.filter(pk=older.pk).update(data_cutoff=studied.data_cutoff)
    assert same == 1
    assert portfolio(ada.organization).rows[0].view.study == older  # of the same data the latest run


@pytest.mark.parametrize(
    ("typed", "words"),
    [("10.000", "Write 10000 or 10."), ("0,5", "Write 0.5 or 5."), ("abc", "Enter a number.")],
)
def test_number_that_can_be_read_in_two_ways_is_refused_with_both(client_of, ada, worked, typed, words):
    page = client_of(ada).post(_url("value_edit", 1), _typed(**{"customers-likely": typed}))
    assert page.status_code == 422
    assert words in page.text
    assert f'value="{typed}"' in page.text
    assert not ValueModel.objects.exists()


def _again(study, **changes):
    """The same study run once more, without a value."""
    names = ("finding", "grade", "verdict", "engine_version", "input_digest", "seed", "inputs", "plan_digest")
    values = {name: getattr(study, name) for name in (*names, "data_cutoff")} | changes
    return Study.objects.create(
        organization=study.organization, initiative=study.initiative,
        number=study.number + 1, requested_by=study.requested_by, job_state=JobState.DONE, **values,
    )  # fmt: skip


def test_a_signed_value_stays_visible_when_the_study_runs_again(organization, client_of, ada, fay, pair):
    case = pair[0].roi_cases.get()
    sign_off(case=case, by=fay)
    case.refresh_from_db()
    again = _again(pair[0])
    said = (
        f"This value belongs to study 1. Signed off by finance: Fay, {date_format(case.sign_off_at)}. "
        "Compute it again for study 2."
    )
    own = client_of(ada).get(_url("initiative_impact", 1)).text
    assert said in own
    assert "EUR\xa0407,400" in own
    page = portfolio(organization)
    row = next(row for row in page.rows if row.initiative.number == 1)
    assert (row.case, row.left_out, row.earlier.amount) == (None, LeftOut.EARLIER, "EUR\xa0407,400")
    assert (page.total_text, page.naive_text) == ("−EUR\xa0177,300", "−EUR\xa0177,300")
    text = client_of(ada).get(_url("portfolio")).text
    assert said in text
    assert "not in the total: the study that counts has no value yet" in text
    assert "1 value belongs to an earlier study and stands in no sum." in text
    assert "The study that counts has no value yet: INI-1." in text
    assert "belongs to study 1" not in client_of(ada).get(_url("study_detail", 1, 1)).text
    compute_roi_case(study=again, by=ada)
    assert "belongs to study 1" not in client_of(ada).get(_url("initiative_impact", 1)).text
    text = client_of(ada).get(_url("portfolio")).text
    assert "belongs to" not in text
    assert "has no value yet" not in text


def test_an_earlier_value_is_not_to_be_computed_again_without_an_effect(client_of, ada, pair):
    _again(pair[0], finding=pair[0].finding | {"effect": None})
    text = client_of(ada).get(_url("initiative_impact", 1)).text
    assert "Study 2 gives no effect, so it has no value." in text
    assert "Compute it again for study 2" not in text


def test_the_effect_of_a_share_moves_the_value_in_percentage_points(ada, case):
    view = replace(case_view(case, study_subject(case.study)), kind=EstimandKind.SHARE)
    assert "percentage points" in str(tornado_chart(view))
    points = str(tornado_chart(replace(view, kind=EstimandKind.NPS)))
    assert "percentage points" not in points
    assert re.search(r"\+\d+\.\d points", points)


def test_inputs_that_do_not_fit_in_the_chart_are_counted(ada, case):
    view = case_view(case, study_subject(case.study))
    bars = view.result.tornado
    nine = replace(view, result=replace(view.result, tornado=(bars[0],) * 9))
    assert tornado_chart(nine).subtitle.endswith("; 1 smaller input not shown")
    eight = replace(view, result=replace(view.result, tornado=(bars[0],) * 8))
    assert "not shown" not in tornado_chart(eight).subtitle


def test_the_earlier_value_is_that_of_the_study_with_the_latest_data_and_never_an_impossible_one(ada, pair):
    second = _again(pair[0])
    case = pair[0].roi_cases.get()
    values = {
        "organization": case.organization,
        "engine_version": case.engine_version,
        "input_digest": "1" * 64,
    }
    for row in case.inputs["case"]["parameters"]:
        if row["key"] == "retention_per_unit":
            row["args"], row["distribution"] = [0.5], "fixed"
    RoiCase.objects.create(study=second, inputs=case.inputs, result=case.result, **values)
    _again(second)
    earlier = impact_page(pair[0].initiative, today=timezone.localdate()).earlier
    assert (earlier.study_number, earlier.amount) == (2, "–")
    row = next(row for row in portfolio(ada.organization).rows if row.initiative.number == 1)
    assert row.earlier == earlier


def test_value_of_returned_inputs_is_the_headline_everywhere(client_of, ada, worked, studied):
    client = client_of(ada)
    for years in ("3", "5", "3"):
        assert client.post(_url("value_edit", 1), _typed(horizon_years=years)).status_code == 302
        answer = client.post(_url("case_compute", 1), follow=True).text
    assert "These inputs gave value 1 before: it counts again, with its review." in answer
    assert "was changed after this value was computed" not in answer
    assert "Value 1, computed by" in answer
    assert portfolio(ada.organization).rows[0].case.case.number == 1
    assert "was changed after this value was computed" not in client.get(_url("portfolio")).text


@pytest.mark.parametrize(
    ("language", "facing", "asked"),
    [
        (
            "en",
            "The metric did not move enough to matter. Financially, a gain is expected on average, but the "
            "range goes from a loss to a gain: the chance of a loss is 42%.",
            "On the financial side the result is open: a gain is expected on average",
        ),
        ("zh-hans", "财务上平均预期盈利，但区间横跨亏损与盈利：亏损概率42%。", "财务方面：结果尚无定论。"),
    ],
)
def test_a_range_that_holds_zero_is_said_beside_the_expected_gain(ada, pair, language, facing, asked):
    case = _open_value(pair[1])
    with override(language):
        view = case_view(case, study_subject(pair[1]))
    assert facing in view.facing
    assert asked in view.request
    assert ("but the range goes from a loss to a gain" in view.sentence) == (language == "en")


@pytest.mark.parametrize(
    ("language", "facing", "asked"),
    [
        (
            "en",
            "Finance disputes the value, so it counts neither as a gain",
            "do not base the decision on the amount",
        ),
        (
            "zh-hans",
            "财务对该价值有异议，因此既不算作盈利，也不算作亏损。",
            "在解决之前，请勿依据该金额作出决定。",
        ),
    ],
)
def test_a_disputed_value_claims_no_gain(ada, fay, pair, language, facing, asked):
    dispute(case=pair[0].roi_cases.get(), by=fay, comment="Margin is too high.")
    with override(language):
        view = case_view(pair[0].roi_cases.get(), study_subject(pair[0]))
    assert facing in view.facing
    assert asked in view.request
    assert "gain is expected" not in view.facing + view.request
    assert "expected to bring" not in view.sentence
    assert ("Finance disputes these figures" in view.sentence) == (language == "en")


@pytest.mark.parametrize(("needed", "is_reachable"), [(199.0, True), (-200.0, True), (3_880.3, False)])
def test_no_effect_beyond_the_scale_is_asked_for(pair, needed, is_reachable):
    case = pair[0].roi_cases.get()
    worth = case.result["roi"]
    worth["net_present_value"] |= {"mean": -90_000.0, "p5": -95_000.0, "p95": -80_000.0}
    worth["break_even_effect"] |= {"value": needed}
    view = case_view(case, study_subject(pair[0]))
    assert ("no possible effect pays for it" in view.break_even) is not is_reachable
    assert ("no possible effect pays for it" in view.request) is not is_reachable
    assert ("it breaks even at" in view.request) is is_reachable
    assert "3,880" not in view.break_even + view.request


@pytest.mark.parametrize(
    ("kind", "scale", "before", "needed", "says"),
    [
        (EstimandKind.SHARE, (1, 5), 0.548, 0.776, "takes +77.6 percentage points, and at most +45.2"),
        (EstimandKind.SHARE, (1, 5), 0.548, -0.6, "takes −60.0 percentage points, and at most −54.8"),
        (EstimandKind.NPS, (0, 10), 40.0, 61.0, "takes +61.0 points, and at most +60.0 points is left"),
        (EstimandKind.MEAN, (1, 5), 4.25, 0.8, "takes +0.80, and at most +0.75"),
        (EstimandKind.SHARE, (1, 5), 0.548, 0.44, ""),
        (EstimandKind.NPS, (0, 10), 40.0, 60.0, ""),
        (EstimandKind.MEAN, (1, 5), 4.25, -3.2, ""),
        (EstimandKind.LOG_DURATION, (1, 5), 3.0, -2.0, ""),
        (EstimandKind.SHARE, (1, 5), None, 0.776, ""),
    ],
)
def test_an_effect_that_is_not_left_of_the_scale_cannot_be_reached(pair, kind, scale, before, needed, says):
    case = pair[0].roi_cases.get()
    worth = case.result["roi"]
    worth["net_present_value"] |= {"mean": -90_000.0, "p5": -95_000.0, "p95": -80_000.0}
    worth["break_even_effect"] |= {"value": needed}
    subject = replace(study_subject(pair[0]), kind=kind, scale_low=scale[0], scale_high=scale[1])
    view = case_view(case, subject, before=before)
    assert ("cannot be reached: it " + says if says else "") in view.break_even
    assert ("cannot be reached" in view.break_even) is bool(says)
    assert ("no possible effect pays for it" in view.request) is bool(says)


def test_page_document_and_api_say_that_the_break_even_cannot_be_reached(pair, ada, client_of):
    study, case = pair[0], pair[0].roi_cases.get()
    case.result["roi"]["break_even_effect"] |= {"value": 190.0}
    RoiCase.objects.filter(pk=case.pk).update(result=case.result)
    finding = {**study.finding, "baseline_value": 20.0}
    type(study).objects.filter(pk=study.pk).update(finding=finding)
    says = "cannot be reached: it takes +190.0 points, and at most +80.0 points is left"
    assert says in client_of(ada).get(_url("initiative_impact", 1)).text
    answer = client_of(ada).get(f"/api/v1/o/{ada.organization.slug}/roi-cases/{case.pk}/")
    assert answer.json()["break_even"] == says


@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        (EstimandKind.NPS, (-100, 100)),
        (EstimandKind.SHARE, (0, 1)),
        (EstimandKind.MEAN, (1, 7)),
        (EstimandKind.LOG_DURATION, (float("-inf"), float("inf"))),
        (EstimandKind.COUNT, (float("-inf"), float("inf"))),
    ],
)
def test_a_study_knows_how_far_its_metric_reaches(pair, kind, bounds):
    subject = replace(study_subject(pair[0]), kind=kind, scale_low=1, scale_high=7)
    assert subject.bounds == bounds


def _open_value(study):
    case = study.roi_cases.get()
    case.result["roi"]["net_present_value"] |= {"mean": 73_000.0, "p5": -460_000.0, "p95": 626_000.0}
    case.result["roi"]["probability_of_loss"] = 0.42
    case.inputs["verdict"] = "no_effect_worth_having"
    RoiCase.objects.filter(pk=case.pk).update(result=case.result, inputs=case.inputs)
    return case


def test_portfolio_counts_an_open_value_as_its_chart_does(ada, pair):
    _open_value(pair[1])
    page = portfolio(ada.organization)
    assert (
        "2 values were computed: 1 expected to gain, 1 with a range from a loss to a gain." in page.sentence
    )
    assert "evidence" not in page.sentence
    chart = charts.of_portfolio(page).values
    assert chart.alternative.count("cannot tell") == 1


def test_range_of_a_portfolio_is_that_of_its_values_drawn_together(ada, pair):
    """Two million draws of each value's own distribution, added up; no noise of its own on the page."""
    page, rng = portfolio(ada.organization), np.random.default_rng(3)
    drawn = np.zeros(2_000_000)
    for row in page.rows:
        shares, values = zip(*quantiles_of(row.case.result), strict=True)
        drawn += np.interp(rng.random(drawn.size), shares, values)
    span = page.total.overlap_aware_range
    ends = np.quantile(drawn, [0.05, 0.5, 0.95]).tolist()
    assert (span.p5, span.p50, span.p95) == pytest.approx(ends, abs=0.002 * (ends[2] - ends[0]))
    assert span.mean == sum(row.case.result.net_present_value.mean for row in page.rows)


def test_portfolio_says_that_a_go_live_was_corrected_since(client_of, ada, pair):
    """Effect, verdict and value are those of the day before; where they are counted, it is said."""
    used, right = pair[0].go_live, date(2025, 3, 15)
    assert used not in (None, right)
    row_text = (
        "The study used {} as the go-live. The day was corrected to Mar 15, 2025 since: run a new study."
    )
    said = "For 1 initiative the go-live was corrected after its study: run a new study."
    before = client_of(ada).get(_url("portfolio")).text
    assert said not in before
    assert "The day was corrected" not in before
    Initiative.objects.filter(pk=pair[0].initiative_id).update(went_live_on=right)
    text = client_of(ada).get(_url("portfolio")).text
    assert said in text
    assert text.count(row_text.format(date_format(used))) == 1
    Initiative.objects.filter(pk=pair[1].initiative_id).update(went_live_on=right)
    both = "For 2 initiatives the go-live was corrected after their studies: run new studies."
    assert both in portfolio(ada.organization).sentence
    with override("zh-hans"):
        assert (
            "有2项举措的上线日期在研究之后作了更正：请运行新的研究。" in portfolio(ada.organization).sentence
        )


def test_who_wrote_the_model_is_not_offered_to_review_its_value(client_of, fay, pair):
    """What will be refused is said before anything is typed; what was typed all the same is kept."""
    said = "You own this initiative or wrote its value model. Another person must review it for finance."
    page = client_of(fay).get(_url("initiative_impact", 1)).text
    assert 'value="sign"' in page
    assert said not in page
    ValueModel.objects.filter(initiative=pair[0].initiative).update(changed_by=fay)
    page = client_of(fay).get(_url("initiative_impact", 1)).text
    assert said in page
    assert 'value="sign"' not in page
    assert 'value="dispute"' not in page
    address = _url("case_review", 1, pair[0].roi_cases.get().pk)
    refused = client_of(fay).post(address, {"decision": "dispute", "comment": "The margin is old."})
    assert refused.status_code == 422
    assert said in refused.text
    assert "The margin is old." in refused.text


def test_portfolio_says_that_a_plan_was_changed_since(ada, pair):
    said = "For 1 initiative the plan was changed after its study: run a new study."
    assert said not in portfolio(ada.organization).sentence
    EvaluationPlan.objects.filter(initiative=pair[0].initiative).update(
        changed_after_approval_at=timezone.now()
    )
    page = portfolio(ada.organization)
    assert said in page.sentence
    cautions = {row.initiative.pk: row.caution for row in page.rows}
    assert cautions == {
        pair[0].initiative_id: "The plan was changed after the study that counts. Run a new study.",
        pair[1].initiative_id: "",
    }


def test_portfolio_and_home_say_that_a_value_model_was_changed_since(client_of, ada, pair):
    sentence = "For 1 value the value model was changed after it was computed: compute it again."
    assert sentence not in client_of(ada).get(_url("portfolio")).text
    ValueModel.objects.filter(initiative=pair[0].initiative).update(changed_at=timezone.now())
    text = client_of(ada).get(_url("portfolio")).text
    assert sentence in text
    assert "The value model was changed after this value was computed. Compute it again." in text
    assert sentence in portfolio(ada.organization).sentence


def test_value_chart_marks_disputed_values(ada, fay, pair):
    dispute(case=pair[0].roi_cases.get(), by=fay, comment="Margin is too high.")
    chart = charts.of_portfolio(portfolio(ada.organization)).values
    assert "EUR\xa0804k), disputed by finance." in chart.alternative
    assert '"shape":"cross"' in chart.json


def test_a_new_study_is_never_proposed_on_older_data_than_that_of_the_one_that_counts(ada, worked, studied):
    heard = timezone.now().replace(year=studied.data_cutoff.year, month=1, day=2)
    type(worked.initiative.plan.metric).objects.update(data_until=heard)
    Study.objects.filter(pk=studied.pk).update(data_cutoff=studied.data_cutoff + timedelta(days=30))
    page = impact_page(Initiative.objects.get(), today=timezone.localdate())
    assert page.default_cutoff == studied.data_cutoff + timedelta(days=30)


def test_page_says_why_a_study_with_later_data_does_not_count(client_of, ada, worked, studied):
    worked.initiative.went_live_on += timedelta(days=7)
    worked.initiative.save()
    assert "Run a new study." in client_of(ada).get(_url("initiative_impact", 1)).text
    _again(
        studied, go_live=worked.initiative.went_live_on, data_cutoff=studied.data_cutoff - timedelta(days=14),
        inputs=studied.inputs
        | {"subject": studied.inputs["subject"] | {"go_live": worked.initiative.went_live_on.isoformat()}},
    )  # fmt: skip
    text = client_of(ada).get(_url("initiative_impact", 1)).text
    assert "Study 1 has later data" in text
    assert "That day no longer stands, so this study counts." in text
    assert "Run a new study." not in text
    assert "go-live corrected since" in text
    earlier = client_of(ada).get(_url("study_detail", 1, 1)).text
    assert "Study 2 used the go-live that stands; that one counts." in earlier


def test_cash_flow_ends_in_the_net_value_as_it_is_written(ada, case):
    view = case_view(case, study_subject(case.study))
    assert view.cash_flow[-1].cumulative == view.net_present_value


def test_without_answers_since_the_go_live_no_study_is_offered(organization, client_of, ada):
    simulated = live_initiative(organization, ada)
    initiative = simulated.initiative
    newest = simulated.last_day
    heard = datetime.combine(newest, time(12), tzinfo=UTC)
    MetricDefinition.objects.filter(pk=initiative.plan.metric_id).update(data_until=heard)
    Initiative.objects.filter(pk=initiative.pk).update(went_live_on=newest)
    address = _url("initiative_impact", initiative.number)
    page = client_of(ada).get(address).text
    assert "No answers since the go-live yet" in page
    assert "Run the study" not in page
    assert 'name="data_cutoff"' not in page
    Initiative.objects.filter(pk=initiative.pk).update(went_live_on=newest - timedelta(days=1))
    page = client_of(ada).get(address).text
    assert "Run the study" in page
    assert "No answers since the go-live yet" not in page


def test_a_finding_has_local_navigation_to_parts_that_are_there(client_of, ada, case):
    page = client_of(ada).get(_url("initiative_impact", 1)).text
    for part in ("verdict", "why", "checks", "calculated", "money", "studies"):
        assert f'href="#{part}"' in page
        assert f'id="{part}"' in page
