"""The registry of metric definitions: what measures is not edited after the first answer, nor deleted."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import acting, one_at_a_time, record_event
from common.rows import locked, merged_row
from common.text import one_line
from customer_voice.choices import (
    MEASUREMENT,
    RULE_OF_KIND,
    STRUCTURE,
    DefinitionChange,
    MetricKind,
)
from customer_voice.errors import DefinitionRefused
from customer_voice.models import CalendarVersion, Feedback, MetricDefinition, SurveyMetric
from customer_voice.rules import RowKind, rule_keys
from customer_voice.selectors.calendars import counting_version
from customer_voice.standard_metrics import STANDARD_METRICS
from tabular.values import plain

DEFINITION = ("name", *MEASUREMENT)
WORDS_OF_A_DEFINITION = {"name", "wording", "amount_name", "exposure_name"}


@transaction.atomic
def create_standard_metrics(
    organization: Organization, keys: Iterable[str] | None = None, *, by: Membership | None = None
) -> list[MetricDefinition]:
    """Add the standard definitions (all, or those of `keys`); existing ones stay as they are.

    Names and wording are written in the organization's language. Raises DefinitionRefused for a key
    that is not standard. Returns them in the order asked.
    """
    wanted = list(STANDARD_METRICS if keys is None else keys)
    unknown = [key for key in wanted if key not in STANDARD_METRICS]
    if unknown:
        raise DefinitionRefused(
            _("There is no standard metric “%(key)s”. Known: %(known)s.")
            % {"key": unknown[0], "known": ", ".join(STANDARD_METRICS)},
            code="unknown_standard_metric",
        )
    one_at_a_time(organization)
    present = {metric.key: metric for metric in MetricDefinition.objects.of(organization).filter(version=1)}
    with written_for(organization):
        for key in wanted:
            if key in present:
                continue
            values = {
                name: str(value) if name in WORDS_OF_A_DEFINITION else value
                for name, value in STANDARD_METRICS[key].items()
            }
            present[key] = MetricDefinition.objects.create(organization=organization, key=key, **values)
            _record(present[key], by, "metric.defined", before={})
    return [present[key] for key in wanted]


@transaction.atomic
def define_metric(
    *,
    by: Membership,
    values: Mapping[str, Any],
    metric: MetricDefinition | None = None,
    change: str = DefinitionChange.NEW_SERIES,
    note: str = "",
) -> MetricDefinition:
    """Add a definition, or change one.

    `values` holds the fields of `DEFINITION`; absent ones keep their default (or, on a change, stay), and so
    do those that equal `metric` as its caller has read it. The name is a label: it changes everywhere at
    once. A change of what is measured makes a new version once there are answers, and retires the old one;
    `change` says whether both are read as one series, which another scale or rule never is. What was measured
    before, word for word, goes on in its old series. The same change sent twice is made once. Raises
    DefinitionRefused with the fields that contradict each other, where `change` is empty though only a person
    can say (see decision 12), and where somebody else has put another definition in this one's place since it
    was read.
    """
    by = acting(by, Action.EDIT_METRICS)
    seen, metric = metric, None if metric is None else locked(metric)
    draft = _draft(by, values, seen=seen, now=metric)
    if metric is None:
        draft.key = _free_key(by.organization, draft.name)
        draft.save()
        _record(draft, by, "metric.defined", before={})
        return draft
    if seen is not None and metric.is_retired and not seen.is_retired:
        return _already(metric, draft)
    before = definition_of(metric)
    _rename(metric, draft.name, by)
    if _measures_the_same(metric, draft):
        return metric
    change = change or _implied_change(metric, draft)
    if change == DefinitionChange.CORRECTION and _has_same_structure(metric, draft):
        _correct(metric, draft)
        _record(metric, by, "metric.corrected", before=before)
        return metric
    versions = list(MetricDefinition.objects.of(by.organization).filter(key=metric.key).order_by("version"))
    if _is_answered(metric):
        if change != DefinitionChange.NEW_SERIES and not _has_same_structure(metric, draft):
            message = _("A different scale or rule cannot continue the series of answers so far.")
            raise DefinitionRefused(message, fields={"change": message})
        draft.key, draft.version, draft.change_note = metric.key, versions[-1].version + 1, note.strip()
        _join_series(draft, versions, follows=metric, change=change)
        draft.save()
        MetricDefinition.objects.filter(pk=metric.pk).update(is_retired=True)
        metric.is_retired = True
        _record(draft, by, "metric.redefined", before=before)
        return draft
    for name in (*DEFINITION, "counted_by"):
        setattr(metric, name, getattr(draft, name))
    earlier = [version for version in versions if version.version < metric.version]
    _join_series(metric, earlier, follows=earlier[-1] if earlier else None, change=change)
    metric.save()
    _record(metric, by, "metric.redefined", before=before)
    return metric


def _draft(
    by: Membership,
    values: Mapping[str, Any],
    *,
    seen: MetricDefinition | None,
    now: MetricDefinition | None,
) -> MetricDefinition:
    """The definition as asked for, complete and checked."""
    draft = MetricDefinition(organization=by.organization)
    given: dict[str, Any] = {
        name: plain(values[name]) if isinstance(values[name], Decimal) else values[name]
        for name in DEFINITION
        if name in values
    }
    if "name" in given:
        given["name"] = one_line(given["name"])
    if seen is not None and now is not None:
        kept = {name: getattr(now, name) for name in DEFINITION}
        given = {**kept, **merged_row(given, seen=seen, now=now)}
    for name, value in given.items():
        setattr(draft, name, value)
    _complete(draft)
    draft.counted_by = _counting(draft)
    _validate(draft)
    return draft


def _already(metric: MetricDefinition, draft: MetricDefinition) -> MetricDefinition:
    """What stands in the place of a definition that was retired meanwhile, where it is the one asked for."""
    versions = MetricDefinition.objects.filter(organization=metric.organization_id, key=metric.key)
    latest: MetricDefinition = versions.order_by("-version")[0]
    if latest.version > metric.version and _measures_the_same(latest, draft) and latest.name == draft.name:
        return latest
    message = _("Someone else has changed or retired this metric. Open it again to see what it is now.")
    raise DefinitionRefused(message, code="metric_changed")


@transaction.atomic
def retire_metric(*, by: Membership, metric: MetricDefinition, is_retired: bool = True) -> MetricDefinition:
    """Take a series out of use, with all its versions, or this version back in. Answers and figures stay."""
    changed = MetricDefinition.objects.filter(pk=metric.pk).exclude(is_retired=is_retired)
    metric.is_retired = is_retired
    if changed.update(is_retired=is_retired):
        if is_retired:
            MetricDefinition.objects.of(by.organization).filter(key=metric.key, series=metric.series).update(
                is_retired=True
            )
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="metric.retired" if is_retired else "metric.restored",
            subject=metric,
        )
    return metric


def definition_of(metric: MetricDefinition) -> dict[str, Any]:
    """The definition as JSON values: what the trail and a study's digest keep."""
    values = {name: getattr(metric, name) for name in DEFINITION}
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _rename(metric: MetricDefinition, name: str, by: Membership) -> None:
    """Give the metric another name, in all its versions. Answers, versions and series stay as they are."""
    if metric.name == name:
        return
    before, metric.name = metric.name, name
    MetricDefinition.objects.of(by.organization).filter(key=metric.key).update(name=name)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="metric.renamed",
        subject=metric,
        before={"name": before},
        after={"name": name},
    )


def _implied_change(metric: MetricDefinition, draft: MetricDefinition) -> DefinitionChange:
    """What a change means where nobody said: nothing is guessed where other words alone could mean either."""
    if _has_same_structure(metric, draft) and (metric.data_until is not None or _is_answered(metric)):
        message = _("Say what this change means for the answers so far.")
        raise DefinitionRefused(message, fields={"change": message})
    return DefinitionChange.NEW_SERIES


def _is_answered(metric: MetricDefinition) -> bool:
    """A survey that asks it will bring answers: what customers read there is no longer edited in place."""
    if SurveyMetric.objects.filter(metric=metric).exists():
        return True
    return bool(Feedback.objects.filter(organization=metric.organization_id, metric=metric).exists())


def _correct(metric: MetricDefinition, draft: MetricDefinition) -> None:
    """Write the corrected words into every version of the series that had the same ones."""
    for name in ("wording", "population"):
        wrong, right = getattr(metric, name), getattr(draft, name)
        if wrong != right:
            MetricDefinition.objects.filter(
                organization=metric.organization_id, key=metric.key, series=metric.series, **{name: wrong}
            ).update(**{name: right})
            setattr(metric, name, right)


def _join_series(
    draft: MetricDefinition,
    earlier: Sequence[MetricDefinition],
    *,
    follows: MetricDefinition | None,
    change: str,
) -> None:
    """The series of a version: that of an equal one before it, of the one that it bridges to, or its own."""
    joined = next((one for one in reversed(earlier) if _measures_the_same(one, draft)), None)
    if joined is None and change == DefinitionChange.BRIDGED and follows is not None:
        joined = follows if _has_same_structure(follows, draft) else None
    draft.series = draft.version if joined is None else joined.series
    draft.data_until = None if joined is None else joined.data_until
    draft.counted_at = None if joined is None else joined.counted_at


def _measures_the_same(first: MetricDefinition, second: MetricDefinition) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in MEASUREMENT)


def _has_same_structure(first: MetricDefinition, second: MetricDefinition) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in STRUCTURE)


def _complete(draft: MetricDefinition) -> None:
    """Fill in what the kind decides, and empty what the rule does not use."""
    draft.rule = RULE_OF_KIND.get(draft.kind, draft.rule)
    if draft.rule in rule_keys():
        draft.calculation.complete(draft)
        if draft.calculation.row is not RowKind.CASE:
            draft.calendar = ""


def _counting(draft: MetricDefinition) -> CalendarVersion | None:
    """The version of its calendar that counts now. Raises DefinitionRefused without such a calendar."""
    if not draft.calendar:
        return None
    version = counting_version(draft.organization, draft.calendar)
    if version is None:
        message = _("There is no calendar “%(key)s”. Choose one of yours.") % {"key": draft.calendar[:40]}
        raise DefinitionRefused(message, fields={"calendar": message})
    return version


def _validate(draft: MetricDefinition) -> None:
    wrong: dict[str, str] = {}
    if not draft.name:
        wrong["name"] = _("Give the metric a name.")
    if draft.kind not in MetricKind.values:
        wrong["kind"] = _("Choose what kind of metric this is.")
    if draft.kind == MetricKind.NPS:
        wrong |= _wrong_nps(draft)
    if draft.rule not in rule_keys():
        wrong["rule"] = _("Choose how answers become the metric.")
    else:
        wrong = {**draft.calculation.validate(), **wrong}
    if wrong:
        raise DefinitionRefused(_("This definition contradicts itself."), fields=wrong)


def _wrong_nps(draft: MetricDefinition) -> dict[str, str]:
    """NPS is one definition and no other: the name is a mark, and figures under it are compared."""
    fixed = STANDARD_METRICS["nps"]
    if any(getattr(draft, name) != fixed[name] for name in ("scale_low", "scale_high")):
        return {"scale_high": _("NPS® is asked on a scale from 0 to 10, and on no other.")}
    if any(getattr(draft, name) != fixed[name] for name in ("rule", "bottom_box_high", "top_box_low")):
        return {"rule": _("NPS® is the share of 9–10 minus the share of 0–6.")}
    return {}


def _free_key(organization: Organization, name: str) -> str:
    base = slugify(name).replace("-", "_")[:34] or "metric"
    taken = set(MetricDefinition.objects.of(organization).values_list("key", flat=True))
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def _record(metric: MetricDefinition, by: Membership | None, verb: str, *, before: dict[str, Any]) -> None:
    record_event(
        organization=metric.organization,
        actor=by.user if by else None,
        verb=verb,
        subject=metric,
        before=before,
        after={**definition_of(metric), "version": metric.version},
    )
