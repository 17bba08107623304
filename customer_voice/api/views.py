"""Listening in the API."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.api import strictly_filtered
from common.errors import DomainError
from common.jobs import enqueue
from common.parsers import MultiPartParser
from common.strict import READ, READ_EACH
from customer_voice import exports, selectors, services
from customer_voice.access import (
    channels_for,
    feedback_for,
    import_for,
    imports_for,
    metric_for,
    metrics_for,
    sent_answer_for,
    source_for,
    sources_for,
)
from customer_voice.api import filters
from customer_voice.api.erasing import EraseAnswer, ErasedSerializer
from customer_voice.api.import_serializers import (
    ImportSerializer,
    ImportStart,
    ImportUndo,
    ImportUpload,
    RecipeAdd,
    RecipeRename,
    RecipeSerializer,
    RowErrorSerializer,
    UndoSerializer,
)
from customer_voice.api.named import account_named, channel_named, metric_named, touchpoint_named
from customer_voice.api.plain_items import plain_answer
from customer_voice.api.sent_back import SentBack, known
from customer_voice.api.serializers import (
    ChannelSerializer,
    FeedbackBulk,
    FeedbackCreate,
    FeedbackItem,
    FeedbackSerializer,
    MetricSerializer,
    RecordedSerializer,
    SeriesQuery,
    SeriesSerializer,
    SourceSerializer,
    TargetChange,
    TargetSerializer,
)
from customer_voice.choices import Period, Span
from customer_voice.filters import FeedbackQuery
from customer_voice.models import Channel, Feedback, ImportBatch, MetricDefinition, Source
from customer_voice.selectors import Recipe
from customer_voice.services.reading import Reading
from wording.intervals import EFFECT_LEVEL


class MetricViewSet(MemberView, GenericViewSet[MetricDefinition]):
    """Metric definitions and their series."""

    serializer_class = MetricSerializer
    queryset = MetricDefinition.objects.none()
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    required_actions = {"*": Action.VIEW, "set_target": Action.EDIT_METRICS}
    parameters = {"series": list(SeriesQuery().get_fields())}

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
        """The metric per period with interval and n, gaps included, across versions that are read as one."""
        asked = _valid(SeriesQuery(data=request.query_params))
        metric = metric_for(self.member, key, version=asked.pop("version", None))
        if "touchpoint" in asked:
            asked["touchpoint"] = touchpoint_named(self.member, asked["touchpoint"])
        if "channel" in asked:
            asked["channel"] = channel_named(self.member, asked["channel"])
        if "account" in asked:
            asked["account"] = account_named(self.member, asked["account"])
        asked["period"] = Period(asked["period"])
        owner = self.member.organization
        if "span" in asked:
            asked["start"], asked["end"] = selectors.span_today(owner, Span(asked.pop("span")))
        series = selectors.metric_series(owner, metric, **asked)
        body = {
            "metric": metric,
            "touchpoint": series.touchpoint.key if series.touchpoint else None,
            "segment": series.segment,
            "channel": series.channel and series.channel.name,
            "account": series.account and series.account.external_reference,
            "period": series.period.value,
            "unit": series.unit.value,
            "level": EFFECT_LEVEL,
            "target": selectors.metric_targets(self.member.organization, metric).at(series.touchpoint),
            "points": exports.series_rows(series),
            "levels": exports.level_rows(owner, series),
            "marks": selectors.series_marks(owner, metric),
            "earlier": next(iter(selectors.before_series(owner, series)), None),
        }
        return Response(SeriesSerializer(body).data)

    @extend_schema(responses=TargetSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def targets(self, request: Request, organization: str, key: str) -> Response:
        """Every target of the metric: over all touchpoints, and at single ones."""
        return self._targets(metric_for(self.member, key))

    @extend_schema(request=TargetChange, responses=TargetSerializer(many=True))
    @targets.mapping.put
    def set_target(self, request: Request, organization: str, key: str) -> Response:
        """Set, change or take away one target. No figure changes and no version is made."""
        metric = metric_for(self.member, key, action=Action.EDIT_METRICS)
        asked = _valid(TargetChange(data=request.data))
        where = asked.get("touchpoint")
        services.set_target(
            by=self.member,
            metric=metric,
            touchpoint=touchpoint_named(self.member, where) if where else None,
            value=asked["value"],
        )
        return self._targets(metric)

    def _targets(self, metric: MetricDefinition) -> Response:
        rows = selectors.target_rows(self.member.organization, metric)
        body = [{"touchpoint": row.touchpoint and row.touchpoint.key, "value": row.value} for row in rows]
        return Response(TargetSerializer(body, many=True).data)


class FeedbackViewSet(MemberView, GenericViewSet[Feedback]):
    """What customers said. The same source, external_id and metric are one answer, however often sent."""

    serializer_class = FeedbackSerializer
    queryset = Feedback.objects.none()
    required_actions = {
        "*": Action.IMPORT_FEEDBACK,
        "list": Action.VIEW_FEEDBACK,
        "erase": Action.ERASE_FEEDBACK,
    }
    parameters = {"list": list(FeedbackQuery.base_filters)}

    @extend_schema(parameters=filters.FEEDBACK, responses=FeedbackSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        """Newest first. Filters as on the screen."""
        found = FeedbackQuery(
            request.query_params, queryset=feedback_for(self.member), organization=self.member.organization
        )
        page = self.paginate_queryset(strictly_filtered(found))
        return self.get_paginated_response(FeedbackSerializer(page, many=True).data)

    @extend_schema(request=FeedbackCreate, responses={201: RecordedSerializer, 200: RecordedSerializer})
    def create(self, request: Request, organization: str) -> Response:
        values = plain_answer(request.data)
        if values is None:
            sent = request.data if isinstance(request.data, Mapping) else {}
            source, metric = sent.get("source", "api"), sent.get("metric")
            read = self._read([sent], FeedbackCreate, source=source, metric=metric)
            values = _valid(FeedbackCreate(data=request.data, context={READ: read(sent)}))
        options = {name: values.pop(name) for name in ("source", "replaces_known", "is_reversed")}
        return self._record(values.pop("metric", None), [values], **options)

    @extend_schema(request=FeedbackBulk, responses={201: RecordedSerializer, 200: RecordedSerializer})
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request, organization: str) -> Response:
        """Up to 5,000 items, all or none. Errors are named "<position>.<field>"."""
        sent = request.data if isinstance(request.data, Mapping) else {}
        source, metric = sent.get("source", "api"), sent.get("metric")
        read_each = self._read(sent.get("items"), FeedbackItem, source=source, metric=metric)
        lot = FeedbackBulk(data=request.data, context={READ_EACH: read_each})
        if not lot.is_valid():
            raise ValidationError(_by_position(lot.errors))
        values = lot.validated_data
        return self._record(
            values.get("metric"),
            values["items"],
            source=values["source"],
            replaces_known=values["replaces_known"],
            is_reversed=values["is_reversed"],
        )

    @extend_schema(request=EraseAnswer, responses=ErasedSerializer)
    @action(detail=False, methods=["post"], pagination_class=None)
    def erase(self, request: Request, organization: str) -> Response:
        """Erase words and customer reference, for good: a file sent again does not bring them back."""
        values = _valid(EraseAnswer(data=request.data))
        removes_rows = values["removes_rows"]
        if "customer" in values:
            erased = services.erase_customer(
                by=self.member, customer=values["customer"], removes_rows=removes_rows
            )
        else:
            answer = sent_answer_for(
                self.member, values["source"], values["external_id"], values.get("metric", "")
            )
            erased = services.erase_answer(by=self.member, answer=answer, removes_rows=removes_rows)
        return Response(ErasedSerializer(erased).data)

    def _read(self, items: Any, written: type[FeedbackItem], *, source: Any, metric: Any) -> SentBack:
        """What reading these answers says, for whoever sends one back as it was read."""

        def rows(ids: set[str]) -> Mapping[str, Mapping[str, Any]]:
            found = feedback_for(self.member).filter(
                submission__source__name=known(source),
                submission__external_id__in=ids,
                metric_key=known(metric),
            )
            return {one["external_id"]: one for one in FeedbackSerializer(found, many=True).data}

        return SentBack(items, name="external_id", read_only=_only_read(written), rows=rows)

    def _record(
        self, key: str | None, items: Sequence[Mapping[str, str]], *, source: str, **options: bool
    ) -> Response:
        metric = metric_named(self.member, key) if key else None
        recorded = services.record_feedback(
            organization=self.member.organization,
            metric=metric,
            source=source,
            items=items,
            by=self.member,
            **options,
        )
        told = RecordedSerializer(recorded).data  # what is documented; the product's own keys stay inside
        return Response(told, status=201 if recorded.created else 200)


@cache
def _only_read(written: type[FeedbackItem]) -> frozenset[str]:
    """Fields of an answer that are read and not written. The same in a process for good."""
    return frozenset(set(FeedbackSerializer().fields) - set(written().fields))


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
        metric = metric_named(self.member, key) if key else None
        batch = services.create_import(
            organization=self.member.organization,
            by=self.member,
            file=values["file"],
            filename=values["file"].name,
            source=values["source"],
            encoding=values["encoding"],
            sheet=values.get("sheet", ""),
            delimiter=values.get("delimiter", ""),
            header_row=values.get("header_row", 0),
        )
        mapping, reading = services.proposed_choices(batch)
        try:
            batch = services.map_import(
                batch=batch,
                mapping=values.get("mapping") or mapping,
                reading=values.get("reading") or (Reading() if values.get("mapping") else reading),
                metric=metric,
                touchpoint_key=values.get("touchpoint", ""),
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
        """Import a checked file. 409 while rows are refused or would replace, without the options."""
        values = _valid(ImportStart(data=request.data))
        batch = services.start_import(batch=import_for(self.member, int(pk)), **values)
        return self._enqueued(batch)

    @extend_schema(responses=UndoSerializer)
    @action(detail=True, pagination_class=None)
    def undo(self, request: Request, organization: str, pk: str) -> Response:
        """What taking the import back would do."""
        return Response(UndoSerializer(services.undo_preview(import_for(self.member, int(pk)))).data)

    @extend_schema(request=ImportUndo, responses={202: ImportSerializer})
    @undo.mapping.post
    def carry_out_undo(self, request: Request, organization: str, pk: str) -> Response:
        """Take the import back. 409 where nothing of it is left, or something else would go than was seen."""
        values = _valid(ImportUndo(data=request.data))
        batch = services.undo_import(batch=import_for(self.member, int(pk)), by=self.member, **values)
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


class RecipeViewSet(MemberView, GenericViewSet[Source]):
    """How files are read that have come in, by source and columns. `id` is that of the source and columns."""

    serializer_class = RecipeSerializer
    queryset = Source.objects.none()
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}-[0-9a-f]{16}"
    pagination_class = None
    required_actions = {"*": Action.IMPORT_FEEDBACK}

    @extend_schema(responses=RecipeSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        return Response(RecipeSerializer(selectors.recipes_of(self.member.organization), many=True).data)

    @extend_schema(responses=RecipeSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(RecipeSerializer(self._recipe(pk)).data)

    @extend_schema(request=RecipeAdd, responses={201: RecipeSerializer})
    def create(self, request: Request, organization: str) -> Response:
        """Add a recipe as `recipe` of another organization gives it; it replaces one for the same columns."""
        values = _valid(RecipeAdd(data=request.data))
        recipe = services.add_recipe(by=self.member, told=values["recipe"], source=values["source"])
        return Response(RecipeSerializer(recipe).data, status=201)

    @extend_schema(request=RecipeRename, responses=RecipeSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        recipe = self._recipe(pk)
        context = {READ: RecipeSerializer(recipe).data}
        values = _valid(RecipeRename(data=request.data, partial=True, context=context))
        if "name" in values:
            services.rename_recipe(by=self.member, recipe=recipe, name=values["name"])
        return Response(RecipeSerializer(self._recipe(pk)).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        services.delete_recipe(by=self.member, recipe=self._recipe(pk))
        return Response(status=204)

    def _recipe(self, pk: str) -> Recipe:
        source, key = pk.split("-")
        recipe = selectors.recipe_of(source_for(self.member, int(source)), key)
        if recipe is None:
            raise Http404
        return recipe


class SourceViewSet(MemberView, GenericViewSet[Source]):
    """Where answers come from. IDs are unique within a source."""

    serializer_class = SourceSerializer
    queryset = Source.objects.none()
    required_actions = {"*": Action.VIEW_FEEDBACK}

    @extend_schema(responses=SourceSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(sources_for(self.member))
        return self.get_paginated_response(SourceSerializer(page, many=True).data)


class ChannelViewSet(MemberView, GenericViewSet[Channel]):
    """The ways on which customers speak, as the sources spell them."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.none()
    required_actions = {"*": Action.VIEW_FEEDBACK}

    @extend_schema(responses=ChannelSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(channels_for(self.member))
        return self.get_paginated_response(ChannelSerializer(page, many=True).data)


def _by_position(errors: Mapping[str, Any]) -> dict[str, Any]:
    """Errors of items named as those of the rules are: "<position>.<field>"."""
    items = errors.get("items")
    pairs = items.items() if isinstance(items, Mapping) else enumerate(items or ())
    named = {
        f"{position}.{field}": reasons
        for position, item in pairs
        if isinstance(item, Mapping)
        for field, reasons in item.items()
    }
    others = {name: reasons for name, reasons in errors.items() if name != "items" or not named}
    return {**others, **named}


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    return values
