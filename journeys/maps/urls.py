"""Maps, under /o/<organization>/journeys/. The page of one map is `overview:map_detail`."""

from django.urls import path

from journeys.maps.views import editing, maps

app_name = "maps"
urlpatterns = [
    path("", maps.map_list, name="map_list"),
    path("new/", maps.map_new, name="map_new"),
    path("import/", maps.map_import, name="map_import"),
    path("<slug:key>/edit/", maps.map_edit, name="map_edit"),
    path("<slug:key>/parts/", editing.map_parts, name="map_parts"),
    path("<slug:key>/change/", editing.map_change, name="map_change"),
    path("<slug:key>/steps/<slug:step>/", editing.step_edit, name="step_edit"),
    path("<slug:key>/comment/", editing.map_comment, name="map_comment"),
    path("<slug:key>/comments/<int:pk>/", editing.comment_resolve, name="comment_resolve"),
    path("<slug:key>/history/", maps.map_history, name="map_history"),
    path("<slug:key>/compare/", maps.map_compare, name="map_compare"),
    path("<slug:key>/copy/", maps.map_copy, name="map_copy"),
    path("<slug:key>/archive/", maps.map_archive, name="map_archive"),
    path("<slug:key>/restore/", maps.map_restore, name="map_restore"),
    path("<slug:key>/delete/", maps.map_delete, name="map_delete"),
    path("<slug:key>/map.<slug:ending>", maps.map_file, name="map_file"),
]
