"""Invitations and reminders, written in the worker and sent through the letters of `accounts`.

Reminders go to everyone who was invited and has not left since: who has answered is not known, and nobody
looks at who was given a credential.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Letter, Membership
from accounts.services import post, record_event, written_together
from common.errors import InvalidValues
from common.jobs import JobState
from employee_voice.choices import LETTERS_AT_ONCE, WaveState, WorkKind
from employee_voice.mail import Draft, draft_of
from employee_voice.models import Invitation, Wave, WaveWork
from employee_voice.services.links import secret_of
from employee_voice.services.people import is_address
from employee_voice.services.states import locked, require_state
from employee_voice.services.waves import start_work


def write_letters(work: WaveWork) -> None:
    """The letters of one round: 200 in a transaction, so that a killed worker writes none twice and leaves
    none out.

    A wave that is no longer open needs no more letters.
    """
    people = Invitation.objects.filter(wave=work.wave).still_there(work.wave.survey.organization)
    total = people.filter(is_drawn=True).count()
    while _write_some(work):
        left = people.without_letter(work.number).count()
        work.beat(round(100 * (total - left) / max(total, 1)))
    work.finish()


def _write_some(work: WaveWork) -> bool:
    with transaction.atomic():
        wave = locked(work.wave)
        if not wave.is_open:
            return False
        people = Invitation.objects.filter(wave=wave).still_there(wave.survey.organization)
        rows = people.without_letter(work.number)
        chunk = list(rows.select_related("group").order_by("email")[:LETTERS_AT_ONCE])
        with written_together():
            for invitation in chunk:
                _write(wave, invitation, number=work.number)
        return bool(chunk)


def _write(wave: Wave, invitation: Invitation, *, number: int) -> None:
    draft = draft_of(wave, invitation, secret_of(invitation), is_reminder=number > 1)
    invitation.letter, invitation.letters = _posted(wave, invitation, draft), number
    invitation.save(update_fields=["letter", "letters", "secret_digest"])


def _posted(wave: Wave, invitation: Invitation, draft: Draft) -> Letter:
    return post(
        sender="",
        recipient=invitation.email,
        subject=draft.subject,
        body=draft.body,
        organization_id=wave.survey.organization_id,
    )


@transaction.atomic
def send_refused_again(*, by: Membership, wave: Wave) -> int:
    """Write to every address whose last letter was refused once more; how many. Letters that stopped half
    way go on. Raises WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.OPEN)
    last = WaveWork.objects.on(wave, WorkKind.INVITE, WorkKind.REMIND).order_by("-pk").first()
    if last is not None and last.job_state == JobState.FAILED:
        start_work(wave, WorkKind(last.kind), last.number)
    people = Invitation.objects.filter(wave=wave).still_there(wave.survey.organization)
    rows = list(people.refused().select_related("group"))
    with written_together():
        for invitation in rows:
            _write(wave, invitation, number=invitation.letters)
    if rows:
        _record(by, wave, len(rows))
    return len(rows)


@transaction.atomic
def send_one_again(*, by: Membership, invitation: Invitation, email: str = "") -> Invitation:
    """Write to one person again, at a corrected address if need be.

    An address changes only where its letter was refused. Raises InvalidValues for one that is none, that is
    on the list, or that may not change; WaveNotInState.
    """
    wave = locked(invitation.wave)
    require_state(wave, WaveState.OPEN)
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("group", "letter")
        .get(pk=invitation.pk)
    )
    if not row.is_drawn:
        raise InvalidValues(_("This address is not in the sample."))
    if not Invitation.objects.filter(pk=row.pk).still_there(wave.survey.organization).exists():
        raise InvalidValues(_("This person has left, so no letter is sent."))
    email = email.strip().lower() or row.email
    if email != row.email:
        _check_new_address(row, email)
        row.email = email
        row.save(update_fields=["email"])
    _write(wave, row, number=max(row.letters, 1))
    _record(by, wave, 1)
    return row


def _check_new_address(row: Invitation, email: str) -> None:
    problem = ""
    if not is_address(email):
        problem = _("This is not an e-mail address.")
    elif Invitation.objects.filter(wave=row.wave, email=email).exists():
        problem = _("This address is on the list already.")
    elif row.letter is None or row.letter.job_state != JobState.FAILED:
        # whoever got the letter may have used its link: to look would tell who took part
        problem = _("Only an address that was refused can be corrected.")
    if problem:
        raise InvalidValues(problem, fields={"email": problem})


def start_due_reminders(wave: Wave, today: date) -> None:
    """The reminder whose day has come, once; of several days that have passed only the last. Changes nothing
    else.
    """
    due = [
        number for number, days in enumerate(wave.reminders, start=2) if (wave.closes_on - today).days <= days
    ]
    if not wave.is_open or not due or wave.closes_on < today:
        return
    number = due[-1]
    if not WaveWork.objects.on(wave, WorkKind.REMIND).filter(number__gte=number).exists():
        start_work(wave, WorkKind.REMIND, number)


def _record(by: Membership, wave: Wave, letters: int) -> None:
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.invited_again",
        subject=wave,
        after={"letters": letters},
    )
