"""How roughly a wave is told when nearly all of it was told before: what is said then, and what of the
few."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxstats.anonymity import UNTOLD, Known, Supposed, Telling, levels_of_figures
from cxstats.anonymity.blunt import is_open_at
from cxstats.engagement import Function, Measure, MeasureKind, Question, ToldBefore, publish
from tests.cxstats.attackers import pinned

CHOICES = (1, 3, 5)
ITEM = Measure(key="q", kind=MeasureKind.ITEM, questions=(Question(key="q", low=1, high=5),))
some = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def published(functions, *, little_changed, before=(), parents=None):
    """One question; `functions`: how many of each one's own people gave which answer."""
    keys = list(functions)
    tree = [
        Function(
            key=key, parent=(parents or {}).get(key, None if key == "all" else "all"), asked=sum(counts) + 2
        )
        for key, counts in functions.items()
    ]
    rows = [
        (key, {"q": choice})
        for key in keys
        for choice, n in zip(CHOICES, functions[key], strict=True)
        for _one in range(n)
    ]
    found = publish(
        functions=tree,
        rows=rows,
        measures=[ITEM],
        rng=np.random.default_rng(1),
        little_changed=set(little_changed),
        before=before,
    )
    return tree, found


def figure(publication, key):
    function = next(one for one in publication.functions if one.key == key)
    return function.figures[0] if function.figures else None


# --- the whole says something -----------------------------------------------------------------------------


@st.composite
def large_waves(draw):
    """More than a hundred answers in functions of all sizes, in two levels, any of them nearly as before."""
    sizes = draw(st.lists(st.sampled_from([3, 5, 6, 7, 8, 9, 12, 17, 25, 31]), min_size=5, max_size=12))
    sizes[0] += max(0, 101 - sum(sizes))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    functions, parents = {"all": (0, 0, 0)}, {}
    for number, size in enumerate(sizes):
        lean = chance.dirichlet([draw(st.sampled_from([0.3, 1.0, 5.0]))] * 3)
        functions[str(number)] = tuple(int(one) for one in chance.multinomial(size, lean))
        parents[str(number)] = "all" if number < 3 else str(draw(st.sampled_from(["all", 0, 1, 2])))
    changed = draw(st.sets(st.sampled_from(list(functions))))
    return functions, parents, changed | draw(st.sampled_from([set(), {"all"}, set(functions)]))


@some
@given(large_waves())
def test_a_whole_of_more_than_a_hundred_always_says_something_and_nothing_can_be_worked_out(wave):
    functions, parents, changed = wave
    tree, found = published(functions, parents=parents, little_changed=changed)
    whole = figure(found, "all")
    assert whole is not None
    assert whole.how is not Telling.HIDDEN
    assert next(one for one in found.functions if one.key == "all").answered is not None
    table = np.array(list(functions.values()))[:, None, :]
    assert pinned(tree, table, table.sum(axis=(1, 2)), found, "q", 0) == []


def test_some_level_is_open_for_every_share_of_more_than_a_hundred():
    """Four people in either direction: of a whole so large each answer can be told at some level."""
    for n in range(101, 400):
        hits = np.arange(n + 1)[:, None]
        people = np.full(n + 1, n)
        levels = [is_open_at(hits - 4, hits + 4, people, level) for level in range(1, UNTOLD)]
        assert np.any(levels, axis=0).all(), n


# --- nothing is told of the few ---------------------------------------------------------------------------


def answers_of(people):
    for chosen in combinations_with_replacement(range(3), people):
        yield np.bincount(chosen, minlength=3)


B = np.array([20, 31, 49])


def told_of_a(then, now, *, joined, left):
    """Everything told of a wave whose whole and whose function a were told before, and b of other people."""
    counts = {("a", "q"): tuple(then), ("all", "q"): tuple(then + B)}
    before = ToldBefore(
        joined=dict.fromkeys(("a", "all"), joined), left=dict.fromkeys(("a", "all"), left), counts=counts
    )
    functions = {"all": (0, 0, 0), "a": tuple(int(one) for one in now), "b": tuple(B)}
    _tree, found = published(functions, little_changed={"all", "a"}, before=[before])
    return found.functions


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("joined", "left"), [(1, 0), (0, 2), (1, 1), (0, 4)])
def test_whatever_the_few_answered_the_same_is_told_and_at_the_same_level(seed, joined, left):
    """All others answer as they did. The attacker runs this very code over every answer of the few: what is
    told, how roughly, and whether at all, is one and the same."""
    chance = np.random.default_rng(seed)
    then = chance.multinomial(int(chance.integers(14, 60)), chance.dirichlet([2.0] * 3)) + left
    told = {
        told_of_a(then, then + new - gone, joined=joined, left=left)
        for new in answers_of(joined)
        for gone in answers_of(left)
    }
    assert len(told) == 1


def test_the_attack_finds_the_few_where_the_earlier_wave_is_not_looked_at():
    then = np.array([9, 13, 8])
    told = {told_of_a(then, then - gone, joined=0, left=0) for gone in answers_of(2)}
    assert len(told) > 1


def test_every_earlier_wave_is_looked_at():
    """Each of two earlier waves alone leaves a level open that the other one does not."""
    known = np.array([[Known.EXACT], [Known.BLUNT], [Known.BLUNT]])
    answers = np.array([[[0, 0, 0]], [[20, 30, 50]], [[20, 30, 50]]])

    def supposed(*counts):
        low = np.full((3, 1, 3), -1)
        low[1, 0] = counts
        return Supposed(low, low + 1)

    def levels(*waves):
        return levels_of_figures(
            parents=[-1, 0, 0],
            known=known,
            answers=answers,
            known_people=known[:, 0],
            people_levels=np.zeros(3, dtype=int),
            people=answers.sum(axis=(1, 2)),
            asked=answers.sum(axis=(1, 2)) + 2,
            minimum=5,
            told_before=np.array([False, True, False]),
            supposed=waves,
        )[1, 0].tolist()

    # 22 and 23 are on two sides of a border of steps of 5 %, 24 and 25 of one of 10 %
    assert levels(supposed(20, 30, 50)) == [0, 0, 0]
    assert levels(supposed(22, 30, 50)) == [1, 0, 0]
    assert levels(supposed(24, 30, 50)) == [0, 0, 0]
    assert levels(supposed(22, 30, 50), supposed(24, 30, 50)) == [2, 0, 0]


@pytest.mark.parametrize("is_loose", [False, True])
def test_steps_of_what_was_told_before_follow_from_the_number_that_is_told_now(is_loose):
    """36 are about 35 to fives: ten steps, and five at the next level, in which 5 and 6 are told the same. To
    tens they would be about 40, with ten steps at that level, and a border between 5 and 6."""
    known = np.array([[Known.EXACT], [Known.BLUNT], [Known.BLUNT]])
    answers = np.array([[[0, 0, 0]], [[6, 14, 16]], [[20, 30, 50]]])
    low, high = np.full((3, 1, 3), -1), np.full((3, 1, 3), -1)
    low[1, 0], high[1, 0] = (5, 13, 15), (6, 14, 16)
    found = levels_of_figures(
        parents=[-1, 0, 0],
        known=known,
        answers=answers,
        known_people=known[:, 0],
        people_levels=np.zeros(3, dtype=int),
        people=answers.sum(axis=(1, 2)),
        asked=answers.sum(axis=(1, 2)) + 2,
        minimum=5,
        told_before=np.array([False, True, False]),
        supposed=() if is_loose else [Supposed(low, high)],
    )
    assert found[1, 0, 0] == 1


def test_what_no_level_fits_is_hidden_and_what_is_around_it_told():
    functions = {"all": (0, 0, 0), "a": (3, 3, 2), "b": (20, 31, 49), "c": (30, 30, 40)}
    before = ToldBefore(joined={"a": 0}, left={"a": 2}, counts={("a", "q"): (3, 4, 3)})
    _tree, found = published(functions, little_changed=set(functions), before=[before])
    how = {key: figure(found, key).how for key in functions}
    assert how == {"all": Telling.BLUNT, "a": Telling.HIDDEN, "b": Telling.BLUNT, "c": Telling.BLUNT}


def test_a_figure_of_its_own_level_says_fives_in_all_of_its_answers_or_in_none():
    functions = {"all": (0, 0, 0), "a": (20, 22, 58), "b": (20, 30, 50), "c": (3, 3, 2)}
    _tree, found = published(functions, little_changed=set(functions))
    for key in ("all", "a", "b"):
        one = figure(found, key)
        narrowest = min(share.step for share in (one.unfavourable, one.neutral, one.favourable))
        assert one.n_to == (5 if narrowest == pytest.approx(0.05) else 10)
