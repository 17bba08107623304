"""Documents, under /api/v1/o/<organization>/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from reports.api import schedules, slides, views

router = SimpleRouter()
router.register("reports", views.ReportViewSet, basename="report")
router.register("schedules", schedules.ScheduleViewSet, basename="schedule")

urlpatterns = [
    path("roi-cases/<int:pk>/workbook/", views.ValueWorkbookView.as_view(), name="value_workbook"),
    path("program/<int:number>/workbook/", views.ProgramWorkbookView.as_view(), name="program_workbook"),
    path("reports/<int:pk>/slides/", slides.SlidesView.as_view(), name="report_slides"),
    path(
        "reports/<int:pk>/slides/<int:slides>/file/",
        slides.SlidesFileView.as_view(),
        name="report_slides_file",
    ),
    path("slide-template/", slides.SlideTemplateView.as_view(), name="slide_template"),
    path("", include(router.urls)),
]
