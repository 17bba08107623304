"""Pages, API, workbook and document of values of several benefits; two values side by side."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from impact.choices import ValueKind
from impact.models import ValueLine, ValueModel
from impact.selectors import comparison_page
from impact.services import (
    CostValues,
    ParameterValues,
    compute_roi_case,
    dispute,
    save_benefit_lines,
    save_value_model,
    sign_off,
)
from impact.services.value_content import value_model_content
from reports.documents.evidence import evidence_of_roi
from reports.documents.finance import signed
from reports.services import workbook_of_value
from tests.factories.impact import finished_study, parameter_values, value_model
from tests.impact.test_benefit_lines import contacts
from tests.reports.recomputed import recomputed

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind"
HAIRCUTS = {"attribution", "confidence", "persistence"}


def _url(name, *args):
    return reverse(f"impact:{name}", args=["northwind", *args])


def _typed(**changes):
    return {
        "kind": "avoided_contacts",
        "label": "Fewer calls",
        "first_year_share": "0.5",
        "is_hard": "on",
        "customers-low": "900",
        "customers-likely": "1000",
        "customers-high": "1400",
        "customers-source_kind": "measured",
        "customers-source": "CRM extract",
        "contacts_per_unit-low": "0.001",
        "contacts_per_unit-likely": "0.002",
        "contacts_per_unit-high": "0.004",
        "contacts_per_unit-source_kind": "assumption",
        "unit_cost-low": "5",
        "unit_cost-likely": "6",
        "unit_cost-high": "7",
        "unit_cost-source_kind": "finance",
        "unit_cost-source": "Ledger",
        **changes,
    }


@pytest.fixture
def studied(worked, ada):
    value_model(worked.initiative, ada)
    return finished_study(worked, ada)


@pytest.fixture
def valued(studied, ada):
    save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()])
    return compute_roi_case(study=studied, by=ada)


def test_a_benefit_is_added_changed_and_removed_on_its_page(client_of, ada, studied):
    client = client_of(ada)
    assert "Cost of one contact" in client.get(_url("line_new", 1), {"kind": "avoided_contacts"}).text
    assert client.post(_url("line_new", 1), _typed()).status_code == 302
    line = ValueLine.objects.get()
    assert (line.number, line.kind, line.first_year_share) == (2, "avoided_contacts", Decimal("0.5"))
    assert line.parameters.all()[0].arguments == [900, 1000, 1400]
    page = client.get(_url("line_edit", 1, 2)).text
    assert "Fewer calls" in page
    assert client.post(_url("line_edit", 1, 2), _typed(label="Fewer mails")).status_code == 302
    assert "Fewer mails" in client.get(_url("value_edit", 1)).text
    assert client.post(_url("line_remove", 1, 2)).status_code == 302
    assert not ValueLine.objects.exists()


def test_a_rise_of_prices_left_empty_is_none(client_of, ada, studied):
    client = client_of(ada)
    typed = _typed(kind="avoided_contacts", horizon_years="3", discount_rate_pct="8", inflation_pct="")
    shares = {
        f"{key}-{part}": text
        for key in ("attribution", "confidence", "persistence")
        for part, text in (("low", "0.5"), ("likely", "0.6"), ("high", "0.7"), ("source_kind", "assumption"))
    }
    assert client.post(_url("value_edit", 1), typed | shares).status_code == 302
    assert ValueModel.objects.get().inflation_pct == 0
    assert client.post(_url("value_edit", 1), typed | shares | {"inflation_pct": "2"}).status_code == 302
    assert ValueModel.objects.get().inflation_pct == 2


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client_of, ada, studied):
    refused = client_of(ada).post(
        _url("line_new", 1), _typed(**{"unit_cost-low": "9", "unit_cost-source": ""})
    )
    assert refused.status_code == 422
    assert "Low must not exceed most likely" in refused.text
    assert "Name the source" in refused.text
    assert "CRM extract" in refused.text
    assert not ValueLine.objects.exists()


def test_a_model_changed_meanwhile_is_not_written_over(client_of, ada, studied):
    client = client_of(ada)
    model = ValueModel.objects.get()
    mark = model.changed_at.isoformat()
    save_benefit_lines(initiative=studied.initiative, by=ada, lines=[contacts()])
    late = client.post(_url("line_new", 1), _typed(model_changed_at=mark))
    assert late.status_code == 422
    assert "Someone else has just saved the value" in late.text
    assert "CRM extract" in late.text
    assert ValueLine.objects.count() == 1
    assert client.post(_url("line_remove", 1, 2), {"model_changed_at": mark}).status_code == 409
    assert ValueLine.objects.count() == 1
    (now,) = re.findall(r'name="model_changed_at" value="([^"]+)"', late.text)
    again = client.post(_url("line_new", 1), _typed(model_changed_at=now))  # as the page says
    assert again.status_code == 302
    assert ValueLine.objects.count() == 2


@pytest.mark.parametrize("address", [("line_edit", 1, 3), ("line_new", 9)])
def test_a_benefit_that_is_not_there_is_not_found(client_of, ada, studied, address):
    assert client_of(ada).get(_url(*address)).status_code == 404


def test_finance_reviews_one_benefit_on_the_page(client_of, ada, fay, valued):
    page = client_of(fay).get(_url("initiative_impact", 1)).text
    assert "All of them" in page
    said = {"decision": "dispute", "comment": "Calls fell everywhere", "line": "2"}
    assert client_of(fay).post(_url("case_review", 1, valued.pk), said).status_code == 302
    valued.refresh_from_db()
    assert set(valued.line_words) == {"2"}
    page = " ".join(client_of(ada).get(_url("initiative_impact", 1)).text.split())
    assert "Benefits, one by one" in page
    assert "“Calls fell everywhere”" in page
    refused = client_of(fay).post(_url("case_review", 1, valued.pk), {"decision": "sign", "line": "7"})
    assert refused.status_code == 422


def test_api_writes_lines_and_keeps_them_where_they_are_not_sent(api_of, ada, worked):
    value_model(worked.initiative, ada)
    address, api = f"{BASE}/initiatives/1/value-model/", api_of(ada)
    content = api.get(address).json()
    assert content["lines"] == []
    inputs = [
        {"key": key, "distribution": "fixed", "arguments": [figure], "source": "x", "source_kind": "finance"}
        for key, figure in (("customers", 9), ("contacts_per_unit", 0.5), ("unit_cost", 4))
    ]
    line = {"label": "Fewer calls", "kind": "avoided_contacts", "parameters": inputs}
    written = api.put(address, {**content, "lines": [line]}, format="json")
    assert written.status_code == 200, written.json()
    content = written.json()
    assert content["lines"][0]["number"] == 2
    assert content["lines"][0]["parameters"][2]["label"] == "Cost of one contact"
    del content["lines"]
    assert api.put(address, content, format="json").json()["lines"][0]["label"] == "Fewer calls"


def test_api_names_what_is_wrong_with_a_line_as_it_was_sent(api_of, ada, worked):
    value_model(worked.initiative, ada)
    address, api = f"{BASE}/initiatives/1/value-model/", api_of(ada)
    content = api.get(address).json()
    one = {"key": "customers", "distribution": "fixed", "arguments": [-3], "source_kind": "assumption"}
    content["lines"] = [{"label": "Fewer calls", "kind": "avoided_contacts", "parameters": [one]}]
    answer = api.put(address, content, format="json")
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert set(errors) == {"lines.0.parameters", "lines.0.parameters.0.arguments"}
    assert errors["lines.0.parameters"] == "These inputs are required: contacts_per_unit, unit_cost."


def test_api_takes_a_word_on_one_benefit(api_of, fay, valued):
    address = f"{BASE}/roi-cases/{valued.pk}/sign-off/"
    answer = api_of(fay).post(address, {"decision": "signed", "line": "2"}, format="json")
    assert answer.status_code == 200
    assert answer.json()["sign_off"] == "open"
    assert answer.json()["line_words"]["2"]["state"] == "signed"
    wrong = api_of(fay).post(address, {"decision": "signed", "line": "4"}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["line"])


def test_another_engine_comes_to_the_figures_of_several_benefits(ada, tmp_path, studied):
    save_benefit_lines(
        initiative=studied.initiative, by=ada, lines=[contacts(share=0.25), contacts("Letters", calls=0.003)]
    )
    case = compute_roi_case(study=studied, by=ada)
    path = tmp_path / "value.xlsx"
    path.write_bytes(workbook_of_value(case).content)
    book = recomputed(path)
    roi = case.result["roi"]
    assert book.beside("Cash flow", "Net present value", "B") == pytest.approx(
        roi["net_present_value"]["mean"], rel=1e-9
    )
    assert book.beside("Cash flow", "Benefits, present value", "B") == pytest.approx(
        roi["hard_benefits"]["mean"] + roi["soft_benefits"]["mean"], rel=1e-9
    )


# --- two values side by side ------------------------------------------------------------------------


def test_what_moved_a_value_adds_up_to_its_difference(client_of, ada, valued):
    initiative = valued.study.initiative
    save_value_model(
        initiative=initiative,
        by=ada,
        kind=ValueKind.RETENTION,
        horizon_years=2,
        discount_rate_pct=Decimal(12),
        first_year_share=Decimal("0.75"),
        parameters=parameter_values(),
        lines=[],
    )
    later = compute_roi_case(study=valued.study, by=ada)
    page = comparison_page(initiative)
    assert (page.first.pk, page.second.pk) == (valued.pk, later.pk)
    assert {row.label for row in page.moved} == {
        "Costs",
        "Years counted",
        "Discount rate",
        "Which benefits count, and how they build up",
    }

    def figure(text):
        return float(text.replace("EUR", "").replace(",", "").replace("\u2212", "-").replace("\xa0", ""))

    assert sum(figure(row.amount) for row in page.moved) == pytest.approx(
        figure(page.nets[1]) - figure(page.nets[0])
    )
    changed = {row.label for row in page.sides if row.is_changed}
    assert {"Years counted", "Discount rate", "Further benefit (Fewer calls)"} <= changed
    assert "Study" not in changed
    shown = client_of(ada).get(_url("case_compare", 1)).text
    assert "What moved the figure" in shown
    back = client_of(ada).get(_url("case_compare", 1), {"first": later.pk, "second": valued.pk})
    assert f"{page.nets[1]}" in back.text


def test_a_value_that_there_is_not_is_said_to_be_unknown(client_of, ada, valued):
    save_benefit_lines(initiative=valued.study.initiative, by=ada, lines=[])
    later = compute_roi_case(study=valued.study, by=ada)
    said = "This initiative has no such value."
    for asked in ({"first": "x"}, {"second": str(later.pk + 1)}, {"first": valued.pk, "second": "0"}):
        page = client_of(ada).get(_url("case_compare", 1), asked)
        assert (page.status_code, said in page.text) == (200, True), asked
    for known in ({}, {"first": valued.pk}, {"first": later.pk, "second": valued.pk}, {"first": ""}):
        assert said not in client_of(ada).get(_url("case_compare", 1), known).text, known


def test_two_inputs_of_one_name_stand_side_by_side_each_with_its_own_figures(ada, worked):
    def saved(second):
        save_value_model(
            initiative=worked.initiative,
            by=ada,
            kind=ValueKind.FORMULA,
            horizon_years=2,
            discount_rate_pct=Decimal(12),
            parameters=[
                ParameterValues(key="calls", label="Calls", arguments=(1.0, 2.0, 3.0)),
                ParameterValues(key="calls-2", label="Calls", arguments=(4.0, second, 6.0)),
                *[one for one in parameter_values() if one.key in HAIRCUTS],
            ],
        )
        return compute_roi_case(study=study, by=ada)

    study = finished_study(worked, ada)
    saved(5.0)
    saved(5.5)
    rows = [row for row in comparison_page(worked.initiative).sides if row.label == "Calls"]
    assert [(row.first.split(" (")[0], row.second.split(" (")[0]) for row in rows] == [
        ("4 · 5 · 6", "4 · 5.5 · 6"),
        ("1 · 2 · 3", "1 · 2 · 3"),
    ]


def test_an_input_that_one_benefit_alone_changed_moved_the_figure_by_that_benefit(ada, valued):
    """Before, both benefits shared their customers; which benefits count did not change."""
    twice = [
        replace(one, arguments=tuple(2 * value for value in one.arguments)) if one.key == "customers" else one
        for one in parameter_values()
    ]
    initiative = valued.study.initiative
    known = value_model_content(ValueModel.objects.get(initiative=initiative), None)
    save_value_model(
        initiative=initiative,
        by=ada,
        kind=ValueKind.RETENTION,
        horizon_years=known["horizon_years"],
        discount_rate_pct=Decimal(known["discount_rate_pct"]),
        first_year_share=Decimal(known["first_year_share"]),
        parameters=twice,
        costs=[CostValues(**{**row, **{end: Decimal(row[end]) for end in ("low", "likely", "high")}})
               for row in known["costs"]],
        lines=[contacts()],
    )  # fmt: skip
    compute_roi_case(study=valued.study, by=ada)
    page = comparison_page(initiative)
    assert [row.label for row in page.moved] == ["Customers affected per year"]
    assert [row.label for row in page.sides if row.is_changed] == ["Customers affected per year"]


def test_a_benefit_that_went_moved_no_input_of_those_that_stay(ada, valued):
    initiative = valued.study.initiative
    mails = contacts("Mails", calls=0.002)
    save_benefit_lines(initiative=initiative, by=ada, lines=[contacts("Calls"), mails])
    compute_roi_case(study=valued.study, by=ada)
    save_benefit_lines(initiative=initiative, by=ada, lines=[mails])
    compute_roi_case(study=valued.study, by=ada)
    moved = comparison_page(initiative).moved
    assert [row.label for row in moved] == ["Which benefits count, and how they build up"]
    save_benefit_lines(
        initiative=initiative, by=ada, lines=[contacts("Visits"), contacts("Mails", calls=0.003)]
    )
    compute_roi_case(study=valued.study, by=ada)
    labels = {row.label for row in comparison_page(initiative).moved}
    contacts_label = next(label for label in labels if label.endswith("(Mails)"))
    assert labels == {"Which benefits count, and how they build up", contacts_label}


def test_one_value_alone_is_compared_with_nothing(client_of, ada, valued):
    page = client_of(ada).get(_url("case_compare", 1), {"first": "x", "second": "99999999999"})
    assert page.status_code == 200
    assert "There is nothing to compare yet" in page.text


def test_values_in_two_currencies_are_not_compared(ada, valued):
    save_benefit_lines(initiative=valued.study.initiative, by=ada, lines=[])
    other = compute_roi_case(study=valued.study, by=ada)
    other.result["currency"] = "USD"
    other.save(update_fields=["result"])
    page = comparison_page(valued.study.initiative)
    assert "cannot be compared" in page.refusal
    assert page.moved == ()
    assert page.sides


def test_a_document_tells_each_benefit_with_finances_word_of_its_day(ada, fay, valued):
    sign_off(case=valued, by=fay, line="1")
    valued.refresh_from_db()
    word = evidence_of_roi(valued.study, valued)["roi_case"]["sign_off"]
    assert (word["state"], set(word["lines"]), word["line_count"]) == ("open", {"1"}, 2)
    assert json.dumps(word)
    assert signed(word)["text"] == "Finance has signed 1 of 2 benefits; the others are a proposal."
    dispute(case=valued, by=fay, line="2", comment="No")
    assert signed(word)["text"].startswith("Finance has signed 1 of 2")
