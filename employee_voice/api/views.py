"""Published waves in the API, cut to what the caller may see, on the same selectors as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from employee_voice import selectors
from employee_voice.access import published_wave_for, wave_for
from employee_voice.api.serializers import (
    FunctionActionSerializer,
    PlannedGroupsSerializer,
    PublishedWaveSerializer,
    WaveResultsSerializer,
)
from employee_voice.models import Wave
from employee_voice.scope import tree_of


class EmployeeWaveViewSet(MemberView, GenericViewSet[Wave]):
    """Published waves of employee surveys. Nothing that anybody answered is read here before that."""

    serializer_class = PublishedWaveSerializer
    queryset = Wave.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"*": Action.VIEW_EMPLOYEE_RESULTS, "groups": Action.MANAGE_EMPLOYEE_SURVEYS}

    @extend_schema(responses=PublishedWaveSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(selectors.published_waves(self.member.organization))
        return self.get_paginated_response(PublishedWaveSerializer(page, many=True).data)

    @extend_schema(responses=PublishedWaveSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(PublishedWaveSerializer(published_wave_for(self.member, int(pk))).data)

    @extend_schema(responses=WaveResultsSerializer)
    @action(detail=True, methods=["get"])
    def results(self, request: Request, organization: str, pk: str) -> Response:
        wave = published_wave_for(self.member, int(pk))
        return Response(WaveResultsSerializer(selectors.results_page(self.member, wave)).data)

    @extend_schema(responses=PlannedGroupsSerializer)
    @action(detail=True, methods=["get"], pagination_class=None)
    def groups(self, request: Request, organization: str, pk: str) -> Response:
        """Before a wave opens: which functions are too small to have figures of their own."""
        wave = wave_for(self.member, int(pk), Action.MANAGE_EMPLOYEE_SURVEYS)
        return Response(PlannedGroupsSerializer(selectors.planned_groups(wave)).data)

    @extend_schema(responses=FunctionActionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def actions(self, request: Request, organization: str, pk: str) -> Response:
        tree = tree_of(published_wave_for(self.member, int(pk)))
        rows = selectors.action_rows(self.member, tree, tree.parents)
        return Response(FunctionActionSerializer(rows, many=True).data)
