"""Rounds of an older database: names that the product wrote go, quick checks taken alone become private."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from assessments import services
from assessments.models import Assessment, MaturityResult
from tests.factories.assessments import answer_all, make_assessment, make_framework, make_submitted

pytestmark = pytest.mark.django_db
migration = import_module("assessments.migrations.0003_quick_checks_are_private")
OPENED = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Quick check, Nov. 28, 2026", True),
        ("Quick check, 28 November 2026", True),
        ("Quick check, Nov 29, 2026", True),  # the day had begun in Berlin
        ("Quick check, 11/28/2026", True),
        ("快速自查，2026年11月28日", True),
        ("Quick check, Nov. 3, 2026", False),  # another day: somebody typed it
        ("Quick check, autumn 2026", False),
        ("Quick check, Oct. 28, 2026", False),
        ("Our quick check", False),
    ],
)
def test_names_that_the_product_wrote_are_recognized(title, expected):
    assert migration.is_generated(title, OPENED) is expected


def test_an_older_database_comes_over(ada, ben):
    framework = make_framework(kind="quick", key="short")
    alone = make_assessment(ada, framework=framework, title="x")
    shared = make_assessment(ada, framework=framework, title="x")
    typed = make_assessment(ada, framework=framework, title="Quick check of sales")
    full = make_assessment(ada, title="Maturity")
    make_submitted(ada, alone)
    make_submitted(ada, shared)
    make_submitted(ben, shared)
    make_submitted(ada, typed)
    seat = make_submitted(ada, full)
    services.close_assessment(by=ada, assessment=full)
    services.reopen_assessment(by=ada, assessment=full, reason="a change")
    services.take_back_response(by=ada, response=seat)
    answer_all(seat, {"ask": 5})
    services.submit_response(by=ada, response=seat)
    services.close_assessment(by=ada, assessment=full)
    Assessment.objects.filter(pk__in=[alone.pk, shared.pk]).update(
        title="Quick check, Nov. 28, 2026", opened_at=OPENED
    )
    MaturityResult.objects.update(is_superseded=False)

    migration.forwards(apps, connection.schema_editor(collect_sql=True))

    found = {item.pk: (item.title, item.is_private) for item in Assessment.objects.all()}
    assert found[alone.pk] == ("", True)
    assert found[shared.pk] == ("", False)
    assert found[typed.pk] == ("Quick check of sales", False)
    assert found[full.pk] == ("Maturity", False)
    superseded = MaturityResult.objects.order_by("sequence").values_list("sequence", "is_superseded")
    assert list(superseded) == [(1, True), (2, False)]


def test_the_name_of_a_quick_check_is_written_when_it_is_shown(client_of, ada):
    ada.organization.time_zone = "Asia/Tokyo"
    ada.organization.save()
    seat = services.start_quick_check(by=ada)
    Assessment.objects.update(opened_at=OPENED)
    assessment = Assessment.objects.select_related("organization").get()

    assert assessment.title == ""
    assert assessment.label == "Quick check, Nov 29, 2026"
    with translation.override("zh-hans"):
        assert assessment.label == "快速自查，2026年11月29日"
    assert str(assessment) == "quick check 2026-11-28"
    page = client_of(ada).get(f"/o/northwind/assess/{seat.assessment_id}/").content.decode()
    assert "Quick check, 29 Nov 2026" in page
