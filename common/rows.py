"""Rows that somebody else may be changing: read again under a lock, and changed field by field.

A service gets a row as its caller has read it, some time ago. It reads the row again and holds it (`locked`),
asks its rules of that row, and writes the fields that the caller has changed and no others (`merged`, `put`).
`docs/decisions/0024-changes-at-once.md` says why so.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from common.errors import DomainError


class Gone(DomainError):
    """Somebody has deleted the row since it was read."""

    code = "gone"


def moment_mark(at: datetime | None) -> str:
    """What a page carries of the moment at which something was decided; nothing where it was not."""
    return "" if at is None else at.astimezone(UTC).isoformat()


class DecidedMeanwhile(DomainError):
    """Somebody has decided otherwise since the page was drawn on which this decision was taken."""

    code = "decided_meanwhile"


def locked[M: models.Model](row: M, *related: str, no_key: bool = False) -> M:
    """The row as it is stored now, held until the transaction ends; `related` rows come with it unlocked.

    `no_key` lets others go on adding rows that point at it. Raises Gone. One query.
    """
    rows: Any = row._meta.model._default_manager.select_for_update(of=("self",), no_key=no_key)
    if related:
        rows = rows.select_related(*related)
    found: M | None = rows.filter(pk=row.pk).first()
    if found is None:
        raise Gone(_("This has been deleted in the meantime."))
    return found


def fresh[M: models.Model](row: M, *related: str) -> M:
    """A row that a change only names, as it is stored now: who or what was chosen may have gone since the
    request read it. Held by whatever the caller holds. Raises Gone. One query.
    """
    rows: Any = row._meta.model._default_manager.select_related(*related)
    found: M | None = rows.filter(pk=row.pk).first()
    if found is None:
        raise Gone(_("This has been deleted in the meantime."))
    return found


def merged(values: Mapping[str, Any], *, seen: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Of each of the `values` what its writer changed; what is stored `now` where it equals what was
    `seen`."""
    return {
        name: now[name] if name in seen and value == seen[name] else value for name, value in values.items()
    }


def merged_row[M: models.Model](values: Mapping[str, Any], *, seen: M, now: M) -> dict[str, Any]:
    """The same for columns of a row: `seen` as the caller has read it, `now` as it is locked."""
    return merged(
        values,
        seen={name: getattr(seen, name) for name in values},
        now={name: getattr(now, name) for name in values},
    )


def put(row: models.Model, values: Mapping[str, Any], *, also: Iterable[str] = ()) -> list[str]:
    """Set what differs on a locked row and save these columns alone, with those of `also` (set by the
    caller).

    Returns the names of the columns that changed; nothing is written where none did.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    columns = [*changed, *(name for name in also if name not in changed)]
    if columns:
        row.save(update_fields=columns)
    return changed
