"""Coverage and "my part" in the API, on the same selectors as the screens."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from overview import selectors
from overview.api.serializers import CoverageSerializer


class CoverageView(MemberView, APIView):
    """What is missing at each touchpoint: someone listens, owns, represents, counts, improves."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(responses=CoverageSerializer)
    def get(self, request: Request, organization: str) -> Response:
        return Response(CoverageSerializer(selectors.coverage_page(self.member)).data)
