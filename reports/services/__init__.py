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
from reports.services.scheduled import (
    document_of,
    make_scheduled,
    queue_after_decision,
    queue_due_schedules,
)
from reports.services.schedules import (
    ScheduleValues,
    pause_schedule,
    remove_schedule,
    resume_schedule,
    run_schedule_now,
    save_schedule,
)
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
    "ScheduleValues",
    "Workbook",
    "address_of",
    "answer_by_link",
    "answer_report",
    "document_of",
    "drop_slips",
    "fetch_slips",
    "make_report",
    "make_scheduled",
    "make_slides",
    "make_slips",
    "note_opening",
    "pack_of",
    "pause_schedule",
    "queue_after_decision",
    "queue_due_schedules",
    "refuse_ended",
    "refuse_sharing",
    "refuse_slides",
    "remove_schedule",
    "remove_slide_template",
    "request_board_pack",
    "request_maturity_report",
    "request_program_report",
    "request_roi_report",
    "request_slides",
    "request_slips",
    "request_summary",
    "request_wave_report",
    "resume_schedule",
    "revoke_share_link",
    "run_schedule_now",
    "save_schedule",
    "save_slide_template",
    "secret_of",
    "share_report",
    "verify_file",
    "workbook_of",
    "workbook_of_program",
    "workbook_of_value",
]
