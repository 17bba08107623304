"""A value model that two people change at once."""

import html
from decimal import Decimal

import pytest

from accounts.models import AuditEvent
from accounts.services import record_event
from impact.errors import ValueModelChanged
from impact.models import ValueModel
from impact.services import save_value_model
from tests.factories.impact import live_initiative, parameter_values, value_model
from tests.filled import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(organization, ada):
    found = live_initiative(organization, ada, weeks=20, start=10).initiative
    value_model(found, ada)
    return found


def address(initiative):
    return f"/o/northwind/prove/{initiative.number}/value/"


CONTACTS = {
    "contacts_per_unit-low": "0.002", "contacts_per_unit-likely": "0.004", "contacts_per_unit-high": "0.008",
    "unit_cost-low": "5", "unit_cost-likely": "6.5", "unit_cost-high": "9", "unit_cost-source": "Ledger 2025",
}  # fmt: skip
KEPT = "Your entries are kept here. Save again to replace the whole value model with them."
TO_CONTACTS = (
    "Fay changed how it becomes money to “Contacts avoided × cost of a contact” while you were writing. "
    f"{KEPT}"
)


def opened(client, initiative, kind=""):
    return client.get(address(initiative), {"kind": kind} if kind else {}).text


def alerts(answer):
    """The sentences at the top of the page, after the one that nothing was saved."""
    top = answer.text.partition('role="alert">')[2].partition("<section")[0]
    return [html.unescape(part.partition("</div>")[0]) for part in top.split("<div>")[1:]]


def inputs():
    return {row.key: row.arguments for row in ValueModel.objects.get().parameters.all()}


def lines_of(initiative):
    return [(row.label, row.year, row.likely) for row in initiative.value_model.cost_lines.order_by("pk")]


def without_cost(row):
    return {f"cost-{row}-{part}": "" for part in ("label", "low", "likely", "high", "source")}


def costs(initiative):
    return [(row.label, row.likely) for row in initiative.value_model.cost_lines.order_by("pk")]


def test_whoever_read_the_model_before_another_saved_it_reads_it_again(ada, initiative):
    seen = ValueModel.objects.get()
    save_value_model(
        initiative=initiative, by=ada, kind="retention", horizon_years=5,
        discount_rate_pct=Decimal(8), parameters=parameter_values(),
    )  # fmt: skip
    with pytest.raises(ValueModelChanged):
        save_value_model(
            initiative=initiative, by=ada, kind="retention", horizon_years=2,
            discount_rate_pct=Decimal(8), parameters=parameter_values(), seen=seen,
        )  # fmt: skip
    assert ValueModel.objects.get().horizon_years == 5


def test_whoever_saw_no_model_does_not_replace_one_that_was_made_since(ada, initiative):
    with pytest.raises(ValueModelChanged):
        save_value_model(
            initiative=initiative, by=ada, kind="retention", horizon_years=2,
            discount_rate_pct=Decimal(8), parameters=parameter_values(),
            seen=ValueModel(initiative=initiative),
        )  # fmt: skip
    assert ValueModel.objects.get().horizon_years == 3


def test_the_page_keeps_what_it_left_as_it_was(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    one, other = first.get(address(initiative)).text, second.get(address(initiative)).text
    assert first.post(address(initiative), filled(one, horizon_years="5")).status_code == 302
    sent = filled(other, **{"margin-source": "Ledger of March", "cost-0-likely": "70000"})
    assert second.post(address(initiative), sent).status_code == 302
    model = ValueModel.objects.get()
    assert model.horizon_years == 5
    assert model.parameters.get(key="margin").source == "Ledger of March"
    assert costs(initiative)[0] == ("Build", 70000)


def test_costs_that_both_changed_are_refused_once(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    one, other = first.get(address(initiative)).text, second.get(address(initiative)).text
    assert first.post(address(initiative), filled(one, **{"cost-0-label": "Built"})).status_code == 302
    refused = second.post(address(initiative), filled(other, **{"cost-1-likely": "21000"}))
    assert refused.status_code == 422
    assert "Costs: Ada changed this list while you were writing." in refused.text
    assert costs(initiative)[0][0] == "Built"
    assert second.post(address(initiative), filled(refused.text)).status_code == 302
    assert costs(initiative)[:2] == [("Build", 60000), ("Run", 21000)]


def test_costs_that_one_left_alone_are_those_of_the_other(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    one, other = first.get(address(initiative)).text, second.get(address(initiative)).text
    without = filled(one, **{f"cost-0-{part}": "" for part in ("label", "low", "likely", "high", "source")})
    assert first.post(address(initiative), without).status_code == 302
    assert second.post(address(initiative), filled(other, horizon_years="5")).status_code == 302
    assert [label for label, _likely in costs(initiative)] == ["Run", "Run"]
    assert ValueModel.objects.get().horizon_years == 5


# --- one of the two chooses another kind ---------------------------------------------------------


def test_another_kind_than_the_page_showed_is_told_once_and_nothing_is_lost(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    shown = opened(first, initiative)
    other = {**CONTACTS, "attribution-high": "0.95", "cost-2-likely": "21000", "horizon_years": "4"}
    sent = filled(opened(second, initiative, "avoided_contacts"), **other)
    assert second.post(address(initiative), sent).status_code == 302

    typed = filled(shown, **{"cost-0-label": "Built"})
    refused = first.post(address(initiative), typed)
    assert refused.status_code == 422
    assert alerts(refused) == [TO_CONTACTS]
    assert "This field is required" not in refused.text
    assert "changed this" not in refused.text  # one sentence about the whole, none about its fields
    kept = filled(refused.text)
    assert {name: kept[name] for name in typed if not name.endswith(("seen", "csrfmiddlewaretoken"))} == {
        name: value for name, value in typed.items() if not name.endswith(("seen", "csrfmiddlewaretoken"))
    }
    model = ValueModel.objects.get()
    assert (model.kind, model.horizon_years, model.changed_by) == ("avoided_contacts", 4, fay)
    assert inputs()["unit_cost"] == [5, 6.5, 9]
    assert ("Run", 2, 21000) in lines_of(initiative)

    assert first.post(address(initiative), kept).status_code == 302
    model = ValueModel.objects.get()
    assert (model.kind, model.horizon_years, model.changed_by) == ("retention", 3, ada)
    assert inputs() == {row.key: list(row.arguments) for row in parameter_values()}
    assert lines_of(initiative) == [("Built", 0, 60000), ("Run", 1, 20000), ("Run", 2, 20000)]
    told = AuditEvent.objects.filter(verb="value_model.saved").first()
    assert (told.before["kind"], told.after["kind"]) == ("avoided_contacts", "retention")


def test_who_chooses_another_kind_second_takes_what_the_first_changed_elsewhere(
    ada, fay, initiative, client_of
):
    first, second = client_of(ada), client_of(fay)
    other = opened(second, initiative, "avoided_contacts")
    edited = {"cost-0-label": "Built", "horizon_years": "5", "customers-source": "CRM"}
    assert first.post(address(initiative), filled(opened(first, initiative), **edited)).status_code == 302
    assert second.post(address(initiative), filled(other, **CONTACTS)).status_code == 302
    model = ValueModel.objects.get()
    assert (model.kind, model.horizon_years) == ("avoided_contacts", 5)
    assert model.parameters.get(key="customers").source == "CRM"
    assert costs(initiative)[0] == ("Built", 60000)


def test_inputs_that_another_kind_does_without_are_not_replaced_unread(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    other = opened(second, initiative, "avoided_contacts")
    edited = {"margin-likely": "230", "cost-0-label": "Built"}
    assert first.post(address(initiative), filled(opened(first, initiative), **edited)).status_code == 302
    refused = second.post(address(initiative), filled(other, **CONTACTS))
    assert refused.status_code == 422
    assert alerts(refused) == [
        "Ada changed the inputs of “Customers kept × margin” while you were writing. "
        "Save again to replace them."
    ]
    assert (ValueModel.objects.get().kind, inputs()["margin"]) == ("retention", [180, 230, 260])
    assert second.post(address(initiative), filled(refused.text)).status_code == 302
    assert ValueModel.objects.get().kind == "avoided_contacts"
    assert inputs()["contacts_per_unit"] == [0.002, 0.004, 0.008]
    assert costs(initiative)[0] == ("Built", 60000)


def test_a_third_change_between_the_two_saves_is_told_too(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    shown = opened(first, initiative)
    to_contacts = filled(opened(second, initiative, "avoided_contacts"), **CONTACTS)
    assert second.post(address(initiative), to_contacts).status_code == 302
    refused = first.post(address(initiative), filled(shown, **{"persistence-likely": "0.9"}))
    again = filled(opened(second, initiative), **{"unit_cost-likely": "7", "persistence-likely": "0.8"})
    assert second.post(address(initiative), again).status_code == 302
    refused = first.post(address(initiative), filled(refused.text))
    assert refused.status_code == 422
    assert alerts(refused) == [
        "Fay changed the inputs of “Contacts avoided × cost of a contact” while you were writing. "
        "Save again to replace them."
    ]
    assert "Fay changed this while you were writing. Stored now: 0.8. Save again" in refused.text
    assert ValueModel.objects.get().kind == "avoided_contacts"
    assert first.post(address(initiative), filled(refused.text)).status_code == 302
    assert (ValueModel.objects.get().kind, inputs()["persistence"]) == ("retention", [0.7, 0.9, 1.0])


def test_two_who_say_the_first_word_differently(organization, ada, fay, client_of):
    found = live_initiative(organization, ada, weeks=20, start=10).initiative
    first, second = client_of(ada), client_of(fay)
    shown = opened(first, found, "retention")
    value_model(found, fay, "avoided_contacts")
    typed = {
        f"{row.key}-{part}": str(figure)
        for row in parameter_values()
        for part, figure in zip(("low", "likely", "high"), row.arguments, strict=True)
    }
    typed |= {f"{row.key}-source": row.source for row in parameter_values()}
    sent = filled(shown, **typed, horizon_years="3", first_year_share="1")
    refused = first.post(address(found), sent)
    assert refused.status_code == 422
    assert alerts(refused) == [TO_CONTACTS]
    assert ValueModel.objects.get().kind == "avoided_contacts"
    assert second.get(address(found)).status_code == 200
    assert first.post(address(found), filled(refused.text)).status_code == 302
    assert ValueModel.objects.get().kind == "retention"
    planned = [found.one_off_cost, *[found.yearly_cost] * 3]  # what a first page begins with
    assert [amount for _label, amount in costs(found)] == planned


def test_factors_of_an_own_formula_stay_on_the_page_of_whoever_typed_them(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    factor = {
        "factor-0-label": "Fines avoided", "factor-0-low": "1", "factor-0-likely": "2", "factor-0-high": "3",
    }  # fmt: skip
    formula = filled(opened(first, initiative, "formula"), **factor)
    assert first.post(address(initiative), formula).status_code == 302
    shown = opened(first, initiative)
    customers = {"customers-low": "18000", "customers-likely": "20000", "customers-high": "23000"}
    customers["customers-source"] = "CRM"
    to_contacts = filled(opened(second, initiative, "avoided_contacts"), **CONTACTS, **customers)
    assert second.post(address(initiative), to_contacts).status_code == 302
    refused = first.post(address(initiative), filled(shown, horizon_years="5"))
    assert alerts(refused) == [TO_CONTACTS]
    assert filled(refused.text)["factor-0-label"] == ["Fines avoided"]
    assert first.post(address(initiative), filled(refused.text)).status_code == 302
    assert inputs()["fines_avoided"] == [1, 2, 3]
    assert ValueModel.objects.get().horizon_years == 5


def test_who_is_named_is_who_did_it(ada, fay, ben, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    shown = opened(first, initiative)
    to_contacts = filled(opened(second, initiative, "avoided_contacts"), **CONTACTS)
    assert second.post(address(initiative), to_contacts).status_code == 302
    save = filled(opened(first, initiative), horizon_years="6")
    assert first.post(address(initiative), save).status_code == 302
    record_event(
        organization=initiative.organization, actor=ben.user, verb="initiative.edited", subject=initiative
    )
    assert alerts(first.post(address(initiative), filled(shown, horizon_years="2"))) == [TO_CONTACTS]
    page = opened(second, initiative)
    again = filled(opened(first, initiative), horizon_years="7")
    assert first.post(address(initiative), again).status_code == 302
    record_event(
        organization=initiative.organization, actor=ben.user, verb="initiative.edited", subject=initiative
    )
    refused = second.post(address(initiative), filled(page, horizon_years="8"))
    assert "Ada changed this while you were writing. Stored now: 7." in refused.text


# --- the same kind -------------------------------------------------------------------------------


@pytest.mark.parametrize("is_ada_first", [True, False])
def test_different_inputs_of_the_same_kind_are_merged(ada, fay, initiative, client_of, is_ada_first):
    pages = [
        (client_of(ada), {"margin-likely": "230", "attribution-low": "0.4"}),
        (client_of(fay), {"margin-high": "300", "customers-source": "CRM"}),
    ]
    shown = [(client, filled(opened(client, initiative), **typed)) for client, typed in pages]
    for client, sent in shown if is_ada_first else reversed(shown):
        assert client.post(address(initiative), sent).status_code == 302
    assert inputs()["margin"] == [180, 230, 300]
    assert inputs()["attribution"] == [0.4, 0.7, 0.9]
    assert ValueModel.objects.get().parameters.get(key="customers").source == "CRM"


def test_an_input_that_both_changed_is_told_beside_it(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    one, other = opened(first, initiative), opened(second, initiative)
    assert first.post(address(initiative), filled(one, **{"margin-likely": "230"})).status_code == 302
    refused = second.post(address(initiative), filled(other, **{"margin-likely": "240"}))
    assert refused.status_code == 422
    assert (
        "Ada changed this while you were writing. Stored now: 230. Save again to replace it." in refused.text
    )
    assert inputs()["margin"] == [180, 230, 260]
    assert second.post(address(initiative), filled(refused.text)).status_code == 302
    assert inputs()["margin"] == [180, 240, 260]


# --- costs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_removed_first", [True, False])
def test_a_removed_cost_beside_an_edited_one_is_refused_once(
    ada, fay, initiative, client_of, is_removed_first
):
    removed, edited = without_cost(0), {"cost-1-likely": "21000"}
    first, second = client_of(ada), client_of(fay)
    one, other = opened(first, initiative), opened(second, initiative)
    sent = [removed, edited] if is_removed_first else [edited, removed]
    assert first.post(address(initiative), filled(one, **sent[0])).status_code == 302
    stored = lines_of(initiative)
    refused = second.post(address(initiative), filled(other, **sent[1]))
    assert alerts(refused) == [
        "Costs: Ada changed this list while you were writing. Save again to replace it."
    ]
    assert lines_of(initiative) == stored
    assert second.post(address(initiative), filled(refused.text)).status_code == 302
    assert lines_of(initiative) == (
        [("Build", 0, 60000), ("Run", 1, 21000), ("Run", 2, 20000)]
        if is_removed_first
        else [("Run", 1, 20000), ("Run", 2, 20000)]
    )


def test_rows_of_costs_beyond_those_that_are_stored_by_now_are_not_lost(ada, fay, initiative, client_of):
    first, second = client_of(ada), client_of(fay)
    many = {
        f"cost-{row}-{part}": value
        for row in range(3, 6)
        for part, value in {"label": f"Part {row}", "low": "1", "likely": "2", "high": "3"}.items()
    }
    assert first.post(address(initiative), filled(opened(first, initiative), **many)).status_code == 302
    one, other = opened(first, initiative), opened(second, initiative)  # with rows 6 and 7, empty
    few = {name: value for row in range(2, 6) for name, value in without_cost(row).items()}
    assert first.post(address(initiative), filled(one, **few)).status_code == 302
    added = {"cost-7-label": "Last", "cost-7-low": "7", "cost-7-likely": "8", "cost-7-high": "9"}
    refused = second.post(address(initiative), filled(other, **added))
    assert refused.status_code == 422
    assert filled(refused.text)["cost-7-label"] == ["Last"]
    assert second.post(address(initiative), filled(refused.text)).status_code == 302
    assert ("Last", 0, 8) in lines_of(initiative)
    assert len(lines_of(initiative)) == 7


# --- a program and a page ------------------------------------------------------------------------

API = "/api/v1/o/northwind/initiatives/1/value-model/"


def test_a_program_that_changed_the_kind_is_told_of_on_the_page(ada, fay, initiative, client_of, api_of):
    first, program = client_of(ada), api_of(fay)
    shown = opened(first, initiative)
    content = program.get(API).json()
    wanted = [
        {
            "key": row.key,
            "arguments": list(row.arguments),
            "source_kind": row.source_kind,
            "source": row.source,
        }
        for row in parameter_values("avoided_contacts")
    ]
    sent = content | {"kind": "avoided_contacts", "parameters": wanted}
    assert program.put(API, sent, format="json").status_code == 200
    refused = first.post(address(initiative), filled(shown, **{"cost-0-label": "Built"}))
    assert refused.status_code == 422
    assert alerts(refused) == [TO_CONTACTS]
    assert program.get(API).json()["kind"] == "avoided_contacts"
    assert first.post(address(initiative), filled(refused.text)).status_code == 302
    assert program.get(API).json()["kind"] == "retention"


def test_a_program_that_read_the_model_before_another_saved_it_is_refused(
    ada, fay, initiative, client_of, api_of
):
    first, program = client_of(ada), api_of(fay)
    read = program.get(API).json()
    edited = filled(opened(first, initiative), **{"cost-0-label": "Built"})
    assert first.post(address(initiative), edited).status_code == 302
    refused = program.put(API, read | {"horizon_years": 5}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "value_model_changed")
    assert (ValueModel.objects.get().horizon_years, costs(initiative)[0][0]) == (3, "Built")
    again = program.put(API, program.get(API).json() | {"horizon_years": 5}, format="json")
    assert (again.status_code, costs(initiative)[0][0]) == (200, "Built")
    assert again.json()["changed_at"] != read["changed_at"]
    assert program.put(API, again.json() | {"horizon_years": 6}, format="json").status_code == 200


def test_a_program_that_does_not_say_what_it_read_replaces_the_whole(ada, fay, initiative, client_of, api_of):
    first, program = client_of(ada), api_of(fay)
    content = {name: value for name, value in program.get(API).json().items() if name != "changed_at"}
    edited = filled(opened(first, initiative), **{"cost-0-label": "Built"})
    assert first.post(address(initiative), edited).status_code == 302
    assert program.put(API, content, format="json").status_code == 200
    assert costs(initiative)[0][0] == "Build"
    told = AuditEvent.objects.filter(verb="value_model.saved").first()
    assert (told.actor_name, told.before["costs"][0]["label"]) == (str(fay.user), "Built")
