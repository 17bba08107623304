"""What is told of which function, in waves small enough to go through every case by hand."""

import numpy as np
import pytest

from cxstats.anonymity import Known, Telling, Why, blunt_count, blunt_share, levels_of_people
from cxstats.engagement import Function
from cxstats.engagement.plans import plans

EXACT, BLUNT, HIDDEN = Telling.EXACT, Telling.BLUNT, Telling.HIDDEN


def planned(functions, *, little=(), fives=(), minimum=5):
    """`functions`: asked, answered, and the answers to each question, all below one whole."""
    rows = [Function(key="all", parent=None, asked=0)]
    rows += [Function(key=key, parent="all", asked=asked) for key, (asked, _n, *_table) in functions.items()]
    questions = len(next(iter(functions.values()))) - 2
    table = np.zeros((len(rows), questions, 3), dtype=np.int64)
    for place, (_asked, _answered, *answers) in enumerate(functions.values(), start=1):
        table[place] = answers
    people = np.array([0, *(answered for _asked, answered, *_table in functions.values())])
    return plans(rows, people, table, minimum, little, told_to_fives=fives)


# --- to fives, or to tens ---------------------------------------------------------------------------------

# Of a few left or came, so it is told roughly, and so is b: else the whole would give it away.
NINE_AND_FOURTEEN = {"a": (11, 9, [6, 0, 2]), "b": (16, 14, [2, 4, 7])}


def told(answers, level, people_level):
    n = sum(answers)
    shares = [blunt_share(one / n, n, level, people_level=people_level) for one in answers]
    return blunt_count(n, people_level), [(one.value, one.step) for one in shares]


def fitting(level, people_level):
    """Every way in which the answers of both may be shared out so that the same is told of them as is."""
    (_asked, _n, ours), (_of_b, _n_b, theirs) = NINE_AND_FOURTEEN.values()
    whole = [one + other for one, other in zip(ours, theirs, strict=True)]
    said = told(ours, level, people_level), told(theirs, level, people_level)
    found = []
    for low in range(whole[0] + 1):
        for middle in range(whole[1] + 1):
            for high in range(whole[2] + 1):
                here = [low, middle, high]
                there = [one - own for one, own in zip(whole, here, strict=True)]
                if min(sum(here), sum(there)) < 5:
                    continue
                if (told(here, level, people_level), told(there, level, people_level)) == said:
                    found.append(here)
    return found


def test_people_are_told_to_tens_where_fives_would_leave_nothing_to_tell():
    found = planned(NINE_AND_FOURTEEN, little={"a"})
    assert found.rough == {"a": 1, "b": 1}
    assert found.how == {"all": (EXACT,), "a": (BLUNT,), "b": (BLUNT,)}
    [level] = set(found.levels["a"][0])
    fits = fitting(level, 1)
    for place in range(3):  # and what is told so leaves every answer open
        assert len({one[place] for one in fits}) > 1


@pytest.mark.parametrize(
    ("answers", "answered", "fives"),
    [([3, 1, 1], 6, ()), ([3, 2, 2], 7, {"a"})],
)
def test_people_are_told_to_fives_where_tens_hide_as_much(answers, answered, fives):
    """Nothing can be told of a either way; of the whole, of which nobody has left, something can."""
    found = planned({"a": (10, answered, answers)}, little={"a"}, fives=fives)
    assert found.rough == {"all": 0, "a": 0}
    assert found.how == {"all": (BLUNT,), "a": (HIDDEN,)}


def test_what_was_told_to_fives_while_the_wave_was_open_is_told_so_again():
    wave = {"a": (8, 8, [0, 4, 4])}
    assert planned(wave, little={"all"}).rough == {"all": 1, "a": 1}
    assert planned(wave, little={"all"}, fives={"all"}).rough["all"] == 0


def test_what_was_told_while_the_wave_was_open_makes_nothing_beside_it_rougher():
    """Of a all 13 answered and were told to fives: rougher words about the others take nothing of it back."""
    found = levels_of_people(
        parents=[-1, 0, 0],
        known=np.array([Known.BLUNT] * 3),
        people=np.array([0, 13, 16]),
        asked=np.array([0, 13, 17]),
        minimum=5,
        told=np.array([False, True, False]),
    )
    assert found.tolist() == [0, 0, 0]


# --- questions that few have answered ---------------------------------------------------------------------


def test_a_question_that_four_in_five_have_answered_counts_for_all():
    found = planned({"a": (5, 5, [0, 3, 1], [2, 3, 0])})
    assert dict(found.pattern.hidden) == {"all": Why.SMALL, "a": Why.SMALL}


def test_a_question_that_fewer_have_answered_is_hidden_by_itself():
    found = planned({"a": (9, 5, [0, 3, 0], [2, 3, 0])})
    assert found.pattern.hidden == {}
    assert found.how == {"all": (HIDDEN, EXACT), "a": (HIDDEN, EXACT)}


def test_a_function_of_which_exactly_the_minimum_were_asked_is_shown_and_of_one_fewer_it_is_not():
    assert planned({"a": (5, 5, [1, 2, 2])}).pattern.hidden == {}
    assert set(planned({"a": (4, 5, [1, 2, 2])}).pattern.hidden.values()) == {Why.FORCED}
