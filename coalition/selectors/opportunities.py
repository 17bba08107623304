"""From a maturity gap to the words of a draft."""

from assessments.models import MaturityResult
from assessments.selectors import InitiativeSeed, initiative_seed

__all__ = ["InitiativeSeed", "opportunity"]


def opportunity(result: MaturityResult, practice: str) -> InitiativeSeed | None:
    """Title and problem of a draft from the framework's next step and the gap; None: no such practice."""
    try:
        return initiative_seed(result, practice)
    except KeyError:
        return None
