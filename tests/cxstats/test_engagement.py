"""Employee answers scored by hand and with SciPy, published under protection, and compared between waves."""

import doctest
import importlib
import json

import numpy as np
import pytest
from scipy import stats

from cxstats.anonymity import Telling, Why, blunt_share
from cxstats.codec import decoded, encoded
from cxstats.engagement import (
    Function,
    Measure,
    MeasureKind,
    Publication,
    Question,
    Reliability,
    changes,
    publish,
    scored,
)
from cxstats.errors import InvalidInput, Reason

DRIVER, ITEM, ENPS = MeasureKind.DRIVER, MeasureKind.ITEM, MeasureKind.ENPS


def five(key, *, reverse=False):
    return Question(key=key, low=1, high=5, reverse=reverse)


TOOLS = Measure(key="tools", kind=DRIVER, questions=(five("t1"), five("t2"), five("t3", reverse=True)))
FREEDOM = Measure(key="freedom", kind=DRIVER, questions=(five("f1"), five("f2"), five("f3")))
HAVE = Measure(key="t1", kind=ITEM, questions=(five("t1"),))
RECOMMEND = Measure(key="enps", kind=ENPS, questions=(Question(key="enps", low=0, high=10),))


def with_items(*drivers):
    """The drivers, and each of their questions as an item."""
    asked = {question.key: question for driver in drivers for question in driver.questions}
    return [*drivers, *(Measure(key=key, kind=ITEM, questions=(one,)) for key, one in asked.items())]


def score_of(measure, **row):
    found = scored(rows=[row], measures=[measure])
    return found.scores[0, 0], int(found.classes[0, 0])


def flat(*keys, asked=None):
    return [Function(key="all", parent=None, asked=0)] + [
        Function(key=key, parent="all", asked=(asked or {}).get(key)) for key in keys
    ]


def published(functions, rows, measures, **options):
    return publish(functions=functions, rows=rows, measures=measures, rng=np.random.default_rng(4), **options)


def by_key(publication):
    return {function.key: function for function in publication.functions}


# --- scores -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "score", "kind"),
    [
        ({"t1": 4, "t2": 4, "t3": 2}, 4.0, 2),  # the third is turned: 2 becomes 4
        ({"t1": 5, "t2": 1}, 3.0, 1),  # two of three are enough
        ({"t1": 3, "t2": 4}, 3.5, 2),  # 3.5 is favourable
        ({"t1": 3, "t2": 2}, 2.5, 0),  # 2.5 is unfavourable
        ({"t3": 5, "t1": 1, "t2": 1}, 1.0, 0),
    ],
)
def test_a_driver_is_the_mean_of_its_items(row, score, kind):
    assert score_of(TOOLS, **row) == (pytest.approx(score), kind)


def test_one_item_of_three_is_no_score():
    score, kind = score_of(TOOLS, t1=5)
    assert np.isnan(score)
    assert kind == -1


def test_two_items_need_both():
    pair = Measure(key="pair", kind=DRIVER, questions=(five("a"), five("b")))
    assert np.isnan(score_of(pair, a=5)[0])


@pytest.mark.parametrize(("answer", "kind"), [(0, 0), (6, 0), (7, 1), (8, 1), (9, 2), (10, 2)])
def test_classes_of_enps(answer, kind):
    assert score_of(RECOMMEND, enps=answer) == (answer, kind)


@pytest.mark.parametrize(("answer", "kind"), [(1, 0), (2, 0), (3, 1), (4, 2), (5, 2)])
def test_classes_of_an_item(answer, kind):
    assert score_of(HAVE, t1=answer)[1] == kind


def test_bad_measures_and_answers_are_refused():
    with pytest.raises(InvalidInput, match="t1"):
        scored(rows=[{"t1": 6}], measures=[HAVE])
    with pytest.raises(InvalidInput, match="eNPS"):
        scored(rows=[], measures=[Measure(key="e", kind=ENPS, questions=(five("e"),))])
    with pytest.raises(InvalidInput, match="question"):
        scored(rows=[], measures=[Measure(key="e", kind=DRIVER, questions=())])
    no_room = Measure(key="e", kind=ITEM, questions=(Question(key="q", low=3, high=3),))
    with pytest.raises(InvalidInput, match="room"):
        scored(rows=[], measures=[no_room])


# --- figures ----------------------------------------------------------------------------------------


def test_figures_of_one_function_by_hand():
    answers = [5, 4, 4, 3, 2, 1, 5, 4]
    rows = [("shop", {"t1": answer, "enps": answer * 2}) for answer in answers]
    shop = by_key(published(flat("shop"), rows, [HAVE, RECOMMEND]))["shop"]
    have, recommend = shop.figures
    assert (shop.answered, shop.is_blunt, have.n) == (8, False, 8)
    assert (have.unfavourable.value, have.neutral.value, have.favourable.value) == (2 / 8, 1 / 8, 5 / 8)
    mean, error = np.mean(answers), stats.sem(answers)
    low, high = stats.t.interval(0.95, 7, mean, error)
    assert (have.score.value, have.score.interval.low, have.score.interval.high) == pytest.approx(
        (mean, max(low, 1), min(high, 5))
    )
    assert have.variance == pytest.approx(np.var(answers, ddof=1))
    wilson = stats.binomtest(5, 8).proportion_ci(method="wilson")
    assert have.favourable_interval.interval.low == pytest.approx(wilson.low)
    # 10 8 8 6 4 2 10 8: two promoters, three passives, three detractors
    assert recommend.score.value == pytest.approx(100 * (2 - 3) / 8)


def test_a_function_holds_those_below_it():
    functions = [Function(key="all", parent=None), Function(key="sales", parent="all")]
    functions += [Function(key="north", parent="sales"), Function(key="south", parent="sales")]
    rows = [("north", {"t1": 5})] * 6 + [("south", {"t1": 1})] * 9 + [("sales", {"t1": 3})] * 5
    found = by_key(published(functions, rows, [HAVE]))
    assert found["sales"].answered == found["all"].answered == 20
    assert found["sales"].figures[0].score.value == pytest.approx((30 + 9 + 15) / 20)


def test_small_functions_are_hidden_with_a_reason_and_never_zero():
    rows = (
        [("a", {"t1": 3})] * 3
        + [("b", {"t1": 2}), ("b", {"t1": 4})] * 4
        + [("c", {"t1": 4}), ("c", {"t1": 1})] * 9
    )
    found = by_key(published(flat("a", "b", "c"), rows, [HAVE]))
    assert (found["a"].why, found["b"].why, found["c"].why) == (Why.SMALL, Why.OTHERS, None)
    assert found["a"].answered is None
    assert found["a"].figures == ()
    assert found["c"].is_shown


def test_functions_in_which_few_were_asked_are_hidden_though_all_answered():
    rows = [(key, {"t1": answer}) for key in "ab" for answer in (1, 2, 3, 4, 5, 5)]
    found = by_key(published(flat("a", "b", asked={"a": 4, "b": 8}), rows, [HAVE]))
    assert found["a"].why is Why.SMALL


def test_nobody_answered_is_said():
    rows = [("b", {"t1": answer}) for answer in (1, 2, 3, 4, 5)]
    found = by_key(published(flat("a", "b"), rows, [HAVE]))
    assert (found["a"].is_empty, found["a"].why) == (True, None)


def test_a_question_few_have_answered_hides_no_function_and_is_hidden_where_few_are():
    own = Measure(key="own", kind=ITEM, questions=(five("own"),))
    rows = [(key, {"t1": answer}) for key in "abc" for answer in (1, 2, 3, 4, 5, 2, 4)]
    rows[0][1]["own"] = 4
    rows[1][1]["own"] = 2
    rows += [("c", {"t1": 3, "own": 1 + number % 5}) for number in range(7)]
    found = by_key(published(flat("a", "b", "c"), rows, [HAVE, own]))
    assert all(function.is_shown for function in found.values())
    assert found["a"].figures[1].how is Telling.HIDDEN
    # nine in all minus seven in c would be the two in a: one of the two sums is not told
    assert Telling.HIDDEN in {found["all"].figures[1].how, found["c"].figures[1].how}
    assert found["b"].figures[1].how is not Telling.EXACT or found["b"].figures[1].n == 0


def test_a_function_that_agrees_is_told_bluntly():
    rows = [("a", {"t1": 5})] * 6 + [("b", {"t1": answer}) for answer in (1, 2, 3, 4, 5, 4, 2, 3)]
    rows += [("c", {"t1": answer}) for answer in (1, 2, 3, 4, 5) * 5]
    found = by_key(published(flat("a", "b", "c"), rows, [HAVE]))
    (figure,) = found["a"].figures
    assert (figure.how, figure.score, figure.n) == (Telling.BLUNT, None, 5)
    assert (figure.favourable.value, figure.favourable.is_open) == (pytest.approx(2 / 3), True)
    assert found["b"].figures[0].how is Telling.HIDDEN
    assert found["b"].figures[0].favourable is None


def test_a_function_that_hardly_changed_is_blunt_in_all():
    rows = [(key, {"t1": answer, "enps": answer}) for key in "abc" for answer in (5, 4, 3, 4, 5, 4, 2, 4)]
    found = by_key(published(flat("a", "b", "c"), rows, [HAVE, RECOMMEND], little_changed={"a", "nowhere"}))
    assert found["a"].is_blunt
    assert found["a"].answered == 10
    assert {figure.how for figure in found["a"].figures} == {Telling.BLUNT}
    assert found["a"].figures[0].favourable.step > 0


def test_how_many_answered_says_to_what_it_is_rounded_and_is_left_out_where_nothing_else_is_told():
    functions = [Function(key="all", parent=None, asked=0), Function(key="a", parent="all", asked=8)]
    rows = [("a", {"t1": answer}) for answer in (2, 2, 2, 2, 3, 3, 3, 3)]
    found = by_key(published(functions, rows, [HAVE], little_changed={"all"}))
    assert [(one.answered, one.answered_to) for one in (found["all"], found["a"])] == [(10, 10), (10, 10)]
    # of the whole 10 was told to fives while the wave was open: of the part, that all answered would follow
    found = by_key(published(functions, rows, [HAVE], little_changed={"all"}, told_to_fives={"all"}))
    assert (found["all"].answered, found["all"].answered_to) == (10, 5)
    assert (found["a"].is_shown, found["a"].why, found["a"].answered) == (False, Why.OTHERS, None)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_fits_whatever_somebody_who_left_had_answered(seed):
    """The wave before told exactly: all of now, and one more. What is told now leaves each answer open."""
    chance = np.random.default_rng(seed)
    spread = chance.dirichlet([1.0] * 5)
    rows = [("a", {"t1": int(one)}) for one in chance.choice(5, int(chance.integers(8, 40)), p=spread) + 1]
    rows += [("b", {"t1": 1 + number % 5}) for number in range(25)]
    told = by_key(published(flat("a", "b"), rows, [HAVE], little_changed={"a"}))["a"].figures[0]
    answers = [row["t1"] for key, row in rows if key == "a"]
    now = [sum(low <= one <= high for one in answers) for low, high in ((1, 2), (3, 3), (4, 5))]
    if told.how is Telling.HIDDEN:
        return
    rounding = {"people_level": 1 if told.n_to == 10 else 0}
    shares = (told.unfavourable, told.neutral, told.favourable)
    for had in range(3):  # what she had answered, so that the wave before counted
        before = [count + (place == had) for place, count in enumerate(now)]
        for other in range(3):  # and what she may have answered: it must fit as well
            if not before[other]:
                continue
            could = [count - (place == other) for place, count in enumerate(before)]
            fits = [
                any(
                    (share.value, share.step) == (again.value, again.step)
                    for again in (
                        blunt_share(count / len(answers), len(answers), level, **rounding)
                        for level in range(5)
                    )
                )
                for share, count in zip(shares, could, strict=True)
            ]
            assert all(fits), (now, had, other)


def test_rows_of_other_functions_are_refused():
    with pytest.raises(InvalidInput, match="'z'"):
        published(flat("a"), [("z", {"t1": 1})], [HAVE])


# --- reliability and what goes with the outcome -----------------------------------------------------


def sample(n=300, seed=2):
    chance = np.random.default_rng(seed)
    mood = chance.normal(size=n)
    rows = []
    for person in range(n):
        row = {}
        for key in ("f1", "f2", "f3", "t1", "t2"):
            row[key] = int(np.clip(round(3 + mood[person] + chance.normal()), 1, 5))
        row["t3"] = 6 - int(np.clip(round(3 + mood[person] + chance.normal()), 1, 5))
        rows.append(("a", row))
    return rows


def test_alpha_is_that_of_the_formula():
    rows = sample()
    found = published(flat("a"), rows, with_items(TOOLS))
    items = np.array([[row["t1"], row["t2"], 6 - row["t3"]] for _, row in rows], dtype=float)
    k = 3
    alpha = k / (k - 1) * (1 - items.var(axis=0, ddof=1).sum() / items.sum(axis=1).var(ddof=1))
    assert found.reliability[0].alpha == pytest.approx(alpha)
    assert found.reliability[0].low < alpha < found.reliability[0].high


def test_omega_of_three_items_is_that_of_their_correlations():
    # Spearman 1904: with one factor behind three items, loading^2 = r12 * r13 / r23
    found = published(flat("a"), sample(), with_items(TOOLS)).reliability[0]
    items = np.array([[row["t1"], row["t2"], 6 - row["t3"]] for _, row in sample()], dtype=float)
    (r12, r13), r23 = np.corrcoef(items.T)[0, 1:], np.corrcoef(items.T)[1, 2]
    loadings = np.sqrt([r12 * r13 / r23, r12 * r23 / r13, r13 * r23 / r12])
    deviations = items.std(axis=0, ddof=1)
    omega = (loadings * deviations).sum() ** 2 / items.sum(axis=1).var(ddof=1)
    assert found.omega == pytest.approx(omega)
    assert found.omega_low < omega < found.omega_high
    assert abs(found.omega - found.alpha) < 0.02  # the items weigh about the same


def test_a_wave_of_before_omega_reads_as_it_was_stored():
    before = {"measure": "tools", "alpha": 0.8, "low": 0.7, "high": 0.9, "n": 60, "refusal": None}
    assert encoded(decoded(Reliability, before)) == before


def test_alpha_of_few_is_refused():
    rows = [("a", {"t1": 1, "t2": 2, "t3": 3})] * 6
    assert published(flat("a"), rows, with_items(TOOLS)).reliability[0].refusal is Reason.TOO_FEW_UNITS
    few = published(flat("a"), sample(30), with_items(TOOLS)).reliability[0]
    assert (few.refusal, few.omega, few.omega_refusal) == (None, None, Reason.TOO_FEW_UNITS)
    assert published(flat("a"), [], with_items(TOOLS)).reliability[0].refusal is Reason.NO_DATA


def test_what_goes_with_the_outcome_sums_to_all_of_it():
    third = Measure(key="third", kind=DRIVER, questions=(five("f1"), five("t2")))
    found = published(flat("a"), sample(), with_items(TOOLS, FREEDOM, third), outcome="tools")
    assert [part.measure for part in found.goes_with.parts] == ["freedom", "third"]
    assert sum(part.share for part in found.goes_with.parts) == pytest.approx(1)
    few_people = published(flat("a"), sample(40), with_items(TOOLS, FREEDOM, third), outcome="tools")
    assert few_people.goes_with.refusal is not None
    assert all(part.share is None for part in few_people.goes_with.parts)
    with pytest.raises(InvalidInput, match="outcome"):
        published(flat("a"), sample(40), with_items(TOOLS), outcome="enps")


# --- two waves --------------------------------------------------------------------------------------


def wave(mean, seed, n=60, measures=(HAVE, RECOMMEND)):
    chance = np.random.default_rng(seed)
    rows = [
        (key, {"t1": int(np.clip(round(chance.normal(mean, 1)), 1, 5)), "enps": int(chance.integers(0, 11))})
        for key in "ab"
        for _ in range(n)
    ]
    return published(flat("a", "b"), rows, list(measures)), rows


def test_changes_are_those_of_welch_and_counted_together():
    (before, old), (after, new) = wave(3.0, 1), wave(4.0, 2)
    found = changes(before=before, after=after, came_from={"all": "all", "a": "a", "b": "b"})
    assert [(one.function, one.measure) for one in found] == [
        (key, measure) for key in ("all", "a", "b") for measure in ("t1", "enps")
    ]
    now = [row["t1"] for key, row in new if key == "a"]
    then = [row["t1"] for key, row in old if key == "a"]
    welch = stats.ttest_ind(now, then, equal_var=False)
    (own,) = (one for one in found if (one.function, one.measure) == ("a", "t1"))
    assert own.difference.value == pytest.approx(np.mean(now) - np.mean(then))
    assert own.difference.interval.low == pytest.approx(welch.confidence_interval().low)
    assert own.is_change
    assert own.adjusted_p >= welch.pvalue


def test_renamed_functions_are_compared_by_where_they_came_from_and_new_ones_not():
    (before, _), (after, _) = wave(3.0, 1), wave(3.0, 2)
    found = changes(before=before, after=after, came_from={"a": "b"})
    assert {one.function for one in found} == {"a"}


def test_another_wording_is_not_compared():
    other = Measure(key="t1", kind=ITEM, questions=(Question(key="t1", low=1, high=7),))
    (before, _), (after, _) = wave(3.0, 1), wave(3.0, 2, measures=(other, RECOMMEND))
    assert {one.measure for one in changes(before=before, after=after, came_from={"a": "a"})} == {"enps"}


def test_blunt_figures_show_no_change():
    """Neither of a mean nor of eNPS, whose classes could be counted back from rough shares."""
    before, rows = wave(3.0, 1)
    after = published(flat("a", "b"), rows, [HAVE, RECOMMEND], little_changed={"a"})
    assert {one.how for one in by_key(after)["a"].figures} == {Telling.BLUNT}
    assert {
        one.function for one in changes(before=before, after=after, came_from={"a": "a", "all": "all"})
    } == {"all"}


@pytest.mark.slow
def test_in_quiet_waves_a_change_is_called_in_one_of_twenty_at_most():
    called = 0
    for seed in range(200):
        (before, _), (after, _) = wave(3.0, seed), wave(3.0, seed + 50_000)
        found = changes(before=before, after=after, came_from={"all": "all", "a": "a", "b": "b"})
        called += any(one.is_change for one in found)
    assert called <= 18  # 10 expected, and two and a half standard errors


# --- stored -----------------------------------------------------------------------------------------


def test_a_publication_is_stored_and_read_again():
    publication = published(flat("a"), sample(60), with_items(TOOLS, FREEDOM), outcome="tools")
    text = json.dumps(encoded(publication))
    assert decoded(Publication, json.loads(text)) == publication


def test_examples():
    assert doctest.testmod(importlib.import_module("cxstats.engagement.measures")).failed == 0
