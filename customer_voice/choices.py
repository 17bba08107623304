"""Kinds of metrics and how each is computed. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MetricKind(models.TextChoices):
    NPS = "nps", _("Net Promoter Score®")
    CSAT = "csat", _("Customer satisfaction (CSAT)")
    CES = "ces", _("Customer effort (CES)")
    OSAT = "osat", _("Overall satisfaction (OSAT)")
    TTR = "ttr", _("Time to resolution (TTR)")
    CUSTOM = "custom", _("Own metric")


class BoxRule(models.TextChoices):
    """How answers become the metric. Unlike rules are never compared or summed."""

    NET = "net", _("share of the top box minus share of the bottom box, in points")
    TOP_BOX = "top_box", _("share of answers in the top box")
    MEAN = "mean", _("mean of the answers")
    DURATION = "duration", _("median time, open cases counted (Kaplan-Meier)")


class Period(models.TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")


# key, kind, name, scale low/high, rule, bottom box high, top box low, higher is better
# (the four CES definitions stand side by side on purpose: product rule, they differ)
STANDARD_METRICS: dict[str, dict[str, object]] = {
    "nps": {
        "kind": MetricKind.NPS,
        "name": _("NPS®"),
        "scale_low": 0,
        "scale_high": 10,
        "rule": BoxRule.NET,
        "bottom_box_high": 6,
        "top_box_low": 9,
        "higher_is_better": True,
        "wording": _("How likely are you to recommend us to a friend or colleague?"),
    },
    "csat_5": {
        "kind": MetricKind.CSAT,
        "name": _("CSAT, 5-point"),
        "scale_low": 1,
        "scale_high": 5,
        "rule": BoxRule.TOP_BOX,
        "top_box_low": 4,
        "higher_is_better": True,
        "wording": _("How satisfied are you with this experience?"),
    },
    "csat_7": {
        "kind": MetricKind.CSAT,
        "name": _("CSAT, 7-point"),
        "scale_low": 1,
        "scale_high": 7,
        "rule": BoxRule.TOP_BOX,
        "top_box_low": 6,
        "higher_is_better": True,
        "wording": _("How satisfied are you with this experience?"),
    },
    "csat_yes_no": {
        "kind": MetricKind.CSAT,
        "name": _("CSAT, yes or no"),
        "scale_low": 0,
        "scale_high": 1,
        "rule": BoxRule.TOP_BOX,
        "top_box_low": 1,
        "higher_is_better": True,
        "wording": _("Were you satisfied?"),
    },
    "ces_mean_7": {
        "kind": MetricKind.CES,
        "name": _("CES, mean of 1–7"),
        "scale_low": 1,
        "scale_high": 7,
        "rule": BoxRule.MEAN,
        "higher_is_better": True,
        "wording": _("The company made it easy for me to handle my issue."),
    },
    "ces_agree_7": {
        "kind": MetricKind.CES,
        "name": _("CES, share of 5–7"),
        "scale_low": 1,
        "scale_high": 7,
        "rule": BoxRule.TOP_BOX,
        "top_box_low": 5,
        "higher_is_better": True,
        "wording": _("The company made it easy for me to handle my issue."),
    },
    "ces_easy_5": {
        "kind": MetricKind.CES,
        "name": _("CES, share of 4–5"),
        "scale_low": 1,
        "scale_high": 5,
        "rule": BoxRule.TOP_BOX,
        "top_box_low": 4,
        "higher_is_better": True,
        "wording": _("How easy was it to get what you needed?"),
    },
    "ces_net_5": {
        "kind": MetricKind.CES,
        "name": _("CES, easy minus difficult"),
        "scale_low": 1,
        "scale_high": 5,
        "rule": BoxRule.NET,
        "bottom_box_high": 2,
        "top_box_low": 4,
        "higher_is_better": True,
        "wording": _("How easy was it to get what you needed?"),
    },
    "osat": {
        "kind": MetricKind.OSAT,
        "name": _("OSAT"),
        "scale_low": 1,
        "scale_high": 10,
        "rule": BoxRule.MEAN,
        "top_box_low": 9,
        "higher_is_better": True,
        "wording": _("All in all, how satisfied are you with us?"),
    },
    "ttr": {
        "kind": MetricKind.TTR,
        "name": _("Time to resolution"),
        "scale_low": 0,
        "scale_high": 0,
        "rule": BoxRule.DURATION,
        "higher_is_better": False,
        "wording": _("Hours from opening a case to its resolution"),
    },
}
