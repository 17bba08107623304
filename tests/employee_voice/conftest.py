"""Keys of each test in a folder of its own; signing keys made once for all tests of a process."""

import itertools
from functools import cache

import pytest

from employee_voice.credentials import blind
from tests.factories.employee_voice import functions_of

make_key = blind.new_signing_key


@cache
def key(number: int) -> bytes:
    return make_key()


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path, monkeypatch):
    """A key takes a tenth of a second and more: all tests share a dozen, no wave two of the same."""
    settings.KEYS_DIR = tmp_path / "keys"
    numbers = itertools.count()

    def new_signing_key(bits: int = blind.USUAL_BITS) -> bytes:
        return key(next(numbers) % 12) if bits == blind.USUAL_BITS else make_key(bits)

    monkeypatch.setattr(blind, "new_signing_key", new_signing_key)


@pytest.fixture
def tree(ada):
    return functions_of(ada)
