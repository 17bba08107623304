"""Mutation testing by sample: small changes of one room's code, each of which a test should notice.

`make mutants ROOM=accounts SAMPLE=100 SEED=1` draws that many places of the room, changes one at a time in a
copy of the project, and runs the tests that pass through the changed line. What no test notices is listed in
var/mutants.
"""

import argparse
import ast
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from difflib import unified_diff
from functools import cache
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names
from coverage import CoverageData

from scripts.mutations import OWN

BASE = Path(__file__).resolve().parent.parent
VAR = BASE / "var" / "mutants"


@dataclass(frozen=True, kw_only=True)
class Room:
    code: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()


def _app(name: str) -> Room:
    return Room(code=(f"{name}/access.py", f"{name}/services"), tests=(f"tests/{name}",))


ROOMS = {
    "accounts": Room(
        code=("accounts/permissions.py", "accounts/access.py", "accounts/services"), tests=("tests/accounts",)
    ),
    "assessments": _app("assessments"),
    "journeys": Room(code=("journeys/access.py", "journeys/services.py"), tests=("tests/journeys",)),
    "customer_voice": _app("customer_voice"),
    "employee_voice": _app("employee_voice"),
    "coalition": _app("coalition"),
    "impact": _app("impact"),
    "reports": _app("reports"),
    "evaluate": Room(
        code=("cxstats/evaluate",),
        tests=tuple(f"tests/cxstats/test_evaluate{part}.py" for part in ("", "_routes", "_figures")),
    ),
    "cxstats": Room(code=("cxstats",), tests=("tests/cxstats",), without=("cxstats/evaluate",)),
}

# A sum may become a difference, but a sum that becomes a shift fails at once and flatters the score.
LIKELY = {
    "Add": {"Sub"},
    "Sub": {"Add"},
    "Mul": {"Div"},
    "Div": {"Mul"},
    "FloorDiv": {"Div"},
    "Pow": {"Mul"},
    "BitOr": {"BitAnd"},
    "BitAnd": {"BitOr"},
    "Eq": {"NotEq"},
    "NotEq": {"Eq"},
    "Lt": {"LtE", "Gt"},
    "LtE": {"Lt", "GtE"},
    "Gt": {"GtE", "Lt"},
    "GtE": {"Gt", "LtE"},
    "Is": {"IsNot"},
    "IsNot": {"Is"},
    "Delete": {"Not", "USub", "Invert"},
}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    path: str
    operator: str
    occurrence: int
    line: int
    last_line: int


@dataclass(kw_only=True)
class Outcome:
    mutant: Mutant
    verdict: str  # killed, survived, untested
    tests: int
    seconds: float
    diff: str = ""
    killer: str = field(default="")


@cache
def _operators() -> dict[str, Operator]:
    """The tool's operators that make likely mistakes, and our own."""
    chosen: dict[str, Operator] = {name: operator() for name, operator in OWN.items()}
    for name in operator_names():
        words = name.removeprefix("core/").split("_")
        if words[0].startswith("Variable"):
            continue  # needs names of variables
        if len(words) == 3 and words[2] not in LIKELY.get(words[1], set()):
            continue
        chosen[name] = get_operator(name)()
    return chosen


def _silent(tree: ast.AST) -> set[int]:
    """What no run can show when it changes: annotations, what only types read, decorators of classes."""
    nodes: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as found) | ast.AnnAssign(annotation=found):
                nodes.append(found)
            case ast.TypeAlias(value=found):
                nodes.append(found)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                nodes.append(node)
            case ast.ClassDef(decorator_list=decorators):
                nodes.extend(decorators)
        if isinstance(node, ast.FunctionDef) and node.returns:
            nodes.append(node.returns)
    return {id(node) for node in nodes}


def _silent_spans(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    tree = ast.parse(source)
    silent = _silent(tree)
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
        for node in ast.walk(tree)
        if id(node) in silent and isinstance(node, ast.expr | ast.stmt)
    ]


def mutants_of(path: str, source: str) -> Iterator[tuple[tuple[int, int], Mutant]]:
    """Every mutant of a file with the place that it changes."""
    nodes = list(ast_nodes(get_ast(source)))
    spans = _silent_spans(source)
    for name, operator in _operators().items():
        places = ((node, place) for node in nodes for place in operator.mutation_positions(node))
        for occurrence, (node, (start, end)) in enumerate(places):
            if any(first <= start < last for first, last in spans):
                continue
            if node.parent and node.parent.type in {"parameters", "lambdef"}:
                continue  # the bare * of keyword-only parameters is no product
            yield (
                start,
                Mutant(path=path, operator=name, occurrence=occurrence, line=start[0], last_line=end[0]),
            )


def drawn(files: list[str], *, sample: int, seed: int) -> list[Mutant]:
    """One mutant each of `sample` places; a place that can change in five ways weighs no more."""
    by_place: dict[tuple[str, tuple[int, int]], list[Mutant]] = defaultdict(list)
    for path in files:
        for place, mutant in mutants_of(path, (BASE / path).read_text(encoding="utf-8")):
            by_place[path, place].append(mutant)
    chance = random.Random(seed)  # noqa: S311  a sample, no secret
    places = sorted(by_place)
    print(f"{len(places)} places in {len(files)} files")
    return [chance.choice(by_place[place]) for place in chance.sample(places, min(sample, len(places)))]


# --- Which tests pass through a line -----------------------------------------------------------


class Passing:
    """The tests that ran each line of a file, from one measured run of the room's tests."""

    def __init__(self, path: str, tree: Path, data: CoverageData) -> None:
        self._by_line = {
            line: {context.split("|")[0] for context in contexts if context}
            for line, contexts in data.contexts_by_lineno(str(tree / path)).items()
        }
        self._tree = ast.parse((BASE / path).read_text(encoding="utf-8"))

    def tests(self, mutant: Mutant, otherwise: tuple[str, ...]) -> list[str]:
        """Those of the statement; where it runs at import only, like a decorator, those of what it is in.

        A constant of a file or class that no function holds meets `otherwise`, all tests of the room.
        """
        wanted = set(range(mutant.line, mutant.last_line + 1))
        for lines in (wanted, *self._around(mutant.line), set(self._by_line)):
            if found := set().union(*(self._by_line.get(line, set()) for line in lines)):
                return sorted(found)
            if lines is not wanted and self._is_body(lines):
                return []  # a function that no test enters
        return list(otherwise)

    def _around(self, line: int) -> list[set[int]]:
        """Lines of the statement and of the function that hold this line, the smallest first."""
        held = []
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.stmt):
                continue
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorators)])
            last = node.end_lineno or node.lineno
            if isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
                last = node.body[0].lineno - 1
            if first <= line <= last:
                held.append(set(range(first, last + 1)))
        return sorted(held, key=len)

    def _is_body(self, lines: set[int]) -> bool:
        return any(
            isinstance(node, ast.FunctionDef) and set(range(node.lineno, (node.end_lineno or 0) + 1)) <= lines
            for node in ast.walk(self._tree)
        )


# --- Running -----------------------------------------------------------------------------------

PYTEST = (
    *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not story"),
    "--reuse-db",
    "--hypothesis-profile=ci",  # the same examples every time, no time limit a single example
)


def _run(tree: Path, *arguments: str, limit: float | None = None) -> tuple[int | None, str]:
    """Exit code and output of Python in the copy; no code after the time limit."""
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(tree / ".coverage"),
        "DJANGO_SETTINGS_MODULE": "cxprogram.settings",
    }
    environment.pop("CXPROGRAM_DATABASE_URL", None)  # a file that is copied anew for each mutant
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, ""
    return process.returncode, output


FRESH, USED = "fresh.sqlite3", "test.sqlite3"
MIGRATE = """
import django
django.setup()
from django.db import connection
connection.creation.create_test_db(verbosity=0, autoclobber=True)
connection.close()
"""


def _keep_database(tree: Path) -> None:
    """Have the test database made once: every run of pytest would take longer for that than for its tests."""
    settings = tree / "cxprogram" / "settings.py"
    line = f'\nDATABASES["default"]["TEST"] = {{"NAME": {str(tree / USED)!r}}}\n'
    settings.write_text(settings.read_text(encoding="utf-8") + line, encoding="utf-8")
    code, output = _run(tree, "-c", MIGRATE)
    if code != 0:
        sys.exit(f"The test database cannot be made:\n{output[-3000:]}")
    shutil.copy2(tree / USED, tree / FRESH)


def _renew_database(tree: Path) -> None:
    for rest in tree.glob(f"{USED}*"):  # with what SQLite keeps beside it
        rest.unlink()
    shutil.copy2(tree / FRESH, tree / USED)


def _copy_project(tree: Path) -> None:
    """A copy to change, while people work on: files that git knows, compiled catalogs, front-end packages."""
    shutil.rmtree(tree, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, text=True, check=True)
    catalogs = [str(file.relative_to(BASE)) for file in BASE.glob("locale/**/*.mo")]
    for name in (*listed.stdout.split("\0"), *catalogs):
        if name and (BASE / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE / name, tree / name)
    # A repository of its own: some tests ask git what the project says, and the copy lies where git ignores.
    for command in (["init", "-q"], ["add", "--all", "--force"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    (tree / "node_modules").symlink_to(BASE / "node_modules")
    _keep_database(tree)
    # By content: a file that changes twice within a second would pass for unchanged.
    _run(tree, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", ".")


def _files(room: Room) -> list[str]:
    found: list[str] = []
    for name in room.code:
        paths = sorted((BASE / name).rglob("*.py")) if (BASE / name).is_dir() else [BASE / name]
        found.extend(str(path.relative_to(BASE)) for path in paths)
    return [path for path in found if not path.startswith(room.without)] if room.without else found


def _measure(tree: Path, room: Room) -> tuple[CoverageData, float]:
    """Run the room's tests on the unchanged code, noting which test runs which line."""
    _renew_database(tree)
    begun = time.monotonic()
    sources = {f"--cov={name.split('/')[0]}" for name in room.code}
    code, output = _run(tree, *PYTEST, *room.tests, *sorted(sources), "--cov-context=test", "--cov-report=")
    if code != 0:
        sys.exit(f"The tests of the room fail on unchanged code:\n{output[-3000:]}")
    data = CoverageData(str(tree / ".coverage"))
    data.read()
    return data, time.monotonic() - begun


def _try(tree: Path, mutant: Mutant, tests: list[str], limit: float) -> Outcome:
    file = tree / mutant.path
    source = file.read_text(encoding="utf-8")
    changed = mutate_code(source, _operators()[mutant.operator], mutant.occurrence)
    diff = "\n".join(
        unified_diff(source.split("\n"), changed.split("\n"), mutant.path, mutant.path, "", "", 1, "")
    )
    if not tests:
        return Outcome(mutant=mutant, verdict="untested", tests=0, seconds=0, diff=diff)
    _renew_database(tree)
    begun = time.monotonic()
    try:
        file.write_text(changed, encoding="utf-8")
        code, output = _run(tree, *PYTEST, "--no-header", *tests, limit=limit)
    finally:
        file.write_text(source, encoding="utf-8")
    seconds = round(time.monotonic() - begun, 1)
    verdict = "survived" if code == 0 else "killed"
    failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    killer = failed[0][:160] if failed else ("time limit" if code is None else f"exit {code}")
    return Outcome(
        mutant=mutant,
        verdict=verdict,
        tests=len(tests),
        seconds=seconds,
        diff=diff,
        killer="" if verdict == "survived" else killer,
    )


def _write(name: str, outcomes: list[Outcome], heading: str) -> str:
    """Both files of the room; the score as a sentence."""
    killed = sum(one.verdict == "killed" for one in outcomes)
    score = f"{name}: {killed} of {len(outcomes)} mutants killed ({100 * killed / len(outcomes):.0f} %)"
    left = [one for one in outcomes if one.verdict != "killed"]
    parts = [
        heading,
        score,
        *(f"{one.verdict}, {one.tests} tests, {one.mutant.operator}\n{one.diff}" for one in left),
    ]
    (VAR / f"{name}.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    (VAR / f"{name}.json").write_text(
        json.dumps([asdict(one) for one in outcomes], indent=1), encoding="utf-8"
    )
    return score


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--room", choices=sorted(ROOMS), default="accounts")
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="begin no further mutant after that")
    parser.add_argument("--again", action="store_true", help="only what survived the last run of the room")
    options = parser.parse_args()
    room = ROOMS[options.room]
    VAR.mkdir(parents=True, exist_ok=True)
    if options.again:
        last = json.loads((VAR / f"{options.room}.json").read_text(encoding="utf-8"))
        chosen = [Mutant(**one["mutant"]) for one in last if one["verdict"] != "killed"]
    else:
        chosen = drawn(_files(room), sample=options.sample, seed=options.seed)
    begun = time.monotonic()
    tree = VAR / f"tree-{options.room}"
    _copy_project(tree)
    data, seconds = _measure(tree, room)
    print(f"{len(chosen)} mutants; all tests of the room take {seconds:.0f} s")
    passing = {path: Passing(path, tree, data) for path in {mutant.path for mutant in chosen}}
    name = f"{options.room}-again" if options.again else options.room
    outcomes: list[Outcome] = []
    score = ""
    for mutant in chosen:
        if time.monotonic() - begun > options.minutes * 60:
            print("Time is up.")
            break
        outcome = _try(tree, mutant, passing[mutant.path].tests(mutant, room.tests), limit=30 + 3 * seconds)
        outcomes.append(outcome)
        score = _write(name, outcomes, f"seed {options.seed}, sample {options.sample}")
        print(
            f"{outcome.verdict:<9}{mutant.path}:{mutant.line} {mutant.operator} ({outcome.tests} tests, "
            f"{outcome.seconds} s) {outcome.killer}",
            flush=True,
        )
    print(score)


if __name__ == "__main__":
    main()
