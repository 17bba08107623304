"""Which rules there are: the package registers its own, a test may register one more."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.functional import Promise

from customer_voice.rules.definition import Definition
from customer_voice.rules.rule import MetricRule

_RULES: dict[str, type[MetricRule]] = {}


def register[Rule: type[MetricRule]](rule: Rule) -> Rule:
    """From now on definitions may name this rule by its `key`."""
    if _RULES.get(rule.key, rule) is not rule:
        raise ValueError(f"two rules are called {rule.key}")
    _RULES[rule.key] = rule
    return rule


@contextmanager
def registered(rule: type[MetricRule]) -> Iterator[None]:
    """A rule for a while: what a test of a new rule needs."""
    register(rule)
    try:
        yield
    finally:
        del _RULES[rule.key]


def rule_keys() -> frozenset[str]:
    return frozenset(_RULES)


def rule_choices() -> list[tuple[str, str | Promise]]:
    """Key and words of every rule, in the order in which they were registered: the column's choices."""
    return [(key, rule.label) for key, rule in _RULES.items()]


def rule_of(definition: Definition) -> MetricRule:
    """The rule of one definition, bound to it: everything that depends on the rule is asked there."""
    return _RULES[definition.rule](definition)
