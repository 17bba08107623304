"""Logo and color of an organization by API; the same services as the screen."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.permissions import MemberView
from accounts.api.serializers import BrandingSerializer, LogoRequestSerializer
from accounts.brand import Brand, brand_of
from accounts.choices import Action
from accounts.models import Membership
from accounts.pictures import refuse_large
from common.parsers import MultiPartParser

_NONE = Brand(accent="", logo="", logo_digest="", logo_width=0, logo_height=0, public_id="")


def _shown(member: Membership) -> Response:
    brand = brand_of(member.organization) or _NONE
    return Response(BrandingSerializer(brand).data)


class BrandingView(MemberView, APIView):
    """The color of the organization, and what is known of its logo."""

    required_actions = {"get": Action.VIEW, "*": Action.MANAGE_ORGANIZATION}

    @extend_schema(responses={200: BrandingSerializer})
    def get(self, request: Request, organization: str) -> Response:
        return _shown(self.member)

    @extend_schema(request=BrandingSerializer, responses={200: BrandingSerializer})
    def put(self, request: Request, organization: str) -> Response:
        """The color; the logo stays as it is."""
        form = BrandingSerializer(brand_of(self.member.organization) or _NONE, data=request.data)
        form.is_valid(raise_exception=True)
        services.save_branding(by=self.member, accent=form.validated_data["accent"])
        return _shown(self.member)


class LogoView(MemberView, APIView):
    """The logo of the organization, which is drawn anew and stored as PNG."""

    required_actions = {"*": Action.MANAGE_ORGANIZATION}

    def get_parsers(self) -> list[BaseParser]:
        return [MultiPartParser()]

    @extend_schema(
        request={"multipart/form-data": LogoRequestSerializer}, responses={200: BrandingSerializer}
    )
    def put(self, request: Request, organization: str) -> Response:
        """PNG or SVG of at most 2 MB; scripts and references to other files are refused (422)."""
        form = LogoRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file: Any = form.validated_data["logo"]
        refuse_large(file.size)
        services.save_branding(by=self.member, logo=file.read())
        return _shown(self.member)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, organization: str) -> Response:
        """Nothing new shows it; documents that were created with it keep it."""
        services.remove_logo(by=self.member)
        return Response(status=204)
