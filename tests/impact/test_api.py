"""Studies, values and drivers through the API."""

from copy import deepcopy
from datetime import timedelta

import pytest

from impact.choices import HAIRCUTS, SourceKind
from impact.models import DriverRun, Study
from impact.services import compute_roi_case, execute_drivers
from impact.services.values import value_model_content
from tests.factories.impact import live_initiative, value_model
from tests.impact.test_screens import rate

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    monkeypatch.setattr("impact.tasks.run_study.delay", lambda pk: None)
    monkeypatch.setattr("impact.tasks.run_drivers.delay", lambda pk: None)


def test_study_is_asked_for_listed_and_read_with_its_finding(api_of, ada, worked, studied):
    api = api_of(ada)
    cutoff = worked.last_day + timedelta(days=1)
    made = api.post(f"{BASE}/studies/", {"initiative": 1, "data_cutoff": cutoff.isoformat()}, format="json")
    assert made.status_code == 202
    assert made.json()["number"] == 2
    listed = api.get(f"{BASE}/studies/", {"initiative": "1"}).json()
    assert [row["number"] for row in listed["results"]] == [2, 1]
    assert "finding" not in listed["results"][0]
    read = api.get(f"{BASE}/studies/{studied.pk}/").json()
    assert read["finding"]["verdict"] == "supported"
    assert "likely cause" in read["sentence"]


def test_refusals_are_problem_details(api_of, organization, ada):
    simulated = live_initiative(organization, ada, is_fixed=False)
    answer = api_of(ada).post(
        f"{BASE}/studies/", {"initiative": 1, "data_cutoff": simulated.last_day.isoformat()}, format="json"
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "plan_not_fixed"


def test_value_model_goes_in_and_comes_out_the_same(api_of, ada, worked):
    content = value_model_content(value_model(worked.initiative, ada))
    api = api_of(ada)
    content["horizon_years"] = 5
    written = api.put(f"{BASE}/initiatives/1/value-model/", content, format="json")
    assert written.status_code == 200
    read = api.get(f"{BASE}/initiatives/1/value-model/").json()
    assert written.json() == read
    assert read.pop("changed_at")
    assert [row.pop("association") for row in read["parameters"]] == [None] * len(content["parameters"])
    assert [row.pop("library") for row in read["parameters"]] == [""] * len(content["parameters"])
    assert [row.pop("actual") for row in read["costs"]] == [None] * len(content["costs"])
    assert (read.pop("inflation_pct"), read.pop("lines")) == ("0.00", [])
    assert read == content


def test_impossible_value_model_is_refused(api_of, ada, worked):
    content = value_model_content(value_model(worked.initiative, ada))
    content["parameters"][0]["arguments"] = [5, 1, 9]
    answer = api_of(ada).put(f"{BASE}/initiatives/1/value-model/", content, format="json")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["parameters.0.arguments"]


def test_what_breaks_a_rule_of_a_value_model_is_named_as_it_was_sent(api_of, ada, worked):
    content = value_model_content(value_model(worked.initiative, ada))
    kept = [row["key"] for row in content["parameters"]]
    gone = content["parameters"].pop(1)["key"]
    content["parameters"][0] |= {"source_kind": SourceKind.FINANCE.value, "source": ""}
    cost = {"label": "Built", "year": 0, "low": 5, "likely": 4, "high": 3}
    content["costs"] = [{**cost, "low": 1, "likely": 2}, cost]
    answer = api_of(ada).put(f"{BASE}/initiatives/1/value-model/", content, format="json")
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert set(errors) == {"parameters", "parameters.0.source", "costs.1.likely"}
    assert errors["parameters"] == f"These inputs are required: {gone}."
    assert gone in kept


@pytest.mark.parametrize("name", ["label", "unit"])
def test_what_the_product_says_of_an_input_is_read_only(api_of, ada, worked, name):
    """As it was read it passes, and absent or empty too; other words are refused."""
    api, address = api_of(ada), f"{BASE}/initiatives/1/value-model/"
    content = value_model_content(value_model(worked.initiative, ada))
    worked.initiative.value_model.parameters.filter(key=content["parameters"][1]["key"]).update(
        **{name: "Gespeichert"}
    )
    read = api.get(address).json()
    other = deepcopy(read)
    other["parameters"][0][name] = "Something else"
    refused = api.put(address, other, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [f"parameters.0.{name}"])
    other["parameters"][0][name] = "Gespeichert"  # of another input
    assert api.put(address, other, format="json").status_code == 422
    assert read["parameters"][1][name] != "Gespeichert"  # its key says it, in the reader's language
    assert api.put(address, read | {"horizon_years": 6}, format="json").status_code == 200
    read = api.get(address).json()
    del read["changed_at"], read["parameters"][0][name]
    read["parameters"][2][name] = ""
    assert api.put(address, read | {"horizon_years": 7}, format="json").status_code == 200


def test_a_factor_of_an_own_formula_has_its_own_words(api_of, ada, worked):
    api, address = api_of(ada), f"{BASE}/initiatives/1/value-model/"
    content = value_model_content(value_model(worked.initiative, ada))
    haircuts = [row for row in content["parameters"] if row["key"] in {one.key for one in HAIRCUTS}]
    own = {"key": "boxes", "label": "Boxes", "unit": "a year", "arguments": [1, 2, 3]}
    content |= {"kind": "formula", "parameters": [own, *haircuts]}
    assert api.put(address, content, format="json").status_code == 200
    content["parameters"][0] = {**own, "label": "Crates", "unit": "a month"}
    assert api.put(address, content, format="json").status_code == 200
    told = {row["key"]: (row["label"], row["unit"]) for row in api.get(address).json()["parameters"]}
    assert told["boxes"] == ("Crates", "a month")


def test_case_is_computed_read_and_signed(api_of, ada, fay, worked, studied):
    value_model(worked.initiative, ada)
    made = api_of(ada).post(f"{BASE}/roi-cases/", {"study": studied.pk}, format="json")
    assert made.status_code == 201
    again = api_of(ada).post(f"{BASE}/roi-cases/", {"study": studied.pk}, format="json")
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])  # nothing was made
    url = f"{BASE}/roi-cases/{made.json()['id']}/"
    assert api_of(ada).get(url).json()["result"]["roi"]["net_present_value"]
    assert api_of(ada).post(f"{url}sign-off/", {"decision": "signed"}, format="json").status_code == 403
    signed = api_of(fay).post(f"{url}sign-off/", {"decision": "signed", "comment": "Fits"}, format="json")
    assert signed.json()["sign_off"] == "signed"


def test_a_client_finds_the_value_of_a_study_that_it_did_not_create(api_of, ada, cleo, worked, studied):
    """By the list, by its initiative or study, and by what the study itself names as the one that counts."""
    reads = api_of(cleo)
    assert reads.get(f"{BASE}/studies/{studied.pk}/").json()["roi_case"] is None
    assert reads.get(f"{BASE}/roi-cases/").json()["results"] == []
    value_model(worked.initiative, ada)
    first = compute_roi_case(study=studied, by=ada)
    save = value_model_content(worked.initiative.value_model) | {"horizon_years": 5}
    api_of(ada).put(f"{BASE}/initiatives/1/value-model/", save, format="json")
    second = compute_roi_case(study=studied, by=ada)
    listed = reads.get(f"{BASE}/roi-cases/").json()["results"]
    assert [row["id"] for row in listed] == [second.pk, first.pk]
    assert (listed[0]["initiative"], listed[0]["study"]) == ("INI-1", studied.pk)
    assert not {"inputs", "result"} & set(listed[0])
    study = reads.get(f"{BASE}/studies/{studied.pk}/").json()
    assert (study["roi_case"], study["go_live"]) == (second.pk, worked.initiative.went_live_on.isoformat())
    for query, count in (
        ("initiative=1", 2),
        ("initiative=2", 0),
        (f"study={studied.pk}", 2),
        ("study=0", 0),
    ):
        assert reads.get(f"{BASE}/roi-cases/?{query}").json()["count"] == count, query
    for query in ("initiative=x", "study=-1"):
        assert reads.get(f"{BASE}/roi-cases/?{query}").status_code == 422


def test_drivers_come_with_their_label(api_of, organization, ada):
    rate(organization, 200)
    assert api_of(ada).get(f"{BASE}/drivers/").json()["state"] == "none"
    asked = api_of(ada).post(f"{BASE}/drivers/", {}, format="json")
    assert (asked.status_code, asked.json()["state"], asked.json()["is_current"]) == (202, "queued", False)
    execute_drivers(run=DriverRun.objects.get())
    found = api_of(ada).get(f"{BASE}/drivers/").json()
    assert (found["state"], found["progress"], found["is_current"]) == ("done", 100, True)
    assert found["outcome"] == "osat.1.overall"
    assert found["drivers"][0]["key"] == "osat.1.onboarding"
    assert "Association within one survey" in found["notes"][0]


@pytest.mark.parametrize(
    "path", ["studies/", "studies/{study}/", "roi-cases/", "roi-cases/{case}/", "drivers/"]
)
def test_stranger_learns_nothing(api_of, dora, studied, case, path):
    url = f"{BASE}/{path.format(study=studied.pk, case=case.pk)}"
    assert api_of(dora).get(url).status_code == 404


def test_other_organization_does_not_reach_in(api_of, dora, studied, case):
    for path in (f"studies/{studied.pk}/", f"roi-cases/{case.pk}/", "initiatives/1/value-model/"):
        assert api_of(dora).get(f"/api/v1/o/elsewhere/{path}").status_code == 404


def test_looking_on_does_not_allow_to_change(api_of, cleo, worked, studied):
    api = api_of(cleo)
    assert api.post(f"{BASE}/drivers/", {}, format="json").status_code == 403
    assert api.post(f"{BASE}/studies/", {"initiative": 1}, format="json").status_code == 403
    assert api.post(f"{BASE}/roi-cases/", {"study": studied.pk}, format="json").status_code == 403
    assert api.put(f"{BASE}/initiatives/1/value-model/", {}, format="json").status_code == 403
    assert Study.objects.count() == 1


def test_what_the_product_says_of_an_input_is_read_in_the_readers_language_and_taken_in_any(
    worked, ada, api_of
):
    value_model(worked.initiative, ada)
    api, address = api_of(ada), f"{BASE}/initiatives/1/value-model/"

    def label(body):
        return next(row["label"] for row in body["parameters"] if row["key"] == "customers")

    english = api.get(address).json()
    chinese = api.get(address, headers={"accept-language": "zh-hans"}).json()
    assert label(english) == "Customers affected per year"
    assert label(chinese) != label(english)
    for sent in (english, chinese):
        answer = api.put(address, sent, format="json")
        assert (answer.status_code, answer.json()) == (200, english)
    english["parameters"][0]["label"] = "Mine"
    assert list(api.put(address, english, format="json").json()["errors"]) == ["parameters.0.label"]
