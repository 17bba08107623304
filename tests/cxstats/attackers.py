"""Readers who work out what is hidden, with whole-number programs: another route than the product's."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

MANY = 10_000


class Attacker:
    """Knows sums over parts of a table of non-negative whole numbers; asks what follows."""

    def __init__(self, parts, classes=1):
        self.shape = (parts, classes)
        self.rows, self.low, self.high = [], [], []

    def learn(self, places, *, of=None, low, high=None):
        """The sum over `places` (of class `of`, or of all) lies between low and high."""
        row = np.zeros(self.shape)
        row[np.ix_(places, range(self.shape[1]) if of is None else [of])] = 1
        self._add(row, low, low if high is None else high)

    def learn_share(self, places, *, of, low, high):
        """The share of class `of` in the sum over `places`."""
        for bound, sign in ((low, 1), (high, -1)):
            row = np.zeros(self.shape)
            row[places] -= sign * bound
            row[places, of] += sign
            self._add(row, -1e-9, np.inf)

    def range_of(self, places, *, of=None, without=None):
        """Smallest and largest sum that agrees with all that is known."""
        goal = np.zeros(self.shape)
        goal[np.ix_(places, range(self.shape[1]) if of is None else [of])] = 1
        if without is not None:
            goal[places, without] = 0
        return self._extreme(goal), -self._extreme(-goal)

    def _add(self, row, low, high):
        self.rows.append(row.ravel())
        self.low.append(low)
        self.high.append(high)

    def _extreme(self, goal):
        found = milp(
            goal.ravel(),
            integrality=np.ones(goal.size),
            bounds=Bounds(0, MANY),
            constraints=LinearConstraint(np.array(self.rows), self.low, self.high) if self.rows else None,
        )
        assert found.x is not None, found.message
        return round(float(found.fun))


class WaveReader:
    """Knows everything that a publication says of one measure, and how many were asked: whole numbers of
    people in each function who gave an unfavorable, neutral or favorable answer, skipped it, or kept
    silent."""

    CLASSES, SKIPPED, SILENT = 3, 3, 4

    def __init__(self, functions, publication, measure):
        self.parents = {function.key: function.parent for function in functions}
        self.keys = list(self.parents)
        self.told = {function.key: function for function in publication.functions}
        self.figures = {
            key: next((figure for figure in one.figures if figure.measure == measure), None)
            for key, one in self.told.items()
        }
        self.minimum = publication.minimum
        self.facts = Attacker(len(self.keys), classes=5)
        for place, function in enumerate(functions):
            if function.asked is not None:
                self.facts.learn([place], low=function.asked)
        for key in self.keys:
            self._learn_people(key)
            self._learn_figure(key)

    def below(self, key):
        def is_under(step):
            while step is not None and step != key:
                step = self.parents[step]
            return step == key

        return [place for place, one in enumerate(self.keys) if is_under(one)]

    def _learn_people(self, key):
        told, places = self.told[key], self.below(key)
        if told.is_empty:
            self._learn_sum(places, range(4), 0, 0)
        elif told.is_shown and not told.is_blunt:
            self._learn_sum(places, range(4), told.answered, told.answered)
        elif told.is_shown:
            self._learn_sum(places, range(4), *self._rounded(told.answered, getattr(told, "answered_to", 5)))

    def _rounded(self, told, to):
        """Whole numbers that are told so, and enough to be told at all; None: it is not told how many."""
        low, high = (0, MANY) if told is None else rounded_from(told, to)
        return max(low, self.minimum), high

    def _learn_figure(self, key):
        figure, places = self.figures[key], self.below(key)
        if figure is None or figure.how == "hidden":
            return
        shares = (figure.unfavourable, figure.neutral, figure.favourable)
        if figure.how == "exact":
            for place, share in enumerate(shares):
                count = round(share.value * figure.n) if figure.n else 0
                self._learn_sum(places, [place], count, count)
            return
        self._learn_sum(places, range(3), *self._rounded(figure.n, getattr(figure, "n_to", 5)))
        for place, share in enumerate(shares):
            low = 0 if share.is_open and share.value < 0.5 else share.value - share.step / 2
            high = 1 if share.is_open and share.value > 0.5 else share.value + share.step / 2
            for bound, sign in ((low, 1), (high, -1)):
                row = np.zeros(self.facts.shape)
                row[np.ix_(places, range(3))] -= sign * bound
                row[places, place] += sign
                self.facts._add(row, -1e-6, np.inf)

    def _learn_sum(self, places, classes, low, high):
        row = np.zeros(self.facts.shape)
        row[np.ix_(places, list(classes))] = 1
        self.facts._add(row, low, high)

    def range_of(self, key, classes):
        """Fewest and most people of the function with these answers."""
        goal = np.zeros(self.facts.shape)
        goal[np.ix_(self.below(key), list(classes))] = 1
        return self.facts._extreme(goal), -self.facts._extreme(-goal)

    def remainder(self, key, is_exact):
        """Places of the functions in the smallest exact function around, less the exact ones within it."""
        step = self.parents[key]
        while step is not None and not is_exact(step):
            step = self.parents[step]
        if step is None:
            return None
        around = set(self.below(step))
        inner = [one for one in self.keys if one != step and is_exact(one) and around >= set(self.below(one))]
        return sorted(around.difference(*(self.below(one) for one in inner)))


def rounded_from(told, to):
    """The whole numbers that are told as this one, from 1 on: halves go down."""
    return (1 if told == to else told - (to - 1) // 2), told + to // 2


def pinned(functions, table, people, publication, measure, column):
    """What follows of functions that are told bluntly, or in this question not at all, though the exact
    figures around leave it open: (function, what). `table`: of each function's own people, by measure and
    answer."""
    reader = WaveReader(functions, publication, measure)
    asked = np.array([10**6 if one.asked is None else one.asked for one in functions])
    own = np.column_stack(
        [table[:, column], people - table[:, column].sum(axis=1), np.maximum(asked - people, 0)]
    )

    for key, told in reader.told.items():
        if told.is_empty:  # that nobody answered there is said
            own[reader.below(key)] = 0

    def exact_figure(key):
        figure = reader.figures[key]
        return (figure is not None and figure.how == "exact") or reader.told[key].is_empty

    def exact_people(key):
        told = reader.told[key]
        return told.is_empty or (told.is_shown and not told.is_blunt)

    found = []
    for key, figure in reader.figures.items():
        if figure is None or figure.how == "exact":
            continue
        around, people_around = reader.remainder(key, exact_figure), reader.remainder(key, exact_people)
        left = np.full(5, 10**6) if around is None else own[around].sum(axis=0)
        silent = 10**6 if people_around is None else own[people_around, 4].sum()
        answered = left[:3].sum()
        is_blunt = reader.told[key].is_blunt
        for one in range(3):
            if 0 < left[one] < answered:
                low, high = reader.range_of(key, [one])
                if low == high:
                    found.append((key, one))
        here = own[reader.below(key), :3].sum(axis=0)
        if (here > 0).sum() == 1:
            _, others = reader.range_of(key, [one for one in range(3) if not here[one]])
            if others == 0:
                found.append((key, "agrees"))
        if own[reader.below(key)].sum() <= publication.minimum:
            continue  # so few were asked that being told at all says that everybody answered
        if left[3] > 0 or (is_blunt and silent > 0):
            low, high = reader.range_of(key, range(3))
            if low == high:
                found.append((key, "n"))
        if is_blunt and silent > 0:
            low, high = reader.range_of(key, range(4))
            if low == high:
                found.append((key, "answered"))
    return found
