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
from accounts.services.organizations import one_at_a_time
from accounts.services.trail import record_event, record_event_of_person
from common.errors import InvalidValues
from common.text import one_line
from wording.formats import is_territory


@transaction.atomic
def change_member(
    *, by: Membership, member: Membership, role: str, function: BusinessFunction | None, job_title: str = ""
) -> Membership:
    """Set role, function and title. Raises InvalidValues, NoAccess for somebody who was removed, and
    LastAdministrator when nobody would be left.

    Another role revokes what the person set up and could not set up now, and a finance reviewer in a new
    role is to be confirmed again.
    """
    _refuse_removed(member)
    refuse_unknown(by, role, function)
    role_before = member.role
    if role != role_before:
        refuse_stronger_role(by, role)
        refuse_stronger_role(by, role_before)
    if role != role_before:
        _keep_somebody_in_charge(member, role)
    before = _place_of(member)
    member.role, member.function, member.job_title = role, function, one_line(job_title)
    if role != role_before:
        member.role_given_by, member.confirmed_at, member.confirmed_by = by, None, None
    member.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="person.changed",
        subject=member,
        before=before,
        after=_place_of(member),
    )
    if role != role_before:
        revoke_leftovers(Departure(member=member, by=by, role_before=role_before))
        emit(
            kind="accounts.member_role_changed",
            organization=by.organization,
            subject=member,
            content={"membership": member.pk, "before": role_before, "after": role},
        )
    return member


@transaction.atomic
def make_administrator(*, member: Membership) -> None:
    """The operator's word, where the only administrator is gone for good. Raises NoAccess for somebody who
    was removed. Stands in the trail without a person, and in the role's history as given by nobody."""
    one_at_a_time(member.organization)
    _refuse_removed(member)
    before = _place_of(member)
    if member.role == Role.ADMINISTRATOR:
        return
    role_before, member.role = member.role, Role.ADMINISTRATOR
    member.role_given_by, member.confirmed_at, member.confirmed_by = None, None, None
    member.save()
    record_event(
        organization=member.organization,
        actor=None,
        verb="person.changed",
        subject=member,
        before=before,
        after=_place_of(member),
    )
    emit(
        kind="accounts.member_role_changed",
        organization=member.organization,
        subject=member,
        content={"membership": member.pk, "before": role_before, "after": Role.ADMINISTRATOR},
    )


@transaction.atomic
def confirm_member(*, by: Membership, member: Membership) -> Membership:
    """A second manager of people stands for a finance reviewer. Raises ConfirmationNotAllowed.

    Not the person, nor who invited the person or gave the role: these are the first pair of eyes. Nor who
    came in through them, as long as somebody else is there (`accounts.ties.Ties.confirmers_of`).
    """
    row: Membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "organization")
        .get(pk=member.pk)
    )
    if row.role != Role.FINANCE_REVIEWER or not row.is_active or row.confirmed_at is not None:
        raise ConfirmationNotAllowed(_("There is nothing to confirm here."))
    if not may(by.role, Action.MANAGE_PEOPLE) or by.user_id not in confirmers_of(row):
        raise ConfirmationNotAllowed(
            _(
                "Another administrator must confirm: someone who neither invited this person nor gave the "
                "role, and who did not come in through those who did."
            )
        )
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


@transaction.atomic
def deactivate_member(*, by: Membership, member: Membership) -> None:
    """Take away access with everything left behind; what the person did stays. Raises LastAdministrator, and
    NoAccess for somebody who was removed before.

    Open sessions need nothing: every request asks for an active membership, and the person may belong to
    other organizations.
    """
    refuse_stronger_role(by, member.role)
    _keep_somebody_in_charge(member)  # holds the organization: the next line sees who was removed meanwhile
    _refuse_removed(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    record_event(organization=by.organization, actor=by.user, verb="person.removed", subject=member)
    revoke_leftovers(Departure(member=member, by=by, role_before=member.role))
    emit(
        kind="accounts.member_deactivated",
        organization=by.organization,
        subject=member,
        content={"membership": member.pk, "role": member.role, "by": by.pk},
    )


@transaction.atomic
def set_preferences(
    *, user: User, name: str, language: str, theme: str, territory: str | None = None
) -> User:
    """Name, language, format and appearance; the format stays when not given.

    A new name is in the trail of each of the person's organizations. Raises InvalidValues.
    """
    before, after = user.name, one_line(name)
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
    user.name, user.language, user.theme = after, language, theme
    if territory is not None:
        user.territory = territory
    user.save(update_fields=["name", "language", "theme", "territory"])
    if before != after:
        record_event_of_person(
            user=user, verb="person.renamed", before={"name": before}, after={"name": after}
        )
    return user


def refuse_unknown(by: Membership, role: str, function: BusinessFunction | None) -> None:
    """A role that is none, or another organization's function, is refused before anything else."""
    wrong: dict[str, str] = {}
    if role not in Role.values:
        wrong["role"] = _("Choose one of the answers.")
    if function is not None and function.organization_id != by.organization_id:
        wrong["function"] = _("Choose one of your functions.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def refuse_stronger_role(by: Membership, role: str, *, field: str = "role") -> None:
    """Only an administrator makes, changes or removes administrators, and their invitations."""
    if role == Role.ADMINISTRATOR and by.role != Role.ADMINISTRATOR:
        message = _("Only an administrator can grant or remove the administrator role.")
        raise InvalidValues(message, fields={field: message})


def _refuse_removed(member: Membership) -> None:
    if not Membership.objects.active().filter(pk=member.pk).exists():
        raise NoAccess(
            _("%(name)s no longer has access. Invite the person again first.") % {"name": member.user}
        )


def _place_of(member: Membership) -> dict[str, str]:
    function = member.function.name if member.function else ""
    return {"role": member.role, "function": function, "job_title": member.job_title}


def _keep_somebody_in_charge(leaving: Membership, role: str = "") -> None:
    """Raises LastAdministrator where nobody else manages people, or an administrator leaves none behind:
    administrators alone make administrators. `role` is the one that the person goes on with, if any."""
    one_at_a_time(leaving.organization)  # two managers cannot remove each other at the same moment
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
