"""Adapters for foreign files and for getting many rows into a database at once. No rules in here."""

from customer_voice.importers.files import FileFacts, inspect_upload, read_rows, suggest_encoding
from customer_voice.importers.headers import guess_mapping
from customer_voice.importers.staging import STAGED, Staging, staging
from customer_voice.importers.storing import DEFINITION, Outcome, Replaced, Storing, Target
from customer_voice.importers.values import (
    DateFinding,
    find_date_format,
    parse_dates,
    parse_numbers,
    parse_whole,
)

__all__ = [
    "DEFINITION",
    "STAGED",
    "DateFinding",
    "FileFacts",
    "Outcome",
    "Replaced",
    "Staging",
    "Storing",
    "Target",
    "find_date_format",
    "guess_mapping",
    "inspect_upload",
    "parse_dates",
    "parse_numbers",
    "parse_whole",
    "read_rows",
    "staging",
    "suggest_encoding",
]
