"""The site map. Everything of an organization lives under /o/<organization>/."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver
from django.views.generic import RedirectView

from accounts.views.branding import brand_logo, brand_style
from accounts.views.first import first
from accounts.views.own_account import account_close, account_data
from accounts.views.people import join
from accounts.views.reset import password_reset
from accounts.views.unsent import unsent
from cxprogram import views
from employee_voice.views import slips
from overview.views import home
from reports import link_views
from reports.views import verify

inside: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("assess/", include("assessments.urls")),
    path("touchpoints/", include("journeys.urls")),
    path("journeys/", include("journeys.maps.urls")),
    path("employees/", include("employee_voice.urls")),
    path("listen/", include("customer_voice.urls")),
    path("decide/", include("coalition.urls")),
    path("prove/", include("impact.urls")),
    path("reports/", include("reports.urls")),
    path("", include("overview.urls")),
]
api: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("assessments.api.urls")),
    path("", include("journeys.api.urls")),
    path("", include("employee_voice.api.urls")),
    path("", include("customer_voice.api.urls")),
    path("", include("coalition.api.urls")),
    path("", include("impact.api.urls")),
    path("", include("reports.api.urls")),
    path("", include("overview.api.urls")),
]
handler400 = views.bad_request
handler404 = views.not_found
handler403 = views.forbidden
handler500 = views.server_error
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.organizations, name="organizations"),
    path("o/<slug:organization>/", include(inside)),
    path("api/v1/o/<slug:organization>/", include((api, "api"))),
    path(
        "api/schema/",
        views.ApiDocument.as_view(permission_classes=[], authentication_classes=[]),
        name="api_schema",
    ),
    path("api/", views.api_docs, name="api_docs"),
    path("first/", first, name="first"),
    path("join/<str:secret>/", join, name="join"),
    path("e/", include("employee_voice.answer_urls")),
    path("s/", slips.slip, name="slip"),
    # an address for each step: sent to its own address, a form takes the place of its page in "back"
    path("s/questions/", slips.slip, name="slip_questions"),
    path("s/send/", slips.slip, name="slip_send"),
    path("s/answer/", slips.slip_answer, name="slip_answer"),
    path("f/", include("customer_voice.answer_urls")),
    path("hooks/", include("customer_voice.hook_urls")),
    path("d/<str:secret>/", link_views.shared, name="shared"),
    path("d/<str:secret>/file/", link_views.shared_file, name="shared_file"),
    path("d/<str:secret>/answer/", link_views.shared_answer, name="shared_answer"),
    path("brand/<slug:public_id>.css", brand_style, name="brand_style"),
    path("brand/<slug:public_id>.png", brand_logo, name="brand_logo"),
    path("verify/", verify, name="verify"),
    path("verify/<str:code>/", verify, name="verify_code"),
    path("accounts/password/reset/", password_reset, name="password_reset"),
    path("accounts/unsent/", unsent, name="unsent"),
    path("accounts/mine/account.json", account_data, name="account_data"),
    path("accounts/mine/close/", account_close, name="account_close"),
    # addresses change by invitation only and everybody has a password: the sign-in package's pages for them
    # would offer what is refused
    path("accounts/email/", RedirectView.as_view(pattern_name="organizations"), name="email_address"),
    path(
        "accounts/confirm-email/", RedirectView.as_view(pattern_name="organizations"), name="email_unproved"
    ),
    path("accounts/confirm-email/<str:key>/", RedirectView.as_view(url="/"), name="email_proof"),
    path("accounts/password/set/", RedirectView.as_view(url="/"), name="password_set"),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("components/", views.components, name="components"),
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon),
]
