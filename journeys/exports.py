"""The inventory as a table to take out; the import reads the same columns."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from common.downloads import Download
from common.registry import ShareOfWhole
from common.spreadsheets import marked
from journeys.models import Touchpoint

COLUMNS = (
    "key", "name", "phase", "channel", "owner", "owner person", "designed", "purpose", "operational metric",
    "side effects", "archived", "contribution",
    "contribution low", "contribution high", "contribution clear",
)  # fmt: skip


def touchpoints_download(
    touchpoints: "QuerySet[Touchpoint]",
    *,
    shares: Mapping[int, ShareOfWhole],
    about: Sequence[str] = (),
    has_addresses: bool = False,
) -> Download:
    """One row a touchpoint, in the order of the list; an inventory is read at once. One query.

    `shares`: by id the part in the overall experience, from 0 to 1, with its 95 % range, and whether it can
    be told from nothing.
    `has_addresses`: people by their e-mail address, which tells two of one name apart; else by name.
    """
    return Download(
        name="touchpoints",
        header=COLUMNS,
        rows=lambda: (_row(one, shares, has_addresses=has_addresses) for one in touchpoints),
        count=touchpoints.count,
        about=about,
    )


def _row(touchpoint: Touchpoint, shares: Mapping[int, ShareOfWhole], *, has_addresses: bool) -> list[object]:
    owner, person = touchpoint.owner_function, touchpoint.owner_person
    said = "" if person is None else person.user.email if has_addresses else str(person)
    return [
        touchpoint.key,
        marked(touchpoint.name),
        touchpoint.phase,
        touchpoint.channel,
        "" if owner is None else marked(owner.name),
        marked(said),
        touchpoint.is_intended,
        marked(touchpoint.purpose),
        touchpoint.operational_metric,
        marked(touchpoint.side_effects),
        touchpoint.is_archived,
        *_share(shares.get(touchpoint.pk)),
    ]


def _share(found: ShareOfWhole | None) -> list[object]:
    if found is None:
        return ["", "", "", ""]
    return [found.share, found.low, found.high, "" if found.is_clear is None else found.is_clear]
