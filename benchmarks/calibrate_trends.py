"""Thousands of quiet series through `cxstats.trends`: how often months are marked, and how often a jump is.

Run: ``python -m benchmarks.calibrate_trends --runs 1000 --seed 1 --output docs/methods/calibration-marks.md``
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# One thread of linear algebra per process: the runs themselves are shared out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.trend_scenarios import ANSWERS, METRICS, WANDERS, Drawn, Metric, Oracle, Wander, draw
from cxstats import ENGINE_VERSION
from cxstats.trends import Mark, latest_mark, trend_marks

LOT = 25  # runs handed to a process at once
JUMP = 3.0  # innovations of the oracle, up and down by turns
MARKED = {Mark.BETTER, Mark.WORSE}


@dataclass
class Tally:
    """Counts of one kind of series and one metric."""

    runs: int = 0
    months: int = 0
    marked: int = 0
    marked_before: int = 0  # by the comparison of two neighbors that pages made so far
    alerts: int = 0
    jumps_marked: int = 0
    jumps_marked_before: int = 0
    jumps_of_oracle: int = 0

    def add(self, other: "Tally") -> None:
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def false_marks(self) -> float:
        return self.marked / self.months

    @property
    def alerts_a_year(self) -> float:
        return 12 * self.alerts / self.months

    @property
    def power(self) -> float:
        """As a share of the oracle's."""
        return self.jumps_marked / max(self.jumps_of_oracle, 1)

    @property
    def power_before(self) -> float:
        return self.jumps_marked_before / max(self.jumps_of_oracle, 1)


def tally(wander: str, metric: str, first: int, last: int, seed: int) -> Tally:
    """Runs first..last of one kind; each run has its own seed, whoever runs it."""
    kind = next(one for one in WANDERS if one.key == wander)
    measure = next(one for one in METRICS if one.key == metric)
    result = Tally()
    for run in range(first, last):
        _quiet(result, kind, measure, np.random.default_rng([seed, run]))
        _jumping(result, kind, measure, np.random.default_rng([seed, run, 1]), JUMP if run % 2 else -JUMP)
        result.runs += 1
    return result


def _quiet(result: Tally, kind: Wander, metric: Metric, rng: np.random.Generator) -> None:
    drawn = draw(rng, kind, metric)
    found = trend_marks(values=drawn.values, sizes=drawn.sizes, variances=drawn.variances, season=12)
    result.months += kind.months - kind.judged
    result.marked += sum(one.mark in MARKED for one in found.periods[kind.judged :])
    result.alerts += sum(alert.start >= kind.judged for alert in found.alerts)
    result.marked_before += int(np.sum(_neighbors(drawn)[kind.judged - 1 :]))


def _jumping(result: Tally, kind: Wander, metric: Metric, rng: np.random.Generator, jump: float) -> None:
    drawn = draw(rng, kind, metric, jump=jump)
    found = latest_mark(values=drawn.values, sizes=drawn.sizes, variances=drawn.variances, season=12)
    result.jumps_marked += found.mark in MARKED
    result.jumps_marked_before += bool(_neighbors(drawn)[-1])
    result.jumps_of_oracle += Oracle.of(kind, metric, drawn.sizes).marks(metric, drawn.values)


def _neighbors(drawn: Drawn) -> np.ndarray:
    """Whether sampling noise alone does not explain the difference from the month before."""
    error = drawn.variances / drawn.sizes
    return np.abs(np.diff(drawn.values)) > 1.959964 * np.sqrt(error[1:] + error[:-1])


def line(kind: Wander, metric: str, one: Tally) -> str:
    """One row of the table."""
    return (
        f"| {kind.key} | {metric} | {100 * one.false_marks:.1f} | {one.alerts_a_year:.3f} "
        f"| {100 * one.jumps_marked / one.runs:.0f} | {100 * one.jumps_of_oracle / one.runs:.0f} "
        f"| {100 * one.power:.0f} | {100 * one.marked_before / one.months:.1f} "
        f"| {100 * one.power_before:.0f} |"
    )


def misses(kind: Wander, metric: str, one: Tally) -> list[str]:
    """Goals that a kind of series does not meet."""
    found, name = [], f"{kind.key}, {metric}"
    if one.false_marks > 0.08:
        found.append(f"{name}: {100 * one.false_marks:.1f} % of quiet months are marked")
    if one.alerts_a_year > 0.10:
        found.append(f"{name}: {one.alerts_a_year:.2f} false alerts a year")
    if one.power < 0.8:
        found.append(f"{name}: {100 * one.power:.0f} % of the oracle's power")
    return found


AGAIN = "python -m benchmarks.calibrate_trends --runs {runs} --seed {seed} --output {page}"
PAGE = "docs/methods/calibration-marks.md"
HEAD = """# Calibration of marks on trends

Quiet series that wander, and series that jump in their last month, sent through
`cxstats.trends.trend_marks` as the pages send theirs.

- Engine {version}, {runs} series per row and effect ({harder} of the harder kinds), seed {seed}, {day},
  {minutes:.0f} minutes.
- Again: `{again}`.
- Kinds of series: `benchmarks/trend_scenarios.py`. Months, with {usual} answers each unless the name says
  otherwise; marks are counted from the 13th month on (short history: the 4th to the 10th).

**How to read it.** *False marks*: share of months of quiet series that came out "better" or "worse" (goal: at
most 8 in each row of the nine kinds, 6 pooled). *False alerts*: alerts a series and year (goal: at most
0.10). *Power*: share of series marked whose last month is lifted or lowered by three innovations of the
*oracle*, who knows every variance (but not the mean) and takes the metric as normal and linear in the
customers' mood; the goal is 80 % of what the oracle marks. *Neighbors*: what comparing a month with the one
before by sampling noise alone does to the same series, as pages did until engine 1.0.

"""
COLUMNS = (
    *(
        "series",
        "metric",
        "false marks %",
        "false alerts a year",
        "power %",
        "oracle %",
        "share of oracle's %",
    ),
    *("neighbors: false %", "neighbors: share of oracle's %"),
)
TABLE = f"| {' | '.join(COLUMNS)} |\n|{'--|' * len(COLUMNS)}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--harder-runs", type=int, default=200, help="of the kinds beside the nine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="kinds whose key starts with this")
    options = parser.parse_args()
    begun = time.monotonic()
    pool = ProcessPoolExecutor(options.processes)
    runs = {False: options.runs, True: options.harder_runs}
    lots = {
        (kind.key, metric.key): [
            pool.submit(
                tally, kind.key, metric.key, first, min(first + LOT, runs[kind.is_extra]), options.seed
            )
            for first in range(0, runs[kind.is_extra], LOT)
        ]
        for kind in WANDERS
        if kind.key.startswith(options.only)
        for metric in METRICS
    }
    rows: dict[bool, list[str]] = {False: [], True: []}
    pooled = {False: Tally(), True: Tally()}
    missed = []
    for kind in WANDERS:
        for metric in METRICS:
            if (kind.key, metric.key) not in lots:
                continue
            whole = Tally()
            for lot in lots[kind.key, metric.key]:
                whole.add(lot.result())
            pooled[kind.is_extra].add(_weighed(whole))
            rows[kind.is_extra].append(line(kind, metric.key, whole))
            missed += misses(kind, metric.key, whole)
            print(rows[kind.is_extra][-1], flush=True)
    text = HEAD.format(
        version=ENGINE_VERSION,
        runs=options.runs,
        harder=options.harder_runs,
        seed=options.seed,
        usual=ANSWERS,
        again=AGAIN.format(runs=options.runs, seed=options.seed, page=PAGE),
        day=datetime.now(tz=UTC).date().isoformat(),
        minutes=(time.monotonic() - begun) / 60,
    )
    for is_extra, title in ((False, "The nine kinds"), (True, "Harder ones")):
        if not rows[is_extra]:
            continue
        whole = pooled[is_extra]
        text += f"## {title}\n\n{TABLE}" + "\n".join(rows[is_extra]) + "\n\n"
        text += (
            f"Pooled, each row counted alike: {100 * whole.false_marks:.1f} % false marks, "
            f"{whole.alerts_a_year:.3f} false alerts a year, {100 * whole.power:.0f} % of the "
            f"oracle's power; neighbors: {100 * whole.marked_before / whole.months:.1f} % false marks, "
            f"{100 * whole.power_before:.0f} % of the power.\n\n"
        )
    text += "## Goals not met\n\n" + ("".join(f"- {item}\n" for item in missed) if missed else "None.\n")
    notes = Path(__file__).with_name("calibration_marks_notes.md")
    if notes.exists():
        text += "\n" + notes.read_text()
    if options.output:
        options.output.write_text(text)
    else:
        print(text)


def _weighed(one: Tally) -> Tally:
    """Counts as shares of a thousand, so that a row of short series counts as much as any other."""
    months, runs = one.months / 1000, one.runs / 1000
    return Tally(
        runs=1000,
        months=1000,
        marked=one.marked / months,
        marked_before=one.marked_before / months,
        alerts=one.alerts / months,
        jumps_marked=one.jumps_marked / runs,
        jumps_marked_before=one.jumps_marked_before / runs,
        jumps_of_oracle=one.jumps_of_oracle / runs,
    )


if __name__ == "__main__":
    main()
