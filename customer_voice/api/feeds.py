"""Feeds in the API: incoming webhooks, mailboxes, watched folders."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from common.parsers import JSONText
from common.strict import READ, KnownFields
from customer_voice import services
from customer_voice.access import call_for, folder_for, mailbox_for, survey_for, webhook_for
from customer_voice.api.named import touchpoint_named
from customer_voice.feed_choices import MailSecurity
from customer_voice.models import IncomingWebhook, Mailbox, WatchedFile, WatchedFolder, WebhookCall
from customer_voice.selectors import feeds as selectors
from customer_voice.services.mailboxes import MOST_DAYS_BACK

TAKE = {"*": Action.IMPORT_FEEDBACK}


class WebhookSerializer(serializers.ModelSerializer[IncomingWebhook]):
    source: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="name", read_only=True
    )
    survey: "serializers.PrimaryKeyRelatedField[Any]" = serializers.PrimaryKeyRelatedField(read_only=True)
    address = serializers.SerializerMethodField(help_text="Where calls are sent.")

    class Meta:
        model = IncomingWebhook
        fields = [
            "id", "name", "source", "address", "is_on", "is_live", "mapping", "survey", "former_until",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_address(self, webhook: IncomingWebhook) -> str:
        return selectors.webhook_address(webhook)


class WebhookWithSecret(serializers.Serializer[Any]):
    """A webhook just made, or with a new secret: `secret` is told this once."""

    webhook = WebhookSerializer()
    secret = serializers.CharField()


class WebhookCreate(KnownFields, serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, default="", allow_blank=True
    )


class WebhookChange(KnownFields, serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    mapping = JSONText(required=False, help_text="As reading it gives it; docs/feeds.md explains places.")
    survey = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**53, help_text="Goes with `mapping`."
    )
    is_live = serializers.BooleanField(required=False)
    is_on = serializers.BooleanField(required=False)


class CallSerializer(serializers.ModelSerializer[WebhookCall]):
    class Meta:
        model = WebhookCall
        fields = [
            "id", "message_id", "is_verified", "received_at", "state", "status", "code", "reasons",
            "answers_created", "answers_updated", "answers_removed",
        ]  # fmt: skip
        read_only_fields = fields


class CallsTaken(serializers.Serializer[Any]):
    calls = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Of these, how many could not be read.")


class WebhookViewSet(MemberView, GenericViewSet[IncomingWebhook]):
    """Addresses for signed calls of other systems (Standard Webhooks)."""

    serializer_class = WebhookSerializer
    queryset = IncomingWebhook.objects.none()
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = TAKE

    @extend_schema(responses=WebhookSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        rows = IncomingWebhook.objects.of(self.member.organization).select_related("source", "survey")
        return self.get_paginated_response(WebhookSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(responses=WebhookSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(WebhookSerializer(webhook_for(self.member, int(pk))).data)

    @extend_schema(request=WebhookCreate, responses={201: WebhookWithSecret})
    def create(self, request: Request, organization: str) -> Response:
        hook = services.create_webhook(by=self.member, **_valid(WebhookCreate(data=request.data)))
        return self._with_secret(hook, 201)

    @extend_schema(request=WebhookChange, responses=WebhookSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        """What is not named stays. 409 where it cannot go live yet, 422 for a mapping that cannot be."""
        hook = webhook_for(self.member, int(pk))
        context = {READ: WebhookSerializer(hook).data}
        values = _valid(WebhookChange(data=request.data, partial=True, context=context))
        if "name" in values:
            hook = services.rename_webhook(by=self.member, webhook=hook, name=values["name"])
        if "mapping" in values or "survey" in values:
            number = values.get("survey", hook.survey_id)
            hook = services.map_webhook(
                by=self.member,
                webhook=hook,
                mapping=services.CallMapping.of_json(values.get("mapping", hook.mapping)),
                survey=survey_for(self.member, number) if number else None,
            )
        if "is_live" in values:
            hook = services.set_live(by=self.member, webhook=hook, is_live=values["is_live"])
        if "is_on" in values:
            hook = services.switch_webhook(by=self.member, webhook=hook, is_on=values["is_on"])
        return Response(WebhookSerializer(hook).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        services.remove_webhook(by=self.member, webhook=webhook_for(self.member, int(pk)))
        return Response(status=204)

    @extend_schema(request=None, responses=WebhookWithSecret)
    @action(detail=True, methods=["post"], pagination_class=None)
    def roll(self, request: Request, organization: str, pk: str) -> Response:
        """A new secret; the one before holds for 24 hours more."""
        hook = services.roll_secret(by=self.member, webhook=webhook_for(self.member, int(pk)))
        return self._with_secret(hook, 200)

    @extend_schema(request=None, responses=CallsTaken)
    @action(detail=True, methods=["post"], pagination_class=None)
    def take(self, request: Request, organization: str, pk: str) -> Response:
        """Take in the calls that came before the webhook was live."""
        done, failed = services.take_waiting(by=self.member, webhook=webhook_for(self.member, int(pk)))
        return Response(CallsTaken({"calls": done, "failed": failed}).data)

    @extend_schema(responses=CallSerializer(many=True))
    @action(detail=True)
    def calls(self, request: Request, organization: str, pk: str) -> Response:
        """The log, newest first."""
        rows: Any = selectors.calls_of(webhook_for(self.member, int(pk)))
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(CallSerializer(page, many=True).data)

    @extend_schema(request=None, responses=CallSerializer)
    @action(
        detail=True, methods=["post"], pagination_class=None, url_path="calls/(?P<number>[0-9]{1,18})/again"
    )
    def again(self, request: Request, organization: str, pk: str, number: str) -> Response:
        """Read a kept call once more."""
        call = call_for(webhook_for(self.member, int(pk)), int(number))
        return Response(CallSerializer(services.try_again(by=self.member, call=call)).data)

    def _with_secret(self, hook: IncomingWebhook, status: int) -> Response:
        body = {"webhook": hook, "secret": services.show_secret(webhook=hook)}
        return Response(WebhookWithSecret(body).data, status=status)


class MailboxSerializer(serializers.ModelSerializer[Mailbox]):
    source: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="name", read_only=True
    )
    touchpoint: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    left_out = serializers.SerializerMethodField(help_text="Why messages were left out, and how many.")

    class Meta:
        model = Mailbox
        fields = [
            "id", "source", "touchpoint", "channel", "host", "port", "security", "username", "folder",
            "takes_bounces", "is_on", "begins_at", "checked_at", "succeeded_at", "failures_in_row", "failure",
            "taken", "left_out",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_left_out(self, mailbox: Mailbox) -> dict[str, int]:
        return dict(mailbox.left_out)


class MailboxWrite(KnownFields, serializers.Serializer[Any]):
    touchpoint = serializers.SlugField(max_length=60, allow_unicode=True, help_text="Key.")
    channel = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    host = serializers.CharField(max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65535, required=False, default=993)
    security = serializers.ChoiceField(
        choices=MailSecurity.choices, required=False, default=MailSecurity.TLS.value
    )
    username = serializers.CharField(max_length=254)
    password = serializers.CharField(
        max_length=500,
        trim_whitespace=False,
        required=False,
        default="",
        allow_blank=True,
        write_only=True,
        help_text="Stored encrypted, never given back. Empty: as it is stored.",
    )
    folder = serializers.CharField(max_length=200, required=False, default="INBOX")
    takes_bounces = serializers.BooleanField(
        required=False, default=False, help_text="Survey letters that come back arrive here."
    )


class MailboxCreate(MailboxWrite):
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, default="", allow_blank=True, help_text="It stays."
    )
    days_back = serializers.IntegerField(
        min_value=0,
        max_value=MOST_DAYS_BACK,
        required=False,
        default=0,
        help_text="Take the messages of so many days that lie there already.",
    )


class SwitchSerializer(KnownFields, serializers.Serializer[Any]):
    is_on = serializers.BooleanField()


class TriedSerializer(serializers.Serializer[Any]):
    messages = serializers.IntegerField()


class MailboxViewSet(MemberView, GenericViewSet[Mailbox]):
    """Mailboxes whose new messages become comments."""

    serializer_class = MailboxSerializer
    queryset = Mailbox.objects.none()
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = TAKE

    @extend_schema(responses=MailboxSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        rows = Mailbox.objects.of(self.member.organization).select_related("source", "touchpoint")
        return self.get_paginated_response(MailboxSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(responses=MailboxSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(MailboxSerializer(mailbox_for(self.member, int(pk))).data)

    @extend_schema(request=MailboxCreate, responses={201: MailboxSerializer})
    def create(self, request: Request, organization: str) -> Response:
        plan = self._plan(MailboxCreate(data=request.data))
        box = services.create_mailbox(by=self.member, plan=plan)
        return Response(MailboxSerializer(box).data, status=201)

    @extend_schema(request=MailboxWrite, responses=MailboxSerializer)
    def update(self, request: Request, organization: str, pk: str) -> Response:
        box = mailbox_for(self.member, int(pk))
        sent = MailboxWrite(data=request.data, context={READ: MailboxSerializer(box).data})
        plan = self._plan(sent, source=box.source.name)
        return Response(
            MailboxSerializer(services.change_mailbox(by=self.member, mailbox=box, plan=plan)).data
        )

    @extend_schema(request=SwitchSerializer, responses=MailboxSerializer)
    @action(detail=True, methods=["post"], pagination_class=None)
    def switch(self, request: Request, organization: str, pk: str) -> Response:
        values = _valid(SwitchSerializer(data=request.data))
        box = services.switch_mailbox(by=self.member, mailbox=mailbox_for(self.member, int(pk)), **values)
        return Response(MailboxSerializer(box).data)

    @extend_schema(request=None, responses=TriedSerializer)
    @action(detail=True, methods=["post"], pagination_class=None, url_path="try")
    def try_it(self, request: Request, organization: str, pk: str) -> Response:
        """Connect now: how many messages the folder holds, or 422 with the reason."""
        count = services.try_mailbox(mailbox=mailbox_for(self.member, int(pk)))
        return Response(TriedSerializer({"messages": count}).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        services.remove_mailbox(by=self.member, mailbox=mailbox_for(self.member, int(pk)))
        return Response(status=204)

    def _plan(self, sent: MailboxWrite, **known: Any) -> services.MailboxPlan:
        values = _valid(sent)
        touchpoint = touchpoint_named(self.member, values.pop("touchpoint"))
        return services.MailboxPlan(**known, **values, touchpoint=touchpoint)


class WatchedFolderSerializer(serializers.ModelSerializer[WatchedFolder]):
    source: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(  # type: ignore[assignment]
        slug_field="name", read_only=True
    )

    class Meta:
        model = WatchedFolder
        fields = [
            "id", "source", "path", "replaces_known", "moves_done", "is_on", "checked_at", "succeeded_at",
            "failures_in_row", "failure",
        ]  # fmt: skip
        read_only_fields = fields


class WatchedFolderCreate(KnownFields, serializers.Serializer[Any]):
    source = serializers.CharField(max_length=60)  # type: ignore[assignment]
    path = serializers.CharField(max_length=200, help_text="Below the folder of the organization.")
    replaces_known = serializers.BooleanField(required=False, default=True)
    moves_done = serializers.BooleanField(required=False, default=False)


class WatchedFolderChange(KnownFields, serializers.Serializer[Any]):
    replaces_known = serializers.BooleanField(required=False)
    moves_done = serializers.BooleanField(required=False)
    is_on = serializers.BooleanField(required=False)


class WatchedFileSerializer(serializers.ModelSerializer[WatchedFile]):
    batch: "serializers.PrimaryKeyRelatedField[Any]" = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = WatchedFile
        fields = ["id", "name", "digest", "size", "seen_at", "state", "reason", "batch", "is_moved"]
        read_only_fields = fields


class WatchedFolderViewSet(MemberView, GenericViewSet[WatchedFolder]):
    """Folders, or prefixes of an object store, whose new files are imported by the recipe of their source."""

    serializer_class = WatchedFolderSerializer
    queryset = WatchedFolder.objects.none()
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = TAKE

    @extend_schema(responses=WatchedFolderSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        rows = WatchedFolder.objects.of(self.member.organization).select_related("source")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(WatchedFolderSerializer(page, many=True).data)

    @extend_schema(responses=WatchedFolderSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(WatchedFolderSerializer(folder_for(self.member, int(pk))).data)

    @extend_schema(request=WatchedFolderCreate, responses={201: WatchedFolderSerializer})
    def create(self, request: Request, organization: str) -> Response:
        folder = services.create_folder(by=self.member, **_valid(WatchedFolderCreate(data=request.data)))
        return Response(WatchedFolderSerializer(folder).data, status=201)

    @extend_schema(request=WatchedFolderChange, responses=WatchedFolderSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        folder = folder_for(self.member, int(pk))
        context = {READ: WatchedFolderSerializer(folder).data}
        values = _valid(WatchedFolderChange(data=request.data, partial=True, context=context))
        if "is_on" in values:
            folder = services.switch_folder(by=self.member, folder=folder, is_on=values.pop("is_on"))
        if values:
            now = {"replaces_known": folder.replaces_known, "moves_done": folder.moves_done}
            folder = services.change_folder(by=self.member, folder=folder, **{**now, **values})
        return Response(WatchedFolderSerializer(folder).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, organization: str, pk: str) -> Response:
        services.remove_folder(by=self.member, folder=folder_for(self.member, int(pk)))
        return Response(status=204)

    @extend_schema(responses=WatchedFileSerializer(many=True))
    @action(detail=True)
    def files(self, request: Request, organization: str, pk: str) -> Response:
        """Files that were seen, newest first, with their imports."""
        rows: Any = selectors.files_of(folder_for(self.member, int(pk)))
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(WatchedFileSerializer(page, many=True).data)


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
