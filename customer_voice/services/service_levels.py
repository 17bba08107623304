"""Times within which cases of a metric should be over. Setting one changes no figure of the metric."""

from functools import partial
from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership
from accounts.reading import written_for
from accounts.services import acting, record_event
from common.jobs import enqueue, run
from customer_voice.errors import ServiceLevelRefused
from customer_voice.models import MetricDefinition, ServiceLevel
from customer_voice.rules.counts import bin_of
from customer_voice.selectors.calendars import service_levels
from customer_voice.services.calendars import refresh_cells
from customer_voice.services.rollup import hold_counts
from wording.formats import reader

MOST_LEVELS = 4
LONGEST_HOURS = 24 * 366
SHORTEST_SECONDS = 60


@transaction.atomic
def set_service_level(
    *, by: Membership, metric: MetricDefinition, hours: float, wanted_share: float | None = None
) -> ServiceLevel:
    """Add a time within which cases should be over, or say for what share of them. The job that counts who
    was in time is enqueued. Raises ServiceLevelRefused.
    """
    by = acting(by, Action.EDIT_METRICS)
    if not metric.calculation.counts_cases:
        raise ServiceLevelRefused(_("Only times of cases have service levels."))
    if not (isfinite(hours) and SHORTEST_SECONDS <= hours * 3600 <= LONGEST_HOURS * 3600):
        message = _("Between one minute and a year.")
        raise ServiceLevelRefused(message, fields={"hours": message})
    if wanted_share is not None and not 0 < wanted_share <= 1:
        message = _("Above 0 and at most %(most)s.") % {"most": reader().percent(1)}
        raise ServiceLevelRefused(message, fields={"share": message})
    seconds = round(hours * 3600)
    known = service_levels(by.organization, metric)
    present = next((level for level in known if level.seconds == seconds), None)
    if present is not None:
        return _promise(by, metric, present, wanted_share)
    if len(known) >= MOST_LEVELS:
        message = _("A metric has at most %(limit)d service levels. Remove one first.") % {
            "limit": MOST_LEVELS
        }
        raise ServiceLevelRefused(message, fields={"hours": message})
    if bin_of(seconds) in {bin_of(level.seconds) for level in known}:
        message = _("There is a service level within two percent of this one.")
        raise ServiceLevelRefused(message, fields={"hours": message})
    level = ServiceLevel(
        organization=by.organization, metric_key=metric.key, seconds=seconds, wanted_share=wanted_share
    )
    level.save()
    _record(by, metric, "metric.level_set", before=None, after=level)
    enqueue(level)
    return level


@transaction.atomic
def remove_service_level(*, by: Membership, metric: MetricDefinition, seconds: int) -> None:
    """Take a service level away; nothing is counted anew, since no figure knew of it."""
    by = acting(by, Action.EDIT_METRICS)
    for level in ServiceLevel.objects.of(by.organization).filter(metric_key=metric.key, seconds=seconds):
        _record(by, metric, "metric.level_removed", before=level, after=None)
        level.delete()


def recount_service_level(*, level_id: int) -> None:
    """Count to the second which cases were in time. Safe to call twice, and after it was removed."""
    level = ServiceLevel.objects.select_related("organization").filter(pk=level_id).first()
    if level is None:
        return
    with written_for(level.organization):
        run(
            level,
            partial(_recount, level),
            unknown=gettext_lazy(
                "Something went wrong while counting. Remove the service level and set it again."
            ),
        )


def _recount(level: ServiceLevel) -> None:
    with transaction.atomic():
        held = hold_counts(level.organization)
        refresh_cells(held, MetricDefinition.objects.of(held).filter(key=level.metric_key))
        level.finish()


def _promise(
    by: Membership, metric: MetricDefinition, level: ServiceLevel, wanted_share: float | None
) -> ServiceLevel:
    if level.wanted_share == wanted_share:
        return level
    before = ServiceLevel(seconds=level.seconds, wanted_share=level.wanted_share)
    level.wanted_share = wanted_share
    level.save(update_fields=["wanted_share"])
    _record(by, metric, "metric.level_set", before=before, after=level)
    return level


def _record(
    by: Membership,
    metric: MetricDefinition,
    verb: str,
    *,
    before: ServiceLevel | None,
    after: ServiceLevel | None,
) -> None:
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=verb,
        subject=metric,
        before=_told(before),
        after=_told(after),
    )


def _told(level: ServiceLevel | None) -> dict[str, float | None]:
    return {} if level is None else {"level_hours": level.seconds / 3600, "level_share": level.wanted_share}
