"""The simulated distribution of a value, as pairs that a portfolio can draw from."""

import numpy as np

from cxstats.roi.simulation import RoiResult


def quantiles_of(result: RoiResult) -> tuple[tuple[float, float], ...]:
    """(share, value) pairs of the simulated NPV, ascending: its percentiles, and its histogram between them.

    An edge of the histogram that would stand out of order beside a percentile is left out.
    """
    worth = result.net_present_value
    known = {0.05: worth.p5, 0.1: worth.p10, 0.5: worth.p50, 0.9: worth.p90, 0.95: worth.p95}
    below = np.cumsum((0, *result.histogram_counts)) / result.draws
    pairs = sorted(known.items())
    for share, edge in zip(below.tolist(), result.histogram_edges, strict=True):
        place = int(np.searchsorted([one for one, _ in pairs], share))
        earlier = pairs[place - 1] if place else None
        later = pairs[place] if place < len(pairs) else None
        after_earlier = earlier is None or (earlier[0] < share and earlier[1] <= edge)
        before_later = later is None or (share < later[0] and edge <= later[1])
        if after_earlier and before_later:
            pairs.insert(place, (share, edge))
    return tuple(pairs)
