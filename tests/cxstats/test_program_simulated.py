"""Small simulated programs: the range holds the truth as often as it says, and luck is taken out."""

from datetime import date

import numpy as np

from cxstats.program import Measured, Program, money_claim, program_return

SIZE, PROGRAMS = 6, 60
DAY = Measured(
    metric="nps",
    places=("help",),
    before=date(2025, 1, 1),
    start=date(2025, 7, 1),
    until=date(2025, 12, 31),
)


def simulated(kind: str) -> dict[str, float]:
    """Coverage of the 90 % range and of the plain sum, and the part of the largest claim's luck left."""
    rng = np.random.default_rng([20261130, *kind.encode()])
    held, plain_held, luck, left = [], [], [], []
    for number in range(PROGRAMS):
        errors = np.exp(rng.normal(0, 0.6, SIZE)) if kind == "null" else np.ones(SIZE)
        effects = np.zeros(SIZE) if kind == "null" else rng.normal(1.0, 2.0, SIZE)
        if kind == "harmful":
            effects = np.abs(rng.normal(1.5, 0.5, SIZE)) * [1, -1, 1, -1, 1, -1]
        values = effects + errors * rng.standard_normal(SIZE)
        if kind == "overlap":  # the first two saw the same answers on the same days
            values[:2] = effects[0] + effects[1] + rng.standard_normal()
        found = program_return(
            program=Program(
                initiatives=tuple(
                    money_claim(
                        key=str(place),
                        value=float(values[place]),
                        standard_error=float(errors[place]),
                        years=1,
                        measured=DAY if kind == "overlap" and place < 2 else None,
                    )
                    for place in range(SIZE)
                ),
                costs=(),
                years=1,
                discount_rate=0.0,
            ),
            rng=np.random.default_rng(number),
            draws=1500,
        )
        span, half = found.net_present_value, 1.6449 * np.sqrt(errors @ errors)
        held.append(span.p5 <= effects.sum() <= span.p95)
        plain_held.append(abs(values.sum() - effects.sum()) <= half)
        best = int(np.argmax(values))
        luck.append(values[best] - effects[best])
        left.append(found.lines[best].share.mean - effects[best])
    return {
        "held": float(np.mean(held)),
        "plain": float(np.mean(plain_held)),
        "left": float(np.mean(left) / np.mean(luck)),
    }


def test_ranges_hold_the_truth_and_luck_is_taken_out():
    found = {kind: simulated(kind) for kind in ("null", "harmful", "overlap")}
    pooled = np.mean([one["held"] for one in found.values()])
    assert 0.84 <= pooled <= 0.96  # 180 programs at a nominal 0.90: three standard errors
    assert all(one["held"] >= 0.78 for one in found.values())
    assert all(one["left"] < 0.6 for one in found.values())


def test_a_plain_sum_of_overlapping_claims_misses_the_truth():
    # the same figures without the method: were the truth easy to hold, the test above would say nothing
    found = simulated("overlap")
    assert found["plain"] < 0.75
    assert found["held"] > found["plain"] + 0.1
