"""YAML as plain values with their lines, without what makes YAML dangerous. For every content file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from common.text import is_storable
from questionnaires.errors import ContentInvalid

MOST_CHARACTERS = 1_000_000
MOST_DEPTH = 30
MOST_VALUES = 20_000  # keys and values; the largest framework of ours has 5,000, and each takes its time
MOST_NUMBER_CHARACTERS = 30
# What the reader of YAML raises besides its own errors, for values whose tag promises something else.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """`lines` by path as `reading.ContentReader` names places: "sections[0].questions[1].text"; "" is the
    file.
    """

    content: Any
    lines: Mapping[str, int]


class _Placed(Exception):
    """What is expected at a place of the file."""

    def __init__(self, mark: Any, expected: str) -> None:
        self.place, self.expected = _place(mark), expected
        super().__init__(expected)


class _StrictLoader(yaml.SafeLoader):
    """YAML without its traps: a key that comes twice, references that unfold without end, depth without
    end.
    """

    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise _Placed(mark, _("no references (*name)"))
        if self.depth >= MOST_DEPTH:
            expected = _("at most %(count)d levels of values inside values") % {"count": MOST_DEPTH}
            raise _Placed(mark, expected)
        self.values += 1
        if self.values > MOST_VALUES:
            expected = _("at most %(count)d keys and values in all") % {"count": MOST_VALUES}
            raise _Placed(mark, expected)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def plain_number(self, node: yaml.ScalarNode) -> Any:
        """Counting to base 60 (1:30:00) takes the square of its length and ends in no number of ours."""
        if ":" in node.value or len(node.value) > MOST_NUMBER_CHARACTERS:
            raise _Placed(node.start_mark, _("a plain number"))
        if node.tag.endswith(":int"):
            return self.construct_yaml_int(node)
        number = self.construct_yaml_float(node)
        if not math.isfinite(number):
            raise _Placed(node.start_mark, _("a plain number"))
        return number

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _value in node.value:
            name = str(key_node.value)
            if name in seen:
                expected = _("each key once; “%(key)s” appears twice") % {"key": name}
                raise _Placed(key_node.start_mark, expected)
            seen.add(name)
        return super().construct_mapping(node, deep)


for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
    _StrictLoader.add_constructor(_tag, _StrictLoader.plain_number)


def load_yaml(text: str, refusal: type[ContentInvalid] = ContentInvalid) -> Loaded:
    """The plain values of a YAML text and their lines. Raises `refusal` with the line of what cannot be
    read.
    """
    if len(text) > MOST_CHARACTERS:
        expected = _("at most %(count)d characters") % {"count": MOST_CHARACTERS}
        raise refusal([(_("file"), expected)])
    try:
        loader = _StrictLoader(text)
        node = loader.get_single_node()
        lines: dict[str, int] = {}
        if node is None:
            return Loaded(content=None, lines=lines)
        content = plain(loader.construct_document(node))
        _note_lines(node, "", lines)
        return Loaded(content=content, lines=lines)
    except _Placed as error:
        raise refusal([(error.place, error.expected)]) from error
    except yaml.MarkedYAMLError as error:
        raise refusal([(_place(error.problem_mark), _readable())]) from error
    except (yaml.YAMLError, *UNREADABLE) as error:
        raise refusal([(_("file"), _readable())]) from error


def plain(value: Any) -> Any:
    """As JSON keeps it: keys become text, so that the stored content reads like the file."""
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str) and not is_storable(value):
        raise ValueError("characters that are not text")
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)


def join(path: str, name: str) -> str:
    """The path of a named value inside another one."""
    return f"{path}.{name}" if path else name


def _note_lines(node: yaml.Node, path: str, lines: dict[str, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = join(path, str(key.value))
            lines[inner] = key.start_mark.line + 1  # where its name stands, not where a long text begins
            _note_lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note_lines(value, f"{path}[{number}]", lines)


def _readable() -> str:
    return _("readable YAML; a text with “:”, “?”, “,” or “#” stands in quotes")


def _place(mark: Any) -> str:
    if mark is None:
        return _("file")
    return _("line %(line)d, column %(column)d") % {"line": mark.line + 1, "column": mark.column + 1}
