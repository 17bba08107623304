"""What is known of several initiatives, in one word each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Organization
from coalition.models import Initiative
from cxstats.design import Verdict
from impact.models import Study
from impact.wording import verdict_title, verdict_tone


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictLine:
    """The verdict of the study that counts for an initiative, and its design grade.

    `used`: the go-live that it is of, where that was corrected since; None where it stands.
    """

    title: str
    tone: str
    grade: str
    used: date | None = None


def latest_verdicts(organization: Organization, initiatives: Sequence[Initiative]) -> dict[int, VerdictLine]:
    """Initiative id -> its verdict; those without a finished study are absent. One query."""
    rows = (
        Study.objects.of(organization)
        .finished()
        .filter(initiative__in=[initiative.pk for initiative in initiatives])
        .headline_first()
        .values_list("initiative_id", "verdict", "grade", "go_live", "initiative__went_live_on")
    )
    lines: dict[int, VerdictLine] = {}
    for initiative, verdict, grade, used, stands in rows:
        line = VerdictLine(
            title=verdict_title(Verdict(verdict)),
            tone=verdict_tone(Verdict(verdict)),
            grade=grade,
            used=None if used == stands else used,
        )
        lines.setdefault(initiative, line)
    return lines
