"""Small functions share a key with what they are part of."""

import random

import pytest

from employee_voice.grouping import NobodyProtected, Unit, groups_of


def units(**people: tuple[str | None, int]) -> dict[str, Unit[str]]:
    return {key: Unit(key=key, parent=parent, people=number) for key, (parent, number) in people.items()}


def test_functions_that_are_large_enough_have_a_key_of_their_own():
    tree = units(service=(None, 5), care=("service", 7), field=("service", 5))
    assert groups_of(tree, minimum=5) == [(["service"], 5), (["care"], 7), (["field"], 5)]


def test_a_small_function_goes_with_its_parent():
    tree = units(service=(None, 5), care=("service", 4), field=("service", 5))
    assert groups_of(tree, minimum=5) == [(["service", "care"], 9), (["field"], 5)]


def test_small_parts_add_up_in_a_parent_without_people_of_its_own():
    tree = units(service=(None, 0), care=("service", 2), field=("service", 3), finance=(None, 9))
    assert groups_of(tree, minimum=5) == [(["care", "field"], 5), (["finance"], 9)]


def test_what_stays_small_goes_up_until_it_is_enough():
    tree = units(
        all=(None, 3), service=("all", 1), care=("service", 2), night=("care", 1), finance=("all", 9)
    )
    assert groups_of(tree, minimum=6) == [(["all", "service", "care", "night"], 7), (["finance"], 9)]


def test_small_functions_without_a_parent_go_together():
    tree = units(law=(None, 2), press=(None, 3), service=(None, 8))
    assert groups_of(tree, minimum=5) == [(["law", "press"], 5), (["service"], 8)]


def test_a_small_rest_joins_the_smallest_other_group():
    tree = units(law=(None, 2), service=(None, 8), finance=(None, 6))
    assert groups_of(tree, minimum=5) == [(["law", "finance"], 8), (["service"], 8)]


def test_functions_without_people_are_in_no_group():
    assert groups_of(units(a=(None, 0), b=(None, 5)), minimum=5) == [(["b"], 5)]


def test_fewer_people_than_the_minimum_are_refused():
    with pytest.raises(NobodyProtected):
        groups_of(units(a=(None, 2), b=(None, 2)), minimum=5)


@pytest.mark.parametrize("seed", range(40))
def test_everybody_is_in_one_group_of_at_least_the_minimum(seed):
    rng = random.Random(seed)
    tree: dict[str, Unit[str]] = {}
    for number in range(rng.randint(1, 60)):
        parent = rng.choice([None, *tree]) if tree else None
        key = f"f{number}"
        tree[key] = Unit(key=key, parent=parent, people=rng.choice([0, 1, 2, 3, 4, 5, 12]))
    minimum = rng.choice([3, 5, 10])
    total = sum(unit.people for unit in tree.values())
    if total < minimum:
        return
    found = groups_of(tree, minimum=minimum)
    members = [key for keys, _people in found for key in keys]
    assert sorted(members) == sorted(key for key, unit in tree.items() if unit.people)
    for keys, people in found:
        assert people == sum(tree[key].people for key in keys) >= minimum
