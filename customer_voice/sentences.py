"""What may be said of a metric, in words: a change is what is more than usual, or more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customer_voice.charts import TONES, Measure, difference_text, n_text, period_name, span_name
from customer_voice.choices import ChangeReading, TargetReading
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Comparison, MetricSeries, SeriesPoint, Tally, target_reading
from wording.joining import listed, sentences

TARGET_TONES = {TargetReading.REACHED: "good", TargetReading.MISSED: "bad", TargetReading.UNCLEAR: "calm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A period beside others, as text. `words` is empty where it is no more than usual, or chance.

    `text` is the difference with its range, and `label` says from what. `against` and `before` name an
    earlier period and its figure: of a mark that judges beside all earlier periods, the one right before.
    """

    period: str
    label: str
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
    """The last period beside what all earlier ones let expect."""
    now, then, found = comparison.latest, comparison.previous, comparison.change
    if now is None or found is None:
        return None
    series = comparison.series
    words = {
        ChangeReading.BETTER: _("better than usual"),
        ChangeReading.WORSE: _("worse than usual"),
    }
    return Difference(
        period=span_name(now, series),
        label=_("from what was expected"),
        against="" if then is None else span_name(then, series),
        before="" if then is None or then.is_small else shown.text(then.value),
        after="" if now.is_small else shown.text(now.value),
        text=difference_text(shown, found),
        reading=found.reading,
        words=words.get(found.reading, ""),
    )


def long_difference(shown: Measure, comparison: Comparison) -> Difference | None:
    """The last periods together against the same ones a year ago, or the first ones shown."""
    now, then, found = comparison.recent, comparison.earlier, comparison.long_change
    if now is None or then is None or found is None:
        return None
    series = comparison.series
    against = span_name(then, series)
    words = {
        ChangeReading.BETTER: _("better than %(period)s"),
        ChangeReading.WORSE: _("worse than %(period)s"),
    }.get(found.reading, "")
    return Difference(
        period=span_name(now, series),
        label=_("from %(period)s") % {"period": against},
        against=against,
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
    """Where the metric stands, whether it moved since long ago, and whether its last period is unusual."""
    if latest is None:
        return _("No period has enough answers for a figure yet.")
    values = {
        "name": name,
        "value": shown.text(latest.value),
        "range": shown.range(latest.low, latest.high),
        "period": period_name(latest, series),
        "n": n_text(series.metric, latest.n),
    }
    if long is not None and long.is_change:
        parts = [_moved(long, values)]
        if short is not None and short.is_change:
            parts.append(_also_unusual(short, long))
    elif short is not None and short.is_change:
        parts = [_unusual(short, values)]
    else:
        parts = [_("%(name)s was %(value)s in %(period)s (%(range)s, %(n)s).") % values]
    return sentences([*parts, *_still(short, long)])


def _still(short: Difference | None, long: Difference | None) -> list[str]:
    """What did not move, in one sentence, and what cannot be said yet."""
    usual = short.period if short is not None and short.reading == ChangeReading.UNCLEAR else ""
    chance = long.against if long is not None and long.reading == ChangeReading.UNCLEAR else ""
    parts = []
    if usual and chance:
        text = _(
            "In %(period)s it moved no more than it usually does, and its difference from %(against)s is no "
            "larger than chance explains."
        )
        parts.append(text % {"period": usual, "against": chance})
    elif usual:
        parts.append(_("In %(period)s it moved no more than it usually does.") % {"period": usual})
    elif chance:
        text = _("The difference from %(period)s is no larger than chance explains.")
        parts.append(text % {"period": chance})
    if short is not None and short.reading == ChangeReading.TOO_EARLY:
        parts.append(_("With so few earlier periods it is too early to say how much it usually moves."))
    return parts


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


def _unusual(one: Difference, values: dict[str, str]) -> str:
    words = {"name": values["name"], "after": one.after, "period": one.period, "difference": one.text}
    if one.reading == ChangeReading.BETTER:
        text = _(
            "%(name)s was %(after)s in %(period)s, better than this series usually wanders: "
            "%(difference)s from what all earlier periods let expect."
        )
    else:
        text = _(
            "%(name)s was %(after)s in %(period)s, worse than this series usually wanders: "
            "%(difference)s from what all earlier periods let expect."
        )
    return text % words


def _also_unusual(one: Difference, first: Difference) -> str:
    words = {"period": one.period, "after": one.after, "difference": one.text}
    is_same_way = first.reading == one.reading
    if one.reading == ChangeReading.BETTER:
        text = (
            _("%(period)s alone is better than usual too: %(after)s, %(difference)s from what was expected.")
            if is_same_way
            else _(
                "But %(period)s alone is better than usual: %(after)s, %(difference)s from what was expected."
            )
        )
    else:
        text = (
            _("%(period)s alone is worse than usual too: %(after)s, %(difference)s from what was expected.")
            if is_same_way
            else _(
                "But %(period)s alone is worse than usual: %(after)s, %(difference)s from what was expected."
            )
        )
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
    return text % {"target": shown.typed(target)}, TARGET_TONES[reading]


def overview_sentence(
    lines: Sequence[tuple[str, Difference | None, Difference | None]],
) -> str:
    """What moved, in words; what did not is said once. `lines`: name, short and long difference."""
    tested = [line for line in lines if any(one is not None and one.is_tested for one in line[1:])]
    if not tested:
        return _("There are too few complete periods to say what is usual yet.")
    parts: list[str] = []
    still = 0
    for name, short, long in tested:
        if long is not None and long.is_change:
            moved = _moved_briefly(name, long)
        elif short is not None and short.is_change:
            moved = _unusual_briefly(name, short)
        else:
            still += 1
            continue
        if len(parts) < 3:
            parts.append(moved)
    more = len(tested) - len(parts) - still
    if more:
        text = ngettext("%(count)d more metric moved.", "%(count)d more metrics moved.", more)
        parts.append(text % {"count": more})
    if not still:
        return sentences(parts)
    if parts:
        text = ngettext(
            "%(count)d other metric moved no more than usual.",
            "%(count)d other metrics moved no more than usual.",
            still,
        )
    else:
        text = ngettext(
            "The metric moved no more than usual.",
            "None of the %(count)d metrics moved more than usual.",
            still,
        )
    return sentences([*parts, text % {"count": still}])


def replaced_sentence(lines: Sequence[tuple[str, str]], *, is_there: bool = False) -> str:
    """What has no answers since its definition changed, and how many stand under the one before.

    `lines`: name and answers as text; `is_there`: one touchpoint alone is spoken of. Empty without lines.
    """
    if not lines:
        return ""
    if len(lines) == 1:
        text = (
            _(
                "%(name)s has no answers at this touchpoint since its definition changed; under the "
                "definition before it, there are %(answers)s."
            )
            if is_there
            else _(
                "%(name)s has no answers since its definition changed; under the definition before it, there "
                "are %(answers)s."
            )
        )
        return text % {"name": lines[0][0], "answers": lines[0][1]}
    text = (
        _("%(count)d metrics have no answers at this touchpoint since their definitions changed: %(names)s.")
        if is_there
        else _("%(count)d metrics have no answers since their definitions changed: %(names)s.")
    )
    return text % {"count": len(lines), "names": listed([name for name, _answers in lines])}


def retired_sentence(names: Sequence[str], *, is_there: bool = False) -> str:
    """Answers that stand under nothing but metrics that were taken out of use. Empty without names."""
    if not names:
        return ""
    text = (
        _("Answers at this touchpoint are to metrics that are no longer in use: %(names)s.")
        if is_there
        else _("Answers so far are to metrics that are no longer in use: %(names)s.")
    )
    return text % {"names": listed(list(names))}


def _moved_briefly(name: str, one: Difference) -> str:
    words = {"name": name, "against": one.against, "before": one.before, "after": one.after}
    if one.reading == ChangeReading.BETTER:
        return _("%(name)s is better than in %(against)s: from %(before)s to %(after)s.") % words
    return _("%(name)s is worse than in %(against)s: from %(before)s to %(after)s.") % words


def _unusual_briefly(name: str, one: Difference) -> str:
    words = {"name": name, "period": one.period, "after": one.after}
    if one.reading == ChangeReading.BETTER:
        return _("%(name)s was better than usual in %(period)s: %(after)s.") % words
    return _("%(name)s was worse than usual in %(period)s: %(after)s.") % words


def comparing_sentence(usual: Tally, earlier: Tally, against: str) -> str:
    """How many touchpoints have a mark, said once for the table below it: a sentence for each column, since
    the marks of one say what is unusual and those of the other what differs from an earlier period, `against`
    where it is one."""
    return sentences([_usual_sentence(usual), _earlier_sentence(earlier, against)])


def _usual_sentence(tally: Tally) -> str:
    if not tally.tested:
        return ""
    if not tally.moved:
        text = ngettext(
            "It moved no more than usual at the one touchpoint.",
            "It moved no more than usual at any of the %(count)d touchpoints.",
            tally.tested,
        )
        return text % {"count": tally.tested}
    text = ngettext(
        "It moved more than usual at the one touchpoint.",
        "It moved more than usual at %(moved)d of %(count)d touchpoints.",
        tally.tested,
    )
    return text % {"moved": tally.moved, "count": tally.tested}


def _earlier_sentence(tally: Tally, against: str) -> str:
    if not tally.tested:
        return ""
    slots = {"moved": tally.moved, "count": tally.tested, "period": against or _("an earlier period")}
    if not tally.moved:
        text = ngettext(
            "Compared with %(period)s, it differs no more than chance explains at the one touchpoint.",
            "Compared with %(period)s, it differs no more than chance explains at any of the %(count)d "
            "touchpoints.",
            tally.tested,
        )
        return text % slots
    text = ngettext(
        "Compared with %(period)s, it differs at the one touchpoint.",
        "Compared with %(period)s, it differs at %(moved)d of %(count)d touchpoints.",
        tally.tested,
    )
    return text % slots
