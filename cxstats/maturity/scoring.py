"""Answers -> practice -> dimension -> overall, with the arithmetic kept line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from cxstats.agreement import Null, r_wg
from cxstats.errors import Reason
from cxstats.maturity.arithmetic import (
    TOLERANCE,
    Place,
    Steps,
    band_of,
    counts,
    levels_given,
    line_refusal,
    mean_or_none,
    nearest,
    sensitivity,
)
from cxstats.maturity.profile import (
    ArithmeticLine,
    DimensionStanding,
    MaturityProfile,
    Opportunity,
    PracticeStanding,
    Scope,
    Spread,
    Standing,
    Term,
    UnmetPrerequisite,
)
from cxstats.maturity.round import WHOLE, Round
from cxstats.maturity.spec import (
    AgreedLevel,
    AnswerStatus,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    Prerequisite,
    RatedAnswer,
    ScoringRules,
)
from cxstats.maturity.validation import (
    check_answers,
    check_framework,
    check_levels,
    check_prerequisites,
    check_rules,
)


def maturity_profile(
    *,
    dimensions: Sequence[DimensionSpec],
    practices: Sequence[PracticeSpec],
    answers: Sequence[RatedAnswer],
    agreed: Sequence[AgreedLevel] = (),
    prerequisites: Sequence[Prerequisite] = (),
    targets: LevelSet | None = None,
    previous: LevelSet | None = None,
    rules: ScoringRules | None = None,
) -> MaturityProfile:
    """Score one assessment round and explain the score.

    Parameters
    ----------
    dimensions, practices : sequence
        The framework, in the order in which results are to be shown. Weights >= 0.
    answers : sequence of RatedAnswer
        At most one per respondent and practice; whole levels (default 1..5). "Don't know" and
        "not applicable" carry no level; weights of what remains are renormalized.
    agreed : sequence of AgreedLevel
        Consensus levels; each replaces its practice's mean, the ratings stay visible.
    prerequisites : sequence of Prerequisite
        Compared with levels rounded half up.
    targets, previous : LevelSet, optional
        A practice without own target inherits its dimension's, then the overall target.
    rules : ScoringRules, optional
        Scale, bands and thresholds.

    Returns
    -------
    MaturityProfile
        Levels in 1..5 (unit: level); None with a reason where nothing can be scored.

    Raises
    ------
    InvalidInput
        Names the argument: duplicate or unknown keys, a level off the scale, all weights zero,
        bands with gaps.
    NotEstimable
        `NO_DATA`: no level was given or agreed for any practice.

    Source
    ------
    Scoring rules as declared in `ScoringRules`; agreement after James, Demaree and Wolf 1984.

    Examples
    --------
    >>> profile = maturity_profile(
    ...     dimensions=[DimensionSpec(key="voice")],
    ...     practices=[PracticeSpec(key="listen", dimension="voice", weight=2),
    ...                PracticeSpec(key="act", dimension="voice")],
    ...     answers=[RatedAnswer(respondent="r1", practice="listen", level=3),
    ...              RatedAnswer(respondent="r2", practice="listen", level=4),
    ...              RatedAnswer(respondent="r1", practice="act", level=1)],
    ... )
    >>> round(profile.overall.level, 4), profile.overall.band
    (2.6667, '3')
    >>> [(t.part, t.level, t.weight, round(t.contribution, 4)) for t in profile.explanation[2].terms]
    [('listen', 3.5, 2.0, 2.3333), ('act', 1.0, 1.0, 0.3333)]
    """
    rules = ScoringRules() if rules is None else rules
    targets = LevelSet() if targets is None else targets
    previous = LevelSet() if previous is None else previous
    practice_keys = {practice.key for practice in practices}
    dimension_keys = {dimension.key for dimension in dimensions}
    check_rules(rules)
    check_framework(dimensions, practices)
    check_answers(answers, agreed, practice_keys, rules)
    check_prerequisites(prerequisites, practice_keys, rules)
    check_levels("targets", targets, practice_keys, dimension_keys, rules)
    check_levels("previous", previous, practice_keys, dimension_keys, rules)
    scorer = _Scorer(
        dimensions=tuple(dimensions),
        practices=tuple(practices),
        answers=tuple(answers),
        agreed={item.practice: item.level for item in agreed},
        targets=targets,
        previous=previous,
        rules=rules,
    )
    return scorer.profile(prerequisites)


class _Scorer(Round):
    """Reads a round; nothing of it leaves this module."""

    # --- what stands beside a level -----------------------------------------------------------

    def _spread(self, place: Place, practices: Sequence[PracticeSpec]) -> Spread | None:
        values = [found[place] for found in self.by_rater.values() if place in found]
        if not values:
            return None
        uniform = [self._agreement(p.key, Null.UNIFORM) for p in practices]
        five = (self.rules.lowest, self.rules.highest) == (1, 5)
        skewed = [self._agreement(p.key, Null.SLIGHT_SKEW) for p in practices] if five else []
        agreement = mean_or_none(uniform)
        apart = max(values) - min(values) >= self.rules.disagreement_range - TOLERANCE
        return Spread(
            raters=len(values),
            lowest=min(values),
            highest=max(values),
            sd=float(np.std(values, ddof=1)) if len(values) > 1 else None,
            r_wg=agreement,
            r_wg_skewed=mean_or_none(skewed),
            disagreement=apart or (agreement is not None and agreement < self.rules.disagreement_r_wg),
        )

    def _agreement(self, practice: str, null: Null) -> float | None:
        ratings = levels_given(self.by_practice[practice])
        if len(ratings) < self.rules.minimum_raters:
            return None
        shift = 1 - self.rules.lowest
        return r_wg(
            ratings=[rating + shift for rating in ratings],
            levels=self.rules.highest + shift,
            null=null,
            minimum_raters=self.rules.minimum_raters,
        ).value

    def _steps(self, practice: str, factor: float) -> Steps:
        agreed = self.agreed.get(practice)
        ratings = levels_given(self.by_practice[practice]) if agreed is None else [agreed]
        return Steps(
            effect=factor / len(ratings),
            up=sum(self.rules.highest - rating for rating in ratings),
            down=sum(rating - self.rules.lowest for rating in ratings),
        )

    def _standing(
        self,
        *,
        place: Place,
        level: float | None,
        refusal: Reason | None,
        practices: Sequence[PracticeSpec],
        share: float,
        factors: Mapping[str, float],
    ) -> Standing:
        """`factors`: what a change of one level of each practice is worth here."""
        target, before = self.targets.get(place), self.previous.get(place)
        band = None if level is None else band_of(level=level, bands=self.rules.bands)
        near = None
        if level is not None:
            steps = [self._steps(name, factor) for name, factor in factors.items() if factor > 0]
            near = sensitivity(level, steps, self.rules)
        return Standing(
            key=place[1],
            level=level,
            band=None if band is None else band.key,
            refusal=refusal,
            weight_share=share,
            answers=counts(answer for p in practices for answer in self.by_practice[p.key]),
            spread=self._spread(place, practices),
            perception=self.perception(place, practices),
            sensitivity=near,
            target=target,
            gap=None if target is None or level is None else target - level,
            previous=before,
            change=None if before is None or level is None else level - before,
        )

    # --- the profile --------------------------------------------------------------------------

    def _practice(self, practice: PracticeSpec) -> PracticeStanding:
        key, level = practice.key, self.levels.get(practice.key)
        standing = self._standing(
            place=(Scope.PRACTICE, key),
            level=level,
            refusal=self.refusal(key),
            practices=[practice],
            share=self.shares[key],
            factors={} if level is None else {key: 1.0},
        )
        confidences = [a.confidence for a in self.by_practice[key] if a.confidence is not None]
        return PracticeStanding(
            **_fields(standing),
            dimension=practice.dimension,
            agreed=key in self.agreed,
            rated_level=self.rated[key],
            mean_confidence=float(np.mean(confidences)) if confidences else None,
        )

    def _dimension(self, line: ArithmeticLine, practices: Sequence[PracticeStanding]) -> DimensionStanding:
        members = self.members[line.key]
        standing = self._standing(
            place=(Scope.DIMENSION, line.key),
            level=line.level,
            refusal=line_refusal(line),
            practices=members,
            share=self.dimension_shares[line.key],
            factors={term.part: term.weight / line.weight_sum for term in line.terms},
        )
        whole = sum(p.weight for p in members)
        disputed = (
            p.key for p in practices if p.dimension == line.key and p.spread and p.spread.disagreement
        )
        return DimensionStanding(
            **_fields(standing),
            scored_weight_share=line.weight_sum / whole if whole > 0 else 0.0,
            disputed_practices=tuple(disputed),
        )

    def profile(self, prerequisites: Sequence[Prerequisite]) -> MaturityProfile:
        practices = tuple(self._practice(practice) for practice in self.practices)
        overall = self._standing(
            place=WHOLE,
            level=self.overall_line.level,
            refusal=line_refusal(self.overall_line),
            practices=self.practices,
            share=1.0 if self.overall_line.level is not None else 0.0,
            factors={p.key: self.shares[p.key] for p in self.practices},
        )
        return MaturityProfile(
            overall=overall,
            dimensions=tuple(self._dimension(line, practices) for line in self.dimension_lines),
            practices=practices,
            respondents=len({answer.respondent for answer in self.answers}),
            strengths=self._strengths(practices, overall.level),
            opportunities=self._opportunities(practices),
            unmet_prerequisites=self._unmet(prerequisites),
            explanation=(
                *(self._practice_line(practice.key) for practice in self.practices),
                *self.dimension_lines,
                self.overall_line,
            ),
        )

    def _practice_line(self, key: str) -> ArithmeticLine:
        if key in self.agreed:
            level = float(self.agreed[key])
            terms: tuple[Term, ...] = (Term(part="agreed", level=level, weight=1.0, contribution=level),)
            return ArithmeticLine(
                scope=Scope.PRACTICE, key=key, terms=terms, weight_sum=1.0, level=level, left_out=()
            )
        tally = Counter(levels_given(self.by_practice[key]))
        total = sum(tally.values())
        terms = tuple(
            Term(part=f"level:{level}", level=float(level), weight=float(n), contribution=level * n / total)
            for level, n in sorted(tally.items())
        )
        tallied = counts(self.by_practice[key])
        left_out = []
        if tallied.dont_know:
            left_out.append((AnswerStatus.DONT_KNOW.value, Reason.NOT_KNOWN))
        if tallied.not_applicable:
            left_out.append((AnswerStatus.NOT_APPLICABLE.value, Reason.NOT_APPLICABLE))
        return ArithmeticLine(
            scope=Scope.PRACTICE,
            key=key,
            terms=terms,
            weight_sum=float(total),
            level=self.rated[key],
            left_out=tuple(left_out),
        )

    def _strengths(self, practices: Sequence[PracticeStanding], overall: float | None) -> tuple[str, ...]:
        """Practices above the overall level, highest first; equal levels in the framework's order."""
        above = [
            (p.level, p.key)
            for p in practices
            if p.level is not None and overall is not None and p.level > overall + TOLERANCE
        ]
        above.sort(key=lambda item: -item[0])
        return tuple(key for _, key in above[: self.rules.listed])

    def _opportunities(self, practices: Sequence[PracticeStanding]) -> tuple[Opportunity, ...]:
        feasibility = {p.key: p.feasibility for p in self.practices}
        found = []
        for practice in practices:
            if practice.level is None:
                continue
            aim = self.rules.highest if practice.target is None else practice.target
            gap = aim - practice.level
            priority = gap * practice.weight_share * feasibility[practice.key]
            if gap > TOLERANCE and priority > 0:
                found.append(
                    Opportunity(
                        practice=practice.key,
                        gap=gap,
                        weight_share=practice.weight_share,
                        feasibility=feasibility[practice.key],
                        priority=priority,
                        target_declared=practice.target is not None,
                    )
                )
        found.sort(key=lambda item: -round(item.priority, 12))
        return tuple(found[: self.rules.listed])

    def _unmet(self, prerequisites: Sequence[Prerequisite]) -> tuple[UnmetPrerequisite, ...]:
        found = []
        for rule in prerequisites:
            level, needed = self.levels.get(rule.practice), self.levels.get(rule.requires)
            target = self.targets.get((Scope.PRACTICE, rule.practice))
            claimed = level is not None and nearest(level) >= rule.level
            aimed = target is not None and nearest(target) >= rule.level
            if (claimed or aimed) and (needed is None or nearest(needed) < rule.requires_level):
                found.append(
                    UnmetPrerequisite(
                        practice=rule.practice,
                        level=rule.level,
                        requires=rule.requires,
                        requires_level=rule.requires_level,
                        found=needed,
                        claimed=claimed,
                    )
                )
        return tuple(found)


def _fields(standing: Standing) -> dict[str, Any]:
    return {field.name: getattr(standing, field.name) for field in fields(standing)}
