"""Logo and color: the page of who sets them, and the public files of pages for respondents."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.access import branding_by
from accounts.brand import brand_of, branding_of, style_of
from accounts.choices import Action
from accounts.editing import edits_of
from accounts.forms import BrandingForm
from accounts.http import MemberRequest, member_view
from accounts.models import Branding
from common.colors import READABLE
from common.errors import DomainError
from common.files import opened

_KEPT = "public, max-age=31536000, immutable"  # another logo or color has another address


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
def branding(request: MemberRequest) -> HttpResponse:
    """The color, the logo, and how both look on paper and on pages, light and dark."""
    row = branding_of(request.organization) or Branding(organization=request.organization)
    form = BrandingForm(
        request.POST or None,
        request.FILES or None,
        initial={"accent": row.accent},
        edits=edits_of(request.organization, request.organization, verb="organization.branded"),
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["logo"]
        try:
            services.save_branding(
                by=request.member,
                accent=form.cleaned_data["accent"],
                logo=file.read() if file else None,
                seen=row,
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. New documents and surveys show it."))
            return redirect("accounts:branding", request.organization.slug)
    context: dict[str, Any] = {"form": form, "brand": brand_of(request.organization), "least": READABLE}
    status = 422 if form.errors else 200
    return render(request, "accounts/branding.html", context, status=status)


@require_POST
@member_view(Action.MANAGE_ORGANIZATION)
def logo_remove(request: MemberRequest) -> HttpResponse:
    services.remove_logo(by=request.member)
    messages.success(request, _("The logo is removed. Documents that were created with it keep it."))
    return redirect("accounts:branding", request.organization.slug)


@require_safe
def brand_style(request: HttpRequest, public_id: str) -> HttpResponse:
    """The color of a page for respondents. It says nothing about who reads it, and sets no cookie."""
    return HttpResponse(
        style_of(branding_by(public_id).accent),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": _KEPT},
    )


@require_safe
def brand_logo(request: HttpRequest, public_id: str) -> FileResponse:
    row = branding_by(public_id)
    if not row.logo:
        raise Http404
    return FileResponse(opened(row.logo), content_type="image/png", headers={"Cache-Control": _KEPT})
