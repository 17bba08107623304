"""Figures of several touchpoints together, for whoever groups them: by the function that owns them, say."""

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from accounts.models import Organization
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from customer_voice.rules import Counts, Figure, together
from customer_voice.selectors.counting import counted
from customer_voice.selectors.figures import figures
from customer_voice.selectors.versions import series_versions


def figures_of_groups[Key: Hashable](
    organization: Organization,
    metric: MetricDefinition,
    groups: Mapping[Key, AbstractSet[int]],
    *,
    start: date,
    end: date,
) -> dict[Key, Figure]:
    """What customers said from `start` until before `end` at the touchpoints of each group, by their keys.

    Groups without answers are not in it. Two queries.
    """
    cells = counted(
        organization,
        metric,
        versions=series_versions(metric),
        by=("touchpoint_id",),
        touchpoints=set().union(*groups.values()),
        period=Period.QUARTER,
        start=start,
        end=end,
    )
    found = dict[Key, Counts]()
    for key, touchpoints in groups.items():
        parts = [
            count for place, counts in cells.items() if place[0] in touchpoints for count in counts.values()
        ]
        if parts:
            found[key] = together(parts)
    return dict(zip(found, figures(metric, list(found.values())), strict=True))
