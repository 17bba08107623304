"""The first and the last days that a calendar has break no address, wherever the organization is.

East of Greenwich the midnight of 1 January of the year 1 is before the first moment that can be written down,
west of it the end of 31 December 9999 after the last. Every field and every parameter that takes a day or a
moment is sent these: of the API those that its document names, of the pages those of their forms.
"""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from accounts.models import Organization
from tests.architecture.access_table import GROUPS, Row
from tests.architecture.test_access_table import ADDRESSES, WRITES
from tests.architecture.test_hostile_values import (
    API_GROUPS,
    API_ROWS,
    Forms,
    Found,
    _allowed,
    _answers,
    _known,
    _operation,
    _paths,
    _quiet,
    _resolved,
    _sample,
    _url,
    _with,
    world,
)
from tests.architecture.world import ORGANIZATION, World

__all__ = ["_quiet", "world"]  # fixtures

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.strict,
    pytest.mark.filterwarnings("ignore:Use '__' to separate path:DeprecationWarning"),
]

DAYS = ("0001-01-01", "0001-01-02", "9999-12-31")
MOMENTS = ("0001-01-01T00:00:00+00:00", "0001-01-02T00:00:00+14:00", "9999-12-31T23:59:59-12:00")
ZONES = ("Asia/Tokyo", "America/Los_Angeles")


class DayForms(Forms):
    """Forms with the names of their fields that take a day."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.days: dict[int, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = dict(attrs)
        if tag == "input" and given.get("type") in {"date", "datetime-local"} and self.found:
            self.days.setdefault(len(self.found) - 1, []).append(given.get("name") or "")


@pytest.fixture(params=ZONES)
def there(request, world) -> World:
    Organization.objects.filter(slug=ORGANIZATION).update(time_zone=request.param)
    return world


@pytest.mark.parametrize("group", API_GROUPS)
def test_no_day_breaks_the_api(group, there):
    wrong = [
        f"{row.name} {row.method} {sent}: {status}"
        for row in API_ROWS[group]
        for status, sent in _api(there, row)
        if status >= 500
    ]
    assert not wrong, "\n".join(wrong)


def _api(world: World, row: Row) -> Iterator[tuple[int, str]]:
    url, who = _url(world, row), _allowed(row)
    operation = _operation(row, url)
    for item in operation.get("parameters", []):
        if item["in"] == "query" and item["schema"].get("format") in {"date", "date-time"}:
            for day in DAYS:
                query = urlencode({item["name"]: day})
                yield _answers(world, who, row.method, f"{url}?{query}")[0], query
    content = operation.get("requestBody", {}).get("content", {})
    if row.method not in WRITES or "application/json" not in content:
        return
    good = _sample("", content["application/json"]["schema"], _known(world))
    for path, values in _dated(good, content["application/json"]["schema"]):
        for value in values:
            body = json.dumps(_with(good, path, value))
            answer = _answers(world, who, row.method, url, data=body, content_type="application/json")
            yield answer[0], f"{path}: {value}"


def _dated(good: object, schema: dict) -> Iterator[tuple[tuple, tuple[str, ...]]]:
    """Where in a body a day or a moment stands, with what to send there."""
    for path in _paths(good):
        part = _resolved(schema)
        for key in path:
            known = part.get("properties", {}).get(key) if isinstance(key, str) else part.get("items")
            part = _resolved(known) if known else {}
        if part.get("format") in {"date", "date-time"}:
            yield path, DAYS if part["format"] == "date" else MOMENTS


SCREENS = [group for group, rows in GROUPS.items() if any(not ADDRESSES[row.name].is_api for row in rows)]


@pytest.mark.parametrize("group", SCREENS)
def test_no_day_breaks_a_page(group, there):
    wrong = []
    for row in GROUPS[group]:
        address = ADDRESSES[row.name]
        if address.is_api or not address.pattern.name or row.method != "get":
            continue
        who, url = _allowed(row), _url(there, row)
        status, body = _answers(there, who, "get", url)
        reader = DayForms(url)
        reader.feed(body.decode(errors="ignore") if status == 200 and b"<form" in body else "")
        for place, names in reader.days.items():
            wrong += [
                f"{row.name} {sent}: {answer}"
                for answer, sent in _sent(there, who, reader.found[place], names)
                if answer >= 500
            ]
    assert not wrong, "\n".join(wrong)


def _sent(world: World, who: str, form: Found, names: list[str]) -> Iterator[tuple[int, str]]:
    form.fields.pop("csrfmiddlewaretoken", None)
    for name in names:
        for day in DAYS:
            data = urlencode({**form.fields, name: [day]}, doseq=True)
            if form.method == "get":
                answer = _answers(world, who, "get", f"{form.action.split('?')[0]}?{data}")
            else:
                kind = "application/x-www-form-urlencoded"
                answer = _answers(world, who, "post", form.action, data=data, content_type=kind)
            yield answer[0], f"{form.method} {form.action} {name}={day}"


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("file", ["", "csv", "xlsx"])
def test_the_trail_and_its_files_take_them(there, file, day):
    """The files are behind no form of their own: they take what the filter of the page took."""
    path = f"audit-trail.{file}" if file else ""
    for name in ("since", "until"):
        address = f"/o/{ORGANIZATION}/settings/trail/{path}?{name}={day}"
        assert _answers(there, "administrator", "get", address)[0] == 200
