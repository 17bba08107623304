"""What reads across rooms, under /api/v1/o/<organization>/."""

from django.urls import path

from overview.api.views import CoverageView, MyPartView, SearchView

urlpatterns = [
    path("coverage/", CoverageView.as_view(), name="coverage"),
    path("my-part/", MyPartView.as_view(), name="my_part"),
    path("search/", SearchView.as_view(), name="search"),
]
