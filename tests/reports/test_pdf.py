"""From HTML to PDF: tagged, with its evidence, and never a byte from outside our own assets."""

import json
import shutil
import socket
import subprocess
import zlib
from datetime import UTC, datetime

import pikepdf
import pytest

from cxstats.codec import canonical_text, digest_of
from reports.documents import html_of
from reports.pdf import Evidence, ForbiddenResource, render_pdf
from reports.pdf.engine import OwnAssetsOnly
from tests.factories.reports import made_report, proved
from tests.reports.conformance import broken_rules
from tests.reports.test_conformance import scopes, scopes_written

pytestmark = pytest.mark.drawn

EVIDENCE = Evidence(name="evidence.json", description="Figures", content=b'{"n":1}')
MOMENT = datetime(2026, 3, 14, 12, tzinfo=UTC)


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang=en><head><title>T</title>{head}</head><body>{body}</body></html>"


def render(html: str) -> bytes:
    return render_pdf(html, evidence=EVIDENCE, identifier="ab" * 32, moment=MOMENT).content


def fonts_of(pdf: pikepdf.Pdf) -> list[tuple[str, bool]]:
    """Every font by name, and whether its shapes are inside the file."""
    found = {}
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            keys = {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys())
            found[str(item["/FontName"])] = bool(keys)
    return sorted(found.items())


@pytest.fixture
def listener():
    """A server on this machine that notices whether anybody knocks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


# --- nothing is fetched --------------------------------------------------------------------------

HOSTILE = {
    "picture": ("<img src='{url}' alt=x>", ""),
    "picture at high resolution": ("<img srcset='{url} 2x' src='{url}' alt=x>", ""),
    "object": ("<object data='{url}'></object>", ""),
    "embedded": ("<embed src='{url}'>", ""),
    "style sheet": ("x", "<link rel=stylesheet href='{url}'>"),
    "import": ("x", "<style>@import url('{url}');</style>"),
    "background": ("<p style=\"background: url('{url}')\">x</p>", ""),
    "list mark": ("<ul><li style=\"list-style-image: url('{url}')\">x</li></ul>", ""),
    "generated content": ("x", "<style>p::before {{ content: url('{url}') }}</style><p>x"),
    "font": (
        "<p style='font-family: stolen'>x</p>",
        "<style>@font-face {{ font-family: stolen; src: url('{url}') }}</style>",
    ),
    "attachment": ("x", "<link rel=attachment href='{url}'>"),
    "attached link": ("<a rel=attachment href='{url}'>x</a>", ""),
    "picture in a drawing": ("<svg width=9 height=9><image width=9 height=9 href='{url}'/></svg>", ""),
    "shape in a drawing": ("<svg width=9 height=9><use href='{url}#x'/></svg>", ""),
}
PLACES = {
    "file": "file:///etc/passwd",
    "network": "http://127.0.0.1:{port}/x.png",
    "no scheme": "//127.0.0.1:{port}/x.png",
    "climbing": "asset:/../../../../../etc/passwd",
    "not ours": "asset:/report.css",
    "relative": "secret_key",
}


@pytest.mark.parametrize(
    ("way", "place"),
    [*((way, place) for way in HOSTILE for place in ("file", "network")), *(("picture", p) for p in PLACES)],
)
def test_nothing_foreign_is_ever_loaded(way, place, listener, opened):
    url = PLACES[place].format(port=listener.getsockname()[1])
    body, head = (part.format(url=url) for part in HOSTILE[way])
    try:
        content = render(page(body, head))
    except ForbiddenResource:
        pass
    else:  # not even looked at
        pdf = opened(content)
        assert list(pdf.attachments) == ["evidence.json"]
        assert b"root:" not in b"".join(
            item.read_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image"
        )
        assert not any(
            isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image" for item in pdf.objects
        )
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("place", ["file", "network", "climbing", "relative"])
@pytest.mark.parametrize("way", ["picture", "style sheet", "import", "background"])
def test_what_would_load_something_stops_the_document(way, place, listener):
    url = PLACES[place].format(port=listener.getsockname()[1])
    body, head = (part.format(url=url) for part in HOSTILE[way])
    with pytest.raises(ForbiddenResource, match="may not load"):
        render(page(body, head))


def test_own_fonts_are_served():
    answer = OwnAssetsOnly().fetch("asset:/source-sans-3-latin-400-normal.woff2")
    assert answer.read(4) == b"wOF2"


@pytest.mark.django_db
def test_addresses_in_titles_and_words_are_only_text(ada, listener):
    """What people type is escaped, so the document comes out and shows it as typed."""
    port = listener.getsockname()[1]
    hostile = (
        f"<img src='http://127.0.0.1:{port}/x.png'><style>p{{background:url(file:///etc/passwd)}}</style>"
    )
    supported = proved(ada, title=hostile[:140])
    supported.study.initiative.problem = hostile + '=HYPERLINK("http://127.0.0.1")'
    supported.study.initiative.save(update_fields=["problem"])
    ada.organization.name = "<script>alert(1)</script> & Söhne"
    ada.organization.save(update_fields=["name"])
    report = made_report(ada, supported)
    html = html_of(report)
    assert report.job_state == "done"
    assert "<img" not in html
    assert "<script" not in html
    assert "&lt;img src=&#x27;http://127.0.0.1" in html
    assert "=HYPERLINK(&quot;http://127.0.0.1&quot;)" in html
    with pytest.raises(BlockingIOError):
        listener.accept()


# --- what a reader's program finds ---------------------------------------------------------------


def test_document_is_tagged_named_and_bookmarked(drawn, opened):
    pdf = opened(drawn["en", "A4"].file)
    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert "Welcome call" in str(metadata["dc:title"])
    assert "Welcome call" in str(pdf.docinfo["/Title"])
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert {"From the problem to the value", "How we know", "For the auditor"} <= set(titles)


def test_tables_have_tagged_heads_and_charts_an_alternative(drawn, opened):
    pdf = opened(drawn["en", "A4"].file)
    tags: dict[str, int] = {}
    described = 0
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem":
            name = str(item["/S"])
            tags[name] = tags.get(name, 0) + 1
            described += name == "/Figure" and "/Alt" in item
    assert tags["/TH"] > 20
    assert tags["/H1"] == 1
    assert tags["/H2"] >= 4
    assert tags["/Figure"] == described == 4


def test_every_form_of_the_document_keeps_both_standards(drawn):
    assert [(form, broken_rules(document.file)) for form, document in drawn.items()] == [
        (form, []) for form in drawn
    ]


def test_heads_of_tables_say_what_they_are_the_head_of(drawn):
    document = drawn["en", "A4"]
    found = scopes(document.file)
    assert min(found.values()) > 5
    assert found == scopes_written(document.html)


def test_the_identifier_of_the_file_is_the_content_s(drawn, opened):
    for document in drawn.values():
        assert str(opened(document.file).trailer.ID[0]) == document.content_digest[:32]


def test_a_stream_that_ends_in_a_carriage_return_keeps_its_length(opened):
    """One in 256 does: here the evidence, as a page of one line keeps everything else still."""
    ends = (b'{"n":"%s"}' % (b"a" * number) for number in range(256))
    content = next(text for text in ends if zlib.compress(text, 9).endswith(b"\r"))
    evidence = Evidence(name="evidence.json", description="Figures", content=content)
    made = render_pdf(page("<h1>One</h1>"), evidence=evidence, identifier="ab" * 32, moment=MOMENT).content
    assert b"\r\r\nendstream" in made
    assert opened(made).attachments["evidence.json"].get_file().read_bytes() == content
    assert [rule for rule in broken_rules(made) if "LENGTH" in rule] == []


def test_every_font_is_inside_the_file(drawn, opened):
    for language in ("en", "zh-hans"):
        fonts = fonts_of(opened(drawn[language, "A4"].file))
        assert fonts
        assert all(is_inside for _name, is_inside in fonts), fonts
        assert any("Source-Sans" in name for name, _is_inside in fonts)


def test_attached_evidence_is_the_content_with_the_printed_digest(drawn, opened):
    document = drawn["en", "A4"]
    pdf = opened(document.file)
    (name,) = pdf.attachments
    attached = pdf.attachments[name].get_file().read_bytes()
    assert attached.decode() == canonical_text(document.content)
    assert digest_of(json.loads(attached), version=1) == document.content_digest
    assert document.content_digest in document.html
    assert name == f"evidence-{document.verification_code}.json"


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("letter", (612, 792))])
def test_paper_has_its_size_on_every_page(drawn, opened, paper, size):
    pdf = opened(drawn["en", paper].file)
    assert len(pdf.pages) == drawn["en", paper].pages
    for sheet in pdf.pages:
        assert tuple(round(float(edge)) for edge in sheet.mediabox[2:]) == size


def test_running_heads_are_read_once_a_page_and_not_before_the_title(drawn):
    pages, head = text_of(drawn["en", "A4"].file), drawn["en", "A4"].head
    found = [page.splitlines().count(head) for page in pages]
    assert found == [0] + [1] * (len(pages) - 1), f"{head!r} is not so in {pages[1]!r}"


def test_same_arguments_make_the_same_bytes():
    html = page("<h1>One</h1><p>Two 中文</p>")
    assert render(html) == render(html)


# --- pages as a reader sees them -------------------------------------------------------------------


def text_of(content: bytes) -> list[str]:
    """The words of each page, as a reader's own tool finds them."""
    found = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", "-raw", "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return found.stdout.decode().split("\f")[:-1]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
@pytest.mark.django_db
def test_title_with_emoji_chinese_hebrew_and_markup_is_readable(ada):
    title = "Rückruf binnen 24 h 🚀 「当日回电」 שיחה חוזרת & <b>fast</b> + " + "x" * 40
    report = made_report(ada, proved(ada, title=title))
    with report.file.open("rb") as file:
        pages = text_of(file.read())
    words = " ".join(pages[0].split())
    for part in ("Rückruf binnen 24 h", "当日回电", "שיחה", "<b>fast</b>", "x" * 40):
        assert part in words, part
    assert "What we ask you to decide" in pages[0]
    with report.file.open("rb") as file, pikepdf.open(file) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    # without a font that has the rocket it would print as an empty box
    assert any("Emoji" in font for font in fonts), fonts


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_no_page_is_left_almost_blank(drawn, paper):
    pages = text_of(drawn["en", paper].file)
    assert "What we ask you to decide" in pages[0]
    assert "Appendix: every period" in pages[-2] + pages[-1]
    for page_text in pages:
        assert len([line for line in page_text.splitlines() if line.strip()]) > 15, page_text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_what_stands_within_a_step_of_the_chain_is_no_step():
    body = (
        "<ol class=chain><li>Go-live<ul><li>Study A</li><li>Study B</li></ul></li><li>Measurement</li></ol>"
    )
    (words,) = text_of(render(page(body)))
    assert [line for line in words.split("\n") if line.isdecimal()] == ["1", "2"]
