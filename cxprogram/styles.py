"""Keeps of a style sheet what pages can use: rules whose classes they name, and what those rules refer to.

Knows no file and no setting. A word that happens to be a class name keeps a rule too many, which costs a few
bytes; a class that is put together from pieces would lose its rules, so classes are written out in full.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

import tinycss2

_READ = re.compile(r"var\(\s*(--[A-Za-z0-9_-]+)")
_GROUPS = frozenset({"media", "supports", "layer", "container"})
_NEGATIVE = frozenset({"not"})


def used_rules(css: str, *, words: Collection[str], properties: Collection[str]) -> str:
    """The style sheet without what no page uses.

    `words` are all words of the pages' sources; `properties` the custom properties (`--name`) that other
    style sheets and scripts read. The license in the first comment stays.
    """
    rules = tinycss2.parse_stylesheet(css, skip_whitespace=True)
    license_text = next((f"/*{rule.value}*/\n" for rule in rules if rule.type == "comment"), "")
    kept = "".join(_kept(rules, frozenset(words)))
    return license_text + _without_unread(kept, frozenset(properties))


def class_sets(css: str) -> set[frozenset[str]]:
    """For every selector of the style sheet the classes that it asks for together."""
    return {frozenset(_classes(part)) for rule in _style_rules(css) for part in _parts(rule.prelude)}


def _style_rules(css: str) -> Iterator[Any]:
    waiting = list(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))
    while waiting:
        rule = waiting.pop()
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            waiting += tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)


def _classes(tokens: list[Any]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        if token.type == "literal" and token.value == "." and place + 1 < len(tokens):
            if tokens[place + 1].type == "ident":
                yield tokens[place + 1].value
        elif token.type == "function" and token.lower_name not in _NEGATIVE:
            yield from _classes(token.arguments)


def _kept(rules: list[Any], words: frozenset[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            alive = [part for part in _parts(rule.prelude) if _can_match(part, words)]
            if alive:
                selectors = ",".join(tinycss2.serialize(part).strip() for part in alive)
                yield f"{selectors}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            inside = "".join(_kept(tinycss2.parse_rule_list(rule.content, skip_whitespace=True), words))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        elif rule.type == "at-rule":
            yield tinycss2.serialize([rule])


def _parts(tokens: list[Any]) -> Iterator[list[Any]]:
    """A list of selectors at its commas."""
    part: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _can_match(selector: list[Any], words: frozenset[str]) -> bool:
    for place, token in enumerate(selector):
        if token.type == "literal" and token.value == "." and place + 1 < len(selector):
            if selector[place + 1].type == "ident" and selector[place + 1].value not in words:
                return False
        elif (
            token.type == "function"
            and token.lower_name not in _NEGATIVE
            and not any(_can_match(part, words) for part in _parts(token.arguments))
        ):
            return False
    return True


def _without_unread(css: str, properties: frozenset[str]) -> str:
    """Drops custom properties that nothing reads, until none is left, and animations that nothing names."""
    while True:
        read = properties.union(_READ.findall(css))
        smaller = "".join(_shortened(tinycss2.parse_stylesheet(css), read, css))
        if len(smaller) == len(css):
            return smaller
        css = smaller


def _shortened(rules: list[Any], read: frozenset[str], whole: str) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            declarations = [
                item
                for item in tinycss2.parse_blocks_contents(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                if not (item.type == "declaration" and item.name.startswith("--") and item.name not in read)
            ]
            if declarations:
                yield f"{tinycss2.serialize(rule.prelude).strip()}{{{_declarations(declarations)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in _GROUPS and rule.content is not None:
            inside = "".join(_shortened(tinycss2.parse_rule_list(rule.content), read, whole))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword.endswith("keyframes"):
            name = tinycss2.serialize(rule.prelude).strip()
            if re.search(rf"animation(-name)?:[^;}}]*\b{re.escape(name)}\b", whole):
                yield tinycss2.serialize([rule])
        else:
            yield tinycss2.serialize([rule])


def _declarations(items: list[Any]) -> str:
    return ";".join(tinycss2.serialize([item]).rstrip(";") for item in items)
