"""The coalition, under /api/v1/o/<organization>/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from coalition.api.reviews import InitiativeReviewViewSet, ReviewViewSet
from coalition.api.suggestions import SuggestionViewSet
from coalition.api.views import DecisionViewSet, InitiativeViewSet, SeatViewSet

router = SimpleRouter()
router.register("initiatives", InitiativeViewSet, basename="initiative")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("seats", SeatViewSet, basename="seat")
router.register("reviews", ReviewViewSet, basename="review")
router.register("suggestions", SuggestionViewSet, basename="suggestion")
_REVIEW = "initiatives/<int:number>/review"
urlpatterns = [
    path(
        f"{_REVIEW}/",
        InitiativeReviewViewSet.as_view({"get": "standing", "post": "start"}),
        name="initiative-review",
    ),
    path(
        f"{_REVIEW}/vote/", InitiativeReviewViewSet.as_view({"post": "vote"}), name="initiative-review-vote"
    ),
    path(
        f"{_REVIEW}/decide/",
        InitiativeReviewViewSet.as_view({"post": "decide"}),
        name="initiative-review-decide",
    ),
    path("", include(router.urls)),
]
