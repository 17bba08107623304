"""Scheduled documents by API: the same services as the screens."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.models import Membership
from coalition.models import Initiative
from common.strict import READ, KnownFields
from employee_voice.selectors import surveys_in_use
from reports import services
from reports.access import schedule_for, schedules_for
from reports.choices import Frequency, LeftOut, Paper, Pause, ReportKind
from reports.models import Schedule, ScheduleRun
from reports.services import ScheduleValues

Keys = serializers.PrimaryKeyRelatedField


class ScheduleSerializer(serializers.ModelSerializer[Schedule]):
    initiative = serializers.IntegerField(source="initiative.number", default=None, read_only=True)
    members = serializers.SerializerMethodField()
    addresses = serializers.SerializerMethodField()
    pause = serializers.ChoiceField(
        choices=Pause.choices,
        allow_blank=True,
        read_only=True,
        help_text="Why nothing is made: `by_hand`, or `no_owner` where its owner is gone. Empty: it runs.",
    )

    class Meta:
        model = Schedule
        fields = [
            "id", "kind", "initiative", "framework", "survey", "frequency", "day", "language", "paper",
            "link_days", "members", "addresses", "owner", "heir", "pause", "next_on", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_members(self, row: Schedule) -> list[int]:
        return [one.member_id for one in row.recipients.all() if one.member_id]

    def get_addresses(self, row: Schedule) -> list[str]:
        return [one.address for one in row.recipients.all() if one.address]


class ScheduleWriteSerializer(KnownFields, serializers.Serializer[Any]):
    """`initiative` (its number) of an ROI report, `framework` (its key) of a maturity result, `survey` (its
    id) of an employee survey. `day` 31 is the last day of a month."""

    kind = serializers.ChoiceField(choices=ReportKind.choices)
    initiative = serializers.IntegerField(required=False, allow_null=True)
    framework = serializers.CharField(required=False, allow_blank=True, max_length=60)
    survey = serializers.IntegerField(required=False, allow_null=True)
    frequency = serializers.ChoiceField(choices=Frequency.choices, required=False)
    day = serializers.IntegerField(min_value=1, max_value=31, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    paper = serializers.ChoiceField(choices=Paper.choices, required=False)
    link_days = serializers.IntegerField(
        required=False, min_value=1, max_value=365, help_text="How long links work: 7, 30, 90 or 365 days."
    )
    members: "Keys[Membership]" = Keys(queryset=Membership.objects.none(), many=True, required=False)
    addresses = serializers.ListField(
        child=serializers.EmailField(max_length=120), required=False, max_length=100
    )
    heir: "Keys[Membership]" = Keys(queryset=Membership.objects.none(), required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        member = self.context.get("member")
        if member is not None:
            people = Membership.objects.of(member.organization).select_related("user")
            found["heir"].queryset = people
            found["members"].child_relation.queryset = people
        return found

    def validate_initiative(self, number: int | None) -> Initiative | None:
        if number is None:
            return None
        row = Initiative.objects.of(self.context["member"].organization).filter(number=number).first()
        if row is None:
            raise serializers.ValidationError("There is no initiative of this number.")
        found: Initiative = row
        return found

    def validate_survey(self, pk: int | None) -> Any:
        if pk is None:
            return None
        row = surveys_in_use(self.context["member"].organization).filter(pk=pk).first()
        if row is None:
            raise serializers.ValidationError("There is no survey of this id.")
        return row

    def values(self, row: Schedule | None = None) -> ScheduleValues:
        """What was sent, over what stands in the row."""
        sent: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.validated_data.items()
        }
        if row is None:
            return ScheduleValues(**sent)
        people = list(row.recipients.select_related("member__user"))
        stored: dict[str, Any] = {
            "kind": row.kind,
            "initiative": row.initiative,
            "framework": row.framework,
            "survey": row.survey,
            "frequency": row.frequency,
            "day": row.day,
            "language": row.language,
            "paper": row.paper,
            "link_days": row.link_days,
            "members": tuple(one.member for one in people if one.member),
            "addresses": tuple(one.address for one in people if one.address),
            "heir": row.heir,
        }
        return ScheduleValues(**{**stored, **sent})


class _LeftOutSerializer(serializers.Serializer[Any]):
    recipient = serializers.IntegerField(help_text="Its row in the schedule, which may be gone by now.")
    why = serializers.ChoiceField(choices=LeftOut.choices)


class ScheduleRunSerializer(serializers.ModelSerializer[ScheduleRun]):
    missed = serializers.ListField(
        child=serializers.DateField(), help_text="Days before it that passed while nothing ran."
    )
    left_out = _LeftOutSerializer(many=True)

    class Meta:
        model = ScheduleRun
        fields = [
            "id", "occasion", "due_on", "missed", "report", "is_unchanged", "told", "left_out", "job_state",
            "progress", "failure", "created_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScheduleViewSet(MemberView, mixins.ListModelMixin, viewsets.GenericViewSet[Schedule]):
    """Documents made again and again, and sent. Owners, and who runs the organization, change them."""

    queryset = Schedule.objects.none()
    serializer_class = ScheduleSerializer
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"*": Action.MAKE_REPORT}

    def get_queryset(self) -> Any:
        return schedules_for(self.member).prefetch_related("recipients")

    @extend_schema(responses=ScheduleSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(ScheduleSerializer(schedule_for(self.member, int(pk))).data)

    @extend_schema(request=ScheduleWriteSerializer, responses={201: ScheduleSerializer})
    def create(self, request: Request, organization: str) -> Response:
        form = self._sent(request)
        made = services.save_schedule(by=self.member, values=form.values())
        return Response(ScheduleSerializer(made).data, status=201)

    @extend_schema(request=ScheduleWriteSerializer, responses=ScheduleSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        """Only what is sent changes; `members` and `addresses` are the whole lists."""
        row = schedule_for(self.member, int(pk), to_change=True)
        form = self._sent(request, partial=True, read=ScheduleSerializer(row).data)
        changed = services.save_schedule(by=self.member, values=form.values(row), schedule=row)
        return Response(ScheduleSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        """Documents that it made stay."""
        services.remove_schedule(by=self.member, schedule=schedule_for(self.member, int(pk), to_change=True))
        return Response(status=204)

    @extend_schema(request=None, responses=ScheduleSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, organization: str, pk: str) -> Response:
        """It makes nothing until it is resumed. Twice does no harm."""
        row = schedule_for(self.member, int(pk), to_change=True)
        services.pause_schedule(by=self.member, schedule=row)
        return Response(ScheduleSerializer(schedule_for(self.member, row.pk)).data)

    @extend_schema(request=None, responses=ScheduleSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, organization: str, pk: str) -> Response:
        """It goes on with its next day; one whose owner is gone becomes that of whoever resumes it."""
        row = schedule_for(self.member, int(pk), to_change=True)
        services.resume_schedule(by=self.member, schedule=row)
        return Response(ScheduleSerializer(schedule_for(self.member, row.pk)).data)

    @extend_schema(methods=["get"], responses={200: ScheduleRunSerializer(many=True)}, filters=False)
    @extend_schema(methods=["post"], request=None, responses={201: ScheduleRunSerializer})
    @action(detail=True, methods=["get", "post"], url_path="runs", pagination_class=None)
    def runs(self, request: Request, organization: str, pk: str) -> Response:
        """What came of its days, newest first, at most 100. POST makes and sends it now."""
        row = schedule_for(self.member, int(pk), to_change=request.method == "POST")
        if request.method == "GET":
            return Response(ScheduleRunSerializer(row.runs.all()[:100], many=True).data)
        asked = services.run_schedule_now(by=self.member, schedule=row)
        return Response(ScheduleRunSerializer(asked).data, status=201)

    def _sent(self, request: Request, *, partial: bool = False, read: Any = None) -> ScheduleWriteSerializer:
        context = {"member": self.member, READ: read}
        form = ScheduleWriteSerializer(data=request.data, partial=partial, context=context)
        form.is_valid(raise_exception=True)
        return form
