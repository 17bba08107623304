"""The private keys of waves that go with their organization: files, which no row deletes."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Organization
from common import messages
from common.registry import Goodbye
from employee_voice.choices import WaveState
from employee_voice.credentials.keyfiles import KeyFileError
from employee_voice.models import KeysToDestroy, Wave
from employee_voice.services.keys import destroy_keys_of

log = logging.getLogger("cxprogram.employees")

KEPT_FOR = timedelta(days=1)  # longer than any opening that was on its way, and any short stop of the worker


def goodbyes_of(organization: Organization) -> Iterator[Goodbye]:
    """Notes the key files of every wave of the organization, in the transaction that deletes it."""
    waves = Wave.objects.of(organization)
    KeysToDestroy.objects.bulk_create(
        [KeysToDestroy(public_id=name) for name in waves.values_list("public_id", flat=True)],
        ignore_conflicts=True,
    )
    running = waves.filter(state__in=[WaveState.OPENING, WaveState.OPEN, WaveState.CLOSING]).count()
    text = ngettext(
        "%(number)d wave of an employee survey was running: its answers and its private keys are destroyed.",
        "%(number)d waves of employee surveys were running: their answers and private keys are destroyed.",
        running,
    )
    if waves.exists():
        yield Goodbye(text=text % {"number": running} if running else "", act=_destroy_and_ask_the_worker)


def _destroy_and_ask_the_worker() -> None:
    _destroy()
    messages.send("employee_voice.tasks.destroy_left_keys", about="keys of deleted waves")


def destroy_left_keys() -> None:
    """By the worker, the one process that may write over all keys: those of waves that were deleted. Doing it
    twice does no harm; a note is given up after a day, once nothing was left."""
    left = _destroy()
    over = KeysToDestroy.objects.filter(since__lt=timezone.now() - KEPT_FOR)
    over.exclude(public_id__in=left).delete()


def _destroy() -> list[str]:
    """Returns the waves whose keys could not, or must not be destroyed: a wave that is there keeps them."""
    left = []
    there = set(
        Wave.objects.filter(public_id__in=KeysToDestroy.objects.values("public_id")).values_list(
            "public_id", flat=True
        )
    )
    for public_id in KeysToDestroy.objects.values_list("public_id", flat=True):
        if public_id in there:
            left.append(public_id)
            continue
        try:
            destroy_keys_of(public_id)
        except (KeyFileError, OSError) as error:
            log.warning("keys of a deleted wave could not be destroyed (%s)", error)
            left.append(public_id)
    return left
