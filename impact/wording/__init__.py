"""What a finding says in plain sentences. Pages, API and reports take every word from here.

Grades A and B may name a likely cause, C says "most likely", D says that something changed and no more. The
engine gives keys; each key has its text here, and a test asks for every one of them.
"""

from impact.wording.checks import (
    CheckText,
    check_text,
    method_reason_text,
    note_text,
    reason_text,
    refusal_text,
    scenario_text,
    sensitivity_text,
)
from impact.wording.figures import amount_text, range_text, typed_text, value_text
from impact.wording.money import (
    break_even_text,
    case_sentence,
    chance_text,
    item_text,
    money_range_text,
    money_text,
    payback_text,
    percent_text,
    years_text,
)
from impact.wording.sentences import (
    change_our_mind,
    effect_label,
    grade_meaning,
    grade_title,
    method_text,
    verdict_meaning,
    verdict_sentence,
    verdict_title,
    verdict_tone,
    what_text,
)

__all__ = [
    "CheckText",
    "amount_text",
    "break_even_text",
    "case_sentence",
    "chance_text",
    "change_our_mind",
    "check_text",
    "effect_label",
    "grade_meaning",
    "grade_title",
    "item_text",
    "method_reason_text",
    "method_text",
    "money_range_text",
    "money_text",
    "note_text",
    "payback_text",
    "percent_text",
    "range_text",
    "reason_text",
    "refusal_text",
    "scenario_text",
    "sensitivity_text",
    "typed_text",
    "value_text",
    "verdict_meaning",
    "verdict_sentence",
    "verdict_title",
    "verdict_tone",
    "what_text",
    "years_text",
]
