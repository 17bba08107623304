"""Every page writes dates and numbers in the reader's format, and in no other."""

import html
import logging
import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_access_table import ADDRESSES, ROWS, answer_to
from tests.architecture.world import World
from tests.markup import blanks_at_full_width

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
MONTH_FIRST = rf"\b(?:{MONTHS})[a-z]*\.? \d{{1,2}}, \d{{4}}"
DAY_FIRST = rf"\b\d{{1,2}} (?:{MONTHS})[a-z]* \d{{4}}"
TWELVE_HOURS = r"\d\s?(?:[ap]\.m\.|[AP]M\b)"
TWENTY_FOUR_HOURS = r"\b\d{1,2}:\d\d\b(?!\s?[AP]M)"
IN_DIGITS = r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"
POINT = r"(?<![\d.,])\d+\.\d{1,2}(?![\d.])"
COMMA = r"(?<![\d.,])\d+,\d{1,2}(?![\d,])"
GROUPS_BY_COMMA = r"EUR\s[1-9]\d{0,2},\d{3}\b"  # three figures after a mark are decimals elsewhere
GROUPS_BY_POINT = r"EUR\s[1-9]\d{0,2}\.\d{3}\b"
CLOSE_PERCENT = r"\d%"
APART_PERCENT = r"\d\s%"

NEVER = {
    ("en", "DE"): (MONTH_FIRST, TWELVE_HOURS, IN_DIGITS, POINT, GROUPS_BY_COMMA, CLOSE_PERCENT),
    ("en", "US"): (DAY_FIRST, TWENTY_FOUR_HOURS, IN_DIGITS, COMMA, GROUPS_BY_POINT, APART_PERCENT),
    ("zh-hans", "CN"): (
        MONTH_FIRST,
        DAY_FIRST,
        TWELVE_HOURS,
        IN_DIGITS,
        COMMA,
        GROUPS_BY_POINT,
        APART_PERCENT,
    ),
}
# The main pages, and one sign on each that a figure of this reader is there.
SEEN = {
    ("en", "DE"): (DAY_FIRST, TWENTY_FOUR_HOURS, COMMA, GROUPS_BY_POINT, APART_PERCENT),
    ("en", "US"): (MONTH_FIRST, TWELVE_HOURS, POINT, GROUPS_BY_COMMA, CLOSE_PERCENT),
    ("zh-hans", "CN"): (
        r"\d{4}年\d{1,2}月\d{1,2}日",
        TWENTY_FOUR_HOURS,
        POINT,
        GROUPS_BY_COMMA,
        CLOSE_PERCENT,
    ),
}


# Pages that quote what is nobody's format: a file as it came, its forms of dates, hours as they are
# typed, keys for programs; and the page that belongs to no organization.
# A respondent reads in the language of the browser, whoever is signed in.
QUOTING = {
    "customer_voice:import_map", "customer_voice:customer_file_new", "customer_voice:calendar_new",
    "customer_voice:calendar_edit", "api_docs", "verify_code", "answer:thanks",
}  # fmt: skip
NAMES = re.compile(r"\w+ 1\.0\b|\b[Ee]ngine 1\.\d\b|today's is 1\.\d\b|CC-BY-4\.0")  # versions are names


def words_of(page: str) -> str:
    """What people read or hear: text, and what attributes say aloud."""
    page = re.sub(r"<(script|style)\b.*?</\1>|<code\b.*?</code>", " ", page, flags=re.S)
    said = re.findall(r'\b(?:aria-label|alt|title|placeholder|data-title|data-alternative)="([^"]*)"', page)
    return html.unescape(" | ".join([re.sub(r"<[^>]*>", " | ", page), *said]))


def _pages(world: World) -> Iterator[tuple[str, str]]:
    for row in ROWS:
        if ADDRESSES[row.name].is_api or row.method != "get":
            continue
        answer = answer_to(world, row, "administrator")
        kind = answer.headers.get("Content-Type", "")
        if (
            row.name not in QUOTING
            and answer.status_code == 200
            and kind.startswith("text/html")
            and not answer.streaming
        ):
            yield row.name, answer.content.decode()


@pytest.mark.drawn
@pytest.mark.django_db
@pytest.mark.parametrize(("language", "territory"), NEVER, ids=["Berlin", "New York", "Shanghai"])
def test_every_page_has_the_readers_format_and_no_other(language, territory, shared_world):
    logging.disable(logging.ERROR)
    world = shared_world
    world.organization.territory = territory
    world.organization.time_zone = "Europe/Berlin"
    world.organization.save()
    person = world.members["administrator"].user
    person.language = language
    person.save()
    read = dict(_pages(world))
    logging.disable(logging.NOTSET)
    assert len(read) > 40
    pages = {name: NAMES.sub("", words_of(page)) for name, page in read.items()}
    wrong = [
        f"{name}: …{text[max(0, found.start() - 60) : found.end() + 20]}…"
        for name, text in pages.items()
        for pattern in NEVER[language, territory]
        for found in re.finditer(pattern, text)
    ]
    if language == "zh-hans":
        wrong += [f"{name}: {text}" for name, page in read.items() for text in blanks_at_full_width(page)]
    assert not wrong, "\n".join(wrong)
    whole = "\n".join(pages.values())
    for pattern in SEEN[language, territory]:
        assert re.search(pattern, whole), pattern
