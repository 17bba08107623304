"""Closing a wave, in the worker: the one moment at which answers are opened, and the last at which they could
be joined to anything.

Each group is opened in one transaction: all its answers are read, shuffled, and written under random keys,
and what they waited in is deleted with that. A worker that is killed has either opened a group or not. When
all are open, the keys are destroyed, and the list of the invited is written anew in an order drawn by chance.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from secrets import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.services import record_event
from common.errors import InvalidValues
from employee_voice.choices import WaveState, WorkKind
from employee_voice.content import fixed_content
from employee_voice.credentials import contents, sealing
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.errors import KeyLost
from employee_voice.models import Answer, Comment, Invitation, KeyGroup, SealedAnswer, Wave, WaveWork
from employee_voice.selectors.waves import participation_of
from employee_voice.services.keys import destroy_keys, folder, sealing_name
from employee_voice.services.slips import count_used
from employee_voice.services.states import locked, move, require_state
from employee_voice.services.waves import plan_next_wave, start_work
from questionnaires.answering import Answer as Given
from questionnaires.answering import AnswerStatus, evaluate
from questionnaires.content import QuestionKind, Questionnaire
from questionnaires.stored import number_text

ROWS_AT_ONCE = 500


@dataclass(kw_only=True, slots=True)
class _Opened:
    answers: list[Answer] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    unreadable: int = 0


@transaction.atomic
def start_closing(*, wave: Wave, by: Membership | None = None) -> WaveWork:
    """No more answers from here on; the worker opens those that are in. `by` none: the calendar. Raises
    WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.OPEN)
    wave.closed_on = min(wave.closes_on, wave.survey.organization.clock.today())
    move(wave, WaveState.CLOSING, "closed_on")
    _record(by, wave, "wave.closing")
    return start_work(wave, WorkKind.CLOSE)


@transaction.atomic
def try_closing_again(*, by: Membership, wave: Wave) -> WaveWork:
    """After a closing that failed, such as for a key that was put back. Raises WaveNotInState."""
    wave = locked(wave)
    require_state(wave, WaveState.CLOSING)
    work = WaveWork.objects.on(wave, WorkKind.CLOSE).unfinished().first()
    return work or start_work(wave, WorkKind.CLOSE)


def close_wave(work: WaveWork) -> None:
    """The work of closing; may be begun again at any point. Raises KeyLost, and then nothing was changed."""
    wave = work.wave
    if wave.state == WaveState.CLOSING:
        _open_groups(wave, work)
        destroy_keys(wave)
        with transaction.atomic():
            finished = locked(wave)
            _forget_order(finished)
            move(finished, WaveState.CLOSED)
            _record(None, finished, "wave.closed", after=_participation(finished))
        plan_next_wave(finished)
    work.finish()


@transaction.atomic
def start_giving_up(*, by: Membership, wave: Wave, reason: str) -> WaveWork:
    """Have the worker, which alone can see whether the key is there, close a wave without its answers.

    Raises InvalidValues without a reason, WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.CLOSING)
    if not reason.strip():
        message = _("Say why the answers are given up.")
        raise InvalidValues(message, fields={"reason": message})
    _record(by, wave, "wave.given_up", after={"reason": reason.strip()})
    work = WaveWork.objects.on(wave, WorkKind.GIVE_UP).unfinished().first()
    return work or start_work(wave, WorkKind.GIVE_UP)


def give_up_answers(work: WaveWork) -> None:
    """The work of closing a wave whose key is lost: nobody can read its answers, so they are deleted.

    Raises InvalidValues while the key is there; then nothing was changed.
    """
    wave = work.wave
    if wave.state == WaveState.CLOSING:
        if _right_key(wave):
            raise InvalidValues(_("The key of this wave is there. Close the wave instead."))
        with transaction.atomic():
            finished = locked(wave)
            SealedAnswer.objects.filter(wave=finished).delete()
            _forget_order(finished)
            finished.is_lost = True
            move(finished, WaveState.CLOSED, "is_lost")
            _record(None, finished, "wave.closed", after={"is_lost": True})
        destroy_keys(wave)
    work.finish()


def _participation(wave: Wave) -> dict[str, Any]:
    """For the trail, which keeps it for good: no more than the page of a wave tells before its results."""
    told = participation_of(wave)
    return {} if told is None or told.about_pct is None else {"participation_pct": told.about_pct}


def _open_groups(wave: Wave, work: WaveWork) -> None:
    numbers = list(KeyGroup.objects.filter(wave=wave).values_list("pk", flat=True))
    waiting = SealedAnswer.objects.filter(wave=wave)
    private = _sealing_key(wave) if waiting.exists() or numbers else b""
    for place, pk in enumerate(numbers, start=1):
        with transaction.atomic():
            _open_group(wave, pk, private)
        work.beat(round(90 * place / len(numbers)))


def _sealing_key(wave: Wave) -> bytes:
    """Raises KeyLost, where answers wait for it; without any there is nothing to open."""
    private = _right_key(wave)
    if private or not SealedAnswer.objects.filter(wave=wave).exists():
        return private
    raise KeyLost(
        gettext_lazy(
            "The key that opens the answers of this wave is not there. If a copy exists, put it back and "
            "close the wave again. Without it nobody can read the answers; then the wave can only be closed "
            "without them."
        )
    )


def _right_key(wave: Wave) -> bytes:
    """The wave's private key, or nothing. One that is damaged or of another wave would make every answer
    unreadable, and unreadable answers are deleted: it counts as lost.
    """
    try:
        private = folder().read(sealing_name(wave))
        return private if sealing.public_pem(private) == wave.sealing_public else b""
    except (KeyFileError, sealing.SealError):
        return b""


def _open_group(wave: Wave, pk: int, private: bytes) -> None:
    """All answers of one group at once. The group is held, so an answer on its way is in or refused."""
    group = KeyGroup.objects.select_for_update(no_key=True).get(pk=pk)
    rows = SealedAnswer.objects.filter(group=group)
    opened = _Opened()
    for sealed in rows.values_list("sealed", flat=True).iterator():
        _take(opened, wave, group, bytes(sealed), private)
    chance = SystemRandom()
    chance.shuffle(opened.answers)
    chance.shuffle(opened.comments)
    Answer.objects.bulk_create(opened.answers, batch_size=ROWS_AT_ONCE)
    Comment.objects.bulk_create(opened.comments, batch_size=ROWS_AT_ONCE)
    rows.delete()
    count_used(group)
    group.save(update_fields=["slips_printed", "slips_used"])
    if opened.unreadable:
        Wave.objects.filter(pk=wave.pk).update(unreadable=F("unreadable") + opened.unreadable)


def _take(opened: _Opened, wave: Wave, group: KeyGroup, sealed: bytes, private: bytes) -> None:
    """One answer; what nobody can read (a program that made it up) is counted and left out."""
    try:
        text = sealing.open_sealed(sealed, private_pem=private, wave=wave.public_id, group=group.number)
        found = contents.read(text)
    except (sealing.SealError, contents.ContentsError):
        opened.unreadable += 1
        return
    questionnaire = fixed_content(wave.content_digest, wave.content)
    given = evaluate(questionnaire, found.answers).answers
    scores = {key: _score(answer) for key, answer in given.items() if not _is_text(questionnaire, key)}
    opened.answers.append(
        Answer(
            wave=wave, group=group, scores=scores, was_fast=found.was_fast, was_straight=found.was_straight
        )
    )
    opened.comments += [
        Comment(wave=wave, group=group, question=key, text=answer.text)
        for key, answer in given.items()
        if _is_text(questionnaire, key)
    ]


def _score(answer: Given) -> str | list[str]:
    if answer.status != AnswerStatus.GIVEN:
        return answer.status.value
    return number_text(answer.number) if answer.number is not None else list(answer.choices)


def _is_text(questionnaire: Questionnaire, key: str) -> bool:
    return questionnaire.question(key).kind == QuestionKind.TEXT


def _forget_order(wave: Wave) -> None:
    """The list of the invited under new keys, in an order drawn by chance: in which order credentials were
    given is told by no row, and by no place of a row.
    """
    rows = list(Invitation.objects.filter(wave=wave))
    Invitation.objects.filter(wave=wave).delete()
    for row in rows:
        row.pk, row.secret_digest, row.blinded_digest = uuid.uuid4(), "", ""
    SystemRandom().shuffle(rows)
    Invitation.objects.bulk_create(_new(rows), batch_size=ROWS_AT_ONCE)


def _new(rows: Iterable[Invitation]) -> Iterable[Invitation]:
    for row in rows:
        row._state.adding = True
        yield row


def _record(
    by: Membership | None,
    wave: Wave,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        organization=wave.survey.organization,
        actor=by.user if by else None,
        verb=verb,
        subject=wave,
        before=before,
        after=after,
    )
