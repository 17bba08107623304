"""The library of an organization's own figures in the API, on the same services as the screens."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.api import DeclaredSerializer
from common.fields import Use
from common.strict import READ
from impact import selectors, services
from impact.access import library_figure_for
from impact.fields import LIBRARY
from impact.models import LibraryFigure

NEEDS_VERSION = "Send the version that you read: what you write becomes the next one."


class TakerSerializer(serializers.Serializer[Any]):
    """An input of a value model that was taken from the library."""

    initiative = serializers.IntegerField(source="initiative.number")
    input = serializers.CharField(source="label")
    version = serializers.IntegerField(help_text="The version that it keeps.")
    is_behind = serializers.BooleanField(help_text="The library says something newer.")


class LibraryFigureSerializer(DeclaredSerializer):
    """A figure as the library says it now. An input of a value model takes it by `library`: its number, or
    number and version ("3.2"); the answer names the version. What is written becomes the next version."""

    table = LIBRARY

    number = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(
        required=False, min_value=1, help_text="As it was read; another one is refused (`library_changed`)."
    )
    currency = serializers.CharField(
        read_only=True, help_text="Of money: the organization's, when it was written."
    )
    written_by = serializers.CharField(read_only=True, source="written_by.user.name", default="")
    written_at = serializers.DateTimeField(read_only=True)

    def values(self) -> services.LibraryValues:
        known = LIBRARY.names(Use.API_WRITE)
        return services.LibraryValues(
            **{name: value for name, value in self.validated_data.items() if name in known}
        )


class LibraryFigureDetailSerializer(LibraryFigureSerializer):
    """The figure with the inputs that were taken from it."""

    taken_by = TakerSerializer(many=True, read_only=True)


class LibraryView(MemberView, APIView):
    """Figures by name, also those that are no longer offered."""

    required_actions = {"get": Action.VIEW, "post": Action.EDIT_VALUE}

    @extend_schema(operation_id="library_list", responses=LibraryFigureSerializer(many=True))
    def get(self, request: Request, organization: str) -> Response:
        page = selectors.library_page(self.member.organization)
        rows = [line.figure for line in (*page.lines, *page.retired)]
        return Response(LibraryFigureSerializer(rows, many=True).data)

    @extend_schema(request=LibraryFigureSerializer, responses={201: LibraryFigureSerializer})
    def post(self, request: Request, organization: str) -> Response:
        written = LibraryFigureSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        made = services.save_library_figure(by=self.member, values=written.values())
        return Response(LibraryFigureSerializer(made).data, status=201)


class LibraryFigureView(MemberView, APIView):
    """One figure, and its next version."""

    required_actions = {"get": Action.VIEW, "put": Action.EDIT_VALUE}

    @extend_schema(responses=LibraryFigureDetailSerializer)
    def get(self, request: Request, organization: str, figure: int) -> Response:
        return self._answer(library_figure_for(self.member, figure))

    @extend_schema(request=LibraryFigureSerializer, responses=LibraryFigureDetailSerializer)
    def put(self, request: Request, organization: str, figure: int) -> Response:
        row = library_figure_for(self.member, figure, Action.EDIT_VALUE)
        sent = request.data if isinstance(request.data, Mapping) else {}
        if "version" not in sent:
            raise ValidationError({"version": [NEEDS_VERSION]})
        if type(sent["version"]) is int and sent["version"] != row.version:
            raise services.library_changed()  # before what is only read, and moved along, is found to differ
        read = LibraryFigureDetailSerializer(_with_takers(self.member, row)).data
        written = LibraryFigureDetailSerializer(data=request.data, context={READ: read})
        written.is_valid(raise_exception=True)
        saved = services.save_library_figure(
            by=self.member, values=written.values(), number=row.number, seen=written.validated_data["version"]
        )
        return self._answer(library_figure_for(self.member, saved.number))

    def _answer(self, row: LibraryFigure) -> Response:
        return Response(LibraryFigureDetailSerializer(_with_takers(self.member, row)).data)


def _with_takers(member: Any, row: LibraryFigure) -> LibraryFigure:
    row.taken_by = selectors.figure_page(member.organization, row).takers  # type: ignore[attr-defined]
    return row


__all__ = ["LibraryFigureView", "LibraryView"]
