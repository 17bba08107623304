"""Assessments, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from assessments.api.views import AssessmentViewSet, FrameworkViewSet, ResultViewSet

router = SimpleRouter()
router.register("frameworks", FrameworkViewSet, basename="framework")
router.register("assessments", AssessmentViewSet, basename="assessment")
router.register("maturity-results", ResultViewSet, basename="maturity-result")
urlpatterns = router.urls
