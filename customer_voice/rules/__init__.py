"""How answers become a metric: one rule is one class, and all that depends on the rule is asked of it.

A rule says how its rows are read and kept by the roll-up, how counts become a figure with its interval, a
change or a cell for the engine, in which unit people type its targets and effects, and how all of this is
said and drawn. It knows a definition only by its shape (`Definition`), so models stand above rules and the
choices of their column come from here.

To add one: write its class in a module of its own and name it in the list below.
A rule of answers on a scale derives from `ScoredRule` and says little more than its arithmetic; one whose
rows are kept in a new form also needs a `RollupShape` with its table and its SELECT in `services.rollup`.
"""

from customer_voice.rules.counts import Counts, DayTotals, RollupShape, together
from customer_voice.rules.definition import Definition
from customer_voice.rules.duration import MedianTime
from customer_voice.rules.mean import MeanScore
from customer_voice.rules.net import NetShare
from customer_voice.rules.rate import RatePerExposure
from customer_voice.rules.registry import register, registered, rule_choices, rule_keys, rule_of
from customer_voice.rules.rule import (
    AnswerGroup,
    Axis,
    Figure,
    FileRow,
    MetricRule,
    Number,
    Refusal,
    RowKind,
    StudyReading,
)
from customer_voice.rules.scored import ScoredRule
from customer_voice.rules.top_box import TopBoxShare

# in the order in which forms offer them
for _rule in (NetShare, TopBoxShare, MeanScore, MedianTime, RatePerExposure):
    register(_rule)

__all__ = [
    "AnswerGroup",
    "Axis",
    "Counts",
    "DayTotals",
    "Definition",
    "Figure",
    "FileRow",
    "MetricRule",
    "Number",
    "Refusal",
    "RollupShape",
    "RowKind",
    "ScoredRule",
    "StudyReading",
    "register",
    "registered",
    "rule_choices",
    "rule_keys",
    "rule_of",
    "together",
]
