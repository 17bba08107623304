"""Answers that their source has deleted: they go here too."""

from collections.abc import Sequence

from django.db import transaction

from customer_voice.models import Feedback, Source, Submission
from customer_voice.services.erasure import erase_nothing_meanwhile
from customer_voice.services.recounts import note_changes


@transaction.atomic
def withdraw_submissions(*, source: Source, external_ids: Sequence[str]) -> int:
    """Remove submissions by their IDs in the source, with all answers; figures are counted anew.

    How many were there. What is sent again later comes in again: only an erasure keeps it out.
    """
    organization = source.organization
    erase_nothing_meanwhile(organization)
    found = list(
        Submission.objects.select_for_update()
        .filter(organization=organization, source=source, external_id__in=external_ids)
        .values_list("pk", flat=True)
    )
    answers = Feedback.objects.filter(submission__in=found)
    changed = {
        (metric, touchpoint, moment, moment)
        for metric, touchpoint, moment in answers.exclude(metric=None).values_list(
            "metric_id", "touchpoint_id", "occurred_at"
        )
    }
    answers.delete()
    Submission.objects.filter(pk__in=found).delete()
    note_changes(organization=organization, spans=changed)
    return len(found)
