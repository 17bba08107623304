"""Where something was heard lately, of every touchpoint at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, Max, OuterRef

from accounts.models import Organization
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.selectors.operational import is_operational
from customer_voice.selectors.points import POINTS
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardLately:
    """What one touchpoint had since a day: the last day of each metric by its key, of those that ask
    customers (`experience`) and those that count or time (`operational`); `has_words`: comments that belong
    to no metric."""

    experience: Mapping[str, date] = field(default_factory=dict)
    operational: Mapping[str, date] = field(default_factory=dict)
    has_words: bool = False

    @property
    def is_listened_to(self) -> bool:
        return bool(self.experience) or self.has_words

    @property
    def last_day(self) -> date | None:
        """The last day with an answer to a metric that asks customers."""
        return max(self.experience.values(), default=None)


NOT_HEARD = HeardLately()


def heard_lately(organization: Organization, since: date) -> dict[int, HeardLately]:
    """By the id of the touchpoint, for all that had anything since this day. Six queries, whatever the
    answers: they read the counts of these days, and for words one row a touchpoint."""
    metrics = {row.pk: row for row in MetricDefinition.objects.of(organization)}
    experience: dict[int, dict[str, date]] = defaultdict(dict)
    operational: dict[int, dict[str, date]] = defaultdict(dict)
    for model in POINTS.values():
        rows = model.objects.of(organization).filter(metric__in=list(metrics), day__gte=since).order_by()
        for row in rows.values("touchpoint", "metric").annotate(last=Max("day")):
            metric = metrics[row["metric"]]
            kept = operational if is_operational(metric) else experience
            known = kept[row["touchpoint"]].get(metric.key)
            kept[row["touchpoint"]][metric.key] = max(known or row["last"], row["last"])
    words = _with_words(organization, since)
    return {
        pk: HeardLately(
            experience=experience.get(pk, {}), operational=operational.get(pk, {}), has_words=pk in words
        )
        for pk in {*experience, *operational, *words}
    }


def _with_words(organization: Organization, since: date) -> set[int]:
    start = organization.clock.start_of(since)
    said = Feedback.objects.of(organization).filter(
        metric=None, touchpoint=OuterRef("pk"), occurred_at__gte=start
    )
    rows = Touchpoint.objects.of(organization).filter(Exists(said.exclude(text="")))
    return set(rows.values_list("pk", flat=True))
