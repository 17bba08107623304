"""Every page is valid HTML, as it opens and as it comes back when a form is refused, and has its styles."""

import logging
from pathlib import Path

import pytest

from tests.architecture.access_table import Row
from tests.architecture.test_access_table import ADDRESSES, ROWS, answer_to
from tests.architecture.world import World, build_world
from tests.markup import faults_in, need_the_checker, unstyled_classes

WHO = ("anonymous", "cx_leader", "administrator", "executive", "finance_reviewer", "staff")


@pytest.mark.drawn
@pytest.mark.django_db
def test_every_page_and_every_refused_form_is_valid(tmp_path: Path):
    folder = tmp_path / "pages"
    folder.mkdir()
    logging.disable(logging.ERROR)
    world, pages = build_world(), 0
    for row in ROWS:
        if not ADDRESSES[row.name].is_api and row.method in {"get", "post"}:
            pages += _keep(world, row, folder)
    logging.disable(logging.NOTSET)
    assert pages > 100
    assert not unstyled_classes(folder)
    need_the_checker()
    faults = faults_in(folder)
    assert not faults, "\n".join(faults)


def _keep(world: World, row: Row, folder: Path) -> int:
    """Writes what these people see at this address, once for each status; returns how many pages."""
    seen: set[int] = set()
    for who in (*row.only, *WHO):
        answer = answer_to(world, row, who)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if is_page and answer.status_code not in seen and b"<html" in answer.content:
            seen.add(answer.status_code)
            name = f"{row.name.replace(':', '-')}.{row.method}.{who}.{answer.status_code}.html"
            (folder / name).write_bytes(answer.content)
    return len(seen)
