"""Studies and values, under /api/v1/o/<organization>/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from impact.api.associations import AssociationViewSet
from impact.api.library import LibraryFigureView, LibraryView
from impact.api.program import (
    ExchangeRateView,
    LedgerSignOffView,
    LedgerView,
    LedgerYearView,
    ProgramView,
)
from impact.api.views import DriverView, EmployeeLinkView, RoiCaseViewSet, StudyViewSet, ValueModelView

router = SimpleRouter()
router.register("studies", StudyViewSet, basename="study")
router.register("associations", AssociationViewSet, basename="association")
router.register("roi-cases", RoiCaseViewSet, basename="roi_case")
urlpatterns = [
    path("initiatives/<int:number>/value-model/", ValueModelView.as_view(), name="value_model"),
    path("employees-and-customers/", EmployeeLinkView.as_view(), name="employee_link"),
    path("drivers/", DriverView.as_view(), name="drivers"),
    path("library/", LibraryView.as_view(), name="library"),
    path("library/<int:figure>/", LibraryFigureView.as_view(), name="library_figure"),
    path("program/", ProgramView.as_view(), name="program"),
    path("program/costs/", LedgerView.as_view(), name="ledger"),
    path("program/costs/<int:year>/", LedgerYearView.as_view(), name="ledger_year"),
    path("program/costs/<int:year>/sign-off/", LedgerSignOffView.as_view(), name="ledger_sign_off"),
    path("program/rates/", ExchangeRateView.as_view(), name="exchange_rates"),
    *router.urls,
]
