"""Sentences about what goes with a customer's score later: associations, never causes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.association import Association
from cxstats.design import Diagnostic, EstimandKind, Light
from cxstats.errors import Reason
from cxstats.kinds import OutcomeKind
from cxstats.results import Interval
from wording.formats import reader
from wording.intervals import from_to
from wording.refusals import refusal_with_figures

PER_THOUSAND = 1000
KNOWN: dict[str, str | Promise] = {
    "tenure": gettext_lazy("years as a customer"),
    "revenue": gettext_lazy("earlier revenue"),
    "contacts": gettext_lazy("earlier contacts"),
    "segment": gettext_lazy("segment"),
    "year": gettext_lazy("calendar year"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckLine:
    """One check with its outcome: `tone` good, warn or calm (not run)."""

    name: str
    text: str
    tone: str
    label: str


def step_of(kind: EstimandKind) -> float:
    """For how many units of the metric a reader thinks: ten points, or one step of a scale."""
    return 1.0 if kind is EstimandKind.MEAN else 10.0


def step_text(kind: EstimandKind) -> str:
    match kind:
        case EstimandKind.NPS:
            return _("10 points")
        case EstimandKind.SHARE:
            return _("10 percentage points")
        case _:
            return _("1 step of the scale")


def unit_text(kind: EstimandKind) -> str:
    """One unit of the metric, as a value model counts."""
    match kind:
        case EstimandKind.NPS:
            return _("one point")
        case EstimandKind.SHARE:
            return _("one percentage point")
        case _:
            return _("one step of the scale")


def figures(low: float, high: float, *, factor: float = 1.0) -> str:
    """Both ends times a factor, with two digits that mean something in the larger one."""
    ends = sorted((low * factor, high * factor))
    digits = digits_for(max(map(abs, ends)))
    form = reader()
    if ends[0] < 0 < ends[1]:
        return from_to(form.signed(ends[0], digits), form.signed(ends[1], digits))
    return from_to(form.number(ends[0], digits), form.number(ends[1], digits))


def digits_for(size: float) -> int:
    return 0 if size == 0 else min(max(1 - math.floor(math.log10(size)), 0), 8)


def range_text(found: Association, currency: str) -> str:
    """The range for one unit of the metric, as an input of a value model: a share in percent, or money."""
    said = {
        OutcomeKind.REVENUE: _("%(range)s a customer and year for one unit of the metric"),
        OutcomeKind.CONTACTS: _("%(range)s fewer a year for one unit of the metric"),
        OutcomeKind.STAYED: _("%(range)s more stay for one unit of the metric"),
    }[found.kind]
    interval = found.effect.interval
    if found.kind is OutcomeKind.CONTACTS and interval.low > 0:
        said = _("%(range)s more a year for one unit of the metric")
    return said % {"range": bare_range(found, interval, currency)}


def bare_range(found: Association, interval: Interval, currency: str) -> str:
    """A range for one unit alone: 5.0 to 9.5 of 10,000 customers, 12 to 34 contacts of 1,000 customers, or
    EUR 1.2 to 3.4. Of so many customers that the figures are no small fractions."""
    if found.kind is OutcomeKind.REVENUE:
        return f"{currency}\u00a0{figures(interval.low, interval.high)}"
    low, high = interval.low, interval.high
    if found.kind is OutcomeKind.CONTACTS and high < 0:
        low, high = -high, -low
    base = base_of(max(abs(low), abs(high)))
    said = {"range": figures(low, high, factor=base), "base": reader().number(base)}
    if found.kind is OutcomeKind.CONTACTS:
        return _("%(range)s contacts of %(base)s customers") % said
    return _("%(range)s of %(base)s customers") % said


def base_of(share: float) -> int:
    """Of how many customers a share is told: so many that the larger end is one of them or more."""
    return next((base for base in (100, 1_000, 10_000, 100_000) if share * base >= 1), 1_000_000)


def headline(found: Association, *, metric: str, kind: EstimandKind, currency: str) -> str:
    """Answer first: how much goes with a step of the metric, or that these data cannot tell."""
    interval = found.effect.interval
    said = {"metric": metric, "step": step_text(kind)}
    if found.kind is OutcomeKind.CONTACTS:
        return _contacts_headline(found, said, kind)
    if interval.low <= 0 <= interval.high:
        if found.kind is OutcomeKind.REVENUE:
            return (
                _("These data cannot tell whether customers with a higher %(metric)s bring more revenue.")
                % said
            )
        return _("These data cannot tell whether customers with a higher %(metric)s stay longer.") % said
    is_more = interval.low > 0
    size = Interval(low=abs(interval.low), high=abs(interval.high), level=interval.level)
    if found.kind is OutcomeKind.REVENUE:
        said["range"] = figures(size.low, size.high, factor=step_of(kind))
        said["currency"] = currency
        if is_more:
            return (
                _(
                    "Customers whose %(metric)s is %(step)s higher bring %(currency)s %(range)s more in the "
                    "year after."
                )
                % said
            )
        return (
            _(
                "Customers whose %(metric)s is %(step)s higher bring %(currency)s %(range)s less in "
                "the year after."
            )
            % said
        )
    said["range"] = figures(size.low, size.high, factor=step_of(kind) * PER_THOUSAND)
    said["thousand"] = reader().number(PER_THOUSAND)
    if is_more:
        return (
            _(
                "Where %(metric)s is %(step)s higher, %(range)s more of %(thousand)s customers stay for the "
                "year after."
            )
            % said
        )
    return (
        _(
            "Where %(metric)s is %(step)s higher, %(range)s fewer of %(thousand)s customers stay for "
            "the year "
            "after."
        )
        % said
    )


def _contacts_headline(found: Association, said: dict[str, Any], kind: EstimandKind) -> str:
    interval = found.effect.interval
    if interval.low <= 0 <= interval.high:
        text = _("These data cannot tell whether customers with a higher %(metric)s contact you less.")
        return text % said
    size = sorted((abs(interval.low), abs(interval.high)))
    factor = step_of(kind) * PER_THOUSAND
    said |= {"range": figures(*size, factor=factor), "thousand": reader().number(PER_THOUSAND)}
    if interval.high < 0:
        text = _(
            "Where %(metric)s is %(step)s higher, %(thousand)s customers contact you %(range)s times less in "
            "the year after."
        )
    else:
        text = _(
            "Where %(metric)s is %(step)s higher, %(thousand)s customers contact you %(range)s times more in "
            "the year after."
        )
    return text % said


def sample_text(found: Association) -> str:
    """n, events and what is behind them, in one line."""
    form = reader()
    customers = ngettext("%(count)s customer", "%(count)s customers", found.clusters) % {
        "count": form.number(found.clusters)
    }
    if found.kind is not OutcomeKind.STAYED:
        return _("n = %(customers)s, %(rows)s scores") % {
            "customers": customers,
            "rows": form.number(found.n),
        }
    return _("n = %(customers)s, of whom %(left)s left") % {
        "customers": customers,
        "left": form.number(found.events),
    }


def money_text(
    found: Association, money: Mapping[str, Any] | None, *, kind: EstimandKind, currency: str
) -> str:
    """What one unit of the metric comes to for all customers, as a range of revenue a year; empty where the
    revenue of customers is not known."""
    if not money or found.effect.interval.low <= 0 or found.kind is OutcomeKind.CONTACTS:
        return ""
    factor = float(money["customers"])
    if found.kind is OutcomeKind.STAYED:
        factor *= float(money["mean_revenue"])
    interval, form = found.effect.interval, reader()
    ends = [interval.low * factor, interval.high * factor]
    digits = min(1 - math.floor(math.log10(max(ends))), 0)
    low, high = (form.number(round(one, digits)) for one in ends)
    return _(
        "For all %(customers)s customers together that is %(currency)s %(low)s to %(high)s of revenue a year "
        "for %(unit)s (%(share)s range). Revenue, not margin."
    ) % {
        "share": form.percent(interval.level),
        "customers": form.number(money["customers"]),
        "currency": currency,
        "low": low,
        "high": high,
        "unit": unit_text(kind),
    }


def refusal_text(stored: Mapping[str, Any]) -> str:
    """Why there is no figure, and what to do."""
    reason, detail = Reason(stored["key"]), stored["detail"]
    form = reader()
    said = {name: form.number(value) for name, value in detail.items() if isinstance(value, (int, float))}
    match reason:
        case Reason.TOO_FEW_EVENTS:
            return (
                ngettext(
                    "Only %(found)s customer with a score left (or, if fewer, stayed); this needs "
                    "%(needed)s: five for each of the %(parameters)s things compared, and 20 at least. "
                    "Wait for more years, or ask more customers before they renew.",
                    "Only %(found)s customers with a score left (or, if fewer, stayed); this needs "
                    "%(needed)s: five for each of the %(parameters)s things compared, and 20 at least. "
                    "Wait for more years, or ask more customers before they renew.",
                    detail["found"],
                )
                % said
            )
        case Reason.TOO_FEW_UNITS:
            return (
                ngettext(
                    "Only %(found)s customer has a score and what came in the year after it; this needs "
                    "%(needed)s.",
                    "Only %(found)s customers have a score and what came in the year after it; this needs "
                    "%(needed)s.",
                    detail["found"],
                )
                % said
            )
        case Reason.LEAVERS_NOT_ASKED:
            return (
                ngettext(
                    "%(left)s customer left, and had not been asked in the year before. What the score would "
                    "have been is not known: ask customers before they renew.",
                    "%(left)s customers left, and none of them had been asked in the year before. What their "
                    "scores would have been is not known: ask customers before they renew.",
                    detail["left"],
                )
                % said
            )
        case Reason.OUTCOME_BEFORE_SCORE:
            return (
                _(
                    "%(found)s of %(left)s customers who left were scored only after they had left. A score "
                    "that follows the outcome says nothing about it: check the days."
                )
                % said
            )
        case Reason.NOT_FOLLOWED:
            return (
                ngettext(
                    "The first score is %(days)s day old; an outcome is known only when %(needed)s days "
                    "have passed.",
                    "The first score is %(days)s days old; an outcome is known only when %(needed)s days "
                    "have passed.",
                    detail["days"],
                )
                % said
            )
        case Reason.NO_DATA:
            return _("No customer has a score of this metric together with what became of the customer.")
        case Reason.NO_UNIQUE_SOLUTION:
            return _(
                "The scores separate those who stayed from those who left almost wholly, so no finite figure "
                "can be given. Check whether scores were entered after the outcome was known."
            )
        case Reason.NO_VARIATION:
            return _("All scores, or all outcomes, are alike: there is nothing to compare.")
        case _:
            return refusal_with_figures(form, reason, detail)


def check_line(check: Diagnostic) -> CheckLine:
    name, text = _check_words(check)
    tone, label = {
        Light.GREEN: ("good", _("passed")),
        Light.AMBER: ("warn", _("read with care")),
        Light.RED: ("bad", _("failed")),
        Light.NOT_RUN: ("calm", _("not run")),
    }[check.light]
    return CheckLine(name=name, text=text, tone=tone, label=label)


def _check_words(check: Diagnostic) -> tuple[str, str]:
    is_good, form = check.light is Light.GREEN, reader()
    figure = dict(check.figures)
    if check.key == "enough_events":
        text = _(
            "%(events)s left for %(parameters)s things compared: %(rate)s for each. Below 10 the range "
            "is less "
            "certain; below 5 none is given."
        ) % {
            "events": form.number(figure["events"]),
            "parameters": form.number(figure["parameters"]),
            "rate": form.number(figure["rate"], 1),
        }
        return _("Enough customers left"), text
    if check.key == "enough_customers":
        return _("Enough customers"), _("%(count)s customers for %(parameters)s things compared.") % {
            "count": form.number(figure["customers"]),
            "parameters": form.number(figure["parameters"]),
        }
    if check.key.startswith("before"):
        return _before_words(check, figure, is_good)
    if check.key == "straight":
        return _("A straight line"), _straight(check)
    if check.key == "hidden":
        return _("Hidden causes"), _hidden(figure, is_good)
    if check.key == "asked":
        return _("Who was asked"), _asked(check, figure)
    if is_good:
        return _("Scores before outcomes"), _("Every score counted was given before its outcome began.")
    return _("Scores before outcomes"), ngettext(
        "%(count)s customer who was scored after leaving is left out.",
        "%(count)s customers who were scored after leaving are left out.",
        figure["after_leaving"],
    ) % {"count": form.number(figure["after_leaving"])}


def _before_words(check: Diagnostic, figure: Mapping[str, float], is_good: bool) -> tuple[str, str]:
    known = KNOWN.get(check.key.removeprefix("before_"))
    if known is None:
        return _("Before the score"), _(
            "Nothing from before the scores is known, so this could not be tested."
        )
    name, said = (
        _("Before the score: %(known)s") % {"known": known},
        {"known": known, "p": _p_text(figure["p"])},
    )
    if is_good:
        return name, _("The score does not go with %(known)s, which came before it (%(p)s).") % said
    return name, (
        _(
            "The score is also associated with %(known)s, which came before it (%(p)s). It is taken into "
            "account, but "
            "customers with high scores were different ones already."
        )
        % said
    )


def _straight(check: Diagnostic) -> str:
    if check.light is Light.NOT_RUN:
        return _("Too few different scores were given to tell a curve from a line.")
    said = {"p": _p_text(dict(check.figures)["p"])}
    if check.light is Light.GREEN:
        return _("No bend can be told from a straight line (%(p)s).") % said
    return (
        _(
            "The line bends (%(p)s): a point is not worth the same at each score. The figure is the average "
            "over your customers; see the curve."
        )
        % said
    )


def _hidden(figure: Mapping[str, float], is_good: bool) -> str:
    form = reader()
    if figure["limit"] == 1:
        return _("The range includes no association at all, so nothing hidden is needed to explain it.")
    said = {"value": form.number(figure["e_value"], 1), "limit": form.number(figure["limit"], 1)}
    if is_good:
        return (
            _(
                "Something hidden would have to go with both score and outcome by a factor of %(value)s "
                "(E-value; %(limit)s at the end of the range) to explain all of it."
            )
            % said
        )
    return (
        _(
            "Something slight and hidden could explain it: a factor of %(limit)s with both score and outcome "
            "(E-value at the end of the range)."
        )
        % said
    )


def _asked(check: Diagnostic, figure: Mapping[str, float]) -> str:
    if check.light is Light.NOT_RUN:
        return _("Everyone counted was asked, or no one left: there is nothing to compare.")
    form = reader()
    said = {
        "asked": form.percent(figure["asked"]),
        "silent": form.percent(figure["not_asked"]),
        "count": form.number(figure["customers_not_asked"]),
    }
    if check.light is Light.GREEN:
        return (
            _(
                "Of those asked %(asked)s left, of the %(count)s without a score %(silent)s: no clear "
                "difference."
            )
            % said
        )
    return (
        _(
            "Of those asked %(asked)s left, of the %(count)s without a score %(silent)s. The figure "
            "speaks for "
            "customers who answer."
        )
        % said
    )


def _p_text(p: float) -> str:
    form = reader()
    return (
        _("p < %(figure)s") % {"figure": form.number(0.001, 3)}
        if p < 0.001
        else _("p = %(figure)s") % {"figure": form.number(p, 3)}
    )
