"""The only way a screen or an API call gets a study or a case.

Stranger or absent: `Http404`. Own organization, insufficient role: `PermissionDenied`.
"""

from django.db.models import QuerySet
from django.http import Http404

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import require_right
from coalition.access import initiative_for
from coalition.models import Initiative
from impact.ledger import as_it_stands
from impact.models import (
    AssociationFile,
    AssociationRun,
    LedgerYear,
    LibraryFigure,
    ProgramCase,
    RoiCase,
    Study,
    ValueModel,
)

__all__ = [
    "association_file_for",
    "association_for",
    "case_for",
    "initiative_for",
    "ledger_year_for",
    "library_figure_for",
    "program_case_for",
    "studies_for",
    "study_for",
    "study_of",
    "value_model_for",
]


def studies_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[Study]:
    """Studies of the member's organization, newest first, with their initiatives."""
    require_right(member.role, action)
    return (
        Study.objects.of(member.organization)
        .select_related("initiative__organization", "organization", "requested_by__user")
        .order_by("-created_at", "-pk")
    )


def study_for(member: Membership, pk: int, action: Action = Action.VIEW) -> Study:
    """A study by its id. One query."""
    study = studies_for(member).filter(pk=pk).first()
    return _allowed(member, study, action)


def study_of(member: Membership, initiative: Initiative, number: int, action: Action = Action.VIEW) -> Study:
    """A study by its number within its initiative. One query."""
    study = studies_for(member).filter(initiative=initiative, number=number).first()
    return _allowed(member, study, action)


def cases_for(member: Membership, action: Action = Action.VIEW) -> QuerySet[RoiCase]:
    """ROI cases of the member's organization, newest first, with their initiatives."""
    require_right(member.role, action)
    return (
        RoiCase.objects.of(member.organization)
        .select_related("study__initiative__organization", "computed_by__user", "sign_off_by__user")
        .order_by("-computed_at", "-pk")
    )


def case_for(member: Membership, pk: int, action: Action = Action.VIEW) -> RoiCase:
    """An ROI case by its id. One query."""
    case = cases_for(member).filter(pk=pk).first()
    return _allowed(member, case, action)


def value_model_for(member: Membership, number: int, action: Action = Action.VIEW) -> ValueModel:
    """The value model of an initiative, by the initiative's number. Three queries."""
    initiative = initiative_for(member, number, action)
    model = (
        ValueModel.objects.filter(initiative=initiative).prefetch_related("parameters", "cost_lines").first()
    )
    if model is None:
        raise Http404
    return model


def ledger_year_for(member: Membership, year: int, action: Action = Action.VIEW) -> LedgerYear:
    """A fiscal year of the program's ledger, as it stands. At most two queries."""
    row = (
        LedgerYear.objects.of(member.organization)
        .select_related("changed_by__user", "sign_off_by__user", "organization")
        .filter(year=year)
        .first()
    )
    if row is not None:
        row = as_it_stands(row, member.organization)
    return _allowed(member, row, action)


def library_figure_for(member: Membership, number: int, action: Action = Action.VIEW) -> LibraryFigure:
    """What the library says now of the figure with this number. One query."""
    figures = LibraryFigure.objects.of(member.organization).newest().select_related("written_by__user")
    return _allowed(member, figures.filter(number=number).first(), action)


def program_case_for(member: Membership, number: int, action: Action = Action.VIEW) -> ProgramCase:
    """A return of the program by its number. One query."""
    case = (
        ProgramCase.objects.of(member.organization)
        .select_related("organization", "requested_by__user")
        .filter(number=number)
        .first()
    )
    return _allowed(member, case, action)


def association_for(member: Membership, number: int, action: Action = Action.VIEW) -> AssociationRun:
    """An association by its number. One query."""
    run = (
        AssociationRun.objects.of(member.organization)
        .select_related("organization", "metric", "requested_by__user")
        .defer("rows")
        .filter(number=number)
        .first()
    )
    return _allowed(member, run, action)


def association_file_for(member: Membership, pk: int, action: Action = Action.RUN_STUDY) -> AssociationFile:
    """A table that was checked and waits to be computed or discarded. One query."""
    files = AssociationFile.objects.of(member.organization).select_related("metric").defer("rows")
    return _allowed(member, files.filter(pk=pk).first(), action)


def _allowed[T](member: Membership, found: T | None, action: Action) -> T:
    if found is None:
        raise Http404
    require_right(member.role, action)
    return found
