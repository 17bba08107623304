"""Feedback that comes one by one or in small lots from another program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.collisions import done_again
from common.errors import InvalidValues
from customer_voice.choices import ImportField
from customer_voice.errors import ReplacementNotConfirmed
from customer_voice.importers import Storing, staging
from customer_voice.models import MetricDefinition, Source
from customer_voice.services.erasure import erase_nothing_meanwhile, leave_out_erased
from customer_voice.services.newcomers import store_new
from customer_voice.services.plans import Plan, latest_allowed
from customer_voice.services.recounts import note_changes
from customer_voice.services.reversals import FEWEST_AGAINST, Moods, can_be_reversed
from customer_voice.services.rollup import Span
from customer_voice.services.rows import check_rows
from customer_voice.services.sources import sender_named
from customer_voice.services.targets import refuse_retired, replaced_text, target_for
from customer_voice.services.ticket_events import is_ticket_metric, note_tickets
from customer_voice.services.touchpoints import KnownTouchpoints, touchpoints_for
from journeys.models import Touchpoint
from tabular.choices import DateFormat
from tabular.durations import DurationForm

MOST_AT_ONCE = 5_000
MOST_NAMED = 100  # known answers that would be replaced, named in a refusal
OF_A_METRIC = (
    ImportField.SCORE.value,
    ImportField.EXPOSURE.value,
    ImportField.RESOLVED_AT.value,
    ImportField.REOPENED_COUNT.value,
    ImportField.FIRST_REPLY_AT.value,
    ImportField.FIRST_RESOLVED_AT.value,
    ImportField.MERGED_INTO.value,
    ImportField.WAITED.value,
    ImportField.WAITS.value,
)
REQUIRED = (ImportField.EXTERNAL_ID.value, ImportField.OCCURRED_AT.value, ImportField.TOUCHPOINT.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """Answers of one call to one metric in which words say the opposite of the score."""

    metric: str  # key
    against: int
    agreeing: int
    positions: tuple[int, ...]  # of the first ones


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """Answers, not submissions. `left_out`: those whose words were erased here, and that stay out. `begun`:
    the submissions that this was the beginning of, by their IDs.
    """

    created: int
    updated: int
    unchanged: int
    left_out: int = 0
    doubts: tuple[Doubt, ...] = ()
    begun: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmissionItem:
    """Answers that one person gave together, as text.

    `values` holds what they share (external_id, occurred_at, touchpoint, customer, ...), `answers` by metric
    key what is each one's own, which goes before what is shared; key "" is for words of no metric.
    """

    values: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """One answer on its way in. A refusal calls what is its `own` by `name`, all else by `shared`."""

    metric: MetricDefinition | None
    item: Mapping[str, str]
    own: frozenset[str]
    name: str
    shared: str

    def place(self, column: str) -> str:
        return f"{self.name if column in self.own else self.shared}.{column}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lot:
    """Answers to one metric that name the same fields, as checked columns."""

    metric: MetricDefinition | None
    plan: Plan
    columns: list[list[object]]


@dataclass(kw_only=True, slots=True)
class _Tally:
    """What storing lot after lot has come to; `language` is that of submissions that begin here."""

    language: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0
    spans: set[Span] = field(default_factory=set)
    outside_accounts: set[Span] = field(default_factory=set)
    losses: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)  # submissions that began here, by their IDs


@done_again
@transaction.atomic
def record_feedback(
    *,
    organization: Organization,
    metric: MetricDefinition | None,
    source: str,
    items: Sequence[Mapping[str, str]],
    by: Membership | None = None,
    replaces_known: bool = False,
    is_reversed: bool = False,
) -> Recorded:
    """Store feedback, all of it or none; the same external id again completes or confirms what is there.

    Items are field -> text, as in a file with ISO dates. What an item does not name stays as it is; what it
    names empty becomes empty. A value that is known is replaced only where `replaces_known` says so, else
    ReplacementNotConfirmed names each. The trail says who sent it (`by`) and what came of it, unless nothing
    changed. `is_reversed`: the lowest score of the sender is the best, so each is turned, once, on entry.
    Raises InvalidValues whose fields are "<position>.<field>" (positions from 0).
    """
    if is_reversed and not can_be_reversed(metric):
        reason = _("Only answers on a scale can run the other way.")
        raise InvalidValues(reason, fields={"is_reversed": reason})
    answers = [
        _Answer(metric=metric, item=item, own=frozenset(), name="", shared=str(position))
        for position, item in enumerate(items)
    ]
    return _record(
        organization, source, answers, by=by, replaces_known=replaces_known, is_reversed=is_reversed
    )


@done_again
@transaction.atomic
def record_submissions(
    *,
    organization: Organization,
    source: str,
    submissions: Sequence[SubmissionItem],
    by: Membership | None = None,
    replaces_known: bool = False,
    is_told: bool = True,
) -> Recorded:
    """Store submissions of several answers each, all of them or none, by the rules of `record_feedback`.

    `is_told`: in the trail; a feed that keeps a log of its own is not. Counts are of answers. Fields of a
    refusal are "<position>.<field>" for what is shared, and
    "<position>.<metric key>.<field>" for what one answer has of its own.
    """
    metrics = _metrics_in_use(organization, {key for one in submissions for key in one.answers if key})
    wrong: dict[str, str] = {}
    answers = []
    for position, submission in enumerate(submissions):
        if not submission.answers:
            wrong[str(position)] = _("A submission needs an answer.")
        for key, own in submission.answers.items():
            if key and key not in metrics:
                wrong[f"{position}.{key}"] = _("There is no such metric.")
                continue
            answers.append(
                _Answer(
                    metric=metrics.get(key),
                    item={**submission.values, **own},
                    own=frozenset(own),
                    name=f"{position}.{key}",
                    shared=str(position),
                )
            )
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    return _record(organization, source, answers, by=by, replaces_known=replaces_known, is_told=is_told)


def record_reply(
    *,
    organization: Organization,
    source: Source,
    touchpoint: Touchpoint,
    values: Mapping[str, str],
    answers: Sequence[tuple[MetricDefinition | None, Mapping[str, str]]],
    language: str,
    replaces_known: bool = False,
) -> Recorded:
    """Store what a customer answered in a survey of ours, each answer by the very definition it was asked by.

    A definition that was replaced or retired since still gets it, and an archived touchpoint too: nothing
    that a customer sent is lost. The trail is silent, or it would hold nothing else. `replaces_known`: it was
    sent again with other answers, which count. `language`: of a submission that begins here. The caller has
    begun the transaction and called `erase_nothing_meanwhile`: each further question would be a tenth of what
    an answer takes. Raises InvalidValues.
    """
    given = [
        _Answer(
            metric=metric,
            item={**values, **own, "touchpoint": touchpoint.key},
            own=frozenset(own),
            name="0",
            shared="0",
        )
        for metric, own in answers
    ]
    return _record(
        organization,
        source,
        given,
        by=None,
        replaces_known=replaces_known,
        place=touchpoint,
        language=language,
    )


def _record(
    organization: Organization,
    source: str | Source,
    answers: Sequence[_Answer],
    *,
    by: Membership | None,
    replaces_known: bool,
    place: Touchpoint | None = None,
    language: str = "",
    is_told: bool = True,
    is_reversed: bool = False,
) -> Recorded:
    metrics = list(dict.fromkeys(answer.metric for answer in answers))
    for metric in metrics:
        if place is None:
            refuse_retired(metric)
    if len(answers) > MOST_AT_ONCE:
        raise InvalidValues(_("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE}, code="too_many")
    if place is None:
        erase_nothing_meanwhile(organization)
        named = {answer.item.get(ImportField.TOUCHPOINT.value, "") for answer in answers}
        touchpoints = touchpoints_for(organization, named)
    else:
        touchpoints = KnownTouchpoints(ids={place.key: place.pk})
    lots, wrong = _checked(organization, answers, touchpoints, is_reversed=is_reversed)
    if wrong:
        raise InvalidValues(_("Some values cannot be used; nothing was stored."), fields=wrong)
    origin = sender_named(organization, source) if isinstance(source, str) else source
    tally, now = _Tally(language=language), timezone.now()
    for lot in lots:
        _store(organization, origin, lot, answers, tally, now, replaces_known)
    if tally.losses:
        raise ReplacementNotConfirmed(
            _("Existing values would be replaced; nothing was stored. Set replaces_known to replace them."),
            fields=dict(sorted(tally.losses.items())),
        )
    note_changes(organization=organization, spans=tally.spans, outside_accounts=tally.outside_accounts)
    if tally.created or tally.updated:
        solved = [answer.item["external_id"].strip() for answer in answers if is_ticket_metric(answer.metric)]
        note_tickets(organization, source=origin, external_ids=[*dict.fromkeys(solved)])
    if (tally.created or tally.updated) and place is None and is_told:
        record_event(
            organization=organization,
            actor=by.user if by else None,
            verb="feedback.recorded",
            subject=(metrics[0] if len(metrics) == 1 else None) or organization,
            after={
                "source": origin.name,
                "created": tally.created,
                "updated": tally.updated,
                "unchanged": tally.unchanged,
            },
        )
    return Recorded(
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        left_out=tally.left_out,
        doubts=_doubts(lots, answers) if place is None else (),
        begun=tally.fresh,
    )


def _doubts(lots: Sequence[_Lot], answers: Sequence[_Answer]) -> tuple[Doubt, ...]:
    found: dict[MetricDefinition, Moods] = {}
    for lot in lots:
        if lot.metric is not None:
            found.setdefault(lot.metric, Moods()).add(lot.plan.moods)
    return tuple(
        Doubt(
            metric=metric.key,
            against=moods.against,
            agreeing=moods.agreeing,
            positions=tuple(int(answers[number].shared) for number in moods.rows),
        )
        for metric, moods in found.items()
        if moods.suggests_reversal
    )


def _metrics_in_use(organization: Organization, keys: set[str]) -> dict[str, MetricDefinition]:
    """The definition of each key that answers go to now, else the newest. One query."""
    rows = MetricDefinition.objects.of(organization).filter(key__in=keys).order_by("-is_retired", "version")
    return {metric.key: metric for metric in rows}


def _checked(
    organization: Organization,
    answers: Sequence[_Answer],
    touchpoints: KnownTouchpoints,
    *,
    is_reversed: bool,
) -> tuple[list[_Lot], dict[str, str]]:
    """Answers by their metric and the fields that they name, checked, and everything wrong with them."""
    together: dict[tuple[MetricDefinition | None, tuple[str, ...]], list[int]] = {}
    for number, answer in enumerate(answers):
        named = (field.value for field in ImportField if field in answer.item)
        together.setdefault((answer.metric, tuple(dict.fromkeys([*REQUIRED, *named]))), []).append(number)
    wrong = dict([*_without_metric(answers), *_repeated(answers)])
    now = latest_allowed(timezone.now())
    lots = []
    for (metric, header), numbers in together.items():
        plan = Plan(
            header=header,
            mapping={name: name for name in header},
            metric=metric,
            zone=ZoneInfo(organization.time_zone),
            now=now,
            date_format=DateFormat.ISO,
            duration=DurationForm.CLOCK,
            touchpoints=touchpoints.ids,
            archived=touchpoints.archived,
            is_reversed=is_reversed,
            looks_at_moods=len(answers) >= FEWEST_AGAINST,
        )
        rows = [[answers[number].item.get(name, "") for name in header] for number in numbers]
        columns, errors = check_rows(plan, numbers, rows)
        wrong |= {answers[error.row].place(error.column): error.message for error in errors}
        lots.append(_Lot(metric=metric, plan=plan, columns=columns))
    return lots, wrong


def _without_metric(answers: Sequence[_Answer]) -> Iterator[tuple[str, str]]:
    for answer in answers:
        if answer.metric is None:
            for name in OF_A_METRIC:
                if answer.item.get(name, "").strip():
                    yield answer.place(name), _("This needs the metric that it counts for.")


def _repeated(answers: Sequence[_Answer]) -> Iterator[tuple[str, str]]:
    """An ID stands for one submission, and a submission has one answer to a metric."""
    first: dict[tuple[str, str], str] = {}
    for answer in answers:
        key = answer.metric.key if answer.metric is not None else ""
        identity = answer.item.get("external_id", "").strip(), key
        known = first.setdefault(identity, answer.shared)
        if known != answer.shared:
            yield answer.place("external_id"), _("Same ID as item %(first)d.") % {"first": int(known)}


def _store(
    organization: Organization,
    source: Source,
    lot: _Lot,
    answers: Sequence[_Answer],
    tally: _Tally,
    now: datetime,
    replaces_known: bool,
) -> None:
    """What one lot does to what is known: written, unless something would be lost that nobody gave up."""
    stored = store_new(
        organization, source, lot.metric, lot.columns, now=now, fresh=tally.fresh, language=tally.language
    )
    if stored is not None:
        tally.created += len(lot.columns[0])
        tally.spans |= stored.spans
        tally.outside_accounts |= stored.outside_accounts
        return
    target = target_for(organization, lot.metric, source=source, columns=lot.plan.given(), received_at=now)
    with staging() as table:
        table.write(lot.columns)
        tally.left_out += len(leave_out_erased(table, organization, source, target.metric_key))
        storing = Storing(table, target)
        outcome = storing.compare_and_hold()
        tally.created += outcome.created
        tally.updated += outcome.updated
        tally.unchanged += outcome.unchanged
        if outcome.replaced and not replaces_known:
            for row in storing.replaced(MOST_NAMED):
                for name, text in replaced_text(organization, row).items():
                    tally.losses[answers[row.row_number].place(name)] = text
        elif outcome.created or outcome.updated:
            changes_any = outcome.updated > 0
            if settings.COUNTS_AT_ONCE:
                of_accounts, others = storing.touched_spans(changes_any=changes_any)
                tally.spans |= of_accounts
                tally.outside_accounts |= others
            else:
                storing.note_spans(changes_any=changes_any)
            storing.upsert(outcome)
