"""Pictures of money."""

import numpy as np

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.dots import IntervalRow, interval_dots
from cxcharts.money import Bin, value_distribution
from cxstats.design import (
    DesignGrade,
    Verdict,
)
from cxstats.portfolio import InitiativeValue, JointEffect, portfolio_total
from cxstats.roi import (
    BenefitLine,
    CostLine,
    Distribution,
    Parameter,
    ParameterKind,
    RoiCase,
    ValueKind,
    simulate_roi,
)
from scripts.method_pictures.simulated import row


def roi() -> Chart:
    def parameter(key: str, kind: ParameterKind, distribution: Distribution, *args: float) -> Parameter:
        return Parameter(
            key=key, distribution=distribution, args=args, source="example", owner="CX", kind=kind
        )

    case = RoiCase(
        parameters=(
            parameter("effect", ParameterKind.MEASURED, Distribution.NORMAL, 3.2, 1.5),
            parameter("value", ParameterKind.FINANCE, Distribution.PERT, 60_000, 90_000, 130_000),
            parameter("build", ParameterKind.FINANCE, Distribution.PERT, 280_000, 320_000, 450_000),
            parameter("rate", ParameterKind.FINANCE, Distribution.FIXED, 0.1),
        ),
        benefits=(
            BenefitLine(
                key="margin",
                kind=ValueKind.OWN_FORMULA,
                factors=("effect", "value"),
                profile=(0, 1, 1, 1),
                hard=True,
            ),
        ),
        costs=(CostLine(key="project", factors=("build",), profile=(1, 0, 0, 0)),),
        periods=3,
        discount_rate="rate",
        effect="effect",
    )
    found = simulate_roi(
        case=case,
        rng=np.random.default_rng(1),
        grade=DesignGrade.B,
        verdict=Verdict.SUPPORTED,
        draws=20_000,
    )
    worth, edges = found.net_present_value, found.histogram_edges
    size = edges[1] - edges[0]
    # On a grid with an edge at zero, so that losses and gains never share a bin.
    grid = size * np.arange(np.floor(edges[0] / size), np.ceil(edges[-1] / size) + 1)
    below = np.interp(grid, edges, np.cumsum((0, *found.histogram_counts)) / sum(found.histogram_counts))
    return value_distribution(
        title=f"Worth about €{worth.mean / 1000:.0f}k, a loss in {found.probability_of_loss:.0%} of draws",
        subtitle="Net present value over three years of a worked case; effect 3.2 points, standard error 1.5",
        bins=[
            Bin(low=float(grid[k]), high=float(grid[k + 1]), share=float(below[k + 1] - below[k]))
            for k in range(len(grid) - 1)
        ],
        p5=worth.p5,
        mean=worth.mean,
        p95=worth.p95,
        loss_share=found.probability_of_loss,
        scale=scales.money(prefix="€"),
    )


def portfolio() -> Chart:
    claims = [
        ("Chat", 60, 18, "help"), ("Training", 50, 18, "help"), ("Invoice", 20, 12, None),
        ("App", 34, 20, None),
        ("Onboarding", 8, 15, None), ("Returns", 41, 22, None), ("Call-back", -6, 14, None),
    ]  # fmt: skip
    found = portfolio_total(
        initiatives=[
            InitiativeValue(key=key, value=1000 * value, standard_error=1000 * error, group=where)
            for key, value, error, where in claims
        ],
        joint_effects=[JointEffect(group="help", value=80_000, standard_error=20_000)],
        rng=np.random.default_rng(1),
    )
    rows = [
        IntervalRow(
            name="Sum of all claims", value=found.naive, low=found.naive_range.p5, high=found.naive_range.p95
        )
    ]
    if found.overlap_aware_range is not None:
        kept = found.overlap_aware_range
        rows.append(
            IntervalRow(
                name="Shared effects counted once", value=found.overlap_aware, low=kept.p5, high=kept.p95
            )
        )
    if found.shrunken is not None:
        rows.append(row("Reduced by what luck explains", found.shrunken.total))
    return interval_dots(
        title=f"Claims of €{found.naive / 1000:.0f}k, of which €{(rows[-1].value or 0) / 1000:.0f}k survive",
        subtitle="Seven initiatives, two of them on one touchpoint; 90% ranges, the last one 95%",
        rows=rows,
        scale=scales.money(prefix="€"),
        zero=None,
        differences=False,
        sort=False,
    )
