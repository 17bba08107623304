"""Text alternative and table of a series chart."""

from cxcharts.chart import Cell, Table
from cxcharts.series.points import Point, Series, Shown


def sentences(given: Shown) -> list[str]:
    """Each series' course, what is kept back, target and limits, what happened."""
    writer, labels = given.writer, given.writer.labels
    said = [sentence for one in given.series for sentence in _course(given, one)]
    if given.hidden:
        said.append(labels.sentence_hidden.format(count=given.hidden, minimum=given.minimum_n))
    if given.target is not None:
        said.append(labels.sentence_target.format(value=writer.text(given.target)))
    if given.limits is not None:
        center, low, high = map(writer.text, (given.limits.center, given.limits.low, given.limits.high))
        said.append(labels.sentence_limits.format(center=center, low=low, high=high))
    return [*said, *(writer.event(rule.label, rule.at) for rule in given.in_order)]


def _course(given: Shown, one: Series) -> list[str]:
    """First, last, lowest and highest value; the latest interval where nothing else is drawn."""
    writer, labels = given.writer, given.writer.labels
    known = [(p.value, p) for p in one.points if p.value is not None]
    first, last = known[0][1], known[-1][1]
    if len(known) == 1:
        said = [
            labels.sentence_point.format(
                name=one.name, last=writer.text(last.value), last_period=writer.when(last.period)
            )
        ]
    else:
        lowest = min(known, key=lambda pair: pair[0])[1]
        highest = max(known, key=lambda pair: pair[0])[1]
        said = [
            labels.sentence_series.format(
                name=one.name,
                first=writer.text(first.value),
                first_period=writer.when(first.period),
                last=writer.text(last.value),
                last_period=writer.when(last.period),
                lowest=writer.text(lowest.value),
                lowest_period=writer.when(lowest.period),
                highest=writer.text(highest.value),
                highest_period=writer.when(highest.period),
            )
        ]
    if len(given.series) == 1 and last.low is not None and last.high is not None:
        low, high = writer.text(last.low), writer.text(last.high)
        said.append(labels.sentence_last_interval.format(low=low, high=high))
    return said


def table(given: Shown) -> Table:
    """A row for every period of every series; below them target, limits and what happened."""
    labels = given.writer.labels
    several = len(given.series) > 1
    columns = [
        labels.period,
        *([labels.series] if several else []),
        labels.value,
        labels.low,
        labels.high,
        labels.n,
    ]
    rows = [_row(given, one, point) for one in given.series for point in one.points]
    rows += _rows_beside(given, [Cell("")] if several else [])
    return Table.filled(columns, rows)


def _row(given: Shown, one: Series, point: Point) -> list[Cell]:
    writer = given.writer
    count = writer.count_cell(point.n)
    if (one.key, point.period) in given.small:
        count = Cell(writer.labels.too_few.format(minimum=given.minimum_n))
    return [
        Cell(writer.when(point.period)),
        *([Cell(one.name)] if len(given.series) > 1 else []),
        *map(writer.cell, (point.value, point.low, point.high)),
        count,
    ]


def _rows_beside(given: Shown, blank: list[Cell]) -> list[list[Cell]]:
    """What belongs to no series; `blank` stands where their name would."""
    writer, labels = given.writer, given.writer.labels
    rows: list[list[Cell]] = []
    if given.target is not None:
        rows.append([Cell(labels.target), *blank, writer.cell(given.target)])
    if given.limits is not None:
        numbers = (given.limits.center, given.limits.low, given.limits.high)
        rows.append([Cell(labels.center), *blank, *map(writer.cell, numbers)])
    rows += [[Cell(writer.day(rule.at)), *blank, Cell(rule.label)] for rule in given.in_order]
    return rows
