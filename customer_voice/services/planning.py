"""How the file of an import is read: one plan for each metric that its rows answer."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from common.files import opened
from common.worded import worded
from customer_voice.choices import ImportField
from customer_voice.errors import MappingRefused
from customer_voice.importers import plain_words
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.rules import RowKind
from customer_voice.selectors.points import POINTS
from customer_voice.services.checking import facts_of, layout_of, limits
from customer_voice.services.plans import Plan, latest_allowed
from customer_voice.services.reading import COMMENT, LEFT_OUT, Reading
from customer_voice.services.targets import refuse_retired
from customer_voice.services.touchpoints import KnownTouchpoints, known_touchpoints
from tabular.choices import DateFormat
from tabular.dates import find_date_order
from tabular.durations import DurationForm
from tabular.opening import SECONDS_IN_THE_WORKER, open_table

ROWS_AT_ONCE = 20_000
OF_ONE_METRIC = (ImportField.SCORE, ImportField.TEXT, ImportField.EXPOSURE)
MOMENTS_OF_CASES = (
    ImportField.RESOLVED_AT,
    ImportField.FIRST_REPLY_AT,
    ImportField.FIRST_RESOLVED_AT,
    ImportField.REOPENED_AT,
)
OF_CASES = (
    *MOMENTS_OF_CASES,
    ImportField.DURATION,
    ImportField.WAITED,
    ImportField.WAITS,
    ImportField.REOPENED_COUNT,
    ImportField.STATUS,
    ImportField.MERGED_INTO,
)


def plans_of(batch: ImportBatch) -> list[Plan]:
    """At least one; the first is that of the metric chosen for the whole file. Raises MappingRefused."""
    reading = Reading.of_json(batch.reading)
    facts = facts_of(batch)
    header = facts.header
    known = known_touchpoints(batch.organization)
    shared: dict[str, Any] = {
        "header": header,
        "labels": dict(zip(header, facts.labels, strict=False)),
        "zone": ZoneInfo(batch.organization.time_zone),
        "now": latest_allowed(timezone.now()),
        "date_format": _date_format(batch, header),
        "touchpoints": known.ids,
        "archived": known.archived,
        "touchpoint_id": known.ids.get(batch.defaults.get("touchpoint", "")),
        "beside": _beside(batch, known),
        "fixed": {name: text for name, text in batch.defaults.items() if name != "touchpoint"},
        "creates_touchpoints": batch.creates_touchpoints,
        "is_format_chosen": batch.date_format != DateFormat.AUTO,
        "reads_words": True,
        "looks_at_moods": True,
        "unwanted": reading.leave_out,
        "duration": DurationForm(reading.duration or DurationForm.HOURS),
        "waiting": frozenset(map(plain_words, reading.waiting)),
        "amounts": reading.amounts,
        "amount_unit": "" if ImportField.DURATION in batch.mapping else reading.duration,
        "new_touchpoints": {},
        "spellings": _spellings(batch.organization),
    }
    metrics = metrics_in_use(batch.organization, reading.keys)
    if ImportField.QUESTION in batch.mapping:
        return _by_question(batch.mapping, reading, metrics, shared)
    plans = [_plan(shared, reading, batch.mapping, batch.metric)]
    for one in reading.also:
        metric = metrics[one.metric]
        mapping = _of_another(batch.mapping, metric)
        mapping |= {ImportField.SCORE.value: one.score} if one.score else {}
        mapping |= {ImportField.TEXT.value: one.text} if one.text else {}
        plans.append(_plan(shared, reading, mapping, metric))
    return plans


def _beside(batch: ImportBatch, known: KnownTouchpoints) -> str:
    """What goes for all rows, in the IDs of rows that have none: the touchpoint as it was named, merged
    or not."""
    key = batch.defaults.get("touchpoint", "")
    return str(known.named.get(key, known.ids.get(key, "")))


def columns_read(batch: ImportBatch) -> set[str]:
    """Names of the columns that anything is read from."""
    return {*batch.mapping.values(), *Reading.of_json(batch.reading).columns}


def _spellings(organization: Organization) -> dict[str, str]:
    """Segments that are known, by their plain words: of several spellings one. Four queries."""
    known = {
        segment
        for points in POINTS.values()
        for segment in points.objects.of(organization).values_list("segment", flat=True).distinct()
        if segment
    }
    likely = sorted(known, key=lambda text: (text.isupper(), text.islower(), text), reverse=True)
    return {plain_words(segment): segment for segment in likely}


def metrics_in_use(organization: Organization, keys: Iterable[str]) -> dict[str, MetricDefinition]:
    """The definition that answers go to now, by key. Raises MappingRefused for a key without one."""
    wanted = set(keys)
    rows = MetricDefinition.objects.of(organization).filter(key__in=wanted).order_by("-is_retired", "version")
    found = {metric.key: metric for metric in rows}
    for key in sorted(wanted):
        if key not in found:
            message = worded(_("There is no metric “%(key)s”."), key=key[:60])
            raise MappingRefused(message, fields={"metric": message})
        refuse_retired(found[key])
    return found


def _plan(
    shared: dict[str, Any], reading: Reading, mapping: dict[str, str], metric: MetricDefinition | None
) -> Plan:
    words = reading.words.get(mapping.get(ImportField.SCORE, ""), {})
    is_reversed = mapping.get(ImportField.SCORE, "") in reading.reversed
    return Plan(**shared, mapping=mapping, metric=metric, words=words, is_reversed=is_reversed)


def _of_another(mapping: dict[str, str], metric: MetricDefinition) -> dict[str, str]:
    """The columns that a further metric shares with the first: who, when, where; the times, where it is of
    cases."""
    own = OF_ONE_METRIC if metric.calculation.row is RowKind.CASE else (*OF_ONE_METRIC, *OF_CASES)
    return {field: column for field, column in mapping.items() if field not in own}


def _by_question(
    mapping: dict[str, str], reading: Reading, metrics: dict[str, MetricDefinition], shared: dict[str, Any]
) -> list[Plan]:
    """One plan for each metric that a question belongs to, and one for those answered in words."""
    plans = []
    column = mapping[ImportField.QUESTION]
    base = {field: name for field, name in mapping.items() if field != ImportField.QUESTION}
    for said in dict.fromkeys(reading.questions.values()):
        if said == LEFT_OUT:
            continue
        metric, own = metrics.get(said), base
        if said == COMMENT:
            own = {field: name for field, name in base.items() if field != ImportField.SCORE}
            own[ImportField.TEXT.value] = base.get(ImportField.SCORE) or base[ImportField.TEXT]
        plan = _plan(shared, reading, own, metric)
        plan.question, plan.question_column, plan.questions = said, column, reading.questions
        plans.append(plan)
    return plans


def _date_format(batch: ImportBatch, header: tuple[str, ...]) -> DateFormat:
    """The chosen format, or the one that all dates of the file agree on."""
    if batch.date_format != DateFormat.AUTO:
        return DateFormat(batch.date_format)
    fields = (ImportField.OCCURRED_AT, ImportField.OPENED_AT, *MOMENTS_OF_CASES)
    columns = [batch.mapping[field] for field in fields if field in batch.mapping]
    written = [batch.file_digest, batch.encoding, batch.delimiter, batch.sheet, batch.header_row, *columns]
    if batch.dates_found.get("of") == written:  # the import that follows a check need not look again
        return DateFormat(batch.dates_found["order"])
    positions = [header.index(column) for column in columns]
    finding = find_date_order(
        [row[position] for row in rows if len(row) > position]
        for rows in _row_blocks(batch)
        for position in positions
    )
    if finding.order is not None:
        batch.dates_found = {"of": written, "order": finding.order}
        return DateFormat(finding.order)
    if finding.is_mixed:
        forms = _(
            "The dates are written in several forms: %(iso)d year first, %(day)d that only work day "
            "first, %(month)d that only work month first, %(either)d that work both ways. Choose one "
            "form; rows in another will be listed."
        )
        raise MappingRefused(
            worded(
                forms,
                iso=finding.iso,
                day=finding.day_first_only,
                month=finding.month_first_only,
                either=finding.either,
            ),
            code="mixed_dates",
        )
    either = _("Dates such as %(example)s can be read day first or month first. Choose which it is.")
    raise MappingRefused(worded(either, example=finding.example), code="ambiguous_dates")


def _row_blocks(batch: ImportBatch) -> Iterator[list[list[str]]]:
    most = limits(seconds=SECONDS_IN_THE_WORKER)
    with opened(batch.file) as file, open_table(file, layout=layout_of(batch), limits=most) as table:
        for block in batched(table.rows, ROWS_AT_ONCE, strict=False):
            yield [cells for _number, cells in block]
