"""What people may do, when they leave, and how they like to read."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action, Role, Theme
from accounts.errors import ConfirmationNotAllowed, LastAdministrator, NoAccess
from accounts.leftovers import Departure, revoke_leftovers
from accounts.models import BusinessFunction, Membership, User
from accounts.permissions import may
from accounts.selectors import confirmers_of
from accounts.services.events import emit
from accounts.services.organizations import acting, one_at_a_time
from accounts.services.trail import record_event, record_event_of_person
from common.errors import ConsequencesNotAccepted, InvalidValues
from common.registry import consequences_of
from common.rows import locked, merged_row, put
from common.text import one_line
from wording.formats import is_territory
from wording.joining import one_of


@transaction.atomic
def change_member(
    *,
    by: Membership,
    member: Membership,
    role: str,
    function: BusinessFunction | None,
    job_title: str = "",
    accepts_consequences: bool = False,
) -> Membership:
    """Set role, function and title, those in which they differ from `member` as it was read: what somebody
    else has changed since then stays.

    Raises InvalidValues, NoAccess for somebody who was removed, LastAdministrator when nobody would be left,
    and ConsequencesNotAccepted where open votes change with the role. Another role revokes what the person
    set up and could not set up now, and a finance reviewer in a new role is to be confirmed again.
    """
    by = acting(by, Action.MANAGE_PEOPLE)
    row = _held(member)
    _refuse_removed(row)
    given = {"role": role, "function": function, "job_title": one_line(job_title)}
    values = merged_row(given, seen=member, now=row)
    refuse_unknown(by, values["role"], values["function"])
    role_before, before = row.role, _place_of(row)
    has_new_role = values["role"] != role_before
    if has_new_role:
        refuse_stronger_role(by, values["role"])
        refuse_stronger_role(by, role_before)
        _keep_somebody_in_charge(row, values["role"])
        _refuse_surprises(row, values["role"], is_accepted=accepts_consequences)
        if by.pk != row.pk:  # who changes her own role stays tied to whoever gave her the one that allows it
            row.role_given_by = by
        row.confirmed_at, row.confirmed_by = None, None
    put(row, values, also=("role_given_by", "confirmed_at", "confirmed_by") if has_new_role else ())
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.changed",
        subject=row,
        before=before,
        after=_place_of(row),
    )
    if has_new_role:
        revoke_leftovers(Departure(member=row, by=by, role_before=role_before))
        emit(
            kind="accounts.member_role_changed",
            organization=by.organization,
            subject=row,
            content={"membership": row.pk, "before": role_before, "after": row.role, "by": by.pk},
        )
    return row


@transaction.atomic
def make_administrator(*, member: Membership, accepts_consequences: bool = False) -> None:
    """The operator's word, where the only administrator is gone for good. Stands in the trail without a
    person, and in the role's history as given by nobody. Raises NoAccess for somebody who was removed, and
    ConsequencesNotAccepted where open votes change: administrators do not vote."""
    one_at_a_time(member.organization)
    row = _held(member)
    _refuse_removed(row)
    before, role_before = _place_of(row), row.role
    if role_before == Role.ADMINISTRATOR:
        return
    _refuse_surprises(row, Role.ADMINISTRATOR, is_accepted=accepts_consequences)
    row.role_given_by, row.confirmed_at, row.confirmed_by = None, None, None
    put(row, {"role": Role.ADMINISTRATOR}, also=("role_given_by", "confirmed_at", "confirmed_by"))
    record_event(
        organization=row.organization,
        actor=None,
        verb="person.changed",
        subject=row,
        before=before,
        after=_place_of(row),
    )
    emit(
        kind="accounts.member_role_changed",
        organization=row.organization,
        subject=row,
        content={"membership": row.pk, "before": role_before, "after": Role.ADMINISTRATOR, "by": None},
    )


@transaction.atomic
def confirm_member(*, by: Membership, member: Membership) -> Membership:
    """A second manager of people stands for a finance reviewer. Raises ConfirmationNotAllowed.

    Not the person, nor who invited the person or gave the role: these are the first pair of eyes. Nor who
    came in through them, as long as somebody else is there (`accounts.ties.Ties.confirmers_of`).
    """
    by = acting(by)
    row = _held(member)
    if row.role != Role.FINANCE_REVIEWER or not row.is_active or row.confirmed_at is not None:
        raise ConfirmationNotAllowed(_("There is nothing to confirm here."))
    if not may(by.role, Action.MANAGE_PEOPLE) or by.user_id not in confirmers_of(row):
        raise ConfirmationNotAllowed(_refusal_to_confirm(row))
    row.confirmed_at, row.confirmed_by = timezone.now(), by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.confirmed",
        subject=row,
        after={"role": row.role},
    )
    return row


def _refusal_to_confirm(member: Membership) -> str:
    able = confirmers_of(member)
    people = Membership.objects.of(member.organization).active().filter(user__in=able).select_related("user")
    names = sorted(str(person) for person in people)
    if not names:
        return _("Nobody here can confirm: another administrator or CX leader is needed.")
    return _("You cannot confirm this person. %(names)s can.") % {"names": one_of(names)}


@transaction.atomic
def deactivate_member(*, by: Membership, member: Membership, accepts_consequences: bool = False) -> None:
    """Take away access with everything left behind; what the person did stays. Raises LastAdministrator,
    NoAccess for somebody who was removed before, and ConsequencesNotAccepted where open votes change.

    Open sessions need nothing: every request asks for an active membership, and the person may belong to
    other organizations.
    """
    by = acting(by, Action.MANAGE_PEOPLE)
    row = _held(member)
    _refuse_removed(row)
    refuse_stronger_role(by, row.role)
    _keep_somebody_in_charge(row)
    _refuse_surprises(row, "", is_accepted=accepts_consequences)
    put(row, {"is_active": False})
    record_event(organization=by.organization, actor=by.user, verb="person.removed", subject=row)
    revoke_leftovers(Departure(member=row, by=by, role_before=row.role))
    emit(
        kind="accounts.member_deactivated",
        organization=by.organization,
        subject=row,
        content={"membership": row.pk, "role": row.role, "by": by.pk},
    )


@transaction.atomic
def set_preferences(
    *, user: User, name: str, language: str, theme: str, territory: str | None = None
) -> User:
    """Name, language, format and appearance; the format stays when not given.

    What differs from `user` as it was read is written, the rest stays as it is stored now. A new name is in
    the trail of each of the person's organizations. Raises InvalidValues.
    """
    row = locked(user, no_key=True)
    given = {"name": one_line(name), "language": language, "theme": theme}
    if territory is not None:
        given["territory"] = territory
    values = merged_row(given, seen=user, now=row)
    before, after, language, theme = row.name, values["name"], values["language"], values["theme"]
    territory = values.get("territory")
    wrong: dict[str, str] = {}
    if not after:
        wrong["name"] = _("Enter your name.")
    if language and language not in dict(settings.LANGUAGES):
        wrong["language"] = _("Choose one of the answers.")
    if territory and not is_territory(territory):
        wrong["territory"] = _("Choose one of the answers.")
    if theme not in Theme.values:
        wrong["theme"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    put(row, values)
    if before != after:
        record_event_of_person(
            user=row, verb="person.renamed", before={"name": before}, after={"name": after}
        )
    return row


def refuse_unknown(by: Membership, role: str, function: BusinessFunction | None) -> None:
    """A role that is none, or another organization's function, is refused before anything else."""
    wrong: dict[str, str] = {}
    if role not in Role.values:
        wrong["role"] = _("Choose one of the answers.")
    if function is not None and function.organization_id != by.organization_id:
        wrong["function"] = _("Choose one of your functions.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def roles_to_give(by: Membership) -> tuple[Role, ...]:
    """The roles that this member may give to somebody, or take from them; see `refuse_stronger_role`."""
    return tuple(role for role in Role if role != Role.ADMINISTRATOR or by.role == Role.ADMINISTRATOR)


def refuse_stronger_role(by: Membership, role: str, *, field: str = "role") -> None:
    """Only an administrator makes, changes or removes administrators, and their invitations."""
    if role == Role.ADMINISTRATOR and by.role != Role.ADMINISTRATOR:
        message = _("Only an administrator can grant or remove the administrator role.")
        raise InvalidValues(message, fields={field: message})


def _held(member: Membership) -> Membership:
    """The member as stored now; the caller holds the organization."""
    return locked(member, "user", "organization", "function", no_key=True)


def _refuse_removed(member: Membership) -> None:
    if not member.has_access:
        raise NoAccess(
            _("%(name)s no longer has access. Invite the person again first.") % {"name": member.user}
        )


def _refuse_surprises(member: Membership, role: str, *, is_accepted: bool) -> None:
    """What cannot be undone by giving the role or the access back is named first."""
    found = () if is_accepted else consequences_of(member, role=role)
    if any(one.is_to_accept for one in found):
        raise ConsequencesNotAccepted(one.text for one in found)


def _place_of(member: Membership) -> dict[str, str]:
    function = member.function.name if member.function else ""
    return {"role": member.role, "function": function, "job_title": member.job_title}


def _keep_somebody_in_charge(leaving: Membership, role: str = "") -> None:
    """Raises LastAdministrator where nobody else manages people, or an administrator leaves none behind:
    administrators alone make administrators. `role` is the one that the person goes on with, if any.

    The caller holds the organization: two managers cannot remove each other at the same moment."""
    others = Membership.objects.of(leaving.organization).active().exclude(pk=leaving.pk)
    if leaving.role == Role.ADMINISTRATOR and not others.filter(role=Role.ADMINISTRATOR).exists():
        raise LastAdministrator(
            _(
                "An organization keeps an administrator: only they can make another one. Give that role to "
                "another person first."
            )
        )
    if not may(role, Action.MANAGE_PEOPLE) and not others.who_manage_people().exists():
        raise LastAdministrator(
            _("Someone must be able to manage people. Give that role to another person first.")
        )


def hide_guide(*, by: Membership) -> None:
    """Put the guided start on home away, for this member alone. Nobody has to answer for it: no trail."""
    Membership.objects.filter(pk=by.pk, guide_hidden_at=None).update(guide_hidden_at=timezone.now())


def show_guide(*, by: Membership) -> None:
    """Take the guided start out again."""
    Membership.objects.filter(pk=by.pk).update(guide_hidden_at=None)
