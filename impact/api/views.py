"""Studies, value models, cases and drivers in the API, on the same services as the screens."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.api import named
from common.errors import InvalidValues
from common.jobs import enqueue
from common.rows import moment_mark
from common.strict import READ, READ_EACH
from cxstats import ENGINE_VERSION
from employee_voice.access import require_all_functions
from impact import selectors, services
from impact.access import case_for, cases_for, initiative_for, studies_for, study_for, value_model_for
from impact.api.serializers import (
    DriversRequestSerializer,
    DriversSerializer,
    EmployeeLinkSerializer,
    RecomputationSerializer,
    RoiCaseLineSerializer,
    RoiCaseRequestSerializer,
    RoiCaseSerializer,
    SignOffSerializer,
    StudyDetailSerializer,
    StudyRequestSerializer,
    StudySerializer,
)
from impact.api.value_serializers import ValueModelSerializer
from impact.choices import SignOff
from impact.findings import finding_json
from impact.models import RoiCase, Study
from impact.selectors import DriverPage

NUMBER = re.compile("[0-9]{1,9}")


def _number(request: Request, name: str, message: str) -> int | None:
    """A number from the address; None where it is not given. Raises InvalidValues for anything else."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise InvalidValues(message, fields={name: message})
    return int(text)


def _unknown(name: str, message: str) -> InvalidValues:
    """A filter whose value nothing has: what came would be of something else."""
    return InvalidValues(message, fields={name: message})


class StudyViewSet(MemberView, GenericViewSet[Study]):
    """Runs of fixed plans. Findings are never edited; a new run has a new number."""

    serializer_class = StudySerializer
    queryset = Study.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {
        "*": Action.RUN_STUDY,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "recompute": Action.VIEW,
    }
    parameters = {"list": ["initiative"]}

    @extend_schema(
        parameters=[OpenApiParameter("initiative", int, description="Number of an initiative.")],
        responses=StudySerializer(many=True),
    )
    def list(self, request: Request, organization: str) -> Response:
        found = studies_for(self.member).defer("inputs", "finding")
        number = _number(request, "initiative", "The number of an initiative: 7 for INI-7.")
        if number is not None:
            found = found.filter(initiative__number=number)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(StudySerializer(page, many=True).data)

    @extend_schema(responses=StudyDetailSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(StudyDetailSerializer(study_for(self.member, int(pk))).data)

    @extend_schema(request=StudyRequestSerializer, responses={200: StudySerializer, 202: StudySerializer})
    def create(self, request: Request, organization: str) -> Response:
        """202: a new study was asked for. It will count instead of the one before, whose value then has to be
        computed and reviewed again. 200: it would read the same as the one that counts: here that is."""
        wanted = StudyRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        data = wanted.validated_data
        with named("initiative", "initiative of this number"):
            initiative = initiative_for(self.member, data["initiative"], Action.RUN_STUDY)
        with transaction.atomic():
            study = services.request_study(
                initiative=initiative, by=self.member, data_cutoff=data["data_cutoff"]
            )
            is_new = not study.is_finished
            if is_new:
                enqueue(study)
        return Response(StudySerializer(study).data, status=202 if is_new else 200)

    @extend_schema(request=None, responses=RecomputationSerializer)
    @action(detail=True, methods=["post"])
    def recompute(self, request: Request, organization: str, pk: str) -> Response:
        """Compute the study again from its stored inputs and compare; the study stays as it is."""
        study = study_for(self.member, int(pk))
        found = services.check_study(study=study, by=self.member)
        view = selectors.recomputed_view(study, outcome=found.outcome, finding=found.finding)
        content = {
            "outcome": found.outcome,
            "is_of_other_engine": found.of_other_version,
            "engine_version": ENGINE_VERSION,
            "stored_engine_version": study.engine_version,
            "input_digest": found.input_digest,
            "sentence": view.sentence,
            "steps": view.steps,
            "finding": None if found.finding is None else finding_json(found.finding),
        }
        return Response(RecomputationSerializer(content).data)


class ValueModelView(MemberView, APIView):
    """How a change of the metric of one initiative becomes money."""

    required_actions = {"get": Action.VIEW, "put": Action.EDIT_VALUE}

    @extend_schema(responses=ValueModelSerializer)
    def get(self, request: Request, organization: str, number: int) -> Response:
        return Response(ValueModelSerializer(value_model_for(self.member, number)).data)

    @extend_schema(request=ValueModelSerializer, responses=ValueModelSerializer)
    def put(self, request: Request, organization: str, number: int) -> Response:
        initiative = initiative_for(self.member, number, Action.EDIT_VALUE)
        stored = selectors.value_model_of(initiative)
        read = None if stored is None else ValueModelSerializer(stored).data
        numbered = {} if read is None else {line["number"]: line for line in read["lines"]}
        context = {READ: read, READ_EACH: lambda sent: numbered.get(sent.get("number"), {})}
        written = ValueModelSerializer(data=request.data, context=context)
        written.is_valid(raise_exception=True)
        try:
            model = services.save_value_model(
                initiative=initiative,
                by=self.member,
                seen=written.seen(stored),
                **written.arguments_of_service(),
            )
        except InvalidValues as error:
            raise InvalidValues(error.message, code=error.code, fields=written.named(error.fields)) from error
        return Response(ValueModelSerializer(model).data)


class RoiCaseViewSet(MemberView, GenericViewSet[RoiCase]):
    """Money of one study under one state of the value model. Figures are never edited."""

    serializer_class = RoiCaseSerializer
    queryset = RoiCase.objects.none()
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {
        "*": Action.EDIT_VALUE,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "sign_off": Action.SIGN_OFF_VALUE,
    }
    parameters = {"list": ["initiative", "study"]}

    @extend_schema(
        parameters=[
            OpenApiParameter("initiative", int, description="Number of an initiative."),
            OpenApiParameter("study", int, description="Id of a study."),
        ],
        responses=RoiCaseLineSerializer(many=True),
    )
    def list(self, request: Request, organization: str) -> Response:
        """Newest first. The study names the one that counts (`roi_case`)."""
        found = cases_for(self.member).defer("inputs", "result", "study__inputs", "study__finding")
        initiative = _number(request, "initiative", "The number of an initiative: 7 for INI-7.")
        study = _number(request, "study", "The id of a study.")
        if initiative is not None:
            found = found.filter(study__initiative__number=initiative)
        if study is not None:
            found = found.filter(study=study)
        page = self.paginate_queryset(found)
        lines = RoiCaseLineSerializer(page, many=True, context=_with_disputes(page or []))
        return self.get_paginated_response(lines.data)

    @extend_schema(responses=RoiCaseSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(_case_content(case_for(self.member, int(pk))))

    @extend_schema(
        request=RoiCaseRequestSerializer, responses={200: RoiCaseSerializer, 201: RoiCaseSerializer}
    )
    def create(self, request: Request, organization: str) -> Response:
        """201: a new value. 200: these inputs were valued before: here that is, and it counts."""
        wanted = RoiCaseRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        with named("study", "study of this id"):
            study = study_for(self.member, wanted.validated_data["study"], Action.EDIT_VALUE)
        case = services.compute_roi_case(study=study, by=self.member)
        return Response(_case_content(case), status=201 if case.is_new else 200)

    @extend_schema(request=SignOffSerializer, responses=RoiCaseSerializer)
    @action(detail=True, methods=["post"], url_path="sign-off")
    def sign_off(self, request: Request, organization: str, pk: str) -> Response:
        case = case_for(self.member, int(pk), Action.SIGN_OFF_VALUE)
        written = SignOffSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        values = dict(written.validated_data)
        seen = moment_mark(values.pop("sign_off_at")) if "sign_off_at" in values else None
        reviewed = services.review(case=case, by=self.member, seen=seen, **values)
        return Response(_case_content(reviewed))


def _with_disputes(cases: Iterable[RoiCase]) -> dict[str, Any]:
    """The context of their serializer. At most twelve queries, none where finance reviewed all of them."""
    waiting = [case for case in cases if case.sign_off == SignOff.OPEN]
    return {
        "disputes": selectors.unanswered_disputes({case.study.initiative_id for case in waiting}),
        "without_reviewer": selectors.without_reviewer(selectors.with_makers(waiting)),
    }


def _case_content(case: RoiCase) -> dict[str, Any]:
    return RoiCaseSerializer(case, context=_with_disputes([case])).data


class DriverView(MemberView, APIView):
    """What goes with an overall metric: shares, correlations, or the reason why not."""

    required_actions = {"get": Action.VIEW, "post": Action.RUN_STUDY}
    parameters = {"get": ["outcome"]}

    @extend_schema(
        parameters=[OpenApiParameter("outcome", str, description="One of `outcomes`; else the overall one.")],
        responses=DriversSerializer,
    )
    def get(self, request: Request, organization: str) -> Response:
        """The last analysis that finished, and the state of the newest one."""
        asked = request.query_params.get("outcome", "")
        if asked and not selectors.known_outcome(self.member.organization, asked):
            raise _unknown("outcome", "There is no such outcome in the last analysis; see `outcomes`.")
        page = selectors.driver_page(self.member.organization, outcome_key=asked)
        return Response(DriversSerializer(drivers_content(page)).data)

    @extend_schema(request=DriversRequestSerializer, responses={202: DriversSerializer})
    def post(self, request: Request, organization: str) -> Response:
        """Compute from the answers as they are now; a run that was made of just these comes back."""
        wanted = DriversRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        with transaction.atomic():
            run = services.request_drivers(by=self.member, outcome=wanted.validated_data["outcome"])
            if not run.is_finished:
                enqueue(run)
        page = selectors.driver_page(self.member.organization, outcome_key=run.outcome)
        return Response(DriversSerializer(drivers_content(page)).data, status=202)


class EmployeeLinkView(MemberView, APIView):
    """Functions' driver scores beside the customer scores of the touchpoints that they own."""

    required_actions = {"get": Action.VIEW_EMPLOYEE_RESULTS}
    parameters = {"get": ["metric", "driver"]}

    @extend_schema(
        parameters=[
            OpenApiParameter("metric", str, description="One of `metrics`; else the first."),
            OpenApiParameter("driver", str, description="Key of a driver; else the clearest."),
        ],
        responses=EmployeeLinkSerializer,
    )
    def get(self, request: Request, organization: str) -> Response:
        require_all_functions(self.member)
        metric, driver = (request.query_params.get(name, "") for name in ("metric", "driver"))
        page = selectors.linkage_page(self.member.organization, metric_key=metric, driver_key=driver)
        if metric and metric not in page.metric_keys and not (page.metric and page.metric.key == metric):
            raise _unknown("metric", "There is no metric with this key; see `metrics`.")
        if driver and not (page.driver and page.driver.key == driver):
            raise _unknown("driver", "There is no driver with this key; see `drivers`.")
        return Response(EmployeeLinkSerializer(page).data)


def drivers_content(page: DriverPage) -> dict[str, Any]:
    found = {driver.key: driver for driver in page.analysis.drivers} if page.analysis else {}
    lines = []
    for row in page.rows:
        share = found[row.key].share
        lines.append(
            {
                "key": row.key,
                "name": row.name,
                "share": share.value if share else None,
                "share_low": share.interval.low if share else None,
                "share_high": share.interval.high if share else None,
                "correlation": row.correlation,
                "correlation_low": row.correlation_low,
                "correlation_high": row.correlation_high,
                "is_distinguishable": row.is_distinguishable,
                "is_suppressed": row.is_suppressed,
                "letters": row.letters,
                "reading": row.place,
                "n": row.answered,
            }
        )
    return {
        "state": page.state,
        "progress": page.running.progress if page.running else 100 if page.shown else 0,
        "is_current": page.is_current,
        "computed_at": page.shown.finished_at if page.shown else None,
        "outcome": page.outcome.key if page.outcome else "",
        "outcomes": [column.key for column in page.columns],
        "sentence": page.sentence,
        "refusal": page.refusal,
        "shares_refusal": page.shares_refusal,
        "notes": page.notes,
        "customers": page.customers,
        "drivers": lines,
    }
