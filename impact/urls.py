"""What initiatives did and were worth, under /o/<organization>/prove/."""

from django.urls import path

from impact import views

app_name = "impact"
urlpatterns = [
    path("", views.portfolio, name="portfolio"),
    path("drivers/", views.driver_analysis, name="driver_analysis"),
    path("drivers/run/", views.driver_request, name="driver_request"),
    path("employees/", views.employee_link, name="employee_link"),
    path("<int:number>/", views.initiative_impact, name="initiative_impact"),
    path("<int:number>/studies/<int:study>/", views.study_detail, name="study_detail"),
    path("<int:number>/studies/<int:study>/recompute/", views.study_recompute, name="study_recompute"),
    path("<int:number>/study/", views.study_request, name="study_request"),
    path("<int:number>/progress/", views.study_progress, name="study_progress"),
    path("<int:number>/value/", views.value_edit, name="value_edit"),
    path("<int:number>/value/compute/", views.case_compute, name="case_compute"),
    path("<int:number>/value/cases/<int:pk>/review/", views.case_review, name="case_review"),
]
