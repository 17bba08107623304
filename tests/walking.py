"""A page as a tree, and the ways that lead on from its figures."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
NO_TEXT = {"script", "style", "svg", "template", "option", "textarea"}
DIGIT = re.compile(r"\d")
ANSWERS = re.compile(r"/listen/feedback/\d+/$")


@dataclass(slots=True)
class Element:
    tag: str
    said: dict[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def all(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def up(self) -> Iterator["Element"]:
        place: Element | None = self
        while place is not None:
            yield place
            place = place.parent

    @property
    def text(self) -> str:
        if self.tag in NO_TEXT:
            return ""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())

    @property
    def classes(self) -> set[str]:
        return set(self.said.get("class", "").split())


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("html", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(one)
        if tag not in VOID:
            self.here = one

    def handle_endtag(self, tag: str) -> None:
        for place in self.here.up():
            if place.tag == tag and place.parent is not None:
                self.here = place.parent
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def tree_of(html: str) -> Element:
    parser = _Tree()
    parser.feed(html)
    return parser.root


def main_of(root: Element) -> Element:
    return next(one for one in root.all() if one.tag == "main")


def at(root: Element, fragment: str) -> Element:
    """The part of a page that a link means; all that it is about without a fragment. AssertionError where the
    page has no such place."""
    if not fragment:
        return main_of(root)
    found = next((one for one in root.all() if one.said.get("id") == fragment), None)
    assert found is not None, f"no place #{fragment}"
    return found


def figures_of(place: Element) -> Iterator[Element]:
    """Cells, lists of figures and amounts with a digit in them: what a page prints as a figure. Charts have
    their own table; words beside a figure (a range below it, a note) belong to its cell."""
    for one in place.all():
        up = list(one.up())
        is_listed = one.tag == "dd" and any("figures" in each.classes for each in up)
        is_cell = one.tag == "td" and "number" in one.classes
        is_figure = is_listed or is_cell or "backing-amount" in one.classes
        is_drawn = any("chart-table" in each.classes for each in up)
        if is_figure and not is_drawn and DIGIT.search(one.text):
            yield one


def leads_of(place: Element) -> list[str]:
    """Where figures lead."""
    return [one.said["href"] for one in place.all() if one.tag == "a" and "trace" in one.classes]


def links_of(place: Element) -> list[str]:
    return [one.said["href"] for one in place.all() if one.tag == "a" and one.said.get("href")]


def is_origin(one: Element) -> bool:
    """Whether people typed it: nothing lies behind it but its source, which stands beside it."""
    return any("data-origin" in up.said for up in one.up())


def clicks_to(
    start: str, opened: Callable[[str], Element], is_there: Callable[[str, Element], bool], *, most: int
) -> int | None:
    """The fewest clicks from an address to a place that `is_there` knows; None where `most` do not get there.
    What leads on from figures is followed; on a list of answers, where nothing leads on, its rows are."""
    seen, queue = {start}, deque([(start, 0)])
    while queue:
        address, clicks = queue.popleft()
        page, fragment = urldefrag(address)
        place = at(opened(page), fragment)
        if is_there(page, place):
            return clicks
        if clicks == most:
            continue
        ways = leads_of(place) or [link for link in links_of(place) if ANSWERS.search(link)]
        for link in ways:
            target = urljoin(address, link)
            if target not in seen:
                seen.add(target)
                queue.append((target, clicks + 1))
    return None
