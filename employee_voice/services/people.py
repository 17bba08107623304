"""Whom a wave asks: members, addresses of a list, and how many slips are printed for each function."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership
from accounts.selectors import no_function_text
from accounts.services import record_event
from common.errors import InvalidValues
from employee_voice.choices import MOST_PEOPLE, MOST_SLIPS, WaveState
from employee_voice.errors import PeopleInvalid
from employee_voice.importers import ListedPerson
from employee_voice.models import Invitation, Wave, WaveFunction
from employee_voice.services.links import listed
from employee_voice.services.states import locked, require_state
from employee_voice.services.waves import sync_functions

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedPerson:
    """One row of a list: what it becomes, or what is wrong with it."""

    line: int
    email: str
    function: str
    function_id: int | None
    problem: str = ""
    is_known: bool = False  # on the list already, in the same function


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedList:
    rows: tuple[CheckedPerson, ...]

    @property
    def problems(self) -> tuple[CheckedPerson, ...]:
        return tuple(row for row in self.rows if row.problem)

    @property
    def lacks_function(self) -> bool:
        """A row names one that the organization does not have."""
        return any(row.function.strip() and row.function_id is None for row in self.rows)

    @property
    def new(self) -> int:
        return sum(1 for row in self.rows if not row.problem and not row.is_known)

    @property
    def known(self) -> int:
        return sum(1 for row in self.rows if row.is_known and not row.problem)


def check_people(*, wave: Wave, lines: Sequence[ListedPerson]) -> CheckedList:
    """What each row of a list would become. Changes nothing. Two queries. Raises PeopleInvalid: none, too
    many.
    """
    if not lines:
        raise _refused(_("The list is empty."))
    there = dict(Invitation.objects.filter(wave=wave).values_list("email", "wave_function__function"))
    if len(lines) + len(there) > MOST_PEOPLE:
        raise _refused(_("A wave asks at most %(most)d people.") % {"most": MOST_PEOPLE})
    functions = list(BusinessFunction.objects.of(wave.survey.organization))
    return CheckedList(rows=tuple(_checked(lines, there, functions)))


def _checked(
    lines: Sequence[ListedPerson],
    there: Mapping[str, int | None],
    functions: Sequence[BusinessFunction],
) -> Iterator[CheckedPerson]:
    by_word = {word: row.pk for row in functions for word in (row.key, row.name.casefold())}
    names = {row.pk: row.name for row in functions}
    seen: dict[str, CheckedPerson] = {}
    for line in lines:
        email = line.email.strip().lower()
        function = by_word.get(line.function.strip().casefold())
        problem = ""
        if not is_address(email):
            problem = _("“%(text)s” is not an e-mail address.") % {"text": line.email[:80]}
        elif not line.function.strip():
            problem = _("This row has no business function.")
        elif function is None:
            problem = no_function_text(line.function, tuple(names.values()))
        elif email in seen:
            problem = _twice(seen[email], function)
        elif there.get(email, function) != function:
            problem = _("This address is on the list already, in “%(function)s”.") % {
                "function": names.get(there[email] or 0, "–")
            }
        row = CheckedPerson(
            line=line.line,
            email=email,
            function=names.get(function or 0, line.function),
            function_id=function,
            problem=problem,
            is_known=email in there,
        )
        if is_address(email):
            seen.setdefault(email, row)
        yield row


def _twice(first: CheckedPerson, function: int) -> str:
    if first.function_id == function:
        return _("The same address is in row %(line)s.") % {"line": first.line}
    return _("Row %(line)s puts this address in “%(function)s”. Each person belongs to one function.") % {
        "line": first.line,
        "function": first.function,
    }


@transaction.atomic
def take_people(*, by: Membership, wave: Wave, lines: Sequence[ListedPerson]) -> CheckedList:
    """Add all people of a list, or nobody: one bad row refuses the list. Raises PeopleInvalid,
    WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    checked = check_people(wave=wave, lines=lines)
    if checked.problems:
        raise _refused(_("Nobody was added. Correct the marked rows first."))
    _add(wave, ((row.email, row.function_id, "") for row in checked.rows if not row.is_known))
    _record(by, wave, {"people": checked.new, "source": "list"})
    return checked


@transaction.atomic
def take_members(
    *, by: Membership, wave: Wave, functions: Sequence[BusinessFunction] | None = None
) -> tuple[int, int]:
    """Add active members who belong to a function (of all, or of these): (added, left out without a
    function).

    Raises InvalidValues for a function of another organization, WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    organization = wave.survey.organization
    if functions is not None and any(one.organization_id != organization.pk for one in functions):
        message = _("Choose one of your functions.")
        raise InvalidValues(message, fields={"functions": message})
    members = Membership.objects.of(organization).active()
    without = members.filter(function=None).count() if functions is None else 0
    if functions is not None:
        members = members.filter(function__in=functions)
    there = set(Invitation.objects.filter(wave=wave).values_list("email", flat=True))
    rows = members.exclude(function=None).values_list("user__email", "function", "user__language")
    new = [(email.lower(), function, language) for email, function, language in rows]
    added = _add(wave, (row for row in new if row[0] not in there))
    _record(by, wave, {"people": added, "source": "members"})
    return added, without


@transaction.atomic
def remove_people(*, by: Membership, wave: Wave, functions: Sequence[WaveFunction] | None = None) -> int:
    """Take the people of these functions, or all, off the list. Raises WaveNotInState."""
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    rows = Invitation.objects.filter(wave=wave)
    if functions is not None:
        rows = rows.filter(wave_function__in=functions)
    removed, _by_model = rows.delete()
    _record(by, wave, {"people": -removed, "source": "list"})
    return removed


@transaction.atomic
def remove_person(*, by: Membership, invitation: Invitation) -> None:
    """Take one address off the list. Doing it twice does no harm. Raises WaveNotInState."""
    wave = locked(invitation.wave)
    require_state(wave, WaveState.DRAFT)
    removed, _by_model = Invitation.objects.filter(pk=invitation.pk).delete()
    if removed:
        _record(by, wave, {"people": -removed, "source": "list"})


@transaction.atomic
def plan_slips(*, by: Membership, wave: Wave, counts: Mapping[int, int]) -> None:
    """How many slips are printed for each function, by the key of its `WaveFunction`; 0 takes them back.

    Raises InvalidValues for an unknown function and a number that is none, WaveNotInState.
    """
    wave = locked(wave)
    require_state(wave, WaveState.DRAFT)
    rows = {row.pk: row for row in WaveFunction.objects.filter(wave=wave)}
    total = sum(counts.get(pk, row.slips) for pk, row in rows.items())
    if set(counts) - set(rows) or any(number < 0 for number in counts.values()) or total > MOST_SLIPS:
        message = _("Choose at most %(most)d slips in all.") % {"most": MOST_SLIPS}
        raise InvalidValues(message, fields={"slips": message})
    before = sum(row.slips for row in rows.values())
    for pk, number in counts.items():
        rows[pk].slips = number
    WaveFunction.objects.bulk_update(rows.values(), ["slips"], batch_size=500)
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.slips_planned",
        subject=wave,
        before={"slips": before},
        after={"slips": total},
    )


def _add(wave: Wave, rows: Iterable[tuple[str, int | None, str]]) -> int:
    sync_functions(wave)
    rows_of = WaveFunction.objects.filter(wave=wave).values_list("function", "pk")
    functions: dict[int | None, int] = dict(rows_of)
    made = [listed(wave, email, functions[function], language) for email, function, language in rows]
    Invitation.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)
    return len(made)


def is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _refused(message: str) -> PeopleInvalid:
    return PeopleInvalid(message, fields={"people": message})


def _record(by: Membership, wave: Wave, after: dict[str, Any]) -> None:
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.people_changed",
        subject=wave,
        after=after,
    )
