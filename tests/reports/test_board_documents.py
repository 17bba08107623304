"""The board pack and the page for an executive: what they say, that they are drawn, what they never say."""

from datetime import timedelta

import pytest

from accounts.choices import Role
from common.errors import InvalidValues
from reports import services
from reports.choices import ReportKind
from reports.documents import html_of
from reports.errors import NothingToReport
from reports.models import Report
from tests.impact.program import computed, full_ledger, valued

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ada):
    valued(ada)
    full_ledger(ada)
    return computed(ada)


def made(report: Report) -> Report:
    assert services.make_report(report=report), report.failure
    report.refresh_from_db()
    return report


def pack(ada, **wishes) -> Report:
    since = ada.organization.clock.today() - timedelta(days=90)
    return services.request_board_pack(by=ada, **{"since": since, **wishes})


def test_smoke(ada, case):
    for language in ("en", "zh-hans"):
        for paper in ("A4", "letter"):
            report = made(pack(ada, language=language, paper=paper))
            print(report.pages, report.file.path)
            one = made(services.request_summary(by=ada, case=case, language=language, paper=paper))
            assert one.pages == 1
