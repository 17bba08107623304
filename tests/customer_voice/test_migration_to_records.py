"""An older database: texts in each answer become rows that it points at, and nothing of it is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.database import emptied, the_long_way

BEFORE = [("customer_voice", "0006_words_people_read")]
AFTER = [("customer_voice", "0008_answers_point_at_records")]
MARCH = datetime(2026, 3, 14, 12, tzinfo=UTC)
# source, external id, metric key, customer, channel, language: spellings, empty names, one ID twice
SAID = [
    ("crm", "1", "nps", "C-1", "web", "de"),
    ("crm", "1", "csat_5", "C-1", "web", ""),
    ("CRM", "1", "nps", "c-1", "Web", ""),
    ("crm", "2", "", "", "", ""),
    ("survey 春", "1", "nps", "客户", "电话", "zh"),
    ("crm", "3", "nps", "C-2", "", ""),
]
COLUMNS = (
    "id", "organization_id", "source", "external_id", "metric_key", "metric_id", "touchpoint_id",
    "occurred_at", "score", "resolved_at", "reopened_count", "text", "customer", "segment", "channel",
    "language", "batch_id", "received_at",
)  # fmt: skip
JOINED = {
    "source": "submission__source__name",
    "external_id": "submission__external_id",
    "customer": "contact__external_reference",
    "channel": "channel__name",
    "language": "submission__language",
}


def migrated(targets):
    executor = MigrationExecutor(connection)
    the_long_way(executor.loader)
    below = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in {"accounts", "journeys"}]
    executor.migrate([*below, *targets])
    return executor.loader.project_state([*below, *targets]).apps


@pytest.fixture
def at_0006():
    """The tables as an older version has them; whatever happens, they end as the newest."""
    with emptied(connection):
        yield migrated(BEFORE)


def fill(apps):
    """Two organizations that say the same, a file, and a hole where an answer was removed."""
    Feedback = apps.get_model("customer_voice", "Feedback")
    for slug in ("northwind", "elsewhere"):
        organization = apps.get_model("accounts", "Organization").objects.create(name=slug, slug=slug)
        touchpoint = apps.get_model("journeys", "Touchpoint").objects.create(
            organization=organization, key="web", name="Web"
        )
        batch = apps.get_model("customer_voice", "ImportBatch").objects.create(
            organization=organization, filename="a.csv", file_bytes=1, source="crm"
        )
        for number, (source, external_id, key, customer, channel, language) in enumerate(SAID):
            Feedback.objects.create(
                organization=organization, source=source, external_id=external_id, metric_key=key,
                touchpoint=touchpoint, occurred_at=MARCH, score=number, text=f"words {number}",
                customer=customer, channel=channel, segment="a", batch=batch if number == 1 else None,
                received_at=MARCH + timedelta(hours=number), language=language,
            )  # fmt: skip
    Feedback.objects.order_by("-pk")[0].delete()


def as_texts(apps):
    rows = apps.get_model("customer_voice", "Feedback").objects.order_by("pk")
    names = [JOINED.get(name, name) for name in COLUMNS]
    texts = {position for position, name in enumerate(COLUMNS) if name in JOINED}
    return [
        tuple("" if value is None and position in texts else value for position, value in enumerate(row))
        for row in rows.values_list(*names)
    ]


@pytest.mark.django_db(transaction=True)
def test_texts_become_rows_there_and_back(at_0006):
    fill(at_0006)
    rows = at_0006.get_model("customer_voice", "Feedback").objects.order_by("pk")
    before = list(rows.values_list(*COLUMNS))
    assert len(before) == 11

    apps = migrated(AFTER)
    # the language is of the submission now: its second answer, which had none, has it too
    languages = {row[0]: row[15] for row in before}
    first = {row[0]: row for row in before if (row[2], row[3]) == ("crm", "1")}
    languages |= dict.fromkeys(first, "de")
    expected = [(*row[:15], languages[row[0]], *row[16:]) for row in before]
    assert as_texts(apps) == expected

    def names(model, *columns):
        found = apps.get_model("customer_voice", model).objects.filter(organization__slug="northwind")
        return sorted(found.values_list(*columns))

    assert names("Source", "name", "kind") == [("CRM", "api"), ("crm", "file"), ("survey 春", "api")]
    assert names("Channel", "name") == [("Web",), ("web",), ("电话",)]
    assert names("Contact", "external_reference") == [("C-1",), ("C-2",), ("c-1",), ("客户",)]
    assert names("Submission", "source__name", "external_id", "batch__filename", "received_at") == [
        ("CRM", "1", None, MARCH + timedelta(hours=2)),
        ("crm", "1", "a.csv", MARCH),
        ("crm", "2", None, MARCH + timedelta(hours=3)),
        ("crm", "3", None, MARCH + timedelta(hours=5)),
        ("survey 春", "1", None, MARCH + timedelta(hours=4)),
    ]
    assert names("ImportBatch", "source__name") == [("crm",)]
    # an id that was given out once does not come back
    Feedback = apps.get_model("customer_voice", "Feedback")
    answer = Feedback.objects.order_by("pk").last()
    fresh = Feedback.objects.create(
        organization_id=answer.organization_id, submission_id=answer.submission_id, metric_key="new",
        touchpoint_id=answer.touchpoint_id, occurred_at=MARCH,
    )  # fmt: skip
    assert fresh.pk == answer.pk + 2
    fresh.delete()

    old = migrated(BEFORE)
    rows = old.get_model("customer_voice", "Feedback").objects.order_by("pk")
    assert list(rows.values_list(*COLUMNS)) == expected
    batches = old.get_model("customer_voice", "ImportBatch").objects
    assert list(batches.values_list("source", flat=True)) == ["crm", "crm"]
    assert as_texts(migrated(AFTER)) == expected
