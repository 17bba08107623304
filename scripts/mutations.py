"""Mistakes of this house that the tool's own operators do not make."""

from collections.abc import Iterable, Iterator
from typing import Any

from cosmic_ray.ast import ast_nodes
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Keyword

type Place = tuple[tuple[int, int], tuple[int, int]]


class DropStatement(Operator):
    """A call whose result nobody takes, or a refusal, is forgotten."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        if node.type == "simple_stmt" and self._is_call_or_raise(node.children[0]):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        first = node.children[0]
        node.children[0] = Keyword("pass", first.start_pos, prefix=first.get_first_leaf().prefix)
        return node

    @staticmethod
    def _is_call_or_raise(node: Any) -> bool:
        if node.type == "raise_stmt":
            return True
        last = node.children[-1] if node.type in {"atom_expr", "power"} else None
        return last is not None and last.type == "trailer" and last.children[0].value == "("

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (
            Example("if late:\n    raise TooLate()\n", "if late:\n    pass\n"),
            Example("record(row)\nx = count(row)\n", "pass\nx = count(row)\n"),
        )


class DropCondition(Operator):
    """A query forgets one of its conditions."""

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        for argument in self._conditions(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        argument = self._conditions(node)[index]
        siblings = argument.parent.children
        place = next(at for at, one in enumerate(siblings) if one is argument)
        del siblings[place]
        if argument.parent is not node:  # among others: its comma goes, the one after it or the one before it
            del siblings[min(place, len(siblings) - 1)]
        return node

    @staticmethod
    def _conditions(node: Any) -> list[Any]:
        """Named arguments of `.filter(...)`, `.exclude(...)`, `.get(...)`; `node` is the brackets."""
        if node.type != "trailer" or node.children[0].value != "(":
            return []
        before = node.get_previous_sibling()
        if before is None or before.type != "trailer" or before.children[0].value != ".":
            return []
        if before.children[1].value not in {"filter", "exclude", "get"}:
            return []
        inside = node.children[1]
        if inside.type == "argument" and inside.children[1] == "=":
            return [inside]
        if inside.type == "arglist":
            return [one for one in inside.children if one.type == "argument" and one.children[1] == "="]
        return []

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (
            Example("rows.filter(a=1, b=2)", "rows.filter( b=2)"),
            Example("rows.filter(a=1, b=2)", "rows.filter(a=1)", occurrence=1),
            Example("rows.exclude(a=1)", "rows.exclude()"),
        )


class SwapMember(Operator):
    """One constant of an enumeration stands for another that the same file names."""

    def __init__(self) -> None:
        self._module: Any = None
        self._members: dict[str, set[str]] = {}

    def mutation_positions(self, node: Any) -> Iterator[Place]:
        if self._others(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        name = node.children[1].children[1]
        others = self._others(node)
        name.value = next((one for one in others if one > name.value), others[0])
        return node

    def _others(self, node: Any) -> list[str]:
        member = self._member(node)
        if member is None:
            return []
        module = node.get_root_node()
        if module is not self._module:
            self._module, self._members = module, {}
            for one in filter(None, map(self._member, ast_nodes(module))):
                self._members.setdefault(one[0], set()).add(one[1])
        return sorted(self._members[member[0]] - {member[1]})

    @staticmethod
    def _member(node: Any) -> tuple[str, str] | None:
        """`Role.CX_LEADER`, and nothing longer."""
        if node.type not in {"atom_expr", "power"} or len(node.children) != 2:
            return None
        first, rest = node.children
        if first.type != "name" or rest.type != "trailer" or rest.children[0].value != ".":
            return None
        name = rest.children[1].value
        return (first.value, name) if first.value[0].isupper() and name.isupper() else None

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (
            Example("x = Role.HEAD\ny = Role.GUEST\n", "x = Role.GUEST\ny = Role.GUEST\n"),
            Example("x = Role.HEAD\ny = Role.GUEST\n", "x = Role.HEAD\ny = Role.HEAD\n", occurrence=1),
        )


OWN: dict[str, type[Operator]] = {
    "own/DropStatement": DropStatement,
    "own/DropCondition": DropCondition,
    "own/SwapMember": SwapMember,
}
