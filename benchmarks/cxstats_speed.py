"""Speed of the pure core as ratios against a peer measured in the same run.

Run with ``python -m benchmarks.cxstats_speed``; absolute times depend on the machine, ratios hardly do.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.record import record
from cxstats import roi
from cxstats.anonymity import MINIMUM, Group
from cxstats.design import DesignGrade, Verdict
from cxstats.did import Base, Inference, staggered_effects
from cxstats.drivers import lmg_shares
from cxstats.engagement import Function
from cxstats.engagement.plans import plans
from cxstats.its.noise import plain_fit
from cxstats.voc import nps_histogram_table

CHANGED = 0.1  # of the functions have a few other people than in the wave before
FIRST_USE = "cxstats.reference.normal_quantile(0.975)"
MODULES = ("agreement", "drivers", "maturity", "portfolio", "roi", "voc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table; `limit` bounds the ratio from above, or from below where `faster`."""

    what: str
    peer: str
    ours_seconds: float
    peer_seconds: float
    limit: float | None
    faster: bool = False

    @property
    def ratio(self) -> float:
        if self.faster:
            return self.peer_seconds / self.ours_seconds
        return self.ours_seconds / self.peer_seconds

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return "-"
        return "met" if (self.ratio >= self.limit if self.faster else self.ratio <= self.limit) else "MISSED"

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "what": self.what,
            "peer": self.peer,
            "ours_seconds": self.ours_seconds,
            "peer_seconds": self.peer_seconds,
            "ratio": self.ratio,
            "limit": self.limit,
            "verdict": self.verdict,
        }


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def processor_seconds(call: Callable[[], object]) -> float:
    """What the call itself takes, however busy the machine is: for limits in seconds."""
    start = time.process_time()
    call()
    return time.process_time() - start


def best_pair(
    ours: Callable[[], object], peer: Callable[[], object], repeats: int = 7
) -> tuple[float, float]:
    """Shortest run of each, in turn, so that a busy machine slows both alike."""
    pairs = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def drivers_row(*, drivers: int = 12, rows: int = 10_000, refits: int = 40) -> Row:
    """General dominance from raw rows against refitting every subset (timed on a sample of subsets)."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(rows, 1)) + rng.normal(size=(rows, drivers))
    overall = scores @ rng.uniform(0, 1, drivers) + rng.normal(size=rows)

    def ours() -> None:
        matrix = np.asarray(np.corrcoef(np.column_stack([overall, scores]), rowvar=False))
        lmg_shares(correlations=matrix[1:, 1:], with_outcome=matrix[0, 1:])

    subsets = [np.flatnonzero(rng.random(drivers) < 0.5) for _ in range(refits)]

    def naive() -> None:
        for subset in subsets:
            design = np.column_stack([np.ones(rows), scores[:, subset]])
            fitted = design @ np.linalg.lstsq(design, overall, rcond=None)[0]
            np.var(overall - fitted)

    ours()  # subsets of a size are listed once per process
    ours_seconds, sample_seconds = best_pair(ours, naive, 3)
    return Row(
        what=f"LMG, {drivers} drivers, {rows:,} rows",
        peer=f"{2**drivers:,} least-squares refits (from {refits} timed)",
        ours_seconds=ours_seconds,
        peer_seconds=sample_seconds * 2**drivers / refits,
        limit=500.0,
        faster=True,
    )


def sixteen_drivers_row() -> Row:
    """The largest exact split, against twelve drivers."""
    rng = np.random.default_rng(2)
    tables = {}
    for size in (12, 16):
        sample = rng.normal(size=(500, 1)) + rng.normal(size=(500, size + 1))
        matrix = np.asarray(np.corrcoef(sample, rowvar=False))
        tables[size] = {"correlations": matrix[1:, 1:], "with_outcome": matrix[0, 1:]}
        lmg_shares(**tables[size])
    sixteen, twelve = best_pair(lambda: lmg_shares(**tables[16]), lambda: lmg_shares(**tables[12]), 3)
    return Row(
        what="LMG, 16 drivers, from correlations",
        peer="12 drivers (1/16 of the subsets)",
        ours_seconds=sixteen,
        peer_seconds=twelve,
        limit=None,
    )


def nps_row() -> Row:
    """NPS with interval for 40 touchpoints x 104 weeks from histograms of 0..10."""
    histograms = np.random.default_rng(3).integers(0, 200, size=(40, 104, 11))

    def sums() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return histograms[..., 9:].sum(axis=-1), histograms[..., :7].sum(axis=-1), histograms.sum(axis=-1)

    def ours() -> None:
        nps_histogram_table(counts=histograms)

    ours_seconds, sums_seconds = best_pair(ours, sums, 100)
    return Row(
        what="NPS with interval, 40 x 104 histograms",
        peer="numpy's sums alone",
        ours_seconds=ours_seconds,
        peer_seconds=sums_seconds,
        limit=2.0,
    )


def series_row(*, periods: int = 104) -> Row:
    """Restricted likelihood with AR(1) errors: trend, step and a yearly season, two years of weeks."""
    rng = np.random.default_rng(5)
    time_axis = np.arange(float(periods))
    turn = 2 * np.pi * time_axis / 52
    design = np.column_stack(
        [np.ones(periods), time_axis, time_axis >= 0.7 * periods, np.sin(turn), np.cos(turn)]
    )
    values = rng.normal(size=periods)
    ours_seconds, solve_seconds = best_pair(
        lambda: plain_fit(design=design, values=values, time=time_axis),
        lambda: np.linalg.lstsq(design, values, rcond=None),
        100,
    )
    return Row(
        what=f"REML AR(1), {periods} periods, 5 columns",
        peer="one least-squares solve",
        ours_seconds=ours_seconds,
        peer_seconds=solve_seconds,
        limit=20.0,
    )


def business_case() -> roi.RoiCase:
    """A typical case: six uncertain inputs, five years."""

    def parameter(key: str, distribution: roi.Distribution, *args: float) -> roi.Parameter:
        return roi.Parameter(
            key=key,
            distribution=distribution,
            args=args,
            source="benchmark",
            owner="benchmark",
            kind=roi.ParameterKind.MEASURED,
        )

    kinds = roi.Distribution
    return roi.RoiCase(
        parameters=(
            parameter("effect", kinds.NORMAL, 3.0, 1.0),
            parameter("customers", kinds.FIXED, 10_000.0),
            parameter("retention", kinds.PERT, 0.0005, 0.001, 0.002),
            parameter("margin", kinds.LOGNORMAL_P10_P90, 200.0, 400.0),
            parameter("spend", kinds.TRIANGULAR, 5_000.0, 8_000.0, 10_000.0),
            parameter("rate", kinds.FIXED, 0.08),
            parameter("attribution", kinds.BETA, 4.0, 2.0),
            parameter("confidence", kinds.BETA, 2.0, 3.0),
        ),
        benefits=(
            roi.BenefitLine(
                key="kept customers",
                kind=roi.ValueKind.RETENTION,
                factors=("effect", "customers", "retention", "margin"),
                profile=(0.0, 0.5, 1.0, 1.0, 1.0, 1.0),
                hard=True,
            ),
        ),
        costs=(roi.CostLine(key="spend", factors=("spend",), profile=(1.0, 0.2, 0.2, 0.2, 0.2, 0.2)),),
        periods=5,
        discount_rate="rate",
        effect="effect",
        haircuts=("attribution", "confidence"),
    )


def monte_carlo_row(*, draws: int = 100_000) -> Row:
    """A whole simulation, with percentiles, paybacks and tornado, against drawing its numbers."""
    case = business_case()
    rng = np.random.default_rng(4)

    def ours() -> None:
        roi.simulate_roi(case=case, rng=rng, grade=DesignGrade.B, verdict=Verdict.SUPPORTED, draws=draws)

    def drawing() -> None:
        rng.normal(3.0, 1.0, draws)
        rng.beta(1.8, 4.2, draws)
        rng.lognormal(5.6, 0.27, draws)
        rng.triangular(5_000, 8_000, 10_000, draws)
        rng.beta(4.0, 2.0, draws)
        rng.beta(2.0, 3.0, draws)

    ours_seconds, drawing_seconds = best_pair(ours, drawing, 15)
    return Row(
        what=f"Monte Carlo of a return, {draws:,} draws",
        peer="drawing the numbers",
        ours_seconds=ours_seconds,
        peer_seconds=drawing_seconds,
        limit=3.0,
    )


def staggered_row(*, cohorts: int = 20, units: int = 200, limit_seconds: float = 1.0) -> Row:
    """Group-time effects of units that started in twenty waves; the peer is the limit of a second itself."""
    rng = np.random.default_rng(7)
    last = cohorts - 1  # the last wave has not started
    starts = [None if wave == last else 10 + 2 * wave for wave in range(cohorts) for _ in range(units)]
    values = rng.normal(size=(cohorts * units, 60)) + rng.normal(size=(cohorts * units, 1))
    ours_seconds, _ = best_pair(
        lambda: staggered_effects(
            values=values, first_treated=starts, base=Base.AVERAGE, inference=Inference.POOLED
        ),
        lambda: None,
        5,
    )
    return Row(
        what=f"staggered starts, {cohorts} cohorts x {units} units, 60 periods",
        peer=f"{limit_seconds:g} s",
        ours_seconds=ours_seconds,
        peer_seconds=limit_seconds,
        limit=1.0,
    )


def small_groups_row(
    *, functions: int = 1000, drivers: int = 30, changed_part: float = CHANGED, limit_seconds: float = 1.0
) -> Row:
    """What may be told of functions in three levels, with agreement and few changes; the limit is peer. Where
    more than half of them changed so, the whole did, too."""
    rng = np.random.default_rng(11)
    departments = 30
    groups = [Group(key="all", parent=None, own=(0,) * drivers)]
    groups += [
        Group(key=f"{number}", parent="all", own=tuple(rng.integers(2, 6, drivers).tolist()))
        for number in range(departments)
    ]
    for number in range(functions - departments - 1):
        people = int(rng.choice([3, 4, 6, 8, 12, 30, 60]))
        own = tuple(rng.binomial(people, 0.95, drivers).tolist())
        groups.append(Group(key=f"t{number}", parent=f"{number % departments}", own=own))
    answers = rng.multinomial([group.own for group in groups], [0.05, 0.15, 0.8])
    wave = [Function(key=group.key, parent=group.parent, asked=max(group.own) + 2) for group in groups]
    people = np.array([max(group.own) + 1 for group in groups])
    changed = {group.key for group in groups if rng.random() < changed_part}
    changed |= {"all"} if changed_part > 1 / 2 else set()

    def ours() -> None:
        plans(wave, people, answers, MINIMUM, changed)

    ours_seconds = min(processor_seconds(ours) for _ in range(5))
    return Row(
        what=f"small groups: {functions} functions x {drivers} drivers, {changed_part:.0%} nearly as before",
        peer=f"{limit_seconds:g} s",
        ours_seconds=ours_seconds,
        peer_seconds=limit_seconds,
        limit=1.0,
    )


def import_seconds(code: str) -> float:
    """What a fresh interpreter spends in imports, as it says itself (``-X importtime``)."""
    command = [sys.executable, "-X", "importtime", "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return sum(int(found) for found in re.findall(r"^import time: +(\d+) \|", said, re.M)) / 1e6


def import_row(statement: str, peer: str, label: str, limit: float | None, repeats: int = 10) -> Row:
    """Two fresh interpreters in turn, medians; less what an interpreter imports that does nothing."""
    nothing = import_seconds("pass")
    pairs = [(import_seconds(statement), import_seconds(peer)) for _ in range(repeats)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Row(
        what=label,
        peer=peer,
        ours_seconds=max(ours - nothing, 1e-4),
        peer_seconds=max(theirs - nothing, 1e-4),
        limit=limit,
    )


def table(rows: list[Row]) -> str:
    """Plain-text table, one line per row."""
    cells = [("what", "peer", "ours", "peer takes", "ratio", "limit", "")]
    for row in rows:
        sign = ">=" if row.faster else "<="
        cells.append(
            (
                row.what,
                row.peer,
                f"{row.ours_seconds * 1e3:,.2f} ms",
                f"{row.peer_seconds * 1e3:,.2f} ms",
                f"{row.ratio:,.2f}",
                "-" if row.limit is None else f"{sign} {row.limit:g}",
                row.verdict,
            )
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def main() -> None:
    every = "import " + ", ".join(f"cxstats.{module}" for module in MODULES)
    used = "import numpy, scipy.special"
    rows = [
        drivers_row(),
        sixteen_drivers_row(),
        nps_row(),
        monte_carlo_row(),
        series_row(),
        staggered_row(),
        small_groups_row(),
        small_groups_row(changed_part=0.9),
        import_row("import cxstats", "import numpy", "import cxstats", 2.0),
        import_row("import cxstats.evaluate", used, "import cxstats.evaluate", 1.2),
        import_row(
            f"import cxstats.evaluate, cxstats.reference; {FIRST_USE}",
            used,
            "the same with the part of scipy that the first finding loads",
            None,
        ),
        import_row(every, "import numpy", f"import {len(MODULES)} of its modules", None),
    ]
    print(table(rows))
    record("cxstats", [row.figures for row in rows])


if __name__ == "__main__":
    main()
