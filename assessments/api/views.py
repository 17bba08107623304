"""Assessments in the API, on the same services as the screens."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from assessments import selectors, services
from assessments.access import (
    assessment_for,
    assessments_for,
    framework_for,
    result_for,
    results_for,
    seat_for,
)
from assessments.api.serializers import (
    AnswerSerializer,
    AnswerWriteSerializer,
    AssessmentSerializer,
    AssessmentWriteSerializer,
    CloseSerializer,
    ConsensusLevelSerializer,
    ConsensusSerializer,
    FrameworkDetailSerializer,
    FrameworkImportSerializer,
    FrameworkSerializer,
    InvitationSerializer,
    ReasonSerializer,
    ResultDetailSerializer,
    ResultSerializer,
    SeatSerializer,
)
from assessments.models import Assessment, FrameworkVersion, MaturityResult
from common.errors import InvalidValues
from common.rows import moment_mark
from common.strict import READ


def _read(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


class FrameworkViewSet(MemberView, GenericViewSet[FrameworkVersion]):
    """Published frameworks: the product's and the organization's own. Versions never change."""

    serializer_class = FrameworkSerializer
    queryset = FrameworkVersion.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"*": Action.VIEW, "create": Action.RUN_ASSESSMENT}

    @extend_schema(responses=FrameworkSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(services.frameworks_on_offer(self.member.organization))
        return self.get_paginated_response(FrameworkSerializer(page, many=True).data)

    @extend_schema(responses=FrameworkDetailSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(FrameworkDetailSerializer(framework_for(self.member, int(pk))).data)

    @extend_schema(request=FrameworkImportSerializer, responses={201: FrameworkSerializer})
    def create(self, request: Request, organization: str) -> Response:
        """Publish an organization's own framework from YAML; problems come back by path."""
        values = _read(FrameworkImportSerializer(data=request.data))
        version = services.import_framework(by=self.member, text=values["yaml"])
        return Response(FrameworkSerializer(version).data, status=201)


class AssessmentViewSet(MemberView, GenericViewSet[Assessment]):
    """Rounds: open, invite, answer, close, reopen, agree."""

    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {
        "*": Action.RUN_ASSESSMENT,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "respondents": Action.VIEW,
        "agreed_levels": Action.VIEW,
        "answers": Action.ANSWER_ASSESSMENT,
        "answer": Action.ANSWER_ASSESSMENT,
        "submit": Action.ANSWER_ASSESSMENT,
        "take_back": Action.ANSWER_ASSESSMENT,
    }

    @extend_schema(responses=AssessmentSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(assessments_for(self.member).defer("framework__content"))
        return self.get_paginated_response(AssessmentSerializer(page, many=True).data)

    @extend_schema(responses=AssessmentSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(AssessmentSerializer(assessment_for(self.member, int(pk), Action.VIEW)).data)

    @extend_schema(request=AssessmentWriteSerializer, responses={201: AssessmentSerializer})
    def create(self, request: Request, organization: str) -> Response:
        context = {
            "frameworks": services.frameworks_on_offer(self.member.organization),
            "rounds": selectors.comparable_rounds(self.member.organization),
        }
        values = _read(AssessmentWriteSerializer(data=request.data, context=context))
        assessment = services.open_assessment(by=self.member, **values)
        return Response(AssessmentSerializer(assessment).data, status=201)

    @extend_schema(responses=SeatSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def respondents(self, request: Request, organization: str, pk: str) -> Response:
        assessment = assessment_for(self.member, int(pk), Action.VIEW)
        seats = assessment.responses.select_related("member__user").order_by("pk")
        return Response(SeatSerializer(seats, many=True).data)

    @extend_schema(request=InvitationSerializer, responses={201: SeatSerializer(many=True)})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, organization: str, pk: str) -> Response:
        assessment = assessment_for(self.member, int(pk), Action.RUN_ASSESSMENT)
        values = _read(InvitationSerializer(data=request.data))
        wanted = set(values["members"])
        members = list(selectors.members_by_pk(assessment, wanted))
        if len(members) != len(wanted):
            raise InvalidValues(
                "Some of these members are not in this organization.", fields={"members": "Unknown member."}
            )
        seats = services.invite_respondents(
            by=self.member, assessment=assessment, members=members, perspective=values["perspective"]
        )
        return Response(SeatSerializer(seats, many=True).data, status=201)

    @extend_schema(request=CloseSerializer, responses=ResultDetailSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, organization: str, pk: str) -> Response:
        assessment = assessment_for(self.member, int(pk), Action.RUN_ASSESSMENT)
        values = _read(CloseSerializer(data=request.data))
        result = services.close_assessment(by=self.member, assessment=assessment, **values)
        return Response(ResultDetailSerializer(result).data)

    @extend_schema(request=ReasonSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization: str, pk: str) -> Response:
        assessment = assessment_for(self.member, int(pk), Action.RUN_ASSESSMENT)
        values = _read(ReasonSerializer(data=request.data))
        assessment = services.reopen_assessment(by=self.member, assessment=assessment, **values)
        return Response(AssessmentSerializer(assessment).data)

    @extend_schema(request=None, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def share(self, request: Request, organization: str, pk: str) -> Response:
        """Let everybody see one's own quick check and its result; it cannot be taken back."""
        assessment = assessment_for(self.member, int(pk), Action.RUN_ASSESSMENT)
        assessment = services.share_assessment(by=self.member, assessment=assessment)
        return Response(AssessmentSerializer(assessment).data)

    @extend_schema(request=ConsensusSerializer, responses=ResultDetailSerializer)
    @action(detail=True, methods=["post"])
    def consensus(self, request: Request, organization: str, pk: str) -> Response:
        """Record an agreed level; the result is computed anew and every answer stays."""
        assessment = assessment_for(self.member, int(pk), Action.RUN_ASSESSMENT)
        values = dict(_read(ConsensusSerializer(data=request.data)))
        seen = moment_mark(values.pop("agreed_at")) if "agreed_at" in values else None
        result = services.record_consensus(by=self.member, assessment=assessment, seen=seen, **values)
        return Response(ResultDetailSerializer(result).data)

    @extend_schema(responses=AnswerSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def answers(self, request: Request, organization: str, pk: str) -> Response:
        """The member's own answers; nobody else's."""
        seat = seat_for(self.member, int(pk))
        return Response(AnswerSerializer(seat.answers.order_by("practice"), many=True).data)

    @extend_schema(request=AnswerWriteSerializer, responses=AnswerSerializer)
    @action(detail=True, methods=["put"], url_path=r"answers/(?P<practice>[a-z0-9_-]+)")
    def answer(self, request: Request, organization: str, pk: str, practice: str) -> Response:
        seat = seat_for(self.member, int(pk))
        stored = seat.answers.filter(practice=practice).first()
        context = {READ: None if stored is None else AnswerSerializer(stored).data}
        values = _read(AnswerWriteSerializer(data=request.data, context=context))
        answer = services.save_answer(response=seat, practice=practice, **values)
        return Response(AnswerSerializer(answer).data)

    @extend_schema(request=None, responses=SeatSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, organization: str, pk: str) -> Response:
        """Hand in; doing it twice hands in once."""
        seat = seat_for(self.member, int(pk))
        services.submit_response(by=self.member, response=seat)
        seat.refresh_from_db()
        return Response(SeatSerializer(seat).data)

    @extend_schema(request=None, responses=SeatSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, organization: str, pk: str) -> Response:
        seat = services.take_back_response(by=self.member, response=seat_for(self.member, int(pk)))
        return Response(SeatSerializer(seat).data)

    @extend_schema(responses=ConsensusLevelSerializer(many=True))
    @action(detail=True, methods=["get"], url_path="agreed-levels", pagination_class=None)
    def agreed_levels(self, request: Request, organization: str, pk: str) -> Response:
        assessment = assessment_for(self.member, int(pk), Action.VIEW)
        return Response(
            ConsensusLevelSerializer(assessment.consensus_levels.order_by("practice"), many=True).data
        )


class ResultViewSet(MemberView, GenericViewSet[MaturityResult]):
    """Results as they were stored at each closing; never computed again on reading."""

    serializer_class = ResultSerializer
    queryset = MaturityResult.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"*": Action.VIEW}

    @extend_schema(responses=ResultSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(results_for(self.member).order_by("-computed_at", "-pk"))
        return self.get_paginated_response(ResultSerializer(page, many=True).data)

    @extend_schema(responses=ResultDetailSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(ResultDetailSerializer(result_for(self.member, int(pk))).data)
