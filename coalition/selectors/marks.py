"""What the coalition adds to the time axes of other pages: the days on which initiatives went live."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from coalition.models import Initiative
from common.registry import AxisQuestion, Mark
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint


def go_lives(question: AxisQuestion) -> Iterator[Mark]:
    """Initiatives that went live at a touchpoint of the page, else those meant to move its metric. One query.

    A metric is known by its key: an initiative planned on an earlier definition of it belongs here too.
    """
    places = [subject for subject in question.subjects if isinstance(subject, Touchpoint)]
    metrics = [subject.key for subject in question.subjects if isinstance(subject, MetricDefinition)]
    if not places and not metrics:
        return
    wanted = Q(touchpoints__in=places) if places else Q(plan__metric__key__in=metrics)
    found = (
        Initiative.objects.of(question.organization)
        .met_by_customers()
        .filter(wanted)
        .select_related("organization")
        .distinct()
        .order_by("went_live_on", "number")
    )
    for initiative in found:
        if (day := initiative.went_live_on) is None:
            continue
        yield Mark(
            on=day,
            label=initiative.reference,
            note=_("%(title)s went live") % {"title": initiative.title},
            url=reverse(
                "coalition:initiative_detail", args=[initiative.organization.slug, initiative.number]
            ),
        )
