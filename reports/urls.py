"""Documents, under /o/<organization>/reports/."""

from django.urls import path

from reports import link_views, views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report_list"),
    path("new/", views.report_create, name="report_create"),
    path("slips/<int:wave>/<int:number>/", views.wave_slips, name="wave_slips"),
    path("slips/<int:pk>/", views.slips_detail, name="slips_detail"),
    path("slips/<int:pk>/file/", views.slips_fetch, name="slips_fetch"),
    path("<int:pk>/", views.report_detail, name="report_detail"),
    path("<int:pk>/download/", views.report_download, name="report_download"),
    path("<int:pk>/share/", link_views.report_share, name="report_share"),
    path("<int:pk>/answer/", link_views.report_answer, name="report_answer"),
    path("<int:pk>/share/<int:link>/revoke/", link_views.share_revoke, name="share_revoke"),
    path("<int:pk>/pack/", views.report_pack, name="report_pack"),
]
