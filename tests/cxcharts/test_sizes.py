"""A chart is parts with names: no function is longer than a screen, no file than four hundred lines."""

import ast
from pathlib import Path

FILES = sorted((Path(__file__).resolve().parents[2] / "cxcharts").rglob("*.py"))
SCREEN, FILE = 60, 400


def test_no_function_is_longer_than_a_screen() -> None:
    assert len(FILES) > 20
    long = [
        f"{file.name}: {node.name}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > SCREEN
    ]
    assert long == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert [file.name for file in FILES if len(file.read_text(encoding="utf-8").splitlines()) > FILE] == []
