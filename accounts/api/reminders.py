"""Reminders of the member who asks, by API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import MemberView
from accounts.choices import Action
from accounts.reminding import chosen_of
from common.dates import MOST_DAYS_BEFORE, kinds_of_dates
from common.strict import READ, KnownFields


class ReminderWishesSerializer(KnownFields, serializers.Serializer[Any]):
    """Kind of day -> how many days before the member is reminded, null for not at all."""

    def get_fields(self) -> dict[str, Any]:
        return {
            kind.key: serializers.IntegerField(
                min_value=0, max_value=MOST_DAYS_BEFORE, allow_null=True, required=False
            )
            for kind in kinds_of_dates()
        }


class ReminderView(MemberView, APIView):
    """Of which days the member is reminded by e-mail. PATCH changes the kinds that are sent."""

    required_actions = {"*": Action.VIEW}

    @extend_schema(responses=ReminderWishesSerializer)
    def get(self, request: Request, organization: str) -> Response:
        return Response(chosen_of(self.member))

    @extend_schema(request=ReminderWishesSerializer, responses=ReminderWishesSerializer)
    def patch(self, request: Request, organization: str) -> Response:
        sent = ReminderWishesSerializer(
            data=request.data, partial=True, context={READ: chosen_of(self.member)}
        )
        sent.is_valid(raise_exception=True)
        services.choose_reminders(by=self.member, wishes=dict(sent.validated_data))
        return Response(chosen_of(self.member))
