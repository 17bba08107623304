"""Customer surveys in the API: read here, answered on their own pages or as feedback."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.strict import KnownFields
from customer_voice import services
from customer_voice import survey_content as plain
from customer_voice.access import survey_for, surveys_for
from customer_voice.choices import InvitationState, SurveyOpenness, SurveyState
from customer_voice.models import CustomerSurvey, SurveyInvitation
from customer_voice.selectors.mailings import mail_figures, state_of
from customer_voice.selectors.surveys import openness_of


class MailSerializer(serializers.Serializer[Any]):
    """Letters of a survey. `rate`: answered of delivered, 0 to 1; none where nothing was delivered."""

    asked = serializers.IntegerField()
    delivered = serializers.IntegerField()
    answered = serializers.IntegerField()
    stopped = serializers.IntegerField(help_text="Unsubscribed.")
    rate = serializers.FloatField(allow_null=True)


class CustomerSurveySerializer(serializers.ModelSerializer[CustomerSurvey]):
    """One survey. `openness` says what whoever opens its address finds today."""

    touchpoint = serializers.SlugRelatedField(slug_field="key", read_only=True)  # type: ignore[var-annotated]
    metric = serializers.SerializerMethodField(help_text="Key of the metric of its first question.")
    state = serializers.ChoiceField(choices=SurveyState.choices, read_only=True)
    openness = serializers.SerializerMethodField()
    languages = serializers.ListField(
        child=serializers.CharField(), source="content.languages", read_only=True
    )
    path = serializers.SerializerMethodField(help_text="Where customers answer it, below the site's address.")
    feedback_source = serializers.CharField(
        source="source.name", read_only=True, help_text="Of its answers in the feedback."
    )

    class Meta:
        model = CustomerSurvey
        fields = [
            "id", "name", "state", "openness", "touchpoint", "metric", "feedback_source", "languages",
            "first_day", "last_day", "path",
        ]  # fmt: skip

    def get_metric(self, survey: CustomerSurvey) -> str:
        return next((one.metric.key for one in survey.metrics.all() if one.question == plain.SCORE), "")

    @extend_schema_field(serializers.ChoiceField(choices=SurveyOpenness.choices))
    def get_openness(self, survey: CustomerSurvey) -> str:
        return openness_of(survey, survey.organization.clock.today()).value

    def get_path(self, survey: CustomerSurvey) -> str:
        return f"/f/{survey.public_id}/"


class CustomerSurveyDetailSerializer(CustomerSurveySerializer):
    """The same with its questions (docs/questionnaires.md) and the figures of its letters."""

    content = serializers.JSONField(read_only=True)
    words = serializers.JSONField(read_only=True, help_text="Texts around the questions, by language.")
    replies = serializers.SerializerMethodField()
    mail = serializers.SerializerMethodField()

    class Meta(CustomerSurveySerializer.Meta):
        fields = [*CustomerSurveySerializer.Meta.fields, "content", "words", "replies", "mail"]

    def get_replies(self, survey: CustomerSurvey) -> int:
        return int(survey.replies.count())

    @extend_schema_field(MailSerializer)
    def get_mail(self, survey: CustomerSurvey) -> dict[str, Any]:
        return dict(MailSerializer(mail_figures(survey)).data)


class Bounce(KnownFields, serializers.Serializer[Any]):
    """A letter that came back."""

    email = serializers.EmailField(max_length=254)


class AskedCustomerSerializer(serializers.ModelSerializer[SurveyInvitation]):
    state = serializers.SerializerMethodField()

    class Meta:
        model = SurveyInvitation
        fields = ["email", "state", "invited_at", "bounced_at"]

    @extend_schema_field(serializers.ChoiceField(choices=InvitationState.choices))
    def get_state(self, row: SurveyInvitation) -> str:
        return state_of(row).value


class CustomerSurveyViewSet(MemberView, GenericViewSet[CustomerSurvey]):
    """Surveys that customers answer. Answers that other systems collected come in as feedback."""

    serializer_class = CustomerSurveySerializer
    queryset = CustomerSurvey.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.VIEW, "bounces": Action.EDIT_METRICS}

    @extend_schema(responses=CustomerSurveySerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        found = surveys_for(self.member).prefetch_related("metrics__metric")
        page = self.paginate_queryset(found)
        return self.get_paginated_response(CustomerSurveySerializer(page, many=True).data)

    @extend_schema(responses=CustomerSurveyDetailSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(CustomerSurveyDetailSerializer(survey_for(self.member, int(pk))).data)

    @extend_schema(request=Bounce, responses=AskedCustomerSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def bounces(self, request: Request, organization: str, pk: str) -> Response:
        """Mark one letter as not delivered: it leaves the base of the response rate and is not reminded."""
        given = Bounce(data=request.data)
        given.is_valid(raise_exception=True)
        survey = survey_for(self.member, int(pk), Action.EDIT_METRICS)
        row = services.mark_bounced(by=self.member, survey=survey, email=given.validated_data["email"])
        return Response(AskedCustomerSerializer(row).data)
