"""An attack on one wave: sums of exact scores, added and subtracted, that rest on a few people.

It asks the wave itself what each score is made of: one answer is moved a little, so that it stays in its
class and nothing else can change, and the wave is published again. The scores are linear in the answers, so
what they moved by are whole fractions; with these all that adding and subtracting can do is found exactly.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from cxstats.anonymity import Telling
from cxstats.engagement import Publication

FEW = 4
NUDGE = 0.25
MOST_PARTS = 100_000  # of a coefficient's denominator

type Answers = Sequence[Mapping[str, float]]
type Row = list[Fraction]


@dataclass(frozen=True)
class Sums:
    """Every exact score as a sum over answers: coefficients by (person, question)."""

    places: list[tuple[int, str]]
    figures: list[tuple[str, str]]
    matrix: list[Row]


def sums_of(tell: Callable[[Answers], Publication], answers: Answers) -> Sums:
    """What each exact score is made of, by moving every answer a little."""
    places = [(person, key) for person, row in enumerate(answers) for key in row]
    before = _scores(tell(answers))
    columns = []
    for person, key in places:
        moved = [dict(row) for row in answers]
        step = -NUDGE if moved[person][key] == 5 else NUDGE
        moved[person][key] += step
        after = _scores(tell(moved))
        assert after.keys() == before.keys()
        columns.append([_fraction((after[one] - before[one]) / step) for one in before])
    return Sums(places, list(before), [list(row) for row in zip(*columns, strict=True)])


def few_people(sums: Sums) -> list[set[int]]:
    """Sets of one to four people on whose answers alone a sum of exact scores rests."""
    parts = defaultdict[tuple[Fraction, ...], set[int]](set)  # answers that no sum can tell apart
    for place, (person, _key) in enumerate(sums.places):
        column = tuple(row[place] for row in sums.matrix)
        if any(column):
            parts[column].add(person)
    small = [(column, people) for column, people in parts.items() if len(people) <= FEW]
    large = [column for column, people in parts.items() if len(people) > FEW]
    if not small:
        return []
    everybody = sorted(set().union(*(people for _column, people in small)))
    whole = _rank([list(column) for column in parts])
    found: list[set[int]] = []
    for size in range(1, FEW + 1):
        for chosen in combinations(everybody, size):
            few = set(chosen)
            if any(known <= few for known in found):
                continue
            outside = large + [column for column, people in small if not people <= few]
            if len(outside) < len(parts) and _rank([list(column) for column in outside]) < whole:
                found.append(few)
    return found


def worked_out(sums: Sums, targets: Mapping[tuple[str, str], set[int]]) -> list[tuple[str, str]]:
    """Which of these (function, question), by the people who answered it, are a sum of exact scores."""
    rank = _rank(sums.matrix)
    found = []
    for (function, question), people in targets.items():
        row = [Fraction(person in people and key == question) for person, key in sums.places]
        if _rank([*sums.matrix, row]) == rank:
            found.append((function, question))
    return found


def untold(publication: Publication) -> list[tuple[str, str]]:
    """(function, item) of shown functions that are rough or hidden, and not without any answer."""
    return [
        (function.key, figure.measure)
        for function in publication.functions
        for figure in function.figures
        if figure.how is not Telling.EXACT and figure.n != 0
    ]


def _scores(publication: Publication) -> dict[tuple[str, str], float]:
    return {
        (function.key, figure.measure): figure.score.value
        for function in publication.functions
        for figure in function.figures
        if figure.score is not None
    }


def _fraction(number: float) -> Fraction:
    found = Fraction(number).limit_denominator(MOST_PARTS)
    assert abs(found - Fraction(number)) < Fraction(1, 10**9)
    return found


def _rank(rows: Sequence[Row]) -> int:
    """By elimination in fractions."""
    left, rank = [list(row) for row in rows if any(row)], 0
    while left:
        pivot = left.pop()
        place = next(number for number, value in enumerate(pivot) if value)
        rank += 1
        rest = []
        for row in left:
            if row[place]:
                factor = row[place] / pivot[place]
                row = [value - factor * other for value, other in zip(row, pivot, strict=True)]
            if any(row):
                rest.append(row)
        left = rest
    return rank
