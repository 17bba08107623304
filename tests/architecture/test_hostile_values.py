"""No value that anybody can send breaks an address: a refusal with a reason, never an error of ours.

The API: every parameter and every field that its document names, at every address. Screens: every field of
every form that stands on a page. The world, the people and the addresses are those of the access table.

Each field meets one of the values, chosen by where it stands and what it is called, so that a test alone
sends what it sends among all others; so do bodies and parameters that no form names.
CXPROGRAM_EVERY_VALUE=1 sends all to all.
"""

import json
import logging
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Action
from cxprogram.celery import app
from tests import caching
from tests.architecture.access_table import GROUPS, Row
from tests.architecture.test_access_table import ADDRESSES, WRITES
from tests.architecture.test_schema import document_of_api
from tests.architecture.world import EXTRA, ORGANIZATION, World
from tests.rights import allowed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.strict,
    # A list that is asked to sort by "a.b" is told so by its package; outside of tests that is no error.
    pytest.mark.filterwarnings("ignore:Use '__' to separate path:DeprecationWarning"),
]

TEXTS = [
    "\x00", "9" * 400, "1e400", "1e99999999", "nan", "-1", "99999999999999999999", "٣", "0001-01-01",
    "9999-12-31", "x" * 6000, "a\r\nBcc: b@c.d", "%s%n{0}' OR 1=1 --",
]  # fmt: skip
# As JSON texts, for some of these are in no Python value.
VALUES = [
    *(json.dumps(text) for text in TEXTS),
    '"\\ud800"', '{"\\u0000": 1}', "1e400", "1e300", "9" * 18, "-1", "1.5", "true", "null", "[]", "{}",
    "[null]",
]  # fmt: skip
BODIES = [
    *VALUES, "", "[", "NaN", "-Infinity", '["\\udc00x"]', '{"\\ud800": {}}', "9" * 5000, "[[[[1]]]]",
    "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 3_000 + "1" + "}" * 3_000,
]  # fmt: skip
EVERY_VALUE = bool(os.environ.get("CXPROGRAM_EVERY_VALUE"))
AT_ONCE = 1  # values that one field meets
BODIES_AT_ONCE = 8  # bodies that are wrong as a whole, which one guard reads for all addresses
NAMES_AT_ONCE = 4  # parameters that a page meets beside those of its forms


def _some(values: Sequence[str], *where: object, most: int = AT_ONCE) -> list[str]:
    """A few of the values, always the same ones `where` they are sent, or all of them."""
    if EVERY_VALUE:
        return list(values)
    start = crc32(" ".join(map(str, where)).encode())
    return [values[place % len(values)] for place in range(start, start + most)]


def test_what_a_field_meets_depends_on_nothing_but_the_field():
    first, second = [[_some(TEXTS, "page", name) for name in "abcdefghijkl"] for _time in range(2)]
    assert first == second
    assert len({text for texts in first for text in texts}) > 5 or EVERY_VALUE
    assert len(_some(BODIES, "page", most=BODIES_AT_ONCE)) == BODIES_AT_ONCE or EVERY_VALUE


PEOPLE = ("cx_leader", "administrator", "finance_reviewer", "executive")
API_ROWS = {group: [row for row in rows if ADDRESSES[row.name].is_api] for group, rows in GROUPS.items()}
API_GROUPS = [group for group, rows in API_ROWS.items() if rows]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(app, "send_task", lambda name, *args, **kwargs: None)
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.allow_request", lambda *args: True)
    monkeypatch.setattr("allauth.core.internal.ratelimit.consume", lambda *args, **kwargs: True)
    caching.begin_test()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(shared_world) -> World:
    for who in shared_world.members:
        shared_world.client(who).raise_request_exception = False
    return shared_world


# --- one request, undone afterwards ------------------------------------------------------------------


def _answers(world: World, who: str, method: str, url: str, **more: Any) -> tuple[int, bytes]:
    client = world.client(who)
    client.raise_request_exception = False
    with transaction.atomic():
        response = getattr(client, method)(url, **more)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, body


def _url(world: World, row: Row) -> str:
    kwargs = {name: world.things[thing] for name, thing in row.kwargs.items()}
    if "<slug:organization>" in ADDRESSES[row.name].route:
        kwargs["organization"] = ORGANIZATION
    return reverse(row.name, kwargs=kwargs)


def _allowed(row: Row) -> str:
    """Somebody whom the row lets in."""
    if row.only:
        return row.only[0]
    if not isinstance(row.access, Action):
        return PEOPLE[0]
    return next(who for who in (*PEOPLE, *EXTRA) if allowed(EXTRA.get(who, who), row.access))


# --- the API -----------------------------------------------------------------------------------------

SCHEMA = document_of_api()


def _operation(row: Row, url: str) -> dict[str, Any]:
    """What the API's document says about this address and method."""
    asked = url.strip("/").split("/")
    for path, methods in SCHEMA["paths"].items():
        parts = path.strip("/").split("/")
        fits = len(parts) == len(asked) and all(
            part == given or part.startswith("{") for part, given in zip(parts, asked, strict=True)
        )
        if fits and row.method in methods:
            return methods[row.method]
    raise LookupError(f"{row.method} {url} is not in docs/openapi.yaml")


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        schema = (
            schema["allOf"][0]
            if "allOf" in schema
            else SCHEMA["components"]["schemas"][schema["$ref"].split("/")[-1]]
        )
    return schema


def _known(world: World) -> dict[str, Any]:
    """Values that exist, so that a hostile one meets a body that is otherwise good."""
    things = world.things
    return {
        "owner": world.members["owner"].pk,
        "membership": world.members["coalition_member"].pk,
        "alternate": None,
        "members": [world.members["contributor"].pk],
        "touchpoints": [things["touchpoint"]],
        "touchpoint": things["touchpoint"],
        "comparison_touchpoints": [],
        "metric": things["metric"],
        "function": None,
        "owner_function": None,
        "framework": things["framework"],
        "previous": None,
        "study": things["study"],
        "roi_case": things["case"],
        "result": things["result"],
        "initiative": things["proved"],
        "lock_version": 1,
        "kind": "retention",
        "to": "on_hold",
        "email": "hostile@example.org",
        "role": "contributor",
        "time_zone": "UTC",
        "currency": "EUR",
        "language": "en",
        "yaml": "key: a",
        "occurred_at": "2026-03-14T10:00:00Z",
        "mapping": {"external_id": "id"},
    }


def _sample(name: str, schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if name in known:
        return known[name]
    schema = _resolved(schema)
    if "oneOf" in schema:
        return _sample(name, schema["oneOf"][0], known)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [_sample("", schema["items"], known)]
    if schema.get("type") == "object":
        return {key: _sample(key, part, known) for key, part in schema.get("properties", {}).items()}
    if schema.get("format") == "date":
        return timezone.localdate().isoformat()
    simple = {"integer": 1, "number": 1, "boolean": True}
    return simple.get(schema.get("type", ""), "1" if schema.get("format") == "decimal" else "word")


def _bodies(where: str, schema: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    """A good body with one hostile value, one level of fields and their inner ones; and hostile bodies."""
    yield from _some(BODIES, where, most=BODIES_AT_ONCE)
    good = _sample("", schema, known)
    if not isinstance(good, dict):
        return
    marker = "@here@"
    for path in _paths(good):
        text = json.dumps(_with(good, path, marker))
        for value in _some(VALUES, where, path):
            yield text.replace(f'"{marker}"', value)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from _paths(part, (*path, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("group", API_GROUPS)
def test_no_value_breaks_the_api(group, world):
    wrong = [problem for row in API_ROWS[group] for problem in _api_problems(world, row)]
    assert not wrong, "\n".join(wrong)


def _api_problems(world: World, row: Row) -> Iterator[str]:
    url, who = _url(world, row), _allowed(row)
    operation = _operation(row, url)
    names = [item["name"] for item in operation.get("parameters", []) if item["in"] == "query"]
    for name in (*names, "a\x00"):
        for text in _some(TEXTS, row.name, row.method, name):
            query = urlencode({name: text}, errors="surrogatepass")
            status, body = _answers(world, who, row.method, f"{url}?{query}")
            yield from _problem(row, status, body, f"?{name}={text[:30]!r}")
    if row.method not in WRITES or "requestBody" not in operation:
        return
    content = operation["requestBody"]["content"]
    schema = next(iter(content.values()))["schema"]
    if "application/json" in content:
        for body in _bodies(f"{row.name} {row.method}", schema, _known(world)):
            status, answer = _answers(world, who, row.method, url, data=body, content_type="application/json")
            yield from _problem(row, status, answer, body[:200])
    if list(content) == ["multipart/form-data"]:
        yield from _multipart_problems(world, row, url, who, _resolved(schema)["properties"])


def _multipart_problems(world: World, row: Row, url: str, who: str, fields: dict[str, Any]) -> Iterator[str]:
    good = {"source": "crm", "mapping": '{"external_id": "id", "occurred_at": "date", "touchpoint": "t"}'}
    for name in fields:
        for text in (*_some(TEXTS, row.name, name), *(item for item in BODIES if name == "mapping")):
            file = SimpleUploadedFile("a.csv", b"id,date,t,score\n1,2026-03-01,web-0,9\n")
            data = {"file": file, **good, name: text}
            status, body = _answers(world, who, row.method, url, data=data)
            yield from _problem(row, status, body, f"{name}: {text[:60]!r}")


def _problem(row: Row, status: int, body: bytes, what: str) -> Iterator[str]:
    if status >= 500:
        yield f"{row.name} {row.method} {what}: {status}"
    elif status >= 400 and row.method != "head" and body and b'"code"' not in body:
        yield f"{row.name} {row.method} {what}: {status} without problem details"


# --- screens -----------------------------------------------------------------------------------------


@dataclass
class Found:
    """One form of a page, as a browser would send it unchanged."""

    action: str
    method: str
    is_multipart: bool
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.found, self.select, self.area = url, list[Found](), "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = (given.get("action") or self.url).split("#")[0]
            is_multipart = given.get("enctype") == "multipart/form-data"
            self.found.append(Found(action, given.get("method", "get").lower(), is_multipart))
        if not self.found:
            return
        fields, name, kind = self.found[-1].fields, given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self.select = name
            fields.setdefault(name, [])
        elif tag == "option" and self.select and ("selected" in given or not fields[self.select]):
            fields[self.select] = [given.get("value", "")]
        elif tag == "textarea" and name:
            fields[name], self.area = [""], name
        elif tag == "input" and name and kind == "file":
            self.found[-1].files.add(name)
        elif tag in {"input", "button"} and name:
            known = fields.setdefault(name, [])
            if kind not in {"checkbox", "radio"} or "checked" in given:
                known[:] = (
                    [*known, given.get("value", "on")] if kind == "checkbox" else [given.get("value", "")]
                )

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[-1].fields[self.area] = [self.found[-1].fields[self.area][0] + data]


UNNAMED = ("page", "sort", "code", "version", "kind", "outcome", "next", "period", "start", "batch")
NAMED = {name for name, address in ADDRESSES.items() if address.pattern.name}
SCREENS = [group for group, rows in GROUPS.items() if any(not ADDRESSES[row.name].is_api for row in rows)]


@pytest.mark.parametrize("group", SCREENS)
def test_no_value_breaks_a_page(group, world):
    rows = [
        row for row in GROUPS[group] if not ADDRESSES[row.name].is_api and ADDRESSES[row.name].pattern.name
    ]
    wrong = [problem for who, form in _forms(world, rows) for problem in _form_problems(world, who, form)]
    wrong += [problem for row in rows for problem in _bare_problems(world, row)]
    assert not wrong, "\n".join(wrong)


def _forms(world: World, rows: list[Row]) -> list[tuple[str, Found]]:
    """Every form of the pages of these rows, once for each set of fields, with somebody who sees it."""
    found: dict[tuple[str, ...], tuple[str, Found]] = {}
    for row in rows:
        if row.method != "get":
            continue
        for who in dict.fromkeys((_allowed(row), *PEOPLE[:3], "anonymous")):
            status, body = _answers(world, who, "get", _url(world, row))
            if status != 200 or b"<form" not in body:
                continue
            reader = Forms(_url(world, row))
            reader.feed(body.decode())
            for form in reader.found:
                found.setdefault((form.action, form.method, *sorted(form.fields)), (who, form))
    return list(found.values())


def _form_problems(world: World, who: str, form: Found) -> Iterator[str]:
    form.fields.pop("csrfmiddlewaretoken", None)
    where = re.sub(r"\d+", "0", form.action)  # numbers of rows are others in each database
    for name in (*form.fields, "a\x00"):
        for text in _some(TEXTS, where, form.method, name):
            sent = {**form.fields, name: [text]}
            if form.method == "get":
                status, _body = _answers(
                    world, who, "get", f"{form.action.split('?')[0]}?{urlencode(sent, doseq=True)}"
                )
            elif form.is_multipart:
                files = {file: SimpleUploadedFile("a.csv", b"id\n1\n") for file in form.files}
                status, _body = _answers(world, who, "post", form.action, data={**sent, **files})
            else:
                data = urlencode(sent, doseq=True)
                kind = "application/x-www-form-urlencoded"
                status, _body = _answers(world, who, "post", form.action, data=data, content_type=kind)
            if status >= 500:
                yield f"{form.method} {form.action} as {who}, {name}={text[:30]!r}: {status}"
            elif "\x00" in text + name and status != 400:
                yield f"{form.method} {form.action} as {who}, {name}={text[:30]!r}: {status}, expected 400"


def _bare_problems(world: World, row: Row) -> Iterator[str]:
    """Addresses without a form on a page, and parameters that no form names."""
    who, url = _allowed(row), _url(world, row)
    names = (
        "page",
        "sort",
        "q",
        "code",
        "version",
        "kind",
        "outcome",
        "next",
        "period",
        "start",
        "end",
        "go",
    )
    for name in _some(names, row.name, most=NAMES_AT_ONCE) if row.method == "get" else ("x",):
        for text in _some(TEXTS, row.name, row.method, name):
            query = urlencode({name: text})
            if row.method == "get":
                status, _body = _answers(world, who, "get", f"{url}?{query}")
            else:
                kind = "application/x-www-form-urlencoded"
                status, _body = _answers(world, who, row.method, url, data=query, content_type=kind)
            if status >= 500:
                yield f"{row.name} {row.method} {name}={text[:30]!r}: {status}"


def test_characters_that_are_no_text_are_refused_wherever_they_stand(world):
    client = world.client("cx_leader")
    assert client.get(f"/o/{ORGANIZATION}/{quote(chr(0))}/").status_code == 400
    assert client.get(f"/o/{ORGANIZATION}/decide/?q=%00").status_code == 400
    client.cookies["theme"] = "a\x00b"
    client.cookies["theme"].set("theme", "a\x00b", '"a\\000b"')
    assert client.get(f"/o/{ORGANIZATION}/").status_code == 400
    client = world.client("cx_leader")
    kind = "multipart/form-data; boundary=x; charset=utf-7"
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na+2AA-\r\n--x--\r\n'
    address = f"/o/{ORGANIZATION}/me/"
    assert client.generic("POST", address, body, content_type=kind).status_code == 400
    refused = client.get(f"/api/v1/o/{ORGANIZATION}/initiatives/?q=%00")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert refused.json()["code"] == "parse_error"
