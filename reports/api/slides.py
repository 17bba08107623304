"""Slides of documents, and their template, by API."""

from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.services import record_download
from common.downloads import PRESENTATION
from common.errors import InvalidValues
from common.files import opened
from common.jobs import JobState, enqueue
from common.parsers import MultiPartParser
from reports import selectors, services
from reports.access import report_for, slides_file_for
from reports.api.serializers import SlidesSerializer, SlideTemplateSerializer, TemplateRequestSerializer
from reports.slides import UnusableTemplate
from reports.slides.checking import refuse_large


class SlidesView(MemberView, APIView):
    """The slides of a document. Creating them queues them; ask again until `job_state` is `done`."""

    required_actions = {"*": Action.MAKE_REPORT}

    @extend_schema(responses={200: SlidesSerializer(many=True)})
    def get(self, request: Request, organization: str, pk: int) -> Response:
        """One for each template that they were drawn on, newest first."""
        report = report_for(self.member, pk)
        return Response(SlidesSerializer(selectors.slides_of(report), many=True).data)

    @extend_schema(request=None, responses={200: SlidesSerializer})
    def post(self, request: Request, organization: str, pk: int) -> Response:
        """The slides on the present template; those that are there already are not drawn again."""
        slides = services.request_slides(by=self.member, report=report_for(self.member, pk))
        if slides.job_state == JobState.QUEUED:
            enqueue(slides)
        return Response(SlidesSerializer(slides).data)


class SlidesFileView(MemberView, APIView):
    required_actions = {"get": Action.MAKE_REPORT}

    @extend_schema(responses={(200, PRESENTATION): OpenApiTypes.BINARY})
    def get(self, request: Request, organization: str, pk: int, slides: int) -> FileResponse:
        """The file (PPTX)."""
        report = report_for(self.member, pk)
        found = slides_file_for(self.member, report, slides)
        file = opened(found.file)
        code = report.verification_code
        record_download(by=self.member, verb="report.slides_downloaded", subject=report, code=code)
        name = f"{report.kind.replace('_', '-')}-{code}.pptx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=PRESENTATION)


class SlideTemplateView(MemberView, APIView):
    """The organization's own slides, on whose master those of documents are drawn."""

    required_actions = {"*": Action.MANAGE_ORGANIZATION}

    def get_parsers(self) -> list[BaseParser]:
        return [MultiPartParser()]

    @extend_schema(responses={200: SlideTemplateSerializer})
    def get(self, request: Request, organization: str) -> Response:
        """404 where there is none."""
        template = selectors.slide_template_of(self.member.organization)
        if template is None:
            raise Http404
        return Response(SlideTemplateSerializer(template).data)

    @extend_schema(
        request={"multipart/form-data": TemplateRequestSerializer}, responses={200: SlideTemplateSerializer}
    )
    def put(self, request: Request, organization: str) -> Response:
        """Macros, objects of other programs, references to other files, files without a layout with a title:
        422, in words."""
        form = TemplateRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file: Any = form.validated_data["template"]
        try:
            refuse_large(file.size)
        except UnusableTemplate as refusal:
            raise InvalidValues(str(refusal), fields={"template": str(refusal)}) from refusal
        template = services.save_slide_template(by=self.member, name=file.name, content=file.read())
        return Response(SlideTemplateSerializer(template).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, organization: str) -> Response:
        """New slides are drawn without it. Doing it twice does no harm."""
        services.remove_slide_template(by=self.member)
        return Response(status=204)
