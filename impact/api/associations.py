"""What goes with a customer's score later, in the API: on the same services as the screens."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.models import Organization
from common.errors import InvalidValues
from common.jobs import JobState, enqueue
from common.strict import KnownFields
from customer_voice.models import MetricDefinition
from impact import selectors, services
from impact.access import association_for
from impact.choices import OutcomeKind
from impact.models import AssociationRun
from tabular.choices import DateFormat


class AssociationCheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    outcome = serializers.CharField()
    text = serializers.CharField()


class AssociationSerializer(serializers.ModelSerializer[AssociationRun]):
    """One estimate. `effect` is for one unit of the metric: a share of customers, money or contacts a
    year (fewer contacts are below 0)."""

    state = serializers.ChoiceField(source="job_state", choices=JobState.values, read_only=True)
    metric = serializers.CharField(source="metric.key", read_only=True)
    sentence = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField(help_text="Why there is no figure; empty where there is one.")
    effect = serializers.SerializerMethodField(help_text="Value, low and high (95 %); null without one.")
    customers = serializers.SerializerMethodField(help_text="Independent customers behind the figure.")
    left = serializers.SerializerMethodField(help_text="Of them, those who left; 0 for revenue and contacts.")
    is_usable = serializers.SerializerMethodField(help_text="Whether a value model can take it as an input.")
    checks = serializers.SerializerMethodField()

    class Meta:
        model = AssociationRun
        fields = [
            "number",
            "state",
            "progress",
            "failure",
            "outcome",
            "source",
            "metric",
            "filename",
            "until",
            "currency",
            "sentence",
            "refusal",
            "effect",
            "customers",
            "left",
            "is_usable",
            "checks",
            "data_digest",
            "engine_version",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    def to_representation(self, instance: AssociationRun) -> dict[str, Any]:
        self._told = selectors.association_told(instance)
        return super().to_representation(instance)

    def get_sentence(self, run: AssociationRun) -> str:
        return self._told.sentence

    def get_refusal(self, run: AssociationRun) -> str:
        return self._told.refusal

    def get_effect(self, run: AssociationRun) -> list[float] | None:
        found = self._told.found
        if found is None:
            return None
        return [found.effect.value, found.effect.interval.low, found.effect.interval.high]

    def get_customers(self, run: AssociationRun) -> int:
        found = self._told.found
        return found.clusters if found else 0

    def get_left(self, run: AssociationRun) -> int:
        found = self._told.found
        return found.events if found else 0

    def get_is_usable(self, run: AssociationRun) -> bool:
        return self._told.is_usable

    @extend_schema_field(AssociationCheckSerializer(many=True))
    def get_checks(self, run: AssociationRun) -> list[dict[str, str]]:
        return [{"name": line.name, "outcome": line.label, "text": line.text} for line in self._told.checks]


class AssociationRequestSerializer(KnownFields, serializers.Serializer[Any]):
    metric = serializers.CharField(help_text="Key of a metric whose answers are scores.")


class AssociationFileSerializer(KnownFields, serializers.Serializer[Any]):
    """A table, one row a score: customer, day, score, end day, revenue or contacts; start day, segment and
    revenue before if there are. With `dry_run` it is checked and not kept."""

    file = serializers.FileField()
    metric = serializers.CharField(help_text="Key of a metric whose answers are scores.")
    outcome = serializers.ChoiceField(choices=OutcomeKind.choices)
    until = serializers.DateField(help_text="Day up to which outcomes are known.")
    date_format = serializers.ChoiceField(choices=DateFormat.choices, default=DateFormat.AUTO)
    dry_run = serializers.BooleanField(default=False)


class AssociationFileCheckSerializer(serializers.Serializer[Any]):
    """What the table says; every row can be read."""

    rows = serializers.IntegerField()
    customers = serializers.IntegerField()
    scores = serializers.IntegerField()
    without_score = serializers.IntegerField()
    left = serializers.IntegerField()
    read = serializers.ListField(child=serializers.CharField())
    not_read = serializers.ListField(child=serializers.CharField())


class AssociationViewSet(MemberView, GenericViewSet[AssociationRun]):
    """Associations of staying and revenue with scores. Results are kept and never edited."""

    serializer_class = AssociationSerializer
    queryset = AssociationRun.objects.none()
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {"*": Action.RUN_STUDY, "list": Action.VIEW, "retrieve": Action.VIEW}

    @extend_schema(responses=AssociationSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        """Newest first."""
        rows = (
            AssociationRun.objects.of(self.member.organization).select_related("metric").order_by("-number")
        )
        page = self.paginate_queryset(rows.defer("rows"))
        return self.get_paginated_response(AssociationSerializer(page, many=True).data)

    @extend_schema(responses=AssociationSerializer)
    def retrieve(self, request: Request, organization: str, number: str) -> Response:
        return Response(AssociationSerializer(association_for(self.member, int(number))).data)

    @extend_schema(request=AssociationRequestSerializer, responses={202: AssociationSerializer})
    def create(self, request: Request, organization: str) -> Response:
        """Of the customer accounts, as they are now."""
        wanted = AssociationRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        metric = _metric(self.member.organization, wanted.validated_data["metric"])
        with transaction.atomic():
            run = services.request_association(by=self.member, metric=metric)
            enqueue(run)
        return Response(AssociationSerializer(run).data, status=202)

    @extend_schema(
        request={"multipart/form-data": AssociationFileSerializer},
        responses={200: AssociationFileCheckSerializer, 202: AssociationSerializer},
    )
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser, FormParser])
    def file(self, request: Request, organization: str) -> Response:
        """200: with `dry_run`, what the table says. 202: it is being computed."""
        written = AssociationFileSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        said = dict(written.validated_data)
        is_dry = said.pop("dry_run")
        said["metric"] = _metric(self.member.organization, said["metric"])
        with transaction.atomic():
            kept = services.keep_association_file(by=self.member, filename=said["file"].name, **said)
            if is_dry:
                told = AssociationFileCheckSerializer(kept.told).data
                services.discard_association_file(by=self.member, file=kept)
                return Response(told)
            run = services.request_association_of_file(by=self.member, file=kept)
            enqueue(run)
        return Response(AssociationSerializer(run).data, status=202)


def _metric(organization: Organization, key: str) -> MetricDefinition:
    """Raises InvalidValues: what a body names and there is not is a wrong value, and no wrong address."""
    found = next((one for one in selectors.counted_metrics(organization) if one.key == key), None)
    if found is None:
        message = "There is no metric with this key whose answers are scores."
        raise InvalidValues(message, fields={"metric": message})
    return found
