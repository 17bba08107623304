"""The page between signing in again and sending what was typed before."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.form_words import words_of_form
from accounts.unsent import forget_unsent, unsent_of


@require_http_methods(["GET", "POST"])
@login_required
def unsent(request: HttpRequest) -> HttpResponse:
    """Shows what was typed, with a form that sends it where it was going; a POST here forgets it.

    It is kept until it was sent, so that reloading the page loses nothing.
    """
    if request.method == "POST":
        forget_unsent(request)
        return redirect("organizations")
    waiting = unsent_of(request)
    if waiting is None:
        return redirect("organizations")
    words = words_of_form(request, page=waiting.page, path=waiting.path, fields=waiting.fields)
    return render(request, "accounts/unsent.html", {"waiting": waiting, "words": words})
