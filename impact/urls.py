"""What initiatives did and were worth, under /o/<organization>/prove/."""

from django.urls import path

from impact.views import associations, library, lines, program, studies

app_name = "impact"
urlpatterns = [
    path("", studies.portfolio, name="portfolio"),
    path("drivers/", studies.driver_analysis, name="driver_analysis"),
    path("drivers/run/", studies.driver_request, name="driver_request"),
    path("employees/", studies.employee_link, name="employee_link"),
    path("associations/", associations.association_list, name="association_list"),
    path("associations/run/", associations.association_request, name="association_request"),
    path("associations/file/", associations.association_upload, name="association_upload"),
    path("associations/file/<int:pk>/", associations.association_file, name="association_file"),
    path("associations/file/<int:pk>/run/", associations.association_file_run, name="association_file_run"),
    path(
        "associations/file/<int:pk>/discard/",
        associations.association_file_discard,
        name="association_file_discard",
    ),
    path("associations/<int:number>/", associations.association_detail, name="association_detail"),
    path("library/", library.library, name="library"),
    path("library/new/", library.figure_new, name="library_new"),
    path("library/export/<str:ending>/", library.library_export, name="library_export"),
    path("library/<int:figure>/", library.figure_detail, name="library_figure"),
    path("library/<int:figure>/edit/", library.figure_edit, name="library_edit"),
    path("program/", program.program, name="program"),
    path("program/compute/", program.program_compute, name="program_compute"),
    path("program/costs/", program.ledger, name="ledger"),
    path("program/costs/import/", program.ledger_import, name="ledger_import"),
    path("program/costs/export/<str:ending>/", program.ledger_export, name="ledger_export"),
    path("program/costs/rates/", program.rate_save, name="rate_save"),
    path("program/costs/<int:year>/", program.ledger_year, name="ledger_year"),
    path("program/costs/<int:year>/edit/", program.ledger_year_edit, name="ledger_year_edit"),
    path("program/costs/<int:year>/review/", program.ledger_review, name="ledger_review"),
    path("<int:number>/", studies.initiative_impact, name="initiative_impact"),
    path("<int:number>/studies/<int:study>/", studies.study_detail, name="study_detail"),
    path("<int:number>/studies/<int:study>/recompute/", studies.study_recompute, name="study_recompute"),
    path("<int:number>/study/", studies.study_request, name="study_request"),
    path("<int:number>/progress/", studies.study_progress, name="study_progress"),
    path("<int:number>/value/", studies.value_edit, name="value_edit"),
    path("<int:number>/value/benefits/new/", lines.line_edit, name="line_new"),
    path("<int:number>/value/benefits/<int:line>/", lines.line_edit, name="line_edit"),
    path("<int:number>/value/benefits/<int:line>/remove/", lines.line_remove, name="line_remove"),
    path("<int:number>/value/compare/", lines.case_compare, name="case_compare"),
    path("<int:number>/value/compute/", studies.case_compute, name="case_compute"),
    path("<int:number>/value/cases/<int:pk>/review/", studies.case_review, name="case_review"),
]
