"""Studies to report on, and a way into the bytes of a document."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pytest
from django.db import transaction
from django.test import override_settings
from django.utils.html import escape

from accounts.choices import Role
from accounts.models import Membership
from reports.documents import html_of
from reports.models import Report
from reports.services import making
from tests.conftest import _member
from tests.factories import OrganizationFactory
from tests.factories.reports import Proved, made_report, proved

FORMS = (("en", "A4"), ("en", "letter"), ("zh-hans", "A4"))  # language and paper


@pytest.fixture
def supported(ada) -> Proved:
    return proved(ada)


@pytest.fixture
def document(supported, ada) -> Report:
    """The finished report of the supported study."""
    return made_report(ada, supported)


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A document as it was drawn: its file, what the row says of it, and what stands at its pages' heads."""

    file: bytes
    pages: int
    content: dict[str, Any]
    content_digest: str
    verification_code: str
    html: str
    head: str


@pytest.fixture(scope="module")
def drawn(django_db_setup, django_db_blocker, tmp_path_factory) -> dict[tuple[str, str], Drawn]:
    """The document of the supported study by language and paper, drawn once for all that only read it."""
    apart = {"MEDIA_ROOT": tmp_path_factory.mktemp("drawn"), "HEARTBEAT_SECONDS": 24 * 3600}
    with (
        override_settings(COUNTS_AT_ONCE=True, **apart),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        organization = OrganizationFactory(name="Northwind Telecom", slug="northwind", currency="EUR")
        ada = _member(organization, "Ada", Role.CX_LEADER)
        study = proved(ada)
        found = {form: _drawn(ada, study, *form) for form in FORMS}
        transaction.set_rollback(True)
    return found


def _drawn(by: Membership, study: Proved, language: str, paper: str) -> Drawn:
    report = made_report(by, study, language=language, paper=paper)
    with report.file.open("rb") as file:
        content = file.read()
    initiative = study.study.initiative
    return Drawn(
        file=content,
        pages=report.pages,
        content=report.content,
        content_digest=report.content_digest,
        verification_code=report.verification_code,
        html=html_of(report),
        head=f"{initiative.organization.name} {initiative.reference} {initiative.title}",
    )


@pytest.fixture
def short(monkeypatch) -> None:
    """Documents of one line: asked for, drawn and kept as every other, but in a fraction of the time."""

    def title_of(report: Report) -> str:
        title = escape(f"{report.title} ({report.verification_code})")
        return f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{title}</body></html>"

    monkeypatch.setattr(making, "html_of", title_of)


@pytest.fixture
def hugo(organization) -> Membership:
    """An executive: reads, and downloads reports."""
    return _member(organization, "Hugo", Role.EXECUTIVE)


@pytest.fixture
def opened() -> Iterator[Callable[[bytes], pikepdf.Pdf]]:
    """Open bytes as a PDF, closed at the end of the test."""
    files: list[pikepdf.Pdf] = []

    def open_bytes(content: bytes) -> pikepdf.Pdf:
        files.append(pikepdf.open(io.BytesIO(content)))
        return files[-1]

    yield open_bytes
    for file in files:
        file.close()
