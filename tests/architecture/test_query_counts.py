"""Pages and lists ask the database as often for many rows as for few, and not more often than before."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.architecture.test_floors import ROOT
from tests.architecture.world import ORGANIZATION, World, build_world

BASELINE = ROOT / "tests" / "query_counts.json"
HOW = "look whether the new queries are needed, then run this file with UPDATE_QUERY_COUNTS=1"
# Address -> kwargs as names of things in the world.
PAGES: dict[str, dict[str, str]] = {
    "home": {},
    "accounts:people": {},
    "accounts:reminders": {},
    "coalition:review": {"number": "live"},
    "reports:schedule_list": {},
    "reports:schedule_detail": {"pk": "schedule"},
    "assessments:assessment_list": {},
    "assessments:result_detail": {"pk": "closed_round"},
    "assessments:result_practices": {"pk": "closed_round"},
    "journeys:touchpoint_list": {},
    "overview:touchpoint_detail": {"key": "touchpoint"},
    "overview:coverage": {},
    "overview:my_part": {},
    "overview:search": {},
    "journeys:change_list": {},
    "coalition:suggestion_list": {},
    "maps:map_list": {},
    "overview:map_detail": {"key": "map"},
    "overview:map_flow": {"key": "map"},
    "customer_voice:metric_list": {},
    "customer_voice:metric_detail": {"key": "metric"},
    "customer_voice:feedback_list": {},
    "customer_voice:account_list": {},
    "customer_voice:account_detail": {"pk": "customer_account"},
    "customer_voice:contact_list": {},
    "customer_voice:contact_detail": {"pk": "contact"},
    "customer_voice:survey_list": {},
    "customer_voice:survey_detail": {"pk": "open_survey"},
    "customer_voice:survey_mail": {"pk": "open_survey"},
    "customer_voice:survey_invite": {"pk": "open_survey", "number": "kept_list"},
    "customer_voice:survey_events": {"pk": "open_survey"},
    "employee_voice:survey_list": {},
    "employee_voice:wave_detail": {"pk": "wave"},
    "employee_voice:wave_results": {"pk": "published_wave"},
    "employee_voice:comment_list": {"pk": "published_wave"},
    "coalition:initiative_list": {},
    "coalition:initiative_detail": {"number": "submitted"},
    "impact:portfolio": {},
    "impact:association_list": {},
    "impact:association_detail": {"number": "association"},
    "impact:program": {},
    "impact:ledger": {},
    "impact:library": {},
    "impact:library_figure": {"figure": "library_figure"},
    "impact:ledger_year": {"year": "ledger_year"},
    "impact:employee_link": {},
    "reports:report_list": {},
    "api:initiative-list": {},
    "api:touchpoint-list": {},
    "api:suggestion-list": {},
    "api:coverage": {},
    "api:my_part": {},
    "api:journey-map-list": {},
    "api:feedback-list": {},
    "api:customer-survey-list": {},
    "api:customer-account-list": {},
    "api:contact-list": {},
    "api:study-list": {},
    "api:roi_case-list": {},
    "api:association-list": {},
    "api:assessment-list": {},
    "api:employee-wave-list": {},
}


def _counted(world: World) -> dict[str, list[str]]:
    """The queries of each page, asked a second time: what is read once a process does not count."""
    asked = {}
    client = world.client("cx_leader")
    for name, kwargs in PAGES.items():
        values = {key: world.things[thing] for key, thing in kwargs.items()}
        url = reverse(name, kwargs={"organization": ORGANIZATION, **values})
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asked[name] = [query["sql"] for query in queries]
    return asked


def _in_world(size: int) -> dict[str, list[str]]:
    with transaction.atomic():
        asked = _counted(build_world(size))
        transaction.set_rollback(True)
    return asked


@pytest.mark.drawn
@pytest.mark.django_db
def test_queries_grow_neither_with_rows_nor_with_time():
    few, many = _in_world(1), _in_world(5)
    growing = {name: (len(few[name]), len(many[name])) for name in PAGES if len(few[name]) != len(many[name])}
    counts = {name: len(queries) for name, queries in sorted(many.items())}
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    committed = json.loads(BASELINE.read_text(encoding="utf-8"))
    unknown = set(committed) ^ set(counts)
    more = {
        name: (committed[name], count)
        for name, count in counts.items()
        if name in committed and count > committed[name]
    }
    assert not growing, f"queries for few rows and for many: {growing}\n{_repeated(many, growing)}"
    assert not unknown, f"not in tests/query_counts.json, or only there: {unknown}; {HOW}"
    assert not more, f"more queries than committed (before, now): {more}; {HOW}"


def _repeated(asked: dict[str, list[str]], names: Iterable[str]) -> str:
    """The statements that are asked most often, for whoever has to mend it."""
    return "\n".join(
        f"{name}: {number} x {sql}"
        for name in names
        for sql, number in Counter(
            re.sub(r"\b\d+\b|'[^']*'", "?", sql)[:300] for sql in asked[name]
        ).most_common(2)
    )
