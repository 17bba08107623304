"""A whole map as SVG and PNG, on the page and by API; a map from a file by API."""

import io
import re
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from fontTools.ttLib import TTFont
from PIL import Image

from accounts.models import AuditEvent
from common.errors import DomainError
from common.jobs import JobState
from cxcharts.board import FONT, Band, Board, Words, draw_board
from journeys.maps import services
from journeys.maps.models import JourneyMap, MapSheet
from journeys.maps.operations import Doing
from overview.selectors.maps import map_flow, map_page
from overview.sheets import _pixels, draw_sheet, picture_of_sheet
from tests.factories.customer_voice import TouchpointFactory

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenlos"
FONT_FILE = "node_modules/@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2"
API = "/api/v1/o/northwind/journey-maps/"


def texts_of(svg):
    """Every drawn line, in the order of the file, read by an XML parser of its own."""
    return [one.text or "" for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def drawn(ada, organization):
    TouchpointFactory(organization=organization, key="shop", name="Shop")
    row = services.new_map(by=ada, values=services.MapValues(name="Onboarding <& more>", persona="Firm"))
    stage = row.content["stages"][0]
    add = [
        Doing(do="add_step", told={"stage": stage, "name": name})
        for name in ("Buys", LONG, "等待安装人员上门")
    ]
    add += [
        Doing(do="rename_stage", told={"stage": stage, "name": "First days"}),
        Doing(do="add_lane", told={"kind": "pain"}),
        Doing(do="add_stage", told={"name": "Nothing here"}),
    ]
    row = services.edit_map(by=ada, map=row, doings=add)
    buys = row.content[f"order.{stage}"][0]
    lane = row.content["lanes"][-1]
    told = {"step": buys, "touchpoints": ["shop"], "emotion": -1}
    cell = {"column": buys, "lane": lane, "text": "Nobody calls back\nTwo forms"}
    return services.edit_map(
        by=ada, map=row, doings=[Doing(do="set_step", told=told), Doing(do="set_cell", told=cell)]
    )


def sheet_of(ada, row, **more):
    return services.request_sheet(
        by=ada, map=row, **{"size": "a3", "language": "en", "format": "svg", **more}
    )


def test_the_picture_says_what_the_map_says_as_text(ada, drawn):
    content, pages = draw_sheet(sheet_of(ada, drawn))
    texts = texts_of(content)
    assert pages == 1
    assert texts[0] == "Onboarding <& more>"
    for said in (
        "First days",
        "Nothing here",
        "1 Buys",
        "Shop (Other)",
        "−1 Bad",
        "Nobody calls back",
        "Two forms",
    ):
        assert said in texts
    assert LONG in "".join(texts)  # in several lines, one after the other
    assert "3 等待安装人员上门" in "".join(texts)
    assert "Pain points" in texts


def test_no_line_of_a_cell_is_wider_than_its_column():
    word = "W" * 60
    band = Band(
        corner=("Stage", "Step"),
        stages=((LONG, 1), ("中" * 40, 1)),
        names=(word, "中" * 40),
        rows=(("A row " * 8, ((Words(text=word),), ())),),
    )
    svg = draw_board(Board(title="T", line="", sentence="", description="", bands=(band,)))
    root = ElementTree.fromstring(svg)
    ns = "{http://www.w3.org/2000/svg}"
    bottom = float(root.get("height"))
    seen = [one for one in root.iter(f"{ns}text") if float(one.get("font-size")) < 12]
    assert max(len(one.text) for one in seen if set(one.text) == {"W"}) * 11.5 * 0.9 <= 150
    assert max(len(one.text) for one in seen if set(one.text) == {"中"}) * 11.5 <= 150
    assert sum(one.text.count("W") for one in seen) == 120  # the name and the cell: no letter is lost
    assert sum(one.text.count("中") for one in seen) == 80
    rects = [
        (float(one.get("y")), float(one.get("height"))) for one in root.iter(f"{ns}rect") if one.get("y")
    ]
    assert max(top + height for top, height in rects) <= bottom
    for text in seen:  # each line stands inside one of the boxes
        y = float(text.get("y"))
        assert any(top < y <= top + height for top, height in rects)


def test_a_chinese_picture_is_chinese(ada, drawn):
    with translation.override("zh-hans"):
        svg = picture_of_sheet(sheet_of(ada, drawn), map_page(ada, drawn), map_flow(ada, drawn))
    texts = texts_of(svg)
    for said in ("阶段", "步骤", "痛点"):
        assert said in texts
    assert "Noto Sans CJK SC" in svg


def test_a_png_has_the_size_of_the_picture_twice_and_a_huge_one_is_refused(ada, drawn):
    content, _pages = draw_sheet(sheet_of(ada, drawn, format="png"))
    svg = draw_sheet(sheet_of(ada, drawn))[0].decode()
    wide, tall = (float(value) for value in re.findall(r'(?:width|height)="([\d.]+)"', svg)[:2])
    picture = Image.open(io.BytesIO(content))
    assert abs(picture.width - 2 * wide) <= 1
    assert abs(picture.height - 2 * tall) <= 1
    assert len(set(picture.convert("L").resize((50, 50)).get_flattened_data())) > 3  # something is drawn
    with pytest.raises(DomainError, match="too large"):
        _pixels('<svg width="4000" height="40000" viewBox="0 0 4000 40000"></svg>')


def test_a_picture_is_asked_for_on_the_page_and_fetched(client_of, ada, drawn):
    address = reverse("overview:map_sheet", args=["northwind", drawn.key])
    client = client_of(ada)
    assert 'value="svg" selected' in client.get(address, {"format": "svg"}).content.decode()
    assert (
        client.post(address, {"format": "gif", "size": "a4", "language": "en", "once": "x"}).status_code
        == 422
    )
    client.post(address, {"format": "svg", "size": "a4", "language": "en", "once": "y"})
    sheet = MapSheet.objects.get()
    assert services.make_sheet(sheet=sheet, draw=draw_sheet)
    page = client.get(
        reverse("overview:sheet_detail", args=["northwind", drawn.key, sheet.pk])
    ).content.decode()
    assert "Download the picture" in page
    answer = client.get(reverse("overview:sheet_file", args=["northwind", drawn.key, sheet.pk]))
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{drawn.key}.svg"'
    assert "1 Buys" in texts_of(b"".join(answer.streaming_content))
    event = AuditEvent.objects.filter(verb="map.exported").get()
    assert event.after["format"] == "svg"


def test_a_map_is_drawn_by_api_as_pdf_and_fetched_by_who_asked(api_of, ada, ben, drawn):
    address = f"{API}{drawn.key}/sheets/"
    refused = api_of(ada).post(address, {"format": "doc"}, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["format"])
    answer = api_of(ada).post(address, {"format": "pdf", "size": "a4"}, format="json")
    assert answer.status_code == 202
    told = answer.json()
    assert {**told, "id": 0} == {
        "id": 0,
        "format": "pdf",
        "size": "a4",
        "language": "en",
        "version": drawn.version,
        "state": "queued",
        "progress": 0,
        "pages": 0,
        "failure": "",
    }
    one = f"{address}{told['id']}/"
    assert api_of(ada).get(f"{one}file/").status_code == 404
    assert services.make_sheet(sheet=MapSheet.objects.get(), draw=draw_sheet)
    done = api_of(ada).get(one).json()
    assert (done["state"], done["pages"]) == (JobState.DONE, 1)
    file = api_of(ada).get(f"{one}file/")
    assert b"".join(file.streaming_content)[:5] == b"%PDF-"
    assert api_of(ben).get(one).status_code == 404
    assert api_of(ben).get(f"{one}file/").status_code == 404


def test_a_map_comes_from_a_file_by_api(api_of, ada, cleo, organization):
    TouchpointFactory(organization=organization, key="shop", name="Shop")
    table = "stage,step,touchpoint,emotion,pain\nStart,Buys,Shop,-1,Nobody calls\nStart,Waits,,,\n"
    table += "End,Leaves,,2,\n"

    def send(api, text, **more):
        file = SimpleUploadedFile("map.csv", text.encode())
        return api.post(f"{API}import/", {"file": file, **more}, format="multipart")

    checked = send(api_of(ada), table, check="true")
    assert (checked.status_code, checked.json()) == (200, {"stages": 2, "steps": 3, "lanes": 1, "linked": 1})
    assert not JourneyMap.objects.exists()
    assert send(api_of(ada), table).status_code == 422  # it needs a name
    wrong = send(api_of(ada), table.replace("Shop", "Moon"), name="From a file")
    assert wrong.status_code == 422
    assert any("Moon" in str(text) for text in wrong.json()["errors"].values())
    assert not JourneyMap.objects.exists()
    made = send(api_of(ada), table, name="From a file", persona="Firm")
    assert made.status_code == 201
    told = made.json()
    assert [(s["name"], [p["name"] for p in s["steps"]]) for s in told["stages"]] == [
        ("Start", ["Buys", "Waits"]),
        ("End", ["Leaves"]),
    ]
    assert told["stages"][0]["steps"][0]["touchpoints"] == ["shop"]
    assert told["stages"][0]["steps"][0]["emotion"] == -1
    assert list(told["stages"][0]["steps"][0]["cells"].values()) == ["Nobody calls"]
    assert send(api_of(cleo), table, name="Mine").status_code == 403


def _ink(svg):
    """Where there is ink, from left to right, in a picture of one line."""
    image = Image.open(io.BytesIO(_pixels(svg))).convert("L")
    lines = [image.getpixel((x, y)) < 128 for x in range(image.width) for y in range(image.height)]
    return image.height, lines


def test_pixels_are_drawn_with_our_font_whatever_the_machine_has():
    """An English quotation mark is as narrow as our font has it; a Chinese font gives it a whole sign."""

    def width(text):
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60" viewBox="0 0 400 60">'
            '<rect width="400" height="60" fill="#fff"/>'
            f'<text x="4" y="40" font-size="30" font-family="{FONT}">{text}</text></svg>'
        )
        height, ink = _ink(drawing)
        columns = [any(ink[x * height : (x + 1) * height]) for x in range(len(ink) // height)]
        return max(x for x, is_there in enumerate(columns) if is_there)

    plain, quoted = width("ll"), width("l\u201cl")
    advance = TTFont(FONT_FILE)["hmtx"]["quotedblleft"][0] / 1000 * 30 * 2  # 30 px, two pixels for each
    assert abs(quoted - plain - advance) <= 2
