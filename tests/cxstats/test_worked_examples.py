"""Every example that a reader can see runs and gives what stands there: handbook pages and docstrings."""

import ast
import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cxstats

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "methods").glob("*.md"))
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
# a table of contents, tables of results
WITHOUT = {"README", "calibration", "calibration-marks", "calibration-program"}
# Modules that only compute for others and show no example of their own are left out of the second count.
MODULES = [found.name for found in pkgutil.walk_packages(cxstats.__path__, "cxstats.")]


def run_block(code: str, names: dict[str, object]) -> int:
    """Run plain code; where an expression ends in a comment, the comment is its value. Counts comparisons."""
    lines, compared = code.splitlines(), 0
    for node in ast.parse(code).body:
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        _before, mark, expected = lines[(node.end_lineno or 1) - 1].partition("  # ")
        if isinstance(node, ast.Expr) and mark:
            value = eval(compile(ast.Expression(node.value), "page", "eval"), names)
            assert value == ast.literal_eval(expected), source
            compared += 1
        else:
            exec(compile(source, "page", "exec"), names)
    return compared


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem not in WITHOUT], ids=lambda page: page.stem
)
def test_page_has_an_example_that_runs(page):
    compared = 0
    for code in BLOCK.findall(page.read_text(encoding="utf-8")):
        if ">>>" in code:
            test = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), 0)
            runner = doctest.DocTestRunner()
            assert runner.run(test).failed == 0
            compared += len(test.examples)
        else:
            compared += run_block(code, {})
    assert compared > 0


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name), extraglobs=_names(name)).failed == 0


def _names(name: str) -> dict[str, object]:
    """What an example may use without importing it: numpy, and what the module's package offers."""
    package = importlib.import_module(name.rpartition(".")[0] or name)
    return {
        "np": importlib.import_module("numpy"),
        **{key: vars(package)[key] for key in getattr(package, "__all__", ())},
    }


def test_tests_of_the_engine_need_nothing_of_the_benchmarks():
    for file in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not any(name.split(".")[0] == "benchmarks" for name in names), file.name
