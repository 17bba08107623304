"""The inventory, under /o/<organization>/touchpoints/."""

from django.urls import path

from journeys import change_views, views

app_name = "journeys"
urlpatterns = [
    path("", views.touchpoint_list, name="touchpoint_list"),
    path("touchpoints.<slug:ending>", views.touchpoint_file, name="touchpoint_file"),
    path("new/", views.touchpoint_new, name="touchpoint_new"),
    path("changes/list/", change_views.change_list, name="change_list"),
    path("changes/file/", change_views.change_file, name="change_file"),
    path("changes/sample/", change_views.change_sample, name="change_sample"),
    path("changes/choose/", change_views.change_choose, name="change_choose"),
    path("changes/<int:pk>/", change_views.change_detail, name="change_detail"),
    path("changes/<int:pk>/answers/", change_views.change_answers, name="change_answers"),
    path("changes/<int:pk>/discard/", change_views.change_discard, name="change_discard"),
    path("changes/<int:pk>/undo/", change_views.change_undo, name="change_undo"),
    path("<slug:key>/edit/", views.touchpoint_edit, name="touchpoint_edit"),
    path("<slug:key>/archive/", views.touchpoint_archive, name="touchpoint_archive"),
    path("<slug:key>/merge/", views.touchpoint_merge, name="touchpoint_merge"),
    path("<slug:key>/restore/", views.touchpoint_restore, name="touchpoint_restore"),
]
