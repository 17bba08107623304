"""Pages across rooms, under /o/<organization>/."""

from django.urls import path

from overview import views

app_name = "overview"
urlpatterns = [
    path("touchpoints/<slug:key>/", views.touchpoint_detail, name="touchpoint_detail"),
]
