"""The site map. Everything of an organization lives under /o/<organization>/."""

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from accounts.views.people import join
from cxprogram import views
from reports.views import verify

_ROOMS = {
    "assess": ("assessments", ["assessment_list"]),
    "touchpoints": ("journeys", ["touchpoint_list"]),
    "listen": ("customer_voice", ["metric_list"]),
    "decide": ("coalition", ["initiative_list"]),
    "prove": ("impact", ["portfolio"]),
    "reports": ("reports", ["report_list", "report_create"]),
}


def _room(prefix: str, app: str, names: list[str]) -> URLResolver:
    # Scaffold until every app has its screens.
    if find_spec(f"{app}.urls"):
        return path(f"{prefix}/", include(f"{app}.urls"))
    return path(f"{prefix}/", include(([path(name, views.home, name=name) for name in names], app)))


inside: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    *[_room(prefix, app, names) for prefix, (app, names) in _ROOMS.items()],
]
api: list[URLPattern | URLResolver] = [
    path("", include(f"{app}.api.urls"))
    for app, _names in [("accounts", []), *_ROOMS.values()]
    if find_spec(f"{app}.api") and find_spec(f"{app}.api.urls")
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.organizations, name="organizations"),
    path("o/<slug:organization>/", include(inside)),
    path("join/<str:secret>/", join, name="join"),
    path("verify/", verify, name="verify"),
    path("verify/<str:code>/", verify, name="verify_code"),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("api/v1/o/<slug:organization>/", include((api, "api"))),
    path(
        "api/schema/",
        SpectacularAPIView.as_view(permission_classes=[], authentication_classes=[]),
        name="api_schema",
    ),
    path("api/", views.api_docs, name="api_docs"),
    path("components/", views.components, name="components"),
    path("health/", views.health, name="health"),
    path("favicon.ico", RedirectView.as_view(url="/static/cxprogram/mark.svg", permanent=True)),
]
