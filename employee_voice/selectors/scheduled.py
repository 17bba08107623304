"""What a scheduled document of an employee survey is about."""

from typing import Any

from accounts.models import Organization
from employee_voice.choices import WaveState
from employee_voice.models import Survey, Wave


def surveys_in_use(organization: Organization) -> Any:
    """Surveys of the organization that are not archived, by their title. One query when it is read."""
    return Survey.objects.of(organization).filter(is_archived=False)


def survey_here(organization: Organization, survey: Any) -> bool:
    """Whether this is a survey of the organization. No query."""
    return isinstance(survey, Survey) and survey.organization_id == organization.pk


def newest_published_wave(survey: Any) -> Wave | None:
    """The wave whose results were published last; None before the first. One query."""
    waves = Wave.objects.filter(survey=survey, state=WaveState.PUBLISHED)
    found: Wave | None = (
        waves.select_related("survey__organization", "comment_reader__user")
        .order_by("-closed_on", "-number")
        .first()
    )
    return found
