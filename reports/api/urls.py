"""Documents, under /api/v1/o/<organization>/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from reports.api import schedules, views

router = SimpleRouter()
router.register("reports", views.ReportViewSet, basename="report")
router.register("schedules", schedules.ScheduleViewSet, basename="schedule")

urlpatterns = [
    path("roi-cases/<int:pk>/workbook/", views.ValueWorkbookView.as_view(), name="value_workbook"),
    path("program/<int:number>/workbook/", views.ProgramWorkbookView.as_view(), name="program_workbook"),
    path("", include(router.urls)),
]
