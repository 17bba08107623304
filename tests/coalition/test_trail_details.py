"""What the trail says of initiatives and votes: one value, in each reader's language and format."""

import csv
import html
import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import AuditEvent
from coalition import selectors, services
from coalition.choices import Choice
from coalition.fields import PLAN
from coalition.models import Initiative
from tests.factories.coalition import (
    InitiativeFactory,
    SeatFactory,
    approved,
    cast,
    ready_initiative,
    seated,
    submitted,
)
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db

# as a German types it, as it is stored, as it reads in German and in Chinese format
AMOUNTS = [
    ("45678", "45678.00", "EUR 45.678", "EUR 45,678"),
    ("7500", "7500.00", "EUR 7.500", "EUR 7,500"),
    ("12500,50", "12500.50", "EUR 12.500,50", "EUR 12,500.50"),
    ("1.234.567,89", "1234567.89", "EUR 1.234.567,89", "EUR 1,234,567.89"),
]


@pytest.fixture
def berlin(organization):
    organization.territory = "DE"
    organization.time_zone = "Europe/Berlin"
    organization.save()
    return organization


def shown(client) -> list[str]:
    """The lines of the details, newest entry first."""
    page = client.get(reverse("accounts:trail", args=["northwind"])).text
    told = re.findall(r"<summary>.*?</summary>(.*?)</details>", page, re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "|", "|".join(told))).replace("\u00a0", " ")
    return [line for part in text.split("|") if (line := " ".join(part.split()))]


def in_chinese(member) -> None:
    member.user.language, member.user.territory = "zh-hans", "CN"
    member.user.save()


def change_typed(client, initiative, **typed) -> None:
    data = {
        "title": initiative.title,
        "problem": initiative.problem,
        "proposal": initiative.proposal,
        "owner": initiative.owner_id,
        "one_off_cost": "0",
        "yearly_cost": "48000",
        "planned_go_live_on": initiative.planned_go_live_on.isoformat(),
        "lock_version": initiative.lock_version,
        **typed,
    }
    address = reverse("coalition:initiative_edit", args=["northwind", initiative.number])
    assert client.post(address, data).status_code == 302


def recorded_before(ada, initiative, before, after, verb="initiative.changed") -> None:
    """An entry as it was written before entries held values of no language."""
    AuditEvent.objects.create(
        organization=ada.organization, actor=ada.user, actor_name="Ada", verb=verb, subject=str(initiative),
        subject_type="coalition.initiative", subject_id=str(initiative.pk), before=before, after=after,
    )  # fmt: skip


@pytest.mark.parametrize(("typed", "stored", "german", "chinese"), AMOUNTS)
def test_an_amount_is_the_same_to_every_reader(berlin, ada, client_of, typed, stored, german, chinese):
    initiative = InitiativeFactory(organization=berlin, owner=ada, one_off_cost=Decimal(0))
    change_typed(client_of(ada), initiative, one_off_cost=typed)
    event = AuditEvent.objects.get(verb="initiative.changed")
    assert (event.before, event.after) == ({"one_off_cost": "0.00"}, {"one_off_cost": stored})
    assert shown(client_of(ada)) == [f"One-off cost: EUR 0 → {german}"]
    in_chinese(ada)
    assert shown(client_of(ada)) == [f"一次性成本：EUR 0→{chinese}"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_export_holds_the_values_in_no_language(berlin, ada, client_of, ending):
    initiative = InitiativeFactory(organization=berlin, owner=ada, one_off_cost=Decimal(0))
    change_typed(client_of(ada), initiative, one_off_cost="45678", yearly_cost="1.234.567,89")
    in_chinese(ada)
    answer = client_of(ada).get(reverse("accounts:trail_export", args=["northwind", ending]))
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    (row,) = [row for row in rows if row[4] == "initiative.changed"]
    assert json.loads(row[5]) == {"one_off_cost": "0.00", "yearly_cost": "48000.00"}
    assert json.loads(row[6]) == {"one_off_cost": "45678.00", "yearly_cost": "1234567.89"}


def test_an_entry_of_before_is_shown_as_it_was_stored(berlin, ada, client_of):
    initiative = InitiativeFactory(organization=berlin, owner=ada)
    recorded_before(
        ada, initiative,
        {"One-off cost": "0", "计划上线": "2026年3月1日", "Yearly season": "no"},
        {"One-off cost": "45.678", "计划上线": "2026年4月1日", "Yearly season": "yes"},
    )  # fmt: skip
    english = [
        "One-off cost: 0 → 45.678", "计划上线: 2026年3月1日 → 2026年4月1日", "Yearly season: no → yes",
    ]  # fmt: skip
    assert shown(client_of(ada)) == english
    in_chinese(ada)
    assert shown(client_of(ada)) == [line.replace(": ", "：").replace(" → ", "→") for line in english]


def test_a_milestone_and_a_reason_of_before_are_still_said(berlin, ada, client_of):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    recorded_before(
        ada, initiative, {"milestone": "2026-03-01 Pilot ends"}, {"milestone": "", "reason": "Too early"},
        verb="initiative.amended_milestone",
    )  # fmt: skip
    recorded_before(ada, initiative, {}, {"outcome": "approved", "votes": "3 for"}, verb="decision.made")
    recorded_before(
        ada, initiative, {}, {"ends_on": "2026-03-01", "reason": "person left"}, verb="seat.ended"
    )
    assert shown(client_of(ada)) == [
        "Term until: 1 Mar 2026",
        "Reason: The person left",
        "Decision: Approved",
        "Votes: 3 for",
        "Milestone: Pilot ends (1 Mar 2026) → –",
        "Reason: Too early",
    ]


def test_choices_days_and_moments_are_in_the_readers_words(berlin, ada, client_of):
    initiative = InitiativeFactory(organization=berlin, owner=ada)
    step = services.add_milestone(by=ada, initiative=initiative, title="Pilot", due_on=date(2027, 3, 1))
    services.change_milestone(by=ada, milestone=step, title="Pilot", due_on=date(2027, 4, 1))
    event = AuditEvent.objects.get(verb="milestone.changed")
    assert (event.before, event.after) == (
        {"milestone": ["2027-03-01", "Pilot"]},
        {"milestone": ["2027-04-01", "Pilot"]},
    )
    services.move_initiative(by=ada, initiative=initiative, to="cancelled", note="No budget")
    assert shown(client_of(ada)) == [
        "State: Draft → Canceled",
        "Note: No budget",
        "Milestone: Pilot (1 Mar 2027) → Pilot (1 Apr 2027)",
        "Milestone: Pilot (1 Mar 2027)",
    ]
    in_chinese(ada)
    assert shown(client_of(ada))[0] == "状态：草稿→已取消"
    assert shown(client_of(ada))[2] == "里程碑：Pilot（2027年3月1日）→Pilot（2027年4月1日）"


def test_every_field_of_a_plan_is_said(berlin, ada, client_of):
    initiative = ready_initiative(ada, title="Welcome call")
    other = TouchpointFactory(organization=berlin, key="branch", name="Branch visit")
    plan = initiative.plan
    baseline = plan.baseline_from
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=PLAN.values_of(
            plan, comparison_touchpoints=(other,), period="month", expected_effect=Decimal("7.25"),
            is_seasonal=True, direction="down", baseline_from=baseline - timedelta(days=7),
        ),
        lock_version=initiative.lock_version,
    )  # fmt: skip
    event = AuditEvent.objects.get(verb="plan.changed")
    assert event.before == {
        "plan.comparison": [], "plan.period": "week", "plan.baseline_from": baseline.isoformat(),
        "plan.direction": "up", "plan.expected_effect": "8.00", "plan.is_seasonal": False,
    }  # fmt: skip
    assert event.after["plan.comparison"] == [["branch", "Branch visit"]]
    lines = shown(client_of(ada))
    assert "Compared with: – → Branch visit" in lines
    assert "Measured by: Week → Month" in lines
    assert "Expected direction: Up → Down" in lines
    assert "Expected effect: 8 → 7,25" in lines
    assert "Yearly season: no → yes" in lines
    in_chinese(ada)
    assert "预期效果：8→7.25" in shown(client_of(ada))


def test_a_decision_says_every_vote_and_no_key(ada, ben, client_of):
    seats = [*seated(ada.organization, count=2), SeatFactory(coalition__organization=ada.organization)]
    initiative = submitted(ada)
    cast(initiative, seats[0], Choice.APPROVE, "Worth 1.500 of it")
    cast(initiative, seats[1], Choice.ABSTAIN, "")
    cast(initiative, seats[2], Choice.APPROVE, "")
    event = AuditEvent.objects.get(verb="decision.made")
    assert event.after["votes"] == {
        "approve": 2, "request_changes": 0, "reject": 0, "abstain": 1, "recuse": 0,
    }  # fmt: skip
    moved = AuditEvent.objects.get(verb="initiative.approved")
    assert moved.after == {"state": "approved"}  # the sentence of the count is in one language
    lines = shown(client_of(ada))
    assert "State: Waiting for the vote → Approved" in lines
    assert "Why the vote ended: everyone who could vote has voted" in lines
    assert "Votes: 2 for, 1 abstained" in lines
    assert any(line.startswith(f"{seats[0]}: Approve; Worth 1.500 of it; by ") for line in lines)
    in_chinese(ada)
    assert "投票：2票赞成、1票弃权" in shown(client_of(ada))


def test_what_had_no_value_and_has_none_is_no_line(ada, client_of):
    initiative = InitiativeFactory(organization=ada.organization, owner=ada)
    recorded_before(ada, initiative, {}, {"due_on": None, "title": "Spring"}, verb="assessment.opened")
    recorded_before(
        ada, initiative, {"target": None, "touchpoint": None}, {"target": 20.0, "touchpoint": None},
        verb="metric.target_set",
    )  # fmt: skip
    assert shown(client_of(ada)) == ["Target: – → 20", "Title: Spring"]


def test_the_history_of_a_fixed_plan_reads_entries_of_before_and_of_now(ada):
    seated(ada.organization)
    initiative = approved(ada)
    services.record_go_live(by=ada, initiative=initiative, on=timezone.localdate())
    initiative = Initiative.objects.get(pk=initiative.pk)
    recorded_before(
        ada, initiative, {"Expected effect": "8.00"}, {"Expected effect": "6.00", "reason": "As it was said"},
        verb="initiative.changed_after_approval",
    )  # fmt: skip
    services.edit_plan(
        by=ada,
        initiative=initiative,
        values=PLAN.values_of(initiative.plan, expected_effect=Decimal(7)),
        lock_version=initiative.lock_version,
        reason="As it is said",
    )
    changes = selectors.plan_changes(Initiative.objects.get(pk=initiative.pk))
    assert changes is not None
    assert [entry.reason for entry in changes.entries] == ["As it is said", "As it was said"]
    event = AuditEvent.objects.filter(verb="initiative.changed_after_approval").first()
    assert (event.before, event.after) == (
        {"plan.expected_effect": "8.00"},
        {"plan.expected_effect": "7.00", "reason": "As it is said"},
    )
