"""What has to be asked of a file before it is checked: words of score columns, and whose questions are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from common.files import opened
from customer_voice.choices import ImportField
from customer_voice.importers import figures_of, is_no_answer, plain_words
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.rules import Number, RowKind
from customer_voice.services.checking import layout_of, limits
from customer_voice.services.reading import MOST_WORDS, Reading
from tabular.opening import open_table
from tabular.values import NUMBER, parse_numbers

ROWS_LOOKED_AT = 20_000
MOST_ASKED = 20  # words of one column, the most frequent first
LONGEST_ASKED = 60  # in letters: longer ones are what somebody said, not an answer to choose
MOST_POINTS = 101  # answers of a scale that are offered to choose from


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedWord:
    """One text of a score column that nobody can read, how often it stands there, and what it may mean."""

    column: str
    word: str
    times: int
    metric: MetricDefinition
    points: tuple[Number, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedQuestion:
    """One text of the column that says which question a row answers, and how often it stands there."""

    word: str
    times: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    words: tuple[AskedWord, ...] = ()
    questions: tuple[AskedQuestion, ...] = ()


def unread_words(cells: Iterable[str], metric: MetricDefinition) -> list[str]:
    """Different texts that are no answer on the scale of the metric."""
    rule = metric.calculation
    if rule.row is not RowKind.ANSWER:
        return []
    texts = list(dict.fromkeys(cell for cell in cells if cell.strip()))
    read = figures_of(texts, metric, is_number=NUMBER)
    found = []
    for text in texts:
        (value,), bad = parse_numbers([read.get(text, text)])
        if bad or (value is not None and rule.refusal(Decimal(value)) is not None):
            found.append(text)
    return found


def asked_at_first(batch: ImportBatch, initial: Mapping[str, Any]) -> Asked:
    """What has to be asked if the proposal (`mappings.import_proposal`) is taken as it is."""
    metric = MetricDefinition.objects.of(batch.organization).filter(pk=initial.get("metric") or 0).first()
    mapping = {field.value: initial[field] for field in ImportField if initial.get(field)}
    return asked_about(batch, mapping=mapping, metric=metric, reading=initial.get("reading") or Reading())


def asked_about(
    batch: ImportBatch,
    *,
    mapping: Mapping[str, str],
    metric: MetricDefinition | None,
    reading: Reading,
    known: Reading | None = None,
) -> Asked:
    """What the first rows hold that has to be asked for this choice of columns: words of score columns, and
    what the column of questions says. What is already said (`known`, else `reading`) is in it, so that it can
    be changed.
    """
    in_use = MetricDefinition.objects.of(batch.organization).filter(is_retired=False, key__in=reading.keys)
    metrics = {one.key: one for one in in_use.order_by("version")}
    scores = _score_columns(mapping, metric, reading, metrics)
    question = mapping.get(ImportField.QUESTION, "")
    columns = list(dict.fromkeys([column for column, _metric in scores] + [question] * bool(question)))
    if not columns:
        return Asked()
    counts = _counts(batch, columns)
    words = tuple(
        asked
        for column, one in scores
        for asked in _asked_words(column, one, counts[column], known or reading)
    )
    questions = Counter[str]()
    first: dict[str, str] = {}
    for text, times in counts.get(question, Counter()).items():
        questions[first.setdefault(plain_words(text), " ".join(text.split()))] += times
    return Asked(
        words=words,
        questions=tuple(
            AskedQuestion(word=word, times=times) for word, times in questions.most_common(MOST_WORDS)
        ),
    )


def _asked_words(
    column: str, metric: MetricDefinition, counts: Counter[str], known: Reading
) -> Iterable[AskedWord]:
    said = known.words.get(column, {})
    points = getattr(metric.calculation, "points", ())
    times: Counter[str] = Counter()
    first: dict[str, str] = {}
    unread = {plain_words(text) for text in unread_words(list(counts), metric)}
    for text, number in counts.items():
        plain = plain_words(text)
        is_asked = (plain in unread or plain in said) and len(plain) <= LONGEST_ASKED
        if plain and is_asked and not is_no_answer(text):
            times[first.setdefault(plain, " ".join(text.split()))] += number
    for word, number in times.most_common(MOST_ASKED):
        yield AskedWord(
            column=column,
            word=word,
            times=number,
            metric=metric,
            points=points if len(points) <= MOST_POINTS else (),
        )


def _counts(batch: ImportBatch, columns: Sequence[str]) -> dict[str, Counter[str]]:
    """How often each text stands in these columns of the first rows."""
    found: dict[str, Counter[str]] = {column: Counter() for column in columns}
    with opened(batch.file) as file, open_table(file, layout=layout_of(batch), limits=limits()) as table:
        places = {column: table.header.index(column) for column in columns if column in table.header}
        for _number, cells in islice(table.rows, ROWS_LOOKED_AT):
            for column, place in places.items():
                if place < len(cells):
                    found[column][str(cells[place])] += 1
    return found


def _score_columns(
    mapping: Mapping[str, str],
    metric: MetricDefinition | None,
    reading: Reading,
    metrics: Mapping[str, MetricDefinition],
) -> list[tuple[str, MetricDefinition]]:
    """Columns that hold answers on a scale, with the metric that they answer."""
    found = [(one.score, metrics[one.metric]) for one in reading.also if one.metric in metrics and one.score]
    score = mapping.get(ImportField.SCORE, "")
    if ImportField.QUESTION in mapping:
        named = [metrics[key] for key in reading.keys if key in metrics]
        found = [(score, one) for one in named[:1]] if len(named) == 1 else []
    elif metric is not None and score:
        found.insert(0, (score, metric))
    return [(column, one) for column, one in found if one.calculation.row is RowKind.ANSWER]
