"""Everything that changes journey maps."""

from journeys.maps.services.comments import comment_on_map, resolve_comment
from journeys.maps.services.editing import edit_map, go_back_to, redo, undo
from journeys.maps.services.keeping import (
    MapValues,
    archive_map,
    copy_map,
    delete_map,
    new_map,
    restore_map,
    save_map,
)
from journeys.maps.services.merged import touchpoints_merged
from journeys.maps.services.sheets import make_sheet, request_sheet
from journeys.maps.services.taking_in import MapPlan, import_map, planned_map

__all__ = [
    "MapPlan",
    "MapValues",
    "archive_map",
    "comment_on_map",
    "copy_map",
    "delete_map",
    "edit_map",
    "go_back_to",
    "import_map",
    "make_sheet",
    "new_map",
    "planned_map",
    "redo",
    "request_sheet",
    "resolve_comment",
    "restore_map",
    "save_map",
    "touchpoints_merged",
    "undo",
]
