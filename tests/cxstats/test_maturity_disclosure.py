"""Nobody can work out the answer of fewer people than the minimum from what is shown of a round."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InvalidInput, NotEstimable
from cxstats.maturity import (
    DimensionSpec,
    PracticeSpec,
    RatedAnswer,
    disclosed,
    maturity_profile,
    pattern_of,
)
from cxstats.maturity.profile import PerspectiveLevel
from cxstats.maturity.spec import AgreedLevel, AnswerStatus

DIMENSIONS = [DimensionSpec(key="voice", weight=2), DimensionSpec(key="action")]
PRACTICES = [
    PracticeSpec(key="listen", dimension="voice", weight=2),
    PracticeSpec(key="learn", dimension="voice"),
    PracticeSpec(key="act", dimension="action"),
]
KEYS = ["listen", "learn", "act"]
WEIGHTS = {"listen": 2, "learn": 1, "act": 1}

people = st.lists(
    st.tuples(
        st.sampled_from([None, "a", "b", "c", "d"]),
        st.tuples(*[st.one_of(st.none(), st.integers(1, 5))] * 3),
    ),
    min_size=1,
    max_size=12,
)


def answers_of(given_by) -> list[RatedAnswer]:
    """One answer a person and practice; None is "don't know"."""
    return [
        RatedAnswer(
            respondent=f"r{place}",
            practice=key,
            level=level,
            status=AnswerStatus.ANSWERED if level is not None else AnswerStatus.DONT_KNOW,
            perspective=perspective,
        )
        for place, (perspective, levels) in enumerate(given_by)
        for key, level in zip(KEYS, levels, strict=True)
    ]


def shown(answers, minimum):
    profile = maturity_profile(dimensions=DIMENSIONS, practices=PRACTICES, answers=answers)
    pattern = pattern_of(answers=answers, practices=KEYS, minimum=minimum, perspectives=["a", "b", "c", "d"])
    return disclosed(
        profile=profile, dimensions=DIMENSIONS, practices=PRACTICES, answers=answers, pattern=pattern
    )


def members(level: PerspectiveLevel) -> set[str | None]:
    return {None if name == "not_stated" else name for name in level.perspective.split("+")}


def rank(rows) -> int:
    return int(np.linalg.matrix_rank(np.array(rows, dtype=float))) if rows else 0


@settings(max_examples=400, deadline=None)
@given(given_by=people, minimum=st.integers(2, 4))
def test_no_sum_or_difference_of_what_is_shown_is_about_fewer_people_than_the_minimum(given_by, minimum):
    answers = answers_of(given_by)
    try:
        profile = shown(answers, minimum)
    except NotEstimable:
        return
    for key in KEYS:
        rated = [item for item in answers if item.practice == key and item.level is not None]
        published = [[1] * len(rated)]  # all respondents together are always shown
        for level in profile.practice(key).perception.levels:
            inside = [item.perspective in members(level) for item in rated]
            assert level.raters == sum(inside) >= minimum
            levels = [item.level for item in rated if item.perspective in members(level)]
            assert level.level == pytest.approx(np.mean(levels))
            published.append([int(flag) for flag in inside])
        for size in range(1, min(minimum, len(rated))):
            for few in combinations(range(len(rated)), size):
                # What can be said about these few alone is where both spaces meet
                alone = [[int(place == one) for place in range(len(rated))] for one in few]
                assert rank(published) + size == rank([*published, *alone]), (key, few)


@settings(max_examples=200, deadline=None)
@given(given_by=people, minimum=st.integers(2, 4))
def test_levels_of_dimensions_add_nothing_to_the_practices_shown(given_by, minimum):
    answers = answers_of(given_by)
    try:
        profile = shown(answers, minimum)
    except NotEstimable:
        return
    by_practice = {
        key: {item.perspective: item.level for item in profile.practice(key).perception.levels}
        for key in KEYS
    }

    def mean_of(levels, keys):
        return sum(levels[key] * WEIGHTS[key] for key in keys) / sum(WEIGHTS[key] for key in keys)

    for place, inside in (
        (profile.dimension("voice"), ["listen", "learn"]),
        (profile.dimension("action"), ["act"]),
    ):
        blocks = {block for key in inside for block in by_practice[key]}
        same = [key for key in inside if blocks and blocks == set(by_practice[key])]
        assert {item.perspective for item in place.perception.levels} == (blocks if same else set())
        for item in place.perception.levels:
            assert item.raters >= minimum
            assert item.level == pytest.approx(
                mean_of({key: by_practice[key][item.perspective] for key in same}, same)
            )
        # and the level of all over the same practices is what all say of them, which is shown anyway
        basis = place.perception.basis
        scored = [key for key in inside if profile.practice(key).level is not None]
        assert (basis is not None) == (bool(place.perception.levels) and same != scored)
        if basis is not None:
            assert basis.practices == tuple(same)
            assert (basis.of, basis.has_agreed) == (len(scored), False)
            assert basis.level == pytest.approx(
                mean_of({key: profile.practice(key).level for key in same}, same)
            )
            raters = {item.respondent for item in answers if item.practice in same and item.level}
            assert basis.raters == len(raters)


everything_rated = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.tuples(*[st.integers(1, 5)] * 3)),
    min_size=3,
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(given_by=everything_rated, minimum=st.integers(2, 4))
def test_groups_beside_the_whole_lie_around_it(given_by, minimum):
    """Groups of one dimension are never all above, or all below, the level beside them: all rest on the same
    practices, and every rater of these is in a group. (Where some rate one practice and others another, the
    mixes of raters differ by practice, and this need not be so.)
    """
    answers = answers_of(given_by)
    try:
        profile = shown(answers, minimum)
    except NotEstimable:
        return
    for place in (*profile.dimensions, profile.overall):
        levels = [item.level for item in place.perception.levels]
        if levels:
            beside = place.perception.basis.level if place.perception.basis else place.level
            assert min(levels) - 1e-9 <= beside <= max(levels) + 1e-9


def test_each_group_of_a_dimension_stands_on_the_practices_that_all_of_them_have_rated():
    """Everyone 2.5, one group 2.7, the other 2.8: no such bars beside each other."""
    profile = shown(answers_of([("a", (3, 1, 2))] * 3 + [("b", (3, None, 2))] * 3), 3)
    voice = profile.dimension("voice")
    assert voice.level == pytest.approx((2 * 3 + 1) / 3)  # over both practices
    assert [(item.level, item.raters) for item in voice.perception.levels] == [(3.0, 3), (3.0, 3)]
    basis = voice.perception.basis
    assert (basis.practices, basis.of, basis.level, basis.raters) == (("listen",), 2, 3.0, 6)
    whole = profile.overall.perception
    assert [item.level for item in whole.levels] == [pytest.approx((2 * 3 + 2) / 3)] * 2
    assert whole.basis.practices == ("listen", "act")
    assert profile.dimension("action").perception.basis is None


def test_a_group_that_knows_nothing_of_a_dimension_does_not_hide_the_others_there():
    profile = shown(
        answers_of([("a", (4, 2, 2))] * 3 + [("b", (2, 4, 2))] * 3 + [("c", (None, None, 5))] * 3), 3
    )
    voice = profile.dimension("voice").perception
    assert [(item.perspective, item.level) for item in voice.levels] == [
        ("a", pytest.approx(10 / 3)), ("b", pytest.approx(8 / 3)),
    ]  # fmt: skip
    assert voice.basis is None
    whole = profile.overall.perception  # of the whole only "act" is rated by all three
    assert [item.level for item in whole.levels] == [2.0, 2.0, 5.0]
    assert (whole.basis.practices, whole.basis.level) == (("act",), 3.0)


def test_an_agreed_level_is_nobody_s_answer_and_not_in_the_level_beside_groups():
    answers = answers_of([("a", (4, 4, 4))] * 3 + [("b", (2, 2, 2))] * 3)
    agreed = [AgreedLevel(practice="act", level=5)]
    profile = disclosed(
        profile=maturity_profile(dimensions=DIMENSIONS, practices=PRACTICES, answers=answers, agreed=agreed),
        dimensions=DIMENSIONS,
        practices=PRACTICES,
        answers=answers,
        pattern=pattern_of(answers=answers, practices=KEYS, minimum=3),
    )
    action = profile.dimension("action")
    assert action.level == 5.0
    assert [item.level for item in action.perception.levels] == [4.0, 2.0]
    assert (action.perception.basis.level, action.perception.basis.has_agreed) == (3.0, True)
    assert profile.dimension("voice").perception.basis is None


@given(given_by=people, minimum=st.integers(2, 4), data=st.data())
def test_the_pattern_depends_on_who_answered_and_never_on_the_levels(given_by, minimum, data):
    other = [
        (name, tuple(level and data.draw(st.integers(1, 5)) for level in levels)) for name, levels in given_by
    ]
    patterns = {
        pattern_of(answers=answers_of(who), practices=KEYS, minimum=minimum) for who in (given_by, other)
    }
    assert len(patterns) == 1


def pattern(names: str, minimum: int = 3, missing: dict[str, str] | None = None):
    """`names`: one letter a respondent ("-": not stated); `missing`: practice -> places that do not know."""
    missing = missing or {}
    given_by = [
        (
            None if name == "-" else name,
            tuple(None if str(place) in missing.get(key, "") else 3 for key in KEYS),
        )
        for place, name in enumerate(names)
    ]
    return pattern_of(answers=answers_of(given_by), practices=KEYS, minimum=minimum)


def test_groups_of_the_minimum_are_shown_alone():
    found = pattern("aaabbb")
    assert found.blocks == (("a",), ("b",))
    assert found.practices == {"listen", "learn", "act"}


def test_small_groups_are_shown_together():
    assert pattern("aaabbc").blocks == (("a",), ("b", "c"))


def test_a_single_small_group_takes_a_second_one_with_it():
    """Alone it would be the whole minus the rest."""
    assert pattern("aaaabbbc").blocks == (("a",), ("b", "c"))


def test_one_group_of_the_minimum_and_a_rest_below_it_show_nothing_by_group():
    assert pattern("aaabb").blocks == ()
    assert pattern("aabb").blocks == ()
    assert pattern("aaa").blocks == ()


def test_who_stated_no_perspective_counts_as_one_more_group():
    assert pattern("aaabbb-").blocks in ((("a",), ("b", "not_stated")), (("b",), ("a", "not_stated")))
    assert pattern("aaa---").blocks == (("a",), ("not_stated",))


def test_a_practice_that_would_open_another_is_closed_for_every_group():
    """Of the three in b one does not know: their two levels there would be the whole minus a."""
    found = pattern("aaabbb", missing={"learn": "5"})
    assert found.blocks == (("a",), ("b",))
    assert found.practices == {"listen", "act"}


def test_a_practice_that_a_whole_group_does_not_know_stays_open():
    """Nobody of b rated it, so there is no answer of b to find."""
    found = pattern("aaabbbccc", missing={"learn": "345"})
    assert found.blocks == (("a",), ("b",), ("c",))
    assert found.practices == {"listen", "learn", "act"}


def test_a_group_that_nowhere_knows_does_not_close_the_others():
    found = pattern("aaabbbcc", missing=dict.fromkeys(KEYS, "67"))
    assert found.blocks == (("a",), ("b",))


def test_a_level_of_a_dimension_rests_on_open_practices_alone():
    levels = [("a", (4, 1, 3))] * 3 + [("b", (2, 5, 3))] * 2 + [("b", (2, None, 3))]
    profile = shown(answers_of(levels), 3)

    assert profile.practice("learn").perception.levels == ()
    assert profile.practice("learn").level == pytest.approx((3 * 1 + 2 * 5) / 5)
    voice = [
        (item.perspective, item.level, item.raters) for item in profile.dimension("voice").perception.levels
    ]
    assert voice == [("a", 4.0, 3), ("b", 2.0, 3)]
    assert profile.dimension("voice").perception.gap == pytest.approx(2.0)


def test_single_raters_means_are_left_out_and_the_spread_of_a_practice_stays():
    profile = shown(answers_of([("a", (5, 5, 5)), ("a", (1, 1, 1)), ("b", (3, 3, 3))]), 3)

    for standing in (profile.overall, profile.dimension("voice")):
        assert (standing.spread.lowest, standing.spread.highest, standing.spread.sd) == (None, None, None)
        assert standing.spread.raters == 3
    assert (profile.practice("act").spread.lowest, profile.practice("act").spread.highest) == (1, 5)


def test_all_together_stay_as_they_were():
    answers = answers_of([("a", (5, 4, None)), ("b", (1, None, 2))])
    whole = maturity_profile(dimensions=DIMENSIONS, practices=PRACTICES, answers=answers)
    profile = shown(answers, 3)

    assert profile.overall.level == whole.overall.level
    assert profile.explanation == whole.explanation
    assert profile.practice("listen").level == 3.0


def test_a_minimum_of_one_protects_nobody_and_is_refused():
    with pytest.raises(InvalidInput, match="minimum"):
        pattern("aaabbb", minimum=1)
