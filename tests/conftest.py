"""The cast. Ada leads the program, Ben sits in the coalition, Cleo looks on, Dora leads elsewhere."""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import cache, lru_cache
from itertools import batched
from pathlib import Path

import pytest
from django.conf import settings
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.signals import post_save
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from accounts.append_only import making, removing
from accounts.choices import Role
from accounts.details import all_words, word_of
from accounts.models import AuditEvent, Membership, Organization
from accounts.wording import VERBS
from assessments.services import frameworks
from customer_voice.services import calendars
from impact.services import cases, studies
from tests import caching
from tests.database import migrated_once
from tests.factories import MembershipFactory, OrganizationFactory
from tests.keeping import kept_by_inputs

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

# What one test counted (guesses, letters an hour) is nothing to the next, nor to another process.
django_settings.CACHES["default"]["KEY_FUNCTION"] = "tests.caching.key_of_this_test"

OLDEST_DAY = calendars.FIRST_DAY

# Fixtures by which a test reaches the database or another service.
DATABASE = {"db", "transactional_db", "live_server"}

# Files whose subject is what a page looks like and says. Every page is asked for on PostgreSQL too: by
# everybody (the access table), with hostile values, and in the stories.
DRAWN = ("test_views.py", "test_pages.py", "test_*_pages.py", "test_screens.py", "test_home.py")

# Files whose subject is what a database does with what it is told: what it locks, refuses, counts, orders and
# keeps. They run on each. What else reads or writes rows runs on PostgreSQL, which refuses more, and on
# SQLite wherever there is no PostgreSQL (decision 67).
ASKED = (
    "test_services*.py", "test_selectors.py", "test_access.py", "test_api.py", "test_all_or_nothing.py",
    "test_stale.py", "test_*concurrency*.py", "test_*at_once.py", "test_bad_input*.py", "test_migration*.py",
    "test_*upgrade*.py", "test_counting.py", "test_cubes.py", "test_undoing.py", "test_jobs.py",
    "test_outbox.py", "test_listing.py", "test_maps.py", "test_merging*.py", "test_inventory_changes.py",
    "test_trail.py", "test_search.py", "test_grouping.py", "test_waves.py", "test_answering.py",
    "test_participation.py", "test_object_store.py", "test_management.py", "test_sharding.py",
)  # fmt: skip

# Files that take minutes; the others follow in their order.
LONG = (
    "stories/test_every_page.py",
    "cxstats/test_planned_power.py",
    "stories/test_production.py",
    "architecture/test_hostile_values.py",
    "stories/test_employees.py",
    "cxprogram/test_start.py",
    "architecture/test_valid_html.py",
    "architecture/test_access_table.py",
    "reports/test_services.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """What opens no database is the same on every one; what asks the database itself is asked on each."""
    services = ("django_db", "story", "strict", "postgres", "redis")
    opens = any(map(item.get_closest_marker, services)) or DATABASE & set(getattr(item, "fixturenames", ()))
    elsewhere = any(map(item.get_closest_marker, services[1:]))
    if not opens or (not elsewhere and any(map(item.path.match, DRAWN))):
        item.add_marker(pytest.mark.drawn)
    elif not elsewhere and any(map(item.path.match, ASKED)):
        item.add_marker(pytest.mark.asked)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first: with several processes none of them is left over at the end."""
    root = Path(__file__).resolve().parent
    places = {root / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """What stands after the collection stays until the end: it is not searched for waste again and again."""
    gc.collect()
    gc.freeze()
    # Each request makes and forgets tens of thousands of objects; a look at the young ones after every two
    # thousand is a twentieth of all work.
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session")
def _copying(django_db_modify_db_settings_parallel_suffix, django_db_use_migrations, django_db_blocker):
    """Open while the tests' database is made: see `tests.database`."""
    stack = ExitStack()
    if django_db_use_migrations:
        with django_db_blocker.unblock():
            stack.enter_context(migrated_once(connection))
    return stack


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_copying):
    """Before the database is made."""


@pytest.fixture(scope="session")
def django_db_setup(_copying, django_db_setup, django_db_blocker):
    """After it was made."""
    with django_db_blocker.unblock():
        _copying.close()


@pytest.fixture(autouse=True)
def _fast_and_apart(settings, tmp_path):
    """Cheap password hashes, files of each test in a folder of its own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.COUNTS_AT_ONCE = True  # no process counts beside a test; those of counting switch it off
    settings.HEARTBEAT_SECONDS = 24 * 3600  # no heartbeat wakes within a test, however busy the machine
    settings.WHITENOISE_AUTOREFRESH = True  # no scan of every static file for every test client
    settings.WHITENOISE_USE_FINDERS = True
    settings.STORAGES = {  # static files where they lie, without collecting them
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "files"
    caching.begin_test()
    yield
    translation.activate("en")  # a request leaves its language behind; the next test must not read in it


@pytest.fixture(autouse=True, scope="session")
def _keys_apart(tmp_path_factory):
    """Private keys of employee surveys in a folder of the tests."""
    django_settings.KEYS_DIR = tmp_path_factory.mktemp("keys") / "keys"


@pytest.fixture(autouse=True, scope="session")
def _found_once():
    """The same study and the same case of money are computed once a process: see `tests.keeping`."""
    patch = pytest.MonkeyPatch()
    finding = kept_by_inputs(studies.finding_from, lambda: (studies.evaluate, studies.ENGINE_VERSION))
    figures = kept_by_inputs(cases.roi_figures, lambda: (cases.simulate_roi, cases.ENGINE_VERSION))
    patch.setattr(studies, "finding_from", finding)
    patch.setattr(cases, "roi_figures", figures)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _frameworks_are_read_once():
    """A test database holds no framework: the files of ours were read for each test that lists them."""
    patch = pytest.MonkeyPatch()
    patch.setattr(frameworks, "read_yaml", lru_cache(maxsize=32)(frameworks.read_yaml))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _calendars_of_few_years():
    """A business calendar lists the hours of every day since 1990: a second for each that a test makes."""
    calendars.FIRST_DAY = date(2019, 1, 1)
    yield
    calendars.FIRST_DAY = OLDEST_DAY


@pytest.fixture(autouse=True, scope="session")
def _every_entry_of_the_trail_is_told():
    """Whatever a test has the product record, the trail's page has a word for each key of it."""

    table = cache(all_words)  # put together for every entry it was a fiftieth of all work

    def look(instance: AuditEvent, **_signal: object) -> None:
        words = table()
        silent = [
            key
            for key in {**instance.before, **instance.after}
            if instance.verb in VERBS
            and key.islower()
            and word_of(words, instance.verb, key) is None
            and word_of(all_words(), instance.verb, key) is None  # a field that a test adds
        ]
        assert not silent, f"{instance.verb} writes what no trail_words knows: {silent}"

    post_save.connect(look, sender=AuditEvent, weak=False)
    yield
    post_save.disconnect(look, sender=AuditEvent)


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_trail():
    """Tests that commit are followed by a flush of every table. Nothing empties the trail and the record of
    erasures while their triggers stand: the flush, one transaction, begins without and ends with them.
    Only tables that hold something are emptied: most hold nothing after a test, and each costs time."""
    operations = type(connection.ops)  # a browser story flushes by a connection of its own
    run, words = operations.execute_sql_flush, operations.sql_flush
    without, again = removing(connection.vendor), making(connection.vendor)

    def emptied(ops, style, tables, **options):
        looks = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {ops.quote_name(table)})" for table in tables)
        found = []
        with ops.connection.cursor() as cursor:
            for some in batched(looks, 100, strict=False):
                cursor.execute(" UNION ALL ".join(some))
                found += [table for (table,) in cursor.fetchall()]
        if ops.connection.vendor == "postgresql":  # its references are looked at when the transaction ends
            return [f"DELETE FROM {ops.quote_name(table)}" for table in found]
        return words(ops, style, found, **options)

    operations.sql_flush = emptied
    operations.execute_sql_flush = lambda ops, statements: run(ops, [*without, *statements, *again])
    yield
    operations.sql_flush, operations.execute_sql_flush = words, run


@pytest.fixture
def organization(db) -> Organization:
    return OrganizationFactory(name="Northwind Telecom", slug="northwind", currency="EUR")


@pytest.fixture
def elsewhere(db) -> Organization:
    return OrganizationFactory(name="Elsewhere Ltd", slug="elsewhere")


def _member(organization: Organization, name: str, role: str) -> Membership:
    email = f"{name.lower()}@{organization.slug}.example"
    return MembershipFactory(organization=organization, user__email=email, user__name=name, role=role)


@pytest.fixture
def ada(organization) -> Membership:
    return _member(organization, "Ada", Role.CX_LEADER)


@pytest.fixture
def ben(organization) -> Membership:
    return _member(organization, "Ben", Role.COALITION_MEMBER)


@pytest.fixture
def cleo(organization) -> Membership:
    return _member(organization, "Cleo", Role.CONTRIBUTOR)


@pytest.fixture
def dora(elsewhere) -> Membership:
    return _member(elsewhere, "Dora", Role.CX_LEADER)


@pytest.fixture
def client_of() -> Callable[[Membership], Client]:
    """A browser in which this member is signed in."""

    def make(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make


@pytest.fixture
def api_of() -> Callable[[Membership], APIClient]:
    """An API client that acts as this member."""

    def make(member: Membership) -> APIClient:
        client = APIClient()
        client.force_authenticate(user=member.user)
        return client

    return make


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data; a test that needs it is skipped, and counted, where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data not present (../shared/data)")
    return SHARED_DATA
