"""Assessments, under /o/<organization>/assess/."""

from django.urls import path

from assessments.views import answering, results, rounds

app_name = "assessments"
urlpatterns = [
    path("", rounds.assessment_list, name="assessment_list"),
    path("new/", rounds.assessment_new, name="assessment_new"),
    path("quick-check/", rounds.quick_check_start, name="quick_check_start"),
    path("frameworks/", rounds.framework_list, name="framework_list"),
    path("frameworks/import/", rounds.framework_import, name="framework_import"),
    path("<int:pk>/", rounds.assessment_detail, name="assessment_detail"),
    path("<int:pk>/invite/", rounds.assessment_invite, name="assessment_invite"),
    path("<int:pk>/join/", rounds.assessment_join, name="assessment_join"),
    path("<int:pk>/share/", rounds.assessment_share, name="assessment_share"),
    path("<int:pk>/close/", rounds.assessment_close, name="assessment_close"),
    path("<int:pk>/reopen/", rounds.assessment_reopen, name="assessment_reopen"),
    path("<int:pk>/answer/", answering.answer_start, name="answer_start"),
    path("<int:pk>/answer/<slug:dimension>/", answering.answer_dimension, name="answer_dimension"),
    path("<int:pk>/save/<slug:practice>/", answering.answer_save, name="answer_save"),
    path("<int:pk>/review/", answering.answer_review, name="answer_review"),
    path("<int:pk>/submit/", answering.answer_submit, name="answer_submit"),
    path("<int:pk>/change/", answering.answer_change, name="answer_change"),
    path("<int:pk>/result/", results.result_detail, name="result_detail"),
    path("<int:pk>/result/<int:sequence>/", results.result_detail, name="result_version"),
    path("<int:pk>/result/practices/", results.result_practices, name="result_practices"),
    path(
        "<int:pk>/result/<int:sequence>/practices/",
        results.result_practices,
        name="result_version_practices",
    ),
    path("<int:pk>/consensus/<slug:practice>/", results.consensus_save, name="consensus_save"),
]
