"""Each use case of the room that breaks off at its last statement leaves nothing behind."""

from functools import partial

import pytest

from customer_voice import services
from tests.customer_voice.conftest import MAPPING, csv_bytes, good_rows
from tests.factories.customer_voice import FeedbackFactory
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db

TRUST = {
    "kind": "custom", "name": "Trust", "rule": "top_box", "scale_low": 1, "scale_high": 5, "top_box_low": 4,
    "wording": "How much do you trust us?", "higher_is_better": True,
}  # fmt: skip
ITEM = {"external_id": "a1", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": "9"}


def an_answer(ada, nps):
    return FeedbackFactory(
        organization=ada.organization, metric=nps, source="crm", external_id="a1", score=9, customer="C-1"
    )


def renamed(ada, nps):
    """Another question under another name, where there are answers: a rename and a new version."""
    an_answer(ada, nps)
    values = {"name": "Loyalty", "wording": "Would you recommend us?"}
    return partial(services.define_metric, by=ada, metric=nps, values=values)


# What breaks off, at which call, and the use case: made from a leader and a metric.
BROKEN = {
    "making the standard metrics": (
        "metrics.record_event",
        2,
        lambda ada, nps: partial(services.create_standard_metrics, ada.organization, by=ada),
    ),
    "defining a metric": (
        "metrics.record_event",
        1,
        lambda ada, nps: partial(services.define_metric, by=ada, values=TRUST),
    ),
    "a new version of a metric": ("metrics.record_event", 2, renamed),
    "retiring a metric": (
        "metrics.record_event",
        1,
        lambda ada, nps: partial(services.retire_metric, by=ada, metric=nps),
    ),
    "setting a target": (
        "metric_targets.record_event",
        1,
        lambda ada, nps: partial(services.set_target, by=ada, metric=nps, value=20.0),
    ),
    "saving an account": (
        "customers.record_event",
        1,
        lambda ada, nps: partial(services.save_account, by=ada, external_reference="A-1", values={}),
    ),
    "saving a contact": (
        "customers.record_event",
        1,
        lambda ada, nps: partial(services.save_contact, by=ada, external_reference="C-1", values={}),
    ),
    "recording feedback": (
        "feedback.record_event",
        1,
        lambda ada, nps: partial(
            services.record_feedback,
            organization=ada.organization, metric=nps, source="crm", by=ada, items=[ITEM],
        ),
    ),
    "erasing an answer": (
        "erasure.record_event",
        1,
        lambda ada, nps: partial(
            services.erase_answer, by=ada, answer=an_answer(ada, nps), removes_rows=True
        ),
    ),
    "erasing a customer": (
        "erasure.record_event",
        1,
        lambda ada, nps: partial(services.erase_customer, by=ada, customer=the_customer(ada, nps)),
    ),
}  # fmt: skip


def the_customer(ada, nps) -> str:
    return an_answer(ada, nps).contact.external_reference


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_off_leaves_nothing_behind(ada, nps, touchpoints, monkeypatch, name):
    last, at, prepare = BROKEN[name]
    use_case = prepare(ada, nps)
    labels = ("customer_voice", "accounts")
    assert left_behind(monkeypatch, f"customer_voice.services.{last}", use_case, *labels, at=at) == []


def test_a_file_that_cannot_be_kept_leaves_no_source_behind(upload, monkeypatch):
    use_case = partial(upload, csv_bytes(good_rows(2)), source="new")
    assert (
        left_behind(monkeypatch, "customer_voice.models.ImportBatch.save", use_case, "customer_voice") == []
    )


def test_a_file_that_is_not_discarded_to_the_end_is_still_there(upload, ada, nps, monkeypatch):
    batch = upload(csv_bytes(good_rows(2)))
    use_case = partial(services.discard_import, batch=batch, by=ada)
    last = "customer_voice.models.ImportBatch.delete"
    assert left_behind(monkeypatch, last, use_case, "customer_voice", "accounts") == []
    services.map_import(batch=batch, mapping=MAPPING, metric=nps)  # its file can still be read
