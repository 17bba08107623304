"""What is learned from how roughly something is told, by somebody who runs this very code over every table of
answers that agrees with the figures. It is not nothing; the method's page says these bounds.
"""

import itertools
from collections import defaultdict
from math import log2

import numpy as np

from cxstats.anonymity import Telling
from cxstats.engagement import Function, Measure, MeasureKind, Question, publish

ITEM = Measure(key="q", kind=MeasureKind.ITEM, questions=(Question(key="q", low=1, high=5),))
CHOICES, WHOLE = (1, 3, 5), (3, 9, 20)  # how many of 32 gave which answer: that is told exactly
MINIMUM, MOST = 5, 14  # of the smaller function 14 were asked


def told(a):
    """Everything published where a differs by few from an earlier wave that told nothing exact of it."""
    counts = {"a": a, "b": tuple(one - two for one, two in zip(WHOLE, a, strict=True))}
    asked = {"a": MOST, "b": sum(WHOLE) - MINIMUM}
    return publish(
        functions=[
            Function(key="all", parent=None, asked=0),
            *(Function(key=key, parent="all", asked=asked[key]) for key in counts),
        ],
        rows=[
            (key, {"q": choice})
            for key, given in counts.items()
            for choice, n in zip(CHOICES, given, strict=True)
            for _one in range(n)
        ],
        measures=[ITEM],
        rng=np.random.default_rng(1),
        little_changed={"a"},
        is_draft=True,
    ).functions


def agrees(function, counts):
    """Whether the figures of one function would be told so of these answers, whatever made them so rough."""
    n = sum(counts)
    if not function.is_shown:
        return True
    if function.answered is not None:
        to = function.answered_to
        if max(to, (n + (to - 1) // 2) // to * to) != function.answered:
            return False
    (figure,) = function.figures
    if figure.how is Telling.HIDDEN:
        return True
    for share, count in zip((figure.unfavourable, figure.neutral, figure.favourable), counts, strict=True):
        steps = round(1 / share.step)
        step = min(max((2 * count * steps + n) // (2 * n), 1), steps - 1)
        if abs(step / steps - share.value) > 1e-9:
            return False
    return True


def test_what_the_level_tells_beyond_the_figures_is_bounded():
    tables = [
        a
        for a in itertools.product(*(range(one + 1) for one in WHOLE))
        if MINIMUM <= sum(a) <= MOST and sum(WHOLE) - sum(a) >= MINIMUM
    ]
    published = {a: told(a) for a in tables}
    alike = defaultdict(list)
    for a, functions in published.items():
        alike[functions].append(a)
    bits, known, known_by_figures = [], 0, 0
    for functions in published.values():
        by_code = alike[functions]
        by_figures = [
            a
            for a in tables
            if agrees(functions[1], a)
            and agrees(functions[2], [one - two for one, two in zip(WHOLE, a, strict=True)])
        ]
        assert set(by_code) <= set(by_figures)
        bits.append(log2(len(by_figures) / len(by_code)))
        known += sum(len({a[place] for a in by_code}) == 1 for place in range(3))
        known_by_figures += sum(len({a[place] for a in by_figures}) == 1 for place in range(3))
    assert len(tables) == 326
    assert known_by_figures == 0  # the figures alone leave every number open
    assert 0.5 < np.mean(bits) < 1.6  # of the 8.3 bits that the answers have
    assert max(bits) < 5.5
    assert known / (3 * len(tables)) < 0.2  # numbers of an answer that the code gives away
