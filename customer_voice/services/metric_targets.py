"""What a metric should reach. A target is a label: setting one never makes a new version of the metric."""

from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from common.rows import locked
from customer_voice.errors import TargetRefused
from customer_voice.models import MetricDefinition, MetricTarget
from customer_voice.selectors.targets import target_bounds
from journeys.models import Touchpoint


@transaction.atomic
def set_target(
    *, by: Membership, metric: MetricDefinition, value: float | None, touchpoint: Touchpoint | None = None
) -> MetricTarget | None:
    """Set, change or (with None) take away the target of a metric, over all touchpoints or at one.

    `value` is in the unit of the series. Raises TargetRefused: beyond the scale, or a touchpoint of
    another organization or (for a new target) an archived one.
    """
    by = acting(by, Action.EDIT_METRICS)  # holds the organization: there may be no row yet to hold
    touchpoint = None if touchpoint is None else locked(touchpoint, no_key=True)
    if touchpoint is not None and touchpoint.organization_id != by.organization_id:
        raise TargetRefused(_("Choose one of your touchpoints."), fields={"touchpoint": _("Not known.")})
    low, high = target_bounds(metric)
    if value is not None and not (isfinite(value) and low <= value <= high):
        text = _("The metric can never reach this value.")
        raise TargetRefused(text, fields={"value": text})
    rows = MetricTarget.objects.of(by.organization)
    present: MetricTarget | None = rows.filter(metric_key=metric.key, touchpoint=touchpoint).first()
    if value is None:
        if present is not None:
            present.delete()
            _record(by, metric, touchpoint, "metric.target_removed", present.value, None)
        return None
    if present is not None and present.value == value:
        return present
    if present is None and touchpoint is not None and touchpoint.is_archived:
        text = _("%(touchpoint)s is archived.") % {"touchpoint": touchpoint}
        raise TargetRefused(text, fields={"touchpoint": text})
    before = present.value if present is not None else None
    target = present or MetricTarget(
        organization=by.organization, metric_key=metric.key, touchpoint=touchpoint
    )
    target.value = value
    target.save()
    _record(by, metric, touchpoint, "metric.target_set", before, value)
    return target


def _record(
    by: Membership,
    metric: MetricDefinition,
    touchpoint: Touchpoint | None,
    verb: str,
    before: float | None,
    after: float | None,
) -> None:
    where = [touchpoint.key, touchpoint.name] if touchpoint is not None else None
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=verb,
        subject=metric,
        before={"target": before, "touchpoint": where},
        after={"target": after, "touchpoint": where},
    )
