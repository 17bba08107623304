"""Employee surveys, under /o/<organization>/employees/."""

from django.urls import path

from employee_voice.views import people, results, surveys, waves

app_name = "employee_voice"
urlpatterns = [
    path("", surveys.survey_list, name="survey_list"),
    path("surveys/new/", surveys.survey_new, name="survey_new"),
    path("surveys/<int:pk>/", surveys.survey_edit, name="survey_edit"),
    path("surveys/<int:pk>/preview/", surveys.survey_preview, name="survey_preview"),
    path("surveys/<int:pk>/copy/", surveys.survey_copy, name="survey_copy"),
    path("surveys/<int:pk>/archive/", surveys.survey_archive, name="survey_archive"),
    path("surveys/<int:pk>/lists/delete/", surveys.lists_delete, name="lists_delete"),
    path("surveys/<int:pk>/questions/", surveys.question_add, name="question_add"),
    path("surveys/<int:pk>/questions/<slug:key>/remove/", surveys.question_remove, name="question_remove"),
    path("surveys/<int:pk>/waves/new/", waves.wave_new, name="wave_new"),
    path("waves/<int:pk>/", waves.wave_detail, name="wave_detail"),
    path("waves/<int:pk>/plan/", waves.wave_edit, name="wave_edit"),
    path("waves/<int:pk>/people/", people.wave_people, name="wave_people"),
    path("waves/<int:pk>/people/members/", people.people_members, name="people_members"),
    path("waves/<int:pk>/people/list/", people.people_list, name="people_list"),
    path("waves/<int:pk>/people/clear/", people.people_clear, name="people_clear"),
    path("waves/<int:pk>/people/<uuid:invitation>/remove/", people.person_remove, name="person_remove"),
    path("waves/<int:pk>/slips/", people.slips_plan, name="slips_plan"),
    path("waves/<int:pk>/slips/<int:number>/print/", waves.slips_print, name="slips_print"),
    path("waves/<int:pk>/open/", waves.wave_open, name="wave_open"),
    path("waves/<int:pk>/delete/", waves.wave_drop, name="wave_drop"),
    path("waves/<int:pk>/resend/", waves.wave_resend, name="wave_resend"),
    path("waves/<int:pk>/invitations/<uuid:invitation>/", waves.invitation_resend, name="invitation_resend"),
    path("waves/<int:pk>/close/", waves.wave_close, name="wave_close"),
    path("waves/<int:pk>/close/again/", waves.wave_close_again, name="wave_close_again"),
    path("waves/<int:pk>/give-up/", waves.wave_give_up, name="wave_give_up"),
    path("waves/<int:pk>/functions/", waves.wave_mapping, name="wave_mapping"),
    path("waves/<int:pk>/publish/", waves.wave_publish, name="wave_publish"),
    path("waves/<int:pk>/results/", results.wave_results, name="wave_results"),
    path("waves/<int:pk>/results/<int:function>/", results.function_results, name="function_results"),
    path("waves/<int:pk>/results/file.<slug:ending>", results.results_file, name="results_file"),
    path(
        "waves/<int:pk>/results/<int:function>/file.<slug:ending>",
        results.function_file,
        name="function_file",
    ),
    path("waves/<int:pk>/comments/", results.comment_list, name="comment_list"),
    path("waves/<int:pk>/comments/reader/", results.comment_reader, name="comment_reader"),
    path("waves/<int:pk>/comments/<uuid:comment>/", results.comment_decide, name="comment_decide"),
    path("waves/<int:pk>/actions/new/", results.action_new, name="action_new"),
    path("actions/<int:pk>/", results.action_move, name="action_move"),
    path("actions/<int:pk>/owner/", results.action_owner, name="action_owner"),
]
