"""Incoming webhooks: signed calls taken in once, by a mapping that somebody has made from an example."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from customer_voice.errors import FeedNotReady, MappingRefused
from customer_voice.models import (
    Contact,
    ContactReference,
    Feedback,
    IncomingWebhook,
    Submission,
    SurveyEvent,
    WebhookCall,
)
from customer_voice.selectors.personal_data import contact_data
from customer_voice.services import (
    CallMapping,
    When,
    create_webhook,
    erase_answer,
    erase_customer,
    forget_calls,
    map_webhook,
    preview_call,
    roll_secret,
    set_event_rule,
    set_live,
    show_secret,
    switch_webhook,
    take_waiting,
    try_again,
)
from tests.customer_voice.calls import send, signature
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory
from tests.factories.surveys import opened_survey

pytestmark = pytest.mark.django_db

MAPPING = CallMapping(
    values={"external_id": "/id", "occurred_at": "/at", "customer": "/person/ref", "name": "/person/name"},
    answers={"nps": {"score": "/nps", "text": "/why"}, "csat_5": {"score": "/csat"}},
    fixed={"touchpoint": "web", "channel": "chat"},
)
CALL = {
    "id": "r-1",
    "at": "2026-03-04T10:15:00+01:00",
    "person": {"ref": "C-7", "name": "Ana"},
    "nps": 9,
    "csat": "4",
    "why": "Quick <3",
}


@pytest.fixture
def metrics(organization):
    TouchpointFactory(organization=organization, key="web")
    return [MetricDefinitionFactory(organization=organization, key=key) for key in ("nps", "csat_5")]


@pytest.fixture
def hook(ada, metrics) -> IncomingWebhook:
    """Made, not mapped."""
    return create_webhook(by=ada, name="Chat survey", source="chat")


@pytest.fixture
def live(ada, hook) -> IncomingWebhook:
    map_webhook(by=ada, webhook=hook, mapping=MAPPING)
    return set_live(by=ada, webhook=hook, is_live=True)


def answers() -> dict[str, tuple]:
    rows = Feedback.objects.order_by("metric_key").values_list("metric_key", "score", "text")
    return {key: (score, text) for key, score, text in rows}


def test_one_call_becomes_one_submission_of_several_answers(live):
    response = send(live, CALL)
    assert (response.status_code, response.json()["created"]) == (200, 2)
    assert answers() == {"csat_5": (4, ""), "nps": (9, "Quick <3")}
    submission = Submission.objects.get()
    assert (submission.source.name, submission.external_id) == ("chat", "r-1")
    answer = Feedback.objects.get(metric_key="nps")
    assert answer.occurred_at == datetime(2026, 3, 4, 9, 15, tzinfo=UTC)
    assert (answer.contact.external_reference, answer.contact.name) == ("C-7", "Ana")
    assert (answer.touchpoint.key, answer.channel.name) == ("web", "chat")
    assert AuditEvent.objects.filter(verb="feedback.recorded").count() == 0


def test_the_same_id_is_taken_in_once(live):
    assert send(live, CALL).status_code == 200
    again = send(live, CALL)
    assert (again.status_code, again.json()["created"]) == (200, 2)
    assert WebhookCall.objects.count() == 1
    other = send(live, {**CALL, "nps": 1})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert answers()["nps"] == (9, "Quick <3")


def test_corrections_and_deletions_pass_through(ada, live):
    send(live, CALL)
    response = send(live, {**CALL, "nps": 3, "why": "Slow"}, message_id="msg_2")
    assert (response.status_code, response.json()["updated"]) == (200, 1)
    assert answers()["nps"] == (3, "Slow")
    mapping = CallMapping(
        values=MAPPING.values,
        answers=MAPPING.answers,
        fixed=MAPPING.fixed,
        removes=When(place="/kind", values=("deleted",)),
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    response = send(live, {"id": "r-1", "kind": "Deleted"}, message_id="msg_3")
    assert (response.status_code, response.json()["removed"]) == (200, 1)
    assert Feedback.objects.count() == Submission.objects.count() == 0
    assert send(live, {"kind": "deleted"}, message_id="msg_4").status_code == 422


def test_what_the_sender_removed_goes_whatever_kinds_of_calls_are_taken_in(ada, live):
    """The mapping of docs/feeds.md: one value says what is taken in, and another one what goes."""
    mapping = CallMapping(
        values=MAPPING.values,
        answers=MAPPING.answers,
        fixed=MAPPING.fixed,
        only=When(place="/type", values=("response.completed",)),
        removes=When(place="/type", values=("response.deleted",)),
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    send(live, {**CALL, "type": "response.completed"}, message_id="msg_1")
    assert answers()["nps"] == (9, "Quick <3")
    other = send(live, {**CALL, "type": "response.opened", "nps": 0}, message_id="msg_2")
    assert (other.status_code, other.json()["code"]) == (200, "nothing_in_it")
    gone = send(live, {"id": "r-1", "type": "response.deleted"}, message_id="msg_3")
    assert (gone.status_code, gone.json()["removed"]) == (200, 1)
    assert not Feedback.objects.exists()


def test_what_a_call_does_not_name_stays(live):
    send(live, CALL)
    assert send(live, {"id": "r-1", "at": CALL["at"], "nps": 8}, message_id="msg_2").status_code == 200
    assert answers() == {"csat_5": (4, ""), "nps": (8, "Quick <3")}


def test_time_and_touchpoint_stay_where_a_correction_does_not_name_them(ada, live, metrics):
    TouchpointFactory(organization=ada.organization, key="shop")
    values = {**MAPPING.values, "touchpoint": "/where"}
    map_webhook(by=ada, webhook=live, mapping=CallMapping(values=values, answers=MAPPING.answers))
    assert send(live, {**CALL, "where": "shop"}).status_code == 200
    corrected = send(live, {"id": "r-1", "nps": 2}, message_id="msg_2")
    assert (corrected.status_code, corrected.json()["updated"]) == (200, 1), corrected.json()
    answer = Feedback.objects.get(metric_key="nps")
    assert (answer.score, answer.touchpoint.key) == (2, "shop")
    assert answer.occurred_at == datetime(2026, 3, 4, 9, 15, tzinfo=UTC)
    new = send(live, {"id": "r-2", "nps": 2}, message_id="msg_3")
    assert (new.status_code, list(new.json()["errors"])) == (422, ["/where"])  # of a new one it is not known
    assert send(live, {"id": "r-2", "nps": 2, "where": "web"}, message_id="msg_4").status_code == 200
    assert Feedback.objects.get(submission__external_id="r-2").occurred_at.year > 2025  # when it came


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_end_of_the_calendar_is_refused_with_its_place(ada, live, moment):
    ada.organization.time_zone = "Asia/Tokyo"
    ada.organization.save()
    response = send(live, {**CALL, "at": moment})
    assert (response.status_code, list(response.json()["errors"])) == (422, ["/at"])
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize("score", [{"a": 1}, [9]])
def test_an_object_where_a_score_is_expected_is_refused_with_its_place(live, score):
    response = send(live, {**CALL, "nps": score})
    assert (response.status_code, list(response.json()["errors"])) == (422, ["/nps"])
    assert Feedback.objects.count() == 0


def test_a_place_enters_one_list_of_answers(ada, hook):
    two = {"values": {"external_id": "/id", "customer": "/*/a/*/b"}, "answers": {"nps": {"score": "/nps"}}}
    with pytest.raises(MappingRefused):
        CallMapping.of_json(two)


def test_what_was_gone_already_is_not_told_as_removed(ada, live):
    mapping = CallMapping(
        values=MAPPING.values,
        answers=MAPPING.answers,
        fixed=MAPPING.fixed,
        removes=When(place="/kind", values=("deleted",)),
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    send(live, CALL)
    for number, removed in enumerate((1, 0)):
        told = send(live, {"id": "r-1", "kind": "deleted"}, message_id=f"msg_{number}_gone")
        assert told.json()["removed"] == removed


def test_the_order_of_a_list_holds_where_it_removes_and_sends_one_id(ada, live, metrics):
    """As the calls one by one would: what comes after the removal is new, what comes before it is gone."""
    TouchpointFactory(organization=ada.organization, key="shop")
    mapping = CallMapping(
        values={"external_id": "/data/*/id", "touchpoint": "/data/*/where"},
        answers={"nps": {"score": "/data/*/nps"}, "csat_5": {"score": "/data/*/csat"}},
        removes=When(place="/data/*/type", values=("removed",)),
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    first = [
        {"id": "z1", "nps": 3, "csat": 2, "where": "shop"},
        {"id": "z2", "nps": 5, "where": "web"},
    ]
    assert send(live, {"data": first}, message_id="msg_1").json()["created"] == 3
    mixed = [
        {"id": "z1", "nps": 1, "where": "shop"},  # removed by the next one
        {"id": "z1", "type": "removed"},
        {"id": "z1", "nps": 9, "where": "web"},
        {"id": "z3", "type": "removed"},  # was never there
        {"id": "z3", "nps": 7, "where": "web"},
        {"id": "z2", "nps": 6, "where": "web"},
        {"id": "z4", "nps": 8, "where": "web"},
        {"id": "z4", "type": "removed"},
        {"id": "z2", "type": "removed"},
    ]
    told = send(live, {"data": mixed}, message_id="msg_2").json()
    assert (told["created"], told["updated"], told["removed"]) == (2, 0, 2)
    rows = Feedback.objects.order_by("submission__external_id")
    assert list(rows.values_list("submission__external_id", "metric_key", "score", "touchpoint__key")) == [
        ("z1", "nps", 9, "web"),  # what it had before its removal is gone with it
        ("z3", "nps", 7, "web"),
    ]


def test_what_a_later_removal_takes_back_leaves_the_others_their_customers_and_times(ada, live):
    Contact.objects.create(
        organization=ada.organization, external_reference="C-1", email="cy@example.com", name="Cy"
    )
    mapping = CallMapping(
        values={"external_id": "/*/id", "occurred_at": "/*/at", "email": "/*/mail"},
        answers={"nps": {"score": "/*/nps"}},
        fixed={"touchpoint": "web"},
        removes=When(place="/*/type", values=("removed",)),
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    day = "2026-03-04T10:15:00+00:00"
    send(live, [{"id": "kept", "nps": 4, "at": day}], message_id="msg_1")
    call = [
        {"id": "gone", "nps": 1, "at": day},
        {"id": "hers", "nps": 2, "at": day, "mail": "cy@example.com"},
        {"id": "kept", "nps": 5},
        {"id": "gone", "type": "removed"},
    ]
    assert send(live, call, message_id="msg_2").json()["created"] == 1
    hers = Feedback.objects.get(submission__external_id="hers")
    assert hers.contact.external_reference == "C-1"
    kept = Feedback.objects.get(submission__external_id="kept")
    assert (kept.score, kept.contact, kept.occurred_at) == (5, None, datetime.fromisoformat(day))
    assert not Submission.objects.filter(external_id="gone").exists()


def test_calls_wait_until_it_is_live_and_come_in_then(ada, hook):
    for number in range(3):
        call = {**CALL, "id": f"r-{number}"} if number else {**CALL, "nps": 11}
        assert send(hook, call, message_id=f"msg_{number}").status_code == 202
    assert Feedback.objects.count() == 0
    with pytest.raises(FeedNotReady):
        set_live(by=ada, webhook=hook, is_live=True)
    map_webhook(by=ada, webhook=hook, mapping=MAPPING)
    with pytest.raises(FeedNotReady):
        take_waiting(by=ada, webhook=hook)
    hook = set_live(by=ada, webhook=hook, is_live=True)
    assert take_waiting(by=ada, webhook=hook) == (3, 1)
    assert Submission.objects.count() == 2
    assert take_waiting(by=ada, webhook=hook) == (0, 0)


def test_a_call_that_cannot_be_read_stores_nothing_and_may_be_tried_again(ada, live):
    response = send(live, {**CALL, "csat": 9})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["/csat"]
    assert Feedback.objects.count() == 0
    call = WebhookCall.objects.get()
    assert call.state == "failed"
    mapping = CallMapping(values=MAPPING.values, answers={"nps": {"score": "/nps"}}, fixed=MAPPING.fixed)
    map_webhook(by=ada, webhook=live, mapping=mapping)
    assert try_again(by=ada, call=call).state == "stored"
    assert answers() == {"nps": (9, "")}
    with pytest.raises(FeedNotReady):
        try_again(by=ada, call=call)


def test_the_sender_may_try_the_same_call_again(ada, live):
    assert send(live, {**CALL, "csat": 9}).status_code == 422
    mapping = CallMapping(values=MAPPING.values, answers={"nps": {"score": "/nps"}}, fixed=MAPPING.fixed)
    map_webhook(by=ada, webhook=live, mapping=mapping)
    assert send(live, {**CALL, "csat": 9}).status_code == 200
    assert (Feedback.objects.count(), WebhookCall.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"webhook-signature": "v1,bm90IHJpZ2h0"}, 401, "wrong_signature"),
        ({"webhook-signature": "nonsense"}, 401, "wrong_signature"),
        ({"webhook-signature": "v1,%%%"}, 401, "wrong_signature"),
        ({"webhook-signature": "v1a,x v2,y"}, 401, "wrong_signature"),
        ({"webhook-signature": ""}, 401, "unsigned"),
        ({"webhook-id": ""}, 401, "unsigned"),
        ({"webhook-timestamp": "yesterday"}, 401, "bad_time"),
        ({"webhook-timestamp": "nan"}, 401, "bad_time"),
        ({"webhook-timestamp": "9" * 30}, 401, "bad_time"),
        ({"webhook-id": "x" * 500}, 422, "bad_id"),
    ],
)
def test_what_is_wrongly_signed_is_refused_with_its_reason(live, change, status, code):
    response = send(live, CALL, **change)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert Feedback.objects.count() == 0
    call = WebhookCall.objects.get()
    assert (call.state, call.is_verified, call.body, call.code) == ("refused", False, "", code)


def test_a_replayed_call_is_refused_and_a_clock_may_be_a_little_off(live):
    now = int(time.time())
    assert send(live, CALL, at=now - 320).json()["code"] == "stale"
    assert send(live, CALL, at=now + 320).json()["code"] == "stale"
    assert send(live, CALL, at=now - 200).status_code == 200


def test_a_wrongly_signed_call_does_not_take_the_id_of_a_right_one(live):
    assert send(live, CALL, secret="whsec_bm90IHRoZSBzZWNyZXQ=").status_code == 401
    assert send(live, CALL).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"id": "ä"}'.encode("latin-1"), 422, "not_utf8"),
        (b"{", 422, "not_json"),
        (b"[" * 5000, 422, "not_json"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, 422, "not_json"),
        (b'{"nps": NaN}', 422, "not_json"),
        (b'{"nps": 1e999}', 422, "not_json"),
        (b'{"id": "\\u0000"}', 422, "not_json"),
        (b'{"id": "\\ud800"}', 422, "not_json"),
        (b" " * (1024 * 1024 + 1), 413, "too_large"),
        (b"", 422, "not_json"),
    ],
)
def test_bodies_that_nobody_can_read_are_answered_clearly(live, body, status, code):
    response = send(live, body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert Feedback.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        [], "text", 7, None, {}, {"id": {}}, {"id": "r", "nps": {}}, {"id": "r", "nps": [1, 2]},
        {"id": "x" * 300, "nps": 9}, {"id": "r", "nps": 10**15}, {"id": "r", "nps": True},
        {"id": "r", "nps": 9, "at": "yesterday"}, {"id": "r", "nps": 9, "at": "3/4/26"},
        {"id": "r", "nps": 9, "at": "9999-12-31"}, {"id": "r", "nps": 9, "person": {"ref": "x" * 200}},
        {"id": "r", "nps": 9, "why": "y" * 30_000}, {"id": "r", "nps": 9, "person": []},
        {"id": "r", "nps": "٣"}, {"id": "r", "nps": -1},
    ],
)  # fmt: skip
def test_no_value_of_a_signed_call_breaks_it(live, body):
    response = send(live, body)
    assert response.status_code in {200, 422}
    if response.status_code == 422:
        assert response.json()["errors"]
        assert Feedback.objects.count() == 0


def test_a_form_with_files_is_a_body_as_any_other(live):
    address = reverse("hooks:receive", args=[live.public_id])
    response = Client().post(address, {"a": "b"})
    assert (response.status_code, response.json()["code"]) == (401, "unsigned")
    assert (
        Client().post(reverse("hooks:receive", args=["nothing"]), b"{}", "application/json").status_code
        == 404
    )


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_whatever_is_asked_in_another_way_is_told_in_json(live, method):
    address = reverse("hooks:receive", args=[live.public_id])
    response = getattr(Client(), method)(address)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("address", "status"),
    [("/hooks/", 404), ("/hooks/a/b/", 404), ("/hooks/nothing/", 405), ("/hooks/a%00/", 400)],
)
def test_addresses_of_no_webhook_are_told_in_json(db, address, status):
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_a_call_without_the_last_sign_of_its_address_arrives(live):
    address = reverse("hooks:receive", args=[live.public_id]).rstrip("/")
    response = Client().post(address, b"{}", "application/json")
    assert (response.status_code, response.json()["code"]) == (401, "unsigned")


def test_the_secret_is_shown_once_and_the_one_before_holds_for_a_day(ada, live):
    first = show_secret(webhook=live)
    assert first.startswith("whsec_")
    with pytest.raises(FeedNotReady):
        show_secret(webhook=live)
    assert first not in str(IncomingWebhook.objects.values())
    roll_secret(by=ada, webhook=live)
    live.refresh_from_db()
    second = show_secret(webhook=live)
    assert send(live, CALL, secret=second, message_id="msg_2").status_code == 200
    assert send(live, CALL, secret=first, message_id="msg_3").status_code == 200
    IncomingWebhook.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    assert send(live, CALL, secret=first, message_id="msg_4").json()["code"] == "wrong_signature"
    entry = AuditEvent.objects.get(verb="feed.secret_rolled")
    assert "whsec" not in f"{entry.before}{entry.after}"


def test_a_secret_of_another_installation_cannot_be_read(live, settings):
    settings.SECRET_KEY = "another key of an installation, long enough, 0123456789"
    response = send(live, CALL, secret="whsec_bm90IHRoZSBzZWNyZXQ=")
    assert (response.status_code, response.json()["code"]) == (401, "secret_unreadable")


def test_one_that_is_switched_off_takes_nothing(ada, live):
    switch_webhook(by=ada, webhook=live, is_on=False)
    assert send(live, CALL).json()["code"] == "switched_off"
    assert send(live, CALL).status_code == 409
    switch_webhook(by=ada, webhook=live, is_on=True)
    assert send(live, CALL).status_code == 200


def test_each_entry_of_a_list_can_be_an_answer_and_all_come_in_or_none(ada, hook):
    mapping = CallMapping(
        values={"external_id": "/data/*/id", "segment": "/plan"},
        answers={"nps": {"score": "/data/*/nps"}},
        fixed={"touchpoint": "web"},
        only=When(place="/data/*/state", values=("complete",)),
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    hook = set_live(by=ada, webhook=hook, is_live=True)
    entries = [
        {"id": "a", "nps": 10, "state": "complete"},
        {"id": "b", "nps": 2, "state": "partial"},
        {"id": "c", "nps": 7, "state": "COMPLETE"},
    ]
    assert send(hook, {"plan": "gold", "data": entries}).json()["created"] == 2
    assert dict(Feedback.objects.values_list("submission__external_id", "score")) == {"a": 10, "c": 7}
    assert set(Feedback.objects.values_list("segment", flat=True)) == {"gold"}
    entries = [{"id": "d", "nps": 1, "state": "complete"}, {"id": "e", "nps": 12, "state": "complete"}]
    response = send(hook, {"plan": "gold", "data": entries}, message_id="msg_2")
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["/data/1/nps"]
    assert Feedback.objects.count() == 2
    assert send(hook, {"plan": "gold"}, message_id="msg_3").status_code == 422


ENTRIES = CallMapping(
    values={"external_id": "/data/*/id", "occurred_at": "/data/*/at"},
    answers={"nps": {"score": "/data/*/nps"}},
    fixed={"touchpoint": "web"},
    only=When(place="/data/*/state", values=("complete", "gone")),
    removes=When(place="/data/*/state", values=("gone",)),
)


def entry(external_id, **more):
    return {"id": external_id, "nps": 7, "state": "complete"} | more


@pytest.mark.parametrize(
    ("entries", "errors"),
    [
        # what a condition leaves out, what only removes and what is taken back stand in the list all the same
        (
            [entry("a", state="partial"), entry("b"), entry("c", state="gone"), entry("d", nps=12)],
            ["/data/3/nps"],
        ),
        ([entry("a"), entry("a", state="gone"), entry("b"), entry("c", nps=12)], ["/data/3/nps"]),
        ([entry("a"), entry("b", nps=None), entry("c", nps=-1)], ["/data/2/nps"]),
        (
            [entry("a", state="partial"), entry("b"), entry("c", at="soon"), entry("d", at="later")],
            ["/data/2/at", "/data/3/at"],
        ),
        ([entry("a"), entry("")], ["/data/1/id"]),
        ([entry("a"), entry("b", nps=[9])], ["/data/1/nps"]),
    ],
)
def test_a_refused_list_names_the_entry_as_its_sender_counts_it(ada, live, entries, errors):
    map_webhook(by=ada, webhook=live, mapping=ENTRIES)
    answer = send(live, {"data": entries})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, errors)
    assert Feedback.objects.count() == 0


def test_an_id_that_is_sent_twice_is_refused_with_both_of_its_places(ada, live):
    map_webhook(by=ada, webhook=live, mapping=ENTRIES)
    entries = [entry("x", state="partial"), entry("a"), entry("b", state="partial"), entry("a", nps=3)]
    answer = send(live, {"data": entries})
    assert answer.json()["errors"] == {"/data/3/id": "Same ID as at /data/1/id."}


def test_a_key_that_begins_with_a_star_stands_for_no_entry(ada, live):
    mapping = CallMapping(
        values={"external_id": "/*id"}, answers={"nps": {"score": "/*nps"}}, fixed={"touchpoint": "web"}
    )
    map_webhook(by=ada, webhook=live, mapping=mapping)
    assert list(send(live, {"*id": "a", "*nps": 12}).json()["errors"]) == ["/*nps"]


def test_answers_in_a_list_are_found_by_their_names_in_any_order(ada, hook):
    mapping = CallMapping(
        values={"external_id": "/token"},
        answers={
            "nps": {"score": "/answers/[field.ref=q nps]/number", "text": "/answers/[field.ref=why~3x]/text"}
        },
        fixed={"touchpoint": "web"},
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    hook = set_live(by=ada, webhook=hook, is_live=True)
    parts = [{"field": {"ref": "why.x"}, "text": "So."}, {"field": {"ref": "q nps"}, "number": 6}]
    send(hook, {"token": "t1", "answers": parts})
    send(hook, {"token": "t2", "answers": parts[::-1]}, message_id="msg_2")
    assert list(Feedback.objects.values_list("score", "text")) == [(6, "So."), (6, "So.")]


def test_words_of_scales_and_times_without_a_zone_are_read_as_in_files(ada, hook):
    mapping = CallMapping(
        values={"occurred_at": "/at"},
        answers={"csat_5": {"score": "/csat"}, "nps": {"score": "/nps"}},
        fixed={"touchpoint": "web"},
        zone="America/New_York",
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    hook = set_live(by=ada, webhook=hook, is_live=True)
    call = {"at": "2026-03-31 23:30", "csat": "Very satisfied", "nps": "10 - Extremely likely"}
    assert send(hook, call, message_id="evt-1").status_code == 200
    assert answers() == {"csat_5": (5, ""), "nps": (10, "")}
    assert Feedback.objects.first().occurred_at == datetime(2026, 4, 1, 3, 30, tzinfo=UTC)
    assert Submission.objects.get().external_id == "evt-1"
    assert send(hook, {"at": 1_774_000_000, "nps": 1}, message_id="evt-2").status_code == 200
    latest = Feedback.objects.get(submission__external_id="evt-2")
    assert latest.occurred_at == datetime(2026, 3, 20, 9, 46, 40, tzinfo=UTC)


def test_a_preview_says_what_would_come_in_and_stores_nothing(hook):
    send(hook, CALL)
    send(hook, {**CALL, "nps": 40}, message_id="msg_2")
    bad, good = WebhookCall.objects.order_by("-pk")
    good.webhook = bad.webhook = hook
    found = preview_call(webhook=hook, mapping=MAPPING, call=good)
    assert (found.recorded.created, found.wrong) == (2, {})
    assert list(preview_call(webhook=hook, mapping=MAPPING, call=bad).wrong) == ["/nps"]
    assert Feedback.objects.count() == Submission.objects.count() == Contact.objects.count() == 0


@pytest.mark.parametrize(
    "mapping",
    [
        CallMapping(values={"external_id": "/id"}, fixed={"touchpoint": "web"}),
        CallMapping(answers={"nps": {"score": "/nps"}}),
        CallMapping(answers={"nps": {"score": "/nps"}}, fixed={"touchpoint": "nowhere"}),
        CallMapping(answers={"unknown": {"score": "/nps"}}, fixed={"touchpoint": "web"}),
        CallMapping(answers={"": {"score": "/nps"}}, fixed={"touchpoint": "web"}),
        CallMapping(
            answers={"nps": {"score": "/a/*/b"}, "csat_5": {"score": "/c/*/d"}}, fixed={"touchpoint": "web"}
        ),
        CallMapping(answers={"nps": {"score": "/nps"}}, fixed={"touchpoint": "web"}, zone="Mars/Base"),
        CallMapping(
            answers={"nps": {"score": "/nps"}},
            fixed={"touchpoint": "web"},
            removes=When(place="/k", values=("x",)),
        ),
    ],
)
def test_a_mapping_that_makes_no_feedback_is_refused(ada, hook, mapping):
    with pytest.raises(MappingRefused):
        map_webhook(by=ada, webhook=hook, mapping=mapping)


@pytest.mark.parametrize(
    "told",
    [
        [], "x", {"values": []}, {"values": {"external_id": 1}}, {"values": {"external_id": "id"}},
        {"more": 1},
        {"values": {"unknown": "/a"}}, {"answers": {"nps": {"other": "/a"}}}, {"answers": {"nps": {}}},
        {"only": {"place": "/a"}}, {"only": {"place": "/a", "values": "deleted"}},
        {"fixed": {"segment": "x"}},
        {"values": {"external_id": "/" + "x" * 600}},
    ],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(told):
    with pytest.raises(MappingRefused):
        CallMapping.of_json(told)
    assert CallMapping.of_json(MAPPING.as_json()) == MAPPING


def test_an_event_of_a_call_starts_a_survey_that_follows_events(ada, hook):
    survey = opened_survey(ada, follow_up="none")
    mapping = CallMapping(values={"external_id": "/ticket", "email": "/mail", "occurred_at": "/at"})
    with pytest.raises(Exception, match="follows no events"):
        map_webhook(by=ada, webhook=hook, mapping=mapping, survey=survey)
    set_event_rule(by=ada, survey=survey, delay_hours=24, age_days=7)
    survey.refresh_from_db()
    map_webhook(by=ada, webhook=hook, mapping=mapping, survey=survey)
    hook = set_live(by=ada, webhook=hook, is_live=True)
    at = timezone.now().isoformat()
    assert send(hook, {"ticket": "T-1", "mail": "ana@example.com", "at": at}).status_code == 200
    assert (
        send(hook, {"ticket": "T-1", "mail": "ana@example.com", "at": at}, message_id="m2").status_code == 200
    )
    event = SurveyEvent.objects.get()
    assert (event.event_id, event.email, event.state) == ("T-1", "ana@example.com", "waiting")
    assert send(hook, {"ticket": "T-2", "mail": "nobody", "at": at}, message_id="m3").status_code == 422


def test_an_erased_customer_goes_from_kept_calls_and_does_not_come_back(ada, live):
    send(live, CALL)
    send(live, {**CALL, "id": "r-2", "csat": 99}, message_id="msg_2")
    send(live, {"id": "r-3", "nps": 1, "csat": 99}, message_id="msg_3")
    erase_customer(by=ada, customer="C-7", removes_rows=True)
    kept = dict(WebhookCall.objects.values_list("message_id", "body"))
    assert [name for name, body in kept.items() if body] == ["msg_3"]
    assert "Ana" not in str(WebhookCall.objects.values())
    assert send(live, CALL, message_id="msg_4").status_code == 200
    assert Feedback.objects.count() == 0


def test_bodies_go_after_a_month_and_the_log_after_three(live):
    send(live, CALL)
    now = timezone.now()
    assert forget_calls(now=now + timedelta(days=29)) == 0
    assert WebhookCall.objects.exclude(body="").count() == 1
    forget_calls(now=now + timedelta(days=31))
    assert WebhookCall.objects.exclude(body="").count() == 0
    assert forget_calls(now=now + timedelta(days=91)) == 1


def test_refused_calls_fill_no_log(live, monkeypatch):
    monkeypatch.setattr("customer_voice.services.webhook_calls.REFUSED_A_MINUTE", 100)
    monkeypatch.setattr("customer_voice.services.webhook_calls.MOST_REFUSED_KEPT", 5)
    send(live, CALL)
    for number in range(9):
        send(live, CALL, message_id=f"bad-{number}", secret="whsec_bm90IHRoZSBzZWNyZXQ=")
    assert WebhookCall.objects.filter(is_verified=False).count() == 5
    assert WebhookCall.objects.filter(is_verified=True).count() == 1
    monkeypatch.setattr("customer_voice.services.webhook_calls.REFUSED_A_MINUTE", 0)
    assert send(live, CALL, message_id="bad-10", secret="whsec_bm90IHRoZSBzZWNyZXQ=").status_code == 401
    assert not WebhookCall.objects.filter(message_id="bad-10").exists()


def test_the_published_example_of_the_scheme_is_signed_alike():
    # the test vector of the Standard Webhooks reference libraries
    body = b'{"test": 2432232314}'
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


# --- what is given to one person --------------------------------------------------------------------


def calls_given(reference):
    contact = Contact.objects.get(external_reference=reference)
    return [call["body"] for call in contact_data(contact)["calls"]]


def test_one_persons_data_hold_the_calls_about_them_as_they_came(live):
    send(live, CALL)
    other = {**CALL, "id": "r-2", "person": {"ref": "C-8", "name": "Bo"}, "why": "C-7"}
    send(live, other, message_id="msg_2")
    assert calls_given("C-7") == [CALL]  # a word that looks like her reference makes it no call about her
    assert [body["id"] for body in calls_given("C-8")] == ["r-2"]
    WebhookCall.objects.update(body="")  # kept for a month
    assert calls_given("C-7") == []


def test_of_a_call_about_many_people_each_gets_her_own_entry(ada, hook):
    mapping = CallMapping(
        values={"external_id": "/all/*/id", "customer": "/all/*/ref", "occurred_at": "/all/*/at"},
        answers={"nps": {"score": "/all/*/nps"}},
        fixed={"touchpoint": "web"},
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    entries = [
        {"id": f"r-{ref}", "ref": ref, "at": "2026-03-04T10:15:00Z", "nps": score}
        for ref, score in (("8", 9), ("9", 8))
    ]
    hook = set_live(by=ada, webhook=hook, is_live=True)
    assert send(hook, {"all": entries}).status_code == 200
    assert calls_given("8") == [entries[0]]  # who is called "8" is not who gave an 8
    assert calls_given("9") == [entries[1]]


def test_a_call_that_nobody_has_mapped_is_known_by_the_address(hook):
    contact = Contact.objects.create(
        organization=hook.organization, external_reference="9", email="ana@example.com"
    )
    mine, other = {"who": "Ana@example.com", "nps": 3}, {"who": "bo@example.com", "nps": 9}
    send(hook, {"all": [mine, other]})
    send(hook, other, message_id="msg_2")
    assert calls_given(contact.external_reference) == [mine]


def test_calls_with_a_former_reference_are_erased_too(ada, live):
    send(live, CALL)
    contact = Contact.objects.get(external_reference="C-7")
    ContactReference.objects.create(organization=live.organization, contact=contact, reference="OLD-7")
    send(live, {"id": "r-9", "nps": 1, "csat": 99, "person": {"ref": "OLD-7"}}, message_id="msg_9")
    erase_customer(by=ada, customer="C-7")
    assert not WebhookCall.objects.exclude(body="").exists()


# --- what is erased, and what stays ------------------------------------------------------------------


def kept_bodies():
    rows = WebhookCall.objects.exclude(body="").values_list("message_id", "body")
    return {name: json.loads(body) for name, body in rows}


def test_a_short_reference_takes_no_calls_of_others_with_it(ada, live):
    """ "7" is a score, a seat number and a word of other people's calls."""
    mine = {**CALL, "id": "r-1", "person": {"ref": "7", "name": "Ana"}}
    others = {
        "score": {**CALL, "id": "r-2", "nps": 7, "person": {"ref": "8"}},
        "word": {**CALL, "id": "r-3", "why": "7", "person": {"ref": "9"}},
        "unread field": {**CALL, "id": "r-4", "seat": "7", "person": {"ref": "10"}},
        "id of an order": {**CALL, "id": "7", "person": {"ref": "11"}},  # no answer of hers
    }
    send(live, mine)
    for name, body in others.items():
        send(live, body, message_id=name)
    erase_customer(by=ada, customer="7", removes_rows=True)
    assert kept_bodies() == others


def test_a_short_id_of_an_answer_is_erased_from_its_own_source_alone(ada, live, metrics):
    elsewhere = create_webhook(by=ada, name="Other tool", source="other")
    map_webhook(by=ada, webhook=elsewhere, mapping=MAPPING)
    set_live(by=ada, webhook=elsewhere, is_live=True)
    send(live, {"id": "7", "nps": 9, "why": "mine"})
    send(elsewhere, {"id": "7", "nps": 9, "why": "another person's"}, message_id="theirs")
    erase_answer(by=ada, answer=Feedback.objects.get(submission__source__name="chat"))
    assert list(kept_bodies()) == ["theirs"]


def test_of_a_list_only_the_entries_of_the_person_go(ada, hook):
    mapping = CallMapping(
        values={"external_id": "/all/*/id", "customer": "/all/*/ref"},
        answers={"nps": {"score": "/all/*/nps", "text": "/all/*/why"}},
        fixed={"touchpoint": "web"},
        removes=When(place="/all/*/gone", values=("yes",)),
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    entries = [
        {"id": "a", "ref": "7", "nps": 3, "why": "mine"},
        {"id": "b", "ref": "8", "nps": 7, "why": "7"},
        {"id": "c", "ref": "9", "nps": 99, "why": "waits"},
    ]
    hook = set_live(by=ada, webhook=hook, is_live=True)
    assert send(hook, {"all": entries}).status_code == 422  # 99: nothing of it is stored
    assert send(hook, {"all": [entries[0]]}, message_id="alone").status_code == 200
    erase_customer(by=ada, customer="7")
    assert kept_bodies() == {"msg_1": {"all": [None, *entries[1:]]}}
    call = WebhookCall.objects.get(message_id="msg_1")
    assert "mine" not in str(WebhookCall.objects.values())
    mended = json.loads(call.body)
    mended["all"][2]["nps"] = 9
    WebhookCall.objects.filter(pk=call.pk).update(body=json.dumps(mended))
    assert try_again(by=ada, call=call).answers_created == 2
    given = Feedback.objects.values_list("submission__external_id", "text")
    assert dict(given) | {"a": ""} == {"a": "", "b": "7", "c": "waits"}


def test_entries_without_an_id_keep_their_numbers(ada, hook):
    mapping = CallMapping(
        values={"customer": "/all/*/ref"},
        answers={"nps": {"score": "/all/*/nps"}},
        fixed={"touchpoint": "web"},
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    send(hook, {"all": [{"ref": "7", "nps": 3}, {"ref": "8", "nps": 7}]})
    Contact.objects.create(organization=hook.organization, external_reference="7")
    erase_customer(by=ada, customer="7")
    hook = set_live(by=ada, webhook=hook, is_live=True)
    take_waiting(by=ada, webhook=hook)
    assert Submission.objects.get().external_id == "msg_1-2"


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        ({"customer_id": "7", "nps": 3}, False),
        ({"user": {"externalId": 7}, "nps": 3}, False),
        ({"score": 7, "why": "7"}, True),
        ({"who": "ANA@example.com"}, False),
        ({"note": "A-2026-0007"}, False),  # too long for chance
        (
            {"all": [{"contact": "7"}, {"contact": "8", "nps": 7}]},
            {"all": [None, {"contact": "8", "nps": 7}]},
        ),
    ],
)
def test_before_anybody_has_said_where_ids_stand_their_names_say_it(ada, hook, body, stays):
    contact = Contact.objects.create(
        organization=hook.organization, external_reference="7", email="ana@example.com"
    )
    ContactReference.objects.create(organization=hook.organization, contact=contact, reference="A-2026-0007")
    send(hook, body)
    erase_customer(by=ada, customer="7")
    assert kept_bodies() == ({} if stays is False else {"msg_1": body if stays is True else stays})
