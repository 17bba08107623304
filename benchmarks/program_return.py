"""Simulated programs with known return through `cxstats.program`: does the range of 90 % hold the truth?

Run: ``python -m benchmarks.program_return --output docs/methods/calibration-program.md``
"""

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# One thread of linear algebra per process: the runs themselves are shared out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.program_scenarios import ASKED, BEYOND, SIZES, Drawn, drawn
from benchmarks.program_simpler import SIMPLER
from benchmarks.record import record
from cxstats import ENGINE_VERSION
from cxstats.program import program_return

LOT = 25  # programs handed to a process at once
DRAWS = 4000


@dataclass
class Tally:
    """What came out of the programs of one kind; money."""

    held: list[bool] = field(default_factory=list)
    plain_held: list[bool] = field(default_factory=list)
    simpler_held: list[list[bool]] = field(default_factory=list)  # in the order of SIMPLER
    widths: list[float] = field(default_factory=list)  # as shares of the oracle's
    luck: list[float] = field(default_factory=list)  # of the largest claim: claimed less true
    luck_left: list[float] = field(default_factory=list)
    off: list[float] = field(
        default_factory=list
    )  # net present value less the true one, by the oracle's width
    sizes: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name in vars(self):
            getattr(self, name).extend(getattr(other, name))

    def coverage(self, size: int | None = None) -> float:
        return float(
            np.mean([held for held, k in zip(self.held, self.sizes, strict=True) if size in (None, k)])
        )

    def figures(self, name: str) -> dict[str, Any]:
        luck, left = float(np.mean(self.luck)), float(np.mean(self.luck_left))
        error = float(np.std(self.luck) / np.sqrt(len(self.luck)))
        return {
            "kind": name,
            "programs": len(self.held),
            "coverage_pct": round(100 * self.coverage(), 1),
            "coverage_by_size_pct": [round(100 * self.coverage(size)) for size in SIZES],
            "median_width_to_oracle": round(float(np.median(self.widths)), 2),
            "bias_to_oracle_width": round(float(np.mean(self.off)), 3),
            "luck_claimed": round(luck),
            "luck_left": round(left),
            # where the largest claim is largest for good reason there is no luck to be taken out
            "luck_left_pct": round(100 * left / luck) if luck > 4 * error else None,
            "plain_sum_coverage_pct": round(100 * float(np.mean(self.plain_held)), 1),
            "simpler_coverage_pct": [
                round(100 * float(share)) for share in np.mean(self.simpler_held, axis=0)
            ],
        }


def tally(kind: str, first: int, last: int, seed: int) -> Tally:
    """Programs first..last of one kind; each has its own seed, whoever runs it."""
    result = Tally()
    for number in range(first, last):
        one = drawn(kind, number, seed)
        rng = np.random.default_rng([seed, number, 7])
        found = program_return(program=one.program, rng=rng, draws=DRAWS)
        span = found.net_present_value
        largest = int(np.argmax(one.claimed))
        true = one.true_by_initiative[largest]
        result.held.append(span.p5 <= one.true_return <= span.p95)
        result.plain_held.append(one.plain[0] <= one.true_return <= one.plain[1])
        result.simpler_held.append(_simpler(one))
        result.widths.append((span.p95 - span.p5) / one.oracle_width)
        result.luck.append(float(one.claimed[largest] - true))
        result.luck_left.append(float(found.lines[largest].share.mean - true))
        result.off.append((span.mean - one.true_return) / one.oracle_width)
        result.sizes.append(SIZES[number % len(SIZES)])
    return result


def _simpler(one: Drawn) -> list[bool]:
    """Whether the ranges of simpler methods hold the sum of the true effects."""
    true = float(one.true_by_initiative.sum())
    ranges = [method(one.claimed, one.claimed_error) for method in SIMPLER.values()]
    return [low <= true <= high for low, high in ranges]


def misses(rows: Sequence[dict[str, Any]], pooled: dict[str, Any]) -> list[str]:
    """Goals that a kind, or all that were asked for together, do not meet."""
    found = []
    if not 88 <= pooled["coverage_pct"] <= 92:
        found.append(f"pooled: the range holds the truth in {pooled['coverage_pct']} %")
    for row in [*rows, pooled]:
        if row is not pooled and not 84 <= row["coverage_pct"] <= 96:
            found.append(f"{row['kind']}: the range holds the truth in {row['coverage_pct']} %")
        if row["median_width_to_oracle"] > 1.3:
            found.append(f"{row['kind']}: {row['median_width_to_oracle']} times the oracle's width")
        if row["luck_left_pct"] is not None and row["luck_left_pct"] > 60:
            found.append(f"{row['kind']}: {row['luck_left_pct']} % of the luck is left")
    return found


HEAD = """# Calibration of the program's return

Simulated programs whose true return is known, sent through `cxstats.program.program_return` as the product
sends its own: every initiative, whatever came out of its study.

- Engine {version}, {runs} programs of each kind that was asked for and {beyond} of each other, seed {seed},
  {day}, {minutes:.0f} minutes. Programs of 4, 6, 10, 20 and 40 initiatives by turns.
- Again: `python -m benchmarks.program_return --runs {runs} --beyond-runs {beyond} --seed {seed}
  --output {page}`.
- Kinds: `benchmarks/program_scenarios.py`.

**How to read it.** *Coverage*: share of programs whose 90 % range of the net present value held the true one
(goal: 84 to 96 in each kind, 88 to 92 pooled); then by number of initiatives. *Width*: median of the range's
width by that of the *oracle*, who knows the true covariance of all errors and what every claim contains, and
nothing of the effects (goal: at most 1.3). *Luck*: mean of what the largest claim says more than is true, as
claimed and as it stands after shrinkage (goal: at most 60 % left); "none" where the largest claim is not too
large on average. *Plain sum*: coverage of the sum of all claims with their errors, as if they were
independent.

"""
COLUMNS = (
    "kind",
    "programs",
    "coverage %",
    *(f"{size}" for size in SIZES),
    "width",
    "luck claimed",
    "left",
    "left %",
    "plain sum: coverage %",
)
TABLE = f"| {' | '.join(COLUMNS)} |\n|{'--|' * len(COLUMNS)}\n"


SIMPLER_HEAD = """## What simpler methods do

Coverage of their 90 % range of the sum of all effects, from the same claims
(`benchmarks/program_simpler.py`). *Plugged in*: a normal population whose most likely mean and spread are
taken for the true ones. *Towards zero*: the same with a mean of zero. *Spike at zero*: each effect is zero
with the most likely chance, else normal around zero. None of them knows of overlaps or of an input that all
share.

| kind | this method | plain sum | {columns} |
|--|--|--|{rule}
"""


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    left = "none" if row["luck_left_pct"] is None else f"{row['luck_left_pct']}"
    sizes = " | ".join(str(size) for size in row["coverage_by_size_pct"])
    return (
        f"| {row['kind']} | {row['programs']} | {row['coverage_pct']} | {sizes} "
        f"| {row['median_width_to_oracle']} | {row['luck_claimed']:,} | {row['luck_left']:,} | {left} "
        f"| {row['plain_sum_coverage_pct']} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="of each kind that was asked for")
    parser.add_argument("--beyond-runs", type=int, default=100, help="of each other kind")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    begun = time.monotonic()
    pool = ProcessPoolExecutor(options.processes)
    runs = {
        **dict.fromkeys(ASKED, options.runs),
        **dict.fromkeys(BEYOND, options.beyond_runs),
    }
    lots = {
        kind: [
            pool.submit(tally, kind, first, min(first + LOT, number), options.seed)
            for first in range(0, number, LOT)
        ]
        for kind, number in runs.items()
    }
    rows, pooled = {}, Tally()
    for kind, waiting in lots.items():
        whole = Tally()
        for lot in waiting:
            whole.add(lot.result())
        if kind in ASKED:
            pooled.add(whole)
        rows[kind] = whole.figures(kind)
        print(line(rows[kind]), flush=True)
    together = pooled.figures("pooled, asked for")
    print(line(together), flush=True)
    record("program_return", [*rows.values(), together])
    if options.output:
        options.output.write_text(_page(rows, together, options, (time.monotonic() - begun) / 60))


def _page(
    rows: dict[str, dict[str, Any]], together: dict[str, Any], options: argparse.Namespace, minutes: float
) -> str:
    text = HEAD.format(
        version=ENGINE_VERSION,
        runs=options.runs,
        beyond=options.beyond_runs,
        seed=options.seed,
        day=datetime.now(tz=UTC).date().isoformat(),
        minutes=minutes,
        page=options.output,
    )
    asked = [*(rows[kind] for kind in ASKED), together]
    text += f"## What was asked for\n\n{TABLE}" + "\n".join(line(row) for row in asked) + "\n\n"
    text += f"## Beyond\n\n{TABLE}" + "\n".join(line(rows[kind]) for kind in BEYOND) + "\n\n"
    text += SIMPLER_HEAD.format(columns=" | ".join(SIMPLER), rule="--|" * len(SIMPLER))
    for kind, row in rows.items():
        shares = " | ".join(str(share) for share in row["simpler_coverage_pct"])
        text += f"| {kind} | {row['coverage_pct']} | {row['plain_sum_coverage_pct']} | {shares} |\n"
    text += "\n"
    missed = misses(list(rows.values()), together)
    text += "## Goals not met\n\n" + ("".join(f"- {item}\n" for item in missed) if missed else "None.\n")
    notes = Path(__file__).with_name("calibration_program_notes.md")
    if notes.exists():
        text += "\n" + notes.read_text()
    return text


if __name__ == "__main__":
    main()
