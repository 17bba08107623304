"""Shapes of people and organizations in the API."""

from typing import Any

from rest_framework import serializers

from accounts.choices import Role, TrailKind
from accounts.models import AuditEvent, BusinessFunction, Invitation, Membership, Organization
from accounts.selectors import TrailFilter
from accounts.wording import sentence_of


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = [
            "name",
            "slug",
            "currency",
            "time_zone",
            "language",
            "territory",
            "discount_rate_pct",
            "confirms_finance",
        ]
        read_only_fields = ["slug"]


class FunctionSerializer(serializers.ModelSerializer[BusinessFunction]):
    class Meta:
        model = BusinessFunction
        fields = ["id", "key", "name"]
        read_only_fields = ["key"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    invited_by = serializers.SerializerMethodField()
    function = serializers.SlugRelatedField(
        slug_field="key", queryset=BusinessFunction.objects.none(), allow_null=True, required=False
    )

    class Meta:
        model = Membership
        fields = [
            "id",
            "name",
            "email",
            "role",
            "function",
            "job_title",
            "is_active",
            "joined_at",
            "invited_by",
            "confirmed_at",
        ]
        read_only_fields = ["is_active", "joined_at", "confirmed_at"]

    def get_invited_by(self, member: Membership) -> int | None:
        """The id of the member by whose invitation this one joined last."""
        invitation = next(iter(member.invitations.all()), None)
        return invitation.invited_by_id if invitation else None

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = getattr(self.context.get("request"), "member", None)
        if member is not None:
            fields["function"].queryset = BusinessFunction.objects.of(member.organization)  # type: ignore[attr-defined]
        return fields


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = Invitation
        fields = ["id", "email", "name", "role", "created_at", "expires_at"]
        read_only_fields = ["created_at", "expires_at"]


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "at",
            "actor_name",
            "verb",
            "sentence",
            "subject",
            "subject_type",
            "subject_id",
            "before",
            "after",
        ]

    def get_sentence(self, event: AuditEvent) -> str:
        """What happened, in words, in the language of the request."""
        return sentence_of(event)


class TrailFilterSerializer(serializers.Serializer[TrailFilter]):
    """What of the trail is asked for."""

    person = serializers.PrimaryKeyRelatedField(queryset=Membership.objects.none(), required=False)
    kind = serializers.ChoiceField(choices=TrailKind.choices, required=False)
    since = serializers.DateField(required=False, help_text="First day, in the organization's time zone.")
    until = serializers.DateField(required=False, help_text="Last day, included.")
    text = serializers.CharField(required=False, max_length=100)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = getattr(self.context.get("request"), "member", None)
        if member is not None:
            fields["person"].queryset = Membership.objects.of(member.organization)  # type: ignore[attr-defined]
        return fields
