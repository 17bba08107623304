"""The only way a view gets a round, a seat or a result."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from assessments.models import Assessment, FrameworkVersion, MaturityResult, Response


def assessments_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Assessment]:
    """Rounds of the member's organization, without quick checks that others took for themselves.

    Role too small: PermissionDenied.
    """
    _require(member, action)
    return (
        Assessment.objects.of(member.organization)
        .visible_to(member)
        .select_related("organization", "framework", "opened_by__user", "previous")
    )


def assessment_for(member: Membership, pk: int, action: Action) -> Assessment:
    """One round of the member's organization, else 404. Role too small: PermissionDenied. One query."""
    assessment = assessments_for(member, action).filter(pk=pk).first()
    if assessment is None:
        raise Http404
    return assessment


def seat_for(member: Membership, assessment_pk: int) -> Response:
    """The member's own seat in a round, never anybody else's. Not invited: PermissionDenied."""
    assessment = assessment_for(member, assessment_pk, Action.ANSWER_ASSESSMENT)
    seat = Response.objects.filter(assessment=assessment, member=member).first()
    if seat is None:
        raise PermissionDenied
    seat.assessment, seat.member = assessment, member
    return seat


def results_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[MaturityResult]:
    """Results of the member's organization that are shown to this member.

    Not those of quick checks that others took for themselves, nor those that a later closing of the
    round superseded or, while the round is open again, may supersede.
    """
    _require(member, action)
    return (
        MaturityResult.objects.filter(assessment__organization=member.organization)
        .visible_to(member)
        .select_related("assessment__organization", "assessment__framework", "assessment__opened_by__user")
    )


def result_for(member: Membership, pk: int, action: Action = Action.VIEW) -> MaturityResult:
    """One result of the member's organization by its key, else 404."""
    result = results_for(member, action).filter(pk=pk).first()
    if result is None:
        raise Http404
    return result


def result_of_round_for(
    member: Membership, assessment_pk: int, sequence: int | None = None, action: Action = Action.VIEW
) -> MaturityResult:
    """The latest result of a round, or the one of that sequence, else 404."""
    found = results_for(member, action).filter(assessment_id=assessment_pk).order_by("-sequence")
    if sequence is not None:
        found = found.filter(sequence=sequence)
    result = found.first()
    if result is None:
        raise Http404
    return result


def framework_for(member: Membership, pk: int, action: Action = Action.VIEW) -> FrameworkVersion:
    """A framework of the product or of the member's organization, else 404."""
    _require(member, action)
    version: FrameworkVersion | None = (
        FrameworkVersion.objects.on_offer_to(member.organization).filter(pk=pk).first()
    )
    if version is None:
        raise Http404
    return version


def _require(member: Membership, action: Action) -> None:
    require_right(member.role, action)
