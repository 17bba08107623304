"""How the present reader's charts write: the drawing core is given the formats, it asks nobody."""

from dataclasses import replace

from common.formats import Reader, reader
from cxcharts.locale import Locale, locale_for


def chart_locale(form: Reader | None = None) -> Locale:
    """The charts' locale of a reader, by default of whoever reads what is being written."""
    form = form or reader()
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
    )
