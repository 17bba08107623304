"""Charts of the program's return: what each initiative is counted with, and the money by year."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.charting import chart_locale
from cxcharts.chart import Chart
from cxcharts.dots import IntervalRow, State, interval_dots
from cxcharts.labels import labels_for
from cxcharts.money import CashYear, cash_flow
from cxstats.program import Backing, ProgramReturn
from impact.selectors.charts import money_scale
from wording.formats import reader
from wording.intervals import MONEY_LEVEL

MOST_ROWS = 24  # of one chart; the table has all


def lines_chart(found: ProgramReturn, content: Mapping[str, Any]) -> Chart | None:
    """What is counted of every initiative, the largest first; hollow: only hoped."""
    titles = {one["reference"]: one["title"] for one in content["initiatives"]}
    lines = sorted(found.lines, key=lambda line: (-line.share.mean, line.key))
    if len(lines) > MOST_ROWS:  # both ends: what brought most, and what harmed
        lines = [*lines[: MOST_ROWS // 2], *lines[-MOST_ROWS // 2 :]]
    if not lines:
        return None
    return interval_dots(
        title=_("What is counted of each initiative"),
        subtitle=_("Benefits, present value, with the %(share)s range, %(currency)s; hollow: only hoped")
        % {"currency": content["currency"], "share": reader().percent(MONEY_LEVEL)},
        rows=[
            IntervalRow(
                name=titles[line.key],
                value=line.share.mean,
                low=line.share.p5,
                high=line.share.p95,
                state=State.UNDECIDED if line.backing is Backing.HOPED else None,
            )
            for line in lines
        ],
        scale=money_scale(content["currency"]),
        labels=labels_for(get_language() or "en"),
        locale=chart_locale(),
    )


def cumulative(found: ProgramReturn, rate: float) -> list[float]:
    """Expected net money up to each year, discounted to the first."""
    nets = [
        (benefit - cost) / (1 + rate) ** place
        for place, (benefit, cost) in enumerate(zip(found.benefits_by_year, found.costs_by_year, strict=True))
    ]
    return list(accumulate(nets))


def years_chart(found: ProgramReturn, first: int, currency: str, rate: float) -> Chart | None:
    """Benefits and costs by fiscal year; none where a year's benefits are negative, as bars show none."""
    if min(found.benefits_by_year) < 0:
        return None
    sums = cumulative(found, rate)
    return cash_flow(
        title=_("The program's money by year"),
        subtitle=_("Expected benefits and costs, %(currency)s; the line is discounted")
        % {"currency": currency},
        years=[
            CashYear(name=str(first + place), benefit=benefit, cost=cost, cumulative=total)
            for place, (benefit, cost, total) in enumerate(
                zip(found.benefits_by_year, found.costs_by_year, sums, strict=True)
            )
        ],
        scale=money_scale(currency),
        labels=labels_for(get_language() or "en"),
        locale=chart_locale(),
    )
