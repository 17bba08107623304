"""Checks, reasons, refusals and the sensitivity set in words. One text for every key of the engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxstats.design import Diagnostic, EstimandKind, Finding, Light, PeriodKind
from cxstats.errors import Reason
from impact.wording.beside import Beside, with_beside
from impact.wording.outcomes import Context, context_of, is_without_claim, outcome_text
from wording import units
from wording.figures import amount_text
from wording.formats import reader
from wording.joining import sentences as joined
from wording.refusals import refusal_text, refusal_with_figures

type Text = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckText:
    """One check in words: what it asks, how it came out, and the word and color for its light."""

    key: str
    title: str
    sentence: str
    light: Light
    word: str
    tone: str
    mark: Light  # the colored point: a light that is green because nothing is claimed is not shown as one


_LIGHTS: dict[Light, tuple[Text, str]] = {
    Light.GREEN: (gettext_lazy("holds"), "done"),
    Light.AMBER: (gettext_lazy("take note"), "warn"),
    Light.RED: (gettext_lazy("fails"), "bad"),
    Light.NOT_RUN: (gettext_lazy("not checked"), "calm"),
}
# key -> title, green, amber, red, not run
_CHECKS: dict[str, tuple[Text, Text, Text, Text, Text]] = {
    "pre_trend": (
        gettext_lazy("Same course before the go-live"),
        gettext_lazy("Before the go-live no steady drift between the two sides shows."),
        gettext_lazy("Before the go-live the two sides were already moving differently."),
        gettext_lazy("Before the go-live the two sides moved differently, so they are not comparable."),
        gettext_lazy(
            "There is no second side, there are too few touchpoints or periods before the go-live, or this "
            "way of calculating takes the earlier course into account itself."
        ),
    ),
    "placebo_dates": (
        gettext_lazy("Invented go-live dates"),
        gettext_lazy("Invented dates before the go-live do not put the change in doubt."),
        gettext_lazy("Several earlier, invented dates show a change as strong as the real one."),
        gettext_lazy("Many invented dates show a stronger change than the real one."),
        gettext_lazy(
            "Other dates are tried where one series is calculated and has enough periods before the go-live; "
            "that is not so here."
        ),
    ),
    "autocorrelation": (
        gettext_lazy("Carry-over between periods"),
        gettext_lazy("No carry-over shows that the calculation does not take into account."),
        gettext_lazy("Good and bad periods come in runs; the range may be somewhat too narrow."),
        gettext_lazy("Good and bad periods come in long runs; the range cannot be trusted."),
        gettext_lazy("This is looked at where one series is calculated, which is not so here."),
    ),
    "mix_shift": (
        gettext_lazy("Same kind of customers"),
        gettext_lazy("With the same mix of segments before and after, the result is much the same."),
        gettext_lazy("Part of the change comes from who answered, not from what they experienced."),
        gettext_lazy("With the same mix of segments the change disappears: it came from who answered."),
        gettext_lazy("Not every segment had answers in every period, or the answers carry no segments."),
    ),
    "overlap": (
        gettext_lazy("Other initiatives in the same place"),
        gettext_lazy("No other initiative on record gets in the way of the comparison."),
        gettext_lazy("Other initiatives affected the same place; their part was estimated and taken off."),
        gettext_lazy("Another initiative started too close in time to be told apart."),
        gettext_lazy("A description of before and after cannot take other initiatives apart."),
    ),
    "regression_to_the_mean": (
        gettext_lazy("Return after an unusual spell"),
        gettext_lazy("The last periods before the go-live show no unusually bad or good spell."),
        gettext_lazy(
            "It started in an unusually bad spell; part of an improvement would have come on its own."
        ),
        gettext_lazy("It started in so bad a spell that the improvement may be nothing but recovery."),
        gettext_lazy(
            "There were too few periods before the go-live, or too few differences between them, to see an "
            "unusual spell."
        ),
    ),
    "methods_agree": (
        gettext_lazy("Other ways of calculating"),
        gettext_lazy("Other sound ways of calculating point the same way."),
        gettext_lazy("Other sound ways of calculating give clearly different figures."),
        gettext_lazy("Other sound ways of calculating point the other way."),
        gettext_lazy("No other way of calculating that is as good fits these data."),
    ),
    "unusual_periods": (
        gettext_lazy("Unusual periods"),
        gettext_lazy("No period was found in which the measurement failed."),
        gettext_lazy(
            "The measurement failed in some periods, or the level changed at another time as well. This was "
            "taken into account; the notes say when."
        ),
        gettext_lazy("The measurement failed in too many periods."),
        gettext_lazy("Not looked at."),
    ),
    "low_counts": (
        gettext_lazy("Enough answers"),
        gettext_lazy("Every period has a comfortable number of answers."),
        gettext_lazy("Some periods rest on few answers."),
        gettext_lazy("Some periods rest on too few answers."),
        gettext_lazy("Not looked at."),
    ),
    "definition": (
        gettext_lazy("Same question throughout"),
        gettext_lazy("Question, scale and counting rule stayed the same in the time that counts."),
        gettext_lazy("Different touchpoints are measured by different definitions."),
        gettext_lazy("The definition changed while it was measured."),
        gettext_lazy("Not looked at."),
    ),
    "placebo_units": (
        gettext_lazy("Other touchpoints in its place"),
        gettext_lazy("Other touchpoints put in its place do not put the change in doubt."),
        gettext_lazy("Put in its place, several other touchpoints show a change as strong."),
        gettext_lazy("Put in its place, many other touchpoints show a stronger change."),
        gettext_lazy("There were too few other touchpoints to put in its place."),
    ),
    "negative_control": (
        gettext_lazy("A metric that should not move"),
        gettext_lazy("The metric that the initiative should leave alone shows no clear change."),
        gettext_lazy(
            "The metric that the initiative should leave alone moved too, so something else happened as well."
        ),
        gettext_lazy(
            "The metric that the initiative should leave alone moved too, so something else happened as well."
        ),
        gettext_lazy("The metric that should not move could not be estimated."),
    ),
    "spill_over": (
        gettext_lazy("Touchpoints that could be affected too"),
        gettext_lazy("Where the initiative could reach without being meant to, no clear change shows."),
        gettext_lazy(
            "Where the initiative could reach without being meant to, something moved as well. It is no part "
            "of the comparison, so the effect stands; it may reach further than the plan says."
        ),
        gettext_lazy(
            "Where the initiative could reach without being meant to, something moved as well. It is no part "
            "of the comparison, so the effect stands; it may reach further than the plan says."
        ),
        gettext_lazy("The touchpoints that could be affected have too few answers for an estimate."),
    ),
    "reassignment": (
        gettext_lazy("Groups reassigned at random"),
        gettext_lazy(
            "Reassigning the initiative at random, over and over, shows how often chance alone would do this."
        ),
        gettext_lazy("Reassigning the initiative at random often gives a difference as large."),
        gettext_lazy("Reassigning the initiative at random mostly gives a difference as large."),
        gettext_lazy("There were too few touchpoints, on one side at least, to reassign."),
    ),
}
# Why a check was not made, where the engine says which of several reasons it was.
_NOT_MADE: dict[tuple[str, str], Text] = {
    ("mix_shift", "no_segments"): gettext_lazy("The answers carry no segments."),
    ("mix_shift", "one_segment"): gettext_lazy(
        "All answers are of one segment, so there is no mix to shift."
    ),
    ("mix_shift", "too_thin"): gettext_lazy(
        "The answers carry segments, but no two of them, nor groups of them, have answers in every period."
    ),
    ("mix_shift", "refused"): gettext_lazy(
        "With the mix of segments held constant, no estimate was possible."
    ),
}
# What a check that calls for care is about, where the engine says which of several things it was.
_NOTED: dict[tuple[str, str], Text] = {
    ("mix_shift", "held"): gettext_lazy(
        "Who answered has changed, and the raw change shows that too. The effect is the one at the same mix "
        "of segments throughout."
    ),
    ("definition", "alike"): gettext_lazy(
        "The question changed on the same day at all touchpoints, which cancels out in the comparison."
    ),
    ("definition", "steps"): gettext_lazy(
        "The question changed in between; what this alone did to the figures was estimated and taken off."
    ),
    ("low_counts", "joined"): gettext_lazy(
        "Periods with too few answers to be shown alone were counted together with the next ones."
    ),
}
_REASONS: dict[str, Text] = {
    "design_describes_only": gettext_lazy("The design describes a change and cannot show its cause."),
    "moved_against_expectation": gettext_lazy("The metric moved against what was expected."),
    "interval_inside_smallest_worthwhile": gettext_lazy(
        "The whole range is smaller than the smallest worthwhile effect."
    ),
    "interval_excludes_zero": gettext_lazy("“No change” lies outside the range."),
    "interval_excludes_zero_other_way": gettext_lazy(
        "The whole range lies on the side that was not expected."
    ),
    "moved_the_other_way_in_doubt": gettext_lazy(
        "The whole range lies on the side that was not expected, but a check gives reason for doubt."
    ),
    "interval_80_excludes_zero": gettext_lazy(
        "The data lean to the expected side, but “no change” is still within the range."
    ),
    "interval_covers_zero": gettext_lazy("“No change” is within the range."),
    "check_failed": gettext_lazy("A check failed, so the range alone does not count."),
    "too_few_assignments": gettext_lazy("There are so few touchpoints that chance alone could have done it."),
    "looked_back": gettext_lazy(
        "It was recorded afterwards: initiative and plan were chosen when the answers were there already, so "
        "the design grade is C at most."
    ),
    "changed_after_approval": gettext_lazy(
        "The plan was changed after the approval, which lowers the design grade by one."
    ),
    "go_live_moved_after_result": gettext_lazy(
        "The go-live was moved to another day after a result was known, which lowers the design grade by one."
    ),
}
_SENSITIVITY: dict[str, Text] = {
    "ols": gettext_lazy("Every period counted as independent"),
    "newey_west": gettext_lazy("Wider errors for neighboring periods (Newey-West)"),
    "reml_ar1": gettext_lazy("Answer counts ignored (REML, AR(1))"),
    "level_and_slope": gettext_lazy("Effect that may grow or fade"),
    "around_start_left_out": gettext_lazy("Periods around the go-live left out"),
    "constant_mix": gettext_lazy("Same mix of segments throughout"),
    "raw_change": gettext_lazy("Raw change, the mix left as it came"),
    "break_left_alone": gettext_lazy("Without a step for the other change of level"),
    "without_controls": gettext_lazy("Without the comparison group"),
    "minus_controls": gettext_lazy("Minus the change in the comparison group"),
    "difference_series": gettext_lazy("Difference of the two sides as one series"),
    "not_adjusted_for_choice": gettext_lazy("Without regard to how the touchpoints were chosen"),
    "baselines_held_equal": gettext_lazy("Early and late scores before the go-live held equal"),
    "drift_goes_on": gettext_lazy("If the two sides went on drifting apart as before"),
    "group_time_effects": gettext_lazy("Each wave beside those that had not started"),
    "previous_period_base": gettext_lazy("Each period against the one before"),
    "difference_in_differences": gettext_lazy("Minus the average change of all other touchpoints"),
    "synthetic_difference_in_differences": gettext_lazy("Other touchpoints and periods weighted (SDID)"),
    "did_pooled_t": gettext_lazy("Both groups assumed to have the same spread"),
    "did_cr2_satterthwaite": gettext_lazy("Each group with its own spread"),
}
_METHOD_REASONS: dict[str, Text] = {
    "single_series": gettext_lazy("There is one series, long enough on both sides of the go-live."),
    "too_few_periods_for_comparison": gettext_lazy(
        "There is a comparison group, but too few periods before the go-live to rely on it."
    ),
    "series_too_short": gettext_lazy("The series is too short for more than a description."),
    "starts_differ": gettext_lazy("The touchpoints started at different times."),
    "comparison_clusters": gettext_lazy(
        "There are several touchpoints with the initiative and several without."
    ),
    "chosen_by_score": gettext_lazy(
        "The touchpoints were chosen by their scores, so these are taken into account."
    ),
    "no_donor_mix_fits": gettext_lazy(
        "Before the go-live no mix of the other touchpoints follows this one, so it is compared with their "
        "average."
    ),
    "many_donors": gettext_lazy(
        "One touchpoint has the initiative, and many others can be combined into a comparison."
    ),
    "control_series": gettext_lazy(
        "Touchpoints without the initiative show what would have happened anyway."
    ),
}
_NOTES: dict[str, Text] = {
    "unit_left_out": gettext_lazy("%(name)s was left out: too many of its periods were not measured."),
    "young_periods_left_out": gettext_lazy(
        "Newest periods left out: %(name)s. Many of their cases were still open when the data ended."
    ),
    "constant_mix": gettext_lazy(
        "All values are those at the mix of segments before the go-live; the raw change stands among the "
        "other readings."
    ),
    "thin_periods_joined": gettext_lazy(
        "Periods with too few answers to be shown alone, counted together with the next ones: %(name)s."
    ),
    "baseline_since": gettext_lazy(
        "The question changed before the go-live, so the baseline begins on %(name)s with the new one."
    ),
    "follow_up_until": gettext_lazy(
        "The question changed after the go-live, so only answers before %(name)s count."
    ),
    "wording_step": gettext_lazy(
        "The question changed on %(name)s. What this alone did to the figures was estimated and taken off."
    ),
    "outage": gettext_lazy(
        "The period from %(name)s lies so far outside all others that the measurement must have failed: not "
        "used."
    ),
    "level_break": gettext_lazy(
        "The level changed for good on %(name)s, at another time than the go-live. This was estimated and "
        "taken off; whether it had to do with the initiative is not known."
    ),
    "followed_for": gettext_lazy(
        "Every case was followed for %(name)s; one that took longer or is still open counts as lasting at "
        "least that long."
    ),
    "rates_as_ratios": gettext_lazy("Numbers per period are compared by how many times as many they are."),
    "geometric_means": gettext_lazy(
        "Times are compared by their typical (geometric) mean, and changes of them are ratios."
    ),
}
_DATED = frozenset({"baseline_since", "follow_up_until", "wording_step", "outage", "level_break"})
_SCENARIO: dict[str, Text] = {
    "no_evaluation": gettext_lazy("The effect is not backed by an evaluation."),
    "grade_d": gettext_lazy(
        "The design only compares before with after, so the effect may have other causes."
    ),
    "verdict_inconclusive": gettext_lazy("The study cannot tell whether there is an effect."),
    "verdict_contradicted": gettext_lazy("The study found the opposite of what was planned."),
    "verdict_not_estimable": gettext_lazy("The study could not estimate an effect."),
    "no_measured_effect": gettext_lazy("The effect was assumed, not measured."),
}


_WIDENED = gettext_lazy("The range also covers that they went on drifting apart in the same way.")
_HOLDS_UNLESS: dict[PeriodKind, Text] = {
    PeriodKind.DAY: gettext_lazy(
        "The claim holds unless both sides drifted apart by more than %(size)s a day after the go-live."
    ),
    PeriodKind.WEEK: gettext_lazy(
        "The claim holds unless both sides drifted apart by more than %(size)s a week after the go-live."
    ),
    PeriodKind.MONTH: gettext_lazy(
        "The claim holds unless both sides drifted apart by more than %(size)s a month after the go-live."
    ),
    PeriodKind.QUARTER: gettext_lazy(
        "The claim holds unless both sides drifted apart by more than %(size)s a quarter after the go-live."
    ),
}


def check_text(
    check: Diagnostic,
    *,
    kind: EstimandKind | None = None,
    period: PeriodKind | None = None,
    finding: Finding | None = None,
    beside: Mapping[str, Beside] | None = None,
) -> CheckText:
    """One check in words. With the metric's kind and the period, the course of two sides says what drift
    would overturn the claim; with the `finding`, whether there is a claim to put in doubt; `beside` says
    what a question beside the main one is about."""
    title, *sentences = _CHECKS[check.key]
    word, tone = _LIGHTS[check.light]
    place = (Light.GREEN, Light.AMBER, Light.RED, Light.NOT_RUN).index(check.light)
    sentence = str(sentences[place])
    figures = dict(check.figures)
    around = Context(kind=kind) if finding is None else context_of(finding, kind)
    outcome, mark = outcome_text(check, around), check.light
    if check.light is Light.NOT_RUN:
        sentence = next(
            (str(text) for (key, why), text in _NOT_MADE.items() if key == check.key and why in figures),
            sentence,
        )
    elif check.light is Light.AMBER and any((check.key, why) in _NOTED for why in figures):
        sentence = joined(str(_NOTED[check.key, why]) for why in figures if (check.key, why) in _NOTED)
    elif outcome:
        sentence = outcome
        if is_without_claim(check, around):
            word, tone, mark = _("nothing claimed"), "calm", Light.NOT_RUN
    if check.key == "mix_shift" and figures.get("pooled"):
        together = _("Segments with few answers were counted together.")
        sentence = joined([sentence, together])
    elif check.key == "pre_trend":
        sentence = joined([sentence, *_drift_texts(figures, kind, period)])
    elif beside and check.key in beside:
        sentence = with_beside(sentence, check, beside[check.key])
    return CheckText(
        key=check.key,
        title=str(title),
        sentence=sentence,
        light=check.light,
        word=str(word),
        tone=tone,
        mark=mark,
    )


def _drift_texts(
    figures: dict[str, float], kind: EstimandKind | None, period: PeriodKind | None
) -> list[str]:
    """What the range allows for, and the drift that would overturn the claim."""
    texts = [str(_WIDENED)] if figures.get("widened") else []
    drift = figures.get("breakdown_per_period")
    if drift is not None and kind is not None and period is not None:
        size = exp(drift) if kind is EstimandKind.LOG_DURATION else drift
        texts.append(str(_HOLDS_UNLESS[period]) % {"size": amount_text(reader(), kind, size)})
    return texts


def reason_text(key: str, diagnostics: Iterable[Diagnostic] = ()) -> str:
    """Why the verdict is what it is: a rule, a check that failed or gave pause, or a refusal.

    With the finding's `diagnostics` a check speaks with its own figures.
    """
    if key in _REASONS:
        return str(_REASONS[key])
    for prefix, light in (("red_", Light.RED), ("amber_", Light.AMBER)):
        if key.startswith(prefix):
            made = Diagnostic(key=key.removeprefix(prefix), light=light)
            own = (item for item in diagnostics if (item.key, item.light) == (made.key, light))
            return check_text(next(own, made)).sentence
    return refusal_text(Reason(key))


def finding_refusal(finding: Finding) -> str:
    """Why the finding has no effect, with the figures of the rule; empty where it has one."""
    if finding.refusal is None:
        return ""
    texts = [refusal_with_figures(reader(), finding.refusal, dict(finding.refusal_detail))]
    chosen = Reason.SELECTED_FOR_LOW_SCORES
    if finding.refusal is not chosen and chosen.value in finding.reasons:
        texts.append(refusal_text(chosen))
    return joined(texts)


def sensitivity_text(key: str) -> str:
    return str(_SENSITIVITY.get(key, key.replace("_", " ")))


def method_reason_text(key: str) -> str:
    return str(_METHOD_REASONS.get(key, ""))


def note_text(key: str) -> str:
    name, _colon, value = key.partition(":")
    if name not in _NOTES:
        return ""
    day = parse_date(value) if name in _DATED else None
    if name == "followed_for":
        value = units.duration(reader(), float(value))
    return str(_NOTES[name]) % {"name": value if day is None else reader().day(day)}


def scenario_text(key: str) -> str:
    """Why a value is called a scenario and not a result."""
    return str(_SCENARIO[key])
