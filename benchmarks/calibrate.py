"""Thousands of simulated initiatives with known truth through `cxstats.evaluate`.

Run: ``python -m benchmarks.calibrate --runs 1000 --seed 1 --output docs/methods/calibration.md``
"""

import argparse
import os
import time
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

# One thread of linear algebra per process: the runs themselves are shared out.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.stats import nct, norm
from scipy.stats import t as student

from benchmarks.scenarios import SCENARIOS, Scenario
from cxstats import ENGINE_VERSION
from cxstats.design import Verdict
from cxstats.evaluate import evaluate


@dataclass
class Tally:
    """Counts of one scenario at one true effect."""

    runs: int = 0
    verdicts: Counter = field(default_factory=Counter)
    refusals: Counter = field(default_factory=Counter)
    methods: Counter = field(default_factory=Counter)
    covered: int = 0
    errors: list = field(default_factory=list)
    oracle: list = field(default_factory=list)
    knowing: list = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Counts of more runs of the same scenario."""
        self.runs += other.runs
        self.covered += other.covered
        for name in ("verdicts", "refusals", "methods"):
            getattr(self, name).update(getattr(other, name))
        for name in ("errors", "oracle", "knowing"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def estimated(self) -> int:
        return len(self.errors)

    def share(self, verdict: Verdict) -> float:
        return self.verdicts[verdict] / self.runs

    @property
    def coverage(self) -> float | None:
        return self.covered / self.estimated if self.estimated else None


LOT = 25  # runs handed to a process at once


def tally(key: str, has_effect: bool, first: int, last: int, seed: int) -> Tally:
    """Runs first..last of one scenario; each run has its own seed, whoever runs it."""
    scenario = next(one for one in SCENARIOS if one.key == key)
    effect = scenario.effect if has_effect else 0.0
    result = Tally()
    for run in range(first, last):
        rng = np.random.default_rng([seed, run])
        case = scenario.make(rng, effect)
        found = evaluate(case.design, case.panel, rng=np.random.default_rng([seed, run, 1]))
        result.runs += 1
        result.verdicts[found.verdict] += 1
        result.methods[f"{found.grade.value} {found.method.value} ({found.method_reason})"] += 1
        if case.oracle_se is not None:
            distance = case.truth / case.oracle_se
            result.knowing.append(float(norm.sf(norm.ppf(0.975) - distance)))
            freedom = min(case.oracle_freedom, 1e6)
            result.oracle.append(float(nct.sf(student.ppf(0.975, freedom), freedom, distance)))
        if found.effect is None:
            result.refusals[found.refusal.value] += 1
            continue
        shown = found.effect
        if scenario.line:
            shown = next(line for line in found.sensitivity if line.key == scenario.line)
        result.covered += shown.interval.contains(case.truth)
        result.errors.append(shown.value - case.truth)
    return result


def together(lots: list[Future[Tally]]) -> Tally:
    """One tally of all lots."""
    whole = Tally()
    for lot in lots:
        whole.add(lot.result())
    return whole


def line(scenario: Scenario, none: Tally, some: Tally) -> str:
    """One row of the table."""
    oracle = float(np.mean(some.oracle)) if some.oracle else None
    knowing = float(np.mean(some.knowing)) if some.knowing else None
    power = some.share(Verdict.SUPPORTED)
    refused = (sum(none.refusals.values()) + sum(some.refusals.values())) / (none.runs + some.runs)
    why = ", ".join(f"{key} {n}" for key, n in (none.refusals + some.refusals).most_common(2))
    bias = float(np.mean(none.errors + some.errors)) if none.errors or some.errors else None
    spread = float(np.std(none.errors)) if none.errors else None

    def text(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    return (
        f"| {scenario.key} | {none.methods.most_common(1)[0][0]} "
        f"| {100 * none.share(Verdict.SUPPORTED):.1f} | {100 * none.share(Verdict.CONTRADICTED):.1f} "
        f"| {text(none.coverage and 100 * none.coverage, '.1f')} "
        f"| {text(some.coverage and 100 * some.coverage, '.1f')} "
        f"| {text(bias, '+.2f')} | {text(spread, '.2f')} | {scenario.effect:g} | {100 * power:.0f} "
        f"| {text(oracle and 100 * oracle, '.0f')} | {text(knowing and 100 * knowing, '.0f')} "
        f"| {100 * refused:.1f} | {why} |"
    )


def misses(scenario: Scenario, none: Tally, some: Tally) -> list[str]:
    """Goals that a scenario does not meet beyond what the number of runs explains."""
    found = []
    slack = 2 * np.sqrt(0.05 * 0.95 / none.runs)
    if none.share(Verdict.SUPPORTED) > 0.05 + slack:
        found.append(f"{scenario.key}: false claims {100 * none.share(Verdict.SUPPORTED):.1f} %")
    for label, part in (("without", none), ("with", some)):
        if part.estimated < 30:
            continue
        margin = 2 * np.sqrt(0.05 * 0.95 / part.estimated)
        if not 0.93 - margin <= part.coverage <= 0.97 + margin:
            found.append(f"{scenario.key}: coverage {100 * part.coverage:.1f} % {label} effect")
    if some.oracle and "D " not in some.methods.most_common(1)[0][0]:
        oracle, power = float(np.mean(some.oracle)), some.share(Verdict.SUPPORTED)
        if power < 0.8 * oracle - 2 * np.sqrt(power * (1 - power) / some.runs):
            found.append(
                f"{scenario.key}: power {100 * power:.0f} % beside {100 * oracle:.0f} % of the oracle"
            )
    return found


HEAD = """# Calibration of the evidence engine

Simulated initiatives whose true effect is known, sent through `cxstats.evaluate.evaluate` as a user would.

- Engine {version}, {runs} runs per scenario and effect, seed {seed}, {day}, {minutes:.0f} minutes.
- Again: `python -m benchmarks.calibrate --runs {runs} --seed {seed} --output docs/methods/calibration.md`.
- Scenarios: `benchmarks/scenarios.py`. Metric in points, one answer has a standard deviation of 80.

**How to read it.** *False claims*: share of initiatives without any effect that came out "supported"
(goal: at most 5). *Wrong way*: those that came out "contradicted". *Coverage*: share of 95 % intervals that
held the truth, without and with an effect (goal: 93 to 97). *Spread*: standard deviation of the estimate.
*Power*: share "supported" at the effect given (goal: at least 80 % of the oracle's). *Oracle*: power of
somebody who knows the model that made the data, its persistence and the sampling noise of every period
included, and estimates only how large the noise is altogether (noncentral t). *All-knowing*: power of
somebody who knows every number of the model too, as no analyst of real data does.
*Refused*: share not estimable, without and with effect together.

| scenario | grade and method | false claims % | wrong way % | coverage % (none) | coverage % (effect) \
| bias | spread | effect | power % | oracle % | all-knowing % | refused % | reasons (runs) |
|--|--|--|--|--|--|--|--|--|--|--|--|--|--|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="scenarios whose key starts with this")
    options = parser.parse_args()
    begun = time.monotonic()
    rows, missed = [], []
    chosen = [scenario for scenario in SCENARIOS if scenario.key.startswith(options.only)]
    pool = ProcessPoolExecutor(options.processes)
    lots = {
        (scenario.key, has_effect): [
            pool.submit(tally, scenario.key, has_effect, first, min(first + LOT, options.runs), options.seed)
            for first in range(0, options.runs, LOT)
        ]
        for scenario in chosen
        for has_effect in (False, True)
    }
    for scenario in chosen:
        none, some = (together(lots[scenario.key, has_effect]) for has_effect in (False, True))
        rows.append(line(scenario, none, some))
        missed += misses(scenario, none, some)
        print(rows[-1], flush=True)
    text = HEAD.format(
        version=ENGINE_VERSION,
        runs=options.runs,
        seed=options.seed,
        day=datetime.now(tz=UTC).date().isoformat(),
        minutes=(time.monotonic() - begun) / 60,
    )
    text += "\n".join(rows) + "\n\n## Goals not met\n\n"
    text += "Beyond two standard errors of the simulation:\n\n" if missed else "None.\n"
    text += "".join(f"- {item}\n" for item in missed)
    notes = Path(__file__).with_name("calibration_notes.md")
    if notes.exists():
        text += "\n" + notes.read_text()
    if options.output:
        options.output.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
