"""Why there is no figure: one row for each reason of the engine, whoever refuses.

Most reasons read the same wherever they are given. A plan speaks of what lies ahead and a maturity level
of respondents, so these two have words of their own where the common ones would be wrong there.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.errors import Reason
from wording.formats import Reader
from wording.joining import sentences

type Text = str | Promise


class Asked(StrEnum):
    """What was asked for when the figure was refused."""

    RESULT = "result"  # an effect, a value, a driver: something that happened
    PLAN = "plan"  # what a plan could show
    LEVEL = "level"  # a level of maturity


_TEXTS: dict[Reason, Text] = {
    Reason.NO_DATA: gettext_lazy("There are no answers for these touchpoints."),
    Reason.TOO_FEW_ANSWERS: gettext_lazy("Some periods rest on too few answers."),
    Reason.TOO_FEW_PERIODS: gettext_lazy("There are too few whole periods before or after the go-live."),
    Reason.TOO_FEW_UNITS: gettext_lazy("There are too few touchpoints to compare."),
    Reason.TOO_FEW_CLUSTERS: gettext_lazy("There are too few touchpoints on one side to compare."),
    Reason.NO_VARIATION: gettext_lazy("Every answer is the same, so there is nothing to compare."),
    Reason.NO_PRE_PERIOD: gettext_lazy("There is no whole period before the go-live to compare with."),
    Reason.NO_POST_PERIOD: gettext_lazy("There is no whole period after the go-live yet."),
    Reason.GAPS_IN_SERIES: gettext_lazy("Too many periods were not measured."),
    Reason.SEASON_NOT_COVERED: gettext_lazy(
        "The metric has a yearly season, and the series does not cover two of them."
    ),
    Reason.DEFINITION_CHANGED: gettext_lazy(
        "The question, its scale or the way it is asked changed within the window."
    ),
    Reason.START_UNKNOWN: gettext_lazy("The day of the go-live is not known."),
    Reason.RAMP_TOO_LONG: gettext_lazy("The time until an effect can show is not over yet."),
    Reason.COLLINEAR: gettext_lazy("Two causes are so close in time that they cannot be told apart."),
    Reason.OVERLAPPING_INITIATIVES: gettext_lazy(
        "Another initiative at the same touchpoints started too close in time; only both together can be "
        "judged."
    ),
    Reason.PRE_TREND_DIFFERS: gettext_lazy(
        "The touchpoints compared moved differently before the go-live, so they are not comparable."
    ),
    Reason.POOR_PRE_FIT: gettext_lazy(
        "No mix of other touchpoints follows this one closely enough before the go-live."
    ),
    Reason.OUTSIDE_DONOR_RANGE: gettext_lazy("No other touchpoint was ever as high or as low as this one."),
    Reason.TREND_NOT_SEPARABLE: gettext_lazy(
        "The series drifts so strongly that trend and effect cannot be told apart without a comparison group."
    ),
    Reason.SELECTED_FOR_LOW_SCORES: gettext_lazy(
        "The touchpoints were chosen because their scores were bad; part of any rise would have come "
        "on its own, and how much cannot be determined."
    ),
    Reason.SCALE_MISMATCH: gettext_lazy("The figures are on different scales and must not be compared."),
    Reason.NO_UNIQUE_SOLUTION: gettext_lazy("There is more than one solution, or none."),
    Reason.NEVER_REACHED: gettext_lazy("It is not reached within the years counted."),
    Reason.CASES_STILL_OPEN: gettext_lazy(
        "Too many cases were still open when the data ended. Those already resolved are the quick ones, so "
        "they would flatter the result."
    ),
    Reason.NO_CONVERGENCE: gettext_lazy("The calculation did not converge."),
    Reason.UNSTABLE_WEIGHTS: gettext_lazy("A few answers would determine the whole result."),
    Reason.EVIDENCE_TOO_WEAK: gettext_lazy("The evidence is too weak to give a figure."),
    Reason.NO_WEIGHT: gettext_lazy("No usable data are left."),
    Reason.SHARE_ABOVE_ONE: gettext_lazy("The inputs add up to more than all customers."),
    Reason.NOT_APPLICABLE: gettext_lazy("This does not apply here."),
    Reason.NOT_KNOWN: gettext_lazy("This is not known."),
    Reason.TOO_FEW_EVENTS: gettext_lazy("Too few customers left, or stayed, to compare."),
    Reason.LEAVERS_NOT_ASKED: gettext_lazy("No customer who left had been asked."),
    Reason.OUTCOME_BEFORE_SCORE: gettext_lazy("Too many customers were scored only after they had left."),
    Reason.NOT_FOLLOWED: gettext_lazy("No year after a score is over yet."),
}
_OF_A_PLAN: dict[Reason, Text] = {
    Reason.NO_DATA: gettext_lazy("There are no answers for this metric at these touchpoints yet."),
    Reason.TOO_FEW_ANSWERS: gettext_lazy("These touchpoints get too few answers."),
    Reason.TOO_FEW_PERIODS: gettext_lazy("The baseline is too short."),
    Reason.TOO_FEW_UNITS: gettext_lazy("Too few touchpoints can be compared."),
    Reason.TOO_FEW_CLUSTERS: gettext_lazy("Too few touchpoints can be compared."),
    Reason.NO_VARIATION: gettext_lazy("All answers so far are the same, so nothing can be calculated."),
    Reason.NO_PRE_PERIOD: gettext_lazy("There are no answers before the go-live."),
    Reason.NO_POST_PERIOD: gettext_lazy("The review comes too soon after the go-live."),
    Reason.GAPS_IN_SERIES: gettext_lazy("There are gaps in the answers so far."),
    Reason.SEASON_NOT_COVERED: gettext_lazy("The baseline does not cover two full yearly seasons."),
    Reason.SELECTED_FOR_LOW_SCORES: gettext_lazy(
        "Touchpoints chosen for their low scores often recover on their own. As long as it is not known by "
        "which scores they were chosen, this cannot be told apart from an effect."
    ),
    Reason.DEFINITION_CHANGED: gettext_lazy("The question or its scale changed inside the baseline."),
}
_OF_A_LEVEL: dict[Reason, Text] = {
    Reason.NO_DATA: gettext_lazy("No answer yet."),
    Reason.NOT_KNOWN: gettext_lazy("Everyone who answered said “don't know”."),
    Reason.NOT_APPLICABLE: gettext_lazy("Does not apply here."),
    Reason.NO_WEIGHT: gettext_lazy("Shown for information; not weighted."),
}
_OWN = {Asked.RESULT: _TEXTS, Asked.PLAN: _OF_A_PLAN, Asked.LEVEL: _OF_A_LEVEL}


def refusal_text(reason: Reason, asked: Asked = Asked.RESULT) -> str:
    """Why there is no figure, in one sentence. Every reason has one, whatever was asked for."""
    return str(_OWN[asked].get(reason, _TEXTS[reason]))


def plan_refusal(form: Reader, reason: Reason, detail: Mapping[str, float | int | str]) -> str:
    """Why a plan could show nothing, with what would do where its question changed."""
    text = refusal_text(reason, Asked.PLAN)
    if reason is Reason.DEFINITION_CHANGED:
        return sentences([text, *_what_would_do(form, detail)])
    return text


def refusal_with_figures(form: Reader, reason: Reason, detail: Mapping[str, float | int | str]) -> str:
    """The same, with what was needed and what was found where the rule counts something."""
    text = refusal_text(reason)
    if reason is Reason.DEFINITION_CHANGED:
        return sentences([text, *_what_would_do(form, detail)])
    needed, found = detail.get("needed"), detail.get("found")
    if isinstance(needed, (int, float)) and isinstance(found, (int, float)):
        counted = _("Needed: %(needed)s, found: %(found)s.") % {
            "needed": _count(form, needed),
            "found": _count(form, found),
        }
        return sentences([text, counted])
    before, after = detail.get("before"), detail.get("after")
    if (
        isinstance(needed, (int, float))
        and isinstance(before, (int, float))
        and isinstance(after, (int, float))
    ):
        counted = _("Needed on each side: %(needed)s; found %(before)s before and %(after)s after.") % {
            "needed": _count(form, needed),
            "before": _count(form, before),
            "after": _count(form, after),
        }
        return sentences([text, counted])
    return text


def _what_would_do(form: Reader, detail: Mapping[str, float | int | str]) -> list[str]:
    """What would save a study whose question changed; findings of older engines do not say how much."""
    day = parse_date(str(detail.get("period", "")))
    found, needed = detail.get("one_wording"), detail.get("enough")
    if day is None or not isinstance(found, (int, float)) or not isinstance(needed, (int, float)):
        return []
    return [
        ngettext(
            "It changed on %(day)s; between that and the go-live there is %(found)s period with one "
            "question, and %(needed)s would do.",
            "It changed on %(day)s; between that and the go-live there are %(found)s periods with one "
            "question, and %(needed)s would do.",
            found,
        )
        % {"day": form.day(day), "found": _count(form, found), "needed": _count(form, needed)},
        _("Touchpoints to compare with would do as well, if their question changed on the same day."),
    ]


def _count(form: Reader, value: float) -> str:
    return form.number(value, 0 if float(value).is_integer() else 1)
