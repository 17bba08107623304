"""From an effect, its interval and its checks to what may be said."""

from dataclasses import dataclass

from cxstats.design import (
    DesignGrade,
    Diagnostic,
    Direction,
    EvaluationDesign,
    Light,
    Verdict,
)
from cxstats.results import Estimate, Interval

# An amber light of these puts the claim itself in doubt; the others only inform. A shift of the mix informs:
# the effect is the one at constant mix.
DOUBTING = (
    "regression_to_the_mean",
    "placebo_dates",
    "methods_agree",
    "placebo_units",
    "negative_control",
    "reassignment",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Verdict, its reasons (most important first) and the wording slots of the sentence."""

    verdict: Verdict
    reasons: tuple[str, ...]
    wording: tuple[tuple[str, str], ...]


def judge(
    *,
    design: EvaluationDesign,
    grade: DesignGrade,
    effect: Estimate,
    interval_80: Interval,
    diagnostics: tuple[Diagnostic, ...],
    resolution: float | None,
) -> Judgement:
    """Apply the fixed rules of the handbook (`docs/methods/evaluate.md`, "What may be said")."""
    sign = 1.0 if design.direction is Direction.UP else -1.0
    toward = _beyond(effect.interval, sign)
    against = _beyond(effect.interval, -sign)
    leaning = _beyond(interval_80, sign)
    lights = {item.key: item.light for item in diagnostics}
    red = [key for key, light in lights.items() if light is Light.RED]
    doubts, harm_doubts = _in_doubt(diagnostics), _in_doubt(diagnostics, is_harm=True)
    coarse = resolution is not None and resolution > 1 - effect.interval.level
    smallest = design.smallest_worthwhile_effect
    tiny = smallest > 0 and -smallest < effect.interval.low and effect.interval.high < smallest
    reasons: list[str] = []
    if grade is DesignGrade.D:
        verdict = Verdict.SUGGESTIVE if toward and not red else Verdict.INCONCLUSIVE
        reasons.append("design_describes_only")
        if against:
            reasons.append("moved_against_expectation")
    elif tiny and not red:
        verdict = Verdict.NO_EFFECT_WORTH_HAVING
        reasons.append("interval_inside_smallest_worthwhile")
    elif toward and not red and not doubts and not coarse:
        verdict = Verdict.SUPPORTED
        reasons.append("interval_excludes_zero")
    elif against and not red and not harm_doubts and not coarse:
        verdict = Verdict.CONTRADICTED
        reasons.append("interval_excludes_zero_other_way")
    elif against and not red and not coarse:
        verdict = Verdict.INCONCLUSIVE
        reasons.append("moved_the_other_way_in_doubt")
    elif leaning and not red:
        verdict = Verdict.SUGGESTIVE
        reasons.append("interval_excludes_zero" if toward else "interval_80_excludes_zero")
    else:
        verdict = Verdict.INCONCLUSIVE
        reasons.append("interval_covers_zero" if not (toward or against) else "check_failed")
    reasons += [f"red_{key}" for key in red]
    reasons += [f"amber_{key}" for key in (harm_doubts if against else doubts)]
    if coarse:
        reasons.append("too_few_assignments")
    if design.looked_back:
        reasons.append("looked_back")
    if design.changed_after_approval:
        reasons.append("changed_after_approval")
    if design.go_live_moved_after_result:
        reasons.append("go_live_moved_after_result")
    return Judgement(verdict=verdict, reasons=tuple(reasons), wording=_wording(grade, verdict, effect.value))


def _in_doubt(diagnostics: tuple[Diagnostic, ...], *, is_harm: bool = False) -> list[str]:
    """The amber checks that a claim has to answer for, in the order of `DOUBTING`.

    A bad spell before the go-live explains a later improvement and no harm; a good one harm alone.
    """
    amber = {item.key: dict(item.figures) for item in diagnostics if item.light is Light.AMBER}
    spell = amber.get("regression_to_the_mean", {}).get("statistic")
    if spell is not None and (spell > 0) is not is_harm:
        del amber["regression_to_the_mean"]
    return [key for key in DOUBTING if key in amber]


def refused_wording() -> tuple[tuple[str, str], ...]:
    """Wording slots of a finding that could not be estimated."""
    return (("sentence", "not_estimable"), ("verb", "none"), ("causal", "no"))


def _beyond(interval: Interval, sign: float) -> bool:
    return interval.low > 0 if sign > 0 else interval.high < 0


def _wording(grade: DesignGrade, verdict: Verdict, value: float) -> tuple[tuple[str, str], ...]:
    if grade is DesignGrade.D:
        verb = "changed_up" if value > 0 else "changed_down" if value < 0 else "unchanged"
        return (("sentence", f"{verb}_{verdict.value}"), ("verb", "changed"), ("causal", "no"))
    verb = "rose" if value > 0 else "fell" if value < 0 else "unchanged"
    causal = "yes" if verdict in (Verdict.SUPPORTED, Verdict.CONTRADICTED) else "no"
    return (("sentence", f"{verb}_{verdict.value}"), ("verb", verb), ("causal", causal))
