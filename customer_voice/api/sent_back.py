"""Items of a lot that come back as they were read: what is only read of them passes as it is stored."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from common.text import one_line

type Read = Mapping[str, Any]


class SentBack:
    """What reading an item answers, by the name by which items are known; nothing for one that is new.

    `rows` reads those of some names and is asked once, and only where an item holds what is `read_only`.
    """

    def __init__(
        self,
        items: Any,
        *,
        name: str,
        read_only: Iterable[str],
        rows: Callable[[set[str]], Mapping[str, Read]],
    ) -> None:
        self.name = name
        self.items = items if isinstance(items, list) else []
        self.read_only = frozenset(read_only)
        self.rows = rows
        self.found: Mapping[str, Read] | None = None

    def __call__(self, item: Mapping[str, Any]) -> Read:
        if not self.read_only & set(item):
            return {}
        if self.found is None:
            said = [one.get(self.name) for one in self.items if isinstance(one, Mapping)]
            self.found = self.rows({known(one) for one in said if isinstance(one, str)})
        return self.found.get(known(item.get(self.name)), {})


def known(name: Any) -> str:
    """The name as it is stored."""
    return one_line(name) if isinstance(name, str) else ""
