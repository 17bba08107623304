"""Published waves, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from employee_voice.api.views import EmployeeWaveViewSet

router = SimpleRouter()
router.register("employee-waves", EmployeeWaveViewSet, basename="employee-wave")
urlpatterns = router.urls
