"""What changed is noted with the change, and counted anew a moment later (decision 30).

A note commits with the answers that it is about, so none can be missed, in whatever order transactions end.
Who counts takes the notes that are there, deletes them and counts their days in one transaction.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import batched
from threading import Event

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization
from common.collisions import done_again
from customer_voice.importers import insert_rows
from customer_voice.models import RecountNote
from customer_voice.services.rollup import Span, counts_are_free, hold_counts, recount

log = logging.getLogger("cxprogram.counts")

MOST_NOTES = 5_000  # of one transaction that counts
NOTES_AT_ONCE = 1_000  # of one statement
LATE = timedelta(minutes=1)  # notes wait about a second
PAUSE_SECONDS = 1.0  # between two looks for notes
LONGEST_PAUSE_SECONDS = 60.0  # after failures


def note_changes(
    *, organization: Organization, spans: Iterable[Span], outside_accounts: Iterable[Span] = ()
) -> None:
    """Say which answers changed, in the transaction that changed them: where they are now, and where they
    were. Waits for nobody. With COUNTS_AT_ONCE their days are counted anew here and now.

    `outside_accounts` are spans in which no changed answer is or was one of a customer account.
    """
    changed, outside = list(spans), list(outside_accounts)
    if settings.COUNTS_AT_ONCE:
        if changed or outside:
            recount(organization=organization, spans=changed, outside_accounts=outside)
        return
    now = timezone.now()
    rows = [
        {
            "organization_id": organization.pk,
            "metric_id": metric,
            "touchpoint_id": touchpoint,
            "first": first,
            "last": last,
            "reaches_accounts": reaches_accounts,
            "noted_at": now,
        }
        for reaches_accounts, some in ((True, changed), (False, outside))
        for metric, touchpoint, first, last in some
    ]
    for some in batched(rows, NOTES_AT_ONCE, strict=False):
        insert_rows(RecountNote, some)


def count_noted(*, organization: Organization, waits: bool = True) -> int:
    """Count everything anew that is noted by now; gives how many notes are done.

    What needs figures of this moment calls it first. Somebody else who counts is waited for, or with `waits`
    false left alone. Safe at any time and in several processes: a count that is cut short leaves its notes.
    """
    done = 0
    while taken := _count_some(organization, waits):
        done += taken
        if taken < MOST_NOTES:
            break
    return done


def count_everywhere() -> int:
    """Count what is noted in every organization where nobody else counts; gives how many notes are done.

    What fails in one organization holds up no other one; the last such error is raised at the end.
    """
    done, failed = 0, None
    noted = RecountNote.objects.order_by().values_list("organization_id", flat=True).distinct()
    for key in list(noted):
        organization = Organization.objects.filter(pk=key).first()
        if organization is None:  # deleted while an answer came in
            RecountNote.objects.filter(organization_id=key).delete()
            continue
        try:
            done += count_noted(organization=organization, waits=False)
        except Exception as error:
            log.exception("The days of %s could not be counted anew.", organization.slug)
            failed = error
    if failed is not None:
        raise failed
    return done


def keep_counting(ended: Event) -> None:
    """Count what is noted, about every second, until `ended`; later and later while it fails."""
    pause = PAUSE_SECONDS
    while not ended.wait(pause):
        begun = time.monotonic()
        try:
            count_everywhere()
        except DatabaseError as error:  # away or locked: it is said once a pause, and asked again
            log.warning("Noted days wait to be counted (%s).", type(error).__name__)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        except Exception:  # was logged; whatever it is, the others go on
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        else:  # long counts leave the database as much time as they took
            pause = max(PAUSE_SECONDS, min(time.monotonic() - begun, LONGEST_PAUSE_SECONDS))
        finally:
            connection.close_if_unusable_or_obsolete()


def is_counting_late(now: datetime) -> bool:
    """Whether something waits to be counted for longer than it takes where something counts. One query."""
    return RecountNote.objects.filter(noted_at__lt=now - LATE).exists()


@done_again
@transaction.atomic
def _count_some(organization: Organization, waits: bool) -> int:
    if not RecountNote.objects.of(organization).exists():
        return 0
    if not waits and not counts_are_free(organization):
        return 0
    held = hold_counts(organization)
    # read once the counts are held, and before any answer is: each statement that follows sees what these
    # notes are about; a note that commits later is left for the next time
    columns = ("pk", "reaches_accounts", "metric_id", "touchpoint_id", "first", "last")
    notes = list(RecountNote.objects.of(held).order_by("pk").values_list(*columns)[:MOST_NOTES])
    if notes:
        spans: dict[bool, set[Span]] = {True: set(), False: set()}
        for _pk, reaches_accounts, metric, touchpoint, first, last in notes:
            spans[reaches_accounts].add((metric, touchpoint, first, last))
        recount(organization=held, spans=spans[True], outside_accounts=spans[False])
        RecountNote.objects.filter(pk__in=[pk for pk, *_span in notes]).delete()
    return len(notes)
