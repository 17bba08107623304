"""How a result is scored, number by number, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.content import Framework
from assessments.selectors.profiles import said
from cxstats.errors import Reason
from cxstats.maturity import ArithmeticLine, MaturityProfile, Scope
from wording.refusals import Asked, refusal_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Summand:
    """contribution = level x weight / sum of weights."""

    name: str
    level: float
    weight: float
    contribution: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One weighted mean. `scope` is "practice", "dimension" or "overall"."""

    scope: str
    name: str
    weight_name: str
    summands: tuple[Summand, ...]
    weight_sum: float
    level: float | None
    left_out: tuple[tuple[str, str], ...]


def explained(framework: Framework, profile: MaturityProfile) -> tuple[Line, ...]:
    """Overall first, then dimensions, then practices, in the framework's order."""
    order = {Scope.OVERALL: 0, Scope.DIMENSION: 1, Scope.PRACTICE: 2}
    lines = sorted(profile.explanation, key=lambda line: order[line.scope])
    return tuple(_line(framework, line) for line in lines)


def _line(framework: Framework, line: ArithmeticLine) -> Line:
    names = {
        Scope.OVERALL: _("Overall"),
        Scope.DIMENSION: _dimension_name(framework, line.key),
        Scope.PRACTICE: _practice_name(framework, line.key),
    }
    return Line(
        scope=line.scope.value,
        name=names[line.scope],
        weight_name=_("People") if line.scope is Scope.PRACTICE else _("Weight"),
        summands=tuple(
            Summand(
                name=_part(framework, line.scope, term.part),
                level=term.level,
                weight=term.weight,
                contribution=term.contribution,
            )
            for term in line.terms
        ),
        weight_sum=line.weight_sum,
        level=line.level,
        left_out=tuple(
            (_part(framework, line.scope, part), _why_left_out(line.scope, reason))
            for part, reason in line.left_out
        ),
    )


def _why_left_out(scope: Scope, reason: Reason) -> str:
    """Of a practice, answers are left out; of a dimension or the whole, parts that have no level."""
    if scope is Scope.PRACTICE:
        return _("An answer without a level.")
    return _("No one gave a level.") if reason is Reason.NOT_KNOWN else refusal_text(reason, Asked.LEVEL)


def _part(framework: Framework, scope: Scope, part: str) -> str:
    if scope is Scope.OVERALL:
        return _dimension_name(framework, part)
    if scope is Scope.DIMENSION:
        return _practice_name(framework, part)
    if part == "agreed":
        return _("Agreed in session")
    if part.startswith("level:"):
        return _("Level %(level)s") % {"level": part.removeprefix("level:")}
    return {"dont_know": _("Don't know"), "not_applicable": _("Not applicable")}.get(part, part)


def _dimension_name(framework: Framework, key: str) -> str:
    return next((said(item.name) for item in framework.dimensions if item.key == key), key)


def _practice_name(framework: Framework, key: str) -> str:
    return next((said(item.title) for item in framework.practices if item.key == key), key)
