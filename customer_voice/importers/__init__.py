"""Adapters: many rows of feedback into a database at once, and the names of their columns. No rules.

Files themselves are read by `tabular`.
"""

from customer_voice.importers.headers import guess_mapping, guess_metric
from customer_voice.importers.outcomes import Outcome, Replaced, Target, sum_of
from customer_voice.importers.presets import Preset, known_presets, preset_of
from customer_voice.importers.readings import (
    State,
    figures_of,
    is_no_answer,
    is_no_name,
    is_waiting,
    plain_words,
    read_in_two_ways,
    state_said,
)
from customer_voice.importers.rows import insert_rows, rows_where
from customer_voice.importers.staging import STAGED, Staging, staging
from customer_voice.importers.storing import DEFINITION, FORMER, Storing

__all__ = [
    "DEFINITION",
    "FORMER",
    "STAGED",
    "Outcome",
    "Preset",
    "Replaced",
    "Staging",
    "State",
    "Storing",
    "Target",
    "figures_of",
    "guess_mapping",
    "guess_metric",
    "insert_rows",
    "is_no_answer",
    "is_no_name",
    "is_waiting",
    "known_presets",
    "plain_words",
    "preset_of",
    "read_in_two_ways",
    "rows_where",
    "staging",
    "state_said",
    "sum_of",
]
