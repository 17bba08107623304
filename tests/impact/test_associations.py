"""From accounts and tables to an association, and from there into a value model."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.jobs import JobState
from common.registry import uses_of
from customer_voice.models import Contact, CustomerAccount
from customer_voice.services import erase_contact
from cxstats.codec import decoded
from cxstats.design import DesignGrade
from impact.choices import Distribution, OutcomeKind, SourceKind, ValueKind
from impact.errors import AssociationRunning, HistoriesRefused
from impact.models import AssociationFile, AssociationRun, Study
from impact.selectors import usable_associations
from impact.selectors.association_pages import association_page
from impact.selectors.associations import association_of
from impact.selectors.histories import PointsOfScores, account_histories
from impact.services import (
    ParameterValues,
    compute_roi_case,
    discard_association_file,
    execute_association,
    keep_association_file,
    request_association,
    request_association_of_file,
    save_value_model,
)
from impact.wording.associations import base_of
from tabular.errors import FileRefused
from tests.conftest import _member
from tests.factories.associations import (
    UNTIL,
    contract_rows,
    finished_association,
    kept_file,
    table_of,
)
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory
from tests.factories.impact import metric_of, parameter_values

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)


# --- what a table says --------------------------------------------------------------------------------------


def test_a_table_is_computed_as_another_route_computes_it(ada):
    import statsmodels.api as sm

    rows = contract_rows()
    run = finished_association(ada, rows=rows)
    found = association_of(run)
    assert run.result["refusal"] is None
    left = [bool(row[5]) for row in rows]
    assert (found.clusters, found.events) == (400, sum(left))
    score = np.array([row[4] for row in rows])
    points = np.where(score >= 9, 100.0, np.where(score <= 6, -100.0, 0.0))
    landmark = UNTIL - timedelta(days=365)
    tenure = np.log1p([(landmark - row[1]).days / 365.25 for row in rows])
    business = np.array([row[2] == "Business" for row in rows], dtype=float)
    revenue = np.log1p([float(row[7]) for row in rows])
    design = sm.add_constant(np.column_stack([points, tenure, revenue, business]))
    logit = sm.Logit(1.0 - np.array(left), design).fit(disp=0)
    assert found.effect.value == pytest.approx(logit.get_margeff().margeff[0], rel=1e-5)
    assert found.effect.interval.low > 0
    assert found.effect.interval.contains(0.0008 * 1.3)  # p (1 - p) of about .16 times .008, by design
    assert run.result["known"] == ["tenure", "revenue", "segment"]
    assert run.result["days"] == [landmark.isoformat()]


def test_revenue_of_the_year_after_is_read_to_the_euro(ada):
    found = association_of(finished_association(ada, outcome=OutcomeKind.REVENUE))
    assert found.effect.value == pytest.approx(2.0, abs=0.05)  # by construction
    assert found.effect.interval.contains(2.0)
    assert found.n == 400


def test_nothing_of_a_customer_is_kept(ada):
    rows = [("SECRET-77", *row[1:]) if place == 0 else row for place, row in enumerate(contract_rows())]
    kept = kept_file(ada, rows)
    assert "SECRET" not in json.dumps(kept.rows)
    run = request_association_of_file(by=ada, file=kept)
    assert not AssociationFile.objects.exists()
    execute_association(run=run)
    run.refresh_from_db()
    assert run.rows is None
    assert run.job_state == JobState.DONE
    assert "SECRET" not in json.dumps(run.result)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({3: "soon"}, "Line 2: “soon” is no date."),
        ({4: "11"}, "Line 2: 11 is not on the scale of the metric."),
        ({4: "x"}, "Line 2: “x” is no number that reads in one way only."),
        ({4: ""}, "Line 2: A score needs its day, and a day its score."),
        ({0: ""}, "Line 2: No customer is named."),
        ({3: "2199-05-01"}, "Line 2: The day of the score is still ahead."),
        ({1: "2025-06-01", 5: "2025-05-01"}, "Line 2: The end day is before the start day."),
    ],
)
def test_a_row_that_cannot_be_read_stops_it_all_and_is_named(ada, changed, said):
    rows = contract_rows(customers=3)
    rows[0] = tuple(changed.get(place, cell) for place, cell in enumerate(rows[0]))
    with pytest.raises(HistoriesRefused) as refused:
        kept_file(ada, rows)
    assert said in [str(text) for text in refused.value.fields.values()]
    assert not AssociationFile.objects.exists()


def test_two_rows_of_one_customer_must_agree(ada):
    rows = [("A", "2020-01-01", "", "2024-03-01", 9, "2025-04-01", "", ""),
            ("A", "2020-01-01", "", "2024-05-01", 9, "2025-04-02", "", "")]  # fmt: skip
    with pytest.raises(HistoriesRefused) as refused:
        kept_file(ada, rows)
    assert list(map(str, refused.value.fields.values())) == [
        "Line 3: Another line says another end day of this customer."
    ]


def test_columns_that_are_needed_are_named_and_dates_that_read_two_ways_are_asked_for(ada):
    with pytest.raises(FileRefused) as refused:
        kept_file(ada, [("A", 9)], header=("customer", "score"))
    assert "day, end day" in str(refused.value.message)
    with pytest.raises(FileRefused) as refused:
        kept_file(ada, [("A", 9, DAY)], header=("customer", "score", "day"), outcome=OutcomeKind.REVENUE)
    assert "revenue" in str(refused.value.message)
    with pytest.raises(InvalidValues) as asked:
        kept_file(ada, [("A", 9, "03/04/2024", "")], header=("customer", "score", "day", "end day"))
    assert list(asked.value.fields) == ["date_format"]


def test_an_end_after_the_export_is_no_leaving_and_who_was_never_asked_counts(ada, client_of):
    rows = [
        ("A", "2020-01-01", "", "2024-03-01", 9, "2026-01-02", "", ""),
        ("B", "2020-01-01", "", "", "", "2025-03-01", "", ""),
    ]
    kept = kept_file(ada, rows)
    assert (kept.told["customers"], kept.told["left"], kept.told["without_score"]) == (2, 1, 1)
    run = request_association_of_file(by=ada, file=kept)
    execute_association(run=run)
    run.refresh_from_db()
    assert run.result["refusal"] == {"key": "leavers_not_asked", "detail": {"left": 1}}
    page = client_of(ada).get(reverse("impact:association_detail", args=[ada.organization.slug, run.number]))
    assert b"ask customers before they renew" in page.content


def test_what_is_no_score_and_a_day_ahead_are_refused(ada):
    hours = MetricDefinitionFactory(organization=ada.organization, key="ttr")
    today = ada.organization.clock.today()
    with pytest.raises(InvalidValues) as refused:
        keep_association_file(
            by=ada, file=table_of([]), filename="x", outcome="won", metric=hours, until=today + timedelta(1)
        )
    assert set(refused.value.fields) == {"outcome", "metric", "until"}
    with pytest.raises(InvalidValues):
        request_association(by=ada, metric=hours)


def test_a_file_is_computed_once_or_discarded_and_the_trail_says_so(ada):
    first = kept_file(ada, contract_rows(customers=3))
    second = kept_file(ada, contract_rows(customers=4))
    assert list(AssociationFile.objects.all()) == [second]  # a new one takes the place of one's own
    discard_association_file(by=ada, file=second)
    discard_association_file(by=ada, file=first)  # gone already
    request_association_of_file(by=ada, file=kept_file(ada, contract_rows(customers=3)))
    with pytest.raises(AssociationRunning):
        request_association_of_file(by=ada, file=kept_file(ada, contract_rows(customers=3)))
    verbs = list(
        AuditEvent.objects.filter(verb__startswith="association")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    kept = "association_file.kept"
    assert verbs == [kept, kept, "association_file.discarded", kept, "association_run.requested", kept]


# --- the accounts -------------------------------------------------------------------------------------------


@pytest.fixture
def firm(ada):
    return CustomerAccount.objects.create(
        organization=ada.organization,
        name="Harbor",
        external_reference="A1",
        segment="Large",
        started_on=date(2020, 1, 1),
        left_on=date(2025, 9, 1),
        yearly_value=Decimal(1200),
        currency=ada.organization.currency,
    )


def said(organization, firm, score, day, **values):
    return FeedbackFactory(
        metric=metric_of(organization),
        account=firm.external_reference if firm else "",
        score=score,
        occurred_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        **values,
    )


def test_accounts_come_with_their_scores_and_days(ada, firm):
    person = Contact.objects.create(organization=ada.organization, name="Amara", account=firm)
    said(ada.organization, firm, 9, DAY, contact=person)
    said(ada.organization, firm, 3, DAY + timedelta(days=1))
    said(ada.organization, None, 3, DAY)
    (history,) = account_histories(ada.organization, metric_of(ada.organization))
    assert (history.started, history.left, history.segment) == (date(2020, 1, 1), date(2025, 9, 1), "Large")
    assert history.revenue == 1200.0
    assert [(one.score, one.points, one.person) for one in history.scores] == [
        (9.0, 100.0, person.pk),
        (3.0, -100.0, 0),
    ]


def test_who_is_erased_is_out_of_the_next_run(ada, firm):
    person = Contact.objects.create(organization=ada.organization, name="Amara", account=firm)
    said(ada.organization, firm, 9, DAY, contact=person)
    said(ada.organization, firm, 4, DAY)
    erase_contact(by=ada, contact=person)
    (history,) = account_histories(ada.organization, metric_of(ada.organization))
    assert [one.score for one in history.scores] == [4.0]


def test_accounts_of_another_organization_or_erased_or_in_other_money_do_not_count(ada, dora, firm):
    CustomerAccount.objects.create(organization=dora.organization, name="Elsewhere", external_reference="B")
    CustomerAccount.objects.filter(pk=firm.pk).update(currency="JPY")
    (history,) = account_histories(ada.organization, metric_of(ada.organization))
    assert history.revenue is None
    CustomerAccount.objects.filter(pk=firm.pk).update(
        erased_at=datetime(2026, 1, 1, tzinfo=UTC), name="", external_reference=None
    )
    assert account_histories(ada.organization, metric_of(ada.organization)) == []


@pytest.mark.parametrize(
    ("key", "scores", "points"),
    [
        ("nps", (0, 6, 7, 8, 9, 10), (-100, -100, 0, 0, 100, 100)),
        ("csat_5", (1, 3, 4, 5), (0, 0, 100, 100)),
        ("ces_mean_7", (1, 7), (1, 7)),
    ],
)
def test_what_one_score_adds_to_a_metric(organization, key, scores, points):
    known = PointsOfScores(MetricDefinitionFactory(organization=organization, key=key))
    assert tuple(known.of(Decimal(score)) for score in scores) == points


def test_a_metric_that_is_better_low_counts_turned_round(organization):
    metric = MetricDefinitionFactory(organization=organization, key="ces_mean_7", higher_is_better=False)
    assert PointsOfScores(metric).of(Decimal(7)) == -7


def test_too_few_who_left_are_refused_with_both_numbers(ada, firm):
    today = ada.organization.clock.today()
    CustomerAccount.objects.update(left_on=today - timedelta(days=9))
    said(ada.organization, firm, 3, today - timedelta(days=370))
    run = request_association(by=ada, metric=metric_of(ada.organization))
    assert execute_association(run=run)
    assert not execute_association(run=run)
    run.refresh_from_db()
    assert run.result["refusal"]["key"] in ("too_few_events", "no_variation")
    assert run.result["customers"] == 1


# --- into a value model -------------------------------------------------------------------------------------


@pytest.fixture
def linked(worked, ada):
    """An association of the metric of the plan, and the inputs of a model that takes one from it."""
    run = finished_association(ada)
    inputs = [
        ParameterValues(key=one.key, arguments=(), association=run.number)
        if one.key == "retention_per_unit"
        else one
        for one in parameter_values()
    ]
    return run, inputs


def save(initiative, by, inputs, kind=ValueKind.RETENTION):
    return save_value_model(
        initiative=initiative,
        by=by,
        kind=kind,
        horizon_years=3,
        discount_rate_pct=Decimal(8),
        parameters=inputs,
    )


def test_an_input_takes_its_whole_range_and_names_its_source(worked, linked, ada):
    run, inputs = linked
    model = save(worked.initiative, ada, inputs)
    row = model.parameters.get(key="retention_per_unit")
    effect = association_of(run).effect
    assert row.distribution == Distribution.NORMAL
    assert row.arguments == [effect.value, effect.standard_error]
    assert (row.source_kind, row.association) == (SourceKind.ASSOCIATION, run.number)
    left = association_of(run).events
    assert row.source.startswith(f"Association {run.number} from own data: ")
    assert row.source.endswith(f"(95 %), n = 400, {left} left") or row.source.endswith(
        f"(95%), n = 400, {left} left"
    )


def test_money_follows_and_no_grade_rises(worked, studied, linked, ada, client_of):
    run, inputs = linked
    before = Study.objects.get(pk=studied.pk)
    save(worked.initiative, ada, inputs)
    case = compute_roi_case(study=studied, by=ada)
    row = next(one for one in case.inputs["value_model"]["parameters"] if one["key"] == "retention_per_unit")
    assert (row["association"], row["source_kind"]) == (run.number, "association")
    assert case.inputs["grade"] == before.grade == DesignGrade(before.grade).value
    again = Study.objects.get(pk=studied.pk)
    assert (again.grade, again.verdict, again.finding) == (before.grade, before.verdict, before.finding)
    page = client_of(ada).get(
        reverse("impact:initiative_impact", args=[ada.organization.slug, worked.initiative.number])
    )
    address = reverse("impact:association_detail", args=[ada.organization.slug, run.number])
    assert f'href="{address}"'.encode() in page.content


def test_models_without_an_association_keep_their_digest(worked, studied, ada):
    save(worked.initiative, ada, parameter_values())
    case = compute_roi_case(study=studied, by=ada)
    assert all("association" not in row for row in case.inputs["value_model"]["parameters"])


def test_both_ends_of_the_chain_name_each_other(worked, linked, ada):
    run, inputs = linked
    save(worked.initiative, ada, inputs)
    (used,) = uses_of(ada, run)
    assert worked.initiative.title in used.title
    assert any(one.url.endswith(f"/associations/{run.number}/") for one in uses_of(ada, run.metric))


@pytest.mark.parametrize("wrong", ["unknown", "key", "metric", "other_organization", "unclear", "currency"])
def test_what_does_not_fit_is_refused_by_name(worked, linked, ada, dora, wrong):
    run, inputs = linked
    place, number = "retention_per_unit", run.number
    if wrong == "unknown":
        number = 99
    elif wrong == "key":
        place = "margin"
    elif wrong == "metric":
        AssociationRun.objects.update(
            metric=MetricDefinitionFactory(organization=ada.organization, key="csat_5")
        )
    elif wrong == "other_organization":
        AssociationRun.objects.update(
            organization=dora.organization,
            metric=metric_of(dora.organization),
        )
    elif wrong == "unclear":
        result = dict(run.result)
        result["association"]["effect"]["interval"]["low"] = -0.0001
        AssociationRun.objects.update(result=result)
    else:
        AssociationRun.objects.update(currency="JPY")
    inputs = [
        ParameterValues(key=place, arguments=(), association=number) if one.key == place else one
        for one in parameter_values()
    ]
    with pytest.raises(InvalidValues) as refused:
        save(worked.initiative, ada, inputs)
    assert f"{place}-association" in refused.value.fields


def test_own_data_without_an_association_is_no_source(worked, ada):
    inputs = [
        ParameterValues(key=one.key, arguments=one.arguments, source="x", source_kind=SourceKind.ASSOCIATION)
        if one.key == "margin"
        else one
        for one in parameter_values()
    ]
    with pytest.raises(InvalidValues) as refused:
        save(worked.initiative, ada, inputs)
    assert list(refused.value.fields) == ["margin-source_kind"]


def test_revenue_becomes_a_factor_of_an_own_formula_and_no_haircut(worked, ada):
    run = finished_association(ada, outcome=OutcomeKind.REVENUE)
    (usable,) = usable_associations(worked.initiative)
    assert usable.run == run
    haircuts = [one for one in parameter_values() if one.key in ("attribution", "confidence", "persistence")]
    factor = ParameterValues(key="each", label="Revenue each", arguments=(), association=run.number)
    model = save(worked.initiative, ada, [*haircuts, factor], kind=ValueKind.FORMULA)
    assert model.parameters.get(key="each").arguments[0] == pytest.approx(2.0, abs=0.05)
    wrong = [
        ParameterValues(key=one.key, arguments=(), association=run.number) if one.key == "confidence" else one
        for one in haircuts
    ]
    with pytest.raises(InvalidValues) as refused:
        save(worked.initiative, ada, [*wrong, factor], kind=ValueKind.FORMULA)
    assert "confidence-association" in refused.value.fields


def test_the_page_of_a_value_model_offers_it_and_saves_it(worked, linked, ada, client_of):
    run, _inputs = linked
    browser = client_of(ada)
    address = reverse("impact:value_edit", args=[ada.organization.slug, worked.initiative.number])
    page = browser.get(address, {"kind": "retention", "association": str(run.number)})
    forms = {form.preset.key: form for form in page.context["forms"].inputs}
    assert forms["retention_per_unit"]["association"].value() == run.number
    assert "association" not in forms["margin"].fields
    sent = {"kind": "retention", "horizon_years": "3", "discount_rate_pct": "8", "first_year_share": "1"}
    for one in parameter_values():
        sent |= {f"{one.key}-{end}": "0.5" for end in ("low", "likely", "high")}
        sent |= {f"{one.key}-source_kind": "assumption"}
    sent |= {f"retention_per_unit-{end}": "" for end in ("low", "likely", "high")}
    answer = browser.post(address, {**sent, "retention_per_unit-association": str(run.number)})
    assert answer.status_code == 302
    row = worked.initiative.value_model.parameters.get(key="retention_per_unit")
    assert row.association == run.number
    shown = browser.get(address).context["forms"].inputs
    stored = next(form for form in shown if form.preset.key == "retention_per_unit")
    assert stored["likely"].value()  # its figures, for who would rather type
    answer = browser.post(address, {**sent, "retention_per_unit-association": ""})
    assert answer.status_code == 422  # without it the figures are needed


# --- doors --------------------------------------------------------------------------------------------------


def test_the_walk_through_the_pages(ada, client_of):
    browser, slug = client_of(ada), ada.organization.slug
    metric_of(ada.organization)
    page = browser.get(reverse("impact:association_list", args=[slug]))
    assert b"Nothing computed yet" in page.content
    file = table_of(contract_rows())
    file.name = "contracts.csv"
    values = {"metric": "nps", "outcome": "stayed", "until": UNTIL.isoformat(), "date_format": "auto"}
    answer = browser.post(
        reverse("impact:association_upload", args=[slug]), {**values, "file": file}, follow=True
    )
    assert b"Every row can be read" in answer.content
    kept = AssociationFile.objects.get()
    answer = browser.post(reverse("impact:association_file_run", args=[slug, kept.pk]), follow=True)
    assert answer.status_code == 200
    run = AssociationRun.objects.get()
    assert b"The analysis is running" in answer.content
    execute_association(run=run)
    answer = browser.get(reverse("impact:association_detail", args=[slug, run.number]))
    assert b"more of 1,000 customers stay for the year after" in answer.content
    assert b"An association" in answer.content
    bad = io.BytesIO(b"customer,day,score,end day\nA,2024-01-01,77,\n")
    bad.name = "bad.csv"
    answer = browser.post(reverse("impact:association_upload", args=[slug]), {**values, "file": bad})
    assert answer.status_code == 422
    assert b"Line 2: 77 is not on the scale of the metric." in answer.content


def test_a_second_click_asks_once(ada, client_of):
    metric_of(ada.organization)
    browser, slug = client_of(ada), ada.organization.slug
    page = browser.get(reverse("impact:association_list", args=[slug]))
    sent = {"metric": "nps", **{f.html_name: f.value() for f in page.context["form"].hidden_fields()}}
    address = reverse("impact:association_request", args=[slug])
    assert browser.post(address, sent).status_code == 302
    answer = browser.post(address, {"metric": "nps"})
    assert answer.status_code == 422
    assert AssociationRun.objects.count() == 1


def test_the_api_checks_computes_and_tells(ada, api_of):
    metric_of(ada.organization)
    client = api_of(ada)
    base = f"/api/v1/o/{ada.organization.slug}/associations/"

    def sent(**more):
        file = table_of(contract_rows())
        file.name = "contracts.csv"
        return {"file": file, "metric": "nps", "outcome": "stayed", "until": UNTIL.isoformat(), **more}

    dry = client.post(f"{base}file/", sent(dry_run="true"), format="multipart")
    assert (dry.status_code, dry.json()["customers"]) == (200, 400)
    assert not AssociationRun.objects.exists()
    assert not AssociationFile.objects.exists()
    made = client.post(f"{base}file/", sent(), format="multipart")
    assert made.status_code == 202
    execute_association(run=AssociationRun.objects.get())
    told = client.get(f"{base}{made.json()['number']}/").json()
    assert told["state"] == "done"
    assert told["is_usable"] is True
    assert told["effect"][1] > 0
    assert {check["name"] for check in told["checks"]} >= {"Hidden causes", "A straight line"}
    wrong = client.post(f"{base}file/", sent(metric="nothing"), format="multipart")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["metric"])
    assert client.post(base, {"metric": "nps"}, format="json").status_code == 202
    assert client.get(f"{base}99/").status_code == 404


def test_a_reader_sees_it_and_cannot_ask(organization, ada, client_of):
    run = finished_association(ada)
    viewer = client_of(_member(organization, "Vic", Role.AUDITOR))
    detail = reverse("impact:association_detail", args=[organization.slug, run.number])
    page = viewer.get(detail)
    assert page.status_code == 200
    assert b"Use in a value model" not in page.content
    answer = viewer.post(reverse("impact:association_request", args=[organization.slug]), {"metric": "nps"})
    assert answer.status_code == 403


def test_what_is_stored_is_the_core_s_own(ada):
    from cxstats.association import Association

    run = finished_association(ada)
    assert decoded(Association, run.result["association"]).n == 400


# --- contacts ---------------------------------------------------------------------------------------

CONTACTS = ("customer", "start day", "day", "score", "contacts", "contacts before")


def _contact_rows(by_point: float = -0.004, seed: int = 3) -> list[tuple[object, ...]]:
    """400 customers who call 2 times a year on average, and `by_point` times more for each NPS point."""
    rng, rows = np.random.default_rng(seed), []
    for number in range(400):
        score = int(rng.choice([3, 5, 7, 8, 9, 10]))
        points = 100 if score >= 9 else -100 if score <= 6 else 0
        day = UNTIL - timedelta(days=365 + int(rng.integers(30, 300)))
        calls = int(rng.poisson(max(2 + by_point * points, 0.1)))
        rows.append((f"C{number}", day - timedelta(days=700), day, score, calls, int(rng.poisson(2))))
    return rows


def _least_squares(rows):
    """Slope of contacts on points beside tenure and contacts before, with its clustered error, by numpy."""
    points = np.array([100.0 if row[3] >= 9 else -100.0 if row[3] <= 6 else 0.0 for row in rows])
    before = np.log1p(np.array([float(row[5]) for row in rows]))
    table = np.column_stack([np.ones(len(rows)), points, before])  # tenure is alike for all: no column
    calls = np.array([float(row[4]) for row in rows])
    inverse = np.linalg.inv(table.T @ table)
    slopes = inverse @ table.T @ calls
    rest = calls - table @ slopes
    meat = (table * rest[:, None]).T @ (table * rest[:, None])
    size = len(rows) / (len(rows) - 1)
    return slopes[1], np.sqrt(size * (inverse @ meat @ inverse)[1, 1])


def test_contacts_go_with_scores_as_least_squares_say(ada):
    rows = _contact_rows()
    run = finished_association(ada, rows=rows, outcome=OutcomeKind.CONTACTS, header=CONTACTS)
    found = association_of(run)
    slope, error = _least_squares(rows)
    assert found.effect.value == pytest.approx(slope, rel=1e-9)
    assert found.effect.standard_error == pytest.approx(error, rel=0.01)
    assert found.effect.interval.contains(-0.004)
    page = association_page(run)
    assert page.is_usable
    assert "times less in the year after" in page.sentence
    assert "contacts of 1,000 customers" in page.for_one
    assert any("earlier contacts" in line.name for line in page.checks)


def test_contacts_avoided_enter_a_value_model_as_what_does_not_come(ada, worked):
    run = finished_association(ada, rows=_contact_rows(), outcome=OutcomeKind.CONTACTS, header=CONTACTS)
    found = association_of(run)
    inputs = [
        replace(one, association=run.number) if one.key == "contacts_per_unit" else one
        for one in parameter_values("avoided_contacts")
    ]
    model = save_value_model(
        initiative=worked.initiative,
        by=ada,
        kind="avoided_contacts",
        horizon_years=2,
        discount_rate_pct=Decimal(8),
        parameters=inputs,
    )
    row = model.parameters.get(key="contacts_per_unit")
    assert row.arguments == [-found.effect.value, found.effect.standard_error]
    assert row.arguments[0] > 0
    assert row.distribution == "normal"
    with pytest.raises(InvalidValues):  # it says nothing of customers kept
        save_value_model(
            initiative=worked.initiative,
            by=ada,
            kind="retention",
            horizon_years=2,
            discount_rate_pct=Decimal(8),
            parameters=[
                replace(one, association=run.number) if one.key == "retention_per_unit" else one
                for one in parameter_values("retention")
            ],
        )


def test_more_contacts_with_higher_scores_are_told_and_not_taken(ada):
    run = finished_association(
        ada, rows=_contact_rows(by_point=0.006), outcome=OutcomeKind.CONTACTS, header=CONTACTS
    )
    page = association_page(run)
    assert not page.is_usable
    assert "times more in the year after" in page.sentence


def test_contacts_below_nothing_and_a_table_without_them_are_refused(ada):
    rows = _contact_rows()
    wrong = [(*rows[0][:4], -1, 2), *rows[1:]]
    with pytest.raises(HistoriesRefused) as refused:
        kept_file(ada, wrong, outcome=OutcomeKind.CONTACTS, header=CONTACTS)
    assert list(refused.value.fields.values()) == ["Line 2: A number of contacts cannot be negative."]
    with pytest.raises(FileRefused, match="no column for contacts"):
        kept_file(ada, contract_rows(), outcome=OutcomeKind.CONTACTS)


@pytest.mark.parametrize(
    ("high", "base"), [(1.0, 100), (0.02, 100), (0.0095, 1000), (0.00095, 10_000), (0.00001, 100_000)]
)
def test_a_share_is_told_of_so_many_customers_that_it_is_no_small_fraction(high, base):
    assert base_of(high) == base
