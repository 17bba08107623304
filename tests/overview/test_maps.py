"""A map with what is live on it: figures, both curves, where it hurts, the draft, the sheet."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import save_function
from coalition.choices import UnitSelection
from coalition.models import Initiative
from common.jobs import JobState
from customer_voice.services import rebuild_rollup
from journeys import services as inventory
from journeys.maps import services
from journeys.maps.models import JourneyMap, MapSheet
from journeys.maps.operations import Doing
from overview.selectors.maps import LiveCut, map_flow, map_page, step_seed
from overview.sheets import draw_sheet, html_of_sheet, sheets_of
from tests.factories.coalition import InitiativeFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory, many_feedback

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def do(what, **told):
    return Doing(do=what, told=told)


MONTHS = ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")


def heard(metric, touchpoint, scores, *, months=MONTHS, **more):
    for month in months:
        noon = datetime.fromisoformat(f"{month}-15T12:00:00+00:00")
        each = [
            {"score": score, "occurred_at": noon + timedelta(minutes=number)}
            for number, score in enumerate(scores)
        ]
        many_feedback(metric=metric, touchpoint=touchpoint, each=each, **more)


def map_of(ada, *steps, name="Onboarding"):
    """One stage; of each step its name, touchpoint and emotion."""
    row = services.new_map(by=ada, values=services.MapValues(name=name, persona="Firm"))
    stage = row.content["stages"][0]
    for title, touchpoint, emotion in steps:
        row = services.edit_map(by=ada, map=row, doings=[do("add_step", stage=stage, name=title)])
        key = row.content[f"order.{stage}"][-1]
        told = {"touchpoints": [touchpoint.key] if touchpoint else [], "emotion": emotion}
        row = services.edit_map(by=ada, map=row, doings=[do("set_step", step=key, **told)])
    return row


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


@pytest.fixture
def points(organization):
    return [
        TouchpointFactory(organization=organization, key=key, name=key.capitalize())
        for key in ("shop", "visit", "bill")
    ]


@pytest.fixture
def drawn(ada, organization, nps, points):
    """Shop: half promoters, no detractors (NPS 50). Visit: three quarters detractors (NPS -75). Bill: three
    answers."""
    shop, visit, bill = points
    heard(nps, shop, [9] * 20 + [8] * 20)
    heard(nps, visit, [2] * 30 + [8] * 10)
    heard(nps, bill, [2] * 3, months=("2026-02",))
    rebuild_rollup(organization=organization)
    return map_of(ada, ("Buys", shop, 1), ("Waits", visit, 1), ("Pays", bill, -1), ("Thinks", None, 0))


def test_each_step_says_what_customers_say_there(ada, drawn):
    page = map_page(ada, drawn)
    buys, waits, pays, thinks = page.steps
    assert (buys.lines[0].value, waits.lines[0].value) == ("50", "−75")
    assert waits.lines[0].n == "120 answers"
    assert waits.lines[0].interval.startswith("−8")
    assert pays.lines[0].is_few
    assert (pays.lines[0].value, pays.lines[0].n) == ("", "3 answers")
    assert thinks.lines == ()
    assert page.unheard == 1


def test_it_hurts_most_where_most_is_lost(ada, drawn):
    page = map_page(ada, drawn)
    # of -100..100: short by 50/200 and 175/200 with as many answers each: 0.25 and 0.875 of 1.125
    assert [(line.step.view.step.name, line.share) for line in page.hurts] == [
        ("Waits", "78%"),
        ("Buys", "22%"),
    ]
    assert page.sentence.startswith("It hurts most at “Waits”: NPS® is −75 there (")
    assert "No initiative is under way there." in page.sentence
    assert not page.has_contributions


def test_where_drawing_and_customers_disagree_is_said(ada, drawn):
    (said,) = map_page(
        ada, drawn
    ).disagreements  # 50 is +1 as drawn; -75 is -1.5, drawn as +1; 3 answers: nothing
    assert said.startswith("“Waits” is drawn as “Good”, but customers rate it worse: NPS® −75 (")
    chart = map_page(ada, drawn).drawing
    assert chart.title == "The drawing and the customers disagree at: Waits"
    assert "too few answers" in chart.alternative
    assert [row[2].text for row in chart.table.rows] == ["+1", "+1", "−1", "0"]


def test_initiatives_that_go_on_are_shown_and_given_up_ones_are_not(ada, organization, drawn, points):
    running = InitiativeFactory(organization=organization, number=7)
    running.touchpoints.add(points[1])
    gone = InitiativeFactory(organization=organization, number=8, state="cancelled")
    gone.touchpoints.add(points[1])
    page = map_page(ada, drawn)
    assert [one.number for one in page.steps[1].initiatives] == [7]
    assert "No initiative is under way there." not in page.sentence


def test_a_segment_narrows_every_figure(ada, organization, nps, points):
    heard(nps, points[0], [9] * 10, segment="Home")
    heard(nps, points[0], [2] * 10, segment="Firm")
    rebuild_rollup(organization=organization)
    row = map_of(ada, ("Buys", points[0], None))
    assert map_page(ada, row).steps[0].lines[0].value == "0"
    assert map_page(ada, row, LiveCut(segment="Home")).steps[0].lines[0].value == "100"
    assert map_page(ada, row, LiveCut(segment="Firm")).steps[0].lines[0].value == "−100"


def test_the_curve_is_drawn_of_one_metric_and_one_can_choose_which(ada, organization, nps, points):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    shop, visit, _bill = points
    heard(nps, shop, [9] * 30)
    heard(csat, shop, [5] * 6)
    heard(csat, visit, [1] * 10)
    rebuild_rollup(organization=organization)
    row = map_of(ada, ("Buys", shop, None), ("Waits", visit, None))
    page = map_page(ada, row)
    assert (page.metric, page.unheard) == (nps, 1)
    assert [step.lines[0].metric.key for step in page.steps] == ["nps", "csat_5"]
    other = map_page(ada, row, LiveCut(metric="csat_5"))
    assert (other.metric, other.unheard) == (csat, 0)
    assert [step.lines[0].metric.key for step in other.steps] == ["csat_5", "csat_5"]
    assert map_page(ada, row, LiveCut(metric="nothing")).metric == nps


def test_a_retired_metric_is_named_where_nothing_else_is_heard(
    client_of, api_of, ada, organization, drawn, nps, points
):
    nps.is_retired, nps.data_until = True, datetime.fromisoformat("2026-02-28T12:00:00+00:00")
    nps.save()
    page = map_page(ada, drawn)
    assert all(step.lines == () for step in page.steps)
    assert page.sentence == "No answers from customers at the touchpoints of this map yet."
    assert [step.retired for step in page.steps] == [(nps,), (nps,), (nps,), ()]
    shown = client_of(ada).get(reverse("overview:map_detail", args=["northwind", drawn.key])).text
    assert "retired; answers until Feb 28, 2026" in " ".join(shown.split())
    sheet = services.request_sheet(by=ada, map=drawn, size="a4", language="en")
    assert "retired; answers until Feb 28, 2026" in " ".join(
        html_of_sheet(sheet, page, map_flow(ada, drawn)).split()
    )
    live = api_of(ada).get(f"/api/v1/o/northwind/journey-maps/{drawn.key}/live/").json()
    assert [step["retired"] for step in live["steps"]] == [["nps"], ["nps"], ["nps"], []]

    other = MetricDefinitionFactory(organization=organization, key="csat_5")
    heard(other, points[0], [5] * 40)
    rebuild_rollup(organization=organization)
    assert [step.retired for step in map_page(ada, drawn).steps] == [(), (nps,), (nps,), ()]


def test_other_organizations_say_nothing_here(ada, dora, drawn, points):
    theirs = TouchpointFactory(organization=dora.organization, key="shop")
    metric = MetricDefinitionFactory(organization=dora.organization, key="nps")
    heard(metric, theirs, [0] * 50)
    rebuild_rollup(organization=dora.organization)
    assert map_page(ada, drawn).steps[0].lines[0].value == "50"


def test_the_page_asks_as_many_questions_for_sixty_steps_as_for_three(client_of, ada, drawn, points):
    stage = drawn.content["stages"][0]
    address = reverse("overview:map_detail", args=["northwind", drawn.key])
    client = client_of(ada)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    doings = [do("add_step", stage=stage, name=f"Step {number}") for number in range(60)]
    row = services.edit_map(by=ada, map=drawn, doings=doings)
    keys = row.content[f"order.{stage}"][4:]
    told = [
        do("set_step", step=key, touchpoints=[points[n % 3].key], emotion=0) for n, key in enumerate(keys)
    ]
    services.edit_map(by=ada, map=row, doings=told)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few)


# --- the draft ----------------------------------------------------------------------------------


def test_a_draft_takes_problem_evidence_and_baseline_along(client_of, ada, organization, drawn, nps, points):
    step = drawn.content[f"order.{drawn.content['stages'][0]}"][1]
    row = services.edit_map(by=ada, map=drawn, doings=[do("add_lane", kind="pain")])
    lane = next(key for key in row.content["lanes"] if row.content[f"lane.{key}"]["kind"] == "pain")
    services.edit_map(
        by=ada, map=row, doings=[do("set_cell", column=step, lane=lane, text="Nobody calls back")]
    )
    url = reverse("overview:map_draft", args=["northwind", drawn.key, step])
    answer = client_of(ada).post(url)
    initiative = Initiative.objects.get()
    assert answer.url == reverse("coalition:initiative_detail", args=["northwind", initiative.number])
    assert initiative.title == "Improve “Waits”"
    assert list(initiative.touchpoints.all()) == [points[1]]
    for said in ("“Onboarding”", "NPS® is −75", "120 answers", "78%", "Nobody calls back"):
        assert said in initiative.problem
    plan = initiative.plan
    assert (plan.metric, plan.selection, plan.direction) == (nps, UnitSelection.WORST_SCORES, "up")
    # the last three complete months chose it, and the baseline begins a year before them
    assert (plan.selected_from.isoformat(), plan.selected_until.isoformat()) == ("2025-11-01", "2026-01-31")
    assert plan.baseline_from.isoformat() == "2024-11-01"
    client_of(ada).post(url)
    assert Initiative.objects.count() == 1


def test_a_step_without_a_touchpoint_gives_no_draft(client_of, ada, ben, drawn, points):
    stage = drawn.content["stages"][0]
    thinks, buys = drawn.content[f"order.{stage}"][3], drawn.content[f"order.{stage}"][0]
    assert step_seed(ada, drawn, thinks) is None
    url = reverse("overview:map_draft", args=["northwind", drawn.key, thinks])
    assert client_of(ada).post(url).status_code == 302
    gone = reverse("overview:map_draft", args=["northwind", drawn.key, "gone"])
    assert client_of(ada).post(gone).status_code == 404
    inventory.archive_touchpoint(by=ada, touchpoint=points[0])
    assert step_seed(ada, drawn, buys) is None
    assert not Initiative.objects.exists()


# --- the page -----------------------------------------------------------------------------------


def test_the_page_names_what_is_wrong_under_a_step(client_of, ada, cleo, drawn, points):
    inventory.archive_touchpoint(by=ada, touchpoint=points[0])
    inner = services.new_map(by=ada, values=services.MapValues(name="Inner"))
    step = drawn.content[f"order.{drawn.content['stages'][0]}"][1]
    services.edit_map(by=ada, map=drawn, doings=[do("set_step", step=step, nested=inner.key)])
    services.archive_map(by=ada, map=inner)
    services.delete_map(by=ada, map=inner)
    page = client_of(cleo).get(reverse("overview:map_detail", args=["northwind", drawn.key])).content.decode()
    assert "archived" in page
    assert "map gone" in page
    assert "too few answers" in page
    assert "data-change-url" not in page
    assert "map_editor" not in page


def test_a_stage_without_steps_and_long_words_have_their_place(client_of, ada, drawn):
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
    services.edit_map(by=ada, map=drawn, doings=[do("add_stage", name=word)])
    page = client_of(ada).get(reverse("overview:map_detail", args=["northwind", drawn.key])).content.decode()
    assert word in page
    assert page.count("No step yet") == 1
    address = reverse("overview:map_detail", args=["northwind", drawn.key])
    assert "No step yet" in client_of(ada).get(address, {"view": "text"}).content.decode()


def test_a_phone_asks_for_the_stages_folded_and_as_text_they_are_open(client_of, ada, drawn):
    services.edit_map(by=ada, map=drawn, doings=[do("add_stage", name="Second")])
    address = reverse("overview:map_detail", args=["northwind", drawn.key])
    page = client_of(ada).get(address, {"span": "quarter"}).content.decode()
    assert "map-fold" not in page
    # the piece is asked for with the filters of the page; without scripts it is a link to the page as text
    assert 'data-hx-get="?span=quarter&amp;view=text"' in page
    assert 'href="?span=quarter&amp;view=text#map"' in page
    piece = client_of(ada).get(address, {"view": "text"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert piece.count("map-fold") == 2
    assert piece.count('map-fold" open') == 1
    assert "4 steps" in piece
    assert client_of(ada).get(address, {"view": "text"}).content.decode().count('map-fold" open') == 2


def test_cells_hold_what_the_editor_needs_and_no_markup_of_anybody(client_of, ada, cleo, drawn, points):
    stage = drawn.content["stages"][0]
    buys, waits, _pays, thinks = drawn.content[f"order.{stage}"]
    row = services.edit_map(by=ada, map=drawn, doings=[do("add_lane", kind="pain")])
    lane = row.content["lanes"][-1]
    bad = '"><b>x</b>'
    told = [
        do("set_cell", column=buys, lane=lane, text=f"One\n{bad}"),
        do("set_step", step=waits, name=bad),
        do("add_stage", name="Second"),
    ]
    services.edit_map(by=ada, map=row, doings=told)
    address = reverse("overview:map_detail", args=["northwind", drawn.key])
    page = client_of(ada).get(address).content.decode()
    escaped = "&quot;&gt;&lt;b&gt;x&lt;/b&gt;"
    assert "<b>x</b>" not in page
    assert (
        f'data-at="cell.{buys}.{lane}" data-column="{buys}" data-lane="{lane}" '
        f'data-text="One\n{escaped}">One<br>{escaped}</td>'
    ) in page
    assert f'data-at="step.{waits}" data-step="{waits}" data-stage="{stage}" data-text="{escaped}">' in page
    assert f'data-at="emotion.{buys}" data-step="{buys}" data-stage="{stage}" data-text="1"' in page
    assert f'data-at="emotion.{thinks}" data-step="{thinks}" data-stage="{stage}" data-text="0"' in page
    change = (
        f'href="{reverse("maps:step_edit", args=["northwind", drawn.key, thinks])}">Link a touchpoint</a>'
    )
    assert change in page
    assert "/steps/" not in client_of(cleo).get(address).content.decode()


def test_steps_of_one_touchpoint_have_each_their_own_owner_on_the_page(client_of, ada, drawn, points):
    care, sales = save_function(by=ada, name="Care"), save_function(by=ada, name="Sales")
    stage = drawn.content["stages"][0]
    buys, waits = drawn.content[f"order.{stage}"][:2]
    told = [
        do("set_step", step=buys, touchpoints=["shop"], owner=care.key),
        do("set_step", step=waits, touchpoints=["shop"], owner=sales.key),
    ]
    services.edit_map(by=ada, map=drawn, doings=told)
    page = client_of(ada).get(reverse("overview:map_detail", args=["northwind", drawn.key])).content.decode()
    owners = {
        step: " ".join(page.split(f'data-at="owner.{step}"')[1].split("</td>")[0].split()[2:])
        for step in (buys, waits)
    }
    assert owners[buys].endswith("Care")
    assert owners[waits].endswith("Sales")


def test_kept_figures_are_those_of_the_newest_count(ada, organization, nps, points):
    shop = points[0]
    heard(nps, shop, [9] * 10)
    rebuild_rollup(organization=organization)
    row = map_of(ada, ("Buys", shop, None))
    assert map_page(ada, row).steps[0].lines[0].value == "100"
    assert map_page(ada, row).steps[0].lines[0].value == "100"  # from what was kept
    heard(nps, shop, [2] * 10)
    rebuild_rollup(organization=organization)
    inventory.save_touchpoint(by=ada, touchpoint=shop, name="Store")
    line = map_page(ada, row).steps[0].lines[0]
    assert (line.value, line.touchpoint.name) == ("0", "Store")


# --- the sheet ----------------------------------------------------------------------------------


def test_a_sheet_breaks_between_stages_and_cuts_no_step(ada):
    row = services.new_map(by=ada, values=services.MapValues(name="Long"))
    first = row.content["stages"][0]
    doings = [do("add_step", stage=first, name=f"A{n}") for n in range(12)]
    row = services.edit_map(by=ada, map=row, doings=[*doings, do("add_stage", name="Second")])
    second = row.content["stages"][1]
    doings = [do("add_step", stage=second, name=f"B{n}") for n in range(20)]
    row = services.edit_map(by=ada, map=row, doings=[*doings, do("add_stage", name="Empty")])
    sheets = sheets_of(map_page(ada, row), most=16)
    assert [[name for name, _width in sheet.stages] for sheet in sheets] == [
        [str(row.content[f"stage.{first}"])],
        ["Second"],
        ["Second", "Empty"],
    ]
    assert [len(sheet.columns) for sheet in sheets] == [12, 16, 5]
    names = [column.step.view.step.name for sheet in sheets for column in sheet.columns if column.step]
    assert names == [f"A{n}" for n in range(12)] + [f"B{n}" for n in range(20)]


def test_a_sheet_is_asked_for_drawn_and_fetched_by_who_asked(client_of, ada, ben, drawn):
    address = reverse("overview:map_sheet", args=["northwind", drawn.key])
    assert (
        client_of(ada)
        .post(address, {"format": "pdf", "size": "a9", "language": "en", "once": "x"})
        .status_code
        == 422
    )
    answer = client_of(ada).post(address, {"format": "pdf", "size": "a4", "language": "en", "once": "y"})
    sheet = MapSheet.objects.get()
    assert answer.url == reverse("overview:sheet_detail", args=["northwind", drawn.key, sheet.pk])
    file = reverse("overview:sheet_file", args=["northwind", drawn.key, sheet.pk])
    assert client_of(ada).get(file).status_code == 404  # not drawn yet
    assert services.make_sheet(sheet=sheet, draw=lambda _sheet: (b"%PDF-1", 2))
    sheet.refresh_from_db()
    assert (sheet.job_state, sheet.pages) == (JobState.DONE, 2)
    assert b"".join(client_of(ada).get(file).streaming_content) == b"%PDF-1"
    assert client_of(ben).get(file).status_code == 404
    services.request_sheet(by=ada, map=drawn, size="a3", language="en")
    assert [one.size for one in MapSheet.objects.all()] == ["a3"]


def test_the_sheet_says_what_the_page_says(ada, drawn):
    sheet = services.request_sheet(by=ada, map=drawn, size="a3", language="en")
    html = html_of_sheet(sheet, map_page(ada, drawn), map_flow(ada, drawn))
    for said in ("It hurts most at", "Waits", "−75", "too few answers", "Shop (Other)", "<svg"):
        assert said in html
    content, pages = draw_sheet(sheet)
    assert (content[:5], pages) == (b"%PDF-", 1)


def test_a_function_s_name_stands_as_owner(ada, organization, drawn, points):
    care = save_function(by=ada, name="Care")
    inventory.save_touchpoint(by=ada, touchpoint=points[0], name="Shop", owner_function=care)
    assert map_page(ada, JourneyMap.objects.get(pk=drawn.pk)).steps[0].view.owner == "Care"
