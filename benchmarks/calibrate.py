"""Thousands of simulated initiatives with known truth through `cxstats.evaluate`.

Run: ``python -m benchmarks.calibrate --runs 1000 --seed 1 --store counts.json --output table.md``
"""

import argparse
import json
import os
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
from cxstats.evaluate import evaluate, facade


@dataclass
class Tally:
    """Counts and sums of one scenario at one true effect."""

    runs: int = 0
    verdicts: Counter = field(default_factory=Counter)
    refusals: Counter = field(default_factory=Counter)
    methods: Counter = field(default_factory=Counter)
    covered: int = 0
    estimated: int = 0
    errors: float = 0.0
    squares: float = 0.0  # of the errors
    known: int = 0  # runs with an oracle
    oracle: float = 0.0
    knowing: float = 0.0

    def add(self, other: "Tally") -> None:
        """Counts of more runs of the same scenario."""
        for name in vars(other):
            if isinstance(getattr(self, name), Counter):
                getattr(self, name).update(getattr(other, name))
            else:
                setattr(self, name, getattr(self, name) + getattr(other, name))

    def share(self, verdict: Verdict) -> float:
        return self.verdicts[verdict] / self.runs

    @property
    def coverage(self) -> float | None:
        return self.covered / self.estimated if self.estimated else None

    @property
    def spread(self) -> float | None:
        """Standard deviation of the estimate."""
        if not self.estimated:
            return None
        mean = self.errors / self.estimated
        return float(np.sqrt(max(0.0, self.squares / self.estimated - mean**2)))

    def power_of(self, name: str) -> float | None:
        """Mean power of `oracle` or `knowing`."""
        return getattr(self, name) / self.known if self.known else None


LOT = 25  # runs handed to a process at once

# A sixth of the time goes into the digest of each case, which no count here reads.
facade.input_digest = lambda **_case: ""


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
            result.known += 1
            result.knowing += float(norm.sf(norm.ppf(0.975) - distance))
            freedom = min(case.oracle_freedom, 1e6)
            result.oracle += float(nct.sf(student.ppf(0.975, freedom), freedom, distance))
        if found.effect is None:
            result.refusals[found.refusal.value] += 1
            continue
        shown = found.effect
        if scenario.line:
            shown = next(line for line in found.sensitivity if line.key == scenario.line)
        result.covered += bool(shown.interval.contains(case.truth))
        result.estimated += 1
        result.errors += float(shown.value - case.truth)
        result.squares += float(shown.value - case.truth) ** 2
    return result


@dataclass
class Store:
    """What was run before by this engine with this seed: a long table can be interrupted and made longer."""

    path: Path | None
    seed: int
    known: dict[tuple[str, bool], Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        said = json.loads(self.path.read_text())
        if (said["engine"], said["seed"]) != (ENGINE_VERSION, self.seed):
            return
        for key, parts in said["scenarios"].items():
            for has_effect, part in zip((False, True), parts, strict=True):
                counted = {name: Counter(part[name]) for name in ("verdicts", "refusals", "methods")}
                self.known[key, has_effect] = Tally(**{**part, **counted})

    def begun(self, scenario: Scenario, has_effect: bool) -> Tally:
        return self.known.setdefault((scenario.key, has_effect), Tally())

    def save(self) -> None:
        """A scenario that is whole, written so that a stop in the middle loses none."""
        if self.path is None:
            return
        keys = dict.fromkeys(key for key, _effect in self.known)
        whole = [key for key in keys if self.known[key, False].runs == self.known[key, True].runs > 0]
        said = {
            "engine": ENGINE_VERSION,
            "seed": self.seed,
            "scenarios": {key: [vars(self.known[key, effect]) for effect in (False, True)] for key in whole},
        }
        written = self.path.with_suffix(".part")
        written.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
        written.replace(self.path)


def finish(begun: Tally, lots: list[Future[Tally]]) -> Tally:
    """What was known, with all lots that were missing."""
    for lot in lots:
        begun.add(lot.result())
    return begun


def line(scenario: Scenario, none: Tally, some: Tally) -> str:
    """One row of the table."""
    oracle, knowing = some.power_of("oracle"), some.power_of("knowing")
    power = some.share(Verdict.SUPPORTED)
    refused = (sum(none.refusals.values()) + sum(some.refusals.values())) / (none.runs + some.runs)
    why = ", ".join(f"{key} {n}" for key, n in (none.refusals + some.refusals).most_common(2))
    estimated = none.estimated + some.estimated
    bias = (none.errors + some.errors) / estimated if estimated else None
    spread = none.spread

    def text(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    return (
        f"| {scenario.key} | {none.runs} | {none.methods.most_common(1)[0][0]} "
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
    oracle = some.power_of("oracle")
    if oracle is not None and "D " not in some.methods.most_common(1)[0][0]:
        power = some.share(Verdict.SUPPORTED)
        if power < 0.8 * oracle - 2 * np.sqrt(power * (1 - power) / some.runs):
            found.append(
                f"{scenario.key}: power {100 * power:.0f} % beside {100 * oracle:.0f} % of the oracle"
            )
    return found


HEAD = """# Calibration of the evidence engine

Simulated initiatives whose true effect is known, sent through `cxstats.evaluate.evaluate` as a user would.

- Engine {version}, seed {seed}, {day}. Counts behind the table: `docs/methods/calibration.json`.
- Again, or with more runs: `make calibrate`. It goes on from those counts, which another engine throws away.
- Scenarios: `benchmarks/scenarios.py`. Metric in points, one answer has a standard deviation of 80.

**How to read it.** *False claims*: share of initiatives without any effect that came out "supported"
(goal: at most 5). *Wrong way*: those that came out "contradicted". *Coverage*: share of 95 % intervals that
held the truth, without and with an effect (goal: 93 to 97). *Spread*: standard deviation of the estimate.
*Power*: share "supported" at the effect given (goal: at least 80 % of the oracle's). *Oracle*: power of
somebody who knows the model that made the data, its persistence and the sampling noise of every period
included, and estimates only how large the noise is altogether (noncentral t). *All-knowing*: power of
somebody who knows every number of the model too, as no analyst of real data does.
*Runs*: with and without effect each. *Refused*: share not estimable, without and with effect together.

| scenario | runs | grade and method | false claims % | wrong way % | coverage % (none) \
| coverage % (effect) | bias | spread | effect | power % | oracle % | all-knowing % | refused % \
| reasons (runs) |
|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="scenarios whose key starts with this")
    parser.add_argument("--store", type=Path, help="JSON of what was run before: goes on from there")
    options = parser.parse_args()
    store = Store(options.store, options.seed)
    rows, missed = [], []
    chosen = [scenario for scenario in SCENARIOS if scenario.key.startswith(options.only)]
    pool = ProcessPoolExecutor(options.processes)
    lots = {
        (scenario.key, has_effect): [
            pool.submit(tally, scenario.key, has_effect, first, min(first + LOT, options.runs), options.seed)
            for first in range(store.begun(scenario, has_effect).runs, options.runs, LOT)
        ]
        for scenario in chosen
        for has_effect in (False, True)
    }
    for scenario in chosen:
        none, some = (
            finish(store.begun(scenario, has_effect), lots[scenario.key, has_effect])
            for has_effect in (False, True)
        )
        store.save()
        rows.append(line(scenario, none, some))
        missed += misses(scenario, none, some)
        print(rows[-1], flush=True)
    pool.shutdown()
    text = HEAD.format(
        version=ENGINE_VERSION,
        seed=options.seed,
        day=datetime.now(tz=UTC).date().isoformat(),
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
