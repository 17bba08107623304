"""Whether the last period of a series is better or worse than the series usually wanders."""

from datetime import date
from functools import lru_cache

from common.reckoning import Reckoning
from customer_voice.choices import ChangeReading, Period
from customer_voice.selectors.figures import ChangeFigure
from customer_voice.selectors.periods import periods_back
from customer_voice.selectors.series import MetricSeries, SeriesPoint
from cxstats.errors import NotEstimable, Reason
from cxstats.trends import MARK_LEVEL, Mark, latest_mark

SEASON = {Period.DAY: 7, Period.WEEK: 52, Period.MONTH: 12, Period.QUARTER: 4}  # periods until it returns
# so many periods, the judged one included, are read; more cost time and say little more
REMEMBERED = {Period.DAY: 60, Period.WEEK: 66, Period.MONTH: 36, Period.QUARTER: 20}

_READINGS = {
    Mark.BETTER: ChangeReading.BETTER,
    Mark.WORSE: ChangeReading.WORSE,
    Mark.NONE: ChangeReading.UNCLEAR,
}


# The same series is asked for on several pages, and its mark takes some milliseconds.
_marked = lru_cache(maxsize=8192)(latest_mark)


def history_start(start: date, period: Period, reckoning: Reckoning) -> date:
    """From when on periods are read for the sake of marks, where those from `start` on are shown."""
    return periods_back(start, period, REMEMBERED[period], reckoning)


def period_mark(series: MetricSeries, latest: SeriesPoint, *, families: int = 1) -> ChangeFigure:
    """`latest` beside what all periods before it let expect; later ones are not looked at.

    The estimate is its distance from what was expected, with the range of that. With several series side by
    side, `families` of them share one error rate of 5 %, for which only the reading asks for more.
    """
    calculation = series.metric.calculation
    before = [point.counts for point in series.points if point.start < latest.start and not point.is_partial]
    cells = [*series.past, *before, latest.counts][-REMEMBERED[series.period] :]
    found = [calculation.trend_cell(counts) for counts in cells]
    if found[-1] is None:
        reason = calculation.trend_refusal(latest.counts)
        return ChangeFigure(reading=ChangeReading.UNCLEAR, reason=reason, families=families)
    sizes, values, variances = zip(*(cell or (0.0, 0.0, 0.0) for cell in found), strict=True)
    try:
        mark = _marked(
            values=values,
            sizes=sizes,
            variances=variances,
            season=SEASON[series.period],
            higher_is_better=series.metric.higher_is_better,
            mark_level=MARK_LEVEL / families,
        )
    except NotEstimable as refusal:
        is_early = refusal.reason is Reason.TOO_FEW_PERIODS
        reading = ChangeReading.TOO_EARLY if is_early else ChangeReading.UNCLEAR
        return ChangeFigure(reading=reading, reason=refusal.reason, families=families)
    if mark.expected is None or mark.interval is None:  # never of a judged period
        return ChangeFigure(reading=ChangeReading.UNCLEAR, reason=Reason.NO_DATA, families=families)
    return ChangeFigure(
        reading=_READINGS[mark.mark],
        estimate=calculation.beside_expected(latest.counts, mark.expected, mark.interval),
        families=families,
    )
