"""Suggestions in the API, on the same services as the screens."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from coalition import services
from coalition.access import suggestion_for, suggestions_for
from coalition.choices import LONGEST_SUGGESTION, SuggestionState
from coalition.models import Suggestion
from common.errors import InvalidValues
from common.strict import KnownFields
from journeys.models import Touchpoint


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    touchpoint: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    by: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    answered_by: Any = serializers.PrimaryKeyRelatedField(read_only=True)
    initiative: Any = serializers.SlugRelatedField(slug_field="number", read_only=True)

    class Meta:
        model = Suggestion
        fields = [
            "id", "touchpoint", "text", "by", "created_at", "state", "initiative", "reason", "answered_by",
            "answered_at", "seen_at",
        ]  # fmt: skip
        read_only_fields = fields


class SuggestionWriteSerializer(KnownFields, serializers.Serializer[Any]):
    touchpoint: Any = serializers.SlugRelatedField(slug_field="key", queryset=Touchpoint.objects.none())
    text = serializers.CharField(max_length=LONGEST_SUGGESTION)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            fields["touchpoint"].queryset = Touchpoint.objects.of(member.organization).current()
        return fields


class SuggestionDeclineSerializer(KnownFields, serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_SUGGESTION)


class SuggestionViewSet(MemberView, GenericViewSet[Suggestion]):
    """Suggestions of employees: all for who may draft initiatives, else one's own; newest first."""

    serializer_class = SuggestionSerializer
    queryset = Suggestion.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {
        "*": Action.DRAFT_INITIATIVE,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "create": Action.SUGGEST,
        "read": Action.VIEW,
    }
    parameters = {"list": ["state"]}

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=SuggestionState.values)],
        responses=SuggestionSerializer(many=True),
    )
    def list(self, request: Request, organization: str) -> Response:
        rows, state = suggestions_for(self.member), request.query_params.get("state", "")
        if state and state not in SuggestionState.values:
            text = f"Choose one of: {', '.join(SuggestionState.values)}."
            raise InvalidValues(text, fields={"state": text})
        page = self.paginate_queryset(rows.filter(state=state) if state else rows)
        return self.get_paginated_response(SuggestionSerializer(page, many=True).data)

    @extend_schema(responses=SuggestionSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(SuggestionSerializer(suggestion_for(self.member, int(pk))).data)

    @extend_schema(request=SuggestionWriteSerializer, responses={201: SuggestionSerializer})
    def create(self, request: Request, organization: str) -> Response:
        sent = SuggestionWriteSerializer(data=request.data, context={"member": self.member})
        sent.is_valid(raise_exception=True)
        row = services.suggest_improvement(by=self.member, **sent.validated_data)
        return Response(SuggestionSerializer(row).data, status=201)

    @extend_schema(request=None, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, organization: str, pk: str) -> Response:
        """A draft initiative is made from it; its number stands in the answer. Twice gives the same draft."""
        row = suggestion_for(self.member, int(pk), Action.DRAFT_INITIATIVE)
        services.take_up_suggestion(by=self.member, suggestion=row)
        return Response(SuggestionSerializer(suggestion_for(self.member, int(pk))).data)

    @extend_schema(request=SuggestionDeclineSerializer, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, organization: str, pk: str) -> Response:
        """Whoever made it gets the reason."""
        row = suggestion_for(self.member, int(pk), Action.DRAFT_INITIATIVE)
        sent = SuggestionDeclineSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.decline_suggestion(by=self.member, suggestion=row, **sent.validated_data)
        return Response(SuggestionSerializer(suggestion_for(self.member, int(pk))).data)

    @extend_schema(request=None, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, organization: str, pk: str) -> Response:
        """Notes that its author has read the answer; of others it changes nothing."""
        services.note_answer_read(by=self.member, suggestion=suggestion_for(self.member, int(pk)))
        return Response(SuggestionSerializer(suggestion_for(self.member, int(pk))).data)
