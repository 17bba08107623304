"""The page between signing in again and sending what was typed before."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.unsent import forget_unsent, unsent_of


@require_http_methods(["GET", "POST"])
@login_required
def unsent(request: HttpRequest) -> HttpResponse:
    """Shows what was typed, with a form that sends it where it was going; a POST here forgets it."""
    if request.method == "POST":
        forget_unsent(request)
        return redirect("organizations")
    waiting = unsent_of(request)
    if waiting is None:
        return redirect("organizations")
    forget_unsent(request)  # it is on the page now; sending it twice would be worse than typing it again
    return render(request, "accounts/unsent.html", {"waiting": waiting})
