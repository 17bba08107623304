"""The drawing itself. It loads python-pptx, so `reports.slides.drawn_slides` imports it when it is called."""

import io
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.exc import PythonPptxError
from pptx.util import Emu, Inches, Pt

from reports.slides.charts import draw_plot
from reports.slides.layouts import Layouts, layouts_of, without_slides
from reports.slides.packing import packed
from reports.slides.parts import CELL_LETTERS, MOST_ROWS, Deck, Grid, Page, UnusableTemplate
from reports.slides.writing import PROSE, SMALL, TABLE, TITLE, color_of, fitted, plain, write

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)  # without a template: 16 to 9
EDGE, GAP = Inches(0.55), Inches(0.15)
FOOT = Inches(0.4)
_LINE = 90  # letters of prose across a slide
_LOWEST_TITLE = 0.4  # of the height: a template's title that ends lower would leave no room for a chart


def presentation_of(deck: Deck, template: bytes | None) -> bytes:
    """See `reports.slides.drawn_slides`."""
    show = _opened(template)
    layouts = layouts_of(show, is_ours=template is None)
    _first(show, layouts, deck)
    for page in deck.pages:
        for part in _parts_of(page):
            _slide(show, layouts, deck, part)
    _properties(show, deck)
    made = io.BytesIO()
    show.save(made)
    return packed(made.getvalue(), deck.moment)


def _opened(template: bytes | None) -> Any:
    """The template without its own slides, or an empty presentation of ours."""
    if template is None:
        show = Presentation()
        show.slide_width, show.slide_height = WIDTH, HEIGHT
        return show
    try:
        show = Presentation(io.BytesIO(template))
        without_slides(show)
    except (PythonPptxError, KeyError, ValueError, AttributeError, OSError) as error:
        raise UnusableTemplate(
            _("The slide template could not be opened. Save it again in PowerPoint, or remove it.")
        ) from error
    return show


def _properties(show: Any, deck: Deck) -> None:
    known = show.core_properties
    known.title, known.author = plain(deck.title)[:255], plain(deck.sender)[:255]
    known.language = deck.language
    known.created = known.modified = deck.moment.replace(tzinfo=None)
    known.last_modified_by, known.revision, known.comments = "cxprogram", 1, deck.address


# --- slides -------------------------------------------------------------------------------------------------


def _first(show: Any, layouts: Layouts, deck: Deck) -> None:
    slide = show.slides.add_slide(layouts.opening)
    title, subtitle = layouts.title_and_subtitle(slide)
    wide, tall = show.slide_width, show.slide_height
    if layouts.is_ours:
        _set(title, EDGE, int(tall * 0.28), wide - 2 * EDGE, int(tall * 0.24))
        bar = slide.shapes.add_shape(1, EDGE, int(tall * 0.25), Inches(1.6), Inches(0.07))
        bar.fill.solid()
        bar.fill.fore_color.rgb = color_of(deck.accent)
        bar.line.fill.background()
        bar.name = "accent"
    is_ours = layouts.is_ours
    size = fitted(deck.title, TITLE + 8, 60)
    write(title.text_frame, deck.title, size=size, is_bold=is_ours, is_left=is_ours)
    if subtitle is None:
        box = slide.shapes.add_textbox(EDGE, int(tall * 0.56), wide - 2 * EDGE, int(tall * 0.25))
        frame = box.text_frame
    else:
        if layouts.is_ours:
            _set(subtitle, EDGE, int(tall * 0.55), wide - 2 * EDGE, int(tall * 0.3))
        frame = subtitle.text_frame
    write(frame, deck.subtitle, size=fitted(deck.subtitle, PROSE + 2, 180), is_left=is_ours)
    write(frame, deck.sender, size=PROSE, adds=True, is_left=is_ours)
    if deck.logo is not None:
        _put_logo(slide, deck.logo, wide)
    _foot(show, slide, deck)
    slide.notes_slide.notes_text_frame.text = plain(deck.notes)


def _put_logo(slide: Any, logo: bytes, wide: int) -> None:
    picture = slide.shapes.add_picture(io.BytesIO(logo), 0, EDGE, height=Inches(0.6))
    most = Inches(3.5)
    if picture.width > most:
        picture.height, picture.width = int(picture.height * most / picture.width), most
    picture.left = wide - EDGE - picture.width
    picture.name = "logo"
    picture._element.nvPicPr.cNvPr.set("descr", _("Logo"))


def _parts_of(page: Page) -> list[Page]:
    """A page whose table is too long for one slide as several."""
    grid = page.grid
    if grid is None or len(grid.rows) <= MOST_ROWS:
        return [page]
    pages = []
    count = -(-len(grid.rows) // MOST_ROWS)
    for number in range(count):
        rows = grid.rows[number * MOST_ROWS : (number + 1) * MOST_ROWS]
        part = Grid(columns=grid.columns, rows=rows, shares=grid.shares, numbers=grid.numbers)
        title = _("%(title)s (%(number)s of %(count)s)") % {
            "title": page.title,
            "number": number + 1,
            "count": count,
        }
        texts = page.texts if number == 0 else ()
        pages.append(Page(title=title, notes=page.notes, texts=texts, grid=part))
    return pages


def _slide(show: Any, layouts: Layouts, deck: Deck, page: Page) -> None:
    slide = show.slides.add_slide(layouts.content)
    title = layouts.title_of(slide)
    wide, tall = show.slide_width, show.slide_height
    if layouts.is_ours or title.top + title.height > tall * _LOWEST_TITLE:
        _set(title, EDGE, Inches(0.35), wide - 2 * EDGE, Inches(1.0))
    write(
        title.text_frame,
        page.title,
        size=fitted(page.title, TITLE, 70),
        is_bold=layouts.is_ours,
        is_left=True,
    )
    top = max(title.top + title.height, Inches(0.8)) + GAP
    bottom = tall - FOOT - GAP
    if page.texts:
        has_more = page.plot is not None or page.grid is not None
        lines = sum(ceil(len(text) / _LINE) for text in page.texts)
        height = min(int((bottom - top) * 0.4), Inches(0.32) * (lines + 1)) if has_more else bottom - top
        _texts(slide, page.texts, (EDGE, top, wide - 2 * EDGE, height), is_only=not has_more)
        top += height if has_more else 0
    if page.plot is not None:
        draw_plot(slide, page.plot, deck.accent, (EDGE, top, wide - 2 * EDGE, bottom - top))
    elif page.grid is not None:
        _table(slide, page.grid, deck.accent, (EDGE, top, wide - 2 * EDGE, bottom - top))
    _foot(show, slide, deck)
    slide.notes_slide.notes_text_frame.text = plain(page.notes)


def _set(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = Emu(left), Emu(top), Emu(width), Emu(height)


def _texts(slide: Any, texts: tuple[str, ...], place: tuple[int, int, int, int], *, is_only: bool) -> None:
    frame = slide.shapes.add_textbox(*place).text_frame
    frame.word_wrap = True
    letters = sum(map(len, texts))
    size = fitted("x" * letters, PROSE + 4 if is_only else PROSE, 700 if is_only else 260)
    for number, text in enumerate(texts):
        write(frame, text, size=size, adds=number > 0, is_left=True)


def _table(slide: Any, grid: Grid, accent: str, place: tuple[int, int, int, int]) -> None:
    left, top, width, height = place
    row_height = min(Inches(0.5), height // (len(grid.rows) + 1))
    shape = slide.shapes.add_table(
        len(grid.rows) + 1, len(grid.columns), left, top, width, row_height * (len(grid.rows) + 1)
    )
    table = shape.table
    table.horz_banding = False
    for column, share in zip(table.columns, grid.shares, strict=True):
        column.width = int(width * share)
    _row(table, 0, grid.columns, grid.numbers, fill=accent)
    for number, row in enumerate(grid.rows, start=1):
        _row(table, number, row, grid.numbers)


def _row(table: Any, number: int, cells: tuple[str, ...], numbers: tuple[bool, ...], fill: str = "") -> None:
    for place, (text, is_number) in enumerate(zip(cells, numbers, strict=True)):
        cell = table.cell(number, place)
        cell.margin_top = cell.margin_bottom = Pt(2)
        shown = text if len(text) <= CELL_LETTERS else f"{text[: CELL_LETTERS - 1]}…"
        write(cell.text_frame, shown, size=fitted(shown, TABLE, 60), is_bold=bool(fill))
        if is_number:
            for paragraph in cell.text_frame.paragraphs:
                paragraph.alignment = PP_ALIGN.RIGHT
        cell.fill.solid()
        cell.fill.fore_color.rgb = color_of(fill or "#ffffff")
        for run in (run for paragraph in cell.text_frame.paragraphs for run in paragraph.runs):
            run.font.color.rgb = color_of("#ffffff" if fill else "#16202b")


def _foot(show: Any, slide: Any, deck: Deck) -> None:
    """Where it can be verified, on every slide, as a link."""
    wide, tall = show.slide_width, show.slide_height
    frame = slide.shapes.add_textbox(EDGE, tall - FOOT, wide - 2 * EDGE, FOOT).text_frame
    frame.word_wrap = True
    number = len(show.slides)
    runs = write(frame, f"{deck.foot} · {number}", size=SMALL, is_left=True)
    for run in runs:
        run.hyperlink.address = deck.address
