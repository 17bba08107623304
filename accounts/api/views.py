"""People and organizations by API; the same services as the screens."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts import selectors, services
from accounts.access import function_for, invitation_for, member_for
from accounts.api.permissions import MemberView
from accounts.api.serializers import (
    AuditEventSerializer,
    FunctionSerializer,
    InvitationSerializer,
    MemberSerializer,
    OrganizationSerializer,
    RemovalSerializer,
    TrailFilterSerializer,
)
from accounts.choices import Action
from accounts.mail import send_invitation
from accounts.models import AuditEvent, BusinessFunction, Invitation, Membership, Organization


class OrganizationView(MemberView, RetrieveUpdateAPIView[Organization]):
    """The organization itself."""

    serializer_class = OrganizationSerializer
    required_actions = {"get": Action.VIEW, "*": Action.MANAGE_ORGANIZATION}

    def get_object(self) -> Organization:
        return self.member.organization

    def perform_update(self, serializer: BaseSerializer[Organization]) -> None:
        organization = self.member.organization
        sent = dict(serializer.validated_data)
        is_accepted = sent.pop("accepts_consequences", False)
        others = {"slug", "accepts_consequences"}
        names = [name for name in OrganizationSerializer.Meta.fields if name not in others]
        values = {name: sent.get(name, getattr(organization, name)) for name in names}
        serializer.instance = services.update_organization(
            by=self.member, accepts_consequences=is_accepted, **values
        )


class FunctionViewSet(
    MemberView,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[BusinessFunction],
):
    """Business functions: departments and units."""

    queryset = BusinessFunction.objects.none()
    serializer_class = FunctionSerializer
    required_actions = {"list": Action.VIEW, "retrieve": Action.VIEW, "*": Action.MANAGE_ORGANIZATION}

    def get_queryset(self) -> QuerySet[BusinessFunction]:
        return selectors.functions(self.member.organization)

    def perform_create(self, serializer: BaseSerializer[BusinessFunction]) -> None:
        sent = serializer.validated_data
        place = services.FunctionPlace(parent=sent.get("parent"), head=sent.get("head"))
        serializer.instance = services.save_function(by=self.member, name=sent["name"], place=place)

    def perform_update(self, serializer: BaseSerializer[BusinessFunction]) -> None:
        function = function_for(self.member, int(self.kwargs["pk"]))
        sent = serializer.validated_data
        place = services.FunctionPlace(
            parent=sent.get("parent", function.parent), head=sent.get("head", function.head)
        )
        name = sent.get("name", function.name)
        serializer.instance = services.save_function(
            by=self.member, name=name, function=function, place=place
        )


class MemberViewSet(
    MemberView,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Membership],
):
    """People of the organization. Deleting takes away access; what they did stays."""

    queryset = Membership.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    serializer_class = MemberSerializer
    required_actions = {"list": Action.VIEW, "retrieve": Action.VIEW, "*": Action.MANAGE_PEOPLE}

    def get_queryset(self) -> QuerySet[Membership]:
        return selectors.members(self.member.organization)

    def perform_update(self, serializer: BaseSerializer[Membership]) -> None:
        person = member_for(self.member, int(self.kwargs["pk"]))
        data = serializer.validated_data
        serializer.instance = services.change_member(
            by=self.member,
            member=person,
            role=data.get("role", person.role),
            function=data.get("function", person.function),
            job_title=data.get("job_title", person.job_title),
            accepts_consequences=data.get("accepts_consequences", False),
        )

    @extend_schema(parameters=[RemovalSerializer])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take away access; what the person did stays."""
        asked = RemovalSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        services.deactivate_member(by=self.member, member=self.get_object(), **asked.validated_data)
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Confirm a finance reviewer whom somebody else invited and gave the role."""
        person = services.confirm_member(
            by=self.member, member=member_for(self.member, int(self.kwargs["pk"]))
        )
        return Response(self.get_serializer(person).data)


class InvitationViewSet(
    MemberView,
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Invitation],
):
    """Open invitations. Creating one sends the e-mail."""

    queryset = Invitation.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    serializer_class = InvitationSerializer
    required_actions = {"*": Action.MANAGE_PEOPLE}

    def get_queryset(self) -> QuerySet[Invitation]:
        return selectors.open_invitations(self.member.organization)

    def perform_create(self, serializer: BaseSerializer[Invitation]) -> None:
        invitation, secret = services.invite_person(by=self.member, **serializer.validated_data)
        send_invitation(invitation, secret)
        serializer.instance = invitation

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, **kwargs: Any) -> Response:
        """Send a new link; the old one stops working."""
        invitation, secret = services.resend_invitation(
            by=self.member, invitation=invitation_for(self.member, int(self.kwargs["pk"]))
        )
        send_invitation(invitation, secret)
        return Response(self.get_serializer(invitation).data)

    def perform_destroy(self, instance: Invitation) -> None:
        services.revoke_invitation(by=self.member, invitation=invitation_for(self.member, instance.pk))


class TrailViewSet(MemberView, mixins.ListModelMixin, viewsets.GenericViewSet[AuditEvent]):
    """The audit trail, newest first."""

    queryset = AuditEvent.objects.none()
    serializer_class = AuditEventSerializer
    required_actions = {"*": Action.VIEW_TRAIL}
    parameters = {"list": list(TrailFilterSerializer().get_fields())}

    def get_queryset(self) -> QuerySet[AuditEvent]:
        asked = TrailFilterSerializer(data=self.request.query_params, context={"request": self.request})
        asked.is_valid(raise_exception=True)
        return selectors.trail(self.member.organization, selectors.TrailFilter(**asked.validated_data))

    @extend_schema(parameters=[TrailFilterSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Events of this organization."""
        return super().list(request, *args, **kwargs)
