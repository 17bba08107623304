"""Whether blunt figures can be worked out from exact ones around them, attacked by whole-number programs."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxstats.anonymity import (
    UNTOLD,
    Known,
    Telling,
    blunt_count,
    blunt_share,
    levels_of_figures,
    levels_of_people,
)
from cxstats.anonymity.room import people_stay, same_figures, swaps_of
from cxstats.engagement import Function, Measure, MeasureKind, Question, publish
from cxstats.errors import InvalidInput
from tests.cxstats.attackers import pinned, rounded_from

EXACT, BLUNT, HIDDEN = Telling.EXACT, Telling.BLUNT, Telling.HIDDEN
UNFAVOURABLE, NEUTRAL, FAVOURABLE = 1, 3, 5
CHOICES = (UNFAVOURABLE, NEUTRAL, FAVOURABLE)
some = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def item(key):
    return Measure(key=key, kind=MeasureKind.ITEM, questions=(Question(key=key, low=1, high=5),))


def people_said(unfavourable, neutral, favourable, measure="q"):
    """One answer for each person."""
    counts = (unfavourable, neutral, favourable)
    return [{measure: choice} for choice, n in zip(CHOICES, counts, strict=True) for _ in range(n)]


class Wave:
    """A wave whose answers are written down: (key, parent, silent, answers)."""

    def __init__(self, *functions, little_changed=(), minimum=5, measures=("q",)):
        self.functions = [
            Function(key=key, parent=parent, asked=None if silent is None else len(answers) + silent)
            for key, parent, silent, answers in functions
        ]
        self.rows = [(key, answer) for key, _, _, answers in functions for answer in answers]
        self.measures = [item(key) for key in measures]
        self.people = np.array([len(answers) for *_, answers in functions])
        self.table = np.array(
            [
                [[sum(one.get(key) == choice for one in answers) for choice in CHOICES] for key in measures]
                for *_, answers in functions
            ]
        )
        self.published = publish(
            functions=self.functions,
            rows=self.rows,
            measures=self.measures,
            rng=np.random.default_rng(1),
            little_changed=set(little_changed),
            minimum=minimum,
        )

    def __repr__(self):
        """What a failing example looks like: people of each function alone, and what is told of it."""
        own = dict(zip((one.key for one in self.functions), self.table.tolist(), strict=True))
        lines = [
            f"{one.key} in {one.parent}: asked {one.asked}, own {own[one.key]}, {self.function(one.key)}"
            for one in self.functions
        ]
        return "\n".join([f"minimum {self.published.minimum}", *lines])

    def pinned(self):
        return [
            (measure.key, *found)
            for column, measure in enumerate(self.measures)
            for found in pinned(self.functions, self.table, self.people, self.published, measure.key, column)
        ]

    def function(self, key):
        return next(one for one in self.published.functions if one.key == key)

    def figure(self, key, measure="q"):
        return next(one for one in self.function(key).figures if one.measure == measure)


@st.composite
def waves(draw, measures=("q", "r")):
    """Trees of up to three levels and more, groups that agree, skipped questions, people who kept silent."""
    skips = draw(st.sampled_from([0, 0, 1, 4]))
    silence = draw(st.sampled_from([0, 0, 1, 6]))
    functions = []
    for number in range(draw(st.integers(3, 8))):
        parent = None if number == 0 else str(draw(st.integers(0, min(number, 3) - 1)))
        size = draw(st.sampled_from([0, 0, 2, 6] if number == 0 else [0, 3, 5, 6, 7, 8, 9, 12, 20]))
        leans = [draw(st.sampled_from([(1, 0, 0), (0, 0, 1), (1, 2, 7), (1, 1, 1)])) for _ in measures]
        chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        answers = [
            {
                measure: int(chance.choice(CHOICES, p=np.array(lean) / sum(lean)))
                for measure, lean in zip(measures, leans, strict=True)
                if chance.integers(0, 20) >= skips
            }
            for _ in range(size)
        ]
        functions.append((str(number), parent, int(chance.integers(0, silence + 1)), answers))
    changed = draw(st.sets(st.sampled_from([key for key, *_ in functions]), max_size=4))
    return Wave(
        *functions, little_changed=changed, measures=measures, minimum=draw(st.sampled_from([3, 5, 5]))
    )


@some
@given(waves())
def test_nothing_blunt_can_be_worked_out(wave):
    assert wave.pinned() == []


def test_a_function_of_which_nothing_can_be_told_is_hidden():
    """Shown without a figure it would say that enough people answered: of very few asked, everybody."""
    wave = Wave(
        ("0", None, 0, []),
        ("1", "0", 0, people_said(3, 0, 0)),
        ("2", "0", 0, people_said(3, 0, 0)),
        little_changed={"0", "2"},
        minimum=3,
    )
    assert wave.pinned() == []
    assert [(one.key, one.is_shown, one.answered) for one in wave.published.functions] == [
        ("0", False, None), ("1", True, 3), ("2", False, None),
    ]  # fmt: skip


def test_the_attack_finds_what_the_exact_figures_around_tell():
    """The attack itself: two blunt groups of one exact whole, as they were told before they were planned."""
    wave = Wave(
        ("all", None, 0, []),
        ("a", "all", 0, people_said(1, 1, 4)),
        ("b", "all", 0, people_said(1, 2, 3)),
        ("c", "all", 0, people_said(5, 5, 10)),
    )
    assert {figure.how for one in wave.published.functions for figure in one.figures} == {EXACT}
    changed = Wave(
        ("all", None, 0, []),
        ("a", "all", 0, people_said(1, 1, 4)),
        ("b", "all", 0, people_said(1, 2, 3)),
        ("c", "all", 0, people_said(5, 5, 10)),
        little_changed={"a"},
    )
    exact = {one.key: one for one in wave.published.functions}
    # with b told exactly, a follows from all - b - c though it is blunt itself
    functions = tuple(exact["b"] if one.key == "b" else one for one in changed.published.functions)
    leaking = type(wave.published)(
        minimum=5, measures=tuple(wave.measures), functions=functions, reliability=(), goes_with=None
    )
    found = pinned(wave.functions, wave.table, wave.people, leaking, "q", 0)
    assert {("a", 0), ("a", 1), ("a", 2)} <= set(found)


@pytest.mark.parametrize("silent_of_b", [0, 3])
def test_a_rough_function_of_the_minimum_does_not_pin_how_many_answered_beside_it(silent_of_b):
    """All five of a agree, so a is told roughly and b not at all. That anything is told of a says that its
    five answered: ten of both did, so b would be five of six."""
    wave = Wave(
        ("all", None, 0, []),
        ("a", "all", 0, people_said(0, 0, 5)),
        ("b", "all", silent_of_b, [*people_said(1, 2, 2), {}]),
        ("c", "all", 0, people_said(6, 7, 8)),
    )
    assert wave.pinned() == []
    assert wave.figure("b").how is HIDDEN
    assert wave.figure("c").how is EXACT
    # where nobody of b skipped it there is nothing to learn, and a is told
    told = Wave(
        ("all", None, 0, []),
        ("a", "all", 0, people_said(0, 0, 5)),
        ("b", "all", silent_of_b, people_said(2, 2, 2)),
        ("c", "all", 0, people_said(6, 7, 8)),
    )
    assert told.pinned() == []
    assert told.figure("a").how is BLUNT


# --- whole functions --------------------------------------------------------------------------------


def test_a_blunt_function_is_not_the_sum_of_its_exact_parts():
    """People moved between a and b, and one came: the whole changed by one, its parts by more."""
    wave = Wave(
        ("all", None, 0, []),
        ("sales", "all", 2, []),
        ("a", "sales", 1, people_said(2, 3, 4)),
        ("b", "sales", 1, people_said(4, 6, 10)),
        ("care", "all", 2, people_said(4, 6, 8)),
        ("field", "all", 2, people_said(3, 6, 12)),
        little_changed={"sales"},
    )
    blunt = {one.key for one in wave.published.functions if one.is_blunt}
    assert {"sales", "a"} <= blunt  # a is the smaller part
    assert "b" not in blunt
    assert wave.pinned() == []


def test_a_function_that_is_all_of_the_one_above_makes_that_blunt_too():
    wave = Wave(
        ("all", None, 0, []),
        ("sales", "all", 0, []),
        ("a", "sales", 2, people_said(2, 3, 4)),
        ("care", "all", 2, people_said(4, 6, 8)),
        ("field", "all", 2, people_said(3, 6, 12)),
        little_changed={"a"},
    )
    blunt = {one.key for one in wave.published.functions if one.is_blunt}
    assert {"sales", "a"} <= blunt
    assert "all" not in blunt
    assert wave.pinned() == []


def test_a_question_few_answered_makes_nobody_exact_who_hardly_changed():
    """b is blunt because a changed; in a question that few answered it stays so, and so does who answered."""
    few = [{"q": 3, "own": 1 + 2 * (number % 3)} for number in range(8)]
    wave = Wave(
        ("all", None, 0, []),
        ("a", "all", 2, people_said(2, 3, 4)),
        ("b", "all", 2, people_said(1, 2, 3) + few),
        ("c", "all", 2, people_said(14, 16, 10)),
        little_changed={"a"},
        measures=("q", "own"),
    )
    both = wave.function("b")
    assert both.is_blunt
    assert EXACT not in {figure.how for figure in both.figures}
    assert wave.pinned() == []


def test_what_is_exact_says_how_many_answered_though_all_agree():
    """Not who answered is the secret there, but what: the number stays, and the share is blunt."""
    wave = Wave(
        ("all", None, 0, []),
        ("a", "all", 1, people_said(0, 0, 12)),
        ("b", "all", 1, people_said(5, 6, 9)),
        ("c", "all", 1, people_said(6, 6, 16)),
    )
    assert (wave.function("a").answered, wave.function("a").is_blunt) == (12, False)
    assert wave.figure("a").how is BLUNT
    assert wave.pinned() == []


# --- levels -----------------------------------------------------------------------------------------


def levels(
    parents, known, answers, *, people=None, asked=None, known_people=None, people_levels=None, minimum=5
):
    answers = np.array(answers)[:, None, :]
    people = answers.sum(axis=(1, 2)) if people is None else np.array(people)
    known = np.array(known)
    return (
        levels_of_figures(
            parents=parents,
            known=known[:, None],
            answers=answers,
            known_people=known if known_people is None else np.array(known_people),
            people_levels=np.zeros(len(parents), dtype=int) if people_levels is None else people_levels,
            people=people,
            minimum=minimum,
            asked=people if asked is None else np.array(asked),  # else nobody kept silent
        )[:, 0]
        .max(axis=1)
        .tolist()
    )


# 100 people: a step is five of them, and one more or less of any answer is told the same
FREE = [20, 30, 50]
# 40 people: a step is two of them; 9, 13 and 21 would be told otherwise, so nothing can become more
STUCK = [8, 12, 20]
NONE = [0, 0, 0]


def test_two_groups_in_the_middle_of_their_steps_have_room():
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT]
    assert levels([-1, 0, 0], known, [NONE, FREE, FREE]) == [0, 0, 0]


def test_one_group_that_cannot_move_makes_all_of_its_remainder_rougher():
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT, Known.BLUNT]
    assert levels([-1, 0, 0], known[:3], [NONE, FREE, STUCK]) == [0, 1, 1]
    assert levels([-1, 0, 0, 0], known, [NONE, FREE, FREE, STUCK]) == [0, 1, 1, 1]


def test_people_of_whom_nothing_is_told_give_room():
    known = [Known.EXACT, Known.BLUNT, Known.NOTHING]
    assert levels([-1, 0, 0], known, [NONE, FREE, [2, 3, 4]]) == [0, 0, 0]


def test_where_nobody_is_around_nothing_is_told():
    known = [Known.EXACT, Known.BLUNT, Known.EMPTY]
    assert levels([-1, 0, 0], known, [NONE, FREE, NONE]) == [0, UNTOLD, 0]
    # people who kept silent are nobody where all others are said to have been silent too
    assert levels([-1, 0, 0], known, [NONE, FREE, NONE], asked=[0, 100, 50]) == [0, UNTOLD, 0]


def test_remainders_do_not_wait_for_each_other():
    # a stands alone under its exact whole; b and c are where they have room
    parents = [-1, 0, 1, 0, 3, 3]
    known = [Known.EXACT, Known.EXACT, Known.BLUNT, Known.EXACT, Known.BLUNT, Known.BLUNT]
    assert levels(parents, known, [NONE, NONE, FREE, NONE, FREE, FREE]) == [0, 0, UNTOLD, 0, 0, 0]


def test_an_exchange_passes_every_blunt_group_around():
    # b could exchange with c, if a around b would not tell
    parents = [-1, 0, 1, 0]
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT, Known.BLUNT]
    assert levels(parents, known, [NONE, NONE, FREE, FREE]) == [0, 0, 0, 0]
    # a is 8, 12 and 20 in all; b alone could have 4, 5 and 11
    assert levels(parents, known, [NONE, [5, 6, 9], [3, 6, 11], FREE]) == [0, 1, 1, 1]


def test_only_what_the_remainder_leaves_open_must_have_room():
    # nobody is unfavorable, and a may have more neutral answers and fewer favorable ones
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT]
    assert levels([-1, 0, 0], known, [NONE, [0, 30, 70], [0, 40, 60]]) == [0, 0, 0]
    # where all agree nobody can have said anything else
    assert levels([-1, 0, 0], known, [NONE, [0, 0, 100], [0, 0, 100]]) == [0, 0, 0]


def test_how_many_answered_a_question_must_have_room_where_somebody_skipped_it():
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT]
    people = {"people": [0, 101, 101], "asked": [0, 101, 101]}
    assert levels([-1, 0, 0], known, [NONE, FREE, FREE], **people) == [0, 0, 0]
    # of both 102 answered; 103 would be told as 105, and 101 the same: none can have one more at fives
    full = [[20, 30, 52], [20, 30, 52]]
    people = {"people": [0, 103, 103], "asked": [0, 103, 103]}
    assert levels([-1, 0, 0], known, [NONE, *full]) == [0, 0, 0]  # nobody skipped it
    rough = np.array([0, 0, 0])
    assert UNTOLD in levels([-1, 0, 0], known, [NONE, *full], people_levels=rough, **people)
    assert levels([-1, 0, 0], known, [NONE, *full], people_levels=rough + 1, **people) == [0, 0, 0]
    # where how many answered the survey is exact, how many answered the question goes with its shares
    exact = np.array([Known.EXACT] * 3)
    assert levels([-1, 0, 0], known, [NONE, *full], known_people=exact, **people) == [0, 1, 1]


def test_how_many_answered_the_survey_must_have_room_in_every_question():
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT]
    rough = np.array([0, 0, 0])
    silent = {"people": [0, 102, 102], "asked": [0, 104, 104]}
    full = [[20, 30, 52], [20, 30, 52]]
    # at fives neither can have one more, whatever the question says: only hiding would tell less
    assert levels([-1, 0, 0], known, [NONE, *full], people_levels=rough, **silent) == [0, UNTOLD, UNTOLD]
    assert levels([-1, 0, 0], known, [NONE, *full], people_levels=rough + 1, **silent) == [0, 0, 0]
    assert levels([-1, 0, 0], known, [NONE, *full], people_levels=rough + 2, **silent) == [0, 0, 0]
    # functions that are told exactly keep their number, and need no room in it
    exact = np.array([Known.EXACT] * 3)
    assert levels([-1, 0, 0], known, [NONE, *full], known_people=exact, **silent) == [0, 0, 0]


def test_the_whole_of_which_nothing_above_is_told_needs_nobody_else():
    known = [Known.BLUNT, Known.EXACT]
    assert levels([-1, 0], known, [FREE, STUCK]) == [0, 0]


def test_who_all_answered_cannot_be_another_number_and_is_not_asked_to_be():
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT]
    people = np.array([0, 40, 42])
    options = {"parents": [-1, 0, 0], "known": np.array(known), "people": people, "minimum": 5}
    assert levels_of_people(asked=people, **options).tolist() == [0, 0, 0]
    # with somebody silent: 42 may be 41, and the other 41
    assert levels_of_people(asked=people + np.array([0, 2, 2]), **options).tolist() == [0, 0, 0]
    # 43 would be told as 45, 38 as 40: neither can have one more
    options["people"] = np.array([0, 42, 37])
    assert levels_of_people(asked=options["people"] + np.array([0, 2, 2]), **options).tolist() == [0, 1, 1]
    # both could have one more and the other one less, but where it would be more everybody answered
    options["people"] = np.array([0, 40, 39])
    assert levels_of_people(asked=np.array([0, 42, 39]), **options).tolist() == [0, 0, 0]
    options["people"] = np.array([0, 42, 38])
    assert levels_of_people(asked=np.array([0, 44, 38]), **options).tolist() == [0, 1, 1]
    assert levels_of_people(asked=np.array([0, -1, -1]), **options).tolist() == [0, 0, 0]


def test_how_many_answered_is_not_told_where_one_group_is_all_of_the_remainder():
    known = np.array([Known.EXACT, Known.BLUNT])
    people = np.array([0, 38])
    found = levels_of_people(
        parents=[-1, 0], known=known, people=people, minimum=5, asked=people + np.array([0, 2])
    )
    assert found.tolist() == [0, 2]
    with_board = levels_of_people(
        parents=[-1, 0],
        known=known,
        minimum=5,
        people=people + np.array([3, 1]),
        asked=people + np.array([5, 3]),
    )
    assert with_board.tolist() == [0, 0]


def test_a_group_of_the_minimum_all_answered_and_asks_no_room_of_others():
    known = np.array([Known.EXACT, Known.BLUNT, Known.BLUNT, Known.BLUNT])
    people, asked = np.array([0, 5, 40, 40]), np.array([0, 5, 42, 42])
    options = {"parents": [-1, 0, 0, 0], "known": known, "people": people}
    assert levels_of_people(asked=asked, minimum=5, **options).tolist() == [0, 0, 0, 0]
    # six of six could be five, as far as the minimum goes: then another must be able to have one more
    options["people"] = np.array([0, 6, 42, 42])
    found = levels_of_people(asked=np.array([0, 6, 44, 42]), minimum=5, **options)
    assert found.tolist() == [0, 1, 1, 1]


def test_who_is_told_exactly_neither_answered_more_nor_less():
    # a and b have one each who skipped it: neither can have a 103rd answer at fives. c, of which nothing is
    # told here, has nobody who skipped; and who kept silent there cannot have answered: 100 did
    known = [Known.EXACT, Known.BLUNT, Known.BLUNT, Known.NOTHING]
    counts = {"people": [0, 103, 103, 100], "asked": [0, 105, 105, 105]}
    answers = [NONE, [20, 30, 52], [20, 30, 52], FREE]
    exact = [Known.EXACT] * 4
    assert levels([-1, 0, 0, 0], known, answers, known_people=exact, **counts) == [0, 1, 1, 0]
    told_roughly = [Known.EXACT, Known.EXACT, Known.EXACT, Known.NOTHING]
    counts = {"people": [0, 103, 103, 99], "asked": [0, 105, 105, 105]}
    assert levels([-1, 0, 0, 0], known, answers, known_people=told_roughly, **counts) == [0, 1, 1, 0]


def test_no_exchange_goes_below_the_minimum():
    # 12 are told as about ten, and so are 11; with a minimum of 12 everybody knows that they are not, and 13
    # would be told as 15
    known = [Known.EXACT, Known.BLUNT, Known.NOTHING]
    counts = {"people": [0, 12, 100], "asked": [0, 13, 102]}
    answers = [NONE, [2, 3, 7], FREE]
    fives, tens = np.array([0, 0, 0]), np.array([0, 1, 0])
    assert levels([-1, 0, 0], known, answers, minimum=5, people_levels=fives, **counts) == [0, 0, 0]
    assert levels([-1, 0, 0], known, answers, minimum=12, people_levels=tens, **counts) == [0, 0, 0]
    assert levels([-1, 0, 0], known, answers, minimum=12, people_levels=fives, **counts) == [0, UNTOLD, 0]


def test_one_fewer_than_the_minimum_is_no_other_truth():
    # one person stops answering, or one begins to: 4 would be told as 5 too, but fewer than 5 are never told
    swaps, blunt, fives = swaps_of(2), np.array([Known.BLUNT]), np.array([0])
    assert people_stay(np.array([[5, 1]]), swaps, blunt, fives, 5).tolist() == [[False, True]]
    assert people_stay(np.array([[6, 1]]), swaps, blunt, fives, 5).tolist() == [[True, True]]
    # the same for a question: of five who all said yes none can have skipped it, of six one can
    swaps, halves = swaps_of(3), np.array([[4, 4]])
    pairs = list(zip(swaps.first.tolist(), swaps.second.tolist(), strict=True))
    skips = pairs.index((0, 2))
    stays = [same_figures(np.array([[yes, 0]]), swaps, halves, fives, 5)[0, skips] for yes in (5, 6)]
    assert stays == [False, True]


# --- what is told at each level ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "level", "told"),
    [(5, 0, 5), (7, 0, 5), (8, 0, 10), (5, 1, 10), (15, 1, 10), (16, 1, 20), (25, 2, 20), (26, 2, 30)],
)
def test_numbers_of_people_at_each_level(n, level, told):
    assert blunt_count(n, level) == told
    low, high = rounded_from(told, 10 if level else 5)
    assert low <= n <= high


@pytest.mark.parametrize(
    ("n", "steps"),
    [
        (5, (3, 4, 3, 3, 3)),
        (10, (5, 4, 3, 3, 3)),
        (20, (10, 5, 4, 3, 3)),
        (39, (20, 10, 5, 4, 3)),
        (400, (20, 10, 5, 4, 3)),
    ],
)
def test_steps_at_each_level(n, steps):
    # of 5 people told as about 10 at a rougher level
    assert tuple(round(1 / blunt_share(1.0, n, level).step) for level in range(5)) == steps


def test_halves_go_up_and_ends_are_open():
    assert blunt_share(0.525, 40).value == 0.55
    assert blunt_share(0.5, 40) == blunt_share(20 / 40, 40)
    assert blunt_share(0.0, 40) == blunt_share(0.05, 40)
    assert not blunt_share(0.1, 40).is_open


def test_there_is_no_sixth_level():
    for call in (lambda: blunt_count(9, 5), lambda: blunt_share(0.5, 9, 5), lambda: blunt_count(9, -1)):
        with pytest.raises(InvalidInput, match="level"):
            call()


@pytest.mark.parametrize("module", ["blunt", "levels", "room"])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(f"cxstats.anonymity.{module}")).failed == 0


# --- what an exchange leaves as it is told ----------------------------------------------------------

# of answered and silent: first somebody who answered falls silent, then somebody silent answers


@pytest.mark.parametrize(
    ("answered", "minimum", "level", "may"),
    [
        (6, 5, 0, [True, True]),  # 5 and 7 are told as about five too, and five are enough
        (5, 5, 0, [False, True]),  # four would not be told
        (7, 5, 0, [True, False]),  # eight are told as about ten
        (8, 5, 0, [False, True]),
        (3, 3, 0, [False, True]),
        (4, 3, 0, [True, True]),
        (12, 12, 1, [False, True]),  # eleven are told as about ten, but are below this minimum
        (13, 12, 1, [True, True]),
        (15, 5, 1, [True, False]),  # sixteen are told as about twenty
    ],
)
def test_who_answered_may_change_between_the_minimum_and_the_next_step(answered, minimum, level, may):
    everybody, swaps = np.array([[answered, 9]]), swaps_of(2)
    known, levels_ = np.array([Known.BLUNT]), np.array([level])
    assert people_stay(everybody, swaps, known, levels_, minimum).tolist() == [may]


@pytest.mark.parametrize(
    ("known", "may"), [(Known.EXACT, False), (Known.NOTHING, True), (Known.EMPTY, False)]
)
def test_what_is_exact_or_empty_stays_and_what_is_not_told_may_be_anything(known, may):
    found = people_stay(np.array([[5, 9]]), swaps_of(2), np.array([known]), np.array([0]), 5)
    assert found.tolist() == [[may, may]]


@pytest.mark.parametrize(
    ("said", "minimum", "may"), [(5, 5, False), (6, 5, True), (5, 4, True), (6, 6, False)]
)
def test_nobody_takes_an_answer_back_below_the_minimum(said, minimum, may):
    # of three classes, all people in the middle one; the last class of an exchange are those who skipped it
    figures, swaps = np.array([[0, said, 0]]), swaps_of(4)
    found = same_figures(figures, swaps, np.array([[4, 4, 4]]), np.array([0]), minimum)
    (place,) = np.flatnonzero((swaps.first == 1) & (swaps.second == 3))
    assert bool(found[0, place]) is may
