"""Files as they come, and the way of one file from upload to import."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.base import ContentFile

from customer_voice import services
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.services.reading import Reading
from journeys.models import Touchpoint
from tabular.choices import Encoding
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

HEADER = ("id", "date", "touchpoint", "score", "comment", "segment")
MAPPING = {
    "external_id": "id",
    "occurred_at": "date",
    "touchpoint": "touchpoint",
    "score": "score",
    "text": "comment",
    "segment": "segment",
}


def csv_bytes(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def good_rows(count: int = 6) -> list[list[object]]:
    return [
        [f"r{n}", f"2026-03-{1 + n % 20:02d}T10:00", ("web", "phone")[n % 2], n % 11, f"words {n}", "a"]
        for n in range(count)
    ]


@pytest.fixture
def nps(organization) -> MetricDefinition:
    return MetricDefinitionFactory(organization=organization, key="nps")


@pytest.fixture
def ttr(organization) -> MetricDefinition:
    return MetricDefinitionFactory(organization=organization, key="ttr")


@pytest.fixture
def touchpoints(organization) -> list[Touchpoint]:
    return [TouchpointFactory(organization=organization, key=key) for key in ("web", "phone")]


@pytest.fixture
def upload(organization, ada) -> Callable[..., ImportBatch]:
    """Keep bytes as an uploaded file."""

    def make(content: bytes, **options) -> ImportBatch:
        options = {"source": "test", "filename": "feedback.csv", **options}
        return services.create_import(organization=organization, by=ada, file=ContentFile(content), **options)

    return make


@pytest.fixture
def check(upload, nps) -> Callable[..., ImportBatch]:
    """Upload, map and check: the dry run."""

    def make(content: bytes, *, source: str = "test", encoding: str = "utf-8", **options) -> ImportBatch:
        batch = upload(content, source=source, encoding=encoding)
        options = {"metric": nps, "mapping": MAPPING, **options}
        services.map_import(batch=batch, **options)
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


@pytest.fixture
def bring_in(check) -> Callable[..., ImportBatch]:
    """Upload, map, check and import."""

    def make(
        content: bytes, *, skips_bad_rows: bool = False, replaces_known: bool = False, **options
    ) -> ImportBatch:
        batch = check(content, **options)
        assert batch.failure == ""
        services.start_import(batch=batch, skips_bad_rows=skips_bad_rows, replaces_known=replaces_known)
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


@pytest.fixture
def first_try(upload, organization, touchpoints) -> Callable[..., ImportBatch]:
    """Upload and import with what is proposed, and one touchpoint for the whole file."""
    organization.time_zone = "Europe/Berlin"
    organization.save()

    def make(
        content: str | bytes,
        *,
        metric: MetricDefinition | None = None,
        reading: Reading | None = None,
        **changes: str,
    ) -> ImportBatch:
        raw = content.encode() if isinstance(content, str) else content
        batch = upload(raw, encoding=Encoding.AUTO)
        _facts, proposal = services.import_proposal(batch)
        found, proposed = proposal.pop("metric", None), proposal.pop("reading")
        for choice in ("fixed_touchpoint", "creates_touchpoints", "date_format"):
            proposal.pop(choice, None)
        mapping: dict[str, Any] = {**proposal, **changes}
        services.map_import(
            batch=batch,
            mapping={field: column for field, column in mapping.items() if column},
            metric=metric or (MetricDefinition.objects.get(pk=found) if found else None),
            touchpoint_key="web",
            reading=reading or proposed,
        )
        services.run_import(batch_id=batch.pk)
        batch.refresh_from_db()
        assert (batch.failure, list(batch.row_errors.values_list("row_number", "code"))) == ("", [])
        services.start_import(batch=batch)
        services.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    return make
