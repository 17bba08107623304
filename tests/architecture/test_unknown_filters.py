"""A filter that nothing reads is refused by name, by every file and every list of the API: it was meant to
narrow, and what came would hold more."""

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import AuditEvent
from tests.architecture.test_schema import document_of_api
from tests.architecture.world import ORGANIZATION

pytestmark = pytest.mark.strict


# Every file of a table: what stands in its address, and one filter that it reads (None: it has none).
FILES = {
    "accounts:trail_export": ({}, "kind"),
    "customer_voice:account_file": ({}, "segment"),
    "customer_voice:contact_file": ({}, "consent"),
    "customer_voice:feedback_file": ({"kind": "answers"}, "segment"),
    "customer_voice:import_bad_rows": ({"pk": "checked_import"}, None),
    "customer_voice:import_errors": ({"pk": "checked_import"}, None),
    "customer_voice:metric_file": ({"key": "metric"}, "touchpoint"),
    "customer_voice:survey_file": ({"pk": "open_survey"}, None),
    "employee_voice:function_file": ({"pk": "published_wave", "function": "wave_function"}, None),
    "employee_voice:results_file": ({"pk": "published_wave"}, None),
    "impact:ledger_export": ({}, None),
    "impact:library_export": ({}, None),
    "journeys:touchpoint_file": ({}, "phase"),
    "maps:map_file": ({"key": "map"}, None),
}


def _routes(resolver, namespace=""):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = ":".join(part for part in (namespace, one.namespace) if part)
            yield from _routes(one, inner)
        else:
            yield f"{namespace}:{one.name}" if namespace else one.name, str(one.pattern)


def test_every_file_of_a_table_is_asked_here():
    found = {name for name, route in _routes(get_resolver()) if ":ending>" in route}
    assert found == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_not_made_by_a_filter_that_nothing_reads(shared_world, name):
    given, known = FILES[name]
    things = {key: shared_world.things.get(value, value) for key, value in given.items()}
    path = reverse(name, kwargs={"organization": ORGANIZATION, **things, "ending": "csv"})
    client, events = shared_world.client("cx_leader"), AuditEvent.objects.count()
    answer = client.get(path, {"colour": "red"})
    assert answer.status_code == 422
    assert "colour" in answer.text
    assert "attachment" not in answer.get("Content-Disposition", "")
    assert known is None or known in answer.text
    assert AuditEvent.objects.count() == events
    assert client.get(path, {"mark": "no"}).status_code in {200, 409}
    if known is not None:
        assert client.get(path, {known: ""}).status_code == 200


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        ("accounts:trail_export", {"since": "soon"}),
        ("customer_voice:account_file", {"state": "x"}),
        ("customer_voice:contact_file", {"consent": "x"}),
        ("customer_voice:feedback_file", {"start": "soon"}),
        ("customer_voice:metric_file", {"start": "soon"}),
        ("journeys:touchpoint_file", {"phase": "x"}),
    ],
)
def test_a_file_is_not_made_by_a_filter_that_cannot_be_read(shared_world, name, filters):
    """Refused as one that nothing reads is, and by its name."""
    given, _known = FILES[name]
    things = {key: shared_world.things.get(value, value) for key, value in given.items()}
    path = reverse(name, kwargs={"organization": ORGANIZATION, **things, "ending": "csv"})
    events = AuditEvent.objects.count()
    answer = shared_world.client("cx_leader").get(path, filters)
    assert answer.status_code == 422
    assert "a filter cannot be read." in answer.text
    assert "attachment" not in answer.get("Content-Disposition", "")
    assert AuditEvent.objects.count() == events


def test_every_list_of_the_api_names_a_parameter_that_nothing_reads(shared_world):
    """And those that something reads."""
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    asked = 0
    for path, calls in document_of_api()["paths"].items():
        place = path.removeprefix("/api/v1/o/{organization}/")
        if "get" not in calls or "{" in place:
            continue
        asked += 1
        answer = client.get(f"/api/v1/o/{ORGANIZATION}/{place}", {"colour": "red"})
        assert (place, answer.status_code) == (place, 422)
        (text,) = answer.json()["errors"]["colour"]
        filters = {one["name"] for one in calls["get"].get("parameters", []) if one["in"] == "query"}
        known = text.removeprefix("Unknown parameter. Known here: ").removesuffix(".").split(", ")
        assert filters == set(known) - ({"format", "page", "page_size"} - filters), place
    assert asked > 25


SENSELESS = ["x", "9" * 40, "-1", "1.5", "²", "2026-13-45"]
# Of a filter with one of these kinds of value "x" is none; of all others any words may be meant.
TYPED = {"integer", "number", "boolean"}


def _filters(calls):
    return [one for one in calls["get"].get("parameters", []) if one["in"] == "query"]


def test_no_filter_of_the_api_fails_at_what_it_cannot_read_and_none_takes_it_for_something_else(
    shared_world, monkeypatch
):
    """A number that no row can have is no error of the database, and no unknown word counts as yes."""
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_request: True)
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    asked = 0
    for path, calls in document_of_api()["paths"].items():
        place = path.removeprefix("/api/v1/o/{organization}/").replace("metrics/{key}", "metrics/nps")
        if "get" not in calls or "{" in place:
            continue
        for one in _filters(calls):
            schema = one["schema"]
            for value in SENSELESS:
                asked += 1
                answer = client.get(f"/api/v1/o/{ORGANIZATION}/{place}", {one["name"]: value})
                said = (place, one["name"], value, answer.status_code)
                is_page = one["name"] == "page" and value.isdecimal()
                assert answer.status_code in {200, 422} or (is_page and answer.status_code == 404), said
                if answer.status_code == 422:
                    assert one["name"] in answer.json()["errors"], said
                has_kind = schema.get("type") in TYPED or "enum" in schema or "format" in schema
                assert value != "x" or not has_kind or answer.status_code == 422, said
    assert asked > 300


@pytest.mark.parametrize(
    ("place", "filters"),
    [
        ("metrics/{metric}/series/", {"touchpoint": "elsewhere"}),
        ("metrics/{metric}/series/", {"channel": "elsewhere"}),
        ("metrics/{metric}/series/", {"account": "elsewhere"}),
        ("touchpoints/{touchpoint}/merge/preview/", {"other": "elsewhere"}),
        ("drivers/", {"outcome": "elsewhere"}),
        ("employees-and-customers/", {"metric": "elsewhere"}),
        ("employees-and-customers/", {"driver": "elsewhere"}),
        ("feedback/", {"touchpoint": "elsewhere"}),
        ("feedback/", {"metric": "elsewhere"}),
    ],
)
def test_a_key_that_there_is_not_is_a_wrong_filter_and_no_wrong_address(shared_world, place, filters):
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    answer = client.get(f"/api/v1/o/{ORGANIZATION}/{place.format(**shared_world.things)}", filters)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, list(filters))


@pytest.mark.parametrize(
    ("place", "body", "name"),
    [
        ("roi-cases/", {"study": 999}, "study"),
        ("studies/", {"initiative": 999, "data_cutoff": "2026-01-01"}, "initiative"),
        ("reports/", {"kind": "roi_evidence", "study": 999}, "study"),
        ("reports/", {"kind": "program", "program": 999}, "program"),
        ("reports/", {"kind": "maturity", "result": 999}, "result"),
        ("reports/", {"kind": "employee_wave", "wave": 999}, "wave"),
    ],
)
def test_what_a_body_names_and_there_is_not_is_a_wrong_value_and_no_wrong_address(
    shared_world, place, body, name
):
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    answer = client.post(f"/api/v1/o/{ORGANIZATION}/{place}", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"owner_function": "elsewhere"}, "There is none with the key “elsewhere”."),
        ({"owner_function": 1}, "There is none with the key “1”."),
    ],
)
def test_a_row_that_there_is_not_is_named_in_plain_words(shared_world, value, text):
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    body = {"name": "Till", "phase": "buy", "channel": "store", **value}
    answer = client.post(f"/api/v1/o/{ORGANIZATION}/touchpoints/", body, format="json")
    assert (answer.status_code, answer.json()["errors"]) == (422, {name: [text] for name in value})
    for owner, said in ((999, "There is none with the id 999."), ([1], "Send an id, a whole number.")):
        body = {"title": "Sooner", "owner": owner}
        answer = client.post(f"/api/v1/o/{ORGANIZATION}/initiatives/", body, format="json")
        assert answer.json()["errors"]["owner"] == [said]


def test_a_page_of_feedback_passes_over_a_number_that_no_row_can_have(shared_world):
    client = shared_world.client("cx_leader")
    address = reverse("customer_voice:feedback_list", args=[ORGANIZATION])
    for name in ("survey", "contact", "batch"):
        assert client.get(address, {name: "9" * 40}).status_code == 200


def test_a_page_keeps_in_its_downloads_the_filters_alone(shared_world):
    """An address with more in it (a campaign's mark, a row) still offers files that can be had."""
    client = shared_world.client("cx_leader")
    address = reverse("customer_voice:feedback_list", args=[ORGANIZATION])
    page = client.get(address, {"segment": "A", "utm": "x"})
    offer = page.context["downloads"].files[0]
    assert "segment=A" in offer.csv
    assert "utm" not in offer.csv
    assert client.get(offer.plain_csv).status_code == 200
    trail = client.get(
        reverse("accounts:trail", args=[ORGANIZATION]), {"kind": "", "text": "a b", "utm": "x"}
    )
    for ending in ("csv", "xlsx"):
        address = reverse("accounts:trail_export", args=[ORGANIZATION, ending])
        assert f'href="{address}?kind=&amp;text=a+b"' in trail.text
    assert client.get(trail.context["file"].workbook).status_code == 200
