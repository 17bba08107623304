"""Shapes of documents in the API."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from common.strict import KnownFields
from reports.choices import LINK_DAYS, SUBJECTS, Answer, Closure, Paper, ReportKind
from reports.models import Report, ReportAnswer, ShareLink, Slides, SlideTemplate
from reports.services import address_of


class ReportSerializer(serializers.ModelSerializer[Report]):
    closed_because = serializers.ChoiceField(
        choices=Closure.choices,
        allow_blank=True,
        read_only=True,
        source="closure",
        default="",
        help_text="Of a maturity result: `replaced` by a newer one, or its round is `reopened`. Nobody "
        "downloads the file then, and its digests are empty.",
    )

    class Meta:
        model = Report
        fields = [
            "id", "kind", "title", "language", "paper", "study", "roi_case", "maturity_result", "wave",
            "program_case",
            "job_state", "progress", "failure", "verification_code", "content_digest", "file_digest",
            "file_bytes", "pages", "created_at", "finished_at", "closed_because",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Report) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {**shown, "content_digest": "", "file_digest": ""} if shown["closed_because"] else shown


class ReportRequestSerializer(KnownFields, serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    study = serializers.IntegerField(required=False)
    roi_case = serializers.IntegerField(required=False, allow_null=True)
    result = serializers.IntegerField(required=False)
    wave = serializers.IntegerField(required=False)
    program = serializers.IntegerField(required=False, help_text="Number of a return of the program.")
    since = serializers.DateField(required=False, help_text="Of the board pack: decisions from this day on.")
    afterwards = serializers.BooleanField(
        default=False, help_text="Of the program: count what was recorded afterwards too."
    )
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")
    paper = serializers.ChoiceField(choices=Paper.choices, default=Paper.A4)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = SUBJECTS[attrs["kind"]]
        if not attrs.get(needed):
            raise serializers.ValidationError({needed: "Choose what the document is about."})
        return attrs


class SlidesSerializer(serializers.ModelSerializer[Slides]):
    class Meta:
        model = Slides
        fields = [
            "id", "report", "template_digest", "job_state", "progress", "failure", "file_digest",
            "file_bytes", "pages", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class SlideTemplateSerializer(serializers.ModelSerializer[SlideTemplate]):
    class Meta:
        model = SlideTemplate
        fields = ["name", "digest", "file_bytes", "layouts", "uploaded_at"]
        read_only_fields = fields


class TemplateRequestSerializer(KnownFields, serializers.Serializer[Any]):
    template = serializers.FileField(help_text="A .pptx file of at most 20 MB, without macros.")


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    address = serializers.SerializerMethodField(
        help_text="Empty once the link has ended, and where it was made under a key of the installation that "
        "it does not know any more."
    )

    class Meta:
        model = ShareLink
        fields = [
            "id", "recipient", "address", "created_at", "expires_at", "revoked_at", "openings",
            "first_opened_at", "last_opened_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_address(self, link: ShareLink) -> str:
        return "" if link.is_over else address_of(link)


class ShareRequestSerializer(KnownFields, serializers.Serializer[Any]):
    recipient = serializers.CharField(max_length=120)
    days = serializers.ChoiceField(choices=LINK_DAYS, default=30)


class ReportAnswerSerializer(serializers.ModelSerializer[ReportAnswer]):
    author = serializers.CharField(read_only=True, help_text="A member, or who was given the link.")

    class Meta:
        model = ReportAnswer
        fields = ["id", "author", "link", "answer", "comment", "at"]
        read_only_fields = fields


class AnswerRequestSerializer(KnownFields, serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=Answer.choices)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
