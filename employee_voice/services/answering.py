"""What a respondent's browser asks for: one blind signature for each invitation, one answer for each
credential.

Nothing here knows who asks. Signing sees an invitation and no answer; what comes in later sees an answer and
no invitation.
"""

import hashlib
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.digests import digest_of_secret
from common.text import storable
from employee_voice.choices import STRAIGHT_LEAST
from employee_voice.content import fixed_content, room_for, scale_questions
from employee_voice.credentials import blind, contents, sealing
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.errors import (
    AlreadyAnswered,
    CredentialInvalid,
    GroupUnknown,
    InvitationUnknown,
    InvitationUsed,
    KeysAway,
    RequestUnreadable,
    SlipUnknown,
    WaveNotOpen,
)
from employee_voice.models import Invitation, KeyGroup, SealedAnswer, Slip, Wave
from employee_voice.services.keys import folder, signing_name
from employee_voice.services.slips import code_digests
from questionnaires.answering import evaluate


@transaction.atomic
def sign_credential(*, wave: Wave, secret: str, group: int, blinded: bytes) -> bytes:
    """The blind signature of the invitation's group, for one blinded message: asked again for the same one,
    it is the same. That it was given is written down, when is not.

    Raises WaveNotOpen, InvitationUnknown, GroupUnknown, RequestUnreadable, InvitationUsed for another
    message, KeysAway.
    """
    row: Invitation | None = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("group")
        .filter(wave=wave, is_drawn=True, secret_digest=digest_of_secret(secret))
        .first()
    )
    if row is None or row.group is None:
        _require_open(wave)  # closing has wiped the secret of a correct link
        raise InvitationUnknown(_("This link is not complete or belongs to no invitation of this survey."))
    if row.group.number != group:
        raise GroupUnknown(_("This link has been altered."))
    _require_open(wave)
    digest = hashlib.sha256(blinded).hexdigest()
    if row.blinded_digest not in {"", digest}:
        raise InvitationUsed(
            _(
                "This link has been used already. It lets one person answer once, in the tab in which it was "
                "opened; once that is closed, nobody can tell whether it was used to answer."
            )
        )
    signature = _signed(wave, group, blinded)
    if not row.was_given_credential:
        row.was_given_credential, row.blinded_digest = True, digest
        row.save(update_fields=["was_given_credential", "blinded_digest"])
    return signature


def hand_in(*, wave: Wave, group: int, prepared: bytes, signature: bytes, sealed: bytes) -> None:
    """Keep a sealed answer whose signature proves its group. The very same request again changes nothing.

    Raises WaveNotOpen, GroupUnknown, RequestUnreadable, CredentialInvalid, AlreadyAnswered.
    """
    found = KeyGroup.objects.filter(wave=wave, number=group).first()
    if found is None:
        raise GroupUnknown(_("This link has been altered."))
    if not blind.is_valid(found.public_key, prepared, signature):
        raise CredentialInvalid(_("This answer is not signed for this survey, so it cannot be counted."))
    credential = hashlib.sha256(prepared).hexdigest()
    with transaction.atomic():
        _hold(wave, found)
        _keep(wave, found, credential, sealed)


def group_of_slip(*, wave: Wave, code: str) -> KeyGroup:
    """The group of an unused slip; uses nothing up. Raises SlipUnknown, WaveNotOpen."""
    _require_open(wave)
    slip = (
        Slip.objects.select_related("group")
        .filter(wave=wave, code_digest__in=code_digests(wave, code))
        .first()
    )
    if slip is None:
        raise _no_slip()
    return slip.group


def wave_of_slip(*, code: str) -> Wave:
    """The open wave that an unused slip belongs to, of all organizations: the address on slips names none.
    Three queries. Raises SlipUnknown.
    """
    waves = {wave.pk: wave for wave in Wave.objects.open().defer("content", "survey__content")}
    digests = {digest: pk for pk, wave in waves.items() for digest in code_digests(wave, code)}
    rows = Slip.objects.filter(wave__in=waves, code_digest__in=digests).values_list("wave", "code_digest")
    found = next((pk for pk, digest in rows if digests[digest] == pk), None)
    if found is None:
        raise _no_slip()
    return Wave.objects.select_related("survey__organization").get(pk=found)


def hand_in_slip(*, wave: Wave, code: str, sealed: bytes) -> None:
    """Keep a sealed answer for a slip, which is used up with it. The very same request again changes nothing:
    a reply that was lost on the way is asked for once more.

    Raises SlipUnknown (also for a second use), WaveNotOpen, RequestUnreadable.
    """
    digests = code_digests(wave, code)
    with transaction.atomic():
        slip = Slip.objects.select_related("group").filter(wave=wave, code_digest__in=digests).first()
        if slip is None:
            _require_open(wave)  # closing has withdrawn the codes
        else:
            _hold(wave, slip.group)
        # whoever deletes the row has the slip; of two at once one finds nothing to delete
        if slip is None or not Slip.objects.filter(pk=slip.pk).delete()[0]:
            _require_kept(wave, [_credential_of_slip(wave, digest) for digest in digests], sealed)
        else:
            _keep(wave, slip.group, _credential_of_slip(wave, slip.code_digest), sealed)


def _credential_of_slip(wave: Wave, digest: str) -> str:
    return hashlib.sha256(f"slip {wave.public_id} {digest}".encode()).hexdigest()


def _require_kept(wave: Wave, credentials: list[str], sealed: bytes) -> None:
    """Raises SlipUnknown, unless this very answer is what the slip was used for."""
    kept = SealedAnswer.objects.filter(wave=wave, credential__in=credentials).first()
    if kept is None or bytes(kept.sealed) != sealed:
        raise _no_slip()


def seal_for(
    *, wave: Wave, group: KeyGroup, typed: Mapping[str, Sequence[str]], was_fast: bool = False
) -> bytes:
    """What was typed into a form without scripts, sealed as a browser would. Raises RequestUnreadable: too
    long.
    """
    questionnaire = fixed_content(wave.content_digest, wave.content)
    typed = {key: [storable(value) for value in values] for key, values in typed.items()}
    answers = evaluate(questionnaire, typed).answers
    scales = {question.key for question in scale_questions(questionnaire)}
    values = [answer.number for key, answer in answers.items() if key in scales and answer.number is not None]
    found = contents.Contents(
        answers={key: typed[key] for key in answers},
        was_fast=was_fast,
        was_straight=len(values) >= STRAIGHT_LEAST and len(set(values)) == 1,
    )
    text = contents.written(found).ljust(room_for(questionnaire))
    try:
        return sealing.seal(text, public_pem=wave.sealing_public, wave=wave.public_id, group=group.number)
    except sealing.SealError as error:
        raise RequestUnreadable(_("These answers are too long.")) from error


def _signed(wave: Wave, group: int, blinded: bytes) -> bytes:
    try:
        return blind.blind_sign(folder().read(signing_name(wave, group)), blinded)
    except KeyFileError as error:
        raise KeysAway(
            _("This survey cannot give out answer sheets at present. Please try again later.")
        ) from error
    except blind.BlindSigningError as error:
        raise RequestUnreadable(_("Your browser sent something that cannot be signed.")) from error


def _hold(wave: Wave, group: KeyGroup) -> None:
    """Hold the group and look at the wave once it is held: closing holds the group too, so an answer is
    either in before its group is opened, or told that the wave has closed. Raises WaveNotOpen.
    """
    KeyGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    _require_open(wave)


def _keep(wave: Wave, group: KeyGroup, credential: str, sealed: bytes) -> None:
    if not sealing.is_sealed(sealed):
        raise RequestUnreadable(_("Your browser sent something that is no sealed answer."))
    try:
        with transaction.atomic():
            SealedAnswer.objects.create(wave=wave, group=group, credential=credential, sealed=sealed)
    except IntegrityError as error:
        kept = SealedAnswer.objects.filter(wave=wave, credential=credential).first()
        if kept is None or bytes(kept.sealed) != sealed:
            raise AlreadyAnswered(_("An answer has been counted with this link already.")) from error


def _require_open(wave: Wave) -> None:
    """As it is now, whatever the page was shown when it was opened."""
    if not Wave.objects.open().filter(pk=wave.pk).exists():
        raise WaveNotOpen(
            _("This survey has closed. Your answers were not sent, and nothing of them was kept.")
        )


def _no_slip() -> SlipUnknown:
    return SlipUnknown(
        _(
            "This code is not known, it has been used already, or its survey has closed. Check it, or take "
            "another slip."
        )
    )
