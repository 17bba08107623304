"""The page of the first organization, while there is none."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import FirstForm
from common.errors import DomainError

HERE = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Makes the first organization with its administrator. 404 once anybody is there, and from elsewhere."""
    if request.META.get("REMOTE_ADDR") not in HERE or not services.may_be_first():
        raise Http404
    form = FirstForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            services.found_first_organization(code=form.cleaned_data["code"], values=form.values())
        except DomainError as error:
            form.absorb(error.fields, str(error.message))
        else:
            return redirect(f"{reverse('account_login')}?founded=yes")
    return render(request, "accounts/first.html", {"form": form}, status=422 if form.errors else 200)
