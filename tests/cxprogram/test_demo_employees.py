"""The employee waves of the demo: made by the services, as believable as the rest, and joined to nobody."""

import itertools
from collections import Counter
from datetime import timedelta
from functools import cache
from secrets import SystemRandom
from typing import ClassVar

import pytest
from django.utils.text import slugify

from cxprogram.demo import employing, listening
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import make_people
from cxprogram.demo.respondents import answer, link_of
from cxstats.anonymity import Telling
from cxstats.engagement import MeasureKind
from employee_voice import selectors, services
from employee_voice.access import group_for, published_wave_for
from employee_voice.choices import WaveState
from employee_voice.credentials import blind
from employee_voice.models import Answer, Comment, FunctionAction, Invitation, KeyGroup, SealedAnswer, Wave
from employee_voice.results import EVERYBODY
from employee_voice.scope import tree_of
from employee_voice.selectors.results import results_of
from employee_voice.services.keys import folder

pytestmark = pytest.mark.django_db
make_key = blind.new_signing_key


@cache
def key(number: int) -> bytes:
    return make_key()


class Chance(SystemRandom):
    shuffled: ClassVar[list[int]] = []

    def shuffle(self, given):
        self.shuffled.append(len(given))
        super().shuffle(given)


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    settings.KEYS_DIR = tmp_path / "keys"
    numbers = itertools.count()
    monkeypatch.setattr(blind, "new_signing_key", lambda bits=0: key(next(numbers) % 20))
    found = make_people("follow the customer")
    employing.add_parts(found)
    monkeypatch.setattr(employing, "SystemRandom", Chance)
    Chance.shuffled.clear()
    asked = employing.ask_employees(found, found["Paula"].organization.clock.today())
    return found, asked.link


def _told_of(wave):
    """Of the functions that are shown: how many cells of the heat map say something, and of how many."""
    publication = results_of(wave).publication
    kinds = {measure.key: measure.kind for measure in publication.measures}
    cells = [
        (function.key, figure.how)
        for function in publication.functions
        for figure in function.figures
        if kinds[figure.measure] is not MeasureKind.ITEM
    ]
    return [key for key, how in cells if how is not Telling.HIDDEN], cells


def _the_last_wave_says_most_though_hardly_anybody_came_or_went(cast, wave):
    with on_day(wave.closes_on + timedelta(days=1)):
        services.do_work(work=services.start_closing(wave=wave))
        wave = services.publish_wave(by=cast["Maya"], wave=wave)
    told, cells = _told_of(wave)
    assert len(told) >= 0.6 * len(cells)
    assert told.count(EVERYBODY) == 9  # the organization says everything
    near = {one.function: one.number for one in results_of(wave).near}
    assert set(near.values()) <= {1, 2}
    page = selectors.results_page(cast["Maya"], wave)
    assert page.row.result.is_blunt
    assert {row.name for row in page.rows if row.roughly} >= {"Aurelia Telecom", "Hotline", "Installation"}
    assert all(line.why == "" or "since wave" in line.why for row in page.rows for line in row.told if near)
    assert len([row for row in page.rows if any(line.band for line in row.cells)]) >= 8


def _teams_beside_their_customers(cast):
    """Teams without teams below them that own a touchpoint asked for NPS, and of which tools are told."""
    asked = {stream[1] for stream in listening.STREAMS if stream[0] == "nps"}
    owners = {
        owner for name, _channel, _phase, owner, _why in listening.TOUCHPOINTS if slugify(name) in asked
    }
    functions = selectors.scored_waves(cast["Maya"].organization)[-1].functions
    return {one.name for one in functions if one.name in owners and one.scores.get("tools") is not None}


def _somebody_may_still_answer(cast, wave, fresh):
    link = link_of(fresh)
    assert not Invitation.objects.get(wave=wave, email=cast["Aisha"].user.email).was_given_credential
    answer(wave, group_for(wave, link.group), link, {"enps": ["9"]})
    assert Invitation.objects.get(wave=wave, email=cast["Aisha"].user.email).was_given_credential


def test_two_waves_are_published_and_one_is_open(demo):
    cast, fresh = demo
    today = cast["Maya"].organization.clock.today()
    first, second, third = Wave.objects.order_by("number")
    assert [first.state, second.state, third.state] == [
        WaveState.PUBLISHED,
        WaveState.PUBLISHED,
        WaveState.OPEN,
    ]
    assert third.closes_on == today + timedelta(days=3)
    assert first.closes_on < second.opens_on
    assert second.closes_on < third.opens_on < today
    assert selectors.participation_of(third).about_pct == 65
    for wave in (first, second):
        answers = sum(unit.answers[wave.number - 1] for unit in employing.UNITS)
        assert Answer.objects.filter(wave=wave).count() == answers
        assert not wave.unreadable
    assert not SealedAnswer.objects.exclude(wave=third).exists()
    signing = KeyGroup.objects.filter(wave=third).count()
    assert len(folder().names()) == signing + 1  # of the open wave; those of the others are destroyed

    # who gives which answer is drawn by true chance, not from the seed
    assert Chance.shuffled == [unit.answers[number] for number in range(3) for unit in employing.UNITS]

    # tools are lowest where customers are disappointed: the installation visit
    tree = tree_of(second)
    page = selectors.results_page(cast["Maya"], published_wave_for(cast["Maya"], second.pk), tree=tree)
    tools = {row.name: row.driver("tools").figure for row in page.rows if row.is_shown}
    scores = {name: figure.score.value for name, figure in tools.items() if figure.score}
    assert min(scores, key=scores.__getitem__) == "Installation"
    weakest = {row.name: row.weakest.name for row in page.rows if row.weakest}
    assert weakest["Installation"] == "Tools"
    changed = {(row.name, line.measure.key) for row in page.rows for line in row.cells if line.change}
    assert ("Hotline", "authority") in changed
    # a head sees her line and the organization
    led = selectors.results_page(cast["Rahul"], second, tree=tree)
    assert [row.name for row in led.rows] == [
        "Aurelia Telecom",
        "Field Operations",
        "Installation",
        "Repairs",
    ]

    # enough teams stand beside the customers of their touchpoints, Installation among them
    beside = _teams_beside_their_customers(cast)
    assert len(beside) >= 11
    assert "Installation" in beside

    states = Counter(Comment.objects.values_list("wave__number", "state"))
    # what stands with the whole organization has nobody from outside here: it stays held back, and says so
    pools = {pool.group: pool.function for pool in results_of(first).pools}
    waiting = Comment.objects.filter(wave=first, state="waiting").select_related("group")
    assert {pools[one.group.number] for one in waiting} <= {EVERYBODY}
    decided = Comment.objects.filter(wave=first).exclude(state="waiting").select_related("group")
    assert None not in {pools[one.group.number] for one in decided}
    assert states[1, "released"] > states[1, "waiting"]
    assert states[2, "waiting"] > 0
    assert all("Karl" in one.text for one in Comment.objects.filter(state="held_back"))
    actions = FunctionAction.objects.order_by("pk").values_list("wave__number", "driver", "state")
    assert list(actions) == [
        (1, "authority", "done"),
        (2, "tools", "planned"),
        (2, "together", "planned"),
        (2, "together", "planned"),
    ]
    assert FunctionAction.objects.filter(due_on__lt=today, state="planned").count() == 1

    _somebody_may_still_answer(cast, third, fresh)
    _the_last_wave_says_most_though_hardly_anybody_came_or_went(cast, third)
