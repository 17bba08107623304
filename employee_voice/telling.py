"""Figures of published waves in words, for readers. Whatever is hidden or blunt is said to be so."""

from collections.abc import Mapping
from math import ceil, floor

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxstats.anonymity import Telling, Why
from cxstats.engagement import Changed, Figure, FunctionResult, MeasureKind, Share
from cxstats.results import Estimate
from employee_voice.choices import DRIVERS, ENPS_QUESTION, SectionRole
from questionnaires.content import Questionnaire
from questionnaires.wording import said_in
from wording import intervals, units
from wording.formats import Reader
from wording.joining import bracketed

_FINEST = 0.05  # the narrowest step of a share that is told roughly
_LOW_END = 0.5
_WIDE = 0.1  # steps beyond this are told as a range
_ROUNDING = 1e-9


def share_text(form: Reader, share: Share | None) -> str:
    """62 %; of blunt ones about 60 %, 30 % to 50 %, at least 70 %: what holds of all that is told so."""
    if share is None:
        return "–"
    if not share.step:
        return form.percent(share.value)
    low, high = (
        form.percent(floor(100 * (share.value - share.step / 2) + _ROUNDING) / 100),
        form.percent(ceil(100 * (share.value + share.step / 2) - _ROUNDING) / 100),
    )
    if share.is_open:
        is_low = share.value < _LOW_END
        return (
            _("at most %(share)s") % {"share": high} if is_low else _("at least %(share)s") % {"share": low}
        )
    if share.step > _WIDE:
        return intervals.from_to(low, high)
    return _("about %(share)s") % {"share": form.percent(share.value)}


def answers_text(form: Reader, n: int | None, *, is_blunt: bool) -> str:
    """24 answers; of blunt ones about 25 answers."""
    if n is None:
        return ""
    written = units.answers(form, n)
    return _("about %(answers)s") % {"answers": written} if is_blunt else written


def participation_text(form: Reader, function: FunctionResult) -> str:
    """19 of 24 people asked (79 %); bluntly about 20 of 24; or that nothing is told of how many."""
    if function.answered is None:
        if not function.is_shown:
            return ""
        if not function.asked:
            return _("not told, so that nobody can be worked out")
        words = _("not told how many of %(asked)s people asked, so that nobody can be worked out")
        return words % {"asked": form.number(function.asked)}
    if not function.asked:
        return answers_text(form, function.answered, is_blunt=function.is_blunt)
    said = {"answered": form.number(function.answered), "asked": form.number(function.asked)}
    if function.is_blunt:  # rounded up it may be more than were asked
        said["answered"] = form.number(min(function.answered, function.asked))
        return _("about %(answered)s of %(asked)s people asked") % said
    share = form.percent(min(function.answered / function.asked, 1))
    return _("%(answered)s of %(asked)s people asked (%(share)s)") % {**said, "share": share}


def score_text(form: Reader, kind: MeasureKind, score: Estimate | None) -> str:
    """3.8 on the scale; eNPS with its sign: +12."""
    if score is None:
        return ""
    digits = digits_of(kind)
    return form.signed(score.value, digits) if kind is MeasureKind.ENPS else form.number(score.value, digits)


def range_text(form: Reader, kind: MeasureKind, score: Estimate | None) -> str:
    """3.6 to 4.0; eNPS +2 to +22; "" without one."""
    if score is None:
        return ""
    low, high = score.interval.low, score.interval.high
    if kind is MeasureKind.ENPS:
        return intervals.of_change(form, low, high, 0)
    return intervals.from_to(form.number(low, 1), form.number(high, 1))


def digits_of(kind: MeasureKind) -> int:
    """Decimals of a score, wherever it is told: those of the page."""
    return 0 if kind is MeasureKind.ENPS else 1


def told_value(share: Share) -> float:
    """A share as files and programs get it: whole percents; of a rough one the middle of its step, with as
    many digits as its ends on the page need."""
    return round(share.value, 4 if share.step else 2)


def cell_text(kind: MeasureKind, favourable: str, score: str) -> str:
    """What stands in the heat map: favourable answers; eNPS, of blunt ones the promoters."""
    if kind is not MeasureKind.ENPS:
        return favourable
    return score or _("promoters %(share)s") % {"share": favourable}


def change_text(form: Reader, kind: MeasureKind, changed: Changed | None) -> str:
    """+0.4 (+0.1 to +0.7); "" where nothing stands out."""
    if changed is None or not changed.is_change:
        return ""
    digits, found = 0 if kind is MeasureKind.ENPS else 1, changed.difference
    digits = digits if abs(found.value) >= 10**-digits / 2 else 2
    around = intervals.of_change(form, found.interval.low, found.interval.high, digits)
    return bracketed(form.signed(found.value, digits), around)


def hidden_figure_text(figure: Figure, *, since: str = "") -> str:
    """Why a figure of a shown function is not there; "" where it is. `since`: the function is told roughly
    because of an earlier wave, this one."""
    if figure.how is Telling.HIDDEN and since:
        words = _(
            "Hidden: only a few people may have joined or left since %(wave)s, and even a range could tell "
            "what they said."
        )
        return words % {"wave": since}
    if figure.how is Telling.HIDDEN:
        return _("Hidden: too few answers, or it would tell what a few people said.")
    return _("Nobody answered this.") if not figure.n else ""


def wave_text(number: int | None) -> str:
    """Wave 2; an earlier wave, where it is one of another survey."""
    return _("an earlier wave") if number is None else _("wave %(number)s") % {"number": number}


def rough_function_text(form: Reader, function: FunctionResult, *, since: str = "") -> str:
    """Why a whole function is told roughly; "" where it is not. `since`: the wave since which a few people
    joined or left it, none where that is so of functions beside it."""
    if not function.is_shown or not function.is_blunt:
        return ""
    if since:
        words = _(
            "Told roughly, because only a few people may have joined or left since %(wave)s: people to fives "
            "or tens, shares in steps of %(step)s or wider, and no change."
        )
        return words % {"wave": since, "step": form.percent(_FINEST)}
    return _(
        "Told roughly, so that functions which only a few people may have joined or left cannot be worked "
        "out by subtraction."
    )


def hidden_function_text(function: FunctionResult, *, minimum: int, counted_with: str = "") -> str:
    """Why there are no figures of a function; "" where there are. `counted_with`: name of the larger one."""
    if function.is_shown:
        return ""
    if counted_with:
        return _("Few people: their answers are counted with %(function)s.") % {"function": counted_with}
    if function.is_empty:
        return _("Nobody answered.")
    if function.why is Why.OTHERS:
        return _("Hidden, so that a smaller group cannot be worked out by subtraction.")
    return _("Hidden: fewer than %(minimum)s people, or answers to a question.") % {"minimum": minimum}


def measure_names(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Drivers by the title of their section, items by their text, in the reader's language."""
    language = get_language() or questionnaire.default_language
    names = dict[str, str]()
    for section in questionnaire.sections:
        title = said_in(section.title, language, default=questionnaire.default_language).text
        if section.key in {*DRIVERS, SectionRole.ENGAGEMENT}:
            names[section.key] = title or str(SectionRole(section.key).label)
        for question in section.questions:
            names[question.key] = said_in(
                question.text, language, default=questionnaire.default_language
            ).text
    if ENPS_QUESTION in names:
        names[ENPS_QUESTION] = _("eNPS")
    return names


def choice_names(questionnaire: Questionnaire, question: str) -> Mapping[str, str]:
    """Choices of a question in the reader's language."""
    language = get_language() or questionnaire.default_language
    return {
        choice.key: said_in(choice.label, language, default=questionnaire.default_language).text
        for one in questionnaire.questions
        if one.key == question
        for choice in one.choices
    }
