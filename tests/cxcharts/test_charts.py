"""What single charts promise beyond the common rules."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from cxcharts import scales
from cxcharts.answers import Bar, Box, answer_bars
from cxcharts.chart import Cell, Chart, Table
from cxcharts.counterfactual import CounterfactualPoint, Effect, counterfactual_chart
from cxcharts.coverage import CoverageCell, coverage_matrix
from cxcharts.dots import Dot, DotRow, IntervalRow, Perspective, State, dot_plot, interval_dots, reading
from cxcharts.frame import Rule
from cxcharts.labels import CHINESE, ENGLISH, labels_for
from cxcharts.locale import locale_for, months_text
from cxcharts.money import Bin, CashYear, TornadoRow, cash_flow, histogram, tornado, value_distribution
from cxcharts.plan import plan_chart
from cxcharts.render import fitted, to_svg
from cxcharts.series import Point, Series, series_chart, small_multiples
from cxcharts.sparkline import sparkline
from cxcharts.writer import Writer
from tests.cxcharts.cast import GO_LIVE, build, counterfactual_points, months, points

NPS = scales.nps(ENGLISH)
WORDS = {"title": "Title", "subtitle": "Subtitle"}


def one_series(*values: float | None, scale: scales.Scale = NPS, n: int | None = 100, minimum_n: int = 0):
    return series_chart(
        **WORDS,
        series=[
            Series(
                key="nps",
                name="NPS",
                points=tuple(
                    Point(period=d, value=v, n=n) for d, v in zip(months(len(values)), values, strict=True)
                ),
            )
        ],
        scale=scale,
        minimum_n=minimum_n,
    )


@pytest.mark.parametrize(
    ("make", "need"),
    [
        (lambda: series_chart(**WORDS, series=[], scale=NPS), "at least one series"),
        (lambda: one_series(), "at least one period"),
        (lambda: one_series(None, None), "at least one period"),
        (lambda: one_series(3.0, n=4, minimum_n=5), "at least one period"),
        (lambda: small_multiples(**WORDS, series=[], scale=NPS), "at least one series"),
        (
            lambda: counterfactual_chart(
                **WORDS, key="nps", points=[], go_live=GO_LIVE, go_live_label="", scale=NPS
            ),
            "at least one observed value",
        ),
        (lambda: dot_plot(**WORDS, perspectives=[], rows=[], levels=["a", "b"]), "at least one row"),
        (lambda: interval_dots(**WORDS, rows=[], scale=NPS), "at least one row"),
        (
            lambda: interval_dots(**WORDS, rows=[IntervalRow(name="a", value=None)], scale=NPS),
            "at least one value",
        ),
        (lambda: cash_flow(**WORDS, years=[], scale=scales.money()), "at least one year"),
        (lambda: histogram([]), "at least one value"),
        (
            lambda: value_distribution(
                **WORDS, bins=[], p5=0, mean=0, p95=0, loss_share=0, scale=scales.money()
            ),
            "at least one bin",
        ),
        (lambda: tornado(**WORDS, rows=[], base=0, scale=scales.money()), "at least one assumption"),
        (lambda: coverage_matrix(**WORDS, rows=[], columns=["a"], cells=[]), "one row and one column"),
        (lambda: sparkline(name="", key="a", periods=[], values=[], scale=NPS), "at least one value"),
        (
            lambda: plan_chart(
                **WORDS, key="nps", history=(), baseline=1, expected_change=1, smallest_change=1,
                go_live=GO_LIVE, review=GO_LIVE, go_live_label="", review_label="", scale=NPS,
            ),
            "review date after",
        ),
        (lambda: one_series(1.0, float("nan")), "finite"),
        (lambda: one_series(1.0, float("inf")), "finite"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(make, need: str) -> None:
    with pytest.raises(ValueError, match=need):
        make()


def test_one_point_is_drawn_as_a_dot() -> None:
    for chart in (
        one_series(12.0),
        counterfactual_chart(
            **WORDS,
            key="nps",
            points=[CounterfactualPoint(period=date(2025, 1, 1), observed=3.0)],
            go_live=GO_LIVE,
            go_live_label="Go-live",
            scale=NPS,
        ),
        cash_flow(
            **WORDS,
            years=[CashYear(name="1", benefit=1, cost=2, cumulative=-1, low=-2, high=0)],
            scale=scales.money(),
        ),
        value_distribution(
            **WORDS, bins=histogram([5.0]), p5=5, mean=5, p95=5, loss_share=0, scale=scales.money()
        ),
        sparkline(name="a", key="a", periods=["Jan"], values=[4.0], scale=NPS),
    ):
        svg = to_svg(chart, "light")
        assert "NaN" not in svg
        assert "<path" in svg or "<rect" in svg


@pytest.mark.parametrize("values", [(-100.0, -96.0, -99.5), (99.0, 100.0), (-3.0, 4.0), (0.0, 0.0)])
def test_axis_stays_inside_the_bounds_of_the_scale(values: tuple[float, ...]) -> None:
    low, high, ticks = scales.domain(values, NPS)
    assert -100 <= low <= min(values)
    assert max(values) <= high <= 100
    assert len(ticks) >= 2
    assert high - low >= 10


def test_axis_of_a_share_is_never_beyond_the_whole() -> None:
    low, high, _ = scales.domain([0.91, 0.98], scales.share(ENGLISH))
    assert (low >= 0, high) == (True, 1.0)
    assert scales.domain([0.02, 0.1], scales.share(ENGLISH))[0] == 0


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e9, 7e14])
@pytest.mark.parametrize("sign", [1, -1])
def test_huge_tiny_and_negative_values_draw(size: float, sign: int) -> None:
    plain = scales.plain(decimals=2)
    line = one_series(*(sign * size * v for v in (1.0, 1.4, 1.2)), scale=plain)
    assert "NaN" not in to_svg(line, "light")
    money = scales.money(prefix="€")
    rows = [IntervalRow(name="a", value=sign * size, low=sign * size - size / 2, high=sign * size + size / 2)]
    assert "NaN" not in to_svg(interval_dots(**WORDS, rows=rows, scale=money), "light")


def test_small_periods_leave_neither_drawing_nor_table() -> None:
    series = Series(
        key="nps",
        name="NPS",
        points=(
            Point(period=date(2025, 1, 1), value=12.0, low=1, high=20, n=40),
            Point(period=date(2025, 2, 1), value=77.125, low=70.5, high=80.25, n=4),
            Point(period=date(2025, 3, 1), value=14.0, low=2, high=22, n=44),
        ),
    )
    chart = series_chart(**WORDS, series=[series], scale=NPS, minimum_n=5)
    everything = json.dumps(chart.spec) + chart.table.to_csv() + chart.alternative
    assert not any(secret in everything for secret in ("77", "70.5", "80.25"))
    assert "fewer than 5" in chart.table.to_csv()
    assert "1 periods are not shown" in chart.alternative or "not shown: fewer than 5" in chart.alternative


def test_a_long_line_carries_no_dots_but_its_last() -> None:
    days = [date.fromordinal(date(2020, 1, 6).toordinal() + 7 * i) for i in range(260)]
    series = Series(
        key="nps", name="NPS", points=tuple(Point(period=d, value=20 + i % 7) for i, d in enumerate(days))
    )
    svg = to_svg(series_chart(**WORDS, series=[series], scale=NPS, period="week"), "print")
    assert svg.count("<") < 120


def test_same_period_twice_is_refused() -> None:
    series = Series(
        key="a", name="a", points=(Point(period=GO_LIVE, value=1), Point(period=GO_LIVE, value=2))
    )
    with pytest.raises(ValueError, match="one point per period"):
        series_chart(**WORDS, series=[series], scale=NPS)


def test_rules_outside_the_window_are_told_but_not_drawn() -> None:
    chart = series_chart(
        **WORDS,
        series=[Series(key="nps", name="NPS", points=points(6))],
        scale=NPS,
        rules=[Rule(at=date(2030, 1, 1), label="Far away")],
    )
    assert "Far away" not in to_svg(chart)
    assert "Far away" in chart.alternative


@pytest.mark.parametrize(
    ("low", "high", "up", "state"),
    [
        (1, 5, True, State.BETTER),
        (-5, -1, True, State.WORSE),
        (-1, 1, True, State.UNDECIDED),
        (0, 4, True, State.UNDECIDED),
        (1, 5, False, State.WORSE),
        (-5, -1, False, State.BETTER),
        (None, None, True, State.UNDECIDED),
    ],
)
def test_an_interval_over_zero_says_nothing(
    low: float | None, high: float | None, up: bool, state: State
) -> None:
    assert reading(IntervalRow(name="a", value=0, low=low, high=high), 0, higher_is_better=up) is state


def test_intervals_are_sorted_by_value() -> None:
    assert [row[0].text[-1] for row in build("intervals").table.rows] == ["1", "2", "3", "4"]


def test_dot_plot_refuses_an_unknown_perspective() -> None:
    with pytest.raises(ValueError, match="every perspective"):
        dot_plot(
            **WORDS,
            perspectives=[Perspective(key="a", name="A")],
            rows=[DotRow(name="r", dots=(Dot(perspective="b", value=1),))],
            levels=["low", "high"],
        )


def test_coverage_names_rows_and_columns_without_anyone() -> None:
    chart = coverage_matrix(
        **WORDS,
        rows=["Shop", "Invoice"],
        columns=["Sales", "Finance"],
        cells=[CoverageCell(row=0, column=0, level=2, text="2 members")],
    )
    assert "Invoice: not covered" in chart.alternative
    assert "Not covered by anyone: Finance." in chart.alternative


def test_histogram_has_an_edge_at_zero_and_loses_nothing() -> None:
    bins = histogram([-10 + 0.1 * i for i in range(400)])
    assert any(abs(b.high) < 1e-9 for b in bins)
    assert sum(b.share for b in bins) == pytest.approx(1)
    assert sum(b.share for b in bins if b.high <= 1e-9) == pytest.approx(0.25, abs=0.01)


def test_loss_is_never_rounded_to_none() -> None:
    chart = value_distribution(
        **WORDS,
        bins=[Bin(low=-1, high=0, share=0.001), Bin(low=0, high=9, share=0.999)],
        p5=1,
        mean=4,
        p95=8,
        loss_share=0.001,
        scale=scales.money(),
    )
    assert "<1%" in chart.alternative


def test_ends_of_a_narrow_bin_are_told_apart() -> None:
    bins = [
        Bin(low=-99_640 + 5 * place, high=-99_635 + 5 * place, share=0.25) for place in range(4)
    ]  # all of them −99.6k to three figures
    narrow = {"p5": -99_638.0, "mean": -99_630.0, "p95": -99_622.0, "loss_share": 1.0}
    chart = value_distribution(**WORDS, **narrow, bins=bins, scale=scales.money(prefix="EUR "))
    ends = [(low.text, high.text) for low, high, _share in chart.table.rows[:4]]
    assert ends == [
        ("−EUR 99,640", "−EUR 99,635"),
        ("−EUR 99,635", "−EUR 99,630"),
        ("−EUR 99,630", "−EUR 99,625"),
        ("−EUR 99,625", "−EUR 99,620"),
    ]
    assert [value.text for _name, value, _share in chart.table.rows[4:7]] == [
        "−EUR 99,638",
        "−EUR 99,630",
        "−EUR 99,622",
    ]
    hovered = [box["range"] for box in _values_with(chart.spec, "range")]
    assert hovered[0] == "−EUR 99.64k to −EUR 99.635k"


def _values_with(node, key: str) -> list[dict]:
    """Every row of data of a specification that has the key."""
    if isinstance(node, dict):
        if key in node and isinstance(node[key], str) and "x2" in node:
            return [node]
        return [found for child in node.values() for found in _values_with(child, key)]
    if isinstance(node, list):
        return [found for child in node for found in _values_with(child, key)]
    return []


def test_wide_bins_keep_three_figures_and_are_written_alike() -> None:
    bins = [Bin(low=-99_640, high=0, share=0.5), Bin(low=0, high=250_400, share=0.5)]
    shown = {"p5": -90_000.0, "mean": 75_000.0, "p95": 240_000.0, "loss_share": 0.5}
    chart = value_distribution(**WORDS, **shown, bins=bins, scale=scales.money())
    assert [(low.text, high.text) for low, high, _share in chart.table.rows[:2]] == [
        ("−99,600", "0"),
        ("0", "250,400"),
    ]


def test_the_ends_of_a_short_bar_are_told_apart() -> None:
    rows = [TornadoRow(name="thin", low_input="1", high_input="2", at_low=-99_640, at_high=-99_610)]
    chart = tornado(**WORDS, rows=rows, base=-99_625, scale=scales.money())
    texts = [cell.text for cell in chart.table.rows[0]]
    assert texts[-2:] == ["−99,640", "−99,610"]
    assert "−99.64k" in chart.alternative


def test_the_base_case_has_no_more_digits_than_it_needs() -> None:
    rows = [TornadoRow(name="thin", low_input="1", high_input="2", at_low=-186_228.9, at_high=-186_229.0)]
    chart = tornado(**WORDS, rows=rows, base=-186_228.9, scale=scales.money())
    assert [[cell.text for cell in row][-2:] for row in chart.table.rows] == [
        ["−186,228.90", "−186,229.00"],
        ["−186,228.90", "−186,228.90"],
    ]
    assert "Base case −186k." in chart.alternative


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([980_000, 1_250_000, 1_200_000], ["980,000", "1,250,000", "1,200,000"]),  # 980k, 1.25m, 1.2m
        ([1_234_567, 12_345_678, None], ["1,230,000", "12,350,000", "–"]),
        ([3_456, -12_345_678, 0], ["3,460", "−12,345,680", "0"]),
        ([93.4, 12.5, 0.0000001], ["93", "13", "0"]),
        ([12.5, 12_345_678], ["13", "12,345,678"]),
        ([93.4, 93.3], ["93.40", "93.30"]),
        ([0, 0], ["0", "0"]),
        ([], []),
    ],
)
def test_money_of_one_column_is_rounded_to_one_place(amounts, said) -> None:
    writer = Writer(value=scales.money().value, labels=ENGLISH, locale=locale_for("en"))
    column = writer.in_column(amounts)
    assert [column.cell(amount).text for amount in amounts] == said
    share = Writer(value=scales.share(ENGLISH, decimals=1).value, labels=ENGLISH, locale=locale_for("en"))
    assert share.in_column([0.1, 0.125]) == share  # what is not shortened stays as it is


@pytest.mark.parametrize("key", ["cash", "tornado", "distribution"])
def test_every_table_of_money_writes_its_amounts_out(key: str) -> None:
    cells = [cell for row in build(key).table.rows for cell in row if cell.value is not None]
    texts = [cell.text for cell in cells if "%" not in cell.text]
    assert len(texts) > 4
    assert [text for text in texts if not text[-1].isdecimal() or "." in text] == []


def test_tornado_puts_the_widest_first() -> None:
    rows = [
        TornadoRow(name="thin", low_input="1", high_input="2", at_low=9, at_high=11),
        TornadoRow(name="wide", low_input="1", high_input="2", at_low=2, at_high=20),
    ]
    chart = tornado(**WORDS, rows=rows, base=10, scale=scales.money())
    assert chart.table.rows[0][0].text == "wide"


def test_plan_says_when_the_change_cannot_be_seen() -> None:
    arguments = {
        **WORDS, "key": "nps", "history": points(6), "baseline": 24, "smallest_change": 9, "go_live": GO_LIVE,
        "review": date(2025, 12, 1), "go_live_label": "Go-live", "review_label": "Review", "scale": NPS,
    }  # fmt: skip
    assert ENGLISH.sentence_plan_blind in plan_chart(**arguments, expected_change=5).alternative
    assert ENGLISH.sentence_plan_blind not in plan_chart(**arguments, expected_change=12).alternative


def texts_of(chart: Chart) -> str:
    return json.dumps(chart.spec, ensure_ascii=False)


def test_counterfactual_names_the_period_of_its_line_ends_and_signs_both_ends_of_the_effect() -> None:
    drawn = texts_of(
        counterfactual_chart(
            **WORDS,
            key="nps",
            points=counterfactual_points(),
            go_live=GO_LIVE,
            go_live_label="Go-live",
            scale=NPS,
            effect=Effect(value=2.0, low=-3.5, high=6.7),
        )
    )
    words = " ".join(re.findall(r'"([^"]*)"', drawn))
    assert "last month:" in words
    assert "\u22123.5 to" in words
    assert "+6.7" in words


def test_a_plan_writes_whole_sizes_without_decimals() -> None:
    arguments = {
        **WORDS, "key": "nps", "history": points(6), "baseline": 24, "go_live": GO_LIVE,
        "review": date(2025, 12, 1), "go_live_label": "Go-live", "review_label": "Review", "scale": NPS,
    }  # fmt: skip
    whole = plan_chart(**arguments, expected_change=15, smallest_change=20)
    assert "20\u00a0points" in whole.alternative
    assert "+15\u00a0points" in texts_of(whole)
    broken = plan_chart(**arguments, expected_change=15, smallest_change=5.6)
    assert "5.6\u00a0points" in broken.alternative


def test_counterfactual_tells_effect_and_interval() -> None:
    chart = build("counterfactual")
    assert "+9.8\u00a0points" in chart.alternative
    assert "95% interval +6.1\u00a0points to +13.6\u00a0points" in chart.alternative
    assert "+9.8\u00a0points" in to_svg(chart)


def test_phone_layout_has_its_own_height_and_columns() -> None:
    spec = build("dots").spec
    assert fitted(spec, 340)["height"] > fitted(spec, 800)["height"]
    panels = build("multiples").spec
    assert (fitted(panels, 340)["columns"], fitted(panels, 1100)["columns"]) == (1, 3)
    assert spec == build("dots").spec


def test_csv_runs_no_formula_and_keeps_numbers_whole() -> None:
    table = Table(("=name", "value"), ((Cell("=1+1"), Cell("1.2m", 1_234_567.5)),))
    assert table.to_csv() == "'=name,value\r\n'=1+1,1234567.5\r\n"


def test_every_english_word_has_a_chinese_one() -> None:
    same = {f for f in ENGLISH.__slots__ if getattr(ENGLISH, f) == getattr(CHINESE, f)}
    assert same <= {"p5", "p95", "value_n", "sentence_cell", "sentence_dot"}
    for field in ENGLISH.__slots__:
        slots = set(re.findall(r"\{(\w+)\}", getattr(ENGLISH, field)))
        assert slots == set(re.findall(r"\{(\w+)\}", getattr(CHINESE, field))), field
    assert labels_for("zh-Hans") is CHINESE
    assert replace(ENGLISH, points=" pts").points == " pts"


@pytest.mark.parametrize(
    ("values", "ends", "ticks"),
    [
        ([-17, 3], (-20, 10), [-20, -10, 0, 10]),
        ([20, 30], (0, 30), [0, 10, 20, 30]),
        ([-30, 12], (-30, 20), [-30, -20, -10, 0, 10, 20]),
        ([-28, -22], (-30, 0), [-30, -20, -10, 0]),
        ([70, 78], (60, 90), [60, 70, 80, 90]),
        ([99, 100], (70, 100), [70, 80, 90, 100]),
        ([-100, 100], (-100, 100), [-100, -50, 0, 50, 100]),
    ],
)
def test_an_nps_axis_ends_next_to_the_data_and_shows_zero_where_it_is_near(values, ends, ticks) -> None:
    low, high, marks = scales.domain(values, NPS)
    assert (low, high) == ends
    assert marks == ticks


def test_a_line_at_zero_is_drawn_where_the_scale_runs_through_it() -> None:
    def zero_lines(chart: Chart) -> int:
        return sum(
            layer["mark"].get("style") == "line-rule" and layer["data"]["values"] == [{"y": 0.0}]
            for layer in chart.spec["layer"]
            if isinstance(layer["mark"], dict)
        )

    assert zero_lines(one_series(-17.0, 3.0)) == 1
    assert zero_lines(one_series(70.0, 78.0)) == 0
    assert zero_lines(one_series(0.1, 0.9, scale=scales.share(ENGLISH))) == 0


def test_answers_are_told_with_shares_counts_and_those_of_before() -> None:
    chart = answer_bars(
        title="How often each answer was given",
        subtitle="",
        bars=[
            Bar(label="1", count=1, before=3, box=Box.BOTTOM),
            Bar(label="2", count=0, before=1, box=Box.MIDDLE),
            Bar(label="3", count=300, before=0, box=Box.TOP),
        ],
        name="Oct 2026",
        before_name="Oct 2025",
    )
    assert chart.alternative == (
        "How often each answer was given. Oct 2026: 1 <1% (1), 2 0% (0), 3 100% (300). "
        "Oct 2025: 1 75%, 2 25%, 3 0%."
    )
    assert chart.table.columns == ("Answer", "Answers", "Oct 2026", "Oct 2025")
    assert [cell.value for cell in chart.table.rows[0]] == [None, 1, pytest.approx(1 / 301), 0.75]


def test_answers_without_a_period_before_have_no_second_figure() -> None:
    bars = [Bar(label="1", count=3), Bar(label="2", count=1)]
    chart = answer_bars(title="Answers", subtitle="", bars=bars, name="Oct 2026")
    assert chart.alternative == "Answers. Oct 2026: 1 75% (3), 2 25% (1)."
    assert chart.table.columns == ("Answer", "Answers", "Oct 2026")
    with pytest.raises(ValueError, match="at least one answer"):
        answer_bars(title="", subtitle="", bars=[Bar(label="1", count=0)], name="")


def test_months_are_named_together() -> None:
    aug, oct_, feb = date(2026, 8, 1), date(2026, 10, 1), date(2027, 2, 1)
    english, chinese = locale_for("en"), locale_for("zh-hans")
    assert months_text(aug, oct_, english) == "Aug–Oct 2026"
    assert months_text(oct_, feb, english) == "Oct 2026–Feb 2027"
    assert months_text(aug, oct_, chinese) == "2026年8至10月"
    assert months_text(oct_, feb, chinese) == "2026年10月至2027年2月"


def test_a_difference_of_shares_is_in_percentage_points_in_both_languages():
    shares = scales.share(labels_for("en")).difference
    assert shares.text(0.018, locale_for("en")) == "1.8\u00a0percentage\u00a0points"
    assert scales.share(labels_for("zh-hans")).difference.text(0.018, locale_for("zh-hans")) == "1.8个百分点"


@pytest.mark.parametrize("day", [date(2025, 12, 13), date(2025, 12, 20)])
def test_go_live_after_the_last_point_stands_on_the_axis(day):
    """The last month began before it: neither proof nor metric page may lose the mark."""
    known = [date(2025, month, 1) for month in range(1, 13)]
    proof = counterfactual_chart(
        **WORDS,
        key="nps",
        points=[CounterfactualPoint(period=one, observed=20.0) for one in known],
        go_live=day,
        go_live_label="Go-live",
        scale=NPS,
    )
    listened = series_chart(
        **WORDS,
        series=[Series(key="nps", name="NPS", points=tuple(Point(period=one, value=20.0) for one in known))],
        rules=[Rule(at=day, label="Go-live")],
        scale=NPS,
    )
    for chart in (proof, listened):
        for width in (328, 640):
            assert ">Go-live</text>" in to_svg(chart, "print", "en", width)


def test_rows_that_are_set_aside_have_their_own_sign_and_word():
    chart = interval_dots(
        **WORDS,
        rows=[
            IntervalRow(name="One", value=4.0, low=1.0, high=7.0, state=State.ASIDE),
            IntervalRow(name="Two", value=3.0, low=1.0, high=5.0),
        ],
        scale=NPS,
        aside="disputed",
    )
    assert "One: +4.0 points (+1.0 points to +7.0 points), disputed." in chart.alternative.replace(
        "\u00a0", " "
    )
    assert "disputed" in to_svg(chart)
    assert '"cross"' in json.dumps(chart.spec)


def test_ticks_that_lie_close_together_do_not_read_alike() -> None:
    money = scales.money(prefix="EUR\u00a0")
    for low, high in ((-99_480.0, -99_420.0), (99_951.0, 100_049.0), (1_000_100.0, 1_000_900.0), (0.1, 0.9)):
        _, _, ticks = scales.domain([low, high], replace(money, smallest_span=0.0))
        step = ticks[1] - ticks[0]
        texts = [money.value.axis_text(tick, locale_for("en"), step=step) for tick in ticks]
        assert len(set(texts)) == len(texts), texts
    axis = [money.value.axis_text(value, locale_for("en"), step=250_000) for value in (0, 250_000, 1_250_000)]
    assert axis == ["EUR\u00a00", "EUR\u00a0250k", "EUR\u00a01.25m"]


def test_on_a_phone_inputs_stand_beside_the_line_of_a_name_that_leaves_room() -> None:
    def above_the_bar(name: str) -> float:
        row = TornadoRow(name=name, low_input="0,000302", high_input="0,000791", at_low=2, at_high=20)
        chart = tornado(**WORDS, rows=[row], base=10, scale=scales.money(), labels=CHINESE)
        values = [v for layer in chart.spec["layer"] for v in layer.get("data", {}).get("values", [])]
        (text,) = [v["row"] for v in values if v.get("text") == "0,000302至0,000791"]
        return float(max(v["row"] for v in values if "x2" in v and "name" not in v) - text)

    # The first of two lines reaches the inputs: they stand beside the last, as beside a short name.
    assert above_the_bar("指标每变动一个单位多留住的客户比例") == above_the_bar("边际贡献")
