"""Two at the same instant: one answer for one credential or slip; closing waits for who is in."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common.errors import DomainError
from employee_voice import services
from employee_voice.choices import WaveState, WorkKind
from employee_voice.errors import AlreadyAnswered, InvitationUsed, SlipUnknown, WaveNotOpen
from employee_voice.models import Answer, SealedAnswer, Wave, WaveFunction, WaveWork
from tests.factories.employee_voice import do, opened, people_of, planned
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"enps": ["9"]}


def test_a_credential_used_twice_at_the_same_instant_lets_one_answer_in(ada, tree):
    wave = opened(ada, {"Care": 5})
    person = people_of(wave)[0]
    signature = person.ask()
    answers = [person.sealed({"enps": [str(number)]}) for number in range(4)]
    results = at_once(*(lambda sealed=sealed: person.hand_in(signature, sealed) for sealed in answers))
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, AlreadyAnswered) for result in results) == 3
    assert SealedAnswer.objects.count() == 1


def test_a_link_used_in_two_browsers_at_the_same_instant_gives_one_credential(ada, tree):
    wave = opened(ada, {"Care": 5})
    one, other = people_of(wave)[0], people_of(wave)[0]
    results = at_once(one.ask, other.ask)
    assert sum(isinstance(result, bytes) for result in results) == 1
    assert sum(isinstance(result, InvitationUsed) for result in results) == 1


def test_a_slip_used_twice_at_the_same_instant_lets_one_answer_in(ada, tree):
    wave = planned(ada, {"Care": 5})
    row = WaveFunction.objects.get(wave=wave, name="Field")
    services.plan_slips(by=ada, wave=wave, counts={row.pk: 6})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    group = WaveFunction.objects.get(pk=row.pk).group
    [code, *_others] = services.print_slips(by=ada, wave=wave, group=group)
    each = [services.seal_for(wave=wave, group=group, typed=ANSWERS) for _person in range(3)]
    results = at_once(
        *(lambda sealed=sealed: services.hand_in_slip(wave=wave, code=code, sealed=sealed) for sealed in each)
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, SlipUnknown) for result in results) == 2
    assert SealedAnswer.objects.count() == 1


def test_one_answer_that_a_phone_sends_three_times_at_once_is_taken_once(ada, tree):
    wave = planned(ada, {"Care": 5})
    row = WaveFunction.objects.get(wave=wave, name="Field")
    services.plan_slips(by=ada, wave=wave, counts={row.pk: 6})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    group = WaveFunction.objects.get(pk=row.pk).group
    [code, *_others] = services.print_slips(by=ada, wave=wave, group=group)
    sealed = services.seal_for(wave=wave, group=group, typed=ANSWERS)
    results = at_once(*[lambda: services.hand_in_slip(wave=wave, code=code, sealed=sealed)] * 3)
    assert results == [None] * 3
    assert SealedAnswer.objects.count() == 1


def test_whoever_answers_while_the_wave_closes_is_counted_or_told(ada, tree):
    wave = opened(ada, {"Care": 8})
    ready = [(person, person.ask(), person.sealed(ANSWERS)) for person in people_of(wave)]

    def close() -> None:
        if Wave.objects.get(pk=wave.pk).is_open:  # a locked SQLite has it asked again
            services.start_closing(by=ada, wave=wave)
        do(wave, WorkKind.CLOSE)

    results = at_once(
        close,
        *(lambda person=person, signature=signature, sealed=sealed: person.hand_in(signature, sealed)
          for person, signature, sealed in ready),
    )  # fmt: skip
    told = sum(isinstance(result, WaveNotOpen) for result in results)
    assert not [
        result
        for result in results
        if isinstance(result, DomainError) and not isinstance(result, WaveNotOpen)
    ]
    for work in WaveWork.objects.on(wave, WorkKind.CLOSE).unfinished():
        work.queue_again()  # likewise: a worker that met the lock stopped there
        work.save()
    wave = do(wave, WorkKind.CLOSE)
    assert wave.state == WaveState.CLOSED
    assert (Answer.objects.count(), SealedAnswer.objects.count()) == (8 - told, 0)


@pytest.mark.slow
def test_five_hundred_people_at_once_are_each_counted_once(ada, tree):
    """Links and slips, each sent twice as after a lost reply, by as many hands as a busy server has."""
    if connection.vendor != "postgresql":
        pytest.skip("a SQLite in memory, shared by threads, refuses instead of waiting")
    wave = planned(ada, {"Care": 250, "Field": 150})
    row = WaveFunction.objects.get(wave=wave, name="Finance")
    services.plan_slips(by=ada, wave=wave, counts={row.pk: 100})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    group = WaveFunction.objects.get(pk=row.pk).group
    codes = services.print_slips(by=ada, wave=wave, group=group)

    def by_link(person, answers):
        sealed = person.sealed(answers)

        def act() -> None:
            person.hand_in(person.ask(), sealed)

        return act

    def by_slip(code, answers):
        sealed = services.seal_for(wave=wave, group=group, typed=answers)
        return lambda: services.hand_in_slip(wave=wave, code=code, sealed=sealed)

    everybody = [by_link(person, {"enps": [str(n % 11)]}) for n, person in enumerate(people_of(wave))]
    everybody += [by_slip(code, {"enps": [str(n % 11)]}) for n, code in enumerate(codes)]
    twice = [*everybody, *everybody]
    random.Random(6).shuffle(twice)
    with ThreadPoolExecutor(max_workers=25) as hands:
        results = list(hands.map(_in_a_thread, twice))
    assert results == [None] * 1000  # the second time is the very same request, and changes nothing
    assert SealedAnswer.objects.count() == 500
    services.start_closing(by=ada, wave=wave)
    wave = do(wave, WorkKind.CLOSE)
    assert (Answer.objects.count(), wave.unreadable) == (500, 0)
    scores = Answer.objects.values_list("scores__enps", flat=True)
    assert sorted(map(int, scores)) == sorted([n % 11 for n in range(400)] + [n % 11 for n in range(100)])


def _in_a_thread(act):
    try:
        act()
    except DomainError as refusal:
        return refusal
    finally:
        connection.close()
    return None
