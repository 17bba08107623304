"""What a case is worth, in sentences. A scenario never reads like a result."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.design import EstimandKind, Verdict
from cxstats.roi import RoiResult
from impact.choices import SignOff
from impact.wording.rounding import central, whole_money_text
from wording import units
from wording.figures import amount_text
from wording.formats import reader
from wording.joining import sentences
from wording.refusals import refusal_text

_ITEMS: Mapping[str, str | Promise] = {
    "effect": gettext_lazy("Effect of the initiative"),
    "gross": gettext_lazy("Benefits before haircuts"),
    "attribution": gettext_lazy("Attribution"),
    "confidence": gettext_lazy("Confidence in the link to money"),
    "persistence": gettext_lazy("Persistence"),
    "discount_rate": gettext_lazy("Discount rate"),
    "percent": gettext_lazy("Percentage points"),
}


def percent_text(share: float | None) -> str:
    return "–" if share is None else reader().percent(share)


def no_roi_text(result: RoiResult) -> str:
    """Why a value has no return on investment: there are no costs at all, or none in some draws."""
    costs = result.present_value_costs
    if costs.mean == costs.p5 == costs.p95 == 0:
        return _("no costs, so no return on them")
    return _("nothing was spent in some draws")


def chance_text(share: float) -> str:
    """A probability; never 0 % or 100 % of something that was simulated."""
    if share < 0.01:
        return _("below %(share)s") % {"share": percent_text(0.01)}
    return _("above %(share)s") % {"share": percent_text(0.99)} if share > 0.99 else percent_text(share)


def years_text(value: float | None) -> str:
    if value is None:
        return "–"
    return units.years(reader(), value)


class Standing(StrEnum):
    """How a value stands, for sentences: one rule for every page and document."""

    GAIN = "gain"  # the whole range is above zero
    LIKELY_GAIN = "likely_gain"  # expected and likelier than a loss, but the range holds both
    UNSURE = "unsure"  # a gain is expected, a loss is likelier all the same
    LIKELY_LOSS = "likely_loss"  # expected, but the range holds both
    LOSS = "loss"  # the whole range is below zero
    SCENARIO = "scenario"
    DISPUTED = "disputed"  # by finance: nobody relies on it
    DISPUTED_IN_PART = "disputed_in_part"  # some of its benefits are, so the whole is no figure to rely on
    DISPUTED_BEFORE = "disputed_before"  # the value before it was, and finance has not answered since
    IMPOSSIBLE = "impossible"  # its inputs come to more than all customers


OPEN_STANDINGS = frozenset({Standing.LIKELY_GAIN, Standing.UNSURE, Standing.LIKELY_LOSS})


# Finance has the word.
UNSETTLED = frozenset({Standing.DISPUTED, Standing.DISPUTED_IN_PART, Standing.DISPUTED_BEFORE})


def standing_of(
    result: RoiResult,
    *,
    is_disputed: bool = False,
    is_impossible: bool = False,
    is_in_part: bool = False,
    was_disputed: bool = False,
) -> Standing:
    """What may be said of a value: what nobody can rely on is neither a gain nor a loss. `is_in_part`: the
    dispute is of some of its benefits."""
    if is_impossible:
        return Standing.IMPOSSIBLE
    if is_disputed:
        return Standing.DISPUTED_IN_PART if is_in_part else Standing.DISPUTED
    if was_disputed:
        return Standing.DISPUTED_BEFORE
    if result.scenario_only:
        return Standing.SCENARIO
    worth = result.net_present_value
    if worth.p5 >= 0:
        return Standing.GAIN
    if worth.p95 <= 0:
        return Standing.LOSS
    if worth.mean < 0:
        return Standing.LIKELY_LOSS
    return Standing.UNSURE if result.probability_of_loss > 0.5 else Standing.LIKELY_GAIN


_STANDINGS: Mapping[Standing, str | Promise] = {
    Standing.GAIN: gettext_lazy("Financially, a gain is expected; the chance of a loss is %(loss)s."),
    Standing.LIKELY_GAIN: gettext_lazy(
        "Financially, a gain is expected on average, but the range goes from a loss to a gain: the chance "
        "of a loss is %(loss)s."
    ),
    Standing.LIKELY_LOSS: gettext_lazy(
        "Financially, a loss is expected on average, but the range goes from a loss to a gain: the chance "
        "of a loss is %(loss)s."
    ),
    Standing.DISPUTED: gettext_lazy(
        "Finance disputes the value, so it counts neither as a gain nor as a loss."
    ),
    Standing.DISPUTED_IN_PART: gettext_lazy(
        "Finance disputes some of the benefits, so the value of all of them counts neither as a gain nor as "
        "a loss."
    ),
    Standing.DISPUTED_BEFORE: gettext_lazy(
        "Finance disputed the previous value and has not reviewed this one yet, so it counts neither as a "
        "gain nor as a loss."
    ),
    Standing.IMPOSSIBLE: gettext_lazy(
        "The value is not possible as it was computed, so it counts neither as a gain nor as a loss."
    ),
    Standing.UNSURE: gettext_lazy(
        "Financially, a gain is expected on average, but a loss is more likely than not: its chance "
        "is %(loss)s."
    ),
    Standing.LOSS: gettext_lazy("Financially, a loss is expected; the chance of a loss is %(loss)s."),
    Standing.SCENARIO: gettext_lazy("The evidence is too weak for a value: the amount is only a scenario."),
}
_EFFECTS: Mapping[Verdict, str | Promise] = {
    Verdict.SUPPORTED: gettext_lazy("The metric moved as planned."),
    Verdict.SUGGESTIVE: gettext_lazy(
        "The metric leans in the planned direction, but the evidence is not conclusive."
    ),
    Verdict.INCONCLUSIVE: gettext_lazy("It is unclear whether the metric moved."),
    Verdict.CONTRADICTED: gettext_lazy("The metric moved against the plan."),
    Verdict.NO_EFFECT_WORTH_HAVING: gettext_lazy("The metric did not move enough to matter."),
    Verdict.NOT_ESTIMABLE: gettext_lazy("The change in the metric could not be estimated."),
}


_BESIDE: Mapping[Standing, str | Promise] = {
    Standing.GAIN: gettext_lazy("On the financial side, a gain is expected."),
    Standing.LIKELY_GAIN: gettext_lazy(
        "On the financial side the result is open: a gain is expected on average, but the range goes from "
        "a loss to a gain, and the chance of a loss is %(loss)s."
    ),
    Standing.LIKELY_LOSS: gettext_lazy(
        "On the financial side, a loss is expected on average (its chance is %(loss)s): continuing needs "
        "lower costs, a larger effect (it breaks even at %(effect)s) or a non-financial reason."
    ),
    Standing.DISPUTED: gettext_lazy(
        "Finance disputes the value: do not base the decision on the amount until that is settled."
    ),
    Standing.DISPUTED_IN_PART: gettext_lazy(
        "Finance disputes some of the benefits: do not base the decision on the amount of all of them until "
        "that is settled."
    ),
    Standing.DISPUTED_BEFORE: gettext_lazy(
        "Finance disputed the previous value and has not reviewed this one yet: do not base the decision on "
        "the amount until it has."
    ),
    Standing.IMPOSSIBLE: gettext_lazy(
        "The value is not possible as it was computed: do not base the decision on the amount."
    ),
    Standing.UNSURE: gettext_lazy(
        "On the financial side, a loss is more likely than a gain: continuing needs lower costs, a "
        "larger effect (it breaks even at %(effect)s) or a non-financial reason."
    ),
    Standing.LOSS: gettext_lazy(
        "On the financial side, a loss is expected: continuing needs lower costs, a larger effect "
        "(it breaks even at %(effect)s) or a non-financial reason."
    ),
    Standing.SCENARIO: gettext_lazy("The amount shown is a scenario and not a reason on its own."),
}


_NEEDS_MORE = frozenset({Standing.LIKELY_LOSS, Standing.UNSURE, Standing.LOSS})
_OUT_OF_REACH = gettext_lazy(
    "On the financial side, no possible effect pays for it: continuing needs lower costs or a non-financial "
    "reason."
)


def standing_text(result: RoiResult, standing: Standing) -> str:
    return str(_STANDINGS[standing]) % {"loss": chance_text(result.probability_of_loss)}


def value_label(result: RoiResult, standing: Standing) -> str:
    """The title above the amount: what finance disputes is no expectation, and a scenario is none yet."""
    if standing in UNSETTLED:
        return _("Computed net present value")
    if result.scenario_only:
        return _("Expected net value, if the effect holds")
    return _("Expected net present value")


def facing_text(verdict: Verdict, result: RoiResult, standing: Standing) -> str:
    """Effect and money face to face, wherever one of them is shown."""
    texts = [str(_EFFECTS[verdict]), standing_text(result, standing)]
    if verdict is Verdict.SUPPORTED and standing is Standing.LOSS:
        texts.append(_("The effect is there; it costs more than it brings."))
    return sentences(texts)


def request_text(
    decision_rule: str,
    verdict: Verdict,
    *,
    looked_back: bool = False,
    needs: Sequence[str] = (),
    result: RoiResult | None = None,
    standing: Standing | None = None,
    break_even: str = "",
) -> str:
    """What the reader is asked to do. A rule is quoted as agreed: people wrote it, only they can apply it.

    `looked_back`: written when the answers were there already, so nothing was agreed before.
    `needs`: what would make an estimate possible, said where there is none and nothing can be decided yet.
    `break_even`: the effect that pays for itself; empty where none within the metric's scale does.
    """
    if verdict is Verdict.NOT_ESTIMABLE:
        texts = [_("Do not decide on this yet: nothing could be estimated."), *_needs(needs)]
    else:
        texts = [_("Confirm, change or stop the initiative based on this evidence.")]
    if decision_rule:
        rule = (
            _("Rule that was written when it was recorded afterwards: “%(rule)s”.")
            if looked_back
            else _("Rule agreed before the result was known: “%(rule)s”.")
        )
        texts.append(rule % {"rule": decision_rule.rstrip(".")})
    if result is not None and standing is not None:
        slots = {"effect": break_even, "loss": chance_text(result.probability_of_loss)}
        is_out_of_reach = not break_even and standing in _NEEDS_MORE
        texts.append(str(_OUT_OF_REACH if is_out_of_reach else _BESIDE[standing]) % slots)
    return sentences(texts)


def _needs(needs: Sequence[str]) -> list[str]:
    return [_("What would make an estimate possible:"), *needs] if needs else []


def case_sentence(result: RoiResult, *, standing: Standing, currency: str, years: int) -> str:
    """The sentence above the money. What finance disputes, or disputed and has not reviewed anew, is said as
    a computation, not as an expectation."""
    worth, shown = result.net_present_value, central(result)
    slots = {
        **shown.ends(worth, shown.net, currency),
        "middle": whole_money_text(abs(shown.net), currency),
        "share": percent_text(0.9),
        "loss": chance_text(result.probability_of_loss),
        "years": ngettext("%(count)s year", "%(count)s years", years) % {"count": years},
    }
    if standing in UNSETTLED:
        slots["middle"] = whole_money_text(shown.net, currency)
    if standing is Standing.DISPUTED_BEFORE:
        text = _(
            "Computed over %(years)s: %(middle)s net (%(low)s to %(high)s with %(share)s probability). "
            "Finance disputed the previous value and has not reviewed this one yet, so these figures are no "
            "expectation."
        )
    elif standing is Standing.DISPUTED_IN_PART:
        text = _(
            "Computed over %(years)s: %(middle)s net (%(low)s to %(high)s with %(share)s probability). "
            "Finance disputes some of the benefits in these figures and not the others, so their sum is no "
            "expectation yet."
        )
    elif standing is Standing.DISPUTED:
        text = _(
            "Computed over %(years)s: %(middle)s net (%(low)s to %(high)s with %(share)s probability). "
            "Finance disputes these figures, so they are no expectation yet."
        )
    elif result.scenario_only and worth.mean < 0:
        text = _(
            "If the effect were as estimated, a net loss of %(middle)s would be expected over %(years)s "
            "(%(low)s to %(high)s with %(share)s probability). This is a scenario, not a result."
        )
    elif result.scenario_only:
        text = _(
            "If the effect were as estimated, the initiative would be expected to bring %(middle)s net over "
            "%(years)s (%(low)s to %(high)s with %(share)s probability). This is a scenario, not a result."
        )
    elif worth.p5 < 0 < worth.p95 and worth.mean < 0:
        text = _(
            "Over %(years)s a net loss of %(middle)s is expected on average, but the range goes from a loss "
            "to a gain (%(low)s to %(high)s with %(share)s probability); the chance of a loss is %(loss)s."
        )
    elif worth.p5 < 0 < worth.p95:
        text = _(
            "Over %(years)s the initiative is expected to bring %(middle)s net on average, but the range "
            "goes from a loss to a gain (%(low)s to %(high)s with %(share)s probability); the chance of a "
            "loss is %(loss)s."
        )
    elif worth.mean < 0:
        text = _(
            "Over %(years)s a net loss of %(middle)s is expected (%(low)s to %(high)s with %(share)s "
            "probability); the chance of a loss is %(loss)s."
        )
    else:
        text = _(
            "Over %(years)s the initiative is expected to bring %(middle)s net (%(low)s to %(high)s with "
            "%(share)s probability); the chance of a loss is %(loss)s."
        )
    return text % slots


def more_than_all_text(detail: Mapping[str, float | int | str]) -> str:
    """Why inputs are refused that gain more customers than there are."""
    expected, highest = float(detail["expected"]), float(detail["highest"])
    if expected > 1:
        text = _(
            "With these inputs, %(part)s of the customers would be kept, and no one can keep more "
            "than all of them. Lower the additional customers kept per unit of the metric."
        )
        return text % {"part": percent_text(expected)}
    text = _(
        "With these inputs, %(part)s of the customers are kept on average, but up to %(most)s in the "
        "draws; no one can keep more than all of them. Lower the additional customers kept per unit "
        "of the metric, or narrow its range."
    )
    return text % {"part": percent_text(expected), "most": percent_text(highest)}


def impossible_text(part: float) -> str:
    """Said of a value from before the rule, on page and document."""
    return _(
        "This value is not possible: its inputs add up to %(part)s of the customers, more than there "
        "are. It is not counted in any total; correct the value model and compute it again."
    ) % {"part": percent_text(part)}


def payback_text(paid_after: float | None) -> str:
    """Years until the expected cash flow has paid for itself, discounted."""
    return _("not within the years counted") if paid_after is None else years_text(paid_after)


def breaks_even(result: RoiResult, bounds: tuple[float, float], before: float | None = None) -> bool:
    """Whether an effect that the scale allows pays for itself: from the value `before` to the end that the
    effect goes to, or where that is not known, from one end to the other."""
    needed = result.break_even_effect.value
    return needed is not None and abs(needed) <= _left(needed, bounds, before)


def _left(effect: float, bounds: tuple[float, float], before: float | None) -> float:
    low, high = bounds
    if before is None or not low <= before <= high:
        return high - low
    return high - before if effect > 0 else before - low


def break_even_text(
    result: RoiResult, kind: EstimandKind, bounds: tuple[float, float], before: float | None = None
) -> str:
    """The effect at which it pays for itself, or that none does, or none from where the metric stood."""
    found = result.break_even_effect
    if found.value is None:
        return refusal_text(found.refusal) if found.refusal else ""
    if not breaks_even(result, bounds):
        return _("no possible effect pays for it")
    needed = amount_text(reader(), kind, found.value, signed=True)
    if breaks_even(result, bounds, before):
        return needed
    left = math.copysign(_left(found.value, bounds, before), found.value)
    return _("cannot be reached: it takes %(needed)s, and at most %(left)s is left") % {
        "needed": needed,
        "left": amount_text(reader(), kind, left, signed=True),
    }


def item_text(key: str, labels: Mapping[str, str]) -> str:
    """Name of a parameter: of the value model, of a cost line, or one that the product adds."""
    return labels.get(key) or str(_ITEMS.get(key, key.replace("_", " ")))


def earlier_text(earlier: int, study: int, *, finance: str, has_effect: bool) -> str:
    """Said of a value of an earlier study while the study that counts has none."""
    if has_effect:
        text = _(
            "This value belongs to study %(earlier)s. %(finance)s Compute it again for study %(number)s."
        )
    else:
        text = _(
            "This value belongs to study %(earlier)s. %(finance)s Study %(number)s gives no effect, so it "
            "has no value."
        )
    return text % {"earlier": earlier, "finance": finance, "number": study}


def newer_value_text(own: tuple[int, int], newer: tuple[int, int], *, finance: str) -> str:
    """Said of a document whose value is not the one that counts; each value by its number and its study's."""
    text = _(
        "The value in this document is value %(own)s of study %(own_study)s. Value %(newer)s of study "
        "%(newer_study)s counts instead. %(finance)s"
    )
    return text % {
        "own": own[0],
        "own_study": own[1],
        "newer": newer[0],
        "newer_study": newer[1],
        "finance": finance,
    }


def sign_off_text(state: str, who: str, on: date | None) -> str:
    """What finance says of a value, with who and when; the same words wherever the value stands."""
    slots = {"who": who, "day": reader().day(on) if on else "–"}
    if state == SignOff.SIGNED:
        return _("Signed off by finance: %(who)s, %(day)s.") % slots
    if state == SignOff.DISPUTED:
        return (
            _("Disputed by finance: %(who)s, %(day)s. Do not rely on this value until that is settled.")
            % slots
        )
    return _("Finance has not reviewed this value yet; treat it as a proposal.")


def dispute_text(who: str, on: date | None, words: str) -> str:
    """Said of a value that finance has not reviewed, while its dispute of the value before is unanswered."""
    return _(
        "Finance disputed the previous value: “%(words)s”, %(who)s, %(day)s. It has not reviewed this one "
        "yet; do not rely on it until it has."
    ) % {"words": words, "who": who, "day": reader().day(on) if on else "–"}
