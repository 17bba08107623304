"""Median time of cases, open ones counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import exp, inf

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customer_voice.choices import EARLIER_ENDS, ImportField, MetricKind
from customer_voice.rules.counts import Counts, RollupShape, bin_of, seconds_of, together
from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import (
    AnswerGroup,
    Axis,
    Figure,
    FileRow,
    MetricRule,
    Number,
    Refusal,
    Row,
    RowKind,
    StudyReading,
)
from customer_voice.rules.waiting import Waits, counted_places, elapsed
from cxcharts import scales
from cxcharts.locale import ValueFormat
from cxcharts.scales import Scale
from cxstats.design import EstimandKind
from cxstats.durations import (
    FollowedTimes,
    followed_log_times,
    horizon_of,
    kaplan_meier_quantile,
    share_resolved_within,
)
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate, Interval, Unit
from cxstats.voc import ratio_of_geometric_means
from wording import units
from wording.formats import reader
from wording.intervals import at_level
from wording.joining import sentences

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SHORTEST_SECONDS = 1.0
OPEN_SHARE_ALLOWED = 0.05  # more open cases than this: durations of two periods are not compared
TIME_GROUPS = (1, 4, 24, 72, 168)  # hours; each group ends before its number
_END_FIELDS = {
    MetricKind.FRT: ImportField.FIRST_REPLY_AT,
    MetricKind.FIRST_RESOLUTION: ImportField.FIRST_RESOLVED_AT,
}
BUSINESS_GROUPS = (1, 4, 8, 16, 40)  # of business hours: half a day, a day, two days, a week


class MedianTime(MetricRule):
    key = "duration"
    label = gettext_lazy("median time, open cases counted (Kaplan-Meier)")
    unit = Unit.SECONDS
    estimand = EstimandKind.LOG_DURATION
    row = RowKind.CASE
    foreign_fields = frozenset({ImportField.SCORE, ImportField.EXPOSURE})
    shape = RollupShape.TIMES
    empty = Counts()
    is_costly = True  # a median needs every bin of every period, while answers are a few numbers

    # --- definition ----------------------------------------------------------------------------

    @classmethod
    def complete(cls, draft: Definition) -> None:
        draft.scale_low = draft.scale_high = 0
        draft.scale_step = draft.per = 1
        draft.bottom_box_high = draft.top_box_low = None
        draft.amount_name = draft.exposure_name = ""
        draft.higher_is_better = False

    def validate(self) -> dict[str, str]:
        if self.definition.kind not in {
            MetricKind.TTR, MetricKind.NET_RESOLUTION, *EARLIER_ENDS, MetricKind.CUSTOM,
        }:  # fmt: skip
            return {"rule": _("Only a time has the rule “median time”.")}
        return {}

    def definition_text(self) -> str:
        return sentences([self._figure_text(), self._hours_text()])

    def _figure_text(self) -> str:
        if self.ends_with_reply:
            return _(
                "Time within which half of the cases got their first reply. Cases without one count as "
                "not answered so far (Kaplan–Meier); leaving them out would make the figure look better "
                "than it is."
            )
        if self.ends_with_first_resolution:
            return _(
                "Time within which half of the cases were resolved for the first time; whether they were "
                "reopened afterwards does not count. Cases that never were count as not resolved so far "
                "(Kaplan–Meier)."
            )
        if self.leaves_out_waits:
            return _(
                "Time within which half of the cases are resolved, without the time in which they waited for "
                "the customer. Open cases count as not resolved so far (Kaplan–Meier); leaving them out "
                "would make the figure look better than it is."
            )
        return _(
            "Time within which half of the cases are resolved. Open cases count as not resolved "
            "so far (Kaplan–Meier); leaving them out would make the figure look better than it "
            "is."
        )

    def _hours_text(self) -> str:
        said = self.definition.calendar_said
        return _("Counted in business hours (%(calendar)s).") % {"calendar": said} if said else ""

    def notes(self) -> tuple[str, ...]:
        """What counts as one time, for the page of the metric."""
        hours = (
            _(
                "Only the hours of the calendar count; a case that began and ended outside of them took no "
                "time at all."
            )
            if self.definition.calendar
            else _("Every hour counts, nights, weekends and holidays too.")
        )
        if self.ends_with_reply:
            ends = _("A case that was closed without a reply counts until it was closed.")
        elif self.ends_with_first_resolution:
            ends = _(
                "A case that was reopened counts until it was resolved for the first time; what came after "
                "is in the time to resolution, not here."
            )
        else:
            ends = _(
                "A case that was reopened counts until it was resolved for the last time, the time in "
                "between included; while it is open again it counts as open."
            )
        merged = _("A case that was merged into another one counts once, with that one and its times.")
        waits = (
            (
                _(
                    "What a case waited for its customer does not count; while it waits, its time stands "
                    "still. It is another figure than the whole time to resolution, which is never shorter."
                ),
            )
            if self.leaves_out_waits
            else ()
        )
        return (hours, ends, *waits, merged)

    @property
    def ends_with_reply(self) -> bool:
        """Whether a time ends with the first reply, not with the resolution."""
        return self.definition.kind == MetricKind.FRT

    @property
    def ends_with_first_resolution(self) -> bool:
        """Whether a time ends when a case is resolved for the first time, reopened afterwards or not."""
        return self.definition.kind == MetricKind.FIRST_RESOLUTION

    @property
    def end_field(self) -> ImportField:
        """The column of a file that says when a time ended."""
        return _END_FIELDS.get(MetricKind(self.definition.kind), ImportField.RESOLVED_AT)

    @property
    def foreign_to_calls(self) -> frozenset[ImportField]:
        waits = frozenset() if self.leaves_out_waits else {ImportField.WAITED, ImportField.WAITS}
        return frozenset(_END_FIELDS.values()) - {self.end_field} | waits

    @property
    def leaves_out_waits(self) -> bool:
        return self.definition.kind == MetricKind.NET_RESOLUTION

    def places_of(
        self, waits: Waits, *, opened: datetime, resolved: datetime | None, now: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """From where the time of a case counts, and since when it waits: see `counted_places`."""
        hours = self.definition.working_time
        return counted_places(waits, opened=opened, resolved=resolved, now=now, hours=hours)

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Seconds that count between two moments, by the calendar of the definition."""
        return elapsed(start, end, self.definition.working_time)

    def share_within(self, counts: Counts, limit: float) -> Estimate:
        """Share of the cases that were over within so many seconds, open ones counted (Kaplan-Meier).

        Raises NotEstimable.
        """
        seconds, resolved = counts.durations_by(limit)
        return share_resolved_within(limit=limit, seconds=seconds, resolved=resolved.tolist())

    def interval_text(self) -> str:
        return at_level(reader(), _("%(share)s interval: Brookmeyer–Crowley, log-log."))

    # --- rows ----------------------------------------------------------------------------------

    @property
    def needed_fields(self) -> Mapping[ImportField, str | Promise]:
        if self.ends_with_reply:
            return {ImportField.FIRST_REPLY_AT: _("%(metric)s needs the column with the first reply.")}
        if self.ends_with_first_resolution:
            return {self.end_field: _("%(metric)s needs the column with the first resolution.")}
        waits: dict[ImportField, str | Promise] = (
            {ImportField.WAITS: _("%(metric)s needs a column that says when, or how long, a case waited.")}
            if self.leaves_out_waits
            else {}
        )
        return {
            ImportField.RESOLVED_AT: _("%(metric)s needs the column with the time of resolution."),
            **waits,
        }

    @property
    def date_fields(self) -> tuple[ImportField, ImportField]:
        return ImportField.OPENED_AT, ImportField.OCCURRED_AT

    def refusal(self, score: Decimal) -> Refusal | None:
        return Refusal(code="foreign", params={"metric": self.definition.name})

    def row_text(self, row: Row) -> str:
        if self.ends_with_reply:
            return _("answered") if row.resolved_at else _("not answered yet")
        return _("resolved") if row.resolved_at else _("open")

    def cell_text(self, row: Row) -> str:
        return self.row_text(row)

    # --- counts --------------------------------------------------------------------------------

    @property
    def read_fields(self) -> frozenset[ImportField]:
        waits = {ImportField.WAITED, ImportField.WAITS} if self.leaves_out_waits else set()
        return frozenset({*self.date_fields, self.end_field, *waits})

    def entry(self, row: FileRow) -> Mapping[str, Number]:
        """One case by the bin of its time, as the roll-up keeps it; of an open one that of its age."""
        until = row.resolved_at or row.now
        if until <= row.occurred_at:
            return {}
        seconds = self.elapsed(row.counted_from or row.occurred_at, row.waits_from or until)
        state = "resolved" if row.resolved_at else "open"
        return {f"{state} {bin_of(seconds)}": 1}

    def of_tally(self, tally: Mapping[str, Decimal]) -> Counts:
        cases: dict[str, list[tuple[int, int]]] = {"resolved": [], "open": []}
        for key, number in tally.items():
            state, binned = key.split()
            cases[state].append((int(binned), int(number)))
        return Counts(
            times=tuple(cases["resolved"]),
            open_seconds=tuple((seconds_of(binned), number) for binned, number in cases["open"]),
        )

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        return [_median(cell) for cell in cells]

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        """How many times as long a case took: Welch on log seconds, written back as a ratio."""
        for cell in (before, after):
            if _too_many_open(cell):
                raise NotEstimable(Reason.CASES_STILL_OPEN, open_cases=cell.n_open, n=cell.n)
        return ratio_of_geometric_means(before=before.log_times(), after=after.log_times(), level=level)

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        if not counts.times:
            return None
        found = counts.log_times()
        return found.n, found.mean, found.variance

    def for_study(self, cells: Sequence[Counts]) -> StudyReading:
        """Where many cases stay open, all are followed equally long and open ones count by their likelihood.

        A few of them are left out on both sides of the go-live, as the longest that they are.
        """
        whole = together(cells) if cells else Counts()
        if not whole.times or not _too_many_open(whole):
            return super().for_study(cells)
        seconds, resolved = whole.durations()
        horizon = horizon_of(seconds=seconds, resolved=resolved.tolist())

        def moments(counts: Counts) -> tuple[int, float, float] | None:
            found = _followed(counts, horizon)
            return None if found is None else (found.ended, found.mean, found.ended * found.standard_error**2)

        def unsettled(counts: Counts) -> int:
            return sum(cases for age, cases in counts.open_seconds if age < horizon)

        return StudyReading(moments=moments, open_cases=unsettled, horizon=horizon)

    def trend_cell(self, counts: Counts) -> tuple[float, float, float] | None:
        """Log seconds; a period with many open cases would look shorter than it is."""
        if _too_many_open(counts):
            return None
        return self.moments(counts)

    def trend_refusal(self, counts: Counts) -> Reason:
        return Reason.CASES_STILL_OPEN if _too_many_open(counts) else Reason.NO_DATA

    def beside_expected(self, counts: Counts, expected: float, range: Interval) -> Estimate:
        """How many times as long as expected."""
        value = counts.log_times().mean
        return Estimate(
            value=exp(value - expected),
            interval=Interval(low=exp(value - range.high), high=exp(value - range.low), level=range.level),
            n=counts.n,
            unit=Unit.RATIO,
            method="ratio of geometric means to what earlier periods let expect",
        )

    def groups(self, counts: Counts) -> tuple[AnswerGroup, ...]:
        """Spans of hours, and the open cases."""
        limits = BUSINESS_GROUPS if self.definition.calendar else TIME_GROUPS
        tallies = [0] * (len(limits) + 1)
        for binned, cases in counts.times:
            hours = seconds_of(binned) / HOUR
            tallies[sum(hours >= limit for limit in limits)] += cases
        longer = (
            [_("4–8 h"), _("8–16 h"), _("16–40 h"), _("over 40 h")]
            if self.definition.calendar
            else [_("4–24 h"), _("1–3 days"), _("3–7 days"), _("over 7 days")]
        )
        names = [_("under 1 h"), _("1–4 h"), *longer]
        groups = [AnswerGroup(label=name, count=tally) for name, tally in zip(names, tallies, strict=True)]
        still = _("not answered yet") if self.ends_with_reply else _("still open")
        return (*groups, AnswerGroup(label=still, count=counts.n_open))

    # --- words and drawing ---------------------------------------------------------------------

    def n_text(self, n: int) -> str:
        return units.cases(reader(), n)

    def behind_text(self) -> str:
        return _("Behind the figure: how long cases took")

    def groups_title(self, period: str) -> str:
        return _("How long the cases of %(period)s took") % {"period": period}

    def axis(self, values: Sequence[float]) -> Axis:
        """In minutes, hours or days, by the newest value of the page. Business hours make no days."""
        newest = values[-1] if values else HOUR
        if newest < 2 * HOUR:
            return Axis(scale=_time(_("min"), 0), divisor=MINUTE)
        if newest < 4 * DAY or self.definition.calendar:
            return Axis(scale=_time(_("h"), 1), divisor=HOUR)
        return Axis(scale=_time(_("days"), 1), divisor=DAY)

    def plan_axis(self) -> Axis:
        return Axis(scale=scales.hours(self.labels), divisor=HOUR)

    # --- what people type ----------------------------------------------------------------------

    @property
    def bounds(self) -> tuple[float, float]:
        return SHORTEST_SECONDS, inf

    @property
    def typed_unit(self) -> float:
        return HOUR

    def target_label(self) -> str:
        return _("Target, in hours")

    def effect_unit(self) -> str:
        # xgettext:no-python-format
        return _("% of the time")

    def largest_effect(self, *, is_rise: bool) -> float:
        """No case takes less than no time; ten times as long is a slip of the pen."""
        return 900 if is_rise else 99

    def on_axis(self, typed: float, baseline: float) -> float:
        return baseline * typed / 100

    def effect_words(self, figure: str, count: int) -> str:
        return units.of_the_time(reader(), figure)


def _too_many_open(cell: Counts) -> bool:
    return cell.n_open > OPEN_SHARE_ALLOWED * cell.n


def _followed(cell: Counts, horizon: float) -> FollowedTimes | None:
    seconds, resolved = cell.durations()
    try:
        return followed_log_times(seconds=seconds, resolved=resolved.tolist(), horizon=horizon)
    except NotEstimable:
        return None


def _median(cell: Counts) -> Figure:
    seconds, resolved = cell.durations()
    try:
        found = kaplan_meier_quantile(seconds=seconds, resolved=resolved.tolist())
    except NotEstimable as refusal:
        return Figure(n=cell.n, n_open=cell.n_open, unusable=cell.unusable, reason=refusal.reason)
    return Figure(
        n=found.n,
        value=found.value,
        low=found.low,
        high=found.high,
        n_open=found.n_open,
        unusable=cell.unusable,
    )


def _time(unit: str, decimals: int) -> Scale:
    apart = "" if (get_language() or "en").startswith("zh") else "\u00a0"
    form = ValueFormat(decimals=decimals, suffix=f"{apart}{unit}")
    return Scale(low=0, value=form, difference=form)
