"""How a file was understood, in sentences: for whoever chooses its columns, and beside what came in."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customer_voice.models import ImportBatch
from tabular.choices import Encoding
from tabular.dates import ClockChange
from tabular.moments import MARKED, zone_in_name
from tabular.opening import FileFacts
from wording.formats import reader
from wording.joining import listed

MOST_NAMED = 12
_SAYS_ITSELF = {Encoding.UTF_8, Encoding.UTF_16}


def notes_on_file(facts: FileFacts) -> list[str]:
    """What was taken for granted in reading the file: nothing where it could be read in one way only."""
    notes = []
    if facts.header_row > 1:
        notes.append(
            _("The names of the columns are read from line %(line)d. What is above is not imported.")
            % {"line": facts.header_row}
        )
    if facts.heads:
        notes.append(
            ngettext(
                "Line %(lines)s describes the columns and is not imported.",
                "Lines %(lines)s describe the columns and are not imported.",
                len(facts.heads),
            )
            % {"lines": listed([str(number) for number in facts.heads])}
        )
    if not facts.sheets and facts.layout.encoding not in _SAYS_ITSELF:
        notes.append(
            _(
                "The letters are read as %(encoding)s. If names or comments look wrong below, upload the "
                "file again and choose its encoding."
            )
            % {"encoding": Encoding(facts.layout.encoding).label}
        )
    labels = dict(zip(facts.header, facts.labels, strict=False))
    for column in facts.header:
        name = column if zone_in_name(column) is not None else labels.get(column, "")
        match = MARKED.search(name)
        if match and zone_in_name(name) is not None:
            notes.append(
                _("Times in “%(column)s” are read in %(zone)s, as its name says.")
                % {"column": column, "zone": match[1]}
            )
    return notes


def rows_set_aside(batch: ImportBatch) -> list[str]:
    """Rows that are neither imported nor wrong, by reason."""
    found = []
    unanswered, previews = batch.aside.get("no_answer", 0), batch.aside.get("preview", 0)
    if unanswered:
        found.append(
            ngettext(
                "%(number)d row holds neither a score nor a comment",
                "%(number)d rows hold neither a score nor a comment",
                unanswered,
            )
            % {"number": unanswered}
        )
    if previews:
        found.append(
            ngettext(
                "%(number)d row is marked as a preview, a test or spam",
                "%(number)d rows are marked as previews, tests or spam",
                previews,
            )
            % {"number": previews}
        )
    left_out = batch.aside.get("left_out", 0)
    if left_out:
        found.append(
            ngettext(
                "%(number)d row is left out by your conditions",
                "%(number)d rows are left out by your conditions",
                left_out,
            )
            % {"number": left_out}
        )
    return found


def columns_unread(batch: ImportBatch) -> str:
    """The columns that nothing is read from, as many as a line holds."""
    names = listed(_("“%(text)s”") % {"text": name} for name in batch.columns_unread[:MOST_NAMED])
    more = len(batch.columns_unread) - MOST_NAMED
    return _("%(names)s and %(count)s more") % {"names": names, "count": more} if more > 0 else names


def clock_changes(batch: ImportBatch) -> list[str]:
    """What was made of times that are no one moment, because the clock was changed at that hour."""
    found = []
    skipped, doubled = (batch.clock_changes.get(change.value) for change in ClockChange)
    if skipped:
        found.append(
            ngettext(
                "%(number)s row has a time that did not exist, because the clock was put forward "
                "(“%(time)s” in row %(row)s). It is read as if the clock had not been changed yet.",
                "%(number)s rows have a time that did not exist, because the clock was put forward "
                "(“%(time)s” in row %(row)s). It is read as if the clock had not been changed yet.",
                skipped["rows"],
            )
            % _slots(skipped)
        )
    if doubled:
        found.append(
            ngettext(
                "%(number)s row has a time that was there twice, because the clock was put back "
                "(“%(time)s” in row %(row)s). It is read as the first of the two.",
                "%(number)s rows have a time that was there twice, because the clock was put back "
                "(“%(time)s” in row %(row)s). It is read as the first of the two.",
                doubled["rows"],
            )
            % _slots(doubled)
        )
    if found:
        found.append(_("Times with their offset from UTC (such as +01:00) are read as they are."))
    return found


def _slots(change: dict[str, Any]) -> dict[str, str]:
    return {
        "number": reader().number(change["rows"]),
        "row": reader().number(change["row"]),
        "time": change["text"],
    }


def words_read(batch: ImportBatch) -> list[str]:
    """Which words count as which answer, and which as none."""
    quoted = {word: _("“%(text)s”") % {"text": word} for word in batch.words_read}
    said = sorted((Decimal(figures), word) for word, figures in batch.words_read.items() if figures)
    found = [_("%(words)s = %(score)s") % {"words": quoted[word], "score": score} for score, word in said]
    silent = sorted(quoted[word] for word, figures in batch.words_read.items() if not figures)
    if silent:
        found.append(_("no answer: %(words)s") % {"words": listed(silent)})
    return found
