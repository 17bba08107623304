"""A new database gets its tables at once; an older one comes the long way. Both end at the same tables."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from accounts.constraints import SameOrganization
from tests.database import the_long_way

ROOMS = (
    "accounts",
    "assessments",
    "coalition",
    "customer_voice",
    "employee_voice",
    "impact",
    "journeys",
    "reports",
)


def loaded(*, at_once: bool) -> MigrationLoader:
    """All migrations as for a database without any; with those that stand for others, or without."""
    loader = MigrationLoader(None, replace_migrations=at_once)
    return loader if at_once else the_long_way(loader)


@pytest.mark.parametrize("room", ROOMS)
def test_both_ways_end_at_the_same_models(room):
    def state(*, at_once: bool) -> ProjectState:
        loader = loaded(at_once=at_once)
        return loader.project_state([key for key in loader.graph.leaf_nodes() if key[0] in ROOMS])

    short, long = state(at_once=True), state(at_once=False)
    assert {key for key in short.models if key[0] == room} == {key for key in long.models if key[0] == room}
    for one, other in ((short, long), (long, short)):
        assert not MigrationAutodetector(one, other)._detect_changes().get(room)


def test_every_room_is_made_at_once_and_what_it_stands_for_is_there():
    loader = loaded(at_once=True)
    made = {key[0]: one for key, one in loader.disk_migrations.items() if one.replaces}
    assert set(made) == set(ROOMS)
    for room, migration in made.items():
        names = sorted(name for _room, name in migration.replaces)
        assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
        assert set(migration.replaces) <= set(loader.disk_migrations), room


def test_no_model_is_prepared_before_the_last_operation():
    """What takes the time of a first start: Django prepares all models anew for each operation."""
    state = loaded(at_once=True).project_state([])
    assert "apps" in state.__dict__ or state.apps.get_models() == []
    migration = loaded(at_once=True).disk_migrations[
        "journeys", "0001_squashed_0002_touchpoints_can_be_merged"
    ]
    migration.operations[0].state_forwards("journeys", state)
    assert "apps" not in state.__dict__


@pytest.mark.django_db
def test_every_relation_over_two_columns_is_held_by_the_database():
    written = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'f'",
    }
    with connection.cursor() as cursor:
        cursor.execute(written[connection.vendor])
        held = " ".join(line for (line,) in cursor.fetchall())
    declared = [
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, SameOrganization)
    ]
    assert len(declared) > 20
    assert not [name for name in declared if name not in held]
