"""What can go wrong with a map."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import DomainError


class MapConflict(DomainError):
    """Somebody else changed the same place since this one was read. `now` is what stands there, `who` wrote
    it.

    Sent again with `version`, what was written replaces it.
    """

    code = "edit_conflict"

    def __init__(self, *, who: str, now: str, version: int, fields: Mapping[str, str | Promise]) -> None:
        self.who, self.now, self.version = who, now, version
        if now:
            text = _(
                "%(name)s changed this while you were writing. Stored now: %(value)s. Save again to "
                "replace it."
            ) % {"name": who, "value": now}
        else:
            text = _("%(name)s emptied or removed this while you were writing. Save again to replace it.") % {
                "name": who
            }
        super().__init__(text, fields=fields)
        self.program_message = (
            f"Changed by {who} since the version that you sent. Stored now: “{now}”. Send version "
            f"{version} to replace it."
        )


class CannotUndo(DomainError):
    """Somebody else has built on the change since, so that it cannot be taken back, or done again, alone."""

    code = "cannot_undo"

    def __init__(self, *, who: str) -> None:
        text = _(
            "%(name)s has changed the same part of the map since, so this cannot be done without losing "
            "their work. Nothing was changed. An earlier version of the whole map can be had under Version."
        )
        super().__init__(text % {"name": who})


class NothingToUndo(DomainError):
    """The member has changed nothing on this map that can be undone or redone."""

    code = "nothing_to_undo"


class MapArchived(DomainError):
    """An archived map is not changed."""

    code = "map_archived"
