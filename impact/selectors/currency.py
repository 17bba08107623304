"""Money of value models and values that was entered or computed in the organization's currency."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from accounts.models import Organization
from impact.models import LedgerYear, LibraryFigure, RoiCase, ValueModel


def models_and_values(organization: Organization) -> Iterator[str]:
    """How many value models and how many computed values are in it. Four queries."""
    models = ValueModel.objects.filter(initiative__organization=organization).count()
    if models:
        yield ngettext(
            "%(count)s value model has its inputs in it.",
            "%(count)s value models have their inputs in it.",
            models,
        ) % {"count": models}
    values = RoiCase.objects.of(organization).count()
    if values:
        yield ngettext(
            "%(count)s value was computed in it.", "%(count)s values were computed in it.", values
        ) % {"count": values}
    years = LedgerYear.objects.of(organization).count()
    if years:
        yield ngettext(
            "%(count)s year of the program's costs has its budget in it.",
            "%(count)s years of the program's costs have their budgets in it.",
            years,
        ) % {"count": years}
    figures = LibraryFigure.objects.of(organization).newest().filter(currency=organization.currency).count()
    if figures:
        yield ngettext(
            "%(count)s figure of the library is in it.",
            "%(count)s figures of the library are in it.",
            figures,
        ) % {"count": figures}
