"""Who leads a function sees its results, and some roles see those of all. So nobody gets or loses that sight
unseen: others are told by letter.
"""

from collections.abc import Iterable, Mapping

from django.template.loader import render_to_string

from accounts.choices import Action, Role
from accounts.models import BusinessFunction, Membership, Organization
from accounts.permissions import may
from accounts.reading import written_for
from accounts.services import post
from common.text import one_line
from employee_voice.choices import SEES_ALL
from employee_voice.models import Wave

TOLD = (Role.ADMINISTRATOR, Role.CX_LEADER)


def tell_of_head(*, organization: int, function: int, before: int | None, after: int | None, by: int) -> int:
    """Write to the former and the new head, every administrator and every CX leader; how many letters.

    Nothing is written while the organization has asked nobody yet: then there is nothing to see. Four queries
    and one for each letter.
    """
    found = BusinessFunction.objects.filter(pk=function).select_related("organization").first()
    if found is None or not Wave.objects.begun().filter(survey__organization=organization).exists():
        return 0
    members = Membership.objects.filter(organization=organization).select_related("user")
    named = {row.pk: row for row in members.filter(pk__in=[pk for pk in (before, after, by) if pk])}
    context = {
        "organization": found.organization,
        "function": found,
        "before": named.get(before or 0),
        "after": named.get(after or 0),
        "by": named.get(by),
        "sees_all": SEES_ALL,
    }
    concerned = [row for pk, row in named.items() if pk in {before, after}]
    return _written(_told(organization, concerned), found.organization, "head_changed", context)


def tell_of_role(*, organization: int, member: int, before: str, after: str, by: int | None) -> int:
    """Write to the person, every administrator and every CX leader where another role opens or closes results
    of functions; how many letters. `by` none: the operator.

    Nothing is written while the organization has asked nobody yet. Five queries and one for each letter.
    """
    rows = Membership.objects.filter(organization=organization).select_related("user", "organization")
    found = rows.filter(pk=member).first()
    if found is None or not Wave.objects.begun().filter(survey__organization=organization).exists():
        return 0
    led = list(BusinessFunction.objects.filter(organization=organization, head=member).order_by("name"))
    if _sight(before, leads=bool(led)) == _sight(after, leads=bool(led)):
        return 0
    context = {
        "organization": found.organization,
        "member": found,
        "led": [function.name for function in led],
        "before": Role(before).label,
        "after": Role(after).label,
        "sight": _sight(after, leads=bool(led)),
        "by": rows.filter(pk=by).first() if by else None,
    }
    return _written(_told(organization, [found]), found.organization, "role_changed", context)


def _sight(role: str, *, leads: bool) -> str:
    """What of functions a role shows: of all, with comments or without, of the own line, or of none."""
    if role == Role.CX_LEADER:
        return "comments"
    if role in SEES_ALL:
        return "all"
    return "line" if leads and may(role, Action.VIEW_EMPLOYEE_RESULTS) else "none"


def _told(organization: int, concerned: Iterable[Membership]) -> list[Membership]:
    """Administrators, CX leaders, and those whom it is about, as far as they have access."""
    members = Membership.objects.filter(organization=organization).select_related("user")
    readers = {row.pk: row for row in members.active().filter(role__in=TOLD)}
    return list((readers | {row.pk: row for row in concerned if row.has_access}).values())


def _written(
    readers: Iterable[Membership], organization: Organization, template: str, context: Mapping[str, object]
) -> int:
    letters = []
    for reader in readers:
        with written_for(organization, reader.user.language):
            letter = post(
                sender="",
                recipient=reader.user.email,
                subject=one_line(
                    render_to_string(f"employee_voice/mail/{template}_subject.txt", {**context})
                ),
                body=render_to_string(
                    f"employee_voice/mail/{template}.txt",
                    {**context, "name": reader.user.get_short_name()},
                ),
                organization_id=organization.pk,
            )
        letters.append(letter)
    return len(letters)
