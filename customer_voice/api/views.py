"""Listening in the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.errors import DomainError
from common.jobs import enqueue
from customer_voice import exports, selectors, services
from customer_voice.access import feedback_for, import_for, imports_for, metric_for, metrics_for
from customer_voice.api.serializers import (
    FeedbackBulk,
    FeedbackCreate,
    FeedbackSerializer,
    ImportSerializer,
    ImportStart,
    ImportUpload,
    MetricSerializer,
    RecordedSerializer,
    RowErrorSerializer,
    SeriesQuery,
    SeriesSerializer,
)
from customer_voice.choices import Period
from customer_voice.filters import FeedbackFilter
from customer_voice.models import Feedback, ImportBatch, MetricDefinition
from journeys.access import touchpoint_for


class MetricViewSet(MemberView, GenericViewSet[MetricDefinition]):
    """Metric definitions and their series."""

    serializer_class = MetricSerializer
    queryset = MetricDefinition.objects.none()
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    required_actions = {"*": Action.VIEW}

    @extend_schema(responses=MetricSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(metrics_for(self.member).order_by("key", "-version"))
        return self.get_paginated_response(MetricSerializer(page, many=True).data)

    @extend_schema(responses=MetricSerializer)
    def retrieve(self, request: Request, organization: str, key: str) -> Response:
        return Response(MetricSerializer(metric_for(self.member, key)).data)

    @extend_schema(parameters=[SeriesQuery], responses=SeriesSerializer)
    @action(detail=True, pagination_class=None)
    def series(self, request: Request, organization: str, key: str) -> Response:
        """The metric per period with interval and n, gaps included."""
        asked = _valid(SeriesQuery(data=request.query_params))
        metric = metric_for(self.member, key, version=asked.pop("version", None))
        if "touchpoint" in asked:
            asked["touchpoint"] = touchpoint_for(self.member, asked["touchpoint"])
        asked["period"] = Period(asked["period"])
        series = selectors.metric_series(self.member.organization, metric, **asked)
        body = {
            "metric": metric,
            "touchpoint": series.touchpoint.key if series.touchpoint else None,
            "segment": series.segment,
            "period": series.period.value,
            "unit": series.unit.value,
            "level": 0.95,
            "points": exports.series_rows(series),
        }
        return Response(SeriesSerializer(body).data)


class FeedbackViewSet(MemberView, GenericViewSet[Feedback]):
    """What customers said. Creating is idempotent: the same source and external_id change one row."""

    serializer_class = FeedbackSerializer
    queryset = Feedback.objects.none()
    required_actions = {"*": Action.IMPORT_FEEDBACK, "list": Action.VIEW_FEEDBACK}

    @extend_schema(responses=FeedbackSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        """Newest first. Filters as on the screen: q, metric (id), touchpoint, segment, score_from, ..."""
        found = FeedbackFilter(
            request.query_params, queryset=feedback_for(self.member), organization=self.member.organization
        )
        page = self.paginate_queryset(found.qs)
        return self.get_paginated_response(FeedbackSerializer(page, many=True).data)

    @extend_schema(request=FeedbackCreate, responses={201: RecordedSerializer, 200: RecordedSerializer})
    def create(self, request: Request, organization: str) -> Response:
        values = _valid(FeedbackCreate(data=request.data))
        return self._record(values.pop("metric", None), values.pop("source"), [values])

    @extend_schema(request=FeedbackBulk, responses={201: RecordedSerializer, 200: RecordedSerializer})
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request, organization: str) -> Response:
        """Up to 5,000 items, all or none. Errors are named "<position>.<field>"."""
        values = _valid(FeedbackBulk(data=request.data))
        return self._record(values.get("metric"), values["source"], values["items"])

    def _record(self, key: str | None, source: str, items: Sequence[Mapping[str, str]]) -> Response:
        metric = metric_for(self.member, key) if key else None
        recorded = services.record_feedback(
            organization=self.member.organization, metric=metric, source=source, items=items, by=self.member
        )
        return Response(RecordedSerializer(recorded).data, status=201 if recorded.created else 200)


class ImportViewSet(MemberView, GenericViewSet[ImportBatch]):
    """Files on their way in: send (which checks), read the errors, start."""

    serializer_class = ImportSerializer
    queryset = ImportBatch.objects.none()
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.IMPORT_FEEDBACK}

    @extend_schema(responses=ImportSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(imports_for(self.member))
        return self.get_paginated_response(ImportSerializer(page, many=True).data)

    @extend_schema(responses=ImportSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(ImportSerializer(import_for(self.member, int(pk))).data)

    @extend_schema(request={"multipart/form-data": ImportUpload}, responses={202: ImportSerializer})
    def create(self, request: Request, organization: str) -> Response:
        values = _valid(ImportUpload(data=request.data))
        key = values.get("metric")
        metric = metric_for(self.member, key) if key else None
        batch = services.create_import(
            organization=self.member.organization,
            by=self.member,
            file=values["file"],
            filename=values["file"].name,
            source=values["source"],
            encoding=values["encoding"],
        )
        try:
            batch = services.map_import(
                batch=batch,
                mapping=values.get("mapping") or services.import_proposal(batch)[1],
                metric=metric,
                touchpoint_key=values["touchpoint"],
                date_format=values["date_format"],
                creates_touchpoints=values["creates_touchpoints"],
            )
        except DomainError:
            services.discard_import(batch=batch, by=self.member)
            raise
        return self._enqueued(batch)

    @extend_schema(request=ImportStart, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"], pagination_class=None)
    def start(self, request: Request, organization: str, pk: str) -> Response:
        """Import a checked file. 409 while rows are rejected, unless `skips_bad_rows`."""
        values = _valid(ImportStart(data=request.data))
        batch = services.start_import(batch=import_for(self.member, int(pk)), **values)
        return self._enqueued(batch)

    @extend_schema(responses=RowErrorSerializer(many=True))
    @action(detail=True)
    def errors(self, request: Request, organization: str, pk: str) -> Response:
        errors: Any = import_for(self.member, int(pk)).row_errors.all()
        page: Any = self.paginate_queryset(errors)
        return self.get_paginated_response(RowErrorSerializer(page, many=True).data)

    def get_parsers(self) -> Any:
        parsers = super().get_parsers()
        return [MultiPartParser(), *parsers] if self.request is not None else parsers

    def _enqueued(self, batch: ImportBatch) -> Response:
        enqueue(batch)
        return Response(ImportSerializer(batch).data, status=202)


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    return values
