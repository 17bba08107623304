"""Documents, under /api/v1/o/<organization>/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from reports.api import views

router = SimpleRouter()
router.register("reports", views.ReportViewSet, basename="report")

urlpatterns = [path("", include(router.urls))]
