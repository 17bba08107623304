"""The library of own figures: written by finance and leaders, taken and kept by value models."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import InvalidValues
from impact.errors import LibraryChanged
from impact.models import LibraryFigure, ValueModel
from impact.selectors import library_notices, library_page
from impact.services import (
    LibraryValues,
    compute_roi_case,
    save_benefit_lines,
    save_library_figure,
    save_value_model,
)
from impact.services.value_content import value_model_content
from tests.factories.impact import finished_study, parameter_values, value_model
from tests.impact.test_benefit_lines import contacts

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind/library/"


def _url(name, *args):
    return reverse(f"impact:{name}", args=["northwind", *args])


def said(organization, **changes):
    values = {
        "label": "Cost of one call",
        "measure": "money",
        "unit": "per call",
        "low": Decimal("5.50"),
        "likely": Decimal("6.40"),
        "high": Decimal("7.20"),
        "source": "Cost center report",
        "source_kind": "finance",
        "day": organization.clock.today() - timedelta(days=30),
        "owner_name": "Fay Finance",
    }
    return LibraryValues(**{**values, **changes})


@pytest.fixture
def calls(organization, ada):
    return save_library_figure(by=ada, values=said(organization))


def _with_calls(worked, ada, reference):
    """A value model whose second benefit takes the cost of a call from the library."""
    value_model(worked.initiative, ada)
    line = contacts()
    taken = tuple(
        type(one)(**{**_plain(one), "library": reference}) if one.key == "unit_cost" else one
        for one in line.parameters
    )
    return save_benefit_lines(
        initiative=worked.initiative, by=ada, lines=[type(line)(frame=line.frame, parameters=taken)]
    )


def _plain(values):
    return {name: getattr(values, name) for name in type(values).__dataclass_fields__}


def _unit_cost(model):
    return model.lines.get().parameters.get(key="unit_cost")


# --- what the library says --------------------------------------------------------------------------


def test_a_figure_is_kept_with_its_range_its_source_its_day_and_who_wrote_it(organization, ada, calls):
    row = LibraryFigure.objects.get()
    assert (row.number, row.version, row.currency) == (1, 1, organization.currency)
    assert (row.low, row.likely, row.high) == (Decimal("5.50"), Decimal("6.40"), Decimal("7.20"))
    assert (row.source, row.written_by, row.owner_name) == ("Cost center report", ada, "Fay Finance")
    (event,) = AuditEvent.objects.filter(verb="library_figure.saved")
    assert (event.before, event.after["likely"]) == ({}, "6.400000")


def test_a_change_is_a_further_version_and_the_earlier_one_stays_as_it_was(organization, ada, fay, calls):
    newer = save_library_figure(
        by=fay, values=said(organization, likely=Decimal("6.90")), number=calls.number, seen=1
    )
    assert (newer.number, newer.version, newer.written_by) == (1, 2, fay)
    calls.refresh_from_db()
    assert (calls.likely, calls.written_by) == (Decimal("6.40"), ada)
    (line,) = library_page(organization).lines
    assert line.figure == newer


def test_saving_a_figure_as_it_was_makes_no_version(organization, fay, calls):
    again = save_library_figure(by=fay, values=said(organization), number=calls.number, seen=1)
    assert again.pk == calls.pk
    assert LibraryFigure.objects.count() == 1


def test_who_began_from_an_earlier_version_is_refused(organization, ada, fay, calls):
    save_library_figure(by=fay, values=said(organization, likely=Decimal("6.90")), number=1, seen=1)
    with pytest.raises(LibraryChanged):
        save_library_figure(by=ada, values=said(organization, likely=Decimal("6.10")), number=1, seen=1)
    assert LibraryFigure.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": "  "}, "label"),
        ({"source": ""}, "source"),
        ({"low": Decimal("6.41")}, "likely"),
        ({"high": Decimal("6.39")}, "likely"),
        ({"low": Decimal(0), "likely": Decimal(0), "high": Decimal(0)}, "likely"),
        ({"low": Decimal(-1)}, "low"),
        ({"measure": "share"}, "likely"),
        ({"measure": "guess"}, "measure"),
        ({"source_kind": "association"}, "source_kind"),
    ],
)
def test_what_no_value_model_could_use_is_refused(organization, ada, changes, field):
    with pytest.raises(InvalidValues) as refused:
        save_library_figure(by=ada, values=said(organization, **changes))
    assert set(refused.value.fields) == {field}
    assert not LibraryFigure.objects.exists()


def test_the_day_of_a_figure_may_be_today_and_not_tomorrow(organization, ada):
    today = organization.clock.today()
    save_library_figure(by=ada, values=said(organization, day=today))
    with pytest.raises(InvalidValues) as refused:
        save_library_figure(by=ada, values=said(organization, label="Another", day=today + timedelta(days=1)))
    assert set(refused.value.fields) == {"day"}


def test_two_figures_of_one_name_are_refused_but_not_those_of_two_organizations(
    organization, elsewhere, ada, dora, calls
):
    with pytest.raises(InvalidValues) as refused:
        save_library_figure(by=ada, values=said(organization, label="COST of one  call"))
    assert set(refused.value.fields) == {"label"}
    other = save_library_figure(by=dora, values=said(elsewhere))
    assert (other.organization, other.number) == (elsewhere, 1)


# --- taken by value models --------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["1", "1.1"])
def test_an_input_takes_range_source_and_person_from_the_library_and_names_the_version(
    worked, ada, calls, reference
):
    row = _unit_cost(_with_calls(worked, ada, reference))
    assert (row.distribution, row.arguments) == ("pert", [5.5, 6.4, 7.2])
    assert (row.source, row.source_kind) == ("Cost center report", "finance")
    assert (row.owner_name, row.library) == ("Fay Finance", "1.1")


def test_a_value_model_keeps_what_it_took_until_the_newer_figure_is_chosen(
    organization, worked, ada, fay, calls
):
    model = _with_calls(worked, ada, "1.1")
    finished = finished_study(worked, ada)
    before = compute_roi_case(study=finished, by=ada)
    assert library_notices(organization, model) == ()
    save_library_figure(
        by=fay,
        values=said(organization, likely=Decimal("6.90"), source="Report of June"),
        number=1,
        seen=1,
    )
    model = ValueModel.objects.get()
    assert _unit_cost(model).arguments == [5.5, 6.4, 7.2]
    assert compute_roi_case(study=finished, by=ada).pk == before.pk
    (notice,) = library_notices(organization, model)
    assert "the library now says EUR\xa06.90 (EUR\xa05.50 to EUR\xa07.20)" in notice
    assert "Report of June" in notice
    assert "keeps EUR\xa06.40 (EUR\xa05.50 to EUR\xa07.20)" in notice
    model = _with_calls(worked, ada, "1.2")
    assert _unit_cost(model).arguments == [5.5, 6.9, 7.2]
    assert library_notices(organization, model) == ()


def test_a_version_that_was_overtaken_can_still_be_saved_with_the_model_that_holds_it(
    organization, worked, ada, calls
):
    _with_calls(worked, ada, "1.1")
    save_library_figure(by=ada, values=said(organization, likely=Decimal("6.90")), number=1, seen=1)
    assert _unit_cost(_with_calls(worked, ada, "1.1")).arguments == [5.5, 6.4, 7.2]


def test_a_model_without_the_library_has_the_content_that_it_had_before_there_was_one(worked, ada, calls):
    plain = value_model_content(value_model(worked.initiative, ada))
    assert all("library" not in row for row in plain["parameters"])
    taken = value_model_content(_with_calls(worked, ada, "1"))
    (line,) = taken["lines"]
    assert [row.get("library") for row in line["parameters"]] == [None, None, "1.1"]


@pytest.mark.parametrize("reference", ["2", "1.2", "1.", ".1", "x", "1.1.1", "-1"])
def test_what_the_library_does_not_have_is_refused(worked, ada, calls, reference):
    with pytest.raises(InvalidValues) as refused:
        _with_calls(worked, ada, reference)
    assert "line-0-unit_cost-library" in refused.value.fields


def test_a_figure_of_another_kind_of_another_currency_or_no_longer_offered_is_refused(
    organization, worked, ada, calls
):
    share = said(
        organization, label="Share", measure="share", low=Decimal("0.2"), likely=Decimal("0.3"),
        high=Decimal("0.4"),
    )  # fmt: skip
    save_library_figure(by=ada, values=share)
    save_library_figure(by=ada, values=said(organization, is_retired=True), number=1, seen=1)
    foreign = save_library_figure(by=ada, values=said(organization, label="Abroad"))
    LibraryFigure.objects.filter(pk=foreign.pk).update(currency="CHF")
    for reference in ("2", "1", "1.2", "3"):
        with pytest.raises(InvalidValues) as refused:
            _with_calls(worked, ada, reference)
        assert "line-0-unit_cost-library" in refused.value.fields, reference


def test_the_library_of_another_organization_gives_nothing(elsewhere, worked, ada, dora):
    save_library_figure(by=dora, values=said(elsewhere))
    with pytest.raises(InvalidValues):
        _with_calls(worked, ada, "1")


# --- pages ------------------------------------------------------------------------------------------


def _typed(**changes):
    return {
        "label": "Margin of a customer",
        "measure": "money",
        "unit": "a year",
        "low": "180",
        "likely": "220",
        "high": "300",
        "source": "Controlling",
        "source_kind": "finance",
        "day": "2025-03-31",
        "owner_name": "",
        **changes,
    }


def test_finance_writes_a_figure_and_a_contributor_reads_it(organization, fay, ben, client_of):
    empty = client_of(ben).get(_url("library")).content.decode()
    assert "No figures yet" in empty
    assert _url("library_new") not in empty
    answer = client_of(fay).post(_url("library_new"), _typed())
    assert (answer.status_code, answer.url) == (302, _url("library_figure", 1))
    page = client_of(ben).get(_url("library")).content.decode()
    assert "Margin of a customer" in page
    assert client_of(ben).get(_url("library_edit", 1)).status_code == 403
    assert client_of(ben).post(_url("library_edit", 1), _typed()).status_code == 403


def test_a_refused_figure_comes_back_as_it_was_typed(fay, client_of):
    answer = client_of(fay).post(_url("library_new"), _typed(low="250"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Low must not exceed most likely" in page
    assert 'value="250"' in page
    assert not LibraryFigure.objects.exists()


def test_the_form_of_a_value_model_offers_what_fits_and_takes_it(organization, worked, ada, fay, client_of):
    value_model(worked.initiative, ada)
    save_library_figure(by=fay, values=said(organization, label="Margin of a customer"))
    number = worked.initiative.number
    page = client_of(ada).get(_url("value_edit", number)).content.decode()
    select = page[page.index('name="margin-library"') :]
    assert "Margin of a customer" in select[: select.index("</select>")]
    assert 'name="customers-library"' not in page  # a number of customers is no money


def test_figures_typed_over_those_of_the_library_are_not_lost_without_a_word(
    organization, worked, ada, calls, client_of
):
    _with_calls(worked, ada, "1")
    url = _url("line_edit", worked.initiative.number, 2)
    page = client_of(ada).get(url).content.decode()
    assert '<option value="1.1" selected>' in page
    model = ValueModel.objects.get()
    sent = {
        "kind": "avoided_contacts", "label": "Fewer calls", "first_year_share": "1",
        "customers-low": "900", "customers-likely": "1000", "customers-high": "1400",
        "customers-source_kind": "assumption",
        "contacts_per_unit-low": "0.001", "contacts_per_unit-likely": "0.002",
        "contacts_per_unit-high": "0.004", "contacts_per_unit-source_kind": "assumption",
        "unit_cost-library": "1.1", "unit_cost-low": "5.5", "unit_cost-likely": "9",
        "unit_cost-high": "9.5", "unit_cost-source_kind": "finance", "unit_cost-source": "Own",
    }  # fmt: skip
    refused = client_of(ada).post(url, sent)
    assert refused.status_code == 422
    assert "These figures are the library" in refused.content.decode()
    own = client_of(ada).post(url, {**sent, "unit_cost-library": ""})
    assert own.status_code == 302
    row = _unit_cost(model)
    assert (row.arguments, row.library, row.source) == ([5.5, 9.0, 9.5], "", "Own")


def test_the_page_of_a_figure_says_which_value_models_took_which_version(
    organization, worked, ada, fay, calls, client_of
):
    _with_calls(worked, ada, "1")
    save_library_figure(by=fay, values=said(organization, likely=Decimal("6.90")), number=1, seen=1)
    page = client_of(ada).get(_url("library_figure", 1)).content.decode()
    assert _url("initiative_impact", worked.initiative.number) in page
    assert "version 1" in page
    assert "It keeps this version until the newer one is chosen in it." in page
    impact = client_of(ada).get(_url("value_edit", worked.initiative.number)).content.decode()
    assert "the library now says EUR\xa06.90" in impact


def test_the_library_leaves_as_a_table_and_as_a_workbook(organization, worked, ada, calls, client_of):
    _with_calls(worked, ada, "1")
    answer = client_of(ada).get(_url("library_export", "csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["figure"], row["currency"], row["low"], row["most_likely"], row["high"]) == (
        "Cost of one call", organization.currency, "5.5", "6.4", "7.2",
    )  # fmt: skip
    assert row["taken_by"] == worked.initiative.reference
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client_of(ada).get(_url("library_export", "xlsx")).streaming_content))
    )
    cells = [value for rows in book.worksheets[0].iter_rows(values_only=True) for value in rows]
    assert "Cost of one call" in cells


# --- the API ----------------------------------------------------------------------------------------


def test_the_api_writes_reads_and_changes_a_figure(organization, worked, fay, ada, api_of):
    sent = {**_typed(low="180.00", likely="220.00", high="300.00"), "is_retired": False}
    made = api_of(fay).post(BASE, sent, format="json")
    assert (made.status_code, made.json()["number"], made.json()["version"]) == (201, 1, 1)
    (listed,) = api_of(ada).get(BASE).json()
    assert (listed["label"], listed["currency"]) == ("Margin of a customer", organization.currency)
    read = api_of(ada).get(f"{BASE}1/").json()
    assert read["taken_by"] == []
    changed = api_of(ada).put(f"{BASE}1/", {**read, "likely": "230"}, format="json")
    assert (changed.status_code, changed.json()["version"], changed.json()["likely"]) == (
        200, 2, "230.000000",
    )  # fmt: skip
    stale = api_of(fay).put(f"{BASE}1/", {**read, "likely": "240"}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "library_changed")
    unsaid = {name: value for name, value in read.items() if name != "version"}
    assert api_of(fay).put(f"{BASE}1/", unsaid, format="json").status_code == 422


def test_a_value_model_takes_a_figure_through_the_api(organization, worked, ada, api_of, calls):
    value_model(worked.initiative, ada)
    url = f"/api/v1/o/northwind/initiatives/{worked.initiative.number}/value-model/"
    model = api_of(ada).get(url).json()
    assert {row["library"] for row in model["parameters"]} == {""}
    margin = next(row for row in model["parameters"] if row["key"] == "margin")
    margin["library"] = "1"
    answer = api_of(ada).put(url, model, format="json")
    assert answer.status_code == 200
    margin = next(row for row in answer.json()["parameters"] if row["key"] == "margin")
    assert (margin["library"], margin["arguments"]) == ("1.1", [5.5, 6.4, 7.2])
    (taker,) = api_of(ada).get(f"{BASE}1/").json()["taken_by"]
    assert (taker["initiative"], taker["version"], taker["is_behind"]) == (
        worked.initiative.number, 1, False,
    )  # fmt: skip


def test_a_whole_model_can_be_saved_with_a_haircut_from_the_library(organization, worked, ada):
    share = said(
        organization, label="Link to money", measure="share", low=Decimal("0.4"), likely=Decimal("0.5"),
        high=Decimal("0.6"),
    )  # fmt: skip
    save_library_figure(by=ada, values=share)
    inputs = parameter_values()
    inputs = [
        type(one)(**{**_plain(one), "library": "1"}) if one.key == "confidence" else one for one in inputs
    ]
    model = save_value_model(
        initiative=worked.initiative, by=ada, parameters=inputs, kind="retention", horizon_years=3,
        discount_rate_pct=Decimal(8),
    )  # fmt: skip
    row = model.parameters.get(key="confidence")
    assert (row.arguments, row.library) == ([0.4, 0.5, 0.6], "1.1")


def test_file_and_api_have_figures_that_the_page_has_no_room_for(
    organization, ada, calls, client_of, monkeypatch
):
    monkeypatch.setattr("impact.selectors.MOST_FIGURES", 1)
    save_library_figure(by=ada, values=said(organization, label="Margin of a customer"))
    client = client_of(ada)
    page = client.get(_url("library")).content.decode()
    assert "Cost of one call" in page
    assert "Margin of a customer" not in page
    assert "1 of 2 are shown." in page
    sheet = b"".join(client.get(_url("library_export", "csv")).streaming_content).decode()
    assert "Cost of one call" in sheet
    assert "Margin of a customer" in sheet
    labels = [row["label"] for row in client.get(BASE).json()]
    assert labels == ["Cost of one call", "Margin of a customer"]
