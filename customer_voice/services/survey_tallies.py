"""Counts of surveys with many replies, kept so that no page reads them all."""

import logging
import time
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customer_voice.choices import SurveyState
from customer_voice.models import CustomerSurvey, SurveyReply, SurveyTally
from customer_voice.selectors.survey_counts import counts_as_json, survey_counts

log = logging.getLogger("cxprogram.counts")

MANY_REPLIES = 20_000  # fewer are counted by the page itself, in a moment
SHORTEST = timedelta(seconds=50)  # the clock asks every minute
TIMES_AS_LONG = 20  # counting takes a twentieth of the worker's time at most
LONGEST = timedelta(hours=1)  # corrections and erasures come without a new reply


def tally_surveys(*, now: datetime) -> int:
    """Count surveys with many replies anew where replies came, and all of them once an hour; gives how many.

    Doing it twice does no harm: what was counted last stands.
    """
    kept = SurveyTally.objects.filter(survey=OuterRef("pk"))
    known = CustomerSurvey.objects.filter(Q(state=SurveyState.OPEN) | Exists(kept))
    return sum(_tally(survey, now) for survey in known.select_related("organization", "tally"))


def _tally(survey: CustomerSurvey, now: datetime) -> bool:
    replies = SurveyReply.objects.filter(survey=survey).order_by()
    tally: SurveyTally | None = getattr(survey, "tally", None)
    if tally is None and not replies[MANY_REPLIES : MANY_REPLIES + 1].exists():
        return False
    newest = replies.order_by("-pk").values_list("pk", flat=True).first() or 0
    if tally is not None:
        age = now - tally.counted_at
        if age < max(SHORTEST, TIMES_AS_LONG * timedelta(seconds=tally.seconds)):
            return False
        if newest == tally.newest_reply and age < LONGEST:
            return False
    begun, counted_at = time.monotonic(), timezone.now()
    counts = survey_counts(survey)
    seconds = time.monotonic() - begun
    SurveyTally.objects.update_or_create(
        survey=survey,
        defaults={
            "organization": survey.organization,
            "counts": counts_as_json(counts),
            "newest_reply": newest,
            "counted_at": counted_at,
            "seconds": seconds,
        },
    )
    log.info("Replies of survey %s were counted in %.1f s.", survey.pk, seconds)
    return True
