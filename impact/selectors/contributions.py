"""What each touchpoint contributes to the overall experience, for whoever weighs touchpoints by it."""

from collections.abc import Iterator

from accounts.models import Organization
from common.registry import ShareOfWhole
from cxstats.codec import decoded
from cxstats.drivers import DriverAnalysis
from impact.models import DriverRun
from impact.selectors.answers import Column


def contributions(organization: Organization) -> dict[int, float]:
    """Touchpoint id -> its share (0..1) in the overall experience, by `shares_of_whole`. One query."""
    return {one.touchpoint: one.share for one in shares_of_whole(organization)}


def shares_of_whole(organization: Organization) -> Iterator[ShareOfWhole]:
    """What touchpoints contribute by the newest finished driver analysis that has shares; nothing where none
    has. A touchpoint with several metrics has the sum of their shares, and of the ends of their ranges, which
    is wider than the range of the sum. One query."""
    run = DriverRun.objects.of(organization).finished().filter(outcome="").first()
    result = (run.result or {}) if run is not None else {}
    if not result.get("analysis"):
        return
    places = {
        column.key: column.touchpoint_id
        for column in (decoded(Column, row) for row in result.get("columns", []))
    }
    found: dict[int, ShareOfWhole] = {}
    for driver in decoded(DriverAnalysis, result["analysis"]).drivers:
        if driver.share is None or driver.key not in places:
            continue
        place, share = places[driver.key], driver.share
        before = found.get(place)
        found[place] = ShareOfWhole(
            touchpoint=place,
            share=share.value + (before.share if before else 0.0),
            low=share.interval.low + (before.low if before else 0.0),
            high=share.interval.high + (before.high if before else 0.0),
            is_clear=_either(driver.distinguishable, before.is_clear if before else driver.distinguishable),
        )
    yield from found.values()


def _either(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else (None if one is None or other is None else False)
