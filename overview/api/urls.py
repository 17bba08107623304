"""What reads across rooms, under /api/v1/o/<organization>/."""

from django.urls import path

from overview.api.views import CoverageView

urlpatterns = [path("coverage/", CoverageView.as_view(), name="coverage")]
