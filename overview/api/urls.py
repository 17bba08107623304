"""What reads across rooms, under /api/v1/o/<organization>/."""

from django.urls import path

from overview.api.map_views import (
    LiveMapView,
    MapDraftView,
    MapFlowView,
    MapSheetFileView,
    MapSheetsView,
    MapSheetView,
)
from overview.api.views import CoverageView, MyPartView, SearchView

urlpatterns = [
    path("coverage/", CoverageView.as_view(), name="coverage"),
    path("my-part/", MyPartView.as_view(), name="my_part"),
    path("search/", SearchView.as_view(), name="search"),
    path("journey-maps/<slug:key>/live/", LiveMapView.as_view(), name="journey_map_live"),
    path("journey-maps/<slug:key>/flow/", MapFlowView.as_view(), name="journey_map_flow"),
    path("journey-maps/<slug:key>/sheets/", MapSheetsView.as_view(), name="journey_map_sheets"),
    path("journey-maps/<slug:key>/sheets/<int:pk>/", MapSheetView.as_view(), name="journey_map_sheet"),
    path(
        "journey-maps/<slug:key>/sheets/<int:pk>/file/",
        MapSheetFileView.as_view(),
        name="journey_map_sheet_file",
    ),
    path(
        "journey-maps/<slug:key>/steps/<slug:step>/draft/", MapDraftView.as_view(), name="journey_map_draft"
    ),
]
