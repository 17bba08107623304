"""A sheet of a map that is handed out, to a page or by API."""

from django.http import FileResponse, Http404

from accounts.models import Membership
from accounts.services import record_download
from common.jobs import JobState
from journeys.maps.choices import SheetFormat
from journeys.maps.models import MapSheet

CONTENT_TYPES = {
    SheetFormat.PDF: "application/pdf",
    SheetFormat.SVG: "image/svg+xml",
    SheetFormat.PNG: "image/png",
}


def given_sheet(member: Membership, sheet: MapSheet) -> FileResponse:
    """The file, and a line in the trail that it was taken; 404 as long as there is none."""
    if sheet.job_state != JobState.DONE or not sheet.file:
        raise Http404
    record_download(by=member, verb="map.exported", subject=sheet.map, format=sheet.format)
    answer = FileResponse(
        sheet.file.open("rb"),
        as_attachment=True,
        filename=f"{sheet.map.key}.{sheet.format}",
        content_type=CONTENT_TYPES[SheetFormat(sheet.format)],
    )
    answer["Cache-Control"] = "no-store"
    return answer
