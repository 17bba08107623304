"""Simulated customers whose score goes with what they did later; how often an interval holds the truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cxstats.association import Known, OutcomeKind, Sample, associate_outcome
from cxstats.errors import NotEstimable


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One kind of customers: `accounts` with `rows` years each. `hidden`: spread of a trait of the account
    that is tied to nothing else and makes its rows alike. `bends`: only low scores matter."""

    key: str
    kind: OutcomeKind
    accounts: int
    rows: int = 1
    base: float = 1.5
    slope: float = 0.006  # on the logistic scale, or money or contacts for one point
    hidden: float = 0.0
    bends: bool = False


SCENES = (
    Scene(key="400 customers", kind=OutcomeKind.STAYED, accounts=400),
    Scene(key="few leave", kind=OutcomeKind.STAYED, accounts=700, base=2.6),
    Scene(key="no association", kind=OutcomeKind.STAYED, accounts=400, slope=0.0),
    Scene(key="three years each, alike", kind=OutcomeKind.STAYED, accounts=200, rows=3, hidden=1.0),
    Scene(key="a curve", kind=OutcomeKind.STAYED, accounts=500, slope=0.012, bends=True),
    Scene(key="revenue", kind=OutcomeKind.REVENUE, accounts=200, slope=4.0),
    Scene(key="revenue, few and skewed", kind=OutcomeKind.REVENUE, accounts=60, slope=4.0, hidden=0.5),
    Scene(key="revenue, three years each", kind=OutcomeKind.REVENUE, accounts=120, rows=3, hidden=0.5),
    Scene(key="contacts", kind=OutcomeKind.CONTACTS, accounts=200, slope=-0.004),
    Scene(
        key="contacts, three years each",
        kind=OutcomeKind.CONTACTS,
        accounts=120,
        rows=3,
        slope=-0.004,
        hidden=0.6,
    ),
)


def drawn(scene: Scene, rng: Generator, *, accounts: int | None = None) -> tuple[Sample, float]:
    """Customers of a scene, and the mean change of the outcome for one point over just these rows.

    Long-standing customers score higher and stay longer: without what was known before, estimates are off.
    """
    count = accounts or scene.accounts
    cluster = np.repeat(np.arange(count), scene.rows)
    tenure = np.repeat(rng.normal(size=count), scene.rows)
    hidden = np.repeat(rng.normal(size=count), scene.rows) * scene.hidden
    score = np.clip(np.round(7 + tenure + 2 * rng.normal(size=cluster.size)), 0, 10)
    points = np.where(score >= 9, 100.0, np.where(score <= 6, -100.0, 0.0))
    felt = np.minimum(points, 0) if scene.bends else points
    known = (Known(name="tenure", values=tenure, is_control=True),)
    if scene.kind is OutcomeKind.STAYED:
        middle = scene.base + 0.4 * tenure + hidden
        chance = 1 / (1 + np.exp(-(middle + scene.slope * felt)))
        outcome = (rng.random(cluster.size) < chance).astype(float)
        truth = float(np.mean(chance * (1 - chance)) * scene.slope)
    elif scene.kind is OutcomeKind.CONTACTS:  # counts, more spread than their mean where something is hidden
        middle = np.maximum(3 + 0.3 * tenure + scene.slope * felt, 0.05)
        outcome = rng.poisson(middle * np.exp(hidden - scene.hidden**2 / 2)).astype(float)
        truth = scene.slope
    else:
        noise = np.exp(rng.normal(size=cluster.size) * 0.8 + hidden)
        outcome = 5000 + 800 * tenure + scene.slope * felt + 900 * (noise - noise.mean())
        truth = scene.slope
    sample = Sample(
        kind=scene.kind, points=points, score=score, outcome=outcome, cluster=cluster, known=known
    )
    return sample, truth


def truth_of(scene: Scene, *, seed: int = 99) -> float:
    """The mean slope in very many customers: of a curve that of the line that the method would find there."""
    sample, truth = drawn(scene, np.random.default_rng(seed), accounts=300_000 // scene.rows)
    if not scene.bends:
        return truth
    return associate_outcome(sample).effect.value


def coverage(scene: Scene, *, runs: int, seed: int, tell: Callable[[str], None] = print) -> tuple[float, int]:
    """Share of the intervals that hold the truth, and how many runs were refused."""
    truth, held, refused = truth_of(scene), 0, 0
    for run in range(runs):
        sample, _truth = drawn(scene, np.random.default_rng([seed, run]))
        try:
            held += associate_outcome(sample).effect.interval.contains(truth)
        except NotEstimable:
            refused += 1
    share = held / max(runs - refused, 1)
    tell(f"| {scene.key} | {share:.1%} | {refused} |")
    return share, refused
