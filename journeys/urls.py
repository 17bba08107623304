"""The inventory, under /o/<organization>/touchpoints/."""

from django.urls import path

from journeys import views

app_name = "journeys"
urlpatterns = [
    path("", views.touchpoint_list, name="touchpoint_list"),
    path("touchpoints.<slug:ending>", views.touchpoint_file, name="touchpoint_file"),
    path("new/", views.touchpoint_new, name="touchpoint_new"),
    path("<slug:key>/edit/", views.touchpoint_edit, name="touchpoint_edit"),
    path("<slug:key>/archive/", views.touchpoint_archive, name="touchpoint_archive"),
    path("<slug:key>/merge/", views.touchpoint_merge, name="touchpoint_merge"),
    path("<slug:key>/restore/", views.touchpoint_restore, name="touchpoint_restore"),
]
