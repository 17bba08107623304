"""Periods with few answers: too few to be shown alone, not too few to be counted. They join a neighbor.

What may be published and what may be modeled are two rules. A period of three answers must not be shown, for
it could tell who said what; in the model it is a value with a large known variance and spoils nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxstats.checks import FloatArray
from cxstats.design import EvaluationDesign, PanelCell
from cxstats.evaluate.mix import together
from cxstats.evaluate.tables import Tables, first_whole_period, period_number
from cxstats.evaluate.thresholds import Thresholds


def thin_joined(*, table: Tables, design: EvaluationDesign, thresholds: Thresholds) -> tuple[Tables, int]:
    """Each measured period with fewer answers than may be shown, on either side, counted with the next ones.

    A run of periods ends where enough answers are together; what is left at the end of a side joins the
    run before it. Nothing joins across a go-live, another initiative's start or a change of the question.

    Returns
    -------
    (Tables, int)
        The panel with joined periods, under the date of the one with most answers, and how many thin periods
        were joined with others. A side on which all answers together are too few stays as it is.

    Examples
    --------
    >>> from datetime import date
    >>> from cxstats.design import EstimandKind, MetricPanel, PeriodKind
    >>> from cxstats.evaluate.tables import tables
    >>> cells = tuple(PanelCell(unit="care", period=date(2025, k, 1), value=float(v), n=n, variance=9.0)
    ...     for k, v, n in ((1, 10, 6), (2, 40, 2), (3, 20, 8)))
    >>> design = EvaluationDesign(metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH,
    ...     start=date(2025, 4, 1))
    >>> whole = tables(design=design, panel=MetricPanel(cells=cells, treated=(("care", None),)))
    >>> joined, thin = thin_joined(table=whole, design=design, thresholds=Thresholds())
    >>> thin, joined.values.tolist(), joined.answers.tolist()
    (1, [[10.0, 24.0]], [[6.0, 10.0]])
    """
    if table.exposure is not None:  # a number of complaints is nobody's answer, and 0 of them is a count
        return table, 0
    sides = [table.answers[: table.treated].sum(axis=0)]
    if table.controls and table.present[table.treated :].any():
        sides.append(table.answers[table.treated :].sum(axis=0))
    fewest = np.min(sides, axis=0)
    measured = fewest > 0
    thin = measured & (fewest < thresholds.minimum_answers)
    if not thin.any():
        return table, 0
    runs = _runs(table, design, np.flatnonzero(measured), sides, thresholds.minimum_answers)
    joined = [run for run in runs if len(run) > 1]
    if not joined:
        return table, 0
    alone = [[j] for j in np.flatnonzero(~measured).tolist()]
    return _joined(table, design, [*runs, *alone]), int(sum(thin[j] for run in joined for j in run))


def _runs(
    table: Tables,
    design: EvaluationDesign,
    columns: Iterable[int],
    sides: list[FloatArray],
    needed: int,
) -> list[list[int]]:
    edges = _edges(table, design)
    by_stretch: dict[int, list[int]] = {}
    for j in columns:
        by_stretch.setdefault(sum(edge <= table.numbers[j] for edge in edges), []).append(int(j))
    found = []
    for stretch in by_stretch.values():
        runs: list[list[int]] = []
        run: list[int] = []
        for j in stretch:
            run.append(j)
            if all(side[run].sum() >= needed for side in sides):
                runs.append(run)
                run = []
        if run and runs:
            runs[-1] += run
        else:
            runs += [[j] for j in run]
        found += runs
    return found


def _edges(table: Tables, design: EvaluationDesign) -> set[float]:
    """Period numbers from which on something is different."""
    edges = {table.before, table.after, *table.starts[np.isfinite(table.starts)].tolist()}
    edges |= {
        first_whole_period(other.start, design.period, table.week_start) for other in design.other_initiatives
    }
    last: dict[str, str] = {}
    for cell in table.cells:  # by unit and period
        if last.setdefault(cell.unit, cell.definition) != cell.definition:
            edges.add(period_number(cell.period, design.period, table.week_start))
        last[cell.unit] = cell.definition
    return edges


def _joined(table: Tables, design: EvaluationDesign, runs: list[list[int]]) -> Tables:
    everyone = table.answers.sum(axis=0)
    by_column = {max(run, key=lambda j: everyone[j]): run for run in runs}
    kept = sorted(by_column)
    runs = [by_column[j] for j in kept]
    answers = _sums(table.answers, runs)
    heard = np.maximum(answers, 1.0)
    home = {int(table.numbers[j]): table.periods[keep] for keep, run in by_column.items() for j in run}
    return replace(
        table.columns(np.isin(np.arange(table.numbers.size), kept)),
        values=_sums(table.answers * table.values, runs) / heard,
        noise=_sums(table.answers**2 * table.noise, runs) / heard**2,
        answers=answers,
        open_cases=_sums(table.open_cases, runs),
        present=_sums(table.present, runs) > 0,
        absorbed=tuple(float(table.numbers[j]) for keep, run in by_column.items() for j in run if j != keep),
        cells=_cells(table, design, home),
    )


def _sums(values: NDArray[Any], runs: list[list[int]]) -> FloatArray:
    return np.column_stack([values[:, run].sum(axis=1) for run in runs]).astype(np.float64)


def _cells(table: Tables, design: EvaluationDesign, home: dict[int, date]) -> tuple[PanelCell, ...]:
    by_place: dict[tuple[str, date], list[PanelCell]] = {}
    for cell in table.cells:
        number = period_number(cell.period, design.period, table.week_start)
        by_place.setdefault((cell.unit, home.get(number, cell.period)), []).append(cell)
    return tuple(
        cells[0] if len(cells) == 1 else _one_cell(cells, day) for (_unit, day), cells in by_place.items()
    )


def _one_cell(cells: list[PanelCell], day: date) -> PanelCell:
    n, value, variance = together([(cell.n, cell.value, cell.variance) for cell in cells])
    parts: dict[str, list[tuple[int, float, float]]] = {}
    for cell in cells:
        for name, answers, level, spread in cell.strata:
            if answers > 0:
                parts.setdefault(name, []).append((answers, level, spread))
    return replace(
        cells[0],
        period=day,
        n=n,
        value=value,
        variance=variance,
        strata=tuple((name, *together(part)) for name, part in parts.items()),
        open_cases=sum(cell.open_cases for cell in cells),
    )
