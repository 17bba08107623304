"""Findings and values as charts. The same specification draws the page and the report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.charting import ChartShelf, chart_locale
from customer_voice.choices import Period
from customer_voice.selectors.periods import next_start
from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.counterfactual import CounterfactualPoint, Effect, counterfactual_chart
from cxcharts.dots import IntervalRow, State, interval_dots
from cxcharts.labels import Labels, labels_for
from cxcharts.locale import ValueFormat
from cxcharts.money import Bin, TornadoRow, cash_flow, tornado, value_distribution
from cxcharts.money import CashYear as ChartYear
from cxcharts.scatter import ScatterPoint, scatter
from cxstats.design import DesignGrade, EstimandKind, Method
from cxstats.results import Unit
from cxstats.roi import ends_of
from impact.cases import EFFECT
from impact.findings import roi_case_of
from impact.selectors.cases import CaseView
from impact.selectors.drivers import DriverPage
from impact.selectors.linkage import LinkagePage
from impact.selectors.studies import StudyView
from impact.wording import (
    UNSETTLED,
    central,
    chance_text,
    item_text,
)
from wording.figures import amount_text
from wording.formats import reader
from wording.intervals import EFFECT_LEVEL, MONEY_LEVEL
from wording.joining import all_of, parts

# What a study's page and its report draw. The first four have places of their own there; any other chart
# that is put here follows the value, in both.
STUDY_CHARTS: ChartShelf["Proof"] = ChartShelf("finding", "value", "tornado", "cash_flow")
FINDING_HEIGHT = 280.0
MOST_BARS = 8  # inputs in the chart of what moves a value most


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What the charts of one study are drawn from; `height` is that of its finding's chart in pixels."""

    view: StudyView
    case: CaseView | None
    height: float = FINDING_HEIGHT


@STUDY_CHARTS.holds("finding")
def _finding(proof: Proof) -> Chart | None:
    return finding_chart(proof.view, height=proof.height)


@STUDY_CHARTS.holds("value")
def _value(proof: Proof) -> Chart | None:
    return None if proof.case is None else value_chart(proof.case)


@STUDY_CHARTS.holds("tornado")
def _tornado(proof: Proof) -> Chart | None:
    return None if proof.case is None else tornado_chart(proof.case)


@STUDY_CHARTS.holds("cash_flow")
def _cash_flow(proof: Proof) -> Chart | None:
    return None if proof.case is None else cash_flow_chart(proof.case)


def _last_day(view: StudyView) -> date:
    """Last day that the series holds: a period that was not over at the cut-off is no part of it."""
    start = view.finding.series[-1].period
    return next_start(start, Period(view.subject.period.value)) - timedelta(days=1)


def finding_chart(view: StudyView, *, height: float = FINDING_HEIGHT) -> Chart | None:
    """What was observed beside what was expected; None where nothing was measured. `height` in pixels."""
    subject, finding = view.subject, view.finding
    if not finding.series:
        return None
    labels = labels_for(_language())
    effect = None
    if finding.effect is not None and finding.unit is not Unit.RATIO:
        interval = finding.effect.interval
        effect = Effect(
            value=finding.effect.value, low=interval.low, high=interval.high, level=interval.level
        )
    if finding.method is Method.BEFORE_AFTER:
        labels = replace(
            labels,
            expected=_("Average before"),
            sentence_counterfactual=_(
                "Since the go-live ({date}) the observed value went to {observed} in {period}; the average "
                "before was {expected} ({low} to {high})."
            ),
        )
    names = all_of([place.name for place in subject.treated])
    title = _("%(metric)s, %(places)s") % {"metric": subject.metric_name, "places": names}
    if finding.effect is not None:
        slots = {"metric": subject.metric_name, "places": names, "effect": view.effect}
        if finding.grade is DesignGrade.D:
            title = _("%(metric)s, %(places)s: changed by %(effect)s") % slots
        else:
            title = _("%(metric)s, %(places)s: %(effect)s against what was expected") % slots
    subtitle = _("By %(period)s up to %(day)s; n = %(count)s") % {
        "period": _PERIODS[subject.period.value](),
        "day": reader().day(_last_day(view)),
        "count": view.answers_text,
    }
    if "constant_mix" in finding.notes:  # what is drawn is not what was answered: it is weighted
        subtitle = parts([subtitle, _("at the mix of segments before the go-live")])
    return counterfactual_chart(
        title=title,
        subtitle=subtitle,
        key=subject.metric_key,
        points=[
            CounterfactualPoint(
                period=point.period,
                observed=point.observed,
                n=point.n,
                expected=point.expected,
                expected_low=point.expected_low,
                expected_high=point.expected_high,
                control=point.control,
            )
            for point in finding.series
        ],
        go_live=subject.go_live,
        go_live_label=_("Go-live"),
        scale=metric_scale(subject.kind, labels, subject.scale_low, subject.scale_high),
        effect=effect,
        period=subject.period.value,
        labels=labels,
        locale=chart_locale(),
        height=height,
    )


def value_chart(view: CaseView) -> Chart:
    """Distribution of the net present value."""
    result = view.result
    edges, counts = result.histogram_edges, result.histogram_counts
    worth = result.net_present_value
    shown = central(result)
    slots = shown.ends(worth, shown.net, view.currency)
    if result.scenario_only:
        title = _("Scenario: nine of ten outcomes lie between %(low)s and %(high)s") % slots
    else:
        title = _("Nine of ten outcomes lie between %(low)s and %(high)s") % slots
    return value_distribution(
        title=title,
        subtitle=ngettext(
            "Net present value over %(years)s year, %(currency)s; %(draws)s draws",
            "Net present value over %(years)s years, %(currency)s; %(draws)s draws",
            view.years,
        )
        % {
            "years": view.years,
            "currency": view.currency,
            "draws": reader().number(result.draws),
        },
        bins=[
            Bin(low=low, high=high, share=count / result.draws)
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ],
        p5=worth.p5,
        mean=worth.mean,
        p95=worth.p95,
        loss_share=result.probability_of_loss,
        scale=money_scale(view.currency),
        labels=labels_for(_language()),
        locale=chart_locale(),
    )


def tornado_chart(view: CaseView) -> Chart | None:
    """Which input moves the value most; None where no input has a range."""
    bars = view.result.tornado[:MOST_BARS]
    if not bars:
        return None
    parameters = {item.key: item for item in roi_case_of(view.case.inputs["case"]).parameters}
    rows = []
    for bar in bars:
        low, high = ends_of(parameters[bar.key], level=view.result.tornado_level)
        rows.append(
            TornadoRow(
                name=item_text(bar.key, view.labels),
                low_input=_input_text(bar.key, low, view.kind),
                high_input=_input_text(bar.key, high, view.kind),
                at_low=bar.low,
                at_high=bar.high,
            )
        )
    return tornado(
        title=_("%(name)s moves the value most") % {"name": rows[0].name},
        subtitle=_tornado_subtitle(view),
        rows=rows,
        base=view.result.net_present_value.mean
        if view.result.expected_costs
        else view.result.base.net_present_value,
        scale=money_scale(view.currency),
        labels=labels_for(_language()),
        locale=chart_locale(),
    )


def _tornado_subtitle(view: CaseView) -> str:
    """Results of older engines moved the inputs less far; their ends are named without a level."""
    if view.result.tornado_level == 0.9:
        text = _("Net present value, %(currency)s; each input at the ends of its %(share)s range")
    else:
        text = _("Net present value, %(currency)s; each input at a low and a high value")
    texts = [text % {"currency": view.currency, "share": reader().percent(MONEY_LEVEL)}]
    hidden = len(view.result.tornado) - MOST_BARS
    if hidden > 0:
        texts.append(
            ngettext("%(count)s smaller input not shown", "%(count)s smaller inputs not shown", hidden)
            % {"count": hidden}
        )
    return parts(texts)


def _input_text(key: str, value: float, kind: EstimandKind) -> str:
    """An end of an input: the effect in the unit of its metric, as everywhere; the rest as plain numbers."""
    return amount_text(reader(), kind, value, signed=True) if key == EFFECT else _plain(value)


def cash_flow_chart(view: CaseView) -> Chart | None:
    """Benefits, costs and their sum by year; None where a benefit is negative and no bar could show it."""
    years = [row.year for row in view.cash_flow]
    if any(year.benefit < 0 for year in years):
        return None
    title = ngettext(
        "Does not pay for itself within %(years)s year",
        "Does not pay for itself within %(years)s years",
        view.years,
    ) % {"years": view.years}
    if view.paid_after is not None:
        after = round(view.paid_after, 1)
        title = ngettext(
            "Pays for itself after %(years)s year",
            "Pays for itself after %(years)s years",
            1 if after == 1 else 2,
        ) % {"years": _plain(after)}
    return cash_flow(
        title=title,
        subtitle=_("Expected benefits and costs, %(currency)s; the line is discounted")
        % {"currency": view.currency},
        years=[
            ChartYear(
                name=str(year.year),
                benefit=year.benefit,
                cost=year.cost,
                cumulative=year.discounted_cumulative,
            )
            for year in years
        ],
        scale=money_scale(view.currency),
        labels=labels_for(_language()),
        locale=chart_locale(),
    )


def portfolio_chart(lines: Sequence[tuple[str, CaseView]]) -> Chart | None:
    """Value of every initiative as a range; scenarios read as "cannot tell", disputed ones as such."""
    if not lines:
        return None
    currency = lines[0][1].currency
    return interval_dots(
        title=_("What each initiative is worth"),
        subtitle=_("Expected net present value with its %(share)s range, %(currency)s")
        % {"currency": currency, "share": reader().percent(MONEY_LEVEL)},
        rows=[
            IntervalRow(
                name=name,
                value=view.result.net_present_value.mean,
                low=view.result.net_present_value.p5,
                high=view.result.net_present_value.p95,
                state=_state(view),
            )
            for name, view in lines
        ],
        aside=_("disputed by finance"),
        scale=money_scale(currency),
        labels=labels_for(_language()),
        locale=chart_locale(),
    )


def _state(view: CaseView) -> State | None:
    if view.standing in UNSETTLED:
        return State.ASIDE
    return State.UNDECIDED if view.result.scenario_only else None


def effects_chart(views: Sequence[StudyView]) -> Chart | None:
    """Effects of studies on one metric, null and negative ones included; None without an effect."""
    measured = [view for view in views if view.finding.effect is not None]
    if not measured:
        return None
    first, labels = measured[0].subject, labels_for(_language())
    return interval_dots(
        title=_("What each initiative did to %(metric)s") % {"metric": first.metric_name},
        subtitle=_("Change since the go-live with its %(share)s interval; hollow: cannot tell")
        % {"share": reader().percent(EFFECT_LEVEL)},
        rows=[
            IntervalRow(
                name=view.subject.title,
                value=view.finding.effect.value,
                low=view.finding.effect.interval.low,
                high=view.finding.effect.interval.high,
                state=State.UNDECIDED if view.grade == "D" else None,
            )
            for view in measured
            if view.finding.effect is not None
        ],
        scale=metric_scale(first.kind, labels, first.scale_low, first.scale_high),
        zero=1.0 if first.kind.is_ratio else 0.0,
        differences=not first.kind.is_ratio,
        higher_is_better=first.direction.value == "up",
        labels=labels,
        locale=chart_locale(),
    )


def shares_chart(page: DriverPage) -> Chart | None:
    """Shares of what goes with the outcome, with their ranges; correlations where there are no shares."""
    if page.analysis is None or page.outcome is None:
        return None
    names = {row.key: row.name for row in page.rows}
    has_shares = page.analysis.refusal is None
    estimates = [
        (names[driver.key], driver.share if has_shares else driver.correlation, driver)
        for driver in page.analysis.drivers
    ]
    if has_shares:
        subtitle = _("Share of the explained variation of %(outcome)s, with its range; n = %(count)s")
    else:
        subtitle = _("Correlation with %(outcome)s, with its range; n = %(count)s")
    return interval_dots(
        title=page.sentence,
        subtitle=subtitle % {"outcome": page.outcome.name, "count": reader().number(page.customers)},
        rows=[
            IntervalRow(
                name=name,
                value=estimate.value,
                low=estimate.interval.low,
                high=estimate.interval.high,
                n=driver.answered,
            )
            for name, estimate, driver in estimates
            if estimate is not None
        ],
        scale=scales.share(labels_for(_language())) if has_shares else scales.plain(decimals=2),
        zero=None if has_shares else 0.0,
        differences=not has_shares,
        labels=labels_for(_language()),
        locale=chart_locale(),
    )


def linkage_chart(page: LinkagePage) -> Chart | None:
    """Functions by a driver of their employees and the score of their touchpoints; None without ten."""
    driver, metric = page.driver, page.metric
    if driver is None or driver.found is None or metric is None or page.kind is None or page.wave is None:
        return None
    labels = labels_for(_language())
    return scatter(
        title=_("%(driver)s and %(metric)s by function") % {"driver": driver.name, "metric": metric.name},
        subtitle=_("%(survey)s, wave %(number)s; rank correlation %(value)s (%(range)s), %(units)s functions")
        % {
            "survey": page.wave.survey,
            "number": page.wave.number,
            "value": driver.text,
            "range": driver.range,
            "units": driver.units,
        },
        points=[
            ScatterPoint(name=unit.name, x=unit.driver, y=unit.customer, n=unit.answers)
            for unit in page.used
            if unit.driver is not None and unit.customer is not None
        ],
        x_name=driver.name,
        y_name=metric.name,
        x_scale=scales.rating(1, 5, decimals=1),
        y_scale=metric_scale(page.kind, labels, metric.scale_low, metric.scale_high),
        labels=labels,
        locale=chart_locale(),
    )


def metric_scale(kind: EstimandKind, labels: Labels, low: int, high: int) -> scales.Scale:
    if kind is EstimandKind.NPS:
        return scales.nps(labels)
    if kind is EstimandKind.SHARE:
        return scales.share(labels)
    if kind is EstimandKind.MEAN:
        return scales.rating(low, high)
    if kind is EstimandKind.COUNT:
        number = ValueFormat(decimals=1)
        return scales.Scale(low=0, value=number, difference=number)
    seconds = ValueFormat(decimals=1, multiplier=1 / 3600, suffix=labels.hours)
    return scales.Scale(low=0, value=seconds, difference=seconds)


def money_scale(currency: str) -> scales.Scale:
    return scales.money(prefix=f"{currency}\u00a0")


def _language() -> str:
    return get_language() or "en"


def _plain(value: float) -> str:
    """A number with three significant figures and no empty decimals."""
    text = f"{value:.3g}"
    number = float(text)
    decimals = len(text.partition(".")[2]) if "e" not in text else 0 if abs(number) >= 1 else 6
    return reader().number(number, decimals)


_PERIODS = {
    "day": lambda: _("day"),
    "week": lambda: _("week"),
    "month": lambda: _("month"),
    "quarter": lambda: _("quarter"),
}
__all__ = [
    "cash_flow_chart",
    "chance_text",
    "effects_chart",
    "finding_chart",
    "linkage_chart",
    "portfolio_chart",
    "shares_chart",
    "tornado_chart",
    "value_chart",
]
