"""The program's costs and its return in the API, on the same services as the screens."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.errors import InvalidValues
from common.jobs import enqueue
from common.strict import READ
from impact import selectors, services
from impact.access import ledger_year_for
from impact.api.program_serializers import (
    ExchangeRateSerializer,
    LedgerSerializer,
    LedgerSignOffSerializer,
    LedgerYearSerializer,
    ProgramSerializer,
    ledger_content,
    program_content,
)
from impact.models import ExchangeRate, ProgramCase

NEEDS_VERSION = "Send the version that you read: this year is there already, and the lines replace its own."


class ProgramView(MemberView, APIView):
    """What the whole program returned, less all that it cost."""

    required_actions = {"get": Action.VIEW, "post": Action.EDIT_VALUE}
    parameters = {"get": ["afterwards"]}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "afterwards", str, description="1: count what was recorded afterwards too.", enum=["0", "1"]
            )
        ],
        responses=ProgramSerializer,
    )
    def get(self, request: Request, organization: str) -> Response:
        """The return that counts; 404 before the first one."""
        asked = request.query_params.get("afterwards", "")
        if asked not in ("", "0", "1"):
            message = "1 counts what was recorded afterwards too, 0 does not."
            raise InvalidValues(message, fields={"afterwards": message})
        return self._answer(afterwards=asked == "1")

    @extend_schema(request=None, responses={200: ProgramSerializer, 202: ProgramSerializer})
    def post(self, request: Request, organization: str) -> Response:
        """202: a computation was asked for. 200: nothing has changed, so the last one still counts."""
        with transaction.atomic():
            case = services.request_program(by=self.member)
            if not case.is_finished:
                enqueue(case)
        if case.is_finished:
            return self._answer(afterwards=False)
        newest = {"number": case.number, "state": case.job_state}
        return Response(newest, status=202)

    def _answer(self, *, afterwards: bool) -> Response:
        page = selectors.program_page(self.member.organization)
        case = selectors.latest_program(self.member.organization)
        if case is None or page.shown is None:
            raise Http404
        newest: ProgramCase = page.running or page.failed or case
        content = program_content(case, newest=newest, is_current=page.is_current, afterwards=afterwards)
        return Response(ProgramSerializer(content).data)


class LedgerView(MemberView, APIView):
    """What the program itself costs, by fiscal year."""

    required_actions = {"get": Action.VIEW}

    @extend_schema(operation_id="program_ledger_retrieve", responses=LedgerSerializer)
    def get(self, request: Request, organization: str) -> Response:
        return Response(
            LedgerSerializer(ledger_content(selectors.ledger_page(self.member.organization))).data
        )


class LedgerYearView(MemberView, APIView):
    """The costs of one fiscal year, called by the calendar year in which it ends."""

    required_actions = {"get": Action.VIEW, "put": Action.EDIT_VALUE}

    @extend_schema(responses=LedgerYearSerializer)
    def get(self, request: Request, organization: str, year: int) -> Response:
        return Response(LedgerYearSerializer(ledger_year_for(self.member, year)).data)

    @extend_schema(request=LedgerYearSerializer, responses=LedgerYearSerializer)
    def put(self, request: Request, organization: str, year: int) -> Response:
        """The lines replace those that are there; finance's word on the year goes with a change."""
        known = selectors.ledger_row(self.member.organization, year)
        sent = request.data.get("version") if isinstance(request.data, Mapping) else None
        if known is not None and type(sent) is int and sent != known.version:
            raise services.ledger_changed()  # before what is only read, and moved along, is found to differ
        read = {} if known is None else LedgerYearSerializer(known).data
        written = LedgerYearSerializer(data=request.data, context={READ: read})
        written.is_valid(raise_exception=True)
        data: dict[str, Any] = written.validated_data
        if known is not None and data.get("version") is None:
            raise ValidationError({"version": [NEEDS_VERSION]})
        values = services.LedgerYearValues(
            year=year,
            budget=data["budget"],
            lines=tuple(services.LedgerLineValues(**line) for line in data["lines"]),
        )
        saved = services.save_ledger_year(by=self.member, values=values, seen=data.get("version"))
        return Response(LedgerYearSerializer(ledger_year_for(self.member, saved.year)).data)


class LedgerSignOffView(MemberView, APIView):
    """Finance's word on the costs of a year, by another person than who wrote them."""

    required_actions = {"post": Action.SIGN_OFF_VALUE}

    @extend_schema(request=LedgerSignOffSerializer, responses=LedgerYearSerializer)
    def post(self, request: Request, organization: str, year: int) -> Response:
        row = ledger_year_for(self.member, year, Action.SIGN_OFF_VALUE)
        written = LedgerSignOffSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        data = dict(written.validated_data)
        mark = services.ledger_mark(row, version=data.pop("version"))
        services.review_ledger_year(row=row, by=self.member, seen=mark, **data)
        return Response(LedgerYearSerializer(ledger_year_for(self.member, year)).data)


class ExchangeRateView(MemberView, APIView):
    """Dated rates into the organization's currency; a second one for a day replaces the first."""

    required_actions = {"get": Action.VIEW, "post": Action.EDIT_VALUE}

    @extend_schema(responses=ExchangeRateSerializer(many=True))
    def get(self, request: Request, organization: str) -> Response:
        rows = ExchangeRate.objects.of(self.member.organization)
        return Response(ExchangeRateSerializer(rows, many=True).data)

    @extend_schema(request=ExchangeRateSerializer, responses={201: ExchangeRateSerializer})
    def post(self, request: Request, organization: str) -> Response:
        written = ExchangeRateSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        rate = services.save_rate(by=self.member, **written.validated_data)
        return Response(ExchangeRateSerializer(rate).data, status=201)
