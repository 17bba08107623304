"""Every address has its row in the access table, and behaves as the row says."""

import inspect
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.views.generic import RedirectView
from django.views.generic.edit import ProcessFormView

from accounts.choices import Action
from cxprogram.celery import app
from tests import caching
from tests.architecture.access_table import GROUPS, PUBLIC, STAFF, Row
from tests.architecture.world import EXTRA, ORGANIZATION, ROLES, World
from tests.rights import allowed

ROWS = [row for rows in GROUPS.values() for row in rows]
WRITES = {"post", "put", "patch", "delete"}
# Views of packages that answer any method and are used with these.
FOREIGN = {"set_language": {"post"}, "account_email_verification_sent": {"get"}}


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    pattern: URLPattern

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def methods(self) -> set[str]:
        """The methods that this address answers, without HEAD and OPTIONS."""
        callback = self.pattern.callback
        if self.name in FOREIGN:
            return FOREIGN[self.name]
        view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
        if view is None:
            said = _stated_methods(callback)
        elif issubclass(view, RedirectView):
            said = {"get"}
        else:
            said = set(getattr(callback, "actions", None) or _handlers(view))
        return {method.lower() for method in said} - {"head", "options"}

    def action(self, method: str) -> Action | None:
        """The right that the gate asks for."""
        view = getattr(self.pattern.callback, "cls", None)
        if self.is_api and view is not None:
            actions = getattr(self.pattern.callback, "actions", None) or {}
            return view.required_actions.get(actions.get(method, method), view.required_actions.get("*"))
        gate = inspect.unwrap(self.pattern.callback, stop=lambda view: hasattr(view, "required_action"))
        return getattr(gate, "required_action", None)


def _stated_methods(callback) -> set[str]:
    """What `require_http_methods` and its kin around a view say; nothing where none is there."""
    while callback is not None:
        said = inspect.getclosurevars(callback).nonlocals.get("request_method_list")
        if said is not None:
            return set(said)
        callback = getattr(callback, "__wrapped__", None)
    return set()


def _handlers(view: type) -> set[str]:
    """Methods of a class-based view; a form's PUT is its POST by another name."""
    return {
        name
        for name in view.http_method_names
        if hasattr(view, name) and not (name == "put" and issubclass(view, ProcessFormView))
    }


def _addresses(resolver: URLResolver, route: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        longer = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _addresses(entry, longer, inner)
        else:
            yield Address(":".join([*spaces, entry.name]) if entry.name else longer, longer, entry)


ADDRESSES = {address.name: address for address in _addresses(get_resolver())}


def test_every_address_and_method_has_its_row():
    there = {(address.name, method) for address in ADDRESSES.values() for method in address.methods}
    rows = {(row.name, row.method) for row in ROWS}
    missing, gone = sorted(there - rows), sorted(rows - there)
    assert not missing, f"no row in tests/architecture/access_table.py: {missing}"
    assert not gone, f"rows of addresses that are not there: {gone}"
    assert len(rows) == len(ROWS), "a row stands twice"


def test_every_view_says_which_methods_it_answers():
    silent = [address.name for address in ADDRESSES.values() if not address.methods]
    assert not silent


def test_no_two_addresses_share_a_name():
    assert len(ADDRESSES) == len(list(_addresses(get_resolver())))


def test_views_ask_for_the_right_that_the_table_names():
    differing = [
        f"{row.name} {row.method}: table {row.access}, view {asked}"
        for row in ROWS
        if (asked := ADDRESSES[row.name].action(row.method))
        != (row.gate or (row.access if isinstance(row.access, Action) else None))
    ]
    assert not differing


@pytest.fixture
def _quiet() -> Iterator[None]:
    """Hundreds of refusals are what these tests want; no need to log each."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.strict
@pytest.mark.django_db
@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("group", GROUPS)
def test_everybody_gets_what_the_table_says(group, shared_world, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, *args, **kwargs: sent.append(name))
    caching.begin_test()  # the API counts requests per person
    wrong = [problem for row in GROUPS[group] for problem in _problems(shared_world, row)]
    assert not wrong, "\n".join(wrong)
    assert not sent, "a task was sent before the transaction ended"


def _problems(world: World, row: Row) -> Iterator[str]:
    for who in ("anonymous", "stranger", "staff", *ROLES, *(name for name in row.only if name in EXTRA)):
        got, location = _ask(world, row, who)
        due = wanted(row, who)
        if due is None:
            fits = got < 500 and got not in {401, 403, 404} and not location.startswith("/accounts/login")
        elif due == "sign in":
            fits = got == 302 and location.startswith("/accounts/login")
        else:
            fits = got == due and not location.startswith("/accounts/login/?next")
        if not fits:
            yield f"{row.name} {row.method} as {who}: {got} {location}, expected {due or 'no refusal'}"


def wanted(row: Row, who: str) -> int | str | None:
    """The status that this person gets; None where anything but a refusal is right."""
    is_write = row.method in WRITES
    granted = row.ok if row.ok is not None or is_write else 200
    if row.access is PUBLIC:
        return row.anonymous if who == "anonymous" and row.anonymous is not None else granted
    if who == "anonymous":
        return 401 if ADDRESSES[row.name].is_api else "sign in"
    if row.access is STAFF:
        return granted if who == "staff" else 403
    if not isinstance(row.access, Action):
        return granted
    if who in {"stranger", "staff"}:
        return 404
    role = EXTRA.get(who, who)
    if not allowed(role, row.access):
        return 403
    if row.only and who not in row.only:
        return row.others
    return granted


def _ask(world: World, row: Row, who: str) -> tuple[int, str]:
    response = answer_to(world, row, who)
    return response.status_code, response.headers.get("Location", "")


def answer_to(world: World, row: Row, who: str) -> HttpResponseBase:
    """What this person gets for one request (a write names nothing but `data`), undone afterwards."""
    address, client = ADDRESSES[row.name], world.client(who)
    kwargs = {name: world.things[thing] for name, thing in row.kwargs.items()}
    if "<slug:organization>" in address.route:
        kwargs["organization"] = ORGANIZATION
    url = reverse(row.name, kwargs=kwargs) if address.pattern.name else f"/{row.name}"
    data = {name: world.things[thing] for name, thing in row.data.items()}
    more = {}
    if row.method in WRITES:
        kind = "application/json" if address.is_api else "application/x-www-form-urlencoded"
        more = {"data": data if address.is_api else urlencode(data), "content_type": kind}
    with transaction.atomic():
        response = getattr(client, row.method)(url, **more)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response
