"""What a written figure is called: points, percentage points, steps of a scale, times, numbers of rows.

Every function takes figures that are written already, or the reader who is to read them. A metric's rule says
which of these is its unit; the words stand here, so that plan, page, finding and document say the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wording.formats import Reader

HOUR_SECONDS = 3600
DAY_SECONDS = 86400
_HOURS_UP_TO = 72  # longer times are written in days


def points(figure: str, count: int) -> str:
    """6 points; `count` chooses singular or plural."""
    return ngettext("%(number)s point", "%(number)s points", count) % {"number": figure}


def percentage_points(figure: str, count: int) -> str:
    """4.2 percentage points; `count` chooses singular or plural."""
    words = ngettext("%(number)s percentage point", "%(number)s percentage points", count)
    return words % {"number": figure}


def on_scale(figure: str, low: Any, high: Any) -> str:
    """0.3 on the scale 1–5."""
    return _("%(figure)s on the scale %(low)s–%(high)s") % {"figure": figure, "low": low, "high": high}


def of_the_time(form: Reader, figure: str) -> str:
    """12 % of the time."""
    return _("%(share)s of the time") % {"share": form.in_percents(figure)}


def of_the_number(form: Reader, figure: str) -> str:
    """12 % of the number."""
    return _("%(share)s of the number") % {"share": form.in_percents(figure)}


def answers(form: Reader, n: int) -> str:
    return ngettext("%(number)s answer", "%(number)s answers", n) % {"number": form.number(n)}


def cases(form: Reader, n: int) -> str:
    return ngettext("%(number)s case", "%(number)s cases", n) % {"number": form.number(n)}


def days(form: Reader, n: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", n) % {"number": form.number(n)}


def years(form: Reader, value: float) -> str:
    """2.4 years."""
    count = 1 if round(value, 1) == 1 else 2
    return ngettext("%(number)s year", "%(number)s years", count) % {"number": form.number(value, 1)}


def duration(form: Reader, seconds: float) -> str:
    """A time in the unit that it means something in: 45 min, 5.2 h, 4.0 days."""
    if seconds < HOUR_SECONDS:
        return _("%(number)s min") % {"number": form.number(seconds / 60, 0)}
    if seconds < _HOURS_UP_TO * HOUR_SECONDS:
        return _("%(number)s h") % {"number": form.number(seconds / HOUR_SECONDS, 1)}
    return _("%(number)s days") % {"number": form.number(seconds / DAY_SECONDS, 1)}


def hours_of_day(form: Reader, hours: Iterable[Sequence[int]]) -> str:
    """Spans in minutes after midnight: 09:00–12:30, 13:30–18:00. An end beyond 1440 is on the next day."""
    spans = (
        "–".join(form.time_of_day(minute if minute <= 1440 else minute - 1440) for minute in span)
        for span in hours
    )
    return ", ".join(spans) or _("closed")
