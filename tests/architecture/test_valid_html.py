"""Every page is valid HTML, as it opens and as it comes back when a form is refused, and has its styles.

Every form of every page says what it has shown of a stored row, or that it makes a row, or why neither.
The pages are asked for once, for both.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.architecture.access_table import Row
from tests.architecture.edit_forms import EDITING, NEITHER, bare_and_carrying
from tests.architecture.test_access_table import ADDRESSES, ROWS, answer_to, wanted
from tests.architecture.world import World
from tests.markup import faults_in, need_the_checker, unstyled_classes

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
WHO = ("anonymous", "cx_leader", "administrator", "finance_reviewer", "staff", "executive")


@dataclass
class Kept:
    """The pages in their folder, and of those that open for a member the path and the markup."""

    folder: Path
    pages: int = 0
    opened: list[tuple[str, str]] = field(default_factory=list)
    refused: set[tuple[str, str, int]] = field(default_factory=set)
    """Who was refused in which app with which status: the same page at each of its addresses."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Kept:
    return Kept(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def walked(kept, shared_world) -> Kept:
    if kept.pages:
        return kept
    logging.disable(logging.ERROR)
    for row in ROWS:
        if not ADDRESSES[row.name].is_api and row.method in {"get", "post"}:
            _keep(shared_world, row, kept)
    logging.disable(logging.NOTSET)
    return kept


def _keep(world: World, row: Row, kept: Kept) -> None:
    """Writes what people see at this address, once for each status; visitors see frames of their own.

    Who gets which status is what the access table says, and its test asks everybody.
    """
    seen: set[tuple[bool, int | str | None]] = set()
    opened: list[tuple[str, str]] = []
    app = row.name.partition(":")[0]
    for who in dict.fromkeys((*row.only, *WHO)):
        is_visitor, due = who == "anonymous", wanted(row, who)
        if (is_visitor, due) in seen or (who, app, due) in kept.refused:
            continue
        answer = answer_to(world, row, who)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        status = answer.status_code
        if not is_page:
            continue
        if row.method == "get" and status == 200 and not is_visitor:
            opened.append((answer.wsgi_request.path, answer.content.decode()))
        if (is_visitor, status) not in seen and b"<html" in answer.content:
            seen.add((is_visitor, status))
            if status in {403, 404}:
                kept.refused.add((who, app, status))
            name = f"{row.name.replace(':', '-')}.{row.method}.{who}.{status}.html"
            (kept.folder / name).write_bytes(answer.content)
            kept.pages += 1
    kept.opened += opened[:1]  # the next of them sees no other form


def test_every_page_and_every_refused_form_is_valid(walked):
    assert walked.pages > 300
    assert not unstyled_classes(walked.folder)
    need_the_checker()
    faults = faults_in(walked.folder)
    assert not faults, "\n".join(faults)


def test_no_form_of_the_product_writes_blindly(walked):
    bare, carrying = bare_and_carrying(walked.opened)
    assert not set(bare) - set(NEITHER), "\n".join(sorted(set(bare) - set(NEITHER)))
    assert not set(NEITHER) - set(bare), "\n".join(sorted(set(NEITHER) - set(bare)))
    assert carrying["seen"] >= EDITING
    assert carrying["seen"] >= {"coalition:initiative_edit", "coalition:plan_edit"}
