"""The inventory as a table to take out."""

from collections.abc import Sequence

from django.db.models import QuerySet

from common.downloads import Download
from common.spreadsheets import marked
from journeys.models import Touchpoint

COLUMNS = ("key", "name", "phase", "channel", "owner", "designed", "purpose", "archived")


def touchpoints_download(touchpoints: "QuerySet[Touchpoint]", *, about: Sequence[str] = ()) -> Download:
    """One row a touchpoint, in the order of the list; an inventory is read at once. One query."""
    return Download(
        name="touchpoints",
        header=COLUMNS,
        rows=lambda: map(_row, touchpoints),
        count=touchpoints.count,
        about=about,
    )


def _row(touchpoint: Touchpoint) -> list[object]:
    owner = touchpoint.owner_function
    return [
        touchpoint.key,
        marked(touchpoint.name),
        touchpoint.phase,
        touchpoint.channel,
        "" if owner is None else marked(owner.name),
        touchpoint.is_intended,
        marked(touchpoint.purpose),
        touchpoint.is_archived,
    ]
