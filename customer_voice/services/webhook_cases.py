"""What a call says of a case: when it was opened, answered, resolved and reopened, and its status."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from customer_voice.choices import ImportField
from customer_voice.feed_choices import Meaning
from customer_voice.importers import State, state_said
from customer_voice.models import MetricDefinition

ENDS = (Meaning.RESOLVED_AT, Meaning.FIRST_REPLY_AT, Meaning.FIRST_RESOLVED_AT, Meaning.REOPENED_AT)
SAID_OF_IT = (Meaning.STATUS, Meaning.REOPENED_COUNT, Meaning.MERGED_INTO)
OF_A_CASE = (Meaning.OPENED_AT, *ENDS, *SAID_OF_IT)


@dataclass(kw_only=True, slots=True)
class Case:
    """`answers` by the key of each metric that it counts for; `wrong`: which value, and why."""

    opened_at: str = ""
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[Meaning, str] = field(default_factory=dict)


def takes_cases(metric: MetricDefinition) -> bool:
    """Whether calls can bring its cases. What a case waited is a history, which one call does not have."""
    rule = metric.calculation
    return rule.counts_cases and not rule.leaves_out_waits


def wrong_cases(
    values: Mapping[str, str], cases: Sequence[str], metrics: Mapping[str, MetricDefinition]
) -> dict[str, str]:
    """What a mapping lacks to make cases of calls."""
    if not cases:
        if set(values) & {one.value for one in OF_A_CASE}:
            return {"cases": _("Choose the metrics that the times of a case count for.")}
        return {}
    for key in cases:
        metric = metrics[key]
        if not takes_cases(metric):
            return {
                "cases": _("“%(metric)s” cannot be made of calls; import it from files or by the API.")
                % {"metric": metric.name}
            }
        end = Meaning(metric.calculation.end_field.value)
        for needed in (Meaning.EXTERNAL_ID, Meaning.OPENED_AT, end):
            if needed not in values:
                return {
                    "cases": _("“%(metric)s” needs a value that is chosen as “%(value)s”.")
                    % {"metric": metric.name, "value": needed.label}
                }
    return {}


def case_of(
    cases: Sequence[str],
    metrics: Mapping[str, MetricDefinition],
    *,
    said: Callable[[Meaning], str | None],
    moment: Callable[[str], tuple[datetime, str]],
) -> Case:
    """The case of one entry of a call; one without answers where the call is about none.

    A value that the call does not have stays as it is known; a time that is null has not come, or no longer
    holds.
    """
    case = Case()
    if not cases or said(Meaning.OPENED_AT) is None:
        return case
    given: dict[str, str] = {}
    for meaning in (Meaning.OPENED_AT, *ENDS):
        text = said(meaning)
        if text:
            at, wrong = moment(text)
            given[meaning.value] = at.isoformat()
            if wrong:
                case.wrong[meaning] = wrong
        elif text is not None:
            given[meaning.value] = ""
    case.opened_at = given.pop(Meaning.OPENED_AT.value)
    if not case.opened_at:
        case.wrong[Meaning.OPENED_AT] = _("A case needs the time at which it was opened.")
    for meaning in SAID_OF_IT:
        if (text := said(meaning)) is not None:
            given[meaning.value] = text
    case.answers = {key: _of_metric(metrics[key], given, case.opened_at) for key in cases if key in metrics}
    return case


def _of_metric(metric: MetricDefinition, given: Mapping[str, str], opened_at: str) -> dict[str, str]:
    """What one metric reads of it. An end that is not named is still to come only if the call says so."""
    rule, resolved = metric.calculation, ImportField.RESOLVED_AT.value
    own = {name: text for name, text in given.items() if name not in rule.foreign_to_calls}
    is_open = state_said(own.get(Meaning.STATUS.value, "")) is State.OPEN or own.get(
        Meaning.REOPENED_AT.value
    )
    if is_open and resolved not in own:
        own[resolved] = ""
    if rule.end_field not in own:
        own.pop(resolved, None)  # alone it says nothing of the first reply, nor of the first resolution
    return {**own, ImportField.OCCURRED_AT.value: opened_at}
