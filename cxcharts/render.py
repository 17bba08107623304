"""From chart to SVG, PNG and the JSON that the page draws. The only module that calls the drawing engine."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from os import fspath
from os.path import isabs
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

from cxcharts.chart import Chart, Table
from cxcharts.locale import Locale, locale_for
from cxcharts.text import wrap
from cxcharts.theme import Theme, config, palette

VEGA_LITE = "6.4"
DEFAULT_WIDTH = 680
_DRAWING_PROCESS = Path(__file__).with_name("drawing_process.py")
_LONGEST_DRAWING = 20  # seconds, waiting for the machine included; it may work for five of them
_FOREIGN = re.compile(
    r"<(?:image|script|foreignObject|iframe|use|style|a)\b|\b(?:xlink:)?href\s*=|\bon\w+\s*=\s*[\"']"
    r"|url\(\s*[\"']?(?!#)|@import",
    re.IGNORECASE,
)


_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


def _engine() -> ModuleType:
    """The drawing engine, loaded with the first drawing."""
    import vl_convert  # noqa: PLC0415  # heavy

    return vl_convert


class UnsafeDrawing(ValueError):
    """The drawing would reach outside itself."""


def register_fonts(directories: Iterable[str | PurePath]) -> None:
    """Make the fonts (TTF, OTF) in these absolute directories known to the drawing engine.

    Call it once at start. Without it PNG files use the machine's fonts; SVG keeps the family names.
    """
    for directory in directories:
        path = fspath(directory)
        if not isabs(path):
            raise ValueError("a font directory needs an absolute path")
        _engine().register_font_directory(path)


def fitted(spec: dict[str, Any], width: float) -> dict[str, Any]:
    """A copy of a chart's specification for an outer width in pixels (charts.js does the same)."""
    result = deepcopy(spec)
    page = max(int(width), 120)
    for param in result.get("params", []):
        if param.get("name") == "page":
            param["value"] = page
    meta = result.get("usermeta", {}).get("cxcharts", {})
    if result.get("width") == "container":
        result["width"] = page
    if "heights" in meta:
        result["height"] = meta["heights"][1 if page < meta["narrow"] else 0]
    panels = meta.get("panels")
    if panels:
        room, gap, smallest = page - panels["outside"], panels["gap"], panels["smallest"]
        count = max(1, min(panels["columns"], int((room + gap) // (smallest + gap)), len(result["concat"])))
        result["columns"] = count
        inner = max(60, int((room - gap * (count - 1)) // count))
        for panel in result["concat"]:
            panel["width"] = inner
    return result


def _without_hover(node: Any) -> Any:
    """The specification for a still picture: no hover layers."""
    if isinstance(node, dict):
        return {
            key: [
                _without_hover(item)
                for item in value
                if not (isinstance(item, dict) and str(item.get("name", "")).startswith("hover_"))
            ]
            if key == "layer"
            else _without_hover(value)
            for key, value in node.items()
            if key != "tooltip"
        }
    if isinstance(node, list):
        return [_without_hover(item) for item in node]
    return node


def title_lines(chart: Chart, width: float) -> dict[str, Any]:
    """Title and subtitle of a drawing that stands alone, broken to `width` pixels."""
    return {
        "text": wrap(chart.title, 16.5, width - 16),
        "subtitle": wrap(chart.subtitle, 12.5, width - 16) if chart.subtitle else [],
    }


def to_svg(
    chart: Chart,
    theme: Theme | str = Theme.PRINT,
    locale: str | Locale = "en",
    width: float = DEFAULT_WIDTH,
    with_title: bool = False,
) -> str:
    """The chart as SVG text: same input, same bytes; no reference to anything outside.

    The document prints title, subtitle and alternative itself; `with_title` draws the first two inside.
    """
    spec = _without_hover(fitted(chart.spec, width))
    if with_title:
        spec["title"] = title_lines(chart, width)
    where = locale_for(locale)
    svg: str = _engine().vegalite_to_svg(
        spec,
        vl_version=VEGA_LITE,
        config=config(theme),
        format_locale=where.number,
        time_format_locale=where.time,
        allowed_base_urls=[],
    )
    return checked(_slim(svg))


def to_png(
    chart: Chart,
    theme: Theme | str = Theme.LIGHT,
    locale: str | Locale = "en",
    width: float = DEFAULT_WIDTH,
    scale: float = 2,
    with_title: bool = True,
) -> bytes:
    """The chart as PNG on the theme's paper, title inside; `scale` pixels per CSS pixel."""
    svg = to_svg(chart, theme, locale, width, with_title)
    match = re.match(r'<svg[^>]*viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', svg)
    if match:
        head = svg.index(">") + 1
        left, top, wide, tall = match.groups()
        paper = f'<rect x="{left}" y="{top}" width="{wide}" height="{tall}" fill="{palette(theme).paper}"/>'
        svg = svg[:head] + paper + svg[head:]
    return png_of(svg, scale=scale)


def png_of(svg: str, *, scale: float = 2) -> bytes:
    """A drawing of ours as PNG, `scale` pixels per CSS pixel."""
    if _CJK.search(svg):  # the rasterizer takes a missing sign from any font, not from the next family
        svg = svg.replace('font-family="', "font-family=\"'Noto Sans CJK SC', ")
    png: bytes = _engine().svg_to_png(svg, scale=scale)
    return png


def picture_of(svg: str, *, scale: float = 1) -> bytes:
    """Somebody's drawing as PNG, transparent, `scale` pixels per unit. The caller has seen that it reaches
    nowhere. It is drawn by a process of its own, under limits of time and memory. Raises ValueError where it
    is no drawing, or asks for more than these."""
    try:
        done = subprocess.run(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", str(_DRAWING_PROCESS), repr(scale)],
            input=svg.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a hostile drawing would fill the log with traces of a library
            timeout=_LONGEST_DRAWING,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, UnicodeEncodeError) as error:
        raise ValueError("this is no drawing, or it asks for too much") from error
    return done.stdout


def payload(chart: Chart, locale: str | Locale = "en") -> dict[str, Any]:
    """All that charts.js needs to draw one chart."""
    where = locale_for(locale)
    return {
        "spec": chart.spec,
        "config": {kind.value: config(kind) for kind in (Theme.LIGHT, Theme.DARK)},
        "paper": {kind.value: palette(kind).paper for kind in (Theme.LIGHT, Theme.DARK)},
        "formatLocale": where.number,
        "timeFormatLocale": where.time,
        "title": title_lines(chart, 800),
        "csv": chart.table.to_csv(),
    }


_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def to_html_json(chart: Chart, locale: str | Locale = "en") -> str:
    """`payload` as JSON that cannot leave a script element."""
    text = json.dumps(
        payload(chart, locale), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    for sign, escape in _ESCAPES.items():  # a tenth of the time of `str.translate` beyond ASCII
        text = text.replace(sign, escape)
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class PageChart:
    """Context of templates/components/chart.html."""

    id: str
    title: str
    subtitle: str
    alternative: str
    table: Table
    json: str


def for_page(chart: Chart, *, id: str, locale: str | Locale = "en") -> PageChart:
    """What the page's template needs; `id` is unique in the page (letters, digits, hyphens)."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", id):
        raise ValueError("a chart needs an id of letters, digits and hyphens")
    return PageChart(
        id=id,
        title=chart.title,
        subtitle=chart.subtitle,
        alternative=chart.alternative,
        table=chart.table,
        json=to_html_json(chart, locale),
    )


_EMPTY_GROUP = re.compile(r"<g(?:\s[^>]*)?>\s*</g>")
_CLASS = re.compile(r'\s(?:class|aria-[a-z]+|role|pointer-events|stroke-miterlimit)="[^"]*"')
_BARE_GROUP = re.compile(r"<g>((?:(?!<g[\s>]|</g>).)*)</g>", re.DOTALL)
_EMPTY_PATH = re.compile(r'<path(?=[^>]*\sd="")[^>]*/>|<path(?=[^>]*\sd="")[^>]*></path>')
_INVISIBLE = re.compile(
    r'<(path|line|rect)(?=[^>]*\s(?:opacity="0"|stroke-width="0"))(?![^>]*\sfill="#)[^>]*?(?:/>|></\1>)'
)
_FRAME = re.compile(r'<path d="M[-\d.]+,[-\d.]+h[-\d.]+v[-\d.]+h-[-\d.]+Z"\s*(?:/>|></path>)')
_ZERO_MOVE = re.compile(r'\stransform="translate\(0,0\)"')


_LINES = re.compile(r"<text([^>]*)>((?:<tspan[^>]*>[^<]*</tspan>)+)</text>")
_LINE = re.compile(r'<tspan(?:[^>]*\sdy="([-\d.]+)")?[^>]*>([^<]*)</tspan>')


def _single_lines(match: re.Match[str]) -> str:
    """A text of several lines as one text each: the PDF engine anchors a text as a whole."""
    attributes, lines = match.groups()
    down = 0.0
    texts = []
    for dy, line in _LINE.findall(lines):
        down += float(dy or 0)
        moved = attributes
        if down and ' transform="' in attributes:
            moved = re.sub(r'( transform="[^"]*)"', rf'\1 translate(0,{down:g})"', attributes)
        elif down:
            moved = f'{attributes} transform="translate(0,{down:g})"'
        texts.append(f"<text{moved}>{line}</text>")
    return "".join(texts)


def _slim(svg: str) -> str:
    """Without classes, empty groups, bare groups and invisible marks; ids named by content."""
    svg = _CLASS.sub("", svg)
    svg = _ZERO_MOVE.sub("", svg)
    svg = _LINES.sub(_single_lines, svg)
    svg = _EMPTY_PATH.sub("", svg)
    svg = _FRAME.sub("", svg)
    svg = _INVISIBLE.sub("", svg)
    before = ""
    while before != svg:
        before = svg
        svg = _EMPTY_GROUP.sub("", svg)
        svg = _BARE_GROUP.sub(r"\1", svg)
    ids = sorted(set(re.findall(r'\sid="([^"]+)"', svg)))
    for index, name in enumerate(ids):
        svg = svg.replace(f'"{name}"', f'"@{index}"').replace(f"url(#{name})", f"url(#@{index})")
    mark = sha256(svg.encode()).hexdigest()[:10]
    return re.sub(r"(?<=[\"#])@(\d+)(?=[\")])", rf"c{mark}-\1", svg) if ids else svg


def checked(svg: str) -> str:
    """The drawing itself. Raises UnsafeDrawing where it reaches outside itself."""
    markup = re.sub(r">[^<]*<", "><", svg)  # what labels say is not markup
    if _FOREIGN.search(markup):
        raise UnsafeDrawing("the drawing refers to something outside itself")
    return svg
