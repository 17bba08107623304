"""What home says of employee surveys in one line."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from employee_voice.choices import WaveState
from employee_voice.selectors import WaveNow
from employee_voice.telling import share_text
from wording.formats import reader
from wording.joining import sentences


def employees_sentence(waves: Sequence[WaveNow], today: date) -> str:
    """The open wave with its last day and, in steps, how many have answered; else what was published last."""
    now = next((one for one in waves if one.wave.state == WaveState.OPEN), None)
    if now is not None:
        return sentences([_closes(now.wave.closes_on, today), _participation(now)])
    if any(one.wave.state == WaveState.CLOSING for one in waves):
        return _("The wave takes no more answers. They are being opened.")
    published = next((one for one in waves if one.wave.state == WaveState.PUBLISHED), None)
    if published is None:
        return _("Your employees have not been asked yet.")
    if published.engagement is None:
        return _("The results of “%(wave)s” are published.") % {"wave": published.wave}
    return _("Engagement in “%(wave)s”: %(share)s favorable.") % {
        "wave": published.wave,
        "share": share_text(reader(), published.engagement),
    }


def _closes(day: date, today: date) -> str:
    days = (day - today).days
    if days <= 0:
        return _("The wave closes today.")
    text = ngettext("The wave closes in %(count)d day.", "The wave closes in %(count)d days.", days)
    return text % {"count": days}


def _participation(now: WaveNow) -> str:
    """Of the whole organization alone, from the number of answers on from which anything is said."""
    found = now.participation
    if found is None or found.about_pct is None:
        return ""
    return _("About %(share)s have answered.") % {"share": reader().percent(found.about_pct / 100)}
