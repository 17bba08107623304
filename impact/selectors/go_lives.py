"""How the go-live day was corrected, beside the results that were known by then."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.utils.dateparse import parse_date

from coalition.choices import AmendedField
from coalition.models import Initiative, InitiativeAmendment
from common.registry import KnownResult
from cxstats.design import EstimandKind
from impact.findings import finding_of
from impact.go_lives import GoLiveHistory, GoLiveMove, StudyRun
from impact.models import Study
from impact.wording.go_lives import run_text


def go_live_history(initiative: Initiative) -> GoLiveHistory | None:
    """None where the day was never corrected. One query; two where it was."""
    rows = list(
        InitiativeAmendment.objects.filter(initiative=initiative, field=AmendedField.WENT_LIVE)
        .select_related("by__user")
        .order_by("at", "pk")
    )
    if not rows:
        return None
    studies = Study.objects.filter(initiative=initiative).finished().defer("inputs").order_by("number")
    runs = tuple(_run(study) for study in studies)
    known = [run.finished_at for run in runs if run.effect is not None and run.finished_at is not None]
    moves = []
    for row in rows:
        before, after = parse_date(row.before), parse_date(row.after)
        if before is not None and after is not None:
            moves.append(
                GoLiveMove(
                    at=row.at,
                    before=before,
                    after=after,
                    by=str(row.by),
                    reason=row.reason,
                    result_known=any(moment <= row.at for moment in known),
                )
            )
    return GoLiveHistory(moves=tuple(moves), studies=runs) if moves else None


def _run(study: Study) -> StudyRun:
    effect = finding_of(study.finding).effect if study.finding else None
    return StudyRun(
        number=study.number,
        go_live=study.go_live,
        data_cutoff=study.data_cutoff,
        finished_at=study.finished_at,
        grade=study.grade,
        verdict=study.verdict,
        effect=None if effect is None else (effect.value, effect.interval.low, effect.interval.high),
    )


def known_results(initiative: Any) -> Iterator[KnownResult]:
    """The first result that was known of an initiative, for pages below this room. One query."""
    study = (
        Study.objects.filter(initiative=initiative)
        .first_results()
        .defer("inputs")
        .annotate(kind=F("inputs__subject__kind"))
        .first()
    )
    if study is not None and study.go_live is not None:
        yield KnownResult(go_live=study.go_live, text=run_text(_run(study), EstimandKind(study.kind)))
