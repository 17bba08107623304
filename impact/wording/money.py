"""What a case is worth, in sentences. A scenario never reads like a result."""

import math
from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.design import MetricKind
from cxstats.roi import RoiResult
from impact.wording.checks import refusal_text
from impact.wording.figures import MINUS, amount_text

_ITEMS: Mapping[str, str | Promise] = {
    "effect": gettext_lazy("Effect of the initiative"),
    "gross": gettext_lazy("Benefits before any discount for doubt"),
    "attribution": gettext_lazy("Attribution"),
    "confidence": gettext_lazy("Confidence in the link to money"),
    "persistence": gettext_lazy("Persistence"),
    "discount_rate": gettext_lazy("Discount rate"),
    "percent": gettext_lazy("Percentage points"),
}


def money_text(amount: float | None, currency: str) -> str:
    """Three significant figures, grouped, with the currency's code: EUR 262,000."""
    if amount is None or not math.isfinite(amount):
        return "–"
    digits = 2 - math.floor(math.log10(abs(amount))) if amount else 0
    number = round(amount, min(digits, 0))
    text = number_format(abs(number), decimal_pos=0, use_l10n=True, force_grouping=True)
    return f"{MINUS if number < 0 else ''}{currency}\u00a0{text}"


def money_range_text(low: float, high: float, currency: str) -> str:
    return _("%(low)s to %(high)s") % {"low": money_text(low, currency), "high": money_text(high, currency)}


def percent_text(share: float | None) -> str:
    if share is None:
        return "–"
    number = number_format(abs(round(100 * share)), decimal_pos=0, use_l10n=True, force_grouping=True)
    return _("%(number)s %%") % {"number": f"{MINUS if round(100 * share) < 0 else ''}{number}"}


def chance_text(share: float) -> str:
    """A probability; never 0 % or 100 % of something that was simulated."""
    if share < 0.01:
        return _("below 1 %")
    return _("above 99 %") if share > 0.99 else percent_text(share)


def years_text(value: float | None) -> str:
    if value is None:
        return "–"
    number = number_format(round(value, 1), decimal_pos=1, use_l10n=True)
    return ngettext("%(number)s year", "%(number)s years", 1 if round(value, 1) == 1 else 2) % {
        "number": number
    }


def case_sentence(result: RoiResult, *, currency: str, years: int) -> str:
    """The sentence above the money."""
    worth = result.net_present_value
    slots = {
        "low": money_text(worth.p5, currency),
        "high": money_text(worth.p95, currency),
        "middle": money_text(worth.p50, currency),
        "loss": chance_text(result.probability_of_loss),
        "years": ngettext("%(count)s year", "%(count)s years", years) % {"count": years},
    }
    if result.scenario_only:
        return (
            _(
                "If the effect were as estimated, the initiative would be worth %(low)s to %(high)s net over "
                "%(years)s. This is a scenario, not a result."
            )
            % slots
        )
    return (
        _(
            "Over %(years)s the initiative is worth %(low)s to %(high)s net, with %(middle)s in the middle; "
            "the chance of a loss is %(loss)s."
        )
        % slots
    )


def payback_text(result: RoiResult) -> str:
    found = result.discounted_payback_p50
    if found.value is None:
        return _("not within the years counted")
    return years_text(found.value)


def break_even_text(result: RoiResult, kind: MetricKind) -> str:
    """The effect at which it pays for itself."""
    found = result.break_even_effect
    return (
        refusal_text(found.refusal, {})
        if found.value is None
        else amount_text(kind, found.value, signed=True)
    )


def item_text(key: str, labels: Mapping[str, str]) -> str:
    """Name of a parameter: of the value model, of a cost line, or one that the product adds."""
    return labels.get(key) or str(_ITEMS.get(key, key.replace("_", " ")))
