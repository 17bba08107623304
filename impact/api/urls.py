"""Studies and values, under /api/v1/o/<organization>/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from impact.api.views import DriverView, EmployeeLinkView, RoiCaseViewSet, StudyViewSet, ValueModelView

router = SimpleRouter()
router.register("studies", StudyViewSet, basename="study")
router.register("roi-cases", RoiCaseViewSet, basename="roi_case")
urlpatterns = [
    path("initiatives/<int:number>/value-model/", ValueModelView.as_view(), name="value_model"),
    path("employees-and-customers/", EmployeeLinkView.as_view(), name="employee_link"),
    path("drivers/", DriverView.as_view(), name="drivers"),
    *router.urls,
]
