"""Settings: the organization, its functions, my preferences, my keys, the trail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services
from accounts.access import function_for, token_for
from accounts.choices import Action
from accounts.forms import ApiTokenForm, FunctionForm, OrganizationForm, PreferencesForm
from accounts.http import MemberRequest, member_view
from common.errors import DomainError


@require_safe
@member_view(Action.VIEW)
def settings(request: MemberRequest) -> HttpResponse:
    return render(request, "accounts/settings.html", {"functions": selectors.functions(request.organization)})


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
def organization_edit(request: MemberRequest) -> HttpResponse:
    organization = request.organization
    names = ("name", "currency", "time_zone", "language", "discount_rate_pct")
    form = OrganizationForm(
        request.POST or None, initial={name: getattr(organization, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.update_organization(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:settings", organization.slug)
    return render(
        request, "accounts/organization_edit.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_view(Action.MANAGE_ORGANIZATION)
def function_edit(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    function = None if pk is None else function_for(request.member, pk)
    form = FunctionForm(request.POST or None, initial={"name": function.name if function else ""})
    if request.method == "POST" and form.is_valid():
        try:
            services.save_function(by=request.member, function=function, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:settings", request.organization.slug)
    context = {"form": form, "function": function}
    return render(request, "accounts/function_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def preferences(request: MemberRequest) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "language": user.language, "theme": user.theme}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_preferences(user=user, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:preferences", request.organization.slug)
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def tokens(request: MemberRequest) -> HttpResponse:
    form, secret = ApiTokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_api_token(
            member=request.member,
            name=form.cleaned_data["name"],
            is_read_only=not form.cleaned_data["may_write"],
        )
        form = ApiTokenForm()
    context = {"form": form, "secret": secret, "tokens": selectors.tokens_of(request.member)}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Action.VIEW)
def token_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    services.revoke_api_token(by=request.member, token=token_for(request.member, pk))
    messages.success(request, _("The key no longer works."))
    return redirect("accounts:tokens", request.organization.slug)


@require_safe
@member_view(Action.VIEW_TRAIL)
def trail(request: MemberRequest) -> HttpResponse:
    page = Paginator(selectors.trail(request.organization), 50).get_page(request.GET.get("page"))
    return render(request, "accounts/trail.html", {"page": page})
