"""A file or a program that names an archived touchpoint hears that, and what to do, before the work."""

import pytest
from django.utils.translation import override

from customer_voice import services
from customer_voice.choices import ImportStage
from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, ImportBatch
from customer_voice.services.touchpoints import KnownTouchpoints
from journeys.models import Touchpoint
from journeys.services import save_touchpoint
from tests.customer_voice.conftest import csv_bytes
from tests.factories.customer_voice import TouchpointFactory

SAID = "The touchpoint “Service Hotline” is archived. Restore it first, or name another touchpoint."
BULK = "/api/v1/o/northwind/feedback/bulk/"


@pytest.fixture
def hotline(organization, touchpoints) -> Touchpoint:
    return TouchpointFactory(
        organization=organization, key="service-hotline", name="Service Hotline", is_archived=True
    )


@pytest.mark.parametrize("creates", [False, True])
@pytest.mark.parametrize(
    "named", ["Service Hotline", "service  HOTLINE", "service-hotline", "Service-Hotline!"]
)
def test_the_check_names_an_archived_touchpoint_and_adds_no_second_one(check, hotline, named, creates):
    rows = [["1", "2026-03-14", "web", 9, "", ""], ["2", "2026-03-14", named, 8, "", ""]]
    batch = check(csv_bytes(rows), creates_touchpoints=creates)
    error = batch.row_errors.get()
    assert (error.row_number, error.code, error.field) == (3, "archived_touchpoint", "touchpoint")
    assert error.text == SAID
    assert (batch.touchpoints_new, batch.rows_created) == ([], 1)


def test_a_touchpoint_in_use_with_the_name_of_an_archived_one_takes_the_answers(check, organization, hotline):
    TouchpointFactory(organization=organization, key="hotline-2", name="Hotline 2")
    TouchpointFactory(organization=organization, key="old", name="hotline-2", is_archived=True)
    batch = check(csv_bytes([["1", "2026-03-14", "hotline-2", 9, "", ""]]))
    assert (batch.row_errors.count(), batch.rows_created) == (0, 1)


def test_an_archived_touchpoint_of_another_organization_is_none(check, touchpoints, elsewhere):
    TouchpointFactory(organization=elsewhere, key="moon", name="Moon", is_archived=True)
    batch = check(csv_bytes([["1", "2026-03-14", "Moon", 9, "", ""]]))
    assert batch.row_errors.get().code == "unknown_touchpoint"


def test_the_touchpoint_of_a_whole_file_is_named_as_archived(check, hotline):
    mapping = {"external_id": "id", "occurred_at": "date", "score": "score"}
    content = csv_bytes([["1", "2026-03-14", 9]], ("id", "date", "score"))
    with pytest.raises(MappingRefused) as refused:
        check(content, mapping=mapping, touchpoint_key="service-hotline")
    assert refused.value.fields == {"touchpoint": SAID}


def test_the_api_says_that_a_touchpoint_is_archived(api_of, ada, nps, hotline):
    item = {"external_id": "a1", "occurred_at": "2026-03-14T10:00:00Z", "score": 9}
    lot = {
        "metric": "nps",
        "source": "app",
        "items": [
            {**item, "touchpoint": "web"},
            {**item, "external_id": "a2", "touchpoint": "service-hotline"},
        ],
    }
    answer = api_of(ada).post(BULK, lot, format="json")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"1.touchpoint": SAID}
    assert Feedback.objects.count() == 0


def test_what_cannot_be_added_at_the_end_is_named_in_the_language_of_the_reader(
    check, ada, touchpoints, monkeypatch
):
    """The rows were read, then somebody added the touchpoint under the same name."""
    batch = check(csv_bytes([["1", "2026-03-14", "Kiosk", 9, "", ""]]), creates_touchpoints=True)
    assert batch.touchpoints_new == ["Kiosk"]
    save_touchpoint(by=ada, name="Kiosk")
    monkeypatch.setattr(
        "customer_voice.services.planning.known_touchpoints", lambda organization: KnownTouchpoints()
    )
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    stopped = ImportBatch.objects.get(pk=batch.pk)
    assert stopped.stage == ImportStage.FAILED
    assert stopped.failure == (
        "The touchpoint “Kiosk” could not be added: "
        "There is already a touchpoint with this name; it may be archived."
    )
    with override("zh-hans"):
        assert ImportBatch.objects.get(pk=batch.pk).failure == (
            "无法添加触点“Kiosk”：已有同名触点，可能已归档。"
        )
