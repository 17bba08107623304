"""Touchpoints, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from journeys.api.views import TouchpointViewSet

router = SimpleRouter()
router.register("touchpoints", TouchpointViewSet, basename="touchpoint")
urlpatterns = router.urls
