"""A field is written once: it appears where its declaration says, and nowhere before it has one."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from django.db import connection, models

from accounts.models import AuditEvent
from coalition import services
from coalition.fields import INITIATIVE, PLAN, SEAT, InitiativeValues
from coalition.forms import InitiativeForm, PlanForm, SeatForm
from coalition.models import Initiative
from coalition.selectors import changes_between, initiative_content
from coalition.selectors.content import is_same_content
from common.errors import InvalidValues
from common.fields import EVERYWHERE, Use, use
from cxstats.codec import digest_of
from tests.factories import MembershipFactory, OrganizationFactory
from tests.factories.coalition import InitiativeFactory, approved, ready_initiative, seated

# --- one field more, on the real machinery ----------------------------------------------------------


@pytest.fixture
def sponsor(transactional_db):
    """What a newcomer writes in `models.py`: a column of initiatives that the product does not know."""
    column = models.CharField("sponsor", max_length=40, blank=True, default="")
    column.contribute_to_class(Initiative, "sponsor")
    with connection.schema_editor() as editor:
        editor.add_field(Initiative, column)
    yield
    with connection.schema_editor() as editor:
        editor.remove_field(Initiative, column)
    Initiative._meta.local_fields.remove(column)
    Initiative._meta._expire_cache()
    del Initiative.sponsor


@pytest.fixture
def declare(sponsor, monkeypatch):
    """What a newcomer writes in `fields.py`: one line."""

    def line(where: Use | None, content_version: int = 1) -> None:
        said = {} if where is None else use(where, label="Sponsor")

        @dataclass(frozen=True, kw_only=True, slots=True)
        class SponsoredValues(InitiativeValues):
            sponsor: str = field(default="", metadata=said)

        monkeypatch.setattr(INITIATIVE, "values", SponsoredValues)
        monkeypatch.setattr(INITIATIVE, "content_version", content_version)

    return line


@pytest.fixture
def leader():
    return MembershipFactory(organization=OrganizationFactory(slug="northwind", currency="EUR"))


def typed_form(initiative, **typed):
    data = {
        "title": initiative.title,
        "problem": initiative.problem,
        "proposal": initiative.proposal,
        "owner": initiative.owner_id,
        "one_off_cost": "20000",
        "yearly_cost": "48000",
        "planned_go_live_on": initiative.planned_go_live_on.isoformat(),
        **typed,
    }
    form = InitiativeForm(data, organization=initiative.organization, initiative=initiative)
    assert form.is_valid(), form.errors
    return form


def stored_sponsor(initiative):
    return Initiative.objects.values_list("sponsor", flat=True).get(pk=initiative.pk)


NOWHERE = {"form": False, "read": False, "write": False, "content": False, "history": False}


@pytest.mark.parametrize(
    ("where", "appears"),
    [
        (None, NOWHERE),
        (Use.NOWHERE, NOWHERE),
        (Use.FORM, NOWHERE | {"form": True}),
        (Use.API_READ, NOWHERE | {"read": True}),
        (Use.API_WRITE, NOWHERE | {"write": True}),
        (Use.CONTENT, NOWHERE | {"content": True}),
        (Use.HISTORY, NOWHERE | {"history": True}),
        (EVERYWHERE, dict.fromkeys(NOWHERE, True)),
    ],
)
def test_a_new_field_appears_where_its_line_says_and_nowhere_else(declare, leader, api_of, where, appears):
    declare(where)
    initiative = InitiativeFactory(organization=leader.organization, owner=leader, sponsor="Chief of staff")
    address = f"/api/v1/o/northwind/initiatives/{initiative.number}/"
    seen = {
        "form": "sponsor" in InitiativeForm(organization=leader.organization, initiative=initiative).fields,
        "read": "sponsor" in api_of(leader).get(address).data,
        "content": initiative_content(initiative).get("sponsor") == "Chief of staff",
    }
    api_of(leader).patch(address, {"sponsor": "Chief of sales", "lock_version": 1})
    seen["write"] = stored_sponsor(initiative) == "Chief of sales"
    initiative.refresh_from_db()
    services.edit_initiative(
        by=leader,
        initiative=initiative,
        values=INITIATIVE.values_of(initiative, sponsor="Board"),
        lock_version=initiative.lock_version,
    )
    assert stored_sponsor(initiative) == "Board"  # the service keeps it in any case
    last = AuditEvent.objects.filter(verb="initiative.changed").first()
    seen["history"] = last is not None and last.after.get("sponsor") == "Board"
    assert seen == appears


def test_what_is_typed_into_a_new_field_is_kept_and_its_length_is_that_of_the_column(declare, leader):
    declare(EVERYWHERE)
    initiative = InitiativeFactory(organization=leader.organization, owner=leader)
    form = typed_form(initiative, sponsor="Chief of staff")
    assert (form.fields["sponsor"].label, form.fields["sponsor"].max_length) == ("Sponsor", 40)
    services.edit_initiative(by=leader, initiative=initiative, values=form.values(), lock_version=1)
    assert stored_sponsor(initiative) == "Chief of staff"
    too_long = INITIATIVE.values_of(initiative, sponsor="x" * 41)
    with pytest.raises(InvalidValues) as refusal:
        services.edit_initiative(by=leader, initiative=initiative, values=too_long, lock_version=2)
    assert list(refusal.value.fields) == ["sponsor"]


def test_a_field_that_the_form_does_not_ask_for_is_not_emptied_by_it(declare, leader):
    declare(Use.API_READ | Use.API_WRITE)
    initiative = InitiativeFactory(organization=leader.organization, owner=leader, sponsor="Chief of staff")
    values = typed_form(initiative, title="Another title").values()
    services.edit_initiative(by=leader, initiative=initiative, values=values, lock_version=1)
    assert stored_sponsor(initiative) == "Chief of staff"


def test_content_with_a_new_field_says_its_version_and_what_was_voted_on_before_reads_on(declare, leader):
    declare(None)
    initiative = ready_initiative(leader)
    before = initiative_content(initiative)
    digest = digest_of(before, version=1)
    declare(EVERYWHERE, content_version=2)
    after = initiative_content(initiative)
    assert (after["content_version"], after["sponsor"]) == (2, "")
    assert is_same_content(before, after)  # nobody has written anything: no new vote
    assert digest_of(before, version=1) == digest != digest_of(after, version=2)
    initiative.sponsor = "Chief of staff"
    (line,) = changes_between(before, initiative_content(initiative))
    assert (line.label, line.before, line.after) == ("Sponsor", "–", "Chief of staff")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("75000", "1234.50", ("EUR\xa075,000", "EUR\xa01,234.50")),
        ("0.40", "0.04", ("EUR\xa00.40", "EUR\xa00.04")),
    ],
)
def test_an_amount_that_changed_is_said_whole_with_its_currency(ada, before, after, words):
    initiative = ready_initiative(ada)
    initiative.yearly_cost = Decimal(before)
    known = initiative_content(initiative)
    initiative.yearly_cost = Decimal(after)
    (line,) = changes_between(known, initiative_content(initiative))
    assert (line.before, line.after) == words
    older = {key: value for key, value in known.items() if key != "currency"}  # no currency was stored
    (line,) = changes_between(older, initiative_content(initiative))
    assert line.before == words[0].removeprefix("EUR\xa0").removesuffix("0" if before == "0.40" else "")


def test_a_change_of_what_no_vote_binds_asks_nobody_to_vote_again(declare, leader):
    declare(Use.FORM | Use.HISTORY)
    seated(leader.organization)
    initiative = approved(leader)
    services.edit_initiative(
        by=leader,
        initiative=initiative,
        values=INITIATIVE.values_of(initiative, sponsor="Board"),
        lock_version=initiative.lock_version,
        reason="She pays for it.",
    )
    initiative.refresh_from_db()
    assert (initiative.state, initiative.revisions.count(), stored_sponsor(initiative)) == (
        "approved",
        1,
        "Board",
    )


# --- the fields that there are -----------------------------------------------------------------------


@pytest.mark.django_db
def test_forms_ask_for_exactly_these_fields(organization, ada):
    initiative = ready_initiative(ada)
    new = InitiativeForm(organization=organization)
    assert set(new.fields) == {
        "title", "problem", "proposal", "owner", "touchpoints", "one_off_cost", "yearly_cost",
        "expected_benefit", "effort_days", "planned_go_live_on",
    }  # fmt: skip
    assert set(PlanForm(organization=organization, initiative=initiative, plan=None).fields) == {
        "metric", "comparison_touchpoints", "segment", "period", "baseline_from", "lag_periods", "review_on",
        "direction", "expected_effect", "smallest_worthwhile_effect", "selection", "selected_from",
        "selected_until", "is_seasonal", "decision_rule", "spillover_touchpoints", "unmoved_metric",
    }  # fmt: skip
    assert set(SeatForm(organization=organization).fields) == {
        "membership", "title", "function", "touchpoints", "alternate", "is_chair", "has_vote", "starts_on",
        "ends_on",
    }  # fmt: skip
    assert {name for name, one in new.fields.items() if one.required} == {
        "title", "owner", "one_off_cost", "yearly_cost",
    }  # fmt: skip
    assert (new.fields["one_off_cost"].help_text, new.fields["yearly_cost"].help_text) == ("EUR", "EUR")


@pytest.mark.parametrize(
    ("table", "name", "limits"),
    [
        (INITIATIVE, "title", (None, None, 140)),
        (INITIATIVE, "effort_days", (0, 1_000_000, None)),
        (INITIATIVE, "one_off_cost", (0, None, None)),
        (PLAN, "lag_periods", (0, 52, None)),
        (PLAN, "expected_effect", (Decimal("0.01"), None, None)),
        (PLAN, "smallest_worthwhile_effect", (0, None, None)),
        (PLAN, "segment", (None, None, 60)),
        (SEAT, "title", (None, None, 120)),
    ],
)
def test_a_limit_stands_in_one_place(table, name, limits):
    item = table[name]
    assert (item.low, item.high, item.column.max_length) == limits


@pytest.mark.django_db
def test_form_api_and_service_refuse_at_the_same_limit(organization, ada, api_of):
    initiative = ready_initiative(ada)
    address = f"/api/v1/o/northwind/initiatives/{initiative.number}/"
    body = {"metric": "nps", "lock_version": 1}
    assert api_of(ada).put(address + "plan/", body | {"lag_periods": 53}).data["errors"] == {
        "lag_periods": ["Between 0 and 52 periods."]
    }
    assert api_of(ada).put(address + "plan/", body | {"lag_periods": 52}).status_code == 200
    form = PlanForm({"lag_periods": "53"}, organization=organization, initiative=initiative, plan=None)
    assert "lag_periods" in form.errors
    initiative.refresh_from_db()
    values = replace(PLAN.values_of(initiative.plan), lag_periods=53)
    with pytest.raises(InvalidValues) as refusal:
        services.edit_plan(by=ada, initiative=initiative, values=values, lock_version=2)
    assert refusal.value.fields["lag_periods"] == "Between 0 and 52 periods."


@pytest.mark.django_db
def test_every_declared_field_has_its_words():
    """A form without a label, or a line of history without one, says nothing to a reader."""
    silent = [
        f"{table.model.__name__}.{item.name}"
        for table in (INITIATIVE, PLAN)
        for item in table
        if not str(item.question) or not str(item.use.label)
    ]
    assert silent == []
