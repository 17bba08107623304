"""Documents, under /o/<organization>/reports/."""

from django.urls import path

from reports import link_views, schedule_views, slide_views, views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("new/", views.report_create, name="report_create"),
    path("schedules/", schedule_views.schedule_list, name="schedule_list"),
    path("schedules/new/", schedule_views.schedule_create, name="schedule_create"),
    path("schedules/<int:pk>/", schedule_views.schedule_detail, name="schedule_detail"),
    path("schedules/<int:pk>/edit/", schedule_views.schedule_edit, name="schedule_edit"),
    path("schedules/<int:pk>/pause/", schedule_views.schedule_pause, name="schedule_pause"),
    path("schedules/<int:pk>/resume/", schedule_views.schedule_resume, name="schedule_resume"),
    path("schedules/<int:pk>/run/", schedule_views.schedule_run, name="schedule_run"),
    path("schedules/<int:pk>/remove/", schedule_views.schedule_remove, name="schedule_remove"),
    path("slips/<int:wave>/<int:number>/", views.wave_slips, name="wave_slips"),
    path("slips/<int:pk>/", views.slips_detail, name="slips_detail"),
    path("slips/<int:pk>/file/", views.slips_fetch, name="slips_fetch"),
    path("workbooks/values/<int:pk>/", views.value_workbook, name="value_workbook"),
    path("workbooks/program/<int:number>/", views.program_workbook, name="program_workbook"),
    path("slide-template/", slide_views.slide_template, name="slide_template"),
    path("slide-template/remove/", slide_views.slide_template_remove, name="slide_template_remove"),
    path("<int:pk>/", views.report_detail, name="report_detail"),
    path("<int:pk>/download/", views.report_download, name="report_download"),
    path("<int:pk>/share/", link_views.report_share, name="report_share"),
    path("<int:pk>/answer/", link_views.report_answer, name="report_answer"),
    path("<int:pk>/share/<int:link>/revoke/", link_views.share_revoke, name="share_revoke"),
    path("<int:pk>/pack/", views.report_pack, name="report_pack"),
    path("<int:pk>/slides/", slide_views.slides_create, name="slides_create"),
    path("<int:pk>/slides/<int:slides>/", slide_views.slides_detail, name="slides_detail"),
    path("<int:pk>/slides/<int:slides>/file/", slide_views.slides_download, name="slides_download"),
    path("<int:pk>/workbook/", views.report_workbook, name="report_workbook"),
]
