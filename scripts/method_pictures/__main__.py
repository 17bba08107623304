"""Draw one picture for each page of docs/methods from small simulated or worked data, and show it there.

Every figure is computed by `cxstats` with a fixed seed, so that the same engine draws the same bytes.

    python -m scripts.method_pictures [page ...]
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cxcharts.chart import Chart
from cxcharts.palette import LIGHT
from cxcharts.render import to_svg
from scripts.method_pictures.effects import did, finding, its, overlap, selection, structural, synthetic
from scripts.method_pictures.organization import agreement, drivers, linkage, maturity
from scripts.method_pictures.scores import (
    anonymity,
    control,
    durations,
    multiplicity,
    power,
    sequential,
    voc,
    weighting,
)
from scripts.method_pictures.worth import portfolio, roi

PAGES = Path(__file__).resolve().parents[2] / "docs" / "methods"


WIDTH = 720


MARGIN = 12  # white around the drawing


PICTURES: dict[str, Callable[[], Chart]] = {
    "its": its, "did": did, "structural": structural, "synthetic": synthetic, "selection": selection,
    "overlap": overlap, "evaluate": finding, "voc": voc, "durations": durations, "power": power,
    "control": control, "multiplicity": multiplicity, "sequential": sequential, "weighting": weighting,
    "anonymity": anonymity, "linkage": linkage, "maturity": maturity, "agreement": agreement, "roi": roi,
    "portfolio": portfolio, "drivers": drivers,
}  # fmt: skip


def on_paper(chart: Chart) -> str:
    """The drawing with its title on white, so that it is legible on a dark page as well."""
    svg = to_svg(chart, "light", width=WIDTH, with_title=True)
    match = re.match(r'<svg[^>]*viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', svg)
    if match is None:
        raise ValueError("a drawing needs a view box")
    left, top, wide, tall = (float(part) for part in match.groups())
    left, top, wide, tall = left - MARGIN, top - MARGIN, wide + 2 * MARGIN, tall + 2 * MARGIN
    head = svg[: match.end()]
    for name, old in (("width", wide - 2 * MARGIN), ("height", tall - 2 * MARGIN)):
        head = head.replace(f' {name}="{old:g}"', f' {name}="{old + 2 * MARGIN:g}"')
    head = re.sub(r'viewBox="[^"]*"', f'viewBox="{left:g} {top:g} {wide:g} {tall:g}"', head)
    body = svg[match.end() :]
    end = body.index(">") + 1
    paper = f'<rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{tall:g}" fill="{LIGHT.paper}"/>'
    return f"{head}{body[:end]}{paper}{body[end:]}\n"


def shown(text: str, page: str, words: str) -> str:
    """The page with its picture before the second bold lead of the leader's part, or where it already is."""
    words = words.replace("[", "(").replace("]", ")")
    line = f"![{words}](pictures/{page}.svg)"
    there = re.compile(rf"^!\[[^\]]*\]\(pictures/{page}\.svg\)$", re.MULTILINE)
    if there.search(text):
        return there.sub(lambda _: line, text)
    start = re.search(r"^## For (?:a customer-experience|CX|the CX) leader.*$", text, re.MULTILINE)
    if start is None:
        raise ValueError(f"{page}: no page for the leader")
    leads = [m.start() for m in re.finditer(r"^(?:\*\*|## )", text[start.end() :], re.MULTILINE)]
    at = start.end() + leads[1]
    return f"{text[:at]}{line}\n\n{text[at:]}"


def main(pages: Sequence[str]) -> None:
    folder = PAGES / "pictures"
    folder.mkdir(exist_ok=True)
    for page in pages or PICTURES:
        chart = PICTURES[page]()
        (folder / f"{page}.svg").write_text(on_paper(chart), encoding="utf-8")
        path = PAGES / f"{page}.md"
        before = path.read_text(encoding="utf-8")
        after = shown(before, page, chart.title)
        if after != before:
            path.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
