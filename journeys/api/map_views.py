"""Journey maps in the API, on the same services as the screens."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.parsers import MultiPartParser
from common.strict import READ
from journeys.api.map_serializers import (
    CommentWriteSerializer,
    DrawnMapSerializer,
    JourneyMapSerializer,
    MapChangeSerializer,
    MapCommentSerializer,
    MapCopySerializer,
    MapFileSerializer,
    MapHistorySerializer,
    MapPlanSerializer,
    MapVersionSerializer,
    MapWriteSerializer,
    NewMapSerializer,
)
from journeys.maps import services
from journeys.maps.access import map_for, maps_for
from journeys.maps.content import Drawing, Step, drawing_of
from journeys.maps.models import JourneyMap
from journeys.maps.operations import Doing
from journeys.maps.selectors import history
from journeys.maps.services import MapValues

EDIT = Action.EDIT_TOUCHPOINTS


class JourneyMapViewSet(MemberView, GenericViewSet[JourneyMap]):
    """Journey maps. Reading one gives its drawing; `changes` writes to it by operations, and every such
    call is one version that can be undone."""

    serializer_class = JourneyMapSerializer
    queryset = JourneyMap.objects.none()
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    required_actions = {
        "*": EDIT,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "history": Action.VIEW,
        "comments": Action.VIEW,
        "comment": Action.VIEW,
    }

    @extend_schema(responses=JourneyMapSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(maps_for(self.member).order_by("name", "pk").defer("content"))
        return self.get_paginated_response(JourneyMapSerializer(page, many=True).data)

    @extend_schema(responses=DrawnMapSerializer)
    def retrieve(self, request: Request, organization: str, key: str) -> Response:
        return Response(_drawn(map_for(self.member, key)))

    @extend_schema(request=NewMapSerializer, responses={201: DrawnMapSerializer})
    def create(self, request: Request, organization: str) -> Response:
        sent = NewMapSerializer(data=request.data, context={"member": self.member})
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        row = services.new_map(by=self.member, start=values.pop("start"), values=MapValues(**values))
        return Response(_drawn(row), status=201)

    @extend_schema(
        operation_id="journey_maps_import",
        request={"multipart/form-data": MapFileSerializer},
        responses={200: MapPlanSerializer, 201: DrawnMapSerializer},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser])
    def take_in(self, request: Request, organization: str) -> Response:
        """A map made of a CSV file or workbook; nothing is made where one of its lines is wrong."""
        sent = MapFileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        told = sent.validated_data
        if told["check"]:
            plan = services.planned_map(organization=self.member.organization, file=told["file"])
            return Response(MapPlanSerializer(plan).data)
        values = MapValues(name=told["name"], persona=told["persona"])
        row = services.import_map(by=self.member, values=values, file=told["file"])
        return Response(_drawn(row), status=201)

    @extend_schema(request=MapWriteSerializer, responses=DrawnMapSerializer)
    def partial_update(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key, EDIT)
        read = _drawn(row)
        sent = MapWriteSerializer(
            data=request.data, partial=True, context={"member": self.member, READ: read}
        )
        sent.is_valid(raise_exception=True)
        kept: dict[str, Any] = {
            "name": row.name,
            "persona": row.persona,
            "purpose": row.purpose,
            "state": row.state,
            "today": row.today,
        }
        row = services.save_map(by=self.member, map=row, values=MapValues(**{**kept, **sent.validated_data}))
        return Response(_drawn(row))

    @extend_schema(request=MapChangeSerializer, responses=DrawnMapSerializer)
    @action(detail=True, methods=["post"])
    def changes(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key, EDIT)
        sent = MapChangeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        doings = [_doing(dict(one)) for one in sent.validated_data["operations"]]
        row = services.edit_map(
            by=self.member, map=row, doings=doings, seen=sent.validated_data.get("version")
        )
        return Response(_drawn(row))

    @extend_schema(request=None, responses=DrawnMapSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, organization: str, key: str) -> Response:
        """Takes the member's own last change back."""
        return Response(_drawn(services.undo(by=self.member, map=map_for(self.member, key, EDIT))))

    @extend_schema(request=None, responses=DrawnMapSerializer)
    @action(detail=True, methods=["post"])
    def redo(self, request: Request, organization: str, key: str) -> Response:
        return Response(_drawn(services.redo(by=self.member, map=map_for(self.member, key, EDIT))))

    @extend_schema(request=MapVersionSerializer, responses=DrawnMapSerializer)
    @action(detail=True, methods=["post"], url_path="go-back")
    def go_back(self, request: Request, organization: str, key: str) -> Response:
        """The drawing as it was in a version, as a new one."""
        row = map_for(self.member, key, EDIT)
        sent = MapVersionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(_drawn(services.go_back_to(by=self.member, map=row, **sent.validated_data)))

    @extend_schema(responses=MapHistorySerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, request: Request, organization: str, key: str) -> Response:
        """The newest hundred versions, newest first."""
        return Response(MapHistorySerializer(history(map_for(self.member, key)), many=True).data)

    @extend_schema(request=MapCopySerializer, responses={201: DrawnMapSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key, EDIT)
        sent = MapCopySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        copy = services.copy_map(by=self.member, map=row, **sent.validated_data)
        return Response(_drawn(copy), status=201)

    @extend_schema(request=None, responses=JourneyMapSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, organization: str, key: str) -> Response:
        row = services.archive_map(by=self.member, map=map_for(self.member, key, EDIT))
        return Response(JourneyMapSerializer(row).data)

    @extend_schema(request=None, responses=JourneyMapSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization: str, key: str) -> Response:
        row = services.restore_map(by=self.member, map=map_for(self.member, key, EDIT))
        return Response(JourneyMapSerializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, key: str) -> Response:
        """An archived map goes for good; 409 `map_in_use` for any other."""
        services.delete_map(by=self.member, map=map_for(self.member, key, EDIT))
        return Response(status=204)

    @extend_schema(responses=MapCommentSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def comments(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key)
        found = row.comments.select_related("author__user").prefetch_related("mentioned")
        return Response(MapCommentSerializer(found, many=True).data)

    @extend_schema(request=CommentWriteSerializer, responses={201: MapCommentSerializer})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key)
        sent = CommentWriteSerializer(data=request.data, context={"member": self.member})
        sent.is_valid(raise_exception=True)
        comment = services.comment_on_map(by=self.member, map=row, **sent.validated_data)
        return Response(MapCommentSerializer(comment).data, status=201)


def _doing(sent: dict[str, Any]) -> Doing:
    """An emotion of null is taken away."""
    what = sent.pop("do")
    if "emotion" in sent and sent["emotion"] is None:
        sent["emotion"] = ""
    return Doing(do=what, told=sent)


def _drawn(row: JourneyMap) -> dict[str, Any]:
    drawing = drawing_of(row.content)
    stages = [
        {
            "key": stage.key,
            "name": stage.name,
            "steps": [_step(drawing, step) for step in stage.steps],
            "cells": _cells(drawing, stage.key) if not stage.steps else {},
        }
        for stage in drawing.stages
    ]
    lanes = [{"key": lane.key, "kind": lane.kind, "name": lane.name} for lane in drawing.lanes]
    return {**JourneyMapSerializer(row).data, "stages": stages, "lanes": lanes}


def _step(drawing: Drawing, step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "number": step.number,
        "name": step.name,
        "emotion": step.emotion,
        "touchpoints": list(step.touchpoints),
        "owner": step.owner,
        "nested": step.nested,
        "cells": _cells(drawing, step.key),
    }


def _cells(drawing: Drawing, column: str) -> dict[str, str]:
    return {lane.key: text for lane in drawing.lanes if (text := drawing.cells.get((column, lane.key)))}
