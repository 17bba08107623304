"""Studies to report on, and a way into the bytes of a document."""

import io
from collections.abc import Callable, Iterator

import pikepdf
import pytest

from accounts.choices import Role
from accounts.models import Membership
from reports.models import Report
from tests.conftest import _member
from tests.factories.reports import Proved, made_report, proved


@pytest.fixture
def supported(ada) -> Proved:
    return proved(ada)


@pytest.fixture
def document(supported, ada) -> Report:
    """The finished report of the supported study."""
    return made_report(ada, supported)


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
