"""One assessment round: which level each practice, dimension and the whole has, and for whom."""

from collections.abc import Mapping, Sequence

from cxstats.errors import NotEstimable, Reason
from cxstats.maturity.arithmetic import (
    Place,
    inherited_targets,
    line_refusal,
    mean_level,
    places,
    weighted,
)
from cxstats.maturity.profile import ArithmeticLine, PerceptionGap, PerspectiveLevel, Scope
from cxstats.maturity.spec import (
    AnswerStatus,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    RatedAnswer,
    ScoringRules,
)

WHOLE: Place = (Scope.OVERALL, Scope.OVERALL.value)


class Round:
    """One round while it is scored: levels and weights, for all raters, each rater, each perspective."""

    def __init__(
        self,
        *,
        dimensions: tuple[DimensionSpec, ...],
        practices: tuple[PracticeSpec, ...],
        answers: tuple[RatedAnswer, ...],
        agreed: Mapping[str, int],
        targets: LevelSet,
        previous: LevelSet,
        rules: ScoringRules,
    ) -> None:
        self.dimensions, self.practices, self.answers = dimensions, practices, answers
        self.agreed, self.rules = agreed, rules
        self.members = {d.key: [p for p in practices if p.dimension == d.key] for d in dimensions}
        self.by_practice: dict[str, list[RatedAnswer]] = {p.key: [] for p in practices}
        for answer in answers:
            self.by_practice[answer.practice].append(answer)
        self.rated = {key: mean_level(given) for key, given in self.by_practice.items()}
        self.levels: dict[str, float] = {key: mean for key, mean in self.rated.items() if mean is not None}
        self.levels.update({key: float(level) for key, level in agreed.items()})
        if not self.levels:
            raise NotEstimable(Reason.NO_DATA)
        self.dimension_lines = [self._dimension_line(d, self.levels) for d in dimensions]
        self.overall_line = self._overall_line(self.dimension_lines)
        self.shares = self._weight_shares()
        self.targets = inherited_targets(targets, practices, dimensions)
        self.previous = places(previous)
        self.by_rater = self._rolled_up(by_respondent(answers))
        self.by_perspective = self._rolled_up(by_perspective(answers))

    # --- levels -------------------------------------------------------------------------------

    def _dimension_line(self, dimension: DimensionSpec, levels: Mapping[str, float]) -> ArithmeticLine:
        members = [
            (p.key, levels.get(p.key), p.weight, self.refusal(p.key)) for p in self.members[dimension.key]
        ]
        return weighted(Scope.DIMENSION, dimension.key, members)

    def _overall_line(self, lines: Sequence[ArithmeticLine]) -> ArithmeticLine:
        members = [
            (d.key, line.level, d.weight, line_refusal(line))
            for d, line in zip(self.dimensions, lines, strict=True)
        ]
        return weighted(*WHOLE, members)

    def refusal(self, practice: str) -> Reason | None:
        """Why a practice has no level of its own."""
        if practice in self.levels:
            return None
        statuses = {answer.status for answer in self.by_practice[practice]}
        if not statuses:
            return Reason.NO_DATA
        return Reason.NOT_APPLICABLE if statuses == {AnswerStatus.NOT_APPLICABLE} else Reason.NOT_KNOWN

    def _weight_shares(self) -> dict[str, float]:
        """Part of the overall level resting on each practice (and, kept aside, each dimension)."""
        self.dimension_shares: dict[str, float] = {}
        shares = dict.fromkeys(self.by_practice, 0.0)
        dimension_weight = {term.part: term.weight for term in self.overall_line.terms}
        for line in self.dimension_lines:
            part = dimension_weight.get(line.key, 0.0)
            own = part / self.overall_line.weight_sum if part > 0 else 0.0
            self.dimension_shares[line.key] = own
            for term in line.terms:
                shares[term.part] = own * term.weight / line.weight_sum
        return shares

    def _rolled_up(self, groups: Mapping[str, list[RatedAnswer]]) -> dict[str, dict[Place, float]]:
        """The same scoring rule applied to each group's own answers: group -> key -> level."""
        result: dict[str, dict[Place, float]] = {}
        for name, given in groups.items():
            own: dict[str, list[RatedAnswer]] = {}
            for answer in given:
                own.setdefault(answer.practice, []).append(answer)
            means = {key: mean_level(items) for key, items in own.items()}
            levels = {key: mean for key, mean in means.items() if mean is not None}
            lines = [self._dimension_line(d, levels) for d in self.dimensions]
            whole = self._overall_line(lines)
            found: dict[Place, float] = {(Scope.PRACTICE, key): level for key, level in levels.items()}
            for line in (*lines, whole):
                if line.level is not None:
                    found[line.scope, line.key] = line.level
            result[name] = found
        return result

    def perception(self, place: Place, practices: Sequence[PracticeSpec]) -> PerceptionGap:
        """How each perspective sees this place, by name."""
        keys = {p.key for p in practices if place == (Scope.PRACTICE, p.key) or p.weight > 0}
        raters = {
            name: len({a.respondent for a in given if a.level is not None and a.practice in keys})
            for name, given in by_perspective(self.answers).items()
        }
        levels = tuple(
            PerspectiveLevel(perspective=name, level=found[place], raters=raters[name])
            for name, found in sorted(self.by_perspective.items())
            if place in found
        )
        if len(levels) < 2:
            return PerceptionGap(levels=levels, gap=None, highest=None, lowest=None)
        top = max(levels, key=lambda item: item.level)
        bottom = min(levels, key=lambda item: item.level)
        return PerceptionGap(
            levels=levels,
            gap=top.level - bottom.level,
            highest=top.perspective,
            lowest=bottom.perspective,
        )


def by_respondent(answers: Sequence[RatedAnswer]) -> dict[str, list[RatedAnswer]]:
    found: dict[str, list[RatedAnswer]] = {}
    for answer in answers:
        found.setdefault(answer.respondent, []).append(answer)
    return found


def by_perspective(answers: Sequence[RatedAnswer]) -> dict[str, list[RatedAnswer]]:
    found: dict[str, list[RatedAnswer]] = {}
    for answer in answers:
        if answer.perspective is not None:
            found.setdefault(answer.perspective, []).append(answer)
    return found
