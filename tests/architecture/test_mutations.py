"""The house's own mutations do what they say; the tool is a development package."""

import pytest

mutating = pytest.importorskip("cosmic_ray.mutating")


@pytest.mark.parametrize(
    ("name", "before", "after", "occurrence"),
    [
        ("own/DropStatement", "if late:\n    raise TooLate()\n", "if late:\n    pass\n", 0),
        ("own/DropStatement", "record(row)\nx = count(row)\n", "pass\nx = count(row)\n", 0),
        ("own/DropCondition", "rows.filter(a=1, b=2)", "rows.filter( b=2)", 0),
        ("own/DropCondition", "rows.filter(a=1, b=2)", "rows.filter(a=1)", 1),
        ("own/DropCondition", "rows.exclude(a=1)", "rows.exclude()", 0),
        ("own/SwapMember", "x = Role.HEAD\ny = Role.GUEST\n", "x = Role.GUEST\ny = Role.GUEST\n", 0),
        ("own/SwapMember", "x = Role.HEAD\ny = Role.GUEST\n", "x = Role.HEAD\ny = Role.HEAD\n", 1),
    ],
)
def test_a_mutation_changes_one_thing(name, before, after, occurrence):
    from scripts.mutations import OWN

    assert mutating.mutate_code(before, OWN[name](), occurrence) == after


def test_annotations_and_bare_stars_make_no_mutant():
    from scripts.mutants import mutants_of

    source = "def age(*, years: int | None) -> int | str:\n    return years\n"
    assert list(mutants_of("some.py", source)) == []
    places = {
        place for place, _mutant in mutants_of("some.py", "def old(*, years):\n    return years > 60\n")
    }
    assert places == {(2, 17), (2, 19)}
