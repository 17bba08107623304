"""A journey's emotions, step by step: as they were drawn, and over them as customers measured them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxcharts.chart import Cell, Chart, Table
from cxcharts.frame import (
    SMALL,
    KeyItem,
    Layer,
    band,
    dots,
    hover_boxes,
    key_layers,
    layer,
    line,
    linear,
    narrow_only,
    view,
    wide_only,
)
from cxcharts.labels import ENGLISH, Labels
from cxcharts.locale import MISSING, Locale, ValueFormat, locale_for
from cxcharts.text import wrap
from cxcharts.writer import Writer

HEIGHT = 190.0
LOW, HIGH = -2.0, 2.0
WORD_ROOM = 0.11  # left of the first step, as a part of all of them
PAGES = ((540.0, True), (250.0, False))


@dataclass(frozen=True, kw_only=True, slots=True)
class EmotionStep:
    """One step. `drawn`, `value`, `low` and `high` from -2 to 2; `figure` and `range` as people read them.

    `is_few`: there are answers, and too few of them for a figure.
    """

    name: str
    stage: str
    drawn: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    figure: str = ""
    range: str = ""
    is_few: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EmotionWords:
    """What the chart calls its two curves and its ends, in the reader's language."""

    drawn: str
    measured: str
    few: str
    best: str
    neutral: str
    worst: str
    step: str
    stage: str
    figure: str


def emotion_curve(
    *,
    title: str,
    subtitle: str,
    steps: Sequence[EmotionStep],
    words: EmotionWords,
    labels: Labels = ENGLISH,
    locale: str | Locale = "en",
    height: float = HEIGHT,
) -> Chart:
    """Both curves over the steps in their order; a step without an emotion or a figure is a gap.

    The measured one has a band for its interval; steps with too few answers get a hollow sign below. Raises
    ValueError where there is nothing to draw.
    """
    if not any(step.drawn is not None or step.value is not None or step.is_few for step in steps):
        raise ValueError("an emotion curve needs an emotion or a figure")
    writer = Writer(value=ValueFormat(decimals=1), labels=labels, locale=locale_for(locale))
    left = -0.5 - len(steps) * WORD_ROOM  # the levels have their words there
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": linear(left, len(steps) - 0.5)}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": linear(LOW - 0.35, HIGH + 0.15)}
    layers = [
        *_levels(len(steps), left, x, y, words),
        *_measured(steps, x, y),
        *_drawn(steps, x, y),
        *_stages(steps, x, y),
        *_numbers(steps, x),
        _hover(steps, x, words, writer),
        *_key(steps, words),
    ]
    return Chart(
        title,
        subtitle,
        view(height=height, layers=layers),
        writer.alternative(title, subtitle, [_sentence(step, words, writer) for step in steps]),
        _table(steps, words, writer),
    )


def _levels(
    count: int, left: float, x: dict[str, Any], y: dict[str, Any], words: EmotionWords
) -> list[Layer]:
    """The lines of best, neutral and worst, each with its word at the left."""
    named = ((HIGH, words.best), (0.0, words.neutral), (LOW, words.worst))
    rules = [{"x": left, "x2": count - 0.5, "y": level} for level, _word in named]
    mark = {"type": "rule", "style": "line-rule", "strokeWidth": 1}
    texts = [{"x": left, "y": level, "text": word} for level, word in named]
    text = {
        "type": "text",
        "style": ["muted", "small"],
        "align": "left",
        "baseline": "top",
        "dx": 2,
        "dy": 3,
    }
    return [
        layer(rules, mark, {"x": x, "x2": {"field": "x2"}, "y": y}, name="axes"),
        layer(texts, text, {"x": x, "y": y, "text": {"field": "text"}}),
    ]


def _runs(steps: Sequence[EmotionStep], name: str) -> list[list[int]]:
    """Places without a gap between them."""
    runs: list[list[int]] = []
    for place, step in enumerate(steps):
        if getattr(step, name) is None:
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _measured(steps: Sequence[EmotionStep], x: dict[str, Any], y: dict[str, Any]) -> list[Layer]:
    layers: list[Layer] = []
    for run in _runs(steps, "value"):
        spans = [{"x": i, "y": steps[i].low, "y2": steps[i].high} for i in run if steps[i].low is not None]
        if len(run) > 1 and len(spans) == len(run):
            layers.append(band(spans, {"x": x, "y": y, "y2": {"field": "y2"}}, "band-hue-0"))
        whiskers = {"type": "rule", "style": "line-hue-0", "strokeWidth": 2, "opacity": 0.45}
        layers.append(layer(spans, whiskers, {"x": x, "y": y, "y2": {"field": "y2"}}))
        values = [{"x": i, "y": steps[i].value} for i in run]
        if len(run) > 1:
            layers.append(line(values, {"x": x, "y": y}, "line-hue-0", strokeWidth=2))
        layers.append(dots(values, {"x": x, "y": y}, "fill-hue-0", size=55))
    few = [{"x": i, "y": LOW - 0.2} for i, step in enumerate(steps) if step.is_few]
    if few:
        mark = {"type": "point", "style": ["line-calm", "hollow"], "size": 45, "opacity": 1}
        layers.append(layer(few, mark, {"x": x, "y": y}))
    return layers


def _drawn(steps: Sequence[EmotionStep], x: dict[str, Any], y: dict[str, Any]) -> list[Layer]:
    layers: list[Layer] = []
    for run in _runs(steps, "drawn"):
        values = [{"x": i, "y": steps[i].drawn} for i in run]
        if len(run) > 1:
            dashes: dict[str, Any] = {"strokeDash": [5, 3], "strokeWidth": 1.6}
            layers.append(line(values, {"x": x, "y": y}, "line-muted", **dashes))
        mark = {
            "type": "point",
            "style": ["line-muted", "hollow"],
            "size": 45,
            "opacity": 1,
            "strokeWidth": 1.6,
        }
        layers.append(layer(values, mark, {"x": x, "y": y}))
    return layers


def _starts(steps: Sequence[EmotionStep]) -> list[tuple[int, int, str]]:
    """(first place, number of steps, name) of each stage."""
    found: list[tuple[int, int, str]] = []
    for place, step in enumerate(steps):
        if found and found[-1][2] == step.stage:
            found[-1] = (found[-1][0], found[-1][1] + 1, step.stage)
        else:
            found.append((place, 1, step.stage))
    return found


def _stages(steps: Sequence[EmotionStep], x: dict[str, Any], y: dict[str, Any]) -> list[Layer]:
    """A line where a stage begins, and its name above, as much of it as there is room for."""
    starts = _starts(steps)
    rules = [{"x": place - 0.5, "y": LOW - 0.35, "y2": HIGH + 0.15} for place, _number, _name in starts[1:]]
    mark = {"type": "rule", "style": "line-faint", "strokeWidth": 1}
    layers = [layer(rules, mark, {"x": x, "y": y, "y2": {"field": "y2"}})] if rules else []
    for page, is_wide in PAGES:
        values = [
            {"x": place - 0.5, "text": wrap(name, SMALL, max(number * page / len(steps) - 6, 14), lines=1)[0]}
            for place, number, name in starts
        ]
        text = {
            "type": "text",
            "style": ["strong", "small"],
            "align": "left",
            "baseline": "bottom",
            "dx": 2,
            "y": -6,
        }
        keep = wide_only() if is_wide else narrow_only()
        layers.append(layer(values, text, {"x": x, "text": {"field": "text"}}, keep=keep))
    return layers


def _numbers(steps: Sequence[EmotionStep], x: dict[str, Any]) -> list[Layer]:
    """The number of each step below; of many, every second, fifth or tenth."""
    layers = []
    for page, is_wide in PAGES:
        every = next(
            step for step in (1, 2, 5, 10, 20, 50, 100) if len(steps) / step * 18 <= page or step == 100
        )
        values = [
            {"x": i, "text": str(i + 1)}
            for i in range(len(steps))
            if every == 1 or (i + 1) % every == 0 or i == 0
        ]
        text = {"type": "text", "style": ["muted", "small"], "baseline": "top", "y": "height", "dy": 6}
        keep = wide_only() if is_wide else narrow_only()
        layers.append(layer(values, text, {"x": x, "text": {"field": "text"}}, keep=keep))
    return layers


def _hover(steps: Sequence[EmotionStep], x: dict[str, Any], words: EmotionWords, writer: Writer) -> Layer:
    tips = [("step", words.step), ("drawn", words.drawn), ("figure", words.measured), ("n", writer.labels.n)]
    values = [
        {
            "x": i - 0.5,
            "x2": i + 0.5,
            "step": f"{i + 1} {step.name}",
            "drawn": MISSING if step.drawn is None else _signed(step.drawn),
            "figure": _figure(step, words),
            "n": writer.count(step.n),
        }
        for i, step in enumerate(steps)
    ]
    return hover_boxes(values, {"x": x, "x2": {"field": "x2"}}, tips, name="steps", y=0, y2="height")


def _figure(step: EmotionStep, words: EmotionWords) -> str:
    if step.is_few:
        return words.few
    if step.value is None:
        return MISSING
    return f"{step.figure} ({step.range})" if step.range else step.figure


def _signed(drawn: float) -> str:
    sign = "+" if drawn > 0 else "\u2212" if drawn < 0 else ""
    return f"{sign}{abs(drawn):g}"


def _key(steps: Sequence[EmotionStep], words: EmotionWords) -> list[Layer]:
    items = []
    if any(step.drawn is not None for step in steps):
        items.append(KeyItem(text=words.drawn, style="line-muted", shape="circle", hollow=True))
    if any(step.value is not None for step in steps):
        items.append(KeyItem(text=words.measured, style="fill-hue-0", shape="circle"))
    if any(step.is_few for step in steps):
        items.append(KeyItem(text=words.few, style="line-calm", shape="circle", hollow=True, size=45))
    return key_layers(items, above=(30, 30))


def _sentence(step: EmotionStep, words: EmotionWords, writer: Writer) -> str:
    drawn = MISSING if step.drawn is None else _signed(step.drawn)
    parts = writer.labels.list_separator.join(
        [f"{words.drawn} {drawn}", f"{words.measured} {_figure(step, words)}"]
    )
    return writer.labels.sentence_covered.format(row=step.name, cells=parts)


def _table(steps: Sequence[EmotionStep], words: EmotionWords, writer: Writer) -> Table:
    columns = (words.step, words.stage, words.drawn, words.figure, writer.labels.range, writer.labels.n)
    rows = tuple(
        (
            Cell(f"{i} {step.name}"),
            Cell(step.stage),
            Cell(MISSING) if step.drawn is None else Cell(_signed(step.drawn), step.drawn),
            Cell(words.few if step.is_few else step.figure or MISSING),
            Cell(step.range or MISSING),
            writer.count_cell(step.n),
        )
        for i, step in enumerate(steps, start=1)
    )
    return Table(columns, rows)
