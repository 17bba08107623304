"""Reads for screens of people and organizations."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.access import letters_of, session_mark
from accounts.choices import Action, Role
from accounts.function_words import no_function_text as no_function_text  # read by other rooms from here
from accounts.importers import PersonLine
from accounts.models import (
    ApiToken,
    AuditEvent,
    BusinessFunction,
    EventDelivery,
    Invitation,
    Letter,
    Membership,
    Organization,
    Session,
    User,
)
from accounts.own_account import account_content as account_content  # read by other rooms from here
from accounts.own_account import without_organization as without_organization
from accounts.permissions import may, may_give
from accounts.sessions import SessionStore
from accounts.ties import finance_reviewers as finance_reviewers  # read by other rooms from here
from accounts.ties import ties_of as ties_of
from accounts.wording import verbs_of_kind
from common.digests import digest_of_secret
from wording.joining import listed, one_of

LONGEST_NAME = 150  # as of a person
SIGNED_IN_KEY = "signed_in"  # in a session's data: when it began, and with what


def memberships_of_user(user: User) -> QuerySet[Membership]:
    """Active memberships with their organizations, by name. One query."""
    return (
        Membership.objects.active()
        .filter(user=user)
        .select_related("organization")
        .order_by("organization__name")
    )


def members(organization: Organization) -> QuerySet[Membership]:
    """All members, active first, with user, function and who invited and confirmed them. Two queries."""
    accepted = (
        Invitation.objects.exclude(accepted_at=None)
        .select_related("invited_by__user")
        .order_by("-accepted_at")
    )
    return (
        Membership.objects.of(organization)
        .select_related("user", "function", "role_given_by__user", "confirmed_by__user")
        .prefetch_related(Prefetch("invitations", queryset=accepted))
        .order_by("-is_active", "user__name", "user__email")
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """A person on the page of people, as `viewer` sees it. `confirmers`: names of who may confirm now."""

    member: Membership
    invited_by: Membership | None
    waits_for_confirmation: bool
    may_confirm: bool
    confirmers: str = ""


def people_rows(viewer: Membership) -> list[PersonRow]:
    """Everybody of the viewer's organization. Three queries, and four more where people are confirmed."""
    confirms, rows = confirms_finance_now(viewer.organization), []
    confirmers = _confirmers(viewer.organization) if confirms else lambda user: frozenset()
    everybody = list(members(viewer.organization))
    for member in everybody:
        invitation = next(iter(member.invitations.all()), None)
        waits = (
            confirms
            and member.is_active
            and member.role == Role.FINANCE_REVIEWER
            and member.confirmed_at is None
        )
        able = confirmers(member.user_id) if waits else frozenset()
        rows.append(
            PersonRow(
                member=member,
                invited_by=invitation.invited_by if invitation else None,
                waits_for_confirmation=waits,
                may_confirm=waits and may(viewer.role, Action.MANAGE_PEOPLE) and viewer.user_id in able,
                confirmers=one_of([str(one) for one in everybody if one.is_active and one.user_id in able]),
            )
        )
    return rows


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Invitations that wait for their person, those with an expired link included. One query."""
    return (
        Invitation.objects.of(organization)
        .standing()
        .select_related("function", "invited_by__user")
        .order_by("-created_at")
    )


def functions(organization: Organization) -> QuerySet[BusinessFunction]:
    """All functions by name, with what they are part of and who leads them. One query."""
    rows = BusinessFunction.objects.of(organization).select_related("parent", "head__user")
    return rows.order_by("name")


def functions_of_line(member: Membership) -> frozenset[int]:
    """Functions that this member leads, with all their parts: the head's line. One query.

    Nothing for somebody without access. A circle, which no service lets be made, ends where it closes.
    """
    if not member.is_active:
        return frozenset()
    rows = list(BusinessFunction.objects.of(member.organization).values_list("pk", "parent", "head"))
    line = {pk for pk, _parent, head in rows if head == member.pk}
    while more := {pk for pk, parent, _head in rows if parent in line} - line:
        line |= more
    return frozenset(line)


def tokens_of(member: Membership) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(member=member).usable(timezone.now()).order_by("-created_at")


def number_of_keys(user: User) -> int:
    """Usable keys of a person, in all organizations. One query."""
    return ApiToken.objects.usable(timezone.now()).filter(member__user=user).count()


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailFilter:
    """What of the trail is asked for; empty means all. Days are the organization's, both included."""

    person: Membership | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


def trail(organization: Organization, wanted: TrailFilter | None = None) -> QuerySet[AuditEvent]:
    """The audit trail, newest first. One query."""
    wanted = wanted or TrailFilter()
    events = AuditEvent.objects.of(organization).order_by("-at", "-pk")
    if wanted.person is not None:
        about = Q(subject_type="accounts.membership", subject_id=str(wanted.person.pk))
        events = events.filter(Q(actor_id=wanted.person.user_id) | about)
    if wanted.kind:
        events = events.filter(verb__in=verbs_of_kind(wanted.kind))
    if wanted.since is not None:
        events = events.filter(at__gte=organization.clock.start_of(wanted.since))
    if wanted.until is not None:
        events = events.filter(at__lt=organization.clock.end_of(wanted.until))
    if wanted.text:
        details = {"text_before": Cast("before", TextField()), "text_after": Cast("after", TextField())}
        events = events.alias(**details).filter(_says(wanted.text))
    return events


def _says(text: str) -> Q:
    """Entries with these words in what they are about, in who did it, or in the details beside the sentence.

    A detail is stored as JSON: SQLite keeps other letters than ASCII as escapes, PostgreSQL as they are.
    """
    found = Q(subject__icontains=text) | Q(actor_name__icontains=text)
    for written in {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}:
        found |= Q(text_before__icontains=written) | Q(text_after__icontains=written)
    return found


# --- two pairs of eyes ----------------------------------------------------------------------------


def are_independent(one: Membership, other: Membership) -> bool:
    """Whether one person may stand for the other's work: the rule of four eyes. At most six queries.

    Not the same person; neither came in through the other, by an accepted invitation or by a role, directly
    or through people who themselves came in that way.
    """
    organizations = {one.organization_id, other.organization_id}
    return not any(
        ties_of(organization).is_tied(one.user_id, other.user_id) for organization in organizations
    )


def users_tied_to(member: Membership) -> frozenset[int]:
    """Users for whose work this member may not stand, the member's own included: all with whom
    `are_independent` is false. Three queries."""
    return ties_of(member.organization_id).tied_to(member.user_id)


def confirmers_of(member: Membership) -> frozenset[int]:
    """Users who may confirm this finance reviewer now. Four queries."""
    return _confirmers(member.organization)(member.user_id)


def _confirmers(organization: Organization) -> Callable[[int], frozenset[int]]:
    """Answers for any user of the organization who may confirm them. Four queries, none when asked."""
    ties = ties_of(organization.pk)
    here = dict(Membership.objects.of(organization).active().values_list("user", "role"))
    managers = {user for user, role in here.items() if may(role, Action.MANAGE_PEOPLE)}
    return lambda user: ties.confirmers_of(user, managers, here)


def finance_to_confirm(viewer: Membership) -> list[Membership]:
    """Finance reviewers who wait for a second manager of people, and whom the viewer may confirm. One query
    where nobody waits, else seven."""
    if not may(viewer.role, Action.MANAGE_PEOPLE):
        return []
    waiting = list(
        members(viewer.organization)
        .filter(is_active=True, user__is_active=True)
        .filter(role=Role.FINANCE_REVIEWER, confirmed_at=None)
    )
    if not waiting or not confirms_finance_now(viewer.organization):
        return []
    confirmers = _confirmers(viewer.organization)
    return [member for member in waiting if viewer.user_id in confirmers(member.user_id)]


def needs_confirmation(member: Membership) -> bool:
    """Whether a finance reviewer still waits for a second manager of people. At most one query.

    Only once two people could take part: an organization with one administrator is not locked out.
    """
    return (
        member.role == Role.FINANCE_REVIEWER
        and member.confirmed_at is None
        and confirms_finance_now(member.organization)
    )


def confirms_finance_now(organization: Organization) -> bool:
    """Whether finance reviewers need a second confirmation at present. At most one query."""
    if not organization.confirms_finance:
        return False
    return Membership.objects.of(organization).who_manage_people().count() >= 2


# --- sessions -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """A browser that the person is signed in with."""

    mark: str
    began_at: datetime | None
    device: str
    is_current: bool


def open_sessions(user: User, current_key: str) -> list[OpenSession]:
    """Sessions that still work, the current one first, then the newest. One query."""
    store, found = SessionStore(), []
    works = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]  # under keys of before too
    for row in Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-expire_date"):
        data = store.decode(row.session_data)
        signed = str(data.get(HASH_SESSION_KEY, ""))
        if not any(constant_time_compare(signed, one) for one in works):
            continue  # of an old password: it no longer works
        about = data.get(SIGNED_IN_KEY) or {}
        found.append(
            OpenSession(
                mark=session_mark(row),
                began_at=parse_datetime(about.get("at", "")),
                device=_device(about.get("device", "")),
                is_current=row.session_key == current_key,
            )
        )
    return sorted(found, key=lambda session: not session.is_current)


# What browsers say of themselves, the more telling word first: Edge also says Chrome, Chrome also Safari.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def _device(agent: str) -> str:
    """A browser's own line in words, or as it is where it says nothing known."""
    browser = next((name for word, name in _BROWSERS.items() if word in agent), "")
    system = next((name for word, name in _SYSTEMS.items() if word in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return agent


# --- invitations ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitedLine:
    """One line of a list of people: what it would become, or what is wrong with it."""

    line: int
    email: str
    name: str
    role: str
    function: BusinessFunction | None
    problem: str
    lacks_function: bool  # it names one that the organization does not have

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""


def invited_lines(
    *, by: Membership, lines: Sequence[PersonLine], role: str, function: BusinessFunction | None
) -> list[InvitedLine]:
    """Each line checked against the organization and the others. Two queries, three for who may not invite
    administrators."""
    members = Membership.objects.of(by.organization).active().values_list("user__email", flat=True)
    taken = {email.lower() for email in members}
    out_of_reach: set[str] = set()
    if not may_give(by.role, Role.ADMINISTRATOR):
        above = Invitation.objects.of(by.organization).pending().filter(role=Role.ADMINISTRATOR)
        out_of_reach = {email.lower() for email in above.values_list("email", flat=True)}
    known = list(BusinessFunction.objects.of(by.organization))
    functions = {word: one for one in known for word in (one.key, one.name.casefold())}
    names = [one.name for one in known]
    roles, seen, checked = _roles_by_word(), dict[str, int](), []
    for line in lines:
        email = line.email.strip().lower()
        given_role = roles.get(line.role.strip().casefold()) if line.role.strip() else role
        given_function = (
            functions.get(line.function.strip().casefold()) if line.function.strip() else function
        )
        problem, lacks_function = "", bool(line.function.strip()) and given_function is None
        if not _is_address(email):
            problem = _("“%(text)s” is not an e-mail address.") % {"text": line.email[:80]}
        elif email in taken:
            problem = _("This person is already a member.")
        elif email in seen:
            problem = _("The same address is in line %(line)s.") % {"line": seen[email]}
        elif given_role is None:
            problem = _("There is no role “%(text)s”. Use one of: %(roles)s.") % {
                "text": line.role[:80],
                "roles": listed(str(label) for label in Role.labels),
            }
        elif email in out_of_reach or not may_give(by.role, given_role):
            problem = _("Only an administrator can grant or remove the administrator role.")
        elif lacks_function:
            problem = no_function_text(line.function, names)
        elif len(line.name) > LONGEST_NAME:
            problem = _("This name is too long.")
        seen.setdefault(email, line.line)
        checked.append(
            InvitedLine(
                line=line.line,
                email=email,
                name=line.name,
                role=given_role or "",
                function=given_function,
                problem=problem,
                lacks_function=lacks_function,
            )
        )
    return checked


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _roles_by_word() -> dict[str, str]:
    """Roles by their key and by their name in every language of the product."""
    words = {value.casefold(): value for value in Role.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(Role(value).label).casefold(): value for value in Role.values}
    return words


def invitation_by_secret(secret: str) -> Invitation | None:
    """The open invitation behind a link, with its organization. One query."""
    found: Invitation | None = (
        Invitation.objects.open(timezone.now())
        .select_related("organization", "invited_by__user")
        .filter(token_digest=digest_of_secret(secret))
        .first()
    )
    return found


def is_known(email: str) -> bool:
    """Whether a person with this address has an account."""
    return User.objects.filter(email__iexact=email).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class BackgroundWork:
    """What the worker owes an organization and could not do."""

    letters: tuple[Letter, ...]  # newest first
    deliveries: tuple[EventDelivery, ...]  # oldest first; `stuck_at` tells which are given up

    @property
    def is_well(self) -> bool:
        return not self.letters and not self.deliveries


def undelivered_to(organization: Organization) -> set[str]:
    """Addresses of the organization's people and invited whose last letter has not left. One query."""
    return set(letters_of(organization).troubled().values_list("recipient", flat=True))


def background_work(organization: Organization) -> BackgroundWork:
    """Letters that could not leave, and events whose readers failed. Two queries."""
    return BackgroundWork(
        letters=tuple(letters_of(organization).troubled()[:100]),
        deliveries=tuple(
            EventDelivery.objects.filter(event__organization=organization, done_at=None, attempts__gt=0)
            .select_related("event")
            .order_by("pk")[:100]
        ),
    )
