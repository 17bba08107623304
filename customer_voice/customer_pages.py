"""What the pages of accounts and contacts say, put together from selectors. No rule, no query of its own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from customer_voice.charts import difference_text, measure_of
from customer_voice.choices import NOTHING, ChangeReading, Consent
from customer_voice.models import Contact, CustomerAccount, Feedback
from customer_voice.selectors import named
from customer_voice.selectors.customers import Kept, customers_kept
from customer_voice.selectors.mailings import state_of
from customer_voice.selectors.relationships import (
    Relationship,
    Score,
    SurveySent,
    answers_of,
    latest_answers,
    relationship,
    surveys_sent,
)
from customer_voice.services import CustomerUndo
from wording.formats import reader
from wording.joining import listed, sentences

_TONES = {ChangeReading.BETTER: "good", ChangeReading.WORSE: "bad"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreLine:
    """One metric at one touchpoint, all of it as text. `plain`: what stands in place of a figure."""

    score: Score
    name: str
    value: str
    interval: str
    people: str
    plain: str
    trend: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLine:
    """One thing that somebody said: its score as in a table."""

    row: Feedback
    metric: str
    score: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPage:
    sentence: str
    caution: str
    value: str
    has_left: bool
    found: Relationship
    scores: list[ScoreLine]
    answers: list[AnswerLine]
    surveys: list[SurveySent]


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPage:
    answers: list[AnswerLine]
    invitations: list[tuple[Any, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptLine:
    """How many customers are kept over a time, or why that is not told."""

    name: str
    value: str
    text: str


def account_page(organization: Organization, account: CustomerAccount) -> AccountPage:
    """Ten queries, whatever the number of contacts and answers."""
    found = relationship(organization, account)
    return AccountPage(
        sentence=_who_answered(account, found),
        caution=_caution(found),
        value="" if account.yearly_value is None else reader().money(account.yearly_value, account.currency),
        has_left=_has_left(account, organization.clock.today()),
        found=found,
        scores=[_score_line(score) for score in found.scores],
        answers=_answer_lines(latest_answers(organization, account)),
        surveys=surveys_sent(account),
    )


def contact_page(contact: Contact, invitations: Any) -> ContactPage:
    """Two queries."""
    return ContactPage(
        answers=_answer_lines(answers_of(contact)),
        invitations=[(row, str(state_of(row).label)) for row in invitations],
    )


def kept_lines(organization: Organization) -> list[KeptLine]:
    """One query."""
    return [_kept_line(one) for one in customers_kept(organization)]


def value_text(value: Any) -> str:
    """A value of an account or contact, as the report on a list says it."""
    if value is None or value == "" or value == ():
        return NOTHING
    if isinstance(value, Consent):
        return str(value.label)
    if isinstance(value, tuple):
        return listed(value)
    if isinstance(value, date):
        return reader().day(value)
    if isinstance(value, (int, Decimal)):
        return reader().shortest(value)
    return str(value)


def answers_text(number: int) -> str:
    return ngettext("%(count)s answer", "%(count)s answers", number) % {"count": reader().number(number)}


def undo_facts(undo: CustomerUndo) -> list[str]:
    """What taking a list or a merge back would do, in sentences."""
    number = reader().number
    found = []
    if undo.removed:
        text = ngettext(
            "%(count)s record that it added goes: nobody has changed or used it since.",
            "%(count)s records that it added go: nobody has changed or used them since.",
            undo.removed,
        )
        found.append(text % {"count": number(undo.removed)})
    if undo.is_merge and not undo.returned:
        found.append(_("The other record comes back; nothing had moved with it."))
    elif undo.is_merge:
        text = ngettext(
            "The other record comes back with %(count)s answer, letter or contact that had moved.",
            "The other record comes back with %(count)s answers, letters and contacts that had moved.",
            undo.returned,
        )
        found.append(text % {"count": number(undo.returned)})
    if undo.is_merge:
        found.append(_("This record loses what it took over from it, where nobody has changed it since."))
    elif undo.restored:
        text = ngettext(
            "%(count)s record becomes what it was, in what nobody has changed since.",
            "%(count)s records become what they were, in what nobody has changed since.",
            undo.restored,
        )
        found.append(text % {"count": number(undo.restored)})
    if undo.stay:
        text = ngettext(
            "%(count)s stays as it is: changed or used since.",
            "%(count)s stay as they are: changed or used since.",
            undo.stay,
        )
        found.append(text % {"count": number(undo.stay)})
    return found


def _answer_lines(rows: list[Feedback]) -> list[AnswerLine]:
    return [
        AnswerLine(
            row=row,
            metric="" if row.metric is None else named(row.metric),
            score="" if row.metric is None else row.metric.calculation.cell_text(row),
        )
        for row in rows
    ]


def _has_left(account: CustomerAccount, today: date) -> bool:
    return account.left_on is not None and account.left_on <= today


def _who_answered(account: CustomerAccount, found: Relationship) -> str:
    """Who answered within the year, of how many, and who is silent."""
    number = reader().number
    facts = {"people": number(found.people), "all": number(found.population or 0)}
    if not found.people:
        first = _("No known contact has answered in the last 12 months.")
    elif found.population is not None:
        text = ngettext(
            "%(people)s of %(all)s person who can be asked has answered in the last 12 months.",
            "%(people)s of %(all)s people who can be asked have answered in the last 12 months.",
            found.population,
        )
        first = text % facts
    else:
        text = ngettext(
            "%(people)s person has answered in the last 12 months.",
            "%(people)s people have answered in the last 12 months.",
            found.people,
        )
        first = text % facts
    if not found.silent_total:
        return first
    text = ngettext("%(count)s contact is silent.", "%(count)s contacts are silent.", found.silent_total)
    return sentences([first, text % {"count": number(found.silent_total)}])


def _caution(found: Relationship) -> str:
    """What these answers cannot tell."""
    parts = []
    if found.is_population_too_low:
        parts.append(
            _("More people have answered than the account is said to have. Correct the number of people.")
        )
    elif found.is_census:
        parts.append(_("Everyone who can be asked has answered: nothing is left to chance."))
    elif found.population is not None and found.people:
        parts.append(
            _(
                "The ranges take into account how many people have not answered, and suppose that they think "
                "like those who have. No range can tell whether they do."
            )
        )
    elif found.people:
        parts.append(
            _(
                "How many people can be asked is not known, so the ranges are wider than they need to be. "
                "Add the number."
            )
        )
    if found.nameless:
        text = ngettext(
            "%(count)s answer names nobody and is not in these scores.",
            "%(count)s answers name nobody and are not in these scores.",
            found.nameless,
        )
        parts.append(text % {"count": reader().number(found.nameless)})
    if found.is_cut:
        parts.append(_("There are very many answers, so only the latest ones are used."))
    return sentences(parts)


def _score_line(score: Score) -> ScoreLine:
    figure = score.figure
    shown = measure_of(score.metric, [None if figure is None else figure.value])
    value = "" if figure is None else shown.text(figure.value)
    return ScoreLine(
        score=score,
        name=named(score.metric),
        value=value,
        interval="" if figure is None else shown.range(figure.low, figure.high),
        people=_people_text(score),
        plain="" if value else _plain(score),
        trend=_trend(score, shown),
        tone="" if score.change is None else _TONES.get(score.change.reading, ""),
    )


def _people_text(score: Score) -> str:
    number = reader().number
    if score.population is None:
        text = ngettext("%(count)s person", "%(count)s people", score.people)
        return text % {"count": number(score.people)}
    text = ngettext("%(count)s of %(all)s person", "%(count)s of %(all)s people", score.population)
    return text % {"count": number(score.people), "all": number(score.population)}


def _plain(score: Score) -> str:
    """Answers one by one: too few people for a figure."""
    given = listed([reader().shortest(one) for one in score.scores])
    return _("Too few people for a figure. They said: %(scores)s.") % {"scores": given}


def _trend(score: Score, shown: Any) -> str:
    """Said where it is one; chance is said too, and nothing where nothing can be compared."""
    found = score.change
    if found is None or found.estimate is None:
        return ""
    if found.reading == ChangeReading.BETTER:
        text = _("better than in the year before: %(difference)s")
    elif found.reading == ChangeReading.WORSE:
        text = _("worse than in the year before: %(difference)s")
    else:
        return _("no clear change")
    return text % {"difference": difference_text(shown, found)}


def _kept_line(one: Kept) -> KeptLine:
    number = reader().number
    name = _("Kept over a year") if one.days == 365 else _("Kept over %(days)d days") % {"days": one.days}
    facts = {
        "kept": number(one.kept),
        "customers": number(one.customers),
        "day": reader().day(one.since),
        "undated": number(one.undated),
        "accounts": number(one.accounts),
    }
    if one.share is not None:
        text = ngettext(
            "%(kept)s of %(customers)s customer of %(day)s is a customer today.",
            "%(kept)s of %(customers)s customers of %(day)s are customers today.",
            one.customers,
        )
        return KeptLine(name=name, value=reader().percent(one.share), text=text % facts)
    if one.is_undated:
        text = ngettext(
            "No figure: %(undated)s of %(accounts)s account has no start date.",
            "No figure: %(undated)s of %(accounts)s accounts have no start date.",
            one.accounts,
        )
        return KeptLine(name=name, value="", text=text % facts)
    text = ngettext(
        "No figure: %(customers)s customer is known of %(day)s, which is too few.",
        "No figure: %(customers)s customers are known of %(day)s, which is too few.",
        one.customers,
    )
    return KeptLine(name=name, value="", text=text % facts)
