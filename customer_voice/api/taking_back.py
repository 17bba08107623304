"""Lists of customers and merges that can still be taken back, as on the screens, for a month."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action
from customer_voice import services
from customer_voice.access import former_merge_for, former_merges_for, taken_list_for
from customer_voice.api.import_serializers import ImportUndo
from customer_voice.choices import CustomerKind
from customer_voice.models import FormerMerge, TakenList


class TakenListSerializer(serializers.ModelSerializer[TakenList]):
    """A list of accounts or contacts that was taken in from a file."""

    kind = serializers.ChoiceField(choices=CustomerKind.choices)

    class Meta:
        model = TakenList
        fields = ["id", "kind", "filename", "taken_at"]


class FormerMergeSerializer(serializers.ModelSerializer[FormerMerge]):
    """A merge of two accounts or two contacts: which one went, and into which one."""

    kind = serializers.SerializerMethodField()
    kept = serializers.SerializerMethodField(help_text="Number of the account or contact that is left.")
    gone_reference = serializers.SerializerMethodField(help_text="Reference of the one that went.")
    gone_name = serializers.CharField(source="gone.name", default="", read_only=True)

    class Meta:
        model = FormerMerge
        fields = ["id", "kind", "kept", "gone_reference", "gone_name", "merged_at"]

    @extend_schema_field(serializers.ChoiceField(choices=CustomerKind.choices))
    def get_kind(self, former: FormerMerge) -> str:
        return CustomerKind.CONTACTS if former.account_id is None else CustomerKind.ACCOUNTS

    def get_kept(self, former: FormerMerge) -> int:
        return former.contact_id or former.account_id or 0

    def get_gone_reference(self, former: FormerMerge) -> str:
        return str(former.gone.get("external_reference") or "")


class CustomerUndoSerializer(serializers.Serializer[Any]):
    """What taking it back would do now. `reason`: why it cannot be, else empty."""

    removed = serializers.IntegerField(help_text="Records that the list added: they go.")
    restored = serializers.IntegerField(help_text="Records that become what they were.")
    returned = serializers.IntegerField(help_text="Answers and others that a merge had moved: they go back.")
    stay = serializers.IntegerField(help_text="What was changed or used since: it stays.")
    named = serializers.ListField(child=serializers.CharField(), help_text="Some of those that stay.")
    reason = serializers.CharField()
    mark = serializers.CharField(help_text="Send it as `seen` to take back exactly this.")


class TakenListViewSet(MemberView, GenericViewSet[TakenList]):
    """Lists of customers that came in from a file and can still be taken back, the latest first."""

    serializer_class = TakenListSerializer
    queryset = TakenList.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.IMPORT_FEEDBACK}

    @extend_schema(responses=TakenListSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(services.taken_lists(self.member.organization))
        return self.get_paginated_response(TakenListSerializer(page, many=True).data)

    @extend_schema(responses=CustomerUndoSerializer)
    @action(detail=True, pagination_class=None)
    def undo(self, request: Request, organization: str, pk: str) -> Response:
        """What taking the list back would do."""
        taken = taken_list_for(self.member, int(pk))
        return Response(CustomerUndoSerializer(services.list_undo(taken)).data)

    @extend_schema(request=ImportUndo, responses=CustomerUndoSerializer)
    @undo.mapping.post
    def carry_out_undo(self, request: Request, organization: str, pk: str) -> Response:
        """Take the list back; answers with what was done. 422 where something else would go than was seen."""
        taken = taken_list_for(self.member, int(pk))
        done = services.undo_list(by=self.member, taken=taken, seen=_seen(request))
        return Response(CustomerUndoSerializer(done).data)


class FormerMergeViewSet(MemberView, GenericViewSet[FormerMerge]):
    """Merges of customers that can still be taken back, the latest first."""

    serializer_class = FormerMergeSerializer
    queryset = FormerMerge.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {"*": Action.IMPORT_FEEDBACK}

    @extend_schema(responses=FormerMergeSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        page = self.paginate_queryset(former_merges_for(self.member))
        return self.get_paginated_response(FormerMergeSerializer(page, many=True).data)

    @extend_schema(responses=CustomerUndoSerializer)
    @action(detail=True, pagination_class=None)
    def undo(self, request: Request, organization: str, pk: str) -> Response:
        """What taking the merge back would do."""
        former = former_merge_for(self.member, int(pk))
        return Response(CustomerUndoSerializer(services.merge_undo(former)).data)

    @extend_schema(request=ImportUndo, responses=CustomerUndoSerializer)
    @undo.mapping.post
    def carry_out_undo(self, request: Request, organization: str, pk: str) -> Response:
        """Take the merge back; answers with what was done. 422 where other things would go than were seen."""
        former = former_merge_for(self.member, int(pk))
        told = services.merge_undo(former)
        services.undo_merge(by=self.member, former=former, seen=_seen(request) or told.mark)
        return Response(CustomerUndoSerializer(told).data)


def _seen(request: Request) -> str:
    given = ImportUndo(data=request.data)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["seen"])
