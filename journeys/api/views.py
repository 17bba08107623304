"""Touchpoints in the API, on the same services as the screens."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.api import named, strictly_filtered
from common.errors import InvalidValues
from common.strict import READ
from journeys import services
from journeys.access import touchpoint_for, touchpoint_to_change, touchpoints_for
from journeys.api.serializers import (
    ArchiveSerializer,
    MergePreviewSerializer,
    MergeSerializer,
    TouchpointSerializer,
    TouchpointWriteSerializer,
)
from journeys.choices import Channel, Phase
from journeys.filters import LEFT, NOBODY, TouchpointFilter
from journeys.models import Touchpoint

LIST_PARAMETERS = [
    OpenApiParameter("q", str, description="In name, purpose or key."),
    OpenApiParameter("phase", str, enum=Phase.values),
    OpenApiParameter("channel", str, enum=Channel.values),
    OpenApiParameter("owner", str, description=f"Key of a business function, or `{NOBODY}`."),
    OpenApiParameter(
        "person", str, description=f"Id of the responsible member, `{NOBODY}`, or `{LEFT}` for who has left."
    ),
    OpenApiParameter("designed", str, enum=["yes", "no"], description="Designed on purpose, or not."),
    OpenApiParameter("archived", str, enum=["yes", "all"], description="Archived ones only, or all."),
]


class TouchpointViewSet(MemberView, GenericViewSet[Touchpoint]):
    """The inventory of touchpoints. `key` is made from the first name and stays. The key of one that was
    merged reads the touchpoint that was kept, and changes nothing."""

    serializer_class = TouchpointSerializer
    queryset = Touchpoint.objects.none()
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    required_actions = {
        "*": Action.EDIT_TOUCHPOINTS,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "merge": Action.EDIT_METRICS,
        "merge_preview": Action.EDIT_METRICS,
    }
    parameters = {"list": list(TouchpointFilter.base_filters), "merge_preview": ["other"]}

    @extend_schema(parameters=LIST_PARAMETERS, responses=TouchpointSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        found = TouchpointFilter(
            request.query_params,
            queryset=touchpoints_for(self.member).order_by("name"),
            organization=self.member.organization,
        )
        page = self.paginate_queryset(strictly_filtered(found))
        return self.get_paginated_response(TouchpointSerializer(page, many=True).data)

    @extend_schema(responses=TouchpointSerializer)
    def retrieve(self, request: Request, organization: str, key: str) -> Response:
        return Response(TouchpointSerializer(touchpoint_for(self.member, key)).data)

    @extend_schema(request=TouchpointWriteSerializer, responses={201: TouchpointSerializer})
    def create(self, request: Request, organization: str) -> Response:
        touchpoint = services.save_touchpoint(by=self.member, **self._written(request))
        return Response(TouchpointSerializer(touchpoint).data, status=201)

    @extend_schema(request=TouchpointWriteSerializer, responses=TouchpointSerializer)
    def partial_update(self, request: Request, organization: str, key: str) -> Response:
        touchpoint = touchpoint_to_change(self.member, key)
        kept: dict[str, Any] = {
            "name": touchpoint.name,
            "channel": touchpoint.channel,
            "phase": touchpoint.phase,
            "purpose": touchpoint.purpose,
            "is_intended": touchpoint.is_intended,
            "owner_function": touchpoint.owner_function,
            "owner_person": touchpoint.owner_person,
            "operational_metric": touchpoint.operational_metric,
            "side_effects": touchpoint.side_effects,
        }
        changed = self._written(request, read=TouchpointSerializer(touchpoint).data)
        touchpoint = services.save_touchpoint(by=self.member, touchpoint=touchpoint, **{**kept, **changed})
        return Response(TouchpointSerializer(touchpoint).data)

    @extend_schema(request=ArchiveSerializer, responses=TouchpointSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, organization: str, key: str) -> Response:
        touchpoint = touchpoint_to_change(self.member, key)
        sent = ArchiveSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = services.archive_touchpoint(by=self.member, touchpoint=touchpoint, **sent.validated_data)
        return Response(TouchpointSerializer(row).data)

    @extend_schema(request=None, responses=TouchpointSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization: str, key: str) -> Response:
        touchpoint = touchpoint_to_change(self.member, key)
        return Response(
            TouchpointSerializer(services.restore_touchpoint(by=self.member, touchpoint=touchpoint)).data
        )

    @extend_schema(request=MergeSerializer, responses=TouchpointSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, organization: str, key: str) -> Response:
        """The touchpoint `other` becomes part of this one, for good: its answers, surveys, feeds,
        initiatives and seats are this one's, and its key and name mean this one. 409 `merge_refused` where a
        plan would no longer compare what it promised."""
        kept = touchpoint_to_change(self.member, key, Action.EDIT_METRICS)
        sent = MergeSerializer(data=request.data, context={"member": self.member})
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        row = services.merge_touchpoints(
            by=self.member,
            kept=kept,
            gone=values["other"],
            accepts_consequences=values["accepts_consequences"],
        )
        return Response(TouchpointSerializer(row).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("other", str, required=True, description="Key of the one that would go.")
        ],
        responses=MergePreviewSerializer,
    )
    @action(detail=True, methods=["get"], url_path="merge/preview")
    def merge_preview(self, request: Request, organization: str, key: str) -> Response:
        """What a merge would move now, in sentences."""
        kept = touchpoint_to_change(self.member, key, Action.EDIT_METRICS)
        wanted = request.query_params.get("other", "")
        if not wanted:
            text = _("Name the touchpoint that would go.")
            raise InvalidValues(text, fields={"other": text})
        with named("other", "touchpoint with this key"):
            other = touchpoint_to_change(self.member, wanted, Action.EDIT_METRICS)
        found = services.touchpoint_merge(kept=kept, gone=other)
        return Response(MergePreviewSerializer(found).data)

    def _written(self, request: Request, *, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What was sent, checked; of a touchpoint that was `read` what differs."""
        serializer = TouchpointWriteSerializer(
            data=request.data, partial=read is not None, context={"member": self.member, READ: read}
        )
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values
