"""Shapes of people and organizations in the API."""

from typing import Any

from rest_framework import serializers

from accounts.choices import Role, TrailKind
from accounts.models import AuditEvent, BusinessFunction, Invitation, Membership, Organization
from accounts.selectors import TrailFilter
from accounts.wording import sentence_of
from common.strict import KnownFields


class OrganizationSerializer(KnownFields, serializers.ModelSerializer[Organization]):
    accepts_consequences = serializers.BooleanField(
        write_only=True,
        required=False,
        default=False,
        help_text="Needed where another time zone moves figures: without it the answer is 409, "
        "consequences_not_accepted, and says what would move.",
    )

    class Meta:
        model = Organization
        fields = [
            "name",
            "slug",
            "currency",
            "time_zone",
            "language",
            "territory",
            "week_begins",
            "year_begins",
            "discount_rate_pct",
            "confirms_finance",
            "accepts_consequences",
        ]
        read_only_fields = ["slug"]


class FunctionSerializer(KnownFields, serializers.ModelSerializer[BusinessFunction]):
    parent = serializers.SlugRelatedField(  # type: ignore[assignment]  # of the class; fields are taken out
        slug_field="key",
        queryset=BusinessFunction.objects.none(),
        allow_null=True,
        required=False,
        help_text="Key of the larger function that this one is part of.",
    )
    head = serializers.PrimaryKeyRelatedField(
        queryset=Membership.objects.none(),
        allow_null=True,
        required=False,
        help_text="Id of the member who leads it.",
    )

    class Meta:
        model = BusinessFunction
        fields = ["id", "key", "name", "parent", "head"]
        read_only_fields = ["key"]

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        member = getattr(self.context.get("request"), "member", None)
        if member is not None:
            fields["parent"].queryset = BusinessFunction.objects.of(member.organization)  # type: ignore[attr-defined]
            fields["head"].queryset = Membership.objects.of(member.organization).active()  # type: ignore[attr-defined]
        return fields


class MemberSerializer(KnownFields, serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    invited_by = serializers.SerializerMethodField()
    function = serializers.SlugRelatedField(
        slug_field="key", queryset=BusinessFunction.objects.none(), allow_null=True, required=False
    )

    accepts_consequences = serializers.BooleanField(
        write_only=True,
        required=False,
        default=False,
        help_text="Needed where open votes would end or lose a voter with the new role: without it the "
        "answer is 409, consequences_not_accepted, and says which.",
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
            "accepts_consequences",
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


class BrandingSerializer(KnownFields, serializers.Serializer[Any]):
    """How documents, slides and customer surveys of the organization look."""

    accent = serializers.CharField(
        max_length=7,
        allow_blank=True,
        help_text="#rrggbb with a contrast of 4.5 to 1 on white; empty: the product's own color.",
    )
    accent_on_dark = serializers.CharField(
        read_only=True, help_text="The shade of it that is used on dark pages."
    )
    logo_digest = serializers.CharField(
        read_only=True, help_text="SHA-256 of the stored PNG; empty: no logo."
    )
    logo_width = serializers.IntegerField(read_only=True, help_text="Pixels.")
    logo_height = serializers.IntegerField(read_only=True, help_text="Pixels.")
    logo_url = serializers.CharField(
        read_only=True, help_text="Address of the picture, without its host; empty: no logo."
    )


class LogoRequestSerializer(KnownFields, serializers.Serializer[Any]):
    logo = serializers.FileField(help_text="PNG or SVG, at most 2 MB.")


class RemovalSerializer(KnownFields, serializers.Serializer[Any]):
    """How somebody's access is taken away."""

    accepts_consequences = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Needed where open votes would end or lose a voter: without it the answer is 409, "
        "consequences_not_accepted, and says which.",
    )


class InvitationSerializer(KnownFields, serializers.ModelSerializer[Invitation]):
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
