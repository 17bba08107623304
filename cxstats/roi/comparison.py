"""Two cases side by side: how much of the difference each of their inputs makes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import comb

from cxstats.errors import InvalidInput
from cxstats.roi.case import RoiCase, check_case
from cxstats.roi.flows import expected_flows
from cxstats.roi.money import present_value
from cxstats.roi.parameters import Parameter, mean_of
from cxstats.roi.value import BenefitLine

BENEFITS, COSTS, YEARS, REST = "benefits", "costs", "years", "rest"
_MOST = 9  # that are told apart: 512 cases to value


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """What one difference between two cases adds to the expected net present value.

    `key`: of an input, or `BENEFITS` (other benefit lines, or other shares of a year), `COSTS`, `YEARS`
    (more or fewer of them), `REST` (the smallest ones, where there are many).
    """

    key: str
    amount: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Expected net present values of two cases, and what moved the second away from the first.

    The amounts add up to the difference; the largest one stands first.
    """

    first: float
    second: float
    moved: tuple[Movement, ...]


def what_moved(*, first: RoiCase, second: RoiCase) -> Comparison:
    """Split the difference between two cases over what differs between them.

    Each difference gets its Shapley value: what it adds on average over all orders in which the first case
    could be turned into the second. So the amounts add up, and none depends on an order somebody chose.

    Parameters
    ----------
    first, second : RoiCase
        Money of one currency; inputs that do not depend on each other.

    Returns
    -------
    Comparison
        Empty `moved` where nothing differs.

    Raises
    ------
    InvalidInput
        Correlated inputs, or a case that does not hang together.

    Source
    ------
    Shapley 1953, A value for n-person games; Shorrocks 2013, J. Econ. Inequality 11:99 (decomposition).

    Examples
    --------
    >>> from cxstats.kinds import Distribution, ParameterKind, ValueKind
    >>> from cxstats.roi.value import BenefitLine
    >>> def case(people, margin):
    ...     return RoiCase(
    ...         parameters=tuple(Parameter(key=key, distribution=Distribution.FIXED, args=(value,),
    ...                                    source="example", owner="CX", kind=ParameterKind.MEASURED)
    ...                          for key, value in (("people", people), ("margin", margin), ("rate", 0.0))),
    ...         benefits=(BenefitLine(key="b", kind=ValueKind.OWN_FORMULA, factors=("people", "margin"),
    ...                               profile=(0, 1), hard=True),),
    ...         costs=(), periods=1, discount_rate="rate")
    >>> found = what_moved(first=case(10.0, 3.0), second=case(20.0, 5.0))   # 30 to 100
    >>> [(one.key, one.amount) for one in found.moved]   # (30 + 50) / 2 and (20 + 40) / 2
    [('people', 40.0), ('margin', 30.0)]
    """
    for case in (first, second):
        check_case(case)
        if case.correlations:
            raise InvalidInput("correlations", "inputs that do not depend on each other")
    pair = _Pair(first=first, second=second)

    @cache
    def worth(changed: frozenset[str]) -> float:
        return _expected_net(pair.between(changed))

    groups = _groups(list(pair.differences()), worth)
    moved = [
        Movement(key=key, amount=amount) for key, amount in zip(groups, _shares(groups, worth), strict=True)
    ]
    return Comparison(
        first=_expected_net(first),
        second=_expected_net(second),
        moved=tuple(sorted(moved, key=lambda one: -abs(one.amount))),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    first: RoiCase
    second: RoiCase

    def differences(self) -> Iterator[str]:
        """What differs, in the order of the first case's inputs."""
        before, after = _by_key(self.first), _by_key(self.second)
        of_costs = {key for case in (self.first, self.second) for line in case.costs for key in line.factors}
        for key, one in before.items():
            other = after.get(key)
            is_other = other is not None and (other.distribution, other.args) != (one.distribution, one.args)
            if is_other and key not in of_costs:
                yield key
        if self._benefits(self.first) != self._benefits(self.second):
            yield BENEFITS
        if self._costs(self.first) != self._costs(self.second):
            yield COSTS
        if self.first.periods != self.second.periods:
            yield YEARS

    def between(self, changed: frozenset[str]) -> RoiCase:
        """The first case with these differences of the second."""

        def of(name: str) -> RoiCase:
            return self.second if name in changed else self.first

        benefits, costs, periods = of(BENEFITS), of(COSTS), of(YEARS).periods
        by_key = _by_key(self.second) | _by_key(self.first)
        after = _by_key(self.second)
        by_key |= {key: after[key] for key in changed if key in after}
        spending = _by_key(costs)
        by_key |= {key: spending[key] for line in costs.costs for key in line.factors}
        return replace(
            self.first,
            parameters=tuple(by_key.values()),
            benefits=self._over(benefits, periods),
            costs=tuple(replace(line, profile=_fitted(line.profile, periods, 0.0)) for line in costs.costs),
            periods=periods,
            discount_rate=self.first.discount_rate,
            effect=benefits.effect,
            haircuts=benefits.haircuts,
            persistence=benefits.persistence,
            shares=(),
        )

    def _benefits(self, case: RoiCase) -> object:
        """How benefits are counted, apart from the number of years."""
        lines = self._over(case, max(self.first.periods, self.second.periods))
        return lines, case.haircuts, case.persistence, case.effect

    def _over(self, case: RoiCase, periods: int) -> tuple[BenefitLine, ...]:
        """The benefits of a case over another number of years. Years that only the other case has are as that
        one has them, so that a ramp or a rise of prices that both share is no difference of its own."""
        longer = max(self.first, self.second, key=lambda one: one.periods)
        tails = {line.key: line.profile for line in longer.benefits}
        found = []
        for line in case.benefits:
            whole = line.profile + tails.get(line.key, line.profile)[len(line.profile) :]
            found.append(replace(line, profile=_fitted(whole, periods, line.profile[-1])))
        return tuple(found)

    def _costs(self, case: RoiCase) -> object:
        known, longest = _by_key(case), max(self.first.periods, self.second.periods)
        return [
            (
                [(known[key].distribution, known[key].args) for key in line.factors],
                _fitted(line.profile, longest, 0.0),
            )
            for line in case.costs
        ]


def _by_key(case: RoiCase) -> dict[str, Parameter]:
    return {one.key: one for one in case.parameters}


def _fitted(profile: Sequence[float], periods: int, later: float) -> tuple[float, ...]:
    """A profile over another number of periods: cut, or with more of what comes later."""
    return (*profile, *[later] * periods)[: periods + 1]


def _expected_net(case: RoiCase) -> float:
    flows = expected_flows(case)
    if flows is None:
        raise InvalidInput("factors", "inputs that enter a line once")
    net = [hard + soft - cost for hard, soft, cost in zip(flows.hard, flows.soft, flows.costs, strict=True)]
    return present_value(flows=net, rate=mean_of(_by_key(case)[case.discount_rate]))


def _groups(keys: Sequence[str], worth: Callable[[frozenset[str]], float]) -> dict[str, frozenset[str]]:
    """Each difference by itself; the smallest ones together where there are many."""
    if len(keys) <= _MOST:
        return {key: frozenset({key}) for key in keys}
    nothing = worth(frozenset())
    ordered = sorted(keys, key=lambda key: -abs(worth(frozenset({key})) - nothing))
    alone = set(ordered[: _MOST - 1])
    groups = {key: frozenset({key}) for key in keys if key in alone}
    return groups | {REST: frozenset(ordered[_MOST - 1 :])}


def _shares(groups: dict[str, frozenset[str]], worth: Callable[[frozenset[str]], float]) -> Iterator[float]:
    """Shapley values: the mean gain from a difference over all sets of the others, sizes alike."""
    number = len(groups)
    for key, own in groups.items():
        others = [one for name, one in groups.items() if name != key]
        total = 0.0
        for size in range(number):
            gains = [
                worth(own.union(*chosen)) - worth(frozenset().union(*chosen))
                for chosen in combinations(others, size)
            ]
            total += sum(gains) / comb(number - 1, size)
        yield total / number
