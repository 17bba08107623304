"""Every verb that the code writes into the audit trail has its sentence, and every sentence a verb."""

import ast
from collections.abc import Iterator

import pytest

from accounts.wording import VERBS
from coalition.choices import AmendedField, InitiativeState
from tests.architecture.test_floors import OURS, ROOT

# f-strings as they stand in the code -> what they can become
COMPUTED = {
    "f'initiative.amended_{field}'": {f"initiative.amended_{field}" for field in AmendedField.values},
    "f'initiative.{to}'": {f"initiative.{state}" for state in InitiativeState.values},
    "f'roi_case.{decision.value}'": {"roi_case.signed", "roi_case.disputed"},
    "f'ledger_year.{row.sign_off.value}'": {"ledger_year.signed", "ledger_year.disputed"},
}
RECORDERS = {"record_event", "record_event_of_person", "record_download", "record_feed", "give_out"}


def _trees() -> list[ast.Module]:
    paths = [path for label in [*OURS, "cxprogram"] for path in (ROOT / label).rglob("*.py")]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _verbs(node: ast.expr, tables: dict[str, set[str]]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _verbs(node.body, tables)
        yield from _verbs(node.orelse, tables)
    elif isinstance(node, ast.JoinedStr):
        yield from COMPUTED[ast.unparse(node)]
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        yield from tables[node.value.id]
    elif not (isinstance(node, ast.Name) and node.id == "verb"):  # a parameter: its callers are looked at
        raise AssertionError(f"cannot tell which verb this is: {ast.unparse(node)}")


def _emitted() -> set[str]:
    found: set[str] = set()
    for tree in _trees():
        passing = {  # functions that hand a verb on, with the place of that parameter
            one.name: [argument.arg for argument in one.args.args].index("verb")
            if "verb" in [argument.arg for argument in one.args.args]
            else None
            for one in ast.walk(tree)
            if isinstance(one, ast.FunctionDef)
            and "verb" in [argument.arg for argument in [*one.args.args, *one.args.kwonlyargs]]
        }
        tables = {
            target.id: {str(value.value) for value in one.value.values if isinstance(value, ast.Constant)}
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Dict)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or _name(call) not in {*passing, *RECORDERS}:
                continue
            given = [keyword.value for keyword in call.keywords if keyword.arg == "verb"]
            place = passing.get(_name(call))
            if not given and place is not None and len(call.args) > place:
                given = [call.args[place]]
            for node in given:
                found |= set(_verbs(node, tables))
    return found


def test_every_verb_has_a_sentence_and_every_sentence_a_verb():
    emitted = _emitted()
    assert len(emitted) > 50, "the search finds nothing"
    assert not emitted - set(VERBS), f"no sentence in accounts.wording: {sorted(emitted - set(VERBS))}"
    assert not set(VERBS) - emitted, f"nothing writes these any more: {sorted(set(VERBS) - emitted)}"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_sentence_is_a_sentence(verb):
    sentence = str(VERBS[verb][1])
    told = sentence % {"actor": "Grace Kim", "subject": "INI-1"}
    assert "%" not in told
    assert not sentence.endswith(".")
    assert verb not in told
