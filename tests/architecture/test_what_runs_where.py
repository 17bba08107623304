"""Which tests run on which database is a list of file names (decision 67), and lists grow old."""

from pathlib import Path

import pytest

from tests.conftest import ASKED, DRAWN, LONG

TESTS = Path(__file__).resolve().parent.parent
FILES = list(TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("pattern", [*ASKED, *DRAWN])
def test_every_pattern_means_a_file(pattern):
    assert any(path.match(pattern) for path in FILES), f"no file is called {pattern}: mend it or take it out"


@pytest.mark.parametrize("name", LONG)
def test_every_long_file_is_there(name):
    assert (TESTS / name).is_file()


def test_no_file_is_both_drawn_and_asked():
    both = [path.name for path in FILES if any(map(path.match, ASKED)) and any(map(path.match, DRAWN))]
    assert both == []


def test_what_locks_asks_its_database_itself(pytestconfig):
    """A file in which threads meet at one row is asked on each database."""
    left = [
        str(path.relative_to(TESTS))
        for path in FILES
        if "tests.threads" in path.read_text()
        and "pytest.mark.strict" not in path.read_text()
        and not any(map(path.match, ASKED))
    ]
    assert left == []
