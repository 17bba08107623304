"""What is told of small groups, attacked by whole-number programs, by enumeration and by linear algebra."""

import doctest
import importlib
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.anonymity import (
    Group,
    Telling,
    Why,
    blunt_count,
    blunt_share,
    is_little_changed,
    pattern_of,
    people_apart,
    telling_of,
    told_apart,
)
from cxstats.errors import InvalidInput
from tests.cxstats.attackers import Attacker

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "anonymity.md"
few = settings(max_examples=25, deadline=None)
many = settings(max_examples=150, deadline=None)

SIZES = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 8, 12, 30])

EXACT, BLUNT, HIDDEN = Telling.EXACT, Telling.BLUNT, Telling.HIDDEN


def flat(**own):
    """A whole with groups directly below it."""
    return [Group(key="all", parent=None, own=(0,))] + [
        Group(key=key, parent="all", own=(n,)) for key, n in own.items()
    ]


@st.composite
def trees(draw, most=8, measures=1, sizes=SIZES):
    groups = []
    for number in range(draw(st.integers(1, most))):
        parent = None if number == 0 else str(draw(st.integers(0, number - 1)))
        people = draw(sizes)
        own = (people, *(max(0, people - draw(st.integers(0, 2))) for _ in range(measures - 1)))
        groups.append(Group(key=str(number), parent=parent, own=own))
    return groups


def below(groups, key):
    """Places of a group and of all groups below it; its own way to the same."""
    up = {group.key: group.parent for group in groups}

    def is_under(step):
        while step is not None:
            if step == key:
                return True
            step = up[step]
        return False

    return [place for place, group in enumerate(groups) if is_under(group.key)]


def people_of(groups, key, measure=0):
    return sum(groups[place].own[measure] for place in below(groups, key))


def is_protected(groups, shown, minimum=5):
    """Whether no sum of shown sums is of 1 to minimum - 1 people, in any measure: linear algebra.

    In one tree every sum that can be made is a sum of what is left of a shown group without others shown.
    """
    measures = len(groups[0].own)
    for key in shown:
        inner = [other for other in shown if other != key and below(groups, other)[0] in below(groups, key)]
        left = set(below(groups, key)).difference(*(below(groups, other) for other in inner))
        for measure in range(measures):
            n = sum(groups[place].own[measure] for place in left)
            everybody = max(sum(groups[place].own[m] for place in left) for m in range(measures))
            if n < minimum and everybody > 0:
                return False
    return True


def fewest_by_enumeration(groups, minimum=5):
    live = [
        group.key for group in groups if any(people_of(groups, group.key, m) for m in range(len(group.own)))
    ]
    for shown in sorted(product([True, False], repeat=len(live)), key=lambda one: -sum(one)):
        kept = [key for key, is_shown in zip(live, shown, strict=True) if is_shown]
        if is_protected(groups, kept, minimum):
            return len(live) - len(kept)
    raise AssertionError


# --- the pattern ------------------------------------------------------------------------------------


def test_a_second_group_is_hidden_with_a_small_one():
    found = pattern_of(groups=flat(north=3, south=9, west=30))
    assert found.hidden == {"north": Why.SMALL, "south": Why.OTHERS}
    assert found.shown == ("all", "west")
    (left,) = (one for one in found.remainders if one.of == "all")
    assert (left.keys, left.people) == (("north", "south"), (12,))


def test_two_small_groups_protect_each_other_when_they_are_enough_together():
    assert pattern_of(groups=flat(north=3, south=2, west=30)).hidden == {
        "north": Why.SMALL,
        "south": Why.SMALL,
    }
    # three and one are four: a third group goes with them
    assert set(pattern_of(groups=flat(north=3, south=1, west=30, east=8)).hidden) == {
        "north",
        "south",
        "east",
    }


def test_one_pattern_for_all_drivers():
    # planned apart, driver 1 would hide a and b, driver 2 a and c: a then follows from b
    groups = [Group(key="all", parent=None, own=(0, 0))]
    groups += [
        Group(key=key, parent="all", own=own)
        for key, own in {"a": (3, 3), "b": (6, 9), "c": (9, 6), "d": (20, 20)}.items()
    ]
    found = pattern_of(groups=groups)
    assert len(found.hidden) == 2
    assert "a" in found.hidden


def test_the_smallest_measure_decides_and_sums_decide_together():
    groups = [Group(key="all", parent=None, own=(0, 0))]
    groups += [Group(key="a", parent="all", own=(3, 2)), Group(key="b", parent="all", own=(2, 3))]
    groups += [Group(key="c", parent="all", own=(20, 19))]
    # a and b together are five in each measure, though their smallest measures add up to four
    assert set(pattern_of(groups=groups).hidden) == {"a", "b"}


def test_people_who_belong_to_the_whole_alone_count_as_a_part():
    # three people belong to the board and to no function: board minus functions would be them
    groups = [Group(key="board", parent=None, own=(3,))]
    groups += [Group(key=key, parent="board", own=(n,)) for key, n in {"a": 20, "b": 7}.items()]
    assert pattern_of(groups=groups).hidden == {"b": Why.OTHERS}


def test_groups_in_which_nobody_answered_are_neither_shown_nor_hidden():
    found = pattern_of(groups=flat(a=0, b=8))
    assert found.shown == ("all", "b")
    assert found.hidden == {}


def test_groups_hidden_by_force_protect_others_and_cost_nothing():
    found = pattern_of(groups=flat(a=3, b=9, c=30), forced={"c"})
    assert found.hidden == {"a": Why.SMALL, "c": Why.FORCED}


def test_nothing_above_is_told_nothing_follows():
    found = pattern_of(groups=flat(a=3, b=9, c=30), forced={"all"})
    assert found.hidden == {"all": Why.FORCED, "a": Why.SMALL}
    assert [one.of for one in found.remainders] == [None, "b", "c"]


def test_the_floor_is_three():
    assert pattern_of(groups=flat(a=3, b=9), minimum=3).hidden == {}
    with pytest.raises(InvalidInput, match="minimum"):
        pattern_of(groups=flat(a=3), minimum=2)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [Group(key="a", parent=None, own=(1,)), Group(key="a", parent=None, own=(1,))],
        [Group(key="a", parent="b", own=(1,))],
        [Group(key="a", parent="b", own=(1,)), Group(key="b", parent="a", own=(1,))],
        [Group(key="a", parent=None, own=(-1,))],
        [Group(key="a", parent=None, own=())],
        [Group(key="a", parent=None, own=(1,)), Group(key="b", parent=None, own=(1, 2))],
    ],
)
def test_what_is_no_tree_is_refused(groups):
    with pytest.raises(InvalidInput):
        pattern_of(groups=groups)


def test_forced_groups_are_groups():
    with pytest.raises(InvalidInput, match="'z'"):
        pattern_of(groups=flat(a=3), forced={"z"})


@many
@given(trees(most=7))
def test_no_pattern_hides_fewer(groups):
    found = pattern_of(groups=groups)
    assert is_protected(groups, found.shown)
    assert len(found.hidden) == fewest_by_enumeration(groups)


@many
@given(trees(most=7, measures=3))
def test_with_several_measures_hardly_more_is_hidden_than_must_be(groups):
    found = pattern_of(groups=groups)
    assert is_protected(groups, found.shown)
    assert len(found.hidden) <= max(1.15 * fewest_by_enumeration(groups), fewest_by_enumeration(groups))


@few
@given(trees(most=10, measures=2))
def test_no_hidden_small_group_is_narrowed_down(groups):
    found = pattern_of(groups=groups)
    for measure in range(2):
        reader = Attacker(len(groups))
        for key in found.shown:
            reader.learn(below(groups, key), low=people_of(groups, key, measure))
        for key in found.hidden:
            if 0 < people_of(groups, key, measure) < 5:
                low, high = reader.range_of(below(groups, key))
                assert high - low >= 5


# --- agreement --------------------------------------------------------------------------------------


def told(groups, answers, **options):
    return telling_of(groups=groups, pattern=pattern_of(groups=groups), answers=answers, **options)


def test_everybody_in_two_small_groups_said_yes():
    # a 3 of 3, b 2 of 2, c 5 of 10, all 10 of 15: c and all give away a and b
    groups = flat(a=3, b=2, c=10)
    found = told(groups, [[[0, 0]], [[0, 3]], [[0, 2]], [[5, 5]]])
    assert pattern_of(groups=groups).hidden == {"a": Why.SMALL, "b": Why.SMALL}
    assert found == {"all": (EXACT,), "c": (HIDDEN,)}


def test_a_group_that_agrees_is_told_bluntly_and_one_beside_it_not_at_all():
    groups = flat(a=6, b=9, c=30)
    answers = [[[0, 0, 0]], [[0, 0, 6]], [[2, 3, 4]], [[10, 10, 10]]]
    assert told(groups, answers) == {"all": (EXACT,), "a": (BLUNT,), "b": (HIDDEN,), "c": (EXACT,)}


def test_only_the_measure_in_which_they_agree_is_blunt():
    groups = [Group(key="all", parent=None, own=(0, 0))]
    groups += [Group(key=key, parent="all", own=(n, n)) for key, n in {"a": 6, "b": 9, "c": 30}.items()]
    answers = np.array([[[0, 0], [0, 0]], [[0, 6], [3, 3]], [[4, 5], [4, 5]], [[10, 20], [10, 20]]])
    assert told(groups, answers)["a"] == (BLUNT, EXACT)
    assert told(groups, answers)["b"] == (HIDDEN, EXACT)


def test_answers_need_their_shape():
    groups = flat(a=6)
    for answers in ([[1, 2]], [[[0]], [[1]]], [[[0, 0]], [[-1, 7]]]):
        with pytest.raises(InvalidInput, match="answers"):
            told(groups, answers)


@st.composite
def agreeing(draw):
    """Trees in which many groups agree."""
    groups = draw(trees(most=8, sizes=st.sampled_from([0, 2, 3, 5, 5, 6, 8, 12])))
    answers = []
    for group in groups:
        chances = draw(st.sampled_from([(0, 0, 1), (0, 0, 1), (1, 2, 7), (3, 3, 4), (0, 1, 0)]))
        table = [0, 0, 0]
        for number in range(group.own[0]):
            weights = [place for place, times in enumerate(chances) for _ in range(times)]
            table[weights[draw(st.integers(0, len(weights) - 1)) if len(weights) > 1 else 0 * number]] += 1
        answers.append([table])
    return groups, answers


@many
@given(agreeing())
def test_nobody_learns_that_a_group_agrees(case):
    groups, answers = case
    pattern = pattern_of(groups=groups)
    found = telling_of(groups=groups, pattern=pattern, answers=answers)
    table = np.array(answers)[:, 0, :]
    reader = Attacker(len(groups), classes=3)
    for key, (how,) in found.items():
        places = below(groups, key)
        total = table[places].sum(axis=0)
        reader.learn(places, low=int(total.sum()))  # how many answered is told in any case
        for answer in range(3):
            if how is EXACT:
                reader.learn(places, of=answer, low=int(total[answer]))
            elif how is BLUNT:
                share = blunt_share(total[answer] / total.sum(), int(total.sum()))
                reach = share.step / 2 + (share.step if share.is_open else 0)
                reader.learn_share(
                    places, of=answer, low=max(0, share.value - reach), high=min(1, share.value + reach)
                )
    places_of = {group.key: place for place, group in enumerate(groups)}
    sets = [below(groups, key) for key in pattern.shown]
    sets += [[places_of[key] for key in one.keys] for one in pattern.remainders if one.of is not None]
    for places in sets:
        total = table[places].sum(axis=0)
        if (total > 0).sum() == 1:
            _, others = reader.range_of(places, without=int(total.argmax()))
            assert others >= 1  # somebody may have said something else


# --- waves ------------------------------------------------------------------------------------------


def test_a_group_that_lost_one_person_is_blunt_and_so_is_what_would_undo_it():
    groups = flat(a=20, b=9, c=30)
    answers = [[[0, 0]], [[10, 10]], [[4, 5]], [[10, 20]]]
    found = told(groups, answers, little_changed={"a"})
    assert found == {"all": (EXACT,), "a": (BLUNT,), "b": (BLUNT,), "c": (EXACT,)}


def test_a_change_in_the_whole_makes_the_whole_blunt():
    groups = [Group(key="all", parent=None, own=(8,)), Group(key="a", parent="all", own=(20,))]
    found = told(groups, [[[4, 4]], [[10, 10]]], little_changed={"all"})
    assert found == {"all": (BLUNT,), "a": (EXACT,)}


def test_only_shown_groups_change_little():
    with pytest.raises(InvalidInput, match="little_changed"):
        told(flat(a=3, b=9), [[[0, 0]], [[1, 2]], [[4, 5]]], little_changed={"a"})


def test_what_little_changed_means():
    assert people_apart({1, 2, 3}, {2, 3, 4}) == 2
    assert [is_little_changed(apart) for apart in (0, 1, 4, 5)] == [False, True, True, False]
    assert [is_little_changed(apart, minimum=3) for apart in (2, 3)] == [True, False]
    with pytest.raises(InvalidInput):
        is_little_changed(-1)
    with pytest.raises(InvalidInput):
        is_little_changed(1, minimum=2)


# --- blunt figures ----------------------------------------------------------------------------------


@given(st.integers(3, 5000))
def test_blunt_counts_are_fives_close_by(n):
    assert blunt_count(n) % 5 == 0
    assert abs(blunt_count(n) - n) <= 2


@given(st.integers(3, 400), st.data())
def test_a_blunt_share_holds_the_truth_and_never_tells_that_all_agree(n, data):
    yes = data.draw(st.integers(0, n))
    found = blunt_share(yes / n, n)
    reach = found.step / 2 + (found.step if found.is_open else 0)
    possible = [other for other in range(n + 1) if abs(other / n - found.value) <= reach + 1e-9]
    assert yes in possible
    assert set(possible) - {0, n}


def test_steps_are_never_finer_than_five_percent():
    assert blunt_share(0.52, 1000).value == 0.5
    assert blunt_share(0.63, 8).value == pytest.approx(0.6)
    assert blunt_share(0.0, 200) == blunt_share(0.05, 200)
    with pytest.raises(InvalidInput):
        blunt_share(1.2, 10)


# --- groups that overlap ----------------------------------------------------------------------------


def test_three_filters_leave_two_people():
    staff = frozenset(range(20))
    groups = [("all", staff), ("north", frozenset(range(9))), ("south", frozenset(range(9, 18)))]
    assert [one.members for one in told_apart(groups=groups, minimum=5)] == [frozenset({18, 19})]


def test_two_trees_of_the_same_answers_are_subtracted():
    # before the reorganization: A = 1..10, B = 11..20; after it: A = 1..12, B = 13..20
    before = [("A", frozenset(range(1, 11))), ("B", frozenset(range(11, 21)))]
    after = [("new A", frozenset(range(1, 13))), ("new B", frozenset(range(13, 21)))]
    assert told_apart(groups=before, minimum=5) == ()
    assert [one.people for one in told_apart(groups=before + after, minimum=5)] == [2]


def test_sums_over_two_parts_that_are_few_together():
    # {1, 2} + {3} is known, neither alone
    groups = [
        ("one", frozenset({1, 2, 3, *range(10, 20)})),
        ("two", frozenset(range(10, 20))),
        ("three", frozenset({1, 2, *range(30, 40)})),
        ("four", frozenset({3, *range(50, 60)})),
    ]
    assert [one.members for one in told_apart(groups=groups, minimum=5)] == [frozenset({1, 2, 3})]


def test_nothing_published_tells_nothing():
    assert told_apart(groups=[], minimum=5) == ()
    assert told_apart(groups=[("all", frozenset())], minimum=5) == ()
    with pytest.raises(InvalidInput):
        told_apart(groups=[], minimum=2)


@few
@given(
    st.lists(st.frozensets(st.integers(0, 14), min_size=1), min_size=1, max_size=5),
    st.integers(3, 5),
)
def test_told_apart_finds_what_least_squares_finds(sets, minimum):
    groups = [(str(number), members) for number, members in enumerate(sets)]
    told = told_apart(groups=groups, minimum=minimum)
    matrix = np.array([[person in members for person in range(15)] for members in sets], dtype=float)
    for one in told:  # some sum of published sums rests on exactly these people
        outside = [person for person in range(15) if person not in one.members]
        inside = sorted(one.members)
        _, sizes, right = np.linalg.svd(matrix[:, outside].T)
        free = right[(sizes > 1e-9).sum() :]
        assert np.abs(free @ matrix[:, inside]).max() > 1e-9
    # and every single person who follows from the sums is among them
    for person in range(15):
        unit = np.eye(15)[person]
        weights = np.linalg.lstsq(matrix.T, unit, rcond=None)[0]
        if np.allclose(weights @ matrix, unit):
            assert any(person in one.members for one in told)


@many
@given(trees(most=8))
def test_the_tree_and_the_search_for_overlaps_agree(groups):
    names = {group.key: [f"{group.key}/{number}" for number in range(group.own[0])] for group in groups}
    found = pattern_of(groups=groups)
    published = [
        (key, frozenset(name for place in below(groups, key) for name in names[groups[place].key]))
        for key in found.shown
    ]
    assert told_apart(groups=published, minimum=5) == ()


@pytest.mark.parametrize("module", ["blunt", "linked", "pattern"])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.anonymity.{module}")).failed == 0


def test_examples_of_the_handbook():
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
