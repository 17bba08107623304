"""Listening, under /o/<organization>/listen/."""

from django.urls import path

from customer_voice.views import feedback, imports, metrics, recipes

app_name = "customer_voice"
urlpatterns = [
    path("", metrics.metric_list, name="metric_list"),
    path("metrics/<slug:key>/", metrics.metric_detail, name="metric_detail"),
    path("metrics/<slug:key>/series.csv", metrics.metric_csv, name="metric_csv"),
    path("metrics/<slug:key>/target/", metrics.metric_target, name="metric_target"),
    path("feedback/", feedback.feedback_list, name="feedback_list"),
    path("feedback/<int:pk>/", feedback.feedback_detail, name="feedback_detail"),
    path("feedback/<int:pk>/erase/", feedback.feedback_erase, name="feedback_erase"),
    path("definitions/", metrics.definition_list, name="definition_list"),
    path("definitions/standard/", metrics.definition_standard, name="definition_standard"),
    path("definitions/new/", metrics.definition_new, name="definition_new"),
    path("definitions/<slug:key>/edit/", metrics.definition_edit, name="definition_edit"),
    path("definitions/<slug:key>/retire/", metrics.definition_retire, name="definition_retire"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/sample.csv", imports.import_sample, name="import_sample"),
    path("imports/recipes/", recipes.recipe_list, name="recipe_list"),
    path("imports/recipes/new/", recipes.recipe_new, name="recipe_new"),
    path("imports/recipes/<int:source>/<slug:key>/", recipes.recipe_edit, name="recipe_edit"),
    path("imports/recipes/<int:source>/<slug:key>/delete/", recipes.recipe_delete, name="recipe_delete"),
    path("imports/recipes/<int:source>/<slug:key>/recipe.json", recipes.recipe_json, name="recipe_json"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/rows.csv", imports.import_bad_rows, name="import_bad_rows"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import_errors"),
]
