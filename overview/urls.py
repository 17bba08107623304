"""Pages across rooms, under /o/<organization>/."""

from django.urls import path

from overview import map_views, views

app_name = "overview"
urlpatterns = [
    path("guide/hide/", views.guide_hide, name="guide_hide"),
    path("guide/show/", views.guide_show, name="guide_show"),
    path("coverage/", views.coverage, name="coverage"),
    path("my-part/", views.my_part, name="my_part"),
    path("search/", views.search, name="search"),
    path("journeys/<slug:key>/", map_views.map_detail, name="map_detail"),
    path("journeys/<slug:key>/flow/", map_views.map_flow, name="map_flow"),
    path("journeys/<slug:key>/sheet/", map_views.map_sheet, name="map_sheet"),
    path("journeys/<slug:key>/sheet/<int:pk>/", map_views.sheet_detail, name="sheet_detail"),
    path("journeys/<slug:key>/sheet/<int:pk>/file/", map_views.sheet_file, name="sheet_file"),
    path("journeys/<slug:key>/steps/<slug:step>/draft/", map_views.map_draft, name="map_draft"),
    path("touchpoints/<slug:key>/", views.touchpoint_detail, name="touchpoint_detail"),
]
