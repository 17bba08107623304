"""What each touchpoint contributes to the overall experience, for whoever weighs touchpoints by it."""

from collections.abc import Iterator

from accounts.models import Organization
from common.registry import ShareOfWhole
from cxstats.codec import decoded
from cxstats.drivers import DriverAnalysis
from impact.models import DriverRun
from impact.selectors.answers import Column


def contributions(organization: Organization) -> dict[int, float]:
    """Touchpoint id -> its share (0..1) in the overall experience by the newest finished driver analysis
    that has shares; empty where none has. A touchpoint with several metrics has the sum of their shares.
    One query."""
    run = DriverRun.objects.of(organization).finished().filter(outcome="").first()
    result = (run.result or {}) if run is not None else {}
    if not result.get("analysis"):
        return {}
    places = {
        column.key: column.touchpoint_id
        for column in (decoded(Column, row) for row in result.get("columns", []))
    }
    found: dict[int, float] = {}
    for driver in decoded(DriverAnalysis, result["analysis"]).drivers:
        if driver.share is not None and driver.key in places:
            place = places[driver.key]
            found[place] = found.get(place, 0.0) + driver.share.value
    return found


def shares_of_whole(organization: Organization) -> Iterator[ShareOfWhole]:
    """The same for pages of lower rooms. One query."""
    for touchpoint, share in contributions(organization).items():
        yield ShareOfWhole(touchpoint=touchpoint, share=share)
