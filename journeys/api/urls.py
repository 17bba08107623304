"""Touchpoints and journey maps, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from journeys.api.changes import InventoryChangeViewSet
from journeys.api.map_views import JourneyMapViewSet
from journeys.api.views import TouchpointViewSet

router = SimpleRouter()
router.register("touchpoints", TouchpointViewSet, basename="touchpoint")
router.register("touchpoint-changes", InventoryChangeViewSet, basename="touchpoint-change")
router.register("journey-maps", JourneyMapViewSet, basename="journey-map")
urlpatterns = router.urls
