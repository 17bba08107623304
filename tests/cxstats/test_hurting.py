"""Where a journey hurts: worked by hand."""

import pytest

from cxstats.hurting import Agreement, StepReading, agreement, on_emotion, where_it_hurts


@pytest.mark.parametrize(
    ("value", "worst", "best", "expected"),
    [
        (-100, -100, 100, -2),
        (0, -100, 100, 0),
        (25, -100, 100, 0.5),
        (5, 1, 5, 2),
        (2, 1, 5, -1),
        (0.75, 0, 1, 1),
        (2, 7, 1, 4 / 3),  # less is better: 2 of 1..7 is five sixths of the way from worst to best
    ],
)
def test_a_figure_lies_between_worst_and_best(value, worst, best, expected):
    assert on_emotion(value, worst=worst, best=best) == pytest.approx(expected)


def test_a_scale_without_a_length_is_refused():
    with pytest.raises(ValueError, match="two ends"):
        on_emotion(1, worst=3, best=3)


@pytest.mark.parametrize(
    ("drawn", "low", "high", "expected"),
    [
        (1, -1.0, -0.01, Agreement.WORSE),
        (1, -1.0, 0.0, Agreement.AGREES),
        (-1, 0.0, 1.0, Agreement.AGREES),
        (-1, 0.01, 1.0, Agreement.BETTER),
        (0, -2.0, 2.0, Agreement.AGREES),
    ],
)
def test_they_disagree_only_where_the_whole_range_is_more_than_one_grade_away(drawn, low, high, expected):
    assert agreement(drawn, low=low, high=high) is expected


def _reading(key, value, half=0.0, n=100, contribution=None):
    return StepReading(
        key=key, value=value, low=value - half, high=value + half, n=n, contribution=contribution
    )


def test_what_is_lost_is_shortfall_times_contribution_times_answers():
    # of 0..10: 4 short x 0.5 x 100 = 20; 2 short x 0.25 x 400 = 20; 8 short x 0.25 x 300 = 60, each / 10
    found = where_it_hurts(
        [
            _reading("a", 6, contribution=0.5),
            _reading("b", 8, n=400, contribution=0.25),
            _reading("c", 2, n=300, contribution=0.25),
        ],
        worst=0,
        best=10,
    )
    assert [(hurt.key, pytest.approx(hurt.share)) for hurt in found] == [("c", 0.6), ("a", 0.2), ("b", 0.2)]
    assert [hurt.shortfall for hurt in found] == [pytest.approx(0.8), pytest.approx(0.4), pytest.approx(0.2)]
    assert [hurt.is_first_for_sure for hurt in found] == [True, False, False]


def test_the_range_sets_each_figure_against_the_far_ends_of_the_others():
    # lost: a 5 +- 1, b 3 +- 1 (of 10, alike otherwise): a is 4/(4+4) to 6/(6+2), b 2/(2+6) to 4/(4+4)
    found = where_it_hurts([_reading("a", 5, 1), _reading("b", 7, 1)], worst=0, best=10)
    assert (found[0].low, found[0].high) == (pytest.approx(0.5), pytest.approx(0.75))
    assert (found[1].low, found[1].high) == (pytest.approx(0.25), pytest.approx(0.5))
    assert not found[0].is_first_for_sure  # 4 is not more than 4
    clear = where_it_hurts([_reading("a", 5, 0.9), _reading("b", 7, 0.9)], worst=0, best=10)
    assert clear[0].is_first_for_sure


def test_an_unknown_contribution_counts_as_the_mean_of_the_known_ones():
    # known 0.2 and 0.4, so c counts with 0.3: 0.5 x 0.2, 0.5 x 0.4, 0.5 x 0.3
    readings = [_reading("a", 5, contribution=0.2), _reading("b", 5, contribution=0.4), _reading("c", 5)]
    found = where_it_hurts(readings, worst=0, best=10)
    assert [(hurt.key, pytest.approx(hurt.share)) for hurt in found] == [
        ("b", 4 / 9),
        ("c", 3 / 9),
        ("a", 2 / 9),
    ]


def test_less_can_be_better():
    found = where_it_hurts([_reading("a", 6, 1), _reading("b", 2, 1)], worst=7, best=1)
    assert [hurt.key for hurt in found] == ["a", "b"]
    assert found[0].shortfall == pytest.approx(5 / 6)
    assert found[0].low < found[0].share < found[0].high


def test_nothing_hurts_where_every_figure_is_the_best():
    assert where_it_hurts([_reading("a", 10), _reading("b", 10)], worst=0, best=10) == ()
    assert where_it_hurts([], worst=0, best=10) == ()
