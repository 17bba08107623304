"""No label of a chart lies on another: in both languages, on phone, desk and paper."""

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import pytest

from cxcharts.render import to_svg
from cxcharts.text import width_of
from tests.cxcharts.cast import NAMES, build

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


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize(
    ("theme", "width"),
    [("light", 320), ("light", 358), ("light", 500), ("light", 610), ("light", 820), ("print", 640)],
)
def test_no_label_lies_on_another(key: str, locale: str, theme: str, width: int) -> None:
    assert collisions(to_svg(build(key, WORDS[locale], locale), theme, locale, width)) == []
