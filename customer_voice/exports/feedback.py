"""What customers said as tables: answers, submissions with all of their answers, cases, amounts.

Rows are read in lots behind a key, so that a file of any length needs the memory of one lot and no
transaction stays open while somebody's connection is slow. Customers stand under their references: names and
addresses are in the list of contacts alone.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import Organization
from common.downloads import Download
from common.spreadsheets import marked
from customer_voice.choices import FeedbackTable, ImportField
from customer_voice.models import Feedback, MetricDefinition, Submission
from customer_voice.rules import RollupShape

AT_ONCE = 2000

_WHERE = ("touchpoint__key", "segment", "channel__name", "contact__external_reference",
          "account__external_reference", "submission__language", "received_at")  # fmt: skip
_COLUMNS_WHERE = (
    "touchpoint",
    "segment",
    "channel",
    "customer",
    "customer_account",
    "language",
    "received_at",
)
_ENDS = (ImportField.FIRST_REPLY_AT, ImportField.FIRST_RESOLVED_AT, ImportField.RESOLVED_AT)
_KNOWN_BY = ("submission__source__name", "submission__external_id", "metric")


def feedback_download(
    rows: "QuerySet[Feedback]", *, organization: Organization, kind: FeedbackTable, about: Sequence[str] = ()
) -> Download:
    """The table of this kind from the answers that `rows` holds, in the order of the screen."""
    made = _TABLES[kind](rows.order_by().select_related(None), _Reading.of(organization))
    return Download(
        name=f"feedback-{kind}", header=made.header, rows=made.lines, count=made.rows.count, about=about
    )


class _Made(NamedTuple):
    header: Sequence[str]
    rows: "QuerySet[Any]"
    lines: Callable[[], Iterator[list[object]]]


class _Reading(NamedTuple):
    """What the tables of one organization need: its zone and every metric."""

    organization: Organization
    zone: ZoneInfo
    metrics: dict[int, MetricDefinition]

    @classmethod
    def of(cls, organization: Organization) -> "_Reading":
        """One query."""
        known = (
            MetricDefinition.objects.of(organization).select_related("counted_by").order_by("key", "version")
        )
        return cls(organization, ZoneInfo(organization.time_zone), {one.pk: one for one in known})

    def moment(self, at: datetime | None) -> str:
        """With the offset of the organization's zone on that day."""
        return "" if at is None else at.astimezone(self.zone).isoformat()

    def keys_of(self, shape: RollupShape) -> list[int]:
        return [pk for pk, one in self.metrics.items() if one.calculation.shape is shape]

    def metric(self, pk: int | None) -> tuple[str, object]:
        return ("", "") if pk is None else (self.metrics[pk].key, self.metrics[pk].version)

    def where(self, values: Sequence[Any]) -> list[object]:
        *texts, received_at = values
        return [*(marked(text or "") for text in texts), self.moment(received_at)]


def _answers(rows: "QuerySet[Feedback]", reading: _Reading) -> _Made:
    header = (
        "source", "external_id", "metric", "version", "occurred_at", "score", "exposure", "resolved_at",
        "text", *_COLUMNS_WHERE,
    )  # fmt: skip

    def lines() -> Iterator[list[object]]:
        columns = (*_KNOWN_BY, "occurred_at", "score", "exposure", "resolved_at", "text", *_WHERE)
        for source, known_as, metric, at, score, exposure, resolved, text, *where in _newest(rows, columns):
            yield [
                marked(source), marked(known_as), *reading.metric(metric), reading.moment(at), score,
                exposure, reading.moment(resolved), marked(text), *reading.where(where),
            ]  # fmt: skip

    return _Made(header, rows, lines)


def _cases(rows: "QuerySet[Feedback]", reading: _Reading) -> _Made:
    """One row a case and time. `seconds` are those that count by the definition; of an open case none."""
    rows = rows.filter(metric__in=reading.keys_of(RollupShape.TIMES))
    header = (
        "source", "external_id", "metric", "version", "opened_at", *_ENDS, "seconds", "reopened_count",
        "merged_into", "waits", "text", *_COLUMNS_WHERE,
    )  # fmt: skip

    def lines() -> Iterator[list[object]]:
        columns = (
            *_KNOWN_BY, "occurred_at", "counted_from", "resolved_at", "reopened_count", "merged_into",
            "waits", "text", *_WHERE,
        )  # fmt: skip
        for row in _newest(rows, columns):
            source, known_as, metric, opened, counted_from, ended, reopened, merged, waits, text, *where = row
            rule = reading.metrics[metric].calculation
            is_over = ended is not None and ended > opened
            seconds = round(rule.elapsed(counted_from or opened, ended)) if is_over else ""
            end = reading.moment(ended)
            ends = [end if rule.end_field == field else "" for field in _ENDS]
            yield [
                marked(source), marked(known_as), *reading.metric(metric), reading.moment(opened),
                *ends, seconds, reopened, marked(merged), waits, marked(text), *reading.where(where),
            ]  # fmt: skip

    return _Made(header, rows, lines)


def _amounts(rows: "QuerySet[Feedback]", reading: _Reading) -> _Made:
    rows = rows.filter(metric__in=reading.keys_of(RollupShape.TOTALS))
    header = ("source", "external_id", "metric", "version", "date", "amount", "exposure", *_COLUMNS_WHERE)

    def lines() -> Iterator[list[object]]:
        columns = (*_KNOWN_BY, "occurred_at", "score", "exposure", *_WHERE)
        for source, known_as, metric, at, amount, exposure, *where in _newest(rows, columns):
            yield [
                marked(source), marked(known_as), *reading.metric(metric), reading.moment(at), amount,
                exposure, *reading.where(where),
            ]  # fmt: skip

    return _Made(header, rows, lines)


def _submissions(rows: "QuerySet[Feedback]", reading: _Reading) -> _Made:
    """One row a submission of which an answer is among `rows`, with all of its answers."""
    keys = dict.fromkeys(one.key for one in reading.metrics.values())
    several = {one.key for one in reading.metrics.values() if one.version > 1}
    by_key = {one.key: one.calculation.shape for one in reading.metrics.values()}
    header = ["source", "external_id", "occurred_at"]
    for key in keys:
        header += [key if by_key[key] is not RollupShape.TIMES else f"{key}_ended_at"]
        header += [f"{key}_exposure"] if by_key[key] is RollupShape.TOTALS else []
        header += [f"{key}_version"] if key in several else []
    header += ["text", *_COLUMNS_WHERE]
    found = Submission.objects.of(reading.organization)
    found = found.filter(pk__in=rows.values("submission"))

    def lines() -> Iterator[list[object]]:
        last = None
        while True:
            behind = found if last is None else found.filter(pk__lt=last)
            kept = list(
                behind.order_by("-pk").values_list("pk", "source__name", "external_id", "received_at")[
                    :AT_ONCE
                ]
            )
            if not kept:
                return
            last = kept[-1][0]
            answers = _answers_of([row[0] for row in kept])
            for pk, source, known_as, received_at in kept:
                given = answers.get(pk, [])
                cells = _cells(given, keys, by_key, several, reading)
                words = "\n\n".join(one["text"] for one in given if one["text"])
                first: dict[str, Any] = given[0] if given else {}
                where = [*(first.get(name) for name in _WHERE[:-1]), received_at]
                yield [
                    marked(source), marked(known_as), reading.moment(first.get("occurred_at")), *cells,
                    marked(words), *reading.where(where),
                ]  # fmt: skip

    return _Made(header, found, lines)


def _answers_of(submissions: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Their answers by submission, the first stored one first. One query."""
    rows = Feedback.objects.filter(submission__in=submissions).order_by("pk")
    found: dict[int, list[dict[str, Any]]] = {}
    columns = (
        "submission",
        "metric",
        "occurred_at",
        "score",
        "exposure",
        "resolved_at",
        "text",
        *_WHERE[:-1],
    )
    for row in rows.values(*columns):
        found.setdefault(row["submission"], []).append(row)
    return found


def _cells(
    given: list[dict[str, Any]],
    keys: dict[str, None],
    by_key: dict[str, RollupShape],
    several: set[str],
    reading: _Reading,
) -> Iterator[object]:
    """What a submission has for each metric, in the order of the header."""
    of = {reading.metrics[one["metric"]].key: one for one in given if one["metric"] is not None}
    for key in keys:
        one = of.get(key)
        if by_key[key] is RollupShape.TIMES:
            yield reading.moment(one["resolved_at"]) if one else ""
        else:
            yield one["score"] if one else ""
        if by_key[key] is RollupShape.TOTALS:
            yield one["exposure"] if one else ""
        if key in several:
            yield reading.metrics[one["metric"]].version if one else ""


def _newest(rows: "QuerySet[Feedback]", columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Newest first, as on the screen, in lots behind the last moment and key: an index finds each lot."""
    ordered = rows.order_by("-occurred_at", "-pk").values_list("occurred_at", "pk", *columns)
    lot = list(ordered[:AT_ONCE])
    while lot:
        for row in lot:
            yield row[2:]
        at, pk = lot[-1][:2]
        behind = ordered.filter(Q(occurred_at__lt=at) | Q(pk__lt=pk), occurred_at__lte=at)
        lot = list(behind[:AT_ONCE]) if len(lot) == AT_ONCE else []


_TABLES: dict[str, Callable[["QuerySet[Feedback]", _Reading], _Made]] = {
    FeedbackTable.ANSWERS: _answers,
    FeedbackTable.SUBMISSIONS: _submissions,
    FeedbackTable.CASES: _cases,
    FeedbackTable.AMOUNTS: _amounts,
}
