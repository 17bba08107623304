"""Pages across rooms, under /o/<organization>/."""

from django.urls import path

from overview import views

app_name = "overview"
urlpatterns = [
    path("guide/hide/", views.guide_hide, name="guide_hide"),
    path("guide/show/", views.guide_show, name="guide_show"),
    path("coverage/", views.coverage, name="coverage"),
    path("my-part/", views.my_part, name="my_part"),
    path("touchpoints/<slug:key>/", views.touchpoint_detail, name="touchpoint_detail"),
]
