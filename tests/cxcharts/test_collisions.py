"""No label of a chart lies on another: in both languages, on phone, desk and paper."""

import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.frame import thinned
from cxcharts.labels import labels_for
from cxcharts.money import TornadoRow, tornado
from cxcharts.render import to_svg
from cxcharts.scales import nps
from cxcharts.series import Point, Series, series_chart
from cxcharts.text import width_of
from tests.cxcharts.cast import NAMES, build, months

ROOT = Path(__file__).resolve().parents[2]

WORDS = {"en": "Onboarding NPS", "zh-hans": "新客户净推荐值"}
SLACK = 1.5  # pixels in which two labels may touch: widths are estimated on the wide side


@dataclass(frozen=True)
class Label:
    text: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Label") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > SLACK
            and min(self.bottom, other.bottom) - max(self.top, other.top) > SLACK
        )


def outside(svg: str, *, margin: float) -> list[str]:
    """Labels that come nearer to the right edge than `margin`, or start left of the left one."""
    found = re.match(r'<svg[^>]*viewBox="([-\d.]+) [-\d.]+ ([\d.]+) [\d.]+"', svg)
    assert found is not None
    left, wide = float(found[1]), float(found[2])
    return [label.text for label in labels_of(svg) if label.left < left or label.right > left + wide - margin]


def moved(transform: str) -> tuple[float, float]:
    pairs = re.findall(r"translate\(([-\d.]+)[, ]([-\d.]+)\)", transform)
    return sum(float(x) for x, _ in pairs), sum(float(y) for _, y in pairs)


def labels_of(svg: str) -> list[Label]:
    found: list[Label] = []

    def walk(node: ElementTree.Element, x: float, y: float) -> None:
        dx, dy = moved(node.get("transform", ""))
        x, y = x + dx, y + dy
        if node.tag.endswith("}text"):
            text = "".join(node.itertext()).strip()
            slanted = "rotate" in node.get("transform", "")  # parallel to its neighbors, never on them
            if text and not slanted and node.get("opacity") != "0":
                size = float(re.sub(r"px$", "", node.get("font-size", "12")))
                # the estimate errs by about a tenth; what is drawn is a little narrower
                wide = width_of(text, size) * 0.93
                start = {"middle": x - wide / 2, "end": x - wide}.get(node.get("text-anchor", ""), x)
                found.append(
                    Label(
                        text=text, left=start, right=start + wide, top=y - 0.78 * size, bottom=y + 0.16 * size
                    )
                )
        for child in node:
            walk(child, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)
    return found


def collisions(svg: str) -> list[str]:
    return [f"{a.text} × {b.text}" for a, b in combinations(labels_of(svg), 2) if a.meets(b)]


def test_the_ruler_sees_two_labels_on_each_other() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g transform="translate(10,10)">'
        '<text font-size="12px">first</text><text font-size="12px" transform="translate(8,3)">second</text>'
        '<text font-size="12px" transform="translate(8,40)">far</text></g></svg>'
    )
    assert collisions(svg) == ["first × second"]


def test_the_ruler_sees_a_label_at_the_edge() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40">'
        '<text font-size="12px" transform="translate(60,10)">inside</text>'
        '<text font-size="12px" transform="translate(60,30)">at the edge</text>'
        '<text font-size="12px" transform="translate(4,20)" text-anchor="end">before</text></svg>'
    )
    assert outside(svg, margin=2) == ["at the edge", "before"]


# The drawing of a page 1280 pixels wide, the widest and narrowest ones, and paper.
@pytest.mark.parametrize("key", ["series", "several", "counterfactual", "plan", "cash"])
@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize("width", [340, 640, 820, 962, 1180])
def test_names_at_the_ends_of_lines_keep_a_margin(key: str, locale: str, width: int) -> None:
    drawing = to_svg(build(key, WORDS[locale], locale), "light", locale, width)
    assert outside(drawing, margin=6) == []


@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize("width", [340, 962])
def test_the_number_of_answers_keeps_a_margin(locale: str, width: int) -> None:
    labels = labels_for(locale)
    chart = series_chart(
        title=WORDS[locale],
        subtitle="",
        series=[
            Series(
                key="nps",
                name=WORDS[locale],
                points=tuple(Point(period=day, value=42, n=1152) for day in months(14)),
            )
        ],
        scale=nps(labels),
        labels=labels,
        locale=locale,
    )
    drawing = to_svg(chart, "light", locale, width)
    assert "n\u00a0=\u00a01,152" in [label.text for label in labels_of(drawing)]
    assert outside(drawing, margin=6) == []


def test_the_page_draws_the_figures_that_were_measured() -> None:
    """Inter's tabular figures make "n = 1,152" seven pixels wider than the engine measures it."""
    sheet = (ROOT / "cxprogram/static/cxprogram/charts.css").read_text(encoding="utf-8")
    rules = re.findall(r"^\.chart-drawing[^{]*\{([^}]*)\}", sheet, re.MULTILINE)
    assert any("font-variant-numeric: normal" in rule for rule in rules)
    assert not any("tabular-nums" in rule for rule in rules)


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize(
    ("theme", "width"),
    [("light", 320), ("light", 358), ("light", 500), ("light", 610), ("light", 820), ("print", 640)],
)
def test_no_label_lies_on_another(key: str, locale: str, theme: str, width: int) -> None:
    assert collisions(to_svg(build(key, WORDS[locale], locale), theme, locale, width)) == []


def moves(locale: str, *, low_input: str, unit: float = 1.0) -> Chart:
    """What moves a value most, with bars that reach the left end of the axis."""
    return tornado(
        title="Moves",
        subtitle="",
        base=73_000 * unit,
        rows=[
            TornadoRow(
                name="Effect of the initiative on everybody who was there",
                low_input=low_input,
                high_input="+6.2 percentage points",
                at_low=-210_000 * unit,
                at_high=320_000 * unit,
            ),
            TornadoRow(
                name="Margin", low_input="190", high_input="300", at_low=40_000 * unit, at_high=99_000 * unit
            ),
        ],
        scale=scales.money(prefix="EUR\u00a0"),
        labels=labels_for(locale),
        locale=locale,
    )


@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize(("theme", "width"), [("light", 272), ("light", 300), ("light", 620), ("print", 640)])
@pytest.mark.parametrize("unit", [1.0, 2.5])
def test_no_input_lies_on_the_name_of_its_row(locale: str, theme: str, width: int, unit: float) -> None:
    drawing = to_svg(moves(locale, low_input="−2.2 percentage points", unit=unit), theme, locale, width)
    assert collisions(drawing) == []


@pytest.mark.parametrize("width", [272, 300, 328])
def test_no_sign_of_a_key_is_cut_on_a_phone(width: int) -> None:
    drawing = to_svg(moves("en", low_input="0.1"), "light", "en", width)
    key = next(label for label in labels_of(drawing) if label.text.startswith("Base case"))
    assert key.right <= width


def test_labels_that_are_moved_inside_keep_clear_of_their_neighbors() -> None:
    texts = ["EUR\u00a00", "EUR\u00a020万", "EUR\u00a040万", "EUR\u00a060万", "EUR\u00a080万"]
    shown = thinned(texts, [0.0, 2e5, 4e5, 6e5, 8e5], 250.0, flush=True)
    assert shown == [["EUR\u00a00"], [""], ["EUR\u00a040万"], [""], ["EUR\u00a080万"]]
