"""Sums of what two waves tell, by brute force: every set of people that sums and differences give."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.anonymity import Told, sums_that_tell
from cxstats.errors import InvalidInput

MINIMUM = 5


def known_sets(groups: Sequence[frozenset[int]], people: int) -> set[int]:
    """Sets of people, as bits, whose sum follows from those of all groups, each added or subtracted once."""
    if not groups:
        return set()
    members = np.array([[person in group for person in range(people)] for group in groups], dtype=np.int64)
    found = set()
    for signs in product((-1, 0, 1), repeat=len(groups)):
        row = np.array(signs) @ members
        if row.any() and set(row.tolist()) <= {0, 1}:
            found.add(sum(1 << int(person) for person in np.flatnonzero(row)))
    return found


def tells(exact: Sequence[frozenset[int]], then: Sequence[frozenset[int]], people: int) -> bool:
    """Whether two sums, one of each wave, are of the same people but for one to four."""
    return any(
        here & there and 1 <= (here ^ there).bit_count() < MINIMUM
        for here in known_sets(exact, people)
        for there in known_sets(then, people)
    )


def whole(now: Mapping[str, Told], key: str) -> frozenset[int]:
    """A group with those below it."""
    below = [whole(now, other) for other, one in now.items() if one.parent == key]
    return frozenset(now[key].people).union(*below)


@st.composite
def waves(draw):
    """A tree of groups now and some groups then, each remainder empty or of five people and more."""
    people = draw(st.integers(16, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups = draw(st.integers(2, 4))
    place = random.integers(0, groups, people)
    before = place.copy()
    for pair in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=2)):
        before[before == pair[0] % groups] = pair[1] % groups  # merged: split in the meantime
    moved = random.random(people) < draw(st.sampled_from([0.0, 0.05, 0.1, 0.3]))
    before[moved] = random.integers(0, groups, int(moved.sum()))
    place[random.random(people) < draw(st.sampled_from([0.0, 0.03, 0.1]))] = -1  # left
    before[random.random(people) < draw(st.sampled_from([0.0, 0.03, 0.1]))] = -1  # joined
    parents = {0: None, 1: draw(st.sampled_from([None, 0])), 2: draw(st.sampled_from([None, 0, 1])), 3: None}
    inside = {key: frozenset(np.flatnonzero(place == key).tolist()) for key in range(groups)}
    shown = {key for key, one in inside.items() if not one or len(one) >= MINIMUM}
    now = {}
    for key in sorted(shown):
        above = parents[key]
        while above is not None and above not in shown:
            above = parents[above]
        now[str(key)] = Told(people=inside[key], parent=None if above is None else str(above))
    then = [frozenset(np.flatnonzero(before == key).tolist()) for key in range(groups)]
    return now, [one for one in then if len(one) >= MINIMUM], people


@settings(max_examples=150, deadline=None)
@given(waves())
def test_no_sum_of_exact_groups_tells_of_few_people(case):
    now, then, people = case
    told = [Told(people=one) for one in then]
    blunt = sums_that_tell(now=now, then=told, minimum=MINIMUM)
    assert not tells([whole(now, key) for key in now if key not in blunt], then, people)
    if blunt:  # and nothing is blunt without need
        assert tells([whole(now, key) for key in now], then, people)


def of(people: str, **more) -> Told:
    return Told(people=frozenset(people), **more)


def test_a_merger_and_a_split_with_one_leaver_are_seen():
    x, y, both = of("abcdefgh"), of("ijklmnop"), of("abcdefghijklmno")
    assert sums_that_tell(now={"z": both}, then=[x, y], minimum=5) == {"z"}
    assert sums_that_tell(now={"x": x, "y": of("ijklmno")}, then=[of("abcdefghijklmnop")], minimum=5) == {"y"}
    assert sums_that_tell(now={"z": of("abcdefghijklmnop")}, then=[x, y], minimum=5) == frozenset()
    assert sums_that_tell(now={"z": of("defghijklmn")}, then=[x, y], minimum=5) == frozenset()  # five left


def test_a_round_of_exchanges_with_one_leaver_is_seen():
    """Each of four functions gives three people to the next: alone each differs by six, together by one."""
    people = [[f"{letter}{number}" for number in range(9)] for letter in "abcd"]
    before = [Told(people=frozenset(one)) for one in people]
    after = [[*one[3:], *people[number - 1][:3]] for number, one in enumerate(people)]
    now = {str(number): Told(people=frozenset(one)) for number, one in enumerate(after)}
    assert sums_that_tell(now=now, then=before, minimum=5) == frozenset()
    now["0"] = Told(people=frozenset(after[0][:-1]))
    assert sums_that_tell(now=now, then=before, minimum=5) == {"0"}


def test_a_group_above_that_stays_exact_counts_with_what_is_blunt_below():
    now = {"z": of("", parent=None), "x": of("abcdefgh", parent="z"), "y": of("ijklmno", parent="z")}
    assert sums_that_tell(now=now, then=[of("abcdefghijklmnop")], minimum=5) == {"y", "z"}


def test_people_known_by_number_count_in_the_difference():
    x, y = of("abcdefgh", unnamed=3), of("ijklmnop")
    for slips, found in ((3, {"z"}), (1, {"z"}), (9, set())):
        now = {"z": of("abcdefghijklmno", unnamed=slips)}
        assert sums_that_tell(now=now, then=[x, y], minimum=5) == found


def test_a_parent_that_is_no_group_is_refused():
    with pytest.raises(InvalidInput):
        sums_that_tell(now={"x": of("abcdef", parent="gone")}, then=[], minimum=5)
    with pytest.raises(InvalidInput):
        sums_that_tell(now={}, then=[], minimum=2)
