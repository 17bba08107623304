"""Many touchpoints at once: lists from files and chosen ones, looked at, applied as a whole, undone."""

import io
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.registry import consequences_of
from journeys import change_services as services
from journeys import selectors
from journeys.change_plans import plan_change
from journeys.change_services import apply_change, propose_for_chosen, propose_from_file, undo_change
from journeys.errors import ChangeNotInState
from journeys.models import InventoryChange, Touchpoint
from journeys.services import archive_touchpoint, merge_touchpoints, restore_touchpoint, save_touchpoint
from tabular.errors import FileRefused
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind/touchpoint-changes"


def _file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


def _proposed(by, *lines: str) -> InventoryChange:
    return propose_from_file(by=by, file=_file("\n".join(lines) + "\n"), filename="inventory.csv")


def _url(name, *args):
    return reverse(f"journeys:{name}", args=["northwind", *args])


@pytest.fixture
def care(organization):
    return BusinessFunctionFactory(organization=organization, key="care", name="Care")


@pytest.fixture
def bill(organization):
    return TouchpointFactory(organization=organization, key="first-bill", name="First bill", purpose="Pay")


@pytest.fixture
def ttr(organization):
    return metric_of(organization, "ttr")


# --- files --------------------------------------------------------------------------------------


def test_a_file_adds_and_changes_and_says_so_before_it_does(ada, ben, care, bill, ttr):
    change = _proposed(
        ada,
        "key,name,phase,channel,owner,owner person,designed,purpose,operational metric,side effects",
        "first-bill,First bill,Get started,post,Care,ben@northwind.example,yes,,ttr,Calls",
        ",Review sites,evaluate,Review sites,,,,Hear from others,,",
    )
    plan = plan_change(change)

    assert [(row.line, row.name, row.touchpoint) for row in plan.rows] == [
        (2, "First bill", bill),
        (3, "Review sites", None),
    ]
    assert plan.rows[0].after == {
        "phase": "onboard",
        "channel": "post",
        "owner_function": care,
        "owner_person": ben,
        "operational_metric": "ttr",
        "side_effects": "Calls",
    }
    assert plan.rows[0].before["phase"] == "use"
    assert not Touchpoint.objects.filter(name="Review sites").exists()

    apply_change(by=ada, change=change, seen=plan.mark)
    bill.refresh_from_db()
    assert (bill.phase, bill.owner_function, bill.owner_person, bill.purpose) == ("onboard", care, ben, "Pay")
    assert (bill.operational_metric, bill.side_effects) == ("ttr", "Calls")
    new = Touchpoint.objects.get(name="Review sites")
    assert (new.channel, new.phase, new.is_intended) == ("reviews", "evaluate", False)
    last = AuditEvent.objects.of(ada.organization).order_by("-pk")[0]
    assert (last.verb, last.after) == ("touchpoints.imported", {"added": 1, "changed": 1})


def test_the_same_file_again_changes_nothing(ada, bill):
    lines = ("name,phase", "First bill,buy", "Kiosk,use")
    apply_change(by=ada, change=_proposed(ada, *lines))
    again = _proposed(ada, *lines)

    plan = plan_change(again)
    assert (plan.rows, plan.unchanged, plan.is_ready) == ((), 2, False)
    with pytest.raises(InvalidValues, match="Nothing would change"):
        apply_change(by=ada, change=again)
    assert Touchpoint.objects.of(ada.organization).count() == 2


def test_the_download_of_the_list_comes_back_as_nothing_to_do(ada, ben, care, bill, client_of):
    save_touchpoint(
        by=ada,
        touchpoint=bill,
        name="First bill",
        purpose="=Pay",
        owner_function=care,
        owner_person=ben,
        is_intended=False,
        phase="buy",
        channel="post",
    )
    for ending in ("csv", "xlsx"):
        answer = client_of(ada).get(_url("touchpoint_file", ending))
        content = io.BytesIO(b"".join(answer.streaming_content))
        plan = plan_change(propose_from_file(by=ada, file=content, filename=f"list.{ending}"))
        assert (plan.rows, plan.problems, plan.alike, plan.unchanged, plan.unread) == ((), (), (), 1, ())


def test_people_are_told_by_address_only_to_who_may_change_the_list(ada, cleo, ben, bill, client_of):
    Touchpoint.objects.update(owner_person=ben)
    said = {
        member: b"".join(client_of(member).get(_url("touchpoint_file", "csv")).streaming_content).decode()
        for member in (ada, cleo)
    }
    assert "ben@northwind.example" in said[ada]
    assert "ben@northwind.example" not in said[cleo]
    assert ",Ben," in said[cleo]


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("First bill,limbo,,,,", "phase", "Renew or leave"),
        ("First bill,,smoke,,,", "channel", "Review sites"),
        ("First bill,,,Nowhere,,", "owner", "no business function"),
        ("First bill,,,,nobody@northwind.example,", "owner person", "No active member"),
        ("First bill,,,,,nps", "operational metric", "no operational metric"),
        (",use,,,,", "name", "names no touchpoint"),
        ("x" * 121 + ",,,,,", "name", "at most 120"),
    ],
)
def test_a_wrong_cell_is_told_by_row_and_column_and_nothing_is_stored(ada, bill, row, column, word):
    metric_of(ada.organization, "nps")
    head = "name,phase,channel,owner,owner person,operational metric"
    change = _proposed(ada, head, "Kiosk,use,,,,", row)

    (problem,) = plan_change(change).problems
    assert (problem.line, problem.column) == (3, column)
    assert word in problem.text
    with pytest.raises(InvalidValues, match="Some rows are wrong"):
        apply_change(by=ada, change=change)
    assert not Touchpoint.objects.filter(name="Kiosk").exists()


def test_a_dash_empties_and_an_empty_cell_leaves(ada, ben, care, bill):
    Touchpoint.objects.update(owner_function=care, owner_person=ben)
    apply_change(by=ada, change=_proposed(ada, "name,owner,owner person,purpose", "First bill,–,,-"))
    bill.refresh_from_db()
    assert (bill.owner_function, bill.owner_person, bill.purpose) == (None, ben, "")


def test_a_name_that_two_people_have_asks_for_the_address(ada, bill):
    for number in range(2):
        MembershipFactory(
            organization=ada.organization, user__name="Kim Lee", user__email=f"kim{number}@x.example"
        )
    (problem,) = plan_change(_proposed(ada, "name,owner person", "First bill,Kim Lee")).problems
    assert "Several members" in problem.text
    (row,) = plan_change(_proposed(ada, "name,owner person", "First bill,kim1@x.example")).rows
    assert row.after["owner_person"].user.email == "kim1@x.example"


@pytest.mark.parametrize("said", ["First Bil", "first-bill", "Frist bill"])
def test_a_name_spelled_alike_is_asked_about(ada, bill, said):
    change = _proposed(ada, "name,phase", f"{said},buy")
    (one,) = plan_change(change).alike
    assert (one.name, one.known, one.answer) == (said, "First bill", "")
    with pytest.raises(InvalidValues, match="spelled alike"):
        apply_change(by=ada, change=change)

    services.answer_alike(by=ada, change=change, answers={"2": "same"})
    apply_change(by=ada, change=change)
    bill.refresh_from_db()
    assert (bill.name, bill.phase) == ("First bill", "buy")
    assert Touchpoint.objects.of(ada.organization).count() == 1


def test_a_name_that_was_said_to_be_new_is_added(ada, bill):
    change = _proposed(ada, "name,phase", "First bills,use", "Kiosk,use")
    services.answer_alike(by=ada, change=change, answers={"2": "new"})
    apply_change(by=ada, change=change)
    assert set(Touchpoint.objects.values_list("name", flat=True)) == {"First bill", "First bills", "Kiosk"}


@pytest.mark.parametrize("said", ["Second bill", "First call", "Invoice"])
def test_other_names_are_not_asked_about(ada, bill, said):
    plan = plan_change(_proposed(ada, "name,phase", f"{said},use"))
    assert plan.alike == ()
    assert len(plan.added) == 1


def test_numbers_tell_two_names_apart(ada):
    TouchpointFactory(organization=ada.organization, name="Hotline 1")
    assert plan_change(_proposed(ada, "name,phase", "Hotline 2,use")).alike == ()


def test_two_rows_spelled_alike_may_be_one(ada):
    change = _proposed(ada, "name,phase", "Repair visit,use", "Repair-visit,use")
    (one,) = plan_change(change).alike
    assert (one.line, one.known) == (3, "Repair visit")
    services.answer_alike(by=ada, change=change, answers={"3": "same"})
    plan = apply_change(by=ada, change=change)
    assert (len(plan.added), plan.left_out) == (1, 1)
    assert Touchpoint.objects.count() == 1


def test_an_answer_about_a_row_that_asks_nothing_is_refused(ada, bill):
    change = _proposed(ada, "name,phase", "Kiosk,use")
    with pytest.raises(InvalidValues):
        services.answer_alike(by=ada, change=change, answers={"2": "same"})
    with pytest.raises(InvalidValues):
        services.answer_alike(
            by=ada, change=_proposed(ada, "name,phase", "First bil,use"), answers={"2": "so"}
        )


def test_a_merged_name_or_key_means_the_kept_one(ada, bill):
    gone = TouchpointFactory(organization=ada.organization, key="invoice", name="Invoice")
    merge_touchpoints(by=ada, kept=bill, gone=gone)
    for cells in ("invoice,", ",Invoice"):
        (row,) = plan_change(_proposed(ada, "key,name,phase", f"{cells},buy")).rows
        assert (row.touchpoint, row.after) == (bill, {"phase": "buy"})


def test_an_archived_touchpoint_is_not_changed_by_a_list(ada, bill):
    Touchpoint.objects.update(is_archived=True)
    (problem,) = plan_change(_proposed(ada, "name,phase", "First bill,buy")).problems
    assert "is archived" in problem.text


def test_one_touchpoint_in_two_rows_is_a_problem_of_the_second(ada, bill):
    (problem,) = plan_change(_proposed(ada, "key,name,phase", "first-bill,,buy", ",First bill,use")).problems
    assert (problem.line, problem.text) == (3, "Row 2 is about the same touchpoint.")


def test_a_key_with_another_name_renames_and_takes_nobody_s_name(ada, bill):
    TouchpointFactory(organization=ada.organization, key="call", name="Welcome call")
    change = _proposed(ada, "key,name", "first-bill,First invoice")
    apply_change(by=ada, change=change)
    bill.refresh_from_db()
    assert bill.name == "First invoice"
    (problem,) = plan_change(_proposed(ada, "key,name", "first-bill,welcome CALL")).problems
    assert problem.text == "Another touchpoint has this name."


def test_a_file_without_a_name_column_or_of_another_kind_is_refused(ada):
    with pytest.raises(InvalidValues, match="No column is called"):
        _proposed(ada, "phase,channel", "use,web")
    with pytest.raises(FileRefused):
        propose_from_file(by=ada, file=io.BytesIO(b"%PDF-1.7 x"), filename="list.pdf")
    with pytest.raises(FileRefused):
        _proposed(ada, "name,phase", *(f"Place {number},use" for number in range(301)))
    assert not InventoryChange.objects.exists()


def test_chinese_heads_and_words_are_read(ada):
    (row,) = plan_change(_proposed(ada, "名称,阶段,渠道,有意设计", "首张账单,使用,电话,否")).rows
    assert row.after == {"name": "首张账单", "phase": "use", "channel": "phone", "is_intended": False}


# --- chosen touchpoints -------------------------------------------------------------------------


def test_chosen_touchpoints_get_the_same_owner_and_phase(ada, ben, care, bill):
    other = TouchpointFactory(organization=ada.organization, phase="buy", owner_function=care)
    change = propose_for_chosen(
        by=ada,
        touchpoints=[bill, other],
        values={"owner_function": care, "owner_person": ben, "phase": "buy"},
    )
    plan = apply_change(by=ada, change=change)
    assert [set(row.after) for row in plan.rows] == [
        {"owner_function", "owner_person", "phase"},
        {"owner_person"},
    ]
    for row in Touchpoint.objects.of(ada.organization):
        assert (row.owner_function, row.owner_person, row.phase) == (care, ben, "buy")


def test_what_was_archived_since_it_was_chosen_stays(ada, bill):
    change = propose_for_chosen(by=ada, touchpoints=[bill], values={"phase": "buy"})
    Touchpoint.objects.update(is_archived=True)
    assert plan_change(change).rows == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "values"),
        ({"name": "A"}, "name"),
        ({"phase": "limbo"}, "phase"),
        ({"channel": "smoke"}, "channel"),
        ({"operational_metric": "nps"}, "operational_metric"),
    ],
)
def test_what_cannot_be_the_same_for_all_is_refused_by_field(ada, bill, values, field):
    with pytest.raises(InvalidValues) as caught:
        propose_for_chosen(by=ada, touchpoints=[bill], values=values)
    assert field in caught.value.fields


def test_things_of_another_organization_are_refused(ada, dora, bill):
    for values, rows, field in (
        ({"owner_person": dora}, [bill], "owner_person"),
        ({"owner_function": BusinessFunctionFactory()}, [bill], "owner_function"),
        ({"phase": "buy"}, [TouchpointFactory()], "touchpoints"),
        ({"phase": "buy"}, [], "touchpoints"),
    ):
        with pytest.raises(InvalidValues) as caught:
            propose_for_chosen(by=ada, touchpoints=rows, values=values)
        assert field in caught.value.fields


def test_an_owner_who_left_meanwhile_stops_the_change(ada, ben, bill):
    change = propose_for_chosen(by=ada, touchpoints=[bill], values={"owner_person": ben})
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(InvalidValues):
        apply_change(by=ada, change=change)
    bill.refresh_from_db()
    assert bill.owner_person is None


# --- confirming, undoing ------------------------------------------------------------------------


def test_what_is_confirmed_is_what_was_seen(ada, bill):
    change = _proposed(ada, "name,phase", "First bill,buy")
    seen = plan_change(change).mark
    Touchpoint.objects.update(phase="support")
    with pytest.raises(InvalidValues, match="Something has changed since"):
        apply_change(by=ada, change=change, seen=seen)
    bill.refresh_from_db()
    assert bill.phase == "support"


def test_a_change_is_applied_once(ada, bill):
    change = _proposed(ada, "name,phase", "First bill,buy")
    apply_change(by=ada, change=change)
    for again in (apply_change, undo_change, undo_change):
        if again is undo_change and InventoryChange.objects.get().state == "applied":
            undo_change(by=ada, change=change)
            continue
        with pytest.raises(ChangeNotInState):
            again(by=ada, change=change)


def test_undoing_puts_values_back_and_archives_what_was_added(ada, care, bill):
    change = _proposed(ada, "name,phase,owner", "First bill,buy,Care", "Kiosk,use,")
    apply_change(by=ada, change=change)
    undone = undo_change(by=ada, change=change)

    bill.refresh_from_db()
    assert (undone.back, undone.kept) == (2, ())
    assert (bill.phase, bill.owner_function, bill.is_archived) == ("use", None, False)
    assert Touchpoint.objects.get(name="Kiosk").is_archived


def test_what_was_added_and_somebody_changed_since_stays_and_is_named(ada, care):
    change = _proposed(ada, "name,phase", "Kiosk,use", "Fair,use")
    apply_change(by=ada, change=change)
    Touchpoint.objects.filter(name="Kiosk").update(owner_function=care)
    undone = undo_change(by=ada, change=change)
    assert (undone.back, undone.kept) == (1, ("Kiosk",))
    assert {row.name: row.is_archived for row in Touchpoint.objects.all()} == {"Kiosk": False, "Fair": True}


@pytest.mark.parametrize("dash", ["–", "-", "—"])
@pytest.mark.parametrize("key", ["first-bill", ""])
def test_a_dash_is_no_name(ada, bill, key, dash):
    plan = plan_change(_proposed(ada, "key,name,phase", f"{key},{dash},buy"))
    assert [(one.line, one.column, one.value) for one in plan.problems] == [(2, "name", dash)]
    assert not plan.rows


def test_names_alone_are_a_list(ada, bill):
    plan = plan_change(_proposed(ada, "Touchpoint", "First bill", "Kiosk", "Fair"))
    assert ([row.name for row in plan.added], plan.unchanged) == (["Kiosk", "Fair"], 1)
    with pytest.raises(InvalidValues, match="No column is called"):
        _proposed(ada, "First bill", "Kiosk")


def test_what_somebody_changed_since_stays_and_is_named(ada, care, bill):
    change = _proposed(ada, "name,phase,owner", "First bill,buy,Care")
    apply_change(by=ada, change=change)
    Touchpoint.objects.update(phase="support")
    undone = undo_change(by=ada, change=change)
    bill.refresh_from_db()
    assert (undone.back, undone.kept) == (0, ("First bill",))
    assert (bill.phase, bill.owner_function) == ("support", None)


def test_a_proposal_that_nobody_applied_goes_after_a_week(ada, bill):
    old, new, applied = (_proposed(ada, "name,phase", "First bill,buy") for _number in range(3))
    apply_change(by=ada, change=applied)
    InventoryChange.objects.exclude(pk=new.pk).update(created_at="2026-01-01T00:00Z")
    assert services.discard_forgotten_changes() == 1
    assert set(InventoryChange.objects.values_list("pk", flat=True)) == {new.pk, applied.pk}
    assert old.pk not in InventoryChange.objects.values_list("pk", flat=True)


def test_names_that_a_list_held_are_forgotten_with_the_person(ada, bill):
    _proposed(ada, "name,owner person", "First bill,Ada")
    (kept,) = selectors.names_in_changes(ada.organization)
    assert (set(kept.fields), kept.rows.count()) == ({"asked", "filename"}, 1)


# --- owners who leave ---------------------------------------------------------------------------


def test_removing_a_person_says_which_touchpoints_lose_their_owner(ada, ben, bill):
    assert not [one for one in consequences_of(ben) if "First bill" in one.text]
    Touchpoint.objects.update(owner_person=ben)
    (told,) = [one.text for one in consequences_of(ben) if "First bill" in one.text]
    assert told == "Responsible for the touchpoint First bill: name someone else."
    assert not [one for one in consequences_of(ben, role="contributor") if "First bill" in one.text]


def test_an_owner_who_left_stays_until_another_is_named(ada, ben, bill):
    Touchpoint.objects.update(owner_person=ben)
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    bill.refresh_from_db()
    saved = save_touchpoint(by=ada, touchpoint=bill, name="First invoice", owner_person=bill.owner_person)
    assert saved.owner_person == ben
    assert selectors.without_person(ada.organization).get() == bill
    other = TouchpointFactory(organization=ada.organization)
    with pytest.raises(InvalidValues) as caught:
        save_touchpoint(by=ada, touchpoint=other, name="Other", owner_person=saved.owner_person)
    assert "owner_person" in caught.value.fields


def test_an_operational_metric_counts_or_times_and_stays_when_it_is_retired(ada, bill, ttr):
    metric_of(ada.organization, "nps")
    with pytest.raises(InvalidValues) as caught:
        save_touchpoint(by=ada, touchpoint=bill, name="First bill", operational_metric="nps")
    assert "operational_metric" in caught.value.fields
    save_touchpoint(by=ada, touchpoint=bill, name="First bill", operational_metric="ttr")
    type(ttr).objects.update(is_retired=True)
    bill.refresh_from_db()
    assert save_touchpoint(by=ada, touchpoint=bill, name="Bill", operational_metric="ttr").name == "Bill"


# --- screens ------------------------------------------------------------------------------------


def test_a_list_is_sent_looked_at_answered_imported_and_undone(ada, bill, client_of):
    client = client_of(ada)
    file = _file("name,phase\nFirst bil,buy\nKiosk,use\n")
    file.name = "inventory.csv"
    page = client.post(_url("change_file"), {"file": file}, follow=True)
    change = InventoryChange.objects.get()
    assert "Is it the same touchpoint?" in page.content.decode()
    assert client.post(_url("change_detail", change.pk)).status_code == 409
    client.post(_url("change_answers", change.pk), {"line-2": "same"})
    page = client.get(_url("change_detail", change.pk)).content.decode()
    assert "Use → " in page
    page = client.post(
        _url("change_detail", change.pk),
        {"seen": plan_change(InventoryChange.objects.get()).mark},
        follow=True,
    )
    assert "1 added, 1 changed." in page.content.decode()
    page = client.post(_url("change_undo", change.pk), follow=True)
    assert "2 touchpoints are as they were before." in page.content.decode()


def test_the_chosen_rows_of_the_list_are_changed_together(ada, care, bill, client_of):
    client = client_of(ada)
    page = client.get(_url("touchpoint_list")).content.decode()
    assert 'name="touchpoints" value="first-bill" form="choose"' in page
    page = client.get(_url("change_choose") + "?touchpoints=first-bill").content.decode()
    assert "Change 1 touchpoint" in page
    sent = {"touchpoints": ["first-bill"], "owner_function": "care"}
    assert client.post(_url("change_choose"), {"touchpoints": ["first-bill"]}).status_code == 422
    page = client.post(_url("change_choose"), sent, follow=True).content.decode()
    assert "– → " in page
    client.post(_url("change_detail", InventoryChange.objects.get().pk))
    bill.refresh_from_db()
    assert bill.owner_function == care


def test_all_that_the_filters_leave_are_chosen(ada, care, bill, client_of):
    TouchpointFactory(organization=ada.organization, name="Kiosk", phase="buy")
    page = client_of(ada).get(_url("change_choose") + "?all=1&phase=buy").content.decode()
    assert "Kiosk" in page
    assert "First bill" not in page


def test_nobody_is_offered_what_they_may_not_do(cleo, bill, client_of):
    page = client_of(cleo).get(_url("touchpoint_list")).content.decode()
    assert "change_choose" not in page
    assert _url("change_file") not in page
    assert 'form="choose"' not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("designed=no", ["Press"]),
        ("designed=yes", ["First bill", "Kiosk"]),
        ("person=nobody", ["Kiosk", "Press"]),
        ("person=left", ["First bill"]),
    ],
)
def test_the_list_is_narrowed_by_design_and_person(ada, ben, bill, client_of, query, names):
    TouchpointFactory(organization=ada.organization, name="Kiosk")
    TouchpointFactory(organization=ada.organization, name="Press", is_intended=False)
    Touchpoint.objects.filter(pk=bill.pk).update(owner_person=ben)
    type(ben).objects.filter(pk=ben.pk).update(is_active=False)
    found = client_of(ada).get(f"{_url('touchpoint_list')}?{query}").context["table"].data
    assert sorted(row.name for row in found) == names


# --- API ----------------------------------------------------------------------------------------


def test_a_program_proposes_applies_and_undoes(ada, ben, care, bill, api_of):
    api = api_of(ada)
    sent = {"touchpoints": ["first-bill"], "values": {"owner_function": "care", "owner_person": ben.pk}}
    made = api.post(f"{BASE}/", sent, format="json")
    assert made.status_code == 201
    pk, (row,) = made.json()["change"]["id"], made.json()["rows"]
    assert row["touchpoint"] == "first-bill"
    assert row["after"] == {"owner_function": care.pk, "owner_person": ben.pk}
    applied = api.post(f"{BASE}/{pk}/apply/", {"seen": made.json()["mark"]}, format="json").json()
    assert (applied["change"]["state"], applied["rows"]) == ("applied", [])
    assert api.get("/api/v1/o/northwind/touchpoints/first-bill/").json()["owner_person"] == ben.pk
    assert api.post(f"{BASE}/{pk}/undo/").json() == {"back": 1, "kept": []}
    assert api.delete(f"{BASE}/{pk}/").status_code == 409
    assert len(api.get(f"{BASE}/").json()["results"]) == 1


def test_a_program_sends_a_file_and_answers_what_is_alike(ada, bill, api_of):
    api = api_of(ada)
    file = _file("name,phase\nFirst bil,buy\n")
    file.name = "inventory.csv"
    made = api.post(f"{BASE}/file/", {"file": file}, format="multipart")
    assert (made.status_code, made.json()["is_ready"]) == (201, False)
    pk = made.json()["change"]["id"]
    assert api.post(f"{BASE}/{pk}/apply/", {}, format="json").status_code == 422
    ready = api.post(f"{BASE}/{pk}/answers/", {"answers": {"2": "same"}}, format="json").json()
    assert (ready["is_ready"], ready["alike"][0]["answer"]) == (True, "same")


def test_a_program_names_what_it_may_not(ada, dora, bill, api_of):
    api = api_of(ada)
    for values, field in (({"owner_person": dora.pk}, "owner_person"), ({"name": "A"}, "name")):
        sent = {"touchpoints": ["first-bill"], "values": values}
        answer = api.post(f"{BASE}/", sent, format="json")
        assert answer.status_code == 422
        assert field in str(answer.json()["errors"])
    sent = {"touchpoints": [TouchpointFactory().key], "values": {"phase": "buy"}}
    assert api.post(f"{BASE}/", sent, format="json").status_code == 422


def test_a_program_writes_every_field_of_a_touchpoint(ada, ben, dora, ttr, api_of):
    api, base = api_of(ada), "/api/v1/o/northwind/touchpoints"
    sent = {
        "name": "Hotline",
        "owner_person": ben.pk,
        "operational_metric": "ttr",
        "side_effects": "Visits",
        "channel": "talk",
    }
    made = api.post(f"{base}/", sent, format="json").json()
    assert {name: made[name] for name in sent} == sent
    assert api.patch(f"{base}/hotline/", {"owner_person": None}, format="json").json()["owner_person"] is None
    answer = api.patch(f"{base}/hotline/", {"owner_person": dora.pk}, format="json")
    assert answer.status_code == 422
    assert "owner_person" in answer.json()["errors"]


# --- archived together --------------------------------------------------------------------------


def test_chosen_touchpoints_are_archived_together_and_come_back_together(ada, care, bill):
    chat = TouchpointFactory(organization=ada.organization, key="chat", name="Chat")
    values = {"is_archived": True, "owner_function": care}
    change = propose_for_chosen(by=ada, touchpoints=[bill, chat], values=values)
    (first, _second) = plan_change(change).rows
    assert (first.before["is_archived"], first.after["is_archived"]) == (False, True)
    assert not Touchpoint.objects.filter(is_archived=True).exists()  # a proposal changes nothing
    apply_change(by=ada, change=change)
    assert {(one.key, one.owner_function) for one in Touchpoint.objects.filter(is_archived=True)} == {
        ("first-bill", care),
        ("chat", care),
    }
    undone = undo_change(by=ada, change=change)
    assert (undone.back, undone.kept) == (2, ())
    assert {(one.is_archived, one.owner_function) for one in Touchpoint.objects.all()} == {(False, None)}


def test_a_touchpoint_that_was_restored_and_archived_since_stays_archived(ada, care, bill):
    chat = TouchpointFactory(organization=ada.organization, key="chat", name="Chat")
    restore_touchpoint(by=ada, touchpoint=archive_touchpoint(by=ada, touchpoint=bill))  # before all of it
    values = {"is_archived": True, "owner_function": care}
    change = propose_for_chosen(by=ada, touchpoints=[bill, chat], values=values)
    apply_change(by=ada, change=change)
    restore_touchpoint(by=ada, touchpoint=chat)
    archive_touchpoint(by=ada, touchpoint=chat)
    undone = undo_change(by=ada, change=change)
    assert (undone.back, undone.kept) == (1, ("Chat",))
    rows = {row.key: (row.is_archived, row.owner_function) for row in Touchpoint.objects.all()}
    assert rows == {"first-bill": (False, None), "chat": (True, None)}


def test_a_touchpoint_that_an_evaluation_needs_is_not_archived_with_others(ada, bill, monkeypatch):
    losing = SimpleNamespace(text="The plan of INI-1 loses its target.", is_to_accept=True)
    monkeypatch.setattr(
        "journeys.change_plans.lost_with", lambda row: [losing] if row.key == "first-bill" else []
    )
    chat = TouchpointFactory(organization=ada.organization, key="chat", name="Chat")
    change = propose_for_chosen(by=ada, touchpoints=[bill, chat], values={"is_archived": True})
    (problem,) = plan_change(change).problems
    assert (problem.column, problem.value) == ("is_archived", bill.name)
    assert problem.text.startswith("The plan of INI-1 loses its target. Archive it by itself")
    with pytest.raises(InvalidValues):
        apply_change(by=ada, change=change)
    assert not Touchpoint.objects.filter(is_archived=True).exists()


def test_several_are_restored_by_nobody_at_once(ada, bill, api_of, client_of):
    with pytest.raises(InvalidValues) as refused:
        propose_for_chosen(by=ada, touchpoints=[bill], values={"is_archived": False})
    assert list(refused.value.fields) == ["is_archived"]
    body = {"touchpoints": ["first-bill"], "values": {"is_archived": True}}
    made = api_of(ada).post("/api/v1/o/northwind/touchpoint-changes/", body, format="json")
    assert made.json()["rows"][0]["after"] == {"is_archived": True}
    page = client_of(ada).get(_url("change_detail", made.json()["change"]["id"])).text
    assert "Archived" in page
