"""Customer surveys in the API: read here, answered on their own pages or as feedback."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.errors import InvalidValues
from common.strict import KnownFields
from customer_voice import services
from customer_voice import survey_content as plain
from customer_voice.access import survey_for, surveys_for
from customer_voice.api.customers import MOST_AT_ONCE
from customer_voice.choices import (
    MOST_AGE_DAYS,
    MOST_DELAY_HOURS,
    EventState,
    HalfUse,
    InvitationState,
    SurveyOpenness,
    SurveyState,
    TicketScope,
)
from customer_voice.models import CustomerSurvey, SurveyEvent, SurveyEventRule, SurveyInvitation
from customer_voice.selectors.mailings import mail_figures, state_of
from customer_voice.selectors.survey_events import events_of, rule_of
from customer_voice.selectors.surveys import openness_of


class MailSerializer(serializers.Serializer[Any]):
    """Letters of a survey. `rate`: answered of delivered, 0 to 1; none where nothing was delivered."""

    asked = serializers.IntegerField()
    delivered = serializers.IntegerField(help_text="Handed to the mail server and not come back.")
    in_queue = serializers.IntegerField(help_text="Written, and not handed to the mail server yet.")
    answered = serializers.IntegerField()
    stopped = serializers.IntegerField(help_text="Unsubscribed.")
    half = serializers.IntegerField(help_text="Began and have not sent.")
    rate = serializers.FloatField(allow_null=True)
    rate_with_half = serializers.FloatField(
        allow_null=True, help_text="The same with those who began and have not sent."
    )


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
    half = serializers.SerializerMethodField(help_text="Began and have not sent.")
    half_answers = serializers.ChoiceField(choices=HalfUse.choices, read_only=True)
    mail = serializers.SerializerMethodField()

    class Meta(CustomerSurveySerializer.Meta):
        fields = [
            *CustomerSurveySerializer.Meta.fields,
            "content",
            "words",
            "replies",
            "half",
            "half_answers",
            "mail",
        ]

    def get_replies(self, survey: CustomerSurvey) -> int:
        return int(survey.replies.filter(is_half=False).count())

    def get_half(self, survey: CustomerSurvey) -> int:
        return int(survey.half.count())

    @extend_schema_field(MailSerializer)
    def get_mail(self, survey: CustomerSurvey) -> dict[str, Any]:
        return dict(MailSerializer(mail_figures(survey)).data)


class Bounce(KnownFields, serializers.Serializer[Any]):
    """A letter that came back."""

    email = serializers.EmailField(max_length=254)


class PersonAsked(KnownFields, serializers.Serializer[Any]):
    """Somebody to ask. `account`: the reference of a customer account, else its name."""

    email = serializers.CharField(max_length=300, allow_blank=True)
    name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    account = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    segment = serializers.CharField(
        max_length=60, required=False, default="", allow_blank=True, help_text="Read beside an account."
    )


class InvitationsGiven(KnownFields, serializers.Serializer[Any]):
    """A list of people to ask. Nobody is written to with `only_looks`; without it, everybody who can be."""

    people = PersonAsked(many=True, allow_empty=False)
    moves = serializers.BooleanField(
        required=False, default=False, help_text="Move contacts of another account to that of the list."
    )
    only_looks = serializers.BooleanField(
        required=False, default=False, help_text="Say what would happen, and do nothing."
    )
    seen = serializers.CharField(
        max_length=120,
        required=False,
        default="",
        allow_blank=True,
        help_text="The `mark` of an answer before: nothing but that is done (else 409).",
    )


class MoveSerializer(serializers.Serializer[Any]):
    email = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class UnplacedSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField(source="line", help_text="In the list, from 0.")
    account = serializers.CharField()
    reason = serializers.CharField()


class PlacedSerializer(serializers.Serializer[Any]):
    """What the list does to contacts. `moves` are those of another account, moved only where asked to."""

    added = serializers.IntegerField(help_text="New contacts.")
    joined = serializers.IntegerField(help_text="Contacts who belonged to no account.")
    same = serializers.IntegerField(help_text="Contacts of this account already.")
    accounts_new = serializers.ListField(child=serializers.CharField())
    moves = MoveSerializer(many=True)
    unplaced = UnplacedSerializer(many=True)


class InvitedSerializer(serializers.Serializer[Any]):
    """What became of a list, or would: those who are asked, and those who are left out, by reason."""

    asked = serializers.IntegerField()
    doubles = serializers.IntegerField()
    known = serializers.IntegerField(help_text="On the list of this survey already.")
    unsubscribed = serializers.IntegerField()
    quiet = serializers.IntegerField(help_text="Asked within the quiet period.")
    without_address = serializers.IntegerField()
    wrong = serializers.SerializerMethodField(help_text="Positions of entries whose address is none, from 0.")
    languages = serializers.DictField(
        child=serializers.IntegerField(), help_text="Languages that the survey does not have."
    )
    placed = PlacedSerializer(allow_null=True, help_text="None where the list names no account.")
    mark = serializers.SerializerMethodField(help_text="What was seen, to be sent back as `seen`.")

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_wrong(self, found: services.Invited) -> list[int]:
        return [line for line, _text in found.wrong]

    @extend_schema_field(serializers.CharField())
    def get_mark(self, found: services.Invited) -> str:
        return found.seen_mark


class AskedCustomerSerializer(serializers.ModelSerializer[SurveyInvitation]):
    state = serializers.SerializerMethodField()

    class Meta:
        model = SurveyInvitation
        fields = ["email", "state", "invited_at", "bounced_at", "bounce_status"]

    @extend_schema_field(serializers.ChoiceField(choices=InvitationState.choices))
    def get_state(self, row: SurveyInvitation) -> str:
        return state_of(row).value


class EventGiven(KnownFields, serializers.Serializer[Any]):
    """Something that happened to a customer, who is known by `customer`, else by `email`."""

    event = serializers.CharField(max_length=120, help_text="Its ID: the same again asks nobody again.")
    happened_at = serializers.DateTimeField(help_text="With its offset from UTC.")
    customer = serializers.CharField(
        max_length=120, required=False, default="", allow_blank=True, help_text="Reference of a contact."
    )
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class SurveyEventSerializer(serializers.ModelSerializer[SurveyEvent]):
    """One event and what became of its question. `due_at`: when it goes out, if it waits."""

    event = serializers.CharField(source="event_id")
    customer = serializers.CharField(source="contact.external_reference", default="", read_only=True)
    state = serializers.ChoiceField(choices=EventState.choices)

    class Meta:
        model = SurveyEvent
        fields = ["event", "customer", "email", "happened_at", "due_at", "state", "settled_at"]


class EventRuleSerializer(serializers.ModelSerializer[SurveyEventRule]):
    """After how long customers are asked about an event, and up to which age of it."""

    tickets = serializers.ChoiceField(choices=TicketScope.choices)

    class Meta:
        model = SurveyEventRule
        fields = ["delay_hours", "age_days", "tickets", "is_paused"]


class EventRuleGiven(KnownFields, serializers.Serializer[Any]):
    """What is not named stays as it is; of a survey that follows nothing yet, delay and age are needed."""

    delay_hours = serializers.IntegerField(required=False, min_value=0, max_value=MOST_DELAY_HOURS)
    age_days = serializers.IntegerField(required=False, min_value=1, max_value=MOST_AGE_DAYS)
    tickets = serializers.ChoiceField(
        choices=TicketScope.choices,
        required=False,
        help_text="Which tickets that come in here are such events too; of a new rule: none.",
    )
    is_paused = serializers.BooleanField(required=False, help_text="Hold back what is due.")


class CustomerSurveyViewSet(MemberView, GenericViewSet[CustomerSurvey]):
    """Surveys that customers answer. Answers that other systems collected come in as feedback."""

    serializer_class = CustomerSurveySerializer
    queryset = CustomerSurvey.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {
        "*": Action.VIEW,
        "bounces": Action.EDIT_METRICS,
        "invitations": Action.EDIT_METRICS,
        "events": Action.EDIT_METRICS,
        "event_rule": Action.EDIT_METRICS,
        "set_event_rule": Action.EDIT_METRICS,
    }
    parameters = {"events": ["state"]}

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

    @extend_schema(request=InvitationsGiven, responses=InvitedSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def invitations(self, request: Request, organization: str, pk: str) -> Response:
        """Ask people by e-mail, up to 5,000 at once, or say what that would do.

        Whoever is on the list already is left out, so the same list sent again asks nobody again. Those whom
        it names with an account become contacts of that account.
        """
        given = InvitationsGiven(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        if len(values["people"]) > MOST_AT_ONCE:
            raise ValidationError({"people": [f"At most {MOST_AT_ONCE} at once."]})
        people = [services.Recipient(line=place, **one) for place, one in enumerate(values["people"])]
        survey = survey_for(self.member, int(pk), Action.EDIT_METRICS)
        if values["only_looks"]:
            found = services.planned(survey, people)
        else:
            found = services.invite_seen(
                by=self.member, survey=survey, people=people, seen=values["seen"], moves=values["moves"]
            )
        return Response(InvitedSerializer(found).data)

    @extend_schema(
        methods=["GET"],
        parameters=[OpenApiParameter("state", enum=EventState.values)],
        responses=SurveyEventSerializer(many=True),
    )
    @extend_schema(
        methods=["POST"],
        request=EventGiven,
        responses={200: SurveyEventSerializer, 201: SurveyEventSerializer},
    )
    @action(detail=True, methods=["get", "post"])
    def events(self, request: Request, organization: str, pk: str) -> Response:
        """Events that a survey follows. Sent again, an event is answered with what became of it (200)."""
        survey = survey_for(self.member, int(pk), Action.EDIT_METRICS)
        if request.method == "GET":
            return self._events(request, survey)
        given = EventGiven(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        happened = services.Happened(event_id=values.pop("event"), at=values.pop("happened_at"), **values)
        event, is_new = services.follow_event(survey=survey, happened=happened)
        return Response(SurveyEventSerializer(event).data, status=201 if is_new else 200)

    @extend_schema(responses=EventRuleSerializer)
    @action(detail=True, pagination_class=None, url_path="event-rule")
    def event_rule(self, request: Request, organization: str, pk: str) -> Response:
        """How the survey follows events; 404 where it follows none."""
        rule = rule_of(survey_for(self.member, int(pk), Action.EDIT_METRICS))
        if rule is None:
            raise Http404
        return Response(EventRuleSerializer(rule).data)

    @extend_schema(request=EventRuleGiven, responses=EventRuleSerializer)
    @event_rule.mapping.put
    def set_event_rule(self, request: Request, organization: str, pk: str) -> Response:
        """Have the survey follow events, or otherwise than before. What waits already keeps its hour."""
        given = EventRuleGiven(data=request.data)
        given.is_valid(raise_exception=True)
        survey = survey_for(self.member, int(pk), Action.EDIT_METRICS)
        rule = services.put_event_rule(by=self.member, survey=survey, values=given.validated_data)
        return Response(EventRuleSerializer(rule).data)

    def _events(self, request: Request, survey: CustomerSurvey) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in EventState.values:
            raise InvalidValues(
                _("Choose one of the answers."), fields={"state": _("Choose one of the answers.")}
            )
        found = events_of(survey)
        page = self.paginate_queryset(found.filter(state=state) if state else found)  # type: ignore[arg-type]
        return self.get_paginated_response(SurveyEventSerializer(page, many=True).data)  # type: ignore[arg-type]
