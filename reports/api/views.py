"""Documents by API: the same services as the screens."""

import io
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.services import record_download
from assessments.access import result_for
from common.api import named
from common.downloads import WORKBOOK
from common.files import opened
from common.jobs import JobState, enqueue
from employee_voice.access import published_wave_for
from impact.access import case_for, program_case_for, study_for
from reports import selectors, services
from reports.access import file_for, link_for, report_for
from reports.api.serializers import (
    AnswerRequestSerializer,
    ReportAnswerSerializer,
    ReportRequestSerializer,
    ReportSerializer,
    ShareLinkSerializer,
    ShareRequestSerializer,
)
from reports.choices import ReportKind
from reports.models import Report


class ReportViewSet(
    MemberView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Report]
):
    """Documents. Creating one queues it; ask again until `job_state` is `done`, then download."""

    queryset = Report.objects.none()
    serializer_class = ReportSerializer
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"list": Action.VIEW, "retrieve": Action.VIEW, "*": Action.MAKE_REPORT}

    def get_queryset(self) -> QuerySet[Report]:
        return selectors.reports(self.member)

    @extend_schema(request=ReportRequestSerializer, responses={200: ReportSerializer, 201: ReportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201: a document was asked for. 200: one with this content was asked for before: here it is."""
        form = ReportRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        report = self._requested(form.validated_data)
        if report.job_state == JobState.QUEUED:
            enqueue(report)
        return Response(ReportSerializer(report).data, status=201 if report.is_new else 200)

    def _requested(self, data: dict[str, Any]) -> Report:
        wishes = {"by": self.member, "language": data["language"], "paper": data["paper"]}
        if data["kind"] == ReportKind.MATURITY:
            with named("result", "maturity result of this id"):
                result = result_for(self.member, data["result"])
            return services.request_maturity_report(result=result, **wishes)
        if data["kind"] == ReportKind.EMPLOYEE_WAVE:
            with named("wave", "published wave of this id"):
                wave = published_wave_for(self.member, data["wave"])
            return services.request_wave_report(wave=wave, **wishes)
        if data["kind"] == ReportKind.BOARD:
            return services.request_board_pack(since=data["since"], **wishes)
        if data["kind"] == ReportKind.SUMMARY:
            with named("program", "return of the program of this number"):
                case = program_case_for(self.member, data["program"])
            return services.request_summary(case=case, **wishes)
        if data["kind"] == ReportKind.PROGRAM:
            with named("program", "return of the program of this number"):
                program = program_case_for(self.member, data["program"])
            return services.request_program_report(case=program, with_look_backs=data["afterwards"], **wishes)
        with named("roi_case", "value of this id"):
            value = case_for(self.member, data["roi_case"]) if data.get("roi_case") else None
        with named("study", "study of this id"):
            study = study_for(self.member, data["study"])
        return services.request_roi_report(study=study, roi_case=value, **wishes)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def download(self, request: Request, pk: str | None = None, **kwargs: Any) -> FileResponse:
        """The PDF itself; 410 `report_closed` where `closed_because` says why nobody gets it any more."""
        report = file_for(self.member, int(pk or 0))
        record_download(
            by=self.member, verb="report.downloaded", subject=report, code=report.verification_code
        )
        return FileResponse(
            opened(report.file), as_attachment=True, filename=f"{report.verification_code}.pdf"
        )

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pack(self, request: Request, pk: str | None = None, **kwargs: Any) -> FileResponse:
        """The evidence pack (ZIP): the PDF, its evidence as JSON, series as CSV, and how to check them.
        Refused as the download of the PDF is."""
        report = file_for(self.member, int(pk or 0))
        pack = services.pack_of(report)
        code = report.verification_code
        record_download(by=self.member, verb="report.pack_downloaded", subject=report, code=code)
        return FileResponse(io.BytesIO(pack.content), as_attachment=True, filename=pack.name)

    @extend_schema(responses={(200, WORKBOOK): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def workbook(self, request: Request, pk: str | None = None, **kwargs: Any) -> FileResponse:
        """The figures of the document in formulas (XLSX), in its language. Refused as the download of the PDF
        is; 409 `nothing_to_report` for documents without money."""
        report = file_for(self.member, int(pk or 0))
        book = services.workbook_of(report)
        code = report.verification_code
        record_download(by=self.member, verb="report.workbook_downloaded", subject=report, code=code)
        return _given(book)

    @extend_schema(methods=["get"], responses={200: ShareLinkSerializer(many=True)}, filters=False)
    @extend_schema(methods=["post"], request=ShareRequestSerializer, responses={201: ShareLinkSerializer})
    @action(detail=True, methods=["get", "post"], url_path="links", pagination_class=None)
    def links(self, request: Request, pk: str | None = None, **kwargs: Any) -> Response:
        """Links by which somebody without an account opens this document; POST makes one for a recipient."""
        report = report_for(self.member, int(pk or 0))
        if request.method == "GET":
            return Response(ShareLinkSerializer(selectors.links_of(report), many=True).data)
        form = ShareRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        link = services.share_report(by=self.member, report=report, **form.validated_data)
        return Response(ShareLinkSerializer(link).data, status=201)

    @extend_schema(request=None, responses={200: ShareLinkSerializer})
    @action(detail=True, methods=["post"], url_path="links/(?P<link>[0-9]{1,9})/revoke")
    def revoke_link(self, request: Request, link: str, pk: str | None = None, **kwargs: Any) -> Response:
        """This link opens nothing any more. Doing it twice does no harm."""
        found = link_for(self.member, report_for(self.member, int(pk or 0)), int(link))
        services.revoke_share_link(by=self.member, link=found)
        found.refresh_from_db()
        return Response(ShareLinkSerializer(found).data)

    @extend_schema(methods=["get"], responses={200: ReportAnswerSerializer(many=True)}, filters=False)
    @extend_schema(methods=["post"], request=AnswerRequestSerializer, responses={201: ReportAnswerSerializer})
    @action(detail=True, methods=["get", "post"], url_path="answers", pagination_class=None)
    def answers(self, request: Request, pk: str | None = None, **kwargs: Any) -> Response:
        """What members and holders of links said about this document; POST adds the member's own answer."""
        report = report_for(self.member, int(pk or 0))
        if request.method == "GET":
            return Response(ReportAnswerSerializer(selectors.answers_about(report), many=True).data)
        form = AnswerRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = services.answer_report(by=self.member, report=report, **form.validated_data)
        return Response(ReportAnswerSerializer(row).data, status=201)


class ValueWorkbookView(MemberView, APIView):
    """The workbook of a value (XLSX): inputs, cash flow and figures in formulas, ranges as stored values."""

    required_actions = {"get": Action.MAKE_REPORT}

    @extend_schema(responses={(200, WORKBOOK): OpenApiTypes.BINARY})
    def get(self, request: Request, organization: str, pk: int) -> FileResponse:
        case = case_for(self.member, pk)
        book = services.workbook_of_value(case)
        record_download(
            by=self.member, verb="roi_case.workbook_downloaded", subject=case, digest=case.input_digest
        )
        return _given(book)


class ProgramWorkbookView(MemberView, APIView):
    """The workbook of a return of the program (XLSX): initiatives, ledger and cash flow in formulas."""

    required_actions = {"get": Action.MAKE_REPORT}
    parameters = {"get": ["afterwards"]}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "afterwards", str, description="1: count what was recorded afterwards too.", enum=["1"]
            )
        ],
        responses={(200, WORKBOOK): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, organization: str, number: int) -> FileResponse:
        case = program_case_for(self.member, number)
        afterwards = request.query_params.get("afterwards") == "1"
        book = services.workbook_of_program(case, with_look_backs=afterwards)
        record_download(
            by=self.member, verb="program_case.workbook_downloaded", subject=case, digest=case.input_digest
        )
        return _given(book)


def _given(book: services.Workbook) -> FileResponse:
    return FileResponse(
        io.BytesIO(book.content), as_attachment=True, filename=book.name, content_type=WORKBOOK
    )
