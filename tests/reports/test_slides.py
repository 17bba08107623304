"""Documents as slides: charts that can be edited, notes, the organization's own look and template."""

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from accounts.models import AuditEvent
from accounts.services import save_branding
from coalition.models import Initiative
from common.errors import InvalidValues
from common.jobs import JobState
from reports import services
from reports.documents.slides import deck_of
from reports.errors import NothingToReport, ReportNotReady
from reports.models import Report, Slides, SlideTemplate
from reports.slides import Deck, Grid, Page, Plot, PlotKind, Series, UnusableTemplate, drawn_slides
from reports.slides.checking import MOST_BYTES, check_template
from reports.slides.engine import MOST_ROWS
from reports.slides.trial import tried_template
from reports.slides.writing import fitted, is_right_to_left
from tests.accounts.test_branding import png
from tests.factories.slides import rewritten, template, without
from tests.impact.program import computed, full_ledger, valued

MOMENT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LINES = Plot(
    kind=PlotKind.LINES,
    categories=("Jan", "Feb", "Mar"),
    series=(
        Series(name="Observed", values=(31.5, None, 40.25)),
        Series(name="=Expected", values=(30.0, 30.5, 31.0)),
    ),
    number_format="0.0",
    alternative="It rose.",
)
BARS = Plot(
    kind=PlotKind.BARS,
    categories=("=1+1", "Bill"),
    series=(Series(name="Value", values=(100.0, -40.0)),),
    low=(20.0, -90.0),
    high=(250.0, 10.0),
    number_format="#,##0",
    alternative="Two values.",
)
CASH = Plot(
    kind=PlotKind.CASH,
    categories=("2025", "2026"),
    series=(
        Series(name="Benefit", values=(0.0, 90.0)),
        Series(name="Cost", values=(-60.0, -20.0)),
        Series(name="Cumulative", values=(-60.0, 10.0)),
    ),
    number_format="#,##0",
    alternative="Money by year.",
)


def deck(*pages: Page, **changes) -> Deck:
    values = {
        "title": "What it returned",
        "subtitle": "It worked.",
        "sender": "Northwind",
        "foot": "14 Mar 2026 · verify with AAAA",
        "address": "https://northwind.example/verify/AAAA/",
        "language": "en",
        "accent": "#7a1f5c",
        "moment": MOMENT,
        "notes": "Grade B.",
        "pages": pages,
        **changes,
    }
    return Deck(**values)


def opened(content: bytes):
    return Presentation(io.BytesIO(content))


def charts(show) -> list:
    return [shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart]


def words(show) -> str:
    return "\n".join(
        shape.text_frame.text for slide in show.slides for shape in slide.shapes if shape.has_text_frame
    )


# --- drawing ------------------------------------------------------------------------------------------------


def test_the_same_slides_are_the_same_bytes():
    page = Page(title="Chart", notes="n = 9", plot=LINES)
    assert drawn_slides(deck(page)) == drawn_slides(deck(page))
    later = deck(page, moment=MOMENT + timedelta(days=1))
    assert drawn_slides(later) != drawn_slides(deck(page))


def test_a_chart_can_be_edited_and_holds_what_the_page_draws():
    show = opened(
        drawn_slides(deck(*(Page(title="Chart", notes="n = 9", plot=plot) for plot in (LINES, BARS, CASH))))
    )
    lines, bars, cash = charts(show)
    assert lines.chart_type == XL_CHART_TYPE.LINE
    assert [tuple(series.values) for series in lines.plots[0].series] == [
        (31.5, None, 40.25),
        (30.0, 30.5, 31.0),
    ]
    assert bars.chart_type == XL_CHART_TYPE.BAR_CLUSTERED
    assert tuple(bars.plots[0].series[0].values) == (100.0, -40.0)
    # the sheet behind the chart is there, and no name in it is a formula
    assert lines.part.chart_workbook.xlsx_part.blob.startswith(b"PK")
    assert list(bars.plots[0].categories) == ["'=1+1", "Bill"]
    assert lines.plots[0].series[1].name == "'=Expected"
    # columns and the line over them
    assert [len(list(plot.series)) for plot in cash.plots] == [2, 1]
    assert tuple(cash.plots[1].series[0].values) == (-60.0, 10.0)
    assert tuple(cash.plots[0].series[1].values) == (-60.0, -20.0)


def test_ranges_are_error_bars_from_their_own_ends_on_an_axis_that_holds_them():
    (chart,) = charts(opened(drawn_slides(deck(Page(title="Chart", notes="", plot=BARS)))))
    found = {
        tag: [float(point.text) for point in chart._chartSpace.iter(f"{{{_C}}}v") if _inside(point, tag)]
        for tag in ("plus", "minus")
    }
    assert found == {"plus": [150.0, 50.0], "minus": [80.0, 50.0]}
    axis = chart.value_axis
    assert axis.minimum_scale <= -90
    assert axis.maximum_scale >= 250


_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def _inside(point, tag: str) -> bool:
    return any(parent.tag == f"{{{_C}}}{tag}" for parent in point.iterancestors())


def test_who_sees_no_chart_is_told_it_and_notes_are_under_every_slide():
    show = opened(drawn_slides(deck(Page(title="Chart", notes="n = 9, grade B", plot=LINES))))
    (shape,) = [shape for shape in show.slides[1].shapes if shape.has_chart]
    assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == "It rose."
    assert [slide.notes_slide.notes_text_frame.text for slide in show.slides] == [
        "Grade B.",
        "n = 9, grade B",
    ]
    links = [
        run.hyperlink.address
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]
    assert links == ["https://northwind.example/verify/AAAA/"] * 2
    assert show.core_properties.created == MOMENT.replace(tzinfo=None)


def test_a_long_table_goes_on_with_the_next_slide():
    rows = tuple((f"Row {number}", "1") for number in range(MOST_ROWS * 2 + 1))
    grid = Grid(columns=("What", "Figure"), rows=rows, shares=(0.5, 0.5), numbers=(False, True))
    show = opened(drawn_slides(deck(Page(title="Table", notes="", texts=("Said once.",), grid=grid))))
    tables = [shape.table for slide in show.slides for shape in slide.shapes if shape.has_table]
    assert [len(table.rows) - 1 for table in tables] == [MOST_ROWS, MOST_ROWS, 1]
    told = [table.cell(row, 0).text for table in tables for row in range(1, len(table.rows))]
    assert told == [row[0] for row in rows]
    assert "Table (3 of 3)" in words(show)
    assert words(show).count("Said once.") == 1


def test_long_names_of_any_script_stay_on_the_slide():
    title = "שלום לקוחות " + "非常长的举措名称🙂" * 8 + "Welcome call\x0b" * 5
    show = opened(drawn_slides(deck(Page(title=title[:150], notes="", texts=(title,)), title=title[:150])))
    wide, tall = show.slide_width, show.slide_height
    for slide in show.slides:
        assert "\x0b" not in slide.shapes.title.text
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= wide
            assert shape.top + shape.height <= tall + Inches(0.01)
    paragraph = show.slides[0].shapes.title.text_frame.paragraphs[0]
    assert paragraph._p.pPr.get("rtl") == "1"
    assert paragraph.runs[0].font.size.pt < 36


def test_the_direction_is_that_of_the_first_letter():
    assert is_right_to_left("123 שלום")
    assert is_right_to_left("مرحبا hello")
    assert not is_right_to_left("Hello שלום")
    assert not is_right_to_left("🙂 42")


def test_a_text_is_set_smaller_only_where_it_is_longer_than_its_room():
    assert fitted("x" * 60, 28, 60) == 28
    assert fitted("x" * 61, 28, 60) < 29
    assert fitted("x" * 240, 28, 60) == 15  # no smaller than can be read
    assert fitted("长" * 31, 28, 60) < 28  # twice as wide


def test_logo_and_color_stand_on_the_first_slide():
    show = opened(drawn_slides(deck(logo=png())))
    names = [shape.name for shape in show.slides[0].shapes]
    assert {"logo", "accent"} <= set(names)
    (bar,) = [shape for shape in show.slides[0].shapes if shape.name == "accent"]
    assert str(bar.fill.fore_color.rgb) == "7A1F5C"


# --- the template -------------------------------------------------------------------------------------------


def test_slides_are_drawn_on_the_template_without_its_own_slides():
    def taller(show):
        show.slide_width, show.slide_height = Inches(11), Inches(8.5)

    show = opened(drawn_slides(deck(Page(title="Chart", notes="", plot=LINES)), template(taller)))
    assert (show.slide_width, show.slide_height) == (Inches(11), Inches(8.5))
    assert len(show.slides) == 2
    assert "An old slide" not in words(show)
    assert not [shape for slide in show.slides for shape in slide.placeholders if not shape.text_frame.text]


def test_a_template_that_is_right_says_how_many_layouts_have_a_title():
    facts = check_template(template())
    assert (facts.layouts, facts.titled) == (11, 10)  # all but the blank one


def external(kind: str):
    link = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
        ' Target="https://elsewhere.example/pixel.png" TargetMode="External"/></Relationships>'
    ).encode()

    def change(name: str, part: bytes) -> bytes:
        is_here = name == "ppt/slideMasters/_rels/slideMaster1.xml.rels"
        return part.replace(b"</Relationships>", link) if is_here else part

    return rewritten(template(), change)


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(part: str, kind: str, target: str) -> bytes:
    """A template in which a part asks for another one."""
    link = f'<Relationship Id="rId98" Type="{_RELATIONS}/{kind}" Target="{target}"/></Relationships>'.encode()
    folder, name = part.split("/")

    def change(here: str, content: bytes) -> bytes:
        is_here = here == f"ppt/{folder}/_rels/{name}.xml.rels"
        return content.replace(b"</Relationships>", link) if is_here else content

    return rewritten(template(), change)


def external_of_custom_part() -> bytes:
    """The master asks for a part of its maker's own, and that for a picture elsewhere."""
    outside = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/image" Target="https://elsewhere.example/pixel.png"'
        ' TargetMode="External"/></Relationships>'
    ).encode()
    own = {"ppt/ours/thing.xml": b"<a/>", "ppt/ours/_rels/thing.xml.rels": outside}
    content = related("slideMasters/slideMaster1", "customXml", "../ours/thing.xml")
    return rewritten(content, lambda _name, part: part, own)


def charted(show: object) -> None:
    """A deck in use: a slide with a chart, whose figures stand in a workbook inside."""
    data = CategoryChartData()
    data.categories = ["a", "b"]
    data.add_series("NPS", (10, 20))
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 3_000_000, 2_000_000, data)


def test_a_deck_with_charts_is_a_template_and_its_slides_are_gone():
    content = template(charted)
    assert any("embeddings/" in name for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert tried_template(content).titled == 10
    made = zipfile.ZipFile(io.BytesIO(drawn_slides(deck(), content)))
    assert not any(b"An old slide" in made.read(name) for name in made.namelist())


def test_our_own_slides_are_a_template():
    assert tried_template(drawn_slides(deck(), None)).titled > 0


def macros() -> bytes:
    return rewritten(template(), lambda _name, part: part, {"ppt/vbaProject.bin": b"x"})


def macro_kind() -> bytes:
    kind = b"presentationml.presentation.main+xml"
    return rewritten(
        template(),
        lambda _name, part: part.replace(kind, b"ms-powerpoint.presentation.macroEnabled.main+xml"),
    )


def potx() -> bytes:
    kind = b"presentationml.presentation.main+xml"
    return rewritten(template(), lambda _name, part: part.replace(kind, b"presentationml.template.main+xml"))


def untitled() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if not name.startswith("ppt/slideLayouts/"):
            return part
        return part.replace(b'type="title"', b'type="body"').replace(b'type="ctrTitle"', b'type="body"')

    return rewritten(template(), change)


def climbing() -> bytes:
    return rewritten(template(), lambda _name, part: part, {"../../etc/passwd": b"x"})


def entities() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "ppt/slideLayouts/slideLayout1.xml":
            return part
        return part.replace(b"<p:sldLayout", b'<!DOCTYPE x [<!ENTITY a "b">]><p:sldLayout', 1)

    return rewritten(template(), change)


def bomb() -> bytes:
    return rewritten(template(), lambda _name, part: part, {"ppt/media/big.bin": b"\0" * (101 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: b"", "no PowerPoint file"),
        (lambda: b"%PDF-1.7", "no PowerPoint file"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"x" * 99, "locked with a password or of an old format"),
        (lambda: b"PK\x03\x04" + b"x" * 99, "damaged"),
        (lambda: template()[:9_000], "damaged"),
        (lambda: b"x" * (MOST_BYTES + 1), "at most 20 MB"),
        (macros, "has macros"),
        (macro_kind, "has macros"),
        (potx, "save a .potx file as .pptx"),
        (lambda: without(template(), "ppt/slideLayouts/"), "no slide layouts"),
        (untitled, "no layout with a title"),
        (climbing, "damaged"),
        (entities, "damaged"),
        (bomb, "unpack to more than 100 MB"),
        (lambda: external("image"), "outside itself: https://elsewhere.example"),
        (
            lambda: related("slideMasters/slideMaster1", "oleObject", "../embeddings/ole.bin"),
            "other programs",
        ),
        (lambda: related("slideLayouts/slideLayout1", "package", "/ppt/embeddings/x.xlsx"), "other programs"),
        (lambda: related("slideMasters/slideMaster1", "control", "../activeX/a.xml"), "other programs"),
        (external_of_custom_part, "outside itself: https://elsewhere.example"),
    ],
)
def test_what_a_template_may_not_be_is_said_in_words(made, said):
    with pytest.raises(UnusableTemplate, match=said):
        check_template(made())


def broken(name: str, pattern: bytes, instead: bytes) -> bytes:
    def change(here: str, part: bytes) -> bytes:
        return re.sub(pattern, instead, part, flags=re.DOTALL) if here == name else part

    return rewritten(template(), change)


@pytest.mark.parametrize(
    "made",
    [
        lambda: broken("ppt/presentation.xml", rb"^.*$", b"<a/>"),
        lambda: broken("ppt/presentation.xml", rb"</p:presentation>", b""),
        lambda: broken("ppt/presentation.xml", rb"<p:sldSz[^>]*>", b""),
        lambda: broken("ppt/presentation.xml", rb"<p:sldSz[^>]*>", b'<p:sldSz cx="9144" cy="9144"/>'),
        lambda: without(template(), "ppt/slideMasters/slideMaster1.xml"),
        lambda: without(template(), "ppt/_rels/"),
    ],
)
def test_a_template_on_which_nothing_can_be_drawn_is_refused_when_it_is_uploaded(made):
    with pytest.raises(UnusableTemplate, match="damaged"):
        tried_template(made())


def test_a_master_that_would_fill_the_memory_is_refused_unread():
    huge = rewritten(template(), lambda _n, p: p, {"ppt/slideMasters/x.xml": b"<a/>" * (6 * 1024 * 1024)})
    with pytest.raises(UnusableTemplate, match="unpack"):
        check_template(huge)


def test_a_template_that_is_right_passes_the_trial():
    assert tried_template(template()).titled == 10


def test_a_link_in_a_template_may_lead_anywhere():
    assert check_template(external("hyperlink")).titled == 10


# --- of documents -------------------------------------------------------------------------------------------


def finished(report: Report) -> Report:
    Report.objects.filter(pk=report.pk).update(job_state=JobState.DONE, finished_at=timezone.now())
    report.refresh_from_db()
    return report


@pytest.fixture
def proof(ada):
    known, value = valued(ada)
    full_ledger(ada)
    return known, value


def drawn(ada, report: Report) -> Slides:
    slides = services.request_slides(by=ada, report=report)
    assert services.make_slides(slides=slides), slides.failure
    slides.refresh_from_db()
    return slides


@pytest.mark.django_db
def test_slides_of_an_initiative_hold_the_series_of_its_document(ada, proof):
    known, value = proof
    report = finished(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    slides = drawn(ada, report)
    assert (slides.job_state, slides.pages > 4) == (JobState.DONE, True)
    with slides.file.open("rb") as file:
        show = opened(file.read())
    line, cash = charts(show)
    observed = [point["observed"] for point in report.content["study"]["finding"]["series"]]
    assert list(line.plots[0].series[0].values) == pytest.approx(observed)
    years = report.content["roi_case"]["result"]["cash_flow"]
    assert list(cash.plots[0].series[0].values) == pytest.approx([year["benefit"] for year in years])
    assert list(cash.plots[0].series[1].values) == pytest.approx([-year["cost"] for year in years])
    notes = [slide.notes_slide.notes_text_frame.text for slide in show.slides]
    assert all("Answers:" in note or "document with the same code" in note for note in notes)
    assert "95" in notes[1]
    assert "interval" in notes[1]
    assert report.verification_code in words(show)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_program_and_board_have_slides_in_both_languages(ada, proof, language):
    Initiative.objects.update(title=("שלום 🙂 非常长的举措名称 " * 9)[:140])
    case = computed(ada)
    since = date(2026, 1, 1)
    reports = [
        services.request_program_report(by=ada, case=case, language=language),
        services.request_board_pack(by=ada, since=since, language=language),
    ]
    for report in reports:
        with translation.override(language):
            found = deck_of(report)
        show = opened(drawn_slides(found))
        assert len(charts(show)) == 2
        assert all(slide.notes_slide.notes_text_frame.text.strip() for slide in show.slides)
        bars = charts(show)[0]
        counted = case.result["main"]["return"]["lines"][0]["share"]["mean"]
        assert list(bars.plots[0].series[0].values) == pytest.approx([counted])


@pytest.mark.django_db
def test_slides_are_made_once_on_each_template_and_look_as_the_document(ada, proof):
    save_branding(by=ada, accent="#7a1f5c", logo=png())
    known, value = proof
    report = finished(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    first = drawn(ada, report)
    assert services.request_slides(by=ada, report=report).pk == first.pk
    services.save_slide_template(by=ada, name="Own\n slides.pptx", content=template())
    second = drawn(ada, report)
    assert second.pk != first.pk
    assert SlideTemplate.objects.get().name == "Own slides.pptx"
    with first.file.open("rb") as file:
        assert "logo" in [shape.name for shape in opened(file.read()).slides[0].shapes]
    first.file.storage.delete(first.file.name)
    services.remove_slide_template(by=ada)
    again = services.request_slides(by=ada, report=report)
    assert (again.pk, again.job_state) == (first.pk, JobState.QUEUED)  # its file is gone: drawn again


@pytest.mark.django_db
def test_a_template_that_was_replaced_meanwhile_is_said(ada, proof):
    known, value = proof
    report = finished(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    services.save_slide_template(by=ada, name="own.pptx", content=template())
    slides = services.request_slides(by=ada, report=report)
    services.remove_slide_template(by=ada)
    services.remove_slide_template(by=ada)
    services.make_slides(slides=slides)
    slides.refresh_from_db()
    assert slides.job_state == JobState.FAILED
    assert "replaced or removed" in str(slides.failure)
    assert not slides.file
    verbs = AuditEvent.objects.filter(verb__startswith="organization.slide_template")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "organization.slide_template_removed",
        "organization.slide_template_set",
    ]


@pytest.mark.django_db
def test_what_has_no_slides_says_so(ada, proof):
    case = computed(ada)
    summary = finished(services.request_summary(by=ada, case=case))
    with pytest.raises(NothingToReport):
        services.request_slides(by=ada, report=summary)
    with pytest.raises(ReportNotReady):
        services.request_slides(by=ada, report=services.request_program_report(by=ada, case=case))


@pytest.mark.django_db
def test_a_template_that_is_refused_changes_nothing(ada):
    with pytest.raises(InvalidValues) as refused:
        services.save_slide_template(by=ada, name="x.pptm", content=macros())
    assert "has macros" in str(refused.value.fields["template"])
    assert not SlideTemplate.objects.exists()


@pytest.mark.django_db
def test_pages_ask_for_slides_and_hand_them_out(ada, proof, client_of, monkeypatch):
    monkeypatch.setattr("reports.slide_views.enqueue", lambda job: services.make_slides(slides=job))
    known, value = proof
    report = finished(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    client = client_of(ada)
    page = client.get(reverse("reports:report_detail", args=["northwind", report.pk])).text
    assert "Slides (PPTX)" in page
    assert "Study 1" in page  # what it was made from
    asked = client.post(reverse("reports:slides_create", args=["northwind", report.pk]))
    ready = client.get(asked.headers["Location"]).text
    assert "Download the slides" in ready
    slides = Slides.objects.get()
    file = client.get(reverse("reports:slides_download", args=["northwind", report.pk, slides.pk]))
    assert b"".join(file.streaming_content).startswith(b"PK")
    assert AuditEvent.objects.filter(verb="report.slides_downloaded").count() == 1


@pytest.mark.django_db
def test_the_page_of_the_template_takes_and_refuses(ada, client_of):
    client, address = client_of(ada), reverse("reports:slide_template", args=["northwind"])
    assert "There is no template" in client.get(address).text
    bad = SimpleUploadedFile("x.pptx", macros())
    refused = client.post(address, {"template": bad})
    assert refused.status_code == 422
    assert "has macros" in refused.text
    assert client.post(address, {"template": SimpleUploadedFile("own.pptx", template())}).status_code == 302
    assert "own.pptx" in client.get(address).text
    client.post(reverse("reports:slide_template_remove", args=["northwind"]))
    assert not SlideTemplate.objects.exists()


@pytest.mark.django_db
def test_programs_ask_for_slides_too(ada, proof, api_of, monkeypatch):
    monkeypatch.setattr("reports.api.slides.enqueue", lambda job: services.make_slides(slides=job))
    known, value = proof
    report = finished(services.request_roi_report(by=ada, study=known.study, roi_case=value))
    api, address = api_of(ada), f"/api/v1/o/northwind/reports/{report.pk}/slides/"
    made = api.post(address).json()
    assert api.get(address).json()[0]["job_state"] == "done"
    file = api.get(f"{address}{made['id']}/file/")
    assert b"".join(file.streaming_content).startswith(b"PK")
    place = "/api/v1/o/northwind/slide-template/"
    assert api.get(place).status_code == 404
    sent = {"template": SimpleUploadedFile("own.pptx", template())}
    assert api.put(place, sent, format="multipart").json()["layouts"] == 10
    refused = api.put(place, {"template": SimpleUploadedFile("x.pptx", macros())}, format="multipart")
    assert (refused.status_code, "has macros" in refused.text) == (422, True)
    assert api.delete(place).status_code == 204
