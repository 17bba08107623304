"""What an ROI document tells, whatever its form: pages and slides take the same from here."""

from dataclasses import dataclass
from typing import Any

from impact.selectors.cases import CaseView, case_view
from impact.selectors.studies import StudyView, study_view
from impact.wording import request_text
from reports.documents import cover
from reports.documents.finance import dispute_of, earlier_of, signed
from reports.models import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The finding, its value with finance's word as it stood, what is asked, what must be known before."""

    view: StudyView
    case: CaseView | None
    sign_off: dict[str, Any] | None
    request: str
    notices: tuple[cover.Notice, ...]


def told_of(report: Report) -> Told:
    """No query beyond the document's own relations."""
    study = report.study
    if study is None:
        raise ValueError("an ROI report needs its study")
    view = study_view(study)
    value = report.content["roi_case"]
    case = None
    if report.roi_case is not None and value:  # with finance's word as it stood, not as it stands
        word = value["sign_off"]
        case = case_view(
            report.roi_case,
            view.subject,
            before=view.finding.baseline_value,
            sign_off=word["state"],
            dispute=dispute_of(word),
            line_words=word.get("lines", {}),
        )
    newer = report.content.get("newer_value")
    return Told(
        view=view,
        case=case,
        sign_off=signed(value["sign_off"]) if value else None,
        request=case.request if case else _request(view),
        notices=cover.notices(
            report.content,
            view,
            case,
            earlier_of(report.content),
            newer_word=signed(newer["sign_off"])["text"] if newer else "",
        ),
    )


def _request(view: StudyView) -> str:
    """What is asked of the reader where no money stands beside the finding."""
    return request_text(
        view.subject.decision_rule,
        view.finding.verdict,
        looked_back=view.subject.looked_back,
        needs=view.change_our_mind,
    )
