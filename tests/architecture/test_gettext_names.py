"""Texts are found for translation by the name of the function that they are given to."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ_BY_MAKEMESSAGES = {
    "_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext",
    "npgettext_lazy", "gettext_noop",
}  # fmt: skip
APPS = (
    "accounts", "assessments", "coalition", "common", "customer_voice", "cxcharts", "cxprogram",
    "employee_voice", "impact", "journeys", "overview", "questionnaires", "reports", "tabular", "wording",
)  # fmt: skip


def names_for_translation(source: str) -> set[str]:
    """What the functions that translate are called in a module."""
    return {
        name.asname or name.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name
    }


def test_every_text_is_given_to_a_function_that_makemessages_knows():
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    assert len(files) > 500
    strange = {
        str(path.relative_to(ROOT)): unknown
        for path in files
        if (unknown := names_for_translation(path.read_text("utf-8")) - READ_BY_MAKEMESSAGES)
    }
    assert strange == {}


def test_a_name_of_its_own_is_seen():
    assert names_for_translation("from django.utils.translation import gettext as _t\n") == {"_t"}
