"""Cases by signed calls: each brings its case up to date."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, IncomingWebhook, WebhookCall
from customer_voice.services import CallMapping, create_webhook, map_webhook, set_live, webhook_mapping
from tests.customer_voice.calls import send
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db

MAPPING = CallMapping(
    values={
        "external_id": "/ticket/id", "opened_at": "/ticket/created", "resolved_at": "/ticket/solved",
        "first_reply_at": "/ticket/replied", "status": "/ticket/status", "customer": "/ticket/who",
        "reopened_at": "/ticket/reopened",
    },
    cases=("resolution", "reply"),
    fixed={"touchpoint": "desk"},
)  # fmt: skip
OPENED = {"id": "T-1", "created": "2026-03-02T09:00:00+01:00", "solved": None, "replied": None, "who": "C-7"}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


@pytest.fixture
def metrics(organization):
    TouchpointFactory(organization=organization, key="desk")
    named = {"resolution": "ttr", "reply": "first_reply", "net": "net_resolution"}
    return {
        key: MetricDefinitionFactory(organization=organization, key=standard)
        for key, standard in named.items()
    }


@pytest.fixture
def mapping(metrics) -> CallMapping:
    return replace(MAPPING, cases=(metrics["resolution"].key, metrics["reply"].key))


@pytest.fixture
def hook(ada, metrics) -> IncomingWebhook:
    return create_webhook(by=ada, name="Desk", source="desk")


@pytest.fixture
def live(ada, hook, mapping) -> IncomingWebhook:
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    return set_live(by=ada, webhook=hook, is_live=True)


@pytest.fixture
def say(live):
    count = iter(range(1, 100))

    def make(status=200, /, **ticket):
        response = send(live, {"ticket": ticket}, message_id=f"m-{next(count)}")
        assert response.status_code == status, response.content
        return response.json()

    return make


@pytest.fixture
def ends(metrics):
    """Opening and end of the ticket by the two metrics."""

    def read():
        rows = Feedback.objects.filter(submission__external_id="T-1").select_related("metric")
        known = {row.metric_key: (row.occurred_at, row.resolved_at) for row in rows}
        return known[metrics["resolution"].key], known[metrics["reply"].key]

    return read


def test_a_ticket_is_opened_answered_resolved_and_reopened_call_by_call(say, ends):
    assert say(**OPENED, status="new")["created"] == 2
    assert ends() == ((at(8), None), (at(8), None))
    say(**OPENED | {"replied": "2026-03-02T08:20:00Z"}, status="open")
    assert ends() == ((at(8), None), (at(8), at(8, 20)))
    solved = OPENED | {"replied": "2026-03-02T08:20:00Z", "solved": "2026-03-02T13:00:00+01:00"}
    say(**solved, status="solved")
    assert ends() == ((at(8), at(12)), (at(8), at(8, 20)))
    say(**solved | {"solved": None}, status="open")
    assert ends() == ((at(8), None), (at(8), at(8, 20)))
    say(**solved | {"solved": "2026-03-02T16:30:00Z"}, status="closed")
    assert ends() == ((at(8), at(16, 30)), (at(8), at(8, 20)))
    assert Feedback.objects.get(
        metric_key=Feedback.objects.first().metric_key
    ).contact.external_reference == ("C-7")


def test_what_a_call_does_not_have_stays_unless_it_says_that_the_case_is_open_again(say, ends):
    bare = {"id": "T-1", "created": OPENED["created"]}
    say(**bare, solved="2026-03-02T12:00:00Z", replied="2026-03-02T08:20:00Z", status="solved")
    say(**bare, who="C-8")
    assert ends() == ((at(8), at(12)), (at(8), at(8, 20)))
    say(**bare, reopened="2026-03-02T14:00:00Z")
    assert ends() == ((at(8), None), (at(8), at(8, 20)))
    say(**bare, solved="2026-03-02T15:00:00Z", reopened="2026-03-02T14:00:00Z")
    assert ends() == ((at(8), at(15)), (at(8), at(8, 20)))
    say(**bare, status="Pending")
    assert ends() == ((at(8), None), (at(8), at(8, 20)))


def test_a_call_that_names_no_opening_is_about_no_case(say):
    assert say(id="T-1", solved="2026-03-02T12:00:00Z")["code"] == "nothing_in_it"
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("ticket", "place"),
    [
        ({"created": None}, "/ticket/created"),
        ({"created": "soon"}, "/ticket/created"),
        ({"created": "2126-03-02T09:00:00Z"}, "/ticket/created"),
        ({"solved": "yesterday"}, "/ticket/solved"),
        ({"solved": "2026-03-02T07:59:59Z", "replied": "2026-03-02T08:00:00Z"}, "/ticket/solved"),
    ],
)
def test_what_cannot_be_a_case_is_refused_by_its_place(ticket, place, say):
    assert list(say(422, **OPENED | ticket)["errors"]) == [place]
    assert not Feedback.objects.exists()
    assert WebhookCall.objects.get().state == "failed"


@pytest.mark.parametrize("lacks", ["opened_at", "resolved_at", "first_reply_at", "external_id"])
def test_a_mapping_needs_the_id_the_opening_and_the_end_of_each_metric(lacks, ada, hook, mapping):
    values = {meaning: place for meaning, place in mapping.values.items() if meaning != lacks}
    with pytest.raises(MappingRefused) as refusal:
        map_webhook(by=ada, webhook=hook, mapping=replace(mapping, values=values))
    assert list(refusal.value.fields) == ["cases"]


def test_net_times_and_times_for_no_metric_are_refused(ada, hook, mapping, metrics):
    for cases in ((metrics["net"].key,), ()):
        with pytest.raises(MappingRefused) as refusal:
            map_webhook(by=ada, webhook=hook, mapping=replace(mapping, cases=cases))
        assert list(refusal.value.fields) == ["cases"]


def test_the_mapping_is_kept_as_it_is_given(mapping):
    assert CallMapping.of_json(mapping.as_json()) == mapping


def test_the_page_maps_cases_by_example(ada, client_of, hook, metrics, live):
    send(live, {"ticket": OPENED}, message_id="first")
    client = client_of(ada)
    address = reverse("customer_voice:webhook_map", args=[ada.organization.slug, hook.pk])
    page = client.get(address)
    form = page.context["form"]
    assert {name for name, _label in form.fields["cases"].choices} == {
        metrics["resolution"].key, metrics["reply"].key,
    }  # fmt: skip
    assert sorted(form.initial["cases"]) == sorted([metrics["resolution"].key, metrics["reply"].key])
    told = {field.html_name: field.value() or "" for _leaf, field in form.rows() if field}
    assert sorted(filter(None, told.values())) == sorted(MAPPING.values)


def read_by(mapping, metrics, organization, body):
    named = {metric.key: metric for metric in metrics.values()}
    return webhook_mapping.read_call(
        organization, mapping, named, body, message_id="m", received_at=datetime(2026, 3, 9, tzinfo=UTC)
    )


def test_a_case_is_dated_by_its_opening_and_a_call_without_one_is_left_out(mapping, metrics, organization):
    (item,) = read_by(mapping, metrics, organization, {"ticket": OPENED}).items
    assert datetime.fromisoformat(item.values["occurred_at"]) == at(8)
    other = read_by(mapping, metrics, organization, {"ticket": {"id": "T-1"}})
    assert (other.items, other.left_out) == ([], 1)


def test_each_metric_of_each_case_counts_towards_what_a_call_may_hold(
    mapping, metrics, organization, monkeypatch
):
    values = {meaning: f"/data/*{place}" for meaning, place in mapping.values.items()}
    two = {"data": [{"ticket": {**OPENED, "id": name}} for name in ("T-1", "T-2")]}
    monkeypatch.setattr(webhook_mapping, "MOST_AT_ONCE", 4)
    assert len(read_by(replace(mapping, values=values), metrics, organization, two).items) == 2
    monkeypatch.setattr(webhook_mapping, "MOST_AT_ONCE", 3)
    assert list(read_by(replace(mapping, values=values), metrics, organization, two).wrong) == ["/"]


def test_an_answer_beside_the_case_keeps_its_own_time_and_its_own_place(ada, organization, live, mapping):
    MetricDefinitionFactory(organization=organization, key="csat_5")
    both = replace(
        mapping, values={**mapping.values, "occurred_at": "/rated"}, answers={"csat_5": {"score": "/stars"}}
    )
    map_webhook(by=ada, webhook=live, mapping=both)
    call = {"ticket": OPENED, "stars": 4, "rated": "2026-03-03T10:00:00Z"}
    assert send(live, call).json()["created"] == 3
    days = dict(Feedback.objects.values_list("metric_key", "occurred_at"))
    assert days == {"csat_5": datetime(2026, 3, 3, 10, tzinfo=UTC), "ttr": at(8), "first_reply": at(8)}
    late = send(live, {**call, "rated": "2126-03-03T10:00:00Z"}, message_id="m-2")
    assert list(late.json()["errors"]) == ["/rated"]
