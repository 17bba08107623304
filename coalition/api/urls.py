"""The coalition, under /api/v1/o/<organization>/."""

from rest_framework.routers import SimpleRouter

from coalition.api.suggestions import SuggestionViewSet
from coalition.api.views import DecisionViewSet, InitiativeViewSet, SeatViewSet

router = SimpleRouter()
router.register("initiatives", InitiativeViewSet, basename="initiative")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("seats", SeatViewSet, basename="seat")
router.register("suggestions", SuggestionViewSet, basename="suggestion")
urlpatterns = router.urls
