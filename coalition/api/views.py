"""The coalition in the API, on the same services as the screens."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from coalition import selectors, services
from coalition.access import coalition_for, decision_for, initiative_for, seat_for
from coalition.api.serializers import (
    AmendmentSerializer,
    DecisionSerializer,
    InitiativeSerializer,
    InitiativeWriteSerializer,
    LotRequestSerializer,
    LotSerializer,
    PlanSerializer,
    PlanWriteSerializer,
    SeatEndSerializer,
    SeatSerializer,
    SeatWriteSerializer,
    StandingSerializer,
    StartReadSerializer,
    StartSerializer,
    StateChangeSerializer,
    SubmitSerializer,
    TransitionSerializer,
    VisibilitySerializer,
    VoteSerializer,
)
from coalition.choices import InitiativeState
from coalition.errors import CoalitionMissing, PlanNotWritten, VoteClosed
from coalition.models import Decision, Initiative, Seat
from common.errors import InvalidValues
from common.strict import READ


class _Reading(MemberView):
    """Shared by the views: what was sent, checked."""

    def sent[S: Serializer[Any]](
        self, serializer: type[S], request: Request, *, partial: bool = False, read: Any = None
    ) -> S:
        context = {"member": self.member, READ: read}
        checked = serializer(data=request.data, partial=partial, context=context)
        checked.is_valid(raise_exception=True)
        return checked


class InitiativeViewSet(_Reading, GenericViewSet[Initiative]):
    """Initiatives by number. A change sends the `lock_version` that was read; a newer one answers 409."""

    serializer_class = InitiativeSerializer
    queryset = Initiative.objects.none()
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    required_actions = {
        "*": Action.DRAFT_INITIATIVE,
        "list": Action.VIEW,
        "retrieve": Action.VIEW,
        "plan": Action.VIEW,
        "lots": Action.VIEW,
        "starts": Action.VIEW,
        "correct_start": Action.RECORD_PROGRESS,
        "visibility": Action.VIEW,
        "decisions": Action.VIEW,
        "standing": Action.VIEW,
        "vote": Action.VOTE,
        "close_vote": Action.VOTE,
        "history": Action.VIEW,
        "amendments": Action.VIEW,
        "transition": Action.RECORD_PROGRESS,
    }
    parameters = {"list": ["q", "state"]}

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="In title, problem and proposal, or the reference."),
            OpenApiParameter("state", str, enum=InitiativeState.values),
        ],
        responses=InitiativeSerializer(many=True),
    )
    def list(self, request: Request, organization: str) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in InitiativeState.values:
            raise InvalidValues("Unknown state.", fields={"state": f"One of {', '.join(InitiativeState)}."})
        found = selectors.initiatives(
            self.member.organization, words=request.query_params.get("q", ""), state=state
        )
        page = self.paginate_queryset(found)
        return self.get_paginated_response(InitiativeSerializer(page, many=True).data)

    @extend_schema(responses=InitiativeSerializer)
    def retrieve(self, request: Request, organization: str, number: str) -> Response:
        return Response(InitiativeSerializer(self._initiative(number, Action.VIEW)).data)

    @extend_schema(request=InitiativeWriteSerializer, responses={201: InitiativeSerializer})
    def create(self, request: Request, organization: str) -> Response:
        written = self.sent(InitiativeWriteSerializer, request)
        initiative = services.create_initiative(by=self.member, values=written.values(self.member))
        return Response(InitiativeSerializer(initiative).data, status=201)

    @extend_schema(request=InitiativeWriteSerializer, responses=InitiativeSerializer)
    def partial_update(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.DRAFT_INITIATIVE)
        read = InitiativeSerializer(initiative).data
        written = self.sent(InitiativeWriteSerializer, request, partial=True, read=read)
        if written.is_as_read and "lock_version" in written.validated_data:
            return Response(read)
        if "lock_version" not in written.validated_data:
            raise InvalidValues("Send lock_version.", fields={"lock_version": "Needed for a change."})
        initiative = services.edit_initiative(
            by=self.member,
            initiative=initiative,
            values=written.values(self.member, initiative),
            lock_version=written.validated_data["lock_version"],
            reason=written.validated_data.get("reason", ""),
        )
        return Response(InitiativeSerializer(initiative).data)

    @extend_schema(responses=PlanSerializer)
    @action(detail=True, methods=["get"])
    def plan(self, request: Request, organization: str, number: str) -> Response:
        """404 `no_plan_yet` before the first one, with the lock_version to send it with."""
        return self._plan(number)

    @extend_schema(request=PlanWriteSerializer, responses=PlanSerializer)
    @plan.mapping.put
    def change_plan(self, request: Request, organization: str, number: str) -> Response:
        """Write the whole plan. `lock_version` is the one that was read, of the plan or of its initiative:
        they share it. 0 writes the first plan, as long as there is none."""
        initiative = self._initiative(number, Action.DRAFT_INITIATIVE)
        plan = selectors.plan_of(initiative)
        read = None if plan is None else PlanSerializer(plan).data
        written = self.sent(PlanWriteSerializer, request, read=read)
        if written.is_as_read:
            return Response(read)
        services.edit_plan(
            by=self.member,
            initiative=initiative,
            values=written.values(initiative),
            lock_version=written.state_read(initiative),
            reason=written.validated_data.get("reason", ""),
        )
        return self._plan(number)

    @extend_schema(responses=LotSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def lots(self, request: Request, organization: str, number: str) -> Response:
        """Every lot that was drawn, the newest first, with what is needed to check it."""
        view = selectors.lot_view(self._initiative(number, Action.VIEW))
        return Response(LotSerializer(view.lots if view else (), many=True, context={"view": view}).data)

    @extend_schema(request=LotRequestSerializer, responses={201: LotSerializer})
    @lots.mapping.post
    def draw_lot(self, request: Request, organization: str, number: str) -> Response:
        """Draw which touchpoints get the initiative; the others are compared. List, seed and result enter the
        trail in the same step. A second lot is never unseen, and costs the design grade."""
        initiative = self._initiative(number, Action.DRAFT_INITIATIVE)
        services.draw_lot(
            initiative=initiative, by=self.member, **self.sent(LotRequestSerializer, request).validated_data
        )
        view = selectors.lot_view(self._initiative(number, Action.VIEW))
        lots = view.lots[0] if view else None
        return Response(LotSerializer(lots, context={"view": view}).data, status=201)

    @extend_schema(responses=StartReadSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def starts(self, request: Request, organization: str, number: str) -> Response:
        """When each touchpoint got the initiative, where a lot gave starts and it is live."""
        return self._starts(number)

    def _starts(self, number: str) -> Response:
        starts = list(selectors.starts_now(self._initiative(number, Action.VIEW)))
        return Response(StartReadSerializer(starts, many=True).data)

    @extend_schema(request=StartSerializer, responses=StartReadSerializer(many=True))
    @starts.mapping.post
    def correct_start(self, request: Request, organization: str, number: str) -> Response:
        """A touchpoint started on another day than the lot gave. In another period of the plan it costs the
        design grade of chance."""
        initiative = self._initiative(number, Action.RECORD_PROGRESS)
        sent = self.sent(StartSerializer, request).validated_data
        services.correct_start(
            by=self.member,
            initiative=initiative,
            key=sent["touchpoint"],
            on=sent["on"],
            reason=sent["reason"],
        )
        return self._starts(number)

    @extend_schema(responses=VisibilitySerializer)
    @action(detail=True, methods=["get"])
    def visibility(self, request: Request, organization: str, number: str) -> Response:
        return Response(
            VisibilitySerializer(selectors.visibility(self._initiative(number, Action.VIEW))).data
        )

    @extend_schema(request=SubmitSerializer, responses=StandingSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.DRAFT_INITIATIVE)
        current = services.submit_initiative(
            by=self.member, initiative=initiative, **self.sent(SubmitSerializer, request).validated_data
        )
        return self._standing(initiative, selectors.round_standing(current))

    @extend_schema(request=None, responses=InitiativeSerializer)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, organization: str, number: str) -> Response:
        """Fix the plan of a draft with `already_live_on`, and take it as live since then, without a vote."""
        initiative = self._initiative(number, Action.DRAFT_INITIATIVE)
        recorded = services.record_look_back(by=self.member, initiative=initiative)
        return Response(InitiativeSerializer(recorded).data)

    @extend_schema(request=None, responses=InitiativeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization: str, number: str) -> Response:
        services.withdraw_initiative(
            by=self.member, initiative=self._initiative(number, Action.DRAFT_INITIATIVE)
        )
        return Response(InitiativeSerializer(self._initiative(number, Action.VIEW)).data)

    @extend_schema(responses=StandingSerializer)
    @action(detail=True, methods=["get"])
    def standing(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.VIEW)
        services.settle_if_ripe(initiative)
        current = selectors.round_of(initiative)
        if current is None:
            raise VoteClosed("No vote is open.")
        return self._standing(initiative, selectors.round_standing(current))

    @extend_schema(request=VoteSerializer, responses=StandingSerializer)
    @action(detail=True, methods=["post"])
    def vote(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.VOTE)
        sent = dict(self.sent(VoteSerializer, request).validated_data)
        seat = sent.pop("seat")
        standing = services.cast_vote(
            by=self.member,
            initiative=initiative,
            seat=None if seat is None else seat_for(self.member, seat, Action.VOTE),
            **sent,
        )
        return self._standing(initiative, standing)

    @extend_schema(request=None, responses=StandingSerializer)
    @action(detail=True, methods=["post"], url_path="close-vote")
    def close_vote(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.VOTE)
        return self._standing(initiative, services.close_vote(by=self.member, initiative=initiative))

    @extend_schema(request=TransitionSerializer, responses=InitiativeSerializer)
    @action(detail=True, methods=["post"])
    def transition(self, request: Request, organization: str, number: str) -> Response:
        initiative = self._initiative(number, Action.RECORD_PROGRESS)
        sent = self.sent(TransitionSerializer, request).validated_data
        moved = services.change_state(by=self.member, initiative=initiative, **sent)
        return Response(InitiativeSerializer(moved).data)

    @extend_schema(responses=DecisionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def decisions(self, request: Request, organization: str, number: str) -> Response:
        found = selectors.decisions(self._initiative(number, Action.VIEW))
        return Response(DecisionSerializer(found, many=True).data)

    @extend_schema(responses=StateChangeSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, request: Request, organization: str, number: str) -> Response:
        found = selectors.history(self._initiative(number, Action.VIEW))
        return Response(StateChangeSerializer(found, many=True).data)

    @extend_schema(responses=AmendmentSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def amendments(self, request: Request, organization: str, number: str) -> Response:
        found = self._initiative(number, Action.VIEW).amendments.all()
        return Response(AmendmentSerializer(found, many=True).data)

    def _standing(self, initiative: Initiative, standing: selectors.RoundStanding) -> Response:
        """The vote as this member may see it."""
        seen = selectors.as_seen_by(standing, self.member)
        return Response(StandingSerializer(seen).data)

    def _plan(self, number: str) -> Response:
        initiative = self._initiative(number, Action.VIEW)
        plan = selectors.plan_of(initiative)
        if plan is None:
            text = _("There is no plan yet. Write the first one with PUT and lock_version %(number)d.")
            raise PlanNotWritten(text % {"number": initiative.lock_version})
        return Response(PlanSerializer(plan).data)

    def _initiative(self, number: str, wanted: Action) -> Initiative:
        return initiative_for(self.member, int(number), wanted)


class DecisionViewSet(_Reading, GenericViewSet[Decision]):
    """Every decision of the coalition, newest first. Decisions are never changed."""

    serializer_class = DecisionSerializer
    queryset = Decision.objects.none()
    required_actions = {"list": Action.VIEW, "retrieve": Action.VIEW}

    @extend_schema(responses=DecisionSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(selectors.decision_log(self.member.organization))
        return self.get_paginated_response(DecisionSerializer(page, many=True).data)

    @extend_schema(responses=DecisionSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(DecisionSerializer(decision_for(self.member, int(pk), Action.VIEW)).data)

    lookup_value_regex = "[0-9]{1,18}"


class SeatViewSet(_Reading, GenericViewSet[Seat]):
    """The coalition's seats of today."""

    serializer_class = SeatSerializer
    queryset = Seat.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.EDIT_COALITION, "list": Action.VIEW, "retrieve": Action.VIEW}

    @extend_schema(responses=SeatSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        coalition = coalition_for(self.member, Action.VIEW)
        found = Seat.objects.none() if coalition is None else selectors.seats(coalition)
        return self.get_paginated_response(SeatSerializer(self.paginate_queryset(found), many=True).data)

    @extend_schema(responses=SeatSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(SeatSerializer(seat_for(self.member, int(pk), Action.VIEW)).data)

    @extend_schema(request=SeatWriteSerializer, responses={201: SeatSerializer})
    def create(self, request: Request, organization: str) -> Response:
        coalition = coalition_for(self.member, Action.EDIT_COALITION)
        if coalition is None:
            raise CoalitionMissing(_("Set up the coalition first, then fill its seats."))
        written = self.sent(SeatWriteSerializer, request)
        seat = services.add_seat(by=self.member, coalition=coalition, values=written.values())
        return Response(SeatSerializer(seat).data, status=201)

    @extend_schema(request=SeatWriteSerializer, responses=SeatSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        seat = seat_for(self.member, int(pk), Action.EDIT_COALITION)
        read = SeatSerializer(seat).data
        written = self.sent(SeatWriteSerializer, request, partial=True, read=read)
        changed = services.change_seat(
            by=self.member,
            seat=seat,
            values=written.values(seat),
            accepts_consequences=written.validated_data.get("accepts_consequences", False),
        )
        return Response(SeatSerializer(changed).data)

    @extend_schema(request=SeatEndSerializer, responses=SeatSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization: str, pk: str) -> Response:
        seat = seat_for(self.member, int(pk), Action.EDIT_COALITION)
        sent = self.sent(SeatEndSerializer, request).validated_data
        return Response(SeatSerializer(services.end_seat(by=self.member, seat=seat, **sent)).data)
