"""What a choice of columns must hold to make feedback."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import ImportField
from customer_voice.errors import MappingRefused
from customer_voice.models import MetricDefinition
from customer_voice.problems import problem_text
from customer_voice.services.touchpoints import touchpoint_ids


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
    if ImportField.EXTERNAL_ID not in mapping:
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
