"""What a program has read it may send back: unchanged it changes nothing, and what is only read stays so."""

import re

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEvent
from common.strict import READ_ONLY
from tests.architecture.test_schema import document_of_api
from tests.architecture.world import ORGANIZATION

pytestmark = pytest.mark.strict

BASE = f"/api/v1/o/{ORGANIZATION}/"

# Every resource that is read and written at one address, and where in the world one of it stands: what of it
# a program may not write, and one change that it may make.
ROWS = [
    ("", ["slug"], {"name": "Southwind"}),
    ("functions/{function}/", ["id", "key"], {"name": "Care at night"}),
    ("members/{leaver}/", ["id", "name", "email", "is_active", "joined_at", "invited_by", "confirmed_at"],
     {"job_title": "Head of care"}),
    ("touchpoints/{touchpoint}/", ["key", "is_digital", "is_archived", "created_at"], {"purpose": "Pay"}),
    ("touchpoints/{archived_touchpoint}/", ["is_archived"], {"purpose": "Send"}),
    ("journey-maps/{map}/", ["key", "version", "is_archived", "created_at", "changed_at", "stages", "lanes"],
     {"persona": "Firm"}),
    ("contacts/{contact}/", ["id", "external_reference", "consent_changed_at", "archived_at", "erased_at"],
     {"name": "Ann"}),
    ("customer-accounts/{customer_account}/", ["id", "external_reference", "archived_at", "erased_at"],
     {"yearly_value": "5.00"}),
    ("import-recipes/{recipe}/", ["id", "source", "metrics", "recipe"], {"name": "Nightly"}),
    ("incoming-webhooks/{webhook}/", ["id", "source", "address", "former_until", "created_at"],
     {"name": "Bot"}),
    ("mailboxes/{mailbox}/", ["id", "source", "is_on", "begins_at", "checked_at", "succeeded_at",
     "failures_in_row", "failure", "taken", "left_out"], {"channel": "letters"}),
    ("watched-folders/{watched_folder}/", ["id", "source", "path", "checked_at", "failure"],
     {"moves_done": True}),
    ("seats/{seat}/", ["id", "person", "can_vote", "voter", "no_vote_because"], {"title": "Voice of care"}),
    ("initiatives/{draft}/", ["number", "reference", "state", "went_live_on", "completed_on", "practice",
     "created_at"], {"title": "Sooner"}),
    ("initiatives/{draft}/plan/", ["fixed_digest", "fixed_at", "changed_after_approval_at", "week_begins",
     "warnings"],
     {"decision_rule": "Keep it, or stop it."}),
    ("branding/", ["accent_on_dark", "logo_digest", "logo_width", "logo_height", "logo_url"],
     {"accent": "#0b63a8"}),
    ("me/reminders/", [], {"vote": 5}),
    ("schedules/{schedule}/", ["id", "owner", "pause", "next_on", "created_at"], {"paper": "letter"}),
    ("initiatives/{proved}/value-model/", [], {"horizon_years": 5}),
    ("customer-surveys/{open_survey}/event-rule/", [], {"delay_hours": 48}),
    ("library/{library_figure}/", ["number", "currency", "written_by", "written_at", "taken_by"],
     {"likely": "6.500000"}),
    ("program/costs/{ledger_year}/", ["year", "changed_at", "changed_by", "sign_off", "sign_off_by",
     "sign_off_at", "sign_off_comment", "voided"], {"budget": "5.00"}),
]  # fmt: skip
# Beside them, what may not be changed as freely at all: sent back as it was read, it is no change.
UNTOUCHED = [
    "initiatives/{submitted}/", "initiatives/{approved}/", "initiatives/{live}/", "initiatives/{proved}/",
    "initiatives/{submitted}/plan/", "initiatives/{approved}/plan/", "initiatives/{live}/plan/",
    "initiatives/{proved}/plan/", "seats/{chair}/",
]  # fmt: skip
# Read as a list of such entries: tests of their own, below.
# Files that are sent and never read back as such.
FILES = {"branding/logo/", "slide-template/"}
ENTRIES = {"metrics/{key}/targets/", "assessments/{id}/answers/{practice}/"}
# Who holds the right, where it is not the leader of the program.
WRITERS = {"": "administrator", "members/{leaver}/": "administrator"}


@pytest.fixture
def call(shared_world):
    """Ask for a place of the world, as somebody who may write there: the answer."""

    def ask(method, place, body=None, who=None):
        client = APIClient()
        member = shared_world.members[who or WRITERS.get(place, "cx_leader")]
        client.force_authenticate(user=member.user)
        path = BASE + place.format(**shared_world.things)
        return getattr(client, method)(path, *([] if body is None else [body]), format="json")

    return ask


@pytest.fixture(scope="module")
def written():
    """Of each resource that is read and written at one address the methods that write it, as the document
    of the API has them; by the place without what stands between braces."""
    paths = document_of_api()["paths"]
    found = {}
    for path, calls in paths.items():
        methods = [method for method in ("put", "patch") if method in calls]
        if methods:
            found[path.removeprefix("/api/v1/o/{organization}/")] = methods
    return found


def _bare(place):
    return re.sub(r"\{\w+\}", "{}", place)


def _methods(written, place):
    return next(methods for path, methods in written.items() if _bare(path) == _bare(place))


def _another(value):
    """A value of the same kind that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, list):
        return [*value, "more"]
    return {"more": 1} if isinstance(value, dict) else f"{value or ''}x"


def test_every_resource_that_is_written_is_asked_here(written):
    asked = {_bare(place) for place, _read_only, _change in ROWS}
    assert asked | {_bare(place) for place in ENTRIES | FILES} == {_bare(path) for path in written}


@pytest.mark.parametrize("place", [row[0] for row in ROWS] + UNTOUCHED)
def test_what_was_read_may_be_sent_back_and_changes_nothing(call, written, place):
    read = call("get", place).json()
    events = AuditEvent.objects.count()
    for method in _methods(written, place):
        answer = call(method, place, read)
        assert (method, answer.status_code, answer.json()) == (method, 200, read)
    assert call("get", place).json() == read
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(("place", "read_only", "change"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_only_read_is_not_changed_and_what_is_written_changes_beside_it(
    call, written, place, read_only, change
):
    read = call("get", place).json()
    for method in _methods(written, place):
        for name in read_only:
            answer = call(method, place, {**read, name: _another(read[name])})
            assert (method, name, answer.status_code) == (method, name, 422)
            assert answer.json()["errors"] == {name: [READ_ONLY]}
        unknown = call(method, place, {**read, "colour": "red"})
        assert (unknown.status_code, set(unknown.json()["errors"])) == (422, {"colour"})
        (said,) = unknown.json()["errors"]["colour"]
        assert said.startswith("Unknown field. Known here: ") or said == "Unknown field: none is read here."
        assert call("get", place).json() == read
    answer = call(_methods(written, place)[0], place, {**read, **change})
    assert (answer.status_code, answer.json().get("errors")) == (200, None)
    (name, value), now = *change.items(), call("get", place).json()
    assert now[name] == value != read[name]
    # a recipe holds its name once more; a year of costs and a figure say which version they are, and
    # whose; a color has its
    # shade for dark pages, and a changed look another address
    moves = {
        name,
        "lock_version",
        "changed_at",
        "recipe",
        "version",
        "changed_by",
        "written_by",
        "written_at",
        "accent_on_dark",
        "logo_url",
    }
    assert {key: one for key, one in now.items() if key not in moves} == {
        key: one for key, one in read.items() if key not in moves
    }


LOTS = [
    ("feedback/", "feedback/bulk/", ["source", "metric", "received_at"]),
    ("contacts/", "contacts/bulk/", ["id", "consent_changed_at", "archived_at", "erased_at"]),
    ("customer-accounts/", "customer-accounts/bulk/", ["id", "archived_at", "erased_at"]),
]


def _lot(call, place):
    """Items of one list as they are read, with what a call of several needs beside them."""
    items = call("get", place).json()["results"]
    if place != "feedback/":
        return {"items": items}
    beside = {name: items[0][name] for name in ("source", "metric")}
    return {**beside, "items": [one for one in items if beside.items() <= one.items()]}


@pytest.mark.parametrize(("place", "bulk", "read_only"), LOTS, ids=[lot[0] for lot in LOTS])
def test_items_of_a_lot_may_be_sent_back_as_single_ones_may(call, place, bulk, read_only):
    lot, read = _lot(call, place), call("get", place).json()
    events = AuditEvent.objects.count()
    answer = call("post", bulk, lot)
    assert (answer.status_code, answer.json().get("unchanged")) == (200, len(lot["items"])), answer.json()
    assert call("get", place).json() == read
    assert AuditEvent.objects.count() == events
    for name in read_only:
        first, *others = lot["items"]
        items = [*others, {**first, name: _another(first[name])}]
        answer = call("post", bulk, {**lot, "items": items})
        wrong = {f"{len(others)}.{name}": [READ_ONLY]}
        assert (answer.status_code, answer.json()["errors"]) == (422, wrong)
    unknown = call("post", bulk, {**lot, "items": [{**lot["items"][0], "colour": "red"}]})
    assert unknown.json()["errors"] == {"0.colour": ["Unknown field."]}
    assert call("get", place).json() == read


def test_an_answer_may_be_sent_back_alone(call):
    answer = call("get", "feedback/").json()["results"][0]
    events = AuditEvent.objects.count()
    sent = call("post", "feedback/", answer)
    assert (sent.status_code, sent.json().get("unchanged")) == (200, 1)
    other = call("post", "feedback/", {**answer, "received_at": "2026-01-01T00:00:00Z"})
    assert (other.status_code, other.json()["errors"]) == (422, {"received_at": [READ_ONLY]})
    assert AuditEvent.objects.count() == events


def test_a_new_item_of_a_lot_has_read_nothing(call):
    new = {"external_reference": "N-1", "name": "New", "id": 1}
    answer = call("post", "contacts/bulk/", {"items": [new]})
    assert (answer.status_code, answer.json()["errors"]) == (422, {"0.id": ["Unknown field."]})


def test_a_target_may_be_sent_back(call):
    place = "metrics/{metric}/targets/"
    call("put", place, {"touchpoint": None, "value": 40})
    read = call("get", place).json()
    events = AuditEvent.objects.count()
    assert call("put", place, read[0]).json() == read == [{"touchpoint": None, "value": 40.0}]
    assert AuditEvent.objects.count() == events


def test_an_answer_may_be_sent_back_with_its_practice_and_no_other(call):
    place = "assessments/{round}/answers/"
    read = call("get", place, who="respondent").json()
    one = f"{place}{read[0]['practice']}/"
    answer = call("put", one, read[0], who="respondent")
    assert answer.status_code == 200
    assert {**answer.json(), "saved_at": None} == {**read[0], "saved_at": None}
    other = call("put", one, {**answer.json(), "practice": "elsewhere"}, who="respondent")
    assert (other.status_code, other.json()["errors"]) == (422, {"practice": [READ_ONLY]})


def test_a_change_that_was_read_before_somebody_elses_is_not_taken_for_none(call):
    """The stored value decides, not the one that the program had read."""
    place = "touchpoints/{touchpoint}/"
    read = call("get", place).json()
    call("patch", place, {"purpose": "Newer"})
    assert call("patch", place, read).json()["purpose"] == read["purpose"] == ""


def test_a_row_that_is_sent_back_with_an_old_mark_is_still_refused(call):
    place = "initiatives/{draft}/"
    read = call("get", place).json()
    call("patch", place, {"title": "Newer", "lock_version": read["lock_version"]})
    answer = call("patch", place, {**read, "title": "Mine"})
    assert answer.status_code == 409
    assert call("get", place).json()["title"] == "Newer"


def test_a_form_sends_back_what_it_read_as_text(shared_world):
    client = APIClient()
    client.force_authenticate(user=shared_world.members["cx_leader"].user)
    path = f"{BASE}touchpoints/{shared_world.things['touchpoint']}/"
    answer = client.patch(path, {"purpose": "Pay", "is_archived": "False"}, format="multipart")
    assert (answer.status_code, answer.json()["purpose"]) == (200, "Pay")
    assert client.patch(path, {"is_archived": "True"}, format="multipart").status_code == 422
