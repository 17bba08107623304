"""Listening, under /o/<organization>/listen/."""

from django.urls import path

from customer_voice.views import feedback, imports, metrics, previews, surveys

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
    path("surveys/", surveys.survey_list, name="survey_list"),
    path("surveys/new/", surveys.survey_new, name="survey_new"),
    path("surveys/<int:pk>/edit/", surveys.survey_edit, name="survey_edit"),
    path("surveys/<int:pk>/texts/", surveys.survey_texts, name="survey_texts"),
    path("surveys/<int:pk>/languages/", surveys.survey_languages, name="survey_languages"),
    path("surveys/<int:pk>/reason/", surveys.follow_up_set, name="follow_up_set"),
    path("surveys/<int:pk>/questions/new/", surveys.question_new, name="question_new"),
    path("surveys/<int:pk>/questions/<slug:key>/", surveys.question_edit, name="question_edit"),
    path("surveys/<int:pk>/questions/<slug:key>/remove/", surveys.question_remove, name="question_remove"),
    path("surveys/<int:pk>/questions/<slug:key>/move/", surveys.question_move, name="question_move"),
    path("surveys/<int:pk>/preview/", previews.survey_preview, name="survey_preview"),
    path("surveys/<int:pk>/preview/page/", previews.survey_preview_page, name="survey_preview_page"),
    path("surveys/<int:pk>/open/", surveys.survey_open, name="survey_open"),
    path("surveys/<int:pk>/close/", surveys.survey_close, name="survey_close"),
    path("surveys/<int:pk>/archive/", surveys.survey_archive, name="survey_archive"),
    path("surveys/<int:pk>/copy/", surveys.survey_copy, name="survey_copy"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/sample.csv", imports.import_sample, name="import_sample"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import_errors"),
]
