"""Places of values in a JSON body, as text: found in an example, and read in every later one. Pure.

A place is a path of steps, "/form/answers/0/value". A list whose entries name themselves is entered by that
name, for the next call may have them in another order: "/answers/[field.ref=nps]/number". "*" stands for
each entry of the one list whose entries are answers of their own: "/responses/*/score". In a step "~0" is
"~", "~1" is "/"; a key that looks like one of the two others begins with "~2", and within brackets "~3" is
"." and "~4" is "=".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EACH = "*"
MOST_LEAVES = 150
MOST_ENTRIES = 40  # of one list that an example shows
LONGEST_PLACE = 500
LONGEST_SHOWN = 120
# Keys by which entries of a list usually say which of them they are, the likeliest first.
NAMES = ("ref", "key", "id", "code", "slug", "name", "question", "label", "title", "type")
_DEEP = 2  # levels in which such a key is looked for


class Absent(LookupError):
    """The body has nothing at this place."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of an example: where it is, the value as text, and how deep it stands."""

    place: str
    name: str  # the last step, as a person reads it
    text: str
    depth: int
    is_value: bool  # false: a heading, with values below it


def leaves_of(body: Any, each: str = "") -> list[Leaf]:
    """The values of an example in their order, with headings above those that stand deeper.

    `each` is the place of the list whose entries are answers of their own: of these the first is shown. At
    most MOST_LEAVES.
    """
    found: list[Leaf] = []
    for leaf in _walk(body, "", 0, each):
        found.append(leaf)
        if len(found) == MOST_LEAVES:
            break
    return found


def lists_of(body: Any) -> list[tuple[str, int]]:
    """Places of lists of objects in the body, and how many entries each has; the body itself is ""."""
    found: list[tuple[str, int]] = []
    level: list[tuple[str, Any]] = [("", body)]
    while level and len(found) < MOST_ENTRIES:
        place, value = level.pop(0)
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            found.append((place, len(value)))
        elif isinstance(value, dict):
            level += [(f"{place}/{_escaped(key)}", inner) for key, inner in value.items()]
    return found


def entries_of(body: Any, place: str) -> list[Any]:
    """The entries of a list. Raises Absent where there is none."""
    value = _followed(body, _steps(place))
    if not isinstance(value, list):
        raise Absent(place)
    return value


def value_at(body: Any, place: str, entry: Any = None) -> Any:
    """The value at a place; `entry` is what "*" stands for. Raises Absent."""
    head, each, tail = place.partition(f"/{EACH}")
    if each and (not tail or tail.startswith("/")):
        return _followed(entry, _steps(tail))
    return _followed(body, _steps(head + each + tail))


def numbered(place: str, number: int) -> str:
    """The place in one entry of the list of answers, which "*" stands for. Other places stay."""
    return "/".join(str(number) if step == EACH else step for step in place.split("/"))


def list_in(places: Sequence[str]) -> str | None:
    """The list whose entries the places stand in; None where they stand in none. ValueError for several."""
    lists = {place.partition(f"/{EACH}")[0] for place in places if is_in_list(place)}
    if len(lists) > 1:
        raise ValueError("several lists")
    return lists.pop() if lists else None


def is_in_list(place: str) -> bool:
    return f"/{EACH}/" in place or place.endswith(f"/{EACH}")


def is_place(text: str) -> bool:
    """Whether this is written as a place is: with one list at most whose entries are answers of their own."""
    is_path = (text == "" or text.startswith("/")) and len(text) <= LONGEST_PLACE
    return is_path and text.split("/").count(EACH) <= 1


def as_text(value: Any) -> str:
    """A value as the rules of imports read it; nothing for what is no value, such as an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{int(value)}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list):
        return ", ".join(filter(None, (as_text(one) for one in value if not isinstance(one, list | dict))))
    return "" if value is None or isinstance(value, dict) else str(value)


# --- small parts --------------------------------------------------------------------------------


def _walk(value: Any, place: str, depth: int, each: str) -> Iterator[Leaf]:
    if each == place and isinstance(value, list) and value:
        yield from _walk(value[0], f"{place}/{EACH}", depth, "\x00")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _below(inner, f"{place}/{_escaped(key)}", str(key), depth, each)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        by = _naming(value)
        for number, inner in enumerate(value[:MOST_ENTRIES]):
            step = f"[{by.step}={_inside(by.names[number])}]" if by else str(number)
            name = by.names[number] if by else str(number + 1)
            yield from _below(inner, f"{place}/{step}", name, depth, each)
    elif len(place) <= LONGEST_PLACE:
        name = place.rpartition("/")[2] or "/"
        yield Leaf(place, name, as_text(value)[:LONGEST_SHOWN], depth, True)


def _below(inner: Any, place: str, name: str, depth: int, each: str) -> Iterator[Leaf]:
    if len(place) > LONGEST_PLACE:
        return
    if _is_value(inner):
        yield Leaf(place, name, as_text(inner)[:LONGEST_SHOWN], depth, True)
    else:
        yield Leaf(place, name, "", depth, False)
        yield from _walk(inner, place, depth + 1, each)


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(one, dict | list) for one in value)
    return not isinstance(value, dict)


@dataclass(frozen=True, slots=True)
class _Naming:
    step: str
    names: list[str]


def _naming(entries: Sequence[Any]) -> _Naming | None:
    """The key by which every entry has a name of its own, if there is one."""
    if not all(isinstance(entry, dict) for entry in entries):
        return None
    ways = sorted(
        dict.fromkeys(_keys(entries[0])), key=lambda keys: (NAMES.index(keys[-1].lower()), len(keys))
    )
    for keys in ways:
        names = [_named(entry, keys) for entry in entries]
        if all(names) and len(set(names)) == len(names):
            return _Naming(".".join(_inside(key) for key in keys), [str(name) for name in names])
    return None


def _keys(entry: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in entry.items():
        if isinstance(value, dict) and len(above) + 1 < _DEEP:
            yield from _keys(value, (*above, key))
        elif key.lower() in NAMES and isinstance(value, str | int) and not isinstance(value, bool):
            yield (*above, key)


def _named(entry: Any, keys: Sequence[str]) -> str:
    for key in keys:
        if not isinstance(entry, dict) or key not in entry:
            return ""
        entry = entry[key]
    return as_text(entry) if isinstance(entry, str | int) else ""


def _followed(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        if isinstance(value, dict):
            key = _plain(step)
            if key not in value:
                raise Absent(step)
            value = value[key]
        elif isinstance(value, list):
            value = _entry(value, step)
        else:
            raise Absent(step)
    return value


def _entry(entries: Sequence[Any], step: str) -> Any:
    if step.startswith("[") and step.endswith("]"):
        keys, _equals, name = step[1:-1].partition("=")
        wanted = _outside(name)
        path = [_outside(key) for key in keys.split(".")]
        for entry in entries:
            if _named(entry, path) == wanted:
                return entry
        raise Absent(step)
    if step.isdecimal() and step.isascii() and len(step) < 7 and int(step) < len(entries):
        return entries[int(step)]
    raise Absent(step)


def _steps(place: str) -> list[str]:
    return place.split("/")[1:]


def _escaped(key: str) -> str:
    text = str(key).replace("~", "~0").replace("/", "~1")
    return f"~2{text}" if text.startswith("[") or text == EACH else text


def _plain(step: str) -> str:
    step = step.removeprefix("~2")
    return step.replace("~1", "/").replace("~0", "~")


def _inside(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1").replace(".", "~3").replace("=", "~4")


def _outside(text: str) -> str:
    return text.replace("~4", "=").replace("~3", ".").replace("~1", "/").replace("~0", "~")
