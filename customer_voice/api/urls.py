"""Listening, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from customer_voice.api.views import FeedbackViewSet, ImportViewSet, MetricViewSet

router = SimpleRouter()
router.register("metrics", MetricViewSet, basename="metric")
router.register("feedback", FeedbackViewSet, basename="feedback")
router.register("imports", ImportViewSet, basename="import")
urlpatterns = router.urls
