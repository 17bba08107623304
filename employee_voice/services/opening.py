"""Opening a wave, in the worker: people drawn, functions fixed, keys made, links given out."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import SystemRandom
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.services import one_at_a_time, record_event
from common.errors import DomainError
from common.worded import worded
from employee_voice.choices import WaveState, WorkKind
from employee_voice.content import survey_content
from employee_voice.credentials import blind, key_list, sealing
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.errors import TooFewPeople
from employee_voice.grouping import NobodyProtected, Unit, groups_of
from employee_voice.models import Invitation, KeyGroup, Wave, WaveFunction, WaveWork
from employee_voice.services.keys import destroy_keys, folder, sealing_name, signing_name
from employee_voice.services.states import locked, move
from employee_voice.services.waves import start_work, sync_functions
from questionnaires.stored import digest_of_questionnaire

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Planned:
    """A group before it is written down."""

    number: int
    people: int
    members: list[int]  # keys of WaveFunction
    public_key: str


def open_wave(work: WaveWork) -> None:
    """The work of opening. A wave that cannot open goes back to being set up, and the work fails with the
    reason.

    A killed worker leaves nothing but key files that nobody has heard of; the next attempt replaces them.
    """
    wave = work.wave
    if wave.state != WaveState.OPENING:
        work.finish()
        return
    try:
        with transaction.atomic():
            draw_people(wave)
            sync_functions(wave)
            count_people(wave)
        planned = _groups(wave, work)
        sealing_public = _new_sealing_key(wave)
    except (DomainError, KeyFileError, OSError):  # keys that cannot be written: somebody frees the disk
        _back_to_draft(wave)
        raise
    with transaction.atomic():
        _write(wave, planned, sealing_public)
        work.finish()


def draw_people(wave: Wave) -> None:
    """The sample: of every function the same share, at least one, drawn by chance. Nobody who has left."""
    there = Invitation.objects.filter(wave=wave).still_there(wave.survey.organization)
    people = defaultdict[int | None, list[UUID]](list)
    for pk, function in there.values_list("pk", "wave_function"):
        people[function].append(pk)
    drawn = [
        pk
        for listed in people.values()
        for pk in SystemRandom().sample(listed, math.ceil(len(listed) * wave.sample_pct / 100))
    ]
    Invitation.objects.filter(wave=wave).update(is_drawn=False)
    for start in range(0, len(drawn), ROWS_AT_ONCE):
        Invitation.objects.filter(pk__in=drawn[start : start + ROWS_AT_ONCE]).update(is_drawn=True)


def count_people(wave: Wave) -> None:
    """How many are asked of each function, without its parts."""
    drawn = Invitation.objects.filter(wave=wave, is_drawn=True)
    asked = Counter(drawn.values_list("wave_function", flat=True))
    rows = list(WaveFunction.objects.filter(wave=wave))
    for row in rows:
        row.asked = asked[row.pk]
    WaveFunction.objects.bulk_update(rows, ["asked"], batch_size=500)


def _groups(wave: Wave, work: WaveWork) -> list[_Planned]:
    """The groups with a new key each, whose private half lies in its file."""
    units = {
        row.pk: Unit(key=row.pk, parent=row.parent_id, people=row.asked + row.slips)
        for row in WaveFunction.objects.filter(wave=wave)
    }
    try:
        found = groups_of(units, minimum=wave.minimum)
    except NobodyProtected as error:
        few = _("Fewer than %(minimum)d people are asked, so nobody would be protected.")
        raise TooFewPeople(worded(few, minimum=wave.minimum)) from error
    destroy_keys(wave)  # of an attempt that did not end
    keys, planned = folder(), []
    for number, (members, people) in enumerate(found, start=1):
        private = blind.new_signing_key(settings.SIGNING_KEY_BITS)
        keys.write(signing_name(wave, number), private)
        public = blind.public_pem(private)
        planned.append(_Planned(number=number, people=people, members=members, public_key=public))
        work.beat(round(90 * number / len(found)))
    return planned


def _new_sealing_key(wave: Wave) -> str:
    private = sealing.new_sealing_key()
    folder().write(sealing_name(wave), private)
    return sealing.public_pem(private)


def _write(wave: Wave, planned: Iterable[_Planned], sealing_public: str) -> None:
    one_at_a_time(wave.survey.organization)
    wave = locked(wave)
    listed, group_of = [], dict[int, KeyGroup]()
    for plan in planned:
        group = KeyGroup.objects.create(
            wave=wave, number=plan.number, people=plan.people, public_key=plan.public_key
        )
        listed.append(key_list.ListedKey(number=plan.number, people=plan.people, public_pem=plan.public_key))
        group_of |= dict.fromkeys(plan.members, group)
        asked = Invitation.objects.filter(wave=wave, wave_function__in=plan.members, is_drawn=True)
        asked.update(group=group)
    rows = list(WaveFunction.objects.filter(wave=wave))
    came_from = _functions_before(wave)
    for row in rows:
        row.group = group_of.get(row.pk)
        row.came_from = came_from.get(row.function_id)
    WaveFunction.objects.bulk_update(rows, ["group", "came_from"], batch_size=500)
    content = survey_content(wave.survey.content)
    wave.content, wave.content_digest = wave.survey.content, digest_of_questionnaire(content)
    wave.opened_on = wave.survey.organization.clock.today()
    wave.sealing_public = sealing_public
    wave.keys_digest = key_list.keys_digest(listed, sealing_public=sealing_public)
    move(wave, WaveState.OPEN, "opened_on", "content", "content_digest", "sealing_public", "keys_digest")
    record_event(
        organization=wave.survey.organization,
        actor=None,
        verb="wave.opened",
        subject=wave,
        after={"digest": wave.content_digest, "keys_digest": wave.keys_digest, "groups": len(listed)},
    )
    start_work(wave, WorkKind.INVITE)


def _functions_before(wave: Wave) -> dict[int | None, WaveFunction]:
    """What each function was in the last wave of this survey that has opened."""
    before = (
        Wave.objects.begun().filter(survey=wave.survey, number__lt=wave.number).order_by("-number").first()
    )
    if before is None:
        return {}
    rows = WaveFunction.objects.filter(wave=before).exclude(function=None)
    return {row.function_id: row for row in rows}


def _back_to_draft(wave: Wave) -> None:
    with transaction.atomic():
        wave = locked(wave)
        move(wave, WaveState.DRAFT)
