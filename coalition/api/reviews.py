"""Reviews of approvals by API: the same services as the screens."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import MemberView
from accounts.choices import Action
from coalition import services
from coalition.access import initiative_for, seat_for
from coalition.choices import MOST_OF_COMMENT, ReviewChoice, ReviewOutcome
from coalition.models import Initiative, Review
from coalition.selectors.review_days import review_day
from coalition.selectors.reviews import open_review, reviews_of, seen_by, standing_of_review
from common.api import named
from common.strict import KnownFields


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """`study` and `value` are numbers of what stood beside it. `tally`: how many said what, when over."""

    initiative = serializers.IntegerField(source="initiative.number", read_only=True)
    tally = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = [
            "id", "initiative", "number", "due_on", "decided_how", "study", "value", "last_day", "opened_at",
            "closed_at", "outcome", "ending", "tally", "decided_by", "reason", "next_on",
        ]  # fmt: skip
        read_only_fields = fields

    def get_tally(self, review: Review) -> dict[str, int]:
        return dict(review.tally)


class ReviewSeatSerializer(serializers.Serializer[Any]):
    seat = serializers.CharField(source="seat.title")
    person = serializers.CharField(source="seat.membership")
    has_voted = serializers.SerializerMethodField()
    choice = serializers.CharField(help_text="Empty until you have voted yourself or it is over.")
    comment = serializers.CharField()

    def get_has_voted(self, row: Any) -> bool:
        return bool(row.choice) or row.is_hidden


class ReviewStandingSerializer(serializers.Serializer[Any]):
    """Where the review of an initiative stands. `review_day` waits; null where none does."""

    review_day = serializers.DateField(allow_null=True)
    is_due = serializers.BooleanField()
    open = ReviewSerializer(allow_null=True)
    seats = ReviewSeatSerializer(many=True)


class ReviewVoteSerializer(KnownFields, serializers.Serializer[Any]):
    choice = serializers.ChoiceField(choices=ReviewChoice.choices)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=MOST_OF_COMMENT)
    seat = serializers.IntegerField(required=False, allow_null=True, default=None)


class ReviewDecisionSerializer(KnownFields, serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(
        choices=[one for one in ReviewOutcome.choices if one[0] != ReviewOutcome.NO_DECISION]
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=MOST_OF_COMMENT)
    next_on = serializers.DateField(required=False, allow_null=True, default=None)


class ReviewViewSet(MemberView, mixins.ListModelMixin, viewsets.GenericViewSet[Review]):
    """Every review of an approval that is over, newest first: confirmed, changed or stopped."""

    queryset = Review.objects.none()
    serializer_class = ReviewSerializer
    required_actions = {"list": Action.VIEW}

    def get_queryset(self) -> Any:
        return reviews_of(self.member.organization)


class InitiativeReviewViewSet(MemberView, viewsets.GenericViewSet[Review]):
    """The review of one initiative: where it stands, opened, voted on, or decided by the chair."""

    queryset = Review.objects.none()
    serializer_class = ReviewStandingSerializer
    required_actions = {
        "standing": Action.VIEW,
        "start": Action.RECORD_PROGRESS,
        "vote": Action.VOTE,
        "decide": Action.VOTE,
    }

    @extend_schema(responses=ReviewStandingSerializer)
    def standing(self, request: Request, organization: str, number: int) -> Response:
        return self._standing(initiative_for(self.member, number, Action.VIEW))

    @extend_schema(request=None, responses={201: ReviewStandingSerializer})
    def start(self, request: Request, organization: str, number: int) -> Response:
        """Open the review; its day has come. By the charter the coalition votes."""
        initiative = initiative_for(self.member, number, Action.RECORD_PROGRESS)
        services.open_review_vote(by=self.member, initiative=initiative)
        return self._standing(initiative, status=201)

    @extend_schema(request=ReviewVoteSerializer, responses=ReviewStandingSerializer)
    def vote(self, request: Request, organization: str, number: int) -> Response:
        """What one seat says: the own one, or the one of this id."""
        initiative = initiative_for(self.member, number, Action.VOTE)
        form = ReviewVoteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        wanted = sent.pop("seat")
        with named("seat", "seat of this id"):
            seat = None if wanted is None else seat_for(self.member, wanted, Action.VOTE)
        services.cast_review_vote(by=self.member, initiative=initiative, seat=seat, **sent)
        return self._standing(initiative_for(self.member, number, Action.VIEW))

    @extend_schema(request=ReviewDecisionSerializer, responses=ReviewSerializer)
    def decide(self, request: Request, organization: str, number: int) -> Response:
        """The chair's decision, where the charter says so."""
        initiative = initiative_for(self.member, number, Action.VOTE)
        form = ReviewDecisionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = services.decide_review(by=self.member, initiative=initiative, **form.validated_data)
        return Response(ReviewSerializer(made).data)

    def _standing(self, initiative: Initiative, *, status: int = 200) -> Response:
        current = open_review(initiative)
        day = review_day(initiative)
        seen = None if current is None else seen_by(standing_of_review(current), self.member)
        body = {
            "review_day": day,
            "is_due": day is not None and day <= initiative.organization.clock.today(),
            "open": current,
            "seats": () if seen is None else seen.seats,
        }
        return Response(ReviewStandingSerializer(body).data, status=status)
