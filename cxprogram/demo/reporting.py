"""Documents of the demo: one that somebody outside was given and has answered, and a board pack; its look."""

from datetime import date, timedelta

from accounts.services import save_branding
from cxprogram.demo.people import Cast
from impact.choices import SignOff
from impact.models import RoiCase
from reports import services
from reports.access import report_for
from reports.choices import Answer
from reports.models import Report

ACCENT = "#0b5f7a"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60"><g fill="none" stroke="#0b5f7a" stroke-width="7">'
    '<path d="M10 46 Q35 4 60 30 T110 14" stroke-linecap="round"/></g><circle cx="110" cy="14" r="8" fill="#c79100"/>'
    "</svg>"
)
SESSION = timedelta(days=120)  # since when the board pack tells of decisions


def hand_out(cast: Cast, today: date) -> str:
    """The ROI report of what finance has signed, as a supervisor got and answered it; a board pack."""
    maya = cast["Maya"]
    save_branding(by=cast["Paula"], accent=ACCENT, logo=LOGO.encode())
    value = (
        RoiCase.objects.of(maya.organization).filter(sign_off=SignOff.SIGNED).select_related("study").get()
    )
    proof = _made(services.request_roi_report(by=maya, study=value.study, roi_case=value))
    link = services.share_report(
        by=maya, report=report_for(maya, proof.pk), recipient="Chair of the supervisory board", days=90
    )
    services.note_opening(link=link)
    services.answer_by_link(
        link=link,
        answer=Answer.QUESTION,
        comment="What would a second region cost, and when would we see its effect?",
    )
    pack = _made(services.request_board_pack(by=maya, since=today - SESSION))
    return f"2 documents ({proof.pages} and {pack.pages} pages), one of them shared and answered"


def _made(report: Report) -> Report:
    services.make_report(report=report)
    report.refresh_from_db()
    return report
