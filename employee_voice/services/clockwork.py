"""What happens to waves in the background: their work, and what the calendar asks for."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, connection
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from common.errors import DomainError
from common.jobs import JobState, run
from employee_voice.choices import WorkKind
from employee_voice.models import Invitation, SealedAnswer, Slip, Wave, WaveWork
from employee_voice.services.closing import close_wave, give_up_answers, start_closing
from employee_voice.services.letters import start_due_reminders, write_letters
from employee_voice.services.opening import open_wave
from employee_voice.services.waves import start_opening

log = logging.getLogger("cxprogram.employees")

WORK: dict[str, Callable[[WaveWork], None]] = {
    WorkKind.OPEN: open_wave,
    WorkKind.INVITE: write_letters,
    WorkKind.REMIND: write_letters,
    WorkKind.CLOSE: close_wave,
    WorkKind.GIVE_UP: give_up_answers,
}


def do_work(*, work: WaveWork) -> bool:
    """Bring a piece of work to its end; doing it twice does no harm. False where another worker has it."""

    def act() -> None:
        work.wave = Wave.objects.select_related("survey__organization").get(pk=work.wave_id)  # as it is now
        WORK[work.kind](work)

    done = run(
        work, act, unknown=gettext_lazy("Something went wrong. Nothing was left half done; try again.")
    )
    if done and work.kind in {WorkKind.CLOSE, WorkKind.GIVE_UP} and work.job_state == JobState.DONE:
        clear_what_waited()
    return done


def clear_what_waited() -> None:
    """Have the database give up the places where sealed answers, slips and the list of before lay. Where it
    cannot now, its own cleaning will.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    for model in (SealedAnswer, Slip, Invitation):
        table = connection.ops.quote_name(model._meta.db_table)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"VACUUM {table}")  # names a table of ours
        except DatabaseError as error:
            log.warning("%s waits for the database's own cleaning (%s)", table, error)


def tend_waves() -> None:
    """Open, remind and close by the calendar of each organization. One wave that refuses stops no other."""
    for organization in Organization.objects.all():
        today = organization.clock.today()
        waves = Wave.objects.of(organization).select_related("survey__organization")
        for wave in waves.to_open(today):
            _attempt(wave, partial(start_opening, wave=wave))
        for wave in waves.over(today):
            _attempt(wave, partial(start_closing, wave=wave))
        for wave in waves.open():
            _attempt(wave, partial(start_due_reminders, wave, today))


def _attempt(wave: Wave, act: Callable[[], object]) -> None:
    try:
        act()
    except DomainError as refusal:
        log.warning("wave %s: %s", wave.pk, refusal.message)
