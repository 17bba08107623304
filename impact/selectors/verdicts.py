"""What is known of several initiatives, in one word each."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Organization
from coalition.models import Initiative
from cxstats.design import Verdict
from impact.models import Study
from impact.wording import verdict_title, verdict_tone


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictLine:
    """The verdict of the study that counts for an initiative, and its design grade."""

    title: str
    tone: str
    grade: str


def latest_verdicts(organization: Organization, initiatives: Sequence[Initiative]) -> dict[int, VerdictLine]:
    """Initiative id -> its verdict; those without a finished study are absent. One query."""
    rows = (
        Study.objects.of(organization)
        .finished()
        .filter(initiative__in=[initiative.pk for initiative in initiatives])
        .headline_first()
        .values_list("initiative_id", "verdict", "grade")
    )
    lines: dict[int, VerdictLine] = {}
    for initiative, verdict, grade in rows:
        line = VerdictLine(
            title=verdict_title(Verdict(verdict)), tone=verdict_tone(Verdict(verdict)), grade=grade
        )
        lines.setdefault(initiative, line)
    return lines
