"""One example of every chart, in English and Chinese, used by all tests of the package."""

from collections.abc import Callable
from datetime import date

from cxcharts import scales
from cxcharts.answers import Bar, Box, answer_bars
from cxcharts.chart import Chart
from cxcharts.counterfactual import CounterfactualPoint, Effect, counterfactual_chart
from cxcharts.coverage import CoverageCell, coverage_matrix
from cxcharts.curve import CurvePoint, curve
from cxcharts.dots import Dot, DotRow, IntervalRow, Perspective, dot_plot, interval_dots
from cxcharts.flow import FlowShare, FlowStep, FlowWords, flow
from cxcharts.frame import Rule, RuleKind
from cxcharts.journey import EmotionStep, EmotionWords, emotion_curve
from cxcharts.labels import Labels, labels_for
from cxcharts.money import CashYear, TornadoRow, cash_flow, histogram, tornado, value_distribution
from cxcharts.plan import plan_chart
from cxcharts.scatter import ScatterPoint, scatter
from cxcharts.series import ControlLimits, Point, Series, series_chart, small_multiples
from cxcharts.sparkline import sparkline

GO_LIVE = date(2025, 4, 1)
LANGUAGES = ("en", "zh-hans")


def months(count: int, year: int = 2024) -> list[date]:
    return [date(year + i // 12, i % 12 + 1, 1) for i in range(count)]


def wave(i: int) -> float:
    """A fixed, uneven course without randomness."""
    return ((i * 37) % 11 - 5) * 0.7


def points(count: int = 24, base: float = 24.0, step: float = 0.2) -> tuple[Point, ...]:
    return tuple(
        Point(
            period=d,
            value=base + step * i + wave(i),
            low=base + step * i + wave(i) - 6.5,
            high=base + step * i + wave(i) + 6.5,
            n=200 + 3 * i,
        )
        for i, d in enumerate(months(count))
    )


def counterfactual_points() -> list[CounterfactualPoint]:
    result = []
    for i, d in enumerate(months(26)):
        after = d >= GO_LIVE
        expected = 24 + 0.12 * i
        result.append(
            CounterfactualPoint(
                period=d,
                observed=expected + wave(i) + (10 if after else 0),
                n=240 + i,
                expected=expected,
                expected_low=expected - 5 if after else None,
                expected_high=expected + 5 if after else None,
                control=18 + wave(i + 3),
            )
        )
    return result


def series(name: str, labels: Labels, locale: str) -> Chart:
    return series_chart(
        title=f"{name} rose by 6 to 14 points",
        subtitle=f"{name}, monthly",
        series=[Series(key="nps", name=name, points=points())],
        scale=scales.nps(labels),
        rules=[
            Rule(at=GO_LIVE, label=name),
            Rule(at=date(2025, 5, 10), label=name, kind=RuleKind.OTHER),
            Rule(at=date(2024, 6, 10), label=name, kind=RuleKind.SURVEY_CHANGE),
        ],
        target=35,
        limits=ControlLimits(center=26, low=14, high=38),
        minimum_n=205,
        labels=labels,
        locale=locale,
    )


def several(name: str, labels: Labels, locale: str) -> Chart:
    return series_chart(
        title=name,
        subtitle="",
        series=[
            Series(key=f"k{i}", name=f"{name} {i}", points=points(base=20 + 6 * i, step=0.3 - 0.2 * i))
            for i in range(4)
        ],
        scale=scales.nps(labels),
        labels=labels,
        locale=locale,
    )


def multiples(name: str, labels: Labels, locale: str) -> Chart:
    return small_multiples(
        title=name,
        subtitle=name,
        series=[Series(key=f"k{i}", name=f"{name} {i}", points=points(base=20 + 6 * i)) for i in range(5)],
        scale=scales.nps(labels),
        rules=[Rule(at=GO_LIVE, label=name)],
        labels=labels,
        locale=locale,
    )


def counterfactual(name: str, labels: Labels, locale: str) -> Chart:
    return counterfactual_chart(
        title=name,
        subtitle=name,
        key="nps",
        points=counterfactual_points(),
        go_live=GO_LIVE,
        go_live_label=name,
        scale=scales.nps(labels),
        effect=Effect(value=9.8, low=6.1, high=13.6),
        rules=[Rule(at=date(2025, 6, 1), label=name, kind=RuleKind.OTHER)],
        control_name=name,
        labels=labels,
        locale=locale,
    )


def dots(name: str, labels: Labels, locale: str) -> Chart:
    return dot_plot(
        title=name,
        subtitle=name,
        perspectives=[Perspective(key="executive", name=name), Perspective(key="front_line", name=name)],
        rows=[
            DotRow(
                name=f"{name} {i}",
                target=3.5,
                dots=(
                    Dot(perspective="executive", value=3 + 0.2 * i, previous=2.5, n=4),
                    Dot(perspective="front_line", value=2 + 0.3 * i, previous=1.7, n=31),
                ),
            )
            for i in range(5)
        ],
        levels=[f"{name} {i}" for i in range(1, 6)],
        labels=labels,
        locale=locale,
    )


def intervals(name: str, labels: Labels, locale: str) -> Chart:
    return interval_dots(
        title=name,
        subtitle=name,
        rows=[
            IntervalRow(name=f"{name} 1", value=412_000, low=190_000, high=655_000, n=6240),
            IntervalRow(name=f"{name} 2", value=-20_000, low=-160_000, high=110_000),
            IntervalRow(name=f"{name} 3", value=-180_000, low=-310_000, high=-45_000),
            IntervalRow(name=f"{name} 4", value=None),
        ],
        scale=scales.money(prefix="€"),
        labels=labels,
        locale=locale,
    )


def cash(name: str, labels: Labels, locale: str) -> Chart:
    return cash_flow(
        title=name,
        subtitle=name,
        years=[
            CashYear(name=name, benefit=0, cost=420_000, cumulative=-420_000),
            CashYear(
                name="1", benefit=380_000, cost=150_000, cumulative=-190_000, low=-320_000, high=-60_000
            ),
            CashYear(name="2", benefit=640_000, cost=150_000, cumulative=300_000, low=20_000, high=610_000),
        ],
        scale=scales.money(prefix="€"),
        labels=labels,
        locale=locale,
    )


def distribution(name: str, labels: Labels, locale: str) -> Chart:
    values = [500_000 + 90_000 * wave(i) + 40_000 * wave(i // 11) + 700 * i for i in range(900)]
    ordered = sorted(values)
    return value_distribution(
        title=name,
        subtitle=name,
        bins=histogram(values),
        p5=ordered[45],
        mean=ordered[450],
        p95=ordered[855],
        loss_share=sum(v < 0 for v in values) / len(values),
        scale=scales.money(prefix="€"),
        labels=labels,
        locale=locale,
    )


def tornado_chart(name: str, labels: Labels, locale: str) -> Chart:
    return tornado(
        title=name,
        subtitle=name,
        base=840_000,
        rows=[
            TornadoRow(
                name=f"{name} 1", low_input="0.1%", high_input="0.4%", at_low=260_000, at_high=1_420_000
            ),
            TornadoRow(name=f"{name} 2", low_input=name, high_input="€190k", at_low=930_000, at_high=720_000),
        ],
        scale=scales.money(prefix="€"),
        labels=labels,
        locale=locale,
    )


def coverage(name: str, labels: Labels, locale: str) -> Chart:
    return coverage_matrix(
        title=name,
        subtitle=name,
        rows=[f"{name} {i}" for i in range(6)],
        columns=[f"{name} {j}" for j in range(5)],
        cells=[
            CoverageCell(row=i, column=j, level=(i * j) % 5, text=str((i * j) % 5))
            for i in range(5)
            for j in range(4)
            if (i * j) % 5
        ],
        labels=labels,
        locale=locale,
    )


def plan(name: str, labels: Labels, locale: str) -> Chart:
    return plan_chart(
        title=name,
        subtitle=name,
        key="nps",
        history=points(14, step=0.0),
        baseline=24,
        expected_change=8,
        smallest_change=5.6,
        go_live=GO_LIVE,
        review=date(2025, 12, 1),
        go_live_label=name,
        review_label=name,
        scale=scales.nps(labels),
        full_effect=date(2025, 7, 1),
        labels=labels,
        locale=locale,
    )


def spark(name: str, labels: Labels, locale: str) -> Chart:
    return sparkline(
        name=name,
        key="nps",
        periods=[f"{name} {i}" for i in range(6)],
        values=[20, 22, None, 24, 23, 29],
        scale=scales.nps(labels),
        labels=labels,
        locale=locale,
    )


def answers(name: str, labels: Labels, locale: str) -> Chart:
    boxes = [Box.BOTTOM] * 7 + [Box.MIDDLE] * 2 + [Box.TOP] * 2
    return answer_bars(
        title=name,
        subtitle=name,
        bars=[
            Bar(label=str(i), count=(i * 7) % 11 * 5, before=(i * 5) % 11 * 4, box=box)
            for i, box in enumerate(boxes)
        ],
        name=name,
        before_name=f"{name} 0",
        boxes=[(Box.BOTTOM, f"{name} 0–6"), (Box.MIDDLE, f"{name} 7–8"), (Box.TOP, f"{name} 9–10")],
        labels=labels,
        locale=locale,
    )


def scattered(name: str, labels: Labels, locale: str) -> Chart:
    return scatter(
        title=f"{name} 1, 2",
        subtitle=f"{name}, n = 12",
        points=[
            ScatterPoint(name=f"{name} {i}", x=2.6 + 0.17 * i, y=12 + 3 * i + 4 * wave(i), n=40 + 9 * i)
            for i in range(12)
        ],
        x_name=f"Tools {name}",
        y_name=name,
        x_scale=scales.rating(1, 5, decimals=1),
        y_scale=scales.nps(labels),
        labels=labels,
        locale=locale,
    )


def bent(name: str, labels: Labels, locale: str) -> Chart:
    points = [(i / 2, 0.9 - 0.5 / (1 + i)) for i in range(21)]
    return curve(
        title=f"{name} 1, 3",
        subtitle=f"{name}, n = 412",
        points=[CurvePoint(x=x, y=y, low=y - 0.05, high=min(y + 0.06, 1.0)) for x, y in points],
        x_name=name,
        y_name=f"Stay {name}",
        x_scale=scales.rating(0, 10, decimals=1),
        y_scale=scales.share(labels),
        labels=labels,
        locale=locale,
    )


def emotions(name: str, labels: Labels, locale: str) -> Chart:
    values = [None if i == 4 else 1.4 - 0.35 * (i % 7) for i in range(14)]
    return emotion_curve(
        title=f"{name} 1, 4",
        subtitle=f"{name}, n = 412",
        steps=[
            EmotionStep(
                name=f"{name} {i}",
                stage=f"{name} {i // 5}",
                drawn=(2, 1, 0, -1, -2)[i % 5],
                value=value,
                low=None if value is None else value - 0.3,
                high=None if value is None else value + 0.3,
                n=40 + i,
                figure=f"{20 + i}",
                range=f"{15 + i}, {25 + i}",
                is_few=value is None,
            )
            for i, value in enumerate(values)
        ],
        words=EmotionWords(
            drawn=f"drawn {name}",
            measured=name,
            few=f"few {name}",
            best=f"very good {name}",
            neutral="neutral",
            worst=f"very bad {name}",
            step="Step",
            stage="Stage",
            figure=name,
        ),
        labels=labels,
        locale=locale,
    )


def flowing(name: str, labels: Labels, locale: str) -> Chart:
    def share(value: float) -> FlowShare:
        return FlowShare(value=value, low=max(0.0, value - 0.05), high=min(1.0, value + 0.06))

    shares = ((0.41, 0.2, 0.39), (0.03, 0.3, 0.67), (0.96, 0.01, 0.03), (0.0, 0.0, 1.0))
    rows = [
        FlowStep(
            name=f"{i + 1}, {i + 2} {name}",
            n=300 + i,
            on=share(on),
            aside=share(aside),
            out=share(out),
            time=f"{i + 3} d ({name})",
            aside_to=name if i else "",
        )
        for i, (on, aside, out) in enumerate(shares)
    ]
    return flow(
        title=f"{name} 1, 4",
        subtitle=f"{name}, n = 412",
        steps=[*rows, FlowStep(name=f"5 {name}", n=3, note=f"few {name}")],
        words=FlowWords(
            step="Step",
            customers=name,
            on=f"on {name}",
            aside=f"aside {name}",
            out=f"out {name}",
            time="time",
            aside_to="to",
        ),
        labels=labels,
        locale=locale,
    )


# Builder and the most SVG elements the printed drawing may have.
CHARTS: dict[str, tuple[Callable[[str, Labels, str], Chart], int]] = {
    "series": (series, 120),
    "several": (several, 90),
    "multiples": (multiples, 230),
    "counterfactual": (counterfactual, 130),
    "dots": (dots, 120),
    "intervals": (intervals, 90),
    "cash": (cash, 80),
    "distribution": (distribution, 50),
    "tornado": (tornado_chart, 70),
    "coverage": (coverage, 90),
    "scatter": (scattered, 70),
    "curve": (bent, 70),
    "plan": (plan, 100),
    "spark": (spark, 8),
    "answers": (answers, 70),
    "emotions": (emotions, 130),
    "flow": (flowing, 70),
}
NAMES = tuple(CHARTS)


def build(key: str, name: str = "Onboarding NPS", locale: str = "en") -> Chart:
    return CHARTS[key][0](name, labels_for(locale), locale)
