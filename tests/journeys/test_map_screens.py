"""Maps on the screen and in the API: forms without a script, answers to the script, files."""

import io
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from common.spreadsheets import csv_text
from journeys.maps import services
from journeys.maps.content import drawing_of
from journeys.maps.exports import map_download
from journeys.maps.models import JourneyMap, MapComment
from journeys.maps.operations import Doing
from journeys.maps.selectors import map_view
from tests.factories.journeys import TouchpointFactory

pytestmark = pytest.mark.django_db
BASE = "/api/v1/o/northwind/journey-maps"
JSON = "application/json"


def _url(name, *args):
    return reverse(f"maps:{name}", args=["northwind", *args])


@pytest.fixture
def row(ada):
    row = services.new_map(by=ada, values=services.MapValues(name="Onboarding"), start="onboarding")
    TouchpointFactory(organization=ada.organization, key="bill", name="First bill")
    return row


def _step(row, number=0):
    return row.content[f"order.{row.content['stages'][0]}"][number]


def _marks(page, name="seen"):
    """What the form carries, as a browser sends it."""
    text = page.content.decode()
    start = text.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return text[start : text.index('"', start)]


def test_a_new_map_opens_on_its_page(client_of, ada):
    answer = client_of(ada).post(
        _url("map_new"), {"name": "Repair", "state": "today", "start": "repair", "once": "a"}
    )
    assert answer.url == reverse("overview:map_detail", args=["northwind", "repair"])
    assert b"Reports the fault" in client_of(ada).get(answer.url).content
    again = client_of(ada).post(
        _url("map_new"), {"name": "repair", "state": "today", "start": "empty", "once": "b"}
    )
    assert again.status_code == 422
    assert "There is already a map with this name" in again.content.decode()


def test_a_small_form_changes_the_map_and_goes_back_to_it(client_of, ada, row):
    told = {"do": "move_step", "step": _step(row), "by": "1", "seen": row.version}
    answer = client_of(ada).post(_url("map_change", row.key), told)
    assert answer.url.startswith(reverse("overview:map_detail", args=["northwind", row.key]))
    assert JourneyMap.objects.get(pk=row.pk).content[f"order.{row.content['stages'][0]}"][1] == _step(row)
    answer = client_of(ada).post(_url("map_change", row.key), {"do": "undo", "back": "parts"})
    assert answer.url.startswith(_url("map_parts", row.key))
    assert JourneyMap.objects.get(pk=row.pk).content == row.content


def test_a_script_is_told_the_version_and_what_can_be_undone(client_of, ada, ben, row):
    cell = {"do": "set_cell", "column": _step(row), "lane": row.content["lanes"][0]}
    client = client_of(ada)
    answer = client.post(
        _url("map_change", row.key), {**cell, "text": "Finds us", "seen": 1}, headers={"Accept": JSON}
    )
    assert answer.json() == {"version": 2, "undo": "wrote under “Compares offers”", "redo": ""}
    answer = client_of(ben).post(
        _url("map_change", row.key), {**cell, "text": "Hears of us", "seen": 1}, headers={"Accept": JSON}
    )
    assert answer.status_code == 409
    told = answer.json()
    assert (told["code"], told["now"], told["version"], told["who"]) == (
        "edit_conflict",
        "Finds us",
        2,
        str(ada),
    )
    wrong = client.post(_url("map_change", row.key), {"do": "fly"}, headers={"Accept": JSON})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_values")
    services.archive_map(by=ada, map=row)
    gone = client.post(_url("map_change", row.key), {**cell, "text": "x"}, headers={"Accept": JSON})
    assert (gone.status_code, gone.json()["code"]) == (409, "map_archived")
    services.delete_map(by=ada, map=row)
    assert client.post(_url("map_change", row.key), cell, headers={"Accept": JSON}).status_code == 404


def test_without_a_script_a_refused_text_stays_and_can_replace_the_other(client_of, ada, ben, row):
    cell = {"do": "set_cell", "column": _step(row), "lane": row.content["lanes"][0], "seen": 1}
    client_of(ben).post(_url("map_change", row.key), {**cell, "text": "Ben's"})
    answer = client_of(ada).post(_url("map_change", row.key), {**cell, "text": "Ada's"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed this while you were writing" in page
    assert ">Ada&#x27;s</textarea>" in page
    assert 'name="seen" value="2"' in page
    client_of(ada).post(_url("map_change", row.key), {**cell, "text": "Ada's", "seen": 2})
    place = f"cell.{cell['column']}.{cell['lane']}"
    assert JourneyMap.objects.get(pk=row.pk).content[place] == "Ada's"


@pytest.mark.parametrize(
    "told",
    [
        {"do": "go_back", "version": "x"},
        {"do": "move_step", "by": "٣"},
        {"do": "move_step", "by": "1" * 12},
        {"do": "set_step", "emotion": "high"},
        {"do": "add_step", "name": "A", "seen": "-"},
        {},
    ],
)
def test_what_cannot_be_read_is_refused_in_words(client_of, ada, row, told):
    answer = client_of(ada).post(_url("map_change", row.key), {"step": _step(row), **told})
    assert answer.status_code == 422
    assert JourneyMap.objects.get(pk=row.pk).version == 1


def test_a_step_has_a_form_with_everything_on_it(client_of, ada, row):
    url = _url("step_edit", row.key, _step(row))
    page = client_of(ada).get(url)
    lane, stage = row.content["lanes"][0], row.content["stages"][1]
    typed = {
        "seen": _marks(page),
        "name": "Looks around",
        "stage": stage,
        "emotion": "-1",
        "touchpoints": ["bill"],
        "owner": "",
        "nested": "",
        f"lane_{lane}": "A good offer",
    }
    answer = client_of(ada).post(url, urlencode(typed, doseq=True), "application/x-www-form-urlencoded")
    assert answer.status_code == 302
    content = JourneyMap.objects.get(pk=row.pk).content
    key = _step(row)
    assert (content[f"name.{key}"], content[f"emotion.{key}"]) == ("Looks around", -1)
    assert content[f"touchpoints.{key}"] == ["bill"]
    assert content[f"cell.{key}.{lane}"] == "A good offer"
    assert content[f"order.{stage}"][-1] == key
    assert JourneyMap.objects.get(pk=row.pk).version == 2


def test_two_people_on_one_step_keep_what_they_typed(client_of, ada, ben, row):
    url, lane = _url("step_edit", row.key, _step(row)), row.content["lanes"][0]
    before = client_of(ada).get(url)
    typed = {
        "seen": _marks(before),
        "name": "Compares offers",
        "stage": row.content["stages"][0],
        "emotion": "",
    }
    services.edit_map(
        by=ben,
        map=row,
        doings=[
            Doing(do="set_cell", told={"column": _step(row), "lane": lane, "text": "Ben's"}),
            Doing(do="set_step", told={"step": _step(row), "emotion": 2}),
        ],
    )
    answer = client_of(ada).post(url, {**typed, f"lane_{lane}": "Ada's"})
    assert answer.status_code == 422
    assert "Stored now: Ben" in answer.content.decode()
    assert "Ada&#x27;s" in answer.content.decode()
    assert '<option value="2" selected>' in answer.content.decode()  # what was left as shown is taken over
    typed = {**typed, "emotion": "2", f"lane_{lane}": "Ada's", "seen": _marks(answer)}
    answer = client_of(ada).post(url, typed)
    content = JourneyMap.objects.get(pk=row.pk).content
    assert (content[f"cell.{_step(row)}.{lane}"], content[f"emotion.{_step(row)}"]) == ("Ada's", 2)


def test_a_file_is_shown_before_it_becomes_a_map(client_of, ada, row):
    file = SimpleUploadedFile("map.csv", b"stage,step,touchpoint,Wishes\nFirst,Ask,First bill,Speed\n")
    page = client_of(ada).post(_url("map_import"), {"file": file, "once": "a"})
    assert page.status_code == 200
    assert JourneyMap.objects.count() == 1
    table = page.context["table"]
    named = client_of(ada).post(_url("map_import"), {"table": table, "name": "", "once": "b"})
    assert named.status_code == 422
    answer = client_of(ada).post(_url("map_import"), {"table": table, "name": "From file", "once": "c"})
    assert answer.status_code == 302
    assert JourneyMap.objects.get(name="From file").uses.count() == 1
    bad = SimpleUploadedFile("map.csv", b"stage,step,touchpoint\nFirst,Ask,Nowhere\n")
    page = client_of(ada).post(_url("map_import"), {"file": bad, "once": "d"})
    assert page.status_code == 422
    assert "Line 2: there is no touchpoint “Nowhere”." in page.content.decode()


def test_a_map_that_was_taken_out_can_be_taken_in_again(client_of, ada, row):
    key, lane = _step(row), row.content["lanes"][0]
    services.edit_map(
        by=ada,
        map=row,
        doings=[
            Doing(do="set_step", told={"step": key, "touchpoints": ["bill"], "emotion": -2}),
            Doing(do="set_cell", told={"column": key, "lane": lane, "text": "=now"}),
        ],
    )
    answer = client_of(ada).get(_url("map_file", row.key, "xlsx"))
    content = b"".join(answer.streaming_content)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == [1, "Decide", "Compares offers", "bill"]
    copy = services.import_map(by=ada, values=services.MapValues(name="Again"), file=io.BytesIO(content))
    first = copy.content[f"order.{copy.content['stages'][0]}"][0]
    assert copy.content[f"emotion.{first}"] == -2
    assert copy.content[f"cell.{first}.{copy.content['lanes'][0]}"] == "=now"
    assert [copy.content[f"lane.{one}"]["kind"] for one in copy.content["lanes"]] == [
        row.content[f"lane.{one}"]["kind"] for one in row.content["lanes"]
    ]
    assert AuditEvent.objects.filter(verb="map.exported").count() == 1


def test_the_history_goes_back_and_the_comparison_says_what_differs(client_of, ada, row):
    services.edit_map(by=ada, map=row, doings=[Doing(do="remove_step", told={"step": _step(row)})])
    page = client_of(ada).get(_url("map_history", row.key)).content.decode()
    assert "removed the step “Compares offers”" in page
    client_of(ada).post(_url("map_change", row.key), {"do": "go_back", "version": "1"})
    assert JourneyMap.objects.get(pk=row.pk).content == row.content
    client_of(ada).post(_url("map_copy", row.key), {"future": "yes"})
    page = client_of(ada).get(_url("map_compare", row.key)).content.decode()
    assert "The two maps say the same." in page


def test_a_comment_that_says_nothing_comes_back(client_of, cleo, row):
    answer = client_of(cleo).post(_url("map_comment", row.key), {"text": " ", "once": "a"})
    assert answer.status_code == 422
    client_of(cleo).post(_url("map_comment", row.key), {"text": "Why?", "step": _step(row), "once": "b"})
    comment = MapComment.objects.get()
    assert (comment.author, comment.step) == (cleo, _step(row))
    client_of(cleo).post(_url("comment_resolve", row.key, comment.pk))
    assert MapComment.objects.get().resolved_at is not None
    client_of(cleo).post(_url("comment_resolve", row.key, comment.pk), {"again": "yes"})
    assert MapComment.objects.get().resolved_at is None


# --- API ----------------------------------------------------------------------------------------


def test_a_program_draws_a_map_by_operations(client_of, ada):
    client = client_of(ada)
    made = client.post(f"{BASE}/", {"name": "Delivery"}, JSON).json()
    stage = made["stages"][0]["key"]
    sent = {
        "version": made["version"],
        "operations": [
            {"do": "add_step", "stage": stage, "name": "Waits"},
            {"do": "add_lane", "kind": "own", "name": "Wishes"},
        ],
    }
    drawn = client.post(f"{BASE}/delivery/changes/", sent, JSON).json()
    (step,) = drawn["stages"][0]["steps"]
    lane = drawn["lanes"][-1]["key"]
    told = {"operations": [
        {"do": "set_step", "step": step["key"], "emotion": -2},
        {"do": "set_cell", "column": step["key"], "lane": lane, "text": "Soon"},
    ]}  # fmt: skip
    drawn = client.post(f"{BASE}/delivery/changes/", told, JSON).json()
    assert drawn["stages"][0]["steps"][0]["emotion"] == -2
    assert drawn["stages"][0]["steps"][0]["cells"] == {lane: "Soon"}
    taken = {"operations": [{"do": "set_step", "step": step["key"], "emotion": None}]}
    assert (
        client.post(f"{BASE}/delivery/changes/", taken, JSON).json()["stages"][0]["steps"][0]["emotion"]
        is None
    )
    assert client.post(f"{BASE}/delivery/undo/").json()["stages"][0]["steps"][0]["emotion"] == -2
    assert client.post(f"{BASE}/delivery/redo/").json()["stages"][0]["steps"][0]["emotion"] is None
    assert client.post(f"{BASE}/delivery/go-back/", {"version": 1}, JSON).json()["stages"][0]["steps"] == []
    assert len(client.get(f"{BASE}/delivery/history/").json()) == 7


def test_a_program_is_told_what_is_wrong_by_name(client_of, ada, ben, row):
    client = client_of(ada)
    for sent, field in (
        ({"operations": []}, "operations"),
        ({"operations": [{"do": "set_cell", "column": "gone", "lane": "l1-1", "text": "a"}]}, "column"),
        ({"operations": [{"do": "add_stage", "name": "A", "text": "b"}]}, "text"),
        ({"operations": [{"do": "add_stage", "name": "A"}], "colour": "red"}, "colour"),
    ):
        answer = client.post(f"{BASE}/{row.key}/changes/", sent, JSON)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    place = {"do": "set_cell", "column": _step(row), "lane": row.content["lanes"][0]}
    client_of(ben).post(f"{BASE}/{row.key}/changes/", {"operations": [{**place, "text": "B"}]}, JSON)
    answer = client.post(
        f"{BASE}/{row.key}/changes/", {"version": 1, "operations": [{**place, "text": "A"}]}, JSON
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "edit_conflict")


def test_a_program_names_copies_archives_and_deletes_maps(client_of, ada, dora, row):
    client = client_of(ada)
    read = client.get(f"{BASE}/{row.key}/").json()
    changed = client.patch(f"{BASE}/{row.key}/", {"persona": "Firm"}, JSON)
    assert (changed.json()["persona"], changed.json()["name"]) == ("Firm", read["name"])
    future = client.post(f"{BASE}/{row.key}/copy/", {"as_future": True}, JSON).json()
    assert (future["state"], future["today"]) == ("future", row.key)
    assert client.delete(f"{BASE}/{row.key}/").json()["code"] == "map_in_use"
    assert client.post(f"{BASE}/{row.key}/archive/").json()["is_archived"]
    assert not client.post(f"{BASE}/{row.key}/restore/").json()["is_archived"]
    client.post(f"{BASE}/{row.key}/archive/")
    assert client.delete(f"{BASE}/{row.key}/").status_code == 204
    assert [one["key"] for one in client.get(f"{BASE}/").json()["results"]] == [future["key"]]
    said = client.post(f"{BASE}/{future['key']}/comment/", {"text": "So?", "mentioned": [ada.pk]}, JSON)
    assert (said.status_code, said.json()["mentioned"]) == (201, [ada.pk])
    theirs = client.post(f"{BASE}/{future['key']}/comment/", {"text": "So?", "mentioned": [dora.pk]}, JSON)
    assert (theirs.status_code, list(theirs.json()["errors"])) == (422, ["mentioned"])
    assert len(client.get(f"{BASE}/{future['key']}/comments/").json()) == 1


def _chinese(letters):
    lanes = ",".join(["很" * letters] * 10)
    lines = [
        "stage,step," + ",".join(f"lane {n}" for n in range(10)),
        *[f"买,步骤{n},{lanes}" for n in range(300)],
    ]
    return SimpleUploadedFile("map.csv", "\n".join(lines).encode())


def test_a_long_table_in_chinese_can_be_confirmed_as_the_page_sends_it(client_of, ada):
    client = client_of(ada)
    page = client.post(_url("map_import"), {"file": _chinese(250)})
    assert 'enctype="multipart/form-data"' in page.content.decode()
    # the client of the tests sends forms in parts, as this one says
    answer = client.post(_url("map_import"), {"table": page.context["table"], "name": "很长"})
    assert answer.status_code == 302
    assert len(JourneyMap.objects.get(name="很长").content["stages"]) == 1


def test_a_table_that_could_not_be_confirmed_is_refused_at_once(client_of, ada):
    page = client_of(ada).post(_url("map_import"), {"file": _chinese(400)})
    assert page.status_code == 422
    assert "more than 3 MB of text" in page.content.decode()


def test_a_double_click_makes_one_copy(client_of, ada, row):
    address = reverse("maps:map_copy", args=["northwind", row.key])
    first = client_of(ada).post(address, {"once": "same"})
    again = client_of(ada).post(address, {"once": "same"})
    assert first.url == again.url
    assert JourneyMap.objects.count() == 2
    client_of(ada).post(address, {"once": "another"})
    client_of(ada).post(address, {"once": "same", "future": "yes"})
    assert JourneyMap.objects.count() == 4


def test_lanes_with_names_and_stages_without_steps_come_back_as_they_were(ada):
    row = services.new_map(by=ada, values=services.MapValues(name="Out and in"))
    stage = row.content["stages"][0]
    told = [
        *(("pain", "Anger"), ("own", "Goal"), ("own", "Law"), ("own", "Number"), ("own", "pain: mine")),
        ("ideas", "Later ones"),
    ]
    doings = [Doing(do="add_lane", told={"kind": kind, "name": name}) for kind, name in told]
    doings.append(Doing(do="add_step", told={"stage": stage, "name": "Buys"}))
    row = services.edit_map(by=ada, map=row, doings=doings)
    row = services.edit_map(by=ada, map=row, doings=[Doing(do="add_stage", told={"name": "Later"})])
    later = row.content["stages"][-1]
    lane = row.content["lanes"][-1]
    row = services.edit_map(
        by=ada, map=row, doings=[Doing(do="set_cell", told={"column": later, "lane": lane, "text": "Soon"})]
    )
    table = map_download(map_view(row))
    assert table.count() == 2
    file = io.BytesIO(csv_text(table.header, table.rows()).encode())
    again = services.import_map(by=ada, values=services.MapValues(name="Again"), file=file)

    def drawn(one):
        drawing = drawing_of(one.content)
        return (
            [(lane.kind, lane.name) for lane in drawing.lanes],
            [(stage.name, [step.name for step in stage.steps]) for stage in drawing.stages],
            sorted(drawing.cells.values()),
        )

    assert drawn(again) == drawn(row)
    assert ("Later", []) in drawn(again)[1]
    assert drawn(again)[2] == ["Soon"]
