"""Shapes of people and organizations in the API."""

from typing import Any

from rest_framework import serializers

from accounts.choices import Role
from accounts.models import AuditEvent, BusinessFunction, Invitation, Membership, Organization


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = ["name", "slug", "currency", "time_zone", "language", "discount_rate_pct"]
        read_only_fields = ["slug"]


class FunctionSerializer(serializers.ModelSerializer[BusinessFunction]):
    class Meta:
        model = BusinessFunction
        fields = ["id", "key", "name"]
        read_only_fields = ["key"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    function = serializers.SlugRelatedField(
        slug_field="key", queryset=BusinessFunction.objects.none(), allow_null=True, required=False
    )

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role", "function", "job_title", "is_active", "joined_at"]
        read_only_fields = ["is_active", "joined_at"]

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
        fields = ["id", "email", "role", "created_at", "expires_at"]
        read_only_fields = ["created_at", "expires_at"]


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "at",
            "actor_name",
            "verb",
            "subject",
            "subject_type",
            "subject_id",
            "before",
            "after",
        ]
