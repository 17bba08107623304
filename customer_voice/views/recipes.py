"""How files are read that have come in: list, name, throw away, take along, take in."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import Action
from accounts.editing import made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from customer_voice import selectors, services
from customer_voice.access import source_for
from customer_voice.forms import RecipeNameForm, RecipeUploadForm


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def recipe_list(request: MemberRequest) -> HttpResponse:
    recipes = selectors.recipes_of(request.organization)
    names = selectors.metric_names(request.organization, recipes)
    lines = [(recipe, [names.get(key, key) for key in recipe.metrics]) for recipe in recipes]
    return render(request, "customer_voice/recipe_list.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
@made_once
def recipe_new(request: MemberRequest) -> HttpResponse:
    form = RecipeUploadForm(request.POST or None, request.FILES or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            told = form.cleaned_data["file"]
            recipe = services.add_recipe(by=request.member, told=told, source=form.cleaned_data["source"])
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The recipe %(name)s is kept.") % {"name": recipe.name})
            return redirect("customer_voice:recipe_list", request.organization.slug)
    context = {"form": form}
    return render(request, "customer_voice/recipe_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
def recipe_edit(request: MemberRequest, source: int, key: str) -> HttpResponse:
    recipe = _recipe(request, source, key)
    form = RecipeNameForm(request.POST or None, initial={"name": recipe.told.get("name", "")})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_recipe(by=request.member, recipe=recipe, name=form.cleaned_data["name"])
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:recipe_list", request.organization.slug)
    context = {"form": form, "recipe": recipe}
    return render(request, "customer_voice/recipe_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(Action.IMPORT_FEEDBACK)
def recipe_delete(request: MemberRequest, source: int, key: str) -> HttpResponse:
    """GET asks, POST does it."""
    recipe = _recipe(request, source, key)
    if request.method != "POST":
        return render(request, "customer_voice/recipe_delete.html", {"recipe": recipe})
    services.delete_recipe(by=request.member, recipe=recipe)
    messages.success(request, _("The recipe %(name)s is deleted.") % {"name": recipe.name})
    return redirect("customer_voice:recipe_list", request.organization.slug)


@require_GET
@member_view(Action.IMPORT_FEEDBACK)
def recipe_json(request: MemberRequest, source: int, key: str) -> HttpResponse:
    recipe = _recipe(request, source, key)
    response = JsonResponse(recipe.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="import-recipe-{recipe.key}.json"'
    return response


def _recipe(request: MemberRequest, source: int, key: str) -> selectors.Recipe:
    recipe = selectors.recipe_of(source_for(request.member, source), key)
    if recipe is None:
        raise Http404
    return recipe
