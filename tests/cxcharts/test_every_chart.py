"""What holds for every chart: it compiles, repeats, explains itself and stays harmless."""

import hashlib
import json
import re
import subprocess
import sys
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert

from cxcharts.chart import Chart
from cxcharts.render import VEGA_LITE, fitted, for_page, to_html_json, to_png, to_svg
from cxcharts.theme import config
from tests.cxcharts.cast import CHARTS, LANGUAGES, NAMES, build

HOSTILE = "\x00\x1f\ud800\uffff</script><img src=x onerror=alert(1)>\u2028'\"]; ${x} {y} \\"
# Functions that Vega's interpreter runs as the compiler does; datetime(number) is not one of them.
KNOWN_FUNCTIONS = {
    "indexof", "isValid", "isFinite", "isNaN", "toDate", "length", "data", "isArray", "isDate", "isTuple",
    "vlSelectionTest", "vlSelectionIdTest", "vlSelectionResolve", "unit", "inScope", "group", "item",
    "modify", "join", "toNumber", "toString", "if", "min", "max",
}  # fmt: skip


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    return [text for value in node for text in strings(value)] if isinstance(node, list) else []


def expressions(node: Any) -> list[str]:
    found: list[str] = []
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("signal", "expr", "test", "update") and isinstance(value, str):
                found.append(value)
            elif not (key == "values" and isinstance(value, list)):
                found += expressions(value)
    elif isinstance(node, list):
        for value in node:
            found += expressions(value)
    return found


@cache
def drawn(key: str, theme: str = "print", width: int = 680) -> str:
    """The English drawing, made once for all tests that look at it."""
    return to_svg(build(key), theme, "en", width)


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("width", [340, 800])
def test_every_chart_compiles_without_warnings(
    key: str, width: int, capfd: pytest.CaptureFixture[str]
) -> None:
    spec = fitted(build(key).spec, width)
    vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, config=config("light"), show_warnings=True)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


@pytest.mark.parametrize("key", NAMES)
def test_every_chart_uses_only_functions_that_need_no_eval(key: str) -> None:
    compiled = vl_convert.vegalite_to_vega(
        fitted(build(key).spec, 800), vl_version=VEGA_LITE, config=config("light")
    )
    code = " ".join(re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "''", e) for e in expressions(compiled))
    called = set(re.findall(r"\b([A-Za-z_]\w*)\(", code))
    assert called <= KNOWN_FUNCTIONS


@pytest.mark.parametrize("key", NAMES)
def test_every_drawing_repeats_to_the_byte(key: str) -> None:
    assert to_svg(build(key), "print") == drawn(key)
    assert to_html_json(build(key)) == to_html_json(build(key))


def test_a_drawing_repeats_in_another_process_that_loads_neither_django_nor_the_statistics() -> None:
    code = (
        "import sys, pkgutil, importlib, hashlib, cxcharts\n"
        "for m in pkgutil.walk_packages(cxcharts.__path__, 'cxcharts.'): importlib.import_module(m.name)\n"
        "assert not {'django', 'cxstats', 'numpy', 'celery'} & set(sys.modules), 'not pure'\n"
        "from cxcharts.render import to_svg\nfrom tests.cxcharts.cast import build\n"
        "print(hashlib.sha256(to_svg(build('counterfactual')).encode()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    drawn("dots", "dark")
    here = hashlib.sha256(to_svg(build("counterfactual")).encode()).hexdigest()
    assert there.stdout.strip() == here


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("theme", ["dark", "print"])
def test_every_drawing_is_small_and_refers_to_nothing_outside(key: str, theme: str) -> None:
    svg = drawn(key, theme)
    tree = ElementTree.fromstring(svg)
    assert sum(1 for _ in tree.iter()) <= CHARTS[key][1]
    assert "href" not in svg
    assert "url(" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")
    assert "NaN" not in svg
    assert "undefined" not in svg
    assert "#4c78a8" not in svg  # the engine's own blue: a mark without style


@pytest.mark.parametrize("key", NAMES)
def test_every_drawing_keeps_to_its_width(key: str) -> None:
    for width in (340, 680):
        match = re.match(r'<svg[^>]*width="([\d.]+)"', drawn(key, "light", width))
        assert match is not None
        assert float(match.group(1)) <= width + 1


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_specification_holds_its_data_and_no_address(key: str, locale: str) -> None:
    spec = build(key, locale=locale).spec
    assert [s for s in strings({k: v for k, v in spec.items() if k != "$schema"}) if "://" in s] == []
    assert '"url"' not in json.dumps(spec)
    json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_alternative_is_a_finished_text(key: str, locale: str) -> None:
    chart = build(key, "客户" if locale == "zh-hans" else "Customers", locale)
    assert chart.title.rstrip(".。") in chart.alternative
    assert chart.alternative[-1] in ".。"
    assert "{" not in chart.alternative
    assert len(re.findall(r"\d", chart.alternative)) >= 4
    if locale == "zh-hans":
        assert not re.search(
            r"[A-Za-z]{6,}", re.sub(r"rose by \d+ to \d+ points|monthly", "", chart.alternative)
        )


def plotted(chart: Chart) -> set[float]:
    """Numbers that the drawing shows as data."""
    fields = ("y", "low", "high", "x2")
    numbers: set[float] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if str(node.get("name", "")).startswith(("axes", "hover_")):
                return
            encoding = node.get("encoding", {})
            named = {
                c["field"]
                for channel, c in encoding.items()
                if channel in ("x", "y", "x2", "y2")
                and isinstance(c, dict)
                and "field" in c
                and c.get("scale", {}) is not None
            }
            for row in node.get("data", {}).get("values", []):
                for field in fields:
                    if field in named and isinstance(row.get(field), int | float):
                        numbers.add(round(float(row[field]), 6))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(chart.spec)
    return numbers


@pytest.mark.parametrize(
    "key", ["series", "several", "multiples", "counterfactual", "plan", "spark", "distribution"]
)
def test_table_has_every_number_of_the_drawing(key: str) -> None:
    chart = build(key)
    told = {round(float(c.value), 6) for row in chart.table.rows for c in row if c.value is not None}
    assert plotted(chart) - {0.0} <= told


@pytest.mark.parametrize("key", ["dots", "intervals", "cash", "tornado"])
def test_table_has_every_number_given(key: str) -> None:
    told = {c.value for row in build(key).table.rows for c in row if c.value is not None}
    given = {
        "dots": {3.0, 3.8, 2.0, 3.2, 2.5, 1.7, 3.5, 4, 31},
        "intervals": {
            412_000,
            190_000,
            655_000,
            6240,
            -20_000,
            -160_000,
            110_000,
            -180_000,
            -310_000,
            -45_000,
        },
        "cash": {420_000, 380_000, 150_000, -190_000, -320_000, -60_000, 230_000, 300_000, 20_000, 610_000},
        "tornado": {840_000, 260_000, 1_420_000, 930_000, 720_000},
    }[key]
    assert given <= told


@pytest.mark.parametrize("key", NAMES)
def test_table_is_rectangular_and_becomes_csv(key: str) -> None:
    table = build(key).table
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert table.to_csv().count("\r\n") == len(table.rows) + 1


@pytest.mark.parametrize("key", NAMES)
def test_hostile_labels_stay_text(key: str) -> None:
    chart = build(key, HOSTILE)
    embedded = to_html_json(chart)
    assert not re.search(r"[<>&\u2028\u2029]", embedded)
    assert json.loads(embedded)["spec"] == json.loads(json.dumps(chart.spec))
    tree = ElementTree.fromstring(to_svg(chart, "light", with_title=True))
    kinds = {element.tag.split("}")[1] for element in tree.iter()}
    assert kinds <= {"svg", "g", "path", "line", "rect", "text"}
    assert not any(name.startswith("on") for element in tree.iter() for name in element.attrib)


@pytest.mark.parametrize("key", NAMES)
def test_chinese_labels_compile_for_page_and_print(key: str) -> None:
    chart = build(key, "新客户净推荐值", "zh-hans")
    for theme, width in (("light", 340), ("print", 680)):
        ElementTree.fromstring(to_svg(chart, theme, "zh-hans", width))


@pytest.mark.parametrize("key", ["series", "dots", "spark"])
def test_picture_is_a_png(key: str) -> None:
    assert to_png(build(key), scale=1).startswith(b"\x89PNG")
    assert to_png(build(key, "新客户", "zh-hans"), "dark", "zh-hans", scale=1).startswith(b"\x89PNG")


def test_page_chart_carries_what_the_template_needs() -> None:
    page = for_page(build("series"), id="nps-chart")
    assert page.title
    assert page.table.headings[0] == ("Period", False)
    assert page.table.headings[1] == ("Value", True)
    assert json.loads(page.json)["csv"].startswith("Period,")
    with pytest.raises(ValueError, match="id"):
        for_page(build("series"), id='"><script>')
