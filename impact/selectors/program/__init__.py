"""What the whole program returned: its facts, its stored result in words, its page."""

from impact.selectors.program.facts import ProgramFacts, program_basis, program_facts
from impact.selectors.program.page import (
    ProgramFigure,
    ProgramPage,
    counted_texts,
    latest_program,
    program_figure,
    program_page,
)
from impact.selectors.program.rows import ProgramView
from impact.selectors.program.view import program_view

__all__ = [
    "ProgramFacts",
    "ProgramFigure",
    "ProgramPage",
    "ProgramView",
    "counted_texts",
    "latest_program",
    "program_basis",
    "program_facts",
    "program_figure",
    "program_page",
    "program_view",
]
