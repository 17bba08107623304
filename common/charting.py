"""Charts between the drawing core and a page: how the present reader's charts write, and where they stand.

The drawing core is given the formats, it asks nobody.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import overload

from cxcharts.chart import Chart
from cxcharts.locale import Locale, locale_for
from cxcharts.render import PageChart, for_page
from wording.formats import Reader, reader


def chart_locale(form: Reader | None = None) -> Locale:
    """The charts' locale of a reader, by default of whoever reads what is being written."""
    return _locale_of(form or reader())


@lru_cache(maxsize=64)
def _locale_of(form: Reader) -> Locale:
    """Made once: a page of a metric asks for each of its figures."""
    base = locale_for(form.language)
    last, before = form.grouping
    return replace(
        base,
        number={
            **base.number,
            "decimal": form.numbers.decimal,
            "thousands": form.numbers.group,
            "grouping": [last] if last == before else [last, *[before] * 5],
        },
        time={**base.time, "shortMonths": list(form.months)},
        day=form.day_pattern,
        day_of_year=form.day_of_year_pattern,
        month=form.month_pattern,
        percents=form.percents,
        year_begins=form.year_begins,
    )


@overload
def on_page(chart: Chart, name: str) -> PageChart: ...
@overload
def on_page(chart: Chart | None, name: str) -> PageChart | None: ...
def on_page(chart: Chart | None, name: str) -> PageChart | None:
    """What components/chart.html needs, in the present reader's format; `name` is unique in the page."""
    return None if chart is None else for_page(chart, id=name.replace("_", "-"), locale=chart_locale())


class ChartShelf[Subject]:
    """The charts of one subject, by name: its page and its document draw the same ones.

    Page and document have a place of their own for the `placed` names. All others follow in the order in
    which they were put here, so that a new chart is seen in both without touching either.
    """

    def __init__(self, *placed: str) -> None:
        self.placed = placed
        self.builders: dict[str, Callable[[Subject], Chart | None]] = {}

    def holds[Builder: Callable[..., Chart | None]](self, name: str) -> Callable[[Builder], Builder]:
        """Put the decorated function here: it draws the subject, or gives None where there is nothing."""
        if name in self.builders:
            raise ValueError(f"there is a chart {name} already")

        def put(builder: Builder) -> Builder:
            self.builders[name] = builder
            return builder

        return put

    def of(self, subject: Subject) -> dict[str, Chart]:
        """Every chart that has something to show."""
        drawn = {name: builder(subject) for name, builder in self.builders.items()}
        return {name: chart for name, chart in drawn.items() if chart is not None}

    def split[Drawn](self, charts: dict[str, Drawn]) -> tuple[dict[str, Drawn], tuple[Drawn, ...]]:
        """Those that have a place of their own by name, and the others in their order."""
        own = {name: chart for name, chart in charts.items() if name in self.placed}
        return own, tuple(chart for name, chart in charts.items() if name not in self.placed)
