"""Live values, the way of customers and the draft of a map in the API, on the selectors of the page."""

from typing import Any

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from coalition import services as coalition
from common.errors import InvalidValues
from common.jobs import enqueue
from customer_voice.choices import Followed, Span
from journeys.maps import services as journeys
from journeys.maps.access import map_for, sheet_for
from overview.api.map_serializers import (
    LiveMapSerializer,
    MapDraftSerializer,
    MapFlowSerializer,
    MapSheetSerializer,
    SheetRequestSerializer,
)
from overview.forms import FlowForm, LiveForm
from overview.selectors import maps
from overview.sheet_files import given_sheet

_CUT = [
    OpenApiParameter("segment", str, description="Answers of this segment alone."),
    OpenApiParameter("account", str, description="Reference or name of a customer account."),
    OpenApiParameter("span", str, enum=Span.values, description="Of which time."),
]


class LiveMapView(MemberView, APIView):
    """What customers say at each step of a map, and where it hurts most."""

    required_actions = {"*": Action.VIEW}
    parameters = {"get": ["metric", "segment", "account", "span"]}

    @extend_schema(
        operation_id="journey_maps_live",
        parameters=[OpenApiParameter("metric", str, description="Key of the metric of the ranking."), *_CUT],
        responses=LiveMapSerializer,
    )
    def get(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key)
        form = LiveForm(request.query_params, organization=self.member.organization)
        form.require_known()
        page = maps.map_page(self.member, row, form.cut())
        metric = request.query_params.get("metric", "")
        if metric and metric not in {one.key for one in page.metrics}:
            text = _("No answers to a metric “%(text)s” on this map.") % {"text": metric[:80]}
            raise InvalidValues(text, fields={"metric": text})
        return Response(LiveMapSerializer(page).data)


class MapFlowView(MemberView, APIView):
    """How customers go on from step to step of a map."""

    required_actions = {"*": Action.VIEW}
    parameters = {"get": ["window", "followed", "segment", "account", "span"]}

    @extend_schema(
        operation_id="journey_maps_flow",
        parameters=[
            OpenApiParameter("window", int, enum=maps.WINDOWS, description="Days; by default 90."),
            OpenApiParameter(
                "followed", str, enum=Followed.values, description="Whose way; by default people."
            ),
            *_CUT,
        ],
        responses=MapFlowSerializer,
    )
    def get(self, request: Request, organization: str, key: str) -> Response:
        row = map_for(self.member, key)
        form = FlowForm(request.query_params, organization=self.member.organization)
        form.require_known()
        return Response(MapFlowSerializer(maps.map_flow(self.member, row, form.flow_cut())).data)


class MapDraftView(MemberView, APIView):
    """A draft initiative from a step, with problem, evidence and baseline."""

    required_actions = {"*": Action.DRAFT_INITIATIVE}

    @extend_schema(operation_id="journey_maps_draft", request=None, responses={201: MapDraftSerializer})
    def post(self, request: Request, organization: str, key: str, step: str) -> Response:
        row = map_for(self.member, key)
        seed = maps.step_seed(self.member, row, step)
        if seed is None:
            if all(one.step.key != step for one in maps.map_page(self.member, row).view.steps):
                raise Http404
            text = _("Link the step to a touchpoint first: an initiative is about touchpoints.")
            raise InvalidValues(text, fields={"step": text})
        initiative: Any = coalition.draft_from_step(by=self.member, seed=seed)
        return Response(MapDraftSerializer({"number": initiative.number}).data, status=201)


class MapSheetsView(MemberView, APIView):
    """A map as PDF, SVG or PNG: the worker draws it."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(
        operation_id="journey_maps_sheet_create",
        request=SheetRequestSerializer,
        responses={202: MapSheetSerializer},
    )
    def post(self, request: Request, organization: str, key: str) -> Response:
        """Replaces what the member asked for before of this map."""
        row = map_for(self.member, key)
        sent = SheetRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        sheet = journeys.request_sheet(by=self.member, map=row, **sent.validated_data)
        enqueue(sheet)
        return Response(MapSheetSerializer(sheet).data, status=202)


class MapSheetView(MemberView, APIView):
    """How far a sheet of the member is."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(operation_id="journey_maps_sheet", responses=MapSheetSerializer)
    def get(self, request: Request, organization: str, key: str, pk: int) -> Response:
        return Response(MapSheetSerializer(sheet_for(self.member, key, pk)).data)


class MapSheetFileView(MemberView, APIView):
    """The file of a sheet of the member; 404 as long as it is not drawn."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(
        operation_id="journey_maps_sheet_file",
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            (200, "image/svg+xml"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, organization: str, key: str, pk: int) -> FileResponse:
        return given_sheet(self.member, sheet_for(self.member, key, pk))
