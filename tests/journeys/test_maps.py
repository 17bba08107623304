"""Journey maps: what is done to a drawing, what two people do at once, undo, versions, and who may."""

import io
from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action
from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.rows import Gone
from common.spreadsheets import csv_text
from journeys import services as inventory
from journeys.maps import services
from journeys.maps.access import map_for
from journeys.maps.choices import MOST_STEPS, MapState, Start
from journeys.maps.content import drawing_of, loose_ends
from journeys.maps.errors import CannotUndo, MapArchived, MapConflict, NothingToUndo
from journeys.maps.exports import map_download
from journeys.maps.importers import pasted_rows
from journeys.maps.models import JourneyMap, MapUse
from journeys.maps.operations import Doing
from journeys.maps.selectors import comparison, history, map_lines, map_view, undoable
from journeys.maps.services.editing import content_at
from tests.factories import BusinessFunctionFactory
from tests.factories.journeys import TouchpointFactory
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db


def do(what, **told):
    return Doing(do=what, told=told)


def names(row):
    """Stage -> its steps, by name and in order, read from the rows as they are stored."""
    drawing = drawing_of(JourneyMap.objects.get(pk=row.pk).content)
    return {stage.name: [step.name for step in stage.steps] for stage in drawing.stages}


@pytest.fixture
def bill(organization):
    care = BusinessFunctionFactory(organization=organization, key="care", name="Care")
    return TouchpointFactory(organization=organization, key="bill", name="First bill", owner_function=care)


@pytest.fixture
def drawn(ada):
    """Two stages: Decide (Ask, Sign) and Use (Start); lanes for doing and pain."""
    row = services.new_map(by=ada, values=services.MapValues(name="Onboarding", persona="New customer"))
    stage = row.content["stages"][0]
    lanes = row.content["lanes"]
    row = services.edit_map(
        by=ada,
        map=row,
        doings=[
            do("rename_stage", stage=stage, name="Decide"),
            do("add_step", stage=stage, name="Ask"),
            do("add_step", stage=stage, name="Sign"),
            do("add_stage", name="Use"),
            *[do("remove_lane", lane=lane) for lane in lanes],
            do("add_lane", kind="doing"),
            do("add_lane", kind="pain"),
        ],
    )
    return services.edit_map(
        by=ada, map=row, doings=[do("add_step", stage=row.content["stages"][1], name="Start")]
    )


def key_of(row, name):
    return next(
        place[5:] for place, value in row.content.items() if place.startswith("name.") and value == name
    )


def edit(member, row, what, *, seen=None, **told):
    return services.edit_map(by=member, map=row, doings=[do(what, **told)], seen=seen)


# --- operations ---------------------------------------------------------------------------------


def test_steps_move_within_their_stage_and_beyond_its_ends(ada, drawn):
    ask = key_of(drawn, "Ask")
    row = edit(ada, drawn, "move_step", step=ask, by=1)
    assert names(row) == {"Decide": ["Sign", "Ask"], "Use": ["Start"]}
    row = edit(ada, row, "move_step", step=ask, by=1)
    assert names(row) == {"Decide": ["Sign"], "Use": ["Ask", "Start"]}
    row = edit(ada, row, "move_step", step=ask, by=-1)
    assert names(row) == {"Decide": ["Sign", "Ask"], "Use": ["Start"]}
    version = row.version
    row = edit(ada, row, "move_step", step=key_of(row, "Start"), by=1)
    row = edit(ada, row, "move_step", step=key_of(row, "Start"), by=1)
    assert (names(row)["Use"], row.version) == (["Start"], version)
    row = edit(ada, row, "move_step", step=ask, stage=row.content["stages"][1])
    assert names(row) == {"Decide": ["Sign"], "Use": ["Start", "Ask"]}


def test_a_step_is_copied_with_its_cells_and_split_without_them(ada, drawn, bill):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    row = services.edit_map(
        by=ada,
        map=drawn,
        doings=[
            do("set_step", step=ask, emotion=-2, touchpoints=["bill"], owner="care"),
            do("set_cell", column=ask, lane=doing, text="Calls"),
        ],
    )
    row = edit(ada, row, "copy_step", step=ask)
    row = edit(ada, row, "split_step", step=ask, name="Ask again")

    assert names(row)["Decide"] == ["Ask", "Ask again", "Ask (copy)", "Sign"]
    copy, second = key_of(row, "Ask (copy)"), key_of(row, "Ask again")
    assert row.content[f"cell.{copy}.{doing}"] == "Calls"
    assert (row.content[f"emotion.{copy}"], row.content[f"owner.{copy}"]) == (-2, "care")
    assert row.content[f"touchpoints.{second}"] == ["bill"]
    assert f"cell.{second}.{doing}" not in row.content
    assert f"emotion.{second}" not in row.content
    assert MapUse.objects.filter(map=row, touchpoint=bill).count() == 3


def test_what_is_removed_takes_its_cells_along(ada, drawn):
    ask, doing, pain = key_of(drawn, "Ask"), *drawn.content["lanes"]
    row = edit(ada, drawn, "set_cell", column=ask, lane=pain, text="Waits")
    row = edit(ada, row, "set_cell", column=ask, lane=doing, text="Calls")
    without_lane = edit(ada, row, "remove_lane", lane=pain)
    assert [place for place in without_lane.content if place.startswith("cell.")] == [f"cell.{ask}.{doing}"]
    without_stage = edit(ada, row, "remove_stage", stage=row.content["stages"][0])
    assert not [place for place in without_stage.content if ask in place]
    assert names(row) == {"Use": ["Start"]}
    with pytest.raises(InvalidValues) as refused:
        edit(ada, row, "remove_stage", stage=without_stage.content["stages"][0])
    assert set(refused.value.fields) == {"stage"}


def test_pasted_cells_go_right_and_down_and_never_by_half(ada, drawn):
    sign, doing = key_of(drawn, "Sign"), drawn.content["lanes"][0]
    row = edit(ada, drawn, "paste", column=sign, lane=doing, rows=[["Reads", "Opens"], ["Fine print", ""]])
    drawing = drawn_cells(row)
    assert drawing == {
        ("Sign", "doing"): "Reads",
        ("Start", "doing"): "Opens",
        ("Sign", "pain"): "Fine print",
    }
    for rows in ([["a", "b", "c"]], [["a"], ["b"], ["c"]], [["x" * 2001]], [["a"] * 100] * 50):
        with pytest.raises(InvalidValues) as refused:
            edit(ada, row, "paste", column=sign, lane=doing, rows=rows)
        assert set(refused.value.fields) == {"rows"}
    assert {"2000", "5000"} <= set(str(refused.value.message).replace(";", "").replace(".", "").split())
    assert drawn_cells(row) == drawing


def drawn_cells(row):
    drawing = drawing_of(JourneyMap.objects.get(pk=row.pk).content)
    steps = {step.key: step.name for step in drawing.steps}
    lanes = {lane.key: lane.kind for lane in drawing.lanes}
    return {(steps[column], lanes[lane]): text for (column, lane), text in drawing.cells.items()}


@pytest.mark.parametrize(
    ("what", "told", "field"),
    [
        ("add_step", {"stage": "gone", "name": "A"}, "stage"),
        ("add_step", {"stage": "FIRST", "name": "  "}, "name"),
        ("add_step", {"stage": "FIRST", "name": "x" * 121}, "name"),
        ("add_lane", {"kind": "nonsense"}, "kind"),
        ("add_lane", {"kind": "own", "name": ""}, "name"),
        ("set_step", {"step": "ASK", "emotion": 3}, "emotion"),
        ("set_step", {"step": "ASK", "touchpoints": ["nowhere"]}, "touchpoints"),
        ("set_step", {"step": "ASK", "owner": "nobody"}, "owner"),
        ("set_step", {"step": "ASK", "nested": "no-map"}, "nested"),
        ("set_step", {"step": "ASK", "nested": "onboarding"}, "nested"),
        ("set_cell", {"column": "ASK", "lane": "gone", "text": "a"}, "lane"),
        ("fly", {}, "do"),
        ("add_step", {"stage": "FIRST", "name": "A", "colour": "red"}, "colour"),
        ("add_step", {"name": "A"}, "stage"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(ada, drawn, what, told, field):
    told = {
        name: {"FIRST": drawn.content["stages"][0], "ASK": key_of(drawn, "Ask")}.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in told.items()
    }
    with pytest.raises(InvalidValues) as refused:
        edit(ada, drawn, what, **told)
    assert set(refused.value.fields) == {field}
    assert JourneyMap.objects.get(pk=drawn.pk).version == drawn.version


def test_a_map_holds_three_hundred_steps_and_no_more(ada, drawn):
    stage = drawn.content["stages"][0]
    row = services.edit_map(
        by=ada, map=drawn, doings=[do("add_step", stage=stage, name=f"S{n}") for n in range(MOST_STEPS - 3)]
    )
    with pytest.raises(InvalidValues):
        edit(ada, row, "add_step", stage=stage, name="One more")


def test_keys_are_never_used_again(ada, drawn):
    stage = drawn.content["stages"][0]
    row = edit(ada, drawn, "add_step", stage=stage, name="New")
    first = key_of(row, "New")
    row = services.undo(by=ada, map=row)
    row = edit(ada, row, "add_step", stage=stage, name="New")
    assert key_of(row, "New") != first


@pytest.mark.parametrize("how", ["added", "moved", "moved by one"])
def test_what_stands_under_a_stage_goes_to_its_first_step(ada, drawn, how):
    doing, pain = drawn.content["lanes"]
    row = edit(ada, drawn, "add_stage", name="Later")
    later = row.content["stages"][2]
    edit(ada, row, "set_cell", column=later, lane=doing, text="Waits")
    row = edit(ada, row, "set_cell", column=later, lane=pain, text="Nobody calls")
    start = key_of(row, "Start")
    row = edit(ada, row, "set_cell", column=start, lane=pain, text="Too slow")
    before = row.content
    if how == "added":
        row = edit(ada, row, "add_step", stage=later, name="Wait")
        told = key_of(row, "Wait"), "Nobody calls"
    elif how == "moved":
        row, told = edit(ada, row, "move_step", step=start, stage=later), (start, "Too slow")
    else:
        row, told = edit(ada, row, "move_step", step=start, by=1), (start, "Too slow")
    texts = {(cell.column, cell.lane.key): cell.text for lane in map_view(row).lanes for cell in lane.cells}
    assert (texts[told[0], doing], texts[told[0], pain]) == ("Waits", told[1])
    with pytest.raises(InvalidValues, match="has steps now"):
        edit(ada, row, "set_cell", column=later, lane=doing, text="Seen by nobody")
    assert services.undo(by=ada, map=row).content == before


def test_one_wrong_operation_of_several_changes_nothing(ada, drawn):
    before = dict(drawn.content)
    with pytest.raises(InvalidValues):
        services.edit_map(
            by=ada,
            map=drawn,
            doings=[do("add_stage", name="Later"), do("add_step", stage="gone", name="A")],
        )
    row = JourneyMap.objects.get(pk=drawn.pk)
    assert (row.content, row.version) == (before, drawn.version)
    assert row.changes.count() == drawn.version


# --- two at once --------------------------------------------------------------------------------


def test_the_second_who_writes_to_the_same_cell_is_told_and_may_replace_it(ada, ben, drawn):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    seen = drawn.version
    edit(ben, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Calls")
    with pytest.raises(MapConflict) as refused:
        edit(ada, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Writes")
    assert (refused.value.who, refused.value.now, refused.value.version) == (str(ben), "Calls", seen + 1)
    row = edit(ada, drawn, "set_cell", seen=refused.value.version, column=ask, lane=doing, text="Writes")
    assert row.content[f"cell.{ask}.{doing}"] == "Writes"


def test_other_places_of_the_same_map_do_not_stand_in_the_way(ada, ben, drawn):
    ask, (doing, pain) = key_of(drawn, "Ask"), drawn.content["lanes"]
    seen, stage = drawn.version, drawn.content["stages"][0]
    edit(ben, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Calls")
    edit(ben, drawn, "add_step", seen=seen, stage=stage, name="Ben's")
    edit(ada, drawn, "set_cell", seen=seen, column=ask, lane=pain, text="Waits")
    row = edit(ada, drawn, "add_step", seen=seen, stage=stage, name="Ada's")
    assert names(row)["Decide"] == ["Ask", "Sign", "Ben's", "Ada's"]
    assert drawn_cells(row) == {("Ask", "doing"): "Calls", ("Ask", "pain"): "Waits"}


def test_one_s_own_earlier_write_is_no_conflict_and_the_same_words_are_none(ada, ben, drawn):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    seen = drawn.version
    edit(ada, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Calls")
    row = edit(ada, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Calls us")
    same = edit(ben, drawn, "set_cell", seen=seen, column=ask, lane=doing, text="Calls us")
    assert same.version == row.version == seen + 2


def test_a_step_that_somebody_writes_on_is_not_removed_unseen(ada, ben, drawn):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    edit(ben, drawn, "set_cell", seen=drawn.version, column=ask, lane=doing, text="Calls")
    with pytest.raises(MapConflict):
        edit(ada, drawn, "remove_step", seen=drawn.version, step=ask)


def test_a_map_deleted_or_archived_meanwhile_takes_no_words(ada, ben, drawn):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    services.archive_map(by=ben, map=drawn)
    with pytest.raises(MapArchived):
        edit(ada, drawn, "set_cell", column=ask, lane=doing, text="Calls")
    services.delete_map(by=ben, map=drawn)
    with pytest.raises(Gone):
        edit(ada, drawn, "set_cell", column=ask, lane=doing, text="Calls")


# --- undo, versions -----------------------------------------------------------------------------


def test_undo_and_redo_walk_through_one_s_own_changes(ada, ben, drawn):
    ask, (doing, pain) = key_of(drawn, "Ask"), drawn.content["lanes"]
    edit(ada, drawn, "set_cell", column=ask, lane=doing, text="One")
    edit(ada, drawn, "set_cell", column=ask, lane=doing, text="Two")
    edit(ben, drawn, "set_cell", column=ask, lane=pain, text="Ben's")
    text = f"cell.{ask}.{doing}"

    assert services.undo(by=ada, map=drawn).content[text] == "One"
    assert text not in services.undo(by=ada, map=drawn).content
    assert services.redo(by=ada, map=drawn).content[text] == "One"
    row = services.redo(by=ada, map=drawn)
    assert (row.content[text], row.content[f"cell.{ask}.{pain}"]) == ("Two", "Ben's")
    with pytest.raises(NothingToUndo):
        services.redo(by=ada, map=drawn)
    services.undo(by=ada, map=drawn)
    edit(ada, drawn, "set_cell", column=ask, lane=pain, text="Other")
    with pytest.raises(NothingToUndo):
        services.redo(by=ada, map=drawn)
    assert undoable(drawn, ada).redo == ""
    assert "Ask" in undoable(drawn, ada).undo


def test_undo_leaves_what_others_wrote_since(ada, ben, drawn):
    stage = drawn.content["stages"][0]
    row = edit(ada, drawn, "add_step", stage=stage, name="Mine")
    edit(ben, drawn, "add_step", stage=stage, name="Ben's")
    assert names(services.undo(by=ada, map=row))["Decide"] == ["Ask", "Sign", "Ben's"]
    assert names(services.redo(by=ada, map=row))["Decide"] == ["Ask", "Sign", "Mine", "Ben's"]
    row = JourneyMap.objects.get(pk=row.pk)
    mine, doing = key_of(row, "Mine"), row.content["lanes"][0]
    edit(ada, row, "set_cell", column=mine, lane=doing, text="A")
    edit(ben, row, "set_cell", column=mine, lane=doing, text="B")
    with pytest.raises(CannotUndo):
        services.undo(by=ada, map=row)


def test_undo_of_a_new_stage_does_not_take_others_steps_along(ada, ben, drawn):
    row = edit(ada, drawn, "add_stage", name="Later")
    edit(ben, row, "add_step", stage=row.content["stages"][2], name="Ben's")
    with pytest.raises(CannotUndo):
        services.undo(by=ada, map=row)
    assert names(row)["Later"] == ["Ben's"]


def _built_on(ada, ben, drawn, case):
    """What Ada does last, and what Ben does with it before she takes it back."""
    first, second = drawn.content["stages"]
    ask, start, lane = key_of(drawn, "Ask"), key_of(drawn, "Start"), drawn.content["lanes"][0]
    if case == "a text under her step":
        row = edit(ada, drawn, "add_step", stage=first, name="Mine")
        edit(ben, row, "set_cell", column=key_of(row, "Mine"), lane=lane, text="Ben's")
    elif case == "her step moved":
        row = edit(ada, drawn, "add_step", stage=first, name="Mine")
        edit(ben, row, "move_step", step=key_of(row, "Mine"), stage=second)
    elif case == "her step removed":
        row = edit(ada, drawn, "move_step", step=start, stage=first)
        edit(ben, row, "remove_step", step=start)
    elif case == "her step moved on":
        row = edit(ada, edit(ben, drawn, "add_stage", name="Later"), "move_step", step=ask, stage=second)
        edit(ben, row, "move_step", step=ask, stage=row.content["stages"][2])
    elif case == "the stage of her step removed":
        row = edit(ada, drawn, "remove_step", step=start)
        edit(ben, row, "remove_stage", stage=second)
    elif case == "a text in her lane":
        row = edit(ada, drawn, "add_lane", kind="own", name="Legal")
        edit(ben, row, "set_cell", column=ask, lane=row.content["lanes"][-1], text="Ben's")
    elif case == "the step under her lane removed":
        row = edit(
            ada, edit(ben, drawn, "set_cell", column=ask, lane=lane, text="x"), "remove_lane", lane=lane
        )
        edit(ben, row, "remove_step", step=ask)


@pytest.mark.parametrize(
    "case",
    [
        "a text under her step",
        "her step moved",
        "her step removed",
        "her step moved on",
        "the stage of her step removed",
        "a text in her lane",
        "the step under her lane removed",
    ],
)
def test_undo_neither_tears_the_map_nor_takes_along_what_others_built(ada, ben, drawn, case):
    _built_on(ada, ben, drawn, case)
    before = JourneyMap.objects.get(pk=drawn.pk).content
    with pytest.raises(CannotUndo, match=str(ben)):
        services.undo(by=ada, map=drawn)
    row = JourneyMap.objects.get(pk=drawn.pk)
    assert row.content == before
    assert loose_ends(row.content) == set()


def test_every_version_can_be_had_again(ada, drawn):
    ask, doing = key_of(drawn, "Ask"), drawn.content["lanes"][0]
    before = dict(drawn.content)
    version = drawn.version
    edit(ada, drawn, "set_cell", column=ask, lane=doing, text="Calls")
    row = edit(ada, drawn, "remove_step", step=ask)
    assert content_at(row, version) == before
    back = services.go_back_to(by=ada, map=row, version=version)
    assert (back.content, back.version) == (before, version + 3)
    for number in (0, back.version + 1):
        with pytest.raises(InvalidValues):
            services.go_back_to(by=ada, map=row, version=number)
    assert [line.version for line in history(back)][:2] == [version + 3, version + 2]
    assert f"version {version}" in history(back)[0].text


# --- maps as a whole ----------------------------------------------------------------------------


@pytest.mark.parametrize("start", Start.values)
def test_a_map_begins_with_what_was_chosen(ada, bill, start):
    row = services.new_map(by=ada, values=services.MapValues(name="Map"), start=start)
    drawing = drawing_of(row.content)
    assert (len(drawing.steps) == 0) == (start == Start.EMPTY)
    assert row.version == 1
    assert bool(row.uses.count()) == (start == Start.INVENTORY)
    assert len({step.key for step in drawing.steps}) == len(drawing.steps)


def test_names_of_maps_are_one_each_and_keys_stay(ada, drawn):
    with pytest.raises(InvalidValues) as refused:
        services.new_map(by=ada, values=services.MapValues(name="onboarding"))
    assert set(refused.value.fields) == {"name"}
    row = services.save_map(by=ada, map=drawn, values=services.MapValues(name="Start", persona="Firm"))
    assert (row.name, row.key, row.persona) == ("Start", "onboarding", "Firm")
    other = services.new_map(by=ada, values=services.MapValues(name="新客户"))
    assert other.key == "map"
    assert services.new_map(by=ada, values=services.MapValues(name="New")).key == "new-map"


def test_the_future_is_a_copy_that_can_be_compared(ada, drawn, bill):
    future = services.copy_map(by=ada, map=drawn, as_future=True)
    assert (future.state, future.today, future.version) == (MapState.FUTURE, drawn, 1)
    assert future.content == drawn.content
    ask, doing = key_of(future, "Ask"), future.content["lanes"][0]
    future = services.edit_map(
        by=ada,
        map=future,
        doings=[
            do("set_cell", column=ask, lane=doing, text="Chats"),
            do("set_step", step=ask, emotion=2, touchpoints=["bill"]),
            do("remove_step", step=key_of(future, "Sign")),
            do("add_step", stage=future.content["stages"][0], name="Try"),
        ],
    )
    found = comparison(map_view(drawn), map_view(future))
    assert (found.added, found.removed) == (("Try",), ("Sign",))
    assert {(one.where, one.what, one.before, one.after) for one in found.differing} == {
        ("Ask", "Emotion", "", "Very good"),
        ("Ask", "Touchpoints", "", "First bill"),
        ("Ask", "Owner", "", "Care"),
        ("Ask", "What the customer does", "", "Chats"),
    }
    with pytest.raises(InvalidValues) as refused:
        services.save_map(by=ada, map=drawn, values=services.MapValues(name="O", state=MapState.FUTURE))
    assert set(refused.value.fields) == {"state"}


def test_no_map_opens_itself_by_way_of_others(ada, drawn):
    inner = services.new_map(by=ada, values=services.MapValues(name="Inner"), start=Start.REPAIR)
    edit(ada, drawn, "set_step", step=key_of(drawn, "Ask"), nested="inner")
    with pytest.raises(InvalidValues) as refused:
        edit(ada, inner, "set_step", step=drawing_of(inner.content).steps[0].key, nested="onboarding")
    assert set(refused.value.fields) == {"nested"}
    assert map_view(JourneyMap.objects.get(pk=drawn.pk)).steps[0].nested == inner
    services.archive_map(by=ada, map=inner)
    services.delete_map(by=ada, map=inner)
    assert map_view(JourneyMap.objects.get(pk=drawn.pk)).steps[0].nested_is_gone


def test_only_an_archived_map_is_deleted(ada, drawn):
    with pytest.raises(MapArchived):
        services.delete_map(by=ada, map=drawn)
    services.archive_map(by=ada, map=drawn)
    assert [line.map for line in map_lines(ada.organization)] == []
    assert [line.map for line in map_lines(ada.organization, is_archived=True)] == [drawn]
    services.restore_map(by=ada, map=drawn)
    assert [line.steps for line in map_lines(ada.organization)] == [3]
    services.archive_map(by=ada, map=drawn)
    services.delete_map(by=ada, map=drawn)
    assert not JourneyMap.objects.exists()
    verbs = AuditEvent.objects.of(ada.organization).filter(verb__startswith="map.")
    assert verbs.first().verb == "map.deleted"


# --- touchpoints under steps --------------------------------------------------------------------


def test_a_merged_touchpoint_is_the_kept_one_on_the_map(ada, drawn, bill):
    other = TouchpointFactory(organization=ada.organization, key="invoice", name="Invoice")
    ask, sign = key_of(drawn, "Ask"), key_of(drawn, "Sign")
    edit(ada, drawn, "set_step", step=ask, touchpoints=["bill", "invoice"])
    row = edit(ada, drawn, "set_step", step=sign, touchpoints=["bill"])
    inventory.merge_touchpoints(by=ada, kept=other, gone=bill)
    view = map_view(JourneyMap.objects.get(pk=row.pk))
    assert [[used.touchpoint.name for used in step.touchpoints] for step in view.steps] == [
        ["Invoice"],
        ["Invoice"],
        [],
    ]
    assert set(MapUse.objects.values_list("step", "touchpoint__key")) == {(ask, "invoice"), (sign, "invoice")}
    event = AuditEvent.objects.of(ada.organization).get(verb="touchpoint.merged")
    assert event.after["maps"] == ["Onboarding"]
    edit(ada, row, "set_cell", column=ask, lane=row.content["lanes"][0], text="Still editable")


def test_who_drew_a_map_is_told_of_a_merge_and_nobody_else_is(
    ada, ben, cleo, drawn, bill, mailoutbox, django_capture_on_commit_callbacks
):
    other = TouchpointFactory(organization=ada.organization, key="invoice", name="Invoice")
    step = key_of(drawn, "Sign")
    edit(ben, drawn, "set_step", step=step, touchpoints=["bill"])
    unused = services.new_map(by=cleo, values=services.MapValues(name="Without it"))
    off = services.copy_map(by=ben, map=JourneyMap.objects.get(pk=drawn.pk))
    services.archive_map(by=ben, map=off)
    with django_capture_on_commit_callbacks(execute=True):
        inventory.merge_touchpoints(by=ada, kept=other, gone=bill)
    (letter,) = mailoutbox  # Ada did it, Cleo drew another map, and an archived one is no news
    assert letter.to == [ben.user.email]
    assert letter.subject == f"{bill.name} is part of Invoice now: your journey maps"
    assert f"Ada merged the touchpoint “{bill.name}” into “Invoice”." in letter.body
    assert f"/o/northwind/journeys/{drawn.key}/" in letter.body
    assert off.key not in letter.body.replace(drawn.key + "/", "")
    assert unused.name not in letter.body


def test_an_archived_touchpoint_stays_where_it_is_and_goes_nowhere_new(ada, drawn, bill):
    ask, sign = key_of(drawn, "Ask"), key_of(drawn, "Sign")
    row = edit(ada, drawn, "set_step", step=ask, touchpoints=["bill"])
    inventory.archive_touchpoint(by=ada, touchpoint=bill)
    row = edit(ada, row, "copy_step", step=ask)
    assert map_view(row).steps[0].touchpoints[0].is_archived
    row = services.edit_map(
        by=ada,
        map=row,
        doings=[do("set_step", step=key, touchpoints=[]) for key in (ask, key_of(row, "Ask (copy)"))],
    )
    with pytest.raises(InvalidValues) as refused:
        edit(ada, row, "set_step", step=sign, touchpoints=["bill"])
    assert set(refused.value.fields) == {"touchpoints"}


def test_touchpoints_functions_and_maps_of_others_are_unknown_here(ada, dora, drawn):
    TouchpointFactory(organization=dora.organization, key="theirs")
    BusinessFunctionFactory(organization=dora.organization, key="their-care")
    services.new_map(by=dora, values=services.MapValues(name="Their map"))
    for told in ({"touchpoints": ["theirs"]}, {"owner": "their-care"}, {"nested": "their-map"}):
        with pytest.raises(InvalidValues):
            edit(ada, drawn, "set_step", step=key_of(drawn, "Ask"), **told)
    with pytest.raises(Http404):
        map_for(ada, "their-map")


def test_who_may_see_and_change_maps(ada, cleo, dora, drawn):
    assert map_for(cleo, "onboarding") == drawn
    with pytest.raises(PermissionDenied):
        map_for(cleo, "onboarding", Action.EDIT_TOUCHPOINTS)
    with pytest.raises(Http404):
        map_for(dora, "onboarding")


# --- comments -----------------------------------------------------------------------------------


def test_a_comment_tells_whom_it_mentions(ada, ben, dora, drawn, django_capture_on_commit_callbacks):
    ask = key_of(drawn, "Ask")
    with django_capture_on_commit_callbacks(execute=True):
        comment = services.comment_on_map(
            by=ada, map=drawn, text=" Is that so? ", step=ask, mentioned=[ben, ada, ben]
        )
    assert (comment.text, set(comment.mentioned.all())) == ("Is that so?", {ada, ben})
    (letter,) = mail.outbox
    assert letter.to == [ben.user.email]
    assert "Onboarding" in letter.subject
    assert "Ask" in letter.body
    assert "Is that so?" in letter.body
    assert map_view(drawn).steps[0].comments == 1
    services.resolve_comment(by=ben, comment=comment)
    assert map_view(drawn).steps[0].comments == 0
    for told, field in (
        ({"text": " "}, "text"),
        ({"text": "a", "step": "gone"}, "step"),
        ({"text": "a", "mentioned": [dora]}, "mentioned"),
    ):
        with pytest.raises(InvalidValues) as refused:
            services.comment_on_map(by=ada, map=drawn, **told)
        assert set(refused.value.fields) == {field}


# --- from a file --------------------------------------------------------------------------------

FILE = """Stage,Step,Touchpoint,Owner,Emotion,Pain points,Note
Decide,Ask,First bill,Care,-1,"Waits, long",x
Decide,Sign,bill; web,,+2,,
Use,Start,,,,,=1+1
"""


def test_a_table_becomes_a_map(ada, bill):
    TouchpointFactory(organization=ada.organization, key="web", name="Web")
    plan = services.planned_map(organization=ada.organization, file=io.BytesIO(FILE.encode()))
    assert (plan.stages, plan.steps, plan.lanes, plan.linked) == (2, 3, 2, 2)
    row = services.import_map(
        by=ada, values=services.MapValues(name="From file"), file=io.BytesIO(plan.table.encode())
    )
    assert names(row) == {"Decide": ["Ask", "Sign"], "Use": ["Start"]}
    view = map_view(row)
    assert [step.step.emotion for step in view.steps] == [-1, 2, None]
    assert [[used.touchpoint.key for used in step.touchpoints] for step in view.steps] == [
        ["bill"],
        ["bill", "web"],
        [],
    ]
    assert view.steps[0].owner == "Care"
    assert [(lane.label, lane.cells[0].text) for lane in view.lanes] == [
        ("Pain points", "Waits, long"),
        ("Note", "x"),
    ]
    assert view.lanes[1].cells[2].text == "=1+1"
    assert row.uses.count() == 3


def test_every_wrong_line_of_a_table_is_named_and_nothing_is_made(ada, bill):
    inventory.archive_touchpoint(by=ada, touchpoint=bill)
    head = "stage,step,touchpoint,owner,emotion\n"
    bad = f"{head},A,,,\nS,,,,\nS,B,nowhere,,\nS,C,bill,,\nS,D,,nobody,\nS,E,,,9\n"
    with pytest.raises(InvalidValues) as refused:
        services.import_map(by=ada, values=services.MapValues(name="Bad"), file=io.BytesIO(bad.encode()))
    lines = " ".join(map(str, refused.value.fields.values()))
    assert [f"Line {number}:" in lines for number in range(2, 8)] == [True] * 6
    assert not JourneyMap.objects.exists()


def test_a_text_in_a_row_without_a_step_is_refused_where_nobody_would_see_it(ada):
    bad = "stage,step,pain\nS,,hidden\nS,A,seen\nT,,of T\n"
    with pytest.raises(InvalidValues) as refused:
        services.import_map(by=ada, values=services.MapValues(name="Bad"), file=io.BytesIO(bad.encode()))
    assert list(refused.value.fields.values()) == ["Line 2: the step has no name."]
    good = bad.replace("S,,hidden\n", "")
    row = services.import_map(by=ada, values=services.MapValues(name="Good"), file=io.BytesIO(good.encode()))
    assert names(row) == {"S": ["A"], "T": []}


@pytest.mark.parametrize(
    ("last", "act"),
    [
        (
            "journeys.maps.services.editing.record_event",
            lambda ada, row: edit(ada, row, "add_stage", name="A"),
        ),
        ("journeys.maps.services.editing.record_event", lambda ada, row: services.undo(by=ada, map=row)),
        ("journeys.maps.services.editing.keep_uses", lambda ada, row: services.copy_map(by=ada, map=row)),
        (
            "journeys.maps.services.comments.tell_mentioned",
            lambda ada, row: services.comment_on_map(by=ada, map=row, text="a"),
        ),
        (
            "journeys.maps.services.keeping.record_event",
            lambda ada, row: services.archive_map(by=ada, map=row),
        ),
    ],
)
def test_nothing_is_left_half_done(ada, drawn, bill, monkeypatch, last, act):
    edit(ada, drawn, "set_step", step=key_of(drawn, "Ask"), touchpoints=["bill"])
    assert left_behind(monkeypatch, last, partial(act, ada, drawn), "journeys", "accounts") == []


def test_a_neutral_emotion_survives_the_confirmation_of_a_file(ada, drawn):
    file = io.BytesIO(b"stage,step,emotion\nBuy,Ask,0\nBuy,Wait,\nBuy,Pay,-2\n")
    plan = services.planned_map(organization=ada.organization, file=file)
    again = services.planned_map(organization=ada.organization, file=io.BytesIO(plan.table.encode()))
    emotions = {
        again.content[f"name.{place.partition('.')[2]}"]: value
        for place, value in again.content.items()
        if place.startswith("emotion.")
    }
    assert emotions == {"Ask": 0, "Pay": -2}
    row = services.import_map(
        by=ada, values=services.MapValues(name="Moods"), file=io.BytesIO(plan.table.encode())
    )
    table = map_download(map_view(row))
    assert [line[table.header.index("emotion")] for line in table.rows()] == [0, "", -2]


def test_whole_numbers_as_spreadsheets_write_them_are_emotions_and_halves_are_none(ada):
    cells = {"A": "1.0", "B": "−2.0", "C": '"+2,00"', "D": "0.0", "E": "-1"}
    table = "stage,step,emotion\n" + "".join(f"S,{step},{cell}\n" for step, cell in cells.items())
    plan = services.planned_map(organization=ada.organization, file=io.BytesIO(table.encode()))
    told = plan.content
    drawn = {place.removeprefix("emotion."): value for place, value in told.items() if "emotion." in place}
    emotions = {told[f"name.{key}"]: value for key, value in drawn.items()}
    assert emotions == {"A": 1, "B": -2, "C": 2, "D": 0, "E": -1}
    for wrong in ("1.5", "3.0", "10", ".0"):
        bad = io.BytesIO(f"stage,step,emotion\nS,A,{wrong}\n".encode())
        with pytest.raises(InvalidValues) as refused:
            services.import_map(by=ada, values=services.MapValues(name="Bad"), file=bad)
        [problem] = refused.value.fields.values()
        assert problem == f"Line 2: “{wrong}” is no emotion from -2 to 2."


def test_a_lane_called_channels_is_lost_neither_from_a_table_nor_from_a_download(ada, drawn):
    file = io.BytesIO(b"stage,step,Channels,Number\nBuy,Ask,Shop,7\n")
    row = services.import_map(by=ada, values=services.MapValues(name="Theirs"), file=file)
    assert [(lane.label, lane.cells[0].text) for lane in map_view(row).lanes] == [
        ("Channels", "Shop"),
        ("Number", "7"),
    ]
    table = map_download(map_view(row))
    text = csv_text(table.header, table.rows())
    again = services.import_map(
        by=ada, values=services.MapValues(name="Again"), file=io.BytesIO(text.encode())
    )
    assert [lane.label for lane in map_view(again).lanes] == ["Channels", "Number"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ('"two\nlines"\tb\nc\td', [["two\nlines", "b"], ["c", "d"]]),
        ('a\t"says ""now""\r\nand goes"', [["a", 'says "now"\nand goes']]),
        ('"quoted" word\tb', [['"quoted" word', "b"]]),
        ('"quoted"\tb', [['"quoted"', "b"]]),
        ('"open\nb', [['"open'], ["b"]]),
        ("a\t\tb\n\nc", [["a", "", "b"], [""], ["c"]]),
        ("", [[""]]),
        ("a\t", [["a", ""]]),
    ],
)
def test_cells_come_over_the_clipboard_as_spreadsheets_write_them(text, rows):
    assert pasted_rows(text) == rows
