"""Maturity profiles: worked by hand beside each case, then properties."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.maturity import (
    DEFAULT_BANDS,
    AgreedLevel,
    AnswerStatus,
    Band,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    Prerequisite,
    RatedAnswer,
    Scope,
    ScoringRules,
    band_of,
    maturity_profile,
)

DIMENSIONS = [DimensionSpec(key="voice", weight=2), DimensionSpec(key="culture", weight=1)]
PRACTICES = [
    PracticeSpec(key="listen", dimension="voice", weight=2),
    PracticeSpec(key="act", dimension="voice", weight=1),
    PracticeSpec(key="reward", dimension="culture", weight=1, feasibility=0.5),
]


def rated(practice: str, *levels: int | None, perspectives: str = "") -> list[RatedAnswer]:
    """Respondents r0, r1, ... in turn; None is a don't-know."""
    return [
        RatedAnswer(
            respondent=f"r{place}",
            practice=practice,
            level=level,
            status=AnswerStatus.DONT_KNOW if level is None else AnswerStatus.ANSWERED,
            perspective=perspectives[place] if perspectives else None,
        )
        for place, level in enumerate(levels)
    ]


def profile(answers: list[RatedAnswer], **more: Any) -> Any:
    more.setdefault("dimensions", DIMENSIONS)
    more.setdefault("practices", PRACTICES)
    return maturity_profile(answers=answers, **more)


ANSWERS = [
    *rated("listen", 3, 4, 4, perspectives="eff"),
    *rated("act", 2, 2, 5, perspectives="eff"),
    *rated("reward", 1, 1, 2, perspectives="eff"),
]


def test_levels_are_weighted_means_worked_by_hand():
    # listen 11/3, act 9/3 = 3, reward 4/3; voice (2*11/3 + 3)/3 = 31/9; overall (2*31/9 + 4/3)/3 = 74/27
    # (the same from a pandas sheet: group means, then two weighted averages: 3.44444, 2.74074)
    found = profile(ANSWERS)
    assert found.practice("listen").level == pytest.approx(11 / 3)
    assert found.practice("act").level == pytest.approx(3)
    assert found.dimension("voice").level == pytest.approx(31 / 9)
    assert found.dimension("culture").level == pytest.approx(4 / 3)
    assert found.overall.level == pytest.approx(74 / 27)
    assert (found.dimension("voice").band, found.overall.band) == ("3", "3")
    assert found.respondents == 3
    assert found.practice("listen").weight_share == pytest.approx(4 / 9)
    assert found.dimension("culture").weight_share == pytest.approx(1 / 3)
    with pytest.raises(KeyError):
        found.practice("nothing")


def test_spread_and_agreement_worked_by_hand():
    # act: 2 2 5, variance 3 -> r_wg = 1 - 3/2 < 0 -> 0; listen: variance 1/3 -> 1 - (1/3)/2 = 5/6
    found = profile(ANSWERS)
    act, listen = found.practice("act").spread, found.practice("listen").spread
    assert (act.raters, act.lowest, act.highest, act.r_wg, act.disagreement) == (3, 2, 5, 0, True)
    assert act.sd == pytest.approx(3**0.5)
    assert listen.r_wg == pytest.approx(5 / 6)
    assert listen.r_wg_skewed == pytest.approx(1 - (1 / 3) / 1.34)
    assert not listen.disagreement
    voice = found.dimension("voice")
    assert voice.spread.r_wg == pytest.approx(5 / 12)
    assert voice.disputed_practices == ("act",)
    # each rater's own voice: (2*3+2)/3, (2*4+2)/3, (2*4+5)/3
    assert (voice.spread.lowest, voice.spread.highest) == pytest.approx((8 / 3, 13 / 3))


def test_range_alone_flags_two_raters_without_a_coefficient():
    found = profile(rated("listen", 1, 3)).practice("listen").spread
    assert (found.r_wg, found.r_wg_skewed, found.disagreement) == (None, None, True)
    one = profile(rated("listen", 4)).practice("listen").spread
    assert (one.sd, one.disagreement) == (None, False)


def test_perception_gap_between_perspectives():
    found = profile(ANSWERS).practice("act").perception
    assert [(p.perspective, p.level, p.raters) for p in found.levels] == [("e", 2.0, 1), ("f", 3.5, 2)]
    assert (found.gap, found.highest, found.lowest) == (1.5, "f", "e")
    # voice as the executive sees it: (2*3 + 2)/3; front line: (2*4 + 3.5)/3
    voice = profile(ANSWERS).dimension("voice").perception
    assert voice.gap == pytest.approx(11.5 / 3 - 8 / 3)
    alone = profile(rated("listen", 2, 3, perspectives="ee")).overall.perception
    assert (alone.gap, alone.highest, len(alone.levels)) == (None, None, 1)


def test_a_dimension_without_a_level_says_the_heaviest_reason():
    """Not known weighs more than silence, silence more than that nothing applies."""

    def no(practice: str) -> RatedAnswer:
        return RatedAnswer(respondent="r0", practice=practice, status=AnswerStatus.NOT_APPLICABLE)

    rest = rated("reward", 3)
    for answers, reason in (
        ([no("listen"), no("act")], Reason.NOT_APPLICABLE),
        ([no("listen")], Reason.NO_DATA),
        ([no("listen"), *rated("act", None)], Reason.NOT_KNOWN),
        (rated("act", None), Reason.NOT_KNOWN),
    ):
        found = profile([*rest, *answers])
        assert (found.dimension("voice").level, found.dimension("voice").refusal) == (None, reason)
        assert found.overall.level == 3


def test_not_applicable_and_dont_know_renormalize_and_are_counted():
    answers = [
        *rated("listen", 3, None, 4),
        RatedAnswer(respondent="r0", practice="act", status=AnswerStatus.NOT_APPLICABLE),
    ]
    found = profile(answers)
    assert found.practice("listen").answers.dont_know_share == pytest.approx(1 / 3)
    assert found.practice("listen").answers.not_applicable_share == 0
    assert found.practice("act").refusal is Reason.NOT_APPLICABLE
    assert found.practice("reward").refusal is Reason.NO_DATA
    assert found.practice("reward").answers.dont_know_share is None
    assert found.practice("reward").answers.not_applicable_share is None
    assert found.dimension("voice").level == found.overall.level == 3.5
    assert found.dimension("voice").scored_weight_share == pytest.approx(2 / 3)
    assert found.dimension("culture").refusal is Reason.NO_DATA
    assert found.dimension("culture").level is None
    assert found.dimension("culture").sensitivity is None
    left_out = {line.key: line.left_out for line in found.explanation}
    assert left_out["listen"] == (("dont_know", Reason.NOT_KNOWN),)
    assert left_out["act"] == (("not_applicable", Reason.NOT_APPLICABLE),)
    assert left_out["voice"] == (("act", Reason.NOT_APPLICABLE),)
    assert left_out["overall"] == (("culture", Reason.NO_DATA),)


def test_a_dimension_without_practices_has_no_level():
    dimensions = [*DIMENSIONS, DimensionSpec(key="later")]
    found = profile(ANSWERS, dimensions=dimensions)
    assert found.dimension("later").refusal is Reason.NO_DATA
    assert found.overall.level == pytest.approx(74 / 27)


def test_only_dont_knows_are_named_as_such():
    found = profile([*rated("listen", 3), *rated("reward", None, None)])
    assert found.practice("reward").refusal is Reason.NOT_KNOWN
    assert found.dimension("culture").refusal is Reason.NOT_KNOWN


def test_weight_zero_is_shown_but_does_not_count():
    practices = [*PRACTICES[:2], dataclasses.replace(PRACTICES[2], weight=0)]
    found = profile(ANSWERS, practices=practices)
    assert found.practice("reward").level == pytest.approx(4 / 3)
    assert found.practice("reward").weight_share == 0
    assert found.dimension("culture").refusal is Reason.NO_WEIGHT
    assert found.dimension("culture").scored_weight_share == 0
    assert found.overall.level == pytest.approx(31 / 9)
    dimensions = [DIMENSIONS[0], dataclasses.replace(DIMENSIONS[1], weight=0)]
    found = profile(ANSWERS, dimensions=dimensions)
    assert found.dimension("culture").level == pytest.approx(4 / 3)
    assert found.dimension("culture").weight_share == 0
    assert found.overall.level == pytest.approx(31 / 9)
    assert found.explanation[-1].left_out == (("culture", Reason.NO_WEIGHT),)
    assert "reward" not in {item.practice for item in found.opportunities}


def test_levels_without_any_weight_leave_the_overall_level_open():
    practices = [dataclasses.replace(PRACTICES[0], weight=0), *PRACTICES[1:]]
    found = profile(rated("listen", 3, 4, 4), practices=practices)
    assert found.overall.level is None
    assert found.overall.refusal is Reason.NO_WEIGHT
    assert found.overall.weight_share == 0
    assert found.strengths == ()
    assert found.opportunities == ()


def test_agreed_level_overrides_and_keeps_the_ratings():
    found = profile(ANSWERS, agreed=[AgreedLevel(practice="act", level=4)])
    act = found.practice("act")
    assert (act.level, act.rated_level, act.agreed) == (4, 3, True)
    assert act.spread.raters == 3
    assert found.dimension("voice").level == pytest.approx((2 * 11 / 3 + 4) / 3)
    line = next(item for item in found.explanation if item.key == "act")
    assert [(term.part, term.level) for term in line.terms] == [("agreed", 4)]
    only = profile([], agreed=[AgreedLevel(practice="act", level=2)])
    assert only.overall.level == 2
    assert only.practice("act").spread is None


def test_targets_are_inherited_and_changes_counted():
    found = profile(
        ANSWERS,
        targets=LevelSet(practices=(("act", 2.0),), dimensions=(("voice", 5.0),), overall=4.0),
        previous=LevelSet(practices=(("act", 2.5),), dimensions=(("voice", 3.0),), overall=3.0),
    )
    assert found.practice("listen").target == 5
    assert found.practice("act").gap == pytest.approx(-1)
    assert found.practice("reward").target == 4
    assert found.dimension("culture").target == 4
    assert found.overall.gap == pytest.approx(4 - 74 / 27)
    assert found.practice("act").change == pytest.approx(0.5)
    assert found.practice("listen").change is None
    assert found.dimension("voice").change == pytest.approx(31 / 9 - 3)
    assert found.overall.change == pytest.approx(74 / 27 - 3)
    # listen: gap 4/3 x share 4/9 = .593; reward: 8/3 x 1/3 x .5 = .444; act exceeds its target
    assert [item.practice for item in found.opportunities] == ["listen", "reward"]
    assert [item.priority for item in found.opportunities] == pytest.approx([16 / 27, 4 / 9])
    assert all(item.target_declared for item in found.opportunities)


def test_without_targets_opportunities_aim_at_the_top_and_say_so():
    found = profile(ANSWERS)
    assert found.overall.gap is None
    # reward (11/3)(1/3)(.5) = .611; listen (4/3)(4/9) = .593; act 2(2/9) = .444
    assert [item.practice for item in found.opportunities] == ["reward", "listen", "act"]
    assert not any(item.target_declared for item in found.opportunities)
    assert found.strengths == ("listen", "act")
    assert len(profile(ANSWERS, rules=ScoringRules(listed=1)).opportunities) == 1


def test_unscored_practice_is_no_opportunity():
    assert {item.practice for item in profile(rated("listen", 3)).opportunities} == {"listen"}


def test_unmet_prerequisites_claimed_blocking_met_and_unknown():
    rules = [
        Prerequisite(practice="listen", level=4, requires="reward", requires_level=2),
        Prerequisite(practice="act", level=5, requires="reward", requires_level=2),
        Prerequisite(practice="listen", level=3, requires="act", requires_level=3),
        Prerequisite(practice="reward", level=3, requires="act", requires_level=5),
    ]
    found = profile(ANSWERS, prerequisites=rules, targets=LevelSet(practices=(("act", 5),)))
    assert [(u.practice, u.claimed) for u in found.unmet_prerequisites] == [("listen", True), ("act", False)]
    unknown = profile(rated("listen", 4), prerequisites=rules[:1]).unmet_prerequisites
    assert unknown[0].found is None


def test_one_answer_from_level_three():
    # one practice: 2 2 3 3 -> 2.5 is level 3; 2 2 2 3 -> 2.25, one answer more reaches 2.5
    one = {"dimensions": [DimensionSpec(key="d")], "practices": [PracticeSpec(key="p", dimension="d")]}
    near = profile(rated("p", 2, 2, 2, 3), **one).overall.sensitivity
    assert (near.next_band, near.distance_up, near.steps_up) == ("3", 0.25, 1)
    assert (near.previous_band, near.distance_down, near.steps_down) == ("1", 0.75, 4)
    edge = profile(rated("p", 2, 2, 3, 3), **one).overall.sensitivity
    assert (edge.previous_band, edge.distance_down, edge.steps_down) == ("2", 0.0, 1)
    top = profile(rated("p", 5, 5), **one).overall.sensitivity
    assert (top.next_band, top.distance_up, top.steps_up, top.steps_down) == (None, None, None, 2)
    bottom = profile(rated("p", 1), **one).overall.sensitivity
    assert (bottom.previous_band, bottom.steps_down, bottom.steps_up) == (None, None, 1)


def test_steps_take_the_dearest_answers_first():
    # overall 74/27 = 2.741 -> 3.5 needs .759; one step: listen 4/27 (4 left), act 2/27 (6), reward 1/9 (11)
    # 4 x .1481 = .593, then .1667/.1111 = 2 of reward -> 6 steps; no other mix of the 5 x 7 x 12 possible
    # numbers of raises needs fewer (all tried)
    assert profile(ANSWERS).overall.sensitivity.steps_up == 6


def test_agreed_level_counts_as_one_answer_in_the_sensitivity():
    found = profile(ANSWERS, agreed=[AgreedLevel(practice="act", level=4)]).practice("act").sensitivity
    assert (found.steps_up, found.steps_down) == (1, 1)


def test_explanation_adds_up_line_by_line():
    found = profile(ANSWERS)
    assert [line.scope for line in found.explanation] == [Scope.PRACTICE] * 3 + [Scope.DIMENSION] * 2 + [
        Scope.OVERALL
    ]
    for line in found.explanation:
        assert sum(term.contribution for term in line.terms) == pytest.approx(line.level)
    act = found.explanation[1]
    assert [(t.part, t.weight) for t in act.terms] == [("level:2", 2.0), ("level:5", 1.0)]


def test_confidence_is_shown_and_never_weighs():
    answers = [
        RatedAnswer(respondent="a", practice="act", level=1, confidence=0.0),
        RatedAnswer(respondent="b", practice="act", level=3, confidence=1.0),
    ]
    found = profile(answers).practice("act")
    assert (found.level, found.mean_confidence) == (2, 0.5)


def test_bands_are_half_open_and_safe_from_rounding():
    assert [band_of(level=level).key for level in (1, 1.49, 1.5, 2.5, 3.5, 4.5, 5)] == list("1123455")
    assert band_of(level=0.1 + 0.2 + 2.2).key == "3"
    assert band_of(level=2.4999999999999996).key == "3"
    with pytest.raises(InvalidInput, match="inside the declared bands"):
        band_of(level=7)


def test_another_scale_and_its_own_bands():
    rules = ScoringRules(
        lowest=0,
        highest=3,
        bands=(
            Band(low=0, high=2, key="low"),
            Band(low=2, high=3.1, key="high"),
            Band(low=3.1, high=9, key="x"),
        ),
    )
    found = profile(rated("listen", 0, 2, 2), rules=rules).practice("listen")
    assert found.band == "low"
    # variance 4/3, four options: null (16-1)/12 = 1.25 -> below 0 -> 0; no skewed null off five levels
    assert (found.spread.r_wg, found.spread.r_wg_skewed) == (0, None)
    assert profile(rated("listen", 3), rules=rules).practice("listen").sensitivity.next_band is None


@pytest.mark.parametrize(
    ("more", "argument"),
    [
        ({"dimensions": [*DIMENSIONS, DIMENSIONS[0]]}, "dimensions"),
        ({"practices": [*PRACTICES, PRACTICES[0]]}, "practices"),
        ({"practices": [PracticeSpec(key="p", dimension="nowhere")]}, "practices[p].dimension"),
        ({"practices": [PracticeSpec(key="p", dimension="voice", weight=-1)]}, "practices[p].weight"),
        ({"practices": [PracticeSpec(key="p", dimension="voice", weight=np.nan)]}, "practices[p].weight"),
        (
            {"practices": [PracticeSpec(key="p", dimension="voice", feasibility=np.inf)]},
            "practices[p].feasibility",
        ),
        ({"practices": [PracticeSpec(key="p", dimension="voice", weight=0)]}, "practices"),
        (
            {"dimensions": [DimensionSpec(key="voice", weight=0), DimensionSpec(key="culture", weight=0)]},
            "dimensions",
        ),
        ({"answers": rated("nothing", 3)}, "answers.practice"),
        ({"answers": rated("act", 6)}, "answers.level"),
        ({"answers": rated("act", 0)}, "answers.level"),
        ({"answers": [RatedAnswer(respondent="a", practice="act", level=2.5)]}, "answers.level"),
        ({"answers": [RatedAnswer(respondent="a", practice="act")]}, "answers.level"),
        (
            {"answers": [RatedAnswer(respondent="a", practice="act", status="maybe", level=2)]},
            "answers.status",
        ),
        (
            {
                "answers": [
                    RatedAnswer(respondent="a", practice="act", status=AnswerStatus.DONT_KNOW, level=2)
                ]
            },
            "answers.level",
        ),
        (
            {"answers": [RatedAnswer(respondent="a", practice="act", level=2, confidence=3)]},
            "answers.confidence",
        ),
        ({"answers": [*rated("act", 3), *rated("act", 4)]}, "answers"),
        ({"agreed": [AgreedLevel(practice="x", level=3)]}, "agreed.practice"),
        ({"agreed": [AgreedLevel(practice="act", level=9)]}, "agreed.level"),
        ({"agreed": [AgreedLevel(practice="act", level=3)] * 2}, "agreed"),
        (
            {"prerequisites": [Prerequisite(practice="act", level=2, requires="act", requires_level=2)]},
            "prerequisites",
        ),
        (
            {"prerequisites": [Prerequisite(practice="act", level=2, requires="listen", requires_level=8)]},
            "prerequisites.requires_level",
        ),
        ({"targets": LevelSet(practices=(("x", 3),))}, "targets.practices"),
        ({"targets": LevelSet(dimensions=(("voice", 7),))}, "targets.dimensions[voice]"),
        ({"previous": LevelSet(overall=0.5)}, "previous.overall"),
        ({"rules": ScoringRules(bands=())}, "rules.bands"),
        ({"rules": ScoringRules(bands=(DEFAULT_BANDS[0], DEFAULT_BANDS[2]))}, "rules.bands"),
        ({"rules": ScoringRules(bands=DEFAULT_BANDS[1:])}, "rules.bands"),
        ({"rules": ScoringRules(bands=(Band(low=1, high=5, key="x"),))}, "rules.bands"),
        ({"rules": ScoringRules(minimum_raters=1)}, "rules.minimum_raters"),
        ({"rules": ScoringRules(highest=1)}, "rules.highest"),
    ],
)
def test_bad_input_is_named(more: dict[str, Any], argument: str):
    answers = more.pop("answers", ANSWERS)
    with pytest.raises(InvalidInput) as caught:
        profile(answers, **more)
    assert caught.value.argument == argument


def test_nothing_rated_is_refused():
    for answers in ([], rated("act", None)):
        with pytest.raises(NotEstimable) as caught:
            profile(answers)
        assert caught.value.reason is Reason.NO_DATA


cells = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from(["listen", "act", "reward"])),
    st.one_of(st.none(), st.integers(1, 5)),
    min_size=1,
)


def answers_of(given_cells: dict[tuple[int, str], int | None]) -> list[RatedAnswer]:
    return [
        RatedAnswer(
            respondent=f"r{rater}",
            practice=practice,
            level=level,
            status=AnswerStatus.NOT_APPLICABLE if level is None else AnswerStatus.ANSWERED,
            perspective="odd" if rater % 2 else "even",
        )
        for (rater, practice), level in given_cells.items()
    ]


@settings(max_examples=60, deadline=None)
@given(cells, st.randoms(use_true_random=False))
def test_order_of_answers_and_scale_of_weights_do_not_matter(given_cells, random):
    answers = answers_of(given_cells)
    shuffled = random.sample(answers, len(answers))
    try:
        found = profile(answers)
    except NotEstimable:
        return
    again = profile(
        shuffled,
        practices=[dataclasses.replace(p, weight=p.weight * 7) for p in PRACTICES],
        dimensions=[dataclasses.replace(d, weight=d.weight * 3) for d in DIMENSIONS],
    )
    assert again.overall.level == pytest.approx(found.overall.level)
    assert again.overall.band == found.overall.band
    assert again.overall.sensitivity.steps_up == found.overall.sensitivity.steps_up
    assert 1 <= found.overall.level <= 5
    shares = [practice.weight_share for practice in found.practices]
    assert sum(shares) == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=12))
def test_steps_up_are_enough_and_one_fewer_is_not(levels):
    one = {"dimensions": [DimensionSpec(key="d")], "practices": [PracticeSpec(key="p", dimension="d")]}
    found = profile(rated("p", *levels), **one).overall
    steps = found.sensitivity.steps_up
    if steps is None:
        assert found.band == "5"
        return
    size = len(levels)
    assert band_of(level=(sum(levels) + steps) / size).key == found.sensitivity.next_band
    assert band_of(level=(sum(levels) + steps - 1) / size).key == found.band
