"""Pictures of maturity, agreement, links and drivers."""

import numpy as np

from cxcharts import scales
from cxcharts.chart import Chart
from cxcharts.dots import Dot, DotRow, IntervalRow, Perspective, dot_plot, interval_dots
from cxcharts.labels import ENGLISH
from cxcharts.locale import ValueFormat
from cxcharts.scales import Scale
from cxstats.agreement import intraclass_correlations, r_wg
from cxstats.drivers import driver_analysis
from cxstats.linkage import associate
from cxstats.maturity import (
    AnswerStatus,
    DimensionSpec,
    LevelSet,
    PracticeSpec,
    RatedAnswer,
    maturity_profile,
)
from scripts.method_pictures.simulated import row


def linkage() -> Chart:
    rng = np.random.default_rng(9)
    x = rng.normal(size=160)
    y = 0.5 * x + np.sqrt(1 - 0.25) * rng.normal(size=160)
    rows = [
        row(f"{n} branches", associate(x=x[:n], y=y[:n], rng=rng, orders=999).estimate, n=n)
        for n in (10, 20, 40, 80, 160)
    ]
    return interval_dots(
        title="With ten branches the association may be anywhere "
        f"from {rows[0].low:.1f} to {rows[0].high:.1f}",
        subtitle="Employee and customer scores, rank correlation, 95% intervals; simulated, truth 0.48",
        rows=rows,
        scale=Scale(low=-1, high=1, value=ValueFormat(decimals=2), difference=ValueFormat(decimals=2)),
        zero=None,
        differences=False,
        sort=False,
    )


def maturity() -> Chart:
    names = {"listen": "Listen to customers", "act": "Act on feedback", "prove": "Prove what works"}
    given = {
        "executive": {"listen": (4, 4, 3), "act": (4, 3, 4), "prove": (3, 3, 2)},
        "front_line": {"listen": (3, 4, 3), "act": (2, 2, 1), "prove": (2, 1, 2)},
    }
    answers = [
        RatedAnswer(
            respondent=f"{who} {k}", practice=what, level=level, status=AnswerStatus.ANSWERED, perspective=who
        )
        for who, rated in given.items()
        for what, levels in rated.items()
        for k, level in enumerate(levels)
    ]
    profile = maturity_profile(
        dimensions=[DimensionSpec(key="voice")],
        practices=[PracticeSpec(key=key, dimension="voice") for key in names],
        answers=answers,
        targets=LevelSet(practices=tuple((key, 4.0) for key in names)),
    )
    widest = max(profile.practices, key=lambda one: one.perception.gap or 0)
    return dot_plot(
        title=f"{names[widest.key]}: executives see {widest.perception.gap:.0f} levels more "
        "than the front line",
        subtitle=f"Level by practice and perspective; six raters, overall {profile.overall.level:.1f}",
        perspectives=[
            Perspective(key="executive", name="Executives"),
            Perspective(key="front_line", name="Front line"),
        ],
        rows=[
            DotRow(
                name=names[one.key],
                target=one.target,
                dots=tuple(
                    Dot(perspective=seen.perspective, value=seen.level, n=seen.raters)
                    for seen in one.perception.levels
                ),
            )
            for one in profile.practices
        ],
        levels=["Ad hoc", "Emerging", "Defined", "Managed", "Leading"],
    )


def agreement() -> Chart:
    rng = np.random.default_rng(10)
    alike = np.clip(np.round(3 + rng.normal(0, 0.45, (12, 5))), 1, 5)
    apart = np.clip(np.round(np.linspace(1, 5, 12)[:, None] + rng.normal(0, 0.45, (12, 5))), 1, 5)
    rows = []
    for name, ratings in (("All near level 3", alike), ("Levels 1 to 5", apart)):
        agreed = float(np.mean([r_wg(ratings=one).value for one in ratings]))
        rows.append(IntervalRow(name=f"{name}: raters agree (mean r_wg)", value=agreed))
        found = intraclass_correlations(ratings=ratings).two_way_random_single
        rows.append(row(f"{name}: practices told apart (intraclass)", found))
    return interval_dots(
        title="Raters may agree and their ratings still tell nothing apart",
        subtitle="Twelve practices, five raters, simulated; 95% intervals where there is one",
        rows=rows,
        scale=Scale(low=-1, high=1, value=ValueFormat(decimals=2), difference=ValueFormat(decimals=2)),
        zero=None,
        differences=False,
        sort=False,
    )


def drivers() -> Chart:
    rng = np.random.default_rng(13)
    n = 600
    general = rng.normal(size=n)
    weights = {"Staff": 0.5, "Waiting time": 0.35, "Invoice": 0.15, "Website": 0.1, "Parking": 0.0}
    parts = np.column_stack([0.6 * general + 0.8 * rng.normal(size=n) for _ in weights])
    outcome = parts @ np.array(list(weights.values())) + 0.8 * rng.normal(size=n)
    found = driver_analysis(outcome=outcome, drivers=parts, keys=list(weights), rng=rng)
    told = [one for one in found.drivers if one.share is not None]
    return interval_dots(
        title="Staff and waiting time hold most; touchpoints that share a letter cannot be told apart",
        subtitle="Share of what all five explain, 95% intervals; 600 simulated answers",
        rows=[row(f"{one.key} ({one.letters})", one.share, n=n) for one in told if one.share is not None],
        scale=scales.share(ENGLISH),
        zero=None,
        differences=False,
    )
