"""What the guide for contributors says of files and rooms is true of this tree."""

import re
from itertools import pairwise

import pytest

from customer_voice import rules
from tests.architecture.test_floors import FLOORS, ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (Add [a-z ]+)\n(.*?)(?=^##|\Z)", GUIDE, flags=re.MULTILINE | re.DOTALL))
# a path with a folder in it, not a placeholder and not a dotted name
PATH = re.compile(r"`((?:[a-z_]+/)+[A-Za-z0-9_.-]*)`")


def test_there_is_a_recipe_for_each_common_addition():
    assert set(RECIPES) == {
        *("Add a metric rule", "Add a role", "Add a chart", "Add a page", "Add a report"),
        *("Add an event reader", "Add a field"),
    }


@pytest.mark.parametrize("text", [GUIDE, ARCHITECTURE])
def test_every_file_that_is_named_exists(text):
    named = set(PATH.findall(text)) | set(re.findall(r"\b(?:[a-z_]+/)+[a-z_]+\.(?:py|md|html)\b", text))
    assert len(named) > 8
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    named.discard("services/approvals.py")  # an example of a name
    assert not [name for name in named if not any((place / name).exists() for place in (ROOT, *apps))]


@pytest.mark.parametrize(
    ("recipe", "most"), [("Add a metric rule", 4), ("Add a role", 3), ("Add a chart", 3), ("Add a field", 4)]
)
def test_a_recipe_has_no_more_steps_than_was_promised(recipe, most):
    assert 0 < len(re.findall(r"^\d\. ", RECIPES[recipe], flags=re.MULTILINE)) <= most


def test_every_rule_of_the_product_stands_in_the_list_that_the_recipe_names():
    source = (ROOT / "customer_voice" / "rules" / "__init__.py").read_text(encoding="utf-8")
    (listed,) = re.findall(r"for _rule in \((.*?)\):", source)
    keys = {getattr(rules, name.strip()).key for name in listed.split(",")}
    assert keys == rules.rule_keys()


def test_the_picture_of_the_floors_shows_every_floor_above_what_it_may_import():
    drawn = [room for floor in reversed(FLOORS) for room in floor]
    places = {room: ARCHITECTURE.index(f'{room}["{room}') for room in [*drawn, "cxstats", "cxcharts"]}
    for lower, higher in pairwise(FLOORS):
        assert max(places[room] for room in higher) < min(places[room] for room in lower)
