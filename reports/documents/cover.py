"""The first page of an ROI document: what must be said before all else, and the room that leaves a chart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from cxstats.codec import decoded
from cxstats.design import DesignGrade
from impact.go_lives import GoLiveHistory
from impact.selectors.cases import CaseView
from impact.selectors.studies import StudyView
from impact.wording import newer_value_text
from impact.wording.go_lives import moved_text
from reports.choices import Paper
from wording.formats import reader

COVER_LETTERS, LINE_LETTERS = 640, 95  # on the first page beside a full chart, and in one line
# The first page holds sentence, figures, grade, chart and request; Letter is the shorter paper.
COVER_HEIGHTS = {Paper.A4: 190.0, Paper.LETTER: 150.0}
SMALLEST = 90.0  # a chart that is lower says nothing
LINE, NOTICE = 20.0, 8.0  # pixels of the chart that a line of words costs, and the room between notices
TITLE_LETTERS, TITLE_LINE = 42, 38.0  # the title is set larger: letters in a line, and what a line more costs


def chart_height(
    *, paper: str, is_chinese: bool, title: str, words: Iterable[str], notices: Iterable[str]
) -> tuple[float, bool]:
    """The height in pixels, and whether the request has room below it on the first page."""
    wide = 2 if is_chinese else 1  # a Chinese character takes twice the room

    def lines(text: str, letters: int) -> int:
        return ceil(len(text) * wide / letters)

    more = max(0, sum(map(len, words)) * wide - COVER_LETTERS)
    height = COVER_HEIGHTS[Paper(paper)] - LINE * more / LINE_LETTERS
    height -= TITLE_LINE * max(0, lines(title, TITLE_LETTERS) - 1)
    height -= sum(NOTICE + LINE * lines(text, LINE_LETTERS) for text in notices if text)
    return max(height, SMALLEST), height >= SMALLEST


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something that a reader must know before the finding; `amount` is printed first and strong."""

    text: str
    amount: str = ""


def notices(
    content: dict[str, Any],
    view: StudyView,
    case: CaseView | None,
    earlier: dict[str, str] | None,
    *,
    newer_word: str = "",
) -> tuple[Notice, ...]:
    """As everything stood when the document was asked for. `newer_word`: finance's on the value that counts
    instead of that of the document."""
    texts = [Notice(text=text) for text in (*_looked_back(content), *_outdated(content, view))]
    newer = content.get("newer_value")
    if newer:
        own = (content["roi_case"]["number"], content["study"]["number"])
        text = newer_value_text(own, (newer["number"], newer["study"]), finance=newer_word)
        texts.append(Notice(text=text))
    if earlier:
        texts.append(Notice(text=earlier["sentence"], amount=earlier["amount"]))
    if case is not None and case.impossible:
        texts.append(Notice(text=case.impossible))
    return tuple(texts)


def _looked_back(content: dict[str, Any]) -> Iterator[str]:
    if since := content["initiative"].get("already_live_on"):
        yield _(
            "Recorded afterwards: live since %(day)s, with the answers there when the plan was fixed. It "
            "could have been chosen by its result."
        ) % {"day": reader().day(decoded(date, since))}


def history_of(content: dict[str, Any]) -> GoLiveHistory | None:
    """How the go-live was corrected until the document was asked for; None where it never was."""
    stored = content.get("go_live_history")
    return decoded(GoLiveHistory, stored) if stored else None


def corrected_go_live(initiative: dict[str, Any], view: StudyView) -> date | None:
    """The go-live as it stood when the document was asked for, where the study used another day."""
    stands = initiative.get("went_live_on")
    on = None if not stands else decoded(date, stands)
    return None if on == view.subject.go_live else on


def _outdated(content: dict[str, Any], view: StudyView) -> Iterator[str]:
    """Another study counts, the go-live was corrected, plan or value model were changed."""
    day = reader().day
    later = content["study"].get("superseded_by")
    went_live_on = corrected_go_live(content["initiative"], view)
    slots = {"used": day(view.subject.go_live), "day": day(went_live_on) if went_live_on else ""}
    if later and later.get("go_live"):
        yield _(
            "This study used %(used)s as the go-live. The day was corrected to %(day)s; study %(number)s "
            "used that day and is the one that counts."
        ) % {**slots, "number": later["number"]}
    elif later:
        yield _superseded(later, decoded(date, content["study"]["data_cutoff"]))
    if went_live_on and not (later and later.get("go_live")):
        yield (
            _(
                "This study used %(used)s as the go-live. The day was corrected to %(day)s since: run a new "
                "study."
            )
            % slots
        )
    plan_changed_at = content["plan"].get("changed_after_approval_at")
    design = content["study"]["inputs"]["design"]
    is_counted = design.get("changed_after_approval") or design.get("go_live_moved_after_result")
    moved = history_of(content)
    if moved is not None and (text := moved_text(moved)):
        yield text
    if plan_changed_at and not is_counted and view.grade != DesignGrade.D:
        yield _(
            "The plan was changed on %(day)s, after this study. A new study would have a design grade that "
            "is one lower."
        ) % {"day": day(decoded(datetime, plan_changed_at))}
    changed = (content["roi_case"] or {}).get("model_changed_at")
    if changed:
        yield _(
            "The value model was changed on %(day)s, after this value was computed. The figures here use the "
            "earlier inputs."
        ) % {"day": day(decoded(datetime, changed))}


def _superseded(later: dict[str, Any], own_cutoff: date) -> str:
    cutoff = decoded(date, later["data_cutoff"])
    if cutoff > own_cutoff:
        return _(
            "This document is based on a study with older data. Study %(number)s, with data up to %(day)s, "
            "is the one that counts."
        ) % {"number": later["number"], "day": reader().day(cutoff)}
    return _("This document is based on an earlier study. Study %(number)s is the one that counts.") % later
