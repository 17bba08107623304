"""What a decision on an initiative has beside it: the finding and its money, for pages below this room."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from common.registry import EvidenceBeside, EvidenceQuestion
from impact.models import RoiCase, Study
from impact.selectors.cases import case_view, finance_text, latest_case
from impact.selectors.studies import latest_finished_study, study_view


def evidence_of(question: EvidenceQuestion) -> Iterator[EvidenceBeside]:
    """The study of the question, else the one that counts, with its value. At most three queries."""
    initiative: Any = question.initiative
    study = _study(initiative, question.study)
    if study is None:
        return
    view = study_view(study)
    case = latest_case(study) if question.study is None else _case(study, question.value)
    money = None if case is None else case_view(case, view.subject)
    yield EvidenceBeside(
        study=study.number,
        until=study.data_cutoff,
        verdict=view.verdict_title,
        tone=view.tone,
        sentence=view.sentence,
        grade=view.grade,
        url=reverse(
            "impact:study_detail", args=[initiative.organization.slug, initiative.number, study.number]
        ),
        value=None if case is None else case.number,
        value_text="" if money is None else money.sentence,
        worth="" if money is None or money.impossible else money.net_present_value_range,
        finance="" if case is None else finance_text(case, None),
    )


def _study(initiative: Any, number: int | None) -> Study | None:
    if number is None:
        return latest_finished_study(initiative)
    found: Study | None = (
        Study.objects.filter(initiative=initiative, number=number)
        .finished()
        .select_related("initiative__organization")
        .first()
    )
    return found


def _case(study: Study, number: int | None) -> RoiCase | None:
    if number is None:
        return None
    found: RoiCase | None = (
        RoiCase.objects.filter(study=study, number=number).select_related("sign_off_by__user").first()
    )
    return found
