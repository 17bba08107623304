"""The API's document says what the API promises, not what one database can hold."""

from typing import Any

# Ranges that come from a column's width, which differs from database to database.
WIDTHS = frozenset({32767, 2147483647, 9223372036854775807})
LOWEST = frozenset({-32768, -2147483648, -9223372036854775808})


def without_column_widths(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A hook of drf-spectacular: the same document on SQLite and PostgreSQL."""
    _clean(result)
    return result


def _clean(node: Any) -> None:
    if isinstance(node, list):
        for part in node:
            _clean(part)
    elif isinstance(node, dict):
        if node.get("type") == "integer":
            if node.get("maximum") in WIDTHS:
                del node["maximum"]
            if node.get("minimum") in LOWEST:
                del node["minimum"]
            node.pop("format", None)
        for part in node.values():
            _clean(part)
