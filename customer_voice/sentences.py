"""What may be said of a metric, in words: only a difference larger than chance is called one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customer_voice.charts import TONES, Measure, difference_text, n_text, period_name, span_name
from customer_voice.choices import ChangeReading, TargetReading
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Comparison, MetricSeries, SeriesPoint, target_reading
from customer_voice.selectors.figures import ChangeFigure
from wording.joining import sentences

TARGET_TONES = {TargetReading.REACHED: "good", TargetReading.MISSED: "bad", TargetReading.UNCLEAR: "calm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A later period beside an earlier one, as text. `words` is empty where chance explains it."""

    period: str
    against: str
    before: str
    after: str
    text: str
    reading: ChangeReading
    words: str

    @property
    def tone(self) -> str:
        return TONES[self.reading]

    @property
    def is_change(self) -> bool:
        return self.reading in {ChangeReading.BETTER, ChangeReading.WORSE}

    @property
    def is_tested(self) -> bool:
        return self.is_change or self.reading == ChangeReading.UNCLEAR


def short_difference(shown: Measure, comparison: Comparison) -> Difference | None:
    """Against the period before."""
    return _difference(shown, comparison.series, comparison.latest, comparison.previous, comparison.change)


def long_difference(shown: Measure, comparison: Comparison) -> Difference | None:
    """The last periods together against the same ones a year ago, or the first ones shown."""
    return _difference(
        shown, comparison.series, comparison.recent, comparison.earlier, comparison.long_change
    )


def _difference(
    shown: Measure,
    series: MetricSeries,
    now: SeriesPoint | None,
    then: SeriesPoint | None,
    found: ChangeFigure | None,
) -> Difference | None:
    if now is None or then is None or found is None:
        return None
    against = span_name(then, series)
    words = {
        ChangeReading.BETTER: _("better than %(period)s"),
        ChangeReading.WORSE: _("worse than %(period)s"),
    }.get(found.reading, "")
    return Difference(
        against=against,
        period=span_name(now, series),
        before="" if then.is_small else shown.text(then.value),
        after="" if now.is_small else shown.text(now.value),
        text=difference_text(shown, found),
        reading=found.reading,
        words=words % {"period": against} if words else "",
    )


def metric_sentence(
    name: str,
    shown: Measure,
    latest: SeriesPoint | None,
    series: MetricSeries,
    short: Difference | None,
    long: Difference | None,
) -> str:
    """Where the metric stands, and whether it moved since the period before and since long ago."""
    if latest is None:
        return _("No period has enough answers for a figure yet.")
    values = {
        "name": name,
        "value": shown.text(latest.value),
        "range": shown.range(latest.low, latest.high),
        "period": period_name(latest, series),
        "n": n_text(series.metric, latest.n),
    }
    tested = [one for one in (short, long) if one is not None and one.is_tested]
    changed = [one for one in (long, short) if one is not None and one.is_change]
    if changed:
        parts = [_moved(changed[0], values), *(_also_moved(one, changed[0]) for one in changed[1:])]
    else:
        parts = [_("%(name)s was %(value)s in %(period)s (%(range)s, %(n)s).") % values]
    by_chance = [one.against for one in tested if not one.is_change]
    if len(by_chance) == 2:
        text = _("Its differences from %(first)s and from %(second)s are no larger than chance explains.")
        parts.append(text % {"first": by_chance[0], "second": by_chance[1]})
    elif by_chance:
        text = _("The difference from %(period)s is no larger than chance explains.")
        parts.append(text % {"period": by_chance[0]})
    return sentences(parts)


def _moved(one: Difference, values: dict[str, str]) -> str:
    words = {
        "name": values["name"],
        "against": one.against,
        "before": one.before,
        "after": one.after,
        "period": one.period,
        "difference": one.text,
    }
    if one.reading == ChangeReading.BETTER:
        text = _(
            "%(name)s is better than in %(against)s: "
            "%(before)s then, %(after)s in %(period)s, %(difference)s."
        )
    else:
        text = _(
            "%(name)s is worse than in %(against)s: %(before)s then, %(after)s in %(period)s, %(difference)s."
        )
    return text % words


def _also_moved(one: Difference, first: Difference) -> str:
    words = {"against": one.against, "before": one.before, "difference": one.text}
    if one.reading == ChangeReading.BETTER:
        if first.reading == one.reading:
            text = _("It is better than in %(against)s too: %(before)s then, %(difference)s.")
        else:
            text = _("But it is better than in %(against)s: %(before)s then, %(difference)s.")
    elif first.reading == one.reading:
        text = _("It is worse than in %(against)s too: %(before)s then, %(difference)s.")
    else:
        text = _("But it is worse than in %(against)s: %(before)s then, %(difference)s.")
    return text % words


def chart_title(
    name: str, shown: Measure, latest: SeriesPoint | None, series: MetricSeries, since: Difference | None
) -> str:
    """The finding in figures alone, for the drawing."""
    if latest is None:
        return name
    if since is None or not since.before or not since.after:
        values = {"name": name, "value": shown.text(latest.value), "period": period_name(latest, series)}
        return _("%(name)s: %(value)s in %(period)s") % values
    return _("%(name)s: %(before)s in %(against)s, %(after)s in %(period)s") % {
        "name": name,
        "before": since.before,
        "against": since.against,
        "after": since.after,
        "period": since.period,
    }


def target_sentence(
    metric: MetricDefinition, shown: Measure, latest: SeriesPoint | None, target: float | None
) -> tuple[str, str]:
    """Whether the last period reaches its target, and the tone of that; empty without a target."""
    if target is None or latest is None or latest.value is None:
        return "", ""
    reading = target_reading(metric, latest, target)
    text = {
        TargetReading.REACHED: _("The target of %(target)s is reached."),
        TargetReading.MISSED: _("The target of %(target)s is not reached."),
        TargetReading.UNCLEAR: _(
            "The target of %(target)s lies within the interval: it may be reached or not."
        ),
    }[reading]
    return text % {"target": shown.text(target)}, TARGET_TONES[reading]


def overview_sentence(
    lines: Sequence[tuple[str, Difference | None, Difference | None]],
) -> str:
    """What moved, in words; what did not is said once. `lines`: name, short and long difference."""
    tested = [line for line in lines if any(one is not None and one.is_tested for one in line[1:])]
    if not tested:
        return _("There are not two complete periods to compare yet.")
    parts: list[str] = []
    still = 0
    for name, short, long in tested:
        moves = [one for one in (long, short) if one is not None and one.is_change]
        if moves and len(parts) < 3:
            parts.append(_moved_briefly(name, moves[0]))
        elif not moves:
            still += 1
    more = len(tested) - len(parts) - still
    if more:
        text = ngettext("%(count)d more metric moved.", "%(count)d more metrics moved.", more)
        parts.append(text % {"count": more})
    if not still:
        return sentences(parts)
    if parts:
        text = ngettext(
            "%(count)d other metric did not move beyond chance.",
            "%(count)d other metrics did not move beyond chance.",
            still,
        )
    else:
        text = ngettext(
            "The metric did not move beyond chance.",
            "None of the %(count)d metrics moved beyond chance.",
            still,
        )
    return sentences([*parts, text % {"count": still}])


def _moved_briefly(name: str, one: Difference) -> str:
    words = {"name": name, "against": one.against, "before": one.before, "after": one.after}
    if one.reading == ChangeReading.BETTER:
        return _("%(name)s is better than in %(against)s: from %(before)s to %(after)s.") % words
    return _("%(name)s is worse than in %(against)s: from %(before)s to %(after)s.") % words


def comparing_sentence(lines: Sequence[tuple[Difference | None, Difference | None]]) -> str:
    """How many touchpoints moved, said once for the table below it."""
    tested = [pair for pair in lines if any(one is not None and one.is_tested for one in pair)]
    if not tested:
        return ""
    moved = sum(any(one is not None and one.is_change for one in pair) for pair in tested)
    if not moved:
        text = ngettext(
            "It did not move beyond chance at the one touchpoint.",
            "It did not move beyond chance at any of the %(count)d touchpoints.",
            len(tested),
        )
        return text % {"count": len(tested)}
    text = ngettext(
        "It moved beyond chance at the one touchpoint.",
        "It moved beyond chance at %(moved)d of %(count)d touchpoints.",
        len(tested),
    )
    return text % {"moved": moved, "count": len(tested)}
