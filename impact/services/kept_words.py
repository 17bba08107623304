"""Finance's words on benefits that did not change: a newer value keeps them and says of which they were."""

from collections.abc import Mapping
from typing import Any

from impact.cases import FIRST
from impact.choices import HAIRCUTS, SignOff
from impact.models import RoiCase
from impact.services.value_content import told_alone

_OF_ALL = ("horizon_years", "discount_rate_pct", "inflation_pct")
_OF_A_LINE = ("label", "kind", "first_year_share", "is_hard")
_HAIRCUTS = frozenset(preset.key for preset in HAIRCUTS)


def kept_words(before: RoiCase | None, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Number of a benefit -> the word that an earlier value of the same study has on it, where nothing that
    the benefit is computed from differs: neither it nor its inputs, the effect, haircuts, years, rate, costs
    or currency. Each names the value that it was said of. Empty for values of one benefit. No query.
    """
    if before is None or not before.line_words:
        return {}
    old, new = told_alone(before.inputs["value_model"]), told_alone(inputs["value_model"])
    if "lines" not in old or "lines" not in new:
        return {}
    if _common(old, before.inputs) != _common(new, inputs):
        return {}
    found = {}
    for number, equal in _equals(_benefits(old), _benefits(new)).items():
        word = before.line_words.get(equal)
        if word and word["state"] != SignOff.OPEN:
            found[number] = {**word, "value": word.get("value", before.number)}
    return found


def _equals(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Number of a benefit now -> the one that it was, each of which stands for one alone: a benefit that was
    entered twice is no word on its copy."""
    found: dict[str, str] = {}
    for is_same_number in (True, False):
        for number, content in new.items():
            free = [one for one, said in old.items() if said == content and one not in found.values()]
            if is_same_number:
                free = [one for one in free if one == number]
            if free and number not in found:
                found[number] = free[0]
    return found


def _common(model: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What every benefit is computed with, and the costs, which finance looks at with all of them."""
    effect = next(one for one in inputs["case"]["parameters"] if one["key"] == "effect")
    return {
        **{name: model.get(name) for name in _OF_ALL},
        "haircuts": [row for row in model["parameters"] if row["key"] in _HAIRCUTS],
        "costs": model["costs"],
        "effect": effect,
        "currency": inputs["currency"],
        "study": (inputs["grade"], inputs["verdict"]),
    }


def _benefits(model: Mapping[str, Any]) -> dict[str, Any]:
    """Number -> what makes each benefit what it is, but its number."""
    own = [row for row in model["parameters"] if row["key"] not in _HAIRCUTS]
    first = {name: model.get(name) for name in _OF_A_LINE} | {"parameters": own}
    further = {
        str(line["number"]): {name: line.get(name) for name in _OF_A_LINE}
        | {"parameters": line["parameters"]}
        for line in model["lines"]
    }
    return {str(FIRST): first, **further}
