"""Which column is which: what is proposed for a file, and what a choice must hold to make feedback."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import EARLIER_ENDS, TIMES_OF_DATES, ImportField, MetricKind
from customer_voice.errors import MappingRefused
from customer_voice.importers import Preset, guess_mapping, guess_metric, plain_words, preset_of
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.problems import problem_text
from customer_voice.rules import RowKind
from customer_voice.services.amounts import amounts_proposed, wrong_amounts
from customer_voice.services.checking import facts_of
from customer_voice.services.planning import metrics_in_use
from customer_voice.services.reading import MOST_ALSO, Also, Condition, Reading
from customer_voice.services.reversals import can_be_reversed
from customer_voice.services.sources import recipe_for
from customer_voice.services.touchpoints import present_key, wrong_touchpoint
from customer_voice.services.words import unread_words
from tabular.durations import form_of
from tabular.opening import FileFacts
from tabular.split_moments import clock_of


def import_proposal(batch: ImportBatch, *, uses_presets: bool = True) -> tuple[FileFacts, dict[str, Any]]:
    """What is in the file, and what the mapping page begins with.

    That is the last choice, else how the last file of the source with these headers was read, else what is
    usual for an export with these columns, else a guess from their names. Raises FileGone when the file is
    no longer there.
    """
    facts = facts_of(batch)
    if batch.mapping:
        return facts, {
            **batch.mapping,
            "metric": batch.metric_id,
            "fixed_touchpoint": present_key(batch.organization, batch.defaults.get("touchpoint", "")),
            "creates_touchpoints": batch.creates_touchpoints,
            "date_format": batch.date_format,
            "reading": Reading.of_json(batch.reading),
        }
    recipe = recipe_for(batch.source, facts.header)
    if not recipe:
        preset = preset_of(facts.header) if uses_presets else None
        return facts, _guess(batch.organization, facts, preset)
    in_use = MetricDefinition.objects.of(batch.organization).filter(is_retired=False, key=recipe["metric"])
    metric = in_use.order_by("-version").first()
    return facts, {
        **recipe["mapping"],
        "metric": metric.pk if metric is not None else None,
        "fixed_touchpoint": present_key(batch.organization, recipe["defaults"].get("touchpoint", "")),
        "creates_touchpoints": recipe["creates_touchpoints"],
        "date_format": recipe["date_format"],
        "reading": Reading.of_json(recipe.get("reading", {})),
    }


def preset_used(batch: ImportBatch, facts: FileFacts) -> Preset | None:
    """The usual export that a file is proposed to be; None where somebody has said how it is read."""
    if batch.mapping or recipe_for(batch.source, facts.header):
        return None
    return preset_of(facts.header)


def _guess(organization: Organization, facts: FileFacts, preset: Preset | None) -> dict[str, Any]:
    """From the names of the columns and what rows of labels say of them; the metric where one is in use. What
    is usual for a preset goes before."""
    found: dict[str, Any] = _first_guess(facts, preset)
    left_out = () if preset is None else preset.left_out(facts.header)
    leave_out = tuple(Condition(column=column, values=values) for column, values in left_out)
    if ImportField.RESOLVED_AT in found:
        found.pop(ImportField.DURATION, None)
    if preset is not None and preset.metric:
        return _guess_figures(organization, facts, preset, found)
    _settle_cases(found, facts)
    _settle_times(found, facts)
    by_kind = _one_of_its_kind(organization)
    _settle_waits(found, by_kind)
    asks = found.get(ImportField.QUESTION)
    reading = _guess_questions(facts, asks, by_kind) if asks else Reading()
    if reading.questions:
        return {**found, "reading": reading}
    found.pop(ImportField.QUESTION, None)
    kind = guess_metric(found.get(ImportField.SCORE, ""), facts.header, facts.labels)
    if kind is None and ImportField.SCORE not in found:
        is_timed = {ImportField.RESOLVED_AT, ImportField.DURATION} & set(found)
        has_reply = ImportField.FIRST_REPLY_AT in found
        kind = MetricKind.TTR if is_timed else MetricKind.FRT if has_reply else None
        if kind is None and ImportField.FIRST_RESOLVED_AT in found:
            kind = MetricKind.FIRST_RESOLUTION
    if kind is not None and kind in by_kind:
        found["metric"] = by_kind[kind].pk
    also = _guess_also(facts, found, kind, by_kind)
    reading = Reading(also=also, leave_out=leave_out)
    return {**found, "reading": with_duration(reading, found, facts)}


def _guess_figures(
    organization: Organization, facts: FileFacts, preset: Preset, found: dict[str, Any]
) -> dict[str, Any]:
    """Operational figures of days: the metric of the preset where it is in use, and what its column holds."""
    column = found[ImportField.SCORE]
    label = facts.labels[facts.header.index(column)] if facts.labels else ""
    amounts, unit = amounts_proposed(preset, found, _sample(facts, column), label)
    in_use = MetricDefinition.objects.of(organization).filter(is_retired=False, key=preset.metric)
    metric = in_use.order_by("-version").first()
    if metric is not None:
        found["metric"] = metric.pk
    return {**found, "reading": Reading(amounts=amounts, duration=unit)}


def _first_guess(facts: FileFacts, preset: Preset | None) -> dict[str, str]:
    guessed = guess_mapping(facts.header, facts.labels)
    if preset is None:
        return guessed
    known = preset.mapping(facts.header)
    rest = {
        field: column
        for field, column in guessed.items()
        if field not in preset.without and field not in known and column not in known.values()
    }
    return {**rest, **known}


def _settle_cases(found: dict[str, Any], facts: FileFacts) -> None:
    """Columns of cases mean nothing without their times; "reopened" may hold a number or a moment."""
    ends = {ImportField.RESOLVED_AT, ImportField.FIRST_REPLY_AT, ImportField.FIRST_RESOLVED_AT}
    if not {*ends, ImportField.DURATION} & set(found):
        for field in (ImportField.STATUS, ImportField.REOPENED_AT, ImportField.MERGED_INTO):
            found.pop(field, None)
    column = found.get(ImportField.REOPENED_AT)
    cells = [cell.strip() for cell in _sample(facts, column) if cell.strip()] if column else []
    if cells and all(cell.isdecimal() and len(cell) < 4 for cell in cells):
        del found[ImportField.REOPENED_AT]
        found.setdefault(ImportField.REOPENED_COUNT, column)


def _settle_waits(found: dict[str, Any], by_kind: Mapping[str, MetricDefinition]) -> None:
    """What cases waited is read where a metric leaves it out; where it says when, its length says no more."""
    if MetricKind.NET_RESOLUTION not in by_kind or not {ImportField.RESOLVED_AT, ImportField.DURATION} & set(
        found
    ):
        found.pop(ImportField.WAITS, None)
        found.pop(ImportField.WAITED, None)
    elif ImportField.WAITS in found:
        found.pop(ImportField.WAITED, None)


def _settle_times(found: dict[str, Any], facts: FileFacts) -> None:
    """A column of times of day beside one of dates; called "time", it may hold whole moments."""
    for time in dict.fromkeys(TIMES_OF_DATES.values()):
        is_dated = any(date in found for date, other in TIMES_OF_DATES.items() if other == time)
        if time in found and not (is_dated and _holds_times(facts, found[time])):
            del found[time]


def _holds_times(facts: FileFacts, column: str) -> bool:
    cells = [cell for cell in _sample(facts, column) if cell.strip()]
    return bool(cells) and all(map(clock_of, cells))


def with_duration(reading: Reading, mapping: Mapping[str, Any], facts: FileFacts) -> Reading:
    """The unit of a column with lengths of time, where its cells or its name say it and nobody else has."""
    column = mapping.get(ImportField.DURATION) or mapping.get(ImportField.WAITED)
    if not column or column not in facts.header or reading.duration:
        return reading
    form = form_of(facts.labels[facts.header.index(column)] + " " + column, _sample(facts, column))
    return replace(reading, duration=form.value if form else "")


def _one_of_its_kind(organization: Organization) -> dict[str, MetricDefinition]:
    """Metrics in use by kind, where a kind has one. One query."""
    in_use = MetricDefinition.objects.of(organization).filter(is_retired=False).order_by("version")
    keys = {(metric.kind, metric.key): metric for metric in in_use}
    times = Counter(kind for kind, _key in keys)
    return {kind: metric for (kind, _key), metric in keys.items() if times[kind] == 1}


def _guess_also(
    facts: FileFacts, found: Mapping[str, Any], first: str | None, by_kind: Mapping[str, MetricDefinition]
) -> tuple[Also, ...]:
    """Further metrics: columns that ask for them by name, and that hold answers on their scale."""
    also: dict[str, Also] = {}
    taken = {value for value in found.values() if isinstance(value, str)}
    for other in EARLIER_ENDS:
        earlier = by_kind.get(other)
        if first == MetricKind.TTR and earlier is not None and earlier.calculation.end_field in found:
            also[earlier.key] = Also(metric=earlier.key)
    net = by_kind.get(MetricKind.NET_RESOLUTION)
    if first == MetricKind.TTR and net is not None and {ImportField.WAITED, ImportField.WAITS} & set(found):
        also[net.key] = Also(metric=net.key)
    for column in facts.header:
        kind = guess_metric(column, facts.header, facts.labels)
        metric = by_kind.get(kind or "")
        if column in taken or kind == first or first is None or metric is None or metric.key in also:
            continue
        cells = [cell for cell in _sample(facts, column) if cell.strip()]
        if cells and not unread_words(cells, metric):
            also[metric.key] = Also(metric=metric.key, score=column)
    return tuple(also.values())[:MOST_ALSO]


def _guess_questions(facts: FileFacts, column: str, by_kind: Mapping[str, MetricDefinition]) -> Reading:
    """Which metric each question of the first rows asks for; none where they name no metric."""
    found = {}
    for text in dict.fromkeys(_sample(facts, column)):
        kind = guess_metric(text, (), ())
        if kind is not None and kind in by_kind:
            found[plain_words(text)] = by_kind[kind].key
    return Reading(questions=found)


def _sample(facts: FileFacts, column: str) -> list[str]:
    place = facts.header.index(column)
    return [row[place] for row in facts.sample if len(row) > place]


def proposed_choices(batch: ImportBatch) -> tuple[dict[str, str], Reading]:
    """Field -> column as `import_proposal` has it, and the reading that goes with it. Further metrics come
    from a recipe alone: nobody who names one metric should find three.
    """
    facts, initial = import_proposal(batch)
    mapping = {field: initial[field] for field in ImportField.values if field in initial}
    reading: Reading = initial["reading"]
    is_guess = not batch.mapping and not recipe_for(batch.source, facts.header)
    return mapping, replace(reading, also=()) if is_guess else reading


def validate_mapping(
    organization: Organization,
    mapping: Mapping[str, str],
    header: Sequence[str],
    metric: MetricDefinition | None,
    defaults: Mapping[str, str],
    reading: Reading,
) -> list[MetricDefinition]:
    """The metrics that the file answers, the first one first. Raises MappingRefused with every field that is
    missing, unknown or used twice.
    """
    by_question = ImportField.QUESTION in mapping
    named = metrics_in_use(organization, reading.keys)
    metrics = ([] if metric is None or by_question else [metric]) + list(named.values())
    wrong: dict[str, str] = {}
    for field, column in mapping.items():
        if field not in ImportField.values:
            wrong[field] = _("There is no such field.")
        elif column not in header:
            wrong[field] = _("The file has no column “%(column)s”.") % {"column": column[:60]}
    wrong.update(_times_without_dates(mapping))
    wrong.update(_used_twice(mapping, reading))
    wrong.update(reading.wrong(header))
    if {ImportField.DURATION, ImportField.WAITED} & set(mapping) and not reading.duration:
        wrong["duration_unit"] = _("Say in which unit the column is written.")
    kinds = {one.calculation.row for one in metrics}  # figures of days are known by their day and place
    if ImportField.EXTERNAL_ID not in mapping and kinds not in (set(), {RowKind.ANSWER}, {RowKind.AMOUNT}):
        wrong[ImportField.EXTERNAL_ID] = _("Choose the column that identifies each row.")
    if not {ImportField.OCCURRED_AT, ImportField.OPENED_AT} & set(mapping):
        wrong[ImportField.OCCURRED_AT] = _("Choose the column that holds the date.")
    if ImportField.TOUCHPOINT not in mapping and not defaults.get("touchpoint"):
        wrong[ImportField.TOUCHPOINT] = _("Choose a column, or one touchpoint for the whole file.")
    key = defaults.get("touchpoint", "")
    if key and (refusal := wrong_touchpoint(organization, key)):
        wrong[ImportField.TOUCHPOINT] = refusal
    wrong.update(
        _wrong_questions(mapping, reading, named)
        if by_question
        else {**_wrong_for_metric(mapping, metric, reading), **_wrong_also(mapping, metric, reading, named)}
    )
    wrong = {**wrong_amounts(mapping, metric, reading), **wrong}
    wrong = {**_wrong_reversed(mapping, metrics, reading, named), **wrong}
    if wrong:
        raise MappingRefused(" ".join(dict.fromkeys(wrong.values())), fields=wrong)
    return metrics


def _times_without_dates(mapping: Mapping[str, str]) -> dict[str, str]:
    """Times of day say nothing without the column of their day."""
    dated = {time for date, time in TIMES_OF_DATES.items() if date in mapping}
    return {
        time: _("Choose the column with the date that this time belongs to.")
        for time in TIMES_OF_DATES.values()
        if time in mapping and time not in dated
    }


def _used_twice(mapping: Mapping[str, str], reading: Reading) -> dict[str, str]:
    """Each column is one thing; a further metric may not have that of another one."""
    places = [(field, column) for field, column in mapping.items()]
    for place, one in enumerate(reading.also, start=1):
        places += [
            (f"also_{place}_{name}", column) for name, column in (("score", one.score), ("text", one.text))
        ]
    times = Counter(column for _field, column in places if column)
    return {field: _("This column is used twice.") for field, column in places if times[column] > 1}


def _wrong_also(
    mapping: Mapping[str, str],
    metric: MetricDefinition | None,
    reading: Reading,
    named: Mapping[str, MetricDefinition],
) -> dict[str, str]:
    """What further metrics lack, or have too much."""
    wrong: dict[str, str] = {}
    taken = {metric.key} if metric is not None else set()
    for place, one in enumerate(reading.also, start=1):
        other = named[one.metric]
        if other.key in taken:
            wrong[f"also_{place}_metric"] = _("This metric is chosen twice.")
        taken.add(other.key)
        is_case = other.calculation.row is RowKind.CASE
        if not is_case and not one.score:
            wrong[f"also_{place}_score"] = _("Choose the column with its score.")
        if is_case and one.score:
            wrong[f"also_{place}_score"] = _("A time is read from the dates and has no score.")
        if is_case:
            wrong |= _missing_fields(mapping, other)
    return wrong


def _wrong_reversed(
    mapping: Mapping[str, str],
    metrics: Sequence[MetricDefinition],
    reading: Reading,
    named: Mapping[str, MetricDefinition],
) -> dict[str, str]:
    """Columns that are said to run the other way, and that hold no answers on a scale."""
    shared = mapping.get(ImportField.SCORE, "")
    own = {one.score: (f"also_{place}_reversed", one) for place, one in enumerate(reading.also, start=1)}
    wrong: dict[str, str] = {}
    for column in reading.reversed:
        field, also = own.get(column, ("is_reversed", None))
        answered = [metric for metric in metrics if metric.key not in {one.metric for one in reading.also}]
        asked = [named[also.metric]] if also is not None else answered if column == shared else []
        if not all(map(can_be_reversed, asked or metrics)):
            wrong[field] = _("Only answers on a scale can run the other way.")
        elif not asked:
            wrong.setdefault(field, _no_scores(column))
    return wrong


def _no_scores(column: str) -> str:
    return _("“%(column)s” is not a column with scores.") % {"column": column[:60]}


def _wrong_questions(
    mapping: Mapping[str, str], reading: Reading, named: Mapping[str, MetricDefinition]
) -> dict[str, str]:
    """What a file lacks whose rows say themselves which metric they answer."""
    wrong: dict[str, str] = {}
    if reading.also:
        wrong["also_1_metric"] = _("Rows that say which metric they answer have no further metrics.")
    if not named:
        wrong[ImportField.QUESTION] = _("Say of at least one question which metric it belongs to.")
    if ImportField.SCORE not in mapping:
        wrong[ImportField.SCORE] = _("Choose the column with the score.")
    for metric in named.values():
        if metric.calculation.row is not RowKind.ANSWER:
            wrong[ImportField.QUESTION] = _("%(metric)s is not answered by a score.") % {
                "metric": metric.name
            }
    return wrong


# what a column says, another one may say by a length of time
_SAME_AS = {ImportField.RESOLVED_AT: ImportField.DURATION, ImportField.WAITS: ImportField.WAITED}


def _missing_fields(mapping: Mapping[str, str], metric: MetricDefinition) -> dict[str, str]:
    return {
        field.value: str(words) % {"metric": metric.name}
        for field, words in metric.calculation.needed_fields.items()
        if field not in mapping and _SAME_AS.get(field) not in mapping
    }


def _wrong_for_metric(
    mapping: Mapping[str, str], metric: MetricDefinition | None, reading: Reading
) -> dict[str, str]:
    if {ImportField.RESOLVED_AT, ImportField.DURATION} <= set(mapping):
        return {ImportField.DURATION: _("Choose the time of resolution or how long it took, not both.")}
    if {ImportField.WAITS, ImportField.WAITED} <= set(mapping):
        return {ImportField.WAITED: _("Choose when the cases waited or for how long, not both.")}
    if metric is None and reading.also and ImportField.SCORE not in mapping:
        return {}
    if metric is None:
        if ImportField.SCORE in mapping:
            return {"metric": _("Choose the metric that the scores belong to.")}
        if ImportField.TEXT not in mapping:
            return {"metric": _("Choose a metric, or a column with comments.")}
        return {}
    rule, name = metric.calculation, {"metric": metric.name}
    wrong = _missing_fields(mapping, metric)
    for field in rule.foreign_fields:  # of any of the metrics, where there are several
        if field in mapping:
            wrong[field.value] = problem_text("foreign", field.value, name)
    return wrong
