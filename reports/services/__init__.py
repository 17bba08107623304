"""Everything that makes documents."""

from reports.services.comparing import Outcome
from reports.services.making import (
    make_report,
    request_board_pack,
    request_maturity_report,
    request_program_report,
    request_roi_report,
    request_summary,
    request_wave_report,
)
from reports.services.packing import Pack, pack_of
from reports.services.sharing import (
    address_of,
    answer_by_link,
    answer_report,
    note_opening,
    refuse_ended,
    refuse_sharing,
    revoke_share_link,
    secret_of,
    share_report,
)
from reports.services.slides import (
    make_slides,
    refuse_slides,
    remove_slide_template,
    request_slides,
    save_slide_template,
)
from reports.services.slips import drop_slips, fetch_slips, make_slips, request_slips
from reports.services.verifying import verify_file
from reports.services.workbooks import Workbook, workbook_of, workbook_of_program, workbook_of_value

__all__ = [
    "Outcome",
    "Pack",
    "Workbook",
    "address_of",
    "answer_by_link",
    "answer_report",
    "drop_slips",
    "fetch_slips",
    "make_report",
    "make_slides",
    "make_slips",
    "note_opening",
    "pack_of",
    "refuse_ended",
    "refuse_sharing",
    "refuse_slides",
    "remove_slide_template",
    "request_board_pack",
    "request_maturity_report",
    "request_program_report",
    "request_roi_report",
    "request_slides",
    "request_slips",
    "request_summary",
    "request_wave_report",
    "revoke_share_link",
    "save_slide_template",
    "secret_of",
    "share_report",
    "verify_file",
    "workbook_of",
    "workbook_of_program",
    "workbook_of_value",
]
