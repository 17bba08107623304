"""Lists of people to ask: read, looked at and confirmed before anybody is written to."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import one_at_a_time
from common.errors import InvalidValues
from common.text import one_line
from customer_voice import survey_content as plain
from customer_voice.choices import MailingKind
from customer_voice.errors import SurveyListChanged
from customer_voice.models import Contact, CustomerSurvey, RecipientList, SurveyInvitation
from customer_voice.selectors.customers import unsubscribed
from customer_voice.services.former_customers import remember_list
from customer_voice.services.mailings import (
    quiet_days_of,
    record_invited,
    require_open,
    secret_of,
    start_mailing,
)
from customer_voice.services.placing import Listed, Placed, Placing, place, store
from customer_voice.services.refusals import lots
from customer_voice.services.surveys import locked_survey
from questionnaires.forms import language_among
from questionnaires.reading import language_of
from questionnaires.wording import language_code, stand_ins

MOST_AT_ONCE = 50_000
LIST_KEPT_HOURS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One line of a list. `line` counts as a spreadsheet does, 0 where it comes from the contacts."""

    email: str
    name: str = ""
    language: str = ""
    account: str = ""
    segment: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """What becomes of a list: `asked` are new; the others are left out, each for one reason.

    `languages`: what people's languages are called that the survey has not, and how many get the first one.
    `placed`: what happens to contacts and accounts, where the list names accounts.
    """

    asked: int
    doubles: int = 0
    known: int = 0  # on the list of this survey already
    unsubscribed: int = 0
    quiet: int = 0  # asked by another survey within the quiet period
    without_address: int = 0
    wrong: tuple[tuple[int, str], ...] = ()  # line and what stands there in place of an address
    languages: Mapping[str, int] = field(default_factory=dict)
    placed: Placed | None = None

    @property
    def mark(self) -> str:
        """What somebody has seen of contacts who confirms the list; empty where it names no accounts."""
        return self.placed.mark if self.placed is not None else ""

    @property
    def seen_mark(self) -> str:
        """The same with how many are asked."""
        return f"{self.asked}/{self.mark}"

    @property
    def left_out(self) -> int:
        others = self.doubles + self.known + self.unsubscribed + self.quiet
        return others + self.without_address + len(self.wrong)


@transaction.atomic
def keep_list(
    *,
    by: Membership,
    survey: CustomerSurvey,
    people: Sequence[Recipient],
    unread: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
) -> RecipientList:
    """Keep a list until somebody has looked at what it brings and confirmed it; nobody is written to.

    `columns`: what the columns that are read are called. Another list that the same person left waiting goes.
    Raises InvalidValues where it is empty or too long,
    SurveyNotInState.
    """
    survey = locked_survey(survey)
    require_open(survey)
    if not people:
        raise _wrong_people(_("The list is empty."))
    if len(people) > MOST_AT_ONCE:
        raise _wrong_people(_("At most %(limit)d at once.") % {"limit": MOST_AT_ONCE})
    RecipientList.objects.filter(survey=survey, created_by=by).delete()
    return RecipientList.objects.create(
        survey=survey,
        people=[
            [
                one.line,
                one.email[:300],
                one.name[:150],
                one.language[:60],
                one.account[:300],
                one.segment[:60],
            ]
            for one in people
        ],
        columns={name: one_line(column)[:80] for name, column in (columns or {}).items()},
        unread=[one_line(column)[:80] for column in unread],
        created_by=by,
    )


def people_of(kept: RecipientList) -> list[Recipient]:
    """As they were written; a list that an older version kept names no accounts."""
    names = ("line", "email", "name", "language", "account", "segment")
    return [Recipient(**dict(zip(names, one, strict=False))) for one in kept.people]


@transaction.atomic
def invite_list(
    *,
    by: Membership,
    kept: RecipientList,
    expected: int,
    seen: str = "",
    places: bool = True,
    moves: bool = False,
) -> Invited:
    """Ask the people of a list that was confirmed; it is gone with that. `places`, `moves`: see `invite`.

    Raises SurveyListChanged where it would ask other than the `expected` number now, or do something else to
    contacts than was `seen`; SurveyNotInState.
    """
    one_at_a_time(by.organization)
    held = RecipientList.objects.select_for_update(of=("self",)).filter(pk=kept.pk).first()
    if held is None:
        raise SurveyListChanged(_("This list has been sent or dropped already."))
    survey = CustomerSurvey.objects.select_related("organization").get(pk=held.survey_id)
    now = planned(survey, people_of(held))
    if now.asked != expected:
        raise SurveyListChanged(
            _("The list would reach another number of people now. Look at it again; nobody was asked.")
        )
    if now.mark != seen:
        raise SurveyListChanged(
            _("The list would change contacts in another way now. Look at it again; nobody was asked.")
        )
    found = invite(by=by, survey=survey, people=people_of(held), places=places, moves=moves)
    held.delete()
    return found


@transaction.atomic
def invite_seen(
    *,
    by: Membership,
    survey: CustomerSurvey,
    people: Sequence[Recipient],
    seen: str = "",
    moves: bool = False,
) -> Invited:
    """Ask people for another program, which may have looked before at what that brings (`seen_mark`).

    Raises SurveyListChanged where something else would happen now, SurveyNotInState.
    """
    one_at_a_time(by.organization)
    if seen and seen != planned(survey, people).seen_mark:
        raise SurveyListChanged(
            _("The list would do something else now. Look at it again; nobody was asked.")
        )
    return invite(by=by, survey=survey, people=people, moves=moves)


def drop_list(*, kept: RecipientList) -> None:
    """Forget a list that nobody wants to send. Twice does no harm."""
    RecipientList.objects.filter(pk=kept.pk).delete()


def forget_lists(*, now: datetime) -> None:
    """Lists that nobody confirmed within a day go."""
    RecipientList.objects.filter(created_at__lt=now - timedelta(hours=LIST_KEPT_HOURS)).delete()


@transaction.atomic
def invite(
    *,
    by: Membership,
    survey: CustomerSurvey,
    people: Sequence[Recipient],
    places: bool = True,
    moves: bool = False,
) -> Invited:
    """Put people on the list of an open survey and have the worker write to them; see `planned`.

    Those whom the list names with an account become its contacts, unless `places` says no; contacts of
    another one move where `moves` says so. Raises SurveyNotInState.
    """
    one_at_a_time(by.organization)  # two lists at once see each other: nobody is asked twice
    survey = locked_survey(survey)
    require_open(survey)
    rows, found, placing = _plan(survey, people, places=places, moves=moves)
    store(by, placing)
    if rows:
        SurveyInvitation.objects.bulk_create(rows, batch_size=1000)
        if placing.added or placing.changed:  # after the invitations, so that these do not hold contacts
            with written_for(by.organization):
                called = _("people asked by “%(survey)s”") % {"survey": survey.name}
            remember_list(by=by, filename=called[:200], plan=placing.plan)
        start_mailing(by, survey, MailingKind.INVITE)
        record_invited(by, survey, letters=len(rows), left_out=found.left_out)
    return found


def planned(survey: CustomerSurvey, people: Sequence[Recipient]) -> Invited:
    """What inviting these people would do now, without doing it.

    Left out, and counted: lines without an address or with none that can be one, doubles by letter case, who
    is on the list, who wants no more surveys, whom another survey asked within the quiet period. Only those
    who are asked become contacts of an account.
    """
    return _plan(survey, people, places=True, moves=False)[1]


def asked_lately(survey: CustomerSurvey, emails: Sequence[str], *, all_of_it: bool = False) -> set[str]:
    """Which of these the organization has asked within the quiet period, by another survey or after an event;
    `all_of_it`: by the lists of this very survey too.
    """
    days = quiet_days_of(survey.organization)
    if not days:
        return set()
    since = timezone.now() - timedelta(days=days)
    asked = SurveyInvitation.objects.filter(survey__organization=survey.organization, added_at__gt=since)
    if not all_of_it:
        asked = asked.exclude(survey=survey, event=None)
    return {email for lot in lots(emails) for email in _emails(asked.filter(email__in=lot))}


def _plan(
    survey: CustomerSurvey, people: Sequence[Recipient], *, places: bool, moves: bool
) -> tuple[list[SurveyInvitation], Invited, Placing]:
    organization = survey.organization
    wanted, doubles, without, wrong = _sorted_out(people)
    stopped = unsubscribed(organization, [*wanted])
    on_list = SurveyInvitation.objects.filter(survey=survey, event=None)
    known = {email for lot in lots([*wanted]) for email in _emails(on_list.filter(email__in=lot))}
    quiet = asked_lately(survey, [*wanted]) - known - stopped
    stopped -= known
    asked = {email: one for email, one in wanted.items() if email not in known | stopped | quiet}
    contacts = _contacts(organization, asked)
    names_accounts = places and any(one.account for one in people)
    listed = {email: _listed(one) for email, one in asked.items()} if names_accounts else {}
    placing = place(organization, listed, contacts, moves=moves)
    content, unknown = plain.survey_content(survey.content), Counter[str]()
    rows = []
    for email, person in asked.items():
        several = contacts.get(email, [])
        contact = placing.contacts.get(email, several[0] if len(several) == 1 else None)
        said = person.language or (contact.language if contact else "")
        if said and not _is_spoken(said, content.languages):
            unknown[said] += 1
        row = SurveyInvitation(
            survey=survey,
            email=email,
            name=person.name,
            language=language_among(content, language_of(said))[:12] if said else "",
            contact=contact,
        )
        secret_of(row)
        rows.append(row)
    found = Invited(
        asked=len(rows),
        doubles=doubles,
        known=len(known),
        unsubscribed=len(stopped),
        quiet=len(quiet),
        without_address=without,
        wrong=tuple(wrong),
        languages=dict(sorted(unknown.items())),
        placed=placing.placed if names_accounts else None,
    )
    return rows, found, placing


def _listed(person: Recipient) -> Listed:
    return Listed(
        line=person.line,
        account=person.account,
        segment=person.segment,
        name=person.name,
        language=(language_of(person.language) or "")[:12],
    )


def _sorted_out(
    people: Sequence[Recipient],
) -> tuple[dict[str, Recipient], int, int, list[tuple[int, str]]]:
    """Addresses in lower case with their first line; doubles, lines without an address, and wrong ones."""
    wanted: dict[str, Recipient] = {}
    wrong, doubles, without = list[tuple[int, str]](), 0, 0
    for person in people:
        email = person.email.strip().lower()
        if not email:
            without += 1
        elif not is_address(email):
            wrong.append((person.line, one_line(person.email)[:60]))
        elif email in wanted:
            doubles += 1
        else:
            wanted[email] = replace(person, email=email, name=one_line(person.name)[:150])
    return wanted, doubles, without, wrong


def is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _is_spoken(said: str, languages: Sequence[str]) -> bool:
    code = language_of(said)
    return bool(code) and any(one in languages for one in stand_ins(language_code(code), ""))


def _emails(rows: "QuerySet[SurveyInvitation]") -> Iterable[str]:
    return rows.values_list("email", flat=True)


def _contacts(organization: Organization, emails: Collection[str]) -> dict[str, list[Contact]]:
    """The contacts of each address."""
    found = dict[str, list[Contact]]()
    for contact in Contact.objects.of(organization).exclude(email="").select_related("account"):
        email = contact.email.lower()
        if email in emails:
            found.setdefault(email, []).append(contact)
    return found


def _wrong_people(text: str) -> InvalidValues:
    return InvalidValues(text, fields={"people": text})
