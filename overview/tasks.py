"""What the worker does for pages across rooms."""

from celery import shared_task

from journeys.maps.models import MapSheet
from journeys.maps.services import make_sheet
from overview.sheets import draw_sheet


@shared_task(name="overview.tasks.run_sheet")  # type: ignore[untyped-decorator]
def run_sheet(pk: int) -> None:
    rows = MapSheet.objects.select_related("map__organization", "by__user", "by__organization")
    sheet = rows.filter(pk=pk).first()
    if sheet is not None:
        make_sheet(sheet=sheet, draw=draw_sheet)
