"""Changes of many touchpoints at once in the API, on the same services as the screens."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.models import BusinessFunction, Membership
from common.parsers import JSONParser
from common.strict import KnownFields
from journeys import change_services as services
from journeys.access import change_for, changes_for
from journeys.change_plans import NEW, SAME, Plan, plain_values, plan_change
from journeys.choices import ChangeState, Channel, Phase
from journeys.models import InventoryChange, Touchpoint


class PlannedRowSerializer(serializers.Serializer[Any]):
    """One touchpoint: `touchpoint` is its key, null where it is added; only what differs is told. Owners are
    told by their id."""

    line = serializers.IntegerField()
    touchpoint = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()


class RowProblemSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    text = serializers.CharField()


class AlikeSerializer(serializers.Serializer[Any]):
    """A name of the file that is spelled much like a known one: `same` or `new` has to be answered."""

    line = serializers.IntegerField()
    name = serializers.CharField()
    known = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)


class InventoryChangeSerializer(serializers.ModelSerializer[InventoryChange]):
    created_by: Any = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = InventoryChange
        fields = ["id", "kind", "state", "filename", "created_by", "created_at", "applied_at", "undone_at"]
        read_only_fields = fields


class ChangeReportSerializer(serializers.Serializer[Any]):
    """A change with what it would do now; `rows`, `problems` and `alike` are empty once it was applied."""

    change = InventoryChangeSerializer()
    mark = serializers.CharField(help_text="Of what would happen: send it as `seen` when applying.")
    is_ready = serializers.BooleanField()
    unchanged = serializers.IntegerField()
    rows = PlannedRowSerializer(many=True)
    problems = RowProblemSerializer(many=True)
    alike = AlikeSerializer(many=True)


class ChosenValuesSerializer(KnownFields, serializers.Serializer[Any]):
    """Only what is sent changes; null or an empty text takes an owner or a metric away."""

    owner_function: Any = serializers.SlugRelatedField(
        slug_field="key", queryset=BusinessFunction.objects.none(), required=False, allow_null=True
    )
    owner_person: "serializers.PrimaryKeyRelatedField[Membership]" = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(), required=False, allow_null=True
    )
    phase = serializers.ChoiceField(choices=Phase.choices, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    is_intended = serializers.BooleanField(required=False)
    operational_metric = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_archived = serializers.BooleanField(required=False, help_text="True alone: restore each by itself.")


class ChosenSerializer(KnownFields, serializers.Serializer[Any]):
    touchpoints: Any = serializers.SlugRelatedField(
        slug_field="key", queryset=Touchpoint.objects.none(), many=True
    )
    values = ChosenValuesSerializer()

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            rows = Touchpoint.objects.of(member.organization).current()
            fields["touchpoints"].child_relation.queryset = rows
            inner = fields["values"].fields
            inner["owner_function"].queryset = BusinessFunction.objects.of(member.organization)
            people = Membership.objects.of(member.organization).active().select_related("user")
            inner["owner_person"].queryset = people
        return fields


class TouchpointFileSerializer(KnownFields, serializers.Serializer[Any]):
    file = serializers.FileField()


class AnswersSerializer(KnownFields, serializers.Serializer[Any]):
    answers = serializers.DictField(
        child=serializers.ChoiceField(choices=[SAME, NEW]), help_text="Line of the row -> `same` or `new`."
    )


class ApplySerializer(KnownFields, serializers.Serializer[Any]):
    seen = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)


class UndoneSerializer(serializers.Serializer[Any]):
    back = serializers.IntegerField()
    kept = serializers.ListField(child=serializers.CharField())


class InventoryChangeViewSet(MemberView, GenericViewSet[InventoryChange]):
    """Changes of several touchpoints at once: proposed from a file or for chosen ones, applied as a whole,
    undone."""

    serializer_class = InventoryChangeSerializer
    queryset = InventoryChange.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.EDIT_TOUCHPOINTS}

    @extend_schema(responses=InventoryChangeSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(changes_for(self.member).defer("asked", "done"))
        return self.get_paginated_response(InventoryChangeSerializer(page, many=True).data)

    @extend_schema(responses=ChangeReportSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(_report(change_for(self.member, int(pk))))

    @extend_schema(request=ChosenSerializer, responses={201: ChangeReportSerializer})
    def create(self, request: Request, organization: str) -> Response:
        sent = ChosenSerializer(data=request.data, context={"member": self.member})
        sent.is_valid(raise_exception=True)
        change = services.propose_for_chosen(
            by=self.member,
            touchpoints=sent.validated_data["touchpoints"],
            values=sent.validated_data["values"],
        )
        return Response(_report(change), status=201)

    @extend_schema(
        request={"multipart/form-data": TouchpointFileSerializer}, responses={201: ChangeReportSerializer}
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def file(self, request: Request, organization: str) -> Response:
        """A CSV file or workbook with the columns of the download of the list."""
        sent = TouchpointFileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        change = services.propose_from_file(by=self.member, file=file, filename=file.name)
        return Response(_report(change), status=201)

    @extend_schema(request=AnswersSerializer, responses=ChangeReportSerializer)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
    def answers(self, request: Request, organization: str, pk: str) -> Response:
        change = change_for(self.member, int(pk))
        sent = AnswersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.answer_alike(by=self.member, change=change, answers=sent.validated_data["answers"])
        return Response(_report(change_for(self.member, int(pk))))

    @extend_schema(request=ApplySerializer, responses=ChangeReportSerializer)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, organization: str, pk: str) -> Response:
        """All of it or nothing."""
        change = change_for(self.member, int(pk))
        sent = ApplySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        services.apply_change(by=self.member, change=change, **sent.validated_data)
        return Response(_report(change_for(self.member, int(pk))))

    @extend_schema(request=None, responses=UndoneSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, organization: str, pk: str) -> Response:
        """Values go back where nobody changed them since; `kept` names touchpoints that stay as they are."""
        undone = services.undo_change(by=self.member, change=change_for(self.member, int(pk)))
        return Response(UndoneSerializer(undone).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        """Discards a proposal that was not applied."""
        services.discard_change(change=change_for(self.member, int(pk)))
        return Response(status=204)


def _report(change: InventoryChange) -> Any:
    plan = plan_change(change) if change.state == ChangeState.PROPOSED else Plan()
    rows = [
        {
            "line": row.line,
            "touchpoint": row.touchpoint.key if row.touchpoint else None,
            "name": row.name,
            "before": plain_values(row.before),
            "after": plain_values(row.after),
        }
        for row in plan.rows
    ]
    report = {
        "change": change,
        "mark": plan.mark if plan.rows else "",
        "is_ready": plan.is_ready,
        "unchanged": plan.unchanged,
        "rows": rows,
        "problems": plan.problems,
        "alike": plan.alike,
    }
    return ChangeReportSerializer(report).data
