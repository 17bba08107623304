"""Printed slips: codes that are told once, to be drawn by chance from a stack."""

import re
from collections.abc import Sequence
from secrets import choice

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_download, record_event
from common.derived import derived, server_keys
from common.errors import InvalidValues
from employee_voice.choices import MOST_SLIPS, WaveState
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.models import KeyGroup, Slip, Wave, WaveFunction
from employee_voice.services.keys import sheets, sheets_name
from employee_voice.services.states import locked, require_state

ALPHABET = (
    "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: nobody types the wrong one of two that look alike
)
CODE_LETTERS = 11  # of 31 letters: 54 bits, more than anybody can try at a form
GROUP_LETTERS = 4


@transaction.atomic
def print_slips(*, by: Membership, wave: Wave, group: KeyGroup) -> list[str]:
    """The codes of a group's slips, which nobody can be told again: only what proves them is kept. Raises as
    `planned_slips`.
    """
    codes = new_codes(planned_slips(wave=wave, group=group))
    take_codes(by=by, wave=wave, group=group, codes=codes)
    return codes


def planned_slips(*, wave: Wave, group: KeyGroup) -> int:
    """How many are printed for a group. Raises InvalidValues where none were planned, WaveNotInState."""
    require_state(wave, WaveState.OPEN)
    planned = WaveFunction.objects.filter(group=group).aggregate(total=Sum("slips"))["total"] or 0
    if not planned:
        raise InvalidValues(_("No slips were planned for these functions."))
    return int(planned)


@transaction.atomic
def take_codes(*, by: Membership, wave: Wave, group: KeyGroup, codes: Sequence[str]) -> None:
    """From now on these codes let answers in, as many as slips are planned, and those of before no longer.

    Printing again makes as many new codes: were only the unused ones printed again, their number would tell
    how many people of the group have answered. Raises WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.OPEN)
    group = KeyGroup.objects.select_for_update(no_key=True).get(pk=group.pk, wave=wave)
    count_used(group)
    Slip.objects.bulk_create(
        (Slip(wave=wave, group=group, code_digest=code_digest(wave, code)) for code in codes), batch_size=1000
    )
    group.slips_printed = len(codes)
    group.save(update_fields=["slips_printed", "slips_used"])
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.slips_printed",
        subject=wave,
        after={"groups": group.number, "slips": len(codes)},  # never how many were used
    )


def count_used(group: KeyGroup) -> None:
    """Withdraw the codes that were not used and add the others to the count. The caller saves the group."""
    unused, _by_model = Slip.objects.filter(group=group).delete()
    group.slips_used += group.slips_printed - unused
    group.slips_printed = 0


def code_digest(wave: Wave, code: str, *, key: str | None = None) -> str:
    """What is kept of a code, however it was typed; made with the server's key, so that a table of it tells
    none.
    """
    typed = re.sub(r"[^A-Z0-9]", "", code.upper())[:40]
    return derived("employee_voice.slip", f"{wave.public_id} {typed}", key=key).hex()


def code_digests(wave: Wave, code: str) -> list[str]:
    """As it may be kept: under the server's key of today, or one of before."""
    return [code_digest(wave, code, key=key) for key in server_keys()]


def shown(code: str) -> str:
    """As it is printed: in groups that people can read out."""
    return "-".join(code[place : place + GROUP_LETTERS] for place in range(0, len(code), GROUP_LETTERS))


def new_codes(number: int) -> list[str]:
    """As they are printed; nothing knows of them before they are taken."""
    assert number <= MOST_SLIPS
    codes = set[str]()
    while len(codes) < number:
        codes.add("".join(choice(ALPHABET) for _letter in range(CODE_LETTERS)))
    return [shown(code) for code in codes]


def keep_sheets(*, wave: Wave, name: str, content: bytes) -> None:
    """Sheets of codes, until somebody fetches them or they are dropped: in no database, no backup. Raises
    WaveNotInState for a wave that closes; KeyFileError, OSError.
    """
    require_state(wave, WaveState.OPEN)
    sheets().write(sheets_name(wave, name), content)


def fetch_sheets(*, by: Membership, wave: Wave, name: str) -> bytes | None:
    """The sheets, which are destroyed before anybody has them: once. None where they are gone."""
    folder, place = sheets(), sheets_name(wave, name)
    try:
        content = folder.read(place)
    except KeyFileError:
        return None
    folder.destroy(place)
    record_download(by=by, verb="wave.slips_fetched", subject=wave, ending="pdf")
    return content


def drop_sheets(*, wave: Wave, name: str) -> None:
    """For good. Doing it twice does no harm."""
    sheets().destroy(sheets_name(wave, name))
