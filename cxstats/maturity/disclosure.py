"""Which groups of respondents may be shown, and the profile as it may leave the server.

The groups of a round are perspectives. What is shown of them must not let anybody compute the answer
of fewer people than the minimum: not by reading, and not by subtracting what is shown from the whole.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from cxstats.checks import count
from cxstats.errors import NotEstimable
from cxstats.maturity.arithmetic import Place
from cxstats.maturity.profile import Basis, MaturityProfile, PerceptionGap, Scope, Spread
from cxstats.maturity.round import WHOLE, Round
from cxstats.maturity.spec import DimensionSpec, LevelSet, PracticeSpec, RatedAnswer, ScoringRules

NOT_STATED = "not_stated"
TOGETHER = "+"
LEAST_MINIMUM = 2
MOST_TRIED_IN_FULL = 8

type Block = frozenset[str]

_NOTHING = PerceptionGap(levels=(), gap=None, highest=None, lowest=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """What may be shown by group: the same `blocks` for every practice and dimension of the round.

    A block is one perspective, or several that are shown together. Practices outside `practices` are
    shown for all respondents together only, and no group's level of a dimension rests on them.
    """

    minimum: int
    blocks: tuple[tuple[str, ...], ...]
    practices: frozenset[str]

    def block_of(self, perspective: str | None) -> str | None:
        """Name of the block in which a perspective is shown; None: it is not shown."""
        wanted = perspective or NOT_STATED
        return next((block_name(block) for block in self.blocks if wanted in block), None)


def block_name(block: Sequence[str]) -> str:
    """One name for one or several perspectives: "executive", "executive+front_line"."""
    return TOGETHER.join(block)


def pattern_of(
    *,
    answers: Sequence[RatedAnswer],
    practices: Sequence[str],
    minimum: int,
    perspectives: Sequence[str] = (),
) -> Pattern:
    """The blocks of perspectives that may be shown, chosen on who answered what, never on the levels.

    Respondents without a perspective count as one more, `not_stated`. Perspectives of fewer raters
    than the minimum are put together with them. Where that is still too small, or where it opens more
    practices, another perspective joins, the smallest first. A practice
    is open when every block, and with it everything that subtraction leaves, has no rater there or at
    least the minimum. Of all ways the one that shows most is taken.

    Parameters
    ----------
    answers : sequence of RatedAnswer
    practices : sequence of str
        Keys, in the framework's order.
    minimum : int
        Least raters of anything shown by group, >= 2.
    perspectives : sequence of str, optional
        Keys in the order in which blocks are to be named; others follow by key.

    Returns
    -------
    Pattern
        Without blocks where no two of them can be shown.

    Raises
    ------
    InvalidInput
        Names the argument.

    Source
    ------
    Primary and complementary suppression for disjoint groups under one total; docs/decisions/0017.

    Examples
    --------
    >>> answers = [RatedAnswer(respondent=f"r{n}", practice="listen", level=3, perspective=p)
    ...            for n, p in enumerate("aaabbc")]
    >>> pattern_of(answers=answers, practices=["listen"], minimum=3).blocks
    (('a',), ('b', 'c'))
    """
    count("minimum", minimum, minimum=LEAST_MINIMUM)
    raters, per_practice = _raters(answers)
    known = sorted(raters, key=lambda name: (_place(name, perspectives), name))
    large = [name for name in known if name != NOT_STATED and raters[name] >= minimum]
    best: tuple[int, tuple[tuple[str, ...], ...], frozenset[str]] = (0, (), frozenset())
    for joined in _ways(sorted(large, key=lambda name: raters[name])):
        alone = [(name,) for name in large if name not in joined]
        rest = tuple(name for name in known if (name,) not in alone)
        blocks = tuple([*alone, rest] if rest else alone)
        shown, opened = 0, set()
        for practice in practices:
            sizes = [sum(per_practice[name, practice] for name in block) for block in blocks]
            if all(size == 0 or size >= minimum for size in sizes):
                opened.add(practice)
                filled = sum(size > 0 for size in sizes)
                shown += filled if filled > 1 else 0
        if shown > best[0]:
            best = (shown, blocks, frozenset(opened))
    return Pattern(minimum=minimum, blocks=best[1], practices=best[2])


def disclosed(
    *,
    profile: MaturityProfile,
    dimensions: Sequence[DimensionSpec],
    practices: Sequence[PracticeSpec],
    answers: Sequence[RatedAnswer],
    pattern: Pattern,
    rules: ScoringRules | None = None,
) -> MaturityProfile:
    """The profile as it may be shown: groups by `pattern`, and no person's own mean.

    All respondents together stay as they are. Levels of groups follow the same scoring rule, from answers to
    the open practices alone. Beside each other stand levels over the same practices: of a dimension and of
    the whole, those that every group shown there has rated; where the level of all rests on more, or on
    agreed levels, `PerceptionGap.basis` says it and has the level of all over the same. The lowest, the
    highest and the scatter of single raters' means over several practices are left out, because each is one
    person's figure; of one practice they stay, because the counts of its levels are shown anyway.

    Parameters
    ----------
    profile : MaturityProfile
        As `maturity_profile` gave it for these answers.
    dimensions, practices, answers, rules
        What it was given.
    pattern : Pattern
        From `pattern_of`.

    Returns
    -------
    MaturityProfile
        Perspectives are named by `block_name`.

    Source
    ------
    docs/decisions/0017.

    Examples
    --------
    >>> from cxstats.maturity import maturity_profile
    >>> given = [RatedAnswer(respondent=f"r{n}", practice="listen", level=level, perspective=p)
    ...          for n, (p, level) in enumerate([("a", 5), ("a", 5), ("a", 5), ("b", 1), ("c", 3), ("c", 2)])]
    >>> framework = dict(dimensions=[DimensionSpec(key="voice")],
    ...                  practices=[PracticeSpec(key="listen", dimension="voice")], answers=given)
    >>> shown = disclosed(profile=maturity_profile(**framework), **framework,
    ...                   pattern=pattern_of(answers=given, practices=["listen"], minimum=3))
    >>> [(p.perspective, p.level, p.raters) for p in shown.practice("listen").perception.levels]
    [('a', 5.0, 3), ('b+c', 2.0, 3)]
    """
    shown = _Grouped(
        profile=profile,
        dimensions=tuple(dimensions),
        practices=tuple(practices),
        answers=tuple(answers),
        pattern=pattern,
        rules=rules or ScoringRules(),
    )
    return replace(
        profile,
        overall=replace(
            profile.overall,
            perception=shown.perception(WHOLE),
            spread=_without_single_raters(profile.overall.spread),
        ),
        dimensions=tuple(
            replace(
                item,
                perception=shown.perception((Scope.DIMENSION, item.key)),
                spread=_without_single_raters(item.spread),
            )
            for item in profile.dimensions
        ),
        practices=tuple(
            replace(item, perception=shown.perception((Scope.PRACTICE, item.key)))
            for item in profile.practices
        ),
    )


class _Grouped:
    """The answers in the blocks of a pattern, and what each place shows of them."""

    def __init__(
        self,
        *,
        profile: MaturityProfile,
        dimensions: tuple[DimensionSpec, ...],
        practices: tuple[PracticeSpec, ...],
        answers: tuple[RatedAnswer, ...],
        pattern: Pattern,
        rules: ScoringRules,
    ) -> None:
        self.dimensions, self.practices, self.rules = dimensions, practices, rules
        self.is_shown = bool(pattern.blocks)
        self.open = pattern.practices
        self.scored = {item.key for item in profile.practices if item.level is not None}
        self.agreed = {item.key for item in profile.practices if item.agreed}
        self.everybody = tuple(replace(answer, perspective=TOGETHER) for answer in answers)
        self.blocks = tuple(
            replace(answer, perspective=pattern.block_of(answer.perspective))
            for answer in answers
            if answer.practice in pattern.practices
        )
        self.raters = {(item.practice, item.perspective) for item in self.blocks if item.level is not None}
        self.all_open = self._round(practices, self.blocks) if self.is_shown else None

    def perception(self, place: Place) -> PerceptionGap:
        """Every block on the same practices: those that are open and that each block shown here has rated."""
        if self.all_open is None:
            return _NOTHING
        counted = self._counted(place)
        rated = [item for item in counted if any(item.key == key for key, _ in self.raters)]
        common = self._common(rated)
        chosen = self.all_open if common == rated else self._round(common, self.blocks)
        if chosen is None:
            return _NOTHING
        found = chosen.perception(place, common)
        if place[0] is Scope.PRACTICE or not found.levels:
            return found
        return replace(found, basis=self._basis(place, counted, common))

    def _counted(self, place: Place) -> list[PracticeSpec]:
        """The practices that count at a place."""
        scope, key = place
        if scope is Scope.PRACTICE:
            return [item for item in self.practices if item.key == key]
        inside = (
            {item.key for item in self.dimensions if item.weight > 0} if scope is Scope.OVERALL else {key}
        )
        return [item for item in self.practices if item.weight > 0 and item.dimension in inside]

    def _common(self, practices: Sequence[PracticeSpec]) -> list[PracticeSpec]:
        """Those that every block has rated which has rated any of them."""
        keys = {item.key for item in practices}
        blocks = {block for key, block in self.raters if key in keys}
        return [item for item in practices if all((item.key, block) in self.raters for block in blocks)]

    def _basis(
        self, place: Place, counted: Sequence[PracticeSpec], common: Sequence[PracticeSpec]
    ) -> Basis | None:
        """None where the level of all rests on the same practices and on answers alone."""
        scored = {item.key for item in counted} & self.scored
        if not scored & self.agreed and scored == {item.key for item in common}:
            return None
        together = self._round(common, self.everybody)
        if together is None:
            return None
        (whole,) = together.perception(place, common).levels
        return Basis(
            practices=tuple(item.key for item in common),
            of=len(scored),
            level=whole.level,
            raters=whole.raters,
            has_agreed=bool(scored & self.agreed),
        )

    def _round(self, practices: Sequence[PracticeSpec], answers: Iterable[RatedAnswer]) -> Round | None:
        """These practices' answers as a round of their own, without agreed levels."""
        keys, inside = {item.key for item in practices}, {item.dimension for item in practices}
        try:
            return Round(
                dimensions=tuple(item for item in self.dimensions if item.key in inside),
                practices=tuple(practices),
                answers=tuple(answer for answer in answers if answer.practice in keys),
                agreed={},
                targets=LevelSet(),
                previous=LevelSet(),
                rules=self.rules,
            )
        except NotEstimable:
            return None


def _without_single_raters(spread: Spread | None) -> Spread | None:
    return None if spread is None else replace(spread, lowest=None, highest=None, sd=None)


def _raters(answers: Iterable[RatedAnswer]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """People who gave a level, by perspective and by perspective and practice."""
    levels = [(a.perspective or NOT_STATED, a.practice, a.respondent) for a in answers if a.level is not None]
    return (
        Counter(name for name, _ in {(name, respondent) for name, _, respondent in levels}),
        Counter((name, practice) for name, practice, _ in levels),
    )


def _place(name: str, perspectives: Sequence[str]) -> int:
    if name == NOT_STATED:
        return len(perspectives) + 1
    return perspectives.index(name) if name in perspectives else len(perspectives)


def _ways(large: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Which of the perspectives that could stand alone join the others; the fewest first."""
    most = len(large) if len(large) <= MOST_TRIED_IN_FULL else 2
    for size in range(most + 1):
        yield from combinations(large, size)
