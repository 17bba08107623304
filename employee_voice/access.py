"""The only way a view gets a survey or a wave."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.permissions import may, require_right
from employee_voice.choices import SEES_ALL, WaveState
from employee_voice.models import Comment, FunctionAction, Invitation, KeyGroup, Survey, Wave
from employee_voice.scope import WaveTree, comments_seen_by, may_read_first, seen_by, tree_of


def surveys_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Survey]:
    """Surveys of the member's organization. Role too small: PermissionDenied."""
    require_right(member.role, action)
    found: QuerySet[Survey] = Survey.objects.of(member.organization)
    return found


def survey_for(member: Membership, pk: int, action: Action) -> Survey:
    """One survey of the member's organization, else 404. Role too small: PermissionDenied. One query."""
    survey = surveys_for(member, action).filter(pk=pk).first()
    if survey is None:
        raise Http404
    return survey


def waves_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Wave]:
    """Waves of the member's organization. Role too small: PermissionDenied."""
    require_right(member.role, action)
    return Wave.objects.of(member.organization).select_related("survey__organization", "comment_reader__user")


def wave_for(member: Membership, pk: int, action: Action) -> Wave:
    """One wave of the member's organization, else 404. Role too small: PermissionDenied. One query."""
    wave = waves_for(member, action).filter(pk=pk).first()
    if wave is None:
        raise Http404
    return wave


def invitation_for(member: Membership, wave_pk: int, pk: UUID) -> Invitation:
    """An address on the list of a wave, for whoever manages surveys. Whether it was used is not theirs to
    see.
    """
    wave = wave_for(member, wave_pk, Action.MANAGE_EMPLOYEE_SURVEYS)
    found = Invitation.objects.filter(wave=wave, pk=pk).select_related("wave").first()
    if found is None:
        raise Http404
    return found


def group_for(wave: Wave, number: int) -> KeyGroup:
    """A group of a wave that the member was given, by its number; else 404."""
    found: KeyGroup | None = KeyGroup.objects.filter(wave=wave, number=number).first()
    if found is None:
        raise Http404
    return found


def wave_by_public_id(public_id: str) -> Wave:
    """A wave by what stands in respondents' addresses, while it is open or was; else 404. One query."""
    found = Wave.objects.begun().select_related("survey__organization").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def published_wave_for(member: Membership, pk: int) -> Wave:
    """A wave whose results the member may see some of; else 404. Role too small: PermissionDenied."""
    found = waves_for(member, Action.VIEW_EMPLOYEE_RESULTS).filter(state=WaveState.PUBLISHED, pk=pk).first()
    if found is None:
        raise Http404
    return found


def seen_function(member: Membership, tree: WaveTree, key: str) -> str:
    """The key of a function of the wave whose figures the member may see. Not of the wave: 404."""
    if key not in tree.parents:
        raise Http404
    if key not in seen_by(member, tree):
        raise PermissionDenied  # a matter of the function that one leads, not of the role alone
    return key


def require_all_functions(member: Membership) -> None:
    """For what compares functions by name: CX leader and executives alone. Else PermissionDenied."""
    require_right(member.role, Action.VIEW_EMPLOYEE_RESULTS)
    if not sees_all_functions(member):
        raise RoleTooSmall(member.role, Action.VIEW_EMPLOYEE_RESULTS, roles=SEES_ALL)


def sees_all_functions(member: Membership) -> bool:
    """Whether the member sees every function by name."""
    return member.role in SEES_ALL and may(member.role, Action.VIEW_EMPLOYEE_RESULTS)


def wave_with_comments_for(member: Membership, pk: int) -> WaveTree:
    """A published wave of which the member reads comments; else 404, without any to read PermissionDenied."""
    found = waves_for(member).filter(state=WaveState.PUBLISHED, pk=pk).first()
    if found is None:
        raise Http404
    tree = tree_of(found)
    if not comments_seen_by(member, tree) and not may_read_first(member, found):
        raise RoleTooSmall(member.role, Action.RELEASE_COMMENTS)
    return tree


def comment_for(member: Membership, tree: WaveTree, pk: UUID) -> Comment:
    """A comment of the wave; whether the member may decide on it is the service's to say."""
    found: Comment | None = Comment.objects.filter(wave=tree.wave, pk=pk).select_related("group").first()
    if found is None:
        raise Http404
    return found


def action_for(member: Membership, pk: int) -> FunctionAction:
    """An action of the member's organization; else 404. Role too small: PermissionDenied."""
    require_right(member.role, Action.VIEW_EMPLOYEE_RESULTS)
    rows = FunctionAction.objects.filter(wave__survey__organization=member.organization)
    found = (
        rows.select_related("wave__survey__organization", "owner__user", "wave_function")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found
