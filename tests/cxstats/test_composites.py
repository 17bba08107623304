"""Drivers tell nothing that their items do not: by hand, by shuffling answers, attacked with exact sums."""

import doctest
import importlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from cxstats.anonymity import Telling
from cxstats.codec import decoded, encoded
from cxstats.engagement import (
    DriverScores,
    Figure,
    Function,
    Measure,
    MeasureKind,
    Publication,
    Question,
    Share,
    changes,
    driver_figure,
    drivers_of_items,
    publish,
    scored,
)
from cxstats.errors import InvalidInput
from cxstats.voc.means import mean_score
from tests.cxstats.exact_sums import few_people, sums_of, untold, worked_out

EXACT, BLUNT, HIDDEN = Telling.EXACT, Telling.BLUNT, Telling.HIDDEN
few_examples = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def item(key, *, reverse=False, high=5):
    question = Question(key=key, low=1, high=high, reverse=reverse)
    return Measure(key=key, kind=MeasureKind.ITEM, questions=(question,))


def driver(key, *items):
    questions = tuple(one.questions[0] for one in items)
    return Measure(key=key, kind=MeasureKind.DRIVER, questions=questions)


A, B, C, D, E = (item(key, reverse=key == "c") for key in "abcde")
TOOLS, PAIR = driver("tools", A, B, C), driver("pair", D, E)
MEASURES = (TOOLS, PAIR, A, B, C, D, E)


def told(functions, homes, answers, **options):
    rows = list(zip(homes, answers, strict=True))
    return publish(functions=functions, rows=rows, measures=MEASURES, rng=np.random.default_rng(3), **options)


def figure_of(publication, function, measure):
    found = next(one for one in publication.functions if one.key == function)
    return next(one for one in found.figures if one.measure == measure)


def flat(*keys):
    return [Function(key="all", parent=None), *(Function(key=key, parent="all") for key in keys)]


# --- by hand ----------------------------------------------------------------------------------------


def one_function(seed=1, n=9, skips=0.1):
    chance = np.random.default_rng(seed)
    return [
        {key: int(chance.integers(1, 6)) for key in "abcde" if chance.random() >= skips} for _ in range(n)
    ]


def test_a_driver_is_the_mean_of_what_is_told_of_its_items():
    answers = one_function(n=40)
    found = figure_of(told(flat("f"), ["f"] * 40, answers), "f", "tools")
    of_items = [
        [row["a"] for row in answers if "a" in row],
        [row["b"] for row in answers if "b" in row],
        [6 - row["c"] for row in answers if "c" in row],
    ]
    assert (found.how, found.n) == (EXACT, min(map(len, of_items)))
    assert found.n < 40
    assert found.score.value == pytest.approx(np.mean([np.mean(one) for one in of_items]))
    ends = [stats.t.interval(0.95, len(one) - 1, np.mean(one), stats.sem(one)) for one in of_items]
    assert (found.score.interval.low, found.score.interval.high) == pytest.approx(np.mean(ends, axis=0))
    error = np.mean([stats.sem(one) for one in of_items])
    assert found.score.standard_error == pytest.approx(error)
    assert found.variance / found.n == pytest.approx(error**2)
    for share, kinds in ((found.unfavourable, (1, 2)), (found.neutral, (3,)), (found.favourable, (4, 5))):
        assert share.step == 0
        assert share.value == pytest.approx(np.mean([np.isin(one, kinds).mean() for one in of_items]))
    wilson = [
        stats.binomtest(sum(value >= 4 for value in one), len(one)).proportion_ci(method="wilson")
        for one in of_items
    ]
    assert found.favourable_interval.interval.low == pytest.approx(np.mean([one.low for one in wilson]))
    assert found.favourable_interval.value == found.favourable.value


def test_items_on_other_scales_count_as_parts_of_theirs():
    seven = item("seven", high=7)
    both = driver("both", A, seven)
    rows = [("f", {"a": 1 + one % 5, "seven": 1 + one % 7}) for one in range(35)]
    publication = publish(
        functions=flat("f"), rows=rows, measures=[both, A, seven], rng=np.random.default_rng(1)
    )
    found = figure_of(publication, "f", "both")
    assert found.score.value == pytest.approx((3 + (1 + 4 * (4 - 1) / 6)) / 2)
    first, second = (figure_of(publication, "f", key).score for key in ("a", "seven"))
    assert found.score.standard_error == pytest.approx(
        (first.standard_error + second.standard_error * 4 / 6) / 2
    )
    assert found.score.interval.low == pytest.approx(
        (first.interval.low + 1 + (second.interval.low - 1) * 4 / 6) / 2
    )


def exact(key, low, middle, high, n=20):
    shares = [Share(value=one / n) for one in (low, middle, high)]
    return Figure(
        measure=key, how=EXACT, n=n, unfavourable=shares[0], neutral=shares[1], favourable=shares[2]
    )


def rough(key, *shares, n=10, n_to=5):
    told = [Share(value=value, step=step, is_open=is_open) for value, step, is_open in shares]
    return Figure(
        measure=key, how=BLUNT, n=n, n_to=n_to, unfavourable=told[0], neutral=told[1], favourable=told[2]
    )


def test_a_driver_is_as_rough_as_its_roughest_item():
    first = rough("d", (0.2, 0.2, True), (0.4, 0.2, False), (0.4, 0.2, False))
    second = rough("e", (1 / 3, 1 / 3, True), (1 / 3, 1 / 3, True), (2 / 3, 1 / 3, True), n=10, n_to=10)
    found = driver_figure(measure=PAIR, items={"d": first, "e": second})
    assert (found.how, found.n, found.n_to, found.score) == (BLUNT, 10, 10, None)
    # at most 30 % and at most 50 %: at most 40 %
    assert found.unfavourable == Share(value=pytest.approx(0.4 - 1 / 6), step=1 / 3, is_open=True)
    # 30 % to 50 %, and at most 50 %: 15 % to 50 %, which is wider than a third
    assert found.neutral == Share(value=pytest.approx(0.325), step=pytest.approx(0.35), is_open=False)
    # 30 % to 50 %, and at least half: 40 % to 75 %
    assert found.favourable == Share(value=pytest.approx(0.575), step=pytest.approx(0.35), is_open=False)


def test_exact_items_beside_a_rough_one_make_it_no_finer():
    first = exact("d", 1, 3, 16)
    second = rough("e", (0.2, 0.2, True), (0.2, 0.2, True), (0.8, 0.2, True))
    found = driver_figure(measure=PAIR, items={"d": first, "e": second})
    assert (found.n, found.n_to) == (10, 5)
    # 80 %, and at least 70 %: 75 % to 90 %, which is 15 wide: a step of 20 around it
    assert found.favourable == Share(value=pytest.approx(0.825), step=pytest.approx(0.2), is_open=False)
    # 5 % and at most 30 %: 2.5 % to 17.5 %; around it "at most 20 %"
    assert found.unfavourable == Share(value=pytest.approx(0.1), step=pytest.approx(0.2), is_open=True)
    alike = driver_figure(measure=PAIR, items={"d": replace(second, measure="d"), "e": second})
    assert [alike.unfavourable, alike.neutral, alike.favourable] == [
        second.unfavourable, second.neutral, second.favourable,
    ]  # fmt: skip
    assert driver_figure(measure=PAIR, items={"d": exact("d", 1, 3, 8, n=12), "e": second}).n == 10


def test_the_number_of_answers_is_as_rough_too():
    second = rough("e", (0.2, 0.2, True), (0.2, 0.2, True), (0.8, 0.2, True), n=20)
    assert driver_figure(measure=PAIR, items={"d": exact("d", 1, 3, 14, n=18), "e": second}).n == 20
    tens = replace(second, n_to=10)
    assert driver_figure(measure=PAIR, items={"d": exact("d", 1, 3, 10, n=14), "e": tens}).n == 10


def test_what_is_told_roughly_holds_of_everything_that_the_items_leave_open():
    chance = np.random.default_rng(5)
    for _ in range(300):
        items, inside = {}, []
        for key in "de":
            steps = int(chance.choice([20, 10, 5, 4, 3]))
            inner = int(chance.integers(1, steps))
            share = Share(value=inner / steps, step=1 / steps, is_open=inner in (1, steps - 1))
            low, high = share.value - share.step / 2, share.value + share.step / 2
            if inner == 1:
                low = 0.0
            if inner == steps - 1:
                high = 1.0
            inside.append(chance.uniform(low, high))
            items[key] = rough(key, *[(share.value, share.step, share.is_open)] * 3)
        told = driver_figure(measure=PAIR, items=items).favourable
        low, high = told.value - told.step / 2, told.value + told.step / 2
        if told.is_open and told.value < 0.5:
            low = 0.0
        elif told.is_open:
            high = 1.0
        assert low - 1e-9 <= np.mean(inside) <= high + 1e-9
        assert high - low >= max(one.favourable.step for one in items.values()) - 1e-9
        assert 0 <= low < high <= 1


def test_a_hidden_item_hides_its_driver_and_one_without_answers_too():
    full, nobody = exact("d", 1, 3, 16), Figure(measure="e", how=EXACT, n=0)
    hidden = Figure(measure="e", how=HIDDEN)
    for second in (hidden, nobody):
        found = driver_figure(measure=PAIR, items={"d": full, "e": second})
        assert (found.how, found.n, found.favourable) == (HIDDEN, None, None)
    assert driver_figure(measure=PAIR, items={"d": full}).how is HIDDEN
    assert driver_figure(measure=PAIR, items={}).how is HIDDEN
    none = driver_figure(measure=PAIR, items={"d": replace(nobody, measure="d"), "e": nobody})
    assert (none.how, none.n) == (EXACT, 0)


def test_drivers_without_their_items_are_refused():
    for measures in (
        [PAIR, D], [PAIR, D, item("e", reverse=True)], [driver("empty")],
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match="measures"):
            publish(functions=flat("f"), rows=[], measures=measures, rng=np.random.default_rng(1))


# --- waves of before --------------------------------------------------------------------------------


def by_people(publication, functions, homes, answers):
    """As drivers were told before: exact means over people of the mean of what each of them answered."""
    drivers = [one for one in MEASURES if one.kind is MeasureKind.DRIVER]
    scores = scored(rows=answers, measures=drivers).scores
    parents = {one.key: one.parent for one in functions}

    def is_in(home, key):
        while home is not None and home != key:
            home = parents[home]
        return home == key

    def figures(function):
        here = np.array([is_in(home, function.key) for home in homes])
        for figure in function.figures:
            column = next((n for n, one in enumerate(drivers) if one.key == figure.measure), None)
            if column is None:
                yield figure
                continue
            values = scores[here, column]
            values = values[np.isfinite(values)]
            some = next(one for one in function.figures if one.score is not None)
            score = replace(some.score, value=float(values.mean()))
            yield replace(figure, how=EXACT, n=len(values), score=score, variance=float(values.var(ddof=1)))

    return replace(
        publication,
        functions=tuple(
            replace(one, figures=tuple(figures(one))) if one.figures else one for one in publication.functions
        ),
        driver_scores=DriverScores.PEOPLE,
    )


def test_a_wave_of_before_keeps_its_figures_and_is_compared_by_its_items():
    homes, answers, later = ["f"] * 60, one_function(2, 60), one_function(3, 60)
    now = told(flat("f"), homes, answers)
    before = by_people(now, flat("f"), homes, answers)
    assert figure_of(before, "f", "tools").score.value != figure_of(now, "f", "tools").score.value
    content = encoded(before)
    assert "driver_scores" not in content
    assert encoded(decoded(Publication, content)) == content
    assert decoded(Publication, encoded(now)).driver_scores is DriverScores.ITEMS
    assert drivers_of_items(before) == now
    assert drivers_of_items(now) is now
    after = told(flat("f"), homes, later)
    came_from = {"all": "all", "f": "f"}
    expected = changes(before=now, after=after, came_from=came_from)
    assert changes(before=before, after=after, came_from=came_from) == expected
    tools = next(one for one in expected if (one.function, one.measure) == ("f", "tools"))
    first, second = (figure_of(one, "f", "tools") for one in (now, after))
    assert tools.difference.value == pytest.approx(second.score.value - first.score.value)


def test_a_change_of_a_driver_needs_every_item_exact_in_both_waves():
    homes, answers = ["f"] * 8 + ["g"] * 9 + ["h"] * 9, one_function(2, 26, skips=0)
    agreed = [dict(row) | ({"a": 5} if home == "f" else {}) for home, row in zip(homes, answers, strict=True)]
    functions = flat("f", "g", "h")
    now = told(functions, homes, agreed)
    before = by_people(now, functions, homes, agreed)
    assert figure_of(before, "f", "tools").how is EXACT  # as it was told then
    found = changes(before=before, after=told(functions, homes, answers), came_from={"f": "f"})
    assert ("f", "tools") not in {(one.function, one.measure) for one in found}
    assert ("f", "pair") in {(one.function, one.measure) for one in found}


# --- the attack -------------------------------------------------------------------------------------


class Wave:
    """A small wave: functions with their people, some of whom skipped something."""

    def __init__(self, seed, *, sizes, skips, lean, depth):
        chance = np.random.default_rng(seed)
        keys = [str(number) for number in range(1, len(sizes) + 1)]
        parents = [
            "all" if number < depth else keys[int(chance.integers(0, depth))] for number in range(len(keys))
        ]
        self.functions = [
            Function(key="all", parent=None),
            *(Function(key=key, parent=parent) for key, parent in zip(keys, parents, strict=True)),
        ]
        self.homes = [key for key, size in zip(keys, sizes, strict=True) for _ in range(size)]
        leans = {(key, question): chance.beta(lean, lean) for key in keys for question in "abcde"}
        self.answers = [
            {
                question: 1 + int(chance.binomial(4, leans[home, question]))
                for question in "abcde"
                if chance.random() >= skips
            }
            for home in self.homes
        ]

    def tell(self, answers):
        return told(self.functions, self.homes, answers)

    def tell_as_before(self, answers):
        return by_people(self.tell(answers), self.functions, self.homes, answers)

    def answered(self, pairs):
        """Who of each function, with all below it, answered each question."""
        parents = {one.key: one.parent for one in self.functions}
        found = {}
        for function, question in pairs:
            inside = {function}
            while more := {key for key, parent in parents.items() if parent in inside} - inside:
                inside |= more
            found[function, question] = {
                person
                for person, (home, row) in enumerate(zip(self.homes, self.answers, strict=True))
                if home in inside and question in row
            }
        return found


small_waves = st.builds(
    Wave,
    st.integers(0, 2**32 - 1),
    sizes=st.lists(st.integers(5, 9), min_size=2, max_size=4),
    skips=st.sampled_from([0.0, 0.03, 0.03, 0.1]),
    lean=st.sampled_from([0.2, 1.0, 3.0]),  # below one most of a function agree
    depth=st.integers(1, 2),
)


@few_examples
@given(small_waves)
def test_no_sum_of_exact_scores_rests_on_a_few_people_or_tells_what_is_rough(wave):
    publication = wave.tell(wave.answers)
    sums = sums_of(wave.tell, wave.answers)
    assert few_people(sums) == []
    items = [pair for pair in untold(publication) if pair[1] in "abcde"]
    assert worked_out(sums, wave.answered(items)) == []


def one_skipped(*questions):
    """Two functions; in the first somebody skipped these."""
    wave = Wave(4, sizes=[8, 9], skips=0.0, lean=3.0, depth=2)
    for question in questions:
        del wave.answers[3][question]
    return wave


@pytest.mark.parametrize("skipped", ["a", "b", "c"])
def test_the_attack_finds_who_skipped_a_question_in_drivers_of_people(skipped):
    wave = one_skipped(skipped)
    publication = wave.tell(wave.answers)
    assert {figure.how for one in publication.functions for figure in one.figures} == {EXACT}
    assert {3} in few_people(sums_of(wave.tell_as_before, wave.answers))
    assert few_people(sums_of(wave.tell, wave.answers)) == []


def test_the_attack_finds_a_rough_item_in_a_driver_that_is_exact():
    wave = one_skipped()
    for row in wave.answers[:8]:
        row["a"] = 5
    publication = wave.tell(wave.answers)
    items = [pair for pair in untold(publication) if pair[1] in "abcde"]
    assert items
    targets = wave.answered(items)
    assert set(worked_out(sums_of(wave.tell_as_before, wave.answers), targets)) >= {("1", "a")}
    assert worked_out(sums_of(wave.tell, wave.answers), targets) == []


# --- shuffling --------------------------------------------------------------------------------------


def shuffled(wave, seed):
    """Within each function each question's answers, and who skipped it, go to other people at random."""
    chance = np.random.default_rng(seed)
    found = [dict(row) for row in wave.answers]
    for home in set(wave.homes):
        people = [person for person, at in enumerate(wave.homes) if at == home]
        for question in "abcde":
            given_to = chance.permutation(people).tolist()
            for person, other in zip(people, given_to, strict=True):
                found[person].pop(question, None)
                if question in wave.answers[other]:
                    found[person][question] = wave.answers[other][question]
    return found


@settings(parent=few_examples, max_examples=60)
@given(small_waves, st.integers(0, 2**32 - 1))
def test_figures_of_functions_do_not_know_whose_answers_go_together(wave, seed):
    assert _plain(wave.tell(wave.answers)) == _plain(wave.tell(shuffled(wave, seed)))


def test_drivers_of_people_know_whose_answers_go_together():
    wave = one_skipped("a")
    before = wave.tell_as_before(wave.answers)
    after = wave.tell_as_before(shuffled(wave, 1))
    assert _plain(before) != _plain(after)


def _plain(publication):
    """Every figure of every function, to as many digits as adding in another order leaves."""

    def number(value):
        return round(value, 9)

    return encoded(publication.functions, number=number)


# --- how sure ---------------------------------------------------------------------------------------


def covered(n, correlation, items, waves, seed, skips):
    """Share of waves in which the interval of a driver holds its mean among all people, and how wide it is
    beside that of people's means."""
    chance = np.random.default_rng(seed)
    keys = [f"i{number}" for number in range(items)]
    asked = [item(key) for key in keys]
    measure = driver("d", *asked)
    edges = stats.norm.ppf(np.cumsum([0.05, 0.15, 0.25, 0.35]))
    mean = 1 * 0.05 + 2 * 0.15 + 3 * 0.25 + 4 * 0.35 + 5 * 0.2
    hits, wider = 0, []
    for _ in range(waves):
        mood = chance.normal(size=(n, 1)) * np.sqrt(correlation)
        felt = mood + chance.normal(size=(n, items)) * np.sqrt(1 - correlation)
        said = 1 + np.searchsorted(edges, felt)
        skipped = chance.random((n, items)) < skips
        figures, kept = {}, []
        for place, key in enumerate(keys):
            values = said[~skipped[:, place], place].astype(float)
            kept.append(values)
            score = _t_interval(values)
            shares = [Share(value=float(np.isin(values, kind).mean())) for kind in ((1, 2), (3,), (4, 5))]
            figures[key] = Figure(
                measure=key, how=EXACT, n=len(values), score=score, variance=float(values.var(ddof=1)),
                unfavourable=shares[0], neutral=shares[1], favourable=shares[2],
            )  # fmt: skip
        found = driver_figure(measure=measure, items=figures).score
        hits += found.interval.contains(mean)
        own = _t_interval(said.mean(axis=1))
        wider.append(found.interval.half_width / own.interval.half_width)
    return hits / waves, float(np.mean(wider))


def _t_interval(values):
    return mean_score(values=values, scale=(1, 5))


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.6, 1.0])
@pytest.mark.parametrize("n", [6, 12, 60])
def test_the_interval_holds_at_least_as_often_as_it_says(n, correlation):
    share, wider = covered(n, correlation, 3, 2000, seed=n, skips=0.03)
    assert share >= 0.95 - 2.6 * np.sqrt(0.05 * 0.95 / 2000) - 0.005 * (n == 6)
    assert wider >= 0.97


def test_examples():
    assert doctest.testmod(importlib.import_module("cxstats.engagement.composites")).failed == 0
