"""How many people it were is told with one rounding wherever it is told: two would tell more than each."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxstats.anonymity import Telling, blunt_count, blunt_share, levels_of_people
from cxstats.anonymity.room import Known
from cxstats.engagement import Function, Measure, MeasureKind, Question, publish
from cxstats.engagement.publication import _figure
from tests.cxstats.attackers import pinned, rounded_from

CHOICES = (1, 3, 5)
ITEMS = [
    Measure(key=key, kind=MeasureKind.ITEM, questions=(Question(key=key, low=1, high=5),)) for key in "qrs"
]
DRIVER = Measure(key="d", kind=MeasureKind.DRIVER, questions=tuple(one.questions[0] for one in ITEMS))


@st.composite
def waves(draw):
    """Small functions of which some differ little from before, with three questions and a few gaps."""
    sizes = draw(st.lists(st.sampled_from([6, 7, 9, 12, 13, 17, 18, 22, 26, 33]), min_size=2, max_size=5))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    functions = [Function(key="all", parent=None, asked=0)]
    rows = []
    for number, size in enumerate(sizes):
        functions.append(Function(key=str(number), parent="all", asked=size + int(chance.integers(0, 5))))
        for _one in range(size):
            given_now = {
                key: int(chance.choice(CHOICES, p=[0.2, 0.3, 0.5])) for key in "qrs" if chance.random() > 0.04
            }
            rows.append((str(number), given_now))
    changed = draw(st.sets(st.sampled_from([str(one) for one in range(len(sizes))]), min_size=1))
    return functions, rows, changed | draw(st.sampled_from([set(), {"all"}]))


def published(wave, **more):
    functions, rows, changed = wave
    return publish(
        functions=functions,
        rows=rows,
        measures=[DRIVER, *ITEMS],
        rng=np.random.default_rng(1),
        little_changed=changed,
        is_draft=True,
        **more,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(waves())
def test_all_numbers_of_people_of_a_function_that_is_told_roughly_have_one_rounding(wave):
    _functions, rows, _changed = wave
    for function in published(wave).functions:
        if not function.is_blunt:
            continue
        here = [answers for key, answers in rows if function.key in (key, "all")]
        told = {figure.n_to for figure in function.figures if figure.how is Telling.BLUNT}
        assert told <= {function.answered_to if function.answered is not None else 10}
        for figure in function.figures:
            if figure.how is not Telling.BLUNT or figure.measure == "d":
                continue
            n = sum(figure.measure in answers for answers in here)
            low, high = rounded_from(figure.n, figure.n_to)
            assert low <= n <= high
            # nor do the steps tell of another rounding: they follow from the number that is told
            counts = [sum(answers.get(figure.measure) == choice for answers in here) for choice in CHOICES]
            for share, count in zip(
                (figure.unfavourable, figure.neutral, figure.favourable), counts, strict=True
            ):
                again = [
                    blunt_share(count / n, n, level, people_level=int(figure.n_to == 10))
                    for level in range(5)
                ]
                assert (share.value, share.step) in [(one.value, one.step) for one in again]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(waves())
def test_who_knows_how_many_of_the_whole_to_fives_works_nothing_out(wave):
    functions, rows, changed = wave
    wave = functions, rows, changed | {"all"}
    found = published(wave, told_to_fives=("all",))
    whole = found.functions[0]
    assert whole.is_blunt
    assert (whole.answered, whole.answered_to) == (blunt_count(len(rows)), 5)
    places = {function.key: number for number, function in enumerate(functions)}
    for column, key in enumerate("q"):
        table = np.zeros((len(functions), 3, 3), dtype=int)
        for place, answers in rows:
            for number, one in enumerate("qrs"):
                if one in answers:
                    table[places[place], number, CHOICES.index(answers[one])] += 1
        people = np.bincount([places[place] for place, _answers in rows], minlength=len(functions))
        assert pinned(functions, table, people, found, key, column) == []


def test_what_was_told_to_fives_stays_so_and_others_find_their_level_beside_it():
    """Two functions in nothing exact: neither can have one more or less at fives but through the whole."""
    options = {
        "parents": [-1, 0, 0],
        "known": np.array([Known.BLUNT] * 3),
        "people": np.array([0, 42, 40]),
        "asked": np.array([0, 44, 44]),
        "minimum": 5,
    }
    assert levels_of_people(told=np.array([True, False, False]), **options)[0] == 0
    assert levels_of_people(**options, least=1).tolist()[1:] == [1, 1]
    # all 43 who were asked answered: 42 would be told as 40. To tens they may, but the whole is told to fives
    one = {
        "parents": [-1, 0],
        "known": np.array([Known.BLUNT] * 2),
        "people": np.array([0, 43]),
        "asked": np.array([0, 43]),
        "minimum": 5,
    }
    assert levels_of_people(**one).tolist() == [1, 1]
    assert levels_of_people(told=np.array([True, False]), **one).tolist() == [0, 2]


@pytest.mark.parametrize(("n", "level", "people_level", "step"), [(26, 1, 0, 0.2), (26, 1, 1, 0.2)])
def test_steps_follow_from_the_number_beside_them(n, level, people_level, step):
    assert blunt_share(0.5, n, level, people_level=people_level).step == pytest.approx(step)
    # 36 are about 35 to fives and about 40 to tens: the narrowest steps differ
    assert blunt_share(0.5, 36, 0, people_level=0).step == pytest.approx(0.1)
    assert blunt_share(0.5, 36, 0, people_level=1).step == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("rough", "n", "n_to", "step"), [(0, 35, 5, 0.2), (1, 40, 10, 0.1), (2, 40, 10, 0.1), (None, 40, 10, 0.1)]
)
def test_a_figure_of_36_is_told_with_the_rounding_of_its_function(rough, n, n_to, step):
    classes = np.repeat([0, 1, 2], [6, 14, 16])
    told = _figure(ITEMS[0], Telling.BLUNT, (1, 1, 1), rough, classes.astype(float), classes)
    assert (told.n, told.n_to) == (n, n_to)
    assert {share.step for share in (told.unfavourable, told.neutral, told.favourable)} == {step}
