"""What the entries about studies, value models and values say."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.details import Rows, Word, choice, day, money, number, numbers, parted, words_of, yes_no
from common.fields import Use
from cxstats.design import DesignGrade, Verdict
from impact.choices import (
    AssociationSource,
    Distribution,
    LedgerKind,
    LibraryMeasure,
    OutcomeKind,
    Recomputed,
    SignOff,
    SourceKind,
    ValueKind,
    inputs_of,
)
from impact.fields import FRAME, LIBRARY
from impact.wording.sentences import verdict_title
from wording.joining import bracketed, clauses


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    number_word, inputs = Word(_("Number"), number), Word(_("Input digest"))
    yield (
        "study",
        {
            "number": number_word,
            "data_cutoff": Word(_("Data up to"), day),
            "plan_digest": Word(_("Plan digest")),
            "grade": Word(_("Design grade"), _grade),
            "verdict": Word(_("Verdict"), _verdict),
            "input_digest": inputs,
            "outcome": Word(pgettext_lazy("of recomputing", "Outcome"), choice(Recomputed)),
            "engine_version": Word(_("Engine")),
        },
    )
    yield (
        "value_model",
        {
            **words_of(FRAME, Use.HISTORY, kind=Word(_("How it becomes money"), choice(ValueKind))),
            "parameters": Word(_("Inputs"), parted(_INPUTS), _INPUTS),
            "costs": Word(_("Costs"), parted(_COSTS), _COSTS),
            "lines": Word(_("Further benefits"), parted(_LINES), _LINES),
            "line_inputs": Word(_("Inputs of further benefits"), parted(_LINE_INPUTS), _LINE_INPUTS),
            "content_version": Word(_("Version of the content"), number),
        },
    )
    yield (
        "ledger_year",
        {
            "year": Word(_("Fiscal year")),
            "version": Word(_("Version"), number),
            "budget": Word(_("Budget asked for"), money),
            "lines": Word(_("Costs"), parted(_LEDGER), _LEDGER),
            "sign_off": Word(_("Finance"), choice(SignOff)),
        },
    )
    yield (
        "exchange_rate",
        {
            "currency": Word(_("Currency")),
            "into": Word(_("Own currency")),
            "day": Word(_("Day"), day),
            "rate": Word(_("Rate"), number),
            "source": Word(_("Source")),
        },
    )
    yield (
        "library_figure",
        {
            **words_of(
                LIBRARY,
                Use.HISTORY,
                measure=Word(_("What it is"), choice(LibraryMeasure)),
                source_kind=Word(_("Kind of source"), choice(SourceKind)),
            ),
            "currency": Word(_("Currency")),
            "number": number_word,
            "version": Word(_("Version"), number),
        },
    )
    yield "program_case", {"number": number_word, "input_digest": inputs}
    yield (
        "association_run",
        {
            "number": number_word,
            "outcome": Word(_("What customers did later"), choice(OutcomeKind)),
            "source": Word(_("Source"), choice(AssociationSource)),
            "metric": Word(_("Metric")),
            "until": Word(_("Outcomes known up to"), day),
            "filename": Word(_("File")),
        },
    )
    yield (
        "association_file",
        {
            "outcome": Word(_("What customers did later"), choice(OutcomeKind)),
            "metric": Word(_("Metric")),
            "until": Word(_("Outcomes known up to"), day),
            "filename": Word(_("File")),
        },
    )
    yield "driver_run", {"outcome": Word(_("Outcome")), "data_digest": Word(_("Digest of the answers"))}
    yield (
        "roi_case",
        {
            "number": number_word,
            "input_digest": inputs,
            "sign_off": Word(_("Finance"), choice(SignOff)),
            "line": Word(_("Benefit")),
        },
    )


def _amount(value: str, currency: str) -> str:
    """In the currency of its own row, which is said beside it."""
    return money(value, "")


def _grade(value: str, currency: str) -> str:
    """The letter alone: what stands behind it follows from the design, which the entry does not hold."""
    return DesignGrade(value).value


def _verdict(value: str, currency: str) -> str:
    return verdict_title(Verdict(value))


def _name_of_input(row: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """The product's own name of an input that this kind of model has, else the one that somebody gave it."""
    presets = {preset.key: preset for preset in inputs_of(state.get("kind", ""))}
    preset = presets.get(row["key"])
    return str(preset.label) if preset is not None else str(row.get("label") or row["key"])


def _name_of_line_input(row: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    return bracketed(_name_of_input(row, row), row["line"])


_OF_AN_INPUT: Mapping[str, Word] = {
    "distribution": Word("", choice(Distribution)),
    "arguments": Word("", numbers),
    "source_kind": Word("", choice(SourceKind)),
    "source": Word(_("Source")),
    "owner_name": Word(_("Responsible person")),
    "association": Word(_("Association")),
    "library": Word(_("Figure of the library")),
}
_INPUTS = Rows(key=lambda row: row["key"], name=_name_of_input, words=_OF_AN_INPUT)
_LINE_INPUTS = Rows(key=lambda row: (row["line"], row["key"]), name=_name_of_line_input, words=_OF_AN_INPUT)
_LINES = Rows(
    key=lambda row: row["label"],
    name=lambda row, state: str(row["label"]),
    words={
        "kind": Word("", choice(ValueKind)),
        "first_year_share": Word(_("Share of the full benefit in year 1"), number),
        "is_hard": Word(_("Shows in the books"), yes_no),
    },
)
_LEDGER = Rows(
    key=lambda row: (row["kind"], row["source"]),
    name=lambda row, state: clauses([str(LedgerKind(row["kind"]).label), str(row["source"])]),
    words={"amount": Word("", _amount), "currency": Word(""), "note": Word(_("Note"))},
)
_COSTS = Rows(
    key=lambda row: (row["label"], row["year"]),
    name=lambda row, state: clauses([str(row["label"]), str(_("year %(number)s") % {"number": row["year"]})]),
    words={
        "low": Word(_("Low"), money),
        "likely": Word(_("Most likely"), money),
        "high": Word(_("High"), money),
        "actual": Word(_("Spent"), money),
        "source": Word(_("Source")),
    },
)
