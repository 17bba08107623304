"""One world for all tests of a module: making it takes longer than most of what is asked of it."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.architecture.world import World, build_world

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def _world_of_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    files = tmp_path_factory.mktemp("files")
    with (
        override_settings(PASSWORD_HASHERS=FAST, MEDIA_ROOT=files),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        built = build_world()
        built.things["files"] = files
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def shared_world(_world_of_module, db, settings) -> Iterator[World]:
    """The module's world. What a test changes in its rows is undone after it."""
    settings.MEDIA_ROOT = _world_of_module.things["files"]
    clients, things = dict(_world_of_module.clients), dict(_world_of_module.things)
    yield _world_of_module
    _world_of_module.clients, _world_of_module.things = clients, things
