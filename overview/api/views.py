"""Coverage, "my part" and search in the API, on the same selectors as the screens."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.models import BusinessFunction
from common.errors import InvalidValues
from common.text import has_something_visible
from overview import selectors
from overview.api.serializers import CoverageSerializer, MyPartSerializer, SearchSerializer


class CoverageView(MemberView, APIView):
    """What is missing at each touchpoint: someone listens, owns, represents, counts, improves."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(responses=CoverageSerializer)
    def get(self, request: Request, organization: str) -> Response:
        return Response(CoverageSerializer(selectors.coverage_page(self.member)).data)


class MyPartView(MemberView, APIView):
    """What the member's own function touches, or the one of `function`."""

    required_actions = {"*": Action.VIEW}
    parameters = {"get": ["function"]}

    @extend_schema(
        parameters=[OpenApiParameter("function", str, description="Key of a business function.")],
        responses=MyPartSerializer,
    )
    def get(self, request: Request, organization: str) -> Response:
        key = request.query_params.get("function", "")
        rows = BusinessFunction.objects.of(self.member.organization)
        if key and not rows.filter(key=key).exists():
            text = _("There is no business function “%(text)s”.") % {"text": key[:80]}
            raise InvalidValues(text, fields={"function": text})
        return Response(MyPartSerializer(selectors.my_part(self.member, key)).data)


class SearchView(MemberView, APIView):
    """Rows of every room that hold each word of `q`, as far as the member may read them: five a room."""

    required_actions = {"*": Action.VIEW}
    parameters = {"get": ["q"]}

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description="Words, at most 100 characters.", required=True)],
        responses=SearchSerializer,
    )
    def get(self, request: Request, organization: str) -> Response:
        text = request.query_params.get("q", "")
        problem = ""
        if not has_something_visible(text):
            problem = _("Say in q what to look for.")
        elif len(text) > selectors.LONGEST_SEARCH:
            problem = _("At most %(most)s characters.") % {"most": selectors.LONGEST_SEARCH}
        if problem:
            raise InvalidValues(problem, fields={"q": problem})
        return Response(SearchSerializer(selectors.search(self.member, text)).data)
