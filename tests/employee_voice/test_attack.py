"""Somebody with everything that is left of three waves joins persons to answers no better than by guessing.

Every table with the places and transactions of its rows, living and dead, the bytes of the database and of
its log, at each step; letters, trail, log lines, pages, exports. The same attempts find every order, time,
key and column that is added on purpose: an attack that finds nothing proves nothing by itself.
"""

import logging
import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pytest
from django.db import connection, connections

from accounts.services import save_function
from employee_voice.credentials import blind
from employee_voice.models import SealedAnswer
from employee_voice.services import closing
from tests.employee_voice.attack import matching
from tests.employee_voice.attack.matching import Attempt, Item, best_attempt, is_joined
from tests.employee_voice.attack.waves import Played, play
from tests.employee_voice.conftest import make_key
from tests.factories.employee_voice import closed, survey_of

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, LARGE = int(os.environ.get("ATTACK_SMALL", "12")), int(os.environ.get("ATTACK_LARGE", "1"))
"""Functions of 5 and of 200 in each of three waves: 780 invitations, and 3,600 with 40 and 5."""


@pytest.fixture(autouse=True)
def _on_disk(tmp_path) -> Iterator[None]:
    """SQLite in a file, as it runs: in memory it has no write-ahead log."""
    if connection.vendor != "sqlite":
        yield
        return
    before, kept = connections["default"], connections.settings["default"]
    before.ensure_connection()
    file = tmp_path / "attacked.sqlite3"
    with sqlite3.connect(file) as copy:
        before.connection.backup(copy)
    copy.close()
    connections.settings["default"] = {**kept, "NAME": str(file)}
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    connections.settings["default"], connections["default"] = kept, before


def played_waves(ada, rng, *, waves: int, small: int, large: int, size: int) -> list[Played]:
    """The same people in each wave, in functions of five and of `size`."""
    sizes = {f"Small {n}": 5 for n in range(small)} | {f"Large {n}": size for n in range(large)}
    for name in sizes:
        save_function(by=ada, name=name)
    number, survey = iter(range(10**6)), survey_of(ada)
    people = {
        name: [f"p{next(number):06}@attack.example" for _one in range(count)] for name, count in sizes.items()
    }  # eight bytes that are hers alone
    return [play(ada, survey, people, rng, closes=lambda wave: closed(ada, wave)) for _wave in range(waves)]


def items(played: Played, what: str) -> list[Item]:
    return [item for item, _signs in getattr(played, what)]


def attempts(waves: list[Played], rng: np.random.Generator) -> dict[str, Attempt]:
    """The best that can be done about each thing that nobody should learn."""
    persons, answers, comments = (
        [item for played in waves for item in items(played, what)]
        for what in ("persons", "answers", "comments")
    )
    found = {
        "whose answer": best_attempt(persons, answers, rng),
        "whose comment": best_attempt(persons, comments, rng),
        "which comment belongs to which answer": best_attempt(answers, comments, rng),
    }
    for one, other in pairwise(waves):
        pair = ([*_of_any_wave(played)] for played in (one, other))
        found[f"same person in waves {one.wave.number} and {other.wave.number}"] = best_attempt(*pair, rng)
    return found


def _of_any_wave(played: Played) -> Iterator[Item]:
    for item in items(played, "answers"):
        yield Item(owner=item.owner, group=item.group[1], marks=item.marks)


def joined(found: Mapping[str, Attempt]) -> dict[str, Attempt]:
    return {what: attempt for what, attempt in found.items() if is_joined(attempt)}


def test_nobody_is_joined_to_an_answer(ada):
    rng = np.random.default_rng(1)
    waves = played_waves(ada, rng, waves=2, small=5, large=1, size=20)
    for played in waves:
        played.look()
    assert all(len(item.marks) > 20 for item, _signs in waves[0].persons + waves[0].answers)
    assert not any(played.is_opened_again for played in waves)
    assert not joined(attempts(waves, rng))
    _what_is_added_to_the_dump_is_found(waves, rng)


def _what_is_added_to_the_dump_is_found(waves: list[Played], rng: np.random.Generator) -> None:
    """One column, one time, one order, one thing that stays the same from wave to wave."""
    when = {
        (item.owner, item.group): item.marks["handed in"] for one in waves for item in items(one, "persons")
    }
    added = {
        "column": lambda item: matching.MADE_OF_IT["sha256"](item.owner),
        "keyed column": lambda item: matching.MADE_OF_IT["hmac"](item.owner),
        "time": lambda item: 1e9 + 60 * when[item.owner, item.group] + rng.normal(0, 20),
        "order": lambda item: -when[item.owner, item.group],
    }
    for value in added.values():
        assert set(joined(_with(waves, value, rng))) >= {"whose answer"}
    same = {item.owner: secrets.token_hex(8) for item, _signs in waves[0].persons}
    # among thousands it also tells whose answers they are: who has none of before is known to have come later
    assert "same person in waves 1 and 2" in joined(_with(waves, lambda item: same.get(item.owner), rng))


def _with(waves, value, rng) -> dict[str, Attempt]:
    changed = [item for played in waves for item in items(played, "answers")]
    for item in changed:
        item.marks["added"] = value(item)
    found = attempts(waves, rng)
    for item in changed:
        del item.marks["added"]
    return found


class _NoChance:
    """Shuffles nothing."""

    def shuffle(self, rows: list) -> None:
        pass


class _LittleChance:
    """Shuffles what came in together, five at a time."""

    def shuffle(self, rows: list) -> None:
        for start in range(0, len(rows), 5):
            rows[start : start + 5] = sorted(rows[start : start + 5], key=lambda _row: secrets.randbits(32))


def _after_each(act):
    """Something done to what was just opened, in the order in which it came in."""

    def sabotage(patch) -> None:
        takes, number = closing._take, iter(range(10**6))

        def take(opened, wave, group, sealed, private):
            takes(opened, wave, group, sealed, private)
            act(opened, sealed, next(number))

        patch.setattr(closing, "_take", take)

    return sabotage


def _ordered_key(opened, _sealed, number) -> None:
    opened.answers[-1].id = uuid.UUID(int=number << 96 | secrets.randbits(90))


def _column(opened, sealed, _number) -> None:
    opened.answers[-1].scores["came_as"] = SealedAnswer.objects.get(sealed=sealed).credential


def _time(opened, _sealed, number) -> None:
    opened.answers[-1].scores["at"] = str(1e9 + 60 * number)


def _line(opened, _sealed, _number) -> None:
    logging.getLogger("cxprogram.employees").info("opened %s", opened.answers[-1].pk)


def _pair(opened, _sealed, _number) -> None:
    for comment in opened.comments:
        comment.id = (
            comment.id if hasattr(comment, "paired") else uuid.UUID(int=opened.answers[-1].id.int ^ 1)
        )
        comment.paired = True


SABOTAGE = {
    "no shuffling": lambda patch: patch.setattr(closing, "SystemRandom", _NoChance),
    "shuffled by fives": lambda patch: patch.setattr(closing, "SystemRandom", _LittleChance),
    "keys that grow": _after_each(_ordered_key),
    "a column": _after_each(_column),
    "a time": _after_each(_time),
    "a log line": _after_each(_line),
}
LONG = {"shuffled by fives", "a time", "keys that grow"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in SABOTAGE]
)
def test_whatever_closing_leaves_behind_is_found(name, ada, monkeypatch):
    SABOTAGE[name](monkeypatch)
    rng = np.random.default_rng(2)
    [played] = played_waves(ada, rng, waves=1, small=0, large=1, size=70 if "fives" in name else 30)
    played.look()
    assert "whose answer" in joined(attempts([played], rng))


def test_a_comment_with_a_key_like_its_answer_is_found(ada, monkeypatch):
    _after_each(_pair)(monkeypatch)
    rng = np.random.default_rng(3)
    [played] = played_waves(ada, rng, waves=1, small=0, large=1, size=30)
    played.look()
    assert set(joined(attempts([played], rng))) == {"which comment belongs to which answer"}


def test_a_key_that_is_left_opens_what_was_sealed(ada, monkeypatch):
    monkeypatch.setattr(closing, "destroy_keys", lambda wave: None)
    rng = np.random.default_rng(4)
    [played] = played_waves(ada, rng, waves=1, small=1, large=0, size=0)
    assert played.is_opened_again


@pytest.mark.slow
def test_nobody_is_joined_by_all_that_is_left_of_three_waves(ada, monkeypatch):
    monkeypatch.setattr(blind, "new_signing_key", make_key)  # more groups than keys that are shared
    rng = np.random.default_rng(5)
    waves = played_waves(ada, rng, waves=3, small=SMALL, large=LARGE, size=200)
    for played in waves:
        played.look()
    assert not any(played.is_opened_again for played in waves)
    assert not joined(attempts(waves, rng))
    _what_is_added_to_the_dump_is_found(waves[:2], rng)
