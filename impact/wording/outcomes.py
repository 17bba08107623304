"""How a check came out, where its figures say more than its light.

A light says whether a check puts a claim in doubt. That is not how it came out: where nothing is claimed, it
is green although half of all invented dates show a change as strong. So the sentence follows the figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxstats.design import Diagnostic, EstimandKind, Finding, Light, Method
from cxstats.results import Unit
from wording.formats import reader
from wording.joining import sentences

# Of these a light tells whether a claim is in doubt; without a claim it cannot.
OF_A_CLAIM = frozenset({"placebo_dates", "placebo_units", "methods_agree"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is known beside a check; None: nothing. `is_claimed`: “no change” lies outside the range."""

    kind: EstimandKind | None = None
    method: Method | None = None
    is_claimed: bool | None = None


def context_of(finding: Finding, kind: EstimandKind | None) -> Context:
    effect = finding.effect
    is_claimed = None
    if effect is not None:
        is_claimed = not effect.interval.contains(1.0 if effect.unit is Unit.RATIO else 0.0)
    return Context(kind=kind, method=finding.method, is_claimed=is_claimed)


def is_without_claim(check: Diagnostic, around: Context) -> bool:
    """Whether the light is green because nothing is claimed that the check could put in doubt."""
    return check.key in OF_A_CLAIM and check.light is Light.GREEN and around.is_claimed is False


def outcome_text(check: Diagnostic, around: Context) -> str:
    """The sentence that the figures make; empty where the light alone says it all."""
    say = _BY_FIGURES.get(check.key)
    if say is None or check.light is Light.NOT_RUN:
        return ""
    text = say(check.light, dict(check.figures), around)
    if text and is_without_claim(check, around):
        return sentences(
            [text, _("“No change” is within the range: nothing is claimed, so there is nothing to doubt.")]
        )
    return text


_RARE = 0.001  # rarer cases are not written as 0.0 %

type Figures = Mapping[str, float]


def _placebo_dates(light: Light, figures: Figures, around: Context) -> str:
    if "dates" not in figures or "rank_p" not in figures:
        return ""
    dates = round(figures["dates"])
    strong = round(figures["rank_p"] * (dates + 1)) - 1  # the rank counts the true date too
    text = ngettext(
        "Of %(dates)s invented date before the go-live, %(strong)s shows a change as strong as the real one.",
        "Of %(dates)s invented dates before the go-live, %(strong)s show a change as strong as the real one.",
        dates,
    )
    return text % {"dates": reader().number(dates), "strong": reader().number(strong)}


def _placebo_units(light: Light, figures: Figures, around: Context) -> str:
    if "p" not in figures or not figures.get("smallest_attainable_p"):
        return ""
    everyone = round(1 / figures["smallest_attainable_p"])  # the touchpoint itself among them
    others, strong = everyone - 1, round(figures["p"] * everyone) - 1
    text = ngettext(
        "Of %(others)s other touchpoint put in its place, %(strong)s shows a change as strong.",
        "Of %(others)s other touchpoints put in its place, %(strong)s show a change as strong.",
        others,
    )
    return text % {"others": reader().number(others), "strong": reader().number(strong)}


def _methods_agree(light: Light, figures: Figures, around: Context) -> str:
    if "lowest" not in figures or "highest" not in figures:
        return ""
    if figures["lowest"] < 0 < figures["highest"]:
        return _("At least one other sound way of calculating points the other way.")
    if light is Light.AMBER:
        return _("At least one other sound way of calculating gives a clearly different figure.")
    return ""


def _autocorrelation(light: Light, figures: Figures, around: Context) -> str:
    if light is Light.AMBER and figures.get("residual", 0.0) < 0:
        return _(
            "Good and bad periods take turns more than the calculation assumes; the range may be too wide."
        )
    return ""


def _mix_shift(light: Light, figures: Figures, around: Context) -> str:
    if light is Light.GREEN and "held" in figures and "raw" not in figures:
        return _(
            "The mix of segments is held constant. The raw change could not be estimated, so nothing shows "
            "what that did."
        )
    return ""


def _overlap(light: Light, figures: Figures, around: Context) -> str:
    if light is not Light.AMBER:
        return ""
    if "units_left_out" in figures:
        return _("Other initiatives affected some of the touchpoints; these were left out.")
    if "periods_left_out" in figures:
        return _("Other initiatives affected some of the touchpoints; the periods with them were left out.")
    return ""


def _regression_to_the_mean(light: Light, figures: Figures, around: Context) -> str:
    if light is Light.GREEN and not figures:
        return _("Chance chose the touchpoints, so an unusual spell cannot have chosen them.")
    if light is Light.GREEN and "expected" in figures:
        return _(
            "The touchpoints were chosen by their scores; what would have come back on its own is taken into "
            "account."
        )
    if light is Light.AMBER and figures.get("statistic", 0.0) > 0:
        return _("It started in an unusually good spell; part of a worsening would have come on its own.")
    return ""


def _unusual_periods(light: Light, figures: Figures, around: Context) -> str:
    if light is Light.GREEN:
        if around.method is Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES:
            return _(
                "No period was left out. Where starts differ, single unusual periods are not looked for."
            )
        if around.method is Method.SEGMENTED_REGRESSION:
            return _("No failed measurement and no other lasting change of level was found.")
        return ""
    if "outages" not in figures:
        return ""
    failed = _("In some periods the measurement must have failed; they were left out.")
    changed = _("The level changed for good at another time as well; that was estimated and taken off.")
    texts = [text for key, text in (("outages", failed), ("breaks", changed)) if figures.get(key)]
    return sentences([*texts, _("The notes say when.")]) if texts else ""


def _low_counts(light: Light, figures: Figures, around: Context) -> str:
    if around.kind is not EstimandKind.COUNT or "joined" in figures:
        return ""
    if light is Light.GREEN:
        return _("Before and after the go-live there is a comfortable number of events.")
    return _("The time before or after the go-live has few events.")


def _reassignment(light: Light, figures: Figures, around: Context) -> str:
    if "p" not in figures:
        return ""
    if figures["p"] < _RARE:
        rare = _("Reassigned at random, a difference as large comes up in less than %(share)s of the cases.")
        return rare % {"share": reader().percent(_RARE, 1)}
    return _("Reassigned at random, a difference as large comes up in %(share)s of the cases.") % {
        "share": reader().percent(figures["p"], 1)
    }


_BY_FIGURES: dict[str, Callable[[Light, Figures, Context], str]] = {
    "placebo_dates": _placebo_dates,
    "placebo_units": _placebo_units,
    "methods_agree": _methods_agree,
    "autocorrelation": _autocorrelation,
    "mix_shift": _mix_shift,
    "overlap": _overlap,
    "regression_to_the_mean": _regression_to_the_mean,
    "unusual_periods": _unusual_periods,
    "low_counts": _low_counts,
    "reassignment": _reassignment,
}
