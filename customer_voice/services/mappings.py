"""Which column is which: what is proposed for a file, and what a choice must hold to make feedback."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import ImportField
from customer_voice.errors import MappingRefused
from customer_voice.importers import guess_mapping, guess_metric
from customer_voice.models import ImportBatch, MetricDefinition
from customer_voice.problems import problem_text
from customer_voice.rules import RowKind
from customer_voice.services.checking import facts_of
from customer_voice.services.sources import recipe_for
from customer_voice.services.touchpoints import touchpoint_ids
from tabular.opening import FileFacts


def import_proposal(batch: ImportBatch) -> tuple[FileFacts, dict[str, Any]]:
    """What is in the file, and what the mapping page begins with.

    That is the last choice, else how the last file of the source with these headers was read, else a guess
    from the headers. Raises FileGone when the file is no longer there.
    """
    facts = facts_of(batch)
    if batch.mapping:
        return facts, {
            **batch.mapping,
            "metric": batch.metric_id,
            "fixed_touchpoint": batch.defaults.get("touchpoint", ""),
            "creates_touchpoints": batch.creates_touchpoints,
            "date_format": batch.date_format,
        }
    recipe = recipe_for(batch.source, facts.header)
    if not recipe:
        return facts, _guess(batch.organization, facts)
    in_use = MetricDefinition.objects.of(batch.organization).filter(is_retired=False, key=recipe["metric"])
    metric = in_use.order_by("-version").first()
    return facts, {
        **recipe["mapping"],
        "metric": metric.pk if metric is not None else None,
        "fixed_touchpoint": recipe["defaults"].get("touchpoint", ""),
        "creates_touchpoints": recipe["creates_touchpoints"],
        "date_format": recipe["date_format"],
    }


def _guess(organization: Organization, facts: FileFacts) -> dict[str, Any]:
    """From the names of the columns and what rows of labels say of them; the metric where one is in use."""
    found: dict[str, Any] = dict(guess_mapping(facts.header, facts.labels))
    kind = guess_metric(found.get(ImportField.SCORE, ""), facts.header, facts.labels)
    if kind is not None:
        in_use = MetricDefinition.objects.of(organization).filter(is_retired=False, kind=kind)
        keys = {metric.key: metric.pk for metric in in_use.order_by("version")}
        if len(keys) == 1:
            found["metric"] = next(iter(keys.values()))
    return found


def proposed_mapping(batch: ImportBatch) -> dict[str, str]:
    """Field -> column as `import_proposal` has it, without the other choices."""
    _facts, initial = import_proposal(batch)
    return {field: initial[field] for field in ImportField.values if field in initial}


def validate_mapping(
    organization: Organization,
    mapping: Mapping[str, str],
    header: Sequence[str],
    metric: MetricDefinition | None,
    defaults: Mapping[str, str],
) -> None:
    """Raises MappingRefused with every field that is missing, unknown or used twice."""
    wrong: dict[str, str] = {}
    for field, column in mapping.items():
        if field not in ImportField.values:
            wrong[field] = _("There is no such field.")
        elif column not in header:
            wrong[field] = _("The file has no column “%(column)s”.") % {"column": column[:60]}
    for field in mapping:
        if list(mapping.values()).count(mapping[field]) > 1:
            wrong.setdefault(field, _("This column is used twice."))
    if ImportField.EXTERNAL_ID not in mapping and metric and metric.calculation.row is not RowKind.ANSWER:
        wrong[ImportField.EXTERNAL_ID] = _("Choose the column that identifies each row.")
    if not {ImportField.OCCURRED_AT, ImportField.OPENED_AT} & set(mapping):
        wrong[ImportField.OCCURRED_AT] = _("Choose the column that holds the date.")
    if ImportField.TOUCHPOINT not in mapping and not defaults.get("touchpoint"):
        wrong[ImportField.TOUCHPOINT] = _("Choose a column, or one touchpoint for the whole file.")
    key = defaults.get("touchpoint", "")
    if key and key not in touchpoint_ids(organization):
        wrong[ImportField.TOUCHPOINT] = _("There is no touchpoint “%(key)s”.") % {"key": key}
    wrong.update(_wrong_for_metric(mapping, metric))
    if wrong:
        raise MappingRefused(" ".join(dict.fromkeys(wrong.values())), fields=wrong)


def _wrong_for_metric(mapping: Mapping[str, str], metric: MetricDefinition | None) -> dict[str, str]:
    if metric is None:
        if ImportField.SCORE in mapping:
            return {"metric": _("Choose the metric that the scores belong to.")}
        if ImportField.TEXT not in mapping:
            return {"metric": _("Choose a metric, or a column with comments.")}
        return {}
    rule, name = metric.calculation, {"metric": metric.name}
    wrong = {
        field.value: str(words) % name for field, words in rule.needed_fields.items() if field not in mapping
    }
    for field in rule.foreign_fields:
        if field in mapping:
            wrong[field.value] = problem_text("foreign", field.value, name)
    return wrong
